#include "views/widgets/training_method_fields.h"

#include <algorithm>
#include <limits>

#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QSpinBox>
#include <QVBoxLayout>

#include "views/widgets/controls.h"
#include "views/widgets/form_fields.h"

namespace ropescope {

namespace {

constexpr int most = std::numeric_limits<int>::max();
// Entries of the teacher's chooser.
enum TeacherEntry { ownDecoder, chosenModel, chooseFolder, chooseFile };

QVBoxLayout* rowsIn(QWidget* box) {
    auto* rows = new QVBoxLayout(box);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(spacingUnit / 2);
    return rows;
}

} // namespace

TrainingMethodFields::TrainingMethodFields(QWidget* parent)
    : QWidget(parent), m_adapters(buildAdapters()), m_patches(buildPatches()), m_mixed(buildMixed()),
      m_encoder(buildEncoder()), m_reading(buildReading()), m_teaching(buildTeacher()) {
    QVBoxLayout* rows = rowsIn(this);
    for (QWidget* box : {m_adapters, m_patches, m_mixed, m_encoder, m_reading, m_teaching})
        rows->addWidget(box);
    follow(TrainingForm());
}

void TrainingMethodFields::change(const std::function<void(TrainingForm&)>& how) {
    if (!m_showing)
        Q_EMIT edited(how);
}

QSpinBox* TrainingMethodFields::count(const char* name, const QString& accessible, const QString& tip, int low,
                                      std::int64_t TrainingForm::*value) {
    QSpinBox* box = narrow(countField(QLatin1String(name), accessible, low, most));
    box->setToolTip(tip);
    m_counts[box] = value;
    connect(box, &QSpinBox::valueChanged, this,
            [this, value](int count) { change([=](TrainingForm& form) { form.*value = count; }); });
    return box;
}

QDoubleSpinBox* TrainingMethodFields::number(const char* name, const QString& accessible, const QString& tip,
                                             double high, double step, double TrainingForm::*value) {
    QDoubleSpinBox* box = numberField(QLatin1String(name), accessible, 0, high, 3);
    box->setSingleStep(step);
    box->setToolTip(tip);
    m_numbers[box] = value;
    connect(box, &QDoubleSpinBox::valueChanged, this,
            [this, value](double number) { change([=](TrainingForm& form) { form.*value = number; }); });
    return box;
}

QWidget* TrainingMethodFields::buildAdapters() {
    auto* box = new QWidget;
    QVBoxLayout* rows = rowsIn(box);
    QDoubleSpinBox* alpha =
        number("trainingAlpha", tr("Alpha of the adapters"),
               tr("Updates count α / r times; 2 r unless another number is given"), 1e6, 1, &TrainingForm::alpha);
    alpha->setSpecialValueText(tr("2 r"));
    rows->addWidget(together(
        {quietLabel(tr("rank r")),
         count("trainingRank", tr("Rank of the adapters"), tr("Columns of B and rows of A"), 1, &TrainingForm::rank),
         quietLabel(tr("α")), alpha}));
    const QStringList names = adapterTargets();
    for (const auto& part : {names.mid(0, 4), names.mid(4)}) {
        auto* row = new QWidget;
        auto* boxes = new QHBoxLayout(row);
        boxes->setContentsMargins(0, 0, 0, 0);
        boxes->setSpacing(spacingUnit);
        for (const QString& name : part) {
            auto* check = new QCheckBox(name);
            check->setObjectName(QStringLiteral("trainingTarget_") + name);
            check->setToolTip(tr("Projections with adapters: q, k, v and o of the attention, gate, up and down of the "
                                 "feed-forward layers. Where a model fuses several, one of them names the whole"));
            connect(check, &QCheckBox::clicked, this, [this, name](bool on) {
                change([&](TrainingForm& form) {
                    QStringList wanted;
                    for (const QString& one : adapterTargets())
                        if (one == name ? on : form.targets.contains(one))
                            wanted << one;
                    form.targets = wanted;
                });
            });
            boxes->addWidget(check);
            m_targets[name] = check;
        }
        boxes->addStretch(1);
        rows->addWidget(row);
    }
    return box;
}

QWidget* TrainingMethodFields::buildPatches() {
    return together({quietLabel(tr("patch K")),
                     count("trainingPatch", tr("Tokens per patch"),
                           tr("K tokens become one position; the patch stage spans K times the tokens per sequence"), 1,
                           &TrainingForm::patch),
                     quietLabel(tr("share λ")),
                     number("trainingShare", tr("Share of the patch stage"),
                            tr("λ: the share of all tokens that the patch stage reads. The cost is λ / K + 1 − λ of "
                               "training on tokens alone"),
                            1, 0.05, &TrainingForm::share)});
}

QWidget* TrainingMethodFields::buildMixed() {
    return together({quietLabel(tr("short share")),
                     number("trainingShortShare", tr("Share of short sequences"),
                            tr("Of the passes: these read their tokens as sequences of the trained length under the "
                               "model's own factors, so that it keeps its short windows"),
                            1, 0.05, &TrainingForm::shortShare)});
}

QWidget* TrainingMethodFields::buildEncoder() {
    return together({quietLabel(tr("hidden share")),
                     number("trainingMasked", tr("Share of hidden tokens"),
                            tr("Of the tokens, drawn anew for every step: they become [MASK], the vocabulary's last "
                               "id, and are guessed from both sides (0.3 in the paper)"),
                            1, 0.05, &TrainingForm::masked)});
}

QWidget* TrainingMethodFields::buildReading() {
    auto* box = new QWidget;
    QVBoxLayout* rows = rowsIn(box);
    QSpinBox* chunk = count("trainingChunk", tr("Tokens per chunk"),
                            tr("Tokens that the encoder reads together: 64 in the warm-up and 256 in the other stages "
                               "unless another number is given"),
                            0, &TrainingForm::chunk);
    chunk->setSpecialValueText(tr("usual"));
    m_context = count("trainingContext", tr("Tokens of context"),
                      tr("The first tokens of every sequence, which the encoder reads; the decoder reads the rest and "
                         "is scored on it. Half of the sequence unless another number is given"),
                      0, &TrainingForm::context);
    m_context->setSpecialValueText(tr("half"));
    m_contextLabel = quietLabel(tr("context"));
    rows->addWidget(together({quietLabel(tr("chunk")), chunk, m_contextLabel, m_context}));
    m_trainEncoder = new QCheckBox(tr("train the encoder as well"));
    m_trainEncoder->setObjectName(QStringLiteral("trainingTrainEncoder"));
    m_trainEncoder->setToolTip(tr("Otherwise the cross-attention alone is trained. The decoder is frozen either way"));
    connect(m_trainEncoder, &QCheckBox::clicked, this,
            [this](bool on) { change([=](TrainingForm& form) { form.trainEncoder = on; }); });
    rows->addWidget(m_trainEncoder);
    return box;
}

QWidget* TrainingMethodFields::buildTeacher() {
    auto* box = new QWidget;
    QVBoxLayout* rows = rowsIn(box);
    m_teacher = choiceField(QStringLiteral("trainingTeacher"), tr("Teacher"), {});
    connect(m_teacher, &QComboBox::activated, this, &TrainingMethodFields::teacherActivated);
    m_teacher->setToolTip(tr("A model of the same vocabulary that reads whole sequences; its most likely tokens are "
                             "computed once and stored in the run's folder"));
    rows->addWidget(together({quietLabel(tr("teacher")), m_teacher}));
    m_divergence = choiceField(QStringLiteral("trainingDivergence"), tr("Rest of the teacher's tokens"),
                               {QStringLiteral("drop"), QStringLiteral("smooth_1e-6"), QStringLiteral("plain")});
    m_divergence->setToolTip(
        tr("The share that an answer leaves to all tokens it does not list: not compared; one more "
           "entry, with a small amount added to all; or one more entry as it is"));
    connect(m_divergence, &QComboBox::activated, this, [this](int index) {
        const QString mode = m_divergence->itemText(index);
        change([=](TrainingForm& form) { form.divergence = mode; });
    });
    rows->addWidget(together({quietLabel(tr("most likely")),
                              count("trainingTeacherTop", tr("Tokens of the teacher's answers"),
                                    tr("How many of its most likely tokens an answer lists at every position"), 1,
                                    &TrainingForm::teacherTop),
                              quietLabel(tr("rest")), m_divergence}));
    const QString tip = tr("Loss = a · the tokens' own loss + b · the divergence from the teacher");
    rows->addWidget(together(
        {quietLabel(tr("own loss ×")),
         number("trainingLossWeight", tr("Weight of the tokens' own loss"), tip, 1e3, 0.5, &TrainingForm::lossWeight),
         quietLabel(tr("teacher ×")),
         number("trainingDivergenceWeight", tr("Weight of the divergence from the teacher"), tip, 1e3, 0.5,
                &TrainingForm::divergenceWeight)}));
    return box;
}

void TrainingMethodFields::teacherActivated(int index) {
    QString path;
    switch (m_teacher->itemData(index).toInt()) {
    case chooseFolder:
        path = QFileDialog::getExistingDirectory(this, tr("Teacher's folder"));
        break;
    case chooseFile:
        path = QFileDialog::getOpenFileName(this, tr("Teacher"), {}, tr("Models (*.gguf);;All files (*)"));
        break;
    case chosenModel:
        return;
    default:
        change([](TrainingForm& form) { form.teacher.clear(); });
        return;
    }
    if (path.isEmpty())
        path = m_teacherPath;
    change([&](TrainingForm& form) { form.teacher = path; });
}

void TrainingMethodFields::showTeacher(const TrainingForm& form) {
    m_teacherPath = form.teacher;
    m_teacher->clear();
    m_teacher->addItem(tr("the model's own decoder"), ownDecoder);
    if (!form.teacher.isEmpty()) {
        m_teacher->addItem(QFileInfo(form.teacher).fileName(), chosenModel);
        m_teacher->setItemData(1, QDir::toNativeSeparators(form.teacher), Qt::ToolTipRole);
    }
    m_teacher->setCurrentIndex(form.teacher.isEmpty() ? 0 : 1);
    m_teacher->addItem(tr("Choose a folder…"), chooseFolder);
    m_teacher->addItem(tr("Choose a file…"), chooseFile);
    // A run of another client may smooth by another amount.
    if (m_divergence->findText(form.divergence) < 0)
        m_divergence->addItem(form.divergence);
    m_divergence->setCurrentText(form.divergence);
}

void TrainingMethodFields::follow(const TrainingForm& form) {
    m_showing = true;
    for (const auto& [box, value] : m_counts)
        box->setValue(static_cast<int>(std::min<std::int64_t>(form.*value, most)));
    for (const auto& [box, value] : m_numbers)
        box->setValue(form.*value);
    for (const auto& [name, box] : m_targets)
        box->setChecked(form.targets.contains(name));
    m_trainEncoder->setChecked(form.trainEncoder);
    showTeacher(form);
    m_adapters->setVisible(form.method == TrainingMethodChoice::lora);
    m_patches->setVisible(form.method == TrainingMethodChoice::patch);
    m_mixed->setVisible(form.method == TrainingMethodChoice::mixed);
    m_encoder->setVisible(form.method == TrainingMethodChoice::cepeEncoder);
    m_reading->setVisible(readsContext(form.method));
    const bool split = form.method != TrainingMethodChoice::cepeWarmup; // its encoder reads the decoder's tokens
    m_contextLabel->setVisible(split);
    m_context->setVisible(split);
    m_teaching->setVisible(form.method == TrainingMethodChoice::ceped);
    m_showing = false;
}

} // namespace ropescope
