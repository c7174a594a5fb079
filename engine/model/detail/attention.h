// Which keys a query sees: the attention form as the networks use it. A form owns rotation and cache, because
// forms differ in both (full attention caches rotated keys; LM-Infinite keeps them unrotated).
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>

#include "engine/detail/torch.h"
#include "engine/model/detail/block_math.h"
#include "engine/model/language_model.h"

namespace ropescope::detail {

// What every form needs to know of the batch it serves, whose sequences have equal lengths.
struct AttentionBatch {
    RotarySource& rotary; // outlives the attention
    int layers = 0;
    at::ScalarType type = at::kFloat;
    at::Device device = at::kCPU;
    const ModelConfig* model = nullptr; // whose sliding window full attention keeps to; null: none. Outlives the form

    [[nodiscard]] RotaryTables tables(std::int64_t first, std::int64_t count) const {
        return rotary.tables(first, count, type, device);
    }
};

// The attention of one batch of sequences while it is read: prefill alone, or prefill and decoding with a
// cache. Not thread-safe.
class Attention {
public:
    virtual ~Attention() = default;

    // Announces that the next `count` positions come through all layers. Called once per forward pass.
    virtual void begin(std::int64_t count) = 0;
    // One layer's output [batch, count, heads * head_dim] from its unrotated queries [batch, count, heads,
    // head_dim] and unrotated keys and values [batch, count, kv_heads, head_dim].
    [[nodiscard]] virtual at::Tensor attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                            const BlockMath& math, const std::stop_token& stop) = 0;
};

// An attention that remembers: what decoding uses.
class CachedAttention : public Attention {
public:
    // Positions in the cache.
    [[nodiscard]] virtual std::int64_t length() const = 0;
    // Forgets all positions from `length` on (also those of a pass that broke off half-way).
    virtual void truncate(std::int64_t length) = 0;
};

// Attention for one forward pass over whole sequences: keeps nothing between layers.
[[nodiscard]] std::unique_ptr<Attention> makeAttention(const AttentionForm& form, const AttentionBatch& batch);
[[nodiscard]] std::unique_ptr<CachedAttention> makeCachedAttention(const AttentionForm& form,
                                                                   const AttentionBatch& batch);

} // namespace ropescope::detail
