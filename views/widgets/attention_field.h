// The current set's attention factor as a number to type or step, beside its curve.
#pragma once

#include <QDoubleSpinBox>

#include "views/models/bench.h"
#include "views/widgets/factor_set_editor.h"

namespace ropescope {

// Edits like the curve does: a set that was not made by hand becomes a hand-tuned copy first, and everything undoes.
// The wheel changes it only while it has the focus, so that scrolling past does not.
class AttentionField : public QDoubleSpinBox {
    Q_OBJECT

public:
    AttentionField(Bench& bench, FactorSetEditor& editor, QWidget* parent = nullptr);

    void stepBy(int steps) override;

protected:
    void focusInEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;

private:
    void follow();
    void change(double value);

    Bench& m_bench;
    FactorSetEditor& m_editor;
    int m_gesture = 0; // steps while the field keeps the focus undo together
    bool m_stepping = false;
};

} // namespace ropescope
