#include "app/cli/command.h"

namespace ropescope::cli {

std::vector<std::unique_ptr<Command>> allCommands() {
    std::vector<std::unique_ptr<Command>> commands;
    return commands;
}

} // namespace ropescope::cli
