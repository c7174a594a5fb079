// What opens when a part of the setup bar is pressed.
#pragma once

#include <QObject>
#include <QPoint>

#include "views/models/setup_model.h"

class QMenu;
class QWidget;

namespace ropescope {

// Builds each chooser when it is opened and writes the choice into the setup; models go through a signal, because a new
// model replaces everything else.
class SetupChoosers : public QObject {
    Q_OBJECT

public:
    SetupChoosers(SetupModel& setup, QWidget* window);

    void chooseModel(const QPoint& at);
    void chooseText(const QPoint& at);
    void chooseLength(const QPoint& at);
    void chooseAttention(const QPoint& at);
    void chooseDevice(const QPoint& at);

    // File dialogs, for menus.
    void browseModelFolder();
    void browseModelFile();
    void browseText();

Q_SIGNALS:
    void modelChosen(const QString& path);
    void textChosen(const QString& path);

private:
    [[nodiscard]] QMenu* newMenu() const;

    SetupModel& m_setup;
    QWidget* m_window;
};

} // namespace ropescope
