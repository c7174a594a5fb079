// Searches without a segment tree: budgets, order, locks, descent.
#include <algorithm>
#include <set>

#include "engine/search/search_run.h"
#include "engine/search/triangular_root.h"
#include "tests/engine/search/fake_scores.h"

using namespace ropescope;
using namespace ropescope::test;

namespace {

std::unique_ptr<SearchMethod> make(const MethodOptions& options, const FactorSet& start) {
    auto made = makeSearchMethod({options, start});
    REQUIRE(made.has_value());
    return std::move(*made);
}

// The bowl of fake_scores.h as a mean NLL with its exact gradient, and a minimum at attention factor 1.05.
Score bowlWithGradient(const Candidate& candidate) {
    double nll = 2;
    FactorGradient gradient;
    for (std::size_t pair = 0; pair < candidate.factors.size(); ++pair) {
        // The first pairs are as rough as fast pairs are.
        const double x = std::log(candidate.factors[pair]);
        const double distance = x - 0.1 * static_cast<double>(pair);
        const double rough = pair < 2 ? 0.002 : 0;
        nll += 0.3 * distance * distance + rough * std::sin(200 * x);
        gradient.byLogFactor.push_back(0.6 * distance + 200 * rough * std::cos(200 * x));
    }
    const double away = candidate.attentionFactor - 1.05;
    nll += 4 * away * away;
    gradient.byAttentionFactor = 8 * away;
    return Score{std::exp(nll), gradient};
}

double finishOnBowl(SearchMethod& search) {
    while (!search.finished())
        for (const Candidate& candidate : search.wanted())
            REQUIRE(search.tell(candidate.id, bowlWithGradient(candidate)).has_value());
    REQUIRE(search.currentScore().has_value());
    return *search.currentScore();
}

MethodOptions anyMethod() {
    RandomSearchOptions random;
    random.evaluations = 200;
    CmaEsOptions cma;
    cma.evaluations = 200;
    LongRopeOptions longRope;
    longRope.iterations = 5;
    return GENERATE_COPY(MethodOptions(GradientOptions{}), MethodOptions(random), MethodOptions(cma),
                         MethodOptions(longRope));
}

} // namespace

TEST_CASE("Every method can be made by its name") {
    std::set<std::string_view> names;
    for (const auto name : methodNames()) {
        const auto options = defaultOptions(name);
        REQUIRE(options.has_value());
        CHECK(make(*options, startOf(8))->name() == name);
        names.insert(name);
    }
    CHECK(names.count("dcis") == 1);
    CHECK(names.count("gradient") == 1);
    CHECK(names.count("longrope") == 1);
    CHECK(names.size() == methodNames().size());
    CHECK(!defaultOptions("magic"));
}

TEST_CASE("A round method keeps to its budget, never ends worse than its start, and comes out the same again") {
    const MethodOptions options = anyMethod();
    auto search = make(options, startOf(12, 2));
    const double startScore = bowlWithGradient(search->wanted().front()).perplexity;
    const auto planned = search->evaluationsLeft();
    const double score = finishOnBowl(*search);
    CHECK(search->evaluations() <= planned);
    CHECK(search->evaluationsLeft() == 0);
    CHECK(score < startScore);
    Candidate handed;
    handed.factors = search->result().factors;
    handed.attentionFactor = search->result().attentionFactor;
    CHECK(bowlWithGradient(handed).perplexity == score);
    std::optional<double> before;
    for (const Decision& decision : search->decisions()) {
        REQUIRE(decision.scoreAfter.has_value());
        CHECK((!before || *decision.scoreAfter <= *before));
        before = decision.scoreAfter;
    }
    auto again = make(options, startOf(12, 2));
    CHECK(finishOnBowl(*again) == score);
    CHECK(again->current() == search->current());
}

TEST_CASE("A round method leaves locked pairs alone") {
    auto search = make(anyMethod(), startOf(12, 2));
    REQUIRE(search->apply(LockPairs{{0, 5, 11}}).has_value());
    while (!search->finished())
        for (const Candidate& candidate : search->wanted()) {
            for (const std::size_t pair : {0U, 5U, 11U})
                CHECK(candidate.factors[pair] == 2);
            REQUIRE(search->tell(candidate.id, bowlWithGradient(candidate)).has_value());
        }
    CHECK(search->lockedPairs() == std::vector<int>{0, 5, 11});
}

TEST_CASE("A round method resumes from its events and refuses what it can't do") {
    const SearchSettings settings{anyMethod(), startOf(6, 2)};
    auto run = SearchRun::start(settings, std::make_shared<ScoreMemo>());
    REQUIRE(run.has_value());
    CHECK(!run->apply(SkipSegment{}));
    CHECK(!run->apply(SetWindow{{-1, 1}}));
    REQUIRE(run->apply(ReplaceVector{{1.5, 1.5, 2, 2, 3, 3}, 1.2}).has_value());
    for (int step = 0; step < 40 && !run->finished(); ++step) {
        const Candidate next = run->method().wanted().back();
        REQUIRE(run->tell(next.id, bowlWithGradient(next)).has_value());
    }
    auto resumed = SearchRun::resume(settings, run->events(), std::make_shared<ScoreMemo>());
    REQUIRE(resumed.has_value());
    CHECK(resumed->method().current() == run->method().current());
    const auto left = run->method().wanted();
    const auto right = resumed->method().wanted();
    REQUIRE(left.size() == right.size());
    for (std::size_t index = 0; index < left.size(); ++index)
        CHECK(left[index].factors == right[index].factors);
}

TEST_CASE("Round methods end by themselves when every score is NaN") {
    auto search = make(anyMethod(), startOf(5, 2));
    int told = 0;
    while (!search->finished()) {
        REQUIRE(++told < 2000);
        const Candidate next = search->wanted().front();
        Score score;
        score.gradient = FactorGradient{std::vector<double>(5, 0.1), 0};
        REQUIRE(search->tell(next.id, score).has_value());
    }
    CHECK(!search->currentScore());
    CHECK(search->current() == startOf(5, 2).factors);
}

TEST_CASE("LongRoPE asks 1,344 different vectors in rising order within its bounds") {
    LongRopeOptions options;
    options.scale = 8;
    options.seed = 7;
    FactorSet start = startOf(32, 1);
    for (std::size_t pair = 0; pair < 32; ++pair)
        start.factors[pair] = pair == 9 ? 0.5 : std::min(8.0, 1 + 0.4 * static_cast<double>(pair)); // falls once
    auto search = make(options, start);
    CHECK(search->evaluationsLeft() == 1344);
    std::set<std::vector<double>> seen;
    finish(*search, [&](const Candidate& candidate) {
        CHECK(std::is_sorted(candidate.factors.begin(), candidate.factors.end()));
        CHECK(candidate.factors.front() >= 1);
        CHECK(candidate.factors.back() <= 9);
        CHECK(seen.insert(candidate.factors).second);
        return bowl(candidate);
    });
    CHECK(search->evaluations() == 1344);
    options.seed = 8;
    auto other = make(options, start);
    finish(*other, bowl);
    CHECK(other->current() != search->current());
}

TEST_CASE("CMA-ES beats random draws on a smooth score at equal cost") {
    FactorSet start = startOf(12, 2);
    RandomSearchOptions random;
    random.evaluations = 600;
    CmaEsOptions cma;
    cma.evaluations = 600;
    auto draws = make(random, start);
    auto adapted = make(cma, start);
    const double byChance = finishOnBowl(*draws);
    const double byCma = finishOnBowl(*adapted);
    CHECK(draws->evaluations() == 600);
    CHECK(adapted->evaluations() == 600);
    CHECK(byCma < byChance);
}

TEST_CASE("The gradient search descends through rough pairs, and learns the attention factor where asked") {
    GradientOptions options;
    auto plain = make(options, startOf(12, 2));
    CHECK(plain->wanted().front().wantsGradient);
    const double score = finishOnBowl(*plain);
    CHECK(plain->attentionFactor() == 1.1);
    for (std::size_t pair = 2; pair < 12; ++pair)
        CHECK(std::log(plain->current()[pair]) == Approx(0.1 * static_cast<double>(pair)).margin(0.1));
    options.learnAttentionFactor = true;
    auto learning = make(options, startOf(12, 2));
    CHECK(finishOnBowl(*learning) < score);
    CHECK(learning->attentionFactor() == Approx(1.05).margin(0.02));
}

TEST_CASE("No pair moves farther than the longest step") {
    GradientOptions options;
    options.longestStep = 0.05;
    auto search = make(options, startOf(12, 5));
    while (!search->finished()) {
        const Candidate next = search->wanted().front();
        for (std::size_t pair = 0; pair < 12; ++pair)
            CHECK(std::abs(std::log(next.factors[pair] / search->current()[pair])) <= 0.05 + 1e-12);
        REQUIRE(search->tell(next.id, bowlWithGradient(next)).has_value());
    }
}

TEST_CASE("A gradient candidate isn't satisfied by a plain score") {
    auto search = make(GradientOptions{}, startOf(3));
    const Candidate next = search->wanted().front();
    CHECK(!search->tell(next.id, Score{5}));
    CHECK(!search->tell(next.id, Score{5, FactorGradient{{0.1}, 0}}));
    CHECK(search->tell(next.id, Score{5, FactorGradient{{0.1, 0.1, 0.1}, 0}}).has_value());
}

TEST_CASE("A person's vector takes over in the middle of a gradient search") {
    auto search = make(GradientOptions{}, startOf(4));
    for (int step = 0; step < 5; ++step) {
        const Candidate next = search->wanted().front();
        REQUIRE(search->tell(next.id, bowlWithGradient(next)).has_value());
    }
    REQUIRE(search->apply(ReplaceVector{{1, 1, 1, 1}, std::nullopt}).has_value());
    CHECK(search->wanted().front().factors == std::vector<double>{1, 1, 1, 1});
    CHECK(!search->currentScore());
    finishOnBowl(*search);
}

TEST_CASE("Round methods refuse options that make no sense") {
    const auto refused = [](const MethodOptions& options) {
        const auto made = makeSearchMethod({options, startOf(4)});
        return !made && made.error().kind == ErrorKind::usage;
    };
    GradientOptions gradient;
    gradient.evaluations = 0;
    CHECK(refused(gradient));
    gradient = {};
    gradient.firstStep = 1;
    CHECK(refused(gradient));
    LongRopeOptions longRope;
    longRope.parents = 0;
    CHECK(refused(longRope));
    longRope = {};
    longRope.grid = 0;
    CHECK(refused(longRope));
    RandomSearchOptions random;
    random.spread = -1;
    CHECK(refused(random));
    CmaEsOptions cma;
    cma.population = 1;
    CHECK(refused(cma));
}

TEST_CASE("The root of a covariance reproduces it, and spreads normal numbers by it") {
    const std::vector<std::vector<double>> vectors{{1, 0.5, -2}, {0, 2, 0.25}, {1, -1, 1}, {0.5, 0, 3}};
    UpperTriangle covariance = UpperTriangle::identity(3);
    covariance.scale(0.5);
    for (const auto& vector : vectors)
        covariance.add(0.75, vector);
    const UpperTriangle root = triangularRoot(covariance);
    for (std::size_t row = 0; row < 3; ++row)
        for (std::size_t column = row; column < 3; ++column) {
            double expected = row == column ? 0.5 : 0;
            for (const auto& vector : vectors)
                expected += 0.75 * vector[row] * vector[column];
            CHECK(covariance.entries[row * 3 + column] == Approx(expected).margin(1e-14));
            // U^T U, its columns being what unit vectors are spread to
            double sum = 0;
            for (std::size_t k = 0; k < 3; ++k) {
                std::vector<double> unit(3, 0);
                unit[k] = 1;
                const auto spreadUnit = spread(root, unit);
                sum += spreadUnit[row] * spreadUnit[column];
            }
            CHECK(sum == Approx(expected).margin(1e-12));
        }
}

TEST_CASE("A covariance without any variance left still has a root") {
    UpperTriangle flat = UpperTriangle::identity(2);
    flat.scale(0);
    const UpperTriangle root = triangularRoot(flat);
    CHECK(*root.row(0) == Approx(1e-10));
    CHECK(root.row(0)[1] == 0);
    CHECK(*root.row(1) == Approx(1e-10));
}
