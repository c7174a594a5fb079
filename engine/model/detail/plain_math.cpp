#include "engine/model/detail/block_math.h"
#include "engine/model/detail/failure.h"

namespace ropescope::detail {
namespace {

class PlainMath final : public BlockMath {
public:
    at::Tensor rmsNorm(const at::Tensor& x, const RmsNorm& norm) const override {
        const at::Tensor wide = x.to(at::kFloat);
        const at::Tensor scale = at::rsqrt(wide.square().mean(-1, true) + norm.epsilon);
        return (wide * scale * norm.weight).to(x.scalar_type());
    }

    at::Tensor layerNorm(const at::Tensor& x, const LayerNorm& norm) const override {
        return at::layer_norm(x.to(at::kFloat), {x.size(-1)}, norm.weight, norm.bias, norm.epsilon).to(x.scalar_type());
    }

    at::Tensor add(at::Tensor x, const at::Tensor& y) const override { return x + y; }

    at::Tensor rotate(at::Tensor x, const RotaryTables& tables) const override {
        const std::int64_t pairs = tables.cosine.size(-1);
        const at::Tensor first = x.narrow(-1, 0, pairs);
        const at::Tensor second = x.narrow(-1, pairs, pairs);
        return at::cat({first * tables.cosine - second * tables.sine, second * tables.cosine + first * tables.sine,
                        x.narrow(-1, 2 * pairs, x.size(-1) - 2 * pairs)},
                       -1);
    }

    at::Tensor gatedSilu(const at::Tensor& gateUp) const override {
        const std::int64_t width = gateUp.size(-1) / 2;
        return at::silu(gateUp.narrow(-1, 0, width)) * gateUp.narrow(-1, width, width);
    }

    at::Tensor linear(const at::Tensor& x, const Linear& layer) const override {
        return at::linear(x, layer.weight, layer.bias);
    }

    at::Tensor addLinear(at::Tensor residual, const at::Tensor& x, const Linear& layer) const override {
        return residual + linear(x, layer);
    }

    at::Tensor byRows(at::Tensor x, const std::stop_token& stop,
                      const std::function<at::Tensor(at::Tensor)>& body) const override {
        throwIfStopped(stop);
        return body(x.flatten(0, -2)).view_as(x);
    }

    at::Tensor tokenNll(const at::Tensor& logits, const at::Tensor& targets) const override {
        const at::Tensor wide = logits.to(at::kFloat);
        return at::logsumexp(wide, 1) - wide.gather(1, targets.unsqueeze(1)).squeeze(1);
    }
};

} // namespace

const BlockMath& plainMath() {
    static const PlainMath math;
    return math;
}

} // namespace ropescope::detail
