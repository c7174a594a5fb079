// Makes warnings of Qt fail a test: broken models, failed connections, layouts inside layouts.
#pragma once

#include <mutex>

#include <QString>
#include <QStringList>
#include <QtGlobal>

namespace ropescope::test {

// Collects Qt's warnings while it lives; CHECK(warnings.all().isEmpty()) at the end. One at a time.
class QtWarnings {
public:
    QtWarnings() {
        list().clear();
        m_previous = qInstallMessageHandler([](QtMsgType type, const QMessageLogContext&, const QString& message) {
            const std::lock_guard lock(mutex());
            // The offscreen platform says this of every window; it means nothing.
            if (type != QtDebugMsg && type != QtInfoMsg && !message.contains(QStringLiteral("propagateSizeHints")))
                list().append(message);
        });
    }
    ~QtWarnings() { qInstallMessageHandler(m_previous); }
    QtWarnings(const QtWarnings&) = delete;
    QtWarnings& operator=(const QtWarnings&) = delete;

    [[nodiscard]] QStringList all() const {
        const std::lock_guard lock(mutex());
        return list();
    }

private:
    static QStringList& list() {
        static QStringList warnings;
        return warnings;
    }
    static std::mutex& mutex() {
        static std::mutex guard;
        return guard;
    }
    QtMessageHandler m_previous = nullptr;
};

} // namespace ropescope::test
