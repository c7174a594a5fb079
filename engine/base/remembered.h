// What a program measured about the machine it runs on, kept between its runs so that it is measured once.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include <nlohmann/json_fwd.hpp>

namespace ropescope {

// $XDG_CACHE_HOME/ropescope, or ~/.cache/ropescope; empty where neither is known.
[[nodiscard]] std::filesystem::path cacheFolder();

// Path, size and time of the running program: another build of it is another version.
struct ProgramVersion {
    std::string path, version;
};
[[nodiscard]] ProgramVersion runningProgram();

// Results by name in one JSON file, {program path: {version, results: {name: value}}}. A program of another version
// starts anew in its place. It only saves time: a file that is missing, damaged or unwritable means measuring again,
// never an error. Processes may share a file; of two that write at once one result is lost and measured again.
class RememberedResults {
public:
    // No path: remembers nothing.
    explicit RememberedResults(std::filesystem::path file, ProgramVersion program = runningProgram());

    [[nodiscard]] std::optional<nlohmann::json> find(const std::string& name) const;
    void remember(const std::string& name, const nlohmann::json& value) const;

private:
    std::filesystem::path m_file;
    ProgramVersion m_program;
};

} // namespace ropescope
