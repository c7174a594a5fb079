#include "views/pages/landscape_charts.h"

#include <algorithm>
#include <cmath>

#include "views/models/ticks.h"
#include "views/models/value_text.h"

namespace ropescope {

namespace {

constexpr int contourLevels = 8;

QString scaledText(double scale) {
    return QStringLiteral("× %1").arg(factorText(scale));
}

std::vector<HeatTick> scaleTicks(const ScaleAxis& axis, int points) {
    PlotAxis plot;
    plot.range = {axis.low, axis.high};
    plot.scale = AxisScale::logarithmic;
    plot.factors = true;
    std::vector<HeatTick> ticks;
    const auto values = plot.ticks(6);
    for (const double value : values)
        ticks.push_back({(plot.share(value) * (points - 1) + 0.5) / points, plot.label(value, values)});
    return ticks;
}

} // namespace

QString LandscapeCharts::sampleText(const LandscapePlan& plan, const LandscapeSample& sample) {
    QStringList parts;
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
        const Segment& pairs = plan.axes[axis].pairs;
        parts << tr("%1 %2").arg(segmentText(pairs.first, pairs.end), scaledText(sample.scale[axis]));
    }
    return std::isfinite(sample.nll)
               ? tr("%1: NLL %2, perplexity %3")
                     .arg(parts.join(tr(" and ")), factorText(sample.nll), factorText(std::exp(sample.nll)))
               : tr("%1: the model gave NaN").arg(parts.join(tr(" and ")));
}

ChartCurve LandscapeCharts::curve(const LandscapeModel& model, int colour) {
    ChartCurve curve;
    curve.colour = colour;
    curve.strong = true;
    curve.points = model.curve();
    for (const LandscapeSample& sample : model.samples())
        curve.tips.push_back(sampleText(model.plan(), sample));
    return curve;
}

CurveChart::Axes LandscapeCharts::axes(const LandscapePlan& plan) {
    const ScaleAxis& range = plan.axes.front().range;
    CurveChart::Axes axes;
    axes.xTitle = tr("scale of the factors of %1").arg(segmentText(plan.axes[0].pairs.first, plan.axes[0].pairs.end));
    axes.yTitle = tr("NLL, nats per token");
    axes.xScale = AxisScale::logarithmic;
    axes.xFactors = true;
    axes.xRange = ValueRange{range.low, range.high};
    return axes;
}

HeatData LandscapeCharts::map(const LandscapeModel& model) {
    const LandscapePlan& plan = model.plan();
    HeatData heat;
    heat.columns = heat.rows = plan.points;
    heat.values = model.map();
    heat.invalid.resize(heat.values.size());
    heat.tips.resize(heat.values.size());
    const double last = std::max(plan.points - 1, 1);
    const auto cellOf = [&](const LandscapeSample& sample) {
        return std::pair{static_cast<int>(std::lround(plan.axes[0].range.shareOf(sample.scale[0]) * last)),
                         static_cast<int>(std::lround(plan.axes[1].range.shareOf(sample.scale[1]) * last))};
    };
    for (const LandscapeSample& sample : model.samples()) {
        const auto [column, row] = cellOf(sample);
        const auto i = static_cast<std::size_t>(row * plan.points + column);
        heat.tips[i] = sampleText(plan, sample);
        heat.invalid[i] = !std::isfinite(sample.nll);
    }
    heat.columnTicks = scaleTicks(plan.axes[0].range, plan.points);
    heat.rowTicks = scaleTicks(plan.axes[1].range, plan.points);
    heat.columnTitle = tr("scale of %1").arg(segmentText(plan.axes[0].pairs.first, plan.axes[0].pairs.end));
    heat.rowTitle = tr("scale of %1").arg(segmentText(plan.axes[1].pairs.first, plan.axes[1].pairs.end));
    heat.barTitle = tr("NLL, nats per token");
    heat.range = rangeOf(heat.values);
    heat.levels = linearTicks(heat.range.low, heat.range.high, contourLevels);
    if (const auto best = model.best())
        heat.ring = cellOf(*best);
    return heat;
}

} // namespace ropescope
