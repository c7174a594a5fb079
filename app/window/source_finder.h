// A study whose model or text was moved: notices it, and takes the new place once it is found to be the same.
#pragma once

#include "app/window/window_context.h"

namespace ropescope {

class SourceNotice;

// GUI thread only.
class SourceFinder : public QObject {
    Q_OBJECT

public:
    SourceFinder(const WindowContext& context, SourceNotice& notice, QWidget* window);

    // Compares with what the study remembers, in the background, and keeps the path in the study. What is another model
    // or text is refused in place.
    void foundModel(const QString& path);
    void foundText(const QString& path);

Q_SIGNALS:
    // The study knows the new place: it is to be opened anew.
    void moved(const QString& study);

private:
    void check();
    void browseModel();
    void browseText();
    void start(const QString& title, std::function<Outcome<std::string>(StudyFile&, const RunControl&)> work);

    WindowContext m_context;
    SourceNotice& m_notice;
    QWidget* m_window;
    QString m_checked; // study and paths that were last looked for
};

} // namespace ropescope
