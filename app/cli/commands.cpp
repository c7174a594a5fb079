#include "app/cli/commands.h"

namespace ropescope::cli {

std::vector<std::unique_ptr<Command>> allCommands() {
    std::vector<std::unique_ptr<Command>> commands;
    commands.push_back(makeAnglesCommand());
    commands.push_back(makeCepeInitCommand());
    commands.push_back(makeCompareCommand());
    commands.push_back(makeConvertCommand());
    commands.push_back(makeDeviceCommand());
    commands.push_back(makeExportCommand());
    commands.push_back(makeFactorsCommand());
    commands.push_back(makeLandscapeCommand());
    commands.push_back(makeLogitsCommand());
    commands.push_back(makeModelCommand());
    commands.push_back(makePasskeyCommand());
    commands.push_back(makePerplexityCommand());
    commands.push_back(makeReplayCommand());
    commands.push_back(makeSensitivityCommand());
    commands.push_back(makeTokenizeCommand());
    commands.push_back(makeTrainCommand());
    commands.push_back(makeSearchCommand());
    commands.push_back(makeResumeCommand());
    commands.push_back(makeStudyCommand());
    return commands;
}

} // namespace ropescope::cli
