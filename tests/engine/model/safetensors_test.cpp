#include <bit>
#include <cmath>

#include "engine/model/checkpoint.h"
#include "tests/engine/model/raw_files.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

std::vector<float> allValues(const StoredTensor& tensor) {
    std::vector<float> values(static_cast<std::size_t>(tensor.elements()));
    readRows(tensor, 0, tensor.shape.empty() ? 1 : tensor.shape[0], values);
    return values;
}

// The error of a folder whose model.safetensors holds these bytes.
Error refusal(const std::string& bytes) {
    const test::TemporaryFolder folder;
    test::writeBytes(folder.path() / "model.safetensors", bytes);
    const auto checkpoint = openCheckpoint(folder.path());
    REQUIRE_FALSE(checkpoint);
    CHECK(checkpoint.error().kind == ErrorKind::input);
    CHECK(checkpoint.error().message.find("model.safetensors") != std::string::npos);
    CHECK(checkpoint.error().message.find("expected") != std::string::npos);
    return checkpoint.error();
}

} // namespace

TEST_CASE("plain types become float32 exactly") {
    const test::TemporaryFolder folder;
    const std::string header = R"({"half":{"dtype":"F16","shape":[6],"data_offsets":[0,12]},)"
                               R"("brain":{"dtype":"BF16","shape":[1,2],"data_offsets":[12,16]},)"
                               R"("one":{"dtype":"F32","shape":[],"data_offsets":[16,20]},)"
                               R"("none":{"dtype":"F32","shape":[0,4],"data_offsets":[20,20]},)"
                               R"("ids":{"dtype":"I64","shape":[1],"data_offsets":[20,28]},)"
                               R"("__metadata__":{"format":"pt"}}  )";
    const std::uint16_t halfs[] = {0x3c00, 0xc000, 0x0001, 0x03ff, 0x7c00, 0x8000};
    const std::uint16_t brains[] = {0x3f80, 0xc049};
    const float one = 1.5F;
    std::string data(reinterpret_cast<const char*>(halfs), sizeof halfs);
    data.append(reinterpret_cast<const char*>(brains), sizeof brains);
    data.append(reinterpret_cast<const char*>(&one), sizeof one);
    data.append(8, '\0');
    test::writeBytes(folder.path() / "model.safetensors", test::safetensorsBytes(header, data));

    const auto checkpoint = openCheckpoint(folder.path());
    REQUIRE(checkpoint);
    const auto values = allValues(*(*checkpoint)->find("half"));
    CHECK(values[0] == 1.0F);
    CHECK(values[1] == -2.0F);
    CHECK(values[2] == std::ldexp(1.0F, -24));
    CHECK(values[3] == std::ldexp(1023.0F, -24));
    CHECK(std::isinf(values[4]));
    CHECK(std::signbit(values[5]));
    CHECK(allValues(*(*checkpoint)->find("brain")) == std::vector<float>{1.0F, std::bit_cast<float>(0xc0490000U)});
    CHECK(allValues(*(*checkpoint)->find("one")) == std::vector<float>{1.5F});
    CHECK((*checkpoint)->find("none")->elements() == 0);
    // Buffers of other types are carried by real files; asking for one is another matter.
    CHECK((*checkpoint)->find("ids") == nullptr);
    const auto asked = (*checkpoint)->require("ids", {1});
    REQUIRE_FALSE(asked);
    CHECK(asked.error().message.find("I64") != std::string::npos);
    CHECK((*checkpoint)->require("brain", {1, 2}));
    CHECK((*checkpoint)->require("brain", {2, 1}).error().message.find("[1, 2]") != std::string::npos);
    CHECK((*checkpoint)->require("lm_head.weight", {2, 1}).error().message.find("lm_head.weight") != std::string::npos);
}

TEST_CASE("a sharded checkpoint equals the single file it was made from") {
    ROPESCOPE_FIXTURE(models, "tiny_models");
    const auto single = openCheckpoint(models / "tiny_llama");
    const auto sharded = openCheckpoint(models / "tiny_llama_sharded");
    REQUIRE(single);
    REQUIRE(sharded);
    REQUIRE((*single)->tensors().size() == (*sharded)->tensors().size());
    for (const StoredTensor& tensor : (*single)->tensors()) {
        const auto same = (*sharded)->require(tensor.name, tensor.shape);
        REQUIRE(same);
        CHECK(allValues(tensor) == allValues(**same));
    }
}

TEST_CASE("headers that lie are refused with place, expectation and finding") {
    const std::string good = R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})";
    const std::string eight(8, '\0');
    SECTION("files cut anywhere") {
        const std::string whole = test::safetensorsBytes(good, eight);
        for (std::size_t length = 0; length < whole.size(); ++length)
            refusal(whole.substr(0, length));
    }
    SECTION("bytes after the last tensor") {
        refusal(test::safetensorsBytes(good, eight + "x"));
    }
    SECTION("a header longer than the file, and one beyond the cap") {
        refusal(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10));
        refusal(std::string("\x00\xe1\xf5\x06\x00\x00\x00\x00{}", 10));
    }
    SECTION("sizes that don't fit the shape") {
        refusal(test::safetensorsBytes(R"({"a":{"dtype":"F16","shape":[2],"data_offsets":[0,8]}})", eight));
        refusal(test::safetensorsBytes(R"({"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,8]}})",
                                       eight));
        refusal(test::safetensorsBytes(R"({"a":{"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,8]}})",
                                       eight));
        refusal(test::safetensorsBytes(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", eight));
        refusal(test::safetensorsBytes(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,8]}})", eight));
    }
    SECTION("holes and overlaps") {
        const auto pair = [&](std::string_view second) {
            return test::safetensorsBytes(R"({"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32",)"
                                          R"("shape":[1],"data_offsets":)" +
                                              std::string(second) + "}}",
                                          eight);
        };
        CHECK(refusal(pair("[2,6]")).message.find("tensor \"b\"") != std::string::npos);
        refusal(pair("[5,9]"));
        refusal(pair("[8,4]"));
        refusal(pair("[0,4]"));
        refusal(pair("[18446744073709551612,4]"));
        refusal(pair("[4]"));
        refusal(pair("[4,8,8]"));
        refusal(pair("[4.0,8.0]"));
    }
    SECTION("JSON of another form") {
        for (const char* header :
             {"{", "{}x", "[]", "{\"a\":1}", "{\"a\":{}}", "{\"a\":{\"dtype\":\"F32\",\"shape\":[0]}}",
              "{\"a\":{\"dtype\":1,\"shape\":[0],\"data_offsets\":[0,0]}}", "{\"__metadata__\":{\"a\":[]}}",
              "{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}",
              "{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]},"
              "\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"})
            refusal(test::safetensorsBytes(header, ""));
        refusal(test::safetensorsBytes("{\"a\":{\"shape\":" + std::string(100000, '['), ""));
        refusal(test::safetensorsBytes(
            "{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,0],\"shape\":[0" +
                [] {
                    std::string axes;
                    for (int i = 0; i < 64; ++i)
                        axes += ",1";
                    return axes;
                }() +
                "]}}",
            ""));
    }
}

TEST_CASE("folders without a whole checkpoint are refused") {
    const test::TemporaryFolder folder;
    const auto index = folder.path() / "model.safetensors.index.json";
    const auto refused = [&] {
        const auto checkpoint = openCheckpoint(folder.path());
        REQUIRE_FALSE(checkpoint);
        CHECK(checkpoint.error().kind == ErrorKind::input);
        return checkpoint.error().message;
    };
    CHECK(refused().find("model.safetensors") != std::string::npos);
    CHECK_FALSE(openCheckpoint(folder.path() / "absent"));

    for (const char* text : {"", "[]", "{}", R"({"weight_map":{}})", R"({"weight_map":{"a":1}})",
                             R"({"weight_map":{"a":"../model.safetensors"}})", R"({"weight_map":{"a":"absent"}})"}) {
        INFO(text);
        test::writeBytes(index, text);
        refused();
    }
    const std::string shard = test::safetensorsBytes(R"({"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}})", "");
    test::writeBytes(folder.path() / "one", shard);
    test::writeBytes(folder.path() / "two", shard);
    test::writeBytes(index, R"({"weight_map":{"a":"one","b":"one"}})");
    CHECK(refused().find("\"b\"") != std::string::npos);
    test::writeBytes(index, R"({"weight_map":{"a":"one","b":"two"}})");
    CHECK(refused().find("\"a\"") != std::string::npos);
    test::writeBytes(index, R"({"weight_map":{"a":"one"}})");
    CHECK(openCheckpoint(folder.path()));
}
