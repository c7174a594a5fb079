#include "app/window/search_controller.h"

#include <algorithm>
#include <utility>

#include "app/window/replay_desk.h"
#include "app/window/study_desk.h"
#include "engine/search/settings.h"
#include "views/models/colour_scale.h"
#include "views/models/value_text.h"
#include "views/search/search_panel.h"
#include "views/tracks/tree_track.h"

namespace ropescope {

namespace {

Outcome<SearchSnapshot> toOutcome(Result<SearchSnapshot> result) {
    if (!result)
        return std::move(result.error());
    return std::move(*result);
}

} // namespace

SearchController::SearchController(const WindowContext& context, QObject* parent)
    : QObject(parent), m_context(context), m_setName(tr("search")) {
    connect(&context.bench.sets(), &FactorSetStore::locksChanged, this, &SearchController::locksChanged);
}

SearchController::~SearchController() = default;

void SearchController::connectPanel(SearchPanel& panel) {
    QStringList methods;
    for (const std::string_view name : methodNames())
        methods << QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()));
    panel.setMethods(methods);
    connect(&panel, &SearchPanel::stepRequested, this, [this, &panel](SearchStep step) {
        m_method = panel.method();
        this->step(step);
    });
    connect(&panel, &SearchPanel::pauseRequested, this, &SearchController::pause);
    connect(&panel, &SearchPanel::stopRequested, this, &SearchController::pause);
    connect(&panel, &SearchPanel::pausesChanged, this, [this](const SearchPauses& pauses) { m_pauses = pauses; });
    connect(&panel, &SearchPanel::goToRequested, this, &SearchController::goTo);
    connect(&panel, &SearchPanel::branchRequested, this, &SearchController::branch);
    connect(&panel, &SearchPanel::switchRequested, this, &SearchController::switchTo);
    connect(&panel, &SearchPanel::takeOverRequested, this, &SearchController::takeOver);
    connect(&panel, &SearchPanel::useCurrentSetRequested, this, &SearchController::applyCurrentSet);
    connect(&panel, &SearchPanel::skipRequested, this, [this] { apply(SkipSegment{}); });
    connect(&panel, &SearchPanel::windowRequested, this, [this](double low, double high) {
        apply(SetWindow{{low, high}});
    });
}

void SearchController::connectTree(TreeTrack& tree) {
    const auto eventOf = [this](int decision) -> std::optional<EventId> {
        const auto& events = snapshot().decisionEvents;
        if (decision < 0 || decision >= std::ssize(events))
            return std::nullopt;
        return events[static_cast<std::size_t>(decision)];
    };
    connect(&tree, &TreeTrack::goBackRequested, this, [this, eventOf](int decision) {
        if (const auto event = eventOf(decision))
            goToEvent(*event);
    });
    connect(&tree, &TreeTrack::branchRequested, this, [this, eventOf](int decision) {
        if (const auto event = eventOf(decision))
            branchAt(*event);
    });
}

Result<SearchSettings> SearchController::settings() const {
    const auto options = defaultOptions(m_method.toStdString());
    if (!options)
        return fail(usageError("There is no search method called " + m_method.toStdString() + "."));
    const FactorSetEntry* current = m_context.bench.currentSet();
    if (!current)
        return fail(usageError("Choose a factor set to begin the search from."));
    return SearchSettings{*options, current->set};
}

// What an earlier desk still says is not heard any more.
void SearchController::useDesk(std::shared_ptr<SearchDesk> desk, const QString& setName, const QString& file) {
    if (m_job)
        m_job->cancel();
    m_job.clear();
    m_running = m_looking = m_locksWait = false;
    m_nextLook.reset();
    m_searchSet = noSet;
    m_setName = setName;
    m_desk = std::move(desk);
    m_file = file;
}

EngineJob* SearchController::start(const QString& title, SnapshotWork work, JobKind kind, bool scores) {
    const auto desk = m_desk;
    EngineJob* job = m_context.jobs.add<SearchSnapshot>(
        title,
        [this, desk, work = std::move(work)](const RunControl& control, const JobChannel& channel) {
            return work(*desk, control, [this, desk, &channel](const SearchSnapshot& snapshot) {
                channel.post([this, desk, shown = std::make_shared<SearchSnapshot>(snapshot)] {
                    if (desk == m_desk)
                        show(std::move(*shown));
                });
            });
        },
        [this, desk](const SearchSnapshot& snapshot) {
            if (desk == m_desk)
                show(snapshot);
        },
        kind, {scores, m_file});
    m_job = job;
    return job;
}

void SearchController::run(const QString& title, SnapshotWork work, bool scores) {
    m_running = true;
    SearchSnapshot now = snapshot();
    now.message.clear();
    show(std::move(now));
    EngineJob* job = start(title, std::move(work), JobKind::work, scores);
    // Not held by the job, which stays listed: a closed study must let go of its file.
    connect(job, &EngineJob::finished, this, [this, job, desk = std::weak_ptr(m_desk)] {
        if (const auto own = desk.lock(); own && own == m_desk)
            jobEnded(*job);
    });
}

void SearchController::runQuick(const QString& title, std::function<Result<SearchSnapshot>(SearchDesk&)> work) {
    run(
        title,
        [work = std::move(work)](SearchDesk& desk, const RunControl&, const SnapshotSink&) {
            return toOutcome(work(desk));
        },
        false);
}

void SearchController::jobEnded(const EngineJob& job) {
    m_running = false;
    SearchSnapshot now = snapshot();
    if (job.state() == EngineJob::State::failed) {
        now.message = job.message();
        Q_EMIT failed(job.message());
    }
    // Work that ended before its first state leaves no search behind.
    if (now.method.isEmpty())
        now.phase = SearchPhase::none;
    else if (job.state() == EngineJob::State::failed)
        now.phase = SearchPhase::failed;
    else
        now.phase = now.next ? SearchPhase::paused : SearchPhase::finished;
    if (now.phase == SearchPhase::none) {
        m_desk.reset();
    }
    show(std::move(now));
    if (std::exchange(m_locksWait, false))
        locksChanged();
}

void SearchController::show(SearchSnapshot snapshot) {
    if (m_running)
        snapshot.phase = SearchPhase::running;
    followFactors(snapshot);
    if (!m_locksWait && !snapshot.method.isEmpty())
        followLocks(snapshot);
    m_context.bench.search().setSnapshot(std::move(snapshot));
}

// The search's vector is a set like any other, but not a person's change: it does not enter the history. Its score is
// of the searched window alone; beside other sets it is worth what a probe measures.
void SearchController::followFactors(const SearchSnapshot& snapshot) {
    FactorSetStore& sets = m_context.bench.sets();
    const Setup& setup = m_context.bench.setup().setup();
    if (snapshot.factors.size() != static_cast<std::size_t>(setup.geometry.pairs()))
        return;
    FactorSetEntry entry;
    if (const FactorSetEntry* known = sets.find(m_searchSet)) {
        entry = *known;
    } else {
        m_searchSet = sets.newId();
        entry.id = m_searchSet;
        entry.origin = SetOrigin::search;
        entry.name = sets.freeName(m_setName);
        entry.colour = searchColour;
        entry.set.factors = snapshot.factors;
        entry.set.attentionFactor = snapshot.attentionFactor;
        sets.insert(entry, 0);
        m_context.bench.selection().setSet(entry.id);
    }
    const bool moved = entry.set.factors != snapshot.factors || entry.set.attentionFactor != snapshot.attentionFactor;
    entry.set.factors = snapshot.factors;
    entry.set.attentionFactor = snapshot.attentionFactor;
    entry.set.origin = tr("search, evaluation %1").arg(snapshot.evaluations).toStdString();
    if (moved)
        entry.measurements.clear();
    if (moved)
        sets.replace(entry);
}

LockPairs SearchController::locks() const {
    LockPairs locks;
    for (int pair = 0; pair < m_context.bench.setup().setup().geometry.pairs(); ++pair)
        if (m_context.bench.sets().locked(pair))
            locks.pairs.push_back(pair);
    return locks;
}

// The lock row shows what the search leaves alone in the state that is shown.
void SearchController::followLocks(const SearchSnapshot& snapshot) {
    std::vector<int> shown = snapshot.lockedPairs;
    std::sort(shown.begin(), shown.end());
    if (shown == locks().pairs)
        return;
    std::vector<bool> wanted(static_cast<std::size_t>(m_context.bench.setup().setup().geometry.pairs()), false);
    for (const int pair : shown)
        if (static_cast<std::size_t>(pair) < wanted.size())
            wanted[static_cast<std::size_t>(pair)] = true;
    m_followingLocks = true;
    m_context.bench.sets().setLocks(wanted);
    m_followingLocks = false;
}

// What is locked by hand is left alone from the next candidate on.
void SearchController::locksChanged() {
    if (m_followingLocks || !m_desk)
        return;
    if (m_running) {
        m_locksWait = true;
        return;
    }
    const LockPairs wanted = locks();
    std::vector<int> present = snapshot().lockedPairs;
    std::sort(present.begin(), present.end());
    if (wanted.pairs == present)
        return;
    if (mayChange())
        apply(wanted);
    else
        followLocks(snapshot());
}

void SearchController::step(SearchStep step) {
    if (m_running)
        return;
    if (!m_desk) {
        begin(step);
        return;
    }
    if (snapshot().readOnly) {
        Q_EMIT failed(tr("An earlier state is shown: branch here, or go to the end of the slider first."));
        return;
    }
    const bool scores = snapshot().origin == ScoreOrigin::model;
    run(
        tr("search"),
        [step, pauses = m_pauses](SearchDesk& desk, const RunControl& control, const SnapshotSink& sink) {
            return desk.advance(step, pauses, sink, control);
        },
        scores);
}

void SearchController::begin(SearchStep step) {
    const auto chosen = settings();
    if (!chosen) {
        Q_EMIT failed(QString::fromStdString(chosen.error().message));
        return;
    }
    const auto desk = std::make_shared<StudyDesk>(m_context.laboratory, m_context.study.file());
    useDesk(desk, tr("search"), m_context.study.path());
    run(
        tr("search"),
        [desk, step, pauses = m_pauses, settings = *chosen, setup = m_context.bench.setup().setup(),
         locks = locks()](SearchDesk&, const RunControl& control, const SnapshotSink& sink) -> Outcome<SearchSnapshot> {
            auto begun = desk->begin(setup, settings, control);
            if (std::holds_alternative<SearchSnapshot>(begun) && !locks.pairs.empty())
                begun = toOutcome(desk->apply(locks));
            if (!std::holds_alternative<SearchSnapshot>(begun))
                return begun;
            sink(std::get<SearchSnapshot>(begun));
            return desk->advance(step, pauses, sink, control);
        },
        true);
}

void SearchController::pause() {
    if (m_job && m_running)
        m_job->cancel();
}

void SearchController::goTo(std::optional<int> evaluations) {
    const auto& scored = snapshot().scored;
    if (!evaluations || *evaluations > std::ssize(scored))
        goToEvent(std::nullopt);
    else
        goToEvent(*evaluations <= 0 ? noEvent : scored[static_cast<std::size_t>(*evaluations - 1)].event);
}

void SearchController::goToEvent(std::optional<EventId> event) {
    if (m_running || !m_desk)
        return;
    if (m_looking) {
        m_nextLook = event;
        return;
    }
    m_looking = true;
    EngineJob* job = start(
        tr("look back"),
        [event](SearchDesk& desk, const RunControl&, const SnapshotSink&) { return toOutcome(desk.lookAt(event)); },
        JobKind::look, false);
    connect(job, &EngineJob::finished, this, [this, desk = std::weak_ptr(m_desk)] {
        if (const auto own = desk.lock(); own && own == m_desk)
            lookEnded();
    });
}

void SearchController::lookEnded() {
    m_looking = false;
    if (const auto next = std::exchange(m_nextLook, std::nullopt))
        goToEvent(*next);
}

void SearchController::branch() {
    branchAt(snapshot().shownEvent);
}

void SearchController::branchAt(EventId event) {
    if (m_running || !m_desk)
        return;
    const std::string name = tr("branch %1").arg(snapshot().branches.size()).toStdString();
    runQuick(tr("branch"), [event, name](SearchDesk& desk) { return desk.branchAt(event, name); });
}

void SearchController::switchTo(const QString& branch) {
    if (m_running || !m_desk || branch == snapshot().branch)
        return;
    runQuick(tr("branch"), [name = branch.toStdString()](SearchDesk& desk) { return desk.switchTo(name); });
}

bool SearchController::mayChange() {
    if (m_running || !m_desk)
        return false;
    if (snapshot().readOnly)
        Q_EMIT failed(tr("An earlier state is shown, to look at only: branch here to change it."));
    return !snapshot().readOnly;
}

void SearchController::apply(const SearchEdit& edit) {
    if (mayChange())
        runQuick(tr("change the search"), [edit](SearchDesk& desk) { return desk.apply(edit); });
}

void SearchController::applyCurrentSet() {
    if (const FactorSetEntry* current = m_context.bench.currentSet())
        apply(ReplaceVector{current->set.factors, current->set.attentionFactor});
}

void SearchController::takeOver() {
    const SearchSnapshot& now = snapshot();
    if (!now.last)
        return;
    FactorSetStore& sets = m_context.bench.sets();
    FactorSetEntry entry;
    entry.id = sets.newId();
    entry.origin = SetOrigin::search;
    entry.name = sets.freeName(tr("evaluation %1").arg(countText(now.shown)));
    entry.colour = sets.freeColour();
    entry.set = {now.last->candidate.factors, now.last->candidate.attentionFactor,
                 tr("%1, evaluation %2").arg(now.method).arg(now.shown).toStdString()};
    m_context.editor.add(entry);
}

void SearchController::openStudy(const QString& path) {
    m_context.study.close();
    m_context.study.open(path);
    const auto desk = std::make_shared<StudyDesk>(m_context.laboratory, m_context.study.file());
    useDesk(desk, tr("search"), m_context.study.path());
    m_running = true;
    SearchSnapshot opening;
    opening.phase = SearchPhase::opening;
    m_context.bench.search().setSnapshot(std::move(opening));
    EngineJob* job = m_context.jobs.add<OpenedStudy>(
        tr("open the study"),
        [desk, device = m_context.bench.setup().setup().device](const RunControl&,
                                                                const JobChannel&) -> Outcome<OpenedStudy> {
            auto opened = desk->open(device);
            if (!opened)
                return std::move(opened.error());
            return std::move(*opened);
        },
        [this, desk](const OpenedStudy& opened) {
            if (desk != m_desk)
                return;
            m_running = false;
            m_context.study.setBelongsToText(opened.belongsToText);
            Q_EMIT studyOpened(opened.setup);
            if (opened.search)
                show(*opened.search);
        },
        JobKind::work, m_context.study.file()->fileNeeds());
    m_job = job;
    connect(job, &EngineJob::finished, this, [this, job, path, desk = std::weak_ptr<SearchDesk>(desk)] {
        if (const auto own = desk.lock(); own && own == m_desk)
            openEnded(*job, path);
    });
}

void SearchController::openEnded(const EngineJob& job, const QString& path) {
    if (job.state() == EngineJob::State::done) {
        jobEnded(job);
        return;
    }
    closeStudy();
    m_context.bench.search().clear();
    Q_EMIT openFailed(path, job.state() == EngineJob::State::failed ? job.message() : tr("stopped"));
}

void SearchController::openReplay(const SearchTrace& trace, const QString& title) {
    auto session = ReplaySession::open(trace);
    if (!session) {
        Q_EMIT failed(QString::fromStdString(session.error().message));
        return;
    }
    useDesk(std::make_shared<ReplayDesk>(std::move(*session)), title, QStringLiteral("published search"));
    m_context.study.close();
    runQuick(tr("open %1").arg(title), [](SearchDesk& desk) { return desk.lookAt(std::nullopt); });
}

void SearchController::closeStudy() {
    useDesk(nullptr, tr("search"), {});
    m_context.study.close();
}

} // namespace ropescope
