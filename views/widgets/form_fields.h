// Fields of a form that are as wide as their column.
#pragma once

#include <initializer_list>

#include <QSizePolicy>
#include <QString>
#include <QStringList>

#include "views/widgets/theme.h"

class QComboBox;
class QDoubleSpinBox;
class QWidget;

namespace ropescope {

// As wide as its column, not as its largest number.
template <class Widget>
Widget* narrow(Widget* widget) {
    widget->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
    widget->setMinimumWidth(5 * spacingUnit);
    return widget;
}

// A long name is cut rather than making the form wider.
[[nodiscard]] QComboBox* choiceField(const QString& name, const QString& accessibleName, const QStringList& items);
[[nodiscard]] QDoubleSpinBox* numberField(const QString& name, const QString& accessibleName, double low, double high,
                                          int decimals);
// Side by side; labels as wide as their text.
[[nodiscard]] QWidget* together(std::initializer_list<QWidget*> widgets);

} // namespace ropescope
