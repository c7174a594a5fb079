#include "engine/tokenizer/corpus.h"

#include "engine/base/atomic_file.h"
#include "engine/base/sha256.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using Ids = std::vector<TokenId>;

namespace {

std::shared_ptr<const Tokenizer> demoTokenizer() {
    return loadTokenizer(std::filesystem::path(ROPESCOPE_RESOURCES) / "demo" / "model").value();
}

struct CorpusFolder {
    test::TemporaryFolder folder;
    [[nodiscard]] std::filesystem::path write(const std::string& name, const std::string& content) const {
        REQUIRE(writeFileAtomically(folder.path() / name, content));
        return folder.path() / name;
    }
};

void checkRefused(const std::filesystem::path& path, const Tokenizer* tokenizer, const std::string& part) {
    const auto corpus = loadCorpus(path, tokenizer, 1024);
    REQUIRE_FALSE(corpus);
    INFO(corpus.error().message);
    CHECK(corpus.error().message.find(part) != std::string::npos);
}

} // namespace

TEST_CASE("a file, a folder and lines of JSON are documents") {
    const CorpusFolder files;
    const auto tokenizer = demoTokenizer();
    const auto first = files.write("b.txt", "In the beginning");
    (void)files.write("a.txt", "God created");
    const auto one = loadCorpus(first, tokenizer.get(), 1024).value();
    REQUIRE(one.documents.size() == 1);
    CHECK(one.documents[0].ids == tokenizer->encode("In the beginning", {false, true}).value());
    CHECK(one.source == first.string());

    const auto both = loadCorpus(files.folder.path(), tokenizer.get(), 1024).value();
    REQUIRE(both.documents.size() == 2);
    CHECK(both.documents[0].name == (files.folder.path() / "a.txt").string());
    CHECK(both.documents[1].ids == one.documents[0].ids);
    CHECK(both.tokens() == static_cast<std::int64_t>(both.documents[0].ids.size() + both.documents[1].ids.size()));
    CHECK(both.sha256 != one.sha256);

    const auto lines = files.write("c.jsonl", "{\"text\": \"In the beginning\"}\r\n\n{\"text\": \"God\", \"more\": 1}");
    const auto read = loadCorpus(lines, tokenizer.get(), 1024).value();
    REQUIRE(read.documents.size() == 2);
    CHECK(read.documents[0].ids == one.documents[0].ids);
    CHECK(read.documents[1].name == lines.string() + ":3");
}

TEST_CASE("given ids need no tokenizer and are hashed as little-endian int32") {
    const CorpusFolder files;
    const auto path = files.write("ids.json", R"({"ids": [1, 258, 1023]})");
    const auto corpus = loadCorpus(path, nullptr, 1024).value();
    REQUIRE(corpus.documents.size() == 1);
    CHECK(corpus.documents[0].ids == Ids{1, 258, 1023});
    CHECK(corpus.sha256 == sha256(std::string("\1\0\0\0\2\1\0\0\xFF\3\0\0", 12)));
}

TEST_CASE("texts that cannot be used say where and why") {
    const CorpusFolder files;
    const auto tokenizer = demoTokenizer();
    checkRefused(files.folder.path() / "absent.txt", tokenizer.get(), "absent.txt");
    checkRefused(files.folder.path(), tokenizer.get(), "text files");
    checkRefused(files.write("empty.txt", ""), tokenizer.get(), "an empty file");
    checkRefused(files.write("some.txt", "x"), nullptr, "no tokenizer");
    checkRefused(files.write("a.jsonl", "{\"text\": \"x\"}\n{\"txt\": \"x\"}"), tokenizer.get(), "a.jsonl:2");
    checkRefused(files.write("b.jsonl", "{\"text\": \"x\"}\n{\"text\": "), tokenizer.get(), "b.jsonl:2");
    checkRefused(files.write("c.jsonl", "{\"text\": \"\"}"), tokenizer.get(), "c.jsonl:1");
    checkRefused(files.write("d.jsonl", "\n\n"), tokenizer.get(), "d.jsonl");
    checkRefused(files.write("a.json", R"({"ids": [1, 1024]})"), nullptr, "ids[1]");
    checkRefused(files.write("b.json", R"({"ids": [1, -1]})"), nullptr, "ids[1]");
    checkRefused(files.write("c.json", R"({"ids": []})"), nullptr, "ids");
    checkRefused(files.write("d.json", R"({"tokens": [1]})"), nullptr, "ids");
    checkRefused(files.write("e.json", R"({"ids": [1.5]})"), nullptr, "ids[0]");
    checkRefused(files.write("f.json", std::string(1000, '[')), nullptr, "nesting");
}
