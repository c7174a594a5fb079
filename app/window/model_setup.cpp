#include "app/window/model_setup.h"

#include <algorithm>
#include <array>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include "engine/base/resources.h"
#include "engine/model/model_config.h"

namespace ropescope {

namespace {

constexpr int firstScale = 8;
// The papers' 360 bins ask for some thousand positions; with fewer, angles between two visited ones look unseen.
constexpr std::int64_t positionsPerBin = 4;
constexpr std::array<int, 8> binChoices{360, 180, 120, 90, 60, 45, 30, 8};

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

Result<Setup> setupForModel(const QString& path) {
    const auto config = readModelConfig(modelPath(path.toStdString()));
    if (!config)
        return fail(config.error());
    Setup setup;
    setup.modelName = modelTitle(path);
    setup.modelPath = path;
    setup.geometry = config->rope;
    setup.targetLength = std::min(config->rope.trainedLength * firstScale, longestTarget);
    setup.bins = *std::find_if(binChoices.begin(), binChoices.end() - 1,
                               [&](int bins) { return bins * positionsPerBin <= config->rope.trainedLength; });
    return setup;
}

} // namespace ropescope
