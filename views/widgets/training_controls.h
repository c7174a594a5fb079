// The form of a training run: every field with its meaning, and what is wrong with it in place.
#pragma once

#include <functional>
#include <map>
#include <vector>

#include <QWidget>

#include "views/models/training_form.h"
#include "views/widgets/theme.h"

class QCheckBox;
class QComboBox;
class QDoubleSpinBox;
class QGridLayout;
class QLabel;
class QLineEdit;
class QSpinBox;

namespace ropescope {

class TrainingMethodFields;
class TrainingMoreFields;

// Holds the form and edits it; what the names in it stand for comes from outside. GUI thread only.
class TrainingControls : public QWidget {
    Q_OBJECT

public:
    explicit TrainingControls(const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] const TrainingForm& form() const { return m_form; }
    // Shows a form; says nothing.
    void setForm(const TrainingForm& form);
    // The recipes to choose from.
    void setPresets(std::vector<TrainingPreset> presets);
    // The ways of training that the model allows.
    void setMethods(const std::vector<TrainingMethodChoice>& methods);
    [[nodiscard]] bool offers(TrainingMethodChoice method) const;
    // What the window's text and the current factor set are called; empty where there is none.
    void setNames(const QString& text, const QString& set);
    void showProblems(const std::map<TrainingField, QString>& problems);
    // The fields can be read but not changed: a run is using them.
    void setLocked(bool locked);
    // A text of its own, in place of the window's; empty: the window's.
    void chooseText(const QString& path);

Q_SIGNALS:
    // A person changed the form.
    void changed();

private:
    // Where the next field goes: two fields side by side, each with a label before it.
    struct Place {
        int row = 0;
        int column = 0;
    };
    void buildSources();
    void buildMethod();
    void buildAmount();
    void buildOptimizer();
    void buildOutput();
    void add(const QString& label, QWidget* field, const QString& tip, bool wide);
    void addProblem(TrainingField field);
    QSpinBox* addCount(const QString& name, const QString& label, const QString& tip, int low,
                       std::int64_t TrainingForm::*value);
    void edit(const std::function<void(TrainingForm&)>& change, bool leavesPreset = false);
    void textActivated(int index);
    void presetActivated(int index);
    void askOutput();
    void refresh();
    void showPreset();
    void showMethod();

    const Theme& m_theme;
    TrainingForm m_form;
    std::vector<TrainingPreset> m_presets;
    QString m_textName;
    QString m_setName;
    bool m_showing = false; // the widgets follow the form, not a person
    QGridLayout* m_grid;
    Place m_place;
    std::map<TrainingField, QLabel*> m_problems;
    std::map<QSpinBox*, std::int64_t TrainingForm::*> m_counts;
    QComboBox* m_start = nullptr;
    QComboBox* m_text = nullptr;
    QComboBox* m_factors = nullptr;
    QCheckBox* m_learn = nullptr;
    QComboBox* m_method = nullptr;
    TrainingMethodFields* m_methodFields = nullptr;
    TrainingMoreFields* m_more = nullptr;
    QComboBox* m_preset = nullptr;
    QLabel* m_source = nullptr;
    QLineEdit* m_rate = nullptr;
    QComboBox* m_schedule = nullptr;
    QSpinBox* m_warmup = nullptr;
    QDoubleSpinBox* m_clip = nullptr;
    QDoubleSpinBox* m_decay = nullptr;
    QComboBox* m_save = nullptr;
    QLineEdit* m_output = nullptr;
};

} // namespace ropescope
