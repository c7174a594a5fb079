// The search as the window shows it: a snapshot that the engine's session hands over whenever it changed.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>
#include <QStringList>

#include "engine/factor_file/factor_document.h"
#include "engine/search/method.h"

namespace ropescope {

enum class SearchPhase {
    none,    // no search yet
    opening, // a study is being read
    paused,  // waits for a step
    running,
    finished,
    cancelled, // stopped by a person; can go on
    failed,
};

// How far a step goes; a run goes to the end.
enum class SearchStep { candidate, segment, level, end };

// Reasons to pause before a step's end.
struct SearchPauses {
    bool atSegment = false;
    bool atLevel = false;
    bool atInvalid = false;
    std::optional<double> gainAbove; // relative fall of the perplexity by one decision
    bool operator==(const SearchPauses&) const = default;
};

// One scored vector, for the curves over evaluations and seconds.
struct ScoredEvaluation {
    std::int64_t event = 0; // its id in the study
    double score = 0;       // perplexity; NaN when the model gave NaN
    double seconds = 0;     // of computing since the search began
};

// Whose numbers the scores are.
enum class ScoreOrigin {
    model,    // forward passes
    recorded, // a recorded search
    ranks,    // a published search without perplexities: they rank the candidates and mean nothing else
};

// The best perplexity of another branch, wherever it fell.
struct BranchCurve {
    QString name;
    struct Point {
        std::int64_t evaluations = 0;
        double seconds = 0;
        double best = 0;
    };
    std::vector<Point> points; // the last one at the branch's end
};

// A scored vector that may be taken over as a factor set.
struct ScoredVectorShown {
    Candidate candidate;
    double score = 0;
};

// One candidate of the live segment that was scored.
struct ScoredIncrement {
    double increment = 0;
    double score = 0; // perplexity; NaN when the model gave NaN
};

// What a finished search is worth: a search fits the text it is given, so text that it did not see judges it.
struct SearchVerdict {
    double initial = 0; // perplexities on the searched text
    double found = 0;
    struct Unseen {
        std::int64_t windows = 0;
        double initial = 0; // perplexities
        double found = 0;
        double difference = 0;    // mean NLL found - initial, token by token, nats: negative is better
        double standardError = 0; // of the difference; NaN where it can't be known
    };
    std::optional<Unseen> unseen; // none where the text has nothing left
};

// Plain values; everything that the search panel and the tree track draw.
struct SearchSnapshot {
    SearchPhase phase = SearchPhase::none;
    QString method; // "dcis-safe"
    SearchTree tree;
    std::vector<Decision> decisions;
    std::optional<TreeSegment> live;    // what is being decided
    std::vector<ScoredIncrement> tried; // of the live segment, so far
    std::optional<double> incumbent;    // perplexity of the vector before the live segment
    std::optional<Candidate> next;      // what comes next; none when finished
    double secondsPerEvaluation = 0;    // measured; 0: not known yet
    std::int64_t evaluations = 0;       // scored
    std::int64_t planned = 0;           // in all, as far as the method can tell
    std::int64_t targetLength = 0;      // that candidates are scored at
    std::optional<double> startScore;   // perplexity of the start vector
    ScoreOrigin origin = ScoreOrigin::model;
    std::vector<ScoredEvaluation> scored;     // all of this branch, in the order of scoring
    std::int64_t shown = 0;                   // how many of them the state that is shown has seen
    std::int64_t shownEvent = 0;              // the study's event that led to it; 0: the start
    std::optional<ScoredVectorShown> last;    // the newest evaluation that is shown
    std::vector<std::int64_t> decisionEvents; // beside decisions: the event on which each was taken
    std::vector<int> lockedPairs;
    std::vector<double> factors; // the vector as it stands
    double attentionFactor = 1;
    std::optional<FactorDocument> handedOver; // the vector with all that the study knows of it; none without a study
    std::optional<SearchVerdict> verdict; // of a finished search that was compared
    QString message;                      // of a failure: what happened and the way on
    QString branch;                       // the branch shown
    QStringList branches;                 // all there are
    std::vector<BranchCurve> others;      // the other branches, to compare with
    bool readOnly = false;                // an earlier state, shown until one branches there or goes forward
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
