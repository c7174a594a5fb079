// One factory per command; allCommands lists them.
#pragma once

#include <memory>

#include "app/cli/command.h"

namespace ropescope::cli {

[[nodiscard]] std::unique_ptr<Command> makeModelCommand();
[[nodiscard]] std::unique_ptr<Command> makeReplayCommand();

} // namespace ropescope::cli
