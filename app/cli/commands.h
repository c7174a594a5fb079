// One factory per command; allCommands lists them.
#pragma once

#include <memory>

#include "app/cli/command.h"

namespace ropescope::cli {

[[nodiscard]] std::unique_ptr<Command> makeAnglesCommand();
[[nodiscard]] std::unique_ptr<Command> makeCepeInitCommand();
[[nodiscard]] std::unique_ptr<Command> makeCompareCommand();
[[nodiscard]] std::unique_ptr<Command> makeConvertCommand();
[[nodiscard]] std::unique_ptr<Command> makeDeviceCommand();
[[nodiscard]] std::unique_ptr<Command> makeExportCommand();
[[nodiscard]] std::unique_ptr<Command> makeFactorsCommand();
[[nodiscard]] std::unique_ptr<Command> makeLandscapeCommand();
[[nodiscard]] std::unique_ptr<Command> makeLogitsCommand();
[[nodiscard]] std::unique_ptr<Command> makeModelCommand();
[[nodiscard]] std::unique_ptr<Command> makePasskeyCommand();
[[nodiscard]] std::unique_ptr<Command> makePerplexityCommand();
[[nodiscard]] std::unique_ptr<Command> makeReplayCommand();
[[nodiscard]] std::unique_ptr<Command> makeResumeCommand();
[[nodiscard]] std::unique_ptr<Command> makeSearchCommand();
[[nodiscard]] std::unique_ptr<Command> makeSensitivityCommand();
[[nodiscard]] std::unique_ptr<Command> makeStudyCommand();
[[nodiscard]] std::unique_ptr<Command> makeTokenizeCommand();
[[nodiscard]] std::unique_ptr<Command> makeTrainCommand();

} // namespace ropescope::cli
