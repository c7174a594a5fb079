// Configuration fragments that make Hugging Face transformers, vLLM and SGLang apply a factor set, through the rope
// type longrope with the attention factor written out.
#pragma once

#include "engine/factor_file/factor_format.h"

namespace ropescope {

// The keys that the "hf" format writes, as a JSON object: for whoever writes a whole config.json. Usage error as there.
[[nodiscard]] Result<std::string> huggingFaceKeys(const FactorDocument& document);

// `rope_scaling` and `rope_parameters` in one fragment, for a config.json that both versions read.
class HuggingFaceExporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "hf"; }
    [[nodiscard]] std::string_view summary() const override { return "config.json fragment for transformers 4 and 5"; }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

class HuggingFaceV4Exporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "hf-v4"; }
    [[nodiscard]] std::string_view summary() const override { return "config.json fragment, rope_scaling"; }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

class HuggingFaceV5Exporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "hf-v5"; }
    [[nodiscard]] std::string_view summary() const override { return "config.json fragment, rope_parameters"; }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

// vLLM ignores `factor` and `attention_factor`; it reads short_mscale and long_mscale.
class VllmExporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "vllm"; }
    [[nodiscard]] std::string_view summary() const override { return "overrides for vllm serve --hf-overrides"; }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

class SglangExporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "sglang"; }
    [[nodiscard]] std::string_view summary() const override {
        return "overrides for sglang's --json-model-override-args";
    }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

} // namespace ropescope
