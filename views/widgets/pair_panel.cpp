#include "views/widgets/pair_panel.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>

#include "views/models/pair_axis.h"
#include "views/models/value_text.h"

namespace ropescope {

PairPanel::PairPanel(Bench& bench, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_theme(theme) {
    setObjectName(QStringLiteral("pairPanel"));
    setAccessibleName(tr("Numbers of the selected pair"));
    const auto repaint = qOverload<>(&QWidget::update);
    connect(&bench.selection(), &Selection::pairChanged, this, repaint);
    connect(&bench.selection(), &Selection::setChanged, this, repaint);
    connect(&bench.angles(), &AngleModel::reportChanged, this, repaint);
    connect(&bench.angles(), &AngleModel::pairReportChanged, this, repaint);
    connect(&bench.sensitivity(), &SensitivityModel::changed, this, repaint);
    connect(&theme, &Theme::changed, this, repaint);
}

int PairPanel::rowHeight() const {
    return QFontMetrics(m_theme.textFont()).height() + 3;
}

QSize PairPanel::sizeHint() const {
    return {200, 9 * rowHeight() + spacingUnit};
}

std::vector<PairPanel::Row> PairPanel::rows() const {
    const auto pair = m_bench.selection().pair();
    const FactorSetEntry* set = m_bench.currentSet();
    const auto report = m_bench.angles().report();
    const auto i = static_cast<std::size_t>(pair.value_or(0));
    if (!pair || !set || i >= set->set.factors.size())
        return {};
    const RopeGeometry& geometry = m_bench.setup().setup().geometry;
    const double factor = set->set.factors[i];
    std::vector<Row> rows{
        {tr("factor"), factorText(factor), tr("\u03bb: the inverse frequency \u03b8<sup>−2i/D</sup> is divided by it")},
        {tr("wavelength"), tr("%1 tokens").arg(wavelengthText(wavelength(geometry, *pair) * factor)),
         tr("2\u03c0 \u03bb \u03b8<sup>2i/D</sup>: tokens until the pair has turned once")}};
    if (i < report->pairs.size()) {
        const PairAngles& angles = report->pairs[i];
        rows.push_back(
            {tr("turns, trained"), factorText(angles.rotationsTrained), tr("trained length / unscaled wavelength")});
        rows.push_back(
            {tr("turns, target"), factorText(angles.rotationsTarget), tr("target length / scaled wavelength")});
        rows.push_back({tr("unseen angles"), shareText(angles.unseenFraction),
                        tr("share of the target's positions in angle bins that training never visited")});
        rows.push_back(
            {tr("disturbance"), factorText(angles.disturbance), tr("KL(trained || target) over angle bins, nats")});
    }
    const Sensitivity& sensitivity = m_bench.sensitivity().sensitivity();
    if (i < sensitivity.byLogFactor.size())
        rows.push_back({tr("d NLL / d ln \u03bb"), signedText(sensitivity.byLogFactor[i], 5),
                        tr("exact gradient of the text's mean NLL, nats per token")});
    rows.push_back({tr("attention factor"), factorText(set->set.attentionFactor),
                    tr("multiplies cos and sin of queries and keys: logits scale by its square")});
    return rows;
}

void PairPanel::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    QPainter painter(this);
    painter.setFont(m_theme.textFont());
    painter.setPen(m_theme.colours().quietText);
    const auto pair = m_bench.selection().pair();
    QRect line(spacingUnit, 0, width() - 2 * spacingUnit, rowHeight());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, pair ? tr("Pair %1").arg(*pair) : tr("No pair selected"));
    for (const Row& row : rows()) {
        line.translate(0, rowHeight());
        painter.setPen(m_theme.colours().quietText);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, row.name);
        painter.setPen(m_theme.colours().text);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, row.value);
    }
}

bool PairPanel::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const auto all = rows();
    const int index = help->pos().y() / rowHeight() - 1;
    const bool inside = index >= 0 && index < static_cast<int>(all.size());
    QToolTip::showText(help->globalPos(), inside ? all[static_cast<std::size_t>(index)].explanation : QString(), this);
    return true;
}

} // namespace ropescope
