#include "engine/model/detail/attention.h"

#include <fmt/format.h>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/full_attention.h"
#include "engine/model/detail/sliding_attention.h"
#include "engine/model/detail/windowed_attention.h"

namespace ropescope::detail {
namespace {

void requirePositive(const char* what, std::int64_t value) {
    if (value < 1)
        raise(usageError(fmt::format("LM-Infinite's {} must be at least 1, got {}", what, value)));
}

WindowedRules rulesOf(const LambdaAttention& form) {
    requirePositive("window", form.window);
    if (form.starting < 0 || form.topK < 0 || form.topKFromLayer < 0)
        raise(
            usageError(fmt::format("LM-Infinite's starting tokens ({}), top-k ({}) and first top-k layer ({}) must not "
                                   "be negative",
                                   form.starting, form.topK, form.topKFromLayer)));
    return {form.window, form.starting, FarDistance::ceiling, form.topK, form.topKFromLayer};
}

WindowedRules rulesOf(const LambdaMaskAttention& form) {
    requirePositive("window", form.window);
    if (form.starting < 0)
        raise(usageError(fmt::format("LM-Infinite's starting tokens must not be negative, got {}", form.starting)));
    return {form.window, form.starting, FarDistance::actual};
}

WindowedRules rulesOf(const DistanceCeilingAttention& form) {
    requirePositive("ceiling", form.window);
    return {form.window, WindowedRules::allKeys, FarDistance::ceiling};
}

} // namespace

std::unique_ptr<Attention> makeAttention(const AttentionForm& form, const AttentionBatch& batch) {
    return std::visit(
        [&]<class Form>(const Form& chosen) -> std::unique_ptr<Attention> {
            if constexpr (std::is_same_v<Form, FullAttention>) {
                if (batch.model && batch.model->slidingWindow)
                    return std::make_unique<SlidingAttentionPass>(batch);
                return std::make_unique<FullAttentionPass>(batch);
            } else
                return std::make_unique<WindowedAttention>(rulesOf(chosen), batch, false);
        },
        form);
}

std::unique_ptr<CachedAttention> makeCachedAttention(const AttentionForm& form, const AttentionBatch& batch) {
    return std::visit(
        [&]<class Form>(const Form& chosen) -> std::unique_ptr<CachedAttention> {
            if constexpr (std::is_same_v<Form, FullAttention>) {
                if (batch.model && batch.model->slidingWindow)
                    return std::make_unique<CachedSlidingAttention>(batch);
                return std::make_unique<CachedFullAttention>(batch);
            } else
                return std::make_unique<WindowedAttention>(rulesOf(chosen), batch, true);
        },
        form);
}

} // namespace ropescope::detail
