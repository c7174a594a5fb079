#include "app/window/factor_import.h"

#include <QFileInfo>

#include "engine/factor_file/factor_file.h"

namespace ropescope {

Result<FactorSetEntry> importedEntry(Bench& bench, const QString& path) {
    const Setup& setup = bench.setup().setup();
    const auto document = importFactors(path.toStdString(), setup.geometry);
    if (!document)
        return fail(document.error());
    FactorSetEntry entry;
    entry.id = bench.sets().newId();
    entry.name = bench.sets().freeName(QFileInfo(path).completeBaseName());
    entry.origin = SetOrigin::import;
    entry.colour = bench.sets().freeColour();
    entry.set = document->set;
    if (entry.set.origin.empty())
        entry.set.origin = path.toStdString();
    return entry;
}

} // namespace ropescope
