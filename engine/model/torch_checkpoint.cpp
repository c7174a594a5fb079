#include "engine/model/torch_checkpoint.h"

#include <optional>

#include <fmt/format.h>

#include "engine/model/model_folder.h"
#include "engine/model/shard_index.h"
#include "engine/model/torch_file.h"

namespace ropescope {
namespace {

namespace fs = std::filesystem;

constexpr const char* singleName = "pytorch_model.bin";
constexpr const char* indexName = "pytorch_model.bin.index.json";

std::optional<StoredType> storedType(TorchType type) {
    switch (type) {
    case TorchType::f32:
        return StoredType::f32;
    case TorchType::f16:
        return StoredType::f16;
    case TorchType::bf16:
        return StoredType::bf16;
    default:
        return std::nullopt;
    }
}

void addTensor(Checkpoint::Content& content, const TorchFile& source, const TorchTensor& tensor) {
    const auto file = source.file()->path().filename().string();
    const auto type = storedType(tensor.type);
    if (!type || !tensor.contiguous()) {
        content.unreadable.push_back(
            {tensor.name, std::string(type ? "elements out of order (a strided view)" : name(tensor.type)), file});
        return;
    }
    StoredTensor stored;
    stored.name = tensor.name;
    stored.shape = tensor.shape;
    stored.type = *type;
    stored.bytes = tensor.bytes();
    stored.place = fmt::format("{}, byte {}", file, stored.bytes.data() - source.file()->bytes().data());
    content.tensors.push_back(std::move(stored));
}

Result<void> addFile(Checkpoint::Content& content, const fs::path& path, std::set<std::string>& seen) {
    const auto file = TorchFile::open(path);
    if (!file)
        return fail(file.error());
    for (const TorchTensor& tensor : file->tensors()) {
        if (tensor.name.empty())
            return fail(inputError(path.string(), "pickle", "a dictionary of tensors by name", "a tensor"));
        if (!seen.insert(tensor.name).second)
            return fail(inputError(path.string(), fmt::format("tensor \"{}\"", tensor.name), "each tensor in one shard",
                                   "it is in an earlier one too"));
        addTensor(content, *file, tensor);
    }
    content.files.push_back(file->file());
    return {};
}

} // namespace

bool holdsTorchWeights(const fs::path& folder) {
    std::error_code problem;
    return fs::exists(folder / singleName, problem) || fs::exists(folder / indexName, problem);
}

Result<Checkpoint::Content> readTorchFolder(const fs::path& folder) {
    Checkpoint::Content content;
    content.path = folder;
    const auto add = [&](const fs::path& path, std::set<std::string>& seen) { return addFile(content, path, seen); };
    std::error_code problem;
    std::set<std::string> seen;
    const auto added =
        fs::exists(folder / singleName, problem) ? add(folder / singleName, seen) : addShards(folder / indexName, add);
    if (!added)
        return fail(added.error());
    return content;
}

} // namespace ropescope
