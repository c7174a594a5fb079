// Between the Probes page, the list of sets and the engine: probes become jobs, results go to the sets, the page and
// the study as they come.
#pragma once

#include <vector>

#include <QObject>
#include <QPointer>

#include "app/window/probe_work.h"
#include "app/window/window_context.h"
#include "views/pages/probes_page.h"

namespace ropescope {

// GUI thread only. Lives as long as its page.
class ProbeController : public QObject {
    Q_OBJECT

public:
    ProbeController(const WindowContext& context, ProbesPage& page);

    // Perplexities at every length, shortest first; the tokens of the longest are compared position by position, also
    // with sets that were scored on the same tokens before.
    void measure(const PerplexityPlan& plan);
    // One set at the target length, on the windows that the page asks for.
    void measureSet(SetId set);
    // All visible sets that have no perplexity at the target length, in one job.
    void measureMissing();
    void tryPasskeys(const PasskeyPlan& plan);
    void cancel();

private:
    [[nodiscard]] ProbePlace place() const;
    void follow(EngineJob& job, ProbeKind kind);
    void addMeasuredSets(const KeptMeasurements& kept);
    void showKept(const KeptMeasurements& kept);

    WindowContext m_context;
    ProbesPage& m_page;
    struct Active {
        QPointer<EngineJob> job;
        ProbeKind kind;
    };
    std::vector<Active> m_active; // waiting or running, oldest first
};

} // namespace ropescope
