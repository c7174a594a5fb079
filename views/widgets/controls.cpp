#include "views/widgets/controls.h"

#include <QLabel>
#include <QPushButton>
#include <QSpinBox>

namespace ropescope {

QLabel* quietLabel(const QString& text, const QString& objectName) {
    auto* label = new QLabel(text);
    label->setObjectName(objectName);
    label->setTextFormat(Qt::PlainText);
    label->setProperty("role", QStringLiteral("quiet"));
    return label;
}

QPushButton* segmentButton(const QString& text, const QString& objectName) {
    auto* button = new QPushButton(text);
    button->setObjectName(objectName);
    button->setProperty("role", QStringLiteral("segment"));
    button->setCheckable(true);
    return button;
}

QSpinBox* countField(const QString& objectName, const QString& accessibleName, int low, int high) {
    auto* box = new QSpinBox;
    box->setObjectName(objectName);
    box->setAccessibleName(accessibleName);
    box->setButtonSymbols(QAbstractSpinBox::NoButtons);
    box->setGroupSeparatorShown(true);
    box->setRange(low, high);
    box->setAlignment(Qt::AlignRight);
    box->setKeyboardTracking(false);
    return box;
}

} // namespace ropescope
