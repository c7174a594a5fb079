// The search beside the tracks: what comes next and what it costs, transport, the curves, the decisions.
#pragma once

#include <QWidget>

#include "views/models/bench.h"
#include "views/search/decision_list_model.h"
#include "views/widgets/theme.h"

class QAction;
class QComboBox;
class QHBoxLayout;
class QLabel;
class QPushButton;
class QSlider;
class QTableView;

namespace ropescope {

// Shows the bench's search snapshot and asks for everything else by signals: whoever owns the engine answers by a new
// snapshot. Shortcuts: Space candidate, N segment, L level, Shift+Space run or pause, Esc stop; call addActionsTo with
// the page they shall work on.
class SearchPanel : public QWidget {
    Q_OBJECT

public:
    SearchPanel(Bench& bench, const Theme& theme, QWidget* parent = nullptr);

    void addActionsTo(QWidget& page);
    // Methods to choose from before a search begins: short names, as on the command line.
    void setMethods(const QStringList& methods);
    [[nodiscard]] QString method() const;

    // "Next: +2.40 on pairs 16–23 (candidate 9 of 10), 4.1 s": what is shown now.
    [[nodiscard]] QString nextText() const;

Q_SIGNALS:
    void stepRequested(ropescope::SearchStep step);
    // Pause at the next safe point: the evaluation in work is finished or dropped, the search waits.
    void pauseRequested();
    void stopRequested();
    void pausesChanged(const ropescope::SearchPauses& pauses);
    // Show the state after so many evaluations of this branch; none: the live end.
    void goToRequested(std::optional<int> evaluations);
    void branchRequested();
    void switchRequested(const QString& branch);
    // The evaluation that is shown, as a factor set.
    void takeOverRequested();
    // Changes while paused.
    void useCurrentSetRequested();
    void skipRequested();
    void windowRequested(double low, double high);

private:
    QWidget* buildTransport();
    QWidget* buildEdits();
    QWidget* buildDecisions();
    QAction* newAction(const QString& text, const QString& name, const QKeySequence& shortcut, const QString& what);
    void showPauseMenu(QPushButton* button);
    void askWindow();
    void follow();
    void followBranches(const SearchSnapshot& search);
    [[nodiscard]] QString finishedText(const SearchSnapshot& search) const;
    [[nodiscard]] QString stateText(const SearchSnapshot& search) const;
    void goTo(int evaluations);

    Bench& m_bench;
    const Theme& m_theme;
    DecisionListModel m_decisions;
    SearchPauses m_pauses;
    QLabel* m_next;
    QLabel* m_message;
    QComboBox* m_method;
    QComboBox* m_branch;
    QAction* m_back = nullptr;
    QAction* m_step = nullptr;
    QAction* m_segment = nullptr;
    QAction* m_level = nullptr;
    QAction* m_run = nullptr;
    QAction* m_stop = nullptr;
    QSlider* m_history;
    QWidget* m_edits = nullptr;
    QPushButton* m_branchHere = nullptr;
    QPushButton* m_change = nullptr;
    QPushButton* m_takeOver = nullptr;
    QTableView* m_table = nullptr;
};

} // namespace ropescope
