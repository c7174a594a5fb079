// The built client as its users meet it: arguments in, standard output and exit code out.
#pragma once

#include <cstdio>
#include <string>

#include <sys/wait.h>

namespace ropescope::test {

struct ProgramRun {
    int exitCode = -1;
    std::string output, messages;
};

// `arguments` are shell words; messages are what went to standard error.
inline ProgramRun runProgram(const std::string& program, const std::string& arguments) {
    ProgramRun run;
    const auto collect = [](const std::string& line, std::string& into) {
        std::FILE* pipe = ::popen(line.c_str(), "r");
        if (!pipe)
            return -1;
        char part[4096];
        while (const std::size_t count = std::fread(part, 1, sizeof part, pipe))
            into.append(part, count);
        const int status = ::pclose(pipe);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    };
    const std::string line = "'" + program + "' " + arguments;
    run.exitCode = collect(line + " 2>/dev/null", run.output);
    (void)collect(line + " 2>&1 >/dev/null", run.messages);
    return run;
}

} // namespace ropescope::test
