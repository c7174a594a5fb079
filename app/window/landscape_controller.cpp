#include "app/window/landscape_controller.h"

#include "app/window/job_outcome.h"
#include "engine/probe/landscape.h"
#include "views/models/value_text.h"
#include "views/pages/landscape_page.h"

namespace ropescope {

namespace {

LandscapeRequest requestOf(const LandscapePlan& plan, const std::vector<LandscapeSample>& known) {
    LandscapeRequest request;
    request.base = plan.base;
    for (const LandscapeSpan& axis : plan.axes)
        request.axes.push_back({axis.pairs, axis.range});
    request.points = plan.points;
    request.length = plan.length;
    request.windowLimit = plan.windows;
    for (const LandscapeSample& sample : known)
        request.known.push_back({sample.scale, sample.nll});
    return request;
}

} // namespace

LandscapeController::LandscapeController(const WindowContext& context, LandscapePage& page)
    : QObject(&page), m_context(context), m_page(page) {
    connect(&page, &LandscapePage::runRequested, this, &LandscapeController::run);
    connect(&page, &LandscapePage::cancelRequested, this, &LandscapeController::cancel);
    connect(&page, &LandscapePage::takeOverRequested, this, &LandscapeController::takeOver);
}

void LandscapeController::run(const LandscapePlan& plan) {
    if (m_page.model().phase() == ProbePhase::running)
        return;
    m_page.model().begin(plan);
    const Setup setup = m_context.bench.setup().setup();
    LandscapeRequest request = requestOf(plan, m_page.model().samples());
    Laboratory& laboratory = m_context.laboratory;
    const QPointer<LandscapePage> page = &m_page;
    EngineJob* job = m_context.jobs.add<LandscapeReport>(
        tr("landscape of %1").arg(plan.setName),
        [&laboratory, setup, request, page, plan](const RunControl& control,
                                                  const JobChannel& channel) mutable -> Outcome<LandscapeReport> {
            auto opened = laboratory.open(setup, control);
            if (auto* error = std::get_if<Error>(&opened))
                return *error;
            if (std::holds_alternative<Cancelled>(opened))
                return Cancelled{};
            const LabBench& bench = std::get<LabBench>(opened);
            request.attention = bench.attention;
            const LandscapeSink sink = [&](const LandscapePoint& point) -> Result<void> {
                channel.post([page, plan, point] {
                    // The page may show another landscape by now.
                    if (page && sameLandscape(page->model().plan(), plan))
                        page->model().add({point.scale, point.nll});
                });
                return {};
            };
            return measureLandscape(*bench.model, *bench.text, request, sink, control);
        },
        [](const LandscapeReport&) {});
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

void LandscapeController::takeOver(const std::vector<double>& scale) {
    const LandscapePlan& plan = m_page.model().plan();
    FactorSetStore& sets = m_context.bench.sets();
    FactorSetEntry entry;
    entry.id = sets.newId();
    entry.set = factorsAt(requestOf(plan, {}), scale);
    QStringList scales;
    for (const double one : scale)
        scales << QStringLiteral("× %1").arg(factorText(one));
    entry.name = sets.freeName(QStringLiteral("%1, %2").arg(plan.setName, scales.join(QStringLiteral(", "))));
    entry.origin = SetOrigin::edited;
    entry.colour = sets.freeColour();
    m_context.editor.add(entry);
}

} // namespace ropescope
