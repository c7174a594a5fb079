#include "views/widgets/setup_bar.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QPainter>

#include "views/models/value_text.h"

namespace ropescope {

SetupField::SetupField(const QString& label, const Theme& theme, QWidget* parent)
    : QAbstractButton(parent), m_theme(theme), m_label(label) {
    setCursor(Qt::PointingHandCursor);
    setFocusPolicy(Qt::StrongFocus);
    setAttribute(Qt::WA_Hover);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    connect(&theme, &Theme::changed, this, qOverload<>(&QWidget::update));
}

void SetupField::setValue(const QString& value, const QString& hint) {
    m_value = value;
    m_hint = hint;
    setAccessibleName(tr("%1: %2").arg(m_label, value.isEmpty() ? hint : value));
    updateGeometry();
    update();
}

QSize SetupField::sizeHint() const {
    const QFontMetrics text(m_theme.textFont());
    const QFontMetrics label(m_theme.labelFont());
    const int width =
        std::max(text.horizontalAdvance(m_value.isEmpty() ? m_hint : m_value), label.horizontalAdvance(m_label));
    return {width + 2 * spacingUnit + 2, text.height() + label.height() + spacingUnit};
}

QSize SetupField::minimumSizeHint() const {
    return m_whole ? sizeHint() : QSize(std::min(sizeHint().width(), 8 * spacingUnit), sizeHint().height());
}

void SetupField::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    const ThemeColours& colours = m_theme.colours();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (hasFocus() || underMouse()) {
        painter.setPen(QPen(hasFocus() ? colours.accent : colours.structure, 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4);
    }
    const QFontMetrics text(m_theme.textFont());
    const QFontMetrics label(m_theme.labelFont());
    const QRect inner = rect().adjusted(spacingUnit, spacingUnit / 2, -spacingUnit, 0);
    painter.setFont(m_theme.labelFont());
    painter.setPen(colours.quietText);
    painter.drawText(QRect(inner.left(), inner.top(), inner.width(), label.height()), Qt::AlignLeft, m_label);
    painter.setFont(m_theme.textFont());
    painter.setPen(m_value.isEmpty() ? colours.accent : colours.text);
    painter.drawText(QRect(inner.left(), inner.top() + label.height(), inner.width(), text.height()), Qt::AlignLeft,
                     text.elidedText(m_value.isEmpty() ? m_hint : m_value, Qt::ElideMiddle, inner.width()));
}

SetupBar::SetupBar(SetupModel& setup, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_setup(setup), m_theme(theme) {
    setObjectName(QStringLiteral("setupBar"));
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(spacingUnit / 2, spacingUnit / 2, spacingUnit, spacingUnit / 2);
    layout->setSpacing(2 * spacingUnit);
    m_study = addField(tr("Study"), QStringLiteral("studyField"),
                       tr("The study of this window: everything that was "
                          "measured and searched, safe in one file"),
                       nullptr);
    m_model = addField(tr("Model"), QStringLiteral("modelField"), tr("Choose another model: a folder or a GGUF file"),
                       &SetupBar::modelRequested);
    m_text = addField(tr("Text"), QStringLiteral("textField"),
                      tr("Choose the text that probes and searches measure on"), &SetupBar::textRequested);
    m_length = addField(tr("Trained \u2192 target"), QStringLiteral("lengthField"), tr("Choose the target length"),
                        &SetupBar::lengthRequested);
    m_length->keepWhole();
    m_attention =
        addField(tr("Attention"), QStringLiteral("attentionField"),
                 tr("Which keys a query sees: all, or LM-Infinite's start and window"), &SetupBar::attentionRequested);
    m_device = addField(tr("Device"), QStringLiteral("deviceField"), tr("What computes"), &SetupBar::deviceRequested);
    layout->addStretch(1);
    connect(&setup, &SetupModel::changed, this, &SetupBar::follow);
    follow();
    setStudyName({});
}

SetupField* SetupBar::addField(const QString& label, const QString& name, const QString& toolTip, Request request) {
    auto* field = new SetupField(label, m_theme, this);
    field->setObjectName(name);
    field->setToolTip(toolTip);
    layout()->addWidget(field);
    if (request)
        connect(field, &SetupField::clicked, this, [this, field, request] {
            Q_EMIT(this->*request)(field->mapToGlobal(QPoint(0, field->height())));
        });
    return field;
}

SetupField* SetupBar::field(const QString& name) const {
    return findChild<SetupField*>(name);
}

void SetupBar::setStudyName(const QString& name) {
    m_study->setValue(name, tr("not saved yet"));
}

void SetupBar::follow() {
    const Setup& setup = m_setup.setup();
    m_model->setValue(setup.modelName, tr("Choose a model"));
    m_text->setValue(setup.textName, tr("Choose a text"));
    m_length->setValue(
        setup.geometry.trainedLength > 0
            ? tr("%1 \u2192 %2  (%3)")
                  .arg(countText(setup.geometry.trainedLength), countText(setup.targetLength), scaleText(setup.scale()))
            : QString(),
        QStringLiteral("\u2013"));
    m_attention->setValue(setup.attention, {});
    m_device->setValue(setup.device, {});
}

} // namespace ropescope
