// A chart with its heading, or in its place what to do: a page is made of these.
#pragma once

#include <QWidget>

#include "views/charts/chart_widget.h"
#include "views/widgets/theme.h"

class QHBoxLayout;
class QLabel;
class QPushButton;
class QStackedLayout;

namespace ropescope {

class ElidedLabel;

class ChartPanel : public QWidget {
    Q_OBJECT

public:
    // Takes ownership of the chart. Object names are the chart's with "Panel", "Title", "Note", "NoteButton", "Save"
    // appended.
    ChartPanel(const QString& title, ChartWidget* chart, const Theme& theme, QWidget* parent = nullptr);

    void setTitle(const QString& title, const QString& toolTip = {});
    // A widget at the right of the heading, before "Save picture".
    void addToHeading(QWidget* widget);
    // Words in place of the chart, with a button where something can be done (empty: none). `warning`: of a failure.
    void showNote(const QString& text, const QString& button = {}, bool warning = false);
    void showChart();
    [[nodiscard]] bool showsChart() const;
    [[nodiscard]] QString note() const;

    // PNG or SVG by the path's ending; false when it can't be written.
    [[nodiscard]] bool save(const QString& path);

Q_SIGNALS:
    void noteAction();
    // A picture could not be written, and where.
    void failed(const QString& message);

private:
    void askAndSave();

    const Theme& m_theme;
    ChartWidget* m_chart;
    QHBoxLayout* m_heading;
    ElidedLabel* m_title;
    QPushButton* m_save;
    QStackedLayout* m_stack;
    QLabel* m_note;
    QPushButton* m_noteButton;
};

} // namespace ropescope
