// Where the selected pair's angle falls: positions of the trained length as an area, of the target length as a line.
#pragma once

#include <QWidget>

#include "views/models/bench.h"
#include "views/widgets/theme.h"

namespace ropescope {

class AngleHistogram : public QWidget {
    Q_OBJECT

public:
    AngleHistogram(Bench& bench, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {300, 120}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 104}; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    Bench& m_bench;
    const Theme& m_theme;
};

} // namespace ropescope
