#include "engine/tokenizer/detail/gguf_pre_tokenizers.h"

#include <map>
#include <string>

#include "engine/tokenizer/detail/pre_tokenizer.h"

namespace ropescope::detail {
namespace {

constexpr std::string_view singleDigits = R"(\p{N})";
constexpr std::string_view llama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view qwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view gpt4o =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view tekken =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

const std::map<std::string_view, GgufPreTokenizer>& known() {
    static const std::map<std::string_view, GgufPreTokenizer> table = [] {
        std::map<std::string_view, GgufPreTokenizer> names;
        for (const auto name : {"default", "gpt-2", "phi-2", "olmo", "mpt", "jais", "gigachat"})
            names[name] = {{gpt2Pattern}, false, false, false};
        for (const auto name : {"smollm", "starcoder", "refact", "command-r", "codeshell", "exaone", "minerva-7b"})
            names[name] = {{singleDigits, gpt2Pattern}, false, false, false};
        for (const auto name : {"llama3", "llama-v3", "llama-bpe", "falcon3"})
            names[name] = {{llama3}, true, false, true};
        names["dbrx"] = {{llama3}, false, false, false};
        names["qwen2"] = {{qwen2}, false, true, false};
        for (const auto name : {"deepseek-r1-qwen", "stablelm2"})
            names[name] = {{qwen2}, false, false, false};
        for (const auto name : {"gpt-4o", "llama4"})
            names[name] = {{gpt4o}, false, false, false};
        names["tekken"] = {{tekken}, true, false, true};
        return names;
    }();
    return table;
}

} // namespace

const GgufPreTokenizer* ggufPreTokenizer(std::string_view name) {
    const auto found = known().find(name);
    return found == known().end() ? nullptr : &found->second;
}

} // namespace ropescope::detail
