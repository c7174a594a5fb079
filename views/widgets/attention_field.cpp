#include "views/widgets/attention_field.h"

#include <QKeyEvent>
#include <QSignalBlocker>
#include <QWheelEvent>

namespace ropescope {

namespace {

constexpr double smallest = 0.01;
constexpr double largest = 100;

} // namespace

AttentionField::AttentionField(Bench& bench, FactorSetEditor& editor, QWidget* parent)
    : QDoubleSpinBox(parent), m_bench(bench), m_editor(editor) {
    setObjectName(QStringLiteral("attentionFactor"));
    setAccessibleName(tr("Attention factor"));
    setToolTip(tr("Attention factor of the current set: multiplies cos and sin of queries and keys, so logits scale by "
                  "its square. YaRN's is 0.1 ln s + 1. Up and Down: 0.01"));
    setDecimals(4);
    setRange(smallest, largest);
    setSingleStep(0.01);
    setButtonSymbols(NoButtons);
    setKeyboardTracking(false);
    setAlignment(Qt::AlignRight);
    setFocusPolicy(Qt::StrongFocus);
    connect(this, &QDoubleSpinBox::valueChanged, this, &AttentionField::change);
    connect(&bench.selection(), &Selection::setChanged, this, &AttentionField::follow);
    connect(&bench.sets(), &FactorSetStore::entryChanged, this, &AttentionField::follow);
    connect(&bench.sets(), &FactorSetStore::removed, this, &AttentionField::follow);
    follow();
}

void AttentionField::follow() {
    const FactorSetEntry* current = m_bench.currentSet();
    setEnabled(current != nullptr);
    const QSignalBlocker quiet(this);
    setValue(current ? current->set.attentionFactor : 1);
}

void AttentionField::change(double value) {
    const int gesture = m_stepping ? m_gesture : m_editor.newGesture();
    m_editor.setAttentionFactor(m_editor.editableCurrent(gesture), value, gesture);
}

void AttentionField::stepBy(int steps) {
    if (m_gesture == 0)
        m_gesture = m_editor.newGesture();
    m_stepping = true;
    QDoubleSpinBox::stepBy(steps);
    m_stepping = false;
}

// Return ends here: the track below would type a factor on it. What follows are the track's keys again.
void AttentionField::keyPressEvent(QKeyEvent* event) {
    QDoubleSpinBox::keyPressEvent(event);
    if (event->key() != Qt::Key_Return && event->key() != Qt::Key_Enter)
        return;
    event->accept();
    if (parentWidget())
        parentWidget()->setFocus();
}

void AttentionField::focusInEvent(QFocusEvent* event) {
    m_gesture = m_editor.newGesture();
    QDoubleSpinBox::focusInEvent(event);
}

void AttentionField::wheelEvent(QWheelEvent* event) {
    if (hasFocus())
        QDoubleSpinBox::wheelEvent(event);
    else
        event->ignore();
}

} // namespace ropescope
