#include "engine/probe/landscape_sampler.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

namespace ropescope {
namespace {

constexpr int mostPoints = 100000; // per axis of a curve; a grid has at most as many cells

Result<void> check(const ScaleAxis& axis) {
    if (!std::isfinite(axis.low) || !std::isfinite(axis.high) || axis.low <= 0 || axis.high <= axis.low)
        return fail(usageError(fmt::format("a range needs 0 < low < high, got {} to {}", axis.low, axis.high)));
    return {};
}

class CurveSampler : public LandscapeSampler {
public:
    CurveSampler(const ScaleAxis& axis, int points) : m_axis(axis), m_points(points) {
        const int start = std::min(points, 9);
        for (int index = 0; index < start; ++index)
            m_nodes.push_back({static_cast<double>(index) / (start - 1)});
        if (axis.low < 1 && axis.high > 1)
            snapToOne();
        for (Node& node : m_nodes)
            node.scale = node.scale > 0 ? node.scale : axis.at(node.share);
    }

    [[nodiscard]] std::vector<std::vector<double>> wanted() const override {
        std::vector<std::vector<double>> scales;
        for (const Node& node : m_nodes)
            if (!node.value)
                scales.push_back({node.scale});
        return scales;
    }

    void tell(const std::vector<double>& scale, double value) override {
        for (Node& node : m_nodes)
            if (scale.size() == 1 && node.scale == scale.front())
                node.value = value;
        if (std::ranges::all_of(m_nodes, [](const Node& node) { return node.value.has_value(); }))
            refine();
    }

    [[nodiscard]] int plannedPoints() const override { return m_points; }

private:
    struct Node {
        double share = 0; // of the axis
        double scale = 0;
        std::optional<double> value = {};
    };

    // Several intervals are halved per round, so that candidates which share a text can run as one batch.
    static constexpr std::size_t nodesPerRound = 4;
    static constexpr double narrowest = 1e-6;

    // Moves the inner node nearest to scale 1 there: the factor set as it is belongs in every picture.
    void snapToOne() {
        const double share = m_axis.shareOf(1);
        Node* nearest = nullptr;
        for (std::size_t index = 1; index + 1 < m_nodes.size(); ++index)
            if (!nearest || std::abs(m_nodes[index].share - share) < std::abs(nearest->share - share))
                nearest = &m_nodes[index];
        if (!nearest)
            return;
        nearest->share = share;
        nearest->scale = 1;
    }

    // Values for comparing intervals: what is not a number counts as one range above the highest that is.
    [[nodiscard]] std::vector<double> finiteValues() const {
        double low = std::numeric_limits<double>::infinity();
        double high = -low;
        for (const Node& node : m_nodes)
            if (std::isfinite(*node.value)) {
                low = std::min(low, *node.value);
                high = std::max(high, *node.value);
            }
        std::vector<double> values;
        for (const Node& node : m_nodes)
            values.push_back(std::isfinite(*node.value) ? *node.value : (low <= high ? 2 * high - low : 0));
        return values;
    }

    [[nodiscard]] std::vector<double> intervalErrors() const {
        const std::vector<double> y = finiteValues();
        const auto width = [&](std::size_t i) { return m_nodes[i + 1].share - m_nodes[i].share; };
        std::vector<double> bend(y.size(), 0.0); // second divided difference at inner nodes
        for (std::size_t i = 1; i + 1 < y.size(); ++i)
            bend[i] = std::abs(2 * ((y[i + 1] - y[i]) / width(i) - (y[i] - y[i - 1]) / width(i - 1)) /
                               (width(i) + width(i - 1)));
        const auto [lowest, highest] = std::ranges::minmax(y);
        std::vector<double> errors;
        for (std::size_t i = 0; i + 1 < y.size(); ++i) {
            const double straight = width(i) * width(i) * std::max(bend[i], bend[i + 1]) / 8;
            errors.push_back(width(i) < narrowest ? -1 : straight + 0.01 * width(i) * (highest - lowest + 1e-9));
        }
        return errors;
    }

    void refine() {
        const std::size_t room = static_cast<std::size_t>(m_points) - m_nodes.size();
        const std::vector<double> errors = intervalErrors();
        std::vector<std::size_t> order(errors.size());
        for (std::size_t i = 0; i < order.size(); ++i)
            order[i] = i;
        std::ranges::stable_sort(order, [&](std::size_t a, std::size_t b) { return errors[a] > errors[b]; });
        // Halving the worst interval divides its error by about four: others that would still be below it can wait.
        std::vector<Node> added;
        for (const std::size_t i : order)
            if (added.size() < std::min(room, nodesPerRound) && errors[i] > 0 && errors[i] >= errors[order[0]] / 4) {
                const double share = (m_nodes[i].share + m_nodes[i + 1].share) / 2;
                added.push_back({share, m_axis.at(share)});
            }
        m_nodes.insert(m_nodes.end(), added.begin(), added.end());
        std::ranges::sort(m_nodes, {}, &Node::share);
    }

    ScaleAxis m_axis;
    int m_points;
    std::vector<Node> m_nodes; // by rising share
};

class GridSampler : public LandscapeSampler {
public:
    GridSampler(const ScaleAxis& first, const ScaleAxis& second, int points) : m_points(points) {
        for (int index = 0; index < points; ++index) {
            m_first.push_back(first.at(static_cast<double>(index) / (points - 1)));
            m_second.push_back(second.at(static_cast<double>(index) / (points - 1)));
        }
        m_told.assign(static_cast<std::size_t>(points) * static_cast<std::size_t>(points), false);
    }

    [[nodiscard]] std::vector<std::vector<double>> wanted() const override {
        for (const int step : {8, 4, 2, 1}) {
            std::vector<std::vector<double>> level;
            for (int row = 0; row < m_points; ++row)
                for (int column = 0; column < m_points; ++column)
                    if (onLine(row, step) && onLine(column, step) && !m_told[cell(row, column)])
                        level.push_back(
                            {m_first[static_cast<std::size_t>(row)], m_second[static_cast<std::size_t>(column)]});
            if (!level.empty())
                return level;
        }
        return {};
    }

    void tell(const std::vector<double>& scale, double) override {
        if (scale.size() != 2)
            return;
        const auto row = std::ranges::find(m_first, scale[0]);
        const auto column = std::ranges::find(m_second, scale[1]);
        if (row != m_first.end() && column != m_second.end())
            m_told[cell(static_cast<int>(row - m_first.begin()), static_cast<int>(column - m_second.begin()))] = true;
    }

    [[nodiscard]] int plannedPoints() const override { return m_points * m_points; }

private:
    // The last line belongs to every level, so that a coarse picture already spans the whole range.
    [[nodiscard]] bool onLine(int index, int step) const { return index % step == 0 || index == m_points - 1; }
    [[nodiscard]] std::size_t cell(int row, int column) const {
        return static_cast<std::size_t>(row) * static_cast<std::size_t>(m_points) + static_cast<std::size_t>(column);
    }

    int m_points;
    std::vector<double> m_first, m_second;
    std::vector<bool> m_told;
};

} // namespace

double ScaleAxis::at(double share) const {
    if (share <= 0)
        return low;
    if (share >= 1)
        return high;
    return spacing == AxisSpacing::logarithmic ? low * std::pow(high / low, share) : low + (high - low) * share;
}

double ScaleAxis::shareOf(double scale) const {
    return spacing == AxisSpacing::logarithmic ? std::log(scale / low) / std::log(high / low)
                                               : (scale - low) / (high - low);
}

Result<std::unique_ptr<LandscapeSampler>> sampleCurve(const ScaleAxis& axis, int points) {
    if (auto sound = check(axis); !sound)
        return fail(sound.error());
    if (points < 3 || points > mostPoints)
        return fail(usageError(fmt::format("a curve takes 3 to {} points, got {}", mostPoints, points)));
    return std::make_unique<CurveSampler>(axis, points);
}

Result<std::unique_ptr<LandscapeSampler>> sampleGrid(const ScaleAxis& first, const ScaleAxis& second, int points) {
    for (const ScaleAxis& axis : {first, second})
        if (auto sound = check(axis); !sound)
            return fail(sound.error());
    if (points < 2 || points > mostPoints / points)
        return fail(usageError(fmt::format("a grid takes 2 to {} points along each axis, got {}",
                                           static_cast<int>(std::sqrt(mostPoints)), points)));
    return std::make_unique<GridSampler>(first, second, points);
}

} // namespace ropescope
