// Numbers as text: LongRoPE's CSV files (microsoft/LongRoPE) in all their shapes, and a plain column.
#pragma once

#include "engine/factor_file/factor_format.h"

namespace ropescope {

// One line of values; one value a line, with two whole numbers more at the start in the search's files of an iteration
// (recognised by the geometry); or one line a layer, which must agree. Lines starting with # are comments.
class CsvImporter final : public FactorImporter {
public:
    [[nodiscard]] bool recognises(const FactorSource& source) const override;
    [[nodiscard]] Result<FactorDocument> read(const FactorSource& source) const override;
};

// One line of values, which LongRoPE's programs apply to every layer.
class LongRopeCsvExporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "longrope-csv"; }
    [[nodiscard]] std::string_view summary() const override { return "LongRoPE's file, one line for all layers"; }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

class CsvExporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "csv"; }
    [[nodiscard]] std::string_view summary() const override { return "one value a line"; }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

} // namespace ropescope
