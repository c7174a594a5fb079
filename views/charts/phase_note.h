// What stands in place of a chart that has no numbers yet, by how its probe is doing: the same on every page.
#pragma once

#include "views/charts/chart_panel.h"
#include "views/models/probe_phase.h"

namespace ropescope {

struct PhaseWords {
    QString question;  // what the chart would answer, or what is missing for it
    QString button;    // begins the probe; empty: it can't be begun
    QString running;   // before the first number
    QString cancelled; // before the first number
};

// `failure` is said with "Try again".
void showPhase(ChartPanel& panel, ProbePhase phase, const QString& failure, const PhaseWords& words);

} // namespace ropescope
