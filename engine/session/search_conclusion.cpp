#include "engine/session/search_conclusion.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "engine/session/job_step.h"
#include "engine/session/unseen_text.h"

namespace ropescope {
namespace {

// A finished search in which nothing was ever valid found nothing.
Result<void> checkAnyValid(const SearchSession& session) {
    const auto& decisions = session.run().method().decisions();
    const bool considered =
        std::ranges::any_of(decisions, [](const Decision& one) { return !one.skipped && !one.locked; });
    if (!considered || std::ranges::any_of(decisions, [](const Decision& one) { return one.best.has_value(); }))
        return {};
    double lowest = std::numeric_limits<double>::infinity();
    for (const Decision& decision : decisions)
        for (const double score : decision.scores)
            lowest = std::min(lowest, std::isnan(score) ? lowest : score);
    if (std::isinf(lowest))
        return fail(failure("every perplexity of the search is NaN or infinite: check the model at its trained length "
                            "and try --dtype fp32"));
    const auto bound = absoluteBound(session.run().settings().method);
    return fail(failure(
        fmt::format("no candidate was valid: the lowest perplexity seen is {:.4g}{}; search again in a new study with "
                    "--max-perplexity {:.0f} or --mode safe",
                    lowest, bound ? fmt::format(", and valid is below {:.4g}", *bound) : "", std::ceil(10 * lowest))));
}

// None where the text has nothing left.
Outcome<std::optional<UnseenComparison>> unseenPart(LanguageModel& model, const SearchText& text,
                                                    const StudySearch& search, const SearchReport& report,
                                                    const RunControl& control) {
    const auto windows = unseenWindows(text.corpus, text.searched, search.beginOfText, search.unseenWindows);
    if (!windows)
        return windows.error();
    if (windows->empty())
        return std::optional<UnseenComparison>();
    auto outcome = compareOnUnseen(
        model, text.corpus,
        {*windows, unscaled(model.config().rope), report.initial, report.found, text.beginOfText, search.attention},
        control);
    if (!isReport(outcome))
        return passOn<std::optional<UnseenComparison>>(outcome);
    return std::optional(std::get<0>(outcome));
}

} // namespace

std::optional<double> absoluteBound(const MethodOptions& options) {
    if (const auto* published = std::get_if<DcisOptions>(&options))
        return published->maxPerplexity;
    if (const auto* safe = std::get_if<SafeDcisOptions>(&options))
        return safe->maxPerplexity;
    return std::nullopt;
}

Outcome<SearchReport> concludeSearch(SearchSession& session, Study& study, LanguageModel& model, const SearchText& text,
                                     const RunControl& control) {
    const StudySearch search = *study.contents().search;
    if (auto valid = checkAnyValid(session); !valid)
        return valid.error();
    auto initial = session.scoreReference("initial", search.settings.start, control);
    if (!isReport(initial))
        return passOn<SearchReport>(initial);
    auto found = session.found(control);
    if (!isReport(found))
        return passOn<SearchReport>(found);
    auto plain = session.scoreReference("unscaled", unscaled(model.config().rope), control);
    if (!isReport(plain))
        return passOn<SearchReport>(plain);

    const auto& result = std::get<FoundFactors>(found);
    SearchReport report;
    report.initial = search.settings.start;
    report.initialPerplexity = std::get<double>(initial);
    report.found = result.set;
    report.clamped = result.clamped;
    report.perplexity = result.perplexity;
    report.unscaledPerplexity = std::get<double>(plain);
    report.method = session.run().method().name();
    report.branch = session.branch();
    report.targetLength = search.targetLength;
    report.evaluations = session.run().evaluations();
    report.evaluationsRun = session.run().evaluationsRun();
    report.seconds = session.seconds();
    auto unseen = unseenPart(model, text, search, report, control);
    if (!isReport(unseen))
        return passOn<SearchReport>(unseen);
    report.unseen = std::get<0>(std::move(unseen));
    if (auto kept = study.setReport(report.branch, reportJson(report)); !kept)
        return kept.error();
    return report;
}

} // namespace ropescope
