// What `search` and `resume` leave behind: the comparison, the factor file, the way on after an interruption.
#pragma once

#include <string>

#include "app/cli/command.h"
#include "engine/base/outcome.h"
#include "engine/session/search_report.h"

namespace ropescope::cli {

// A search of hours should not end at a file that can't be written: the error that writing `output` would give now.
[[nodiscard]] Result<void> checkOutput(const std::string& output);

// Prints the report and writes `output` (the project's JSON; empty: none); returns the exit code.
[[nodiscard]] int finishSearch(const Outcome<SearchReport>& outcome, const std::string& study,
                               const std::string& output, const CommonOptions& common, Console& console);

} // namespace ropescope::cli
