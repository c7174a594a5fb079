#include "engine/model/detail/weight_loader.h"

#include <algorithm>
#include <cstdint>
#include <span>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/mman.h>
#include <unistd.h>

#include "engine/model/detail/failure.h"
#include "engine/model/gguf_names.h"

namespace ropescope::detail {
namespace {

constexpr std::int64_t conversionBlockElements = 1 << 18; // 1 MiB of float32: stays in a core's cache

// Lets the system drop the mapped pages inside `bytes`; touched again they come back from the file.
void releasePages(std::span<const std::byte> bytes) {
    static const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
    const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
    const std::uintptr_t first = (begin + page - 1) / page * page;
    const std::uintptr_t last = (begin + bytes.size()) / page * page;
    if (first < last)
        ::madvise(reinterpret_cast<void*>(first), last - first, MADV_DONTNEED);
}

bool endsWithAny(const std::string& name, const std::vector<std::string>& endings) {
    return std::any_of(endings.begin(), endings.end(), [&](const std::string& ending) {
        return name.size() >= ending.size() && name.compare(name.size() - ending.size(), ending.size(), ending) == 0;
    });
}

// Rows [first, first + count) converted into `target` ([rows, columns], contiguous, on the CPU).
void convertRows(const StoredTensor& tensor, std::int64_t first, std::int64_t count, std::int64_t columns,
                 at::Tensor& target) {
    const auto elements = static_cast<std::size_t>(count * columns);
    if (target.scalar_type() == at::kFloat) {
        readRows(tensor, first, count, {target.data_ptr<float>() + first * columns, elements});
        return;
    }
    thread_local std::vector<float> wide;
    wide.resize(elements);
    readRows(tensor, first, count, wide);
    std::transform(wide.begin(), wide.end(), target.data_ptr<at::BFloat16>() + first * columns,
                   [](float value) { return at::BFloat16(value); });
}

} // namespace

WeightLoader::WeightLoader(std::shared_ptr<const Checkpoint> checkpoint, at::ScalarType type, at::Device device,
                           RunControl control)
    : m_checkpoint(std::move(checkpoint)), m_type(type), m_device(device), m_control(std::move(control)) {
    for (const StoredTensor& tensor : m_checkpoint->tensors())
        m_bytesTotal += static_cast<double>(tensor.bytes.size());
}

const StoredTensor& WeightLoader::stored(const std::string& name, const std::vector<std::int64_t>& shape) {
    throwIfStopped(m_control.stop);
    const StoredTensor* tensor = m_checkpoint->find(name);
    if (!tensor)
        raise(inputError(m_checkpoint->tensors().empty() ? "model" : m_checkpoint->tensors().front().place, name,
                         fmt::format("a tensor of shape [{}]", fmt::join(shape, ", ")), "no tensor of that name"));
    if (tensor->shape != shape)
        raise(inputError(tensor->place, name, fmt::format("shape [{}]", fmt::join(shape, ", ")),
                         fmt::format("[{}]", fmt::join(tensor->shape, ", "))));
    return *tensor;
}

void WeightLoader::read(const StoredTensor& tensor, std::int64_t rows, std::int64_t columns, at::Tensor target) {
    const bool onHost = target.is_cpu();
    at::Tensor host = onHost ? target : at::empty(target.sizes(), target.scalar_type());
    const std::int64_t blockRows = std::max<std::int64_t>(1, conversionBlockElements / columns);
    const std::int64_t blocks = (rows + blockRows - 1) / blockRows;
    at::parallel_for(0, blocks, 1, [&](std::int64_t begin, std::int64_t end) {
        for (std::int64_t block = begin; block < end; ++block) {
            const std::int64_t first = block * blockRows;
            convertRows(tensor, first, std::min(blockRows, rows - first), columns, host);
        }
    });
    if (!onHost)
        target.copy_(host);
    releasePages(tensor.bytes);
    advance(tensor);
}

void WeightLoader::advance(const StoredTensor& tensor) {
    m_read.insert(tensor.name);
    m_parameters += tensor.elements();
    m_bytesRead += static_cast<double>(tensor.bytes.size());
    m_control.report({"loading weights", m_bytesRead, m_bytesTotal, "bytes"});
}

at::Tensor WeightLoader::matrix(const std::string& name, std::int64_t rows, std::int64_t columns) {
    const StoredTensor& tensor = stored(name, {rows, columns});
    at::Tensor target = at::empty({rows, columns}, at::TensorOptions(m_type).device(m_device));
    read(tensor, rows, columns, target);
    return target;
}

Linear WeightLoader::linear(const std::vector<std::pair<std::string, std::int64_t>>& modules, std::int64_t columns,
                            bool bias) {
    Linear layer;
    std::int64_t total = 0;
    for (const auto& [name, rows] : modules) {
        layer.parts.push_back({name, total, rows});
        total += rows;
    }
    layer.weight = at::empty({total, columns}, at::TensorOptions(m_type).device(m_device));
    if (bias)
        layer.bias = at::empty({total}, at::TensorOptions(m_type).device(m_device));
    for (const WeightPart& part : layer.parts) {
        read(stored(part.name + ".weight", {part.rows, columns}), part.rows, columns,
             layer.weight.narrow(0, part.firstRow, part.rows));
        if (bias)
            layer.bias.narrow(0, part.firstRow, part.rows).copy_(vector(part.name + ".bias", part.rows));
    }
    return layer;
}

at::Tensor WeightLoader::vector(const std::string& name, std::int64_t width) {
    const StoredTensor& tensor = stored(name, {width});
    at::Tensor target = at::empty({width}, at::TensorOptions(at::kFloat).device(m_device));
    read(tensor, width, 1, target);
    return target;
}

RmsNorm WeightLoader::rmsNorm(const std::string& module, std::int64_t width, double epsilon) {
    return {vector(module + ".weight", width), epsilon, module};
}

LayerNorm WeightLoader::layerNorm(const std::string& module, std::int64_t width, double epsilon) {
    return {vector(module + ".weight", width), vector(module + ".bias", width), epsilon, module};
}

void WeightLoader::requireAllRead(const std::vector<std::string>& ignoredEndings,
                                  const std::vector<std::string>& ignored) const {
    for (const StoredTensor& tensor : m_checkpoint->tensors())
        if (!m_read.contains(tensor.name) && !isRotaryFactorTensor(tensor.name) &&
            !endsWithAny(tensor.name, ignoredEndings) &&
            std::find(ignored.begin(), ignored.end(), tensor.name) == ignored.end())
            raise(inputError(tensor.place, tensor.name, "only tensors that the configured architecture uses",
                             "a tensor it has no place for"));
}

} // namespace ropescope::detail
