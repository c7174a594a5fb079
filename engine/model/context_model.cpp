#include "engine/model/context_model.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/leading_context_model.h"

namespace ropescope {

std::int64_t Context::tokens() const {
    std::size_t count = 0;
    for (const std::vector<TokenId>& chunk : chunks)
        count += chunk.size();
    return static_cast<std::int64_t>(count);
}

Context inChunks(std::span<const TokenId> ids, std::int64_t chunk) {
    const std::size_t size = static_cast<std::size_t>(std::max<std::int64_t>(1, chunk));
    Context context;
    for (std::size_t first = 0; first < ids.size(); first += size) {
        const auto part = ids.subspan(first, std::min(size, ids.size() - first));
        context.chunks.emplace_back(part.begin(), part.end());
    }
    return context;
}

bool readsContext(const LanguageModel& model) {
    return model.config().crossAttention != nullptr;
}

Outcome<std::shared_ptr<LanguageModel>> withContext(const std::shared_ptr<LanguageModel>& model, const Context& context,
                                                    const RunControl& control) {
    using Model = std::shared_ptr<LanguageModel>;
    return detail::guarded<Model>("choose a shorter context or --dtype bf16", [&]() -> Model {
        const auto* const plain = dynamic_cast<const detail::TorchLanguageModel*>(model.get());
        (void)detail::cepeNetwork(plain);
        return detail::modelInContext(*plain, context, detail::ContextKeyMemory::kept, control.stop);
    });
}

Result<std::shared_ptr<LanguageModel>> withLeadingContext(const std::shared_ptr<LanguageModel>& model,
                                                          std::int64_t tokens, std::int64_t chunk) {
    using Model = std::shared_ptr<LanguageModel>;
    if (tokens < 1 || chunk < 1)
        return fail(
            usageError(fmt::format("a context of at least 1 token in chunks of at least 1 is needed, got {} and "
                                   "{}",
                                   tokens, chunk)));
    Outcome<Model> outcome = detail::guarded<Model>("", [&]() -> Model {
        auto plain = std::dynamic_pointer_cast<detail::TorchLanguageModel>(model);
        (void)detail::cepeNetwork(plain.get());
        return std::make_shared<detail::LeadingContextModel>(std::move(plain), tokens, chunk);
    });
    if (auto* error = std::get_if<Error>(&outcome))
        return fail(std::move(*error));
    return std::get<Model>(std::move(outcome));
}

} // namespace ropescope
