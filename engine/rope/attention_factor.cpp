#include "engine/rope/attention_factor.h"

#include <cmath>

namespace ropescope {

double yarnAttentionFactor(double scale) {
    return scale <= 1 ? 1.0 : 0.1 * std::log(scale) + 1.0;
}

double suAttentionFactor(double scale, std::int64_t trainedLength) {
    if (scale <= 1 || trainedLength <= 1)
        return 1.0;
    return std::sqrt(1.0 + std::log(scale) / std::log(static_cast<double>(trainedLength)));
}

} // namespace ropescope
