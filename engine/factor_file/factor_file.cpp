#include "engine/factor_file/factor_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "engine/base/atomic_file.h"
#include "engine/factor_file/csv_format.h"
#include "engine/factor_file/hugging_face_export.h"
#include "engine/factor_file/hugging_face_import.h"
#include "engine/factor_file/json_format.h"
#include "engine/factor_file/npy_format.h"
#include "engine/factor_file/sidecar.h"
#include "engine/factor_file/torch_format.h"
#include "engine/rope/method.h"

namespace ropescope {
namespace {

// Far above any factor file, including a whole model's config.json.
constexpr std::uintmax_t largestFactorFile = std::uintmax_t{64} << 20U;

// DCIS never scores less; a search's stored vector can drift below, where the score belongs to the clamped copy.
constexpr double smallestExported = 1e-4F;

const std::vector<std::unique_ptr<FactorImporter>>& importers() {
    static const auto list = [] {
        std::vector<std::unique_ptr<FactorImporter>> all;
        all.push_back(std::make_unique<TorchImporter>());
        all.push_back(std::make_unique<NpyImporter>());
        all.push_back(std::make_unique<JsonImporter>());
        all.push_back(std::make_unique<HuggingFaceImporter>());
        all.push_back(std::make_unique<CsvImporter>());
        return all;
    }();
    return list;
}

std::string methodList() {
    std::string list;
    for (const auto& method : ropeMethods())
        list += method->name() == "none" ? std::string("none") : fmt::format(", {}:S", method->name());
    return list;
}

// The scale of NAME:SCALE.
std::optional<double> parsedScale(std::string_view text) {
    double scale = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), scale);
    if (problem != std::errc() || end != text.data() + text.size())
        return {};
    return scale;
}

Result<FactorDocument> fromMethod(const RopeMethod& method, double scale, const std::optional<RopeGeometry>& geometry) {
    if (!geometry)
        return fail(usageError(fmt::format("\"{}\" is a formula: it needs a model, or theta, head dimension and "
                                           "trained length",
                                           method.name())));
    auto set = method.factors(*geometry, scale);
    if (!set)
        return fail(set.error());
    FactorDocument document;
    document.set = std::move(*set);
    document.method = method.name();
    document.attentionFactorKnown = true;
    document.fillFrom(*geometry);
    const double target = std::round(scale * static_cast<double>(geometry->trainedLength));
    if (target >= 1 && target <= 0x1p62)
        document.targetLength = static_cast<std::int64_t>(target);
    return document;
}

// Says where the file's idea of the model is not the model at hand.
void noteDifferences(FactorDocument& document, const RopeGeometry& geometry) {
    if (document.theta && *document.theta != geometry.theta)
        document.notes.push_back(
            fmt::format("the file's factors are for theta {}, the model has {}", *document.theta, geometry.theta));
    if (document.trainedLength && *document.trainedLength != geometry.trainedLength)
        document.notes.push_back(fmt::format("the file's factors are for a trained length of {}, the model has {}",
                                             *document.trainedLength, geometry.trainedLength));
}

} // namespace

Result<FactorDocument> importFactors(const std::filesystem::path& path, const std::optional<RopeGeometry>& geometry) {
    const auto content = readFile(path, largestFactorFile);
    if (!content)
        return fail(content.error());
    const FactorSource source{path, *content, geometry};
    for (const auto& importer : importers()) {
        if (!importer->recognises(source))
            continue;
        auto document = importer->read(source);
        if (!document)
            return document;
        if (auto checked = checkFactors(document->set, path.string(), geometry); !checked)
            return fail(checked.error());
        completeFromSidecar(*document, path);
        if (!document->attentionFactorKnown)
            document->notes.push_back("the file says nothing of an attention factor: 1 is assumed");
        if (geometry) {
            noteDifferences(*document, *geometry);
            document->fillFrom(*geometry);
        }
        if (document->set.origin.empty())
            document->set.origin = path.filename().string();
        return document;
    }
    return fail(inputError(path.string(), "file", "factors as JSON, config.json, DCIS .pt, .npy or CSV",
                           content->empty() ? "an empty file" : "another kind of file"));
}

Result<FactorDocument> resolveFactorDocument(std::string_view spec, const std::optional<RopeGeometry>& geometry) {
    std::error_code problem;
    const bool isFile = std::filesystem::exists(std::filesystem::path(spec), problem);
    const auto colon = spec.find(':');
    const RopeMethod* method = findRopeMethod(spec.substr(0, colon));
    if (!isFile && method) {
        const bool needsScale = method->name() != "none";
        if (!needsScale && colon == std::string_view::npos)
            return fromMethod(*method, 1, geometry);
        const auto scale =
            needsScale && colon != std::string_view::npos ? parsedScale(spec.substr(colon + 1)) : std::nullopt;
        if (!scale)
            return fail(usageError(fmt::format("\"{}\" is no FACTORS: give {}, or a file", spec, methodList())));
        return fromMethod(*method, *scale, geometry);
    }
    if (!isFile && (spec.empty() || colon != std::string_view::npos) && spec.find('/') == std::string_view::npos)
        return fail(
            usageError(fmt::format("\"{}\" is neither a file nor a method: give {}, or a file", spec, methodList())));
    return importFactors(spec, geometry);
}

Result<FactorSet> resolveFactors(std::string_view spec, const RopeGeometry& geometry) {
    auto document = resolveFactorDocument(spec, geometry);
    if (!document)
        return fail(document.error());
    return std::move(document->set);
}

const std::vector<std::unique_ptr<FactorExporter>>& factorExporters() {
    static const auto list = [] {
        std::vector<std::unique_ptr<FactorExporter>> all;
        all.push_back(std::make_unique<JsonExporter>());
        all.push_back(std::make_unique<HuggingFaceExporter>());
        all.push_back(std::make_unique<HuggingFaceV4Exporter>());
        all.push_back(std::make_unique<HuggingFaceV5Exporter>());
        all.push_back(std::make_unique<VllmExporter>());
        all.push_back(std::make_unique<SglangExporter>());
        all.push_back(std::make_unique<LongRopeCsvExporter>());
        all.push_back(std::make_unique<DcisExporter>());
        all.push_back(std::make_unique<NpyExporter>());
        all.push_back(std::make_unique<CsvExporter>());
        return all;
    }();
    return list;
}

Result<RenderedExport> renderFactors(const FactorDocument& document, std::string_view format,
                                     const std::filesystem::path& path) {
    std::string known;
    for (const auto& exporter : factorExporters()) {
        known += fmt::format("{}{}", known.empty() ? "" : ", ", exporter->name());
        if (exporter->name() != format)
            continue;
        FactorDocument clamped = document;
        std::size_t raised = 0;
        for (double& factor : clamped.set.factors)
            if (factor < smallestExported) {
                factor = smallestExported;
                ++raised;
            }
        if (auto checked = checkFactors(clamped.set, "the factors to be written", clamped.geometry()); !checked)
            return fail(failure(checked.error().message));
        auto rendered = exporter->render(clamped, path);
        if (rendered && raised > 0)
            rendered->notes.push_back(fmt::format("{} factors were below 1e-4 and are written as 1e-4, which is what "
                                                  "a search scores",
                                                  raised));
        return rendered;
    }
    return fail(usageError(fmt::format("unknown format \"{}\": give one of {}", format, known)));
}

Result<FactorExport> exportFactors(const FactorDocument& document, std::string_view format,
                                   const std::filesystem::path& path) {
    const auto rendered = renderFactors(document, format, path);
    if (!rendered)
        return fail(rendered.error());
    // The file that was asked for goes last: where it is, everything is.
    FactorExport result{{}, rendered->notes};
    for (auto file = rendered->files.rbegin(); file != rendered->files.rend(); ++file) {
        if (auto written = writeFileAtomically(file->path, file->content); !written) {
            std::error_code ignored;
            for (const auto& done : result.written)
                std::filesystem::remove(done, ignored);
            return fail(written.error());
        }
        result.written.push_back(file->path);
    }
    std::reverse(result.written.begin(), result.written.end());
    return result;
}

} // namespace ropescope
