// A search's settings as JSON: in the study file and for people.
#pragma once

#include <string>

#include "engine/base/outcome.h"
#include "engine/study/study_contents.h"

namespace ropescope {

// One object: everything of the search but its start vector and target length, which have columns of their own.
[[nodiscard]] std::string settingsJson(const StudySearch& search);

// The reverse. The error's message says which option is missing or wrong.
[[nodiscard]] Result<void> readSettings(const std::string& method, const std::string& json, StudySearch& search);

} // namespace ropescope
