// The bar on top: model, text, lengths, attention, device. Says what every number on the page belongs to.
#pragma once

#include <QAbstractButton>
#include <QWidget>

#include "views/models/setup_model.h"
#include "views/widgets/theme.h"

namespace ropescope {

// A small label over a value; pressing it opens the chooser of that part.
class SetupField : public QAbstractButton {
    Q_OBJECT

public:
    SetupField(const QString& label, const Theme& theme, QWidget* parent = nullptr);
    // Shown elided in the middle when there is no room; `hint` stands in quiet when the value is empty.
    void setValue(const QString& value, const QString& hint);
    // Numbers are never cut: names give way.
    void keepWhole() { m_whole = true; }
    [[nodiscard]] QString value() const { return m_value; }
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& m_theme;
    QString m_label;
    QString m_value;
    QString m_hint;
    bool m_whole = false;
};

class SetupBar : public QWidget {
    Q_OBJECT

public:
    SetupBar(SetupModel& setup, const Theme& theme, QWidget* parent = nullptr);
    void setStudyName(const QString& name);

    // Parts by the name that is also the object name: "modelField", "textField", "lengthField", "attentionField",
    // "deviceField".
    [[nodiscard]] SetupField* field(const QString& name) const;

Q_SIGNALS:
    // The field was pressed; its lower left corner is where a menu belongs.
    void modelRequested(const QPoint& corner);
    void textRequested(const QPoint& corner);
    void lengthRequested(const QPoint& corner);
    void attentionRequested(const QPoint& corner);
    void deviceRequested(const QPoint& corner);

private:
    using Request = void (SetupBar::*)(const QPoint&);
    SetupField* addField(const QString& label, const QString& name, const QString& toolTip, Request request);
    void follow();

    SetupModel& m_setup;
    const Theme& m_theme;
    SetupField* m_study;
    SetupField* m_model;
    SetupField* m_text;
    SetupField* m_length;
    SetupField* m_attention;
    SetupField* m_device;
};

} // namespace ropescope
