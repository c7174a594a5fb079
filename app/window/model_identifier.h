// Which model it is that the setup names: its content's hash, found in the background.
#pragma once

#include <QPointer>

#include "app/window/window_context.h"

namespace ropescope {

// Reads each newly opened model that no study knew already. One that has no weights to read stays without a hash.
// GUI thread only.
class ModelIdentifier : public QObject {
    Q_OBJECT

public:
    explicit ModelIdentifier(const WindowContext& context, QObject* parent = nullptr);

private:
    void identify();

    WindowContext m_context;
    QPointer<EngineJob> m_last;
};

} // namespace ropescope
