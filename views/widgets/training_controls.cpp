#include "views/widgets/training_controls.h"

#include <algorithm>
#include <limits>

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>

#include "views/models/value_text.h"
#include "views/widgets/controls.h"
#include "views/widgets/form_fields.h"
#include "views/widgets/training_method_fields.h"
#include "views/widgets/training_more_fields.h"

namespace ropescope {

namespace {

constexpr int most = std::numeric_limits<int>::max();
constexpr int fieldColumns = 2; // side by side
// Entries of the text chooser after the text that is in use.
enum TextEntry { windowText, ownText, chooseFile, chooseFolder };

} // namespace

TrainingControls::TrainingControls(const Theme& theme, QWidget* parent)
    : QWidget(parent), m_theme(theme), m_grid(new QGridLayout(this)) {
    setObjectName(QStringLiteral("trainingControls"));
    m_grid->setContentsMargins(0, 0, spacingUnit, 0);
    m_grid->setHorizontalSpacing(spacingUnit / 2);
    m_grid->setVerticalSpacing(spacingUnit / 2);
    for (int column = 0; column < fieldColumns; ++column)
        m_grid->setColumnStretch(2 * column + 1, 1);
    buildSources();
    buildMethod();
    buildAmount();
    buildOptimizer();
    buildOutput();
    m_grid->setRowStretch(m_place.row + 1, 1);
    refresh();
}

void TrainingControls::add(const QString& label, QWidget* field, const QString& tip, bool wide) {
    if (wide && m_place.column > 0)
        m_place = {m_place.row + 1, 0};
    field->setToolTip(tip);
    auto* name = quietLabel(label);
    name->setBuddy(field);
    name->setToolTip(tip);
    m_grid->addWidget(name, m_place.row, 2 * m_place.column);
    m_grid->addWidget(field, m_place.row, 2 * m_place.column + 1, 1, wide ? 2 * fieldColumns - 1 : 1);
    m_place.column += wide ? fieldColumns : 1;
    if (m_place.column >= fieldColumns)
        m_place = {m_place.row + 1, 0};
}

// Under the row that was begun last.
void TrainingControls::addProblem(TrainingField field) {
    auto* label = new QLabel;
    label->setObjectName(QStringLiteral("trainingProblem%1").arg(static_cast<int>(field)));
    label->setProperty("role", QStringLiteral("warning"));
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    label->setFont(m_theme.labelFont());
    label->hide();
    if (m_place.column > 0)
        m_place = {m_place.row + 1, 0};
    m_grid->addWidget(label, m_place.row, 0, 1, 2 * fieldColumns);
    ++m_place.row;
    m_problems[field] = label;
}

QSpinBox* TrainingControls::addCount(const QString& name, const QString& label, const QString& tip, int low,
                                     std::int64_t TrainingForm::*value) {
    QSpinBox* box = narrow(countField(name, label, low, most));
    m_counts[box] = value;
    const bool ofPreset =
        value == &TrainingForm::steps || value == &TrainingForm::batch || value == &TrainingForm::accumulation;
    connect(box, &QSpinBox::valueChanged, this,
            [this, value, ofPreset](int count) { edit([=](TrainingForm& form) { form.*value = count; }, ofPreset); });
    box->setToolTip(tip);
    return box;
}

void TrainingControls::buildSources() {
    m_start = choiceField(QStringLiteral("trainingStart"), tr("Where the weights come from"),
                          {tr("the model's weights"), tr("new weights of its shape")});
    connect(m_start, &QComboBox::activated, this,
            [this](int index) { edit([=](TrainingForm& form) { form.fromScratch = index == 1; }); });
    add(tr("start from"), m_start,
        tr("The window's model as it is, or random weights (normal, as its configuration says) in the same shape"),
        true);
    addProblem(TrainingField::model);
    m_text = choiceField(QStringLiteral("trainingText"), tr("Text to train on"), {});
    connect(m_text, &QComboBox::activated, this, &TrainingControls::textActivated);
    add(tr("text"), m_text,
        tr("What is trained on. Perplexities along the run are measured on the window's text: choose another text here "
           "to see them on text that the model has not seen"),
        true);
    addProblem(TrainingField::text);
    m_factors = choiceField(QStringLiteral("trainingFactors"), tr("Factors to train with"), {});
    connect(m_factors, &QComboBox::activated, this,
            [this](int index) { edit([=](TrainingForm& form) { form.useFactors = index == 0; }); });
    m_learn = new QCheckBox(tr("learn"));
    m_learn->setObjectName(QStringLiteral("trainingLearnFactors"));
    connect(m_learn, &QCheckBox::clicked, this,
            [this](bool on) { edit([=](TrainingForm& form) { form.learnFactors = on; }); });
    add(tr("factors"), together({m_factors}), {}, false);
    m_factors->setToolTip(tr("The current factor set is in force from the first step and goes into the result's "
                             "configuration"));
    m_learn->setToolTip(tr("Factors and attention factor are trained as well, through their logarithms, with a "
                           "learning rate of 1e-3"));
    m_grid->addWidget(m_learn, m_place.row, 2, 1, 2);
    m_place = {m_place.row + 1, 0};
    addProblem(TrainingField::factors);
}

void TrainingControls::buildMethod() {
    m_method = choiceField(QStringLiteral("trainingMethod"), tr("What is trained"), {});
    setMethods({TrainingMethodChoice::token, TrainingMethodChoice::lora, TrainingMethodChoice::patch,
                TrainingMethodChoice::mixed});
    connect(m_method, &QComboBox::activated, this, [this](int index) {
        edit([=, this](TrainingForm& form) {
            form.method = static_cast<TrainingMethodChoice>(m_method->itemData(index).toInt());
        });
    });
    add(tr("train"), m_method,
        tr("All weights on next tokens; adapters ΔW = (α / r) · B A on the attention's projections (arXiv 2106.09685), "
           "merged in the end; patch-level training (arXiv 2407.12665): first on the mean embeddings of K tokens, then "
           "on tokens; mixed windows (arXiv 2502.20082): some passes read short sequences under the model's own "
           "factors; or, where the model allows it, the stages of CEPE (arXiv 2402.16617): the encoder on hidden "
           "tokens, "
           "then cross-attention to what it read"),
        true);
    addProblem(TrainingField::method);
    m_methodFields = new TrainingMethodFields;
    connect(m_methodFields, &TrainingMethodFields::edited, this,
            [this](const std::function<void(TrainingForm&)>& change) { edit(change); });
    m_grid->addWidget(m_methodFields, m_place.row, 1, 1, 2 * fieldColumns - 1);
    ++m_place.row;
    addProblem(TrainingField::targets);
    addProblem(TrainingField::context);
    addProblem(TrainingField::patch);
    addProblem(TrainingField::share);
    addProblem(TrainingField::shortShare);
    m_preset = choiceField(QStringLiteral("trainingPreset"), tr("Recipe"), {});
    connect(m_preset, &QComboBox::activated, this, &TrainingControls::presetActivated);
    add(tr("recipe"), m_preset,
        tr("Published settings; picking one fills the fields below, which stay yours to change"), true);
    m_source = quietLabel({}, QStringLiteral("trainingSource"));
    m_source->setWordWrap(true);
    m_source->setFont(m_theme.labelFont());
    m_grid->addWidget(m_source, m_place.row, 0, 1, 2 * fieldColumns);
    ++m_place.row;
}

void TrainingControls::buildAmount() {
    const auto count = [this](const char* name, const QString& label, const QString& accessible, const QString& tip,
                              int low, std::int64_t TrainingForm::*value) {
        add(label, addCount(QLatin1String(name), accessible, tip, low, value), tip, false);
    };
    count("trainingLength", tr("length"), tr("Tokens per sequence"),
          tr("Tokens per sequence of token training; the target length of the window to begin with"), 1,
          &TrainingForm::length);
    count("trainingSteps", tr("steps"), tr("Optimizer steps"), tr("Optimizer steps, over all stages"), 1,
          &TrainingForm::steps);
    addProblem(TrainingField::length);
    addProblem(TrainingField::steps);
    count("trainingBatch", tr("batch"), tr("Sequences per pass"),
          tr("Sequences in memory at once; activations grow with it"), 1, &TrainingForm::batch);
    count("trainingAccumulation", tr("× passes"), tr("Passes per step"),
          tr("Passes whose gradients are added up before a step: a larger batch in the same memory"), 1,
          &TrainingForm::accumulation);
    addProblem(TrainingField::batch);
}

void TrainingControls::buildOptimizer() {
    m_rate = narrow(new QLineEdit);
    m_rate->setObjectName(QStringLiteral("trainingRate"));
    m_rate->setAccessibleName(tr("Learning rate"));
    m_rate->setAlignment(Qt::AlignRight);
    connect(m_rate, &QLineEdit::textEdited, this, [this](const QString& text) {
        edit([&](TrainingForm& form) { form.optimizer.learningRate = rateFrom(text); }, true);
    });
    add(tr("rate"), m_rate, tr("AdamW's learning rate at the peak of the schedule, such as 2e-5"), false);
    m_warmup = narrow(countField(QStringLiteral("trainingWarmup"), tr("Warm-up steps"), 0, most));
    connect(m_warmup, &QSpinBox::valueChanged, this,
            [this](int steps) { edit([=](TrainingForm& form) { form.optimizer.warmup = steps; }, true); });
    add(tr("warm-up"), m_warmup, tr("Steps in which the rate rises from 0 to its peak, in each stage"), false);
    addProblem(TrainingField::learningRate);
    addProblem(TrainingField::warmup);
    m_schedule =
        choiceField(QStringLiteral("trainingSchedule"), tr("Schedule"), {tr("constant"), tr("linear"), tr("cosine")});
    m_schedule->setItemData(0, QStringLiteral("constant"));
    m_schedule->setItemData(1, QStringLiteral("linear"));
    m_schedule->setItemData(2, QStringLiteral("cosine"));
    connect(m_schedule, &QComboBox::activated, this, [this](int index) {
        edit([&](TrainingForm& form) { form.optimizer.schedule = m_schedule->itemData(index).toString(); }, true);
    });
    add(tr("schedule"), m_schedule,
        tr("After the warm-up: constant, falling linearly to 0, or along half a cosine to 0"), false);
    m_clip = numberField(QStringLiteral("trainingClip"), tr("Largest gradient norm"), 0, 1e6, 2);
    connect(m_clip, &QDoubleSpinBox::valueChanged, this,
            [this](double norm) { edit([=](TrainingForm& form) { form.optimizer.clip = norm; }, true); });
    add(tr("clip"), m_clip, tr("Gradients are scaled down to this global norm; 0: never"), false);
    addProblem(TrainingField::clip);
    m_decay = numberField(QStringLiteral("trainingDecay"), tr("Weight decay"), 0, 1e3, 3);
    connect(m_decay, &QDoubleSpinBox::valueChanged, this,
            [this](double decay) { edit([=](TrainingForm& form) { form.optimizer.weightDecay = decay; }, true); });
    add(tr("decay"), m_decay, tr("AdamW's weight decay (arXiv 1711.05101)"), false);
    m_save = choiceField(QStringLiteral("trainingSave"), tr("Type of the result's weights"),
                         {QStringLiteral("float32"), QStringLiteral("bfloat16")});
    connect(m_save, &QComboBox::activated, this,
            [this](int index) { edit([=](TrainingForm& form) { form.saveBf16 = index == 1; }); });
    add(tr("save as"), m_save, tr("Of the finished model; checkpoints are always float32"), false);
    addProblem(TrainingField::weightDecay);
}

void TrainingControls::buildOutput() {
    const QString everyTip = tr("Steps between checkpoints; the newest two are kept, and each is a model to open");
    add(tr("save every"),
        addCount(QStringLiteral("trainingInterval"), tr("Steps between checkpoints"), everyTip, 1,
                 &TrainingForm::checkpointInterval),
        everyTip, false);
    const QString probeTip =
        tr("Windows of the window's text, each as long as a sequence, scored before the first step "
           "and at every checkpoint; 0: none. Meanwhile the model is in memory a second time. CEPE's stages are "
           "followed by "
           "their loss alone");
    add(tr("measure"),
        addCount(QStringLiteral("trainingProbes"), tr("Windows to measure"), probeTip, 0, &TrainingForm::probeWindows),
        probeTip, false);
    m_output = new QLineEdit;
    m_output->setObjectName(QStringLiteral("trainingOutput"));
    m_output->setAccessibleName(tr("Folder for the trained model"));
    connect(m_output, &QLineEdit::textEdited, this,
            [this](const QString& text) { edit([&](TrainingForm& form) { form.output = text; }); });
    auto* browse = new QPushButton(tr("Choose…"));
    browse->setObjectName(QStringLiteral("browseTrainingOutput"));
    browse->setProperty("role", QStringLiteral("link"));
    connect(browse, &QPushButton::clicked, this, &TrainingControls::askOutput);
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_output, 1);
    row->addWidget(browse);
    m_more = new TrainingMoreFields;
    connect(m_more, &TrainingMoreFields::edited, this,
            [this](const std::function<void(TrainingForm&)>& change) { edit(change); });
    add(tr("folder"), box, tr("A new folder: checkpoints while the run lasts, the trained model in the end"), true);
    addProblem(TrainingField::output);
    m_grid->addWidget(m_more, m_place.row, 0, 1, 2 * fieldColumns);
    ++m_place.row;
    addProblem(TrainingField::factorRate);
}

void TrainingControls::edit(const std::function<void(TrainingForm&)>& change, bool leavesPreset) {
    if (m_showing)
        return;
    change(m_form);
    if (leavesPreset)
        m_form.preset.clear();
    showPreset();
    showMethod();
    Q_EMIT changed();
}

void TrainingControls::setForm(const TrainingForm& form) {
    m_form = form;
    refresh();
}

void TrainingControls::setPresets(std::vector<TrainingPreset> presets) {
    m_presets = std::move(presets);
    const QSignalBlocker quiet(m_preset);
    m_preset->clear();
    m_preset->addItem(tr("own settings"));
    for (const TrainingPreset& preset : m_presets) {
        m_preset->addItem(preset.name);
        m_preset->setItemData(m_preset->count() - 1, preset.source, Qt::ToolTipRole);
    }
    showPreset();
}

void TrainingControls::setNames(const QString& text, const QString& set) {
    if (text == m_textName && set == m_setName && m_text->count() > 0)
        return;
    m_textName = text;
    m_setName = set;
    refresh();
}

void TrainingControls::refresh() {
    m_showing = true;
    m_start->setCurrentIndex(m_form.fromScratch ? 1 : 0);
    m_text->clear();
    m_text->addItem(m_textName.isEmpty() ? tr("the window's text") : tr("the window's: %1").arg(m_textName),
                    windowText);
    if (!m_form.textPath.isEmpty()) {
        m_text->addItem(QFileInfo(m_form.textPath).fileName(), ownText);
        m_text->setItemData(1, QDir::toNativeSeparators(m_form.textPath), Qt::ToolTipRole);
    }
    m_text->setCurrentIndex(m_form.textPath.isEmpty() ? 0 : 1);
    m_text->addItem(tr("Choose a file…"), chooseFile);
    m_text->addItem(tr("Choose a folder…"), chooseFolder);
    m_factors->clear();
    m_factors->addItems({m_setName.isEmpty() ? tr("the current set") : m_setName, tr("as configured")});
    m_factors->setCurrentIndex(m_form.useFactors ? 0 : 1);
    m_learn->setChecked(m_form.learnFactors);
    for (const auto& [box, value] : m_counts)
        box->setValue(static_cast<int>(std::min<std::int64_t>(m_form.*value, most)));
    if (rateFrom(m_rate->text()) != m_form.optimizer.learningRate)
        m_rate->setText(rateText(m_form.optimizer.learningRate));
    m_warmup->setValue(static_cast<int>(std::min<std::int64_t>(m_form.optimizer.warmup, most)));
    m_schedule->setCurrentIndex(std::max(m_schedule->findData(m_form.optimizer.schedule), 0));
    m_clip->setValue(m_form.optimizer.clip);
    m_decay->setValue(m_form.optimizer.weightDecay);
    m_save->setCurrentIndex(m_form.saveBf16 ? 1 : 0);
    if (m_output->text() != m_form.output)
        m_output->setText(m_form.output);
    showPreset();
    showMethod();
    m_showing = false;
}

// What the fields don't show stands in the line below the recipe.
void TrainingControls::showPreset() {
    int index = 0;
    QString source;
    for (std::size_t i = 0; i < m_presets.size(); ++i)
        if (m_presets[i].name == m_form.preset) {
            index = static_cast<int>(i) + 1;
            source = m_presets[i].source + QLatin1Char('\n');
        }
    const QSignalBlocker quiet(m_preset);
    m_preset->setCurrentIndex(index);
    const OptimizerChoice& optimizer = m_form.optimizer;
    m_source->setText(source + tr("AdamW, β %1 and %2, ε %3; decay of %4")
                                   .arg(rateText(optimizer.beta1), rateText(optimizer.beta2),
                                        rateText(optimizer.epsilon),
                                        optimizer.decayAll ? tr("all weights") : tr("matrices only")));
}

void TrainingControls::showMethod() {
    m_method->setCurrentIndex(m_method->findData(static_cast<int>(m_form.method)));
    m_methodFields->follow(m_form);
    m_more->follow(m_form);
    for (const auto& [box, value] : m_counts)
        if (value == &TrainingForm::probeWindows)
            box->setEnabled(measurable(m_form.method));
}

void TrainingControls::setMethods(const std::vector<TrainingMethodChoice>& methods) {
    const std::map<TrainingMethodChoice, QString> names{
        {TrainingMethodChoice::token, tr("all weights")},
        {TrainingMethodChoice::lora, tr("low-rank adapters")},
        {TrainingMethodChoice::patch, tr("patches, then tokens")},
        {TrainingMethodChoice::mixed, tr("long and short sequences")},
        {TrainingMethodChoice::cepeEncoder, tr("CEPE's encoder, on hidden tokens")},
        {TrainingMethodChoice::cepeWarmup, tr("CEPE, warm-up: copying")},
        {TrainingMethodChoice::cepe, tr("CEPE, main stage: reading a context")},
        {TrainingMethodChoice::ceped, tr("CEPE, from a teacher (CEPED)")}};
    m_method->clear();
    for (const TrainingMethodChoice method : methods)
        m_method->addItem(names.at(method), static_cast<int>(method));
    m_method->setCurrentIndex(m_method->findData(static_cast<int>(m_form.method)));
}

bool TrainingControls::offers(TrainingMethodChoice method) const {
    return m_method->findData(static_cast<int>(method)) >= 0;
}

void TrainingControls::showProblems(const std::map<TrainingField, QString>& problems) {
    for (const auto& [field, label] : m_problems) {
        const auto found = problems.find(field);
        label->setText(found == problems.end() ? QString() : found->second);
        label->setVisible(found != problems.end());
    }
}

void TrainingControls::setLocked(bool locked) {
    setEnabled(!locked);
}

void TrainingControls::chooseText(const QString& path) {
    edit([&](TrainingForm& form) { form.textPath = path; });
    refresh();
}

void TrainingControls::textActivated(int index) {
    QString path = m_form.textPath;
    switch (m_text->itemData(index).toInt()) {
    case chooseFile:
        path = QFileDialog::getOpenFileName(this, tr("Text to train on"), {},
                                            tr("Texts (*.txt *.jsonl *.json);;All files (*)"));
        break;
    case chooseFolder:
        path = QFileDialog::getExistingDirectory(this, tr("Folder of texts to train on"));
        break;
    case windowText:
        chooseText({});
        return;
    default:
        return;
    }
    chooseText(path.isEmpty() ? m_form.textPath : path);
}

void TrainingControls::presetActivated(int index) {
    if (index < 1 || index > static_cast<int>(m_presets.size()))
        edit([](TrainingForm& form) { form.preset.clear(); });
    else
        edit([&](TrainingForm& form) { form.apply(m_presets[static_cast<std::size_t>(index) - 1]); });
    refresh();
}

void TrainingControls::askOutput() {
    const QString path = QFileDialog::getSaveFileName(this, tr("New folder for the trained model"), m_form.output, {},
                                                      nullptr, QFileDialog::DontConfirmOverwrite);
    if (path.isEmpty())
        return;
    edit([&](TrainingForm& form) { form.output = path; });
    refresh();
}

} // namespace ropescope
