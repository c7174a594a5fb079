// Training: what to train and with what, what it will take, and the run as it goes.
#pragma once

#include <map>
#include <memory>
#include <vector>

#include "views/models/bench.h"
#include "views/models/training_form.h"
#include "views/models/training_model.h"
#include "views/pages/page.h"
#include "views/widgets/theme.h"

class QComboBox;
class QLabel;
class QPushButton;
class QTemporaryDir;
class QTimer;

namespace ropescope {

class ForecastBar;
class TrainingCharts;
class TrainingControls;

// Shows its model and asks for everything else by signals: whoever owns the engine answers through the model.
class TrainingPage : public Page {
    Q_OBJECT

public:
    TrainingPage(Bench& bench, const Theme& theme, QWidget* parent = nullptr);
    ~TrainingPage() override;

    [[nodiscard]] QString title() const override { return tr("Training"); }
    [[nodiscard]] QString key() const override { return QStringLiteral("training"); }
    [[nodiscard]] int pictureCount() const override { return 6; }
    QString showPicture(int index) override;
    [[nodiscard]] bool pictureSettled() const override { return m_model.forecast() || !m_problems.empty(); }

    [[nodiscard]] TrainingModel& model() { return m_model; }
    [[nodiscard]] TrainingControls& controls() { return *m_controls; }
    [[nodiscard]] const TrainingForm& form() const;
    // In place of what the fields show.
    void setForm(const TrainingForm& form);
    // The ways of training that the model allows; another one's form takes the first.
    void setMethods(const std::vector<TrainingMethodChoice>& methods);
    // Where new runs go unless a person names another folder.
    void setRunFolder(const QString& folder);
    // How far a running job is; shown until the first step.
    void setStatus(const QString& status);

Q_SIGNALS:
    // Also to go on with the unfinished run in the form's output folder.
    void runRequested(const ropescope::TrainingForm& form);
    // Stops after saving the steps that are done; `pause`: to be gone on with.
    void stopRequested(bool pause);
    void forecastRequested(const ropescope::TrainingForm& form);
    // Perplexity of the newest checkpoint or the result.
    void measureRequested(const ropescope::TrainingForm& form);
    // The newest checkpoint or the result becomes the window's model.
    void openRequested(const QString& folder);
    void failed(const QString& message);

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildForm();
    QWidget* buildHeading();
    void fitToModel();
    void proposeOutput();
    void start();
    void showKept(int index);
    void offerResume(TrainingForm form);
    void followModel();
    void followForm();
    void followForecast();
    void followKept();
    void followButtons();
    [[nodiscard]] bool resumes() const;
    [[nodiscard]] QString stateText() const;
    [[nodiscard]] QString runningText() const;
    [[nodiscard]] QString forecastText(const TrainingForecast& forecast) const;
    void startPictureRun();

    Bench& m_bench;
    const Theme& m_theme;
    TrainingModel m_model;
    QString m_folder;
    QString m_proposed; // the output folder that this page named
    QString m_status;
    std::map<TrainingField, QString> m_problems;
    QTimer* m_forecastTimer;
    TrainingControls* m_controls = nullptr;
    QLabel* m_forecastText = nullptr;
    ForecastBar* m_forecastBar = nullptr;
    QPushButton* m_start = nullptr;
    QPushButton* m_pause = nullptr;
    QPushButton* m_stop = nullptr;
    QPushButton* m_measure = nullptr;
    QPushButton* m_open = nullptr;
    QComboBox* m_runs = nullptr;
    QLabel* m_state = nullptr;
    TrainingCharts* m_charts = nullptr;
    std::unique_ptr<QTemporaryDir> m_pictureFolder;
    TrainingForm m_ownForm;         // what the form said before the pictures
    TrainingRunRecord m_pictureRun; // trained once, for all pictures
};

} // namespace ropescope
