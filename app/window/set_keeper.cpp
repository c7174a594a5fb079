#include "app/window/set_keeper.h"

#include <algorithm>
#include <array>
#include <tuple>

#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>
#include <QUndoStack>

#include "app/window/model_setup.h"
#include "views/models/colour_scale.h"

namespace ropescope {

namespace {

constexpr int pauseBeforeWriting = 500;                                   // milliseconds without another change
constexpr std::array originNames{"method", "import", "search", "edited"}; // in the order of SetOrigin

QString originName(SetOrigin origin) {
    return QLatin1String(originNames[static_cast<std::size_t>(origin)]);
}

SetOrigin originOf(const QString& name) {
    for (std::size_t i = 0; i < originNames.size(); ++i)
        if (name == QLatin1String(originNames[i]))
            return static_cast<SetOrigin>(i);
    return SetOrigin::import;
}

bool followsSearch(const FactorSetEntry& entry) {
    return entry.origin == SetOrigin::search && entry.colour == searchColour;
}

QJsonObject viewOf(const StudyFactorSet& kept) {
    return QJsonDocument::fromJson(QByteArray::fromStdString(kept.view)).object();
}

struct Nothing {};

} // namespace

StudyFactorSet keptSet(const FactorSetEntry& entry, bool current) {
    QJsonObject view{{QStringLiteral("origin"), originName(entry.origin)},
                     {QStringLiteral("method"), entry.method},
                     {QStringLiteral("colour"), entry.colour},
                     {QStringLiteral("visible"), entry.visible}};
    if (current)
        view[QStringLiteral("current")] = true;
    return {entry.name.toStdString(), entry.set, QJsonDocument(view).toJson(QJsonDocument::Compact).toStdString()};
}

FactorSetEntry entryOf(const StudyFactorSet& kept, const FactorSetStore& store) {
    const QJsonObject view = viewOf(kept);
    FactorSetEntry entry;
    entry.name = QString::fromStdString(kept.name);
    entry.set = kept.set;
    entry.origin = originOf(view.value(QStringLiteral("origin")).toString());
    if (entry.origin == SetOrigin::method)
        entry.method = view.value(QStringLiteral("method")).toString();
    const int colour = view.value(QStringLiteral("colour")).toInt(-1);
    entry.colour = colour >= 0 && colour < setColourCount ? colour : store.freeColour();
    entry.visible = view.value(QStringLiteral("visible")).toBool(true);
    return entry;
}

bool wasCurrent(const StudyFactorSet& kept) {
    return viewOf(kept).value(QStringLiteral("current")).toBool();
}

SetKeeper::SetKeeper(Bench& bench, QUndoStack& history, JobQueue& jobs, StudyKeeper& study, QObject* parent)
    : QObject(parent), m_bench(bench), m_history(history), m_jobs(jobs), m_study(study), m_soon(new QTimer(this)) {
    m_soon->setSingleShot(true);
    m_soon->setInterval(pauseBeforeWriting);
    connect(m_soon, &QTimer::timeout, this, &SetKeeper::writeWhenFree);
    connect(&jobs, &JobQueue::jobEnded, this, &SetKeeper::writeWhenFree);
    connect(&study, &StudyKeeper::setsRead, this, &SetKeeper::restore);
    connect(&study, &StudyKeeper::closing, this, &SetKeeper::flush);
    connect(&study, &StudyKeeper::changed, this, &SetKeeper::studyChanged);
    const auto note = [this] { changed(); };
    connect(&bench.sets(), &FactorSetStore::inserted, this, note);
    connect(&bench.sets(), &FactorSetStore::removed, this, note);
    connect(&bench.sets(), &FactorSetStore::entryChanged, this, note);
    connect(&bench.sets(), &FactorSetStore::moved, this, note);
    connect(&bench.selection(), &Selection::setChanged, this, note);
    connect(&bench.setup(), &SetupModel::changed, this, &SetKeeper::setupChanged);
}

void SetKeeper::changed() {
    m_dirty = true;
    m_refused = false;
    m_soon->start();
}

// Sets that stay when their study is left are in none; a study that is opened brings its own.
void SetKeeper::studyChanged(const QString& path) {
    m_written.clear();
    m_writtenSetup.clear();
    if (path.isEmpty()) {
        m_dirty = true;
        if (m_keeping == 0) // or it may be left because it can't be written
            m_soon->start();
    } else if (!m_study.setsKnown()) {
        m_dirty = false;
    }
}

// A study that belongs to a text knows its setup.
void SetKeeper::setupChanged() {
    if (!m_study.path().isEmpty() && !m_study.belongsToText())
        changed();
}

bool SetKeeper::worthAStudy() const {
    const auto& entries = m_bench.sets().entries();
    return !m_history.isClean() || std::any_of(entries.begin(), entries.end(), [](const FactorSetEntry& entry) {
        return entry.method.isEmpty() && !followsSearch(entry);
    });
}

std::vector<StudyFactorSet> SetKeeper::sets() const {
    std::vector<StudyFactorSet> kept;
    for (const FactorSetEntry& entry : m_bench.sets().entries()) {
        if (followsSearch(entry))
            continue;
        StudyFactorSet set = keptSet(entry, entry.id == m_bench.selection().set());
        const auto taken = [&kept](const std::string& name) {
            return std::any_of(kept.begin(), kept.end(), [&name](const auto& one) { return one.name == name; });
        };
        // A study's names are unique; the window lets a person choose.
        for (int number = 2; taken(set.name); ++number)
            set.name = QStringLiteral("%1 (%2)").arg(entry.name).arg(number).toStdString();
        kept.push_back(std::move(set));
    }
    return kept;
}

// Behind a running job each change would wait as a job of its own. What could not be written is tried again after the
// next change.
void SetKeeper::writeWhenFree() {
    if (m_refused || m_keeping > 0)
        return;
    if (m_study.path().isEmpty() || !m_jobs.needed(m_study.path()))
        flush();
}

void SetKeeper::flush() {
    if (!m_dirty || (m_study.path().isEmpty() ? !worthAStudy() : !m_study.setsKnown()))
        return;
    const auto file = m_study.fileOfSets();
    m_dirty = false;
    auto now = sets();
    auto setup = setupState(m_bench.setup().setup());
    if (now == m_written && (setup == m_writtenSetup || m_study.belongsToText()))
        return;
    ++m_keeping;
    EngineJob* job = m_jobs.add<Nothing>(
        tr("keep factor sets"),
        [file, now, setup](const RunControl&, const JobChannel&) -> Outcome<Nothing> {
            const auto study = file->openOrCreate();
            if (!study)
                return study.error();
            if (const auto kept = (*study)->setFactorSets(now); !kept)
                return kept.error();
            if (!(*study)->contents().text)
                if (const auto kept = (*study)->setViewState(setupViewState, setup); !kept)
                    return kept.error();
            return Nothing{};
        },
        [](const Nothing&) {}, JobKind::keep, file->fileNeeds());
    connect(job, &EngineJob::finished, this, [this, job, path = m_study.path(), now, setup] {
        --m_keeping;
        if (job->state() != EngineJob::State::done)
            m_dirty = m_refused = true;
        else if (path == m_study.path())
            std::tie(m_written, m_writtenSetup) = std::tie(now, setup);
        if (m_dirty && !m_refused)
            m_soon->start();
    });
}

// What the study says goes before what a model begins with: other methods, hidden sets, sets made by hand.
void SetKeeper::restore(const std::vector<StudyFactorSet>& kept) {
    FactorSetStore& store = m_bench.sets();
    std::vector<QString> methods;
    for (const StudyFactorSet& set : kept)
        methods.push_back(entryOf(set, store).method);
    // A list without any method was made by another client, which knows nothing of the window's.
    const bool own = std::any_of(methods.begin(), methods.end(), [](const QString& one) { return !one.isEmpty(); });
    const auto entries = store.entries();
    for (const FactorSetEntry& entry : entries)
        if (own && !entry.method.isEmpty() && std::find(methods.begin(), methods.end(), entry.method) == methods.end())
            store.remove(entry.id);
    for (const StudyFactorSet& set : kept)
        if (const SetId id = restoreOne(set); id != noSet && wasCurrent(set))
            m_bench.selection().setSet(id);
    m_written = kept;
}

SetId SetKeeper::restoreOne(const StudyFactorSet& kept) {
    FactorSetStore& store = m_bench.sets();
    if (kept.set.factors.size() != static_cast<std::size_t>(m_bench.setup().setup().geometry.pairs()))
        return noSet;
    FactorSetEntry entry = entryOf(kept, store);
    for (const FactorSetEntry& present : store.entries())
        if (!entry.method.isEmpty() && present.method == entry.method) {
            FactorSetEntry same = present;
            same.name = entry.name;
            same.colour = entry.colour;
            same.visible = entry.visible;
            store.replace(same);
            store.move(same.id, store.count() - 1);
            return same.id;
        }
    entry.id = store.newId();
    store.insert(entry);
    return entry.id;
}

} // namespace ropescope
