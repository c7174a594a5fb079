// Small controls that pages are made of, all alike.
#pragma once

#include <QString>

class QLabel;
class QPushButton;
class QSpinBox;

namespace ropescope {

[[nodiscard]] QLabel* quietLabel(const QString& text, const QString& objectName = {});
// One of several buttons side by side of which one is pressed.
[[nodiscard]] QPushButton* segmentButton(const QString& text, const QString& objectName);
// A whole number, grouped by thousands, typed rather than spun.
[[nodiscard]] QSpinBox* countField(const QString& objectName, const QString& accessibleName, int low, int high);

} // namespace ropescope
