#include "views/search/increment_chart.h"

#include <algorithm>
#include <cmath>

#include <QPainter>

#include "views/models/curve.h"
#include "views/models/ticks.h"
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
    return search.live || search.decisions.empty() ? nullptr : &search.decisions.back();
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

void IncrementChart::paintPoints(QPainter& painter, const Shown& shown, const QRectF& plot, double low,
                                 double high) const {
    const ValueRange range = rangeOf([&] {
        auto values = shown.scores;
        if (shown.before)
            values.push_back(*shown.before);
        return values;
    }());
    const auto x = [&](double increment) { return plot.left() + (increment - low) / (high - low) * plot.width(); };
    const auto y = [&](double score) {
        return plot.bottom() - (score - range.low) / (range.high - range.low) * plot.height();
    };
    const ThemeColours& colours = m_theme.colours();
    const QFontMetricsF label(m_theme.labelFont());
    painter.setFont(m_theme.labelFont());
    const auto ticks = linearTicks(range.low, range.high, 4);
    for (const double tick : ticks) {
        painter.setPen(QPen(colours.structure, 1));
        painter.drawLine(QPointF(plot.left(), y(tick)), QPointF(plot.right(), y(tick)));
        painter.setPen(colours.quietText);
        const double step = ticks.size() > 1 ? ticks[1] - ticks[0] : 1;
        painter.drawText(QRectF(0, y(tick) - label.height() / 2, plot.left() - 6, label.height()), Qt::AlignRight,
                         tickText(tick, step));
    }
    if (shown.before) {
        painter.setPen(QPen(colours.quietText, 1, Qt::DotLine));
        painter.drawLine(QPointF(plot.left(), y(*shown.before)), QPointF(plot.right(), y(*shown.before)));
        painter.drawText(QPointF(plot.left() + 4, y(*shown.before) - 3), tr("before"));
    }
    QPolygonF line;
    for (std::size_t i = 0; i < shown.scores.size(); ++i)
        if (std::isfinite(shown.scores[i]))
            line << QPointF(x(shown.increments[i]), y(shown.scores[i]));
    painter.setPen(QPen(colours.quietText, 1));
    painter.drawPolyline(line);
    for (std::size_t i = 0; i < shown.scores.size(); ++i) {
        const bool valid = std::isfinite(shown.scores[i]);
        const bool top = std::find(shown.top.begin(), shown.top.end(), static_cast<int>(i)) != shown.top.end();
        const QPointF at(x(shown.increments[i]), valid ? y(shown.scores[i]) : plot.top() + 5);
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
    const QFontMetricsF label(m_theme.labelFont());
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(m_theme.textFont());
    painter.setPen(colours.quietText);
    painter.drawText(QPointF(0, text.ascent()), title());
    const double left = 5 * spacingUnit;
    const QRectF plot(left, text.height() + spacingUnit, width() - left - spacingUnit,
                      height() - text.height() - label.height() - 1.5 * spacingUnit);
    painter.fillRect(plot, colours.ground);
    const auto segment = shown();
    if (!segment) {
        painter.drawText(plot, Qt::AlignCenter | Qt::TextWordWrap, tr("The candidates of a segment appear here."));
        return;
    }
    double low = segment->window.low;
    double high = segment->window.high;
    if (segment->children) {
        low = std::min(low, segment->children->low);
        high = std::max(high, segment->children->high);
    }
    const double margin = std::max((high - low) * 0.04, 1e-6);
    low -= margin;
    high += margin;
    const auto x = [&](double increment) { return plot.left() + (increment - low) / (high - low) * plot.width(); };
    if (segment->children) {
        const QRectF next(x(segment->children->low), plot.top(), x(segment->children->high) - x(segment->children->low),
                          plot.height());
        painter.fillRect(next, colours.highlight);
        painter.setFont(m_theme.labelFont());
        painter.setPen(colours.quietText);
        painter.drawText(next.adjusted(-40, 3, 40, 0), Qt::AlignHCenter | Qt::AlignTop, tr("next window"));
    }
    painter.setFont(m_theme.labelFont());
    painter.setPen(colours.quietText);
    const auto ticks = linearTicks(low, high, 6);
    for (const double tick : ticks)
        painter.drawText(QRectF(x(tick) - 30, plot.bottom() + 3, 60, label.height()), Qt::AlignHCenter,
                         tickText(tick, ticks.size() > 1 ? ticks[1] - ticks[0] : 1));
    if (segment->scores.empty())
        painter.drawText(plot, Qt::AlignCenter, tr("no candidate scored yet"));
    else
        paintPoints(painter, *segment, plot, low, high);
}

} // namespace ropescope
