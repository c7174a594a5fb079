// Which keys a query sees, and at which distance, in every layer of a model.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "engine/base/outcome.h"

namespace ropescope {

// Every earlier key at its distance.
struct FullAttention {
    bool operator==(const FullAttention&) const = default;
};
// LM-Infinite (arXiv 2308.16137): the last `window` keys at their distance, `starting` first keys at distance
// `window`; optionally the top-k middle keys for the last query, at distance window / 2, from a layer on.
struct LambdaAttention {
    std::int64_t window = 0;
    std::int64_t starting = 10;
    int topK = 0;
    int topKFromLayer = 4;
    bool operator==(const LambdaAttention&) const = default;
};
// Its two halves alone, to show that it takes both: the mask with true distances (starting tokens far away), and the
// distance ceiling without a mask (every key visible; time grows with the square of the length).
struct LambdaMaskAttention {
    std::int64_t window = 0;
    std::int64_t starting = 10;
    bool operator==(const LambdaMaskAttention&) const = default;
};
struct DistanceCeilingAttention {
    std::int64_t window = 0;
    bool operator==(const DistanceCeilingAttention&) const = default;
};
using AttentionForm = std::variant<FullAttention, LambdaAttention, LambdaMaskAttention, DistanceCeilingAttention>;

// full | lm-infinite[:WINDOW,STARTING[,TOPK,FROM_LAYER]] | lm-infinite-mask[:WINDOW,STARTING] |
// lm-infinite-ceiling[:WINDOW]. WINDOW is the trained length, STARTING 10 and TOPK off where they are not given. Usage
// error for anything else.
[[nodiscard]] Result<AttentionForm> parseAttention(std::string_view text, std::int64_t trainedLength);
// The same words back, every number given.
[[nodiscard]] std::string attentionText(const AttentionForm& form);

} // namespace ropescope
