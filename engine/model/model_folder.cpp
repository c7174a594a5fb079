#include "engine/model/model_folder.h"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

namespace ropescope {

std::string describeFolder(const std::filesystem::path& folder) {
    std::vector<std::string> names;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    const auto ending = [&](std::string_view suffix) {
        return std::find_if(names.begin(), names.end(),
                            [&](const std::string& name) { return name.ends_with(suffix); });
    };
    if (const auto gguf = ending(".gguf"); gguf != names.end())
        return fmt::format("{} (name that file instead of its folder)", *gguf);
    if (const auto weights = ending(".bin"); weights != names.end())
        return fmt::format("{} (weights of another name than pytorch_model.bin aren't looked for)", *weights);
    return names.empty() ? "an empty folder" : "none of them";
}

} // namespace ropescope
