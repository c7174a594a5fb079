// Which tokens each training batch holds. Pure arithmetic over document lengths: the same seed gives the same batches
// on every machine, and any step's batch is found without walking through those before it, so a run can be resumed.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "engine/base/outcome.h"

namespace ropescope {

// Tokens first .. first+length-1 of the whole corpus, documents in order, end to end.
using WindowStart = std::int64_t;

struct PackingOptions {
    std::int64_t length = 0;     // tokens a window
    bool crossDocuments = false; // windows may run over the end of a document into the next
    bool shuffled = true;        // false: in order from the start, again from the start when the text ends
    std::uint64_t seed = 42;
};

// An endless sequence of windows, an epoch after another. Immutable; safe from any thread.
class Packing {
public:
    // `documentLengths` in tokens. A usage error when no window fits.
    [[nodiscard]] static Result<Packing> make(const std::vector<std::int64_t>& documentLengths,
                                              const PackingOptions& options);

    [[nodiscard]] std::int64_t windowsPerEpoch() const { return static_cast<std::int64_t>(m_starts.size()); }
    // Tokens of the corpus that are in no window (ends of documents shorter than the length).
    [[nodiscard]] std::int64_t unusedTokens() const { return m_unused; }
    // Window number `index`, counted over all epochs from 0.
    [[nodiscard]] WindowStart window(std::int64_t index) const;

private:
    std::vector<WindowStart> m_starts;
    std::int64_t m_unused = 0;
    bool m_shuffled = true;
    std::uint64_t m_seed = 0;
};

} // namespace ropescope
