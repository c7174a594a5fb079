// The pages of the window, in the order of their buttons and shortcuts.
#pragma once

#include <vector>

#include "app/window/window_context.h"
#include "views/pages/page.h"

namespace ropescope {

// Each page is owned by `parent`. A new page adds its line in pages.cpp.
[[nodiscard]] std::vector<Page*> makePages(const WindowContext& context, QWidget* parent);

} // namespace ropescope
