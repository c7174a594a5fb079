// "One extension in five steps": a list that ticks itself while a newcomer does what it says.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include <QWidget>

#include "views/models/bench.h"

class QLabel;

namespace ropescope {

// Watches the bench; goes away for good when closed (the owner remembers that by the closed signal).
class FirstSteps : public QWidget {
    Q_OBJECT

public:
    enum Step { dragTarget, stepSegment, pullPair, measure, exportSet, stepCount };

    explicit FirstSteps(Bench& bench, QWidget* parent = nullptr);

    // For what the bench does not see.
    void tick(Step step);
    [[nodiscard]] bool ticked(Step step) const { return m_ticked.at(static_cast<std::size_t>(step)); }

Q_SIGNALS:
    void closed();

private:
    void follow();
    void followSets();
    void followSearch();

    Bench& m_bench;
    std::size_t m_decided = 0;      // by the search as it was last shown
    std::int64_t m_firstTarget = 0; // as the model was opened
    std::array<bool, stepCount> m_ticked{};
    std::array<QLabel*, stepCount> m_labels{};
};

} // namespace ropescope
