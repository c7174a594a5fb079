// Makes a GGUF file of a Hugging Face checkpoint as llama.cpp's converter does, from its description: names, row
// orders, keys. For small test models.
#pragma once

#include <string>

#include "engine/model/checkpoint.h"
#include "engine/model/model_config.h"
#include "engine/model/required_tensors.h"
#include "tests/support/gguf_writer.h"

namespace ropescope::test {

inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
    if (const auto at = text.find(from); at != std::string::npos)
        text.replace(at, from.size(), to);
    return text;
}

inline std::string ggufName(std::string name, Architecture architecture) {
    name = replaced(replaced(name, "gpt_neox.layers.", "blk."), "model.layers.", "blk.");
    const bool phi3 = architecture == Architecture::phi3;
    const std::pair<const char*, const char*> parts[] = {{"model.embed_tokens", "token_embd"},
                                                         {"gpt_neox.embed_in", "token_embd"},
                                                         {"gpt_neox.final_layer_norm", "output_norm"},
                                                         {"model.norm", "output_norm"},
                                                         {"lm_head", "output"},
                                                         {"embed_out", "output"},
                                                         {"input_layernorm", "attn_norm"},
                                                         {"post_attention_layernorm", "ffn_norm"},
                                                         {"self_attn.q_norm", "attn_q_norm"},
                                                         {"self_attn.k_norm", "attn_k_norm"},
                                                         {"self_attn.q_proj", "attn_q"},
                                                         {"self_attn.k_proj", "attn_k"},
                                                         {"self_attn.v_proj", "attn_v"},
                                                         {"self_attn.qkv_proj", "attn_qkv"},
                                                         {"attention.query_key_value", "attn_qkv"},
                                                         {"self_attn.o_proj", "attn_output"},
                                                         {"attention.dense", "attn_output"},
                                                         {"mlp.gate_proj", "ffn_gate"},
                                                         {"mlp.up_proj", "ffn_up"},
                                                         {"mlp.gate_up_proj", "ffn_up"},
                                                         {"mlp.down_proj", "ffn_down"},
                                                         {"mlp.dense_h_to_4h", "ffn_up"},
                                                         {"mlp.dense_4h_to_h", "ffn_down"}};
    for (const auto& [from, to] : parts)
        if (!phi3 || std::string_view(from) != "mlp.up_proj")
            name = replaced(name, from, to);
    return name;
}

// Hugging Face's row that the converter writes as row `row`.
inline std::int64_t sourceRow(const std::string& name, const ModelConfig& config, std::int64_t row,
                              std::int64_t headDim) {
    if (config.architecture == Architecture::llama &&
        (name.find("attn_q.") != std::string::npos || name.find("attn_k.") != std::string::npos))
        return row / headDim * headDim + row % 2 * headDim / 2 + row % headDim / 2;
    if (name.find("attn_qkv") != std::string::npos && config.architecture == Architecture::gptNeox) {
        const std::int64_t perPart = config.heads * headDim;
        return row % perPart / headDim * 3 * headDim + row / perPart * headDim + row % headDim;
    }
    return row;
}

// The tensor's values as float32 in the row order of a GGUF file.
inline std::string convertedData(const StoredTensor& tensor, const std::string& name, const ModelConfig& config) {
    const std::int64_t rows = tensor.shape[0];
    const auto width = static_cast<std::size_t>(tensor.elements() / rows);
    std::string data;
    std::vector<float> values(width);
    for (std::int64_t row = 0; row < rows; ++row) {
        readRows(tensor, sourceRow(name, config, row, config.rope.headDim), 1, values);
        data.append(reinterpret_cast<const char*>(values.data()), width * sizeof(float));
    }
    return data;
}

inline GgufWriter convertedKeys(const ModelConfig& config) {
    const std::string prefix =
        config.architecture == Architecture::gptNeox ? "gptneox" : std::string(name(config.architecture));
    const auto u32 = [](auto value) { return static_cast<std::uint32_t>(value); };
    GgufWriter writer;
    writer.text("general.architecture", prefix)
        .u32(prefix + ".block_count", u32(config.layers))
        .u32(prefix + ".context_length", u32(config.maxPositions))
        .u32(prefix + ".embedding_length", u32(config.hidden))
        .u32(prefix + ".feed_forward_length", u32(config.intermediate))
        .u32(prefix + ".attention.head_count", u32(config.heads))
        .u32(prefix + ".attention.head_count_kv", u32(config.kvHeads))
        .u32(prefix + ".attention.key_length", u32(config.rope.headDim))
        .u32(prefix + ".rope.dimension_count", u32(config.rope.rotaryDim))
        .f32(prefix + ".rope.freq_base", static_cast<float>(config.rope.theta))
        .f32(prefix + (config.architecture == Architecture::gptNeox ? ".attention.layer_norm_epsilon"
                                                                    : ".attention.layer_norm_rms_epsilon"),
             static_cast<float>(config.normEpsilon));
    return writer;
}

inline GgufWriter& addConverted(GgufWriter& writer, const Checkpoint& checkpoint, const ModelConfig& config) {
    for (const TensorShape& shape : requiredTensors(config)) {
        const std::string name = ggufName(shape.name, config.architecture);
        const std::vector<std::uint64_t> dims(shape.shape.rbegin(), shape.shape.rend());
        writer.tensor(name, dims, 0, convertedData(*checkpoint.find(shape.name), name, config));
    }
    return writer;
}

} // namespace ropescope::test
