// How sure a probe's numbers are: intervals for counts, means of correlated series, bands along a position axis.
// Pure arithmetic, any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace ropescope {

struct Interval {
    double low = 0;
    double high = 0;
};

// Wilson's score interval at 95 % for a share (E. B. Wilson 1927); [0, 1] where nothing was tried.
[[nodiscard]] Interval wilson95(std::int64_t successes, std::int64_t trials);

// The 97.5 % point of Student's t: half the width of a 95 % interval in standard errors. Exact for 1 and 2 degrees
// of freedom, within 0.5 % above (Cornish-Fisher). Infinite for none.
[[nodiscard]] double student95(std::int64_t degreesOfFreedom);

// A mean and how far it may be off. `units` is what the error was computed from (windows, or blocks of tokens).
struct Estimate {
    double mean = 0;
    double standardError = 0; // NaN where fewer than two units leave it unknown
    std::int64_t tokens = 0;
    std::int64_t units = 0;

    [[nodiscard]] Interval interval95() const;
};

// A run of tokens taken as one observation: neighbours in a text are correlated, sums over runs hardly.
struct Block {
    double sum = 0;
    std::int64_t tokens = 0;
};

// Mean over all tokens of all blocks; the standard error is that of a ratio of block sums, so blocks may differ in
// length: sqrt(k / (k - 1) * sum (sum_i - mean * tokens_i)^2) / tokens.
[[nodiscard]] Estimate estimateMean(std::span<const Block> blocks);

// How a set of windows is cut into blocks: from `enoughWindows` on each window is one observation; with fewer the
// windows are cut into equal runs of at most `blockTokens`. Where the series has a trend along the window, runs
// overstate the error rather than hide it.
struct BlockRule {
    std::int64_t enoughWindows = 10;
    std::int64_t blockTokens = 64;
};
// One series of per-token values for each window.
[[nodiscard]] std::vector<Block> cutIntoBlocks(std::span<const std::vector<float>> windows, const BlockRule& rule = {});

// The mean of b - a token by token. Both hold the same windows of the same lengths.
[[nodiscard]] Estimate pairedDifference(std::span<const std::vector<float>> a, std::span<const std::vector<float>> b,
                                        const BlockRule& rule = {});

// Values of one range of positions [first, end).
struct PositionBin {
    std::int64_t first = 0;
    std::int64_t end = 0;
    Estimate estimate;
};

// Rising edges of the bins that every curve by position uses: they cover [first, end), each a constant ratio longer
// than the one before and at least 16 positions wide (all of it where there are fewer). Empty where end <= first.
[[nodiscard]] std::vector<std::int64_t> positionEdges(std::int64_t first, std::int64_t end);

// Mean and error per bin. Entry t of a window belongs to position firstPosition + t. Observations are the windows'
// means in the bin where there are enough windows, else runs of at most 16 tokens.
[[nodiscard]] std::vector<PositionBin> bandByPosition(std::span<const std::vector<float>> windows,
                                                      std::int64_t firstPosition, std::span<const std::int64_t> edges);

} // namespace ropescope
