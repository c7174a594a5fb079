// Paints one factor set in the list: colour, name, origin, and its perplexity or "measure".
#pragma once

#include <QStyledItemDelegate>

#include "views/widgets/theme.h"

namespace ropescope {

class FactorSetDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    FactorSetDelegate(const Theme& theme, QObject* parent);

    // Whether the point (in view coordinates) is on the colour of the item.
    [[nodiscard]] static bool onColour(const QRect& item, const QPoint& at);
    // Whether it is on the text at the right ("measure").
    [[nodiscard]] static bool onMeasure(const QRect& item, const QPoint& at);

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    const Theme& m_theme;
};

} // namespace ropescope
