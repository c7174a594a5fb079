#include "app/window/model_setup.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>

#include "app/window/study_file.h"
#include "engine/base/resources.h"
#include "engine/model/attention_form.h"
#include "engine/model/model_config.h"

namespace ropescope {

namespace {

constexpr int firstScale = 8;
// Far beyond any model: what a damaged file says must not become memory.
constexpr int mostPairs = 4096;
constexpr std::int64_t longestTrained = 1'000'000'000;
// The papers' 360 bins ask for some thousand positions; with fewer, angles between two visited ones look unseen.
constexpr std::int64_t positionsPerBin = 4;
constexpr std::array<int, 8> binChoices{360, 180, 120, 90, 60, 45, 30, 8};

int binsFor(std::int64_t trainedLength) {
    return *std::find_if(binChoices.begin(), binChoices.end() - 1,
                         [&](int bins) { return bins * positionsPerBin <= trainedLength; });
}

// The bundled files are called "demo" wherever they lie; the study may come from another computer.
QString shortForm(const std::string& path, const std::filesystem::path& bundled) {
    const auto ending = bundled.parent_path().filename() / bundled.filename();
    const std::filesystem::path stored(path);
    const bool same = stored.parent_path().filename() / stored.filename() == ending;
    return same ? QStringLiteral("demo") : QString::fromStdString(path);
}

std::int64_t firstTarget(const RopeGeometry& geometry) {
    return std::min(geometry.trainedLength * firstScale, longestTarget);
}

std::int64_t longestLength(const std::vector<StudyProbe>& probes) {
    std::int64_t longest = 0;
    const auto take = [&longest](const auto& probe) {
        if constexpr (requires { probe.request.cases; }) {
            for (const auto& one : probe.request.cases)
                longest = std::max(longest, one.length);
        } else {
            longest = std::max(longest, probe.request.length);
        }
    };
    for (const StudyProbe& probe : probes)
        std::visit(take, probe.result);
    return std::min(longest, longestTarget);
}

// As the window had it; for studies of other clients the longest length measured.
std::int64_t targetOf(const StudyContents& contents, const RopeGeometry& geometry) {
    const auto kept = contents.viewState.find(targetLengthState);
    std::int64_t target = kept == contents.viewState.end() ? 0 : QString::fromStdString(kept->second).toLongLong();
    if (target < 1)
        target = longestLength(contents.probes);
    return target < 1 ? firstTarget(geometry) : std::min(target, longestTarget);
}

QString nameOf(const QString& path) {
    const QString name = QFileInfo(path).fileName();
    return name.isEmpty() ? QFileInfo(path).absoluteDir().dirName() : name;
}

} // namespace

QString modelTitle(const QString& path) {
    return path == QLatin1String("demo")
               ? QCoreApplication::translate("ropescope::ModelSetup", "demo model, 1.8 M parameters")
               : nameOf(path);
}

QString textTitle(const QString& path) {
    return path == QLatin1String("demo")
               ? QCoreApplication::translate("ropescope::ModelSetup", "demo text, King James Version")
               : nameOf(path);
}

QString textForm(const QString& path) {
    return shortForm(path.toStdString(), textPath("demo"));
}

std::string setupState(const Setup& setup) {
    const RopeGeometry& rope = setup.geometry;
    const QJsonObject state{{QStringLiteral("model"), setup.modelPath},
                            {QStringLiteral("model name"), setup.modelName},
                            {QStringLiteral("text"), setup.textPath},
                            {QStringLiteral("attention"), setup.attention},
                            {QStringLiteral("target length"), static_cast<qint64>(setup.targetLength)},
                            {QStringLiteral("head dim"), rope.headDim},
                            {QStringLiteral("rotary dim"), rope.rotaryDim},
                            {QStringLiteral("theta"), rope.theta},
                            {QStringLiteral("trained length"), static_cast<qint64>(rope.trainedLength)}};
    return QJsonDocument(state).toJson(QJsonDocument::Compact).toStdString();
}

std::optional<Setup> setupOfState(const std::string& kept) {
    const QJsonObject state = QJsonDocument::fromJson(QByteArray::fromStdString(kept)).object();
    const auto text = [&state](const char* key) { return state.value(QLatin1String(key)).toString(); };
    const auto count = [&state](const char* key) { return state.value(QLatin1String(key)).toInteger(); };
    Setup setup;
    setup.geometry = {state.value(QLatin1String("head dim")).toInt(), state.value(QLatin1String("rotary dim")).toInt(),
                      state.value(QLatin1String("theta")).toDouble(), count("trained length")};
    if (!checkGeometry(setup.geometry) || setup.geometry.pairs() > mostPairs ||
        setup.geometry.trainedLength > longestTrained)
        return std::nullopt;
    setup.modelPath = text("model");
    setup.modelName = text("model name");
    setup.textPath = text("text");
    setup.textName = setup.textPath.isEmpty() ? QString() : textTitle(setup.textPath);
    if (parseAttention(text("attention").toStdString(), setup.geometry.trainedLength))
        setup.attention = text("attention");
    setup.targetLength = std::clamp<std::int64_t>(count("target length"), 0, longestTarget);
    setup.bins = binsFor(setup.geometry.trainedLength);
    return setup;
}

Result<Setup> setupOfStudy(const StudyContents& contents, const QString& device) {
    const auto kept = contents.viewState.find(setupViewState);
    const auto had = kept == contents.viewState.end() ? std::nullopt : setupOfState(kept->second);
    if (!contents.model && !had)
        return fail(usageError("the study is empty: nothing was searched, measured or kept in it"));
    Setup setup = had.value_or(Setup{});
    if (contents.model) {
        setup.modelPath = shortForm(contents.model->path, modelPath("demo"));
        setup.modelName = modelTitle(setup.modelPath);
        setup.modelHash = QString::fromStdString(contents.model->sha256);
        setup.geometry = contents.model->rope;
    }
    if (contents.text) {
        setup.textPath = shortForm(contents.text->path, textPath("demo"));
        setup.textName = textTitle(setup.textPath);
    }
    if (contents.search) {
        setup.targetLength = contents.search->targetLength;
        setup.attention = QString::fromStdString(attentionText(contents.search->attention));
    } else if (contents.viewState.contains(targetLengthState) || !contents.probes.empty() || setup.targetLength < 1) {
        setup.targetLength = targetOf(contents, setup.geometry);
    }
    if (!contents.search && !contents.probes.empty())
        setup.attention = QString::fromStdString(std::visit(
            [](const auto& probe) { return attentionText(probe.request.attention); }, contents.probes.back().result));
    setup.device = device;
    setup.bins = binsFor(setup.geometry.trainedLength);
    return setup;
}

Result<Setup> setupOfTrace(const SearchTrace& trace) {
    if (!trace.geometry || !(trace.scale > 0))
        return fail(inputError(trace.name, "settings", "head_dim, base, original_length and scale", "not all of them"));
    Setup setup;
    setup.modelName = QString::fromStdString(trace.name);
    setup.textName = QCoreApplication::translate("ropescope::ModelSetup", "published decisions");
    setup.geometry = *trace.geometry;
    setup.targetLength = std::clamp(
        static_cast<std::int64_t>(std::llround(static_cast<double>(trace.geometry->trainedLength) * trace.scale)),
        std::int64_t{1}, longestTarget);
    setup.bins = binsFor(setup.geometry.trainedLength);
    return setup;
}

Result<Setup> setupForModel(const QString& path) {
    const auto config = readModelConfig(modelPath(path.toStdString()));
    if (!config)
        return fail(config.error());
    Setup setup;
    setup.modelName = modelTitle(path);
    setup.modelPath = path;
    setup.geometry = config->rope;
    setup.targetLength = firstTarget(config->rope);
    setup.bins = binsFor(config->rope.trainedLength);
    return setup;
}

} // namespace ropescope
