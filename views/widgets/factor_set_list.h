// The sets as a list: the legend of every page, and where sets are shown, hidden, renamed, duplicated and removed.
#pragma once

#include <QListView>
#include <QWidget>

#include "views/models/bench.h"
#include "views/widgets/factor_set_editor.h"
#include "views/widgets/theme.h"

namespace ropescope {

// Enter or a click makes a set current; Space on the list or a click on its colour shows and hides it; F2 renames;
// Delete removes; Ctrl+D duplicates. Actions that need files or the engine are signals.
class FactorSetList : public QWidget {
    Q_OBJECT

public:
    FactorSetList(Bench& bench, FactorSetEditor& editor, const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] QListView* view() const { return m_view; }

Q_SIGNALS:
    void importRequested();
    void measureRequested(ropescope::SetId id);
    void exportRequested(ropescope::SetId id);
    // A method that refuses this scale, and why.
    void refused(const QString& message);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void fillMethodMenu(QMenu* menu);
    void addMethod(const QString& method);
    void showMenu(const QPoint& at);
    void followSelection();
    [[nodiscard]] SetId idAt(const QModelIndex& index) const;
    bool clicked(const QModelIndex& index, const QPoint& at);
    bool keyPressed(int key, Qt::KeyboardModifiers modifiers);

    Bench& m_bench;
    FactorSetEditor& m_editor;
    const Theme& m_theme;
    QListView* m_view;
};

} // namespace ropescope
