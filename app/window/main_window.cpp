#include "app/window/main_window.h"

#include <utility>

#include <QActionGroup>
#include <QApplication>
#include <QButtonGroup>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QMenuBar>
#include <QMimeData>
#include <QPushButton>
#include <QScreen>
#include <QSettings>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "app/window/factor_import.h"
#include "app/window/job_bar.h"
#include "app/window/job_dialog.h"
#include "app/window/model_identifier.h"
#include "app/window/model_setup.h"
#include "app/window/pages.h"
#include "app/window/probe_controller.h"
#include "app/window/search_controller.h"
#include "app/window/sensitivity_controller.h"
#include "app/window/setup_choosers.h"
#include "app/window/source_finder.h"
#include "app/window/study_opener.h"
#include "views/pages/dimensions_page.h"
#include "views/pages/export_page.h"
#include "views/pages/landscape_page.h"
#include "views/pages/probes_page.h"
#include "views/pages/training_page.h"
#include "views/search/search_panel.h"
#include "views/tracks/factors_track.h"
#include "views/tracks/track_stack.h"
#include "views/tracks/tree_track.h"
#include "views/widgets/factor_set_list.h"
#include "views/widgets/first_steps.h"
#include "views/widgets/pair_panel.h"
#include "views/widgets/setup_bar.h"
#include "views/widgets/source_notice.h"

namespace ropescope {

MainWindow::MainWindow(Theme& theme)
    : m_theme(theme), m_editor(m_bench.sets(), m_bench.selection()), m_study(m_jobs),
      m_setKeeper(m_bench, m_editor.history(), m_jobs, m_study), m_context{m_bench, m_editor,     theme,
                                                                           m_jobs,  m_laboratory, m_study},
      m_choosers(new SetupChoosers(m_bench.setup(), this)), m_sensitivity(new SensitivityController(m_context, this)),
      m_search(new SearchController(m_context, this)), m_opener(new StudyOpener(m_context, *m_search, this)),
      m_stack(new QStackedWidget), m_jobBar(new JobBar(m_jobs)), m_jobDialog(new JobDialog(m_jobs, this)),
      m_pageButtons(new QButtonGroup(this)) {
    setObjectName(QStringLiteral("mainWindow"));
    setWindowTitle(tr("Ropescope"));
    setAcceptDrops(true);
    m_pages = makePages(m_context, m_stack);
    for (Page* page : m_pages)
        m_stack->addWidget(page);
    m_probes = m_stack->findChild<ProbeController*>();

    auto* middle = new QSplitter(Qt::Horizontal);
    middle->setObjectName(QStringLiteral("middleSplitter"));
    middle->setChildrenCollapsible(false);
    middle->setHandleWidth(spacingUnit / 2);
    middle->addWidget(buildLeft());
    middle->addWidget(m_stack);
    middle->setStretchFactor(0, 0);
    middle->setStretchFactor(1, 1);

    auto* centre = new QWidget;
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(buildTop());
    auto* notice = new SourceNotice;
    column->addWidget(notice);
    column->addWidget(middle, 1);
    column->addWidget(m_jobBar);
    setCentralWidget(centre);
    buildMenus();
    connect(m_choosers, &SetupChoosers::modelChosen, m_opener, &StudyOpener::openModel);
    connect(m_choosers, &SetupChoosers::textChosen, this, &MainWindow::openText);
    connect(m_jobBar, &JobBar::queueRequested, m_jobDialog, &QWidget::show);
    connectDimensions();
    connectProbes();
    new ModelIdentifier(m_context, this);
    connect(new SourceFinder(m_context, *notice, this), &SourceFinder::moved, m_opener, &StudyOpener::openStudy);
    resize(QSize(1440, 900).boundedTo(screen()->availableSize()));
    if (auto* dimensions = findChild<DimensionsPage*>())
        dimensions->factors().setFocus();
    restore();
}

MainWindow::~MainWindow() {
    // Pages look at the bench, which as a member would die before the child widgets.
    delete takeCentralWidget();
}

QWidget* MainWindow::buildTop() {
    auto* top = new QWidget;
    auto* row = new QHBoxLayout(top);
    row->setContentsMargins(0, 0, 2 * spacingUnit, 0);
    row->setSpacing(2 * spacingUnit);
    m_setupBar = new SetupBar(m_bench.setup(), m_theme);
    connect(m_setupBar, &SetupBar::modelRequested, m_choosers, &SetupChoosers::chooseModel);
    connect(m_setupBar, &SetupBar::textRequested, m_choosers, &SetupChoosers::chooseText);
    connect(m_setupBar, &SetupBar::lengthRequested, m_choosers, &SetupChoosers::chooseLength);
    connect(m_setupBar, &SetupBar::attentionRequested, m_choosers, &SetupChoosers::chooseAttention);
    connect(m_setupBar, &SetupBar::deviceRequested, m_choosers, &SetupChoosers::chooseDevice);
    row->addWidget(m_setupBar, 1);
    int number = 1;
    for (Page* page : m_pages) {
        auto* button = new QPushButton(page->title());
        button->setObjectName(page->key() + QStringLiteral("Button"));
        button->setProperty("role", QStringLiteral("page"));
        button->setCheckable(true);
        button->setToolTip(tr("Ctrl+%1").arg(number++));
        // Room for the bold type of the chosen page.
        button->setMinimumWidth(QFontMetrics(m_theme.strongFont()).horizontalAdvance(page->title()) + 2 * spacingUnit);
        m_pageButtons->addButton(button);
        row->addWidget(button);
        connect(button, &QPushButton::clicked, this, [this, page] { showPage(page); });
    }
    return top;
}

QWidget* MainWindow::buildLeft() {
    auto* left = new QWidget;
    left->setObjectName(QStringLiteral("leftPanel"));
    left->setMinimumWidth(208);
    left->setMaximumWidth(360);
    auto* column = new QVBoxLayout(left);
    column->setContentsMargins(0, 0, 0, spacingUnit);
    column->setSpacing(2 * spacingUnit);
    m_setList = new FactorSetList(m_bench, m_editor, m_theme);
    connect(m_setList, &FactorSetList::refused, this,
            [this](const QString& message) { m_jobBar->showMessage(message, true); });
    connect(m_setList, &FactorSetList::importRequested, this, &MainWindow::browseFactors);
    connect(m_setList, &FactorSetList::measureRequested, m_probes, &ProbeController::measureSet);
    connect(m_setList, &FactorSetList::exportRequested, this, [this](SetId id) {
        m_bench.selection().setSet(id);
        showPage(findChild<ExportPage*>());
    });
    column->addWidget(m_setList, 1);
    column->addWidget(new PairPanel(m_bench, m_theme), 0);
    return left;
}

void MainWindow::connectDimensions() {
    auto* dimensions = findChild<DimensionsPage*>();
    connect(dimensions, &DimensionsPage::sensitivityRequested, m_sensitivity, &SensitivityController::measure);
    auto* panel = new SearchPanel(m_bench, m_theme);
    dimensions->setSearchPanel(panel);
    panel->addActionsTo(*dimensions);
    m_search->connectPanel(*panel);
    m_search->connectTree(dimensions->tree());
    connect(m_search, &SearchController::failed, this,
            [this](const QString& message) { m_jobBar->showMessage(message, true); });
    if (!QSettings().value(QStringLiteral("firstSteps/closed")).toBool()) {
        auto* steps = new FirstSteps(m_bench);
        dimensions->setFirstSteps(steps);
        connect(steps, &FirstSteps::closed, this,
                [] { QSettings().setValue(QStringLiteral("firstSteps/closed"), true); });
        connect(findChild<ExportPage*>(), &ExportPage::saved, steps, [steps] { steps->tick(FirstSteps::exportSet); });
    }
    connectOpener();
    connect(&m_bench.setup(), &SetupModel::changed, this, &MainWindow::followBasis);
}

void MainWindow::connectOpener() {
    connect(m_opener, &StudyOpener::said, m_jobBar, &JobBar::showMessage);
    connect(m_opener, &StudyOpener::named, m_setupBar, &SetupBar::setStudyName);
    // Queued: the search of a study is shown after its setup.
    connect(m_opener, &StudyOpener::wentOn, this, &MainWindow::sayWhereLeft, Qt::QueuedConnection);
    connect(m_opener, &StudyOpener::replacing, this, [this] { m_basis.clear(); });
    // Real numbers in every track and beside every set; on the demo model it takes seconds.
    connect(m_opener, &StudyOpener::demoOpened, this, [this] {
        connect(
            &m_jobs, &JobQueue::idle, this,
            [this, demo = m_study.path()] {
                if (m_study.path() != demo)
                    return;
                m_probes->measureMissing();
                if (m_bench.sensitivity().sensitivity().byLogFactor.empty())
                    m_sensitivity->measure();
                m_measuringDemo = m_jobs.running() != nullptr;
                connect(
                    &m_jobs, &JobQueue::idle, this, [this] { m_measuringDemo = false; }, Qt::SingleShotConnection);
            },
            Qt::SingleShotConnection);
    });
    // Nobody asked for these: another study does not wait for them.
    connect(m_opener, &StudyOpener::opening, this, [this] {
        if (m_measuringDemo)
            m_jobs.cancelAll();
    });
}

// With the keys that go on, where they do.
void MainWindow::sayWhereLeft() {
    const QString opened = tr("Opened where you left off.");
    if (m_bench.search().snapshot().phase != SearchPhase::paused)
        m_jobBar->showMessage(opened, false);
    else if (m_stack->currentWidget() == findChild<DimensionsPage*>())
        m_jobBar->showMessage(opened + QLatin1Char(' ') + tr("Space scores the next candidate, Shift+Space runs on."),
                              false);
    else
        m_jobBar->showMessage(opened + QLatin1Char(' ') + tr("The search is paused on the Dimensions page (Ctrl+1)."),
                              false);
}

void MainWindow::connectProbes() {
    const auto say = [this](const QString& message) { m_jobBar->showMessage(message, true); };
    auto* landscape = findChild<LandscapePage*>();
    connect(landscape, &LandscapePage::sensitivityRequested, m_sensitivity, &SensitivityController::measure);
    connect(landscape, &LandscapePage::failed, this, say);
    connect(findChild<ProbesPage*>(), &ProbesPage::failed, this, say);
    auto* training = findChild<TrainingPage*>();
    connect(training, &TrainingPage::openRequested, m_opener, &StudyOpener::openModel);
    connect(training, &TrainingPage::failed, this, say);
}

// The study may know numbers for another attention or device.
void MainWindow::followBasis() {
    const Setup& setup = m_bench.setup().setup();
    if (measurementBasis(setup) == m_basis)
        return;
    m_basis = measurementBasis(setup);
    m_study.readMeasurements(setup);
}

void MainWindow::browseFactors() {
    const QString path = QFileDialog::getOpenFileName(
        this, tr("Factor file"), {}, tr("Factor files (*.json *.csv *.npy *.pt *.gguf *.safetensors);;All files (*)"));
    if (!path.isEmpty())
        importFactorFile(path);
}

void MainWindow::importFactorFile(const QString& path) {
    const auto entry = importedEntry(m_bench, path);
    if (entry)
        m_editor.add(*entry);
    else
        m_jobBar->showMessage(QString::fromStdString(entry.error().message), true);
}

void MainWindow::buildMenus() {
    buildFileMenu();
    buildEditMenu();
    buildViewMenu();
}

void MainWindow::buildFileMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&File"));
    menu->addAction(tr("New study"), QKeySequence(QKeySequence::New), this,
                    [this] { m_opener->openModel(m_bench.setup().setup().modelPath); });
    menu->addAction(tr("Open study…"), QKeySequence(QKeySequence::Open), m_opener, &StudyOpener::browse);
    QMenu* recent = menu->addMenu(tr("Recent studies"));
    connect(recent, &QMenu::aboutToShow, this, [this, recent] { m_opener->fillRecent(recent); });
    QMenu* published = menu->addMenu(tr("Published searches"));
    published->setObjectName(QStringLiteral("publishedSearches"));
    connect(published, &QMenu::aboutToShow, this, [this, published] { m_opener->fillPublished(published); });
    menu->addAction(tr("Save a copy of the study…"), QKeySequence(QKeySequence::SaveAs), m_opener,
                    &StudyOpener::saveCopy);
    menu->addSeparator();
    menu->addAction(tr("Open model folder…"), QKeySequence(tr("Ctrl+M")), m_choosers,
                    &SetupChoosers::browseModelFolder);
    menu->addAction(tr("Open GGUF file…"), QKeySequence(tr("Ctrl+G")), m_choosers, &SetupChoosers::browseModelFile);
    menu->addAction(tr("Open text…"), QKeySequence(tr("Ctrl+T")), m_choosers, &SetupChoosers::browseText);
    menu->addAction(tr("Import factors…"), QKeySequence(tr("Ctrl+I")), this, &MainWindow::browseFactors);
    menu->addSeparator();
    menu->addAction(tr("Quit"), QKeySequence(QKeySequence::Quit), this, &QWidget::close);
}

void MainWindow::buildEditMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&Edit"));
    QAction* undo = m_editor.history().createUndoAction(this, tr("Undo"));
    undo->setShortcut(QKeySequence::Undo);
    QAction* redo = m_editor.history().createRedoAction(this, tr("Redo"));
    redo->setShortcuts({QKeySequence(QKeySequence::Redo), QKeySequence(tr("Ctrl+Y"))});
    menu->addAction(undo);
    menu->addAction(redo);
    menu->addSeparator();
    menu->addAction(tr("Measure current set"), QKeySequence(tr("Ctrl+E")), this,
                    [this] { m_probes->measureSet(m_bench.selection().set()); });
    menu->addAction(tr("Measure all visible sets"), QKeySequence(tr("Ctrl+Shift+E")), m_probes,
                    &ProbeController::measureMissing);
    menu->addAction(tr("Measure sensitivity"), m_sensitivity, &SensitivityController::measure);
}

void MainWindow::buildViewMenu() {
    QMenu* menu = menuBar()->addMenu(tr("&View"));
    int number = 1;
    for (Page* page : m_pages)
        menu->addAction(page->title(), QKeySequence(QStringLiteral("Ctrl+%1").arg(number++)), this,
                        [this, page] { showPage(page); });
    menu->addAction(tr("Jobs and log"), QKeySequence(tr("Ctrl+J")), m_jobDialog, &QWidget::show);
    menu->addSeparator();
    auto* appearance = new QActionGroup(this);
    const std::pair<Theme::Mode, QString> modes[] = {{Theme::Mode::system, tr("Colours of the desktop")},
                                                     {Theme::Mode::light, tr("Light")},
                                                     {Theme::Mode::dark, tr("Dark")}};
    for (const auto& [mode, text] : modes) {
        const Theme::Mode chosen = mode;
        QAction* action = menu->addAction(text, this, [this, chosen] { m_theme.setMode(chosen); });
        action->setCheckable(true);
        action->setChecked(m_theme.mode() == chosen);
        appearance->addAction(action);
    }
    auto* dimensions = findChild<DimensionsPage*>();
    if (!dimensions)
        return;
    QMenu* tracks = menu->addMenu(tr("Tracks"));
    for (Track* track : dimensions->stack().tracks()) {
        QAction* action = tracks->addAction(track->title());
        action->setCheckable(true);
        connect(tracks, &QMenu::aboutToShow, action,
                [action, dimensions, track] { action->setChecked(dimensions->stack().isTrackVisible(track)); });
        connect(action, &QAction::triggered, this,
                [dimensions, track](bool on) { dimensions->stack().setTrackVisible(track, on); });
    }
}

void MainWindow::showPage(Page* page) {
    m_stack->setCurrentWidget(page);
    if (QAbstractButton* button = findChild<QAbstractButton*>(page->key() + QStringLiteral("Button")))
        button->setChecked(true);
}

// A study belongs to one text: what is measured on another goes into another.
void MainWindow::openText(const QString& path) {
    if (path != m_bench.setup().setup().textPath && m_study.belongsToText()) {
        m_search->closeStudy();
        m_bench.search().clear();
    }
    m_bench.setup().setText(textTitle(path), path);
}

void MainWindow::openPath(const QString& path) {
    const QFileInfo info(path);
    const QString suffix = info.suffix().toLower();
    if (suffix == QLatin1String("gguf") || QFileInfo::exists(path + QStringLiteral("/config.json")))
        m_opener->openModel(path);
    else if (suffix == QLatin1String("ropescope"))
        m_opener->openStudy(path);
    else if (suffix == QLatin1String("csv") || suffix == QLatin1String("npy") || suffix == QLatin1String("pt") ||
             suffix == QLatin1String("json"))
        importFactorFile(path);
    else
        openText(path);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent* event) {
    for (const QUrl& url : event->mimeData()->urls())
        if (url.isLocalFile())
            openPath(url.toLocalFile());
}

// Nothing is asked and nothing lost: the study is durable. The window waits, disabled, for the job's safe point.
void MainWindow::closeEvent(QCloseEvent* event) {
    // Once: it comes back here when the jobs have ended, and what could not be written then can't be written now.
    if (!std::exchange(m_closing, true))
        m_setKeeper.flush();
    remember();
    if (!m_jobs.running()) {
        event->accept();
        return;
    }
    m_jobs.cancelAll();
    setEnabled(false);
    connect(&m_jobs, &JobQueue::idle, this, &QWidget::close, Qt::UniqueConnection);
    event->ignore();
}

void MainWindow::restore() {
    const QSettings settings;
    restoreGeometry(settings.value(QStringLiteral("window/geometry")).toByteArray());
    for (QSplitter* splitter : findChildren<QSplitter*>())
        splitter->restoreState(settings.value(QStringLiteral("window/") + splitter->objectName()).toByteArray());
    if (const auto* dimensions = findChild<DimensionsPage*>())
        dimensions->stack().restoreState(settings.value(QStringLiteral("window/tracks")).toByteArray());
    const QString page = settings.value(QStringLiteral("window/page")).toString();
    showPage(m_pages.front());
    for (Page* candidate : m_pages)
        if (candidate->key() == page)
            showPage(candidate);
}

void MainWindow::remember() const {
    QSettings settings;
    settings.setValue(QStringLiteral("window/geometry"), saveGeometry());
    for (const QSplitter* splitter : findChildren<QSplitter*>())
        settings.setValue(QStringLiteral("window/") + splitter->objectName(), splitter->saveState());
    if (const auto* dimensions = findChild<DimensionsPage*>())
        settings.setValue(QStringLiteral("window/tracks"), dimensions->stack().saveState());
    settings.setValue(QStringLiteral("studies/last"), m_search->studyPath());
    settings.setValue(QStringLiteral("setup/last"),
                      QString::fromStdString(setupState(m_context.bench.setup().setup())));
    settings.setValue(QStringLiteral("window/page"), static_cast<const Page*>(m_stack->currentWidget())->key());
    settings.setValue(QStringLiteral("window/theme"), static_cast<int>(m_theme.mode()));
}

} // namespace ropescope
