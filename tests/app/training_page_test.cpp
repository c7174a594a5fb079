// The Training page with the real engine and the bundled model: a run complete, stopped and gone on with, failed.
#include <cmath>
#include <fstream>

#include <QDir>
#include <QPushButton>
#include <QTest>

#include "app/window/main_window.h"
#include "app/window/search_controller.h"
#include "app/window/study_opener.h"
#include "tests/support/patience.h"
#include "tests/support/qt_catch.h"
#include "tests/support/temporary_folder.h"
#include "views/pages/training_page.h"
#include "views/widgets/training_controls.h"

using namespace ropescope;

namespace {

using test::patience;

struct TrainingFixture {
    TrainingFixture() : window(theme) {
        theme.apply(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        window.resize(1280, 800);
        window.search().setStudyFolder(QString::fromStdString((folder.path() / "studies").string()));
        window.opener().openModel(QStringLiteral("demo"));
        window.show();
        form = page().form();
        form.length = 32;
        form.steps = 6;
        form.batch = 1;
        form.accumulation = 1;
        form.optimizer.warmup = 0;
        form.optimizer.learningRate = 1e-4;
        form.checkpointInterval = 3;
        form.probeWindows = 1;
        form.output = QString::fromStdString((folder.path() / "run").string());
    }
    [[nodiscard]] TrainingPage& page() { return *window.findChild<TrainingPage*>(); }
    [[nodiscard]] TrainingModel& model() { return page().model(); }
    [[nodiscard]] bool idle() {
        return QTest::qWaitFor([this] { return !window.jobs().running() && window.jobs().waiting() == 0; }, patience);
    }

    // A text of the person's own, which has several documents' worth of sequences.
    [[nodiscard]] QString textFile() {
        const auto path = folder.path() / "own.txt";
        std::ofstream out(path);
        for (int line = 0; line < 400; ++line)
            out << "And the evening and the morning were day " << line << ".\n";
        return QString::fromStdString(path.string());
    }
    // Ids below 128.
    [[nodiscard]] QString idsFile() {
        const auto path = folder.path() / "ids.json";
        std::ofstream out(path);
        out << R"({"ids": [3)";
        for (int id = 1; id < 400; ++id)
            out << ", " << 3 + id * id % 120;
        out << "]}";
        return QString::fromStdString(path.string());
    }

    // The study that the window is showing, closed and opened again.
    void reopenStudy() {
        const QString study = window.search().studyPath();
        REQUIRE_FALSE(study.isEmpty());
        window.opener().openModel(QStringLiteral("demo"));
        CHECK(model().run().points.empty());
        window.opener().openStudy(study);
        REQUIRE(idle());
    }

    test::TemporaryFolder folder;
    Theme theme;
    MainWindow window;
    TrainingForm form;
};

} // namespace

TEST_CASE_METHOD(TrainingFixture, "A model is trained on the current factors, measured on the way, and opened") {
    Q_EMIT page().runRequested(form);
    CHECK(model().running());
    REQUIRE(idle());
    REQUIRE(model().phase() == TrainingPhase::done);
    const TrainingRunRecord run = model().run();
    REQUIRE(run.points.size() == 6);
    CHECK(run.points.back().step == 6);
    for (const TrainingPoint& point : run.points) {
        CHECK(point.loss > 0.5);
        CHECK(point.loss < 8);
        CHECK(point.gradientNorm > 0);
    }
    CHECK(run.points.front().learningRate == Approx(1e-4));
    CHECK(run.points.back().learningRate < 1e-4);
    REQUIRE(run.probes.size() == 3); // before, after 3, after 6
    CHECK(run.probes[1].step == 3);
    CHECK(run.probes[2].step == 6);
    for (const TrainingProbe& probe : run.probes) {
        CHECK(probe.measured.tokens == 31);
        CHECK(probe.measured.perplexity > 1);
        CHECK(std::isfinite(probe.measured.perplexity));
    }
    CHECK(run.probes[0].measured.perplexity != run.probes[2].measured.perplexity);
    REQUIRE(model().newestModel());
    CHECK(model().newestModel()->folder == form.output);

    // Measured again by itself, the result scores the same.
    Q_EMIT page().measureRequested(form);
    REQUIRE(idle());
    CHECK(model().run().probes.back().measured.nll == Approx(run.probes[2].measured.nll).epsilon(1e-6));

    // The study keeps the run, its steps and what its checkpoints measured; and no checkpoint's numbers as a set's.
    REQUIRE(model().kept().size() == 1);
    const std::size_t measurements = window.bench().currentSet()->measurements.size();
    reopenStudy();
    const TrainingRunRecord& kept = model().run();
    CHECK(kept.phase == TrainingPhase::done);
    CHECK(kept.info.output == form.output);
    CHECK(kept.info.length == 32);
    REQUIRE(kept.points.size() == 6);
    for (std::size_t i = 0; i < 6; ++i)
        CHECK(kept.points[i].loss == run.points[i].loss);
    REQUIRE(kept.probes.size() == 3);
    CHECK(kept.probes[0].step == 0);
    CHECK(kept.probes[0].measured.perplexity == run.probes[0].measured.perplexity);
    CHECK(kept.probes[2].measured.perplexity == Approx(run.probes[2].measured.perplexity).epsilon(1e-6));
    CHECK(window.bench().currentSet()->measurements.size() == measurements);
    REQUIRE(kept.form);
    CHECK(kept.form->method == TrainingMethodChoice::token);
    CHECK(kept.form->optimizer.learningRate == 1e-4);
    CHECK(kept.form->optimizer.schedule == form.optimizer.schedule);
    CHECK(kept.form->optimizer.clip == form.optimizer.clip);

    Q_EMIT page().openRequested(form.output);
    CHECK(window.bench().setup().setup().modelPath == form.output);
    CHECK(window.bench().setup().setup().geometry.pairs() > 0);
}

TEST_CASE_METHOD(TrainingFixture, "A paused run goes on where it was, with the losses of one that was not stopped") {
    // Far more steps than anybody waits for: the run cannot end before it is paused, however slow or fast the machine.
    form.steps = 1'000'000;
    form.optimizer.schedule = QStringLiteral("constant");
    form.probeWindows = 0;
    form.checkpointInterval = 1'000'000;
    form.textPath = textFile();
    Q_EMIT page().runRequested(form);
    REQUIRE(QTest::qWaitFor([this] { return model().last() && model().last()->step >= 2; }, patience));
    Q_EMIT page().stopRequested(true);
    REQUIRE(idle());
    CHECK(model().phase() == TrainingPhase::paused);
    CHECK(model().canResume());
    const auto before = model().run().points;
    // As after the program was closed: the study is opened, and its unfinished run offered with its text.
    page().setForm(TrainingForm());
    reopenStudy();
    CHECK(model().phase() == TrainingPhase::cancelled);
    CHECK(model().canResume());
    CHECK(page().form().output == form.output);
    CHECK(page().form().steps == form.steps);
    CHECK(page().form().length == form.length);
    CHECK(page().form().textPath == form.textPath);
    auto& resume = *page().findChild<QPushButton*>(QStringLiteral("startTraining"));
    CHECK(resume.text() == QStringLiteral("Resume"));
    REQUIRE(resume.isEnabled());
    resume.click();
    const auto goal = static_cast<std::int64_t>(before.size()) + 3;
    REQUIRE(model().running());
    (void)QTest::qWaitFor([&] { return !model().running() || model().last()->step >= goal; }, patience);
    INFO(model().run().message.toStdString());
    REQUIRE(model().last()->step >= goal);
    Q_EMIT page().stopRequested(false);
    REQUIRE(idle());
    CHECK(model().phase() == TrainingPhase::cancelled);
    const auto parts = model().run().points;
    REQUIRE(std::ssize(parts) >= goal);

    form.output += QStringLiteral("-whole");
    form.steps = goal;
    Q_EMIT page().runRequested(form);
    REQUIRE(idle());
    REQUIRE(model().phase() == TrainingPhase::done);
    CHECK(model().run().probes.empty());
    const auto& whole = model().run().points;
    REQUIRE(std::ssize(whole) == goal);
    for (std::size_t i = 0; i < whole.size(); ++i) {
        CHECK(parts[i].step == whole[i].step);
        CHECK(parts[i].loss == Approx(whole[i].loss).epsilon(1e-5));
    }
}

TEST_CASE_METHOD(TrainingFixture, "Every setting of a run comes back from the study") {
    form.method = TrainingMethodChoice::lora;
    form.rank = 4;
    form.alpha = 12;
    form.targets = QStringList{QStringLiteral("q"), QStringLiteral("down")};
    form.seed = 7;
    form.compute = ComputeChoice::bf16;
    form.crossDocuments = true;
    form.learnFactors = true;
    form.factorRate = 2e-3;
    form.steps = 2;
    form.probeWindows = 0;
    Q_EMIT page().runRequested(form);
    REQUIRE(idle());
    REQUIRE(model().phase() == TrainingPhase::done);
    REQUIRE(model().kept().size() == 1);
    REQUIRE(model().kept().front().form);
    const TrainingForm& kept = *model().kept().front().form;
    CHECK(kept.method == form.method);
    CHECK(kept.rank == 4);
    CHECK(kept.alpha == 12);
    CHECK(kept.targets == form.targets);
    CHECK(kept.seed == 7);
    CHECK(kept.compute == ComputeChoice::bf16);
    CHECK(kept.crossDocuments);
    CHECK(kept.learnFactors);
    CHECK(kept.factorRate == 2e-3);
    CHECK(kept.textPath == QStringLiteral("demo"));
}

TEST_CASE_METHOD(TrainingFixture, "A CEPE model is trained in its own stages, and what it needs comes back") {
    ROPESCOPE_FIXTURE(cepe, "cepe");
    CHECK(page().controls().offers(TrainingMethodChoice::token));
    CHECK(page().controls().offers(TrainingMethodChoice::cepeEncoder)); // the demo model is a llama
    CHECK_FALSE(page().controls().offers(TrainingMethodChoice::cepe));
    window.opener().openModel(QString::fromStdString(cepe.string()));
    window.bench().setup().setText(QStringLiteral("ids"), idsFile());
    CHECK_FALSE(page().controls().offers(TrainingMethodChoice::token));
    REQUIRE(page().controls().offers(TrainingMethodChoice::ceped));
    CHECK(page().form().method == TrainingMethodChoice::cepeWarmup);
    form.useFactors = false;
    form.length = 24;
    form.steps = 2;
    form.context = 10;
    form.chunk = 4;
    form.trainEncoder = false;
    form.teacherTop = 5;
    form.lossWeight = 0.5;
    form.divergenceWeight = 3;
    form.divergence = QStringLiteral("smooth_1e-6");
    for (const auto method :
         {TrainingMethodChoice::cepeWarmup, TrainingMethodChoice::cepe, TrainingMethodChoice::ceped}) {
        form.method = method;
        form.output =
            QString::fromStdString((folder.path() / "stage").string()) + QString::number(static_cast<int>(method));
        Q_EMIT page().runRequested(form);
        REQUIRE(idle());
        INFO(model().run().message.toStdString());
        REQUIRE(model().phase() == TrainingPhase::done);
        CHECK(model().run().points.size() == 2);
        CHECK(model().run().probes.empty()); // its perplexity without a context says nothing of the run
    }
    REQUIRE(model().kept().size() == 3);
    REQUIRE(model().kept().back().form);
    const TrainingForm& kept = *model().kept().back().form;
    CHECK(kept.method == TrainingMethodChoice::ceped);
    CHECK(kept.context == 10);
    CHECK(kept.chunk == 4);
    CHECK_FALSE(kept.trainEncoder);
    CHECK(kept.teacher.isEmpty());
    CHECK(kept.teacherTop == 5);
    CHECK(kept.lossWeight == 0.5);
    CHECK(kept.divergenceWeight == 3);
    CHECK(kept.divergence == form.divergence);
    CHECK_FALSE(model().kept().back().info.measurable);
}

TEST_CASE_METHOD(TrainingFixture, "A run that is stopped before it began, and runs that can't be done, say so") {
    Q_EMIT page().runRequested(form);
    Q_EMIT page().stopRequested(false);
    REQUIRE(idle());
    CHECK(model().phase() == TrainingPhase::cancelled);
    CHECK(model().run().points.empty());
    CHECK_FALSE(QDir(form.output).exists(QStringLiteral("config.json")));

    form.textPath = QStringLiteral("/nowhere/text.txt");
    Q_EMIT page().runRequested(form);
    REQUIRE(idle());
    CHECK(model().phase() == TrainingPhase::failed);
    CHECK(model().run().message.contains(QStringLiteral("/nowhere/text.txt")));

    // A rate that no training survives: the loss is no number, and the page says at which step.
    form.textPath.clear();
    form.optimizer.learningRate = 1e30;
    form.optimizer.clip = 0;
    form.probeWindows = 0;
    Q_EMIT page().runRequested(form);
    REQUIRE(idle());
    CHECK(model().phase() == TrainingPhase::failed);
    CHECK(model().run().message.contains(QStringLiteral("step ")));
}

TEST_CASE_METHOD(TrainingFixture, "The page says beforehand what a run takes") {
    Q_EMIT page().forecastRequested(form);
    REQUIRE(QTest::qWaitFor([this] { return model().forecast().has_value(); }, patience));
    const TrainingForecast& forecast = *model().forecast();
    CHECK(forecast.problem.isEmpty());
    CHECK(forecast.tokens == 6 * 32);
    REQUIRE(forecast.parts.size() == 4);
    CHECK(forecast.parts[0].bytes > 1e6);
    CHECK(forecast.parts[2].bytes == Approx(2 * forecast.parts[1].bytes)); // AdamW's two moments
    REQUIRE(forecast.schedule.size() == 6);
    CHECK(forecast.schedule.front() == CurvePoint{1, 1e-4});
    CHECK(forecast.schedule.back().y < 1e-4);
}
