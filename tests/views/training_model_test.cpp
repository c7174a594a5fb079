// A training run's values and the form that asks for one, without an engine.
#include <cmath>
#include <limits>

#include <QDir>
#include <QFile>
#include <QSignalSpy>

#include "tests/support/qt_catch.h"
#include "tests/support/temporary_folder.h"
#include "views/models/training_form.h"
#include "views/models/training_model.h"

using namespace ropescope;

namespace {

TrainingPoint point(std::int64_t step, double loss, int stage = 1) {
    TrainingPoint one;
    one.step = step;
    one.stage = stage;
    one.loss = loss;
    one.smoothedLoss = loss + 0.5;
    one.learningRate = 1e-4 * static_cast<double>(step);
    one.gradientNorm = 2 * loss;
    return one;
}

TrainingRunInfo info(const QString& output) {
    TrainingRunInfo info;
    info.output = output;
    info.steps = 10;
    return info;
}

// A form that nothing is wrong with, and what it is checked against.
struct FormFixture {
    FormFixture() {
        setup.modelPath = QStringLiteral("demo");
        setup.textPath = QStringLiteral("demo");
        form.length = 128;
        form.output = path("run");
    }
    [[nodiscard]] QString path(const char* name) const {
        return QString::fromStdString((folder.path() / name).string());
    }
    // The fields that are wrong.
    [[nodiscard]] std::vector<TrainingField> wrong() const {
        std::vector<TrainingField> fields;
        for (const auto& [field, text] : trainingProblems(form, setup, &set)) {
            CHECK_FALSE(text.isEmpty());
            fields.push_back(field);
        }
        return fields;
    }
    test::TemporaryFolder folder;
    Setup setup;
    TrainingForm form;
    FactorSetEntry set;
};

} // namespace

TEST_CASE("A run's steps follow each other; those that come again replace the old ones") {
    TrainingModel model;
    QSignalSpy changes(&model, &TrainingModel::changed);
    CHECK(model.phase() == TrainingPhase::none);
    CHECK_FALSE(model.last());
    model.begin(info(QStringLiteral("out")));
    model.add({point(1, 3), point(2, 2.5), point(3, 2)});
    model.addCheckpoint({2, QStringLiteral("out/checkpoint-2")});
    CHECK(changes.count() == 3);
    CHECK_FALSE(model.canResume());
    model.end(TrainingPhase::cancelled, {});
    CHECK(model.canResume());
    // It went on from step 2, and step 3 came out the same or not.
    model.begin(info(QStringLiteral("out")));
    REQUIRE(model.run().points.size() == 3);
    model.add({point(3, 1.9), point(4, 1.8)});
    REQUIRE(model.run().points.size() == 4);
    CHECK(model.run().points[2].loss == 1.9);
    CHECK(model.last()->step == 4);
    // Another folder is another run, and so is a finished one's folder.
    model.begin(info(QStringLiteral("other")));
    CHECK(model.run().points.empty());
}

TEST_CASE("Curves of a run: none, one point, many, every quantity") {
    TrainingModel model;
    CHECK(model.curve(TrainingQuantity::loss, 100).empty());
    model.begin(info(QStringLiteral("out")));
    model.add({point(1, 3)});
    CHECK(model.curve(TrainingQuantity::loss, 100) == std::vector<CurvePoint>{{1, 3}});
    CHECK(model.curve(TrainingQuantity::smoothedLoss, 100) == std::vector<CurvePoint>{{1, 3.5}});
    CHECK(model.curve(TrainingQuantity::learningRate, 100) == std::vector<CurvePoint>{{1, 1e-4}});
    CHECK(model.curve(TrainingQuantity::gradientNorm, 100) == std::vector<CurvePoint>{{1, 6}});
    std::vector<TrainingPoint> many;
    for (int step = 2; step <= 20000; ++step)
        many.push_back(point(step, step == 7777 ? 99 : 1));
    model.add(many);
    const auto reduced = model.curve(TrainingQuantity::loss, 100);
    CHECK(reduced.size() <= 400);
    CHECK(std::any_of(reduced.begin(), reduced.end(), [](const CurvePoint& one) { return one.y == 99; }));
    CHECK(model.pointAt(7777)->loss == 99);
    CHECK_FALSE(model.pointAt(20001));
}

TEST_CASE("Stages end where the next begins; probes lie in order and keep NaN") {
    TrainingModel model;
    model.begin(info(QStringLiteral("out")));
    model.add({point(1, 5, 1), point(2, 5, 1), point(3, 3, 2), point(4, 3, 2)});
    CHECK(model.stageEnds() == std::vector<std::int64_t>{2});
    Measurement nan;
    nan.perplexity = std::numeric_limits<double>::quiet_NaN();
    Measurement good;
    good.perplexity = 12;
    model.addProbe({4, nan});
    model.addProbe({0, good});
    const auto curve = model.curve(TrainingQuantity::perplexity, 100);
    REQUIRE(curve.size() == 2);
    CHECK(curve[0] == CurvePoint{0, 12});
    CHECK(std::isnan(curve[1].y));
    model.setProbeProblem(QStringLiteral("too short"));
    CHECK(model.run().probeProblem == QStringLiteral("too short"));
    model.addProbe({4, good});
    CHECK(model.run().probes.size() == 2);
    CHECK(model.run().probes[1].measured.perplexity == 12);
    CHECK(model.run().probeProblem.isEmpty());
}

TEST_CASE("The newest two checkpoints are there; going on from an earlier one forgets those after it") {
    TrainingModel model;
    model.begin(info(QStringLiteral("out")));
    CHECK_FALSE(model.newestModel());
    for (const int step : {2, 4, 6})
        model.addCheckpoint({step, QStringLiteral("out/checkpoint-%1").arg(step)});
    REQUIRE(model.run().checkpoints.size() == 2);
    CHECK(model.run().checkpoints[0].step == 4);
    CHECK(model.newestModel()->folder == QStringLiteral("out/checkpoint-6"));
    model.addCheckpoint({5, QStringLiteral("out/checkpoint-5")});
    CHECK(model.newestModel()->step == 5);
    CHECK(model.run().checkpoints[0].step == 4);
}

TEST_CASE("A forecast's memory is the sum of its parts") {
    TrainingForecast forecast;
    CHECK(forecast.bytes() == 0);
    forecast.parts = {{QStringLiteral("weights"), 10}, {QStringLiteral("optimizer"), 20}};
    CHECK(forecast.bytes() == 30);
}

TEST_CASE_METHOD(FormFixture, "Every field of the form that makes no sense is named") {
    CHECK(wrong().empty());
    form.length = 1;
    CHECK(wrong() == std::vector{TrainingField::length});
    form.length = 128;
    form.steps = 20;
    form.optimizer.warmup = 20;
    CHECK(wrong() == std::vector{TrainingField::warmup});
    form.optimizer.warmup = 0;
    form.optimizer.learningRate = rateFrom(QStringLiteral("fast"));
    CHECK(wrong() == std::vector{TrainingField::learningRate});
    form.optimizer.learningRate = 1e-4;
    form.method = TrainingMethodChoice::patch;
    form.patch = 1;
    form.share = 0;
    CHECK(wrong() == std::vector{TrainingField::patch, TrainingField::share});
    form.method = TrainingMethodChoice::mixed;
    CHECK(wrong().empty());
    form.shortShare = 1.5;
    CHECK(wrong() == std::vector{TrainingField::shortShare});
    form.method = TrainingMethodChoice::lora;
    CHECK(wrong().empty());
    form.fromScratch = true;
    CHECK(wrong() == std::vector{TrainingField::method});
    form.fromScratch = false;
    form.targets.clear();
    CHECK(wrong() == std::vector{TrainingField::targets});
    form.method = TrainingMethodChoice::cepeEncoder;
    form.masked = 1;
    CHECK(wrong() == std::vector{TrainingField::share});
    form.method = TrainingMethodChoice::cepeWarmup; // its encoder reads the decoder's tokens
    form.context = 127;
    CHECK(wrong().empty());
    form.method = TrainingMethodChoice::cepe;
    CHECK(wrong() == std::vector{TrainingField::context});
    form.context = 126;
    CHECK(wrong().empty());
    form.method = TrainingMethodChoice::ceped;
    form.fromScratch = true;
    form.learnFactors = true;
    CHECK(wrong() == std::vector{TrainingField::factors, TrainingField::method});
    form.method = TrainingMethodChoice::token;
    form.factorRate = rateFrom(QStringLiteral("fast"));
    CHECK(wrong() == std::vector{TrainingField::factorRate});
    form = TrainingForm();
    setup = Setup();
    CHECK(trainingProblems(form, setup, nullptr).size() == 5); // model, text, factors, length, output
    form.textPath = QStringLiteral("/nowhere/text.txt");
    CHECK(trainingProblems(form, setup, nullptr).at(TrainingField::text).contains(form.textPath));
}

TEST_CASE_METHOD(FormFixture, "An output folder is new, or holds a run to go on with") {
    CHECK(outputState(form.output).kind == OutputState::Kind::free);
    REQUIRE(QDir().mkpath(form.output + QStringLiteral("/checkpoint-50")));
    REQUIRE(QDir().mkpath(form.output + QStringLiteral("/checkpoint-100")));
    REQUIRE(QDir().mkpath(form.output + QStringLiteral("/checkpoint-150.unfinished")));
    CHECK(outputState(form.output).kind == OutputState::Kind::unfinishedRun);
    CHECK(outputState(form.output).step == 100);
    CHECK(wrong().empty());
    QFile config(form.output + QStringLiteral("/config.json"));
    REQUIRE(config.open(QIODevice::WriteOnly));
    config.close();
    CHECK(outputState(form.output).kind == OutputState::Kind::model);
    CHECK(wrong() == std::vector{TrainingField::output});
    form.output = config.fileName();
    CHECK(wrong() == std::vector{TrainingField::output});
    form.output = QStringLiteral("  ");
    CHECK(wrong() == std::vector{TrainingField::output});
}

TEST_CASE("Rates are written as people write them, and a recipe fills the form") {
    CHECK(rateText(2e-5) == QStringLiteral("2e-5"));
    CHECK(rateText(0.0003) == QStringLiteral("0.0003"));
    CHECK(rateFrom(QStringLiteral(" 3e-4 ")) == 3e-4);
    CHECK(std::isnan(rateFrom(QStringLiteral("3 e"))));
    TrainingForm form;
    form.length = 64;
    TrainingPreset preset;
    preset.name = QStringLiteral("one");
    preset.steps = 400;
    preset.batch = 2;
    preset.accumulation = 32;
    preset.optimizer.beta2 = 0.99;
    form.apply(preset);
    CHECK(form.preset == QStringLiteral("one"));
    CHECK(form.tokensPerStep() == 64 * 64);
    CHECK(form.optimizer.beta2 == 0.99);
    form.method = TrainingMethodChoice::lora;
    CHECK(methodWords(form).contains(QStringLiteral("8")));
}
