#include "views/models/probe_model.h"

#include <algorithm>
#include <tuple>

namespace ropescope {

ProbeModel::ProbeModel(FactorSetStore& store, SetupModel& setup, QObject* parent)
    : QObject(parent), m_store(store), m_setup(setup), m_basis(measurementBasis(setup.setup())) {
    connect(&store, &FactorSetStore::factorsChanged, this, &ProbeModel::forget);
    connect(&store, &FactorSetStore::removed, this, &ProbeModel::forget);
    connect(&setup, &SetupModel::changed, this, &ProbeModel::followSetup);
}

void ProbeModel::followSetup() {
    if (measurementBasis(m_setup.setup()) == m_basis)
        return;
    m_basis = measurementBasis(m_setup.setup());
    m_comparison = {};
    m_passkeys.clear();
    m_reference = noSet;
    m_perplexity = m_passkey = {};
    Q_EMIT changed();
}

void ProbeModel::setPhase(ProbeKind kind, ProbePhase phase, const QString& message) {
    (kind == ProbeKind::perplexity ? m_perplexity : m_passkey) = {phase, message};
    Q_EMIT changed();
}

void ProbeModel::setComparison(ProbeComparison comparison) {
    m_comparison = std::move(comparison);
    std::vector<SetId> stale;
    for (const ProbeComparison::Scored& scored : m_comparison.sets) {
        const FactorSetEntry* entry = m_store.find(scored.set);
        if (!entry || entry->set.factors != scored.factors.factors ||
            entry->set.attentionFactor != scored.factors.attentionFactor)
            stale.push_back(scored.set);
    }
    for (const SetId set : stale)
        forget(set);
    Q_EMIT changed();
}

// Takes a set out of the comparison; indices of the others move down.
void ProbeModel::forget(SetId set) {
    const bool hadPasskeys = m_passkeys.erase(set) > 0;
    if (const auto index = indexOf(set)) {
        auto& differences = m_comparison.differences;
        std::erase_if(differences, [&](const auto& one) { return one.a == *index || one.b == *index; });
        for (auto& one : differences) {
            one.a -= one.a > *index ? 1 : 0;
            one.b -= one.b > *index ? 1 : 0;
        }
        m_comparison.sets.erase(m_comparison.sets.begin() + static_cast<std::ptrdiff_t>(*index));
    } else if (!hadPasskeys) {
        return;
    }
    Q_EMIT changed();
}

std::optional<std::size_t> ProbeModel::indexOf(SetId set) const {
    const auto& sets = m_comparison.sets;
    const auto found = std::find_if(sets.begin(), sets.end(), [set](const auto& scored) { return scored.set == set; });
    if (found == sets.end())
        return std::nullopt;
    return static_cast<std::size_t>(found - sets.begin());
}

SetId ProbeModel::reference() const {
    if (indexOf(m_reference))
        return m_reference;
    return m_comparison.sets.empty() ? noSet : m_comparison.sets.front().set;
}

void ProbeModel::setReference(SetId set) {
    if (set == m_reference)
        return;
    m_reference = set;
    Q_EMIT changed();
}

std::optional<ReferenceDifference> ProbeModel::difference(SetId set) const {
    const auto own = indexOf(set);
    const auto other = indexOf(reference());
    if (!own || !other || *own == *other)
        return std::nullopt;
    for (const ProbeComparison::Difference& one : m_comparison.differences) {
        if (std::minmax(one.a, one.b) != std::minmax(*own, *other))
            continue;
        ReferenceDifference result{one.estimate, one.byPosition};
        if (one.a == *own) { // stored as reference minus own
            result.estimate.mean = -result.estimate.mean;
            for (PositionBin& bin : result.byPosition)
                bin.estimate.mean = -bin.estimate.mean;
        }
        return result;
    }
    return std::nullopt;
}

std::vector<PasskeyResult> ProbeModel::passkey(SetId set) const {
    const auto found = m_passkeys.find(set);
    return found == m_passkeys.end() ? std::vector<PasskeyResult>() : found->second;
}

void ProbeModel::addPasskey(SetId set, const PasskeyResult& result) {
    auto& cells = m_passkeys[set];
    const auto order = [](const PasskeyResult& a, const PasskeyResult& b) {
        return std::tie(a.length, a.depth) < std::tie(b.length, b.depth);
    };
    const auto place = std::lower_bound(cells.begin(), cells.end(), result, order);
    if (place != cells.end() && !order(result, *place))
        *place = result;
    else
        cells.insert(place, result);
    Q_EMIT changed();
}

std::vector<std::int64_t> lengthLadder(std::int64_t trained, std::int64_t target, int most) {
    std::vector<std::int64_t> lengths;
    const std::int64_t shortest = std::max<std::int64_t>(std::min(trained, target) / 2, 2);
    for (std::int64_t length = target; length >= shortest && static_cast<int>(lengths.size()) < most; length /= 2)
        lengths.push_back(length);
    std::reverse(lengths.begin(), lengths.end());
    return lengths;
}

} // namespace ropescope
