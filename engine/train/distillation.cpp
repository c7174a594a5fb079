#include "engine/train/distillation.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace ropescope {

Result<DivergenceMode> parseDivergenceMode(std::string_view word) {
    if (word.find("smooth") == std::string_view::npos)
        return word == "drop" ? DivergenceMode(DivergenceWithoutRest{}) : DivergenceMode(PlainDivergence{});
    const std::string_view number = word.substr(word.rfind('_') == std::string_view::npos ? 0 : word.rfind('_') + 1);
    double amount = 0;
    const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), amount);
    if (problem != std::errc() || end != number.data() + number.size() || !std::isfinite(amount) || amount <= 0)
        return fail(
            usageError(fmt::format("distillation mode: expected smooth_AMOUNT such as smooth_1e-6, got \"{}\"", word)));
    return SmoothedDivergence{amount};
}

} // namespace ropescope
