// How much the text's NLL answers to each factor: d mean NLL / d ln factor, as probed for one set.
#pragma once

#include <cstdint>
#include <vector>

#include <QObject>
#include <QString>

#include "views/models/factor_set_store.h"

namespace ropescope {

struct Sensitivity {
    SetId set = noSet;
    std::int64_t length = 0;
    double nll = 0;
    std::vector<double> byLogFactor; // one per pair; empty: not measured
    double byAttentionFactor = 0;
    std::vector<double> byRadian; // d mean NLL / d phase_i, phase_i = length * theta_i / factor_i; one per pair
};

// The newest probe. GUI thread only.
class SensitivityModel : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] const Sensitivity& sensitivity() const { return m_sensitivity; }
    void setSensitivity(const Sensitivity& sensitivity) {
        m_sensitivity = sensitivity;
        Q_EMIT changed();
    }

Q_SIGNALS:
    void changed();

private:
    Sensitivity m_sensitivity;
};

} // namespace ropescope
