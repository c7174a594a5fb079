// The numbers of the selected pair under the current set, right-aligned in a column.
#pragma once

#include <vector>

#include <QWidget>

#include "views/models/bench.h"
#include "views/widgets/theme.h"

namespace ropescope {

class PairPanel : public QWidget {
    Q_OBJECT

public:
    PairPanel(Bench& bench, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override;

    // The rows as shown, name and value: for tests and for copying.
    struct Row {
        QString name;
        QString value;
        QString explanation; // the formula behind the number
    };
    [[nodiscard]] std::vector<Row> rows() const;

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] int rowHeight() const;

    Bench& m_bench;
    const Theme& m_theme;
};

} // namespace ropescope
