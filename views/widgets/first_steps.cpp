#include "views/widgets/first_steps.h"

#include <algorithm>

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "views/widgets/theme.h"

namespace ropescope {

FirstSteps::FirstSteps(Bench& bench, QWidget* parent) : QWidget(parent), m_bench(bench) {
    setObjectName(QStringLiteral("firstSteps"));
    auto* heading = new QLabel(tr("<b>One extension in five steps</b>"));
    auto* close = new QPushButton(tr("close"));
    close->setObjectName(QStringLiteral("closeFirstSteps"));
    close->setProperty("role", QStringLiteral("link"));
    close->setToolTip(tr("Close this list for good"));
    connect(close, &QPushButton::clicked, this, [this] {
        hide();
        Q_EMIT closed();
    });
    auto* top = new QHBoxLayout;
    top->addWidget(heading, 1);
    top->addWidget(close);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacingUnit / 4);
    column->addLayout(top);
    for (QLabel*& label : m_labels) {
        label = new QLabel;
        column->addWidget(label);
    }
    connect(&bench.setup(), &SetupModel::geometryChanged, this,
            [this] { m_firstTarget = m_bench.setup().setup().targetLength; });
    connect(&bench.setup(), &SetupModel::targetLengthChanged, this, [this] {
        if (m_bench.setup().setup().targetLength != m_firstTarget)
            tick(dragTarget);
    });
    connect(&bench.search(), &SearchModel::changed, this, &FirstSteps::followSearch);
    connect(&bench.sets(), &FactorSetStore::inserted, this, &FirstSteps::followSets);
    connect(&bench.sets(), &FactorSetStore::entryChanged, this, &FirstSteps::followSets);
    follow();
}

void FirstSteps::tick(Step step) {
    bool& state = m_ticked.at(static_cast<std::size_t>(step));
    if (state)
        return;
    state = true;
    follow();
}

// Decisions that were there already, or are looked back on, are not a person's step.
void FirstSteps::followSearch() {
    const SearchSnapshot& search = m_bench.search().snapshot();
    const std::size_t decided = search.decisions.size();
    if (search.phase == SearchPhase::running && decided > m_decided)
        tick(stepSegment);
    m_decided = decided;
}

// What the program measured of its own accord does not count: a set made by hand and another one do.
void FirstSteps::followSets() {
    const auto& entries = m_bench.sets().entries();
    if (std::any_of(entries.begin(), entries.end(),
                    [](const auto& entry) { return entry.origin == SetOrigin::edited; }))
        tick(pullPair);
    const auto measured = [&entries](bool byHand) {
        return std::any_of(entries.begin(), entries.end(), [byHand](const FactorSetEntry& entry) {
            return (entry.origin == SetOrigin::edited) == byHand && !entry.measurements.empty();
        });
    };
    if (measured(true) && measured(false))
        tick(measure);
}

void FirstSteps::follow() {
    const std::array<QString, stepCount> texts{tr("Drag the target length"), tr("Step one segment of the search (N)"),
                                               tr("Pull a pair by hand"), tr("Measure both (Ctrl+Shift+E)"),
                                               tr("Export (Ctrl+4)")};
    for (std::size_t i = 0; i < m_labels.size(); ++i) {
        const bool done = m_ticked.at(i);
        m_labels.at(i)->setText(
            QStringLiteral("%1  %2").arg(done ? QStringLiteral("\u2713") : QString::number(i + 1), texts.at(i)));
        m_labels.at(i)->setEnabled(!done);
    }
}

} // namespace ropescope
