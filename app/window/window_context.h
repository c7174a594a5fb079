// What every page of a window gets.
#pragma once

#include "app/window/job_queue.h"
#include "app/window/laboratory.h"
#include "app/window/study_keeper.h"
#include "views/models/bench.h"
#include "views/widgets/factor_set_editor.h"
#include "views/widgets/theme.h"

namespace ropescope {

// References to what the main window owns; all outlive the pages.
struct WindowContext {
    Bench& bench;            // setup, sets, selection, angles, search: shared models
    FactorSetEditor& editor; // undoable changes of sets
    Theme& theme;
    JobQueue& jobs;         // engine work, one job at a time on the same thing
    Laboratory& laboratory; // model and text, for use inside jobs
    StudyKeeper& study;     // the file that searches and probes are kept in
};

} // namespace ropescope
