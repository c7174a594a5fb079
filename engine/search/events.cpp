#include "engine/search/events.h"

#include <fmt/format.h>

namespace ropescope {

SearchEvent toEvent(const SearchEdit& edit) {
    return std::visit([](const auto& one) { return SearchEvent(one); }, edit);
}

namespace {

// A method that asks differently than it did when the score was written (another version's random numbers) must not
// take it for its own vector's.
Result<void> checkVector(const SearchMethod& method, const Scored& scored) {
    const auto asked = scored.print ? method.wanted(scored.candidate) : std::nullopt;
    if (asked && vectorPrint(*asked) != *scored.print)
        return fail(
            usageError(fmt::format("candidate {} is another vector than the one that was scored: another version "
                                   "of the {} method wrote it. Its evaluations can be read; search on in a new "
                                   "study",
                                   scored.candidate, method.name())));
    return {};
}

} // namespace

Result<void> applyEvent(SearchMethod& method, const SearchEvent& event) {
    return std::visit(
        [&](const auto& one) -> Result<void> {
            if constexpr (std::is_same_v<std::decay_t<decltype(one)>, Scored>)
                return checkVector(method, one).and_then([&] { return method.tell(one.candidate, one.score); });
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
