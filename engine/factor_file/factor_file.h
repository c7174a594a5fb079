// FACTORS, factor files and exports: the door of this room.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/factor_file/factor_document.h"
#include "engine/factor_file/factor_format.h"

namespace ropescope {

// A file in any format that can be imported, recognised by its content. With a geometry the number of factors must
// be its number of pairs, and formulas in a configuration are computed for it. A document beside the file (PATH.json,
// as exports write it) completes formats that hold bare numbers, as long as its factors are those of the file.
[[nodiscard]] Result<FactorDocument> importFactors(const std::filesystem::path& path,
                                                   const std::optional<RopeGeometry>& geometry);

// FACTORS as a person writes it: `none`, NAME:SCALE for the methods of engine/rope, or the path of a file. A method
// needs the geometry (usage error without); its target length is scale x trained length.
[[nodiscard]] Result<FactorDocument> resolveFactorDocument(std::string_view spec,
                                                           const std::optional<RopeGeometry>& geometry);
[[nodiscard]] Result<FactorSet> resolveFactors(std::string_view spec, const RopeGeometry& geometry);

// All formats that can be written, in the order they are listed to a person.
[[nodiscard]] const std::vector<std::unique_ptr<FactorExporter>>& factorExporters();

// The files that an export in the named format writes; factors below the smallest that DCIS scores (float32 1e-4) are
// raised to it, which the notes say. Usage error for an unknown format. `path` is where the first file is to go; notes
// and the file beside it follow from it.
[[nodiscard]] Result<RenderedExport> renderFactors(const FactorDocument& document, std::string_view format,
                                                   const std::filesystem::path& path);

struct FactorExport {
    std::vector<std::filesystem::path> written;
    std::vector<std::string> notes;
};

// Writes what renderFactors says: whole files, all of them or none.
[[nodiscard]] Result<FactorExport> exportFactors(const FactorDocument& document, std::string_view format,
                                                 const std::filesystem::path& path);

} // namespace ropescope
