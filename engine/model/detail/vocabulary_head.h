// From hidden states to logits and token NLLs, in chunks: the logits of a whole sequence never exist at once.
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "engine/model/detail/network.h"

namespace ropescope::detail {

// NLLs of the tokens that follow: entry t of a sequence is -ln p(ids[t+1]) from hidden [batch, n, hidden]
// (residual stream, before the final norm). Returns [batch][n-1].
[[nodiscard]] std::vector<std::vector<float>> chunkedNll(const Network& network, const at::Tensor& hidden,
                                                         const at::Tensor& ids, const BlockMath& math,
                                                         const std::stop_token& stop);

// Float32 logits of the rows of hidden [rows, hidden].
[[nodiscard]] at::Tensor logits(const Network& network, const at::Tensor& hidden, const BlockMath& math);

// Positions whose logits are at hand at once.
[[nodiscard]] std::int64_t rowsPerChunk(const Network& network);

} // namespace ropescope::detail
