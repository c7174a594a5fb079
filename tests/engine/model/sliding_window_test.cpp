// Models trained with a sliding window run as they were trained: the window in every layer that has one.
#include <array>
#include <cmath>
#include <mutex>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/warning.h"
#include "tests/engine/model/models.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

constexpr double rounding = 2e-5; // in a token's NLL, float32
constexpr std::int64_t window = 24;

// The bundled model's weights under a configuration that says more.
std::shared_ptr<LanguageModel> demoWith(const test::TemporaryFolder& folder, const nlohmann::json& more) {
    const auto demo = std::filesystem::path(ROPESCOPE_RESOURCES) / "demo" / "model";
    std::filesystem::copy(demo, folder.path(), std::filesystem::copy_options::recursive);
    auto config = nlohmann::json::parse(readFile(demo / "config.json").value());
    config.update(more);
    REQUIRE(writeFileAtomically(folder.path() / "config.json", config.dump()));
    return test::loadModel(folder.path());
}

std::vector<TokenId> someIds() {
    std::vector<TokenId> ids(120);
    for (std::size_t i = 0; i < ids.size(); ++i)
        ids[i] = static_cast<TokenId>((i * 7919 + i * i * 31) % 1024);
    return ids;
}

std::vector<float> nllUnder(LanguageModel& model, const std::vector<TokenId>& ids, const AttentionForm& form) {
    const FactorSet factors = unscaled(model.config().rope);
    const std::array queries{NllQuery{ids, &factors}};
    return std::get<std::vector<std::vector<float>>>(model.tokenNll(queries, form, {})).front();
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < a.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
    return largest;
}

const nlohmann::json everyLayer{{"model_type", "mistral"}, {"sliding_window", window}};
// Mistral's name, whatever the layers: the bundled weights have no query and key norms.
const nlohmann::json someLayers{
    {"model_type", "mistral"},
    {"sliding_window", window},
    {"layer_types", {"full_attention", "sliding_attention", "full_attention", "sliding_attention"}}};

} // namespace

TEST_CASE("a model with a window in every layer sees the last window of keys, and says so once") {
    const test::TemporaryFolder folder;
    const auto model = demoWith(folder, everyLayer);
    const auto ids = someIds();
    std::vector<std::string> warnings;
    setWarningSink([&](const std::string& text) { warnings.push_back(text); });
    const auto own = nllUnder(*model, ids, FullAttention{});
    (void)nllUnder(*model, ids, FullAttention{});
    setWarningSink({});
    REQUIRE(warnings.size() == 1);
    CHECK(warnings.front().find("sliding window") != std::string::npos);
    CHECK(largestDifference(own, nllUnder(*model, ids, LambdaMaskAttention{window, 0})) < rounding);

    const test::TemporaryFolder wide;
    const auto full = nllUnder(*demoWith(wide, nlohmann::json::object()), ids, FullAttention{});
    CHECK(largestDifference({own.begin(), own.begin() + window - 1}, full) < rounding);
    CHECK(largestDifference(own, full) > 1e-3);
}

TEST_CASE("layers with and without a window differ from all of either") {
    const test::TemporaryFolder mixedFolder, slidingFolder, fullFolder;
    const auto ids = someIds();
    const auto mixed = nllUnder(*demoWith(mixedFolder, someLayers), ids, FullAttention{});
    CHECK(largestDifference(mixed, nllUnder(*demoWith(slidingFolder, everyLayer), ids, FullAttention{})) > 1e-3);
    CHECK(largestDifference(mixed, nllUnder(*demoWith(fullFolder, nlohmann::json::object()), ids, FullAttention{})) >
          1e-3);
}

TEST_CASE("a sliding window decodes as it prefills, in pieces of any size") {
    const test::TemporaryFolder folder;
    const auto model = demoWith(folder, GENERATE(everyLayer, someLayers));
    const FactorSet factors = unscaled(model->config().rope);
    const auto ids = someIds();
    const auto reference = nllUnder(*model, ids, FullAttention{});
    const auto session = model->startDecoding(factors, FullAttention{});
    std::size_t position = 0;
    for (const std::size_t piece : {30U, 1U, 1U, 40U, 1U, 20U}) {
        const auto logits = test::fed(*session, std::span(ids).subspan(position, piece));
        position += piece;
        double sum = 0;
        for (const float logit : logits)
            sum += std::exp(static_cast<double>(logit) - logits.front());
        const double nll = std::log(sum) + logits.front() - logits[static_cast<std::size_t>(ids[position])];
        CHECK(std::abs(nll - reference[position - 1]) < rounding);
    }
}

TEST_CASE("the gradient by the factors follows the window") {
    const test::TemporaryFolder folder;
    const auto model = demoWith(folder, someLayers);
    FactorSet factors = unscaled(model->config().rope);
    const auto ids = someIds();
    const auto gradient = std::get<NllGradient>(model->nllGradient(ids, factors, FullAttention{}, {}));
    CHECK(gradient.nll == Approx(test::mean(nllUnder(*model, ids, FullAttention{}))).epsilon(1e-5));
    const std::size_t pair = 9;
    const double step = 0.02;
    double sides[2];
    for (const int side : {0, 1}) {
        FactorSet moved = factors;
        moved.factors[pair] *= std::exp(side ? step : -step);
        sides[side] = test::mean(test::nllOf(*model, ids, moved));
    }
    CHECK(gradient.byLogFactor[pair] == Approx((sides[1] - sides[0]) / (2 * step)).epsilon(0.02).margin(2e-5));
}
