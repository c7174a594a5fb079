#include "app/window/kept_training.h"

#include <algorithm>
#include <map>

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/window/kept_measurements.h"
#include "app/window/model_setup.h"

namespace ropescope {

namespace {

QString textOf(const std::string& text) {
    return QString::fromStdString(text);
}

TrainingMethodChoice methodChoice(const QString& kind) {
    const std::map<QString, TrainingMethodChoice> choices{
        {QStringLiteral("lora"), TrainingMethodChoice::lora},
        {QStringLiteral("patch"), TrainingMethodChoice::patch},
        {QStringLiteral("mixed"), TrainingMethodChoice::mixed},
        {QStringLiteral("cepe-encoder"), TrainingMethodChoice::cepeEncoder},
        {QStringLiteral("cepe-warmup"), TrainingMethodChoice::cepeWarmup},
        {QStringLiteral("cepe"), TrainingMethodChoice::cepe},
        {QStringLiteral("ceped"), TrainingMethodChoice::ceped}};
    const auto found = choices.find(kind);
    return found == choices.end() ? TrainingMethodChoice::token : found->second;
}

// What a plan says of a method besides its name; what is the usual is left to the form.
void readMethodSettings(const QJsonObject& method, TrainingForm& form) {
    const auto number = [&method](const char* key) { return method.value(QLatin1String(key)).toDouble(); };
    const auto count = [&method](const char* key) { return method.value(QLatin1String(key)).toInteger(); };
    if (form.method == TrainingMethodChoice::lora) {
        form.alpha = number("alpha") == 2 * static_cast<double>(form.rank) ? 0 : number("alpha");
        form.targets.clear();
        for (const QJsonValue& target : method.value(QLatin1String("targets")).toArray())
            form.targets << target.toString();
    }
    if (form.method == TrainingMethodChoice::cepeEncoder)
        form.masked = number("share");
    if (readsContext(form.method)) {
        form.chunk = count("chunk");
        form.trainEncoder = method.value(QLatin1String("trains encoder")).toBool();
    }
    if (form.method == TrainingMethodChoice::cepe || form.method == TrainingMethodChoice::ceped)
        form.context = count("context");
    if (form.method == TrainingMethodChoice::ceped) {
        form.teacher = method.value(QLatin1String("teacher")).toString();
        form.teacherTop = count("top");
        const QJsonArray weights = method.value(QLatin1String("weights")).toArray();
        form.lossWeight = weights.at(0).toDouble();
        form.divergenceWeight = weights.at(1).toDouble();
        form.divergence = method.value(QLatin1String("mode")).toString();
    }
}

// "token", "lora:8", "patch:4,0.5", "mixed:0.1", "cepe", as on the command line, with the settings of its plan.
void readMethod(const QString& words, const QJsonObject& settings, TrainingForm& form) {
    const QStringList numbers = words.section(QLatin1Char(':'), 1).split(QLatin1Char(','));
    form.method = methodChoice(words.section(QLatin1Char(':'), 0, 0));
    if (form.method == TrainingMethodChoice::lora) {
        form.rank = numbers.value(0).toLongLong();
    } else if (form.method == TrainingMethodChoice::patch) {
        form.patch = numbers.value(0).toLongLong();
        form.share = numbers.value(1).toDouble();
    } else if (form.method == TrainingMethodChoice::mixed) {
        form.shortShare = numbers.value(0).toDouble();
    }
    readMethodSettings(settings, form);
}

TrainingRunRecord recordOf(const StudyTraining& training) {
    TrainingRunRecord run;
    run.form = formOf(training, {});
    run.info.id = training.id;
    run.info.output = textOf(training.output);
    run.info.method = methodWords(*run.form);
    run.info.length = run.form->length;
    run.info.steps = training.steps;
    run.info.measurable = measurable(run.form->method);
    run.phase = training.finished ? TrainingPhase::done : TrainingPhase::cancelled;
    for (const StudyTrainingStep& step : training.done) {
        TrainingPoint point;
        point.step = step.step;
        point.stage = step.stage;
        point.loss = step.loss;
        point.smoothedLoss = step.smoothedLoss;
        point.learningRate = step.learningRate;
        point.gradientNorm = step.gradientNorm;
        point.tokensPerSecond = step.tokensPerSecond;
        run.points.push_back(point);
    }
    for (const StudyCheckpoint& checkpoint : training.checkpoints)
        if (const QString folder = textOf(checkpoint.path); QFileInfo::exists(folder))
            run.checkpoints.push_back({checkpoint.step, folder});
    return run;
}

} // namespace

TrainingForm formOf(const StudyTraining& training, TrainingForm form) {
    const QJsonObject plan = QJsonDocument::fromJson(QByteArray::fromStdString(training.plan)).object();
    const auto number = [&plan](const char* key) { return plan.value(QLatin1String(key)).toDouble(); };
    const auto count = [&plan](const char* key) { return plan.value(QLatin1String(key)).toInteger(); };
    readMethod(textOf(training.method), plan.value(QLatin1String("method")).toObject(), form);
    form.textPath = textForm(plan.value(QLatin1String("text path")).toString());
    form.fromScratch = plan.value(QLatin1String("model")).toString().startsWith(QLatin1String("from scratch"));
    form.learnFactors = !plan.value(QLatin1String("factor learning rate")).isNull();
    if (form.learnFactors)
        form.factorRate = number("factor learning rate");
    form.seed = count("seed");
    form.crossDocuments = plan.value(QLatin1String("windows cross documents")).toBool();
    form.compute = plan.value(QLatin1String("compute type")).toString() == QLatin1String("bf16") ? ComputeChoice::bf16
                                                                                                 : ComputeChoice::fp32;
    form.preset.clear();
    form.length = count("length");
    form.steps = training.steps;
    form.batch = count("batch");
    form.accumulation = count("accumulation");
    OptimizerChoice& optimizer = form.optimizer;
    optimizer.learningRate = number("learning rate");
    const QJsonArray betas = plan.value(QLatin1String("betas")).toArray();
    optimizer.beta1 = betas.at(0).toDouble();
    optimizer.beta2 = betas.at(1).toDouble();
    optimizer.epsilon = number("epsilon");
    optimizer.weightDecay = number("weight decay");
    optimizer.decayAll = plan.value(QLatin1String("decay")).toString() == QLatin1String("all");
    optimizer.clip = number("clip");
    optimizer.schedule = plan.value(QLatin1String("schedule")).toString();
    optimizer.warmup = count("warm-up");
    form.output = textOf(training.output);
    return form;
}

std::vector<TrainingRunRecord> trainingRunsIn(const StudyContents& contents) {
    std::vector<TrainingRunRecord> runs;
    for (const StudyTraining& training : contents.trainings) {
        TrainingRunRecord run = recordOf(training);
        for (const StudyProbe& probe : contents.probes) {
            const auto* perplexity = std::get_if<PerplexityProbe>(&probe.result);
            if (!perplexity || !probe.checkpoint || probe.checkpoint->training != training.id)
                continue;
            // Measured again, the newest counts.
            const std::int64_t step = probe.checkpoint->step;
            std::erase_if(run.probes, [step](const TrainingProbe& one) { return one.step == step; });
            for (const PerplexityResult& result : perplexity->results)
                if (result.length == run.info.length)
                    run.probes.push_back({step, measurementOf(result)});
        }
        std::sort(run.probes.begin(), run.probes.end(),
                  [](const TrainingProbe& a, const TrainingProbe& b) { return a.step < b.step; });
        runs.push_back(std::move(run));
    }
    return runs;
}

} // namespace ropescope
