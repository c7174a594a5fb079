// The Training page without an engine: every state has a picture, every wish is a signal.
#include <cmath>

#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSpinBox>
#include <QTest>
#include <QToolButton>

#include "tests/support/qt_catch.h"
#include "tests/support/qt_warnings.h"
#include "tests/support/temporary_folder.h"
#include "tests/views/bench_fixture.h"
#include "views/charts/chart_panel.h"
#include "views/charts/curve_chart.h"
#include "views/charts/forecast_bar.h"
#include "views/pages/training_page.h"
#include "views/widgets/training_controls.h"

using namespace ropescope;

namespace {

struct TrainingPageFixture : test::BenchFixture {
    TrainingPageFixture() {
        Setup setup = bench.setup().setup();
        setup.modelPath = setup.textPath = QStringLiteral("demo");
        setup.textName = QStringLiteral("demo text");
        bench.openSetup(setup, {QStringLiteral("pi"), QStringLiteral("yarn")});
        page.setRunFolder(QString::fromStdString(folder.path().string()));
        page.resize(1000, 700);
        page.show();
        QApplication::processEvents();
    }
    template <class Widget>
    [[nodiscard]] Widget& child(const char* name) {
        auto* found = page.findChild<Widget*>(QLatin1String(name));
        REQUIRE(found);
        return *found;
    }
    [[nodiscard]] QString problem(TrainingField field) {
        auto& label = *page.findChild<QLabel*>(QStringLiteral("trainingProblem%1").arg(static_cast<int>(field)));
        return label.isHidden() ? QString() : label.text();
    }
    [[nodiscard]] static std::vector<TrainingPoint> steps(int first, int last) {
        std::vector<TrainingPoint> points;
        for (int step = first; step <= last; ++step) {
            TrainingPoint point;
            point.step = step;
            point.loss = 3 + 1.0 / step;
            point.smoothedLoss = 3 + 2.0 / step;
            point.learningRate = 2e-5;
            point.gradientNorm = 1.5;
            point.tokensPerSecond = 1000;
            point.secondsLeft = 30;
            points.push_back(point);
        }
        return points;
    }
    [[nodiscard]] TrainingRunInfo info() {
        TrainingRunInfo info;
        info.output = page.form().output;
        info.length = 1024;
        info.steps = 100;
        return info;
    }

    test::QtWarnings warnings;
    test::TemporaryFolder folder;
    Theme theme;
    TrainingPage page{bench, theme};
};

} // namespace

TEST_CASE_METHOD(TrainingPageFixture, "The training form follows the window, and its fields make the form") {
    CHECK(page.form().length == 1024);
    CHECK(page.form().output.contains(QStringLiteral("demo-trained-1")));
    CHECK(child<QComboBox>("trainingFactors").itemText(0) == bench.currentSet()->name);
    CHECK(child<QComboBox>("trainingText").itemText(0).contains(QStringLiteral("demo text")));
    TrainingPreset preset;
    preset.name = QStringLiteral("dcis");
    preset.source = QStringLiteral("where it was published");
    preset.steps = 400;
    preset.batch = 2;
    preset.accumulation = 32;
    preset.optimizer.beta2 = 0.97;
    page.controls().setPresets({preset});
    auto& recipes = child<QComboBox>("trainingPreset");
    recipes.setCurrentIndex(1);
    Q_EMIT recipes.activated(1);
    CHECK(page.form().steps == 400);
    CHECK(child<QSpinBox>("trainingSteps").value() == 400);
    CHECK(child<QSpinBox>("trainingAccumulation").value() == 32);
    CHECK(child<QLabel>("trainingSource").text().contains(QStringLiteral("where it was published")));
    CHECK(child<QLabel>("trainingSource").text().contains(QStringLiteral("0.97")));
    // A change leaves the recipe, but keeps what the fields don't show.
    child<QSpinBox>("trainingSteps").setValue(50);
    CHECK(page.form().steps == 50);
    CHECK(recipes.currentIndex() == 0);
    CHECK(page.form().optimizer.beta2 == 0.97);
    auto& method = child<QComboBox>("trainingMethod");
    CHECK_FALSE(child<QSpinBox>("trainingRank").isVisible());
    Q_EMIT method.activated(1);
    CHECK(child<QSpinBox>("trainingRank").isVisible());
    child<QSpinBox>("trainingRank").setValue(4);
    CHECK(page.form().method == TrainingMethodChoice::lora);
    CHECK(page.form().rank == 4);
    Q_EMIT method.activated(2);
    CHECK(child<QSpinBox>("trainingPatch").isVisible());
    CHECK_FALSE(child<QSpinBox>("trainingRank").isVisible());
    Q_EMIT method.activated(3);
    child<QDoubleSpinBox>("trainingShortShare").setValue(0.25);
    CHECK(page.form().method == TrainingMethodChoice::mixed);
    CHECK(page.form().shortShare == 0.25);
    CHECK_FALSE(child<QSpinBox>("trainingPatch").isVisible());
    page.controls().chooseText(QStringLiteral("/nowhere/own.txt"));
    CHECK(problem(TrainingField::text).contains(QStringLiteral("/nowhere/own.txt")));
    CHECK(child<QComboBox>("trainingText").currentText() == QStringLiteral("own.txt"));
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(TrainingPageFixture, "Adapters have an alpha and their projections") {
    Q_EMIT child<QComboBox>("trainingMethod").activated(1);
    auto& alpha = child<QDoubleSpinBox>("trainingAlpha");
    CHECK(alpha.text() == QStringLiteral("2 r"));
    alpha.setValue(12);
    CHECK(page.form().alpha == 12);
    for (const QString& target : adapterTargets()) {
        auto& box = *page.findChild<QCheckBox*>(QStringLiteral("trainingTarget_") + target);
        CHECK(box.isVisible());
        CHECK(box.isChecked() == TrainingForm().targets.contains(target));
        if (target != QLatin1String("up"))
            box.setChecked(true);
        box.click();
    }
    CHECK(page.form().targets == QStringList{QStringLiteral("up")});
    child<QCheckBox>("trainingTarget_q").click();
    CHECK(page.form().targets == QStringList{QStringLiteral("q"), QStringLiteral("up")});
    child<QCheckBox>("trainingTarget_q").click();
    child<QCheckBox>("trainingTarget_up").click();
    CHECK_FALSE(problem(TrainingField::targets).isEmpty());
    CHECK_FALSE(child<QPushButton>("startTraining").isEnabled());
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(TrainingPageFixture, "CEPE's stages are offered where the model allows them, with what each needs") {
    auto& methods = child<QComboBox>("trainingMethod");
    CHECK(methods.count() == 4);
    page.setMethods({TrainingMethodChoice::cepeWarmup, TrainingMethodChoice::cepe, TrainingMethodChoice::ceped});
    REQUIRE(methods.count() == 3);
    CHECK(page.form().method == TrainingMethodChoice::cepeWarmup);
    CHECK(child<QSpinBox>("trainingChunk").text() == QStringLiteral("usual"));
    CHECK(child<QSpinBox>("trainingChunk").isVisible());
    CHECK_FALSE(child<QSpinBox>("trainingContext").isVisible());
    CHECK_FALSE(child<QComboBox>("trainingTeacher").isVisible());
    CHECK_FALSE(child<QSpinBox>("trainingProbes").isEnabled());
    Q_EMIT methods.activated(1);
    CHECK(page.form().method == TrainingMethodChoice::cepe);
    CHECK(child<QSpinBox>("trainingContext").text() == QStringLiteral("half"));
    child<QSpinBox>("trainingContext").setValue(2000); // of 1024
    CHECK_FALSE(problem(TrainingField::context).isEmpty());
    child<QSpinBox>("trainingContext").setValue(768);
    CHECK(problem(TrainingField::context).isEmpty());
    CHECK(page.form().context == 768);
    child<QSpinBox>("trainingChunk").setValue(128);
    CHECK(page.form().chunk == 128);
    child<QCheckBox>("trainingTrainEncoder").click();
    CHECK_FALSE(page.form().trainEncoder);
    Q_EMIT methods.activated(2);
    CHECK(child<QComboBox>("trainingTeacher").isVisible());
    child<QSpinBox>("trainingTeacherTop").setValue(20);
    child<QDoubleSpinBox>("trainingLossWeight").setValue(0);
    child<QDoubleSpinBox>("trainingDivergenceWeight").setValue(3);
    auto& rest = child<QComboBox>("trainingDivergence");
    Q_EMIT rest.activated(rest.findText(QStringLiteral("plain")));
    CHECK(page.form().teacherTop == 20);
    CHECK(page.form().lossWeight == 0);
    CHECK(page.form().divergenceWeight == 3);
    CHECK(page.form().divergence == QStringLiteral("plain"));
    CHECK(rest.currentText() == QStringLiteral("plain"));
    // A run of another client, with a teacher and its own smoothing.
    TrainingForm form = page.form();
    form.teacher = QStringLiteral("/models/teacher");
    form.divergence = QStringLiteral("smooth_1e-4");
    page.setForm(form);
    CHECK(child<QComboBox>("trainingTeacher").currentText() == QStringLiteral("teacher"));
    CHECK(rest.currentText() == QStringLiteral("smooth_1e-4"));
    Q_EMIT child<QComboBox>("trainingTeacher").activated(0);
    CHECK(page.form().teacher.isEmpty());
    CHECK(child<QPushButton>("startTraining").isEnabled());

    // A form of another model says that it does not fit; the encoder's has its one field.
    page.setMethods({TrainingMethodChoice::token, TrainingMethodChoice::cepeEncoder});
    CHECK(page.form().method == TrainingMethodChoice::token);
    CHECK(child<QSpinBox>("trainingProbes").isEnabled());
    page.setForm(form);
    CHECK_FALSE(problem(TrainingField::method).isEmpty());
    CHECK_FALSE(child<QPushButton>("startTraining").isEnabled());
    Q_EMIT methods.activated(1);
    CHECK(problem(TrainingField::method).isEmpty());
    child<QDoubleSpinBox>("trainingMasked").setValue(0.5);
    CHECK(page.form().masked == 0.5);
    CHECK_FALSE(child<QSpinBox>("trainingChunk").isVisible());
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(TrainingPageFixture, "Rarely changed settings are folded away until they are asked for or differ") {
    auto& fold = child<QToolButton>("moreTrainingSettings");
    auto& seed = child<QSpinBox>("trainingSeed");
    CHECK_FALSE(seed.isVisible());
    fold.click();
    CHECK(seed.isVisible());
    seed.setValue(7);
    CHECK(page.form().seed == 7);
    auto& compute = child<QComboBox>("trainingCompute");
    Q_EMIT compute.activated(2);
    CHECK(page.form().compute == ComputeChoice::bf16);
    CHECK(compute.currentIndex() == 2);
    child<QCheckBox>("trainingCrossDocuments").click();
    CHECK(page.form().crossDocuments);
    auto& rate = child<QLineEdit>("trainingFactorRate");
    CHECK_FALSE(rate.isEnabled()); // nothing learns
    child<QCheckBox>("trainingLearnFactors").click();
    CHECK(rate.isEnabled());
    rate.clear();
    QTest::keyClicks(&rate, QStringLiteral("x"));
    CHECK_FALSE(problem(TrainingField::factorRate).isEmpty());
    rate.clear();
    QTest::keyClicks(&rate, QStringLiteral("2e-3"));
    CHECK(page.form().factorRate == 2e-3);
    CHECK(problem(TrainingField::factorRate).isEmpty());
    fold.click();
    CHECK_FALSE(seed.isVisible());
    page.setForm(TrainingForm());
    CHECK(seed.value() == 42);
    CHECK_FALSE(seed.isVisible());
    TrainingForm other;
    other.seed = 8;
    page.setForm(other);
    CHECK(seed.isVisible());
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(TrainingPageFixture, "What is wrong stands below its field and keeps the run from starting") {
    auto& start = child<QPushButton>("startTraining");
    CHECK(start.isEnabled());
    auto& rate = child<QLineEdit>("trainingRate");
    rate.clear();
    QTest::keyClicks(&rate, QStringLiteral("fast"));
    CHECK_FALSE(problem(TrainingField::learningRate).isEmpty());
    CHECK_FALSE(start.isEnabled());
    rate.clear();
    QTest::keyClicks(&rate, QStringLiteral("3e-4"));
    CHECK(problem(TrainingField::learningRate).isEmpty());
    CHECK(page.form().optimizer.learningRate == 3e-4);
    QSignalSpy runs(&page, &TrainingPage::runRequested);
    start.click();
    REQUIRE(runs.count() == 1);
    CHECK(runs.front().front().value<TrainingForm>().optimizer.learningRate == 3e-4);
    bench.openSetup(Setup(), {});
    CHECK_FALSE(start.isEnabled());
    CHECK(child<ChartPanel>("trainingLossPanel").note() == QStringLiteral("Open a model first."));
}

TEST_CASE_METHOD(TrainingPageFixture, "A run is shown from its first step to its end, stopped, failed, gone on with") {
    auto& panel = child<ChartPanel>("trainingLossPanel");
    auto& state = child<QLabel>("trainingState");
    auto& pause = child<QPushButton>("pauseTraining");
    CHECK(panel.note().contains(QStringLiteral("How far does the loss fall")));
    CHECK_FALSE(pause.isVisible());
    page.model().begin(info());
    CHECK(panel.note().contains(QStringLiteral("first step")));
    CHECK(pause.isVisible());
    CHECK_FALSE(child<TrainingControls>("trainingControls").isEnabled());
    page.setStatus(QStringLiteral("loading weights"));
    CHECK(state.text() == QStringLiteral("loading weights"));
    page.model().add(steps(1, 1));
    CHECK(panel.showsChart());
    CHECK(state.text().startsWith(QStringLiteral("Step 1 of 100")));
    page.model().add(steps(2, 40));
    auto& loss = child<CurveChart>("trainingLoss");
    REQUIRE(loss.curves().size() == 2);
    CHECK(loss.curves()[0].points.size() == 40);
    CHECK(loss.curves()[1].points.back().y == Approx(3.05));
    CHECK(loss.curves()[0].tips[9].contains(QStringLiteral("step 10")));
    // The rate is drawn in its own power of ten.
    CHECK(child<CurveChart>("trainingRateChart").curves().front().points.front().y == Approx(2));
    CHECK(child<CurveChart>("trainingNorm").curves().front().points.size() == 40);

    QSignalSpy stops(&page, &TrainingPage::stopRequested);
    pause.click();
    child<QPushButton>("stopTraining").click();
    REQUIRE(stops.count() == 2);
    CHECK(stops[0].front().toBool());
    CHECK_FALSE(stops[1].front().toBool());

    page.model().addCheckpoint({40, QStringLiteral("folder/checkpoint-40")});
    page.model().end(TrainingPhase::paused, {});
    CHECK(state.text().startsWith(QStringLiteral("Paused after step 40 of 100")));
    CHECK(child<QPushButton>("startTraining").text() == QStringLiteral("Resume"));
    CHECK(child<TrainingControls>("trainingControls").isEnabled());
    page.model().end(TrainingPhase::failed, QStringLiteral("step 41: the loss is nan"));
    CHECK(state.text() == QStringLiteral("step 41: the loss is nan"));
    CHECK(state.property("role").toString() == QStringLiteral("warning"));
    CHECK(panel.showsChart());
    page.model().end(TrainingPhase::done, {});
    CHECK(state.text().startsWith(QStringLiteral("Done: 40 steps")));
    CHECK(child<QPushButton>("startTraining").text() == QStringLiteral("Start"));

    TrainingRunRecord failed;
    failed.phase = TrainingPhase::failed;
    failed.message = QStringLiteral("no such text");
    page.model().show(failed);
    CHECK(panel.note() == QStringLiteral("no such text"));
    CHECK(warnings.all() == QStringList());
}

TEST_CASE_METHOD(TrainingPageFixture, "Checkpoints are measured and opened; a stage's end is marked") {
    auto& measure = child<QPushButton>("measureTraining");
    CHECK_FALSE(measure.isEnabled());
    page.model().begin(info());
    auto patches = steps(1, 20);
    for (TrainingPoint& point : patches)
        point.stage = point.step > 10 ? 2 : 1;
    page.model().add(patches);
    page.model().addCheckpoint({20, QStringLiteral("folder/checkpoint-20")});
    page.model().end(TrainingPhase::cancelled, {});
    QSignalSpy measures(&page, &TrainingPage::measureRequested);
    QSignalSpy opens(&page, &TrainingPage::openRequested);
    child<QPushButton>("trainingPerplexityNoteButton").click();
    measure.click();
    child<QPushButton>("openTrained").click();
    CHECK(measures.count() == 2);
    REQUIRE(opens.count() == 1);
    CHECK(opens.front().front().toString() == QStringLiteral("folder/checkpoint-20"));
    Measurement measured;
    measured.length = 64;
    measured.perplexity = std::nan("");
    page.model().addProbe({0, measured});
    measured.perplexity = 15;
    measured.standardError = 0.5;
    page.model().addProbe({20, measured});
    auto& chart = child<CurveChart>("trainingPerplexity");
    REQUIRE(chart.curves().size() == 1);
    CHECK(chart.curves()[0].tips[0].contains(QStringLiteral("before training")));
    CHECK(chart.curves()[0].high[1] == 15.5);
    CHECK(child<QLabel>("trainingPerplexityTitle").text().contains(QStringLiteral("64")));
}

TEST_CASE_METHOD(TrainingPageFixture, "A forecast is asked for when the form rests, and says what doesn't fit") {
    QSignalSpy asked(&page, &TrainingPage::forecastRequested);
    child<QSpinBox>("trainingSteps").setValue(70);
    child<QSpinBox>("trainingSteps").setValue(80);
    REQUIRE(QTest::qWaitFor([&] { return asked.count() > 0; }, 5000));
    CHECK(asked.back().front().value<TrainingForm>().steps == 80);
    auto& text = child<QLabel>("trainingForecast");
    auto& bar = child<ForecastBar>("forecastBar");
    CHECK_FALSE(bar.isVisible());
    TrainingForecast forecast;
    forecast.tokens = 81920;
    forecast.seconds = 90;
    forecast.parts = {{QStringLiteral("weights"), 4e9}, {QStringLiteral("optimizer"), 8e9}};
    forecast.available = 16e9;
    forecast.schedule = {{1, 0}, {20, 2e-5}, {100, 0}};
    page.model().setForecast(forecast);
    CHECK(bar.isVisible());
    CHECK(text.text().contains(QStringLiteral("12.0 GB of 16.0 GB")));
    CHECK(text.text().contains(QStringLiteral("90 s")));
    CHECK(bar.tipAt(QPointF(bar.width() * 0.1, 5)).startsWith(QStringLiteral("weights")));
    CHECK(bar.tipAt(QPointF(bar.width() * 0.9, 5)).startsWith(QStringLiteral("free: 4.0 GB")));
    CHECK(child<CurveChart>("trainingRateChart").curves().front().points[1].y == Approx(2));
    forecast.available = 6e9;
    forecast.advice = QStringLiteral("choose a batch of 1");
    page.model().setForecast(forecast);
    CHECK(text.text().contains(QStringLiteral("choose a batch of 1")));
    CHECK(text.property("role").toString() == QStringLiteral("warning"));
    CHECK_FALSE(bar.grab().isNull());
    // A form that makes no sense has no forecast.
    child<QSpinBox>("trainingWarmup").setValue(500);
    CHECK_FALSE(page.model().forecast());
    CHECK_FALSE(text.isVisible());
}

TEST_CASE_METHOD(TrainingPageFixture, "Runs of the study can be looked at again") {
    TrainingRunRecord one;
    one.info.id = 1;
    one.info.method = QStringLiteral("all weights");
    one.info.steps = 5;
    one.points = steps(1, 5);
    one.phase = TrainingPhase::done;
    TrainingRunRecord two = one;
    two.info.id = 2;
    two.points = steps(1, 3);
    auto& runs = child<QComboBox>("trainingRuns");
    CHECK_FALSE(runs.isVisible());
    two.phase = TrainingPhase::cancelled;
    two.form = page.form();
    two.form->steps = 77;
    two.checkpoints = {{3, QStringLiteral("folder/checkpoint-3")}};
    two.info.output = two.form->output = QString::fromStdString((folder.path() / "two").string());
    page.model().setKept({one, two});
    REQUIRE(runs.isVisible());
    CHECK(runs.count() == 2);
    // The newest is shown, and it can be gone on with.
    CHECK(runs.currentIndex() == 1);
    CHECK(page.model().run().info.id == 2);
    CHECK(child<CurveChart>("trainingLoss").curves()[0].points.size() == 3);
    CHECK(page.form().steps == 77);
    CHECK(child<QPushButton>("startTraining").text() == QStringLiteral("Resume"));
    Q_EMIT runs.activated(0);
    CHECK(page.model().run().info.id == 1);
    CHECK(child<CurveChart>("trainingLoss").curves()[0].points.size() == 5);
    // A run that is shown live is known by its folder when the study tells of it.
    page.model().clear();
    page.model().begin(two.info);
    page.model().setKept({one, two});
    CHECK(page.model().run().info.id == 2);
    CHECK(page.model().running());
}
