#include "app/cli/commands.h"

namespace ropescope::cli {

std::vector<std::unique_ptr<Command>> allCommands() {
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(makeModelCommand());
    commands.push_back(makeReplayCommand());
    return commands;
}

} // namespace ropescope::cli
