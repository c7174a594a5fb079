// "Measure": perplexities and sensitivities of factor sets as jobs, their results back in the shared models.
#pragma once

#include <QObject>

#include "app/window/window_context.h"

namespace ropescope {

// GUI thread only.
class Measurements : public QObject {
    Q_OBJECT

public:
    explicit Measurements(const WindowContext& context, QObject* parent = nullptr);

    // Perplexity of one set at the target length, on the first tokens of each document of the text.
    void measure(SetId id);
    // All visible sets that have no perplexity at the target length, in one job.
    void measureMissing();
    // Gradient of the current set at the target length.
    void measureSensitivity();

private:
    void measureSets(const std::vector<SetId>& ids, const QString& title);

    WindowContext m_context;
};

} // namespace ropescope
