// Settings of a training run that rarely need changing, folded away until somebody asks for them.
#pragma once

#include <functional>

#include <QWidget>

#include "views/models/training_form.h"

class QCheckBox;
class QComboBox;
class QLineEdit;
class QSpinBox;
class QToolButton;

namespace ropescope {

// Opens by itself where a form has something else than the usual. GUI thread only.
class TrainingMoreFields : public QWidget {
    Q_OBJECT

public:
    explicit TrainingMoreFields(QWidget* parent = nullptr);

    // Shows a form; says nothing.
    void follow(const TrainingForm& form);

Q_SIGNALS:
    // A person changed the form so.
    void edited(const std::function<void(ropescope::TrainingForm&)>& change);

private:
    void change(const std::function<void(TrainingForm&)>& how);
    void unfold(bool open);

    bool m_showing = false; // the fields follow the form, not a person
    QToolButton* m_fold;
    QWidget* m_fields;
    QSpinBox* m_seed;
    QComboBox* m_compute;
    QLineEdit* m_factorRate;
    QCheckBox* m_cross;
};

} // namespace ropescope
