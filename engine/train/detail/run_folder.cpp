#include "engine/train/detail/run_folder.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "engine/model/detail/failure.h"
#include "engine/model/safetensors_writer.h"

namespace ropescope::detail {
namespace {

namespace fs = std::filesystem;

constexpr const char* prefix = "checkpoint-";
constexpr const char* unfinished = ".unfinished";

std::optional<std::int64_t> stepOf(const std::string& name) {
    const std::string_view start(prefix);
    if (!name.starts_with(start))
        return std::nullopt;
    std::int64_t step = 0;
    const char* const end = name.data() + name.size();
    const auto [stop, problem] = std::from_chars(name.data() + start.size(), end, step);
    if (problem != std::errc() || stop != end || step < 0)
        return std::nullopt;
    return step;
}

void makeFolder(const fs::path& folder) {
    std::error_code problem;
    fs::create_directories(folder, problem);
    if (problem)
        raise(failure(fmt::format("cannot make the folder {}: {}", folder.string(), problem.message())));
}

} // namespace

RunFolder::RunFolder(fs::path path, bool resume) : m_path(std::move(path)) {
    std::error_code problem;
    if (fs::exists(m_path, problem) && !fs::is_directory(m_path, problem))
        raise(usageError(fmt::format("output {}: expected a folder or a new name, found a file", m_path.string())));
    if (!resume && (newest() || fs::exists(m_path / "config.json", problem)))
        raise(usageError(fmt::format("output {} holds a {} already: resume it, or choose another folder",
                                     m_path.string(), newest() ? "training run" : "model")));
    if (resume && !newest() && fs::exists(m_path / "config.json", problem))
        raise(usageError(fmt::format("output {} holds a finished model and no checkpoint to go on from: choose another "
                                     "folder, or train this model further by naming it",
                                     m_path.string())));
    makeFolder(m_path);
    for (const fs::directory_entry& entry : fs::directory_iterator(m_path, problem))
        if (entry.path().filename().string().starts_with(prefix) && entry.path().extension() == unfinished)
            fs::remove_all(entry.path(), problem);
}

std::vector<RunFolder::Saved> RunFolder::checkpoints() const {
    std::vector<Saved> found;
    std::error_code problem;
    for (const fs::directory_entry& entry : fs::directory_iterator(m_path, problem))
        if (const auto step = stepOf(entry.path().filename().string()))
            found.push_back({*step, entry.path()});
    std::sort(found.begin(), found.end(), [](const Saved& a, const Saved& b) { return a.step < b.step; });
    return found;
}

std::optional<RunFolder::Saved> RunFolder::newest() const {
    const std::vector<Saved> all = checkpoints();
    return all.empty() ? std::nullopt : std::optional(all.back());
}

void RunFolder::save(std::int64_t step, const std::function<void(const fs::path&)>& fill) const {
    const fs::path place = m_path / fmt::format("{}{}", prefix, step);
    const fs::path aside = place.string() + unfinished;
    std::error_code problem;
    makeFolder(aside);
    try {
        fill(aside);
    } catch (...) {
        fs::remove_all(aside, problem);
        throw;
    }
    fs::remove_all(place, problem);
    fs::rename(aside, place, problem);
    if (problem)
        raise(failure(fmt::format("cannot write {}: {}", place.string(), problem.message())));
    std::vector<Saved> all = checkpoints();
    for (std::size_t index = 0; index + 2 < all.size(); ++index)
        fs::remove_all(all[index].folder, problem);
}

void saveTensors(const fs::path& folder, const std::vector<NamedTensor>& tensors, StoredType type,
                 const RunControl& control) {
    makeFolder(folder);
    std::vector<TensorToWrite> described;
    for (const NamedTensor& tensor : tensors)
        described.push_back({tensor.name, tensor.shape, type});
    at::Tensor current;
    const TensorSource source = [&](std::size_t index) -> Result<std::span<const std::byte>> {
        current = tensors[index].value().to(type == StoredType::bf16 ? at::kBFloat16 : at::kFloat);
        return std::span(static_cast<const std::byte*>(current.data_ptr()), current.nbytes());
    };
    const auto written = writeSafetensorsFolder(folder, described, source, usualShardBytes, control);
    if (const auto* error = std::get_if<Error>(&written))
        raise(*error);
    if (std::holds_alternative<Cancelled>(written))
        throw StopNoticed{};
}

} // namespace ropescope::detail
