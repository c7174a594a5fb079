#include "engine/probe/passkey.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include <fmt/format.h>

#include "engine/probe/guard.h"
#include "engine/probe/prompt_cache.h"
#include "engine/probe/scoring.h"

namespace ropescope {
namespace {

// The first of the largest; what is not a number never wins.
TokenId greedyChoice(const std::vector<float>& logits) {
    std::size_t best = 0;
    for (std::size_t id = 1; id < logits.size(); ++id)
        if (logits[id] > logits[best] || std::isnan(logits[best]))
            best = id;
    return static_cast<TokenId>(best);
}

// Work of a trial in tokens, for progress: what follows the key's place is fed anew for every key.
double workOf(std::int64_t length, std::optional<double> depth, const PasskeyRequest& request) {
    return (1 - depth.value_or(0.5)) * static_cast<double>(length) + request.newTokens;
}

class Grid {
public:
    Grid(LanguageModel& model, const Tokenizer& tokenizer, const PasskeyRequest& request, PromptWriter& writer,
         const RunControl& control)
        : m_model(model), m_tokenizer(tokenizer), m_request(request), m_writer(writer), m_control(control) {
        for (const PasskeyCase& one : request.cases)
            for (const auto& depth : writer.depths())
                m_progress.total += static_cast<double>(request.trials) * workOf(one.length, depth, request);
    }

    [[nodiscard]] Outcome<PasskeyReport> run(const std::function<void(const PasskeyCell&)>& onCell) {
        const auto started = std::chrono::steady_clock::now();
        auto depths = m_writer.depths();
        std::ranges::sort(depths, std::greater{});
        for (std::size_t index = 0; index < m_request.cases.size(); ++index) {
            PromptCache cache(m_model, m_request.cases[index].factors, m_request.attention);
            std::vector<PasskeyCell> cells;
            for (const auto& depth : depths) {
                auto outcome = runCell(index, depth, cache);
                if (auto* error = std::get_if<Error>(&outcome))
                    return std::move(*error);
                if (std::holds_alternative<Cancelled>(outcome))
                    return Cancelled{};
                cells.push_back(std::get<PasskeyCell>(std::move(outcome)));
                if (onCell)
                    onCell(cells.back());
            }
            m_report.tokensFed += cache.tokensFed();
            m_report.cells.insert(m_report.cells.end(), std::make_move_iterator(cells.rbegin()),
                                  std::make_move_iterator(cells.rend()));
        }
        m_report.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
        return std::move(m_report);
    }

private:
    [[nodiscard]] Outcome<PasskeyCell> runCell(std::size_t index, std::optional<double> depth, PromptCache& cache) {
        PasskeyCell cell;
        cell.index = index;
        cell.length = m_request.cases[index].length;
        cell.depth = depth;
        const double work = workOf(cell.length, depth, m_request);
        for (std::int64_t trial = 0; trial < m_request.trials; ++trial) {
            if (settled(cell)) {
                m_progress.done += work * static_cast<double>(m_request.trials - trial);
                break;
            }
            auto outcome =
                runTrial({cell.length, depth, trial, m_request.seed}, cache, stepOf(m_control, m_progress, work));
            if (auto* error = std::get_if<Error>(&outcome))
                return std::move(*error);
            if (std::holds_alternative<Cancelled>(outcome))
                return Cancelled{};
            auto& answer = std::get<PasskeyAnswer>(outcome);
            ++cell.trials;
            cell.correct += answer.correct ? 1 : 0;
            cell.interval = wilson95(cell.correct, cell.trials);
            cell.answers.push_back(std::move(answer));
            m_progress.done += work;
        }
        m_control.report(m_progress);
        return cell;
    }

    [[nodiscard]] bool settled(const PasskeyCell& cell) const {
        return m_request.stopAt && cell.trials > 0 &&
               (cell.interval.low > *m_request.stopAt || cell.interval.high < *m_request.stopAt);
    }

    [[nodiscard]] Outcome<PasskeyAnswer> runTrial(const PasskeyTrial& trial, PromptCache& cache,
                                                  const RunControl& control) {
        if (m_control.stopRequested())
            return Cancelled{};
        m_control.report(m_progress);
        auto prompt = m_writer.write(trial);
        if (!prompt)
            return prompt.error();
        PasskeyAnswer answer;
        answer.key = prompt->key;
        answer.promptTokens = static_cast<std::int64_t>(prompt->ids.size());
        // The decoded tokens report no progress of their own: they'd start again at 0.
        const RunControl quiet{control.stop, {}};
        std::vector<TokenId> decoded;
        auto outcome = cache.logitsAfter(prompt->ids, control);
        for (;;) {
            if (auto* error = std::get_if<Error>(&outcome))
                return std::move(*error);
            if (std::holds_alternative<Cancelled>(outcome))
                return Cancelled{};
            const TokenId id = greedyChoice(std::get<std::vector<float>>(outcome));
            m_report.tokensWithoutCache += answer.promptTokens + static_cast<std::int64_t>(decoded.size());
            if (id == m_tokenizer.endOfText())
                break;
            decoded.push_back(id);
            answer.continuation = m_tokenizer.decode(decoded);
            if (answerComplete(answer.continuation) || static_cast<int>(decoded.size()) >= m_request.newTokens)
                break;
            outcome = cache.append(id, quiet);
        }
        answer.correct = answersKey(answer.continuation, answer.key);
        return answer;
    }

    LanguageModel& m_model;
    const Tokenizer& m_tokenizer;
    const PasskeyRequest& m_request;
    PromptWriter& m_writer;
    const RunControl& m_control;
    Progress m_progress{"passkey", 0, 0, "tokens"};
    PasskeyReport m_report;
};

} // namespace

Outcome<PasskeyReport> measurePasskey(LanguageModel& model, const Tokenizer& tokenizer, const PasskeyRequest& request,
                                      const std::function<void(const PasskeyCell&)>& onCell,
                                      const RunControl& control) {
    return guarded([&]() -> Outcome<PasskeyReport> {
        if (request.trials < 1 || request.newTokens < 1)
            return usageError("a passkey grid needs at least one trial per cell and one new token");
        const auto writer = promptWriter(request.style, request.chat, tokenizer);
        if (!writer)
            return writer.error();
        for (const PasskeyCase& one : request.cases) {
            if (auto sound = checkFactors(one.factors, model.config()); !sound)
                return sound.error();
            // Too short a length is found before the first forward pass.
            if (const auto prompt = (*writer)->write({one.length, (*writer)->depths().front(), 0, request.seed});
                !prompt)
                return prompt.error();
        }
        return Grid(model, tokenizer, request, **writer, control).run(onCell);
    });
}

} // namespace ropescope
