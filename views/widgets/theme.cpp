#include "views/widgets/theme.h"

#include <QApplication>
#include <QFontDatabase>
#include <QPalette>
#include <QStyle>
#include <QStyleFactory>
#include <QWidget>

namespace ropescope {

namespace {

ThemeColours lightColours() {
    return {.ground = QColor(0xff, 0xff, 0xff),
            .panel = QColor(0xf5, 0xf6, 0xf8),
            .text = QColor(0x1b, 0x1f, 0x24),
            .quietText = QColor(0x66, 0x6c, 0x76),
            .structure = QColor(0xd9, 0xdd, 0xe3),
            .neutral = QColor(0xc6, 0xca, 0xd0),
            .highlight = QColor(0xda, 0xe6, 0xf6),
            .accent = QColor(0x00, 0x6a, 0xa8),
            .warning = QColor(0xb0, 0x4a, 0x00)};
}

ThemeColours darkColours() {
    return {.ground = QColor(0x17, 0x19, 0x1d),
            .panel = QColor(0x1f, 0x22, 0x27),
            .text = QColor(0xe8, 0xea, 0xed),
            .quietText = QColor(0x9a, 0xa1, 0xab),
            .structure = QColor(0x35, 0x3a, 0x42),
            .neutral = QColor(0x4d, 0x53, 0x5c),
            .highlight = QColor(0x2b, 0x3a, 0x4e),
            .accent = QColor(0x62, 0xb8, 0xec),
            .warning = QColor(0xf3, 0xa0, 0x5c)};
}

Rgb packed(const QColor& colour) {
    return rgb(colour.red(), colour.green(), colour.blue());
}

QPalette paletteOf(const ThemeColours& colours) {
    QPalette palette;
    palette.setColor(QPalette::Window, colours.panel);
    palette.setColor(QPalette::WindowText, colours.text);
    palette.setColor(QPalette::Base, colours.ground);
    palette.setColor(QPalette::AlternateBase, colours.panel);
    palette.setColor(QPalette::ToolTipBase, colours.ground);
    palette.setColor(QPalette::ToolTipText, colours.text);
    palette.setColor(QPalette::Text, colours.text);
    palette.setColor(QPalette::PlaceholderText, colours.quietText);
    palette.setColor(QPalette::Button, colours.ground);
    palette.setColor(QPalette::ButtonText, colours.text);
    palette.setColor(QPalette::BrightText, colours.text);
    palette.setColor(QPalette::Link, colours.accent);
    palette.setColor(QPalette::LinkVisited, colours.accent);
    palette.setColor(QPalette::Highlight, colours.accent);
    palette.setColor(QPalette::HighlightedText, Theme::textOn(colours.accent));
    palette.setColor(QPalette::Light, colours.structure);
    palette.setColor(QPalette::Midlight, colours.structure);
    palette.setColor(QPalette::Mid, colours.neutral);
    palette.setColor(QPalette::Dark, colours.neutral);
    palette.setColor(QPalette::Shadow, colours.neutral);
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        palette.setColor(QPalette::Disabled, role, colours.neutral);
    return palette;
}

// What a palette can't say: quiet buttons, link buttons, hairlines, the tab bar of the pages.
QString styleSheetOf(const ThemeColours& colours, bool dark) {
    QString sheet = QStringLiteral(R"(
QToolTip { color: @text; background: @ground; border: 1px solid @structure; padding: 4px; }
QMenu { background: @ground; border: 1px solid @structure; padding: 4px 0; }
QMenu::item { padding: 5px 24px; }
QMenu::item:selected { background: @highlight; color: @text; }
QMenu::item:disabled { color: @neutral; }
QMenu::separator { height: 1px; background: @structure; margin: 4px 0; }
QPushButton { background: @ground; border: 1px solid @structure; border-radius: 4px; padding: 4px 12px; color: @text; }
QPushButton:hover { border-color: @quiet; }
QPushButton:pressed { background: @highlight; }
QPushButton:focus { border-color: @accent; }
QPushButton:disabled { color: @neutral; }
QPushButton[role="link"] { background: transparent; border: 1px solid transparent; padding: 2px 4px; color: @accent; }
QPushButton[role="link"]:hover { text-decoration: underline; }
QPushButton[role="link"]:focus { border-color: @accent; }
QPushButton[role="link"]:disabled { color: @neutral; }
QPushButton[role="page"] { background: transparent; border: none; border-bottom: 2px solid transparent; border-radius: 0;
    padding: 6px 4px; color: @quiet; }
QPushButton[role="page"]:hover { color: @text; }
QPushButton[role="page"]:checked { color: @text; border-bottom-color: @accent; font-weight: bold; }
QPushButton[role="page"]:focus { color: @accent; }
QPushButton[role="setup"] { background: transparent; border: 1px solid transparent; text-align: left; padding: 2px 6px; }
QPushButton[role="setup"]:hover { border-color: @structure; }
QPushButton[role="setup"]:focus { border-color: @accent; }
QPushButton[role="segment"] { border-radius: 0; padding: 2px 6px; margin: 0; color: @quiet; }
QPushButton[role="segment"]:checked { background: @highlight; color: @text; }
QLabel[role="quiet"] { color: @quiet; }
QLabel[role="warning"] { color: @warning; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit, QTextEdit { background: @ground; color: @text;
    border: 1px solid @structure; border-radius: 4px; padding: 3px 6px; selection-background-color: @accent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus, QTextEdit:focus {
    border-color: @accent; }
QComboBox { padding-right: 20px; }
QComboBox::drop-down { border: none; width: 20px; }
QCheckBox::indicator { width: 12px; height: 12px; background: @ground; border: 1px solid @quiet; border-radius: 3px; }
QCheckBox::indicator:checked { background: @accent; border-color: @accent; }
QCheckBox::indicator:disabled { border-color: @structure; }
QComboBox::down-arrow { image: url(:/icons/down-@shade.svg); width: 8px; height: 8px; }
QComboBox:disabled { color: @neutral; }
QComboBox QAbstractItemView { background: @ground; border: 1px solid @structure; selection-background-color: @highlight;
    selection-color: @text; }
QProgressBar { background: @structure; border: none; border-radius: 2px; max-height: 4px; min-height: 4px; }
QProgressBar::chunk { background: @accent; border-radius: 2px; }
QListView, QTableView, QTreeView { border: none; background: transparent; outline: none; }
QTableView::item { padding: 0 4px; }
QAbstractScrollArea::corner { background: transparent; border: none; }
QHeaderView { background: transparent; border: none; }
QHeaderView::section { background: transparent; border: none; border-bottom: 1px solid @structure; padding: 4px;
    color: @quiet; }
QScrollArea { border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: @structure; border-radius: 4px; min-height: 24px; margin: 1px; }
QScrollBar::handle:vertical:hover { background: @neutral; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle:horizontal { background: @structure; border-radius: 4px; min-width: 24px; margin: 1px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSlider::groove:horizontal { height: 2px; background: @structure; }
QSlider::sub-page:horizontal { background: @accent; }
QSlider::handle:horizontal { width: 12px; height: 12px; margin: -5px 0; border-radius: 6px; background: @accent; }
QSlider::handle:horizontal:focus { border: 2px solid @text; margin: -6px 0; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: @structure; }
QMenuBar { background: @panel; }
QMenuBar::item { padding: 4px 8px; background: transparent; }
QMenuBar::item:selected { background: @highlight; }
)");
    const std::pair<QLatin1String, QColor> names[] = {
        {QLatin1String("@text"), colours.text},           {QLatin1String("@ground"), colours.ground},
        {QLatin1String("@panel"), colours.panel},         {QLatin1String("@quiet"), colours.quietText},
        {QLatin1String("@structure"), colours.structure}, {QLatin1String("@neutral"), colours.neutral},
        {QLatin1String("@highlight"), colours.highlight}, {QLatin1String("@accent"), colours.accent},
        {QLatin1String("@warning"), colours.warning}};
    for (const auto& [name, colour] : names)
        sheet.replace(name, colour.name());
    sheet.replace(QLatin1String("@shade"), dark ? QLatin1String("dark") : QLatin1String("light"));
    return sheet;
}

} // namespace

Theme::Theme(QObject* parent)
    : QObject(parent), m_colours(lightColours()), m_diverging(divergingMap(packed(m_colours.ground), false)) {}

void Theme::apply(QApplication& application) {
    if (!m_application) {
        m_application = &application;
        m_systemPalette = QApplication::palette();
    }
    QApplication::setStyle(QStyleFactory::create(QStringLiteral("Fusion")));
    // DejaVu's figures are tabular; elsewhere the desktop's own font has to do.
    if (QFontDatabase::hasFamily(QStringLiteral("DejaVu Sans")))
        QApplication::setFont(QFont(QStringLiteral("DejaVu Sans"), 9));
    choose();
}

void Theme::setMode(Mode mode) {
    m_mode = mode;
    choose();
}

void Theme::choose() {
    const bool systemDark = m_systemPalette.color(QPalette::Window).lightness() < 128;
    m_dark = m_mode == Mode::dark || (m_mode == Mode::system && systemDark);
    m_colours = m_dark ? darkColours() : lightColours();
    const QColor middle = m_dark ? m_colours.panel : QColor(0xf1, 0xf1, 0xee);
    m_diverging = divergingMap(packed(middle), m_dark);
    if (m_application) {
        QApplication::setPalette(paletteOf(m_colours));
        m_application->setStyleSheet(styleSheetOf(m_colours, m_dark));
    }
    Q_EMIT changed();
}

void Theme::setRole(QWidget& widget, const QString& role) {
    if (widget.property("role").toString() == role)
        return;
    widget.setProperty("role", role);
    widget.style()->unpolish(&widget);
    widget.style()->polish(&widget);
}

QColor Theme::textOn(const QColor& ground) {
    const double luminance = 0.2126 * ground.redF() + 0.7152 * ground.greenF() + 0.0722 * ground.blueF();
    return luminance > 0.55 ? QColor(0x1b, 0x1f, 0x24) : QColor(0xff, 0xff, 0xff);
}

QFont Theme::textFont() const {
    return QApplication::font();
}

QFont Theme::strongFont() const {
    QFont font = QApplication::font();
    font.setBold(true);
    return font;
}

QFont Theme::labelFont() const {
    QFont font = QApplication::font();
    font.setPointSizeF(font.pointSizeF() * 0.85);
    return font;
}

} // namespace ropescope
