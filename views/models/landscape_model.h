// The NLL as a function of the factors of one segment of pairs, or of two: what is asked for and what came so far.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include "engine/probe/landscape_sampler.h"
#include "engine/rope/factor_set.h"
#include "engine/rope/segment.h"
#include "views/models/curve.h"
#include "views/models/factor_set_store.h"
#include "views/models/probe_phase.h"
#include "views/models/setup_model.h"

namespace ropescope {

// The factors of `pairs` are multiplied by one scale out of the range.
struct LandscapeSpan {
    Segment pairs;
    ScaleAxis range;
};

// One landscape: everything its numbers depend on, but the text.
struct LandscapePlan {
    SetId set = noSet; // whose factors are scaled
    QString setName;
    FactorSet base;
    std::vector<LandscapeSpan> axes; // one: a curve, two: a map
    int points = 17;                 // of a curve, or along each axis of a map
    std::int64_t length = 0;         // tokens per window
    std::int64_t windows = 1;

    [[nodiscard]] std::int64_t plannedPoints() const { return axes.size() == 2 ? points * points : points; }
};
[[nodiscard]] bool sameLandscape(const LandscapePlan& a, const LandscapePlan& b);

struct LandscapeSample {
    std::vector<double> scale; // one per axis
    double nll = 0;            // nats per token; NaN where the model gave NaN
};

// A landscape as far as it went.
struct LandscapeRecord {
    LandscapePlan plan;
    std::vector<LandscapeSample> samples;
    ProbePhase phase = ProbePhase::none;
};

// Where a pointer is in a plot of a landscape: the sample that is meant. Shares 0 .. 1 of the axes.
[[nodiscard]] std::optional<std::size_t> nearestSample(const LandscapePlan& plan,
                                                       const std::vector<LandscapeSample>& samples,
                                                       const std::vector<double>& shares);

// GUI thread only. Forgets everything when the measurement basis changes.
class LandscapeModel : public QObject {
    Q_OBJECT

public:
    // `setup` must outlive the model.
    explicit LandscapeModel(SetupModel& setup, QObject* parent = nullptr);

    [[nodiscard]] const LandscapePlan& plan() const { return m_plan; }
    [[nodiscard]] const std::vector<LandscapeSample>& samples() const { return m_samples; }
    [[nodiscard]] ProbePhase phase() const { return m_phase; }
    [[nodiscard]] QString message() const { return m_message; }
    [[nodiscard]] bool isMap() const { return m_plan.axes.size() == 2; }

    // Samples of the same landscape stay: a cancelled one goes on where it was.
    void begin(const LandscapePlan& plan);
    // A sample beside the grid of a map is left out: it belongs to one with other points.
    void add(const LandscapeSample& sample);
    void end(ProbePhase phase, const QString& message);
    // Shows none; the records stay.
    void clear();
    // Another model or study: the records go as well.
    void forget();
    // Landscapes that ended with anything to show, oldest first; each request once.
    [[nodiscard]] const std::vector<LandscapeRecord>& records() const { return m_records; }
    // One that was kept elsewhere. It is not shown yet.
    void addRecord(LandscapeRecord record);
    // A whole landscape at once.
    void show(const LandscapePlan& plan, std::vector<LandscapeSample> samples, ProbePhase phase,
              const QString& message);

    // Of a curve, by rising scale; NaN included.
    [[nodiscard]] std::vector<CurvePoint> curve() const;
    // Of a map: points x points values, the second axis slowest, NaN where nothing was evaluated or the model gave NaN.
    [[nodiscard]] std::vector<double> map() const;
    // The lowest NLL; none without a finite one.
    [[nodiscard]] std::optional<LandscapeSample> best() const;
    // At scale 1 everywhere, the set as it is.
    [[nodiscard]] std::optional<double> nllOfBase() const;

Q_SIGNALS:
    void changed();

private:
    void followSetup();
    void keep(LandscapeRecord record);
    [[nodiscard]] bool onGrid(const LandscapeSample& sample) const;

    SetupModel& m_setup;
    QString m_basis; // of the samples
    LandscapePlan m_plan;
    std::vector<LandscapeSample> m_samples;
    ProbePhase m_phase = ProbePhase::none;
    QString m_message;
    std::vector<LandscapeRecord> m_records;
};

} // namespace ropescope
