// JSON from files of unknown origin: parsed only when it can't exhaust the memory or the stack.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "engine/base/outcome.h"

namespace ropescope {

// The document, or an input error naming `file` and the byte. Nesting beyond `deepest` is refused before
// anything is built.
[[nodiscard]] Result<nlohmann::json> parseJson(std::string_view text, std::string_view file, int deepest = 32);

} // namespace ropescope
