#include "engine/model/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <new>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/model/gguf_checkpoint.h"
#include "engine/model/safetensors_checkpoint.h"
#include "engine/model/torch_checkpoint.h"

namespace ropescope {
namespace {

// The row of the file that holds Hugging Face's row `row`.
std::int64_t storedRow(const StoredTensor& tensor, std::int64_t row) {
    const std::int64_t perHead = tensor.shape[0] / std::max<std::int64_t>(tensor.heads, 1);
    switch (tensor.rowOrder) {
    case RowOrder::asIs:
        break;
    case RowOrder::interleavedRotation: {
        const std::int64_t half = perHead / 2;
        const std::int64_t inHead = row % perHead;
        return row - inHead + 2 * (inHead % half) + inHead / half;
    }
    case RowOrder::partsApart: {
        const std::int64_t headDim = perHead / 3;
        const std::int64_t part = row % perHead / headDim;
        return (part * tensor.heads + row / perHead) * headDim + row % headDim;
    }
    }
    return row;
}

// 1-D tensors of blocks: a row (one element) is less than a block.
void readWithinBlocks(const StoredTensor& tensor, std::int64_t first, std::int64_t count, std::span<float> out) {
    std::vector<float> all(static_cast<std::size_t>(tensor.elements()));
    dequantise(tensor.type, tensor.bytes.data(), tensor.elements(), all.data());
    for (std::int64_t row = 0; row < count; ++row)
        out[static_cast<std::size_t>(row)] = all[static_cast<std::size_t>(storedRow(tensor, first + row))];
}

// Safetensors where a folder has both: they load faster and can't hide anything.
Result<Checkpoint::Content> readFolder(const std::filesystem::path& folder) {
    auto safe = readSafetensorsFolder(folder);
    std::error_code problem;
    const bool none = !std::filesystem::exists(folder / "model.safetensors", problem) &&
                      !std::filesystem::exists(folder / "model.safetensors.index.json", problem);
    return none && holdsTorchWeights(folder) ? readTorchFolder(folder) : std::move(safe);
}

} // namespace

std::int64_t StoredTensor::elements() const {
    std::int64_t product = 1;
    for (const std::int64_t axis : shape)
        product *= axis;
    return product;
}

Checkpoint::Checkpoint(Content content) : m_content(std::move(content)) {
    for (std::size_t index = 0; index < m_content.tensors.size(); ++index)
        m_index.emplace(m_content.tensors[index].name, index);
}

std::int64_t Checkpoint::bytesOnDisk() const {
    std::int64_t total = 0;
    for (const auto& file : m_content.files)
        total += static_cast<std::int64_t>(file->bytes().size());
    return total;
}

const StoredTensor* Checkpoint::find(std::string_view name) const {
    const auto found = m_index.find(name);
    return found == m_index.end() ? nullptr : &m_content.tensors[found->second];
}

Result<const StoredTensor*> Checkpoint::require(std::string_view name, const std::vector<std::int64_t>& shape) const {
    const auto place = fmt::format("tensor \"{}\"", name);
    const StoredTensor* tensor = find(name);
    if (tensor && tensor->shape == shape)
        return tensor;
    if (tensor)
        return fail(inputError(path().string(), fmt::format("{} ({})", place, tensor->place),
                               "shape " + shapeText(shape), shapeText(tensor->shape)));
    const auto unreadable = std::find_if(m_content.unreadable.begin(), m_content.unreadable.end(),
                                         [&](const UnreadableTensor& other) { return other.name == name; });
    if (unreadable == m_content.unreadable.end())
        return fail(inputError(path().string(), place, "a tensor of shape " + shapeText(shape), "none of that name"));
    return fail(inputError(path().string(), fmt::format("{} ({})", place, unreadable->place),
                           "F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q5_K or Q6_K", unreadable->type));
}

void readRows(const StoredTensor& tensor, std::int64_t first, std::int64_t count, std::span<float> out) {
    const BlockLayout layout = blockLayout(tensor.type);
    const std::int64_t rows = tensor.shape.empty() ? 1 : tensor.shape[0];
    if (count == 0 || tensor.elements() == 0)
        return;
    const std::int64_t width = tensor.elements() / rows;
    if (width % layout.elements != 0)
        return readWithinBlocks(tensor, first, count, out);
    const std::int64_t rowBytes = width / layout.elements * layout.bytes;
    if (tensor.rowOrder == RowOrder::asIs) {
        dequantise(tensor.type, tensor.bytes.data() + first * rowBytes, count * width, out.data());
        return;
    }
    for (std::int64_t row = 0; row < count; ++row)
        dequantise(tensor.type, tensor.bytes.data() + storedRow(tensor, first + row) * rowBytes, width,
                   out.data() + row * width);
}

Result<std::shared_ptr<const Checkpoint>> openCheckpoint(const std::filesystem::path& path) {
    std::error_code problem;
    auto content = std::filesystem::is_directory(path, problem) ? readFolder(path) : readGgufFiles(path);
    if (!content)
        return fail(content.error());
    return std::make_shared<const Checkpoint>(std::move(*content));
}

std::string shapeText(const std::vector<std::int64_t>& shape) {
    return fmt::format("[{}]", fmt::join(shape, ", "));
}

} // namespace ropescope
