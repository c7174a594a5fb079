// NumPy's array file (.npy, format versions 1 to 3).
#pragma once

#include "engine/factor_file/factor_format.h"

namespace ropescope {

// float32 or float64, little-endian: one axis, or one row per layer, which must agree.
class NpyImporter final : public FactorImporter {
public:
    [[nodiscard]] bool recognises(const FactorSource& source) const override;
    [[nodiscard]] Result<FactorDocument> read(const FactorSource& source) const override;
};

class NpyExporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "npy"; }
    [[nodiscard]] std::string_view summary() const override { return "a NumPy array, float64"; }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

} // namespace ropescope
