#include "views/models/comparison_table_model.h"

#include <cmath>
#include <limits>
#include <set>

#include <QLocale>
#include <QStringList>

#include "views/models/factor_set_list_model.h"
#include "views/models/value_text.h"

namespace ropescope {

namespace {

struct PasskeyCount {
    std::int64_t correct = 0;
    std::int64_t trials = 0;
};

PasskeyCount passkeyCount(const ProbeModel& probes, SetId set) {
    PasskeyCount count;
    for (const PasskeyResult& cell : probes.passkey(set)) {
        count.correct += cell.correct;
        count.trials += cell.trials;
    }
    return count;
}

QString csvField(QString text) {
    if (!text.contains(QLatin1Char(',')) && !text.contains(QLatin1Char('"')) && !text.contains(QLatin1Char('\n')))
        return text;
    text.replace(QLatin1Char('"'), QStringLiteral("\"\""));
    return QLatin1Char('"') + text + QLatin1Char('"');
}

QString csvNumber(double value) {
    return std::isfinite(value) ? QString::number(value, 'g', 12) : QStringLiteral("nan");
}

} // namespace

ComparisonTableModel::ComparisonTableModel(FactorSetStore& store, ProbeModel& probes, QObject* parent)
    : QAbstractTableModel(parent), m_store(store), m_probes(probes) {
    connect(&store, &FactorSetStore::inserted, this, &ComparisonTableModel::follow);
    connect(&store, &FactorSetStore::removed, this, &ComparisonTableModel::follow);
    connect(&store, &FactorSetStore::moved, this, &ComparisonTableModel::follow);
    connect(&store, &FactorSetStore::entryChanged, this, &ComparisonTableModel::follow);
    connect(&probes, &ProbeModel::changed, this, &ComparisonTableModel::follow);
    follow();
}

void ComparisonTableModel::follow() {
    beginResetModel();
    std::set<std::int64_t> lengths;
    for (const FactorSetEntry& entry : m_store.entries())
        for (const Measurement& measurement : entry.measurements)
            lengths.insert(measurement.length);
    m_columns = {{Kind::name}, {Kind::origin}, {Kind::attentionFactor}};
    for (const std::int64_t length : lengths)
        m_columns.push_back({Kind::perplexity, length});
    m_columns.push_back({Kind::difference});
    m_columns.push_back({Kind::passkey});
    m_rows = m_store.count();
    endResetModel();
}

int ComparisonTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : m_rows;
}

int ComparisonTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_columns.size());
}

QString ComparisonTableModel::text(const Column& column, const FactorSetEntry& entry) const {
    switch (column.kind) {
    case Kind::name:
        return entry.name;
    case Kind::origin:
        return originText(entry.origin);
    case Kind::attentionFactor:
        return factorText(entry.set.attentionFactor);
    case Kind::perplexity: {
        const auto measured = entry.measuredAt(column.length);
        return measured ? valueWithErrorText(measured->perplexity, measured->standardError) : QString();
    }
    case Kind::difference: {
        if (m_probes.reference() == entry.id)
            return tr("reference");
        const auto difference = m_probes.difference(entry.id);
        if (!difference)
            return {};
        const QString text = valueWithErrorText(difference->estimate.mean, difference->estimate.standardError);
        return difference->estimate.mean > 0 ? QLatin1Char('+') + text : text;
    }
    case Kind::passkey: {
        const PasskeyCount count = passkeyCount(m_probes, entry.id);
        return count.trials > 0 ? tr("%1 of %2").arg(countText(count.correct), countText(count.trials)) : QString();
    }
    }
    return {};
}

QVariant ComparisonTableModel::sortValue(const Column& column, const FactorSetEntry& entry) const {
    constexpr double none = std::numeric_limits<double>::infinity();
    switch (column.kind) {
    case Kind::name:
    case Kind::origin:
        return text(column, entry);
    case Kind::attentionFactor:
        return entry.set.attentionFactor;
    case Kind::perplexity: {
        const auto measured = entry.measuredAt(column.length);
        return measured && !std::isnan(measured->perplexity) ? measured->perplexity : none;
    }
    case Kind::difference: {
        if (m_probes.reference() == entry.id)
            return 0.0;
        const auto difference = m_probes.difference(entry.id);
        return difference && !std::isnan(difference->estimate.mean) ? difference->estimate.mean : none;
    }
    case Kind::passkey: {
        const PasskeyCount count = passkeyCount(m_probes, entry.id);
        return count.trials > 0 ? static_cast<double>(count.correct) / static_cast<double>(count.trials) : -1.0;
    }
    }
    return {};
}

QVariant ComparisonTableModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || index.row() >= m_store.count())
        return {};
    const FactorSetEntry& entry = m_store.entries()[static_cast<std::size_t>(index.row())];
    const Column& column = m_columns[static_cast<std::size_t>(index.column())];
    switch (role) {
    case Qt::DisplayRole:
        return text(column, entry);
    case Qt::TextAlignmentRole:
        return QVariant(column.kind == Kind::name || column.kind == Kind::origin ? Qt::AlignLeft | Qt::AlignVCenter
                                                                                 : Qt::AlignRight | Qt::AlignVCenter);
    case sortRole:
        return sortValue(column, entry);
    case colourRole:
        return column.kind == Kind::name ? QVariant(entry.colour) : QVariant();
    case idRole:
        return QVariant::fromValue<qlonglong>(entry.id);
    default:
        return {};
    }
}

QVariant ComparisonTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal || section < 0 || section >= columnCount())
        return {};
    const Column& column = m_columns[static_cast<std::size_t>(section)];
    if (role == Qt::TextAlignmentRole)
        return QVariant(column.kind == Kind::name || column.kind == Kind::origin ? Qt::AlignLeft | Qt::AlignVCenter
                                                                                 : Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole && role != Qt::ToolTipRole)
        return {};
    const bool shown = role == Qt::DisplayRole;
    switch (column.kind) {
    case Kind::name:
        return shown ? tr("Set") : QString();
    case Kind::origin:
        return shown ? tr("Origin") : QString();
    case Kind::attentionFactor:
        return shown ? tr("Attention factor") : tr("multiplies cos and sin of queries and keys");
    case Kind::perplexity:
        return shown ? tr("PPL at %1").arg(countText(column.length))
                     : tr("Perplexity, exp(mean NLL), ± its standard error, windows of %1 tokens")
                           .arg(countText(column.length));
    case Kind::difference: {
        const FactorSetEntry* reference = m_store.find(m_probes.reference());
        if (shown)
            return tr("Δ NLL");
        return reference ? tr("mean over the same tokens of NLL(set) − NLL(%1), nats per token, ± its standard error; "
                              "below 0 is better")
                               .arg(reference->name)
                         : tr("mean over the same tokens of NLL(set) − NLL(reference), nats per token");
    }
    case Kind::passkey:
        return shown ? tr("Passkey") : tr("right answers of all trials, over all lengths and depths");
    }
    return {};
}

QString ComparisonTableModel::csv() const {
    QStringList head{QStringLiteral("set"), QStringLiteral("origin"), QStringLiteral("attention_factor")};
    for (const Column& column : m_columns)
        if (column.kind == Kind::perplexity)
            head << QStringLiteral("perplexity_%1").arg(column.length)
                 << QStringLiteral("perplexity_%1_standard_error").arg(column.length);
    head << QStringLiteral("nll_difference") << QStringLiteral("nll_difference_standard_error")
         << QStringLiteral("passkey_correct") << QStringLiteral("passkey_trials");
    QString text = head.join(QLatin1Char(',')) + QLatin1Char('\n');
    for (const FactorSetEntry& entry : m_store.entries()) {
        QStringList fields{csvField(entry.name), csvField(originText(entry.origin)),
                           csvNumber(entry.set.attentionFactor)};
        for (const Column& column : m_columns) {
            if (column.kind != Kind::perplexity)
                continue;
            const auto measured = entry.measuredAt(column.length);
            fields << (measured ? csvNumber(measured->perplexity) : QString())
                   << (measured && measured->standardError > 0 ? csvNumber(measured->standardError) : QString());
        }
        const auto difference = m_probes.difference(entry.id);
        fields << (difference ? csvNumber(difference->estimate.mean) : QString())
               << (difference ? csvNumber(difference->estimate.standardError) : QString());
        const PasskeyCount count = passkeyCount(m_probes, entry.id);
        fields << (count.trials > 0 ? QString::number(count.correct) : QString())
               << (count.trials > 0 ? QString::number(count.trials) : QString());
        text += fields.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return text;
}

} // namespace ropescope
