// What the main window knows of a page: Dimensions, Landscape, Probes, Export.
#pragma once

#include <QString>
#include <QWidget>

namespace ropescope {

// A page is a widget over the shared bench. It is created once, lives as long as the window, and follows the bench's
// signals by itself; the window only shows and hides it.
class Page : public QWidget {
    Q_OBJECT

public:
    using QWidget::QWidget;

    // What its button says ("Landscape"), translated.
    [[nodiscard]] virtual QString title() const = 0;
    // A short name for screenshots, settings and tests ("landscape"); also the object name, with "Page" appended.
    [[nodiscard]] virtual QString key() const = 0;

    // For --screenshot: how many pictures show all of the page's states, and bringing about state `index`. Picture 0 is
    // the page as it opens.
    [[nodiscard]] virtual int pictureCount() const { return 1; }
    // Text of the state for the file name ("empty", "failed"); the page's work must be settled when it returns.
    virtual QString showPicture(int index) {
        Q_UNUSED(index)
        return {};
    }
    // Whether the picture needs nothing any more that is computed beside the queue of jobs.
    [[nodiscard]] virtual bool pictureSettled() const { return true; }
};

} // namespace ropescope
