#include "views/widgets/angle_controls.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QResizeEvent>
#include <QSlider>
#include <QSpinBox>

#include "views/models/length_scale.h"
#include "views/models/value_text.h"
#include "views/tracks/angle_track.h"
#include "views/tracks/factors_track.h"

namespace ropescope {

namespace {

constexpr int sliderSteps = 2000;
// Bin counts that the slider stops at: divisors and multiples of the paper's 360.
constexpr std::array binChoices{30, 45, 60, 90, 120, 180, 360, 720, 1440};
// The threshold slider is logarithmic above zero: 1e-5 .. 1 nat.
constexpr int thresholdSteps = 100;

double thresholdAt(int step) {
    return step == 0 ? 0.0 : 1e-5 * std::pow(1e5, step / static_cast<double>(thresholdSteps));
}

int thresholdStep(double threshold) {
    if (threshold <= 0)
        return 0;
    return std::clamp(static_cast<int>(std::lround(thresholdSteps * std::log10(threshold / 1e-5) / 5)), 1,
                      thresholdSteps);
}

LengthScale lengthScale(const Setup& setup) {
    return {std::max<std::int64_t>(setup.geometry.trainedLength, 1), longestTarget};
}

QLabel* quietLabel(const QString& text, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("role", QStringLiteral("quiet"));
    return label;
}

QPushButton* segmentButton(const QString& text, const QString& name, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setObjectName(name);
    button->setProperty("role", QStringLiteral("segment"));
    button->setCheckable(true);
    return button;
}

QSlider* slider(int maximum, int width, const QString& name, const QString& accessibleName, QWidget* parent) {
    auto* result = new QSlider(Qt::Horizontal, parent);
    result->setRange(0, maximum);
    result->setMinimumWidth(width / 2);
    result->setMaximumWidth(width);
    result->setObjectName(name);
    result->setAccessibleName(accessibleName);
    return result;
}

} // namespace

AngleControls::AngleControls(Bench& bench, AngleTrack& angles, FactorsTrack& factors, QWidget* parent)
    : QWidget(parent), m_bench(bench) {
    setObjectName(QStringLiteral("angleControls"));
    m_rows = new QBoxLayout(QBoxLayout::LeftToRight, this);
    m_rows->setContentsMargins(spacingUnit, spacingUnit / 2, spacingUnit, spacingUnit / 2);
    m_rows->setSpacing(spacingUnit / 2);
    // Its minimum is that of two rows, whether or not there are two now.
    m_rows->setSizeConstraint(QLayout::SetNoConstraint);
    m_values = addRow();
    addTarget();
    addBins();
    addThreshold();
    m_values->addStretch(1);
    m_buttons = addRow();
    m_buttons->addStretch(1);
    addPaintMode(factors);
    addAngleView(angles);
    connect(&bench.setup(), &SetupModel::changed, this, &AngleControls::follow);
    follow();
}

QHBoxLayout* AngleControls::addRow() {
    auto* row = new QHBoxLayout;
    row->setSpacing(spacingUnit / 2 + 1);
    m_rows->addLayout(row, 1);
    return row;
}

QSize AngleControls::minimumSizeHint() const {
    const QMargins margins = m_rows->contentsMargins();
    const QSize values = m_values->minimumSize();
    const QSize buttons = m_buttons->minimumSize();
    const int height = m_rows->direction() == QBoxLayout::LeftToRight
                           ? std::max(values.height(), buttons.height())
                           : values.height() + m_rows->spacing() + buttons.height();
    return QSize(std::max(values.width(), buttons.width()), height).grownBy(margins);
}

// Side by side where there is room, so that the sliders never become mere handles.
void AngleControls::resizeEvent(QResizeEvent* event) {
    const QMargins margins = m_rows->contentsMargins();
    const int needed = m_values->minimumSize().width() + m_rows->spacing() + m_buttons->minimumSize().width() +
                       margins.left() + margins.right();
    const auto direction = width() < needed ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight;
    if (direction != m_rows->direction()) {
        m_rows->setDirection(direction);
        updateGeometry();
    }
    QWidget::resizeEvent(event);
}

void AngleControls::addTarget() {
    m_target = slider(sliderSteps, 240, QStringLiteral("targetSlider"), tr("Target length"), this);
    m_targetField = new QSpinBox(this);
    m_targetField->setObjectName(QStringLiteral("targetField"));
    m_targetField->setAccessibleName(tr("Target length in tokens"));
    m_targetField->setButtonSymbols(QAbstractSpinBox::NoButtons);
    m_targetField->setGroupSeparatorShown(true);
    m_targetField->setRange(1, static_cast<int>(longestTarget));
    m_targetField->setAlignment(Qt::AlignRight);
    m_targetField->setKeyboardTracking(false);
    m_targetField->setToolTip(
        tr("Target length in tokens, to 1,000,000. Angles are counted over positions 0 to target \u2212 1."));
    m_target->setToolTip(m_targetField->toolTip());
    m_values->addWidget(quietLabel(tr("target"), this));
    m_values->addWidget(m_target);
    m_values->addWidget(m_targetField);
    connect(m_target, &QSlider::valueChanged, this, [this](int value) {
        m_bench.setup().setTargetLength(
            lengthScale(m_bench.setup().setup()).lengthAt(value / static_cast<double>(sliderSteps)));
    });
    connect(m_targetField, &QSpinBox::valueChanged, this,
            [this](int value) { m_bench.setup().setTargetLength(value); });
}

void AngleControls::addBins() {
    m_bins = slider(static_cast<int>(binChoices.size()) - 1, 112, QStringLiteral("binsSlider"), tr("Angle bins"), this);
    m_bins->setToolTip(tr("Bins of [0, 2\u03c0) that angles are counted in; the paper's number is 360"));
    m_binsLabel = new QLabel(this);
    m_binsLabel->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("1440")));
    m_values->addWidget(quietLabel(tr("bins"), this));
    m_values->addWidget(m_bins);
    m_values->addWidget(m_binsLabel);
    connect(m_bins, &QSlider::valueChanged, this,
            [this](int value) { m_bench.setup().setBins(binChoices.at(static_cast<std::size_t>(value))); });
}

void AngleControls::addThreshold() {
    m_threshold = slider(thresholdSteps, 144, QStringLiteral("thresholdSlider"), tr("DPRoPE's threshold"), this);
    m_threshold->setToolTip(
        tr("DPRoPE interpolates a pair when that lowers its disturbance by more than this, in nats"));
    m_thresholdLabel = new QLabel(this);
    m_thresholdLabel->setMinimumWidth(fontMetrics().horizontalAdvance(QStringLiteral("0.0000")));
    m_values->addWidget(quietLabel(tr("DPRoPE t"), this));
    m_values->addWidget(m_threshold);
    m_values->addWidget(m_thresholdLabel);
    connect(m_threshold, &QSlider::valueChanged, this,
            [this](int value) { m_bench.setup().setDpropeThreshold(thresholdAt(value)); });
}

void AngleControls::addAngleView(AngleTrack& angles) {
    auto* group = new QButtonGroup(this);
    auto* row = new QHBoxLayout;
    row->setSpacing(0);
    const std::array views{std::pair{AngleView::trained, tr("trained")}, std::pair{AngleView::target, tr("target")},
                           std::pair{AngleView::difference, tr("difference")}};
    for (const auto& [view, text] : views) {
        auto* button = segmentButton(text, QStringLiteral("angleView%1").arg(static_cast<int>(view)), this);
        button->setToolTip(tr("What the angle track shows"));
        button->setChecked(angles.view() == view);
        group->addButton(button);
        row->addWidget(button);
        const AngleView chosen = view;
        connect(button, &QPushButton::clicked, this, [&angles, chosen] { angles.setView(chosen); });
        connect(&angles, &AngleTrack::viewChanged, button,
                [button, &angles, chosen] { button->setChecked(angles.view() == chosen); });
    }
    m_buttons->addLayout(row);
}

void AngleControls::addPaintMode(FactorsTrack& factors) {
    auto* paint = segmentButton(tr("paint"), QStringLiteral("paintMode"), this);
    paint->setToolTip(tr("Strokes on the factors paint smoothly over neighbouring pairs (the same as holding Alt)"));
    m_buttons->addWidget(paint);
    connect(paint, &QPushButton::toggled, this, [&factors](bool on) { factors.setPaintMode(on); });
}

void AngleControls::follow() {
    const Setup& setup = m_bench.setup().setup();
    const QSignalBlocker quietTarget(m_target);
    const QSignalBlocker quietField(m_targetField);
    const QSignalBlocker quietBins(m_bins);
    const QSignalBlocker quietThreshold(m_threshold);
    m_target->setValue(static_cast<int>(std::lround(lengthScale(setup).positionOf(setup.targetLength) * sliderSteps)));
    m_targetField->setValue(static_cast<int>(setup.targetLength));
    const auto bins = std::lower_bound(binChoices.begin(), binChoices.end(), setup.bins);
    m_bins->setValue(static_cast<int>(std::min(bins, binChoices.end() - 1) - binChoices.begin()));
    m_binsLabel->setText(QString::number(setup.bins));
    m_threshold->setValue(thresholdStep(setup.dpropeThreshold));
    m_thresholdLabel->setText(setup.dpropeThreshold <= 0 ? QStringLiteral("0") : factorText(setup.dpropeThreshold));
}

} // namespace ropescope
