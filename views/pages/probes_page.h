// Probes: perplexity over length, NLL over position, paired differences, passkey retrieval, and all sets in one table.
#pragma once

#include <utility>
#include <vector>

#include "views/models/bench.h"
#include "views/models/probe_model.h"
#include "views/pages/page.h"
#include "views/widgets/theme.h"

class QComboBox;
class QPushButton;
class QSpinBox;

namespace ropescope {

class ChartPanel;
class CurveChart;
class ElidedLabel;
class HeatMap;

// Sets scored on the same windows at several lengths; the longest one's tokens are compared.
struct PerplexityPlan {
    std::vector<SetId> sets;
    std::vector<std::int64_t> lengths; // rising
    std::int64_t windows = 1;          // side by side, at most
};
// A grid of trials for each set.
struct PasskeyPlan {
    std::vector<SetId> sets;
    std::vector<std::int64_t> lengths; // rising
    std::vector<double> depths;        // rising
    std::int64_t trials = 1;           // per cell
};

// Shows its model and the sets' measurements, and asks for everything else by signals.
class ProbesPage : public Page {
    Q_OBJECT

public:
    ProbesPage(Bench& bench, const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override { return tr("Probes"); }
    [[nodiscard]] QString key() const override { return QStringLiteral("probes"); }
    [[nodiscard]] int pictureCount() const override { return 5; }
    QString showPicture(int index) override;

    [[nodiscard]] ProbeModel& model() { return m_model; }
    // Windows of the text at each length.
    [[nodiscard]] std::int64_t windows() const;
    // What the controls ask for: the visible sets; for passkeys the current one.
    [[nodiscard]] PerplexityPlan perplexityPlan() const;
    [[nodiscard]] PasskeyPlan passkeyPlan() const;
    // How far a running probe is; shown beside the buttons.
    void setStatus(const QString& status);

Q_SIGNALS:
    void perplexityRequested(const ropescope::PerplexityPlan& plan);
    void passkeyRequested(const ropescope::PasskeyPlan& plan);
    void cancelRequested();
    void failed(const QString& message);

private:
    QWidget* buildControls();
    QWidget* buildCharts();
    void requestPerplexity();
    void requestPasskey();
    [[nodiscard]] bool running() const;
    // What there is to say beside the buttons, and whether it is of a failure.
    [[nodiscard]] std::pair<QString, bool> situation() const;
    void follow();
    void followControls();
    void followReferences();
    void followLengths();
    void followPositions();
    void followDifferences();
    void followPasskey();
    // The picture where there is nothing to draw: what to do, what runs, what failed.
    void showState(ChartPanel& panel, ProbeKind kind, const QString& question, const QString& button);

    Bench& m_bench;
    const Theme& m_theme;
    ProbeModel m_model;
    QString m_status;
    QSpinBox* m_windows = nullptr;
    QSpinBox* m_trials = nullptr;
    QComboBox* m_reference = nullptr;
    ElidedLabel* m_cost = nullptr;
    QPushButton* m_measure = nullptr;
    QPushButton* m_passkey = nullptr;
    QPushButton* m_cancel = nullptr;
    CurveChart* m_lengths = nullptr;
    CurveChart* m_positions = nullptr;
    CurveChart* m_differences = nullptr;
    HeatMap* m_keys = nullptr;
    ChartPanel* m_lengthPanel = nullptr;
    ChartPanel* m_positionPanel = nullptr;
    ChartPanel* m_differencePanel = nullptr;
    ChartPanel* m_keyPanel = nullptr;
};

} // namespace ropescope
