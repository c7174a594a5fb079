// Every page of the window and its states, light and dark, as PNG files; works without a display.
#pragma once

#include <filesystem>

#include "engine/base/outcome.h"
#include "views/widgets/theme.h"

namespace ropescope {

class MainWindow;

// Writes PAGE[-STATE]-THEME-WIDTHxHEIGHT.png into `folder` (made when missing) at 1680 x 1050 and 1280 x 800. Runs the
// event loop until each picture has settled.
[[nodiscard]] Result<void> writeScreenshots(MainWindow& window, Theme& theme, const std::filesystem::path& folder);

} // namespace ropescope
