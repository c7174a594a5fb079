#include "engine/model/gguf_files.h"

#include <optional>
#include <regex>

#include <fmt/format.h>

namespace ropescope {
namespace {

struct ShardName {
    std::string stem;
    int count = 0;
};

std::optional<ShardName> shardName(const std::string& file) {
    static const std::regex pattern("(.*)-([0-9]{5})-of-([0-9]{5})\\.gguf");
    std::smatch match;
    if (!std::regex_match(file, match, pattern))
        return std::nullopt;
    return ShardName{match[1], std::stoi(match[3])};
}

// A shard knows how many there are; one renamed to look like another set's is refused.
Result<void> checkCount(const GgufMetadata& file, int count) {
    const auto given = file.integer("split.count");
    if (!given)
        return fail(given.error());
    if (*given && **given != count)
        return fail(
            file.badValue("split.count", fmt::format("{} as in the file's name", count), fmt::format("{}", **given)));
    return {};
}

} // namespace

Result<std::vector<std::shared_ptr<const GgufMetadata>>> openGgufFiles(const std::filesystem::path& path) {
    const auto shard = shardName(path.filename().string());
    const int count = shard ? shard->count : 1;
    if (count < 1)
        return fail(inputError(path.string(), "file name", "at least one shard", "0"));
    std::vector<std::shared_ptr<const GgufMetadata>> files;
    for (int index = 1; index <= count; ++index) {
        const auto file =
            shard ? path.parent_path() / fmt::format("{}-{:05}-of-{:05}.gguf", shard->stem, index, count) : path;
        auto opened = GgufMetadata::open(file);
        if (!opened)
            return fail(opened.error());
        if (auto checked = checkCount(**opened, count); !checked)
            return fail(checked.error());
        files.push_back(std::move(*opened));
    }
    return files;
}

} // namespace ropescope
