// The window: setup bar and page buttons on top, the list of sets at the left, a page, the job bar below.
#pragma once

#include <vector>

#include <QMainWindow>

#include "app/window/set_keeper.h"
#include "app/window/window_context.h"
#include "views/pages/page.h"

class QActionGroup;
class QButtonGroup;
class QStackedWidget;

namespace ropescope {

class FactorSetList;
class JobBar;
class JobDialog;
class ProbeController;
class SearchController;
class SensitivityController;
class SetupBar;
class SetupChoosers;
class StudyOpener;

// Owns the shared models and the pages. Wiring only: what is computed, shown and painted lives elsewhere.
class MainWindow : public QMainWindow {
    Q_OBJECT

public:
    explicit MainWindow(Theme& theme);
    ~MainWindow() override;

    // What is open: a model, a study, a published search.
    [[nodiscard]] StudyOpener& opener() { return *m_opener; }
    void openText(const QString& path);
    void importFactorFile(const QString& path);
    // Whatever was dropped: a model, a text, a factor file, a study.
    void openPath(const QString& path);

    [[nodiscard]] Bench& bench() { return m_bench; }
    [[nodiscard]] JobQueue& jobs() { return m_jobs; }
    [[nodiscard]] SearchController& search() { return *m_search; }
    [[nodiscard]] const std::vector<Page*>& pages() const { return m_pages; }
    void showPage(Page* page);

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    QWidget* buildTop();
    QWidget* buildLeft();
    void buildMenus();
    void buildFileMenu();
    void buildEditMenu();
    void buildViewMenu();
    void connectDimensions();
    void connectOpener();
    void sayWhereLeft();
    void connectProbes();
    void browseFactors();
    void followBasis();
    void restore();
    void remember() const;

    Theme& m_theme;
    Bench m_bench;
    FactorSetEditor m_editor;
    Laboratory m_laboratory;
    JobQueue m_jobs; // its jobs use all of the above: ends before them
    StudyKeeper m_study;
    SetKeeper m_setKeeper; // hears of a study before whoever measures its sets
    WindowContext m_context;
    SetupChoosers* m_choosers;
    SensitivityController* m_sensitivity;
    ProbeController* m_probes = nullptr;
    SearchController* m_search;
    StudyOpener* m_opener;
    SetupBar* m_setupBar = nullptr;
    FactorSetList* m_setList = nullptr;
    QStackedWidget* m_stack;
    JobBar* m_jobBar;
    JobDialog* m_jobDialog;
    QButtonGroup* m_pageButtons;
    std::vector<Page*> m_pages;
    bool m_measuringDemo = false; // what the bundled study lacks is being measured
    bool m_closing = false;       // when its jobs have ended
    QString m_basis;              // that measurements were last read for
};

} // namespace ropescope
