// The programs that factors can be written for, and what would be written.
#pragma once

#include <vector>

#include <QAbstractListModel>
#include <QStringList>

#include "engine/factor_file/factor_document.h"
#include "views/models/factor_set_store.h"
#include "views/models/search_model.h"
#include "views/models/setup_model.h"

namespace ropescope {

// One row a format, in the engine's order.
class ExportModel : public QAbstractListModel {
    Q_OBJECT

public:
    enum Role {
        nameRole = Qt::UserRole, // the format's name for the engine
        summaryRole,             // one line about it
    };
    using QAbstractListModel::QAbstractListModel;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
    // -1 for an unknown format.
    [[nodiscard]] int rowOf(const QString& format) const;
};

// A set with all that the window knows about it: model, lengths, what it scored. The search's own vector as its study
// hands it over.
[[nodiscard]] FactorDocument exportDocument(const Setup& setup, const SearchSnapshot& search,
                                            const FactorSetEntry& entry);

struct ExportPreview {
    QString text; // exactly what is written; a hexadecimal dump of a file that is no text
    bool isText = true;
    QStringList files; // all files, the one shown first
    QStringList notes; // what to know before using them, from the engine
    QString error;     // why nothing can be written; then the others are empty
};
[[nodiscard]] ExportPreview previewExport(const FactorDocument& document, const QString& format, const QString& path);

// "yarn-8x.json": from the set's name and the format.
[[nodiscard]] QString suggestedFileName(const QString& setName, const QString& format);

// Reads a written file back as any consumer would and compares it with what it was made of. Empty when factors (to
// float32) and attention factor are those of the document; else what differs.
[[nodiscard]] QString differenceOnReading(const FactorDocument& document, const QString& path);

} // namespace ropescope
