// One subcommand of the headless client.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>

#include "app/cli/console.h"

namespace ropescope::cli {

// Exit codes of the contract; an Error's kind chooses between the middle three.
enum ExitCode : int { done = 0, workFailed = 1, wrongUsage = 2, badInput = 3, interrupted = 130 };

// Options that every command takes.
struct CommonOptions {
    std::string device = "auto"; // auto | cpu | cuda[:N]
    std::string type = "auto";   // auto | fp32 | bf16
    int threads = 0;             // 0: all
    bool quiet = false;
    bool json = false;
};

class Command {
public:
    virtual ~Command() = default;
    [[nodiscard]] virtual std::string name() const = 0;
    [[nodiscard]] virtual std::string description() const = 0;
    // Adds its own arguments and options; they are bound to members and read in run().
    virtual void declare(CLI::App& app) = 0;
    // Does the work; prints results through the console. `stop` is requested by SIGINT and SIGTERM.
    [[nodiscard]] virtual int run(const CommonOptions& common, Console& console, std::stop_token stop) = 0;
};

// All commands, in the order of the help text. A new command adds its line in commands.cpp.
[[nodiscard]] std::vector<std::unique_ptr<Command>> allCommands();

} // namespace ropescope::cli
