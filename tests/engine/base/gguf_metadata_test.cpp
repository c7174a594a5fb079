#include "engine/base/gguf_metadata.h"

#include "engine/base/atomic_file.h"
#include "tests/support/catch.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using test::GgufValue;
using test::GgufWriter;

namespace {

Result<std::shared_ptr<const GgufMetadata>> openBytes(const std::string& bytes) {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "model.gguf";
    REQUIRE(writeFileAtomically(path, bytes));
    return GgufMetadata::open(path);
}

void checkRejected(const std::string& bytes, const std::string& part) {
    const auto opened = openBytes(bytes);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::input);
    INFO(opened.error().message);
    CHECK(opened.error().message.find("model.gguf") != std::string::npos);
    CHECK(opened.error().message.find(part) != std::string::npos);
}

GgufWriter sample() {
    GgufWriter writer;
    writer.text("general.architecture", "llama").u32("llama.block_count", 30).f32("llama.rope.freq_base", 1e5F);
    writer.boolean("tokenizer.ggml.add_bos_token", true);
    writer.texts("tokenizer.ggml.tokens", {"a", "", "\xC4\xA0the"});
    writer.array<std::int32_t>("tokenizer.ggml.token_type", GgufValue::i32, {1, 3, -1});
    writer.array<float>("tokenizer.ggml.scores", GgufValue::f32, {0.5F, -2.0F, 0.0F});
    writer.pair("big", GgufValue::u64, GgufWriter::raw(~std::uint64_t{0}));
    writer.tensor("token_embd.weight", {2, 3}, 0, std::string(24, 'x'))
        .tensor("output_norm.weight", {2}, 0, std::string(8, 'y'));
    return writer;
}

} // namespace

TEST_CASE("GGUF keys and tensors are found as written") {
    const auto opened = openBytes(sample().bytes(GENERATE(2U, 3U)));
    REQUIRE(opened);
    const GgufMetadata& gguf = **opened;
    CHECK(gguf.text("general.architecture").value() == "llama");
    CHECK(gguf.integer("llama.block_count").value() == 30);
    CHECK(gguf.number("llama.block_count").value() == 30.0);
    CHECK(gguf.number("llama.rope.freq_base").value() == 1e5);
    CHECK(gguf.boolean("tokenizer.ggml.add_bos_token").value() == true);
    CHECK(gguf.texts("tokenizer.ggml.tokens").value() == std::vector<std::string_view>{"a", "", "\xC4\xA0the"});
    CHECK(gguf.integers("tokenizer.ggml.token_type").value() == std::vector<std::int64_t>{1, 3, -1});
    CHECK(gguf.numbers("tokenizer.ggml.scores").value() == std::vector<double>{0.5, -2.0, 0.0});
    CHECK(gguf.contains("big"));
    CHECK_FALSE(gguf.contains("absent"));
    CHECK(gguf.keys().size() == 8);
    CHECK(gguf.integer("absent").value() == std::nullopt);
    CHECK(gguf.texts("absent").value() == std::nullopt);

    REQUIRE(gguf.tensors().size() == 2);
    CHECK(gguf.alignment() == 32);
    CHECK(gguf.tensors()[0].name == "token_embd.weight");
    CHECK(gguf.tensors()[0].dims == std::vector<std::int64_t>{2, 3});
    CHECK(gguf.tensors()[0].elements() == 6);
    CHECK(gguf.file().text().substr(gguf.tensors()[0].offset, 24) == std::string(24, 'x'));
    CHECK(gguf.file().text().substr(gguf.tensors()[1].offset, 8) == std::string(8, 'y'));
}

TEST_CASE("a GGUF value of another type is an input error that names the key") {
    const auto opened = openBytes(sample().bytes());
    REQUIRE(opened);
    const GgufMetadata& gguf = **opened;
    CHECK_FALSE(gguf.integer("general.architecture"));
    CHECK_FALSE(gguf.integer("llama.rope.freq_base"));
    CHECK_FALSE(gguf.integer("big"));
    CHECK_FALSE(gguf.integer("tokenizer.ggml.token_type"));
    CHECK_FALSE(gguf.number("tokenizer.ggml.add_bos_token"));
    CHECK_FALSE(gguf.boolean("llama.block_count"));
    CHECK_FALSE(gguf.text("tokenizer.ggml.tokens"));
    CHECK_FALSE(gguf.texts("tokenizer.ggml.scores"));
    CHECK_FALSE(gguf.integers("tokenizer.ggml.scores"));
    CHECK_FALSE(gguf.numbers("tokenizer.ggml.tokens"));
    CHECK_FALSE(gguf.numbers("llama.block_count"));
    const auto wrong = gguf.text("llama.block_count");
    REQUIRE_FALSE(wrong);
    CHECK(wrong.error().message.find("llama.block_count") != std::string::npos);
    CHECK(wrong.error().message.find("expected a string, found u32") != std::string::npos);
}

TEST_CASE("every truncation of a GGUF header is refused") {
    const std::string whole = sample().bytes();
    const auto opened = openBytes(whole);
    REQUIRE(opened);
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "cut.gguf";
    for (std::size_t size = 0; size < (*opened)->dataOffset() + 1; ++size) {
        REQUIRE(writeFileAtomically(path, whole.substr(0, size)));
        INFO(size);
        CHECK_FALSE(GgufMetadata::open(path));
    }
}

TEST_CASE("lying GGUF headers are refused before anything is allocated") {
    constexpr std::uint64_t huge = ~std::uint64_t{0} / 2;
    checkRejected("GGML" + std::string(64, '\0'), "expected GGUF");
    checkRejected(GgufWriter().bytes(1), "version");
    checkRejected(GgufWriter().bytes(0x03000000), "version");
    const auto header = [](std::uint64_t tensors, std::uint64_t pairs) {
        return "GGUF" + GgufWriter::raw(std::uint32_t{3}) + GgufWriter::raw(tensors) + GgufWriter::raw(pairs) +
               std::string(64, '\0');
    };
    checkRejected(header(huge, 0), "number of tensors");
    checkRejected(header(0, huge), "number of keys");
    const auto lyingArray = [&](GgufValue type) {
        return GgufWriter()
            .pair("k", GgufValue::array, GgufWriter::raw(static_cast<std::uint32_t>(type)) + GgufWriter::raw(huge))
            .bytes();
    };
    checkRejected(lyingArray(GgufValue::f64), "array length");
    checkRejected(lyingArray(GgufValue::u8), "array length");
    checkRejected(lyingArray(GgufValue::string), "array length");
    checkRejected(lyingArray(GgufValue::array), "array of arrays");
    checkRejected(GgufWriter().pair("k", GgufValue::string, GgufWriter::raw(huge)).bytes(), "key \"k\"");
    checkRejected(GgufWriter().pair("k", static_cast<GgufValue>(13), "").bytes(), "value type");
    checkRejected(GgufWriter().pair("k", GgufValue::boolean, "\2").bytes(), "boolean");
    checkRejected(GgufWriter().u32("k", 1).u32("k", 1).bytes(), "second");
    checkRejected(GgufWriter().u32("general.alignment", GENERATE(0U, 3U, 1U << 31)).bytes(), "power of two");
}

TEST_CASE("lying GGUF tensor entries are refused") {
    const std::string data(64, 'd');
    checkRejected(GgufWriter().tensorAt("t", {1ULL << 40, 1ULL << 40}, 0, 0, data).bytes(), "product");
    checkRejected(GgufWriter().tensorAt("t", {4, 0}, 0, 0, data).bytes(), "axes");
    checkRejected(GgufWriter().tensorAt("t", {1, 1, 1, 1, 1}, 0, 0, data).bytes(), "4 axes");
    checkRejected(GgufWriter().tensorAt("t", {4}, 0, 8, data).bytes(), "multiple of 32");
    checkRejected(GgufWriter().tensorAt("t", {4}, 0, 64, data).bytes(), "offset");
    checkRejected(GgufWriter().tensorAt("t", {4}, 0, ~std::uint64_t{31}, data).bytes(), "offset");
    checkRejected(GgufWriter().tensor("t", {4}, 0, data).tensor("t", {4}, 0, data).bytes(), "second");
}
