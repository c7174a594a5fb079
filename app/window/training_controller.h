// Between the Training page and the engine: a run becomes a job, its steps go to the page as they come.
#pragma once

#include <optional>

#include <QObject>
#include <QPointer>

#include "app/window/training_work.h"
#include "app/window/window_context.h"
#include "views/pages/training_page.h"

namespace ropescope {

// GUI thread only. Lives as long as its page.
class TrainingController : public QObject {
    Q_OBJECT

public:
    TrainingController(const WindowContext& context, TrainingPage& page);

    // Goes on with the unfinished run in the output folder, where there is one.
    void run(const TrainingForm& form);
    // The steps that are done are saved. `pause`: the page offers to go on.
    void stop(bool pause);
    // The newest checkpoint or the result of the run shown.
    void measure(const TrainingForm& form);
    // Beside the queue, because it uses no model. While one is in work the newest wish waits.
    void forecast(const TrainingForm& form);

private:
    [[nodiscard]] TrainingWork workFor(const TrainingForm& form) const;
    [[nodiscard]] TrainingRunInfo infoFor(const TrainingWork& work) const;
    void modelChanged();
    void follow(EngineJob& job);
    void ended(const EngineJob& job);
    void forecastEnded();
    void studyChanged(const QString& path);
    void readRuns(const QString& path);

    WindowContext m_context;
    TrainingPage& m_page;
    QPointer<EngineJob> m_job;
    bool m_pausing = false;
    EngineJob* m_forecast = nullptr; // a child, gone when it ended
    std::optional<TrainingForm> m_nextForecast;
};

} // namespace ropescope
