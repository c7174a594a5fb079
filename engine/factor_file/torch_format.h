// DCIS' factor file (YL-9/dcis): torch.save of one 1-D float32 tensor.
#pragma once

#include "engine/factor_file/factor_format.h"

namespace ropescope {

// DCIS multiplies cos and sin by 0.1 ln s + 1 always; s is in the name its programs save under
// ("16.0_yarn_0", "llama_4.0_yarn_0"), which the archive keeps.
class TorchImporter final : public FactorImporter {
public:
    [[nodiscard]] bool recognises(const FactorSource& source) const override;
    [[nodiscard]] Result<FactorDocument> read(const FactorSource& source) const override;
};

class DcisExporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "dcis-pt"; }
    [[nodiscard]] std::string_view summary() const override { return "DCIS' torch tensor, float32"; }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

} // namespace ropescope
