#include "views/widgets/training_more_fields.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QCheckBox>
#include <QComboBox>
#include <QGridLayout>
#include <QLabel>
#include <QLineEdit>
#include <QSpinBox>
#include <QToolButton>
#include <QVBoxLayout>

#include "views/widgets/controls.h"
#include "views/widgets/form_fields.h"

namespace ropescope {

namespace {

constexpr int most = std::numeric_limits<int>::max();

void addField(QGridLayout& grid, int row, int column, const QString& label, QWidget* field, const QString& tip) {
    auto* name = quietLabel(label);
    name->setBuddy(field);
    name->setToolTip(tip);
    field->setToolTip(tip);
    grid.addWidget(name, row, 2 * column);
    grid.addWidget(field, row, 2 * column + 1);
}

} // namespace

TrainingMoreFields::TrainingMoreFields(QWidget* parent)
    : QWidget(parent), m_fold(new QToolButton), m_fields(new QWidget),
      m_seed(narrow(countField(QStringLiteral("trainingSeed"), tr("Seed"), 0, most))),
      m_compute(choiceField(QStringLiteral("trainingCompute"), tr("Type to compute in"),
                            {tr("automatic"), QStringLiteral("float32"), QStringLiteral("bfloat16")})),
      m_factorRate(narrow(new QLineEdit)), m_cross(new QCheckBox(tr("sequences may cross documents"))) {
    m_fold->setObjectName(QStringLiteral("moreTrainingSettings"));
    m_fold->setText(tr("More settings"));
    m_fold->setToolTip(tr("Seed, type to compute in, documents, learning rate of the factors"));
    m_fold->setCheckable(true);
    m_fold->setAutoRaise(true);
    m_fold->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
    connect(m_fold, &QToolButton::toggled, this, &TrainingMoreFields::unfold);

    auto* grid = new QGridLayout(m_fields);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(spacingUnit / 2);
    grid->setVerticalSpacing(spacingUnit / 2);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    addField(*grid, 0, 0, tr("seed"), m_seed, tr("Of the order of the sequences, new weights and adapters"));
    addField(*grid, 0, 1, tr("compute"), m_compute,
             tr("Type of activations and products: float32, or bfloat16, which needs half their memory. Weights and "
                "optimizer stay float32. Automatic: bfloat16 where it is faster on this device"));
    m_factorRate->setObjectName(QStringLiteral("trainingFactorRate"));
    m_factorRate->setAccessibleName(tr("Learning rate of the factors"));
    m_factorRate->setAlignment(Qt::AlignRight);
    addField(*grid, 1, 0, tr("factor rate"), m_factorRate,
             tr("Peak learning rate of the factors' logarithms, where factors are learned"));
    m_cross->setObjectName(QStringLiteral("trainingCrossDocuments"));
    m_cross->setToolTip(tr("Documents end to end, cut into sequences anywhere; otherwise a sequence lies within one "
                           "document, and ends shorter than a sequence are left out"));
    grid->addWidget(m_cross, 2, 0, 1, 4);
    connect(m_seed, &QSpinBox::valueChanged, this,
            [this](int seed) { change([=](TrainingForm& form) { form.seed = seed; }); });
    connect(m_compute, &QComboBox::activated, this, [this](int index) {
        change([=](TrainingForm& form) { form.compute = static_cast<ComputeChoice>(index); });
    });
    connect(m_factorRate, &QLineEdit::textEdited, this,
            [this](const QString& text) { change([&](TrainingForm& form) { form.factorRate = rateFrom(text); }); });
    connect(m_cross, &QCheckBox::clicked, this,
            [this](bool on) { change([=](TrainingForm& form) { form.crossDocuments = on; }); });

    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(spacingUnit / 2);
    rows->addWidget(m_fold, 0, Qt::AlignLeft);
    rows->addWidget(m_fields);
    unfold(false);
    follow(TrainingForm());
}

void TrainingMoreFields::unfold(bool open) {
    m_fold->setArrowType(open ? Qt::DownArrow : Qt::RightArrow);
    m_fields->setVisible(open);
}

void TrainingMoreFields::change(const std::function<void(TrainingForm&)>& how) {
    if (!m_showing)
        Q_EMIT edited(how);
}

void TrainingMoreFields::follow(const TrainingForm& form) {
    m_showing = true;
    m_seed->setValue(static_cast<int>(std::min<std::int64_t>(form.seed, most)));
    m_compute->setCurrentIndex(static_cast<int>(form.compute));
    if (std::isfinite(form.factorRate) && rateFrom(m_factorRate->text()) != form.factorRate)
        m_factorRate->setText(rateText(form.factorRate));
    m_factorRate->setEnabled(form.learnFactors);
    m_cross->setChecked(form.crossDocuments);
    const TrainingForm usual;
    if (form.seed != usual.seed || form.compute != usual.compute || form.crossDocuments != usual.crossDocuments ||
        form.factorRate != usual.factorRate)
        m_fold->setChecked(true);
    m_showing = false;
}

} // namespace ropescope
