#include "engine/model/gguf_checkpoint.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "engine/model/gguf_files.h"
#include "engine/model/gguf_names.h"

namespace ropescope {
namespace {

// ggml's type numbers (ggml.h).
std::optional<StoredType> storedType(std::uint32_t number) {
    switch (number) {
    case 0:
        return StoredType::f32;
    case 1:
        return StoredType::f16;
    case 2:
        return StoredType::q4_0;
    case 3:
        return StoredType::q4_1;
    case 6:
        return StoredType::q5_0;
    case 7:
        return StoredType::q5_1;
    case 8:
        return StoredType::q8_0;
    case 12:
        return StoredType::q4_k;
    case 13:
        return StoredType::q5_k;
    case 14:
        return StoredType::q6_k;
    case 30:
        return StoredType::bf16;
    default:
        return std::nullopt;
    }
}

// What of the model's keys the row orders depend on.
struct HeadCounts {
    Architecture architecture = Architecture::llama;
    std::int64_t heads = 1, kvHeads = 1;
};

Result<HeadCounts> readHeadCounts(const GgufMetadata& metadata) {
    const auto name = metadata.text("general.architecture");
    if (!name)
        return fail(name.error());
    const auto architecture = *name ? ggufArchitecture(**name) : std::nullopt;
    if (!architecture)
        return fail(
            metadata.badValue("general.architecture", "llama, qwen2, qwen3, phi3 or gptneox", name->value_or("none")));
    HeadCounts counts;
    counts.architecture = *architecture;
    const auto heads = metadata.integer(**name + ".attention.head_count");
    if (!heads)
        return fail(heads.error());
    counts.heads = heads->value_or(0);
    const auto kvHeads = metadata.integer(**name + ".attention.head_count_kv");
    if (!kvHeads)
        return fail(kvHeads.error());
    counts.kvHeads = kvHeads->value_or(counts.heads);
    return counts;
}

// Where a tensor's bytes lie: inside the file, in whole blocks.
Result<std::span<const std::byte>> dataOf(const GgufMetadata& metadata, const GgufTensorInfo& info, StoredType type) {
    const auto& file = metadata.file();
    const auto place = fmt::format("tensor \"{}\" (byte {})", info.name, info.entry);
    const BlockLayout layout = blockLayout(type);
    const std::int64_t row = info.dims.empty() ? 1 : info.dims[0];
    if (row % layout.elements != 0)
        return fail(inputError(file.path().string(), place,
                               fmt::format("rows of a multiple of {} values for {}", layout.elements, name(type)),
                               fmt::format("{}", row)));
    const auto blocks = static_cast<std::uint64_t>(info.elements() / layout.elements);
    const std::uint64_t available = file.bytes().size() - info.offset;
    if (blocks > available / static_cast<std::uint64_t>(layout.bytes))
        return fail(inputError(file.path().string(), place,
                               fmt::format("data for {} values of {} within the file", info.elements(), name(type)),
                               fmt::format("{} bytes from byte {} to the end", available, info.offset)));
    return file.bytes().subspan(info.offset, blocks * static_cast<std::uint64_t>(layout.bytes));
}

Result<void> checkRows(const StoredTensor& tensor, const std::string& file) {
    const std::int64_t parts = tensor.rowOrder == RowOrder::partsApart ? 3 : 2;
    if (tensor.rowOrder == RowOrder::asIs)
        return {};
    if (tensor.heads < 1 || tensor.shape.empty() || tensor.shape[0] % tensor.heads != 0 ||
        tensor.shape[0] / tensor.heads % parts != 0)
        return fail(inputError(file, tensor.place,
                               fmt::format("rows of {} heads that divide by {}", tensor.heads, parts),
                               "shape " + shapeText(tensor.shape)));
    return {};
}

Result<void> addTensor(Checkpoint::Content& content, const GgufMetadata& metadata, const GgufTensorInfo& info,
                       const HeadCounts& counts) {
    const std::string file = metadata.file().path().string();
    const auto translated = huggingFaceName(counts.architecture, info.name);
    const auto place =
        fmt::format("{}, \"{}\" at byte {}", metadata.file().path().filename().string(), info.name, info.offset);
    const auto type = storedType(info.type);
    if (!type) {
        content.unreadable.push_back({translated.value_or(info.name), fmt::format("ggml type {}", info.type), place});
        return {};
    }
    const auto bytes = dataOf(metadata, info, *type);
    if (!bytes)
        return fail(bytes.error());
    StoredTensor tensor;
    tensor.name = translated.value_or(info.name);
    tensor.shape.assign(info.dims.rbegin(), info.dims.rend());
    tensor.type = *type;
    tensor.bytes = *bytes;
    tensor.place = place;
    const GgufRowOrder order = ggufRowOrder(counts.architecture, info.name);
    tensor.rowOrder = order.order;
    if (order.order != RowOrder::asIs)
        tensor.heads = order.ofKeyHeads ? counts.kvHeads : counts.heads;
    if (auto checked = checkRows(tensor, file); !checked)
        return checked;
    content.tensors.push_back(std::move(tensor));
    return {};
}

// No two tensors share bytes; tensors of unknown types have an unknown size and aren't judged.
Result<void> checkOverlap(std::vector<const StoredTensor*> tensors, const std::string& file) {
    std::sort(tensors.begin(), tensors.end(),
              [](const StoredTensor* a, const StoredTensor* b) { return a->bytes.data() < b->bytes.data(); });
    for (std::size_t i = 1; i < tensors.size(); ++i)
        if (tensors[i - 1]->bytes.data() + tensors[i - 1]->bytes.size() > tensors[i]->bytes.data())
            return fail(
                inputError(file, tensors[i]->place, "data after that of " + tensors[i - 1]->name, "overlapping data"));
    return {};
}

} // namespace

Result<Checkpoint::Content> readGgufFiles(const std::filesystem::path& path) {
    const auto files = openGgufFiles(path);
    if (!files)
        return fail(files.error());
    const auto counts = readHeadCounts(*files->front());
    if (!counts)
        return fail(counts.error());
    Checkpoint::Content content;
    content.path = path;
    for (const auto& metadata : *files) {
        const std::size_t before = content.tensors.size();
        for (const GgufTensorInfo& info : metadata->tensors())
            if (auto added = addTensor(content, *metadata, info, *counts); !added)
                return fail(added.error());
        std::vector<const StoredTensor*> here;
        for (std::size_t i = before; i < content.tensors.size(); ++i)
            here.push_back(&content.tensors[i]);
        if (auto checked = checkOverlap(std::move(here), metadata->file().path().string()); !checked)
            return fail(checked.error());
        content.files.push_back(metadata->filePointer());
    }
    std::set<std::string_view> names;
    for (const StoredTensor& tensor : content.tensors)
        if (!names.insert(tensor.name).second)
            return fail(
                inputError(path.string(), tensor.place, "each tensor in one shard", "a second one of this name"));
    return content;
}

} // namespace ropescope
