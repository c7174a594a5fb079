// The headless client: parses the command line, runs one command, maps its outcome to an exit code.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <iostream>
#include <thread>

#include <fmt/format.h>

#include "app/cli/command.h"
#include "engine/base/warning.h"

namespace {

using ropescope::cli::Command;
using ropescope::cli::CommonOptions;

void declareCommon(CLI::App& app, CommonOptions& common) {
    app.add_option("--device", common.device, "auto, cpu, cuda or cuda:N");
    app.add_option("--dtype", common.type, "Computing type: auto takes bf16 where it is faster")
        ->check(CLI::IsMember({"auto", "fp32", "bf16"}));
    app.add_option("--threads", common.threads, "Processor threads (0: all)")->check(CLI::Range(0, 4096));
    app.add_flag("--quiet", common.quiet, "No progress and no messages");
    app.add_flag("--json", common.json, "One JSON object on standard output and nothing else");
}

// SIGINT and SIGTERM ask the running command to stop; another one ends the process at once, unless it follows within a
// second: programs such as GNU timeout send theirs to the process and to its group, which makes two of one. Blocked in
// every thread and awaited in one, so nothing runs inside a signal handler.
void watchSignals(std::stop_source source) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    std::thread([signals, source]() mutable {
        int signal = 0;
        sigwait(&signals, &signal);
        source.request_stop();
        using Clock = std::chrono::steady_clock;
        const auto again = Clock::now() + std::chrono::seconds(1);
        do
            sigwait(&signals, &signal);
        while (Clock::now() < again);
        std::_Exit(ropescope::cli::interrupted);
    }).detach();
}

} // namespace

int main(int argc, char** argv) {
    std::stop_source stop;
    watchSignals(stop);

    CLI::App app{"Ropescope: a laboratory for stretching a language model's context by re-scaling its rotary "
                 "position embedding"};
    app.require_subcommand(1);
    CommonOptions common;
    const auto commands = ropescope::cli::allCommands();
    Command* chosen = nullptr;
    for (const auto& command : commands) {
        CLI::App* sub = app.add_subcommand(command->name(), command->description());
        command->declare(*sub);
        declareCommon(*sub, common);
        sub->callback([&chosen, &command] { chosen = command.get(); });
    }
    const auto isTyped = [&](const auto& command) { return command->name() == argv[1]; };
    if (argc > 1 && argv[1][0] != '-' && std::ranges::none_of(commands, isTyped)) {
        std::cerr << fmt::format("ropescope: there is no command \"{}\"; `ropescope --help` lists them\n", argv[1]);
        return ropescope::cli::wrongUsage;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& problem) {
        return app.exit(problem) == 0 ? ropescope::cli::done : ropescope::cli::wrongUsage;
    }
    ropescope::cli::Console console(common.quiet);
    ropescope::setWarningSink([&console](const std::string& text) { console.message("ropescope: warning: " + text); });
    const int code = chosen->run(common, console, stop.get_token());
    ropescope::setWarningSink({});
    return code;
}
