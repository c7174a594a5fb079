// A training run as the window shows it: what it does, its steps, its checkpoints and what they measured.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include "views/models/curve.h"
#include "views/models/factor_set_store.h"
#include "views/models/training_form.h"

namespace ropescope {

enum class TrainingPhase {
    none,      // nothing was trained
    running,   // waiting in the queue or training
    paused,    // stopped at a person's wish, to be gone on with
    cancelled, // stopped for good; what was saved stays
    failed,    // the message says why, at which step, and what to do
    done,
};

// What a run is: fixed from its start to its end.
struct TrainingRunInfo {
    std::int64_t id = 0; // in the study; 0: not kept there
    QString model;       // whose weights it began from
    QString text;
    QString factors; // the set's name; empty: as the model is configured
    QString method;  // in words
    QString output;  // the folder
    std::int64_t length = 0;
    std::int64_t steps = 0;
    bool measurable = true; // a checkpoint's perplexity says how the run goes
};

// After an optimizer step; steps count from 1.
struct TrainingPoint {
    std::int64_t step = 0;
    int stage = 1;
    int stages = 1;
    double loss = 0;         // nats per predicted token, before the step
    double smoothedLoss = 0; // exponential mean
    double learningRate = 0;
    double gradientNorm = 0; // before clipping
    double tokensPerSecond = 0;
    double secondsLeft = 0;
};

// Perplexity of a checkpoint on the window's text.
struct TrainingProbe {
    std::int64_t step = 0; // 0: before training
    Measurement measured;
};

struct TrainingCheckpoint {
    std::int64_t step = 0; // as many as the run has: the finished model
    QString folder;
};

// Time and memory before the start. Bytes and seconds; a part without a size is left out.
struct TrainingForecast {
    struct Part {
        QString name;
        double bytes = 0;
    };
    double seconds = 0; // 0: not known
    std::int64_t tokens = 0;
    std::vector<Part> parts;
    double available = 0;             // bytes of the device; 0: not known
    std::vector<CurvePoint> schedule; // learning rate over steps
    QString advice;                   // what to change where it doesn't fit; empty where it does
    QString problem;                  // why there is no forecast; empty where there is one

    [[nodiscard]] double bytes() const;
};

// One run as a whole: shown live, or as a study keeps it.
struct TrainingRunRecord {
    TrainingRunInfo info;
    std::optional<TrainingForm> form; // of a kept run: its settings
    TrainingPhase phase = TrainingPhase::none;
    QString message;
    QString probeProblem;              // why checkpoints are not measured; empty: they are, or were not asked for
    std::vector<TrainingPoint> points; // by rising step
    std::vector<TrainingProbe> probes; // by rising step
    std::vector<TrainingCheckpoint> checkpoints;
};

enum class TrainingQuantity { loss, smoothedLoss, learningRate, gradientNorm, perplexity };

// GUI thread only.
class TrainingModel : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] const TrainingRunRecord& run() const { return m_run; }
    [[nodiscard]] TrainingPhase phase() const { return m_run.phase; }
    [[nodiscard]] bool running() const { return m_run.phase == TrainingPhase::running; }
    // Stopped before its end, with a checkpoint to go on from.
    [[nodiscard]] bool canResume() const;
    // Null before the first step.
    [[nodiscard]] const TrainingPoint* last() const;
    // The newest folder that holds a model, checkpoint or result; none before the first.
    [[nodiscard]] std::optional<TrainingCheckpoint> newestModel() const;

    // The steps of the same output folder stay: an interrupted run is gone on with.
    void begin(const TrainingRunInfo& info);
    // Steps that come again, because a run went on from an earlier checkpoint, take the place of the old ones.
    void add(const std::vector<TrainingPoint>& points);
    void addProbe(const TrainingProbe& probe);
    void setProbeProblem(const QString& problem);
    // The trainer keeps the newest two; those before them are gone from the disk.
    void addCheckpoint(const TrainingCheckpoint& checkpoint);
    void end(TrainingPhase phase, const QString& message);
    // A run as it was kept, in place of the one shown.
    void show(TrainingRunRecord record);
    void clear();

    [[nodiscard]] const std::optional<TrainingForecast>& forecast() const { return m_forecast; }
    void setForecast(std::optional<TrainingForecast> forecast);

    // Runs of the study, oldest first; the one being trained among them once it is kept.
    [[nodiscard]] const std::vector<TrainingRunRecord>& kept() const { return m_kept; }
    // The run shown takes the name that it has among them.
    void setKept(std::vector<TrainingRunRecord> runs);

    // Steps against a quantity, reduced to what `columns` can show.
    [[nodiscard]] std::vector<CurvePoint> curve(TrainingQuantity quantity, std::size_t columns) const;
    // The point at a step or the nearest after it; null without one.
    [[nodiscard]] const TrainingPoint* pointAt(std::int64_t step) const;
    // Last steps of the stages before the last one: where the loss changes its meaning.
    [[nodiscard]] std::vector<std::int64_t> stageEnds() const;

Q_SIGNALS:
    void changed();
    void forecastChanged();
    void keptChanged();

private:
    TrainingRunRecord m_run;
    std::optional<TrainingForecast> m_forecast;
    std::vector<TrainingRunRecord> m_kept;
};

} // namespace ropescope
