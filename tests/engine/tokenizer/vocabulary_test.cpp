// Vocabularies inside GGUF files, built here token by token.
#include "engine/base/atomic_file.h"
#include "engine/tokenizer/tokenizer.h"
#include "tests/support/catch.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using test::GgufValue;
using test::GgufWriter;
using Ids = std::vector<TokenId>;

namespace {

Result<std::shared_ptr<const Tokenizer>> load(const GgufWriter& writer) {
    const test::TemporaryFolder folder;
    REQUIRE(writeFileAtomically(folder.path() / "model.gguf", writer.bytes()));
    return loadTokenizer(folder.path() / "model.gguf");
}

void checkRefused(const GgufWriter& writer, const std::string& part) {
    const auto loaded = load(writer);
    REQUIRE_FALSE(loaded);
    INFO(loaded.error().message);
    CHECK(loaded.error().kind == ErrorKind::input);
    CHECK(loaded.error().message.find(part) != std::string::npos);
}

GgufWriter byteLevel(const std::string& pre) {
    GgufWriter writer;
    writer.text("tokenizer.ggml.model", "gpt2").text("tokenizer.ggml.pre", pre);
    writer.texts("tokenizer.ggml.tokens", {"<|end|>", "a", "b", "\u0120", "1", "2", "ab", "\u0120ab", "12"});
    writer.array<std::int32_t>("tokenizer.ggml.token_type", GgufValue::i32, {3, 1, 1, 1, 1, 1, 1, 1, 1});
    writer.texts("tokenizer.ggml.merges", {"a b", "\u0120 ab", "1 2"});
    return writer.u32("tokenizer.ggml.bos_token_id", 0).u32("tokenizer.ggml.eos_token_id", 0);
}

GgufWriter pieces() {
    GgufWriter writer;
    writer.text("tokenizer.ggml.model", "llama");
    std::vector<std::string> tokens{"<unk>", "<s>", "</s>", "\u2581", "a", "b", "\u2581a", "ab", "\u2581ab", "<own>"};
    std::vector<float> scores{0, 0, 0, -6, -7, -8, -3, -2, -1, 0};
    std::vector<std::int32_t> types{2, 3, 3, 1, 1, 1, 1, 1, 1, 4};
    for (int byte = 0; byte < 256; ++byte) {
        char name[8];
        std::snprintf(name, sizeof name, "<0x%02X>", static_cast<unsigned>(byte));
        tokens.emplace_back(name);
        scores.push_back(0);
        types.push_back(6);
    }
    writer.texts("tokenizer.ggml.tokens", tokens);
    writer.array<float>("tokenizer.ggml.scores", GgufValue::f32, scores);
    writer.array<std::int32_t>("tokenizer.ggml.token_type", GgufValue::i32, types);
    return writer.u32("tokenizer.ggml.bos_token_id", 1).u32("tokenizer.ggml.unknown_token_id", 0);
}

} // namespace

TEST_CASE("a byte-level vocabulary in a GGUF file") {
    const auto loaded = load(byteLevel("smollm"));
    REQUIRE(loaded);
    const Tokenizer& tokenizer = **loaded;
    CHECK(tokenizer.encode("ab ab12", {}).value() == Ids{6, 7, 4, 5}); // digits one by one, no BOS
    CHECK(tokenizer.encode("a<|end|>b", {}).value() == Ids{1, 0, 2});
    CHECK(tokenizer.decode({6, 7, 0, 4}) == "ab ab<|end|>1");
    CHECK(tokenizer.vocabularySize() == 9);

    CHECK(load(byteLevel("gpt-2")).value()->encode("ab12", {}).value() == Ids{6, 8});
    CHECK(load(byteLevel("llama-bpe")).value()->encode("ab12", {}).value() == Ids{0, 6, 8});
    CHECK(
        load(byteLevel("llama-bpe").boolean("tokenizer.ggml.add_bos_token", false)).value()->encode("ab", {}).value() ==
        Ids{6});
    CHECK(load(byteLevel("gpt-2").boolean("tokenizer.ggml.add_eos_token", true)).value()->encode("ab", {}).value() ==
          Ids{6, 0});
}

TEST_CASE("a SentencePiece vocabulary in a GGUF file joins what scores best") {
    const auto loaded = load(pieces());
    REQUIRE(loaded);
    const Tokenizer& tokenizer = **loaded;
    CHECK(tokenizer.encode("ab a", {}).value() == Ids{1, 8, 6});
    CHECK(tokenizer.encode("", {}).value() == Ids{1});
    CHECK(tokenizer.encode("<s>ab<own>b", {false, true}).value() == Ids{1, 8, 9, 3, 5});
    CHECK(tokenizer.encode("\u00E9", {false, true}).value() == Ids{3, 10 + 0xC3, 10 + 0xA9});
    CHECK(tokenizer.decode({1, 8, 6, 10 + 0xC3, 10 + 0xA9}) == "<s> ab a\u00E9");
    CHECK(
        load(pieces().boolean("tokenizer.ggml.add_space_prefix", false)).value()->encode("ab", {false, true}).value() ==
        Ids{7});
}

TEST_CASE("GGUF vocabularies that cannot be right are refused") {
    checkRefused(byteLevel("moonbase"), "moonbase");
    checkRefused(GgufWriter().text("tokenizer.ggml.model", "bert"), "bert");
    checkRefused(GgufWriter(), "tokenizer.ggml.model");
    checkRefused(GgufWriter().text("tokenizer.ggml.model", "gpt2"), "tokenizer.ggml.tokens");
    GgufWriter unknownMerge;
    unknownMerge.text("tokenizer.ggml.model", "gpt2")
        .texts("tokenizer.ggml.tokens", {"a", "b"})
        .texts("tokenizer.ggml.merges", {"a c"});
    checkRefused(unknownMerge, "a c");
    checkRefused(GgufWriter()
                     .text("tokenizer.ggml.model", "gpt2")
                     .texts("tokenizer.ggml.tokens", {"\xFF"})
                     .texts("tokenizer.ggml.merges", {}),
                 "UTF-8");
    checkRefused(GgufWriter().text("tokenizer.ggml.model", "llama").texts("tokenizer.ggml.tokens", {"a"}), "scores");
    GgufWriter shortTypes;
    shortTypes.text("tokenizer.ggml.model", "gpt2").texts("tokenizer.ggml.tokens", {"a", "b"});
    checkRefused(shortTypes.array<std::int32_t>("tokenizer.ggml.token_type", GgufValue::i32, {1}), "one per token");
    GgufWriter wildBegin;
    wildBegin.text("tokenizer.ggml.model", "gpt2")
        .texts("tokenizer.ggml.tokens", {"a"})
        .texts("tokenizer.ggml.merges", {});
    checkRefused(wildBegin.u32("tokenizer.ggml.bos_token_id", 7), "bos_token_id");
}
