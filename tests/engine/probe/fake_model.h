// A model with a formula instead of weights: every NLL can be predicted by a test, and what it was fed is counted.
#pragma once

#include <cmath>
#include <functional>
#include <utility>

#include "engine/model/language_model.h"

namespace ropescope::test {

// NLL of the token at position p of a sequence under a factor set: 1 + factor_0 * p / 1000 + (id % 7) / 10. It never
// depends on what else is in a call.
class FakeModel : public LanguageModel {
public:
    explicit FakeModel(int pairs = 2) {
        m_config.rope = {.headDim = 2 * pairs, .rotaryDim = 2 * pairs, .theta = 10000, .trainedLength = 64};
        m_config.vocabulary = 256;
    }

    static float nll(TokenId id, std::size_t position, const FactorSet& factors) {
        return static_cast<float>(1 + factors.factors[0] * static_cast<double>(position) / 1000 + (id % 7) / 10.0);
    }

    [[nodiscard]] const ModelConfig& config() const override { return m_config; }
    [[nodiscard]] std::string deviceName() const override { return "fake"; }
    [[nodiscard]] ComputeType computeType() const override { return ComputeType::fp32; }
    [[nodiscard]] std::int64_t parameters() const override { return 0; }

    [[nodiscard]] Outcome<std::vector<std::vector<float>>>
    tokenNll(std::span<const NllQuery> queries, const AttentionForm&, const RunControl& control) override {
        std::vector<std::vector<float>> result;
        ++calls;
        for (const NllQuery& query : queries) {
            if (beforeForward)
                beforeForward();
            if (control.stopRequested())
                return Cancelled{};
            if (error)
                return *error;
            std::vector<float>& nlls = result.emplace_back();
            for (std::size_t position = 1; position < query.ids.size(); ++position)
                nlls.push_back(nll(query.ids[position], position, *query.factors));
            ++sequences;
            control.report({"forward", static_cast<double>(result.size()), static_cast<double>(queries.size()), ""});
        }
        return result;
    }

    [[nodiscard]] std::unique_ptr<DecodingSession> startDecoding(const FactorSet&, const AttentionForm&) override {
        return nullptr;
    }
    [[nodiscard]] Outcome<NllGradient> nllGradient(std::span<const TokenId>, const FactorSet&, const AttentionForm&,
                                                   const RunControl&) override {
        return failure("the fake model has no gradient");
    }
    [[nodiscard]] std::int64_t peakMemoryBytes() const override { return 1000 + sequences; }
    void resetPeakMemory() override { sequences = 0; }

    std::function<void()> beforeForward;
    std::optional<Error> error;
    int calls = 0;
    int sequences = 0; // since the last reset of the peak memory

private:
    ModelConfig m_config;
};

// `lengths` documents of rising ids.
inline Corpus corpusOf(const std::vector<std::int64_t>& lengths) {
    Corpus corpus;
    corpus.source = "some.txt";
    for (const std::int64_t length : lengths) {
        Document& document = corpus.documents.emplace_back();
        for (std::int64_t index = 0; index < length; ++index)
            document.ids.push_back(static_cast<TokenId>(index % 251));
    }
    return corpus;
}

inline FactorSet factorsOf(double first, double second = 1) {
    return {{first, second}, 1, "test"};
}

} // namespace ropescope::test
