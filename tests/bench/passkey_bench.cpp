// How much a passkey grid gains from prefilling what prompts share once: the same prompts, answers and model with the
// cache of the probe and as the published programs run them, the whole prompt again for every new token.
//
//     passkey_bench MODEL LENGTH[,LENGTH...] TRIALS [THREADS]
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <sstream>

#include <fmt/format.h>

#include "engine/base/resources.h"
#include "engine/model/model_config.h"
#include "engine/probe/passkey.h"

namespace {

using namespace ropescope;
using Clock = std::chrono::steady_clock;

[[noreturn]] void stop(const std::string& why) {
    fmt::print(stderr, "passkey_bench: {}\n", why);
    std::exit(1);
}

template <class Report>
Report take(Outcome<Report> outcome) {
    if (auto* error = std::get_if<Error>(&outcome))
        stop(error->message);
    return std::get<Report>(std::move(outcome));
}

// Ten new tokens as the published programs do it, each from a cache of its own.
std::string continuationWithoutCache(LanguageModel& model, const Tokenizer& tokenizer, const FactorSet& factors,
                                     std::vector<TokenId> ids, int newTokens) {
    std::vector<TokenId> decoded;
    for (int token = 0; token < newTokens; ++token) {
        const auto logits = take(model.startDecoding(factors, FullAttention{})->feed(ids, {}));
        const auto best = std::max_element(logits.begin(), logits.end()) - logits.begin();
        ids.push_back(static_cast<TokenId>(best));
        decoded.push_back(ids.back());
    }
    return tokenizer.decode(decoded);
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 4)
        stop("MODEL LENGTH[,LENGTH...] TRIALS [THREADS]");
    const auto path = modelPath(argv[1]);
    DeviceOptions options;
    options.threads = argc > 4 ? std::atoi(argv[4]) : 0;
    const auto tokenizer = loadTokenizer(path);
    if (!tokenizer)
        stop(tokenizer.error().message);
    const auto model = take(loadLanguageModel(path, options, {}));

    PasskeyRequest request;
    request.trials = std::atoi(argv[3]);
    std::istringstream lengths(argv[2]);
    for (std::string length; std::getline(lengths, length, ',');)
        request.cases.push_back(
            {configuredFactors(model->config(), std::atoll(length.c_str())), std::atoll(length.c_str())});
    const auto report = take(measurePasskey(*model, **tokenizer, request, {}, {}));

    const auto writer = promptWriter(request.style, request.chat, **tokenizer).value();
    const auto started = Clock::now();
    int disagreements = 0;
    for (const PasskeyCell& cell : report.cells)
        for (std::int64_t trial = 0; trial < cell.trials; ++trial) {
            const auto prompt = writer->write({cell.length, cell.depth, trial, request.seed}).value();
            const std::string continuation = continuationWithoutCache(
                *model, **tokenizer, request.cases[cell.index].factors, prompt.ids, request.newTokens);
            const bool correct = answersKey(continuation, prompt.key);
            disagreements += correct != cell.answers[static_cast<std::size_t>(trial)].correct ? 1 : 0;
        }
    const double without = std::chrono::duration<double>(Clock::now() - started).count();
    fmt::print("{} prompts: {:.2f} s with the probe's cache, {:.2f} s without: {:.1f} x; {} answers differ\n",
               static_cast<std::int64_t>(report.cells.size()) * request.trials, report.seconds, without,
               without / report.seconds, disagreements);
    return disagreements == 0 ? 0 : 1;
}
