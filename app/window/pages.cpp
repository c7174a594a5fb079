#include "app/window/pages.h"

#include "app/window/landscape_controller.h"
#include "app/window/probe_controller.h"
#include "app/window/training_controller.h"
#include "views/pages/dimensions_page.h"
#include "views/pages/export_page.h"
#include "views/pages/landscape_page.h"
#include "views/pages/probes_page.h"
#include "views/pages/training_page.h"

namespace ropescope {

std::vector<Page*> makePages(const WindowContext& context, QWidget* parent) {
    auto* landscape = new LandscapePage(context.bench, context.theme, parent);
    new LandscapeController(context, *landscape); // owned by its page
    auto* probes = new ProbesPage(context.bench, context.theme, parent);
    new ProbeController(context, *probes);
    auto* training = new TrainingPage(context.bench, context.theme, parent);
    new TrainingController(context, *training);
    return {new DimensionsPage({context.bench, context.editor, context.theme}, parent), landscape, probes,
            new ExportPage(context.bench, context.theme, parent), training};
}

} // namespace ropescope
