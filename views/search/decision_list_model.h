// What the search decided, newest first: one line a segment.
#pragma once

#include <QAbstractTableModel>

#include "views/models/search_model.h"

namespace ropescope {

// Columns: pairs, increment, perplexity before and after, remark. Rows are decisions from the newest to the first.
class DecisionListModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { pairs, increment, change, remark, columns };

    explicit DecisionListModel(SearchModel& search, QObject* parent = nullptr);

    // The index into the snapshot's decisions, and back; -1 for none.
    [[nodiscard]] int decisionAt(int row) const;
    [[nodiscard]] int rowOf(int decision) const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;

private:
    void follow();
    [[nodiscard]] QString text(const Decision& decision, int column) const;

    SearchModel& m_search;
    int m_rows = 0;
};

// Why, in one sentence: winner, best three, invalid ones, next window.
[[nodiscard]] QString decisionExplanation(const Decision& decision);

} // namespace ropescope
