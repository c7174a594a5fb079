// What the chosen way of training needs besides its name: one box of fields for each.
#pragma once

#include <functional>
#include <map>

#include <QWidget>

#include "views/models/training_form.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QSpinBox;

namespace ropescope {

// Shows the fields of a form's method. GUI thread only.
class TrainingMethodFields : public QWidget {
    Q_OBJECT

public:
    explicit TrainingMethodFields(QWidget* parent = nullptr);

    // Shows a form; says nothing.
    void follow(const TrainingForm& form);

Q_SIGNALS:
    // A person changed the form so.
    void edited(const std::function<void(ropescope::TrainingForm&)>& change);

private:
    [[nodiscard]] QWidget* buildAdapters();
    [[nodiscard]] QWidget* buildPatches();
    [[nodiscard]] QWidget* buildMixed();
    [[nodiscard]] QWidget* buildEncoder();
    [[nodiscard]] QWidget* buildReading();
    [[nodiscard]] QWidget* buildTeacher();
    [[nodiscard]] QSpinBox* count(const char* name, const QString& accessible, const QString& tip, int low,
                                  std::int64_t TrainingForm::*value);
    [[nodiscard]] QDoubleSpinBox* number(const char* name, const QString& accessible, const QString& tip, double high,
                                         double step, double TrainingForm::*value);
    void change(const std::function<void(TrainingForm&)>& how);
    void teacherActivated(int index);
    void showTeacher(const TrainingForm& form);

    bool m_showing = false; // the fields follow the form, not a person
    QString m_teacherPath;
    std::map<QSpinBox*, std::int64_t TrainingForm::*> m_counts;
    std::map<QDoubleSpinBox*, double TrainingForm::*> m_numbers;
    std::map<QString, QCheckBox*> m_targets;
    QSpinBox* m_context = nullptr;
    QWidget* m_contextLabel = nullptr;
    QCheckBox* m_trainEncoder = nullptr;
    QComboBox* m_teacher = nullptr;
    QComboBox* m_divergence = nullptr;
    QWidget* m_adapters;
    QWidget* m_patches;
    QWidget* m_mixed;
    QWidget* m_encoder;
    QWidget* m_reading;
    QWidget* m_teaching;
};

} // namespace ropescope
