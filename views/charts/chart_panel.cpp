#include "views/charts/chart_panel.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QLabel>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>

#include "views/widgets/elided_label.h"

namespace ropescope {

ChartPanel::ChartPanel(const QString& title, ChartWidget* chart, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_chart(chart), m_heading(new QHBoxLayout), m_title(new ElidedLabel(title)),
      m_save(new QPushButton(tr("Save…"))), m_stack(new QStackedLayout), m_note(new QLabel),
      m_noteButton(new QPushButton) {
    const QString name = chart->objectName();
    setObjectName(name + QStringLiteral("Panel"));
    m_title->setObjectName(name + QStringLiteral("Title"));
    m_note->setObjectName(name + QStringLiteral("Note"));
    m_note->setWordWrap(true);
    m_note->setAlignment(Qt::AlignCenter);
    m_note->setTextFormat(Qt::PlainText);
    m_note->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_noteButton->setObjectName(name + QStringLiteral("NoteButton"));
    m_save->setObjectName(name + QStringLiteral("Save"));
    m_save->setProperty("role", QStringLiteral("link"));
    m_save->setToolTip(tr("Writes this chart as PNG or SVG"));
    m_save->setAccessibleName(tr("Save picture: %1").arg(title));
    m_heading->setSpacing(spacingUnit);
    m_heading->addWidget(m_title, 1);
    m_heading->addWidget(m_save);

    auto* notePage = new QWidget;
    auto* column = new QVBoxLayout(notePage);
    column->setSpacing(spacingUnit);
    column->addStretch(1);
    column->addWidget(m_note);
    column->addWidget(m_noteButton, 0, Qt::AlignHCenter);
    column->addStretch(1);
    m_stack->addWidget(m_chart);
    m_stack->addWidget(notePage);

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(spacingUnit / 2);
    layout->addLayout(m_heading);
    layout->addLayout(m_stack, 1);
    connect(m_noteButton, &QPushButton::clicked, this, &ChartPanel::noteAction);
    connect(m_save, &QPushButton::clicked, this, &ChartPanel::askAndSave);
    showChart();
}

void ChartPanel::setTitle(const QString& title, const QString& toolTip) {
    m_title->setText(title);
    m_title->setToolTip(toolTip);
}

void ChartPanel::addToHeading(QWidget* widget) {
    m_heading->insertWidget(m_heading->count() - 1, widget);
}

void ChartPanel::showNote(const QString& text, const QString& button, bool warning) {
    Theme::setRole(*m_note, warning ? QStringLiteral("warning") : QStringLiteral("quiet"));
    m_note->setText(text);
    m_noteButton->setText(button);
    m_noteButton->setVisible(!button.isEmpty());
    m_save->setVisible(false);
    m_stack->setCurrentIndex(1);
}

void ChartPanel::showChart() {
    m_save->setVisible(true);
    m_stack->setCurrentIndex(0);
}

bool ChartPanel::showsChart() const {
    return m_stack->currentIndex() == 0;
}

QString ChartPanel::note() const {
    return showsChart() ? QString() : m_note->text();
}

bool ChartPanel::save(const QString& path) {
    return saveChart(*m_chart, path, m_theme.colours().ground);
}

void ChartPanel::askAndSave() {
    QString chosen;
    QString path =
        QFileDialog::getSaveFileName(this, tr("Save picture"), m_chart->objectName() + QStringLiteral(".png"),
                                     tr("PNG picture (*.png);;SVG drawing (*.svg)"), &chosen);
    if (path.isEmpty())
        return;
    if (QFileInfo(path).suffix().isEmpty())
        path += chosen.contains(QLatin1String("svg")) ? QStringLiteral(".svg") : QStringLiteral(".png");
    if (!save(path))
        Q_EMIT failed(tr("The picture could not be written to %1.").arg(path));
}

} // namespace ropescope
