#include <QFile>

#include "engine/factor_file/factor_file.h"
#include "tests/support/qt_catch.h"
#include "tests/support/temporary_folder.h"
#include "tests/views/bench_fixture.h"
#include "views/models/export_model.h"

using namespace ropescope;
using test::BenchFixture;

TEST_CASE_METHOD(BenchFixture, "What is shown is what is written, for every consumer") {
    const test::TemporaryFolder folder;
    const FactorDocument document = exportDocument(bench.setup().setup(), {}, bench.sets().entries()[1]);
    const ExportModel model;
    REQUIRE(model.rowCount() >= 10);
    for (int row = 0; row < model.rowCount(); ++row) {
        const QString format = model.index(row).data(ExportModel::nameRole).toString();
        INFO(format.toStdString());
        CHECK_FALSE(model.index(row).data().toString().isEmpty());
        const QString path = QString::fromStdString((folder.path() / "out").string()) + QLatin1Char('.') + format;
        const ExportPreview preview = previewExport(document, format, path);
        REQUIRE(preview.error.isEmpty());
        REQUIRE(exportFactors(document, format.toStdString(), path.toStdString()));
        QFile file(path);
        REQUIRE(file.open(QIODevice::ReadOnly));
        const QByteArray written = file.readAll();
        if (preview.isText)
            CHECK(preview.text.toUtf8() == written);
        else
            CHECK(preview.text.count(QLatin1Char('\n')) == (written.size() + 15) / 16);
        for (const QString& one : preview.files)
            CHECK(QFile::exists(one));
        CHECK(differenceOnReading(document, path).isEmpty());
    }
}

TEST_CASE_METHOD(BenchFixture, "A changed file is told from the set it was made of") {
    const test::TemporaryFolder folder;
    const std::string path = (folder.path() / "a.csv").string();
    FactorDocument document = exportDocument(bench.setup().setup(), {}, bench.sets().entries()[1]);
    REQUIRE(exportFactors(document, "json", path));
    document.set.factors[3] += 0.5;
    CHECK(differenceOnReading(document, QString::fromStdString(path)).contains(QStringLiteral("Pair 3")));
    CHECK(differenceOnReading(document, QStringLiteral("/nowhere/x")).contains(QStringLiteral("/nowhere/x")));
}

TEST_CASE_METHOD(BenchFixture, "A format that needs more than is known says what") {
    FactorDocument document;
    document.set = bench.sets().entries()[0].set;
    const ExportPreview preview = previewExport(document, QStringLiteral("vllm"), QStringLiteral("x.json"));
    CHECK(preview.text.isEmpty());
    CHECK(preview.error.contains(QStringLiteral("trained length")));
}

TEST_CASE("File names come from the set's name") {
    CHECK(suggestedFileName(QStringLiteral("YaRN 8 ×"), QStringLiteral("hf")) == QStringLiteral("yarn-8-x.json"));
    CHECK(suggestedFileName(QStringLiteral("PI/ (2)"), QStringLiteral("dcis-pt")) == QStringLiteral("pi-2.pt"));
    CHECK(suggestedFileName(QString(), QStringLiteral("csv")) == QStringLiteral("factors.csv"));
}
