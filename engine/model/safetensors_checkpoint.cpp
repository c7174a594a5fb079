#include "engine/model/safetensors_checkpoint.h"

#include <optional>
#include <set>

#include <fmt/format.h>

#include "engine/model/model_folder.h"
#include "engine/model/safetensors_file.h"
#include "engine/model/shard_index.h"

namespace ropescope {
namespace {

namespace fs = std::filesystem;

std::optional<StoredType> storedType(std::string_view type) {
    for (const StoredType plain : {StoredType::f32, StoredType::f16, StoredType::bf16})
        if (name(plain) == type)
            return plain;
    return std::nullopt;
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

} // namespace

Result<Checkpoint::Content> readSafetensorsFolder(const fs::path& folder) {
    Checkpoint::Content content;
    content.path = folder;
    std::error_code problem;
    const fs::path single = folder / "model.safetensors";
    const fs::path index = folder / "model.safetensors.index.json";
    const auto add = [&](const fs::path& path, std::set<std::string>& seen) { return addFile(content, path, seen); };
    std::set<std::string> seen;
    Result<void> added;
    if (fs::exists(single, problem))
        added = add(single, seen);
    else if (fs::exists(index, problem))
        added = addShards(index, add);
    else
        added = fail(inputError(folder.string(), "folder",
                                "model.safetensors, pytorch_model.bin, or the index.json of either's shards",
                                describeFolder(folder)));
    if (!added)
        return fail(added.error());
    return content;
}

} // namespace ropescope
