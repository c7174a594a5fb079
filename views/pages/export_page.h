// Export: for whom, exactly what will be written, and what to know before using it.
#pragma once

#include "views/models/bench.h"
#include "views/models/export_model.h"
#include "views/pages/page.h"
#include "views/widgets/theme.h"

class QLabel;
class QListView;
class QPlainTextEdit;
class QPushButton;
class QVBoxLayout;

namespace ropescope {

// Writes the current set. Everything here is text of a few kilobytes: rendered and written where it is asked for.
class ExportPage : public Page {
    Q_OBJECT

public:
    ExportPage(Bench& bench, const Theme& theme, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override { return tr("Export"); }
    [[nodiscard]] QString key() const override { return QStringLiteral("export"); }
    [[nodiscard]] int pictureCount() const override { return 4; }
    QString showPicture(int index) override;

    // The engine's name of the chosen format.
    [[nodiscard]] QString format() const;
    void setFormat(const QString& format);
    [[nodiscard]] const ExportPreview& preview() const { return m_preview; }

    // Writes the current set; what became of it is said on the page. False when nothing was written.
    bool save(const QString& path);
    // Reads the last written file back.
    void verify();

Q_SIGNALS:
    // A file was written.
    void saved();

protected:
    void showEvent(QShowEvent* event) override;

private:
    QWidget* buildFormats();
    QWidget* buildText();
    QWidget* buildNotes();
    void follow();
    void followNotes();
    void addNote(const QString& text, bool warning);
    void say(const QString& text, bool warning);
    void askAndSave();
    [[nodiscard]] QStringList warnings(const FactorSetEntry& entry) const;

    Bench& m_bench;
    const Theme& m_theme;
    ExportModel m_model;
    ExportPreview m_preview;
    QString m_written;         // the last file; empty before
    FactorDocument m_document; // what it was made of
    QListView* m_formats = nullptr;
    QLabel* m_heading = nullptr;
    QLabel* m_summary = nullptr;
    QPlainTextEdit* m_text = nullptr;
    QVBoxLayout* m_notes = nullptr;
    QPushButton* m_save = nullptr;
    QPushButton* m_verify = nullptr;
    QPushButton* m_copy = nullptr;
    QLabel* m_result = nullptr;
};

} // namespace ropescope
