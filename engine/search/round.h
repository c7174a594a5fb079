// Candidates asked for together: hands out those not yet told and collects the scores in any order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "engine/search/method.h"

namespace ropescope {

// A method holds one and opens it anew for every segment, generation or iteration; ids go on counting.
class Round {
public:
    // Replaces whatever was open; gives the candidates their ids, `index` and `of`.
    void open(std::vector<Candidate> candidates);
    // No candidates until the next open().
    void close() { open({}); }

    [[nodiscard]] std::vector<Candidate> wanted() const;
    [[nodiscard]] std::optional<Candidate> wanted(std::int64_t candidate) const;
    [[nodiscard]] Result<void> tell(std::int64_t candidate, const Score& score);
    // Every candidate was told (true of a closed round as well).
    [[nodiscard]] bool complete() const { return m_told == m_candidates.size(); }
    [[nodiscard]] std::size_t left() const { return m_candidates.size() - m_told; }
    // Scores told since the search began.
    [[nodiscard]] std::int64_t toldEver() const { return m_toldEver; }

    [[nodiscard]] const std::vector<Candidate>& candidates() const { return m_candidates; }
    // By index; none where not told yet.
    [[nodiscard]] const std::vector<std::optional<Score>>& scores() const { return m_scores; }
    // Perplexities by index, NaN where not told yet.
    [[nodiscard]] std::vector<double> perplexities() const;

private:
    // Where in the round this id is, told or not.
    [[nodiscard]] std::optional<std::size_t> place(std::int64_t candidate) const;

    std::vector<Candidate> m_candidates;
    std::vector<std::optional<Score>> m_scores;
    std::size_t m_told = 0;
    std::int64_t m_toldEver = 0;
    std::int64_t m_nextId = 0;
};

} // namespace ropescope
