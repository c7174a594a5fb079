#include "app/window/model_identifier.h"

#include "engine/base/resources.h"
#include "engine/model/model_identity.h"

namespace ropescope {

ModelIdentifier::ModelIdentifier(const WindowContext& context, QObject* parent) : QObject(parent), m_context(context) {
    connect(&context.bench.setup(), &SetupModel::geometryChanged, this, &ModelIdentifier::identify);
}

void ModelIdentifier::identify() {
    if (m_last)
        m_last->cancel(); // of a model that was left
    const Setup& setup = m_context.bench.setup().setup();
    if (setup.modelPath.isEmpty() || !setup.modelHash.isEmpty())
        return;
    m_last = m_context.jobs.add<QString>(
        tr("identify the model"),
        [path = modelPath(setup.modelPath.toStdString())](const RunControl& control,
                                                          const JobChannel&) -> Outcome<QString> {
            const auto identity = modelIdentity(path, control);
            if (std::holds_alternative<Cancelled>(identity))
                return Cancelled{};
            const auto* hash = std::get_if<std::string>(&identity);
            return hash ? QString::fromStdString(*hash) : QString();
        },
        [bench = QPointer<Bench>(&m_context.bench), path = setup.modelPath](const QString& hash) {
            if (bench && !hash.isEmpty())
                bench->setup().setModelHash(path, hash);
        },
        JobKind::look, {false, {}});
}

} // namespace ropescope
