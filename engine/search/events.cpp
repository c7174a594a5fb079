#include "engine/search/events.h"

#include <fmt/format.h>

namespace ropescope {

SearchEvent toEvent(const SearchEdit& edit) {
    return std::visit([](const auto& one) { return SearchEvent(one); }, edit);
}

Result<void> applyEvent(SearchMethod& method, const SearchEvent& event) {
    return std::visit(
        [&](const auto& one) -> Result<void> {
            if constexpr (std::is_same_v<std::decay_t<decltype(one)>, Scored>)
                return method.tell(one.candidate, one.score);
            else
                return method.apply(one);
        },
        event);
}

Result<std::unique_ptr<SearchMethod>> replayEvents(const SearchSettings& settings,
                                                   std::span<const SearchEvent> events) {
    auto method = makeSearchMethod(settings);
    if (!method)
        return method;
    for (std::size_t index = 0; index < events.size(); ++index)
        if (auto applied = applyEvent(**method, events[index]); !applied)
            return fail({applied.error().kind, fmt::format("event {} of {} does not fit: {}", index + 1, events.size(),
                                                           applied.error().message)});
    return method;
}

} // namespace ropescope
