// What every number on the page belongs to: model, text, lengths, attention, device. Shown by the bar on top.
#pragma once

#include <cstdint>

#include <QObject>
#include <QString>

#include "engine/rope/factor_set.h"

namespace ropescope {

// The longest target length that can be chosen.
constexpr std::int64_t longestTarget = 1'000'000;

struct Setup {
    QString modelName;                          // "Llama 2 7B"; empty: no model chosen
    QString modelPath;                          // what the engine loads: a folder, a .gguf file or "demo"
    QString modelHash;                          // of its content; empty while it is not known
    QString textName;                           // empty: no text chosen
    QString textPath;                           // a file, a folder or "demo"
    QString attention = QStringLiteral("full"); // as on the command line
    QString device = QStringLiteral("auto");
    RopeGeometry geometry;
    std::int64_t targetLength = 0;
    int bins = 360;             // of the angle histograms
    double dpropeThreshold = 0; // in nats: how much better interpolation must be before DPRoPE takes it

    [[nodiscard]] double scale() const {
        return geometry.trainedLength > 0
                   ? static_cast<double>(targetLength) / static_cast<double>(geometry.trainedLength)
                   : 1;
    }
};

// What makes measured numbers comparable: model, text, attention and device. Equal texts, comparable numbers.
[[nodiscard]] QString measurementBasis(const Setup& setup);

// Holds the one Setup of a window. GUI thread only.
class SetupModel : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] const Setup& setup() const { return m_setup; }
    // Replaces everything: a model was opened, a study was opened.
    void setSetup(const Setup& setup);
    // What the model at this path was found to be; ignored when another one is there by now.
    void setModelHash(const QString& path, const QString& hash);
    void setText(const QString& name, const QString& path);
    void setAttention(const QString& attention);
    void setDevice(const QString& device);
    // Bounded to 1 .. longestTarget.
    void setTargetLength(std::int64_t length);
    // Bounded to 8 .. 2880.
    void setBins(int bins);
    // Bounded to 0 .. 10 nats.
    void setDpropeThreshold(double threshold);

Q_SIGNALS:
    // Another model: pairs, theta or trained length may differ. Emitted before the others.
    void geometryChanged();
    void targetLengthChanged();
    void binsChanged();
    void dpropeThresholdChanged();
    // Anything at all changed, once per call.
    void changed();

private:
    Setup m_setup;
};

} // namespace ropescope
