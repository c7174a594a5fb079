// Above every page: what the shown study was made with is not where it was, and the way to say where it is now.
#pragma once

#include <QWidget>

class QLabel;
class QPushButton;

namespace ropescope {

// Hidden while nothing is missing. Text only: whoever owns the study decides what is missing and looks for it.
class SourceNotice : public QWidget {
    Q_OBJECT

public:
    explicit SourceNotice(QWidget* parent = nullptr);

    // Paths that are not there any more; an empty one is there.
    void setMissing(const QString& modelPath, const QString& textPath);
    // Why what was found will not do; empty takes it away again, as setMissing does.
    void setProblem(const QString& problem);
    // While what was found is compared with what the study remembers nothing else can be found.
    void setChecking(bool checking);

Q_SIGNALS:
    void findModelRequested();
    void findTextRequested();

private:
    struct Row {
        QWidget* box = nullptr;
        QLabel* label = nullptr;
        QPushButton* button = nullptr;
    };
    Row addRow(const QString& name, const QString& button);
    static void show(const Row& row, const QString& sentence, const QString& path);

    Row m_model;
    Row m_text;
    QLabel* m_problem;
};

} // namespace ropescope
