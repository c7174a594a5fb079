#include <optional>

#include <fmt/format.h>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/inference_math.h"
#include "engine/model/detail/torch_language_model.h"
#include "engine/model/detail/vocabulary_head.h"

namespace ropescope::detail {
namespace {

class TorchDecodingSession final : public DecodingSession {
public:
    TorchDecodingSession(const TorchLanguageModel& model, const FactorSet& factors, AttentionForm form)
        : m_model(model), m_factors(factors), m_form(std::move(form)) {}

    Outcome<std::vector<float>> feed(std::span<const TokenId> ids, const RunControl& control) override {
        const std::int64_t before = length();
        Outcome<std::vector<float>> outcome =
            guarded<std::vector<float>>("choose a shorter length or --dtype bf16", [&] { return read(ids, control); });
        if (!std::holds_alternative<std::vector<float>>(outcome) && m_attention)
            m_attention->truncate(before);
        return outcome;
    }

    std::int64_t length() const override { return m_attention ? m_attention->length() : 0; }

    Result<void> truncate(std::int64_t length) override {
        if (length < 0 || length > this->length())
            return fail(usageError(fmt::format("can't shorten a sequence of {} tokens to {}", this->length(), length)));
        const Outcome<bool> done = guarded<bool>("", [&] {
            if (m_attention)
                m_attention->truncate(length);
            return true;
        });
        if (const Error* error = std::get_if<Error>(&done))
            return fail(*error);
        return {};
    }

private:
    std::vector<float> read(std::span<const TokenId> ids, const RunControl& control) {
        const c10::InferenceMode inference;
        if (ids.empty())
            raise(usageError("nothing to feed: at least one token is needed"));
        m_model.noteWindow(m_form, length() + static_cast<std::int64_t>(ids.size()));
        const Network& network = m_model.network();
        const ComputeDevice& device = m_model.device();
        if (!m_attention) {
            checkFactors(m_model.config(), m_factors);
            const FactorSet* const set = &m_factors;
            m_rotary.emplace(m_model.config().rope, std::span(&set, 1));
            m_attention = makeCachedAttention(
                m_form, {*m_rotary, network.layers(), device.type, device.device, &m_model.config()});
        }
        const at::Tensor input = idTensor(m_model.config(), ids).to(device.device);
        const BlockMath& math = inferenceMath(device.device);
        const at::Tensor hidden = runLayers(network, network.embed(input), {math, *m_attention, control.stop});
        const at::Tensor last = logits(network, hidden[0].narrow(0, hidden.size(1) - 1, 1), math).cpu().contiguous();
        return {last.data_ptr<float>(), last.data_ptr<float>() + last.numel()};
    }

    const TorchLanguageModel& m_model;
    FactorSet m_factors;
    std::optional<FactorRotary> m_rotary;
    AttentionForm m_form;
    std::unique_ptr<CachedAttention> m_attention; // from the first feed on
};

} // namespace

std::unique_ptr<DecodingSession> makeDecodingSession(const TorchLanguageModel& model, const FactorSet& factors,
                                                     const AttentionForm& attention) {
    return std::make_unique<TorchDecodingSession>(model, factors, attention);
}

} // namespace ropescope::detail
