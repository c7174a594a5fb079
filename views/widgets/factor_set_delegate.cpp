#include "views/widgets/factor_set_delegate.h"

#include <QPainter>

#include "views/models/factor_set_list_model.h"
#include "views/models/value_text.h"

namespace ropescope {

namespace {

constexpr int swatchWidth = 12;
constexpr int measureWidth = 9 * spacingUnit;

QRect swatchOf(const QRect& item) {
    return {item.left() + spacingUnit, item.top() + item.height() / 2 - 8, swatchWidth, 16};
}

} // namespace

FactorSetDelegate::FactorSetDelegate(const Theme& theme, QObject* parent)
    : QStyledItemDelegate(parent), m_theme(theme) {}

bool FactorSetDelegate::onColour(const QRect& item, const QPoint& at) {
    return swatchOf(item).adjusted(-4, -4, 4, 4).contains(at);
}

bool FactorSetDelegate::onMeasure(const QRect& item, const QPoint& at) {
    return at.x() > item.right() - measureWidth && at.y() < item.center().y();
}

QSize FactorSetDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const {
    Q_UNUSED(index)
    const int text = QFontMetrics(m_theme.textFont()).height() + QFontMetrics(m_theme.labelFont()).height();
    return {option.rect.width(), text + spacingUnit + 2};
}

void FactorSetDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    const ThemeColours& colours = m_theme.colours();
    const bool visible = index.data(FactorSetListModel::visibleRole).toBool();
    const QColor colour = m_theme.set(index.data(FactorSetListModel::colourRole).toInt());
    const bool current = option.state.testFlag(QStyle::State_Selected);
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing, false);
    if (current)
        painter->fillRect(option.rect, colours.highlight);
    if (option.state.testFlag(QStyle::State_HasFocus)) {
        painter->setPen(QPen(colours.accent, 1));
        painter->drawRect(option.rect.adjusted(0, 0, -1, -1));
    }
    const QRect swatch = swatchOf(option.rect);
    if (visible || current) {
        painter->fillRect(swatch, colour);
    } else {
        painter->setPen(QPen(colour, 1));
        painter->drawRect(swatch.adjusted(0, 0, -1, -1));
    }

    const QFontMetrics textMetrics(m_theme.textFont());
    const QFontMetrics labelMetrics(m_theme.labelFont());
    const QRect inner = option.rect.adjusted(swatchWidth + 2 * spacingUnit, spacingUnit / 2, -spacingUnit, 0);
    const QRect upper(inner.left(), inner.top(), inner.width(), textMetrics.height());
    const QRect lower(inner.left(), upper.bottom() + 2, inner.width(), labelMetrics.height());

    const QString perplexity = index.data(FactorSetListModel::perplexityRole).toString();
    const QString right = perplexity.isEmpty() ? tr("measure") : perplexity;
    painter->setFont(m_theme.textFont());
    painter->setPen(perplexity.isEmpty() ? colours.accent : colours.text);
    painter->drawText(upper, Qt::AlignRight | Qt::AlignVCenter, right);
    const int room = upper.width() - textMetrics.horizontalAdvance(right) - spacingUnit;
    painter->setPen(visible || current ? colours.text : colours.quietText);
    painter->drawText(upper, Qt::AlignLeft | Qt::AlignVCenter,
                      textMetrics.elidedText(index.data().toString(), Qt::ElideRight, room));

    painter->setFont(m_theme.labelFont());
    painter->setPen(colours.quietText);
    const QString origin = current ? tr("current") : index.data(FactorSetListModel::originRole).toString();
    painter->drawText(lower, Qt::AlignLeft | Qt::AlignVCenter, visible ? origin : tr("%1, hidden").arg(origin));
    if (const qlonglong length = index.data(FactorSetListModel::perplexityLengthRole).toLongLong();
        length > 0 && current)
        painter->drawText(lower, Qt::AlignRight | Qt::AlignVCenter, tr("perplexity at %1").arg(countText(length)));
    painter->restore();
}

} // namespace ropescope
