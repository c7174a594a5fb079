#include "engine/search/segment_walk.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

#include <fmt/format.h>

#include "engine/search/check.h"

namespace ropescope {
namespace {

// The authors' program keeps factors in float32.
double rounded(double value) {
    return static_cast<double>(static_cast<float>(value));
}

double float32Sum(double factor, double increment) {
    return static_cast<double>(static_cast<float>(factor) + static_cast<float>(increment));
}

std::vector<Segment> halves(const Segment& segment) {
    const int middle = segment.first + segment.width() / 2;
    return {{segment.first, middle}, {middle, segment.end}};
}

} // namespace

SegmentWalk::SegmentWalk(const FactorSet& start, const SegmentWalkOptions& options)
    : m_options(options), m_attentionFactor(start.attentionFactor), m_locked(start.factors.size(), false) {
    m_options.clamp = rounded(options.clamp);
    store(start.factors);
    buildTree(options.range);
}

void SegmentWalk::buildTree(double range) {
    const Segment all{0, static_cast<int>(m_stored.size())};
    std::vector<Segment> segments = all.width() > 1 ? halves(all) : std::vector<Segment>{all};
    for (int level = 1; !segments.empty(); ++level) {
        std::vector<Node> nodes;
        std::vector<Segment> next;
        for (const Segment& segment : segments) {
            Node node;
            node.shown.level = level;
            node.shown.segment = segment;
            if (level == 1)
                node.shown.window = IncrementWindow{-range, range};
            if (segment.width() > 1) {
                node.children = {next.size(), next.size() + 1};
                for (const Segment& half : halves(segment))
                    next.push_back(half);
            }
            nodes.push_back(std::move(node));
        }
        m_levels.push_back(std::move(nodes));
        segments = std::move(next);
    }
}

std::size_t SegmentWalk::nodeIndex() const {
    return m_options.order == VisitOrder::highPairsFirst ? m_levels[m_level].size() - 1 - m_visited : m_visited;
}

SegmentWalk::Node& SegmentWalk::live() {
    return m_levels[m_level][nodeIndex()];
}

const SegmentWalk::Node& SegmentWalk::live() const {
    return m_levels[m_level][nodeIndex()];
}

bool SegmentWalk::allLocked(const Segment& segment) const {
    for (int pair = segment.first; pair < segment.end; ++pair)
        if (!m_locked[static_cast<std::size_t>(pair)])
            return false;
    return true;
}

std::vector<double> SegmentWalk::increments() const {
    const IncrementWindow window = *live().shown.window;
    const double step = (window.high - window.low) / (m_options.increments - 1);
    std::vector<double> increments;
    for (int index = 0; index < m_options.increments; ++index)
        increments.push_back(window.low + step * index);
    return increments;
}

void SegmentWalk::store(std::vector<double> factors) {
    std::transform(factors.begin(), factors.end(), factors.begin(), rounded);
    m_stored = std::move(factors);
    if (m_options.clampsStored)
        m_stored = clamped();
}

void SegmentWalk::addToLive(std::vector<double>& factors, double increment) const {
    const Segment segment = live().shown.segment;
    for (int pair = segment.first; pair < segment.end; ++pair)
        if (const auto place = static_cast<std::size_t>(pair); !m_locked[place])
            factors[place] = float32Sum(factors[place], increment);
}

std::vector<double> SegmentWalk::clamped() const {
    std::vector<double> factors = m_stored;
    for (double& factor : factors)
        factor = std::max(factor, m_options.clamp);
    return factors;
}

std::vector<double> SegmentWalk::candidate(double increment) const {
    std::vector<double> factors = m_stored;
    addToLive(factors, increment);
    for (double& factor : factors)
        factor = std::max(factor, m_options.clamp);
    return factors;
}

void SegmentWalk::open() {
    m_asksForCurrent = false;
    while (!finished() && allLocked(live().shown.segment)) {
        Decision passed = undecided();
        passed.locked = true;
        close(std::move(passed), SegmentState::locked);
    }
    if (finished())
        return m_round.close();
    live().shown.state = SegmentState::live;
    std::vector<Candidate> candidates;
    for (const double increment : increments()) {
        Candidate next;
        next.factors = candidate(increment);
        next.attentionFactor = m_attentionFactor;
        next.segment = live().shown.segment;
        next.level = live().shown.level;
        next.increment = increment;
        candidates.push_back(std::move(next));
    }
    m_round.open(std::move(candidates));
}

void SegmentWalk::askForCurrent() {
    Candidate start;
    start.factors = clamped();
    start.attentionFactor = m_attentionFactor;
    m_round.open({std::move(start)});
    m_asksForCurrent = true;
}

Decision SegmentWalk::question() const {
    Decision decision;
    decision.level = live().shown.level;
    decision.segment = live().shown.segment;
    decision.window = *live().shown.window;
    decision.increments = increments();
    decision.scores = m_asksForCurrent
                          ? std::vector<double>(decision.increments.size(), std::numeric_limits<double>::quiet_NaN())
                          : m_round.perplexities();
    return decision;
}

Decision SegmentWalk::undecided() const {
    Decision decision = question();
    decision.children = decision.window;
    return decision;
}

void SegmentWalk::settle(Decision decision) {
    decision.scoreBefore = m_score;
    if (decision.best) {
        const auto best = static_cast<std::size_t>(*decision.best);
        const double increment = decision.increments[best];
        std::vector<double> factors = m_stored;
        addToLive(factors, increment);
        store(std::move(factors));
        m_score = decision.scores[best];
        live().shown.increment = increment;
        if (decision.scoreBefore)
            live().shown.gain = *decision.scoreBefore - *m_score;
    }
    close(std::move(decision), SegmentState::done);
    open();
}

void SegmentWalk::close(Decision decision, SegmentState state) {
    Node& node = live();
    const auto first = m_stored.begin() + decision.segment.first;
    decision.factorsAfter.assign(first, first + decision.segment.width());
    decision.scoreAfter = m_score;
    node.shown.state = state;
    node.shown.decision = static_cast<int>(m_decisions.size());
    for (const std::size_t child : node.children)
        m_levels[m_level + 1][child].shown.window = decision.children;
    m_decisions.push_back(std::move(decision));
    if (++m_visited == m_levels[m_level].size()) {
        m_visited = 0;
        ++m_level;
    }
}

Result<void> SegmentWalk::apply(const SearchEdit& edit) {
    if (finished())
        return fail(usageError("the search is over; go back to an earlier step and branch there"));
    return std::visit([this](const auto& one) { return change(one); }, edit);
}

void SegmentWalk::startAgain() {
    live().shown.edited = true;
    open();
}

Result<void> SegmentWalk::change(const ReplaceVector& edit) {
    if (edit.factors.size() != m_stored.size())
        return fail(usageError(fmt::format("the vector has {} factors, the search works on {} pairs",
                                           edit.factors.size(), m_stored.size())));
    if (auto valid = checkFactors(edit.factors, edit.attentionFactor.value_or(m_attentionFactor)); !valid)
        return valid;
    store(edit.factors);
    m_attentionFactor = edit.attentionFactor.value_or(m_attentionFactor);
    m_score.reset();
    startAgain();
    return {};
}

Result<void> SegmentWalk::change(const SkipSegment&) {
    Decision decision = undecided();
    decision.skipped = true;
    decision.scoreBefore = m_score;
    close(std::move(decision), SegmentState::skipped);
    open();
    return {};
}

Result<void> SegmentWalk::change(const SetWindow& edit) {
    const auto [low, high] = edit.window;
    if (!std::isfinite(low) || !std::isfinite(high) || !(low < high))
        return fail(usageError(fmt::format("the window {} .. {} must rise between finite numbers", low, high)));
    live().shown.window = edit.window;
    startAgain();
    return {};
}

Result<void> SegmentWalk::change(const LockPairs& edit) {
    auto flags = lockFlags(edit, m_stored.size());
    if (!flags)
        return fail(std::move(flags.error()));
    const Segment segment = live().shown.segment;
    bool changesLive = false;
    for (int pair = segment.first; pair < segment.end; ++pair)
        changesLive |= m_locked[static_cast<std::size_t>(pair)] != (*flags)[static_cast<std::size_t>(pair)];
    m_locked = std::move(*flags);
    m_lockedPairs.clear();
    for (std::size_t pair = 0; pair < m_locked.size(); ++pair)
        if (m_locked[pair])
            m_lockedPairs.push_back(static_cast<int>(pair));
    if (changesLive)
        startAgain();
    return {};
}

Result<void> SegmentWalk::change(const SetAttentionFactor& edit) {
    if (auto valid = checkFactors({}, edit.attentionFactor); !valid)
        return valid;
    m_attentionFactor = edit.attentionFactor;
    m_score.reset();
    startAgain();
    return {};
}

SearchResult SegmentWalk::result() const {
    SearchResult result{clamped(), m_attentionFactor, m_score, 0};
    for (std::size_t pair = 0; pair < m_stored.size(); ++pair)
        result.clamped += result.factors[pair] != m_stored[pair] ? 1 : 0;
    return result;
}

SearchTree SegmentWalk::tree() const {
    SearchTree tree;
    for (const auto& level : m_levels) {
        auto& segments = tree.levels.emplace_back();
        for (const Node& node : level)
            segments.push_back(node.shown);
    }
    return tree;
}

std::int64_t SegmentWalk::evaluationsLeft() const {
    if (finished())
        return 0;
    std::int64_t segments = m_asksForCurrent ? 1 : 0;
    for (const auto& level : m_levels)
        for (const Node& node : level)
            if (node.shown.state == SegmentState::pending && !allLocked(node.shown.segment))
                ++segments;
    return static_cast<std::int64_t>(m_round.left()) + segments * m_options.increments;
}

std::vector<int> rankValid(const std::vector<double>& scores, const std::function<bool(double)>& isValid) {
    std::vector<int> ranked;
    for (std::size_t index = 0; index < scores.size(); ++index)
        if (isValid(scores[index]))
            ranked.push_back(static_cast<int>(index));
    std::stable_sort(ranked.begin(), ranked.end(), [&](int a, int b) {
        return scores[static_cast<std::size_t>(a)] < scores[static_cast<std::size_t>(b)];
    });
    return ranked;
}

IncrementWindow childWindow(const std::vector<double>& increments, const std::vector<int>& top, int best, double step) {
    const auto increment = [&](int index) { return increments[static_cast<std::size_t>(index)]; };
    double low = increment(best);
    double high = increment(best);
    for (const int index : top) {
        low = std::min(low, increment(index));
        high = std::max(high, increment(index));
    }
    return {low - step - increment(best), high + step - increment(best)};
}

Result<void> checkSegmentOptions(const FactorSet& start, const SegmentWalkOptions& options, int top) {
    if (auto valid = checkStart(start); !valid)
        return valid;
    if (options.increments < 2 || options.increments > 100000)
        return fail(usageError(fmt::format("{} increments a segment: 2 to 100000 make a window", options.increments)));
    if (top < 1)
        return fail(usageError(fmt::format("top {}: at least the best one spans the next window", top)));
    if (!std::isfinite(options.range) || options.range <= 0)
        return fail(usageError(fmt::format("range {}: must be a finite number above 0", options.range)));
    if (!std::isfinite(options.clamp) || static_cast<float>(options.clamp) <= 0)
        return fail(usageError(fmt::format("clamp {}: must be a finite number above 0", options.clamp)));
    return {};
}

} // namespace ropescope
