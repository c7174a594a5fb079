// Rows of factor sets, probe results, notes and view state to values and back. Throws StudyFailure.
#pragma once

#include "engine/study/detail/database.h"
#include "engine/study/study_contents.h"

namespace ropescope::detail {

// A usage error where a value is not one that a study may hold; the same is asked of what is read.
[[nodiscard]] Result<void> checkFactorSets(const std::vector<StudyFactorSet>& sets);
[[nodiscard]] Result<void> checkProbe(const ProbeResult& result);
[[nodiscard]] Result<void> checkPoint(const LandscapeProbe& probe, const LandscapePoint& point);

// Puts a point among others by rising scale.
void insertSorted(std::vector<LandscapePoint>& points, const LandscapePoint& point);

// Everything of these tables, checked.
void readExtras(Database& database, StudyContents& contents);

void storeFactorSets(Database& database, const std::vector<StudyFactorSet>& sets);
void insertProbe(Database& database, const StudyProbe& probe);
// `index`: how many points the landscape has already.
void insertPoint(Database& database, ProbeId landscape, std::size_t index, const LandscapePoint& point);
// Request and report as they are now, without the series.
void updateProbe(Database& database, const StudyProbe& probe);

} // namespace ropescope::detail
