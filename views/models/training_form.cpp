#include "views/models/training_form.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QLocale>

#include "views/models/value_text.h"

namespace ropescope {

namespace {

// A class for its translation context.
struct TrainingFormText {
    Q_DECLARE_TR_FUNCTIONS(ropescope::TrainingForm)
};

using Problems = std::map<TrainingField, QString>;

void checkSources(const TrainingForm& form, const Setup& setup, const FactorSetEntry* set, Problems& problems) {
    if (setup.modelPath.isEmpty())
        problems[TrainingField::model] = TrainingFormText::tr("Open a model first.");
    else if (form.fromScratch && setup.modelPath.endsWith(QLatin1String(".gguf"), Qt::CaseInsensitive))
        problems[TrainingField::model] =
            TrainingFormText::tr("New weights need a folder with a config.json, not a GGUF file.");
    if (form.textPath.isEmpty() && setup.textPath.isEmpty())
        problems[TrainingField::text] = TrainingFormText::tr("Choose a text to train on.");
    else if (!form.textPath.isEmpty() && form.textPath != QLatin1String("demo") && !QFileInfo::exists(form.textPath))
        problems[TrainingField::text] = TrainingFormText::tr("There is no %1.").arg(form.textPath);
    if (form.learnFactors && (readsContext(form.method) || form.method == TrainingMethodChoice::cepeEncoder))
        problems[TrainingField::factors] =
            TrainingFormText::tr("CEPE's stages learn no factors: learn them with tokens, patches or adapters.");
    if (form.useFactors && !set)
        problems[TrainingField::factors] = TrainingFormText::tr("Select a factor set in the list at the left.");
}

void checkContext(const TrainingForm& form, Problems& problems) {
    if (form.fromScratch)
        problems[TrainingField::method] = TrainingFormText::tr(
            "A CEPE model begins with a decoder and an encoder that are there: start from the model's own weights.");
    if (form.method != TrainingMethodChoice::cepeWarmup && form.context > 0 && form.context > form.length - 2)
        problems[TrainingField::context] =
            TrainingFormText::tr("The decoder needs 2 of the %1 tokens of a sequence.").arg(countText(form.length));
}

void checkMethod(const TrainingForm& form, Problems& problems) {
    if (readsContext(form.method))
        checkContext(form, problems);
    if (form.method == TrainingMethodChoice::lora && form.targets.isEmpty())
        problems[TrainingField::targets] = TrainingFormText::tr("Choose at least one projection.");
    if (form.method == TrainingMethodChoice::cepeEncoder && !(form.masked > 0 && form.masked < 1))
        problems[TrainingField::share] = TrainingFormText::tr("A share between 0 and 1.");
    if (form.method == TrainingMethodChoice::lora && form.fromScratch)
        problems[TrainingField::method] =
            TrainingFormText::tr("Adapters refine weights that are there: start from the model's own.");
    if (form.method == TrainingMethodChoice::mixed && !(form.shortShare >= 0 && form.shortShare <= 1))
        problems[TrainingField::shortShare] = TrainingFormText::tr("A share from 0 to 1.");
    if (form.method != TrainingMethodChoice::patch)
        return;
    if (form.patch < 2)
        problems[TrainingField::patch] = TrainingFormText::tr("A patch has 2 tokens or more.");
    if (!(form.share > 0 && form.share <= 1))
        problems[TrainingField::share] = TrainingFormText::tr("A share above 0 and at most 1.");
}

void checkAmount(const TrainingForm& form, Problems& problems) {
    if (form.length < 2)
        problems[TrainingField::length] = TrainingFormText::tr("At least 2 tokens: the first predicts the second.");
    if (form.steps < 1)
        problems[TrainingField::steps] = TrainingFormText::tr("At least 1 step.");
    if (form.batch < 1 || form.accumulation < 1)
        problems[TrainingField::batch] = TrainingFormText::tr("At least 1 sequence and 1 pass.");
}

void checkOptimizer(const TrainingForm& form, Problems& problems) {
    const OptimizerChoice& optimizer = form.optimizer;
    if (!std::isfinite(optimizer.learningRate) || optimizer.learningRate <= 0)
        problems[TrainingField::learningRate] = TrainingFormText::tr("A number above 0, such as 2e-5.");
    if (optimizer.warmup >= form.steps && optimizer.warmup > 0)
        problems[TrainingField::warmup] =
            TrainingFormText::tr("Longer than the run of %1 steps: the peak would never be reached.")
                .arg(countText(form.steps));
    if (!std::isfinite(optimizer.clip) || optimizer.clip < 0)
        problems[TrainingField::clip] = TrainingFormText::tr("A norm above 0, or 0 for no clipping.");
    if (form.learnFactors && !(std::isfinite(form.factorRate) && form.factorRate > 0))
        problems[TrainingField::factorRate] = TrainingFormText::tr("A number above 0, such as 2e-5.");
    if (!std::isfinite(optimizer.weightDecay) || optimizer.weightDecay < 0)
        problems[TrainingField::weightDecay] = TrainingFormText::tr("0 or more.");
}

void checkOutput(const TrainingForm& form, Problems& problems) {
    if (form.output.trimmed().isEmpty()) {
        problems[TrainingField::output] = TrainingFormText::tr("Name a new folder for the trained model.");
        return;
    }
    switch (outputState(form.output).kind) {
    case OutputState::Kind::file:
        problems[TrainingField::output] = TrainingFormText::tr("This is a file: name a new folder.");
        break;
    case OutputState::Kind::model:
        problems[TrainingField::output] = TrainingFormText::tr("Holds a model already: name a new folder.");
        break;
    case OutputState::Kind::free:
    case OutputState::Kind::unfinishedRun:
        break;
    }
}

} // namespace

bool readsContext(TrainingMethodChoice method) {
    return method == TrainingMethodChoice::cepeWarmup || method == TrainingMethodChoice::cepe ||
           method == TrainingMethodChoice::ceped;
}

bool measurable(TrainingMethodChoice method) {
    return method != TrainingMethodChoice::cepeEncoder && !readsContext(method);
}

QStringList adapterTargets() {
    return {QStringLiteral("q"),    QStringLiteral("k"),  QStringLiteral("v"),   QStringLiteral("o"),
            QStringLiteral("gate"), QStringLiteral("up"), QStringLiteral("down")};
}

void TrainingForm::apply(const TrainingPreset& chosen) {
    preset = chosen.name;
    steps = chosen.steps;
    batch = chosen.batch;
    accumulation = chosen.accumulation;
    method = chosen.method;
    optimizer = chosen.optimizer;
}

OutputState outputState(const QString& folder) {
    const QFileInfo info(folder);
    if (folder.trimmed().isEmpty() || !info.exists())
        return {};
    if (!info.isDir())
        return {OutputState::Kind::file, 0};
    const QDir dir(folder);
    if (dir.exists(QStringLiteral("config.json")))
        return {OutputState::Kind::model, 0};
    OutputState state;
    for (const QString& name : dir.entryList({QStringLiteral("checkpoint-*")}, QDir::Dirs)) {
        bool whole = false;
        const std::int64_t step = name.mid(name.indexOf(QLatin1Char('-')) + 1).toLongLong(&whole);
        if (whole) {
            state.kind = OutputState::Kind::unfinishedRun;
            state.step = std::max(state.step, step);
        }
    }
    return state;
}

std::map<TrainingField, QString> trainingProblems(const TrainingForm& form, const Setup& setup,
                                                  const FactorSetEntry* set) {
    Problems problems;
    checkSources(form, setup, set, problems);
    checkMethod(form, problems);
    checkAmount(form, problems);
    checkOptimizer(form, problems);
    checkOutput(form, problems);
    return problems;
}

QString rateText(double rate) {
    if (!std::isfinite(rate))
        return {};
    QString text = QLocale::c().toString(rate, 'g', 6);
    text.replace(QLatin1String("e-0"), QLatin1String("e-"));
    return text.replace(QLatin1String("e+0"), QLatin1String("e"));
}

double rateFrom(const QString& text) {
    bool readable = false;
    const double rate = QLocale::c().toDouble(text.trimmed(), &readable);
    return readable ? rate : std::numeric_limits<double>::quiet_NaN();
}

QString methodWords(const TrainingForm& form) {
    switch (form.method) {
    case TrainingMethodChoice::lora:
        return TrainingFormText::tr("low-rank adapters, rank %1").arg(form.rank);
    case TrainingMethodChoice::patch:
        return TrainingFormText::tr("patches of %1 for %2, then tokens").arg(form.patch).arg(shareText(form.share));
    case TrainingMethodChoice::mixed:
        return TrainingFormText::tr("long sequences with %1 short ones").arg(shareText(form.shortShare));
    case TrainingMethodChoice::cepeEncoder:
        return TrainingFormText::tr("CEPE's encoder on %1 hidden tokens").arg(shareText(form.masked));
    case TrainingMethodChoice::cepeWarmup:
        return TrainingFormText::tr("CEPE, warm-up");
    case TrainingMethodChoice::cepe:
        return TrainingFormText::tr("CEPE, main stage");
    case TrainingMethodChoice::ceped:
        return TrainingFormText::tr("CEPE, from a teacher");
    case TrainingMethodChoice::token:
        break;
    }
    return TrainingFormText::tr("all weights");
}

} // namespace ropescope
