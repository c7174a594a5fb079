// All sets side by side: one row a set, its perplexity at every measured length, difference and passkey counts.
#pragma once

#include <vector>

#include <QAbstractTableModel>

#include "views/models/factor_set_store.h"
#include "views/models/probe_model.h"

namespace ropescope {

class ComparisonTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Role {
        sortRole = Qt::UserRole, // a number where the column holds numbers (NaN where there is none), else the text
        colourRole,              // index for setColour(), of the first column
        idRole,                  // SetId as qlonglong
    };

    // Both must outlive the model.
    ComparisonTableModel(FactorSetStore& store, ProbeModel& probes, QObject* parent = nullptr);

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation,
                                      int role = Qt::DisplayRole) const override;

    // Full numbers for other programs, errors in columns of their own; decimal points, commas between fields.
    [[nodiscard]] QString csv() const;

private:
    enum class Kind { name, origin, attentionFactor, perplexity, difference, passkey };
    struct Column {
        Kind kind = Kind::name;
        std::int64_t length = 0; // of a perplexity
    };
    void follow();
    [[nodiscard]] QString text(const Column& column, const FactorSetEntry& entry) const;
    [[nodiscard]] QVariant sortValue(const Column& column, const FactorSetEntry& entry) const;

    FactorSetStore& m_store;
    ProbeModel& m_probes;
    std::vector<Column> m_columns;
    int m_rows = 0;
};

} // namespace ropescope
