#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "app/cli/commands.h"
#include "app/cli/probe_inputs.h"

namespace ropescope::cli {
namespace {

constexpr std::size_t topCount = 10;

// -ln softmax(logits)[token], in float64.
float nllOf(const std::vector<float>& logits, TokenId token) {
    const double largest = *std::max_element(logits.begin(), logits.end());
    const double sum = std::accumulate(logits.begin(), logits.end(), 0.0, [&](double total, float logit) {
        return total + std::exp(static_cast<double>(logit) - largest);
    });
    return static_cast<float>(largest + std::log(sum) - static_cast<double>(logits[static_cast<std::size_t>(token)]));
}

std::vector<TokenId> mostLikely(const std::vector<float>& logits) {
    std::vector<TokenId> order(logits.size());
    std::iota(order.begin(), order.end(), 0);
    const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(topCount, order.size()));
    std::partial_sort(order.begin(), end, order.end(), [&](TokenId a, TokenId b) {
        return logits[static_cast<std::size_t>(a)] > logits[static_cast<std::size_t>(b)];
    });
    order.erase(end, order.end());
    return order;
}

// What the model thinks after the text, and how surprised it was by every token of it.
struct Reading {
    std::vector<float> logits;
    std::vector<float> nll;
};

// The last `decoded` tokens go through the KV cache one at a time, those before them in one pass.
// The first `context` tokens go to an encoder instead.
Outcome<Reading> read(LanguageModel& model, std::span<const TokenId> ids, std::size_t context, std::size_t decoded,
                      const FactorSet& factors, const AttentionForm& attention, const RunControl& control) {
    Reading reading;
    const std::span<const TokenId> together = ids.first(ids.size() - decoded);
    if (together.size() > context + 1) {
        const NllQuery query{together, &factors};
        auto outcome = model.tokenNll({&query, 1}, attention, control);
        if (auto* nll = std::get_if<std::vector<std::vector<float>>>(&outcome))
            reading.nll.assign(nll->front().begin() + static_cast<std::ptrdiff_t>(context), nll->front().end());
        else if (const auto* error = std::get_if<Error>(&outcome))
            return *error;
        else
            return Cancelled{};
    }
    const std::unique_ptr<DecodingSession> session = model.startDecoding(factors, attention);
    for (std::size_t position = 0; position < ids.size();) {
        const std::size_t count = position < together.size() ? together.size() : 1;
        if (position > 0)
            reading.nll.push_back(nllOf(reading.logits, ids[position]));
        auto outcome = session->feed(ids.subspan(position, count), control);
        if (auto* logits = std::get_if<std::vector<float>>(&outcome))
            reading.logits = std::move(*logits);
        else if (const auto* error = std::get_if<Error>(&outcome))
            return *error;
        else
            return Cancelled{};
        position += count;
        control.report({"decoding", static_cast<double>(position), static_cast<double>(ids.size()), "tokens"});
    }
    return reading;
}

class LogitsCommand final : public Command {
public:
    [[nodiscard]] std::string name() const override { return "logits"; }
    [[nodiscard]] std::string description() const override {
        return "The last position's logits and every token's NLL, to compare with other programs";
    }

    void declare(CLI::App& app) override {
        declareModel(app, m_options);
        declareText(app, m_options);
        declareFactors(app, m_options, false);
        declareAttention(app, m_options);
        declareContext(app, m_options.context);
        app.add_option("--length", m_length, "Tokens to read (all of the first document)")->check(CLI::PositiveNumber);
        app.add_option("--decode", m_decoded, "Feed the last so many tokens one at a time through the KV cache")
            ->check(CLI::NonNegativeNumber);
    }

    [[nodiscard]] int run(const CommonOptions& common, Console& console, std::stop_token stop) override {
        const RunControl control = console.control(std::move(stop));
        const auto opened = openProbe(m_options, common, control);
        if (const auto code = exitWithout(opened, console))
            return *code;
        const auto& inputs = std::get<ProbeInputs>(opened);
        const auto ids = tokensOf(inputs);
        if (!ids)
            return console.report(ids.error());
        const auto length = static_cast<std::int64_t>(ids->size());
        const auto sets = factorSetsAt(m_options, inputs.model->config(), length);
        if (!sets)
            return console.report(sets.error());
        const auto outcome = read(*inputs.model, *ids, static_cast<std::size_t>(leadingTokens(inputs.context)),
                                  static_cast<std::size_t>(m_decoded), sets->front(), inputs.attention, control);
        if (const auto code = exitWithout(outcome, console))
            return *code;
        const auto& reading = std::get<Reading>(outcome);
        print(reading, inputs, sets->front(), length - leadingTokens(inputs.context), common, console);
        const auto isNumber = [](float value) { return !std::isnan(value); };
        if (!std::ranges::all_of(reading.logits, isNumber) || !std::ranges::all_of(reading.nll, isNumber))
            return console.report(gaveNan(inputs));
        return done;
    }

private:
    [[nodiscard]] Result<std::vector<TokenId>> tokensOf(const ProbeInputs& inputs) const {
        const Document& document = inputs.corpus.documents.front();
        std::vector<TokenId> ids;
        ids.reserve(document.ids.size() + 1);
        if (inputs.beginOfText)
            ids.push_back(*inputs.beginOfText);
        ids.insert(ids.end(), document.ids.begin(), document.ids.end());
        const auto available = static_cast<std::int64_t>(ids.size());
        const std::int64_t length = m_length > 0 ? m_length : available;
        if (length > available)
            return fail(inputError(document.name, "text", fmt::format("at least {} tokens (--length)", length),
                                   fmt::format("{}", available)));
        if (m_decoded > length)
            return fail(
                usageError(fmt::format("--decode: at most the {} tokens that are read, got {}", length, m_decoded)));
        ids.resize(static_cast<std::size_t>(length));
        return ids;
    }

    void print(const Reading& reading, const ProbeInputs& inputs, const FactorSet& factors, std::int64_t length,
               const CommonOptions& common, Console& console) const {
        nlohmann::json top = nlohmann::json::array();
        for (const TokenId id : mostLikely(reading.logits))
            top.push_back({{"id", id},
                           {"text", inputs.tokenizer ? inputs.tokenizer->decode({id}) : ""},
                           {"logit", reading.logits[static_cast<std::size_t>(id)]}});
        if (common.json) {
            nlohmann::json object{
                {"tokens", length},         {"decoded", m_decoded}, {"attention", attentionText(inputs.attention)},
                {"logits", reading.logits}, {"top", top},           {"nll", reading.nll}};
            addFactors(object, factors);
            addContext(object, inputs);
            console.printJson(object);
            return;
        }
        const double sum = std::accumulate(reading.nll.begin(), reading.nll.end(), 0.0);
        console.print(fmt::format("{} tokens under {}; mean NLL {:.4f}", length, factors.origin,
                                  sum / static_cast<double>(reading.nll.size())));
        console.print("      id       logit  text");
        for (const auto& row : top)
            console.print(fmt::format("{:8}  {:10.4f}  {}", row["id"].get<TokenId>(), row["logit"].get<double>(),
                                      row["text"].dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)));
    }

    ProbeOptions m_options;
    std::int64_t m_length = 0;
    std::int64_t m_decoded = 0;
};

} // namespace

std::unique_ptr<Command> makeLogitsCommand() {
    return std::make_unique<LogitsCommand>();
}

} // namespace ropescope::cli
