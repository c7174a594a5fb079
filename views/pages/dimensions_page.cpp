#include "views/pages/dimensions_page.h"

#include <QHBoxLayout>
#include <QScrollArea>
#include <QScrollBar>
#include <QSplitter>
#include <QVBoxLayout>

#include "views/tracks/angle_track.h"
#include "views/tracks/bar_track.h"
#include "views/tracks/factors_track.h"
#include "views/tracks/track_stack.h"
#include "views/tracks/tree_track.h"
#include "views/widgets/angle_controls.h"
#include "views/widgets/angle_histogram.h"

namespace ropescope {

DimensionsPage::DimensionsPage(const TrackContext& context, QWidget* parent)
    : Page(parent), m_context(context), m_stack(new TrackStack(context)), m_factors(new FactorsTrack(context)),
      m_angles(new AngleTrack(context)), m_sensitivity(new SensitivityTrack(context)), m_tree(new TreeTrack(context)) {
    setObjectName(QStringLiteral("dimensionsPage"));
    m_stack->addTrack(m_factors);
    m_stack->addTrack(new DisturbanceTrack(context));
    m_stack->addTrack(new UnseenTrack(context));
    m_stack->addTrack(m_angles);
    m_stack->addTrack(m_sensitivity);
    m_stack->addTrack(m_tree);
    connect(m_sensitivity, &SensitivityTrack::measureRequested, this, &DimensionsPage::sensitivityRequested);

    auto* scroll = new QScrollArea;
    scroll->setObjectName(QStringLiteral("trackScroll"));
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(m_stack);

    auto* centre = new QWidget;
    centre->setAutoFillBackground(true);
    centre->setBackgroundRole(QPalette::Base);
    auto* column = new QVBoxLayout(centre);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(new AngleControls(context.bench, *m_angles, *m_factors));
    column->addWidget(scroll, 1);

    auto* splitter = new QSplitter(Qt::Horizontal, this);
    splitter->setObjectName(QStringLiteral("dimensionsSplitter"));
    splitter->setChildrenCollapsible(false);
    splitter->setHandleWidth(spacingUnit / 2);
    splitter->addWidget(centre);
    splitter->addWidget(buildRightPanel());
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 0);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(splitter);
}

QWidget* DimensionsPage::buildRightPanel() {
    auto* content = new QWidget;
    m_right = new QVBoxLayout(content);
    m_right->setContentsMargins(spacingUnit, spacingUnit, spacingUnit, spacingUnit);
    m_right->setSpacing(spacingUnit);
    m_right->addWidget(new AngleHistogram(m_context.bench, m_context.theme));
    m_right->addStretch(1);
    // Scrolls on screens that are too low for all of it.
    auto* panel = new QScrollArea;
    panel->setObjectName(QStringLiteral("rightPanel"));
    panel->setWidget(content);
    panel->setWidgetResizable(true);
    panel->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    panel->setMaximumWidth(520);
    content->setAutoFillBackground(false);
    panel->viewport()->setAutoFillBackground(false);
    return panel;
}

void DimensionsPage::setSearchPanel(QWidget* panel) {
    delete m_right->takeAt(m_right->count() - 1); // the stretch makes room
    m_right->addWidget(panel, 1);
    auto* scroll = findChild<QScrollArea*>(QStringLiteral("rightPanel"));
    scroll->setMinimumWidth(scroll->widget()->minimumSizeHint().width() +
                            scroll->verticalScrollBar()->sizeHint().width());
}

void DimensionsPage::setFirstSteps(QWidget* steps) {
    m_right->insertWidget(0, steps);
}

QString DimensionsPage::showPicture(int index) {
    switch (index) {
    case 1:
        m_angles->setView(AngleView::target);
        return QStringLiteral("target-angles");
    case 2:
        m_angles->setView(AngleView::trained);
        return QStringLiteral("trained-angles");
    default:
        m_angles->setView(AngleView::difference);
        return {};
    }
}

} // namespace ropescope
