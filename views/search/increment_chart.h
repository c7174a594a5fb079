// The live segment's increments against perplexity: the winner, the best three, invalid ones, and the next window.
#pragma once

#include <QWidget>

#include "views/charts/plot_frame.h"
#include "views/models/bench.h"
#include "views/widgets/theme.h"

namespace ropescope {

// Shows the decision that is selected in the tree, else the live segment once a candidate of it is scored, else the
// newest decision.
class IncrementChart : public QWidget {
    Q_OBJECT

public:
    IncrementChart(Bench& bench, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QSize sizeHint() const override { return {300, 180}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {200, 100}; }

    // What is drawn, for tests: the title tells which segment.
    [[nodiscard]] QString title() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    struct Shown {
        std::vector<double> increments;
        std::vector<double> scores;
        std::optional<int> best;
        std::vector<int> top;
        IncrementWindow window;                  // that is tried
        std::optional<IncrementWindow> children; // the next window, once it is decided
        std::optional<double> before;            // perplexity before
    };
    [[nodiscard]] const Decision* shownDecision() const;
    [[nodiscard]] std::optional<Shown> shown() const;
    [[nodiscard]] PlotFrame frameOf(const Shown& shown, const QSizeF& size) const;
    void paintWindow(QPainter& painter, const IncrementWindow& window, const PlotFrame& frame) const;
    void paintPoints(QPainter& painter, const Shown& shown, const PlotFrame& frame) const;

    Bench& m_bench;
    const Theme& m_theme;
};

} // namespace ropescope
