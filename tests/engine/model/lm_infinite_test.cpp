// LM-Infinite against the numbers recorded from the authors' program (fixtures/lm_infinite) and against its own
// properties.
#include <algorithm>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/engine/model/models.h"

using namespace ropescope;
using nlohmann::json;

namespace {

// What the fixture's check allows between float32 programs.
constexpr double tolerance = 5e-5;

AttentionForm formOf(const json& settings) {
    const std::string mode = settings.at("mode");
    const std::int64_t window = settings.at("window");
    const std::int64_t starting = settings.at("start");
    if (mode == "mask_only")
        return LambdaMaskAttention{window, starting};
    if (mode == "ceiling_only")
        return DistanceCeilingAttention{window};
    return LambdaAttention{window, starting, settings.value("topk", 0), settings.value("topk_from_layer", 0)};
}

double largestDifference(const std::vector<float>& found, const json& expected) {
    double largest = 0;
    for (std::size_t i = 0; i < expected.size(); ++i)
        largest = std::max(largest, std::abs(static_cast<double>(found.at(i)) - expected[i].get<double>()));
    return largest;
}

std::vector<float> nllUnder(LanguageModel& model, std::span<const TokenId> ids, const FactorSet& factors,
                            const AttentionForm& form) {
    const NllQuery query{ids, &factors};
    auto outcome = model.tokenNll({&query, 1}, form, {});
    if (const Error* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    return std::get<std::vector<std::vector<float>>>(outcome).front();
}

std::vector<TokenId> pseudoRandomIds(std::size_t count) {
    std::vector<TokenId> ids;
    std::uint32_t x = 2024;
    while (ids.size() < count) {
        x = (1103515245U * x + 12345U) & 0x7fffffffU;
        ids.push_back(static_cast<TokenId>((x >> 16) % 288));
    }
    return ids;
}

FactorSet irregular(const LanguageModel& model) {
    FactorSet set = unscaled(model.config().rope);
    for (std::size_t i = 0; i < set.factors.size(); ++i)
        set.factors[i] = 0.8 + 0.37 * static_cast<double>(i % 5);
    set.attentionFactor = 1.15;
    return set;
}

double largestDifference(const std::vector<float>& a, const std::vector<float>& b) {
    double largest = 0;
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
        largest = std::max(largest, static_cast<double>(std::abs(a[i] - b[i])));
    return largest;
}

} // namespace

TEST_CASE("LM-Infinite agrees with the authors' program in every case where limit and window are one number") {
    ROPESCOPE_FIXTURE(goldenFile, "lm_infinite/golden.json");
    ROPESCOPE_FIXTURE(folder, "tiny_models/tiny_llama");
    const auto model = test::loadModel(folder);
    const FactorSet none = unscaled(model->config().rope);
    const json golden = json::parse(std::ifstream(goldenFile));
    int compared = 0;
    for (const auto& [name, entry] : golden.at("cases").items()) {
        const json& settings = entry.at("settings");
        if (settings.value("limit", settings.at("window").get<int>()) != settings.at("window"))
            continue; // the authors' program alone takes two numbers
        INFO(name);
        ++compared;
        const auto ids = entry.at("ids").get<std::vector<TokenId>>();
        const AttentionForm form = formOf(settings);
        const json& expected = entry.at("authors_f32");
        CHECK(largestDifference(nllUnder(*model, ids, none, form), expected.at("nll")) < tolerance);
        const auto session = model->startDecoding(none, form);
        std::vector<float> logits = test::fed(*session, ids);
        CHECK(largestDifference(logits, expected.at("last_logits_first64")) < tolerance);
        CHECK(std::distance(logits.begin(), std::max_element(logits.begin(), logits.end())) ==
              expected.at("last_argmax").get<int>());
        const auto decoded = entry.value("decode_ids", std::vector<TokenId>{});
        for (std::size_t step = 0; step < decoded.size(); ++step) {
            INFO("step " << step);
            logits = test::fed(*session, std::span(decoded).subspan(step, 1));
            const json& recorded = expected.at("steps").at(step);
            CHECK(session->length() == recorded.at("total_length").get<std::int64_t>());
            CHECK(largestDifference(logits, recorded.at("logits_first64")) < tolerance);
        }
    }
    CHECK(compared == 13);
}

TEST_CASE("up to window + 1 tokens LM-Infinite is full attention, under any factors") {
    ROPESCOPE_FIXTURE(folder, "tiny_models/tiny_llama");
    const auto model = test::loadModel(folder);
    const FactorSet set = irregular(*model);
    const auto ids =
        pseudoRandomIds(67); // the last token is only predicted, so position 65 is the last query that counts
    const auto full = nllUnder(*model, std::span(ids).first(66), set, FullAttention{});
    const auto lambda = nllUnder(*model, std::span(ids).first(66), set, LambdaAttention{64, 4});
    CHECK(largestDifference(full, lambda) < 1e-5);
    CHECK(largestDifference(nllUnder(*model, ids, set, FullAttention{}),
                            nllUnder(*model, ids, set, LambdaAttention{64, 4})) > 1e-4);
}

TEST_CASE("LM-Infinite decodes past many evictions as it prefills, in pieces of any size") {
    ROPESCOPE_FIXTURE(folder, "tiny_models/tiny_llama");
    const auto model = test::loadModel(folder);
    const FactorSet set = irregular(*model);
    const auto ids = pseudoRandomIds(260);
    const AttentionForm form =
        GENERATE(AttentionForm(LambdaAttention{16, 5}), AttentionForm(LambdaAttention{16, 40}),
                 AttentionForm(LambdaMaskAttention{16, 5}), AttentionForm(DistanceCeilingAttention{16}),
                 AttentionForm(LambdaAttention{7, 0}));
    const auto reference = nllUnder(*model, ids, set, form);
    const auto session = model->startDecoding(set, form);
    std::size_t position = 0;
    std::size_t piece = 1;
    while (position < ids.size() - 1) {
        const std::size_t count = std::min(piece, ids.size() - 1 - position);
        const auto logits = test::fed(*session, std::span(ids).subspan(position, count));
        position += count;
        piece = piece % 23 + 3;
        double sum = 0;
        for (const float logit : logits)
            sum += std::exp(static_cast<double>(logit));
        const double nll = std::log(sum) - static_cast<double>(logits[static_cast<std::size_t>(ids[position])]);
        CHECK(nll == Approx(reference[position - 1]).margin(5e-5));
    }
}

TEST_CASE("LM-Infinite's cache goes back as far as the window is whole and says where it can't") {
    ROPESCOPE_FIXTURE(folder, "tiny_models/tiny_llama");
    const auto model = test::loadModel(folder);
    const FactorSet set = irregular(*model);
    const auto ids = pseudoRandomIds(200);
    const auto session = model->startDecoding(set, LambdaAttention{16, 5});
    const auto first = test::fed(*session, std::span(ids).first(100));
    (void)test::fed(*session, std::span(ids).subspan(100, 9));
    REQUIRE(session->truncate(99));
    CHECK(largestDifference(test::fed(*session, std::span(ids).subspan(99, 1)), first) < 5e-5);
    (void)test::fed(*session, std::span(ids).subspan(100, 100));
    const auto refused = session->truncate(60);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().message.find("60") != std::string::npos);
    CHECK(session->length() == 200);
    REQUIRE(session->truncate(0));
    CHECK(largestDifference(test::fed(*session, std::span(ids).first(100)), first) < 5e-5);
}

TEST_CASE("LM-Infinite refuses windows and counts that make no sense") {
    ROPESCOPE_FIXTURE(folder, "tiny_models/tiny_llama");
    const auto model = test::loadModel(folder);
    const FactorSet none = unscaled(model->config().rope);
    const auto ids = pseudoRandomIds(8);
    const NllQuery query{ids, &none};
    for (const AttentionForm& form :
         {AttentionForm(LambdaAttention{0, 4}), AttentionForm(LambdaAttention{8, -1}),
          AttentionForm(LambdaAttention{8, 4, -1}), AttentionForm(DistanceCeilingAttention{-3})}) {
        const auto outcome = model->tokenNll({&query, 1}, form, {});
        REQUIRE(std::holds_alternative<Error>(outcome));
        CHECK(std::get<Error>(outcome).kind == ErrorKind::usage);
    }
}
