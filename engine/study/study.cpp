#include "engine/study/study.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "engine/study/detail/document.h"
#include "engine/study/detail/probe_records.h"
#include "engine/study/detail/records.h"
#include "engine/study/detail/study_impl.h"

namespace ropescope {
SearchEvent searchEvent(const StudyEvent& event) {
    if (const auto* evaluation = std::get_if<StudyEvaluation>(&event.what))
        return Scored{evaluation->candidate.id, evaluation->score, evaluation->reused,
                      vectorPrint(evaluation->candidate)};
    return toEvent(std::get<SearchEdit>(event.what));
}

const StudyEvent* StudyContents::event(EventId id) const {
    return id >= 1 && id <= static_cast<EventId>(events.size()) ? &events[static_cast<std::size_t>(id - 1)] : nullptr;
}

const StudyBranch* StudyContents::branch(std::string_view name) const {
    const auto found =
        std::find_if(branches.begin(), branches.end(), [&](const auto& one) { return one.name == name; });
    return found == branches.end() ? nullptr : &*found;
}

const StudyProbe* StudyContents::probe(ProbeId id) const {
    const auto found = std::ranges::find(probes, id, &StudyProbe::id);
    return found == probes.end() ? nullptr : &*found;
}

const StudyProbe* StudyContents::landscape(const LandscapeRequest& request, ComputeType type) const {
    const StudyProbe* last = nullptr;
    for (const StudyProbe& probe : probes)
        if (const auto* one = std::get_if<LandscapeProbe>(&probe.result);
            one && probe.computeType == type && sameLandscape(one->request, request))
            last = &probe;
    return last;
}

const StudyTraining* StudyContents::training(std::string_view output) const {
    const StudyTraining* last = nullptr;
    for (const StudyTraining& one : trainings)
        if (one.output == output)
            last = &one;
    return last;
}

std::optional<ProbedCheckpoint> StudyContents::checkpoint(std::string_view sha256) const {
    for (const StudyTraining& one : trainings)
        for (const StudyCheckpoint& checkpoint : one.checkpoints)
            if (checkpoint.sha256 == sha256)
                return ProbedCheckpoint{one.id, checkpoint.step};
    return std::nullopt;
}

std::vector<const StudyEvent*> StudyContents::pathTo(EventId head) const {
    std::vector<const StudyEvent*> path;
    for (const StudyEvent* step = event(head); step; step = event(step->parent))
        path.push_back(step);
    std::reverse(path.begin(), path.end());
    return path;
}

bool beginsLikeStudy(const std::filesystem::path& path) {
    return detail::hasMagic(path);
}

Result<StudyContents> readStudy(const std::filesystem::path& path) {
    return detail::guarded(path, [&] { return detail::readDocument(path); });
}

Study::Study(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Study::Study(Study&&) noexcept = default;
Study& Study::operator=(Study&&) noexcept = default;

Study::~Study() {
    if (!m_impl || !m_impl->document.created || m_impl->written)
        return;
    std::error_code ignored;
    std::filesystem::remove(m_impl->path, ignored); // nothing was written: leave no empty document
}

Result<Study> Study::openFile(const std::filesystem::path& path, bool mayCreate) {
    return detail::guarded(path, [&] {
        int version = 0;
        auto document = detail::openDocument(path, mayCreate, version);
        auto impl = std::make_unique<Impl>(Impl{path, std::move(document), {}});
        impl->contents = detail::readContents(impl->database());
        impl->contents.version = version;
        return Study(std::move(impl));
    });
}

Result<Study> Study::open(const std::filesystem::path& path) {
    return openFile(path, false);
}

Result<Study> Study::openOrCreate(const std::filesystem::path& path) {
    return openFile(path, true);
}

const std::filesystem::path& Study::path() const {
    return m_impl->path;
}

const StudyContents& Study::contents() const {
    return m_impl->contents;
}

Result<void> Study::beginSearch(const StudyModel& model, const StudyText& text, const StudySearch& search) {
    if (m_impl->contents.search)
        return fail(usageError(fmt::format("study {} holds a search already", path().string())));
    if (auto same = m_impl->checkSources(model, text); !same)
        return same;
    return m_impl->change(
        [&] {
            m_impl->storeSources(model, text);
            detail::insertSearch(m_impl->database(), search);
        },
        [&] {
            m_impl->takeSources(model, text);
            m_impl->contents.search = search;
            m_impl->contents.branches = {{std::string(firstBranch)}};
            m_impl->contents.currentBranch = firstBranch;
        });
}

Result<void> Study::setSources(const StudyModel& model, const std::optional<StudyText>& text) {
    if (auto same = m_impl->checkSources(model, text); !same)
        return same;
    return m_impl->change([&] { m_impl->storeSources(model, text); }, [&] { m_impl->takeSources(model, text); });
}

Result<std::optional<ProbedCheckpoint>> Study::setProbeSources(const StudyModel& model,
                                                               const std::optional<StudyText>& text) {
    const auto checkpoint = m_impl->contents.checkpoint(model.sha256);
    if (!checkpoint)
        return setSources(model, text).map([] { return std::optional<ProbedCheckpoint>(); });
    if (!text)
        return checkpoint;
    if (auto same = m_impl->checkText(*text); !same)
        return fail(same.error());
    return m_impl->change([&] { detail::storeText(m_impl->database(), *text); }, [&] { m_impl->contents.text = text; })
        .map([&] { return checkpoint; });
}

Result<void> Study::moveSources(const std::string& modelPath, const std::string& textPath) {
    return m_impl->change(
        [&] {
            m_impl->database().prepare("UPDATE model SET path = ?").bind(modelPath).run();
            m_impl->database().prepare("UPDATE text SET path = ?").bind(textPath).run();
        },
        [&] {
            m_impl->contents.model->path = modelPath;
            m_impl->contents.text->path = textPath;
        });
}

Result<void> Study::append(std::string_view branchName, std::span<const NewEvent> events) {
    StudyBranch* branch = m_impl->branch(branchName);
    if (!branch)
        return fail(usageError(fmt::format("study {} has no branch {}", path().string(), branchName)));
    std::vector<StudyEvent> rows;
    EventId parent = branch->head;
    for (const NewEvent& event : events) {
        const auto id = static_cast<EventId>(m_impl->contents.events.size() + rows.size() + 1);
        rows.push_back({id, parent, detail::now(), event.what, event.decisions});
        parent = id;
    }
    return m_impl->change(
        [&] {
            for (const StudyEvent& row : rows)
                detail::insertEvent(m_impl->database(), row);
            if (!rows.empty())
                m_impl->database()
                    .prepare("UPDATE branch SET head = ? WHERE name = ?")
                    .bind(parent)
                    .bind(branchName)
                    .run();
            m_impl->database().prepare("DELETE FROM report WHERE branch = ?").bind(branchName).run();
        },
        [&] {
            std::move(rows.begin(), rows.end(), std::back_inserter(m_impl->contents.events));
            branch->head = parent;
            m_impl->contents.reports.erase(std::string(branchName));
        });
}

Result<void> Study::addBranch(const std::string& name, EventId from) {
    if (name.empty() || m_impl->contents.branch(name))
        return fail(
            usageError(name.empty() ? "a branch needs a name" : fmt::format("there is a branch {} already", name)));
    if (from != noEvent && !m_impl->contents.event(from))
        return fail(usageError(fmt::format("the study has no event {}", from)));
    const auto origin = from == noEvent ? std::nullopt : std::optional(from);
    return m_impl->change(
        [&] {
            m_impl->database()
                .prepare("INSERT INTO branch VALUES (?,?,?,0)")
                .bind(name)
                .bind(origin)
                .bind(origin)
                .run();
        },
        [&] {
            m_impl->contents.branches.push_back({name, from, from});
        });
}

Result<void> Study::setCurrentBranch(const std::string& name) {
    if (!m_impl->contents.branch(name))
        return fail(usageError(fmt::format("study {} has no branch {}", path().string(), name)));
    return m_impl->change(
        [&] { m_impl->database().prepare("UPDATE branch SET current = (name = ?)").bind(name).run(); },
        [&] { m_impl->contents.currentBranch = name; });
}

Result<void> Study::addReference(const StudyReference& reference) {
    return m_impl->change([&] { detail::insertReference(m_impl->database(), reference); },
                          [&] {
                              std::erase_if(m_impl->contents.references,
                                            [&](const auto& one) { return one.name == reference.name; });
                              m_impl->contents.references.push_back(reference);
                          });
}

Result<void> Study::setReport(const std::string& branch, const std::string& json) {
    return m_impl->change(
        [&] { m_impl->database().prepare("INSERT OR REPLACE INTO report VALUES (?,?)").bind(branch).bind(json).run(); },
        [&] { m_impl->contents.reports[branch] = json; });
}

Result<void> Study::setFactorSets(const std::vector<StudyFactorSet>& sets) {
    if (auto sound = detail::checkFactorSets(sets); !sound)
        return sound;
    return m_impl->change([&] { detail::storeFactorSets(m_impl->database(), sets); },
                          [&] { m_impl->contents.factorSets = sets; });
}

Result<ProbeId> Study::addProbe(const ProbeResult& result, ComputeType type, const std::string& device,
                                const std::optional<ProbedCheckpoint>& checkpoint) {
    if (type == ComputeType::automatic)
        return fail(usageError("a probe ran in a computing type, fp32 or bf16, not in the automatic one"));
    if (auto sound = detail::checkProbe(result); !sound)
        return fail(std::move(sound.error()));
    if (checkpoint && !m_impl->training(checkpoint->training))
        return fail(usageError(fmt::format("study {} has no training run {}", path().string(), checkpoint->training)));
    auto& probes = m_impl->contents.probes;
    StudyProbe probe{probes.empty() ? 1 : probes.back().id + 1, detail::now(), type, device, result, checkpoint};
    if (auto* landscape = std::get_if<LandscapeProbe>(&probe.result))
        landscape->request.known.clear();
    const ProbeId id = probe.id;
    return m_impl
        ->change([&] { detail::insertProbe(m_impl->database(), probe); }, [&] { probes.push_back(std::move(probe)); })
        .map([&] { return id; });
}

Result<void> Study::addLandscapePoint(ProbeId id, const LandscapePoint& point) {
    const auto probe = m_impl->landscape(id);
    if (!probe)
        return fail(probe.error());
    auto& landscape = std::get<LandscapeProbe>((*probe)->result);
    if (auto sound = detail::checkPoint(landscape, point); !sound)
        return sound;
    auto& points = landscape.report.points;
    return m_impl->change([&] { detail::insertPoint(m_impl->database(), id, points.size(), point); },
                          [&] { detail::insertSorted(points, point); });
}

Result<void> Study::finishLandscape(ProbeId id, const LandscapeReport& report) {
    const auto probe = m_impl->landscape(id);
    if (!probe)
        return fail(probe.error());
    StudyProbe finished = **probe;
    auto& landscape = std::get<LandscapeProbe>(finished.result);
    landscape.report.tokens = report.tokens;
    landscape.report.evaluated = static_cast<int>(landscape.report.points.size());
    landscape.finished = true;
    return m_impl->change([&] { detail::updateProbe(m_impl->database(), finished); },
                          [&] { **probe = std::move(finished); });
}

Result<void> Study::removeProbe(ProbeId id) {
    if (!m_impl->contents.probe(id))
        return fail(usageError(fmt::format("study {} has no probe {}", path().string(), id)));
    return m_impl->change(
        [&] {
            m_impl->database().prepare("DELETE FROM probe_series WHERE probe = ?").bind(id).run();
            m_impl->database().prepare("DELETE FROM probe_checkpoint WHERE probe = ?").bind(id).run();
            m_impl->database().prepare("DELETE FROM probe WHERE id = ?").bind(id).run();
        },
        [&] { std::erase_if(m_impl->contents.probes, [&](const StudyProbe& one) { return one.id == id; }); });
}

Result<std::int64_t> Study::addNote(const std::string& text) {
    auto& notes = m_impl->contents.notes;
    const StudyNote note{notes.empty() ? 1 : notes.back().id + 1, detail::now(), text};
    return m_impl
        ->change(
            [&] {
                m_impl->database()
                    .prepare("INSERT INTO note VALUES (?,?,?)")
                    .bind(note.id)
                    .bind(note.time)
                    .bind(note.text)
                    .run();
            },
            [&] { notes.push_back(note); })
        .map([&] { return note.id; });
}

Result<void> Study::setNote(std::int64_t id, const std::string& text) {
    const auto found = std::ranges::find(m_impl->contents.notes, id, &StudyNote::id);
    if (found == m_impl->contents.notes.end())
        return fail(usageError(fmt::format("study {} has no note {}", path().string(), id)));
    const StudyNote note{id, detail::now(), text};
    return m_impl->change(
        [&] {
            m_impl->database()
                .prepare("UPDATE note SET time = ?, content = ? WHERE id = ?")
                .bind(note.time)
                .bind(note.text)
                .bind(id)
                .run();
        },
        [&] { *found = note; });
}

Result<void> Study::removeNote(std::int64_t id) {
    auto& notes = m_impl->contents.notes;
    if (std::ranges::find(notes, id, &StudyNote::id) == notes.end())
        return fail(usageError(fmt::format("study {} has no note {}", path().string(), id)));
    return m_impl->change([&] { m_impl->database().prepare("DELETE FROM note WHERE id = ?").bind(id).run(); },
                          [&] { std::erase_if(notes, [&](const StudyNote& one) { return one.id == id; }); });
}

Result<void> Study::setViewState(const std::string& name, const std::string& state) {
    return m_impl->change(
        [&] {
            m_impl->database().prepare("INSERT OR REPLACE INTO view_state VALUES (?,?)").bind(name).bind(state).run();
        },
        [&] { m_impl->contents.viewState[name] = state; });
}

} // namespace ropescope
