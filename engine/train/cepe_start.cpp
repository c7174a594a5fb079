#include "engine/train/cepe_start.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/json_text.h"
#include "engine/model/checkpoint.h"
#include "engine/model/context_config.h"
#include "engine/model/required_tensors.h"
#include "engine/model/safetensors_writer.h"
#include "engine/train/exported_config.h"
#include "engine/train/random_numbers.h"

namespace ropescope {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

// A whole tensor as float32.
Result<std::vector<float>> valuesOf(const Checkpoint& checkpoint, const std::string& name,
                                    const std::vector<std::int64_t>& shape) {
    const auto tensor = checkpoint.require(name, shape);
    if (!tensor)
        return fail(tensor.error());
    std::vector<float> values(static_cast<std::size_t>((*tensor)->elements()));
    readRows(**tensor, 0, shape[0], values);
    return values;
}

// Where the decoder keeps what a projection of its self-attention computes with.
struct SelfAttentionPlace {
    std::string name;
    std::int64_t firstRow = 0, allRows = 0;
};

class StartWeights {
public:
    StartWeights(ModelConfig config, std::shared_ptr<const Checkpoint> decoder,
                 std::shared_ptr<const Checkpoint> encoder, CrossAttentionStart start, double deviation,
                 std::uint64_t seed)
        : m_config(std::move(config)), m_decoder(std::move(decoder)), m_encoder(std::move(encoder)), m_start(start),
          m_deviation(deviation), m_seed(seed), m_shapes(requiredTensors(m_config)) {}

    [[nodiscard]] std::vector<TensorToWrite> tensors() const {
        std::vector<TensorToWrite> list;
        for (const TensorShape& shape : m_shapes) {
            const StoredTensor* own = ownTensor(shape);
            list.push_back({shape.name, shape.shape, own ? own->type : StoredType::f32});
        }
        return list;
    }

    [[nodiscard]] Result<std::span<const std::byte>> bytes(std::size_t index) {
        const TensorShape& shape = m_shapes[index];
        if (const StoredTensor* own = ownTensor(shape))
            return own->bytes;
        auto values = valuesFor(shape);
        if (!values)
            return fail(values.error());
        m_values = std::move(*values);
        return std::as_bytes(std::span<const float>(m_values));
    }

private:
    static bool isCross(const TensorShape& shape) { return shape.name.find(".cross_attn.") != std::string::npos; }
    static bool isEncoder(const TensorShape& shape) { return shape.name.starts_with("encoder."); }

    // A tensor of the decoder that is passed on as it lies in its file; null for any other.
    [[nodiscard]] const StoredTensor* ownTensor(const TensorShape& shape) const {
        if (isCross(shape) || isEncoder(shape))
            return nullptr;
        const StoredTensor* tensor = m_decoder->find(shape.name);
        const bool plain = tensor && tensor->shape == shape.shape && tensor->rowOrder == RowOrder::asIs &&
                           blockLayout(tensor->type).elements == 1;
        return plain ? tensor : nullptr;
    }

    [[nodiscard]] Result<std::vector<float>> valuesFor(const TensorShape& shape) const {
        if (isCross(shape))
            return crossValues(shape);
        if (!isEncoder(shape))
            return valuesOf(*m_decoder, shape.name, shape.shape);
        if (m_encoder)
            return valuesOf(*m_encoder, "model." + shape.name.substr(std::string_view("encoder.").size()), shape.shape);
        return randomValues(shape);
    }

    [[nodiscard]] std::vector<float> randomValues(const TensorShape& shape) const {
        const bool matrix = shape.shape.size() > 1;
        std::vector<float> values(elementsOf(shape), shape.name.ends_with("norm.weight") ? 1.0F : 0.0F);
        if (matrix)
            fillNormal(values, m_deviation, seedOf(m_seed, shape.name));
        const auto padding = m_config.crossAttention->paddingId;
        if (padding && shape.name == "encoder.embed_tokens.weight")
            std::fill_n(values.begin() + *padding * shape.shape[1], shape.shape[1], 0.0F);
        return values;
    }

    [[nodiscard]] Result<std::vector<float>> crossValues(const TensorShape& shape) const {
        const std::size_t at = shape.name.find("cross_attn.");
        const std::string layer = shape.name.substr(0, at);
        const std::string part = shape.name.substr(at + std::string_view("cross_attn.").size());
        if (part.starts_with("layernorm"))
            return valuesOf(*m_decoder, layer + "post_attention_layernorm.weight", shape.shape);
        if (part.starts_with("o_proj") && m_start == CrossAttentionStart::zero)
            return std::vector<float>(elementsOf(shape), 0.0F);
        const SelfAttentionPlace place = placeOf(layer, part, shape.shape[0]);
        const bool matrix = shape.shape.size() > 1;
        const std::int64_t width = !matrix                      ? 1
                                   : part.starts_with("o_proj") ? shape.shape[1]
                                                                : std::int64_t{m_config.hidden};
        const auto tensor =
            m_decoder->require(place.name, matrix ? std::vector{place.allRows, width} : std::vector{place.allRows});
        if (!tensor)
            return fail(tensor.error());
        const std::int64_t rows = shape.shape[0], columns = matrix ? shape.shape[1] : 1;
        std::vector<float> whole(static_cast<std::size_t>(rows * width)), values;
        readRows(**tensor, place.firstRow, rows, whole);
        values.reserve(elementsOf(shape));
        for (std::int64_t row = 0; row < rows; ++row)
            values.insert(values.end(), whole.begin() + row * width, whole.begin() + row * width + columns);
        return values;
    }

    [[nodiscard]] SelfAttentionPlace placeOf(const std::string& layer, const std::string& part,
                                             std::int64_t rows) const {
        if (m_config.architecture != Architecture::phi3 || part.starts_with("o_proj"))
            return {layer + "self_attn." + part, 0, rows};
        // Phi-3 stacks queries, keys and values.
        const std::int64_t queries = std::int64_t{m_config.heads} * m_config.rope.headDim;
        const std::int64_t keys = std::int64_t{m_config.kvHeads} * m_config.rope.headDim;
        const std::int64_t first = part.starts_with("q_proj")   ? 0
                                   : part.starts_with("k_proj") ? queries
                                                                : queries + keys;
        return {layer + "self_attn.qkv_proj" + part.substr(part.find('.')), first, queries + 2 * keys};
    }

    static std::size_t elementsOf(const TensorShape& shape) {
        std::int64_t elements = 1;
        for (const std::int64_t axis : shape.shape)
            elements *= axis;
        return static_cast<std::size_t>(elements);
    }

    ModelConfig m_config;
    std::shared_ptr<const Checkpoint> m_decoder, m_encoder;
    CrossAttentionStart m_start;
    double m_deviation;
    std::uint64_t m_seed;
    std::vector<TensorShape> m_shapes;
    std::vector<float> m_values; // of the tensor being written
};

Result<ModelConfig> cepeConfig(ModelConfig decoder, ModelConfig encoder, const json& encoderJson) {
    if (decoder.crossAttention)
        return fail(usageError("the decoder is a CEPE model already"));
    if (decoder.architecture == Architecture::gptNeox || encoder.architecture != Architecture::llama)
        return fail(
            usageError(fmt::format("a gated decoder (llama, mistral, qwen2, qwen3, phi3) and a llama encoder are "
                                   "needed, got {} and {}",
                                   name(decoder.architecture), name(encoder.architecture))));
    if (encoder.hidden > decoder.hidden)
        return fail(usageError(fmt::format("the encoder is wider ({}) than the decoder ({}), whose columns its "
                                           "cross-attention begins with: choose an encoder of at most {}",
                                           encoder.hidden, decoder.hidden, decoder.hidden)));
    if (encoder.vocabulary < decoder.vocabulary)
        return fail(usageError(fmt::format("the vocabularies don't match: the encoder knows {} ids, the decoder {}",
                                           encoder.vocabulary, decoder.vocabulary)));
    CrossAttentionConfig cross;
    const json padding = encoderJson.value("pad_token_id", json());
    if (padding.is_number_integer() && padding >= 0 && padding < encoder.vocabulary)
        cross.paddingId = padding.get<std::int64_t>();
    cross.layers = decoder.layers;
    cross.encoder = std::move(encoder);
    decoder.crossAttention = std::make_shared<const CrossAttentionConfig>(std::move(cross));
    return decoder;
}

// config.json with the keys of the authors' class; the loss's are the defaults of their train.py.
std::string configText(json decoder, json encoder, const ModelConfig& config) {
    encoder["is_decoder"] = false;
    decoder.update({{"architectures", {"LlamaForCausalContextLM"}},
                    {"do_cross_attention", true},
                    {"is_decoder", true}, // or their class would build a bidirectional decoder
                    {"num_cross_attn_layers", config.crossAttention->layers},
                    {"num_cross_attn_hidden_states", 1},
                    {"encoder_hidden_size", config.crossAttention->encoder.hidden},
                    {"encoder_config", std::move(encoder)},
                    {"encoder_is_model", false},
                    {"encode_mode", "context_only"},
                    {"train_batch_mode", "none"},
                    {"offload_hidden_states", false},
                    {"train_encoder", true},
                    {"lm_loss_cof", 1.0},
                    {"kl_loss_cof", 0.0},
                    {"kl_loss_mode", "smooth_1e-6"}});
    return decoder.dump(2) + "\n";
}

Result<json> encoderJsonOf(const fs::path& encoder) {
    std::error_code problem;
    const fs::path file = fs::is_directory(encoder, problem) ? encoder / "config.json" : encoder;
    const auto text = readFile(file, 16 << 20);
    if (!text)
        return fail(text.error());
    return parseJson(*text, file.string());
}

// The encoder's weights where its folder holds some, all but a vocabulary head's, which CEPE doesn't use.
Result<std::shared_ptr<const Checkpoint>> encoderWeights(const fs::path& encoder, ModelConfig config) {
    std::error_code problem;
    if (!fs::is_directory(encoder, problem))
        return nullptr;
    for (const char* name :
         {"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"}) {
        if (!fs::exists(encoder / name, problem))
            continue;
        auto checkpoint = openCheckpoint(encoder);
        if (!checkpoint)
            return fail(checkpoint.error());
        config.tiedEmbeddings = true;
        if (auto complete = checkTensors(**checkpoint, config); !complete)
            return fail(complete.error());
        return std::shared_ptr<const Checkpoint>(std::move(*checkpoint));
    }
    return nullptr;
}

Result<void> prepareOutput(const fs::path& output) {
    std::error_code problem;
    if (fs::exists(output, problem) && !(fs::is_directory(output, problem) && fs::is_empty(output, problem)))
        return fail(usageError(fmt::format("{} is there already: choose a new or empty folder", output.string())));
    fs::create_directories(output, problem);
    if (problem)
        return fail(failure(fmt::format("can't make the folder {}: {}", output.string(), problem.message())));
    return {};
}

Outcome<std::int64_t> write(const CepeStart& request, const RunControl& control) {
    auto decoder = readModelConfig(request.decoder);
    if (!decoder)
        return decoder.error();
    auto encoder = readModelConfig(request.encoder);
    if (!encoder)
        return encoder.error();
    const auto encoderJson = encoderJsonOf(request.encoder);
    if (!encoderJson)
        return encoderJson.error();
    const auto config = cepeConfig(*decoder, std::move(*encoder), *encoderJson);
    if (!config)
        return config.error();
    const auto deviation = initialDeviation(request.encoder);
    if (!deviation)
        return deviation.error();
    const auto decoderJson =
        exportedConfig(request.decoder, *decoder, std::nullopt, decoder->maxPositions, StoredType::f32);
    if (!decoderJson)
        return decoderJson.error();
    auto checkpoint = openCheckpoint(request.decoder);
    if (!checkpoint)
        return checkpoint.error();
    if (auto complete = checkTensors(**checkpoint, *decoder); !complete)
        return complete.error();
    auto encoderCheckpoint = encoderWeights(request.encoder, config->crossAttention->encoder);
    if (!encoderCheckpoint)
        return encoderCheckpoint.error();
    if (auto ready = prepareOutput(request.output); !ready)
        return ready.error();

    StartWeights weights(*config, std::move(*checkpoint), std::move(*encoderCheckpoint), request.start, *deviation,
                         request.seed);
    const auto written = writeSafetensorsFolder(
        request.output, weights.tensors(), [&](std::size_t index) { return weights.bytes(index); }, usualShardBytes,
        control);
    if (const auto* error = std::get_if<Error>(&written))
        return *error;
    if (std::holds_alternative<Cancelled>(written))
        return Cancelled{};
    if (auto copied = copyCompanions(request.decoder, request.output); !copied)
        return copied.error();
    if (auto saved = writeFileAtomically(request.output / "config.json",
                                         configText(json::parse(*decoderJson), *encoderJson, *config));
        !saved)
        return saved.error();
    return parameterCount(*config);
}

} // namespace

Outcome<std::int64_t> writeCepeStart(const CepeStart& request, const RunControl& control) {
    try {
        return write(request, control);
    } catch (const std::bad_alloc&) {
        return failure("memory ran out while a tensor was written: the largest one must fit");
    } catch (const std::exception& problem) {
        return inputError(request.encoder.string(), "configuration", "a model's config.json", problem.what());
    }
}

} // namespace ropescope
