#include "views/pages/comparison_panel.h"

#include <QClipboard>
#include <QFileDialog>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QSaveFile>
#include <QSortFilterProxyModel>
#include <QTableView>
#include <QVBoxLayout>

#include "views/models/table_text.h"

namespace ropescope {

namespace {

// Sorts by number where a column holds numbers; the swatch of the set's colour is added here, where colours are known.
class SortedSets : public QSortFilterProxyModel {
public:
    SortedSets(const Theme& theme, QObject* parent) : QSortFilterProxyModel(parent), m_theme(theme) {
        setSortRole(ComparisonTableModel::sortRole);
    }
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override {
        if (role == Qt::DecorationRole) {
            const QVariant colour = QSortFilterProxyModel::data(index, ComparisonTableModel::colourRole);
            return colour.isValid() ? QVariant(m_theme.set(colour.toInt())) : QVariant();
        }
        return QSortFilterProxyModel::data(index, role);
    }

private:
    const Theme& m_theme;
};

} // namespace

ComparisonPanel::ComparisonPanel(Bench& bench, ProbeModel& probes, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_rows(bench.sets(), probes), m_table(new QTableView) {
    auto* sorted = new SortedSets(theme, this);
    sorted->setSourceModel(&m_rows);
    m_table->setObjectName(QStringLiteral("comparisonTable"));
    m_table->setAccessibleName(tr("Comparison of all sets"));
    m_table->setModel(sorted);
    m_table->setSortingEnabled(true);
    m_table->horizontalHeader()->setSortIndicator(-1, Qt::AscendingOrder);
    m_table->horizontalHeader()->setSortIndicatorClearable(true);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setHighlightSections(false);
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(3 * spacingUnit);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_table->setIconSize(QSize(10, 10));
    connect(m_table, &QTableView::clicked, this, [this](const QModelIndex& index) {
        m_bench.selection().setSet(index.data(ComparisonTableModel::idRole).toLongLong());
    });
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    auto* heading = new QHBoxLayout;
    heading->addWidget(new QLabel(tr("All sets")));
    heading->addStretch(1);
    addButtons(*heading);
    column->addLayout(heading);
    column->addWidget(m_table, 1);
}

void ComparisonPanel::addButtons(QHBoxLayout& row) {
    const auto add = [&row](const QString& text, const QString& name, const QString& tip) {
        auto* button = new QPushButton(text);
        button->setObjectName(name);
        button->setProperty("role", QStringLiteral("link"));
        button->setToolTip(tip);
        row.addWidget(button);
        return button;
    };
    connect(add(tr("Copy as text"), QStringLiteral("copyTable"), tr("Columns lined up with spaces")),
            &QPushButton::clicked, this, [this] { copyTable(false); });
    connect(add(tr("Copy as Markdown"), QStringLiteral("copyMarkdown"), tr("A pipe table")), &QPushButton::clicked,
            this, [this] { copyTable(true); });
    connect(add(tr("Save CSV…"), QStringLiteral("saveCsv"), tr("Full numbers, errors in columns of their own")),
            &QPushButton::clicked, this, &ComparisonPanel::askAndSaveCsv);
}

void ComparisonPanel::copyTable(bool markdown) {
    QGuiApplication::clipboard()->setText(
        tableText(*m_table->model(), markdown ? TableFormat::markdown : TableFormat::plain));
}

void ComparisonPanel::askAndSaveCsv() {
    const QString path = QFileDialog::getSaveFileName(this, tr("Save the comparison"), QStringLiteral("comparison.csv"),
                                                      tr("CSV (*.csv)"));
    if (path.isEmpty())
        return;
    QSaveFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(m_rows.csv().toUtf8()) < 0 || !file.commit())
        Q_EMIT failed(tr("The table could not be written to %1: %2").arg(path, file.errorString()));
}

} // namespace ropescope
