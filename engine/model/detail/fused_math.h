// BlockMath over fused kernels: from tensors to pointers, sizes and strides. The kernels' own type makes the
// difference between devices.
#pragma once

#include <algorithm>
#include <vector>

#include "engine/kernels/formulas.h"
#include "engine/kernels/layouts.h"
#include "engine/model/detail/block_math.h"
#include "engine/model/detail/failure.h"

namespace ropescope::detail {

// The element type that the kernels know a tensor's type by.
template <class T>
struct Stored;
template <>
struct Stored<float> {
    using Tensor = float;
};
template <>
struct Stored<kernels::Bf16> {
    using Tensor = at::BFloat16;
};

template <class T>
T* dataOf(const at::Tensor& x) {
    return reinterpret_cast<T*>(x.data_ptr<typename Stored<T>::Tensor>());
}

// Calls body with a value of the kernels' element type.
template <class Body>
void byType(at::ScalarType type, const Body& body) {
    if (type == at::kFloat)
        body(float{});
    else if (type == at::kBFloat16)
        body(kernels::Bf16{});
    else
        raise(failure("the fused kernels compute in float32 and bf16 only"));
}

// The leading axes of x as two, the last contiguous.
template <class T>
kernels::Rows<const T> rowsOf(const at::Tensor& x) {
    kernels::Rows<const T> rows;
    rows.data = dataOf<T>(x);
    rows.outer = x.dim() == 4 ? x.size(0) * x.size(1) : 1;
    rows.inner = x.dim() == 4 ? x.size(2) : x.numel() / x.size(-1);
    rows.outerStride = x.dim() == 4 ? x.stride(1) : 0;
    rows.innerStride = x.stride(-2);
    return rows;
}

// True where rowsOf() describes x: one stride leads through all axes but the last one or two.
inline bool hasRows(const at::Tensor& x) {
    if (x.stride(-1) != 1)
        return false;
    if (x.dim() == 4)
        return x.size(0) == 1 || x.stride(0) == x.size(1) * x.stride(1);
    return x.is_contiguous();
}

template <class T>
kernels::Heads<T> headsOf(const at::Tensor& x) {
    return {dataOf<T>(x), x.size(0), x.size(1), x.size(2), x.stride(0), x.stride(1), x.stride(2)};
}

template <class T>
kernels::RotaryTable<T> tableOf(const RotaryTables& tables) {
    const at::Tensor& cosine = tables.cosine;
    return {dataOf<T>(cosine), dataOf<T>(tables.sine), cosine.size(-1), cosine.size(0) == 1 ? 0 : cosine.stride(0),
            cosine.stride(1)};
}

// Kernels has rmsNorm, rotate, gatedSilu and tokenNll as engine/kernels/host_kernels.h declares them. Writes in place
// wherever an argument is given up; float32 and bf16, no gradients.
template <class Kernels>
class FusedMath final : public BlockMath {
public:
    // pieceRows: rows of one piece of byRows.
    FusedMath(Kernels kernels, std::int64_t pieceRows) : m_kernels(kernels), m_pieceRows(pieceRows) {}

    at::Tensor rmsNorm(const at::Tensor& x, const RmsNorm& norm) const override {
        const at::Tensor in = hasRows(x) ? x : x.contiguous();
        at::Tensor out = at::empty(x.sizes(), x.options());
        byType(x.scalar_type(), [&]<class T>(T) {
            m_kernels.rmsNorm(rowsOf<T>(in), x.size(-1), norm.weight.data_ptr<float>(),
                              static_cast<float>(norm.epsilon), dataOf<T>(out));
        });
        return out;
    }

    at::Tensor layerNorm(const at::Tensor& x, const LayerNorm& norm) const override {
        return plainMath().layerNorm(x, norm);
    }

    at::Tensor add(at::Tensor x, const at::Tensor& y) const override { return x.add_(y); }

    at::Tensor rotate(at::Tensor x, const RotaryTables& tables) const override {
        if (x.stride(-1) != 1)
            x = x.contiguous();
        byType(x.scalar_type(), [&]<class T>(T) { m_kernels.rotate(headsOf<T>(x), tableOf<T>(tables)); });
        return x;
    }

    at::Tensor gatedSilu(const at::Tensor& gateUp) const override {
        const at::Tensor in = gateUp.contiguous();
        std::vector<std::int64_t> shape = in.sizes().vec();
        shape.back() /= 2;
        at::Tensor out = at::empty(shape, in.options());
        byType(in.scalar_type(), [&]<class T>(T) {
            m_kernels.gatedSilu(dataOf<T>(in), out.numel() / shape.back(), shape.back(), dataOf<T>(out));
        });
        return out;
    }

    at::Tensor linear(const at::Tensor& x, const Linear& layer) const override {
        return at::linear(x, layer.weight, layer.bias);
    }

    // The matrix product adds onto the residual itself.
    at::Tensor addLinear(at::Tensor residual, const at::Tensor& x, const Linear& layer) const override {
        at::Tensor rows = residual.view({-1, residual.size(-1)});
        rows.addmm_(x.reshape({-1, x.size(-1)}), layer.weight.t());
        if (layer.bias.defined())
            rows.add_(layer.bias);
        return residual;
    }

    at::Tensor byRows(at::Tensor x, const std::stop_token& stop,
                      const std::function<at::Tensor(at::Tensor)>& body) const override {
        const at::Tensor rows = x.view({-1, x.size(-1)});
        for (std::int64_t first = 0; first < rows.size(0); first += m_pieceRows) {
            throwIfStopped(stop);
            at::Tensor piece = rows.narrow(0, first, std::min(m_pieceRows, rows.size(0) - first));
            const at::Tensor result = body(piece);
            if (result.data_ptr() != piece.data_ptr())
                piece.copy_(result);
        }
        return x;
    }

    at::Tensor tokenNll(const at::Tensor& logits, const at::Tensor& targets) const override {
        const at::Tensor in = logits.contiguous();
        const at::Tensor wanted = targets.contiguous();
        at::Tensor nll = at::empty({in.size(0)}, in.options().dtype(at::kFloat));
        byType(in.scalar_type(), [&]<class T>(T) {
            m_kernels.tokenNll(dataOf<T>(in), in.size(0), in.size(1), wanted.data_ptr<std::int64_t>(),
                               nll.data_ptr<float>());
        });
        return nll;
    }

private:
    Kernels m_kernels;
    std::int64_t m_pieceRows;
};

} // namespace ropescope::detail
