// The built program as a process of its own, which a test may stop.
#pragma once

#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/base/atomic_file.h"

namespace ropescope::test {

// Standard output and error go to these files.
inline int start(const std::vector<std::string>& arguments, const std::string& output = "/dev/null",
                 const std::string& messages = "/dev/null") {
    std::vector<char*> words{const_cast<char*>(ROPESCOPE_PROGRAM)};
    for (const std::string& argument : arguments)
        words.push_back(const_cast<char*>(argument.c_str()));
    words.push_back(nullptr);
    const int process = ::fork();
    if (process == 0) {
        ::dup2(::open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDOUT_FILENO);
        ::dup2(::open(messages.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600), STDERR_FILENO);
        ::execv(ROPESCOPE_PROGRAM, words.data());
        ::_exit(127);
    }
    return process;
}

// The exit code; -1 when a signal ended it.
inline int wait(int process) {
    int status = 0;
    ::waitpid(process, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

struct Finished {
    int code = -1;
    std::string output, messages;
};

inline std::string textOf(const std::filesystem::path& path) {
    return readFile(path).value_or("");
}

// Runs to the end, once; `folder` holds what it says meanwhile.
inline Finished run(const std::filesystem::path& folder, const std::vector<std::string>& arguments) {
    const auto output = folder / "output";
    const auto messages = folder / "messages";
    const int code = wait(start(arguments, output, messages));
    return {code, textOf(output), textOf(messages)};
}

} // namespace ropescope::test
