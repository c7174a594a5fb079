// The exact gradient by factors against central differences of the forward pass.
#include <cmath>

#include "tests/engine/model/models.h"

using namespace ropescope;

namespace {

std::vector<TokenId> pseudoRandomIds(std::size_t count) {
    std::vector<TokenId> ids;
    std::uint32_t x = 99;
    while (ids.size() < count) {
        x = (1103515245U * x + 12345U) & 0x7fffffffU;
        ids.push_back(static_cast<TokenId>((x >> 16) % 288));
    }
    return ids;
}

FactorSet irregular(const LanguageModel& model) {
    FactorSet set = unscaled(model.config().rope);
    for (std::size_t i = 0; i < set.factors.size(); ++i)
        set.factors[i] = 0.9 + 0.4 * static_cast<double>(i % 3);
    set.attentionFactor = 1.1;
    return set;
}

double meanNll(LanguageModel& model, std::span<const TokenId> ids, const FactorSet& set, const AttentionForm& form) {
    const NllQuery query{ids, &set};
    const auto outcome = model.tokenNll({&query, 1}, form, {});
    return test::mean(std::get<std::vector<std::vector<float>>>(outcome).front());
}

} // namespace

TEST_CASE("the gradient by every factor agrees with central differences, for every architecture and attention form") {
    const std::string name = GENERATE("tiny_llama", "tiny_qwen3", "tiny_neox", "tiny_phi3");
    ROPESCOPE_FIXTURE(models, "tiny_models");
    const auto model = test::loadModel(models / name);
    const auto ids = pseudoRandomIds(96);
    const FactorSet set = irregular(*model);
    for (const AttentionForm& form : {AttentionForm(FullAttention{}), AttentionForm(LambdaAttention{24, 4})}) {
        INFO(name);
        const auto outcome = model->nllGradient(ids, set, form, {});
        if (const Error* error = std::get_if<Error>(&outcome))
            FAIL(error->message);
        const auto& gradient = std::get<NllGradient>(outcome);
        CHECK(gradient.nll == Approx(meanNll(*model, ids, set, form)).margin(1e-6));
        REQUIRE(gradient.byLogFactor.size() == set.factors.size());
        // The mean of float32 NLLs is good to about 1e-7, and a step turns the fastest angles by a twentieth of a
        // radian at most, so a difference is good to about 1e-7 / step plus a thousandth of itself.
        const auto difference = [&](auto&& change, double step) {
            FactorSet up = set;
            FactorSet down = set;
            change(up, step);
            change(down, -step);
            return (meanNll(*model, ids, up, form) - meanNll(*model, ids, down, form)) / (2 * step);
        };
        for (std::size_t pair = 0; pair < set.factors.size(); ++pair) {
            INFO("pair " << pair);
            const double theta =
                std::pow(model->config().rope.theta, -2.0 * static_cast<double>(pair) / model->config().rope.rotaryDim);
            const double step = std::min(0.05, 0.05 * set.factors[pair] / (theta * static_cast<double>(ids.size())));
            const double expected =
                difference([pair](FactorSet& s, double by) { s.factors[pair] *= std::exp(by); }, step);
            CHECK(gradient.byLogFactor[pair] == Approx(expected).epsilon(0.01).margin(3e-7 / step + 1e-6));
        }
        const double expected = difference([](FactorSet& s, double by) { s.attentionFactor += by; }, 1e-3);
        CHECK(gradient.byAttentionFactor == Approx(expected).epsilon(0.01).margin(3e-4));
    }
}
