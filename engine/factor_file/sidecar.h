// Formats that hold bare numbers get a document beside them, PATH.json, so that nothing known is lost.
#pragma once

#include <filesystem>

#include "engine/factor_file/factor_format.h"

namespace ropescope {

[[nodiscard]] std::filesystem::path sidecarPath(const std::filesystem::path& path);

// `content` for `path` and the document beside it.
[[nodiscard]] RenderedExport withSidecar(const FactorDocument& document, const std::filesystem::path& path,
                                         std::string content, bool isText);

// Adds what the document beside `path` knows, as long as it has the same factors to float32 precision, which the
// notes say; one that does not is left alone, which the notes say as well.
void completeFromSidecar(FactorDocument& document, const std::filesystem::path& path);

} // namespace ropescope
