#include "app/window/setup_choosers.h"

#include <array>

#include <QFileDialog>
#include <QInputDialog>
#include <QMenu>

#include "views/models/value_text.h"

namespace ropescope {

SetupChoosers::SetupChoosers(SetupModel& setup, QWidget* window) : QObject(window), m_setup(setup), m_window(window) {}

QMenu* SetupChoosers::newMenu() const {
    auto* menu = new QMenu(m_window);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    return menu;
}

void SetupChoosers::chooseModel(const QPoint& at) {
    QMenu* menu = newMenu();
    menu->addAction(tr("Demo model"), this, [this] { Q_EMIT modelChosen(QStringLiteral("demo")); });
    menu->addSeparator();
    menu->addAction(tr("Model folder…"), this, &SetupChoosers::browseModelFolder);
    menu->addAction(tr("GGUF file…"), this, &SetupChoosers::browseModelFile);
    menu->popup(at);
}

void SetupChoosers::chooseText(const QPoint& at) {
    QMenu* menu = newMenu();
    menu->addAction(tr("Demo text"), this, [this] { Q_EMIT textChosen(QStringLiteral("demo")); });
    menu->addSeparator();
    menu->addAction(tr("Text file…"), this, &SetupChoosers::browseText);
    menu->addAction(tr("Folder of texts…"), this, [this] {
        const QString path = QFileDialog::getExistingDirectory(m_window, tr("Folder of texts"));
        if (!path.isEmpty())
            Q_EMIT textChosen(path);
    });
    menu->popup(at);
}

void SetupChoosers::chooseLength(const QPoint& at) {
    const std::int64_t trained = m_setup.setup().geometry.trainedLength;
    if (trained <= 0)
        return;
    QMenu* menu = newMenu();
    for (const int scale : {2, 4, 8, 16, 32}) {
        const std::int64_t length = trained * scale;
        if (length > longestTarget)
            break;
        auto* action = menu->addAction(tr("%1 tokens (%2)").arg(countText(length), scaleText(scale)), this,
                                       [this, length] { m_setup.setTargetLength(length); });
        action->setCheckable(true);
        action->setChecked(length == m_setup.setup().targetLength);
    }
    menu->addSeparator();
    menu->addAction(tr("Another length…"), this, [this, trained] {
        bool accepted = false;
        const int length =
            QInputDialog::getInt(m_window, tr("Target length"), tr("Tokens, up to %1").arg(countText(longestTarget)),
                                 static_cast<int>(m_setup.setup().targetLength), 1, static_cast<int>(longestTarget),
                                 static_cast<int>(trained), &accepted);
        if (accepted)
            m_setup.setTargetLength(length);
    });
    menu->popup(at);
}

void SetupChoosers::chooseAttention(const QPoint& at) {
    QMenu* menu = newMenu();
    const std::array forms{std::pair{QStringLiteral("full"), tr("Full: every earlier key")},
                           std::pair{QStringLiteral("lm-infinite"), tr("LM-Infinite: first keys and a window")}};
    for (const auto& [form, text] : forms) {
        const QString chosen = form;
        auto* action = menu->addAction(text, this, [this, chosen] { m_setup.setAttention(chosen); });
        action->setCheckable(true);
        action->setChecked(m_setup.setup().attention == chosen);
    }
    menu->popup(at);
}

void SetupChoosers::chooseDevice(const QPoint& at) {
    QMenu* menu = newMenu();
    for (const QString& device : {QStringLiteral("auto"), QStringLiteral("cpu"), QStringLiteral("cuda")}) {
        auto* action = menu->addAction(device, this, [this, device] { m_setup.setDevice(device); });
        action->setCheckable(true);
        action->setChecked(m_setup.setup().device == device);
    }
    menu->popup(at);
}

void SetupChoosers::browseModelFolder() {
    const QString path = QFileDialog::getExistingDirectory(m_window, tr("Model folder with config.json"));
    if (!path.isEmpty())
        Q_EMIT modelChosen(path);
}

void SetupChoosers::browseModelFile() {
    const QString path =
        QFileDialog::getOpenFileName(m_window, tr("GGUF file"), {}, tr("GGUF models (*.gguf);;All files (*)"));
    if (!path.isEmpty())
        Q_EMIT modelChosen(path);
}

void SetupChoosers::browseText() {
    const QString path =
        QFileDialog::getOpenFileName(m_window, tr("Text"), {}, tr("Texts (*.txt *.md *.jsonl *.json);;All files (*)"));
    if (!path.isEmpty())
        Q_EMIT textChosen(path);
}

} // namespace ropescope
