#include "engine/study/detail/records.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/study/detail/probe_records.h"
#include "engine/study/detail/training_records.h"
#include "engine/study/settings_json.h"

namespace ropescope::detail {
namespace {

constexpr std::size_t mostPairs = 1 << 16; // far beyond any head
constexpr const char* scoredKind = "scored";
constexpr const char* decisionColumns =
    "SELECT event, level, first_pair, end_pair, low, high, increments, scores, valid, best, top, child_low, "
    "child_high, factors_after, score_before, score_after, skipped, locked FROM decision ORDER BY event, ordinal";
constexpr const char* eventColumns =
    "SELECT event.id, parent, time, kind, candidate, evaluation.factors, evaluation.attention_factor, level, "
    "first_pair, end_pair, increment, place, places, wants_gradient, perplexity, gradient, "
    "gradient_attention_factor, reused, seconds, edit.event, edit.factors, edit.attention_factor, low, high, pairs, "
    "evaluation.event FROM event LEFT JOIN evaluation ON evaluation.event = event.id "
    "LEFT JOIN edit ON edit.event = event.id ORDER BY event.id";

std::optional<double> optionalReal(const Statement& row, int column) {
    return row.isNull(column) ? std::nullopt : std::optional(row.real(column));
}

EventId eventOrNone(const Statement& row, int column, std::size_t events) {
    if (row.isNull(column))
        return noEvent;
    const EventId id = row.integer(column);
    if (id < 1 || id > static_cast<EventId>(events))
        throw row.wrong(column, fmt::format("an event from 1 to {}", events));
    return id;
}

std::vector<double> factorsOf(const Statement& row, int column, std::size_t pairs) {
    auto factors = row.doubles(column);
    if (factors.size() != pairs)
        throw row.wrong(column,
                        fmt::format("{} bytes, one number for each of {} pairs", pairs * sizeof(double), pairs));
    return factors;
}

Segment segmentOf(const Statement& row, int column, std::size_t pairs) {
    const Segment segment{row.smallInteger(column), row.smallInteger(column + 1)};
    if (segment.first < 0 || segment.end < segment.first || segment.end > static_cast<int>(pairs))
        throw row.wrong(column, fmt::format("a segment within {} pairs", pairs));
    return segment;
}

StudyEvaluation evaluationOf(const Statement& row, std::size_t pairs) {
    StudyEvaluation evaluation;
    Candidate& candidate = evaluation.candidate;
    candidate.id = row.integer(4);
    candidate.factors = factorsOf(row, 5, pairs);
    candidate.attentionFactor = row.real(6);
    candidate.level = row.smallInteger(7);
    candidate.segment = segmentOf(row, 8, pairs);
    candidate.increment = row.real(10);
    candidate.index = row.smallInteger(11);
    candidate.of = row.smallInteger(12);
    candidate.wantsGradient = row.integer(13) != 0;
    evaluation.score.perplexity = row.real(14);
    if (!row.isNull(15))
        evaluation.score.gradient = FactorGradient{factorsOf(row, 15, pairs), row.real(16)};
    evaluation.reused = row.integer(17) != 0;
    evaluation.seconds = row.real(18);
    return evaluation;
}

constexpr const char* kindOf(const ReplaceVector&) {
    return "replace_vector";
}
constexpr const char* kindOf(const SkipSegment&) {
    return "skip_segment";
}
constexpr const char* kindOf(const SetWindow&) {
    return "set_window";
}
constexpr const char* kindOf(const LockPairs&) {
    return "lock_pairs";
}
constexpr const char* kindOf(const SetAttentionFactor&) {
    return "set_attention_factor";
}

SearchEdit editOf(const Statement& row, const std::string& kind, std::size_t pairs) {
    if (kind == kindOf(ReplaceVector{}))
        return ReplaceVector{factorsOf(row, 20, pairs), optionalReal(row, 21)};
    if (kind == kindOf(SkipSegment{}))
        return SkipSegment{};
    if (kind == kindOf(SetWindow{}))
        return SetWindow{{row.real(22), row.real(23)}};
    if (kind == kindOf(LockPairs{}))
        return LockPairs{row.integers(24)};
    if (kind == kindOf(SetAttentionFactor{}))
        return SetAttentionFactor{row.real(21)};
    throw row.wrong(3, "a kind of event known here");
}

void readEvents(Database& database, std::size_t pairs, StudyContents& contents) {
    Statement row = database.prepare(eventColumns, "event");
    while (row.step()) {
        StudyEvent& event = contents.events.emplace_back();
        event.id = row.integer(0);
        if (event.id != static_cast<EventId>(contents.events.size()))
            throw row.wrong(0, fmt::format("id {}", contents.events.size()));
        event.parent = eventOrNone(row, 1, contents.events.size() - 1);
        event.time = row.integer(2);
        const std::string kind = row.text(3);
        if (row.isNull(kind == scoredKind ? 25 : 19))
            throw row.wrong(3, "the event's details");
        if (kind == scoredKind)
            event.what = evaluationOf(row, pairs);
        else
            event.what = editOf(row, kind, pairs);
    }
}

void readDecisions(Database& database, std::size_t pairs, StudyContents& contents) {
    Statement row = database.prepare(decisionColumns, "decision");
    while (row.step()) {
        const EventId id = eventOrNone(row, 0, contents.events.size());
        if (id == noEvent)
            throw row.wrong(0, "an event");
        Decision& decision = contents.events[static_cast<std::size_t>(id - 1)].decisions.emplace_back();
        decision.level = row.smallInteger(1);
        decision.segment = segmentOf(row, 2, pairs);
        decision.window = {row.real(4), row.real(5)};
        decision.increments = row.doubles(6);
        decision.scores = row.doubles(7);
        decision.valid = row.smallInteger(8);
        const auto isIndex = [&](int index) { return index >= 0 && index < static_cast<int>(decision.scores.size()); };
        if (!row.isNull(9)) {
            decision.best = row.smallInteger(9);
            if (!isIndex(*decision.best))
                throw row.wrong(9, "the index of a score");
        }
        decision.top = row.integers(10);
        if (!std::all_of(decision.top.begin(), decision.top.end(), isIndex))
            throw row.wrong(10, "indices of scores");
        decision.children = {row.real(11), row.real(12)};
        decision.factorsAfter = row.doubles(13);
        if (decision.factorsAfter.size() > pairs)
            throw row.wrong(13, fmt::format("at most {} bytes", pairs * sizeof(double)));
        decision.scoreBefore = optionalReal(row, 14);
        decision.scoreAfter = optionalReal(row, 15);
        decision.skipped = row.integer(16) != 0;
        decision.locked = row.integer(17) != 0;
    }
}

void readBranches(Database& database, StudyContents& contents) {
    Statement row = database.prepare("SELECT name, head, origin, current FROM branch ORDER BY rowid", "branch");
    while (row.step()) {
        contents.branches.push_back(
            {row.text(0), eventOrNone(row, 1, contents.events.size()), eventOrNone(row, 2, contents.events.size())});
        if (row.integer(3) != 0)
            contents.currentBranch = contents.branches.back().name;
    }
    if (contents.search && contents.currentBranch.empty())
        throw database.damaged("table branch", "one current branch", "none");
    Statement report = database.prepare("SELECT branch, result FROM report", "report");
    while (report.step())
        contents.reports[report.text(0)] = report.text(1);
}

std::optional<StudySearch> readSearch(Database& database) {
    Statement row = database.prepare("SELECT method, settings, target_length, start_factors, start_attention_factor, "
                                     "start_origin FROM search",
                                     "search");
    if (!row.step())
        return std::nullopt;
    StudySearch search;
    if (auto read = readSettings(row.text(0), row.text(1), search); !read)
        throw StudyFailure({read.error().kind, fmt::format("{}: {}", database.name(), read.error().message)});
    search.targetLength = row.integer(2);
    if (search.targetLength < 2)
        throw row.wrong(2, "a length of at least 2 tokens");
    search.settings.start = {row.doubles(3), row.real(4), row.text(5)};
    if (search.settings.start.factors.empty() || search.settings.start.factors.size() > mostPairs)
        throw row.wrong(3, fmt::format("1 to {} numbers", mostPairs));
    return search;
}

void readSources(Database& database, StudyContents& contents) {
    Statement model = database.prepare(
        "SELECT path, sha256, summary, head_dim, rotary_dim, theta, trained_length FROM model", "model");
    if (model.step())
        contents.model = StudyModel{model.text(0),
                                    model.text(1),
                                    model.text(2),
                                    {.headDim = model.smallInteger(3),
                                     .rotaryDim = model.smallInteger(4),
                                     .theta = model.real(5),
                                     .trainedLength = model.integer(6)}};
    Statement text = database.prepare("SELECT path, sha256, tokens FROM text", "text");
    if (text.step())
        contents.text = StudyText{text.text(0), text.text(1), text.integer(2)};
    if (contents.search && (!contents.model || !contents.text))
        throw database.damaged("tables model and text", "the sources of the search", "none");
}

std::optional<EventId> nullable(EventId id) {
    return id == noEvent ? std::nullopt : std::optional(id);
}

void insertDetails(Database& database, EventId id, const StudyEvaluation& evaluation) {
    const Candidate& candidate = evaluation.candidate;
    Statement row = database.prepare("INSERT INTO evaluation VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)");
    row.bind(id)
        .bind(candidate.id)
        .bind(candidate.factors)
        .bind(candidate.attentionFactor)
        .bind(candidate.level)
        .bind(candidate.segment.first)
        .bind(candidate.segment.end)
        .bind(candidate.increment)
        .bind(candidate.index)
        .bind(candidate.of)
        .bind(candidate.wantsGradient)
        .bind(evaluation.score.perplexity);
    if (const auto& gradient = evaluation.score.gradient)
        row.bind(gradient->byLogFactor).bind(gradient->byAttentionFactor);
    else
        row.bindNull().bindNull();
    row.bind(evaluation.reused).bind(evaluation.seconds).run();
}

// Columns factors, attention_factor, low, high, pairs; unused ones stay NULL.
void bindColumns(Statement& row, const ReplaceVector& edit) {
    row.bind(edit.factors).bind(edit.attentionFactor);
}
void bindColumns(Statement&, const SkipSegment&) {}
void bindColumns(Statement& row, const SetWindow& edit) {
    row.bindNull().bindNull().bind(edit.window.low).bind(edit.window.high);
}
void bindColumns(Statement& row, const LockPairs& edit) {
    row.bindNull().bindNull().bindNull().bindNull().bind(edit.pairs);
}
void bindColumns(Statement& row, const SetAttentionFactor& edit) {
    row.bindNull().bind(edit.attentionFactor);
}

void insertDetails(Database& database, EventId id, const SearchEdit& edit) {
    Statement row = database.prepare("INSERT INTO edit VALUES (?,?,?,?,?,?)");
    row.bind(id);
    std::visit([&](const auto& one) { bindColumns(row, one); }, edit);
    row.run();
}

std::string kindOf(const std::variant<StudyEvaluation, SearchEdit>& what) {
    if (const auto* edit = std::get_if<SearchEdit>(&what))
        return std::visit([](const auto& one) { return kindOf(one); }, *edit);
    return scoredKind;
}

void insertDecision(Database& database, EventId id, int ordinal, const Decision& decision) {
    database.prepare("INSERT INTO decision VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")
        .bind(id)
        .bind(ordinal)
        .bind(decision.level)
        .bind(decision.segment.first)
        .bind(decision.segment.end)
        .bind(decision.window.low)
        .bind(decision.window.high)
        .bind(decision.increments)
        .bind(decision.scores)
        .bind(decision.valid)
        .bind(decision.best)
        .bind(decision.top)
        .bind(decision.children.low)
        .bind(decision.children.high)
        .bind(decision.factorsAfter)
        .bind(decision.scoreBefore)
        .bind(decision.scoreAfter)
        .bind(decision.skipped)
        .bind(decision.locked)
        .run();
}

} // namespace

StudyContents readContents(Database& database) {
    StudyContents contents;
    contents.search = readSearch(database);
    readSources(database, contents);
    const std::size_t pairs = contents.search ? contents.search->settings.start.factors.size() : 0;
    readEvents(database, pairs, contents);
    readDecisions(database, pairs, contents);
    readBranches(database, contents);
    Statement row = database.prepare("SELECT name, factors, attention_factor, origin, perplexity, seconds FROM "
                                     "reference ORDER BY rowid",
                                     "reference");
    while (row.step())
        contents.references.push_back(
            {row.text(0), {factorsOf(row, 1, pairs), row.real(2), row.text(3)}, row.real(4), row.real(5)});
    readExtras(database, contents);
    readTrainings(database, contents);
    return contents;
}

void storeModel(Database& database, const StudyModel& model) {
    database.prepare("INSERT OR REPLACE INTO model VALUES (1,?,?,?,?,?,?,?)")
        .bind(model.path)
        .bind(model.sha256)
        .bind(model.summary)
        .bind(model.rope.headDim)
        .bind(model.rope.rotaryDim)
        .bind(model.rope.theta)
        .bind(model.rope.trainedLength)
        .run();
}

void storeText(Database& database, const StudyText& text) {
    database.prepare("INSERT OR REPLACE INTO text VALUES (1,?,?,?)")
        .bind(text.path)
        .bind(text.sha256)
        .bind(text.tokens)
        .run();
}

void insertSearch(Database& database, const StudySearch& search) {
    const FactorSet& start = search.settings.start;
    database.prepare("INSERT INTO search VALUES (1,?,?,?,?,?,?)")
        .bind(methodName(search.settings.method))
        .bind(settingsJson(search))
        .bind(search.targetLength)
        .bind(start.factors)
        .bind(start.attentionFactor)
        .bind(start.origin)
        .run();
    database.prepare("INSERT INTO branch VALUES (?,NULL,NULL,1)").bind(firstBranch).run();
}

void insertEvent(Database& database, const StudyEvent& event) {
    database.prepare("INSERT INTO event VALUES (?,?,?,?)")
        .bind(event.id)
        .bind(nullable(event.parent))
        .bind(event.time)
        .bind(kindOf(event.what))
        .run();
    std::visit([&](const auto& details) { insertDetails(database, event.id, details); }, event.what);
    for (std::size_t ordinal = 0; ordinal < event.decisions.size(); ++ordinal)
        insertDecision(database, event.id, static_cast<int>(ordinal), event.decisions[ordinal]);
}

void insertReference(Database& database, const StudyReference& reference) {
    database.prepare("INSERT OR REPLACE INTO reference VALUES (?,?,?,?,?,?)")
        .bind(reference.name)
        .bind(reference.factors.factors)
        .bind(reference.factors.attentionFactor)
        .bind(reference.factors.origin)
        .bind(reference.score)
        .bind(reference.seconds)
        .run();
}

} // namespace ropescope::detail
