#include "app/window/screenshots.h"

#include <array>

#include <QApplication>
#include <QElapsedTimer>
#include <QEventLoop>
#include <QPixmap>
#include <QSize>
#include <QString>
#include <QTimer>

#include "app/window/main_window.h"

namespace ropescope {

namespace {

constexpr int patience = 120'000; // milliseconds for one picture's computations, on a busy machine

// Until the angles are there and every event has been dealt with.
void settle(MainWindow& window, const Page& page) {
    QElapsedTimer clock;
    clock.start();
    do {
        QEventLoop loop;
        QTimer::singleShot(20, &loop, &QEventLoop::quit);
        loop.exec();
    } while ((window.bench().angles().computing() || window.jobs().running() || !page.pictureSettled()) &&
             clock.elapsed() < patience);
    QApplication::processEvents();
}

QString fileName(const Page& page, const QString& state, bool dark, QSize size) {
    return QStringLiteral("%1%2-%3-%4x%5.png")
        .arg(page.key(), state.isEmpty() ? QString() : QLatin1Char('-') + state,
             dark ? QStringLiteral("dark") : QStringLiteral("light"))
        .arg(size.width())
        .arg(size.height());
}

} // namespace

Result<void> writeScreenshots(MainWindow& window, Theme& theme, const std::filesystem::path& folder) {
    std::error_code problem;
    std::filesystem::create_directories(folder, problem);
    if (problem)
        return fail(inputError(folder.string(), "folder", "a folder that can be made", problem.message()));
    window.show();
    for (const QSize size : {QSize(1680, 1050), QSize(1280, 800)}) {
        window.resize(size);
        for (const Theme::Mode mode : {Theme::Mode::light, Theme::Mode::dark}) {
            theme.setMode(mode);
            for (Page* page : window.pages()) {
                window.showPage(page);
                for (int picture = 0; picture < page->pictureCount(); ++picture) {
                    const QString state = page->showPicture(picture);
                    settle(window, *page);
                    const auto path = folder / fileName(*page, state, mode == Theme::Mode::dark, size).toStdString();
                    if (!window.grab().save(QString::fromStdString(path.string())))
                        return fail(failure("The picture could not be written: " + path.string()));
                }
                page->showPicture(0);
            }
        }
    }
    return {};
}

} // namespace ropescope
