// The window. Without arguments it opens on the bundled model; with --screenshot it draws itself into files.
#include <cstdio>

#include <QApplication>
#include <QCommandLineParser>
#include <QLocale>
#include <QSettings>
#include <QTranslator>

#include "app/window/main_window.h"
#include "app/window/screenshots.h"

namespace {

enum ExitCode : int { done = 0, workFailed = 1, wrongUsage = 2 };

// Pictures and measurements need no display, and must not depend on what a person once chose.
bool runsUnattended(int argc, char** argv) {
    for (int i = 1; i < argc; ++i)
        if (QByteArray(argv[i]).startsWith("--screenshot") || QByteArray(argv[i]).startsWith("--measure-latency"))
            return true;
    return false;
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
    parser.addOption(screenshot);
    parser.addPositionalArgument(QStringLiteral("path"),
                                 QCoreApplication::translate("main", "A model folder, a GGUF file or a text to open."),
                                 QStringLiteral("[path...]"));
    parser.process(application);

    QTranslator translator;
    if (!unattended &&
        translator.load(QLocale(), QStringLiteral("ropescope"), QStringLiteral("_"), QStringLiteral(":/translations")))
        QApplication::installTranslator(&translator);

    Theme theme;
    theme.apply(application);
    if (!unattended)
        theme.setMode(static_cast<Theme::Mode>(QSettings().value(QStringLiteral("window/theme"), 0).toInt()));
    MainWindow window(theme);
    window.openModel(QStringLiteral("demo"));
    for (const QString& path : parser.positionalArguments())
        window.openPath(path);

    if (parser.isSet(screenshot)) {
        const auto written = writeScreenshots(window, theme, parser.value(screenshot).toStdString());
        if (!written) {
            std::fprintf(stderr, "%s\n", written.error().message.c_str());
            return workFailed;
        }
        return done;
    }
    window.show();
    return QApplication::exec();
}
