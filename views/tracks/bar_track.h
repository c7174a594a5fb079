// Tracks of one bar per pair.
#pragma once

#include <vector>

#include "views/tracks/track.h"

namespace ropescope {

// Bars from zero up, and down where values may be negative; the axis starts at zero and ends at a round number. NaN is
// left out.
class BarTrack : public Track {
    Q_OBJECT

public:
    using Track::Track;
    [[nodiscard]] int usualHeight() const override { return 80; }

protected:
    // One value per pair, in the unit that ticks show.
    [[nodiscard]] virtual std::vector<double> values() const = 0;
    [[nodiscard]] virtual QColor colourOf(double value) const = 0;
    [[nodiscard]] virtual QString tick(double value, double step) const;
    // The least top of the axis, so that noise does not fill the track.
    [[nodiscard]] virtual double leastTop() const = 0;

    void refreshValues();
    // Refreshes one pair; the whole track when the axis has to change.
    void refreshPair(int pair);

    void paintData(QPainter& painter, const QRectF& plot, int first, int end) override;
    void paintGutter(QPainter& painter, const QRectF& plot) override;

    [[nodiscard]] const std::vector<double>& shown() const { return m_values; }

private:
    struct Range {
        double low = 0;
        double high = 1;
        bool operator==(const Range&) const = default;
    };
    [[nodiscard]] Range fitted() const;
    [[nodiscard]] double yOf(double value, const QRectF& plot) const;

    std::vector<double> m_values;
    Range m_range;
};

// KL(trained || target) per pair, of the current set.
class DisturbanceTrack : public BarTrack {
    Q_OBJECT

public:
    explicit DisturbanceTrack(const TrackContext& context, QWidget* parent = nullptr);

protected:
    [[nodiscard]] std::vector<double> values() const override;
    [[nodiscard]] QColor colourOf(double value) const override;
    [[nodiscard]] double leastTop() const override { return 0.01; }
    [[nodiscard]] QString emptyText() const override;
    [[nodiscard]] QString toolTipAt(std::optional<int> pair) const override;
};

// Per cent of the target's positions at angles that training never visited.
class UnseenTrack : public BarTrack {
    Q_OBJECT

public:
    explicit UnseenTrack(const TrackContext& context, QWidget* parent = nullptr);

protected:
    [[nodiscard]] std::vector<double> values() const override;
    [[nodiscard]] QColor colourOf(double value) const override;
    [[nodiscard]] QString tick(double value, double step) const override;
    [[nodiscard]] double leastTop() const override { return 10; }
    [[nodiscard]] QString emptyText() const override;
    [[nodiscard]] QString toolTipAt(std::optional<int> pair) const override;
};

// d NLL / d ln factor: sign by side and colour.
class SensitivityTrack : public BarTrack {
    Q_OBJECT

public:
    explicit SensitivityTrack(const TrackContext& context, QWidget* parent = nullptr);
    [[nodiscard]] int usualHeight() const override { return 96; }

Q_SIGNALS:
    // The empty track was clicked: "Measure".
    void measureRequested();

protected:
    [[nodiscard]] std::vector<double> values() const override;
    [[nodiscard]] QColor colourOf(double value) const override;
    [[nodiscard]] double leastTop() const override { return 1e-4; }
    [[nodiscard]] QString emptyText() const override;
    [[nodiscard]] QString toolTipAt(std::optional<int> pair) const override;
    bool pressed(QMouseEvent& event) override;
    void paintGutter(QPainter& painter, const QRectF& plot) override;
};

} // namespace ropescope
