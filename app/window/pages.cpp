#include "app/window/pages.h"

#include "views/pages/dimensions_page.h"

namespace ropescope {

std::vector<Page*> makePages(const WindowContext& context, QWidget* parent) {
    return {new DimensionsPage({context.bench, context.editor, context.theme}, parent)};
}

} // namespace ropescope
