// What must hold for any model: causality, independence of batching, decoding equal to prefill, clear refusals.
#include <cmath>
#include <limits>

#include "engine/model/checkpoint.h"
#include "engine/model/required_tensors.h"
#include "tests/engine/model/converted_model.h"
#include "tests/engine/model/models.h"
#include "tests/engine/model/raw_files.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using test::GgufWriter;

namespace {

constexpr double rounding = 2e-5; // in a token's NLL, float32

std::filesystem::path demoModel() {
    return std::filesystem::path(ROPESCOPE_RESOURCES) / "demo" / "model";
}

// Ids without meaning, the same in every run.
std::vector<TokenId> someIds(std::size_t count, int vocabulary) {
    std::vector<TokenId> ids(count);
    std::uint32_t state = 12345;
    for (TokenId& id : ids) {
        state = state * 1103515245U + 12345U;
        id = static_cast<TokenId>((state >> 16) % static_cast<std::uint32_t>(vocabulary));
    }
    return ids;
}

FactorSet stretched(const ModelConfig& config, double factor) {
    FactorSet set = unscaled(config.rope);
    for (std::size_t pair = 0; pair < set.factors.size(); ++pair)
        set.factors[pair] += factor * static_cast<double>(pair) / static_cast<double>(set.factors.size());
    set.attentionFactor = 1.05;
    return set;
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b, std::size_t count) {
    double largest = 0;
    for (std::size_t i = 0; i < count; ++i)
        largest = std::max(largest, std::abs(static_cast<double>(a[i]) - b[i]));
    return largest;
}

} // namespace

TEST_CASE("later tokens change nothing before them") {
    const auto model = test::loadModel(demoModel());
    std::vector<TokenId> ids = someIds(300, model->config().vocabulary);
    const FactorSet factors = stretched(model->config(), 3);
    const std::vector<float> before = test::nllOf(*model, ids, factors);
    for (std::size_t i = 200; i < ids.size(); ++i)
        ids[i] = (ids[i] + 7) % model->config().vocabulary;
    const std::vector<float> after = test::nllOf(*model, ids, factors);
    REQUIRE(before.size() == 299);
    CHECK(largestDifference(before, after, 199) < rounding);
    CHECK(std::abs(before[199] - after[199]) > 1e-3); // the first changed token's own NLL
}

TEST_CASE("several factor sets at once give what each gives alone") {
    const auto model = test::loadModel(demoModel());
    const std::vector<TokenId> ids = someIds(200, model->config().vocabulary);
    const std::vector<TokenId> shorter(ids.begin(), ids.begin() + 150);
    const std::vector<FactorSet> sets = {unscaled(model->config().rope), stretched(model->config(), 1),
                                         stretched(model->config(), 4)};
    const std::vector<NllQuery> queries = {{ids, &sets[0]}, {ids, &sets[1]}, {ids, &sets[2]}, {shorter, &sets[2]}};
    const std::vector<std::vector<float>> together = test::nllOf(*model, queries);
    REQUIRE(together.size() == queries.size());
    for (std::size_t i = 0; i < queries.size(); ++i) {
        const std::vector<float> alone = test::nllOf(*model, queries[i].ids, *queries[i].factors);
        REQUIRE(together[i].size() == alone.size());
        CHECK(largestDifference(together[i], alone, alone.size()) < rounding);
    }
    CHECK(largestDifference(together[0], together[2], 199) > 1e-3);
}

TEST_CASE("feeding in pieces, and again after forgetting some, gives the logits of one forward pass") {
    ROPESCOPE_FIXTURE(neox, "tiny_models/tiny_neox");
    for (const std::filesystem::path& path : {demoModel(), neox}) {
        const auto model = test::loadModel(path);
        const std::vector<TokenId> ids = someIds(120, model->config().vocabulary);
        const std::span<const TokenId> all(ids);
        const FactorSet factors = stretched(model->config(), 2);
        const std::vector<float> whole = test::fed(*model->startDecoding(factors, FullAttention{}), all);

        const auto session = model->startDecoding(factors, FullAttention{});
        CHECK(session->length() == 0);
        (void)test::fed(*session, all.first(70));
        (void)test::fed(*session, all.subspan(70, 1));
        const std::vector<float> pieces = test::fed(*session, all.subspan(71));
        CHECK(session->length() == 120);
        CHECK(largestDifference(whole, pieces, whole.size()) < 1e-4);

        REQUIRE(session->truncate(50).has_value());
        (void)test::fed(*session, someIds(30, 100)); // another branch, then back
        REQUIRE(session->truncate(50).has_value());
        const std::vector<float> again = test::fed(*session, all.subspan(50));
        CHECK(largestDifference(whole, again, whole.size()) < 1e-4);
        CHECK_FALSE(session->truncate(121).has_value());
    }
}

TEST_CASE("a GGUF file that carries its rotary factors as a tensor runs with them, and without them where asked") {
    const ModelConfig config = readModelConfig(demoModel()).value();
    GgufWriter writer = test::convertedKeys(config);
    test::addConverted(writer, *openCheckpoint(demoModel()).value(), config);
    FactorSet carried = unscaled(config.rope);
    std::string bytes;
    for (double& factor : carried.factors) {
        factor = 1.5;
        bytes += GgufWriter::raw(1.5F);
    }
    writer.tensor("rope_freqs.weight", {carried.factors.size()}, 0, bytes);
    const test::TemporaryFolder folder;
    test::writeBytes(folder.path() / "model.gguf", writer.bytes());

    const auto original = test::loadModel(demoModel());
    const auto converted = test::loadModel(folder.path() / "model.gguf");
    const std::vector<TokenId> ids = someIds(64, config.vocabulary);
    const FactorSet own = configuredFactors(converted->config(), 64);
    CHECK(own.factors == carried.factors);
    CHECK(largestDifference(test::nllOf(*converted, ids, own), test::nllOf(*original, ids, carried), 63) < rounding);
    const FactorSet none = unscaled(config.rope);
    CHECK(largestDifference(test::nllOf(*converted, ids, none), test::nllOf(*original, ids, none), 63) < rounding);
}

TEST_CASE("bf16 agrees with float32 to its own precision") {
    const auto wide = test::loadModel(demoModel(), ComputeType::fp32);
    const auto narrow = test::loadModel(demoModel(), ComputeType::bf16);
    CHECK(narrow->computeType() == ComputeType::bf16);
    const std::vector<TokenId> ids = someIds(256, wide->config().vocabulary);
    const FactorSet factors = stretched(wide->config(), 2);
    CHECK(test::mean(test::nllOf(*narrow, ids, factors)) ==
          Approx(test::mean(test::nllOf(*wide, ids, factors))).margin(0.05).epsilon(0));
}

TEST_CASE("requests that make no sense are refused with their reason") {
    const auto model = test::loadModel(demoModel());
    const FactorSet good = unscaled(model->config().rope);
    const auto refusal = [&](std::vector<TokenId> ids, const FactorSet& factors) {
        const NllQuery query{ids, &factors};
        auto outcome = model->tokenNll({&query, 1}, FullAttention{}, {});
        REQUIRE(std::holds_alternative<Error>(outcome));
        return std::get<Error>(outcome);
    };
    CHECK(refusal({1}, good).kind == ErrorKind::usage);
    CHECK(refusal({1, model->config().vocabulary}, good).message.find("token 1") != std::string::npos);
    CHECK(refusal({-1, 2}, good).kind == ErrorKind::input);
    FactorSet bad = good;
    bad.factors.pop_back();
    CHECK(refusal({1, 2}, bad).message.find("expected 32") != std::string::npos);
    bad = good;
    bad.factors[3] = std::numeric_limits<double>::quiet_NaN();
    CHECK(refusal({1, 2}, bad).message.find("pair 3") != std::string::npos);
}

TEST_CASE("a stop request ends a forward pass as cancelled, and a session keeps its state") {
    const auto model = test::loadModel(demoModel());
    const std::vector<TokenId> ids = someIds(64, model->config().vocabulary);
    const FactorSet factors = unscaled(model->config().rope);
    std::stop_source source;
    source.request_stop();
    const RunControl control{source.get_token(), {}};
    const NllQuery query{ids, &factors};
    CHECK(std::holds_alternative<Cancelled>(model->tokenNll({&query, 1}, FullAttention{}, control)));
    const auto session = model->startDecoding(factors, FullAttention{});
    (void)test::fed(*session, std::span(ids).first(10));
    CHECK(std::holds_alternative<Cancelled>(session->feed(std::span(ids).subspan(10), control)));
    CHECK(session->length() == 10);
}

TEST_CASE("a device that isn't there is refused") {
    DeviceOptions options;
    options.device = "cuda:99";
    auto outcome = loadLanguageModel(demoModel(), options, {});
    REQUIRE(std::holds_alternative<Error>(outcome));
    CHECK(std::get<Error>(outcome).kind == ErrorKind::usage);
    options.device = "tpu";
    outcome = loadLanguageModel(demoModel(), options, {});
    REQUIRE(std::holds_alternative<Error>(outcome));
    CHECK(std::get<Error>(outcome).message.find("tpu") != std::string::npos);
}
