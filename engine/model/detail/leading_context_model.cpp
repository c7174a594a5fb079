#include "engine/model/detail/leading_context_model.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/inference_math.h"

namespace ropescope::detail {
namespace {

constexpr const char* memoryAdvice = "choose a shorter context, --dtype bf16 or a machine with more memory";

void requireRest(std::size_t length, std::size_t context, std::size_t least) {
    if (length < context + least)
        raise(usageError(fmt::format("the first {} tokens go to the encoder: a sequence needs at least {}, this one "
                                     "has {}",
                                     context, context + least, length)));
}

// Chunks side by side, padded to the longest.
ContextIds paddedIds(const Context& context, int vocabulary, at::Device device) {
    const auto chunks = static_cast<std::int64_t>(context.chunks.size());
    std::size_t longest = 0;
    for (const std::vector<TokenId>& chunk : context.chunks)
        longest = std::max(longest, chunk.size());
    const auto positions = static_cast<std::int64_t>(longest);
    const at::Tensor ids = at::zeros({1, chunks, positions}, at::kLong);
    const at::Tensor real = at::zeros({1, chunks, positions}, at::kBool);
    auto* out = ids.data_ptr<std::int64_t>();
    auto* isReal = real.data_ptr<bool>();
    bool padded = false;
    for (std::size_t index = 0; index < context.chunks.size(); ++index) {
        const std::vector<TokenId>& chunk = context.chunks[index];
        if (chunk.empty())
            raise(inputError("context", fmt::format("chunk {}", index), "at least one token", "none"));
        for (std::size_t at = 0; at < chunk.size(); ++at) {
            if (chunk[at] < 0 || chunk[at] >= vocabulary)
                raise(inputError("context", fmt::format("chunk {}, token {}", index, at),
                                 fmt::format("an id from 0 to {} (the encoder's vocabulary)", vocabulary - 1),
                                 fmt::format("{}", chunk[at])));
            out[index * longest + at] = chunk[at];
            isReal[index * longest + at] = true;
        }
        padded = padded || chunk.size() < longest;
    }
    return {ids.to(device), padded ? real.to(device) : at::Tensor()};
}

} // namespace

std::shared_ptr<CepeNetwork> cepeNetwork(const TorchLanguageModel* model) {
    auto network = model ? std::dynamic_pointer_cast<CepeNetwork>(model->sharedNetwork()) : nullptr;
    if (!network)
        raise(usageError("this model reads no context: it has no encoder (or has a context already); a CEPE folder is "
                         "needed"));
    return network;
}

std::shared_ptr<TorchLanguageModel> modelInContext(const TorchLanguageModel& model, const Context& context,
                                                   ContextKeyMemory memory, const std::stop_token& stop) {
    const std::shared_ptr<CepeNetwork> network = cepeNetwork(&model);
    if (context.chunks.empty())
        raise(usageError("an empty context: leave it out, or give at least one token"));
    const at::NoGradGuard noGraph;
    const ComputeDevice& device = model.device();
    const BlockMath& math = inferenceMath(device.device);
    EncodedContext encoded = network->encoder().encode(
        paddedIds(context, network->encoder().vocabulary(), device.device), math, device.type, stop);
    return std::make_shared<TorchLanguageModel>(
        model.config(), device, std::make_shared<NetworkInContext>(network, std::move(encoded), memory, math),
        model.parameters());
}

namespace {

// Gathers what goes to the encoder, then decodes behind it.
class LeadingContextSession final : public DecodingSession {
public:
    using Binder = std::function<std::shared_ptr<TorchLanguageModel>(std::span<const TokenId>, const std::stop_token&)>;

    LeadingContextSession(Binder binder, std::size_t context, FactorSet factors, AttentionForm form)
        : m_binder(std::move(binder)), m_context(context), m_factors(std::move(factors)), m_form(std::move(form)) {}

    Outcome<std::vector<float>> feed(std::span<const TokenId> ids, const RunControl& control) override {
        return guarded<std::vector<float>>(memoryAdvice, [&] {
            std::vector<TokenId> all = m_ids;
            all.insert(all.end(), ids.begin(), ids.end());
            requireRest(all.size(), m_context, 1);
            if (!m_session) {
                m_model = m_binder(all, control.stop);
                m_session = m_model->startDecoding(m_factors, m_form);
            }
            const auto decoded = m_context + static_cast<std::size_t>(m_session->length());
            Outcome<std::vector<float>> outcome = m_session->feed(std::span(all).subspan(decoded), control);
            if (std::holds_alternative<Cancelled>(outcome))
                throw StopNoticed{};
            if (auto* error = std::get_if<Error>(&outcome))
                raise(std::move(*error));
            m_ids = std::move(all);
            return std::get<std::vector<float>>(std::move(outcome));
        });
    }

    std::int64_t length() const override { return static_cast<std::int64_t>(m_ids.size()); }

    Result<void> truncate(std::int64_t length) override {
        if (length < 0 || length > this->length())
            return fail(usageError(fmt::format("can't shorten a sequence of {} tokens to {}", this->length(), length)));
        const auto kept = static_cast<std::size_t>(length);
        if (kept < m_context)
            m_session.reset();
        else if (m_session)
            if (auto done = m_session->truncate(static_cast<std::int64_t>(kept - m_context)); !done)
                return done;
        m_ids.resize(kept);
        return {};
    }

private:
    Binder m_binder;
    std::size_t m_context;
    FactorSet m_factors;
    AttentionForm m_form;
    std::vector<TokenId> m_ids;
    std::shared_ptr<TorchLanguageModel> m_model; // with the context, from the first feed on
    std::unique_ptr<DecodingSession> m_session;
};

} // namespace

LeadingContextModel::LeadingContextModel(std::shared_ptr<TorchLanguageModel> model, std::int64_t tokens,
                                         std::int64_t chunk)
    : m_model(std::move(model)), m_tokens(static_cast<std::size_t>(tokens)), m_chunk(chunk) {}

std::shared_ptr<TorchLanguageModel> LeadingContextModel::reading(std::span<const TokenId> ids, ContextKeyMemory memory,
                                                                 const std::stop_token& stop) const {
    return modelInContext(*m_model, inChunks(ids.first(m_tokens), m_chunk), memory, stop);
}

Outcome<std::vector<std::vector<float>>> LeadingContextModel::tokenNll(std::span<const NllQuery> queries,
                                                                       const AttentionForm& attention,
                                                                       const RunControl& control) {
    return guarded<std::vector<std::vector<float>>>(memoryAdvice, [&] {
        for (const NllQuery& query : queries)
            requireRest(query.ids.size(), m_tokens, 2);
        std::vector<std::vector<float>> result;
        while (result.size() < queries.size()) {
            // Queries of one context, such as a window under several factor sets, are answered together.
            const auto context = queries[result.size()].ids.first(m_tokens);
            std::vector<NllQuery> group;
            for (std::size_t next = result.size(); next < queries.size(); ++next) {
                if (!std::ranges::equal(context, queries[next].ids.first(m_tokens)))
                    break;
                group.push_back({queries[next].ids.subspan(m_tokens), queries[next].factors});
            }
            const auto model = reading(context, ContextKeyMemory::recomputed, control.stop);
            auto outcome = model->tokenNll(group, attention, control);
            if (std::holds_alternative<Cancelled>(outcome))
                throw StopNoticed{};
            if (auto* error = std::get_if<Error>(&outcome))
                raise(std::move(*error));
            for (const std::vector<float>& decoded : std::get<0>(outcome)) {
                std::vector<float>& all = result.emplace_back(m_tokens, std::numeric_limits<float>::quiet_NaN());
                all.insert(all.end(), decoded.begin(), decoded.end());
            }
        }
        return result;
    });
}

std::unique_ptr<DecodingSession> LeadingContextModel::startDecoding(const FactorSet& factors,
                                                                    const AttentionForm& attention) {
    return std::make_unique<LeadingContextSession>(
        [this](std::span<const TokenId> ids, const std::stop_token& stop) {
            return reading(ids, ContextKeyMemory::kept, stop);
        },
        m_tokens, factors, attention);
}

Outcome<NllGradient> LeadingContextModel::nllGradient(std::span<const TokenId> ids, const FactorSet& factors,
                                                      const AttentionForm& attention, const RunControl& control) {
    return guarded<NllGradient>(memoryAdvice, [&] {
        requireRest(ids.size(), m_tokens, 2);
        auto outcome = reading(ids, ContextKeyMemory::recomputed, control.stop)
                           ->nllGradient(ids.subspan(m_tokens), factors, attention, control);
        if (std::holds_alternative<Cancelled>(outcome))
            throw StopNoticed{};
        if (auto* error = std::get_if<Error>(&outcome))
            raise(std::move(*error));
        return std::get<NllGradient>(std::move(outcome));
    });
}

} // namespace ropescope::detail
