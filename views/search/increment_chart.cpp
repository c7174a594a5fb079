#include "views/search/increment_chart.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

#include "views/models/curve.h"
#include "views/models/value_text.h"

namespace ropescope {

IncrementChart::IncrementChart(Bench& bench, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_theme(theme) {
    setObjectName(QStringLiteral("incrementChart"));
    setAccessibleName(tr("Increments of the segment against perplexity"));
    setToolTip(
        tr("Perplexity of each candidate: the same increment is added to all factors of the segment. Filled: the "
           "best three, which span the window of both halves; ringed: the winner; faint: invalid."));
    const auto repaint = qOverload<>(&QWidget::update);
    connect(&bench.search(), &SearchModel::changed, this, repaint);
    connect(&bench.selection(), &Selection::decisionChanged, this, repaint);
    connect(&theme, &Theme::changed, this, repaint);
}

const Decision* IncrementChart::shownDecision() const {
    const SearchSnapshot& search = m_bench.search().snapshot();
    const auto selected = m_bench.selection().decision();
    if (selected && *selected >= 0 && static_cast<std::size_t>(*selected) < search.decisions.size())
        return &search.decisions[static_cast<std::size_t>(*selected)];
    const bool begun = search.live && !search.tried.empty();
    return begun || search.decisions.empty() ? nullptr : &search.decisions.back();
}

std::optional<IncrementChart::Shown> IncrementChart::shown() const {
    const SearchSnapshot& search = m_bench.search().snapshot();
    if (const Decision* decision = shownDecision(); decision && !decision->increments.empty())
        return Shown{decision->increments, decision->scores,   decision->best,       decision->top,
                     decision->window,     decision->children, decision->scoreBefore};
    if (!search.live)
        return std::nullopt;
    Shown result;
    for (const ScoredIncrement& tried : search.tried) {
        result.increments.push_back(tried.increment);
        result.scores.push_back(tried.score);
    }
    result.window = search.live->window.value_or(IncrementWindow{-1, 1});
    result.before = search.incumbent;
    return result;
}

QString IncrementChart::title() const {
    const SearchSnapshot& search = m_bench.search().snapshot();
    if (const Decision* decision = shownDecision())
        return tr("Decided on %1, level %2")
            .arg(segmentText(decision->segment.first, decision->segment.end))
            .arg(decision->level);
    if (search.live)
        return tr("On %1, level %2: increment against perplexity")
            .arg(segmentText(search.live->segment.first, search.live->segment.end))
            .arg(search.live->level);
    return tr("Increment against perplexity");
}

PlotFrame IncrementChart::frameOf(const Shown& shown, const QSizeF& size) const {
    PlotAxis x;
    x.range = {shown.window.low, shown.window.high};
    if (shown.children) {
        x.range.low = std::min(x.range.low, shown.children->low);
        x.range.high = std::max(x.range.high, shown.children->high);
    }
    const double margin = std::max((x.range.high - x.range.low) * 0.04, 1e-6);
    x.range = {x.range.low - margin, x.range.high + margin};
    PlotAxis y;
    auto values = shown.scores;
    if (shown.before)
        values.push_back(*shown.before);
    y.range = rangeOf(values);
    return PlotFrame::fitted(x, y, size, spacingUnit, m_theme);
}

void IncrementChart::paintWindow(QPainter& painter, const IncrementWindow& window, const PlotFrame& frame) const {
    const ThemeColours& colours = m_theme.colours();
    const QFontMetricsF metrics(m_theme.labelFont());
    const QRectF next(QPointF(frame.at(window.low, frame.y.range.low).x(), frame.plot.top()),
                      QPointF(frame.at(window.high, frame.y.range.low).x(), frame.plot.bottom()));
    painter.fillRect(next, colours.highlight);
    painter.setFont(m_theme.labelFont());
    painter.setPen(colours.quietText);
    const QString word = tr("next window");
    const double width = metrics.horizontalAdvance(word);
    // Beside a narrow window at the edge the word moves into the plot.
    const double left = std::clamp(next.center().x() - width / 2, frame.plot.left(),
                                   std::max(frame.plot.right() - width, frame.plot.left()));
    painter.drawText(QPointF(left, frame.plot.top() + metrics.ascent() + 3), word);
}

void IncrementChart::paintPoints(QPainter& painter, const Shown& shown, const PlotFrame& frame) const {
    const ThemeColours& colours = m_theme.colours();
    if (shown.before) {
        const double y = frame.at(frame.x.range.low, *shown.before).y();
        painter.setPen(QPen(colours.quietText, 1, Qt::DotLine));
        painter.drawLine(QPointF(frame.plot.left(), y), QPointF(frame.plot.right(), y));
        painter.drawText(QPointF(frame.plot.left() + 4, y - 3), tr("before"));
    }
    QPolygonF line;
    for (std::size_t i = 0; i < shown.scores.size(); ++i)
        if (std::isfinite(shown.scores[i]))
            line << frame.at(shown.increments[i], shown.scores[i]);
    painter.setPen(QPen(colours.quietText, 1));
    painter.drawPolyline(line);
    for (std::size_t i = 0; i < shown.scores.size(); ++i) {
        const bool valid = std::isfinite(shown.scores[i]);
        const bool top = std::find(shown.top.begin(), shown.top.end(), static_cast<int>(i)) != shown.top.end();
        QPointF at = frame.at(shown.increments[i], valid ? shown.scores[i] : frame.y.range.high);
        if (!valid)
            at.ry() += 5;
        painter.setPen(QPen(valid ? colours.text : colours.neutral, 1));
        painter.setBrush(top ? m_theme.set(0) : colours.ground);
        painter.drawEllipse(at, 4, 4);
        if (shown.best && static_cast<std::size_t>(*shown.best) == i) {
            painter.setBrush(Qt::NoBrush);
            painter.setPen(QPen(m_theme.set(3), 2));
            painter.drawEllipse(at, 6.5, 6.5);
        }
    }
}

void IncrementChart::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    const ThemeColours& colours = m_theme.colours();
    const QFontMetricsF text(m_theme.textFont());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_theme.textFont());
    painter.setPen(colours.quietText);
    painter.drawText(QPointF(0, text.ascent()), text.elidedText(title(), Qt::ElideRight, width()));
    const double top = text.height();
    const auto segment = shown();
    if (!segment) {
        painter.drawText(QRectF(0, top, width(), height() - top), Qt::AlignCenter | Qt::TextWordWrap,
                         tr("The candidates of a segment appear here."));
        return;
    }
    painter.translate(0, top);
    const PlotFrame frame = frameOf(*segment, QSizeF(width(), height() - top));
    if (segment->children)
        paintWindow(painter, *segment->children, frame);
    if (segment->scores.empty()) {
        painter.setFont(m_theme.textFont());
        painter.setPen(colours.quietText);
        painter.drawText(frame.plot, Qt::AlignCenter, tr("no candidate scored yet"));
        return;
    }
    frame.paintGrid(painter, m_theme);
    frame.paintLabels(painter, m_theme);
    paintPoints(painter, *segment, frame);
}

} // namespace ropescope
