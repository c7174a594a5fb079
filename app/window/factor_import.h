// Factor files from anywhere as sets of the window.
#pragma once

#include <QString>

#include "engine/base/outcome.h"
#include "views/models/bench.h"

namespace ropescope {

// Reads any format that can be imported, for the pairs of the bench's model; the entry is not stored yet. The engine's
// message names file, place, what was expected and what was found.
[[nodiscard]] Result<FactorSetEntry> importedEntry(Bench& bench, const QString& path);

} // namespace ropescope
