// Landscape: how the NLL answers when the factors of a segment of pairs are scaled, or of two; and how sensitive it is
// to every pair.
#pragma once

#include <map>
#include <vector>

#include "views/models/bench.h"
#include "views/models/landscape_model.h"
#include "views/pages/page.h"
#include "views/widgets/theme.h"

class QLabel;
class QStackedWidget;

namespace ropescope {

class ChartPanel;
class CurveChart;
class HeatMap;
class LandscapeForm;
class SensitivityPanel;

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
    QWidget* buildCharts();
    void run();
    void follow();
    void followForm();
    void followCurve();
    void followNotes();
    void takeOverAt(const std::vector<double>& shares);
    void keepPicture();

    Bench& m_bench;
    const Theme& m_theme;
    LandscapeModel m_model;
    QString m_status;
    LandscapeForm* m_form = nullptr;
    QLabel* m_found = nullptr;
    CurveChart* m_curve = nullptr;
    ChartPanel* m_curvePanel = nullptr;
    HeatMap* m_heat = nullptr;
    ChartPanel* m_heatPanel = nullptr;
    QStackedWidget* m_charts = nullptr;
    SensitivityPanel* m_sensitivity = nullptr;

    struct Picture {
        LandscapePlan plan;
        std::vector<LandscapeSample> samples;
    };
    std::map<bool, Picture> m_pictures; // of a curve and of a map, so that --screenshot computes each once
};

} // namespace ropescope
