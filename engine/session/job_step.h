// The steps of a long job hand on what stopped them: an outcome that is no report, as another outcome's.
#pragma once

#include <utility>

#include "engine/base/outcome.h"

namespace ropescope {

template <class Report>
[[nodiscard]] bool isReport(const Outcome<Report>& outcome) {
    return std::holds_alternative<Report>(outcome);
}

// Requires that the outcome is no report.
template <class To, class From>
[[nodiscard]] Outcome<To> passOn(Outcome<From>& outcome) {
    if (auto* error = std::get_if<Error>(&outcome))
        return std::move(*error);
    return Cancelled{};
}

} // namespace ropescope
