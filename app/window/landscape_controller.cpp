#include "app/window/landscape_controller.h"

#include "app/window/job_outcome.h"
#include "app/window/kept_measurements.h"
#include "app/window/probe_work.h"
#include "engine/probe/landscape.h"
#include "views/models/value_text.h"
#include "views/pages/landscape_page.h"

namespace ropescope {

namespace {

LandscapeRequest requestOf(const LandscapePlan& plan) {
    LandscapeRequest request;
    request.base = plan.base;
    for (const LandscapeSpan& axis : plan.axes)
        request.axes.push_back({axis.pairs, axis.range});
    request.points = plan.points;
    request.length = plan.length;
    request.windowLimit = plan.windows;
    return request;
}

} // namespace

LandscapeController::LandscapeController(const WindowContext& context, LandscapePage& page)
    : QObject(&page), m_context(context), m_page(page) {
    connect(&page, &LandscapePage::runRequested, this, &LandscapeController::run);
    connect(&page, &LandscapePage::cancelRequested, this, &LandscapeController::cancel);
    connect(&page, &LandscapePage::takeOverRequested, this, &LandscapeController::takeOver);
    connect(&page.model(), &LandscapeModel::changed, this, &LandscapeController::followModel);
    connect(&context.study, &StudyKeeper::read, this, &LandscapeController::showKept);
}

void LandscapeController::run(const LandscapePlan& plan) {
    if (m_page.model().phase() == ProbePhase::running)
        return;
    m_page.model().begin(plan);
    const QPointer<LandscapePage> page = &m_page;
    EngineJob* job = m_context.jobs.add<LandscapeReport>(
        tr("landscape of %1").arg(plan.setName),
        [place = ProbePlace{m_context.laboratory, m_context.study.file(), m_context.bench.setup().setup()}, page,
         plan](const RunControl& control, const JobChannel& channel) {
            const LandscapeSink sink = [&](const LandscapePoint& point) -> Result<void> {
                channel.post([page, plan, point] {
                    // The page may show another landscape by now.
                    if (page && sameLandscape(page->model().plan(), plan))
                        page->model().add({point.scale, point.nll});
                });
                return {};
            };
            return runLandscape(place, requestOf(plan), sink, control);
        },
        [](const LandscapeReport&) {}, JobKind::work, m_context.study.file()->engineNeeds());
    m_job = job;
    connect(job, &EngineJob::progressChanged, this, &LandscapeController::followJob);
    connect(job, &EngineJob::stateChanged, this, &LandscapeController::followJob);
    connect(job, &EngineJob::finished, this, [this, plan, job] {
        if (sameLandscape(m_page.model().plan(), plan))
            m_page.model().end(phaseOf(*job), job->message());
    });
    followJob();
}

void LandscapeController::cancel() {
    if (m_job)
        m_job->cancel();
}

void LandscapeController::followJob() {
    if (m_job)
        m_page.setStatus(JobQueue::statusText(*m_job));
}

// What was asked of another model or text has nowhere to be shown.
void LandscapeController::followModel() {
    if (m_page.model().phase() == ProbePhase::none)
        cancel();
}

// All of them can be chosen, also those of sets that are gone; the newest of a set that is there is shown. An
// unfinished one goes on with Run.
void LandscapeController::showKept(const KeptMeasurements& kept) {
    std::optional<LandscapeRecord> newest;
    for (const KeptLandscape& one : kept.landscapes) {
        LandscapeRecord record{one.plan, one.samples, one.finished ? ProbePhase::done : ProbePhase::cancelled};
        const auto owners = ownersOf(m_context.bench.sets(), one.plan.base);
        record.plan.set = owners.empty() ? noSet : owners.front();
        record.plan.setName = owners.empty()
                                  ? tr("set that is gone (%1)").arg(QString::fromStdString(one.plan.base.origin))
                                  : m_context.bench.sets().find(owners.front())->name;
        m_page.model().addRecord(record);
        if (!owners.empty())
            newest = record;
    }
    if (newest)
        m_page.showRecord(*newest);
}

void LandscapeController::takeOver(const std::vector<double>& scale) {
    const LandscapePlan& plan = m_page.model().plan();
    FactorSetStore& sets = m_context.bench.sets();
    FactorSetEntry entry;
    entry.id = sets.newId();
    entry.set = factorsAt(requestOf(plan), scale);
    QStringList scales;
    for (const double one : scale)
        scales << QStringLiteral("× %1").arg(factorText(one));
    entry.name = sets.freeName(QStringLiteral("%1, %2").arg(plan.setName, scales.join(QStringLiteral(", "))));
    entry.origin = SetOrigin::edited;
    entry.colour = sets.freeColour();
    m_context.editor.add(entry);
}

} // namespace ropescope
