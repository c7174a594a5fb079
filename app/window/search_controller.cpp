#include "app/window/search_controller.h"

#include <cmath>

#include <QDateTime>
#include <QDir>
#include <QStandardPaths>

#include "engine/search/settings.h"
#include "views/models/colour_scale.h"
#include "views/search/search_panel.h"
#include "views/tracks/tree_track.h"

namespace ropescope {

SearchController::SearchController(const WindowContext& context, QObject* parent)
    : QObject(parent), m_context(context), m_desk(std::make_shared<StudyDesk>(context.laboratory)),
      m_folder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/studies")) {}

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
    connect(&panel, &SearchPanel::useCurrentSetRequested, this, &SearchController::applyCurrentSet);
    connect(&panel, &SearchPanel::skipRequested, this, [this] { apply(SkipSegment{}); });
    connect(&panel, &SearchPanel::windowRequested, this, [this](double low, double high) {
        apply(SetWindow{{low, high}});
    });
    // Locks are part of the search: what is locked by hand is left alone from the next candidate on.
    connect(&m_context.bench.sets(), &FactorSetStore::locksChanged, this, [this] {
        LockPairs locks;
        for (int pair = 0; pair < m_context.bench.setup().setup().geometry.pairs(); ++pair)
            if (m_context.bench.sets().locked(pair))
                locks.pairs.push_back(pair);
        if (m_context.bench.search().snapshot().phase != SearchPhase::none)
            apply(locks);
    });
}

void SearchController::connectTree(TreeTrack& tree) {
    // The state right after a decision is that after all evaluations told until then.
    const auto evaluationsAt = [this](int decision) {
        int evaluations = 0;
        const auto& decisions = m_context.bench.search().snapshot().decisions;
        for (int i = 0; i <= decision && static_cast<std::size_t>(i) < decisions.size(); ++i)
            evaluations += static_cast<int>(decisions[static_cast<std::size_t>(i)].scores.size());
        return evaluations;
    };
    connect(&tree, &TreeTrack::goBackRequested, this,
            [this, evaluationsAt](int decision) { goTo(evaluationsAt(decision)); });
    connect(&tree, &TreeTrack::branchRequested, this, [this, evaluationsAt](int decision) {
        goTo(evaluationsAt(decision));
        branch();
    });
}

QString SearchController::newStudyPath() const {
    QDir().mkpath(m_folder);
    return m_folder + QDateTime::currentDateTime().toString(QStringLiteral("/yyyy-MM-dd-HHmmss-zzz")) +
           QStringLiteral(".ropescope");
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

void SearchController::run(const QString& title, SnapshotWork work) {
    m_running = true;
    const auto desk = m_desk;
    SearchSnapshot now = m_context.bench.search().snapshot();
    now.message.clear();
    show(std::move(now));
    m_job = m_context.jobs.add<SearchSnapshot>(
        title,
        [this, desk, work = std::move(work)](const RunControl& control, const JobChannel& channel) {
            return work(*desk, control, [this, &channel](const SearchSnapshot& snapshot) {
                channel.post([this, snapshot] { show(snapshot); });
            });
        },
        [this](const SearchSnapshot& snapshot) { show(snapshot); });
    connect(m_job, &EngineJob::finished, this, [this, job = m_job.data()] { jobEnded(*job); });
}

void SearchController::jobEnded(const EngineJob& job) {
    m_running = false;
    SearchSnapshot snapshot = m_context.bench.search().snapshot();
    if (job.state() == EngineJob::State::failed) {
        snapshot.message = job.message();
        Q_EMIT failed(job.message());
    }
    // Work that ended before its first state leaves no search behind.
    if (snapshot.method.isEmpty())
        snapshot.phase = SearchPhase::none;
    else if (job.state() == EngineJob::State::failed)
        snapshot.phase = SearchPhase::failed;
    else
        snapshot.phase = snapshot.next ? SearchPhase::paused : SearchPhase::finished;
    show(std::move(snapshot));
}

void SearchController::show(SearchSnapshot snapshot) {
    if (m_running)
        snapshot.phase = SearchPhase::running;
    followFactors(snapshot);
    m_context.bench.search().setSnapshot(std::move(snapshot));
}

// The search's vector is a set like any other, but not a person's change: it does not enter the history.
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
        entry.name = sets.freeName(tr("search"));
        entry.colour = searchColour;
        sets.insert(entry, 0);
        m_context.bench.selection().setSet(entry.id);
    }
    const bool moved = entry.set.factors != snapshot.factors;
    entry.set.factors = snapshot.factors;
    entry.set.attentionFactor = snapshot.attentionFactor;
    entry.set.origin = tr("search, evaluation %1").arg(snapshot.evaluations).toStdString();
    if (moved)
        entry.measurements.clear();
    const auto measured = entry.measuredAt(snapshot.targetLength);
    if (snapshot.incumbent && (!measured || measured->perplexity != *snapshot.incumbent))
        entry.measurements = {{snapshot.targetLength, std::log(*snapshot.incumbent), *snapshot.incumbent, 0, 0}};
    sets.replace(entry);
}

void SearchController::step(SearchStep step) {
    if (m_running)
        return;
    const SearchSnapshot& now = m_context.bench.search().snapshot();
    const QString title = tr("search");
    if (now.phase != SearchPhase::none) {
        run(title, [step, pauses = m_pauses](StudyDesk& desk, const RunControl& control, const SnapshotSink& sink) {
            return desk.advance(step, pauses, sink, control);
        });
        return;
    }
    const auto chosen = settings();
    if (!chosen) {
        Q_EMIT failed(QString::fromStdString(chosen.error().message));
        return;
    }
    m_path = newStudyPath();
    Q_EMIT studyChanged(m_path);
    run(title,
        [step, pauses = m_pauses, settings = *chosen, setup = m_context.bench.setup().setup(),
         path = std::filesystem::path(m_path.toStdString())](StudyDesk& desk, const RunControl& control,
                                                             const SnapshotSink& sink) -> Outcome<SearchSnapshot> {
            auto begun = desk.begin(path, setup, settings, control);
            if (!std::holds_alternative<SearchSnapshot>(begun))
                return begun;
            sink(std::get<SearchSnapshot>(begun));
            return desk.advance(step, pauses, sink, control);
        });
}

void SearchController::pause() {
    if (m_job && m_running)
        m_job->cancel();
}

void SearchController::goTo(std::optional<int> evaluations) {
    if (m_running || m_context.bench.search().snapshot().phase == SearchPhase::none)
        return;
    run(tr("look back"),
        [evaluations](StudyDesk& desk, const RunControl&, const SnapshotSink&) -> Outcome<SearchSnapshot> {
            auto snapshot = desk.lookAt(evaluations);
            if (!snapshot)
                return snapshot.error();
            return std::move(*snapshot);
        });
}

void SearchController::branch() {
    const SearchSnapshot& now = m_context.bench.search().snapshot();
    if (m_running || now.phase == SearchPhase::none)
        return;
    const int evaluations = static_cast<int>(now.scored.size());
    const QString name = tr("branch %1").arg(now.branches.size());
    run(tr("branch"),
        [evaluations, name](StudyDesk& desk, const RunControl&, const SnapshotSink&) -> Outcome<SearchSnapshot> {
            auto snapshot = desk.branchAfter(evaluations, name.toStdString());
            if (!snapshot)
                return snapshot.error();
            return std::move(*snapshot);
        });
}

void SearchController::switchTo(const QString& branch) {
    if (m_running)
        return;
    run(tr("branch"), [branch](StudyDesk& desk, const RunControl&, const SnapshotSink&) -> Outcome<SearchSnapshot> {
        auto snapshot = desk.switchTo(branch.toStdString());
        if (!snapshot)
            return snapshot.error();
        return std::move(*snapshot);
    });
}

void SearchController::apply(const SearchEdit& edit) {
    if (m_running)
        return;
    run(tr("change the search"),
        [edit](StudyDesk& desk, const RunControl&, const SnapshotSink&) -> Outcome<SearchSnapshot> {
            auto snapshot = desk.apply(edit);
            if (!snapshot)
                return snapshot.error();
            return std::move(*snapshot);
        });
}

void SearchController::applyCurrentSet() {
    if (const FactorSetEntry* current = m_context.bench.currentSet())
        apply(ReplaceVector{current->set.factors, current->set.attentionFactor});
}

void SearchController::openStudy(const QString& path, const Setup& setup) {
    m_path = path;
    m_searchSet = noSet;
    Q_EMIT studyChanged(path);
    run(tr("open the study"),
        [path, setup](StudyDesk& desk, const RunControl&, const SnapshotSink&) -> Outcome<SearchSnapshot> {
            auto snapshot = desk.open(path.toStdString(), setup);
            if (!snapshot)
                return snapshot.error();
            return std::move(*snapshot);
        });
}

void SearchController::closeStudy() {
    m_path.clear();
    m_searchSet = noSet;
    // Jobs that still wait keep the old desk.
    m_desk = std::make_shared<StudyDesk>(m_context.laboratory);
    Q_EMIT studyChanged({});
}

} // namespace ropescope
