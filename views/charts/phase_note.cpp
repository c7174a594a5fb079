#include "views/charts/phase_note.h"

namespace ropescope {

void showPhase(ChartPanel& panel, ProbePhase phase, const QString& failure, const PhaseWords& words) {
    switch (phase) {
    case ProbePhase::running:
        panel.showNote(words.running);
        break;
    case ProbePhase::failed:
        panel.showNote(failure, ChartPanel::tr("Try again"), true);
        break;
    case ProbePhase::cancelled:
        panel.showNote(words.cancelled, words.button);
        break;
    case ProbePhase::none:
    case ProbePhase::done:
        panel.showNote(words.question, words.button);
        break;
    }
}

} // namespace ropescope
