// Between whoever asks for the sensitivity of the current set and the engine.
#pragma once

#include <QObject>

#include "app/window/window_context.h"

namespace ropescope {

struct KeptMeasurements;

// GUI thread only.
class SensitivityController : public QObject {
    Q_OBJECT

public:
    explicit SensitivityController(const WindowContext& context, QObject* parent = nullptr);

    // Gradient of the current set at the target length.
    void measure();

private:
    void showKept(const KeptMeasurements& kept);

    WindowContext m_context;
};

} // namespace ropescope
