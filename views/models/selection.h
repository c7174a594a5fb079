// The one selection that all pages share. Views write it and listen to it; no view talks to another.
#pragma once

#include <cstdint>
#include <optional>

#include <QObject>

#include "engine/search/method.h"
#include "views/models/factor_set_store.h"

namespace ropescope {

// GUI thread only. Setters do nothing when the value stands already.
class Selection : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    // The pair whose numbers and histograms are shown; none before a model is there.
    [[nodiscard]] std::optional<int> pair() const { return m_pair; }
    void setPair(std::optional<int> pair);
    // The column lit through all tracks; edits of a segment move these pairs together. Choosing a pair outside
    // drops the segment.
    [[nodiscard]] std::optional<Segment> segment() const { return m_segment; }
    void setSegment(std::optional<Segment> segment);
    // The current set: drawn with handles, measured by the angle tracks.
    [[nodiscard]] SetId set() const { return m_set; }
    void setSet(SetId set);
    // An evaluation of the study (its id), or none for the live end of the search.
    [[nodiscard]] std::optional<std::int64_t> evaluation() const { return m_evaluation; }
    void setEvaluation(std::optional<std::int64_t> evaluation);
    // A decision of the search: index into its decisions, a cell of the tree.
    [[nodiscard]] std::optional<int> decision() const { return m_decision; }
    void setDecision(std::optional<int> decision);

Q_SIGNALS:
    void pairChanged();
    void segmentChanged();
    void setChanged();
    void evaluationChanged();
    void decisionChanged();

private:
    std::optional<int> m_pair;
    std::optional<Segment> m_segment;
    SetId m_set = noSet;
    std::optional<std::int64_t> m_evaluation;
    std::optional<int> m_decision;
};

} // namespace ropescope
