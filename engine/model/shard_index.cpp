#include "engine/model/shard_index.h"

#include <fmt/format.h>

#include "engine/base/atomic_file.h"
#include "engine/base/json_text.h"

namespace ropescope {
namespace {

constexpr std::uintmax_t largestIndex = 64 << 20;

} // namespace

Result<std::map<std::string, std::string>> readShardIndex(const std::filesystem::path& path) {
    const auto text = readFile(path, largestIndex);
    if (!text)
        return fail(text.error());
    const auto json = parseJson(*text, path.string(), 8);
    if (!json)
        return fail(json.error());
    const auto map = json->is_object() ? json->find("weight_map") : json->end();
    if (map == json->end() || !map->is_object() || map->empty())
        return fail(inputError(path.string(), "weight_map", "an object of file names by tensor", "none"));
    std::map<std::string, std::string> shards;
    for (const auto& [tensor, file] : map->items()) {
        const auto* name = file.get_ptr<const std::string*>();
        if (!name || name->empty() || std::filesystem::path(*name).filename() != *name || *name == "." || *name == "..")
            return fail(inputError(path.string(), fmt::format("weight_map, \"{}\"", tensor),
                                   "the name of a file in this folder",
                                   file.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)));
        shards.emplace(tensor, *name);
    }
    return shards;
}

Result<void>
addShards(const std::filesystem::path& index,
          const std::function<Result<void>(const std::filesystem::path&, std::set<std::string>&)>& addFile) {
    const auto shards = readShardIndex(index);
    if (!shards)
        return fail(shards.error());
    std::set<std::string> files;
    for (const auto& [tensor, file] : *shards)
        files.insert(file);
    std::set<std::string> seen;
    for (const std::string& file : files)
        if (auto added = addFile(index.parent_path() / file, seen); !added)
            return added;
    for (const auto& [tensor, file] : *shards)
        if (!seen.contains(tensor))
            return fail(inputError(index.string(), fmt::format("weight_map, \"{}\"", tensor), "a tensor of " + file,
                                   "none of that name"));
    return {};
}

} // namespace ropescope
