// Everything that the pages of one window look at together. A page gets the bench, never another page.
#pragma once

#include <optional>

#include <QObject>

#include "engine/rope/dprope.h"
#include "views/models/angle_model.h"
#include "views/models/factor_set_list_model.h"
#include "views/models/factor_set_store.h"
#include "views/models/search_model.h"
#include "views/models/selection.h"
#include "views/models/sensitivity_model.h"
#include "views/models/setup_model.h"

namespace ropescope {

// Owns the shared models and keeps them consistent with each other: sets that follow a method are computed anew when
// the target length or DPRoPE's threshold moves, a removed set is not left selected, measurements go when they are no
// longer of the setup's model, text, attention and device. GUI thread only.
class Bench : public QObject {
    Q_OBJECT

public:
    explicit Bench(QObject* parent = nullptr);

    [[nodiscard]] SetupModel& setup() { return m_setup; }
    [[nodiscard]] FactorSetStore& sets() { return m_sets; }
    [[nodiscard]] Selection& selection() { return m_selection; }
    [[nodiscard]] AngleModel& angles() { return m_angles; }
    [[nodiscard]] SearchModel& search() { return m_search; }
    [[nodiscard]] SensitivityModel& sensitivity() { return m_sensitivity; }
    [[nodiscard]] FactorSetListModel& setList() { return m_setList; }

    // The current set; null when there is none.
    [[nodiscard]] const FactorSetEntry* currentSet() const { return m_sets.find(m_selection.set()); }

    // A new model: forgets sets, selection and search, then adds the given methods' sets for the setup's scale.
    void openSetup(const Setup& setup, const QStringList& methods);

    // An entry (not yet stored) for a method at the present setup; the engine's message when the method refuses.
    [[nodiscard]] Result<FactorSetEntry> methodEntry(const QString& method);

private:
    // What was measured at a length stays true of a method's set at that length, but not for other options.
    void followSetup(bool keepMeasurements);
    void followBasis();
    [[nodiscard]] Result<FactorSet> methodFactors(const QString& method);
    [[nodiscard]] Result<FactorSet> dpropeFactors();

    SetupModel m_setup;
    QString m_basis; // of the measurements
    FactorSetStore m_sets;
    Selection m_selection;
    SearchModel m_search;
    SensitivityModel m_sensitivity;
    FactorSetListModel m_setList;
    AngleModel m_angles;

    // What DPRoPE's threshold is applied to; computed anew only for another model, length or number of bins.
    struct Disturbances {
        RopeGeometry geometry;
        int bins = 0;
        DpRopeDisturbances values;
    };
    std::optional<Disturbances> m_disturbances;
};

// "YaRN", "NTK-aware", ... for a method's short name; the short name itself for one that is not known here.
[[nodiscard]] QString methodTitle(const QString& method);

} // namespace ropescope
