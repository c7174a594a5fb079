#include "app/window/model_setup.h"

#include <algorithm>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include "engine/base/resources.h"
#include "engine/model/model_config.h"

namespace ropescope {

namespace {

constexpr int firstScale = 8;

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
    return setup;
}

} // namespace ropescope
