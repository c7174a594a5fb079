#include "views/models/export_model.h"

#include <algorithm>
#include <cmath>

#include <QCoreApplication>

#include "engine/base/resources.h"
#include "engine/factor_file/factor_file.h"
#include "views/models/colour_scale.h"
#include "views/models/value_text.h"

namespace ropescope {

namespace {

constexpr std::size_t bytesPerLine = 16;
constexpr std::size_t shownBytes = 64 * 1024;

QString titleOf(const QString& format) {
    if (format == QLatin1String("json"))
        return QStringLiteral("Ropescope");
    if (format == QLatin1String("hf"))
        return QStringLiteral("transformers 4, 5");
    if (format == QLatin1String("hf-v4"))
        return QStringLiteral("transformers 4");
    if (format == QLatin1String("hf-v5"))
        return QStringLiteral("transformers 5");
    if (format == QLatin1String("vllm"))
        return QStringLiteral("vLLM");
    if (format == QLatin1String("sglang"))
        return QStringLiteral("SGLang");
    if (format == QLatin1String("longrope-csv"))
        return QStringLiteral("LongRoPE");
    if (format == QLatin1String("dcis-pt"))
        return QStringLiteral("DCIS");
    if (format == QLatin1String("npy"))
        return QStringLiteral("NumPy");
    if (format == QLatin1String("csv"))
        return QStringLiteral("CSV");
    return format;
}

// As xxd prints: offset, sixteen bytes, the ones that can be read.
QString hexDump(const std::string& content) {
    QString text;
    const std::size_t end = std::min(content.size(), shownBytes);
    for (std::size_t begin = 0; begin < end; begin += bytesPerLine) {
        QString bytes;
        QString readable;
        for (std::size_t i = begin; i < begin + bytesPerLine; ++i) {
            const bool there = i < end;
            const auto byte = there ? static_cast<unsigned char>(content[i]) : static_cast<unsigned char>(' ');
            bytes += there ? QStringLiteral("%1 ").arg(byte, 2, 16, QLatin1Char('0')) : QStringLiteral("   ");
            if (i % 8 == 7)
                bytes += QLatin1Char(' ');
            readable += byte >= 0x20 && byte < 0x7f ? QLatin1Char(static_cast<char>(byte)) : QLatin1Char('.');
        }
        text += QStringLiteral("%1  %2%3\n").arg(begin, 8, 16, QLatin1Char('0')).arg(bytes, readable);
    }
    return text;
}

QString extensionOf(const QString& format) {
    if (format == QLatin1String("longrope-csv") || format == QLatin1String("csv"))
        return QStringLiteral("csv");
    if (format == QLatin1String("dcis-pt"))
        return QStringLiteral("pt");
    return format == QLatin1String("npy") ? QStringLiteral("npy") : QStringLiteral("json");
}

QString translated(const char* text) {
    return QCoreApplication::translate("ropescope::ExportModel", text);
}

} // namespace

int ExportModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(factorExporters().size());
}

QVariant ExportModel::data(const QModelIndex& index, int role) const {
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const FactorExporter& exporter = *factorExporters()[static_cast<std::size_t>(index.row())];
    const auto text = [](std::string_view view) {
        return QString::fromUtf8(view.data(), static_cast<qsizetype>(view.size()));
    };
    switch (role) {
    case Qt::DisplayRole:
        return titleOf(text(exporter.name()));
    case nameRole:
        return text(exporter.name());
    case summaryRole:
    case Qt::ToolTipRole:
        return text(exporter.summary());
    default:
        return {};
    }
}

int ExportModel::rowOf(const QString& format) const {
    for (int row = 0; row < rowCount(); ++row)
        if (index(row).data(nameRole).toString() == format)
            return row;
    return -1;
}

FactorDocument exportDocument(const Setup& setup, const SearchSnapshot& search, const FactorSetEntry& entry) {
    if (const auto& own = search.handedOver; own && entry.origin == SetOrigin::search && entry.colour == searchColour &&
                                             own->set.factors == entry.set.factors &&
                                             own->set.attentionFactor == entry.set.attentionFactor)
        return *own;
    FactorDocument document;
    document.set = entry.set;
    document.attentionFactorKnown = true;
    document.fillFrom(setup.geometry);
    if (setup.targetLength > 0)
        document.targetLength = setup.targetLength;
    document.method = entry.method.toStdString();
    if (!setup.modelPath.isEmpty())
        document.model =
            FactorModel{portableModelPath(modelPath(setup.modelPath.toStdString())), setup.modelHash.toStdString()};
    if (const auto measured = entry.measuredAt(setup.targetLength); measured && std::isfinite(measured->perplexity))
        document.evaluation = FactorEvaluation{portableTextPath(textPath(setup.textPath.toStdString())),
                                               measured->length, measured->perplexity};
    return document;
}

ExportPreview previewExport(const FactorDocument& document, const QString& format, const QString& path) {
    ExportPreview preview;
    const auto rendered = renderFactors(document, format.toStdString(), path.toStdString());
    if (!rendered) {
        preview.error = QString::fromStdString(rendered.error().message);
        return preview;
    }
    const RenderedFile& first = rendered->files.front();
    preview.isText = first.isText;
    preview.text = first.isText ? QString::fromStdString(first.content) : hexDump(first.content);
    for (const RenderedFile& file : rendered->files)
        preview.files << QString::fromStdString(file.path.string());
    for (const std::string& note : rendered->notes)
        preview.notes << QString::fromStdString(note);
    return preview;
}

QString suggestedFileName(const QString& setName, const QString& format) {
    QString name;
    for (const QChar character : setName.toLower()) {
        if (character.isLetterOrNumber())
            name += character;
        else if (character == QChar(0x00d7))
            name += QLatin1Char('x');
        else if (!name.isEmpty() && !name.endsWith(QLatin1Char('-')))
            name += QLatin1Char('-');
    }
    while (name.endsWith(QLatin1Char('-')))
        name.chop(1);
    if (name.isEmpty())
        name = QStringLiteral("factors");
    return QStringLiteral("%1.%2").arg(name, extensionOf(format));
}

QString differenceOnReading(const FactorDocument& document, const QString& path) {
    const auto read = importFactors(path.toStdString(), document.geometry());
    if (!read)
        return QString::fromStdString(read.error().message);
    const auto& factors = document.set.factors;
    if (read->set.factors.size() != factors.size())
        return translated("The file holds %1 factors, the set has %2.")
            .arg(read->set.factors.size())
            .arg(factors.size());
    for (std::size_t pair = 0; pair < factors.size(); ++pair)
        if (static_cast<float>(read->set.factors[pair]) != static_cast<float>(factors[pair]))
            return translated("Pair %1: the file holds %2, the set %3.")
                .arg(pair)
                .arg(factorText(read->set.factors[pair]), factorText(factors[pair]));
    if (std::abs(read->set.attentionFactor - document.set.attentionFactor) > 1e-6)
        return translated("The attention factor reads as %1, the set has %2.")
            .arg(factorText(read->set.attentionFactor), factorText(document.set.attentionFactor));
    return {};
}

} // namespace ropescope
