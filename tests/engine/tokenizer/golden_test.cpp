// Ids and texts as Hugging Face's libraries have them; golden/ is written by make_golden.py.
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/tokenizer/corpus.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using Ids = std::vector<TokenId>;

namespace {

nlohmann::json readJson(const std::filesystem::path& path) {
    return nlohmann::json::parse(readFile(path).value());
}

// Hugging Face decodes to text, we to bytes: compare where the bytes are text.
void checkDecoded(const Tokenizer& tokenizer, const Ids& ids, const std::string& expected) {
    if (expected.find("\xEF\xBF\xBD") == std::string::npos)
        CHECK(tokenizer.decode(ids) == expected);
}

} // namespace

TEST_CASE("tokenizer.json of every shape gives Hugging Face's ids and texts") {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(ROPESCOPE_GOLDEN)) {
        if (entry.path().extension() != ".json" || entry.path().filename() == "sentencepiece.json")
            continue;
        ++files;
        INFO(entry.path().filename().string());
        const nlohmann::json golden = readJson(entry.path());
        const test::TemporaryFolder folder;
        REQUIRE(writeFileAtomically(folder.path() / "tokenizer.json", golden["tokenizer"].dump()));
        const auto loaded = loadTokenizer(folder.path());
        REQUIRE(loaded);
        const Tokenizer& tokenizer = **loaded;
        for (const auto& text : golden["texts"]) {
            const auto source = text["text"].get<std::string>();
            INFO(source);
            const auto ids = text["ids"].get<Ids>();
            const auto bare = text.value("bare", ids);
            CHECK(tokenizer.encode(source, {true, true}).value() == ids);
            CHECK(tokenizer.encode(source, {false, true}).value() == bare);
            CHECK(tokenizer.encode(source, {false, false}).value() == text.value("literal", bare));
            checkDecoded(tokenizer, bare, text.value("decoded", source));
        }
    }
    CHECK(files >= 10);
}

TEST_CASE("tokenizer.model gives the SentencePiece library's ids, begin of text first") {
    const nlohmann::json golden = readJson(std::filesystem::path(ROPESCOPE_GOLDEN) / "sentencepiece.json");
    REQUIRE(golden.size() == 2);
    for (const auto& [name, texts] : golden.items()) {
        const auto loaded = loadTokenizer(std::filesystem::path(ROPESCOPE_GOLDEN) / name);
        REQUIRE(loaded);
        const Tokenizer& tokenizer = **loaded;
        REQUIRE(tokenizer.beginOfText() == 1);
        for (const auto& text : texts) {
            const auto source = text["text"].get<std::string>();
            INFO(source);
            const auto ids = text["ids"].get<Ids>();
            CHECK(tokenizer.encode(source, {false, true}).value() == ids);
            const Ids opened = tokenizer.encode(source, {}).value();
            CHECK(opened.front() == 1);
            CHECK(Ids(opened.begin() + 1, opened.end()) == ids);
            checkDecoded(tokenizer, ids, text["decoded"].get<std::string>());
        }
        CHECK(tokenizer.encode("<s>", {false, true}).value() == Ids{1});
        CHECK(tokenizer.encode("<s>", {false, false}).value() != Ids{1});
    }
}

TEST_CASE("what is not UTF-8 is read as Python replaces it") {
    const auto loaded = loadTokenizer(std::filesystem::path(ROPESCOPE_RESOURCES) / "demo" / "model");
    REQUIRE(loaded);
    const Tokenizer& tokenizer = **loaded;
    const std::pair<std::string, std::string> cases[] = {{"a\xFF"
                                                          "b",
                                                          "a\uFFFDb"},
                                                         {"\xE2\x82", "\uFFFD"},
                                                         {"\xE2\x82x", "\uFFFDx"},
                                                         {"\xC0\x80", "\uFFFD\uFFFD"},
                                                         {"\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"},
                                                         {"\xF0\x9F\x98", "\uFFFD"},
                                                         {"\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"},
                                                         {"\x80", "\uFFFD"}};
    for (const auto& [bytes, text] : cases)
        CHECK(tokenizer.encode(bytes, {}).value() == tokenizer.encode(text, {}).value());
    CHECK(tokenizer.decode(tokenizer.encode("plain \xF0\x9F\x98\x80 text", {}).value()) ==
          "plain \xF0\x9F\x98\x80 text");
    CHECK(tokenizer.endOfText() == 0);
    CHECK(tokenizer.vocabularySize() == 1024);
}

TEST_CASE("one word of a megabyte is no longer a matter of minutes") {
    for (const auto name : {"llama3.json", "llama2_legacy.json"}) {
        const nlohmann::json golden = readJson(std::filesystem::path(ROPESCOPE_GOLDEN) / name);
        const test::TemporaryFolder folder;
        REQUIRE(writeFileAtomically(folder.path() / "tokenizer.json", golden["tokenizer"].dump()));
        const auto loaded = loadTokenizer(folder.path());
        REQUIRE(loaded);
        std::string word;
        while (word.size() < 1000000)
            word += "thequickbrownfoxaaaaaaaaaaaaaaaaaa";
        const Ids ids = (*loaded)->encode(word, {false, true}).value();
        CHECK((*loaded)->decode(ids) == word);
        CHECK(ids.size() < word.size());
    }
}
