#include "engine/kernels/host_kernels.h"
#include "engine/model/detail/fused_math.h"

namespace ropescope::detail {
namespace {

// Temporaries of this many rows stay in the cache; matrix products are efficient from here on.
constexpr std::int64_t pieceRows = 512;

struct HostKernels {
    template <class T>
    void rmsNorm(const kernels::Rows<const T>& x, std::int64_t width, const float* weight, float epsilon,
                 T* out) const {
        kernels::rmsNorm(x, width, weight, epsilon, out);
    }
    template <class T>
    void rotate(const kernels::Heads<T>& x, const kernels::RotaryTable<T>& table) const {
        kernels::rotate(x, table);
    }
    template <class T>
    void gatedSilu(const T* gateUp, std::int64_t rows, std::int64_t width, T* out) const {
        kernels::gatedSilu(gateUp, rows, width, out);
    }
    template <class T>
    void tokenNll(const T* logits, std::int64_t rows, std::int64_t vocabulary, const std::int64_t* targets,
                  float* nll) const {
        kernels::tokenNll(logits, rows, vocabulary, targets, nll);
    }
};

} // namespace

const BlockMath& hostMath() {
    static const FusedMath<HostKernels> math({}, pieceRows);
    return math;
}

} // namespace ropescope::detail
