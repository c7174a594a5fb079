// Tokenizer files that are cut, lie or mean harm end in an input error with file and place.
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;

namespace {

Result<std::shared_ptr<const Tokenizer>> load(const std::string& content, const std::string& name = "tokenizer.json") {
    const test::TemporaryFolder folder;
    REQUIRE(writeFileAtomically(folder.path() / name, content));
    return loadTokenizer(folder.path() / name);
}

void checkRefused(const std::string& content, const std::string& part) {
    const auto loaded = load(content);
    INFO(part);
    REQUIRE_FALSE(loaded);
    INFO(loaded.error().message);
    CHECK(loaded.error().kind == ErrorKind::input);
    CHECK(loaded.error().message.find("tokenizer.json") != std::string::npos);
    CHECK(loaded.error().message.find(part) != std::string::npos);
}

json sample() {
    return json::parse(R"({"added_tokens": [{"id": 3, "content": "<s>", "special": true}],
        "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false},
        "decoder": {"type": "ByteLevel"},
        "model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": ["a b"]}})");
}

std::string with(const std::string& pointer, const json& value) {
    json document = sample();
    document[json::json_pointer(pointer)] = value;
    return document.dump();
}

} // namespace

TEST_CASE("the sample itself is readable, so that the refusals below mean something") {
    const auto loaded = load(sample().dump());
    REQUIRE(loaded);
    CHECK((*loaded)->encode("ab<s>a", {}).value() == std::vector<TokenId>{2, 3, 0});
    CHECK(load(with("/model/merges", json::parse(R"([["a", "b"]])"))).value()->encode("ab", {}).value() ==
          std::vector<TokenId>{2});
}

TEST_CASE("every truncation of a tokenizer.json is refused") {
    const std::string whole = sample().dump();
    for (std::size_t size = 0; size < whole.size(); size += 3)
        CHECK_FALSE(load(whole.substr(0, size)));
}

TEST_CASE("a tokenizer.json that lies is refused with the place") {
    checkRefused(std::string(100000, '['), "nesting");
    checkRefused("[]", "object");
    checkRefused("{}", "model");
    checkRefused(with("/model/type", "Unigram"), "Unigram");
    checkRefused(with("/model/vocab", json::array()), "model.vocab");
    checkRefused(with("/model/vocab/a", -1), "model.vocab.a");
    checkRefused(with("/model/vocab/a", 2000000000), "model.vocab.a");
    checkRefused(with("/model/vocab/a", 18446744073709551615ULL), "model.vocab.a");
    checkRefused(with("/model/vocab/a", 1), "an id of its own");
    checkRefused(with("/model/vocab/a", "x"), "model.vocab.a");
    checkRefused(with("/model/merges", {"a c"}), "model.merges[0]");
    checkRefused(with("/model/merges", {"a b", "ab ab"}), "model.merges[1]");
    checkRefused(with("/model/merges", {"a b c"}), "model.merges[0]");
    checkRefused(with("/model/merges", {"a "}), "model.merges[0]");
    checkRefused(with("/model/merges", {7}), "model.merges[0]");
    checkRefused(with("/model/merges", nullptr), "model.merges");
    checkRefused(with("/model/dropout", 0.1), "model.dropout");
    checkRefused(with("/model/unk_token", "?"), "model.unk_token");
    checkRefused(with("/added_tokens/0/id", -4), "added_tokens[0].id");
    checkRefused(with("/added_tokens/0/id", 2147483647), "added_tokens[0].id");
    checkRefused(with("/added_tokens/0/special", "yes"), "added_tokens[0].special");
    checkRefused(with("/normalizer", {{"type", "Precompiled"}}), "Precompiled");
    checkRefused(with("/pre_tokenizer", {{"type", "Wish"}}), "Wish");
    checkRefused(with("/pre_tokenizer", {{"type", "Sequence"}}), "pretokenizers");
    checkRefused(with("/post_processor", {{"type", "Wish"}}), "Wish");
    checkRefused(with("/decoder", {{"type", "Wish"}}), "Wish");
    checkRefused(with("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"Regex", "("}}}, {"behavior", "Isolated"}}),
                 "pre_tokenizer.pattern.Regex");
    checkRefused(with("/pre_tokenizer", {{"type", "Split"}, {"pattern", {{"String", "x"}}}, {"behavior", "Eaten"}}),
                 "Eaten");
}

TEST_CASE("SentencePiece models that are cut or are something else are refused") {
    CHECK_FALSE(load("", "tokenizer.model"));
    CHECK_FALSE(load("nonsense", "tokenizer.model"));
    const std::string whole = readFile(std::filesystem::path(ROPESCOPE_GOLDEN) / "sp_bpe.model").value();
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{100}, whole.size() / 3, whole.size() / 2, whole.size() - 1}) {
        const auto loaded = load(whole.substr(0, size), "tokenizer.model");
        REQUIRE_FALSE(loaded);
        CHECK(loaded.error().kind == ErrorKind::input);
        CHECK(loaded.error().message.find("tokenizer.model") != std::string::npos);
    }
}

TEST_CASE("a folder without a tokenizer says what it looked for") {
    const test::TemporaryFolder folder;
    const auto loaded = loadTokenizer(folder.path());
    REQUIRE_FALSE(loaded);
    CHECK(loaded.error().message.find("tokenizer.model") != std::string::npos);
    CHECK_FALSE(loadTokenizer(folder.path() / "none" / "tokenizer.json"));
}
