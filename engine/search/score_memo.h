// Remembers what was scored, so that an identical vector is never scored twice, whatever method asks and on
// whatever branch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "engine/search/method.h"

namespace ropescope {

// What the score depends on: exact factors and attention factor (-0 counts as 0).
struct ScoredVector {
    explicit ScoredVector(const Candidate& candidate);
    ScoredVector(std::vector<double> factors, double attentionFactor);
    bool operator==(const ScoredVector&) const = default;

    std::vector<double> factors;
    double attentionFactor = 1;
};

// Tells vectors apart that differ by more than rounding: the same for factors that are equal as float32, since another
// machine's exponentials may differ in the last bits.
enum class VectorPrint : std::uint64_t {};
[[nodiscard]] VectorPrint vectorPrint(const Candidate& candidate);

// One memo belongs to one scorer (model, text, length, attention). Not thread-safe.
class ScoreMemo {
public:
    // None when the vector is new, or when the candidate wants a gradient and only a perplexity is known.
    [[nodiscard]] std::optional<Score> find(const Candidate& candidate) const;
    // A score with a gradient replaces one without, never the other way round.
    void remember(const ScoredVector& vector, const Score& score);
    // Room for so many vectors without rearranging.
    void reserve(std::size_t vectors) { m_scores.reserve(vectors); }
    [[nodiscard]] std::size_t size() const { return m_scores.size(); }

private:
    struct Hash {
        std::size_t operator()(const ScoredVector& vector) const;
    };
    std::unordered_map<ScoredVector, Score, Hash> m_scores;
};

} // namespace ropescope
