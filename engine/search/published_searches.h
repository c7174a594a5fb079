// The published searches that come with the program, to be stepped through without a model.
#pragma once

#include <vector>

#include "engine/base/outcome.h"
#include "engine/search/trace.h"

namespace ropescope {

// All of resources/published_searches, by file name. An input error where one is damaged or the folder is missing.
[[nodiscard]] Result<std::vector<SearchTrace>> publishedSearches();

} // namespace ropescope
