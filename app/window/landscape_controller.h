// Between the Landscape page and the engine: a landscape becomes a job, its points go to the page as they come.
#pragma once

#include <QObject>
#include <QPointer>

#include "app/window/window_context.h"
#include "views/models/landscape_model.h"

namespace ropescope {

class LandscapePage;
struct KeptMeasurements;

// GUI thread only. Lives as long as its page.
class LandscapeController : public QObject {
    Q_OBJECT

public:
    LandscapeController(const WindowContext& context, LandscapePage& page);

    void run(const LandscapePlan& plan);
    void cancel();
    // A point of the landscape shown becomes a factor set, which can be undone.
    void takeOver(const std::vector<double>& scale);

private:
    void followJob();
    void followModel();
    void showKept(const KeptMeasurements& kept);

    WindowContext m_context;
    LandscapePage& m_page;
    QPointer<EngineJob> m_job;
};

} // namespace ropescope
