// How everything looks: one light and one dark palette, one spacing unit, one type size with two weights.
#pragma once

#include <QColor>
#include <QFont>
#include <QObject>
#include <QPalette>

#include "views/models/colour_scale.h"

class QApplication;
class QWidget;

namespace ropescope {

// Distances are whole multiples or halves of this, in device-independent pixels.
constexpr int spacingUnit = 8;

struct ThemeColours {
    QColor ground; // behind data
    QColor panel;  // behind lists and controls
    QColor text;
    QColor quietText; // labels, units
    QColor structure; // hairlines, axes, frames of empty cells
    QColor neutral;   // data that belongs to nobody: histograms of training, reference lines
    QColor highlight; // the selected column, the selected row
    QColor accent;    // links, focus, progress, what can be pressed
    QColor warning;   // text of warnings and failures
};

// GUI thread only. One for the program, given to whoever paints.
class Theme : public QObject {
    Q_OBJECT

public:
    enum class Mode { system, light, dark };
    Q_ENUM(Mode)

    explicit Theme(QObject* parent = nullptr);

    // Sets palette, style and fonts of the application; called again whenever the mode changes.
    void apply(QApplication& application);
    void setMode(Mode mode);
    [[nodiscard]] Mode mode() const { return m_mode; }
    [[nodiscard]] bool dark() const { return m_dark; }

    [[nodiscard]] const ThemeColours& colours() const { return m_colours; }
    // A set's colour; see setColour().
    [[nodiscard]] QColor set(int index) const { return QColor::fromRgb(setColour(index, m_dark)); }
    [[nodiscard]] const ColourMap& sequential() const { return sequentialMap(); }
    [[nodiscard]] const ColourMap& diverging() const { return m_diverging; }
    // Gives a widget one of the style sheet's roles ("quiet", "warning", "link"; empty: none), now or later.
    static void setRole(QWidget& widget, const QString& role);
    // Text that is readable on a ground of any colour.
    [[nodiscard]] static QColor textOn(const QColor& ground);

    // The type size; a bold one for headings and values; a step smaller for labels.
    [[nodiscard]] QFont textFont() const;
    [[nodiscard]] QFont strongFont() const;
    [[nodiscard]] QFont labelFont() const;

Q_SIGNALS:
    // Colours differ: repaint, drop cached pictures.
    void changed();

private:
    void choose();

    QApplication* m_application = nullptr;
    Mode m_mode = Mode::system;
    bool m_dark = false;
    QPalette m_systemPalette;
    ThemeColours m_colours;
    ColourMap m_diverging;
};

} // namespace ropescope
