// A model with a formula instead of weights: every NLL can be predicted by a test, and what it was fed is counted.
#pragma once

#include <cmath>
#include <functional>
#include <string>
#include <utility>

#include "engine/model/language_model.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope::test {

// NLL of the token at position p of a sequence under a factor set: 1 + factor_0 * p / 1000 + (id % 7) / 10. It never
// depends on what else is in a call.
class FakeModel : public LanguageModel {
public:
    explicit FakeModel(int pairs = 2, std::int64_t trainedLength = 64) {
        m_config.rope = {.headDim = 2 * pairs, .rotaryDim = 2 * pairs, .theta = 10000, .trainedLength = trainedLength};
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

    [[nodiscard]] std::unique_ptr<DecodingSession> startDecoding(const FactorSet& factors,
                                                                 const AttentionForm&) override {
        ++sessions;
        return std::make_unique<FakeSession>(*this, factors);
    }

    // The gradient of the mean of nll(): positions count, and the factor of pair 0.
    [[nodiscard]] Outcome<NllGradient> nllGradient(std::span<const TokenId> ids, const FactorSet& factors,
                                                   const AttentionForm&, const RunControl&) override {
        NllGradient gradient;
        const auto count = static_cast<double>(ids.size() - 1);
        gradient.byLogFactor.assign(factors.factors.size(), 0);
        for (std::size_t position = 1; position < ids.size(); ++position) {
            gradient.nll += nll(ids[position], position, factors) / count;
            gradient.byLogFactor[0] += factors.factors[0] * static_cast<double>(position) / 1000 / count;
        }
        gradient.byAttentionFactor = 0.25;
        return gradient;
    }
    [[nodiscard]] std::int64_t peakMemoryBytes() const override { return 1000 + sequences; }
    void resetPeakMemory() override { sequences = 0; }

    std::function<void()> beforeForward;
    std::optional<Error> error;
    int calls = 0;
    int sessions = 0;
    std::int64_t tokensDecoded = 0;
    bool canTruncate = true;
    int sequences = 0; // since the last reset of the peak memory

private:
    // Knows passkey prompts of bytes: says the key as long as the whole text is no longer than trainedLength *
    // factor_0, and "x" beyond.
    class FakeSession : public DecodingSession {
    public:
        FakeSession(FakeModel& model, const FactorSet& factors)
            : m_model(model), m_reach(static_cast<double>(model.m_config.rope.trainedLength) * factors.factors[0]) {}

        [[nodiscard]] Outcome<std::vector<float>> feed(std::span<const TokenId> ids,
                                                       const RunControl& control) override {
            if (m_model.beforeForward)
                m_model.beforeForward();
            if (control.stopRequested())
                return Cancelled{};
            if (m_model.error)
                return *m_model.error;
            m_model.tokensDecoded += static_cast<std::int64_t>(ids.size());
            for (const TokenId id : ids)
                m_text += static_cast<char>(id);
            std::vector<float> logits(256, 0.0F);
            logits[static_cast<unsigned char>(nextCharacter())] = 1;
            return logits;
        }
        [[nodiscard]] std::int64_t length() const override { return static_cast<std::int64_t>(m_text.size()); }
        [[nodiscard]] Result<void> truncate(std::int64_t length) override {
            if (!m_model.canTruncate)
                return fail(failure("this cache forgets"));
            m_text.resize(static_cast<std::size_t>(length));
            return {};
        }

    private:
        [[nodiscard]] char nextCharacter() const {
            constexpr std::string_view opening = "The pass key is";
            const auto key = m_text.find(std::string(opening) + " ");
            if (key == std::string::npos || static_cast<double>(m_text.size()) > m_reach)
                return 'x';
            const auto digits = m_text.substr(key + opening.size(), m_text.find('.', key) + 1 - key - opening.size());
            const auto said = m_text.size() - (m_text.rfind(opening) + opening.size());
            return said < digits.size() ? digits[said] : '\0';
        }

        FakeModel& m_model;
        double m_reach;
        std::string m_text;
    };

    ModelConfig m_config;
};

// One token per byte; 0 ends a text. `beginWith` is what its own template puts first.
class ByteTokenizer : public Tokenizer {
public:
    explicit ByteTokenizer(std::optional<TokenId> beginWith = {}) : m_beginWith(beginWith) {}

    [[nodiscard]] Result<std::vector<TokenId>> encode(std::string_view text,
                                                      const EncodeOptions& options) const override {
        std::vector<TokenId> ids;
        if (options.addSpecial && m_beginWith)
            ids.push_back(*m_beginWith);
        for (const char byte : text)
            ids.push_back(static_cast<unsigned char>(byte));
        return ids;
    }
    [[nodiscard]] std::string decode(const std::vector<TokenId>& ids) const override {
        return {ids.begin(), ids.end()};
    }
    [[nodiscard]] int vocabularySize() const override { return 256; }
    [[nodiscard]] std::optional<TokenId> beginOfText() const override { return m_beginWith; }
    [[nodiscard]] std::optional<TokenId> endOfText() const override { return 0; }

private:
    std::optional<TokenId> m_beginWith;
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
