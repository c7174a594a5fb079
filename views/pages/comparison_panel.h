// All sets side by side in a table that can be sorted, copied and saved.
#pragma once

#include <QWidget>

#include "views/models/bench.h"
#include "views/models/comparison_table_model.h"
#include "views/widgets/theme.h"

class QHBoxLayout;
class QTableView;

namespace ropescope {

class ComparisonPanel : public QWidget {
    Q_OBJECT

public:
    // All must outlive the panel.
    ComparisonPanel(Bench& bench, ProbeModel& probes, const Theme& theme, QWidget* parent = nullptr);

Q_SIGNALS:
    // The table could not be written, and where.
    void failed(const QString& message);

private:
    void addButtons(QHBoxLayout& row);
    void copyTable(bool markdown);
    void askAndSaveCsv();

    Bench& m_bench;
    ComparisonTableModel m_rows;
    QTableView* m_table;
};

} // namespace ropescope
