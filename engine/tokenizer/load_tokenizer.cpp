#include <new>
#include <stdexcept>

#include <fmt/format.h>

#include "engine/tokenizer/detail/malformed.h"
#include "engine/tokenizer/detail/readers.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope {
namespace {

std::shared_ptr<const Tokenizer> read(const std::filesystem::path& path) {
    std::error_code ignored;
    if (std::filesystem::is_directory(path, ignored)) {
        for (const auto name : {"tokenizer.json", "tokenizer.model"})
            if (std::filesystem::exists(path / name, ignored))
                return read(path / name);
        throw detail::Malformed(
            inputError(path.string(), "folder", "a tokenizer.json or a tokenizer.model", "neither"));
    }
    if (path.extension() == ".gguf")
        return detail::readGgufVocabulary(path);
    if (path.extension() == ".model")
        return detail::readSentencePiece(path);
    return detail::readTokenizerJson(path);
}

} // namespace

Result<std::shared_ptr<const Tokenizer>> loadTokenizer(const std::filesystem::path& path) {
    try {
        return read(path);
    } catch (const detail::Malformed& problem) {
        return fail(problem.error());
    } catch (const std::bad_alloc&) {
        return fail(failure(fmt::format("not enough memory to load the tokenizer {}", path.string())));
    } catch (const std::exception& problem) {
        return fail(inputError(path.string(), "tokenizer", "a readable tokenizer", problem.what()));
    }
}

} // namespace ropescope
