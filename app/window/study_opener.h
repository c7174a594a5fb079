// What the window shows: a model, the bundled study, a person's own, or a published search.
#pragma once

#include <QObject>

#include "app/window/window_context.h"
#include "engine/search/trace.h"

class QMenu;

namespace ropescope {

class SearchController;

// Everything here replaces what is open; a running search is stopped and what it scored is kept in its study. GUI
// thread only.
class StudyOpener : public QObject {
    Q_OBJECT

public:
    StudyOpener(const WindowContext& context, SearchController& search, QWidget* window);

    // A model folder, a GGUF file or "demo", without a study.
    void openModel(const QString& path);
    // The bundled study, copied into `folder` so that it can be gone on with; the bare model, and a message, where it
    // can't be read.
    void openDemo(const QString& folder);
    // The study that was open when the window was last closed, paused, or the model and text without one; the bundled
    // study where there is neither.
    void openLast(const QString& folder);
    // In the background: a large study takes a while to read.
    void openStudy(const QString& path);
    void openPublished(const SearchTrace& trace);

    void browse();
    void saveCopy();
    void fillRecent(QMenu* menu);
    void fillPublished(QMenu* menu);

Q_SIGNALS:
    // What is shown is about to be replaced.
    void opening();
    void said(const QString& message, bool warning);
    // What the setup bar calls it; empty where no study is open.
    void named(const QString& name);
    // A study is about to replace what is shown: its measurements are to be read anew.
    void replacing();
    // The bundled study is there.
    void demoOpened();
    // What was open when the window was last closed is there.
    void wentOn();

private:
    void show(const Setup& setup);
    void studyChanged(const QString& path);
    void studyOpened(const Setup& setup);
    void openFailed(const QString& path, const QString& message);

    WindowContext m_context;
    SearchController& m_search;
    QWidget* m_window;
    QString m_demo;     // the bundled study's copy, while it is being opened
    QString m_wentOnTo; // the last study, while it is being opened
    QString m_named;    // the study that the window was named after
};

} // namespace ropescope
