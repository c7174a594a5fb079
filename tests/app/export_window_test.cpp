// The same factors, written by the window and by the client.
#include <QDir>
#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/main_window.h"
#include "app/window/search_controller.h"
#include "app/window/study_opener.h"
#include "tests/support/qt_catch.h"
#include "tests/support/run_program.h"
#include "views/pages/export_page.h"

using namespace ropescope;

namespace {

constexpr int patience = 60000;

struct ExportFixture {
    ExportFixture() : window(theme), page(*window.findChild<ExportPage*>()) {
        theme.apply(*qobject_cast<QApplication*>(QCoreApplication::instance()));
        window.search().setStudyFolder(folder.path());
        window.opener().openModel(QStringLiteral("demo"));
        window.bench().setup().setTargetLength(512);
        REQUIRE(idle());
    }
    [[nodiscard]] bool idle() {
        return QTest::qWaitFor([this] { return !window.jobs().running() && window.jobs().waiting() == 0; }, patience);
    }
    [[nodiscard]] static QByteArray contentOf(const QString& path) {
        QFile file(path);
        REQUIRE(file.open(QIODevice::ReadOnly));
        return file.readAll();
    }
    // Every format, as the window writes the current set and as the client writes `source`.
    void compareAll(const QString& source) {
        const ExportModel formats;
        for (int row = 0; row < formats.rowCount(); ++row) {
            const QString format = formats.index(row).data(ExportModel::nameRole).toString();
            INFO(format.toStdString());
            // One name in two folders: a format may say its own.
            QDir(folder.path()).mkpath(QStringLiteral("window"));
            QDir(folder.path()).mkpath(QStringLiteral("client"));
            const QString own = folder.filePath(QStringLiteral("window/set.") + format);
            const QString other = folder.filePath(QStringLiteral("client/set.") + format);
            page.setFormat(format);
            REQUIRE(page.save(own));
            const auto run = test::runProgram(
                ROPESCOPE_PROGRAM,
                QStringLiteral("export %1 --to %2 --output '%3'").arg(source, format, other).toStdString());
            REQUIRE(run.exitCode == 0);
            CHECK(contentOf(own) == contentOf(other));
        }
    }

    QTemporaryDir folder;
    Theme theme;
    MainWindow window;
    ExportPage& page;
};

} // namespace

TEST_CASE_METHOD(ExportFixture, "A method's set is written as the client writes it") {
    Bench& bench = window.bench();
    for (const FactorSetEntry& entry : bench.sets().entries())
        if (entry.method == QLatin1String("yarn"))
            bench.selection().setSet(entry.id);
    REQUIRE(bench.currentSet()->method == QLatin1String("yarn"));
    CHECK(bench.setup().setup().modelHash.size() == 64);
    compareAll(QStringLiteral("yarn:2 --model demo"));
    CHECK(page.preview().text.size() > 0);
}

TEST_CASE_METHOD(ExportFixture, "A search's factors are written as the client writes those of its study") {
    window.search().step(SearchStep::segment);
    REQUIRE(idle());
    REQUIRE(window.bench().currentSet()->origin == SetOrigin::search);
    const QString path = window.search().studyPath();
    compareAll(QLatin1Char('\'') + path + QLatin1Char('\''));
    page.setFormat(QStringLiteral("json"));
    CHECK(page.preview().text.contains(window.bench().setup().setup().modelHash));
    CHECK(page.preview().text.contains(QStringLiteral("\"path\": \"demo\"")));

    // The same after the study was opened again.
    window.search().closeStudy();
    window.opener().openStudy(path);
    REQUIRE(idle());
    REQUIRE(window.bench().currentSet()->origin == SetOrigin::search);
    compareAll(QLatin1Char('\'') + path + QLatin1Char('\''));
}
