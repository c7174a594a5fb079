// The built client as its users meet it: arguments in, standard output and exit code out.
#pragma once

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include <sys/wait.h>

#include "tests/support/temporary_folder.h"

namespace ropescope::test {

struct ProgramRun {
    int exitCode = -1;
    std::string output, messages;
};

// `arguments` are shell words; messages are what went to standard error.
inline ProgramRun runProgram(const std::string& program, const std::string& arguments) {
    ProgramRun run;
    const TemporaryFolder folder;
    const std::string messages = (folder.path() / "messages").string();
    std::string line(1, '\'');
    line.append(program).append("' ").append(arguments).append(" 2>'").append(messages).append("'");
    std::FILE* pipe = ::popen(line.c_str(), "r");
    if (!pipe)
        return run;
    char part[4096];
    while (const std::size_t count = std::fread(part, 1, sizeof part, pipe))
        run.output.append(part, count);
    const int status = ::pclose(pipe);
    run.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    std::ostringstream said;
    said << std::ifstream(messages, std::ios::binary).rdbuf();
    run.messages = said.str();
    return run;
}

} // namespace ropescope::test
