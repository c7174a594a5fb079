// One line of text that gives way: cut short with an ellipsis where there is no room, whole in its tooltip.
#pragma once

#include <QLabel>

namespace ropescope {

// text() is always the whole text. A tooltip of one's own goes before the cut text.
class ElidedLabel : public QLabel {
    Q_OBJECT

public:
    explicit ElidedLabel(const QString& text = {}, QWidget* parent = nullptr);

    [[nodiscard]] QSize minimumSizeHint() const override;
    // Whether the text is cut at the present width.
    [[nodiscard]] bool isCut() const;

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
};

} // namespace ropescope
