// The sets as a list for a view: the legend at the left of every page.
#pragma once

#include <QAbstractListModel>

#include "views/models/factor_set_store.h"
#include "views/models/setup_model.h"

namespace ropescope {

class FactorSetListModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        idRole = Qt::UserRole, // SetId as qlonglong
        colourRole,            // index for setColour()
        visibleRole,           // bool
        originRole,            // "method", "edited", ... in the person's language
        perplexityRole,        // "5.31 ± .02" at the target length; empty when not measured there
        perplexityLengthRole,  // qlonglong; 0 when not measured
    };

    // Both must outlive the model.
    FactorSetListModel(FactorSetStore& store, SetupModel& setup, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QHash<int, QByteArray> roleNames() const override;

private:
    void entryChanged(SetId id);

    FactorSetStore& m_store;
    SetupModel& m_setup;
};

// "method", "imported", "search" or "edited", in the person's language.
[[nodiscard]] QString originText(SetOrigin origin);

} // namespace ropescope
