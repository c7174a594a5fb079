#include "views/charts/training_charts.h"

#include <algorithm>
#include <cmath>

#include <QGridLayout>

#include "views/charts/chart_panel.h"
#include "views/models/colour_scale.h"
#include "views/models/training_form.h"
#include "views/models/value_text.h"

namespace ropescope {

namespace {

constexpr std::size_t shownColumns = 250; // of which each keeps up to four points
constexpr std::size_t dottedPoints = 40;  // more of them are a line
constexpr int quietColour = setColourCount - 1;

} // namespace

TrainingCharts::TrainingCharts(TrainingModel& model, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_model(model),
      m_loss(new CurveChart(QStringLiteral("trainingLoss"), tr("Loss over steps"), theme)),
      m_rate(new CurveChart(QStringLiteral("trainingRateChart"), tr("Learning rate over steps"), theme)),
      m_norm(new CurveChart(QStringLiteral("trainingNorm"), tr("Gradient norm over steps"), theme)),
      m_perplexity(new CurveChart(QStringLiteral("trainingPerplexity"), tr("Perplexity of checkpoints"), theme)),
      m_lossPanel(new ChartPanel(tr("Loss"), m_loss, theme)),
      m_ratePanel(new ChartPanel(tr("Learning rate"), m_rate, theme)),
      m_normPanel(new ChartPanel(tr("Gradient norm"), m_norm, theme)),
      m_perplexityPanel(new ChartPanel(tr("Perplexity of checkpoints"), m_perplexity, theme)) {
    setObjectName(QStringLiteral("trainingCharts"));
    m_lossPanel->setTitle(tr("Loss"),
                          tr("Mean −ln p of the tokens that a step predicts, before the step; smoothed: exponential "
                             "mean with weight 0.9 on what was before"));
    m_normPanel->setTitle(tr("Gradient norm"), tr("√Σ g² over all trained weights, before clipping"));
    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(3 * spacingUnit);
    grid->setVerticalSpacing(spacingUnit);
    grid->addWidget(m_lossPanel, 0, 0);
    grid->addWidget(m_perplexityPanel, 0, 1);
    grid->addWidget(m_ratePanel, 1, 0);
    grid->addWidget(m_normPanel, 1, 1);
    grid->setRowStretch(0, 3);
    grid->setRowStretch(1, 2);
    for (int column = 0; column < 2; ++column)
        grid->setColumnStretch(column, 1);
    for (ChartPanel* panel : {m_lossPanel, m_perplexityPanel, m_ratePanel, m_normPanel})
        connect(panel, &ChartPanel::failed, this, &TrainingCharts::failed);
    connect(m_lossPanel, &ChartPanel::noteAction, this, &TrainingCharts::startRequested);
    connect(m_perplexityPanel, &ChartPanel::noteAction, this, &TrainingCharts::measureRequested);
    connect(&model, &TrainingModel::changed, this, &TrainingCharts::follow);
    connect(&model, &TrainingModel::forecastChanged, this, &TrainingCharts::followRate);
    connect(&theme, &Theme::changed, this, &TrainingCharts::follow);
    follow();
}

void TrainingCharts::setInvitation(const QString& obstacle, const QString& button) {
    if (obstacle == m_obstacle && button == m_button)
        return;
    m_obstacle = obstacle;
    m_button = button;
    follow();
}

void TrainingCharts::follow() {
    followLoss();
    followRate();
    followNorm();
    followProbes();
}

// The whole run, once it is half done; before that as much as is at least half full, so that few steps are seen.
ValueRange TrainingCharts::stepRange() const {
    double last = 1;
    if (m_model.last())
        last = static_cast<double>(m_model.last()->step);
    if (!m_model.run().probes.empty())
        last = std::max(last, static_cast<double>(m_model.run().probes.back().step));
    double high = 8;
    while (high < last)
        high *= 2;
    const auto all = static_cast<double>(m_model.run().info.steps);
    return {0, all >= last ? std::min(high, std::max(all, 1.0)) : high};
}

QString TrainingCharts::tip(double step) const {
    const TrainingPoint* point = m_model.pointAt(std::llround(step));
    if (!point)
        return {};
    return tr("step %1: loss %2, smoothed %3, rate %4, gradient norm %5")
        .arg(countText(point->step), factorText(point->loss), factorText(point->smoothedLoss),
             rateText(point->learningRate), factorText(point->gradientNorm));
}

void TrainingCharts::showState(ChartPanel& panel, const QString& question, bool withButton) {
    switch (m_model.phase()) {
    case TrainingPhase::running:
        panel.showNote(tr("Loading the model and taking the first step…"));
        break;
    case TrainingPhase::failed: // said once
        panel.showNote(withButton ? m_model.run().message : question, withButton ? m_button : QString(), withButton);
        break;
    case TrainingPhase::paused:
    case TrainingPhase::cancelled:
        panel.showNote(tr("Stopped before the first step."), withButton ? m_button : QString());
        break;
    case TrainingPhase::none:
    case TrainingPhase::done:
        panel.showNote(m_obstacle.isEmpty() ? question : m_obstacle,
                       m_obstacle.isEmpty() && withButton ? m_button : QString());
        break;
    }
}

void TrainingCharts::followLoss() {
    if (m_model.run().points.empty()) {
        showState(*m_lossPanel, tr("How far does the loss fall when the model is trained with these factors?"), true);
        return;
    }
    ChartCurve raw = stepCurve(TrainingQuantity::loss);
    raw.colour = quietColour;
    ChartCurve smoothed = stepCurve(TrainingQuantity::smoothedLoss);
    smoothed.name = tr("smoothed");
    smoothed.strong = true;
    smoothed.dots = smoothed.points.size() <= 1;
    std::vector<ChartMark> marks;
    for (const std::int64_t end : m_model.stageEnds())
        marks.push_back({Qt::Vertical, static_cast<double>(end) + 0.5, tr("tokens from here")});
    m_loss->setAxes(stepAxes(tr("nats per token")));
    m_loss->setMarks(std::move(marks));
    m_loss->setCurves({raw, smoothed});
    m_lossPanel->showChart();
}

ChartCurve TrainingCharts::stepCurve(TrainingQuantity quantity) const {
    ChartCurve curve;
    curve.colour = searchColour;
    curve.points = m_model.curve(quantity, shownColumns);
    curve.dots = curve.points.size() <= dottedPoints;
    for (const CurvePoint& point : curve.points)
        curve.tips.push_back(tip(point.x));
    return curve;
}

CurveChart::Axes TrainingCharts::stepAxes(const QString& yTitle) const {
    CurveChart::Axes axes;
    axes.xTitle = tr("step");
    axes.yTitle = yTitle;
    axes.xCounts = true;
    axes.xRange = stepRange();
    return axes;
}

// Rates are small: the axis counts in their power of ten.
void TrainingCharts::showRate(ChartCurve curve, std::optional<ValueRange> steps) {
    double highest = 0;
    for (const CurvePoint& point : curve.points)
        highest = std::max(highest, point.y);
    const int power = highest > 0 ? static_cast<int>(std::floor(std::log10(highest))) : 0;
    const double unit = std::pow(10.0, power);
    for (CurvePoint& point : curve.points)
        point.y /= unit;
    CurveChart::Axes axes = stepAxes(power == 0 ? tr("rate") : tr("rate, × 1e%1").arg(signedText(power, 0)));
    if (steps)
        axes.xRange = steps;
    axes.yHolds = highest > 0 ? 0 : 1; // a warm-up's first rate is 0, which alone has no scale
    m_rate->setAxes(axes);
    m_rate->setCurves({std::move(curve)});
    m_ratePanel->showChart();
}

// Before the first step the plan is what there is to see.
void TrainingCharts::followRate() {
    const auto& forecast = m_model.forecast();
    const bool planned = m_model.run().points.empty() && m_model.phase() == TrainingPhase::none;
    m_ratePanel->setTitle(planned ? tr("Learning rate, as planned") : tr("Learning rate"),
                          tr("Peak rate × the schedule's multiplier at each step"));
    if (!m_model.run().points.empty()) {
        showRate(stepCurve(TrainingQuantity::learningRate), {});
    } else if (planned && forecast && !forecast->schedule.empty()) {
        ChartCurve plan;
        plan.colour = quietColour;
        plan.dots = false;
        plan.points = forecast->schedule;
        for (const CurvePoint& point : plan.points)
            plan.tips.push_back(tr("step %1: rate %2").arg(countText(std::llround(point.x)), rateText(point.y)));
        showRate(std::move(plan), ValueRange{0, forecast->schedule.back().x});
    } else {
        showState(*m_ratePanel, tr("How the rate rises and falls over the run"), false);
    }
}

void TrainingCharts::followNorm() {
    if (m_model.run().points.empty()) {
        showState(*m_normPanel, tr("Is the training steady? The norm of the gradients tells."), false);
        return;
    }
    CurveChart::Axes axes = stepAxes(tr("norm"));
    axes.yHolds = 0;
    m_norm->setAxes(axes);
    m_norm->setCurves({stepCurve(TrainingQuantity::gradientNorm)});
    m_normPanel->showChart();
}

void TrainingCharts::followProbes() {
    const std::vector<TrainingProbe>& probes = m_model.run().probes;
    if (probes.empty()) {
        m_perplexityPanel->setTitle(tr("Perplexity of checkpoints"));
        if (!m_model.run().probeProblem.isEmpty()) {
            m_perplexityPanel->showNote(m_model.run().probeProblem, m_model.running() ? QString() : tr("Try again"),
                                        true);
            return;
        }
        const bool there = m_model.newestModel().has_value() && !m_model.running();
        if (there || m_model.phase() == TrainingPhase::failed)
            m_perplexityPanel->showNote(tr("What does the newest checkpoint score on the window's text?"),
                                        there ? tr("Measure") : QString());
        else
            showState(*m_perplexityPanel, tr("Does the perplexity on the window's text fall with it?"), false);
        return;
    }
    ChartCurve curve;
    curve.colour = searchColour;
    curve.strong = true;
    for (const TrainingProbe& probe : probes) {
        const Measurement& measured = probe.measured;
        curve.points.push_back({static_cast<double>(probe.step), measured.perplexity});
        curve.low.push_back(measured.perplexity - measured.standardError);
        curve.high.push_back(measured.perplexity + measured.standardError);
        const QString value = valueWithErrorText(measured.perplexity, measured.standardError);
        curve.tips.push_back(
            tr("%1: perplexity %2 at %3 tokens, from %4 tokens")
                .arg(probe.step == 0 ? tr("before training") : tr("after step %1").arg(countText(probe.step)), value,
                     countText(measured.length), countText(measured.tokens)));
    }
    CurveChart::Axes axes = stepAxes(tr("perplexity"));
    axes.xRange->low = -axes.xRange->high / 40; // a whole mark at step 0
    m_perplexity->setAxes(axes);
    m_perplexity->setCurves({curve});
    m_perplexityPanel->setTitle(tr("Perplexity at %1 tokens").arg(countText(probes.back().measured.length)),
                                tr("exp of the mean NLL on the first windows of the window's text, all measured on the "
                                   "same tokens; the band is one standard error"));
    m_perplexityPanel->showChart();
}

} // namespace ropescope
