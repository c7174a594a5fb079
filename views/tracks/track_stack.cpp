#include "views/tracks/track_stack.h"

#include <algorithm>
#include <numeric>

#include <QDataStream>
#include <QMouseEvent>
#include <QPainter>

namespace ropescope {

namespace {

constexpr int gap = spacingUnit;
constexpr int gutterWidth = 17 * spacingUnit;
constexpr int rightMargin = 3 * spacingUnit;
constexpr quint32 stateVersion = 1;

} // namespace

TrackStack::TrackStack(const TrackContext& context, QWidget* parent)
    : QWidget(parent), m_context(context), m_header(new AxisHeader(context, this)) {
    setObjectName(QStringLiteral("trackStack"));
    setMouseTracking(true);
    const auto repaint = qOverload<>(&QWidget::update);
    connect(&context.bench.selection(), &Selection::pairChanged, this, repaint);
    connect(&context.bench.selection(), &Selection::segmentChanged, this, repaint);
    connect(&context.bench.setup(), &SetupModel::targetLengthChanged, this, repaint);
    connect(&context.bench.setup(), &SetupModel::geometryChanged, this, &TrackStack::arrange);
    connect(&context.theme, &Theme::changed, this, repaint);
}

void TrackStack::addTrack(Track* track) {
    track->setParent(this);
    m_tracks.push_back(track);
    m_places.push_back({track->usualHeight(), true});
    track->show();
    arrange();
}

std::size_t TrackStack::indexOf(const Track* track) const {
    return static_cast<std::size_t>(std::find(m_tracks.begin(), m_tracks.end(), track) - m_tracks.begin());
}

void TrackStack::setTrackVisible(Track* track, bool visible) {
    m_places[indexOf(track)].visible = visible;
    arrange();
    Q_EMIT layoutChanged();
}

bool TrackStack::isTrackVisible(const Track* track) const {
    return m_places[indexOf(track)].visible;
}

void TrackStack::moveTrack(Track* track, int place) {
    const auto from = static_cast<std::ptrdiff_t>(indexOf(track));
    const auto to = std::clamp<std::ptrdiff_t>(place, 0, static_cast<std::ptrdiff_t>(m_tracks.size()) - 1);
    if (from == to)
        return;
    const auto turn = [from, to](auto& list) {
        const auto first = list.begin();
        if (from < to)
            std::rotate(first + from, first + from + 1, first + to + 1);
        else
            std::rotate(first + to, first + from, first + from + 1);
    };
    turn(m_tracks);
    turn(m_places);
    arrange();
    Q_EMIT layoutChanged();
}

QByteArray TrackStack::saveState() const {
    QByteArray bytes;
    QDataStream stream(&bytes, QIODevice::WriteOnly);
    stream.setVersion(QDataStream::Qt_6_0);
    stream << stateVersion << static_cast<quint32>(m_tracks.size());
    for (std::size_t i = 0; i < m_tracks.size(); ++i)
        stream << m_tracks[i]->key() << static_cast<qint32>(m_places[i].height) << m_places[i].visible;
    return bytes;
}

void TrackStack::restoreState(const QByteArray& state) {
    QDataStream stream(state);
    stream.setVersion(QDataStream::Qt_6_0);
    quint32 version = 0;
    quint32 count = 0;
    stream >> version >> count;
    if (stream.status() != QDataStream::Ok || version != stateVersion)
        return;
    for (quint32 place = 0; place < std::min<quint32>(count, 64); ++place) {
        QString key;
        qint32 height = 0;
        bool visible = true;
        stream >> key >> height >> visible;
        const auto found =
            std::find_if(m_tracks.begin(), m_tracks.end(), [&](const Track* t) { return t->key() == key; });
        if (stream.status() != QDataStream::Ok || found == m_tracks.end())
            continue;
        Track* track = *found;
        m_places[indexOf(track)] = {std::clamp(static_cast<int>(height), track->leastHeight(), 2000), visible};
        moveTrack(track, static_cast<int>(place));
    }
    arrange();
}

QSize TrackStack::minimumSizeHint() const {
    int height = m_header->usualHeight();
    for (std::size_t i = 0; i < m_tracks.size(); ++i)
        if (m_places[i].visible)
            height += m_tracks[i]->leastHeight() + gap;
    return {gutterWidth + rightMargin + 240, height};
}

QSize TrackStack::sizeHint() const {
    int height = m_header->usualHeight();
    for (std::size_t i = 0; i < m_tracks.size(); ++i)
        if (m_places[i].visible)
            height += m_places[i].height + gap;
    return {gutterWidth + rightMargin + 720, height};
}

// Wanted heights, all stretched or shrunk by one ratio to the room there is, none below its least.
void TrackStack::arrange() {
    const int pairs = m_context.bench.setup().setup().geometry.pairs();
    m_axis = PairAxis(pairs, gutterWidth, width() - gutterWidth - rightMargin);
    m_header->setAxis(m_axis);
    m_header->setGeometry(0, 0, width(), m_header->usualHeight());
    int wanted = 0;
    int gaps = 0;
    for (const Place& place : m_places)
        if (place.visible) {
            wanted += place.height;
            gaps += gap;
        }
    const double room = height() - m_header->usualHeight() - gaps;
    const double ratio = wanted > 0 ? room / wanted : 1;
    int y = m_header->usualHeight();
    for (std::size_t i = 0; i < m_tracks.size(); ++i) {
        Track* track = m_tracks[i];
        track->setVisible(m_places[i].visible);
        if (!m_places[i].visible)
            continue;
        const int trackHeight = std::max(static_cast<int>(m_places[i].height * ratio), track->leastHeight());
        track->setAxis(m_axis);
        track->setGeometry(0, y, width(), trackHeight);
        y += trackHeight + gap;
    }
    setMinimumHeight(minimumSizeHint().height());
    update();
}

void TrackStack::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void TrackStack::paintEvent(QPaintEvent* event) {
    Q_UNUSED(event)
    QPainter painter(this);
    painter.fillRect(rect(), m_context.theme.colours().ground);
    paintSelectedColumn(painter, m_axis, m_context.bench.selection(), m_context.theme, 0, height());
    painter.setRenderHint(QPainter::Antialiasing);
    paintTurnLines(painter, m_axis, m_context.bench.setup().setup(), m_context.theme, 0, height());
}

Track* TrackStack::gapAt(int y) const {
    for (std::size_t i = 0; i < m_tracks.size(); ++i) {
        const int bottom = m_tracks[i]->geometry().bottom();
        if (m_places[i].visible && y > bottom && y <= bottom + gap)
            return m_tracks[i];
    }
    return nullptr;
}

Track* TrackStack::trackAt(int y) const {
    for (std::size_t i = 0; i < m_tracks.size(); ++i)
        if (m_places[i].visible && y >= m_tracks[i]->geometry().top() && y <= m_tracks[i]->geometry().bottom() + gap)
            return m_tracks[i];
    return nullptr;
}

void TrackStack::mousePressEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton)
        return;
    const int y = static_cast<int>(event->position().y());
    m_resized = gapAt(y);
    m_pressY = y;
    if (m_resized)
        m_pressHeight = m_resized->height();
    else if (event->position().x() < m_axis.left())
        m_moved = trackAt(y);
}

void TrackStack::mouseMoveEvent(QMouseEvent* event) {
    const int y = static_cast<int>(event->position().y());
    if (m_resized) {
        // What is on the screen becomes what is wanted, so that the drag is one to one.
        for (std::size_t i = 0; i < m_tracks.size(); ++i)
            if (m_places[i].visible)
                m_places[i].height = m_tracks[i]->height();
        m_places[indexOf(m_resized)].height = std::max(m_pressHeight + y - m_pressY, m_resized->leastHeight());
        arrange();
    } else if (m_moved && m_moved != m_header) {
        if (Track* under = trackAt(y); under && under != m_moved)
            moveTrack(m_moved, static_cast<int>(indexOf(under)));
    } else {
        setCursor(gapAt(y) ? Qt::SplitVCursor : Qt::ArrowCursor);
    }
}

void TrackStack::mouseReleaseEvent(QMouseEvent* event) {
    Q_UNUSED(event)
    if (m_resized)
        Q_EMIT layoutChanged();
    m_resized = nullptr;
    m_moved = nullptr;
}

} // namespace ropescope
