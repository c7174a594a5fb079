#include "engine/model/safetensors_checkpoint.h"

#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "engine/base/atomic_file.h"
#include "engine/base/json_text.h"
#include "engine/model/model_folder.h"
#include "engine/model/safetensors_file.h"

namespace ropescope {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t largestIndex = 64 << 20;

std::optional<StoredType> storedType(std::string_view type) {
    for (const StoredType plain : {StoredType::f32, StoredType::f16, StoredType::bf16})
        if (name(plain) == type)
            return plain;
    return std::nullopt;
}

// Which tensor lies in which shard, as the index says. File names are plain names in the same folder.
Result<std::map<std::string, std::string>> readIndex(const fs::path& path) {
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
        if (!name || name->empty() || fs::path(*name).filename() != *name || *name == "." || *name == "..")
            return fail(inputError(path.string(), fmt::format("weight_map, \"{}\"", tensor),
                                   "the name of a file in this folder",
                                   file.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace)));
        shards.emplace(tensor, *name);
    }
    return shards;
}

void addTensor(Checkpoint::Content& content, const SafetensorsFile& source, const SafetensorsEntry& entry) {
    const auto place = fmt::format("{}, byte {}", source.file->path().filename().string(), entry.begin);
    const auto type = storedType(entry.type);
    if (!type) {
        content.unreadable.push_back({entry.name, entry.type, place});
        return;
    }
    StoredTensor tensor;
    tensor.name = entry.name;
    tensor.shape = entry.shape;
    tensor.type = *type;
    tensor.bytes = source.file->bytes().subspan(entry.begin, entry.end - entry.begin);
    tensor.place = place;
    content.tensors.push_back(std::move(tensor));
}

// Adds a file's tensors; `shards` (empty for a single file) says which of them belong to it.
Result<void> addFile(Checkpoint::Content& content, const fs::path& path, std::set<std::string>& seen) {
    auto file = openSafetensors(path);
    if (!file)
        return fail(file.error());
    for (const SafetensorsEntry& entry : file->entries) {
        if (!seen.insert(entry.name).second)
            return fail(inputError(path.string(), fmt::format("tensor \"{}\"", entry.name), "each tensor in one shard",
                                   "it is in an earlier one too"));
        addTensor(content, *file, entry);
    }
    content.files.push_back(file->file);
    return {};
}

Result<void> addShards(Checkpoint::Content& content, const fs::path& index) {
    const auto shards = readIndex(index);
    if (!shards)
        return fail(shards.error());
    std::set<std::string> files;
    for (const auto& [tensor, file] : *shards)
        files.insert(file);
    std::set<std::string> seen;
    for (const std::string& file : files)
        if (auto added = addFile(content, index.parent_path() / file, seen); !added)
            return added;
    for (const auto& [tensor, file] : *shards)
        if (!seen.contains(tensor))
            return fail(inputError(index.string(), fmt::format("weight_map, \"{}\"", tensor), "a tensor of " + file,
                                   "none of that name"));
    return {};
}

} // namespace

Result<Checkpoint::Content> readSafetensorsFolder(const fs::path& folder) {
    Checkpoint::Content content;
    content.path = folder;
    std::error_code problem;
    const fs::path single = folder / "model.safetensors";
    const fs::path index = folder / "model.safetensors.index.json";
    std::set<std::string> seen;
    Result<void> added;
    if (fs::exists(single, problem))
        added = addFile(content, single, seen);
    else if (fs::exists(index, problem))
        added = addShards(content, index);
    else
        added = fail(inputError(folder.string(), "folder", "model.safetensors or model.safetensors.index.json",
                                describeFolder(folder)));
    if (!added)
        return fail(added.error());
    return content;
}

} // namespace ropescope
