// The weights of the layers that networks are made of. Plain values over tensors: what is done with them is
// BlockMath's and the networks' business, so training can swap a tensor or wrap a layer.
#pragma once

#include <string>
#include <vector>

#include "engine/detail/torch.h"

namespace ropescope::detail {

// A checkpoint tensor that lies in rows [firstRow, firstRow + rows) of a stacked weight. Projections that read
// the same input are stacked so that one matrix product serves all of them.
struct WeightPart {
    std::string name; // Hugging Face module name without ".weight": "model.layers.0.self_attn.q_proj"
    std::int64_t firstRow = 0;
    std::int64_t rows = 0;
};

// y = x weight^T + bias.
struct Linear {
    at::Tensor weight; // [out, in], compute type
    at::Tensor bias;   // [out], compute type; undefined without one
    std::vector<WeightPart> parts;
};

// Weights of normalisations stay float32 whatever the compute type: they are tiny and the statistics are
// computed in float32 anyway.
struct RmsNorm {
    at::Tensor weight; // [width]
    double epsilon = 0;
    std::string name;
};

struct LayerNorm {
    at::Tensor weight, bias; // [width]
    double epsilon = 0;
    std::string name;
};

} // namespace ropescope::detail
