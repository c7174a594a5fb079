#include "views/widgets/source_notice.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "views/widgets/elided_label.h"
#include "views/widgets/theme.h"

namespace ropescope {

SourceNotice::SourceNotice(QWidget* parent) : QWidget(parent), m_problem(new QLabel) {
    setObjectName(QStringLiteral("sourceNotice"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(2 * spacingUnit, spacingUnit / 2, 2 * spacingUnit, spacingUnit / 2);
    column->setSpacing(spacingUnit / 2);
    m_model = addRow(QStringLiteral("Model"), tr("Find the model…"));
    m_text = addRow(QStringLiteral("Text"), tr("Find the text…"));
    connect(m_model.button, &QPushButton::clicked, this, &SourceNotice::findModelRequested);
    connect(m_text.button, &QPushButton::clicked, this, &SourceNotice::findTextRequested);
    m_problem->setObjectName(QStringLiteral("sourceProblem"));
    m_problem->setWordWrap(true);
    m_problem->setTextFormat(Qt::PlainText);
    m_problem->setTextInteractionFlags(Qt::TextSelectableByMouse);
    Theme::setRole(*m_problem, QStringLiteral("warning"));
    column->addWidget(m_problem);
    setMissing({}, {});
}

SourceNotice::Row SourceNotice::addRow(const QString& name, const QString& button) {
    Row row;
    row.box = new QWidget;
    row.label = new ElidedLabel;
    row.label->setObjectName(QStringLiteral("missing") + name);
    row.label->setTextFormat(Qt::PlainText);
    Theme::setRole(*row.label, QStringLiteral("warning"));
    row.button = new QPushButton(button);
    row.button->setObjectName(QStringLiteral("find") + name);
    row.button->setToolTip(tr("It must be the one that this study's numbers belong to: its content is compared"));
    auto* line = new QHBoxLayout(row.box);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(2 * spacingUnit);
    line->addWidget(row.label, 1);
    line->addWidget(row.button);
    layout()->addWidget(row.box);
    return row;
}

void SourceNotice::show(const Row& row, const QString& sentence, const QString& path) {
    row.box->setVisible(!path.isEmpty());
    row.label->setText(sentence.arg(path));
}

void SourceNotice::setMissing(const QString& modelPath, const QString& textPath) {
    show(m_model,
         tr("The model of this study is not at %1 any more. Its numbers can be looked at; measuring needs it."),
         modelPath);
    show(m_text, tr("The text of this study is not at %1 any more. Its numbers can be looked at; measuring needs it."),
         textPath);
    setProblem({});
    setVisible(!modelPath.isEmpty() || !textPath.isEmpty());
}

void SourceNotice::setProblem(const QString& problem) {
    m_problem->setText(problem);
    m_problem->setVisible(!problem.isEmpty());
}

void SourceNotice::setChecking(bool checking) {
    m_model.button->setEnabled(!checking);
    m_text.button->setEnabled(!checking);
}

} // namespace ropescope
