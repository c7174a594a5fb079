#include "engine/model/gguf_names.h"

#include <algorithm>
#include <span>

#include <fmt/format.h>

namespace ropescope {
namespace {

struct NamePair {
    std::string_view gguf, huggingFace;
};

// Outside the layers, then inside one, without ".weight" and ".bias".
constexpr NamePair llamaNames[] = {
    {"token_embd", "model.embed_tokens"}, {"output_norm", "model.norm"}, {"output", "lm_head"}};
constexpr NamePair llamaLayerNames[] = {
    {"attn_norm", "input_layernorm"},    {"attn_q", "self_attn.q_proj"},
    {"attn_k", "self_attn.k_proj"},      {"attn_v", "self_attn.v_proj"},
    {"attn_output", "self_attn.o_proj"}, {"attn_q_norm", "self_attn.q_norm"},
    {"attn_k_norm", "self_attn.k_norm"}, {"ffn_norm", "post_attention_layernorm"},
    {"ffn_gate", "mlp.gate_proj"},       {"ffn_up", "mlp.up_proj"},
    {"ffn_down", "mlp.down_proj"},
};
constexpr NamePair phi3LayerNames[] = {
    {"attn_norm", "input_layernorm"},         {"attn_qkv", "self_attn.qkv_proj"}, {"attn_output", "self_attn.o_proj"},
    {"ffn_norm", "post_attention_layernorm"}, {"ffn_up", "mlp.gate_up_proj"},     {"ffn_down", "mlp.down_proj"},
};
constexpr NamePair gptNeoxNames[] = {
    {"token_embd", "gpt_neox.embed_in"}, {"output_norm", "gpt_neox.final_layer_norm"}, {"output", "embed_out"}};
constexpr NamePair gptNeoxLayerNames[] = {
    {"attn_norm", "input_layernorm"},   {"attn_qkv", "attention.query_key_value"},
    {"attn_output", "attention.dense"}, {"ffn_norm", "post_attention_layernorm"},
    {"ffn_up", "mlp.dense_h_to_4h"},    {"ffn_down", "mlp.dense_4h_to_h"},
};

struct NameTable {
    std::span<const NamePair> outside, inLayer;
    std::string_view layerPrefix;
};

NameTable nameTable(Architecture architecture) {
    switch (architecture) {
    case Architecture::phi3:
        return {llamaNames, phi3LayerNames, "model.layers"};
    case Architecture::gptNeox:
        return {gptNeoxNames, gptNeoxLayerNames, "gpt_neox.layers"};
    default:
        return {llamaNames, llamaLayerNames, "model.layers"};
    }
}

std::optional<std::string_view> lookUp(std::span<const NamePair> names, std::string_view gguf) {
    const auto found =
        std::find_if(names.begin(), names.end(), [&](const NamePair& pair) { return pair.gguf == gguf; });
    if (found == names.end())
        return std::nullopt;
    return found->huggingFace;
}

// "blk.12.attn_q.weight" in its parts; layer is empty outside the layers.
struct NameParts {
    std::string_view layer, stem, ending;
};

std::optional<NameParts> split(std::string_view name) {
    NameParts parts;
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos)
        return std::nullopt;
    parts.ending = name.substr(dot);
    if (parts.ending != ".weight" && parts.ending != ".bias")
        return std::nullopt;
    parts.stem = name.substr(0, dot);
    if (parts.stem.starts_with("blk.")) {
        parts.stem.remove_prefix(4);
        const auto end = parts.stem.find('.');
        if (end == std::string_view::npos)
            return std::nullopt;
        parts.layer = parts.stem.substr(0, end);
        parts.stem.remove_prefix(end + 1);
    }
    return parts;
}

} // namespace

std::optional<Architecture> ggufArchitecture(std::string_view name) {
    struct Known {
        std::string_view name;
        Architecture architecture;
    };
    constexpr Known known[] = {{"llama", Architecture::llama},
                               {"qwen2", Architecture::qwen2},
                               {"qwen3", Architecture::qwen3},
                               {"phi3", Architecture::phi3},
                               {"gptneox", Architecture::gptNeox}};
    for (const Known& entry : known)
        if (entry.name == name)
            return entry.architecture;
    return std::nullopt;
}

std::optional<std::string> huggingFaceName(Architecture architecture, std::string_view ggufName) {
    const auto parts = split(ggufName);
    if (!parts)
        return std::nullopt;
    const NameTable table = nameTable(architecture);
    const auto stem = lookUp(parts->layer.empty() ? table.outside : table.inLayer, parts->stem);
    if (!stem)
        return std::nullopt;
    if (parts->layer.empty())
        return fmt::format("{}{}", *stem, parts->ending);
    return fmt::format("{}.{}.{}{}", table.layerPrefix, parts->layer, *stem, parts->ending);
}

bool isRotaryFactorTensor(std::string_view ggufName) {
    return ggufName == "rope_freqs.weight" || ggufName == "rope_factors_long.weight" ||
           ggufName == "rope_factors_short.weight";
}

GgufRowOrder ggufRowOrder(Architecture architecture, std::string_view ggufName) {
    const auto parts = split(ggufName);
    if (!parts || parts->layer.empty())
        return {};
    if (architecture == Architecture::llama && (parts->stem == "attn_q" || parts->stem == "attn_k"))
        return {RowOrder::interleavedRotation, parts->stem == "attn_k"};
    if (architecture == Architecture::gptNeox && parts->stem == "attn_qkv")
        return {RowOrder::partsApart, false};
    return {};
}

} // namespace ropescope
