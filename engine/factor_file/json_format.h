// The project's own format: one JSON object with everything that is known, every number to its last bit.
#pragma once

#include "engine/factor_file/factor_format.h"

namespace ropescope {

// Any JSON object with a "factors" list; the other keys may be absent.
class JsonImporter final : public FactorImporter {
public:
    [[nodiscard]] bool recognises(const FactorSource& source) const override;
    [[nodiscard]] Result<FactorDocument> read(const FactorSource& source) const override;
};

class JsonExporter final : public FactorExporter {
public:
    [[nodiscard]] std::string_view name() const override { return "json"; }
    [[nodiscard]] std::string_view summary() const override { return "Ropescope's own, with all that is known"; }
    [[nodiscard]] Result<RenderedExport> render(const FactorDocument& document,
                                                const std::filesystem::path& path) const override;
};

// The document as text, and back: for files that hold it as a part or beside other files.
[[nodiscard]] std::string factorJson(const FactorDocument& document);

} // namespace ropescope
