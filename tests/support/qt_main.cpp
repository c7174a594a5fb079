// The main of tests with widgets: offscreen always, one application, the C locale, figures as in English.
#if ROPESCOPE_CATCH_VERSION == 3
#include <catch2/catch_session.hpp>
#else
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>
#endif

#include <QApplication>
#include <QLocale>
#include <QSettings>
#include <QStyleFactory>
#include <QTemporaryDir>

int main(int argc, char** argv) {
    qputenv("QT_QPA_PLATFORM", "offscreen");
    QLocale::setDefault(QLocale(QLocale::English, QLocale::UnitedStates));
    // No test may read or write what a person has kept or set.
    const QTemporaryDir own;
    qputenv("XDG_DATA_HOME", own.path().toLocal8Bit());
    QApplication application(argc, argv);
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    QApplication::setOrganizationName(QStringLiteral("ropescope-tests"));
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, own.path());
    return Catch::Session().run(argc, argv);
}
