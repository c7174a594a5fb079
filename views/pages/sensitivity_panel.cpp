#include "views/pages/sensitivity_panel.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPushButton>

#include "views/charts/pair_bars.h"
#include "views/models/value_text.h"
#include "views/widgets/controls.h"

namespace ropescope {

SensitivityPanel::SensitivityPanel(Bench& bench, const Theme& theme)
    : SensitivityPanel(
          bench, theme,
          new PairBars(QStringLiteral("sensitivityBars"), tr("Sensitivity of the NLL to every pair"), theme)) {}

SensitivityPanel::SensitivityPanel(Bench& bench, const Theme& theme, PairBars* bars)
    : ChartPanel(tr("Sensitivity"), bars, theme), m_bench(bench), m_bars(bars) {
    addToHeading(buildUnits());
    auto* again = new QPushButton(tr("Measure"));
    again->setObjectName(QStringLiteral("measureSensitivity"));
    again->setProperty("role", QStringLiteral("link"));
    again->setToolTip(tr("The exact gradient for the current set at the target length: one forward and one backward "
                         "pass"));
    addToHeading(again);
    connect(again, &QPushButton::clicked, this, &SensitivityPanel::measureRequested);
    connect(this, &ChartPanel::noteAction, this, &SensitivityPanel::measureRequested);
    connect(m_bars, &PairBars::pairClicked, this, [this](int pair) { m_bench.selection().setPair(pair); });
    connect(&bench.sensitivity(), &SensitivityModel::changed, this, &SensitivityPanel::follow);
    connect(&bench.selection(), &Selection::setChanged, this, &SensitivityPanel::follow);
    connect(&theme, &Theme::changed, this, &SensitivityPanel::follow);
    follow();
}

QWidget* SensitivityPanel::buildUnits() {
    auto* relative = segmentButton(tr("per ln λ"), QStringLiteral("sensitivityRelative"));
    auto* radian = segmentButton(tr("per radian"), QStringLiteral("sensitivityRadian"));
    relative->setToolTip(
        tr("d mean NLL / d ln λᵢ: nats per relative change of the factor. The fastest pairs always look "
           "the most important: a relative change turns them by many radians"));
    radian->setToolTip(tr("d mean NLL / d φᵢ, with φᵢ = length · θᵢ / λᵢ: nats per radian that the pair turns less or "
                          "more at the end of the window"));
    relative->setChecked(true);
    auto* group = new QButtonGroup(this);
    auto* units = new QWidget;
    auto* row = new QHBoxLayout(units);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    for (QPushButton* button : {relative, radian}) {
        group->addButton(button);
        row->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, perRadian = button == radian] {
            m_perRadian = perRadian;
            follow();
        });
    }
    return units;
}

void SensitivityPanel::setSegments(std::vector<Segment> segments) {
    m_bars->setSegments(std::move(segments));
}

void SensitivityPanel::follow() {
    const Sensitivity& sensitivity = m_bench.sensitivity().sensitivity();
    const FactorSetEntry* set = m_bench.sets().find(sensitivity.set);
    const bool there = set && set->id == m_bench.selection().set() && !sensitivity.byLogFactor.empty();
    if (!there) {
        setTitle(tr("Sensitivity"));
        const FactorSetEntry* current = m_bench.currentSet();
        if (current)
            showNote(tr("How much does the NLL answer to each pair of %1?").arg(current->name),
                     tr("Measure sensitivity"));
        else
            showNote(m_bench.setup().setup().geometry.pairs() == 0
                         ? tr("Open a model first.")
                         : tr("Select a factor set in the list at the left."));
        return;
    }
    setTitle(tr("Sensitivity of %1").arg(set->name),
             tr("The exact gradient of the mean NLL over %1 tokens").arg(countText(sensitivity.length)));
    m_bars->setValues(m_perRadian ? sensitivity.byRadian : sensitivity.byLogFactor,
                      m_perRadian ? tr("d NLL / d radian") : tr("d NLL / d ln λ"));
    showChart();
}

} // namespace ropescope
