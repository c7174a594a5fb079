#include "engine/tokenizer/corpus.h"

#include <algorithm>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/json_text.h"
#include "engine/base/mapped_file.h"
#include "engine/base/sha256.h"
#include "engine/tokenizer/detail/json_view.h"
#include "engine/tokenizer/detail/malformed.h"
#include "engine/tokenizer/document_reader.h"

namespace ropescope {
namespace {

using detail::JsonView;
using detail::Malformed;
using detail::valueOrThrow;

class CorpusReader {
public:
    CorpusReader(const std::filesystem::path& path, const Tokenizer* tokenizer, int vocabularySize,
                 const DocumentSink& sink)
        : m_path(path), m_tokenizer(tokenizer), m_vocabularySize(vocabularySize), m_sink(sink) {}

    void read() {
        std::error_code ignored;
        if (std::filesystem::is_directory(m_path, ignored))
            readFolder();
        else if (m_path.extension() == ".jsonl")
            readLines();
        else if (m_path.extension() == ".json")
            readIds();
        else
            readDocument(m_path);
    }

private:
    void take(Document document) {
        ++m_documents;
        if (auto taken = m_sink(std::move(document)); !taken)
            throw Malformed(taken.error());
    }

    [[noreturn]] static void reject(std::string_view file, std::string_view place, std::string_view expected,
                                    std::string_view found) {
        throw Malformed(inputError(file, place, expected, found));
    }

    void addText(std::string name, std::string_view text) {
        if (!m_tokenizer)
            throw Malformed(usageError(fmt::format(
                "{} is text, but the model has no tokenizer; give a .json file {{\"ids\": [...]}}", m_path.string())));
        std::vector<TokenId> ids = valueOrThrow(m_tokenizer->encode(text, {false, true}));
        for (const TokenId id : ids)
            if (id >= m_vocabularySize)
                reject(name, "text", fmt::format("ids below the model's vocabulary of {}", m_vocabularySize),
                       fmt::format("{} from the tokenizer", id));
        take({std::move(name), std::move(ids)});
    }

    void readDocument(const std::filesystem::path& path) {
        const auto file = valueOrThrow(MappedFile::open(path));
        if (file->bytes().empty())
            reject(path.string(), "text", "some text", "an empty file");
        addText(path.string(), file->text());
    }

    void readFolder() {
        std::vector<std::filesystem::path> files;
        std::error_code problem;
        for (std::filesystem::directory_iterator entry(m_path, problem), end; !problem && entry != end;
             entry.increment(problem))
            if (entry->is_regular_file() && !entry->path().filename().string().starts_with('.'))
                files.push_back(entry->path());
        if (problem)
            reject(m_path.string(), "folder", "a readable folder", problem.message());
        if (files.empty())
            reject(m_path.string(), "folder", "text files", "none");
        std::sort(files.begin(), files.end());
        for (const auto& file : files)
            readDocument(file);
    }

    void readLines() {
        const auto file = valueOrThrow(MappedFile::open(m_path));
        std::string_view rest = file->text();
        for (std::size_t number = 1; !rest.empty(); ++number) {
            const std::size_t end = std::min(rest.find('\n'), rest.size());
            const std::string_view line = rest.substr(0, end);
            rest.remove_prefix(std::min(end + 1, rest.size()));
            if (line.find_first_not_of(" \t\r") == std::string_view::npos)
                continue;
            const std::string place = fmt::format("{}:{}", m_path.string(), number);
            const nlohmann::json document = valueOrThrow(parseJson(line, place));
            const std::string text = JsonView(document, place).at("text").text();
            if (text.empty())
                reject(place, "text", "some text", "an empty one");
            addText(place, text);
        }
        if (m_documents == 0)
            reject(m_path.string(), "file", "lines {\"text\": ...}", "none");
    }

    void readIds() {
        const auto file = valueOrThrow(MappedFile::open(m_path));
        const nlohmann::json document = valueOrThrow(parseJson(file->text(), m_path.string()));
        const JsonView ids = JsonView(document, m_path.string()).at("ids");
        if (!ids.value().is_array() || ids.value().empty())
            ids.reject("an array of ids, not empty");
        Document result{m_path.string(), {}};
        result.ids.reserve(ids.value().size());
        for (const nlohmann::json& id : ids.value()) {
            const std::string place = fmt::format("ids[{}]", result.ids.size());
            result.ids.push_back(
                static_cast<TokenId>(JsonView(id, m_path.string(), place).integer(0, m_vocabularySize - 1)));
        }
        take(std::move(result));
    }

    std::filesystem::path m_path;
    const Tokenizer* m_tokenizer;
    int m_vocabularySize;
    const DocumentSink& m_sink;
    std::size_t m_documents = 0;
};

std::string identityOf(const Corpus& corpus) {
    Sha256 hash;
    for (const Document& document : corpus.documents)
        for (const TokenId id : document.ids) {
            const auto value = static_cast<std::uint32_t>(id);
            const unsigned char bytes[4] = {static_cast<unsigned char>(value), static_cast<unsigned char>(value >> 8),
                                            static_cast<unsigned char>(value >> 16),
                                            static_cast<unsigned char>(value >> 24)};
            hash.add({reinterpret_cast<const char*>(bytes), sizeof bytes});
        }
    return hash.hex();
}

} // namespace

std::int64_t Corpus::tokens() const {
    std::int64_t count = 0;
    for (const Document& document : documents)
        count += static_cast<std::int64_t>(document.ids.size());
    return count;
}

Result<void> readDocuments(const std::filesystem::path& path, const Tokenizer* tokenizer, int vocabularySize,
                           const DocumentSink& sink) {
    try {
        CorpusReader(path, tokenizer, vocabularySize, sink).read();
        return {};
    } catch (const Malformed& problem) {
        return fail(problem.error());
    } catch (const std::bad_alloc&) {
        return fail(failure(fmt::format("not enough memory to read the text {}", path.string())));
    } catch (const std::exception& problem) {
        return fail(inputError(path.string(), "text", "readable text", problem.what()));
    }
}

Result<Corpus> loadCorpus(const std::filesystem::path& path, const Tokenizer* tokenizer, int vocabularySize) {
    Corpus corpus;
    corpus.source = path.string();
    const auto read = readDocuments(path, tokenizer, vocabularySize, [&](Document&& document) -> Result<void> {
        corpus.documents.push_back(std::move(document));
        return {};
    });
    if (!read)
        return fail(read.error());
    corpus.sha256 = identityOf(corpus);
    return corpus;
}

} // namespace ropescope
