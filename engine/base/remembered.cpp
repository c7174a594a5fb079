#include "engine/base/remembered.h"

#include <cstdlib>

#include <fmt/format.h>
#include <sys/stat.h>

#include "engine/base/atomic_file.h"
#include "engine/base/json_text.h"

namespace ropescope {
namespace {

using nlohmann::json;

constexpr std::uintmax_t largestFile = 4 << 20;

json contentOf(const std::filesystem::path& file) {
    const Result<std::string> text = readFile(file, largestFile);
    if (!text)
        return json::object();
    Result<json> content = parseJson(*text, file.string());
    return content && content->is_object() ? std::move(*content) : json::object();
}

// The results of this program version among the content; an empty object without any.
json resultsOf(const json& content, const ProgramVersion& program) {
    const json entry = content.value(program.path, json());
    if (!entry.is_object() || entry.value("version", json()) != json(program.version))
        return json::object();
    json results = entry.value("results", json());
    return results.is_object() ? results : json::object();
}

} // namespace

std::filesystem::path cacheFolder() {
    const char* const cache = std::getenv("XDG_CACHE_HOME");
    if (cache && *cache == '/') // the XDG specification: relative paths are to be ignored
        return std::filesystem::path(cache) / "ropescope";
    const char* const home = std::getenv("HOME");
    return home && *home ? std::filesystem::path(home) / ".cache" / "ropescope" : std::filesystem::path();
}

ProgramVersion runningProgram() {
    std::error_code problem;
    const std::filesystem::path path = std::filesystem::read_symlink("/proc/self/exe", problem);
    struct stat facts {};
    if (problem || ::stat(path.c_str(), &facts) != 0)
        return {};
    return {path.string(),
            fmt::format("{} bytes of {}.{:09}", facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)};
}

RememberedResults::RememberedResults(std::filesystem::path file, ProgramVersion program)
    : m_file(std::move(file)), m_program(std::move(program)) {}

std::optional<json> RememberedResults::find(const std::string& name) const {
    if (m_file.empty() || m_program.path.empty())
        return {};
    const json results = resultsOf(contentOf(m_file), m_program);
    if (!results.contains(name))
        return {};
    return results.at(name);
}

void RememberedResults::remember(const std::string& name, const json& value) const {
    if (m_file.empty() || m_program.path.empty())
        return;
    json content = contentOf(m_file);
    json results = resultsOf(content, m_program);
    results[name] = value;
    content[m_program.path] = {{"version", m_program.version}, {"results", std::move(results)}};
    std::error_code problem;
    std::filesystem::create_directories(m_file.parent_path(), problem);
    if (!problem)
        (void)writeFileAtomically(m_file, content.dump(1, ' ', false, json::error_handler_t::replace));
}

} // namespace ropescope
