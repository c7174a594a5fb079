// Factor sets and probe results of a study, for `ropescope study`.
#pragma once

#include <string>

#include <nlohmann/json_fwd.hpp>

#include "engine/study/study_contents.h"

namespace ropescope::cli {

[[nodiscard]] nlohmann::json factorSetsJson(const StudyContents& contents);
// What each probe measured, without the series behind it.
[[nodiscard]] nlohmann::json probesJson(const StudyContents& contents);
// Training runs: their settings, every step's numbers, their checkpoints.
[[nodiscard]] nlohmann::json trainingsJson(const StudyContents& contents);
// All of them and the notes for people, a line each; empty where there are none.
[[nodiscard]] std::string extrasText(const StudyContents& contents);

} // namespace ropescope::cli
