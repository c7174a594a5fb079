// The probes on the bundled model: golden numbers of fixtures/demo_model, and the passkey table of its note.
#include <dlfcn.h>

#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/base/resources.h"
#include "engine/model/language_model.h"
#include "engine/probe/comparison.h"
#include "engine/probe/landscape.h"
#include "engine/probe/passkey.h"
#include "engine/probe/perplexity.h"
#include "engine/probe/sensitivity.h"
#include "engine/rope/method.h"
#include "tests/support/catch.h"

using namespace ropescope;

namespace {

struct Demo {
    std::shared_ptr<LanguageModel> model;
    std::shared_ptr<const Tokenizer> tokenizer;
    Corpus corpus;

    Demo() {
        auto loaded = loadLanguageModel(modelPath("demo"), {.device = "cpu", .type = ComputeType::fp32}, {});
        REQUIRE(std::holds_alternative<std::shared_ptr<LanguageModel>>(loaded));
        model = std::get<0>(loaded);
        tokenizer = loadTokenizer(modelPath("demo")).value();
        corpus = loadCorpus(textPath("demo"), tokenizer.get(), model->config().vocabulary).value();
    }

    // "none" or "yarn:4".
    [[nodiscard]] FactorSet factors(const std::string& spec) const {
        const auto colon = spec.find(':');
        const double scale = colon == std::string::npos ? 1 : std::stod(spec.substr(colon + 1));
        return findRopeMethod(spec.substr(0, colon))->factors(model->config().rope, scale).value();
    }
};

} // namespace

// SentencePiece's start-up can overwrite LibTorch's settings (engine/tokenizer/CMakeLists.txt); memory that runs out
// would then end the program.
TEST_CASE("beside the tokenizer LibTorch's failures stay exceptions") {
    const Demo demo;
    const void* const failuresAbort = dlsym(RTLD_DEFAULT, "FLAGS_caffe2_use_fatal_for_enforce");
    REQUIRE(failuresAbort != nullptr);
    CHECK(*static_cast<const char*>(failuresAbort) == 0);
}

TEST_CASE("prefix perplexities of the demo model are the golden ones") {
    ROPESCOPE_FIXTURE(path, "demo_model/golden.json");
    const auto golden = nlohmann::json::parse(std::ifstream(path));
    const Demo demo;
    const auto& run = golden["runs"][0];
    REQUIRE(demo.corpus.tokens() == run["tokens"].get<std::int64_t>());
    for (const auto& expected : run["cases"]) {
        const auto spec = expected["factors"].get<std::string>();
        const auto length = expected["length"].get<std::int64_t>();
        const auto attention = expected["attention"].get<std::string>();
        CAPTURE(spec, length, attention);
        const auto outcome = measurePerplexity(
            *demo.model, demo.corpus,
            {.cases = {{demo.factors(spec), length}}, .attention = parseAttention(attention, 256).value()}, {});
        REQUIRE(std::holds_alternative<std::vector<PerplexityResult>>(outcome));
        const PerplexityResult& result = std::get<0>(outcome).front();
        CHECK(result.nll.mean == Approx(expected["nll"].get<double>()).margin(1e-5));
        const auto last = expected["last_8"].get<std::vector<double>>();
        for (std::size_t token = 0; token < 8; ++token)
            CHECK(result.tokenNll[0][result.tokenNll[0].size() - 8 + token] == Approx(last[token]).margin(1e-3));
    }
}

TEST_CASE("the demo model finds its passkeys within 256 tokens, loses them beyond, and YaRN brings them back") {
    const Demo demo;
    const auto outcome =
        measurePasskey(*demo.model, *demo.tokenizer,
                       {.cases = {{demo.factors("none"), 128},
                                  {demo.factors("none"), 256},
                                  {demo.factors("none"), 512},
                                  {demo.factors("yarn:2"), 512}},
                        .style = ExactPrompts{.depths = {0, 0.5, 1}, .lowestKey = 1, .highestKey = 50000},
                        .trials = 5},
                       {}, {});
    REQUIRE(std::holds_alternative<PasskeyReport>(outcome));
    const auto& cells = std::get<PasskeyReport>(outcome).cells;
    REQUIRE(cells.size() == 12);
    std::vector<std::int64_t> correct(4);
    for (const PasskeyCell& cell : cells)
        correct[cell.index] += cell.correct;
    CHECK(correct[0] >= 14);
    CHECK(correct[1] >= 14);
    CHECK(correct[2] <= 1);
    CHECK(correct[3] >= 13);
    for (const PasskeyCell& cell : cells)
        CHECK(cell.answers.front().promptTokens == cell.length);
}

TEST_CASE("on the demo model YaRN is better than the unscaled rotation at four times its length, beyond noise") {
    const Demo demo;
    const auto outcome = compareFactorSets(
        *demo.model, demo.corpus,
        {.factorSets = {demo.factors("none"), demo.factors("yarn:4")}, .length = 1024, .windowLimit = 10}, {});
    REQUIRE(std::holds_alternative<ComparisonReport>(outcome));
    const auto& report = std::get<ComparisonReport>(outcome);
    const Estimate& difference = report.differences.front().difference;
    CHECK(difference.units == 10);
    CHECK(difference.interval95().high < -0.5);
    // Within the trained length there is little to gain: the curve says where the difference arises.
    CHECK(report.differences.front().byPosition.back().estimate.mean < difference.mean);
}

TEST_CASE("the sensitivity of the demo model agrees with central differences through the landscape") {
    const Demo demo;
    const FactorSet base = demo.factors("yarn:4");
    const auto outcome =
        measureSensitivity(*demo.model, demo.corpus, {.factors = base, .length = 512, .distance = 256}, {});
    REQUIRE(std::holds_alternative<SensitivityReport>(outcome));
    const auto& report = std::get<SensitivityReport>(outcome);
    REQUIRE(report.byLogFactor.size() == 32);
    for (const int pair : {12, 20, 28}) {
        // Small enough that the fastest of these turns by a fraction of a radian over the whole length.
        const double step = 1e-3;
        const auto around = measureLandscape(*demo.model, demo.corpus,
                                             {.base = base,
                                              .axes = {{{pair, pair + 1}, {1 - step, 1 + step, AxisSpacing::linear}}},
                                              .points = 3,
                                              .length = 512},
                                             {}, {});
        const auto& points = std::get<LandscapeReport>(around).points;
        REQUIRE(points.size() == 3);
        CAPTURE(pair);
        CHECK(points[1].nll == Approx(report.nll).margin(1e-5));
        const double slope = (points[2].nll - points[0].nll) / (2 * step);
        CHECK(report.byLogFactor[static_cast<std::size_t>(pair)] == Approx(slope).margin(1e-3));
    }
}
