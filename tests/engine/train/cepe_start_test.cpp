// The first weights of a CEPE model against the facts recorded from the authors' initialisation.
#include <algorithm>
#include <cmath>
#include <functional>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/model/checkpoint.h"
#include "engine/model/context_model.h"
#include "engine/model/model_config.h"
#include "engine/model/safetensors_writer.h"
#include "engine/train/cepe_start.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;
namespace fs = std::filesystem;

namespace {

json jsonOf(const fs::path& file) {
    return json::parse(readFile(file).value());
}

// Some of the fixture's tensors as a model folder of their own; `newName` gives a tensor's name there, or none.
void writePart(const fs::path& fixture, const std::function<std::string(const std::string&)>& newName,
               const json& config, const fs::path& folder) {
    const auto checkpoint = openCheckpoint(fixture).value();
    std::vector<const StoredTensor*> sources;
    std::vector<TensorToWrite> tensors;
    for (const StoredTensor& tensor : checkpoint->tensors())
        if (const std::string name = newName(tensor.name); !name.empty()) {
            sources.push_back(&tensor);
            tensors.push_back({name, tensor.shape, tensor.type});
        }
    fs::create_directories(folder);
    const auto source = [&](std::size_t index) -> Result<std::span<const std::byte>> { return sources[index]->bytes; };
    REQUIRE(writeSafetensorsFolder(folder, tensors, source, usualShardBytes, {}).index() == 0);
    REQUIRE(writeFileAtomically(folder / "config.json", config.dump()));
}

// The fixture's decoder as a plain Llama, and its encoder as a Llama with weights.
struct Parts {
    test::TemporaryFolder folder;
    fs::path decoder = folder.path() / "decoder", encoder = folder.path() / "encoder", output = folder.path() / "cepe";

    explicit Parts(const fs::path& fixture) {
        json config = jsonOf(fixture / "config.json");
        const json encoderConfig = config.at("encoder_config");
        for (const char* key : {"do_cross_attention", "encoder_config", "encoder_hidden_size", "is_decoder",
                                "num_cross_attn_layers", "num_cross_attn_hidden_states"})
            config.erase(key);
        const auto isEncoder = [](const std::string& name) { return name.starts_with("encoder."); };
        writePart(
            fixture,
            [&](const std::string& name) {
                return isEncoder(name) || name.find("cross_attn") != std::string::npos ? std::string() : name;
            },
            config, decoder);
        writePart(
            fixture,
            [&](const std::string& name) { return isEncoder(name) ? "model." + name.substr(8) : std::string(); },
            encoderConfig, encoder);
    }

    [[nodiscard]] Outcome<std::int64_t> make(CrossAttentionStart start, const fs::path& encoderConfig,
                                             std::uint64_t seed = 1) const {
        fs::remove_all(output);
        return writeCepeStart({decoder, encoderConfig, output, start, seed}, {});
    }
};

std::vector<float> valuesOf(const fs::path& folder, const std::string& name) {
    const auto checkpoint = openCheckpoint(folder).value();
    const StoredTensor* tensor = checkpoint->find(name);
    REQUIRE(tensor);
    std::vector<float> values(static_cast<std::size_t>(tensor->elements()));
    readRows(*tensor, 0, tensor->shape[0], values);
    return values;
}

double normOf(const std::vector<float>& values) {
    double sum = 0;
    for (const float value : values)
        sum += static_cast<double>(value) * value;
    return std::sqrt(sum);
}

std::shared_ptr<LanguageModel> loaded(const fs::path& folder) {
    DeviceOptions options;
    options.device = "cpu";
    options.type = ComputeType::fp32;
    auto outcome = loadLanguageModel(folder, options, {});
    if (const Error* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    return std::get<0>(outcome);
}

double meanNll(LanguageModel& model, const std::vector<TokenId>& ids) {
    const FactorSet factors = configuredFactors(model.config(), static_cast<std::int64_t>(ids.size()));
    const NllQuery query{ids, &factors};
    auto outcome = model.tokenNll({&query, 1}, FullAttention{}, {});
    REQUIRE(outcome.index() == 0);
    double sum = 0;
    for (const float value : std::get<0>(outcome).front())
        sum += value;
    return sum / static_cast<double>(ids.size() - 1);
}

// Row 0's three chunks, cut to their real lengths.
Context goldenContext(const json& golden) {
    Context context;
    for (std::size_t chunk = 0; chunk < 3; ++chunk) {
        auto ids = golden.at("encoder_input_ids").at(0).at(chunk).get<std::vector<TokenId>>();
        const auto mask = golden.at("encoder_attention_mask").at(0).at(chunk).get<std::vector<int>>();
        ids.resize(static_cast<std::size_t>(std::count(mask.begin(), mask.end(), 1)));
        context.chunks.push_back(std::move(ids));
    }
    return context;
}

std::string messageOf(const Outcome<std::int64_t>& outcome) {
    REQUIRE(std::holds_alternative<Error>(outcome));
    CHECK(std::get<Error>(outcome).kind == ErrorKind::usage);
    return std::get<Error>(outcome).message;
}

} // namespace

TEST_CASE("cross-attention begins as the authors' does, and gives their losses") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const json golden = jsonOf(fixture / "golden.json");
    const Parts parts(fixture);
    for (const auto& [name, start] :
         {std::pair{"copy", CrossAttentionStart::copy}, std::pair{"zero", CrossAttentionStart::zero}}) {
        INFO(name);
        const auto outcome = parts.make(start, parts.encoder);
        if (const Error* error = std::get_if<Error>(&outcome))
            FAIL(error->message);
        const auto model = loaded(parts.output);
        CHECK(model->parameters() == std::get<std::int64_t>(outcome));
        CHECK(model->parameters() == loaded(fixture)->parameters());
        const json& facts = golden.at("init").at(name);
        for (const char* part : {"q", "k", "v", "o"})
            CHECK(normOf(valuesOf(parts.output, std::string("model.layers.1.cross_attn.") + part + "_proj.weight")) ==
                  Approx(facts.at("norm").at(part).get<double>()).margin(1e-6));
        CHECK(valuesOf(parts.output, "model.layers.1.cross_attn.layernorm.weight") ==
              valuesOf(fixture, "model.layers.1.post_attention_layernorm.weight"));

        auto reader = withContext(model, goldenContext(golden), {});
        REQUIRE(reader.index() == 0);
        const auto ids = golden.at("input_ids").at(0).get<std::vector<TokenId>>();
        CHECK(meanNll(*std::get<0>(reader), ids) ==
              Approx(golden.at("cases").at(std::string("init_") + name).at("loss").get<double>())
                  .margin(1e-5)
                  .epsilon(0));
        if (start == CrossAttentionStart::zero)
            CHECK(meanNll(*std::get<0>(reader), ids) == meanNll(*loaded(parts.decoder), ids));
    }
    const json config = jsonOf(parts.output / "config.json");
    CHECK(config.at("is_decoder") == true);
    CHECK(config.at("num_cross_attn_layers") == 3);
    CHECK(config.at("encoder_config").at("vocab_size") == 129);
}

TEST_CASE("an encoder without weights begins at random, the same for the same seed") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const Parts parts(fixture);
    const std::string name = "encoder.layers.1.mlp.up_proj.weight";
    REQUIRE(parts.make(CrossAttentionStart::copy, parts.encoder / "config.json", 7).index() == 0);
    const std::vector<float> first = valuesOf(parts.output, name);
    const std::vector<float> embedding = valuesOf(parts.output, "encoder.embed_tokens.weight");
    CHECK(std::all_of(embedding.begin(), embedding.begin() + 32, [](float value) { return value == 0; })); // padding
    CHECK(normOf(first) / std::sqrt(static_cast<double>(first.size())) == Approx(0.02).epsilon(0.1));
    const std::vector<float> norm = valuesOf(parts.output, "encoder.norm.weight");
    CHECK(norm == std::vector<float>(32, 1.0F));
    REQUIRE(parts.make(CrossAttentionStart::copy, parts.encoder / "config.json", 7).index() == 0);
    CHECK(valuesOf(parts.output, name) == first);
    REQUIRE(parts.make(CrossAttentionStart::copy, parts.encoder / "config.json", 8).index() == 0);
    CHECK(valuesOf(parts.output, name) != first);
}

TEST_CASE("encoders that don't fit, and output that is there, are refused before anything is written") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const Parts parts(fixture);
    const fs::path changed = parts.folder.path() / "config.json";
    const auto refused = [&](const json& settings) {
        json config = jsonOf(parts.encoder / "config.json");
        config.update(settings);
        REQUIRE(writeFileAtomically(changed, config.dump()));
        const std::string message = messageOf(parts.make(CrossAttentionStart::copy, changed));
        CHECK_FALSE(fs::exists(parts.output));
        return message;
    };
    CHECK(refused({{"hidden_size", 96}}).find("wider") != std::string::npos);
    CHECK(refused({{"vocab_size", 100}}).find("vocabularies") != std::string::npos);
    CHECK(refused({{"model_type", "mistral"}}).find("mistral") != std::string::npos);
    const fs::path halved = parts.folder.path() / "halved";
    writePart(
        fixture,
        [](const std::string& name) {
            return name.starts_with("encoder.") && name.find("layers.1") == std::string::npos
                       ? "model." + name.substr(8)
                       : std::string();
        },
        jsonOf(parts.encoder / "config.json"), halved);
    const auto incomplete = parts.make(CrossAttentionStart::copy, halved);
    REQUIRE(std::holds_alternative<Error>(incomplete));
    CHECK(std::get<Error>(incomplete).kind == ErrorKind::input);
    CHECK(std::get<Error>(incomplete).message.find("model.layers.1.") != std::string::npos);
    CHECK_FALSE(fs::exists(parts.output));
    CHECK(messageOf(writeCepeStart({fixture, parts.encoder, parts.output, CrossAttentionStart::copy, 1}, {}))
              .find("already") != std::string::npos);
    CHECK(messageOf(writeCepeStart({parts.decoder, parts.encoder, parts.decoder, CrossAttentionStart::copy, 1}, {}))
              .find("new or empty") != std::string::npos);
}
