#include "views/pages/export_page.h"

#include <algorithm>
#include <cmath>

#include <QClipboard>
#include <QDir>
#include <QFileDialog>
#include <QFontDatabase>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QScrollArea>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "engine/factor_file/factor_file.h"
#include "views/models/value_text.h"
#include "views/widgets/controls.h"

namespace ropescope {

namespace {

constexpr int formatsWidth = 200;
constexpr int notesWidth = 264;

// A program over the line about its file.
class FormatDelegate : public QStyledItemDelegate {
public:
    FormatDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), m_theme(theme) {}

    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        Q_UNUSED(option)
        Q_UNUSED(index)
        return {formatsWidth, QFontMetrics(m_theme.textFont()).height() + QFontMetrics(m_theme.labelFont()).height() +
                                  spacingUnit + 2};
    }
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        const ThemeColours& colours = m_theme.colours();
        const bool selected = option.state.testFlag(QStyle::State_Selected);
        if (selected)
            painter->fillRect(option.rect, colours.highlight);
        QRect line = option.rect.adjusted(spacingUnit, spacingUnit / 2, -spacingUnit / 2, -spacingUnit / 2);
        painter->setFont(selected ? m_theme.strongFont() : m_theme.textFont());
        painter->setPen(colours.text);
        painter->drawText(line, Qt::AlignLeft | Qt::AlignTop, index.data().toString());
        painter->setFont(m_theme.labelFont());
        painter->setPen(colours.quietText);
        painter->drawText(
            line, Qt::AlignLeft | Qt::AlignBottom,
            QFontMetrics(m_theme.labelFont())
                .elidedText(index.data(ExportModel::summaryRole).toString(), Qt::ElideRight, line.width()));
    }

private:
    const Theme& m_theme;
};

// The engine's notes go on from the name of a file; here each is a sentence of its own. Names of options stay.
QString asSentence(QString note) {
    const QString first = note.section(QLatin1Char(' '), 0, 0);
    if (std::all_of(first.begin(), first.end(), [](QChar letter) { return letter.isLetter(); }))
        note.replace(0, 1, note.left(1).toUpper());
    return note.endsWith(QLatin1Char('.')) || note.contains(QLatin1Char('\n')) ? note : note + QLatin1Char('.');
}

} // namespace

ExportPage::ExportPage(Bench& bench, const Theme& theme, QWidget* parent)
    : Page(parent), m_bench(bench), m_theme(theme) {
    setObjectName(QStringLiteral("exportPage"));
    setAutoFillBackground(true);
    setBackgroundRole(QPalette::Base);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(spacingUnit, spacingUnit, 2 * spacingUnit, spacingUnit);
    row->setSpacing(2 * spacingUnit);
    row->addWidget(buildFormats());
    row->addWidget(buildText(), 1);
    row->addWidget(buildNotes());
    connect(&bench.selection(), &Selection::setChanged, this, &ExportPage::follow);
    connect(&bench.sets(), &FactorSetStore::entryChanged, this, &ExportPage::follow);
    connect(&bench.setup(), &SetupModel::changed, this, &ExportPage::follow);
    connect(&theme, &Theme::changed, this, &ExportPage::follow);
    connect(&bench.search(), &SearchModel::changed, this, [this] {
        if (isVisible())
            follow();
    });
    m_formats->setCurrentIndex(m_model.index(0));
    follow();
}

QWidget* ExportPage::buildFormats() {
    m_formats = new QListView;
    m_formats->setObjectName(QStringLiteral("exportFormats"));
    m_formats->setAccessibleName(tr("Programs to write for"));
    m_formats->setModel(&m_model);
    m_formats->setItemDelegate(new FormatDelegate(m_theme, m_formats));
    m_formats->setFixedWidth(formatsWidth);
    m_formats->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    connect(m_formats->selectionModel(), &QItemSelectionModel::currentChanged, this, &ExportPage::follow);
    return m_formats;
}

QWidget* ExportPage::buildText() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacingUnit / 2);
    m_heading = new QLabel;
    m_heading->setObjectName(QStringLiteral("exportHeading"));
    m_heading->setFont(m_theme.strongFont());
    m_heading->setTextFormat(Qt::PlainText);
    m_summary = quietLabel({}, QStringLiteral("exportSummary"));
    m_copy = new QPushButton(tr("Copy"));
    m_copy->setObjectName(QStringLiteral("copyExport"));
    m_copy->setProperty("role", QStringLiteral("link"));
    m_copy->setToolTip(tr("Puts the text on the clipboard"));
    connect(m_copy, &QPushButton::clicked, this, [this] { QGuiApplication::clipboard()->setText(m_preview.text); });
    auto* top = new QHBoxLayout;
    top->setSpacing(2 * spacingUnit);
    top->addWidget(m_heading);
    top->addWidget(m_summary, 1);
    top->addWidget(m_copy);
    column->addLayout(top);
    m_text = new QPlainTextEdit;
    m_text->setObjectName(QStringLiteral("exportText"));
    m_text->setAccessibleName(tr("What will be written"));
    m_text->setReadOnly(true);
    m_text->setLineWrapMode(QPlainTextEdit::NoWrap);
    QFont font = QFontDatabase::systemFont(QFontDatabase::FixedFont);
    font.setPointSizeF(m_theme.textFont().pointSizeF());
    m_text->setFont(font);
    column->addWidget(m_text, 1);
    return box;
}

QWidget* ExportPage::buildNotes() {
    auto* box = new QWidget;
    box->setFixedWidth(notesWidth);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacingUnit);
    column->addWidget(quietLabel(tr("Before you use it")));
    auto* list = new QWidget;
    m_notes = new QVBoxLayout(list);
    m_notes->setContentsMargins(0, 0, 0, 0);
    m_notes->setSpacing(spacingUnit);
    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("exportNotes"));
    scroll->setAccessibleName(tr("Warnings and notes"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(list);
    scroll->setStyleSheet(QStringLiteral("QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"));
    column->addWidget(scroll, 1);
    m_result = new QLabel;
    m_result->setObjectName(QStringLiteral("exportResult"));
    m_result->setWordWrap(true);
    m_result->setTextFormat(Qt::PlainText);
    m_result->setTextInteractionFlags(Qt::TextSelectableByMouse);
    column->addWidget(m_result);
    m_save = new QPushButton(tr("Save…"));
    m_save->setObjectName(QStringLiteral("saveExport"));
    m_save->setToolTip(tr("Writes exactly the text in the middle (Ctrl+S)"));
    m_save->setShortcut(QKeySequence(QStringLiteral("Ctrl+S")));
    m_verify = new QPushButton(tr("Verify"));
    m_verify->setObjectName(QStringLiteral("verifyExport"));
    m_verify->setToolTip(tr("Reads the written file back and compares every factor and the attention factor"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_save, 1);
    buttons->addWidget(m_verify, 1);
    column->addLayout(buttons);
    connect(m_save, &QPushButton::clicked, this, &ExportPage::askAndSave);
    connect(m_verify, &QPushButton::clicked, this, &ExportPage::verify);
    return box;
}

void ExportPage::showEvent(QShowEvent* event) {
    Page::showEvent(event);
    follow();
}

QString ExportPage::format() const {
    return m_formats->currentIndex().data(ExportModel::nameRole).toString();
}

void ExportPage::setFormat(const QString& format) {
    if (const int row = m_model.rowOf(format); row >= 0)
        m_formats->setCurrentIndex(m_model.index(row));
}

// What the window knows and the engine's notes can't.
QStringList ExportPage::warnings(const FactorSetEntry& entry) const {
    const Setup& setup = m_bench.setup().setup();
    QStringList list;
    const auto measured = entry.measuredAt(setup.targetLength);
    if (!measured)
        list << tr("This set has not been measured at %1 tokens.").arg(countText(setup.targetLength));
    else if (!std::isfinite(measured->perplexity))
        list << tr("The model gave NaN with this set at %1 tokens.").arg(countText(setup.targetLength));
    return list;
}

void ExportPage::follow() {
    const FactorSetEntry* entry = m_bench.currentSet();
    m_preview = {};
    if (entry) {
        m_document = exportDocument(m_bench.setup().setup(), m_bench.search().snapshot(), *entry);
        m_preview = previewExport(m_document, format(), suggestedFileName(entry->name, format()));
    }
    m_heading->setText(entry ? entry->name : tr("No factor set"));
    m_summary->setText(m_formats->currentIndex().data(ExportModel::summaryRole).toString());
    if (m_text->toPlainText() != m_preview.text)
        m_text->setPlainText(m_preview.text);
    m_text->setPlaceholderText(entry ? m_preview.error : tr("Select a factor set in the list at the left."));
    const bool possible = entry && m_preview.error.isEmpty();
    m_save->setEnabled(possible);
    m_copy->setEnabled(possible && m_preview.isText);
    m_verify->setEnabled(!m_written.isEmpty());
    followNotes();
}

void ExportPage::addNote(const QString& text, bool warning) {
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    Theme::setRole(*label, warning ? QStringLiteral("warning") : QString());
    m_notes->addWidget(label);
}

void ExportPage::followNotes() {
    while (QLayoutItem* item = m_notes->takeAt(0)) {
        if (QWidget* label = item->widget()) {
            label->hide();
            label->deleteLater();
        }
        delete item;
    }
    const FactorSetEntry* entry = m_bench.currentSet();
    if (!entry)
        return;
    if (!m_preview.error.isEmpty()) {
        addNote(m_preview.error, true);
    } else {
        for (const QString& warning : warnings(*entry))
            addNote(warning, true);
        if (!m_preview.isText)
            addNote(tr("The file is no text; its bytes are shown."), false);
        if (m_preview.files.size() > 1)
            addNote(tr("%1 is written beside it: what the file itself can't say.").arg(m_preview.files.last()), false);
        if (m_document.model && m_document.model->hash.empty())
            addNote(tr("The model's hash is not known: the file says only where the model lies."), false);
        for (const std::string& note : m_document.notes)
            addNote(asSentence(QString::fromStdString(note)), false);
        for (const QString& note : m_preview.notes)
            addNote(asSentence(note), false);
        if (m_notes->count() == 0)
            addNote(tr("Nothing to watch out for: the file holds the factors and the attention factor as they are."),
                    false);
    }
    m_notes->addStretch(1);
}

void ExportPage::say(const QString& text, bool warning) {
    Theme::setRole(*m_result, warning ? QStringLiteral("warning") : QString());
    m_result->setText(text);
}

bool ExportPage::save(const QString& path) {
    const FactorSetEntry* entry = m_bench.currentSet();
    if (!entry)
        return false;
    m_document = exportDocument(m_bench.setup().setup(), m_bench.search().snapshot(), *entry);
    const auto written = exportFactors(m_document, format().toStdString(), path.toStdString());
    if (!written) {
        say(QString::fromStdString(written.error().message), true);
        return false;
    }
    m_written = path;
    QStringList files;
    for (const auto& file : written->written)
        files << QString::fromStdString(file.string());
    say(tr("Written: %1").arg(files.join(QStringLiteral(", "))), false);
    m_verify->setEnabled(true);
    Q_EMIT saved();
    return true;
}

void ExportPage::verify() {
    if (m_written.isEmpty())
        return;
    const QString difference = differenceOnReading(m_document, m_written);
    if (difference.isEmpty())
        say(tr("%1 reads back with the same %2 factors and attention factor %3.")
                .arg(QDir::toNativeSeparators(m_written))
                .arg(m_document.set.factors.size())
                .arg(factorText(m_document.set.attentionFactor)),
            false);
    else
        say(difference, true);
}

void ExportPage::askAndSave() {
    const FactorSetEntry* entry = m_bench.currentSet();
    if (!entry)
        return;
    const QString path =
        QFileDialog::getSaveFileName(this, tr("Save factors"), suggestedFileName(entry->name, format()));
    if (!path.isEmpty())
        save(path);
}

QString ExportPage::showPicture(int index) {
    const char* const formats[] = {"json", "vllm", "dcis-pt", "longrope-csv"};
    setFormat(QLatin1String(formats[index]));
    return index == 0 ? QString() : QLatin1String(formats[index]);
}

} // namespace ropescope
