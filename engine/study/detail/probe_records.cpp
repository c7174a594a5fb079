#include "engine/study/detail/probe_records.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/study/detail/probe_json.h"
#include "engine/study/detail/training_records.h"

namespace ropescope::detail {
namespace {

constexpr std::size_t mostFactors = 1 << 16;    // far beyond any head
constexpr std::int64_t highestId = 1LL << 53;   // leaves room to count on
constexpr const char* pointName = "point {}";   // series of a landscape: scales, then the NLL
constexpr const char* windowName = "nll {} {}"; // series of a perplexity: case, window

Result<void> unfit(const std::string& message) {
    return fail(usageError(message));
}

bool usable(double value) {
    return std::isfinite(value) && value > 0;
}

Result<void> check(const FactorSet& set) {
    if (set.factors.empty() || set.factors.size() > mostFactors)
        return unfit(
            fmt::format("{}: 1 to {} factors are needed, got {}", set.origin, mostFactors, set.factors.size()));
    if (!std::ranges::all_of(set.factors, usable) || !usable(set.attentionFactor))
        return unfit(fmt::format("{}: factors and the attention factor must be finite and above 0", set.origin));
    return {};
}

Result<void> check(const Window& window, std::size_t nlls) {
    if (window.begin >= 0 && window.begin <= window.scoredFrom && window.scoredFrom < window.end &&
        nlls <= static_cast<std::size_t>(window.end - window.scoredFrom))
        return {};
    return unfit(fmt::format("a window of tokens {} to {}, scored from {}, has {} NLLs", window.begin, window.end,
                             window.scoredFrom, nlls));
}

Result<void> check(const PerplexityProbe& probe) {
    if (probe.results.size() != probe.request.cases.size())
        return unfit(fmt::format("{} cases have {} results", probe.request.cases.size(), probe.results.size()));
    for (const PerplexityCase& one : probe.request.cases)
        if (auto sound = check(one.factors); !sound)
            return sound;
    for (const PerplexityResult& result : probe.results) {
        if (auto sound = check(result.factors); !sound)
            return sound;
        if (result.tokenNll.size() != result.windows.size())
            return unfit(
                fmt::format("{} windows have {} lists of NLLs", result.windows.size(), result.tokenNll.size()));
        for (std::size_t window = 0; window < result.windows.size(); ++window)
            if (auto sound = check(result.windows[window], result.tokenNll[window].size()); !sound)
                return sound;
    }
    return {};
}

Result<void> check(const PasskeyProbe& probe) {
    for (const PasskeyCase& one : probe.request.cases)
        if (auto sound = check(one.factors); !sound)
            return sound;
    for (const PasskeyCell& cell : probe.report.cells)
        if (cell.index >= probe.request.cases.size() || cell.correct < 0 || cell.correct > cell.trials ||
            cell.answers.size() > static_cast<std::size_t>(cell.trials))
            return unfit(fmt::format("cell of case {}: {} of {} trials correct, {} answers, in a request of {} cases",
                                     cell.index, cell.correct, cell.trials, cell.answers.size(),
                                     probe.request.cases.size()));
    return {};
}

Result<void> check(const LandscapeProbe& probe) {
    const LandscapeRequest& request = probe.request;
    if (auto sound = check(request.base); !sound)
        return sound;
    if (request.axes.empty() || request.axes.size() > 2)
        return unfit(fmt::format("a landscape has one or two axes, got {}", request.axes.size()));
    const int pairs = static_cast<int>(request.base.factors.size());
    for (const LandscapeAxis& axis : request.axes)
        if (axis.pairs.first < 0 || axis.pairs.end <= axis.pairs.first || axis.pairs.end > pairs ||
            !usable(axis.range.low) || !usable(axis.range.high))
            return unfit(fmt::format("pairs {} to {} of {}, scaled by {} to {}, are no axis", axis.pairs.first,
                                     axis.pairs.end, pairs, axis.range.low, axis.range.high));
    for (const LandscapePoint& point : probe.report.points)
        if (auto sound = checkPoint(probe, point); !sound)
            return sound;
    return {};
}

Result<void> check(const SensitivityProbe& probe) {
    if (auto sound = check(probe.request.factors); !sound)
        return sound;
    const std::size_t pairs = probe.request.factors.factors.size();
    if (probe.report.byLogFactor.size() != pairs || probe.report.byRadian.size() != pairs)
        return unfit(fmt::format("{} factors have {} and {} derivatives", pairs, probe.report.byLogFactor.size(),
                                 probe.report.byRadian.size()));
    return {};
}

Result<void> check(const ComparisonProbe& probe) {
    const ComparisonReport& report = probe.report;
    const std::size_t sets = report.factorSets.size();
    for (const auto* list : {&probe.request.factorSets, &report.factorSets})
        for (const FactorSet& set : *list)
            if (auto sound = check(set); !sound)
                return sound;
    if (sets < 2 || report.nll.size() != sets || report.byPosition.size() != sets)
        return unfit(fmt::format("{} factor sets have {} means and {} curves", sets, report.nll.size(),
                                 report.byPosition.size()));
    for (const PairedDifference& pair : report.differences)
        if (pair.a >= sets || pair.b >= sets)
            return unfit(fmt::format("a difference of sets {} and {} among {}", pair.a, pair.b, sets));
    return {};
}

// Where the factor sets of a probe came from, for a person who looks into the file with another tool.
std::string originsOf(const ProbeResult& result) {
    std::vector<std::string> origins;
    const auto add = [&](const FactorSet& set) {
        if (std::ranges::find(origins, set.origin) == origins.end())
            origins.push_back(set.origin);
    };
    std::visit(
        [&](const auto& probe) {
            const auto& request = probe.request;
            if constexpr (requires { request.cases; })
                for (const auto& one : request.cases)
                    add(one.factors);
            else if constexpr (requires { request.factorSets; })
                std::ranges::for_each(request.factorSets, add);
            else if constexpr (requires { request.base; })
                add(request.base);
            else
                add(request.factors);
        },
        result);
    return fmt::format("{}", fmt::join(origins, "; "));
}

// What is wrong with a value read is the file's fault.
StudyFailure asInput(const Database& database, const std::string& place, const Error& error) {
    return database.damaged(place, "values that belong together", error.message);
}

void readSeries(Statement& row, PerplexityProbe& probe, const std::string& place, Database& database) {
    for (std::size_t index = 0; index < probe.results.size(); ++index)
        for (std::size_t window = 0; window < probe.results[index].windows.size(); ++window) {
            const std::string name = fmt::format(windowName, index, window);
            if (!row.step() || row.text(0) != name)
                throw database.damaged(place, fmt::format("series {}", name), "none");
            probe.results[index].tokenNll.push_back(row.floats(1));
        }
}

void readSeries(Statement& row, LandscapeProbe& probe, const std::string&, Database&) {
    for (std::size_t index = 0; row.step(); ++index) {
        const std::string name = fmt::format(pointName, index);
        if (row.text(0) != name)
            throw row.wrong(0, fmt::format("series {}", name));
        auto numbers = row.doubles(1);
        if (numbers.size() != probe.request.axes.size() + 1)
            throw row.wrong(1, fmt::format("{} numbers of 8 bytes", probe.request.axes.size() + 1));
        LandscapePoint& point = probe.report.points.emplace_back();
        point.nll = numbers.back();
        numbers.pop_back();
        point.scale = std::move(numbers);
    }
    std::ranges::sort(probe.report.points, {}, &LandscapePoint::scale);
}

template <class Probe>
void readSeries(Statement&, Probe&, const std::string&, Database&) {}

void readProbes(Database& database, StudyContents& contents) {
    Statement row = database.prepare("SELECT id, time, kind, request, result FROM probe ORDER BY id", "probe");
    while (row.step()) {
        StudyProbe& probe = contents.probes.emplace_back();
        probe.id = row.integer(0);
        if (probe.id < 1 || probe.id > highestId)
            throw row.wrong(0, fmt::format("an id from 1 to {}", highestId));
        const std::string place = fmt::format("probe {}", probe.id);
        probe.time = row.integer(1);
        if (auto read = readProbeText(row.text(2), {row.text(3), row.text(4)}, probe); !read)
            throw StudyFailure(
                {read.error().kind, fmt::format("{}: {}: {}", database.name(), place, read.error().message)});
        Statement series =
            database.prepare("SELECT name, numbers FROM probe_series WHERE probe = ? ORDER BY rowid", place);
        series.bind(probe.id);
        std::visit([&](auto& one) { readSeries(series, one, place, database); }, probe.result);
        if (auto sound = checkProbe(probe.result); !sound)
            throw asInput(database, place, sound.error());
    }
}

} // namespace

Result<void> checkFactorSets(const std::vector<StudyFactorSet>& sets) {
    std::set<std::string_view> names;
    for (const StudyFactorSet& set : sets) {
        if (set.name.empty() || !names.insert(set.name).second)
            return unfit(set.name.empty() ? "a factor set needs a name"
                                          : fmt::format("there are two factor sets named {}", set.name));
        if (auto sound = check(set.set); !sound)
            return fail(usageError(fmt::format("factor set {}: {}", set.name, sound.error().message)));
    }
    return {};
}

Result<void> checkProbe(const ProbeResult& result) {
    return std::visit([](const auto& probe) { return check(probe); }, result);
}

Result<void> checkPoint(const LandscapeProbe& probe, const LandscapePoint& point) {
    if (point.scale.size() == probe.request.axes.size() && std::ranges::all_of(point.scale, usable))
        return {};
    return unfit("a landscape's point needs one scale per axis, finite and above 0");
}

void insertSorted(std::vector<LandscapePoint>& points, const LandscapePoint& point) {
    points.insert(std::ranges::upper_bound(points, point.scale, {}, &LandscapePoint::scale), point);
}

void readExtras(Database& database, StudyContents& contents) {
    Statement set = database.prepare("SELECT name, factors, attention_factor, origin, view FROM factor_set "
                                     "ORDER BY position, name",
                                     "factor set");
    while (set.step())
        contents.factorSets.push_back({set.text(0), {set.doubles(1), set.real(2), set.text(3)}, set.text(4)});
    if (auto sound = checkFactorSets(contents.factorSets); !sound)
        throw asInput(database, "table factor_set", sound.error());
    readProbes(database, contents);
    Statement note = database.prepare("SELECT id, time, content FROM note ORDER BY id", "note");
    while (note.step()) {
        contents.notes.push_back({note.integer(0), note.integer(1), note.text(2)});
        if (contents.notes.back().id < 1 || contents.notes.back().id > highestId)
            throw note.wrong(0, fmt::format("an id from 1 to {}", highestId));
    }
    Statement view = database.prepare("SELECT name, state FROM view_state", "view state");
    while (view.step())
        contents.viewState[view.text(0)] = view.text(1);
}

void storeFactorSets(Database& database, const std::vector<StudyFactorSet>& sets) {
    database.execute("DELETE FROM factor_set");
    Statement row = database.prepare("INSERT INTO factor_set VALUES (?,?,?,?,?,?)");
    for (std::size_t position = 0; position < sets.size(); ++position)
        row.bind(sets[position].name)
            .bind(static_cast<std::int64_t>(position))
            .bind(sets[position].set.factors)
            .bind(sets[position].set.attentionFactor)
            .bind(sets[position].set.origin)
            .bind(sets[position].view)
            .run();
}

void insertProbe(Database& database, const StudyProbe& probe) {
    const ProbeText text = probeText(probe);
    database.prepare("INSERT INTO probe VALUES (?,?,?,?,?,?)")
        .bind(probe.id)
        .bind(probe.time)
        .bind(probeKind(probe.result))
        .bind(originsOf(probe.result))
        .bind(text.request)
        .bind(text.result)
        .run();
    if (const auto* perplexity = std::get_if<PerplexityProbe>(&probe.result)) {
        Statement row = database.prepare("INSERT INTO probe_series VALUES (?,?,?)");
        for (std::size_t index = 0; index < perplexity->results.size(); ++index)
            for (std::size_t window = 0; window < perplexity->results[index].tokenNll.size(); ++window)
                row.bind(probe.id)
                    .bind(fmt::format(windowName, index, window))
                    .bind(perplexity->results[index].tokenNll[window])
                    .run();
    }
    if (const auto* landscape = std::get_if<LandscapeProbe>(&probe.result))
        for (std::size_t index = 0; index < landscape->report.points.size(); ++index)
            insertPoint(database, probe.id, index, landscape->report.points[index]);
    if (probe.checkpoint)
        insertProbedCheckpoint(database, probe.id, *probe.checkpoint);
}

void insertPoint(Database& database, ProbeId landscape, std::size_t index, const LandscapePoint& point) {
    std::vector<double> numbers = point.scale;
    numbers.push_back(point.nll);
    database.prepare("INSERT INTO probe_series VALUES (?,?,?)")
        .bind(landscape)
        .bind(fmt::format(pointName, index))
        .bind(numbers)
        .run();
}

void updateProbe(Database& database, const StudyProbe& probe) {
    const ProbeText text = probeText(probe);
    database.prepare("UPDATE probe SET request = ?, result = ? WHERE id = ?")
        .bind(text.request)
        .bind(text.result)
        .bind(probe.id)
        .run();
}

} // namespace ropescope::detail
