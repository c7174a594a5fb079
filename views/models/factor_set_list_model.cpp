#include "views/models/factor_set_list_model.h"

#include "views/models/value_text.h"

namespace ropescope {

FactorSetListModel::FactorSetListModel(FactorSetStore& store, SetupModel& setup, QObject* parent)
    : QAbstractListModel(parent), m_store(store), m_setup(setup) {
    connect(&store, &FactorSetStore::aboutToInsert, this, [this](int row) { beginInsertRows({}, row, row); });
    connect(&store, &FactorSetStore::inserted, this, [this] { endInsertRows(); });
    connect(&store, &FactorSetStore::aboutToRemove, this, [this](SetId, int row) { beginRemoveRows({}, row, row); });
    connect(&store, &FactorSetStore::removed, this, [this] { endRemoveRows(); });
    connect(&store, &FactorSetStore::aboutToMove, this,
            [this](int from, int to) { beginMoveRows({}, from, from, {}, to > from ? to + 1 : to); });
    connect(&store, &FactorSetStore::moved, this, [this] { endMoveRows(); });
    connect(&store, &FactorSetStore::entryChanged, this, &FactorSetListModel::entryChanged);
    connect(&setup, &SetupModel::targetLengthChanged, this, [this] {
        if (m_store.count() > 0)
            Q_EMIT dataChanged(index(0), index(m_store.count() - 1), {perplexityRole, perplexityLengthRole});
    });
}

int FactorSetListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_store.count();
}

QVariant FactorSetListModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const FactorSetEntry& entry = m_store.entries()[static_cast<std::size_t>(index.row())];
    const auto measured = entry.measuredAt(m_setup.setup().targetLength);
    switch (role) {
    case Qt::DisplayRole:
        return entry.name;
    case Qt::ToolTipRole:
        return QString::fromStdString(entry.set.origin);
    case idRole:
        return QVariant::fromValue<qlonglong>(entry.id);
    case colourRole:
        return entry.colour;
    case visibleRole:
        return entry.visible;
    case originRole:
        return originText(entry.origin);
    case perplexityRole:
        return measured ? valueWithErrorText(measured->perplexity, measured->standardError) : QString();
    case perplexityLengthRole:
        return QVariant::fromValue<qlonglong>(measured ? measured->length : 0);
    case Qt::AccessibleTextRole:
        return measured ? tr("%1, %2, perplexity %3")
                              .arg(entry.name, originText(entry.origin),
                                   valueWithErrorText(measured->perplexity, measured->standardError))
                        : tr("%1, %2, not measured").arg(entry.name, originText(entry.origin));
    default:
        return {};
    }
}

QHash<int, QByteArray> FactorSetListModel::roleNames() const {
    auto names = QAbstractListModel::roleNames();
    names.insert({{idRole, "id"},
                  {colourRole, "colour"},
                  {visibleRole, "visible"},
                  {originRole, "origin"},
                  {perplexityRole, "perplexity"},
                  {perplexityLengthRole, "perplexityLength"}});
    return names;
}

void FactorSetListModel::entryChanged(SetId id) {
    const int row = m_store.rowOf(id);
    Q_EMIT dataChanged(index(row), index(row));
}

QString originText(SetOrigin origin) {
    switch (origin) {
    case SetOrigin::method:
        return FactorSetListModel::tr("method");
    case SetOrigin::import:
        return FactorSetListModel::tr("imported");
    case SetOrigin::search:
        return FactorSetListModel::tr("search");
    case SetOrigin::edited:
        return FactorSetListModel::tr("edited");
    }
    return {};
}

} // namespace ropescope
