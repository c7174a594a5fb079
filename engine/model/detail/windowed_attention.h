// LM-Infinite (arXiv 2308.16137) and its two halves taken alone: a near branch (the last `window` keys at their true
// distance) and a far branch (some older keys), blockwise under one softmax.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/model/detail/attention.h"

namespace ropescope::detail {

// At which distance far keys are seen: never beyond the window, or where they are.
enum class FarDistance { ceiling, actual };

// Query i, key j, t = i - j: near where 0 <= t < window; far where t >= window and j < farKeys.
struct WindowedRules {
    std::int64_t window = 0;
    std::int64_t farKeys = 0; // the starting keys, or allKeys
    FarDistance distance = FarDistance::ceiling;
    // The topK best-scoring middle keys (older than the window, not starting) join for the last query of a pass, seen
    // at distance window / 2, in layers topKFromLayer and up, each query head on its own.
    int topK = 0;
    int topKFromLayer = 0;

    static constexpr std::int64_t allKeys = INT64_MAX;
    [[nodiscard]] bool keepsEveryKey() const { return farKeys == allKeys || topK > 0; }
};

// Time and memory linear in length (unless every older key is a far key). Keys are kept unrotated: a far key is seen at
// position 0 by a query at position `window`, so one cached key serves both branches. Differentiable. Not thread-safe.
class WindowedAttention final : public CachedAttention {
public:
    // What is remembered for later passes: the starting keys and at least the last window; every key where the rules
    // need them. Truncation works back to where the window is still whole, and always to 0.
    WindowedAttention(const WindowedRules& rules, const AttentionBatch& batch, bool remembers);

    void begin(std::int64_t count) override;
    [[nodiscard]] at::Tensor attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                    const BlockMath& math, const std::stop_token& stop) override;
    [[nodiscard]] std::int64_t length() const override { return m_length; }
    void truncate(std::int64_t length) override;

private:
    // Keys and values [batch, positions, kv_heads, head_dim], keys unrotated.
    struct Stretch {
        std::int64_t first = 0; // absolute position of the first entry
        at::Tensor keys, values;

        [[nodiscard]] std::int64_t end() const { return keys.defined() ? first + keys.size(1) : first; }
        [[nodiscard]] Stretch between(std::int64_t from, std::int64_t to) const;
    };
    // One layer's memory. While tail.first is 0 the starting keys are the tail's own.
    struct LayerMemory {
        Stretch start;
        Stretch tail;
    };
    struct LayerView;

    [[nodiscard]] at::Tensor blockOutput(const LayerView& view, std::int64_t first, std::int64_t end,
                                         bool withTopK) const;
    void remember(LayerMemory& memory, const Stretch& all) const;
    [[nodiscard]] std::int64_t rowsPerBlock(const LayerView& view) const;

    WindowedRules m_rules;
    AttentionBatch m_batch;
    bool m_remembers;
    std::int64_t m_length = 0;    // positions remembered, those of the pass under way included
    std::int64_t m_passFirst = 0; // first position of the pass under way
    std::int64_t m_nearFirst = 0; // position of m_near's first row
    std::vector<LayerMemory> m_memory;
    RotaryTables m_near;    // every position that a near key or query of this pass can have
    RotaryTables m_start;   // the starting keys' positions, for actual distances
    RotaryTables m_ceiling; // position window
    RotaryTables m_middle;  // position window / 2
    RotaryTables m_origin;  // position 0: the attention factor alone
};

} // namespace ropescope::detail
