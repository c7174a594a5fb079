#include "views/search/decision_list_model.h"

#include <cmath>

#include "views/models/value_text.h"

namespace ropescope {

namespace {

QString arrowed(const std::optional<double>& before, const std::optional<double>& after) {
    const QString unknown = QStringLiteral("\u2013");
    return QStringLiteral("%1 \u2192 %2")
        .arg(before ? factorText(*before) : unknown, after ? factorText(*after) : unknown);
}

} // namespace

DecisionListModel::DecisionListModel(SearchModel& search, QObject* parent)
    : QAbstractTableModel(parent), m_search(search) {
    connect(&search, &SearchModel::changed, this, &DecisionListModel::follow);
    follow();
}

// New decisions come on top; anything else (another branch, a step back) is a new list.
void DecisionListModel::follow() {
    const int now = static_cast<int>(m_search.snapshot().decisions.size());
    if (now > m_rows) {
        beginInsertRows({}, 0, now - m_rows - 1);
        m_rows = now;
        endInsertRows();
    } else if (now < m_rows) {
        beginResetModel();
        m_rows = now;
        endResetModel();
    }
    if (m_rows > 0)
        Q_EMIT dataChanged(index(0, 0), index(m_rows - 1, columns - 1));
}

int DecisionListModel::decisionAt(int row) const {
    return row >= 0 && row < m_rows ? m_rows - 1 - row : -1;
}

int DecisionListModel::rowOf(int decision) const {
    return decision >= 0 && decision < m_rows ? m_rows - 1 - decision : -1;
}

int DecisionListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_rows;
}

int DecisionListModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : columns;
}

QString DecisionListModel::text(const Decision& decision, int column) const {
    switch (column) {
    case pairs:
        return segmentText(decision.segment.first, decision.segment.end);
    case increment:
        return decision.best && static_cast<std::size_t>(*decision.best) < decision.increments.size()
                   ? signedText(decision.increments[static_cast<std::size_t>(*decision.best)], 2)
                   : QStringLiteral("\u2013");
    case change:
        return arrowed(decision.scoreBefore, decision.scoreAfter);
    case remark:
        if (decision.skipped)
            return tr("skipped");
        if (decision.locked)
            return tr("locked");
        return decision.best ? QString() : tr("none valid");
    default:
        return {};
    }
}

QVariant DecisionListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const Decision& decision = m_search.snapshot().decisions[static_cast<std::size_t>(decisionAt(index.row()))];
    switch (role) {
    case Qt::DisplayRole:
        return text(decision, index.column());
    case Qt::ToolTipRole:
    case Qt::AccessibleTextRole:
        return decisionExplanation(decision);
    case Qt::TextAlignmentRole:
        return QVariant::fromValue(index.column() == increment ? Qt::AlignRight | Qt::AlignVCenter
                                                               : Qt::AlignLeft | Qt::AlignVCenter);
    default:
        return {};
    }
}

QString decisionExplanation(const Decision& decision) {
    const QString where = DecisionListModel::tr("Level %1, %2")
                              .arg(decision.level)
                              .arg(segmentText(decision.segment.first, decision.segment.end));
    if (decision.skipped)
        return DecisionListModel::tr("%1: skipped by hand").arg(where);
    if (decision.locked)
        return DecisionListModel::tr("%1: locked").arg(where);
    const int invalid = static_cast<int>(decision.scores.size()) - decision.valid;
    if (!decision.best || decision.increments.empty())
        return DecisionListModel::tr("%1: none of %2 candidates was valid; nothing changed")
            .arg(where)
            .arg(decision.scores.size());
    QStringList best;
    for (const int index : decision.top)
        best << signedText(decision.increments[static_cast<std::size_t>(index)], 2);
    return DecisionListModel::tr("%1: best %2; next window %3 to %4; %5 of %6 invalid")
        .arg(where, best.join(QStringLiteral(", ")), signedText(decision.children.low, 2),
             signedText(decision.children.high, 2))
        .arg(invalid)
        .arg(decision.scores.size());
}

} // namespace ropescope
