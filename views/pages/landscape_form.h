// What a landscape is asked with: the segments, the range of scales, how much text, and the run button.
#pragma once

#include <cstdint>
#include <vector>

#include <QWidget>

#include "views/models/bench.h"
#include "views/models/landscape_model.h"

class QComboBox;
class QDoubleSpinBox;
class QHBoxLayout;
class QPushButton;
class QSpinBox;

namespace ropescope {

class ElidedLabel;

// Fits itself to the bench's model and takes its selected segment over. Two rows.
class LandscapeForm : public QWidget {
    Q_OBJECT

public:
    explicit LandscapeForm(Bench& bench, QWidget* parent = nullptr);

    // What is asked for now; no axes where it makes no sense.
    [[nodiscard]] LandscapePlan plan() const;
    // Why it makes none, and what to do; else empty.
    [[nodiscard]] QString problem() const;
    // Everything but the set.
    void setPlan(const LandscapePlan& plan);
    [[nodiscard]] bool isMap() const { return m_map; }
    void setMap(bool map);
    void setLength(std::int64_t tokens);

    // A running landscape is cancelled by the button, and `status` says how far it is.
    void setRunning(bool running, const QString& status);
    // Earlier ones to choose from, newest first; `shown` is chosen. Hidden as long as there is nothing to choose.
    void setRecords(const std::vector<LandscapeRecord>& records, const LandscapePlan& shown);

Q_SIGNALS:
    void changed();
    void mapChanged();
    void runClicked();
    // Index into the records.
    void recordChosen(int index);

private:
    struct PairField {
        QSpinBox* first = nullptr;
        QSpinBox* last = nullptr;
    };
    void addMode(QHBoxLayout& row);
    PairField addPairs(QHBoxLayout& row, const QString& name, const QString& label);
    void addScale(QHBoxLayout& row);
    void addAmount(QHBoxLayout& row);
    void addCost(QHBoxLayout& row);
    void addRecords(QHBoxLayout& row);
    void addRun(QHBoxLayout& row);
    void fitToModel();
    void followSelection();
    void follow();
    [[nodiscard]] static QString recordText(const LandscapePlan& plan);

    Bench& m_bench;
    bool m_map = false; // two segments are asked for
    bool m_running = false;
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
};

} // namespace ropescope
