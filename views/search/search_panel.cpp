#include "views/search/search_panel.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QAction>
#include <QComboBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QInputDialog>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QPushButton>
#include <QSlider>
#include <QTableView>
#include <QVBoxLayout>

#include "views/models/value_text.h"
#include "views/search/best_curve.h"
#include "views/search/increment_chart.h"

namespace ropescope {

namespace {

QPushButton* actionButton(QAction* action, QWidget* parent) {
    auto* button = new QPushButton(action->text(), parent);
    button->setObjectName(action->objectName() + QStringLiteral("Button"));
    button->setToolTip(action->toolTip());
    button->setEnabled(action->isEnabled());
    button->setStyleSheet(QStringLiteral("padding: 4px 3px;"));
    QObject::connect(button, &QPushButton::clicked, action, &QAction::trigger);
    QObject::connect(action, &QAction::changed, button, [action, button] {
        button->setEnabled(action->isEnabled());
        button->setText(action->text());
        button->setToolTip(action->toolTip());
    });
    return button;
}

QPushButton* linkButton(const QString& text, const QString& name, const QString& toolTip, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setObjectName(name);
    button->setProperty("role", QStringLiteral("link"));
    button->setCursor(Qt::PointingHandCursor);
    button->setToolTip(toolTip);
    return button;
}

} // namespace

SearchPanel::SearchPanel(Bench& bench, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_theme(theme), m_decisions(bench.search()), m_next(new QLabel(this)),
      m_message(new QLabel(this)), m_method(new QComboBox(this)), m_branch(new QComboBox(this)),
      m_history(new QSlider(Qt::Horizontal, this)) {
    setObjectName(QStringLiteral("searchPanel"));
    m_next->setObjectName(QStringLiteral("nextStep"));
    m_next->setWordWrap(true);
    m_message->setObjectName(QStringLiteral("searchMessage"));
    m_message->setProperty("role", QStringLiteral("warning"));
    m_message->setWordWrap(true);
    m_message->hide();

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacingUnit);
    auto* increments = new IncrementChart(bench, theme);
    auto* best = new BestCurve(bench, theme);
    // They take what is left, so that a low window needs no scrolling.
    for (QWidget* chart : std::array<QWidget*, 2>{increments, best})
        chart->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Ignored);
    column->addWidget(increments, 3);
    column->addWidget(m_next);
    column->addWidget(m_message);
    column->addWidget(buildTransport());
    column->addWidget(best, 3);
    column->addWidget(buildDecisions(), 2);
    column->addWidget(buildEdits());
    connect(&bench.search(), &SearchModel::changed, this, &SearchPanel::follow);
    connect(&bench.setup(), &SetupModel::changed, this, &SearchPanel::follow);
    connect(&bench.selection(), &Selection::setChanged, this, &SearchPanel::follow);
    follow();
}

QAction* SearchPanel::newAction(const QString& text, const QString& name, const QKeySequence& shortcut,
                                const QString& what) {
    auto* action = new QAction(text, this);
    action->setObjectName(name);
    action->setShortcut(shortcut);
    action->setShortcutContext(Qt::WidgetWithChildrenShortcut);
    action->setToolTip(QStringLiteral("%1 (%2)").arg(what, shortcut.toString(QKeySequence::NativeText)));
    return action;
}

QWidget* SearchPanel::buildTransport() {
    m_back = newAction(tr("\u25c0 back"), QStringLiteral("stepBack"), QKeySequence(Qt::Key_Backspace),
                       tr("One evaluation back, to look at it"));
    m_step = newAction(tr("step"), QStringLiteral("stepCandidate"), QKeySequence(Qt::Key_Space),
                       tr("Score the next candidate"));
    m_segment = newAction(tr("segment"), QStringLiteral("stepSegment"), QKeySequence(Qt::Key_N),
                          tr("Score until this segment is decided"));
    m_level = newAction(tr("level"), QStringLiteral("stepLevel"), QKeySequence(Qt::Key_L),
                        tr("Score until this level is done"));
    m_run = newAction(tr("\u25b6 run"), QStringLiteral("runSearch"), QKeySequence(Qt::SHIFT | Qt::Key_Space),
                      tr("Run to the end, or pause"));
    m_stop = newAction(tr("\u25a0"), QStringLiteral("stopSearch"), QKeySequence(Qt::Key_Escape),
                       tr("Stop; everything that was scored is kept"));
    connect(m_step, &QAction::triggered, this, [this] { Q_EMIT stepRequested(SearchStep::candidate); });
    connect(m_segment, &QAction::triggered, this, [this] { Q_EMIT stepRequested(SearchStep::segment); });
    connect(m_level, &QAction::triggered, this, [this] { Q_EMIT stepRequested(SearchStep::level); });
    connect(m_run, &QAction::triggered, this, [this] {
        if (m_bench.search().snapshot().phase == SearchPhase::running)
            Q_EMIT pauseRequested();
        else
            Q_EMIT stepRequested(SearchStep::end);
    });
    connect(m_stop, &QAction::triggered, this, &SearchPanel::stopRequested);
    connect(m_back, &QAction::triggered, this, [this] { goTo(m_history->value() - 1); });

    auto* transport = new QWidget;
    auto* column = new QVBoxLayout(transport);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacingUnit / 2);
    auto* row = new QHBoxLayout;
    row->setSpacing(spacingUnit / 2);
    for (QAction* action : std::array{m_back, m_step, m_segment, m_level, m_run, m_stop})
        row->addWidget(actionButton(action, transport), 1);
    column->addLayout(row);

    m_history->setObjectName(QStringLiteral("historySlider"));
    m_history->setAccessibleName(tr("Evaluation that is shown"));
    m_history->setToolTip(tr("Go back to any evaluation; it can only be looked at until you branch there"));
    connect(m_history, &QSlider::valueChanged, this, &SearchPanel::goTo);
    column->addWidget(m_history);
    return transport;
}

QWidget* SearchPanel::buildDecisions() {
    auto* box = new QWidget;
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(spacingUnit / 2);
    auto* heading = new QLabel(tr("Decisions"));
    heading->setProperty("role", QStringLiteral("quiet"));
    m_table = new QTableView;
    m_table->setObjectName(QStringLiteral("decisions"));
    m_table->setAccessibleName(tr("Decisions of the search, newest first"));
    m_table->setModel(&m_decisions);
    m_table->horizontalHeader()->hide();
    m_table->verticalHeader()->hide();
    m_table->verticalHeader()->setDefaultSectionSize(QFontMetrics(m_theme.textFont()).height() + 4);
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::ResizeToContents);
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setShowGrid(false);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Ignored);
    m_table->setMinimumHeight(3 * (QFontMetrics(m_theme.textFont()).height() + 4));
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& index) {
        const int decision = m_decisions.decisionAt(index.row());
        const auto& decisions = m_bench.search().snapshot().decisions;
        if (decision < 0 || static_cast<std::size_t>(decision) >= decisions.size())
            return;
        m_bench.selection().setDecision(decision);
        const Segment segment = decisions[static_cast<std::size_t>(decision)].segment;
        if (segment.width() > 0)
            m_bench.selection().setSegment(segment);
    });
    column->addWidget(heading);
    column->addWidget(m_table, 1);
    return box;
}

QWidget* SearchPanel::buildEdits() {
    m_edits = new QWidget;
    auto* row = new QHBoxLayout(m_edits);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    m_method->setObjectName(QStringLiteral("searchMethod"));
    m_method->setAccessibleName(tr("Search method"));
    for (QComboBox* box : {m_method, m_branch}) {
        box->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        box->setMinimumContentsLength(4);
    }
    m_branch->setObjectName(QStringLiteral("searchBranch"));
    m_branch->setAccessibleName(tr("Branch of the search"));
    connect(m_branch, &QComboBox::activated, this,
            [this](int chosen) { Q_EMIT switchRequested(m_branch->itemData(chosen).toString()); });
    m_branchHere = linkButton(tr("Branch here"), QStringLiteral("branchHere"),
                              tr("A new branch from the state that is shown; the old one stays"), m_edits);
    auto* pause = linkButton(tr("Pause at…"), QStringLiteral("pauseAt"), tr("When a running search pauses"), m_edits);
    m_change =
        linkButton(tr("Change…"), QStringLiteral("changeSearch"),
                   tr("While paused: put in the current set's factors, skip the segment, change its window"), m_edits);
    m_takeOver = linkButton(tr("Take over"), QStringLiteral("takeOver"),
                            tr("The newest evaluation that is shown becomes a factor set of its own"), m_edits);
    connect(m_takeOver, &QPushButton::clicked, this, &SearchPanel::takeOverRequested);
    connect(m_branchHere, &QPushButton::clicked, this, &SearchPanel::branchRequested);
    connect(pause, &QPushButton::clicked, this, [this, pause] { showPauseMenu(pause); });
    auto* menu = new QMenu(m_change);
    menu->addAction(tr("Put in the current set's factors"), this, &SearchPanel::useCurrentSetRequested);
    menu->addAction(tr("Skip this segment"), this, &SearchPanel::skipRequested);
    menu->addAction(tr("Change its window…"), this, &SearchPanel::askWindow);
    connect(m_change, &QPushButton::clicked, this,
            [this, menu] { menu->popup(m_change->mapToGlobal(QPoint(0, -menu->sizeHint().height()))); });
    for (QPushButton* button : {m_branchHere, m_change, m_takeOver, pause})
        row->addWidget(button);
    row->addStretch(1);
    row->addWidget(m_method);
    row->addWidget(m_branch);
    return m_edits;
}

void SearchPanel::addActionsTo(QWidget& page) {
    for (QAction* action : std::array{m_back, m_step, m_segment, m_level, m_run, m_stop})
        page.addAction(action);
}

void SearchPanel::setMethods(const QStringList& methods) {
    m_method->clear();
    m_method->addItems(methods);
}

QString SearchPanel::method() const {
    return m_method->currentText();
}

void SearchPanel::showPauseMenu(QPushButton* button) {
    QMenu menu(this);
    const auto add = [&](const QString& text, bool SearchPauses::*flag) {
        QAction* action = menu.addAction(text, this, [this, flag] {
            m_pauses.*flag = !(m_pauses.*flag);
            Q_EMIT pausesChanged(m_pauses);
        });
        action->setCheckable(true);
        action->setChecked(m_pauses.*flag);
    };
    add(tr("At every segment"), &SearchPauses::atSegment);
    add(tr("At every level"), &SearchPauses::atLevel);
    add(tr("When a candidate is invalid"), &SearchPauses::atInvalid);
    QAction* gain = menu.addAction(tr("On a gain above…"), this, [this] {
        bool accepted = false;
        const double share =
            QInputDialog::getDouble(this, tr("Pause on a gain"), tr("Fall of the perplexity, per cent"),
                                    100 * m_pauses.gainAbove.value_or(0.005), 0, 100, 2, &accepted);
        m_pauses.gainAbove = accepted ? std::optional(share / 100) : std::nullopt;
        Q_EMIT pausesChanged(m_pauses);
    });
    gain->setCheckable(true);
    gain->setChecked(m_pauses.gainAbove.has_value());
    menu.exec(button->mapToGlobal(QPoint(0, -menu.sizeHint().height())));
}

void SearchPanel::askWindow() {
    const auto& live = m_bench.search().snapshot().live;
    if (!live)
        return;
    const IncrementWindow window = live->window.value_or(IncrementWindow{-1, 1});
    bool accepted = false;
    const double low =
        QInputDialog::getDouble(this, tr("Window"), tr("Lowest increment"), window.low, -1e6, 1e6, 3, &accepted);
    if (!accepted)
        return;
    const double high = QInputDialog::getDouble(this, tr("Window"), tr("Highest increment"), std::max(window.high, low),
                                                low, 1e6, 3, &accepted);
    if (accepted)
        Q_EMIT windowRequested(low, high);
}

QString SearchPanel::nextText() const {
    const SearchSnapshot& search = m_bench.search().snapshot();
    const Setup& setup = m_bench.setup().setup();
    if (search.phase == SearchPhase::opening)
        return tr("Opening the study…");
    if (setup.modelName.isEmpty())
        return tr("Choose a model to search on.");
    if (setup.textName.isEmpty())
        return tr("Choose a text to search on.");
    if (search.phase == SearchPhase::none) {
        const FactorSetEntry* current = m_bench.currentSet();
        return current
                   ? tr("Next: begin a search from %1, at %2 tokens").arg(current->name, countText(setup.targetLength))
                   : tr("Choose a factor set to begin a search from.");
    }
    if (!search.next)
        return finishedText(search);
    QString cost;
    if (search.secondsPerEvaluation > 0) {
        cost = tr(", %1").arg(durationText(search.secondsPerEvaluation));
        const auto left = search.planned - search.evaluations;
        if (left > 0)
            cost += tr("; all %1 left: %2")
                        .arg(countText(left), durationText(static_cast<double>(left) * search.secondsPerEvaluation));
    }
    if (search.next->segment.width() == 0)
        return tr("Next: the start vector%1").arg(cost);
    return tr("Next: %1 on %2 (candidate %3 of %4)%5")
        .arg(signedText(search.next->increment, 2), segmentText(search.next->segment.first, search.next->segment.end))
        .arg(search.next->index + 1)
        .arg(search.next->of)
        .arg(cost);
}

// A search fits the text it is given: what it found is worth what it gains on text that it did not see.
QString SearchPanel::finishedText(const SearchSnapshot& search) const {
    const QString finished = tr("The search is finished after %1 evaluations.").arg(countText(search.evaluations));
    if (!search.verdict) {
        return search.origin == ScoreOrigin::model && search.phase != SearchPhase::running && !search.readOnly
                   ? tr("%1 Next: compare on text that it did not see.").arg(finished)
                   : finished;
    }
    const SearchVerdict& verdict = *search.verdict;
    QString text = tr("%1 Perplexity %2 → %3 on the text it searched.")
                       .arg(finished, factorText(verdict.initial), factorText(verdict.found));
    if (!verdict.unseen)
        return tr("%1 There is no text that it did not see, so over-fitting can't be judged.").arg(text);
    const SearchVerdict::Unseen& unseen = *verdict.unseen;
    text += QLatin1Char(' ') +
            tr("On unseen text (%n window(s)) %1 → %2, found − start", nullptr, static_cast<int>(unseen.windows))
                .arg(factorText(unseen.initial), factorText(unseen.found));
    if (!std::isfinite(unseen.standardError))
        return tr("%1 %2 nats per token: too little text to tell.").arg(text, signedText(unseen.difference, 4));
    QString meaning = tr("no clear difference");
    if (unseen.difference <= -2 * unseen.standardError)
        meaning = tr("better");
    else if (unseen.difference >= 2 * unseen.standardError)
        meaning = tr("worse than the start");
    return tr("%1 %2 ± %3 nats per token: %4.")
        .arg(text, signedText(unseen.difference, 4), QLocale().toString(unseen.standardError, 'f', 4), meaning);
}

void SearchPanel::goTo(int evaluations) {
    if (evaluations < 0)
        return;
    Q_EMIT goToRequested(evaluations < m_history->maximum() ? std::optional(evaluations) : std::nullopt);
}

// What a person should know of the state beside what comes next.
QString SearchPanel::stateText(const SearchSnapshot& search) const {
    if (!search.message.isEmpty())
        return search.message;
    if (search.readOnly)
        return search.origin == ScoreOrigin::model
                   ? tr("After evaluation %1 of %2, to look at. Branch here to go on from it.")
                         .arg(countText(search.shown), countText(std::ssize(search.scored)))
                   : tr("After evaluation %1 of %2, to look at.")
                         .arg(countText(search.shown), countText(std::ssize(search.scored)));
    if (search.origin == ScoreOrigin::ranks)
        return tr("Published without perplexities: the scores only rank the candidates as they were ranked.");
    return {};
}

// Each with its best perplexity, to compare.
void SearchPanel::followBranches(const SearchSnapshot& search) {
    QStringList texts;
    for (const QString& name : search.branches) {
        QString text = name;
        for (const BranchCurve& other : search.others)
            if (other.name == name && !other.points.empty())
                text = tr("%1: %2").arg(name, factorText(other.points.back().best));
        if (name == search.branch && search.incumbent)
            text = tr("%1: %2").arg(name, factorText(*search.incumbent));
        texts << text;
    }
    QStringList present;
    for (int row = 0; row < m_branch->count(); ++row)
        present << m_branch->itemText(row);
    if (present != texts) {
        m_branch->clear();
        for (qsizetype row = 0; row < texts.size(); ++row)
            m_branch->addItem(texts[row], search.branches[row]);
    }
    m_branch->setCurrentIndex(m_branch->findData(search.branch));
    m_branch->setVisible(search.branches.size() > 1);
}

void SearchPanel::follow() {
    const SearchSnapshot& search = m_bench.search().snapshot();
    const bool running = search.phase == SearchPhase::running;
    const bool opening = search.phase == SearchPhase::opening;
    const bool begun = search.phase != SearchPhase::none && !opening;
    const bool possible = !opening && !m_bench.setup().setup().textName.isEmpty() && m_bench.currentSet();
    const bool goesOn = begun ? search.next.has_value() && !search.readOnly : possible;
    m_next->setText(running ? tr("Running. %1").arg(nextText()) : nextText());
    m_message->setText(stateText(search));
    Theme::setRole(*m_message, search.message.isEmpty() ? QStringLiteral("quiet") : QStringLiteral("warning"));
    m_message->setVisible(!m_message->text().isEmpty());
    for (QAction* action : std::array{m_step, m_segment, m_level})
        action->setEnabled(goesOn && !running);
    const bool comparable =
        begun && !search.next && !search.verdict && !search.readOnly && search.origin == ScoreOrigin::model;
    m_run->setEnabled(goesOn || running || comparable);
    m_run->setText(running ? tr("\u2016 pause") : comparable ? tr("\u25b6 compare") : tr("\u25b6 run"));
    m_stop->setEnabled(running);
    m_back->setEnabled(!running && search.shown > 0);
    const bool ownSearch = begun && search.origin == ScoreOrigin::model && !running;
    m_branchHere->setEnabled(ownSearch);
    m_change->setEnabled(ownSearch && goesOn);
    m_takeOver->setEnabled(!running && search.last.has_value());
    m_branch->setEnabled(!running);
    m_method->setVisible(!begun && !opening);
    followBranches(search);
    const QSignalBlocker quiet(m_history);
    m_history->setRange(0, static_cast<int>(search.scored.size()));
    // Not while it is being dragged: the answer to an earlier place would pull it back.
    if (!m_history->isSliderDown())
        m_history->setValue(static_cast<int>(search.shown));
    m_history->setEnabled(!running && m_history->maximum() > 0);
}

} // namespace ropescope
