#include "engine/model/detail/kernel_check.h"

#include <array>
#include <limits>
#include <random>

#include <fmt/format.h>

#include "engine/model/detail/failure.h"

namespace ropescope::detail {
namespace {

constexpr float infinite = std::numeric_limits<float>::infinity();
constexpr float notANumber = std::numeric_limits<float>::quiet_NaN();
constexpr std::array kernelNames = {"rms_norm", "rotary", "gated_silu", "token_nll"};
constexpr std::array typeNames = {"fp32", "bf16"};
static_assert(kernelNames.size() * typeNames.size() == kernelCount);

// A few units in the last place of the result's type, after a sum over a row.
double tolerance(at::ScalarType result) {
    return result == at::kBFloat16 ? 0x1p-7 : 2e-5;
}

std::size_t verdictIndex(Kernel kernel, at::ScalarType type) {
    return 2 * static_cast<std::size_t>(kernel) + (type == at::kBFloat16 ? 1 : 0);
}

at::Tensor randomTensor(at::IntArrayRef sizes, float spread, unsigned seed) {
    at::Tensor tensor = at::empty(sizes, at::kFloat);
    std::mt19937 generator(seed);
    std::normal_distribution<float> normal(0, spread);
    float* const values = tensor.data_ptr<float>();
    for (std::int64_t i = 0; i < tensor.numel(); ++i)
        values[i] = normal(generator);
    return tensor;
}

// The same question to a kernel in its own type and to the plain formula in float32: numbers that the type can hold.
class Examiner {
public:
    Examiner(const BlockMath& fused, at::Device device, at::ScalarType type)
        : m_fused(fused), m_device(device), m_type(type) {}

    double rmsNorm() const {
        at::Tensor x = randomTensor({3, 37, 1037}, 3, 1);
        x[0][0].zero_();
        x[0][1].mul_(1e15F);
        x[0][2].mul_(1e-15F);
        x[0][3][5] = 1e4F;
        const RmsNorm wide{randomTensor({1037}, 1, 2).to(m_device), 1e-5, {}};
        const RmsNorm head{randomTensor({40}, 1, 3).to(m_device), 1e-6, {}};
        // Heads as they lie among stacked projections.
        const at::Tensor stacked = randomTensor({2, 37, 320}, 2, 4);
        const auto heads = [](const at::Tensor& all) { return all.narrow(-1, 40, 160).unflatten(-1, {4, 40}); };
        return std::max(compare(x, [&](const BlockMath& math, const at::Tensor& in) { return math.rmsNorm(in, wide); }),
                        compare(stacked, [&](const BlockMath& math, const at::Tensor& in) {
                            return math.rmsNorm(heads(in), head);
                        }));
    }

    // Several sequences with tables of their own, dims beyond the rotary pairs, heads of very different sizes.
    double rotate() const {
        at::Tensor x = randomTensor({2, 67, 3, 40}, 2, 5);
        x.select(2, 1).mul_(1e18F);
        x.select(2, 2).mul_(1e-18F);
        const at::Tensor angles = randomTensor({2, 67, 1, 18}, 3, 6);
        const RotaryTables tables{onDevice(angles.cos() * 1.2F), onDevice(angles.sin() * 1.2F)};
        const auto turned = [&](const BlockMath& math, const at::Tensor& in) {
            const bool plain = in.scalar_type() == at::kFloat;
            return math.rotate(in.clone(),
                               plain ? RotaryTables{tables.cosine.to(at::kFloat), tables.sine.to(at::kFloat)} : tables);
        };
        return compare(x, turned, x.abs().amax(-1, true));
    }

    double gatedSilu() const {
        constexpr std::int64_t width = 1037;
        at::Tensor x = randomTensor({37, 2 * width}, 4, 7);
        const std::array extremes = {1e30F, -1e30F, 200.0F, -200.0F, 88.5F, -88.5F, 0.0F, notANumber};
        for (std::size_t i = 0; i < extremes.size(); ++i) {
            x[0][static_cast<std::int64_t>(i)] = extremes[i];
            x[0][width + static_cast<std::int64_t>(i)] = 1;
        }
        return compare(x, [](const BlockMath& math, const at::Tensor& in) { return math.gatedSilu(in); });
    }

    double tokenNll() const {
        at::Tensor x = randomTensor({7, 20011}, 5, 8);
        x[0][17] = 90;    // a certain token
        x[1][0] = -1e30F; // an impossible one
        x[2][5] = notANumber;
        x[3].fill_(4);        // all alike
        x[4][17] = -infinite; // the wanted one is impossible
        const at::Tensor targets = at::full({7}, 17, at::kLong).to(m_device);
        return compare(x, [&](const BlockMath& math, const at::Tensor& in) { return math.tokenNll(in, targets); });
    }

private:
    at::Tensor onDevice(const at::Tensor& x) const { return x.to(m_device, m_type); }

    // `size`: what a difference is measured against; the expected value itself where undefined.
    template <class Question>
    double compare(const at::Tensor& input, const Question& question, const at::Tensor& size = {}) const {
        const at::Tensor narrow = onDevice(input);
        const at::Tensor expected = question(plainMath(), narrow.to(at::kFloat));
        const at::Tensor found = question(m_fused, narrow).to(at::kFloat);
        const at::Tensor scale = size.defined() ? size.to(m_device) : at::abs(expected) + 1;
        const at::Tensor alike = (found == expected).logical_or(at::isnan(found).logical_and(at::isnan(expected)));
        const at::Tensor difference = at::where(alike, 0.0, at::abs(found - expected) / scale);
        return at::where(at::isnan(difference), infinite, difference).max().item<double>();
    }

    const BlockMath& m_fused;
    at::Device m_device;
    at::ScalarType m_type;
};

double examine(const Examiner& examiner, Kernel kernel) {
    try {
        switch (kernel) {
        case Kernel::rmsNorm:
            return examiner.rmsNorm();
        case Kernel::rotate:
            return examiner.rotate();
        case Kernel::gatedSilu:
            return examiner.gatedSilu();
        case Kernel::tokenNll:
            return examiner.tokenNll();
        }
    } catch (const EngineFailure&) { // a kernel that doesn't run isn't used: the difference says so
    } catch (const std::exception&) {
    }
    return infinite;
}

class SelectedMath final : public BlockMath {
public:
    SelectedMath(const BlockMath& fused, const std::vector<KernelVerdict>& verdicts) : m_fused(fused) {
        for (std::size_t i = 0; i < m_chosen.size(); ++i)
            m_chosen[i] = verdicts.at(i).used ? &fused : &plainMath();
    }

    at::Tensor rmsNorm(const at::Tensor& x, const RmsNorm& norm) const override {
        return chosen(Kernel::rmsNorm, x).rmsNorm(x, norm);
    }
    at::Tensor layerNorm(const at::Tensor& x, const LayerNorm& norm) const override {
        return m_fused.layerNorm(x, norm);
    }
    at::Tensor add(at::Tensor x, const at::Tensor& y) const override { return m_fused.add(std::move(x), y); }
    at::Tensor rotate(at::Tensor x, const RotaryTables& tables) const override {
        const BlockMath& math = chosen(Kernel::rotate, x);
        return math.rotate(std::move(x), tables);
    }
    at::Tensor gatedSilu(const at::Tensor& gateUp) const override {
        return chosen(Kernel::gatedSilu, gateUp).gatedSilu(gateUp);
    }
    at::Tensor linear(const at::Tensor& x, const Linear& layer) const override { return m_fused.linear(x, layer); }
    at::Tensor addLinear(at::Tensor residual, const at::Tensor& x, const Linear& layer) const override {
        return m_fused.addLinear(std::move(residual), x, layer);
    }
    at::Tensor byRows(at::Tensor x, const std::stop_token& stop,
                      const std::function<at::Tensor(at::Tensor)>& body) const override {
        return m_fused.byRows(std::move(x), stop, body);
    }
    at::Tensor tokenNll(const at::Tensor& logits, const at::Tensor& targets) const override {
        return chosen(Kernel::tokenNll, logits).tokenNll(logits, targets);
    }

private:
    const BlockMath& chosen(Kernel kernel, const at::Tensor& x) const {
        return *m_chosen[verdictIndex(kernel, x.scalar_type())];
    }

    const BlockMath& m_fused;
    std::array<const BlockMath*, kernelCount> m_chosen{};
};

} // namespace

std::vector<KernelVerdict> checkKernels(const BlockMath& fused, at::Device device) {
    const c10::InferenceMode inference;
    std::vector<KernelVerdict> verdicts;
    for (std::size_t kernel = 0; kernel < kernelNames.size(); ++kernel)
        for (const at::ScalarType type : {at::kFloat, at::kBFloat16}) {
            const double difference = examine({fused, device, type}, static_cast<Kernel>(kernel));
            // NLLs are float32 whatever the logits are.
            const bool nll = static_cast<Kernel>(kernel) == Kernel::tokenNll;
            const char* const typeName = typeNames[type == at::kBFloat16 ? 1 : 0];
            verdicts.push_back({fmt::format("{} {}", kernelNames[kernel], typeName),
                                difference <= tolerance(nll ? at::kFloat : type), difference});
        }
    return verdicts;
}

std::unique_ptr<BlockMath> replaceUnused(const BlockMath& fused, const std::vector<KernelVerdict>& verdicts) {
    return std::make_unique<SelectedMath>(fused, verdicts);
}

} // namespace ropescope::detail
