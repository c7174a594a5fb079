#include "engine/session/replay_session.h"

#include "engine/search/published_searches.h"
#include "tests/support/catch.h"

using namespace ropescope;

namespace {

SearchTrace firstPublished() {
    auto searches = publishedSearches();
    REQUIRE(searches);
    REQUIRE_FALSE(searches->empty());
    return searches->front();
}

PauseReason advance(ReplaySession& session, Extent extent, const PauseConditions& pause = {}) {
    const auto outcome = session.advance(extent, pause, {});
    if (const auto* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    REQUIRE(std::holds_alternative<PauseReason>(outcome));
    return std::get<PauseReason>(outcome);
}

} // namespace

TEST_CASE("every published search is stepped to its published factors without a model") {
    const auto searches = publishedSearches();
    REQUIRE(searches);
    for (const SearchTrace& trace : *searches) {
        INFO(trace.name);
        auto session = ReplaySession::open(trace);
        REQUIRE(session);
        CHECK(session->scoresAreMadeUp());
        CHECK(advance(*session, Extent::end) == PauseReason::finished);
        const auto& found = session->method().current();
        REQUIRE(found.size() == trace.final.size());
        for (std::size_t pair = 0; pair < found.size(); ++pair)
            CHECK(found[pair] == Approx(trace.final[pair]).margin(2e-5));
    }
}

TEST_CASE("a replay steps by candidate, segment and level, and every earlier state can be seen again") {
    auto session = ReplaySession::open(firstPublished());
    REQUIRE(session);
    const int increments = session->trace().options.increments;
    CHECK(advance(*session, Extent::candidate) == PauseReason::extent);
    CHECK(session->evaluations().size() == 1);
    CHECK(advance(*session, Extent::segment) == PauseReason::extent);
    CHECK(std::ssize(session->evaluations()) == increments);
    CHECK(advance(*session, Extent::level) == PauseReason::extent);
    CHECK(session->method().decisions().size() == 2);
    const auto later = session->method().current();
    PauseConditions atSegment;
    atSegment.atSegment = true;
    CHECK(advance(*session, Extent::end, atSegment) == PauseReason::segment);
    CHECK(session->method().decisions().size() == 3);

    const auto before = session->stateAfter(static_cast<std::size_t>(2 * increments));
    REQUIRE(before);
    CHECK((*before)->current() == later);
    CHECK((*before)->decisions().size() == 2);
    const auto start = session->stateAfter(0);
    REQUIRE(start);
    CHECK((*start)->decisions().empty());
}

TEST_CASE("a replay stops when asked and fails where the record ends") {
    SearchTrace trace = firstPublished();
    std::get<DecisionTree>(trace.record).nodes.resize(1);
    auto session = ReplaySession::open(trace);
    REQUIRE(session);
    std::stop_source stop;
    stop.request_stop();
    CHECK(std::holds_alternative<Cancelled>(session->advance(Extent::end, {}, {stop.get_token(), {}})));
    CHECK(session->evaluations().empty());
    const auto outcome = session->advance(Extent::end, {}, {});
    REQUIRE(std::holds_alternative<Error>(outcome));
    CHECK(session->method().decisions().size() == 1);
}
