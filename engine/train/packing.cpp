#include "engine/train/packing.h"

#include <algorithm>
#include <array>
#include <numeric>

#include <fmt/format.h>

namespace ropescope {
namespace {

// SplitMix64 (Steele, Lea and Flood 2014): a keyed hash of 64 bits.
std::uint64_t mix(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15ULL;
    value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
    return value ^ (value >> 31);
}

// A permutation of 0 .. count-1 that is computed, not stored: a four-round Feistel network over the next even number of
// bits, walked until it lands inside the range (Black and Rogaway 2002, cycle walking).
std::uint64_t permuted(std::uint64_t index, std::uint64_t count, std::uint64_t key) {
    int halfBits = 1;
    while ((std::uint64_t{1} << (2 * halfBits)) < count)
        ++halfBits;
    const std::uint64_t mask = (std::uint64_t{1} << halfBits) - 1;
    do {
        std::uint64_t left = index >> halfBits;
        std::uint64_t right = index & mask;
        for (std::uint64_t round = 0; round < 4; ++round) {
            const std::uint64_t next = left ^ (mix(key ^ mix(right + (round << 56))) & mask);
            left = right;
            right = next;
        }
        index = (left << halfBits) | right;
    } while (index >= count);
    return index;
}

} // namespace

Result<Packing> Packing::make(const std::vector<std::int64_t>& documentLengths, const PackingOptions& options) {
    if (options.length < 1)
        return fail(usageError(fmt::format("a training window needs at least 1 token, got {}", options.length)));
    Packing packing;
    packing.m_shuffled = options.shuffled;
    packing.m_seed = options.seed;
    const std::int64_t total = std::accumulate(documentLengths.begin(), documentLengths.end(), std::int64_t{0});
    const auto whole = std::array{total};
    const std::int64_t* first = options.crossDocuments ? whole.data() : documentLengths.data();
    const std::int64_t* end = first + (options.crossDocuments ? whole.size() : documentLengths.size());
    std::int64_t documentStart = 0;
    for (; first != end; documentStart += *first, ++first)
        for (std::int64_t offset = 0; offset + options.length <= *first; offset += options.length)
            packing.m_starts.push_back(documentStart + offset);
    packing.m_unused = total - packing.windowsPerEpoch() * options.length;
    if (packing.m_starts.empty()) {
        const std::int64_t longest =
            documentLengths.empty() ? 0 : *std::max_element(documentLengths.begin(), documentLengths.end());
        return fail(usageError(
            fmt::format("the text is too short for one window of {} tokens: its longest document has "
                        "{}; choose a shorter length{}",
                        options.length, longest, total >= options.length ? " or let windows cross documents" : "")));
    }
    return packing;
}

WindowStart Packing::window(std::int64_t index) const {
    const auto count = static_cast<std::uint64_t>(m_starts.size());
    const std::uint64_t inEpoch = static_cast<std::uint64_t>(index) % count;
    if (!m_shuffled)
        return m_starts[inEpoch];
    const std::uint64_t epoch = static_cast<std::uint64_t>(index) / count;
    return m_starts[permuted(inEpoch, count, mix(m_seed) ^ mix(~epoch))];
}

} // namespace ropescope
