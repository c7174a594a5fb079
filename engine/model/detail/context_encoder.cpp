#include "engine/model/detail/context_encoder.h"

#include <algorithm>
#include <array>
#include <limits>

#include "engine/model/detail/failure.h"
#include "engine/model/detail/flash.h"

namespace ropescope::detail {
namespace {

constexpr std::int64_t groupTokens = 4096; // encoded at once without gradients

class InBothDirections final : public Attention {
public:
    InBothDirections(RotaryTables tables, at::Tensor mask) : m_tables(std::move(tables)), m_mask(std::move(mask)) {}
    void begin(std::int64_t) override {}
    at::Tensor attend(int, at::Tensor query, at::Tensor key, at::Tensor value, const BlockMath& math,
                      const std::stop_token& stop) override {
        query = math.rotate(std::move(query), m_tables);
        key = math.rotate(std::move(key), m_tables);
        throwIfStopped(stop);
        return maskedAttention(query, key, value, m_mask).flatten(-2);
    }

private:
    RotaryTables m_tables;
    at::Tensor m_mask;
};

at::Tensor maskOfRows(const ContextIds& context, at::ScalarType type) {
    return context.real.defined() ? paddingMask(context.real.flatten(0, 1), type) : at::Tensor();
}

at::Tensor maskOfTokens(const ContextIds& context, at::ScalarType type) {
    return context.real.defined() ? paddingMask(context.real.flatten(1, 2), type) : at::Tensor();
}

// [rows, positions, hidden] to [batch, tokens, hidden].
at::Tensor byBatch(const at::Tensor& rows, std::int64_t batch) {
    return rows.flatten(0, 1).unflatten(0, {batch, -1});
}

} // namespace

std::unique_ptr<Attention> attentionInBothDirections(RotaryTables tables, at::Tensor mask) {
    return std::make_unique<InBothDirections>(std::move(tables), std::move(mask));
}

at::Tensor paddingMask(const at::Tensor& real, at::ScalarType type) {
    if (!real.defined())
        return {};
    const double lowest = type == at::kBFloat16 ? static_cast<float>(std::numeric_limits<at::BFloat16>::lowest())
                                                : std::numeric_limits<float>::lowest();
    return at::zeros(real.sizes(), real.options().dtype(type)).masked_fill_(real.logical_not(), lowest);
}

ContextEncoder::ContextEncoder(const CrossAttentionConfig& config, WeightLoader& loader)
    : m_config(config.encoder), m_statesRead(config.severalStates ? std::max(1, config.layers) : 1),
      m_paddingId(config.paddingId.value_or(-1)),
      m_stack(loadStack(config.encoder, bindingOf(config.encoder.architecture), "encoder.", loader)) {}

at::Tensor ContextEncoder::embed(const at::Tensor& rows) const {
    return at::embedding(m_stack.embedding.weight, rows, m_paddingId);
}

at::Tensor ContextEncoder::layer(int index, at::Tensor hidden, const ForwardPass& pass) const {
    const DecoderBlock& weights = m_stack.blocks[static_cast<std::size_t>(index)];
    hidden = addSelfAttention(std::move(hidden), weights.inputNorm, weights.attention, index, pass);
    return addGatedMlp(std::move(hidden), weights.postAttentionNorm, weights.mlp, pass);
}

at::Tensor ContextEncoder::finalNorm(const at::Tensor& hidden, const BlockMath& math) const {
    return math.rmsNorm(hidden, m_stack.finalNorm);
}

std::unique_ptr<Attention> ContextEncoder::attention(const at::Tensor& mask, std::int64_t positions,
                                                     at::ScalarType type, at::Device device) const {
    const FactorSet factors = configuredFactors(m_config, positions);
    const std::array sets{&factors};
    return attentionInBothDirections(FactorRotary(m_config.rope, sets).tables(0, positions, type, device), mask);
}

EncodedContext ContextEncoder::encode(const ContextIds& context, const BlockMath& math, at::ScalarType type,
                                      const std::stop_token& stop) const {
    const at::NoGradGuard noGraph;
    const at::Tensor rows = context.ids.flatten(0, 1);
    const at::Tensor mask = maskOfRows(context, type);
    const std::int64_t positions = rows.size(1);
    const std::int64_t group = std::max<std::int64_t>(1, groupTokens / positions);
    const int firstRead = layers() + 1 - m_statesRead;
    std::vector<std::vector<at::Tensor>> parts(static_cast<std::size_t>(m_statesRead));
    for (std::int64_t first = 0; first < rows.size(0); first += group) {
        const std::int64_t count = std::min(group, rows.size(0) - first);
        const std::unique_ptr<Attention> within =
            attention(mask.defined() ? mask.narrow(0, first, count) : mask, positions, type, rows.device());
        at::Tensor hidden = embed(rows.narrow(0, first, count)).to(type);
        for (int state = 0; state < layers(); ++state) {
            throwIfStopped(stop);
            if (state >= firstRead)
                parts[static_cast<std::size_t>(state - firstRead)].push_back(hidden.clone());
            hidden = layer(state, std::move(hidden), {math, *within, stop});
        }
        parts.back().push_back(finalNorm(hidden, math));
    }
    EncodedContext encoded;
    encoded.mask = maskOfTokens(context, type);
    for (const std::vector<at::Tensor>& state : parts)
        encoded.states.push_back(byBatch(at::cat(state), context.ids.size(0)));
    return encoded;
}

EncoderPass::EncoderPass(const ContextEncoder& encoder, const ContextIds& context, const BlockMath& math,
                         at::ScalarType type, std::stop_token stop)
    : m_encoder(encoder), m_math(math), m_stop(std::move(stop)), m_positions(context.ids.size(2)) {
    const at::Tensor rows = context.ids.flatten(0, 1);
    m_attention = encoder.attention(maskOfRows(context, type), m_positions, type, rows.device());
    {
        const at::AutoGradMode recording(true);
        m_embedded = encoder.embed(rows).to(type);
    }
    const at::NoGradGuard noGraph;
    m_inputs.push_back(m_embedded.detach());
    for (int index = 0; index < encoder.layers(); ++index) {
        throwIfStopped(m_stop);
        m_inputs.push_back(encoder.layer(index, m_inputs.back(), {math, *m_attention, m_stop}));
    }
    m_context.mask = maskOfTokens(context, type);
    for (std::int64_t index = firstStateRead(); index <= encoder.layers(); ++index) {
        const at::Tensor& input = m_inputs[static_cast<std::size_t>(index)];
        const at::Tensor state = index == encoder.layers() ? encoder.finalNorm(input, math) : input;
        m_context.states.push_back(byBatch(state, context.ids.size(0)).detach().requires_grad_(true));
    }
}

at::Tensor EncoderPass::collected(std::int64_t index) const {
    if (index < firstStateRead())
        return {};
    const at::Tensor& gradient = m_context.states[static_cast<std::size_t>(index - firstStateRead())].grad();
    return gradient.defined() ? gradient.flatten(0, 1).unflatten(0, {-1, m_positions}) : gradient;
}

void EncoderPass::backward() {
    at::Tensor gradient = collected(m_encoder.layers());
    if (!gradient.defined())
        return;
    // From d loss / d output of `function` at a layer's input to d loss / d that input; weights collect theirs.
    const auto through = [&](const std::function<at::Tensor(const at::Tensor&)>& function) {
        throwIfStopped(m_stop);
        const at::AutoGradMode recording(true);
        const at::Tensor input = m_inputs.back().detach().requires_grad_(true);
        m_inputs.pop_back();
        torch::autograd::backward({function(input)}, {gradient});
        gradient = input.grad();
    };
    through([&](const at::Tensor& hidden) { return m_encoder.finalNorm(hidden, m_math); });
    for (int index = m_encoder.layers() - 1; index >= 0; --index) {
        through([&](const at::Tensor& hidden) {
            return m_encoder.layer(index, hidden, {m_math, *m_attention, m_stop});
        });
        if (const at::Tensor own = collected(index); own.defined())
            gradient = gradient + own;
    }
    if (m_embedded.requires_grad())
        torch::autograd::backward({m_embedded}, {gradient});
}

} // namespace ropescope::detail
