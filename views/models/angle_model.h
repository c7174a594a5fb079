// The angle distributions of the current set at the current target length, computed off the GUI thread. A drag of one
// pair is answered at once; whole reports come from a worker, and while one runs only the newest request waits.
#pragma once

#include <memory>

#include <QObject>
#include <QThreadPool>

#include "engine/rope/angles.h"
#include "views/models/factor_set_store.h"
#include "views/models/selection.h"
#include "views/models/setup_model.h"

namespace ropescope {

// GUI thread only; the worker touches nothing but values.
class AngleModel : public QObject {
    Q_OBJECT

public:
    // All three must outlive the model.
    AngleModel(SetupModel& setup, FactorSetStore& store, Selection& selection, QObject* parent = nullptr);
    ~AngleModel() override;

    // The newest report; empty (no pairs) before the first. Compare its pair count with the geometry before use.
    [[nodiscard]] std::shared_ptr<const AngleReport> report() const { return m_report; }
    // What the report was computed with.
    [[nodiscard]] AngleOptions options() const { return m_options; }
    // A report for the present state is on its way.
    [[nodiscard]] bool computing() const { return m_running; }
    // Unseen share that the pair would have with this factor: for labels of drags. Immediate.
    [[nodiscard]] double unseenShare(int pair, double factor) const;

Q_SIGNALS:
    // All pairs may differ.
    void reportChanged();
    // Only this pair differs.
    void pairReportChanged(int pair);

private:
    struct Request;
    void request();
    void start();
    void finished(const std::shared_ptr<const AngleReport>& report, const std::shared_ptr<const Request>& request);
    bool patchOnePair();

    SetupModel& m_setup;
    FactorSetStore& m_store;
    Selection& m_selection;
    std::shared_ptr<const AngleReport> m_report;
    std::shared_ptr<const Request> m_shown;
    AngleOptions m_options;
    bool m_running = false;
    bool m_again = false;
    QThreadPool m_pool; // one thread of our own; last, so that it ends first
};

} // namespace ropescope
