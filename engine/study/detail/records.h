// Rows of a study file to values and back. Throws StudyFailure.
#pragma once

#include "engine/study/detail/database.h"
#include "engine/study/study.h"

namespace ropescope::detail {

// Everything in the present schema, checked: sizes, ranges, parents before children.
[[nodiscard]] StudyContents readContents(Database& database);

// In place of what the study named before.
void storeModel(Database& database, const StudyModel& model);
void storeText(Database& database, const StudyText& text);
void insertSearch(Database& database, const StudySearch& search);
void insertEvent(Database& database, const StudyEvent& event);
void insertReference(Database& database, const StudyReference& reference);

} // namespace ropescope::detail
