#include "app/cli/search_output.h"

#include <cmath>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/factor_file/factor_file.h"
#include "engine/session/study_factors.h"
#include "engine/study/study.h"

namespace ropescope::cli {
namespace {

std::string comparisonLine(const std::string& name, double perplexity, double initial) {
    return fmt::format("  {:<24} {:>10.4f}{}", name, perplexity,
                       std::isnan(initial) ? "" : fmt::format("  {:>+9.2f} %", 100 * (perplexity / initial - 1)));
}

std::string comparison(const SearchReport& report, double plain, double initial, double found) {
    const double none = std::nan("");
    return comparisonLine("unscaled", plain, none) + '\n' +
           comparisonLine(fmt::format("start ({})", report.initial.origin), initial, none) + '\n' +
           comparisonLine("found", found, initial);
}

std::string unseenText(const SearchReport& report) {
    if (!report.unseen)
        return "on unseen text: the text has nothing that the search did not see, so over-fitting can't be judged";
    const UnseenComparison& unseen = *report.unseen;
    std::string text = fmt::format("on text the search did not see, {} tokens in {} window{}:\n", unseen.tokens,
                                   unseen.windows, unseen.windows == 1 ? "" : "s") +
                       comparison(report, unseen.unscaledPerplexity, unseen.initialPerplexity, unseen.perplexity);
    text += fmt::format("\n  found - start            {:>+10.4f} nats per token", unseen.difference);
    if (std::isnan(unseen.standardError))
        return text + " (too little text for a standard error)";
    text += fmt::format(" ± {:.4f} (standard error from {} {})", unseen.standardError, unseen.units,
                        unseen.windowsAreUnits ? "windows" : "runs of tokens within the windows");
    const double ratio = unseen.difference / unseen.standardError;
    if (ratio > -2)
        text += ratio < 2
                    ? "\n  no clear difference: the gain belongs to the searched text alone as far as one can tell"
                    : "\n  worse than the start: the search fitted the searched text at the cost of other text";
    return text;
}

std::string reportText(const SearchReport& report) {
    std::string text = fmt::format("{}: {} evaluations, {} run, {:.1f} s\n", report.method, report.evaluations,
                                   report.evaluationsRun, report.seconds);
    text += fmt::format("on the {} tokens searched:\n", report.targetLength);
    text += comparison(report, report.unscaledPerplexity, report.initialPerplexity, report.perplexity);
    text += '\n' + unseenText(report) + "\nfactors, pair 0 first (attention factor ";
    text += fmt::format("{:.6g}):\n ", report.found.attentionFactor);
    for (const double factor : report.found.factors)
        text += fmt::format(" {:.4g}", factor);
    if (report.clamped > 0)
        text += fmt::format("\n{} of them were raised to the smallest that was scored", report.clamped);
    return text;
}

Result<void> writeOutput(const std::string& study, const std::string& output) {
    const auto contents = readStudy(study);
    if (!contents)
        return fail(contents.error());
    const auto document = studyFactors(*contents, study);
    if (!document)
        return fail(document.error());
    if (const auto written = exportFactors(*document, "json", output); !written)
        return fail(written.error());
    return {};
}

} // namespace

Result<void> checkOutput(const std::string& output) {
    if (output.empty())
        return {};
    const auto file = AtomicFile::create(output); // and gone again without a trace
    return file ? Result<void>() : fail(file.error());
}

int finishSearch(const Outcome<SearchReport>& outcome, const std::string& study, const std::string& output,
                 const CommonOptions& common, Console& console) {
    if (const auto* error = std::get_if<Error>(&outcome))
        return console.report(*error);
    if (std::holds_alternative<Cancelled>(outcome))
        return console.reportCancelled(
            fmt::format("what was evaluated is kept: go on with `ropescope resume {}`", study));
    const auto& report = std::get<SearchReport>(outcome);
    if (common.json)
        console.printJson(nlohmann::json::parse(reportJson(report)));
    else
        console.print(reportText(report));
    if (output.empty())
        return done;
    if (const auto written = writeOutput(study, output); !written)
        return console.report(written.error());
    console.message(fmt::format("factors written to {}", output));
    return done;
}

} // namespace ropescope::cli
