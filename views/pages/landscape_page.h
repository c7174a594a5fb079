// Landscape: how the NLL answers when the factors of a segment of pairs are scaled, or of two; and how sensitive it is
// to every pair.
#pragma once

#include <map>
#include <vector>

#include "views/models/bench.h"
#include "views/models/landscape_model.h"
#include "views/pages/page.h"
#include "views/widgets/theme.h"

class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace ropescope {

class ChartPanel;
class CurveChart;
class ElidedLabel;
class HeatMap;
class PairBars;

// Shows its model and asks for everything else by signals: whoever owns the engine answers through the model.
class LandscapePage : public Page {
    Q_OBJECT

public:
    LandscapePage(Bench& bench, const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override { return tr("Landscape"); }
    [[nodiscard]] QString key() const override { return QStringLiteral("landscape"); }
    [[nodiscard]] int pictureCount() const override { return 6; }
    QString showPicture(int index) override;

    [[nodiscard]] LandscapeModel& model() { return m_model; }
    // What the controls ask for now; no axes where they make no sense.
    [[nodiscard]] LandscapePlan plan() const;
    // An earlier one, with the controls as it was asked for: with its set selected Run goes on with it.
    void showRecord(const LandscapeRecord& record);
    // How far a running landscape is; shown beside the button.
    void setStatus(const QString& status);

Q_SIGNALS:
    void runRequested(const ropescope::LandscapePlan& plan);
    void cancelRequested();
    // A point was clicked: the plan's set with its segments scaled so becomes a set of its own.
    void takeOverRequested(const std::vector<double>& scale);
    void sensitivityRequested();
    void failed(const QString& message);

private:
    struct PairField {
        QSpinBox* first = nullptr;
        QSpinBox* last = nullptr;
    };
    QWidget* buildControls();
    void addMode(QHBoxLayout& row);
    PairField addPairs(QHBoxLayout& row, const QString& name, const QString& label);
    void addScale(QHBoxLayout& row);
    void addAmount(QHBoxLayout& row);
    QWidget* buildCharts();
    QWidget* buildSensitivity();
    void fitToModel();
    void followSelection();
    void setMap(bool map);
    void run();
    void follow();
    void followControls();
    void followCurve();
    void followMap();
    void followSensitivity();
    void followRecords();
    [[nodiscard]] QString recordText(const LandscapePlan& plan) const;
    void followNotes();
    [[nodiscard]] QString problem() const;
    [[nodiscard]] QString sampleText(const LandscapeSample& sample) const;
    void takeOverAt(const std::vector<double>& shares);
    void keepPicture();

    Bench& m_bench;
    const Theme& m_theme;
    LandscapeModel m_model;
    bool m_map = false;       // two segments are asked for
    bool m_perRadian = false; // unit of the sensitivity
    QString m_status;
    QPushButton* m_one = nullptr;
    QPushButton* m_two = nullptr;
    PairField m_first;
    PairField m_second;
    QWidget* m_secondBox = nullptr;
    QDoubleSpinBox* m_low = nullptr;
    QDoubleSpinBox* m_high = nullptr;
    QSpinBox* m_points = nullptr;
    QSpinBox* m_length = nullptr;
    QSpinBox* m_windows = nullptr;
    ElidedLabel* m_cost = nullptr;
    QComboBox* m_records = nullptr;
    QPushButton* m_run = nullptr;
    QLabel* m_found = nullptr;
    CurveChart* m_curve = nullptr;
    ChartPanel* m_curvePanel = nullptr;
    HeatMap* m_heat = nullptr;
    ChartPanel* m_heatPanel = nullptr;
    QStackedWidget* m_charts = nullptr;
    PairBars* m_bars = nullptr;
    ChartPanel* m_barPanel = nullptr;

    struct Picture {
        LandscapePlan plan;
        std::vector<LandscapeSample> samples;
    };
    std::map<bool, Picture> m_pictures; // of a curve and of a map, so that --screenshot computes each once
};

} // namespace ropescope
