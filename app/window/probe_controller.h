// Between the Probes page and the engine: probes become jobs, results go to the sets and the page as they come.
#pragma once

#include <QObject>
#include <QPointer>

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
    void tryPasskeys(const PasskeyPlan& plan);
    void cancel();

private:
    void follow(EngineJob& job, ProbeKind kind);

    WindowContext m_context;
    ProbesPage& m_page;
    QPointer<EngineJob> m_job;
};

} // namespace ropescope
