#include "engine/train/token_cache.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include <fmt/format.h>

#include "engine/base/atomic_file.h"
#include "engine/base/gguf_metadata.h"
#include "engine/base/sha256.h"
#include "engine/tokenizer/document_reader.h"

namespace ropescope {
namespace {

static_assert(std::endian::native == std::endian::little);
namespace fs = std::filesystem;

constexpr std::string_view magic = "RSTOKEN1";
constexpr std::size_t hashLetters = 64, headBytes = magic.size() + hashLetters,
                      footBytes = hashLetters + 2 * sizeof(std::int64_t);

template <class Number>
std::string_view bytesOf(const std::vector<Number>& numbers) {
    return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(Number)};
}

std::int64_t numberAt(std::span<const std::byte> bytes, std::size_t offset) {
    std::int64_t number = 0;
    std::memcpy(&number, bytes.data() + offset, sizeof number);
    return number;
}

// Regular files of a path, sorted; the path itself where it is one.
std::vector<fs::path> filesOf(const fs::path& path) {
    std::error_code problem;
    if (!fs::is_directory(path, problem))
        return {path};
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(path, problem))
        if (entry.is_regular_file(problem) && !entry.path().filename().string().starts_with('.'))
            files.push_back(entry.path());
    std::sort(files.begin(), files.end());
    return files;
}

// What decides how a text is tokenised.
std::vector<fs::path> tokenizerFiles(const fs::path& tokenizer) {
    std::error_code problem;
    if (!fs::is_directory(tokenizer, problem))
        return {tokenizer};
    std::vector<fs::path> files;
    for (const char* name : {"tokenizer.json", "tokenizer.model", "tokenizer_config.json", "special_tokens_map.json",
                             "added_tokens.json", "config.json"})
        if (fs::exists(tokenizer / name, problem))
            files.push_back(tokenizer / name);
    return files;
}

bool isTokenised(const fs::path& text) {
    return text.extension() == ".json";
}

// A .gguf counts with what is in front of its weights.
Outcome<std::string> hashOf(const fs::path& file, const RunControl& control) {
    if (file.extension() != ".gguf")
        return sha256OfFile(file, control);
    const auto metadata = GgufMetadata::open(file);
    if (!metadata)
        return metadata.error();
    const auto mapped = MappedFile::open(file);
    if (!mapped)
        return mapped.error();
    return sha256((*mapped)->text().substr(0, (*metadata)->dataOffset()));
}

Outcome<std::string> keyOf(const fs::path& text, const fs::path& tokenizer, int vocabularySize,
                           const RunControl& control) {
    std::string parts = fmt::format("{} {}\n", magic, vocabularySize);
    std::vector<fs::path> files;
    if (!isTokenised(text))
        files = tokenizerFiles(tokenizer);
    const std::vector<fs::path> texts = filesOf(text);
    files.insert(files.end(), texts.begin(), texts.end());
    for (const fs::path& file : files) {
        auto hash = hashOf(file, control);
        if (!std::holds_alternative<std::string>(hash))
            return hash;
        parts += fmt::format("{} {}\n", file.extension().string(), std::get<std::string>(hash));
    }
    return sha256(parts);
}

// The documents one after the other into the file.
Outcome<std::monostate> writeCache(const fs::path& file, const std::string& key, const fs::path& text,
                                   const Tokenizer* tokenizer, int vocabularySize, const RunControl& control) {
    std::error_code problem;
    if (file.has_parent_path())
        fs::create_directories(file.parent_path(), problem);
    if (problem)
        return failure(fmt::format("cannot make the folder {}: {}", file.parent_path().string(), problem.message()));
    auto out = AtomicFile::create(file);
    if (!out)
        return out.error();
    if (auto written = out->append(std::string(magic) + key); !written)
        return written.error();
    std::vector<std::int64_t> lengths;
    Sha256 hash;
    std::int64_t tokens = 0;
    bool stopped = false;
    const auto read = readDocuments(text, tokenizer, vocabularySize, [&](Document&& document) -> Result<void> {
        stopped = control.stopRequested();
        if (stopped)
            return fail(failure("stopped"));
        lengths.push_back(static_cast<std::int64_t>(document.ids.size()));
        tokens += lengths.back();
        control.report({"tokenising", static_cast<double>(tokens), 0, "tokens"});
        hash.add(bytesOf(document.ids));
        return out->append(bytesOf(document.ids));
    });
    if (stopped)
        return Cancelled{};
    if (!read)
        return read.error();
    const std::string digits = hash.hex();
    const std::vector<std::int64_t> counts{static_cast<std::int64_t>(lengths.size()), tokens};
    for (const std::string_view part : {bytesOf(lengths), std::string_view(digits), bytesOf(counts)})
        if (auto written = out->append(part); !written)
            return written.error();
    if (auto committed = out->commit(); !committed)
        return committed.error();
    return std::monostate{};
}

} // namespace

CachedText::CachedText(std::shared_ptr<const MappedFile> file, std::vector<std::int64_t> lengths, std::string identity,
                       fs::path source, bool inOrder)
    : m_file(std::move(file)), m_lengths(std::move(lengths)), m_identity(std::move(identity)),
      m_source(std::move(source)), m_inOrder(inOrder) {}

std::unique_ptr<CachedText> CachedText::existing(const fs::path& file, const std::string& key, const fs::path& text,
                                                 bool inOrder) {
    std::error_code problem;
    if (!fs::is_regular_file(file, problem))
        return nullptr;
    auto mapped = MappedFile::open(file);
    if (!mapped)
        return nullptr;
    const std::span<const std::byte> bytes = (*mapped)->bytes();
    if (bytes.size() < headBytes + footBytes || (*mapped)->text().substr(0, headBytes) != std::string(magic) + key)
        return nullptr;
    const auto room = static_cast<std::int64_t>(bytes.size() - headBytes - footBytes);
    const std::int64_t documents = numberAt(bytes, bytes.size() - 2 * sizeof(std::int64_t));
    const std::int64_t tokens = numberAt(bytes, bytes.size() - sizeof(std::int64_t));
    if (documents < 1 || documents > room / 8 || tokens < 1 || tokens > room / 4 || documents * 8 + tokens * 4 != room)
        return nullptr;
    std::vector<std::int64_t> lengths(static_cast<std::size_t>(documents));
    std::memcpy(lengths.data(), bytes.data() + headBytes + static_cast<std::size_t>(tokens) * 4, lengths.size() * 8);
    std::int64_t left = tokens;
    for (const std::int64_t length : lengths) {
        if (length < 0 || length > left)
            return nullptr;
        left -= length;
    }
    if (left != 0)
        return nullptr;
    const std::string_view digits = (*mapped)->text().substr(bytes.size() - footBytes, hashLetters);
    std::string identity = textIdentity(digits, lengths);
    return std::unique_ptr<CachedText>(
        new CachedText(std::move(*mapped), std::move(lengths), std::move(identity), fs::absolute(text), inOrder));
}

Outcome<CachedText> CachedText::open(const fs::path& file, const fs::path& text, const fs::path& tokenizer,
                                     int vocabularySize, bool inOrder, const RunControl& control) {
    auto key = keyOf(text, tokenizer, vocabularySize, control);
    if (auto* error = std::get_if<Error>(&key))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(key))
        return Cancelled{};
    if (auto cache = existing(file, std::get<std::string>(key), text, inOrder))
        return std::move(*cache);
    std::shared_ptr<const Tokenizer> loaded;
    if (!isTokenised(text)) {
        auto opened = loadTokenizer(tokenizer);
        if (!opened)
            return opened.error();
        loaded = std::move(*opened);
    }
    auto written = writeCache(file, std::get<std::string>(key), text, loaded.get(), vocabularySize, control);
    if (auto* error = std::get_if<Error>(&written))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(written))
        return Cancelled{};
    if (auto cache = existing(file, std::get<std::string>(key), text, inOrder))
        return std::move(*cache);
    return inputError(file.string(), "file", "the token cache that was just written", "another one");
}

void CachedText::read(std::int64_t first, std::span<TokenId> out) const {
    std::memcpy(out.data(), m_file->bytes().data() + headBytes + static_cast<std::size_t>(first) * sizeof(TokenId),
                out.size_bytes());
}

} // namespace ropescope
