// What CEPE's training minimises, and its gradients for the weights that are trained: the cross-attention and, if
// asked, the encoder; the decoder is frozen (arXiv 2402.16617, section 3).
#pragma once

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/model/detail/cepe_network.h"
#include "engine/train/distillation.h"

namespace ropescope::detail {

// A teacher's stored distributions for the last `positions` positions of every sequence; the one at a position is for
// the token after it, the last position included.
struct TeacherTargets {
    at::Tensor probabilities; // [batch, positions, k + 1] float32, the last entry the rest
    at::Tensor ids;           // [batch, positions, k] int64
};

struct CepeBatch {
    at::Tensor ids;                    // [batch, positions] int64: what the decoder reads
    at::Tensor labels;                 // the same shape; noLabel where a token isn't scored; usually the ids
    std::optional<ContextIds> context; // none: the decoder alone
    std::optional<TeacherTargets> teacher;

    static constexpr std::int64_t noLabel = -100;
};

struct CepeLossWeights {
    double crossEntropy = 1;
    double divergence = 1;
    DivergenceMode mode = SmoothedDivergence{};
};

// The authors' evaluation is crossEntropy + divergence.
struct CepeLoss {
    double total = 0;        // weighted
    double crossEntropy = 0; // mean over labels, unweighted
    double divergence = 0;   // mean over batch x positions, weighted
};

// Whether a CEPE network's parameter belongs to the cross-attention or, if asked, to the encoder.
[[nodiscard]] bool readsContext(const std::string& name, bool encoder);

class CepeObjective {
public:
    // The network's decoder reads positions through `rotary`; `math` must be differentiable; activations have `type`.
    CepeObjective(std::shared_ptr<CepeNetwork> network, const BlockMath& math, RotarySource& rotary,
                  at::ScalarType type, CepeLossWeights weights);

    // Adds `share` x d loss / d weight to every weight that collects gradients. With activation checkpointing, and the
    // vocabulary head in chunks. Raises an input error for a batch without any label.
    [[nodiscard]] CepeLoss addGradients(const CepeBatch& batch, double share, const std::stop_token& stop) const;

private:
    [[nodiscard]] bool trainsEncoder() const;

    std::shared_ptr<CepeNetwork> m_network;
    const BlockMath& m_math;
    RotarySource& m_rotary;
    at::ScalarType m_type;
    CepeLossWeights m_weights;
};

// Divergence of the student from the teacher, summed over entries and positions: logits [positions, vocabulary] float32
// against one sequence's targets. Differentiable.
[[nodiscard]] at::Tensor teacherDivergence(const at::Tensor& logits, const at::Tensor& probabilities,
                                           const at::Tensor& ids, const DivergenceMode& mode);

} // namespace ropescope::detail
