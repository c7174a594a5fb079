#include "views/widgets/factor_set_list.h"

#include <QHBoxLayout>
#include <QInputDialog>
#include <QKeyEvent>
#include <QLabel>
#include <QMenu>
#include <QMouseEvent>
#include <QPushButton>
#include <QVBoxLayout>

#include "engine/rope/method.h"
#include "views/widgets/factor_set_delegate.h"

namespace ropescope {

namespace {

QPushButton* linkButton(const QString& text, const QString& name, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setObjectName(name);
    button->setProperty("role", QStringLiteral("link"));
    button->setCursor(Qt::PointingHandCursor);
    return button;
}

} // namespace

FactorSetList::FactorSetList(Bench& bench, FactorSetEditor& editor, const Theme& theme, QWidget* parent)
    : QWidget(parent), m_bench(bench), m_editor(editor), m_theme(theme), m_view(new QListView(this)) {
    setObjectName(QStringLiteral("factorSets"));
    auto* heading = new QLabel(tr("Factor sets"), this);
    heading->setProperty("role", QStringLiteral("quiet"));
    heading->setContentsMargins(spacingUnit, 0, 0, 0);

    m_view->setObjectName(QStringLiteral("factorSetView"));
    m_view->setAccessibleName(tr("Factor sets"));
    m_view->setModel(&bench.setList());
    m_view->setItemDelegate(new FactorSetDelegate(theme, m_view));
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setToolTip(tr("Click: current set. On the colour: show or hide (H). F2: rename. Ctrl+D: duplicate. "
                          "Delete: remove."));
    m_view->installEventFilter(this);
    m_view->viewport()->installEventFilter(this);

    auto* methods = linkButton(tr("+ method"), QStringLiteral("addMethod"), this);
    auto* menu = new QMenu(methods);
    menu->setObjectName(QStringLiteral("methodMenu"));
    fillMethodMenu(menu);
    connect(methods, &QPushButton::clicked, this,
            [methods, menu] { menu->popup(methods->mapToGlobal(QPoint(0, methods->height()))); });
    auto* import = linkButton(tr("import"), QStringLiteral("importFactors"), this);
    import->setToolTip(tr("Read factors from a file (Ctrl+I)"));
    connect(import, &QPushButton::clicked, this, &FactorSetList::importRequested);
    auto* duplicate = linkButton(tr("duplicate"), QStringLiteral("duplicateSet"), this);
    duplicate->setToolTip(tr("A copy of the current set, to shape by hand (Ctrl+D)"));
    connect(duplicate, &QPushButton::clicked, this, [this] { m_editor.duplicate(m_bench.selection().set()); });

    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(spacingUnit / 2);
    buttons->setContentsMargins(spacingUnit / 2, 0, 0, 0);
    for (QPushButton* button : {methods, import, duplicate})
        buttons->addWidget(button);
    buttons->addStretch();

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, spacingUnit, 0, 0);
    layout->setSpacing(spacingUnit);
    layout->addWidget(heading);
    layout->addWidget(m_view, 1);
    layout->addLayout(buttons);

    connect(m_view->selectionModel(), &QItemSelectionModel::currentChanged, this, [this](const QModelIndex& index) {
        if (index.isValid())
            m_bench.selection().setSet(idAt(index));
    });
    connect(m_view, &QListView::customContextMenuRequested, this, &FactorSetList::showMenu);
    connect(&bench.selection(), &Selection::setChanged, this, &FactorSetList::followSelection);
    connect(&bench.sets(), &FactorSetStore::inserted, this, &FactorSetList::followSelection);
    connect(&theme, &Theme::changed, m_view->viewport(), qOverload<>(&QWidget::update));
    followSelection();
}

SetId FactorSetList::idAt(const QModelIndex& index) const {
    return index.data(FactorSetListModel::idRole).toLongLong();
}

void FactorSetList::followSelection() {
    const int row = m_bench.sets().rowOf(m_bench.selection().set());
    const QModelIndex index = row < 0 ? QModelIndex() : m_bench.setList().index(row);
    if (index != m_view->currentIndex())
        m_view->setCurrentIndex(index);
}

void FactorSetList::fillMethodMenu(QMenu* menu) {
    for (const auto& method : ropeMethods()) {
        const auto name = QString::fromUtf8(method->name().data(), static_cast<qsizetype>(method->name().size()));
        auto* action = menu->addAction(methodTitle(name), this, [this, name] { addMethod(name); });
        action->setObjectName(QStringLiteral("method_") + name);
    }
}

void FactorSetList::addMethod(const QString& method) {
    const auto entry = m_bench.methodEntry(method);
    if (entry)
        m_editor.add(*entry);
    else
        Q_EMIT refused(QString::fromStdString(entry.error().message));
}

void FactorSetList::showMenu(const QPoint& at) {
    const QModelIndex index = m_view->indexAt(at);
    if (!index.isValid())
        return;
    const SetId id = idAt(index);
    const bool visible = index.data(FactorSetListModel::visibleRole).toBool();
    QMenu menu(this);
    menu.addAction(visible ? tr("Hide") : tr("Show"), this, [this, id, visible] { m_editor.setVisible(id, !visible); });
    menu.addAction(tr("Measure"), this, [this, id] { Q_EMIT measureRequested(id); });
    menu.addAction(tr("Export…"), this, [this, id] { Q_EMIT exportRequested(id); });
    menu.addSeparator();
    menu.addAction(tr("Rename…"), this, [this] { keyPressed(Qt::Key_F2, {}); });
    menu.addAction(tr("Duplicate"), this, [this, id] { m_editor.duplicate(id); });
    menu.addAction(tr("Move up"), this, [this, id, index] { m_editor.move(id, index.row() - 1); });
    menu.addAction(tr("Move down"), this, [this, id, index] { m_editor.move(id, index.row() + 1); });
    menu.addSeparator();
    menu.addAction(tr("Remove"), this, [this, id] { m_editor.remove(id); });
    menu.exec(m_view->viewport()->mapToGlobal(at));
}

bool FactorSetList::clicked(const QModelIndex& index, const QPoint& at) {
    const QRect item = m_view->visualRect(index);
    if (FactorSetDelegate::onColour(item, at)) {
        m_editor.setVisible(idAt(index), !index.data(FactorSetListModel::visibleRole).toBool());
        return true;
    }
    if (FactorSetDelegate::onMeasure(item, at) && index.data(FactorSetListModel::perplexityRole).toString().isEmpty()) {
        Q_EMIT measureRequested(idAt(index));
        return true;
    }
    return false;
}

bool FactorSetList::keyPressed(int key, Qt::KeyboardModifiers modifiers) {
    const QModelIndex index = m_view->currentIndex();
    if (!index.isValid())
        return false;
    const SetId id = idAt(index);
    if (key == Qt::Key_H) {
        m_editor.setVisible(id, !index.data(FactorSetListModel::visibleRole).toBool());
    } else if (key == Qt::Key_Delete) {
        m_editor.remove(id);
    } else if (key == Qt::Key_D && modifiers.testFlag(Qt::ControlModifier)) {
        m_editor.duplicate(id);
    } else if (key == Qt::Key_F2) {
        bool accepted = false;
        const QString name = QInputDialog::getText(this, tr("Rename"), tr("Name of the factor set"), QLineEdit::Normal,
                                                   index.data().toString(), &accepted);
        if (accepted)
            m_editor.rename(id, name);
    } else {
        return false;
    }
    return true;
}

bool FactorSetList::eventFilter(QObject* watched, QEvent* event) {
    if (watched == m_view->viewport() && event->type() == QEvent::MouseButtonPress) {
        const auto* mouse = static_cast<QMouseEvent*>(event);
        const QModelIndex index = m_view->indexAt(mouse->pos());
        if (mouse->button() == Qt::LeftButton && index.isValid() && clicked(index, mouse->pos()))
            return true;
    }
    if (watched == m_view && event->type() == QEvent::KeyPress) {
        const auto* key = static_cast<QKeyEvent*>(event);
        if (keyPressed(key->key(), key->modifiers()))
            return true;
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ropescope
