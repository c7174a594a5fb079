#include "views/pages/probe_charts.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>

#include "views/models/value_text.h"

namespace ropescope {

namespace {

// The middle of a bin on an axis of ratios.
double middleOf(const PositionBin& bin) {
    return std::sqrt(static_cast<double>(bin.first + 1) * static_cast<double>(bin.end));
}

// A line with a band of one standard error, read at every point.
void addBins(ChartCurve& curve, const std::vector<PositionBin>& bins, bool isDifference) {
    for (const PositionBin& bin : bins) {
        const Estimate& estimate = bin.estimate;
        const double error = std::isfinite(estimate.standardError) ? estimate.standardError : 0;
        curve.points.push_back({middleOf(bin), estimate.mean});
        curve.low.push_back(estimate.mean - error);
        curve.high.push_back(estimate.mean + error);
        curve.tips.push_back(ProbeCharts::tr("%1, positions %2 to %3: %4 %5 ± %6, %7 tokens")
                                 .arg(curve.name, countText(bin.first), countText(bin.end - 1),
                                      isDifference ? ProbeCharts::tr("Δ NLL") : ProbeCharts::tr("NLL"),
                                      factorText(estimate.mean), factorText(estimate.standardError),
                                      countText(estimate.tokens)));
    }
}

} // namespace

std::vector<ChartCurve> ProbeCharts::lengths(const FactorSetStore& sets, SetId current) {
    std::vector<ChartCurve> curves;
    for (const FactorSetEntry& entry : sets.entries()) {
        if (!entry.visible || entry.measurements.empty())
            continue;
        std::map<std::int64_t, Measurement> newest;
        for (const Measurement& measurement : entry.measurements)
            newest[measurement.length] = measurement;
        ChartCurve curve;
        curve.name = entry.name;
        curve.colour = entry.colour;
        curve.strong = entry.id == current;
        for (const auto& [length, measured] : newest) {
            curve.points.push_back({static_cast<double>(length), measured.perplexity});
            curve.low.push_back(measured.perplexity - measured.standardError);
            curve.high.push_back(measured.perplexity + measured.standardError);
            curve.tips.push_back(tr("%1 at %2 tokens: perplexity %3, from %4 tokens")
                                     .arg(entry.name, countText(length),
                                          valueWithErrorText(measured.perplexity, measured.standardError),
                                          countText(measured.tokens)));
        }
        curves.push_back(std::move(curve));
    }
    return curves;
}

CurveChart::Axes ProbeCharts::lengthAxes() {
    CurveChart::Axes axes;
    axes.xTitle = tr("window length, tokens");
    axes.yTitle = tr("perplexity");
    axes.xScale = AxisScale::logarithmic;
    axes.yScale = AxisScale::logarithmic;
    axes.xCounts = true;
    return axes;
}

std::vector<ChartCurve> ProbeCharts::positions(const FactorSetStore& sets, const ProbeModel& probes, SetId current) {
    std::vector<ChartCurve> curves;
    for (const ProbeComparison::Scored& scored : probes.comparison().sets) {
        const FactorSetEntry* entry = sets.find(scored.set);
        if (!entry || !entry->visible)
            continue;
        ChartCurve curve;
        curve.name = entry->name;
        curve.colour = entry->colour;
        curve.dots = false;
        curve.strong = entry->id == current;
        addBins(curve, scored.byPosition, false);
        curves.push_back(std::move(curve));
    }
    return curves;
}

CurveChart::Axes ProbeCharts::positionAxes() {
    CurveChart::Axes axes;
    axes.xTitle = tr("position in the window, tokens");
    axes.yTitle = tr("NLL, nats per token");
    axes.xScale = AxisScale::logarithmic;
    axes.xCounts = true;
    return axes;
}

std::vector<ChartCurve> ProbeCharts::differences(const FactorSetStore& sets, const ProbeModel& probes, SetId current) {
    std::vector<ChartCurve> curves;
    for (const ProbeComparison::Scored& scored : probes.comparison().sets) {
        const FactorSetEntry* entry = sets.find(scored.set);
        const auto difference = probes.difference(scored.set);
        if (!entry || !entry->visible || !difference)
            continue;
        ChartCurve curve;
        curve.name = entry->name;
        curve.colour = entry->colour;
        curve.dots = false;
        curve.strong = entry->id == current;
        addBins(curve, difference->byPosition, true);
        curves.push_back(std::move(curve));
    }
    return curves;
}

CurveChart::Axes ProbeCharts::differenceAxes() {
    CurveChart::Axes axes;
    axes.xTitle = tr("position in the window, tokens");
    axes.yTitle = tr("Δ NLL, nats per token; below 0 is better");
    axes.xScale = AxisScale::logarithmic;
    axes.xCounts = true;
    axes.yHolds = 0;
    return axes;
}

HeatData ProbeCharts::passkeys(const std::vector<PasskeyResult>& cells) {
    std::vector<std::int64_t> lengths;
    std::vector<double> depths;
    for (const PasskeyResult& cell : cells) {
        lengths.push_back(cell.length);
        depths.push_back(cell.depth);
    }
    const auto unique = [](auto& list) {
        std::sort(list.begin(), list.end());
        list.erase(std::unique(list.begin(), list.end()), list.end());
    };
    unique(lengths);
    unique(depths);
    HeatData heat;
    heat.columns = static_cast<int>(lengths.size());
    heat.rows = static_cast<int>(depths.size());
    const auto count = lengths.size() * depths.size();
    heat.values.assign(count, std::numeric_limits<double>::quiet_NaN());
    heat.words.resize(count);
    heat.tips.resize(count);
    for (const PasskeyResult& cell : cells) {
        const auto column =
            static_cast<std::size_t>(std::lower_bound(lengths.begin(), lengths.end(), cell.length) - lengths.begin());
        const auto row =
            static_cast<std::size_t>(std::lower_bound(depths.begin(), depths.end(), cell.depth) - depths.begin());
        const std::size_t i = row * lengths.size() + column;
        heat.values[i] =
            static_cast<double>(cell.correct) / static_cast<double>(std::max<std::int64_t>(cell.trials, 1));
        heat.words[i] = QStringLiteral("%1/%2").arg(cell.correct).arg(cell.trials);
        heat.tips[i] = tr("%1 tokens, depth %2: %3 of %4 right, Wilson's 95 % interval %5 to %6")
                           .arg(countText(cell.length), shareText(cell.depth))
                           .arg(cell.correct)
                           .arg(cell.trials)
                           .arg(shareText(cell.interval.low), shareText(cell.interval.high));
    }
    for (std::size_t i = 0; i < lengths.size(); ++i)
        heat.columnTicks.push_back(
            {(static_cast<double>(i) + 0.5) / static_cast<double>(lengths.size()), countText(lengths[i])});
    for (std::size_t i = 0; i < depths.size(); ++i)
        heat.rowTicks.push_back({(static_cast<double>(i) + 0.5) / static_cast<double>(depths.size()),
                                 QStringLiteral("%1 %").arg(std::lround(100 * depths[i]))});
    heat.columnTitle = tr("prompt length, tokens");
    heat.rowTitle = tr("depth of the key");
    heat.barTitle = tr("share right");
    heat.range = {0, 1};
    return heat;
}

} // namespace ropescope
