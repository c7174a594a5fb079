#include "engine/search/score_memo.h"

#include <bit>
#include <utility>

namespace ropescope {
namespace {

void mix(std::size_t& hash, double value) {
    // -0 and 0 are equal, so they must hash alike.
    const auto bits = std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value);
    hash ^= bits + 0x9e3779b97f4a7c15ULL + (hash << 6) + (hash >> 2);
    hash *= 0xff51afd7ed558ccdULL;
}

} // namespace

ScoredVector::ScoredVector(const Candidate& candidate) : ScoredVector(candidate.factors, candidate.attentionFactor) {}

ScoredVector::ScoredVector(std::vector<double> vector, double attention)
    : factors(std::move(vector)), attentionFactor(attention) {}

VectorPrint vectorPrint(const Candidate& candidate) {
    std::size_t hash = candidate.factors.size();
    for (const double factor : candidate.factors)
        mix(hash, static_cast<float>(factor));
    mix(hash, static_cast<float>(candidate.attentionFactor));
    return VectorPrint{hash};
}

std::size_t ScoreMemo::Hash::operator()(const ScoredVector& vector) const {
    std::size_t hash = vector.factors.size();
    for (const double factor : vector.factors)
        mix(hash, factor);
    mix(hash, vector.attentionFactor);
    return hash;
}

std::optional<Score> ScoreMemo::find(const Candidate& candidate) const {
    const auto known = m_scores.find(ScoredVector(candidate));
    if (known == m_scores.end() || (candidate.wantsGradient && !known->second.gradient))
        return std::nullopt;
    return known->second;
}

void ScoreMemo::remember(const ScoredVector& vector, const Score& score) {
    const auto [known, isNew] = m_scores.try_emplace(vector, score);
    if (!isNew && !known->second.gradient && score.gradient)
        known->second = score;
}

} // namespace ropescope
