#include "views/pages/landscape_form.h"

#include <algorithm>

#include <QButtonGroup>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QHBoxLayout>
#include <QPushButton>
#include <QSpinBox>
#include <QVBoxLayout>

#include "views/models/value_text.h"
#include "views/widgets/controls.h"
#include "views/widgets/elided_label.h"
#include "views/widgets/theme.h"

namespace ropescope {

namespace {

constexpr int curvePoints = 17;
constexpr int mapPoints = 9;
constexpr int widestRecords = 44 * spacingUnit;

bool overlap(const Segment& a, const Segment& b) {
    return a.first < b.end && b.first < a.end;
}

QString pairsText(const Segment& pairs) {
    return pairs.end - pairs.first == 1 ? QString::number(pairs.first)
                                        : QStringLiteral("%1–%2").arg(pairs.first).arg(pairs.end - 1);
}

} // namespace

LandscapeForm::LandscapeForm(Bench& bench, QWidget* parent) : QWidget(parent), m_bench(bench) {
    setObjectName(QStringLiteral("landscapeControls"));
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(spacingUnit / 2);
    auto* top = new QHBoxLayout;
    auto* bottom = new QHBoxLayout;
    for (QHBoxLayout* row : {top, bottom}) {
        row->setSpacing(spacingUnit);
        rows->addLayout(row);
    }
    addMode(*top);
    m_first = addPairs(*top, QStringLiteral("first"), tr("pairs"));
    m_secondBox = new QWidget;
    auto* second = new QHBoxLayout(m_secondBox);
    second->setContentsMargins(0, 0, 0, 0);
    second->setSpacing(spacingUnit);
    m_second = addPairs(*second, QStringLiteral("second"), tr("and pairs"));
    top->addWidget(m_secondBox);
    addScale(*top);
    top->addStretch(1);
    addAmount(*bottom);
    addCost(*bottom);
    addRecords(*bottom);
    addRun(*bottom);
    connect(&bench.setup(), &SetupModel::geometryChanged, this, &LandscapeForm::fitToModel);
    connect(&bench.setup(), &SetupModel::changed, this, &LandscapeForm::follow);
    connect(&bench.selection(), &Selection::segmentChanged, this, &LandscapeForm::followSelection);
    connect(&bench.selection(), &Selection::setChanged, this, &LandscapeForm::follow);
    connect(&bench.sets(), &FactorSetStore::entryChanged, this, &LandscapeForm::follow);
    fitToModel();
    follow();
}

void LandscapeForm::addMode(QHBoxLayout& row) {
    m_one = segmentButton(tr("one segment"), QStringLiteral("oneSegment"));
    m_two = segmentButton(tr("two segments"), QStringLiteral("twoSegments"));
    m_one->setToolTip(tr("A curve: the factors of one segment are multiplied by a common scale"));
    m_two->setToolTip(tr("A map: two segments, each with a scale of its own"));
    m_one->setChecked(true);
    auto* group = new QButtonGroup(this);
    auto* together = new QHBoxLayout;
    together->setSpacing(0);
    for (QPushButton* button : {m_one, m_two}) {
        group->addButton(button);
        together->addWidget(button);
    }
    row.addLayout(together);
    connect(m_one, &QPushButton::clicked, this, [this] { setMap(false); });
    connect(m_two, &QPushButton::clicked, this, [this] { setMap(true); });
}

LandscapeForm::PairField LandscapeForm::addPairs(QHBoxLayout& row, const QString& name, const QString& label) {
    PairField field;
    field.first = countField(name + QStringLiteral("SegmentFirst"), tr("First pair of the segment"), 0, 255);
    field.last = countField(name + QStringLiteral("SegmentLast"), tr("Last pair of the segment"), 0, 255);
    const QString tip = tr("The segment whose factors are multiplied; a segment selected on the Dimensions page comes "
                           "here");
    row.addWidget(quietLabel(label));
    row.addWidget(field.first);
    row.addWidget(quietLabel(QStringLiteral("–")));
    row.addWidget(field.last);
    for (QSpinBox* box : {field.first, field.last}) {
        box->setToolTip(tip);
        connect(box, &QSpinBox::valueChanged, this, &LandscapeForm::follow);
    }
    return field;
}

void LandscapeForm::addScale(QHBoxLayout& row) {
    const auto field = [this](const QString& name, const QString& accessibleName, double value) {
        auto* box = new QDoubleSpinBox;
        box->setObjectName(name);
        box->setAccessibleName(accessibleName);
        box->setButtonSymbols(QAbstractSpinBox::NoButtons);
        box->setRange(0.01, 100);
        box->setDecimals(2);
        box->setValue(value);
        box->setAlignment(Qt::AlignRight);
        box->setKeyboardTracking(false);
        box->setToolTip(
            tr("λ′ᵢ = scale · λᵢ for all pairs of the segment; the scale runs over this range, evenly in its "
               "logarithm"));
        connect(box, &QDoubleSpinBox::valueChanged, this, &LandscapeForm::follow);
        return box;
    };
    m_low = field(QStringLiteral("scaleLow"), tr("Smallest scale"), 0.5);
    m_high = field(QStringLiteral("scaleHigh"), tr("Largest scale"), 2);
    row.addWidget(quietLabel(tr("times")));
    row.addWidget(m_low);
    row.addWidget(quietLabel(tr("to")));
    row.addWidget(m_high);
}

void LandscapeForm::addAmount(QHBoxLayout& row) {
    m_points =
        countField(QStringLiteral("landscapePoints"), tr("Points of the curve, or along each axis of the map"), 2, 257);
    m_points->setValue(curvePoints);
    m_points->setToolTip(tr("A curve puts its points where it bends; a map has this many along each axis, coarse ones "
                            "first"));
    m_length =
        countField(QStringLiteral("landscapeLength"), tr("Tokens per window"), 2, static_cast<int>(longestTarget));
    m_length->setToolTip(tr("Tokens that are scored together; the target length at first"));
    m_windows = countField(QStringLiteral("landscapeWindows"), tr("Windows of the text"), 1, 1000);
    m_windows->setValue(1);
    m_windows->setToolTip(tr("Windows side by side from the text's start; the NLL is the mean over all their tokens"));
    const std::pair<QString, QSpinBox*> fields[] = {
        {tr("points"), m_points}, {tr("tokens"), m_length}, {tr("windows"), m_windows}};
    for (const auto& [label, box] : fields) {
        row.addWidget(quietLabel(label));
        row.addWidget(box);
        connect(box, &QSpinBox::valueChanged, this, &LandscapeForm::follow);
    }
}

void LandscapeForm::addCost(QHBoxLayout& row) {
    m_cost = new ElidedLabel;
    m_cost->setObjectName(QStringLiteral("landscapeCost"));
    Theme::setRole(*m_cost, QStringLiteral("quiet"));
    row.addWidget(m_cost, 1);
}

// Wide: what was asked for is the name of a landscape.
void LandscapeForm::addRecords(QHBoxLayout& row) {
    m_records = new QComboBox;
    m_records->setObjectName(QStringLiteral("landscapeRecords"));
    m_records->setAccessibleName(tr("Landscapes of this study"));
    m_records->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    m_records->setMinimumContentsLength(16);
    m_records->setMaximumWidth(widestRecords);
    m_records->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    row.addWidget(m_records, 2);
    connect(m_records, &QComboBox::activated, this,
            [this](int index) { Q_EMIT recordChosen(m_records->itemData(index).toInt()); });
}

void LandscapeForm::addRun(QHBoxLayout& row) {
    m_run = new QPushButton;
    m_run->setObjectName(QStringLiteral("runLandscape"));
    m_run->setShortcut(QKeySequence(QStringLiteral("Ctrl+R")));
    row.addWidget(m_run);
    connect(m_run, &QPushButton::clicked, this, &LandscapeForm::runClicked);
}

// Another model: segments in its middle, where one turn is about the trained length for most models.
void LandscapeForm::fitToModel() {
    const int pairs = m_bench.setup().setup().geometry.pairs();
    const int width = std::max(pairs / 8, 1);
    const int start = std::min(pairs / 2, std::max(pairs - 2 * width, 0));
    const std::pair<PairField*, int> fields[] = {{&m_first, start},
                                                 {&m_second, std::min(start + width, pairs - width)}};
    for (const auto& [field, first] : fields) {
        const QSignalBlocker quietFirst(field->first);
        const QSignalBlocker quietLast(field->last);
        field->first->setRange(0, std::max(pairs - 1, 0));
        field->last->setRange(0, std::max(pairs - 1, 0));
        field->first->setValue(std::max(first, 0));
        field->last->setValue(std::max(first + width - 1, 0));
    }
    setLength(m_bench.setup().setup().targetLength);
}

void LandscapeForm::followSelection() {
    if (const auto segment = m_bench.selection().segment()) {
        m_first.first->setValue(segment->first);
        m_first.last->setValue(segment->end - 1);
    }
}

void LandscapeForm::setMap(bool map) {
    if (map == m_map)
        return;
    m_map = map;
    (map ? m_two : m_one)->setChecked(true);
    m_points->setValue(map ? mapPoints : curvePoints);
    follow();
    Q_EMIT mapChanged();
}

void LandscapeForm::setLength(std::int64_t tokens) {
    m_length->setValue(static_cast<int>(std::min(tokens, longestTarget)));
}

LandscapePlan LandscapeForm::plan() const {
    LandscapePlan plan;
    const FactorSetEntry* set = m_bench.currentSet();
    if (!set || !problem().isEmpty())
        return plan;
    plan.set = set->id;
    plan.setName = set->name;
    plan.base = set->set;
    plan.points = m_points->value();
    plan.length = m_length->value();
    plan.windows = m_windows->value();
    const ScaleAxis range{m_low->value(), m_high->value(), AxisSpacing::logarithmic};
    plan.axes.push_back({{m_first.first->value(), m_first.last->value() + 1}, range});
    if (m_map)
        plan.axes.push_back({{m_second.first->value(), m_second.last->value() + 1}, range});
    return plan;
}

void LandscapeForm::setPlan(const LandscapePlan& plan) {
    setMap(plan.axes.size() == 2);
    const PairField* fields[] = {&m_first, &m_second};
    for (std::size_t axis = 0; axis < plan.axes.size(); ++axis) {
        fields[axis]->first->setValue(plan.axes[axis].pairs.first);
        fields[axis]->last->setValue(plan.axes[axis].pairs.end - 1);
    }
    m_low->setValue(plan.axes.front().range.low);
    m_high->setValue(plan.axes.front().range.high);
    m_points->setValue(plan.points);
    m_length->setValue(static_cast<int>(plan.length));
    m_windows->setValue(static_cast<int>(plan.windows));
}

QString LandscapeForm::problem() const {
    if (m_bench.setup().setup().geometry.pairs() == 0)
        return tr("Open a model first.");
    if (!m_bench.currentSet())
        return tr("Select a factor set in the list at the left.");
    if (m_first.first->value() > m_first.last->value() || (m_map && m_second.first->value() > m_second.last->value()))
        return tr("A segment runs from its first pair to its last.");
    if (m_low->value() >= m_high->value())
        return tr("The range of scales is empty.");
    if (m_map && overlap({m_first.first->value(), m_first.last->value() + 1},
                         {m_second.first->value(), m_second.last->value() + 1}))
        return tr("The two segments share pairs.");
    return {};
}

void LandscapeForm::setRunning(bool running, const QString& status) {
    m_running = running;
    m_status = status;
    follow();
}

void LandscapeForm::follow() {
    const LandscapePlan asked = plan();
    m_secondBox->setVisible(m_map);
    m_run->setText(m_running ? tr("Cancel") : tr("Run"));
    m_run->setToolTip(m_running ? tr("Stops at the next safe point; what there is stays")
                                : tr("Computes the landscape in the background (Ctrl+R)"));
    m_run->setEnabled(m_running || !asked.axes.empty());
    if (m_running)
        m_cost->setText(m_status.isEmpty() ? tr("waiting for the engine…") : m_status);
    else if (asked.axes.empty())
        m_cost->setText(problem());
    else
        m_cost->setText(
            tr("%1: %2 points of %3 tokens")
                .arg(asked.setName, countText(asked.plannedPoints()), countText(asked.length * asked.windows)));
    m_records->setEnabled(!m_running);
    Q_EMIT changed();
}

QString LandscapeForm::recordText(const LandscapePlan& plan) {
    QStringList pairs;
    for (const LandscapeSpan& axis : plan.axes)
        pairs << pairsText(axis.pairs);
    return tr("%1: pairs %2 at %3 tokens").arg(plan.setName, pairs.join(tr(" and ")), countText(plan.length));
}

void LandscapeForm::setRecords(const std::vector<LandscapeRecord>& records, const LandscapePlan& shown) {
    const QSignalBlocker quiet(m_records);
    m_records->clear();
    m_records->setToolTip(tr("Landscapes of this study, newest first"));
    for (auto i = static_cast<int>(records.size()) - 1; i >= 0; --i) {
        const LandscapePlan& plan = records[static_cast<std::size_t>(i)].plan;
        m_records->addItem(recordText(plan), i);
        m_records->setItemData(m_records->count() - 1, recordText(plan), Qt::ToolTipRole);
        if (sameLandscape(plan, shown))
            m_records->setCurrentIndex(m_records->count() - 1);
    }
    m_records->setVisible(records.size() > 1);
}

} // namespace ropescope
