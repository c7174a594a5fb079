#include "app/window/study_opener.h"

#include <utility>

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QSettings>

#include "app/window/model_setup.h"
#include "app/window/search_controller.h"
#include "engine/base/atomic_file.h"
#include "engine/base/resources.h"
#include "engine/search/published_searches.h"

namespace ropescope {

namespace {

constexpr int mostRecent = 10;

const QStringList& firstMethods() {
    static const QStringList methods{QStringLiteral("yarn"), QStringLiteral("ntk"), QStringLiteral("dprope"),
                                     QStringLiteral("llama3"), QStringLiteral("pi")};
    return methods;
}

// At once, and not when the window closes: it may be killed.
void rememberLast(const QString& study) {
    QSettings().setValue(QStringLiteral("studies/last"), study);
}

QString textOf(const Error& error) {
    return QString::fromStdString(error.message);
}

} // namespace

StudyOpener::StudyOpener(const WindowContext& context, SearchController& search, QWidget* window)
    : QObject(window), m_context(context), m_search(search), m_window(window) {
    connect(&context.study, &StudyKeeper::changed, this, &StudyOpener::studyChanged);
    connect(&search, &SearchController::studyOpened, this, &StudyOpener::studyOpened);
    connect(&search, &SearchController::openFailed, this, &StudyOpener::openFailed);
}

void StudyOpener::show(const Setup& setup) {
    m_context.editor.history().clear();
    m_context.bench.openSetup(setup, firstMethods());
}

void StudyOpener::openModel(const QString& path) {
    auto setup = setupForModel(path);
    if (!setup) {
        Q_EMIT said(textOf(setup.error()), true);
        return;
    }
    const Setup& present = m_context.bench.setup().setup();
    setup->attention = present.attention;
    setup->device = present.device;
    Q_EMIT opening();
    // A person's own text stays with another model; the demo brings its own.
    setup->textPath = path == QLatin1String("demo") ? QStringLiteral("demo") : present.textPath;
    setup->textName = setup->textPath.isEmpty() ? QString() : textTitle(setup->textPath);
    m_search.closeStudy();
    show(*setup);
}

void StudyOpener::openLast(const QString& folder) {
    const QString last = QSettings().value(QStringLiteral("studies/last")).toString();
    if (!last.isEmpty() && QFileInfo::exists(last)) {
        m_wentOnTo = last;
        openStudy(last);
        return;
    }
    const auto setup = setupOfState(QSettings().value(QStringLiteral("setup/last")).toString().toStdString());
    if (setup && setup->modelPath != QLatin1String("demo") && QFileInfo::exists(setup->modelPath)) {
        show(*setup);
        Q_EMIT wentOn();
        return;
    }
    openDemo(folder);
}

void StudyOpener::openDemo(const QString& folder) {
    const QDir demo(QString::fromStdString((resourceFolder() / "demo").string()));
    const QStringList studies = demo.entryList({QStringLiteral("*.ropescope")}, QDir::Files, QDir::Name);
    if (studies.isEmpty()) {
        openFailed({}, tr("there is none"));
        return;
    }
    QDir().mkpath(folder);
    const QString copy = QDir(folder).filePath(studies.front());
    if (!QFileInfo::exists(copy)) {
        const auto content = readFile(demo.filePath(studies.front()).toStdString());
        const auto written =
            content ? writeFileAtomically(copy.toStdString(), *content) : Result<void>(fail(content.error()));
        if (!written) {
            openFailed(copy, textOf(written.error()));
            return;
        }
    }
    m_demo = QDir::cleanPath(copy);
    openStudy(copy);
}

void StudyOpener::openStudy(const QString& path) {
    Q_EMIT opening();
    m_search.openStudy(path);
}

void StudyOpener::studyOpened(const Setup& setup) {
    Q_EMIT replacing();
    show(setup);
    const QString path = m_search.studyPath();
    rememberLast(path);
    const bool again = std::exchange(m_wentOnTo, {}) == path;
    if (std::exchange(m_demo, {}) == path)
        Q_EMIT demoOpened();
    else if (again)
        Q_EMIT wentOn();
}

// An empty window would leave a newcomer with nothing to do: the bare model is there in any case.
void StudyOpener::openFailed(const QString& path, const QString& message) {
    m_demo.clear();
    m_wentOnTo.clear();
    const bool empty = m_context.bench.setup().setup().modelName.isEmpty();
    if (!empty) {
        Q_EMIT said(message, true);
        return;
    }
    openModel(QStringLiteral("demo"));
    Q_EMIT said(path.isEmpty()
                    ? tr("The bundled study could not be opened (%1): this is the demo model without it.").arg(message)
                    : tr("%1 could not be opened (%2): this is the demo model without a study.")
                          .arg(QFileInfo(path).fileName(), message),
                true);
}

void StudyOpener::openPublished(const SearchTrace& trace) {
    const auto setup = setupOfTrace(trace);
    if (!setup) {
        Q_EMIT said(textOf(setup.error()), true);
        return;
    }
    Q_EMIT opening();
    m_search.closeStudy();
    show(*setup);
    m_search.openReplay(trace, tr("%1, as published").arg(setup->modelName));
    Q_EMIT named(tr("replay"));
}

void StudyOpener::studyChanged(const QString& path) {
    Q_EMIT named(QFileInfo(path).completeBaseName());
    QSettings settings;
    QStringList recent = settings.value(QStringLiteral("studies/recent")).toStringList();
    // One that could not be begun.
    if (!QFileInfo::exists(m_named))
        recent.removeAll(m_named);
    m_named = path;
    // One that is there already is remembered once it could be read.
    if (!path.isEmpty() && !QFileInfo::exists(path))
        rememberLast(path);
    if (!path.isEmpty()) {
        recent.removeAll(path);
        recent.prepend(path);
    }
    settings.setValue(QStringLiteral("studies/recent"), QStringList(recent.mid(0, mostRecent)));
}

void StudyOpener::fillRecent(QMenu* menu) {
    menu->clear();
    for (const QString& path : QSettings().value(QStringLiteral("studies/recent")).toStringList())
        if (QFileInfo::exists(path))
            menu->addAction(QFileInfo(path).completeBaseName(), this, [this, path] { openStudy(path); });
    if (menu->isEmpty())
        menu->addAction(tr("No studies yet"))->setEnabled(false);
}

void StudyOpener::fillPublished(QMenu* menu) {
    menu->clear();
    const auto searches = publishedSearches();
    if (!searches) {
        menu->addAction(textOf(searches.error()))->setEnabled(false);
        return;
    }
    for (const SearchTrace& trace : *searches)
        menu->addAction(QString::fromStdString(trace.name), this, [this, trace] { openPublished(trace); })
            ->setToolTip(QString::fromStdString(trace.source));
}

void StudyOpener::browse() {
    const QString path =
        QFileDialog::getOpenFileName(m_window, tr("Study"), {}, tr("Studies (*.ropescope);;All files (*)"));
    if (!path.isEmpty())
        openStudy(path);
}

void StudyOpener::saveCopy() {
    const QString from = m_search.studyPath();
    if (from.isEmpty() || m_context.jobs.needed(from)) {
        Q_EMIT said(from.isEmpty() ? tr("There is no study yet: begin a search first.")
                                   : tr("Pause the running job first: a copy is taken between evaluations."),
                    true);
        return;
    }
    const QString to = QFileDialog::getSaveFileName(m_window, tr("Save a copy"), {}, tr("Studies (*.ropescope)"));
    if (to.isEmpty())
        return;
    const auto content = readFile(from.toStdString());
    const auto written =
        content ? writeFileAtomically(to.toStdString(), *content) : Result<void>(fail(content.error()));
    Q_EMIT said(written ? tr("Copied to %1").arg(to) : textOf(written.error()), !written);
}

} // namespace ropescope
