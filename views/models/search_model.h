// The search as the window shows it: a snapshot that the engine's session hands over whenever it changed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include "engine/search/method.h"

namespace ropescope {

enum class SearchPhase {
    none,   // no search yet
    paused, // waits for a step
    running,
    finished,
    cancelled, // stopped by a person; can go on
    failed,
};

// One scored vector, for the curves over evaluations and seconds.
struct ScoredEvaluation {
    std::int64_t id = 0;
    double score = 0;   // perplexity; NaN when the model gave NaN
    double seconds = 0; // since the search began
};

// Plain values; everything that the search panel and the tree track draw.
struct SearchSnapshot {
    SearchPhase phase = SearchPhase::none;
    QString method; // "dcis"
    SearchTree tree;
    std::vector<Decision> decisions;
    std::optional<Decision> live;     // the current segment's window and what is scored of it so far
    std::optional<double> startScore; // perplexity of the start vector
    std::optional<Candidate> next;    // what comes next
    double secondsPerEvaluation = 0;  // measured; 0: not known yet
    std::int64_t evaluations = 0, planned = 0;
    std::vector<ScoredEvaluation> scored; // in the order of scoring
    QString message;                      // of a failure: what happened and the way on
    QString branch;                       // the branch shown; empty for the first
};

// Holds the newest snapshot. GUI thread only.
class SearchModel : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] const SearchSnapshot& snapshot() const { return m_snapshot; }
    void setSnapshot(SearchSnapshot snapshot);
    void clear() { setSnapshot({}); }

Q_SIGNALS:
    void changed();

private:
    SearchSnapshot m_snapshot;
};

} // namespace ropescope
