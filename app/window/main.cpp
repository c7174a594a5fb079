// The window. Without arguments it opens on the bundled model; with --screenshot it draws itself into files.
#include <cstdio>
#include <string>

#include <QApplication>
#include <QCommandLineParser>
#include <QLibraryInfo>
#include <QLocale>
#include <QSettings>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTranslator>

#include "app/window/main_window.h"
#include "app/window/measure_latency.h"
#include "app/window/screenshots.h"
#include "app/window/study_opener.h"

namespace {

enum ExitCode : int { done = 0, workFailed = 1, wrongUsage = 2 };

// Pictures and measurements need no display, and must not depend on what a person once chose.
bool runsUnattended(int argc, char** argv) {
    for (int i = 1; i < argc; ++i)
        if (QByteArray(argv[i]).startsWith("--screenshot") || QByteArray(argv[i]).startsWith("--measure-latency"))
            return true;
    return false;
}

int complain(const std::string& message, ExitCode code) {
    std::fprintf(stderr, "%s\n", message.c_str());
    return code;
}

} // namespace

int main(int argc, char** argv) {
    using namespace ropescope;
    const bool unattended = runsUnattended(argc, argv);
    if (unattended)
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QApplication::setOrganizationName(QStringLiteral("ropescope"));
    QApplication::setApplicationName(QStringLiteral("ropescope"));
    if (unattended)
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, QStringLiteral("/dev/null"));

    QCommandLineParser parser;
    parser.setApplicationDescription(QCoreApplication::translate("main", "Ropescope's window"));
    parser.addHelpOption();
    const QCommandLineOption screenshot(QStringLiteral("screenshot"),
                                        QCoreApplication::translate("main", "Draw every page into PNG files in DIR."),
                                        QStringLiteral("DIR"));
    const QCommandLineOption latency(
        QStringLiteral("measure-latency"),
        QCoreApplication::translate("main", "Measure event-loop latency while the bundled model is searched."),
        QStringLiteral("SECONDS"));
    const QCommandLineOption study(QStringLiteral("study"), QCoreApplication::translate("main", "A study to open."),
                                   QStringLiteral("FILE"));
    parser.addOptions({screenshot, latency, study});
    parser.addPositionalArgument(QStringLiteral("path"),
                                 QCoreApplication::translate("main", "A model folder, a GGUF file or a text to open."),
                                 QStringLiteral("[path...]"));
    parser.process(application);

    QTranslator translator;
    QTranslator qtTranslator;
    if (!unattended) {
        if (qtTranslator.load(QLocale(), QStringLiteral("qtbase"), QStringLiteral("_"),
                              QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
            QApplication::installTranslator(&qtTranslator);
        if (translator.load(QLocale(), QStringLiteral("ropescope"), QStringLiteral("_"),
                            QStringLiteral(":/translations")))
            QApplication::installTranslator(&translator);
    }

    Theme theme;
    theme.apply(application);
    if (!unattended)
        theme.setMode(static_cast<Theme::Mode>(QSettings().value(QStringLiteral("window/theme"), 0).toInt()));
    MainWindow window(theme);
    const QTemporaryDir scratch;
    if (parser.isSet(latency))
        window.opener().openModel(QStringLiteral("demo")); // a search of its own is what is measured
    else if (parser.isSet(study))
        window.opener().openStudy(parser.value(study));
    else if (unattended)
        window.opener().openDemo(scratch.path());
    else
        window.opener().openLast(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) +
                                 QStringLiteral("/studies"));
    for (const QString& path : parser.positionalArguments())
        window.openPath(path);

    if (parser.isSet(screenshot)) {
        const auto written = writeScreenshots(window, theme, parser.value(screenshot).toStdString());
        return written ? done : complain(written.error().message, workFailed);
    }
    if (parser.isSet(latency)) {
        bool readable = false;
        const double seconds = parser.value(latency).toDouble(&readable);
        if (!readable || seconds <= 0)
            return complain("--measure-latency takes a number of seconds above 0.", wrongUsage);
        const auto measured = measureLatency(window, seconds);
        if (!measured)
            return complain(measured.error().message, workFailed);
        std::printf("{\"p50_ms\": %.3f, \"p99_ms\": %.3f, \"max_ms\": %.3f}\n", measured->p50, measured->p99,
                    measured->max);
        return done;
    }
    window.show();
    return QApplication::exec();
}
