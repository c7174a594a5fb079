#include "app/window/kept_training.h"

#include <algorithm>

#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/window/kept_measurements.h"

namespace ropescope {

namespace {

QString textOf(const std::string& text) {
    return QString::fromStdString(text);
}

// "token", "lora:8", "patch:4,0.5", "mixed:0.1", as on the command line.
void readMethod(const QString& words, TrainingForm& form) {
    const QString kind = words.section(QLatin1Char(':'), 0, 0);
    const QStringList numbers = words.section(QLatin1Char(':'), 1).split(QLatin1Char(','));
    form.method = TrainingMethodChoice::token;
    if (kind == QLatin1String("lora")) {
        form.method = TrainingMethodChoice::lora;
        form.rank = numbers.value(0).toLongLong();
    } else if (kind == QLatin1String("patch")) {
        form.method = TrainingMethodChoice::patch;
        form.patch = numbers.value(0).toLongLong();
        form.share = numbers.value(1).toDouble();
    } else if (kind == QLatin1String("mixed")) {
        form.method = TrainingMethodChoice::mixed;
        form.shortShare = numbers.value(0).toDouble();
    }
}

TrainingRunRecord recordOf(const StudyTraining& training) {
    TrainingRunRecord run;
    run.form = formOf(training, {});
    run.info.id = training.id;
    run.info.output = textOf(training.output);
    run.info.method = methodWords(*run.form);
    run.info.length = run.form->length;
    run.info.steps = training.steps;
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
    readMethod(textOf(training.method), form);
    form.fromScratch = plan.value(QLatin1String("model")).toString().startsWith(QLatin1String("from scratch"));
    form.learnFactors = !plan.value(QLatin1String("factor learning rate")).isNull();
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
