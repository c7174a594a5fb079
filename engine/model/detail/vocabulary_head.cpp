#include "engine/model/detail/vocabulary_head.h"

#include <algorithm>

#include "engine/model/detail/failure.h"

namespace ropescope::detail {
namespace {

// Logits at hand at once. Large enough for efficient matrix products, small beside any model it matters for.
constexpr std::int64_t chunkElements = std::int64_t{1} << 23; // 32 MiB in float32
constexpr std::int64_t smallestChunk = 64;

} // namespace

std::int64_t rowsPerChunk(const Network& network) {
    return std::max(smallestChunk, chunkElements / network.head().weight.size(0));
}

at::Tensor logits(const Network& network, const at::Tensor& hidden, const BlockMath& math) {
    return math.linear(network.finalNorm(hidden, math), network.head()).to(at::kFloat);
}

std::vector<std::vector<float>> chunkedNll(const Network& network, const at::Tensor& hidden, const at::Tensor& ids,
                                           const BlockMath& math, const std::stop_token& stop) {
    const std::int64_t predictions = ids.size(1) - 1;
    const std::int64_t chunk = rowsPerChunk(network);
    std::vector<std::vector<float>> nll(static_cast<std::size_t>(ids.size(0)));
    for (std::int64_t sequence = 0; sequence < ids.size(0); ++sequence) {
        std::vector<float>& values = nll[static_cast<std::size_t>(sequence)];
        values.resize(static_cast<std::size_t>(predictions));
        for (std::int64_t first = 0; first < predictions; first += chunk) {
            throwIfStopped(stop);
            const std::int64_t count = std::min(chunk, predictions - first);
            const at::Tensor rows = network.finalNorm(hidden[sequence].narrow(0, first, count), math);
            const at::Tensor targets = ids[sequence].narrow(0, first + 1, count);
            const at::Tensor part = math.tokenNll(math.linear(rows, network.head()), targets).cpu();
            std::copy_n(part.data_ptr<float>(), count, values.data() + first);
        }
    }
    return nll;
}

} // namespace ropescope::detail
