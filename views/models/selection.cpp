#include "views/models/selection.h"

namespace ropescope {

void Selection::setPair(std::optional<int> pair) {
    if (pair == m_pair)
        return;
    m_pair = pair;
    Q_EMIT pairChanged();
    if (m_segment && (!pair || *pair < m_segment->first || *pair >= m_segment->end))
        setSegment(std::nullopt);
}

void Selection::setSegment(std::optional<Segment> segment) {
    if (segment == m_segment)
        return;
    m_segment = segment;
    Q_EMIT segmentChanged();
    if (segment && (!m_pair || *m_pair < segment->first || *m_pair >= segment->end))
        setPair(segment->first);
}

void Selection::setSet(SetId set) {
    if (set == m_set)
        return;
    m_set = set;
    Q_EMIT setChanged();
}

void Selection::setEvaluation(std::optional<std::int64_t> evaluation) {
    if (evaluation == m_evaluation)
        return;
    m_evaluation = evaluation;
    Q_EMIT evaluationChanged();
}

void Selection::setDecision(std::optional<int> decision) {
    if (decision == m_decision)
        return;
    m_decision = decision;
    Q_EMIT decisionChanged();
}

} // namespace ropescope
