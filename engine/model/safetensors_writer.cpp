#include "engine/model/safetensors_writer.h"

#include <algorithm>
#include <optional>
#include <regex>
#include <set>
#include <variant>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"

namespace ropescope {
namespace {

namespace fs = std::filesystem;

using Shard = std::vector<std::size_t>; // indices of tensors

Result<void> checkTensorsToWrite(const std::vector<TensorToWrite>& tensors) {
    std::set<std::string_view> names;
    for (const TensorToWrite& tensor : tensors) {
        if (blockLayout(tensor.type).elements != 1)
            return fail(usageError(fmt::format("tensor \"{}\": safetensors hold F32, F16 and BF16, not {}", tensor.name,
                                               name(tensor.type))));
        if (std::any_of(tensor.shape.begin(), tensor.shape.end(), [](std::int64_t axis) { return axis < 0; }))
            return fail(usageError(fmt::format("tensor \"{}\": an axis is negative", tensor.name)));
        if (!names.insert(tensor.name).second || tensor.name == "__metadata__")
            return fail(usageError(fmt::format("tensor \"{}\": the name is taken", tensor.name)));
    }
    return {};
}

// Fills one shard after the other, as long as the next tensor fits.
std::vector<Shard> divide(const std::vector<TensorToWrite>& tensors, std::uint64_t shardBytes) {
    std::vector<Shard> shards(1);
    std::uint64_t filled = 0;
    for (std::size_t index = 0; index < tensors.size(); ++index) {
        if (filled > 0 && filled + tensors[index].bytes() > shardBytes) {
            shards.emplace_back();
            filled = 0;
        }
        shards.back().push_back(index);
        filled += tensors[index].bytes();
    }
    return shards;
}

// Length and JSON, padded with spaces so that the data begin at a multiple of 8.
std::string headerBytes(const std::vector<TensorToWrite>& tensors, const Shard& shard) {
    nlohmann::ordered_json header;
    header["__metadata__"] = {{"format", "pt"}};
    std::uint64_t offset = 0;
    for (const std::size_t index : shard) {
        const TensorToWrite& tensor = tensors[index];
        header[tensor.name] = {
            {"dtype", name(tensor.type)}, {"shape", tensor.shape}, {"data_offsets", {offset, offset + tensor.bytes()}}};
        offset += tensor.bytes();
    }
    std::string text = header.dump();
    text.resize((text.size() + 7) / 8 * 8, ' ');
    std::string bytes;
    for (int shift = 0; shift < 64; shift += 8)
        bytes += static_cast<char>(static_cast<std::uint64_t>(text.size()) >> shift & 255U);
    return bytes + text;
}

// Writes the files of one folder; what it has written so far is counted across them.
class FolderWriter {
public:
    FolderWriter(const std::vector<TensorToWrite>& tensors, const TensorSource& source, const RunControl& control)
        : m_tensors(tensors), m_source(source), m_control(control) {
        for (const TensorToWrite& tensor : tensors)
            m_total += tensor.bytes();
    }

    // Nothing on success; what stopped it otherwise.
    std::optional<std::variant<Cancelled, Error>> write(const fs::path& path, const Shard& shard) {
        auto file = AtomicFile::create(path);
        if (!file)
            return file.error();
        if (auto written = file->append(headerBytes(m_tensors, shard)); !written)
            return written.error();
        for (const std::size_t index : shard) {
            if (m_control.stopRequested())
                return Cancelled{};
            if (auto written = append(*file, index); !written)
                return written.error();
        }
        if (auto committed = file->commit(); !committed)
            return committed.error();
        return std::nullopt;
    }

    [[nodiscard]] std::uint64_t total() const { return m_total; }

private:
    Result<void> append(AtomicFile& file, std::size_t index) {
        const auto bytes = m_source(index);
        if (!bytes)
            return fail(bytes.error());
        const TensorToWrite& tensor = m_tensors[index];
        if (bytes->size() != tensor.bytes())
            return fail(failure(fmt::format("tensor \"{}\": {} bytes to write, but its shape needs {}", tensor.name,
                                            bytes->size(), tensor.bytes())));
        m_written += bytes->size();
        m_control.report({"writing weights", static_cast<double>(m_written), static_cast<double>(m_total), "bytes"});
        return file.append({reinterpret_cast<const char*>(bytes->data()), bytes->size()});
    }

    const std::vector<TensorToWrite>& m_tensors;
    const TensorSource& m_source;
    const RunControl& m_control;
    std::uint64_t m_total = 0, m_written = 0;
};

std::string indexText(const std::vector<TensorToWrite>& tensors, const std::vector<Shard>& shards,
                      const std::vector<fs::path>& files, std::uint64_t total) {
    nlohmann::ordered_json index;
    index["metadata"] = {{"total_size", total}};
    for (std::size_t shard = 0; shard < shards.size(); ++shard)
        for (const std::size_t tensor : shards[shard])
            index["weight_map"][tensors[tensor].name] = files[shard].filename().string();
    return index.dump(1) + "\n";
}

// A reader would take an older model.safetensors for the model.
void removeOthers(const fs::path& folder, const std::vector<fs::path>& written) {
    static const std::regex ours("model(-[0-9]{5}-of-[0-9]{5})?\\.safetensors(\\.index\\.json)?");
    std::error_code ignored;
    std::vector<fs::path> old;
    for (const auto& entry : fs::directory_iterator(folder, ignored))
        if (std::regex_match(entry.path().filename().string(), ours) &&
            std::find(written.begin(), written.end(), entry.path()) == written.end())
            old.push_back(entry.path());
    for (const fs::path& path : old)
        fs::remove(path, ignored);
}

} // namespace

std::uint64_t TensorToWrite::bytes() const {
    std::uint64_t total = static_cast<std::uint64_t>(blockLayout(type).bytes);
    for (const std::int64_t axis : shape)
        total *= static_cast<std::uint64_t>(axis);
    return total;
}

Outcome<std::vector<fs::path>> writeSafetensorsFolder(const fs::path& folder, const std::vector<TensorToWrite>& tensors,
                                                      const TensorSource& source, std::uint64_t shardBytes,
                                                      const RunControl& control) {
    if (auto checked = checkTensorsToWrite(tensors); !checked)
        return checked.error();
    const std::vector<Shard> shards = divide(tensors, shardBytes);
    FolderWriter writer(tensors, source, control);
    std::vector<fs::path> files;
    for (std::size_t index = 0; index < shards.size(); ++index) {
        files.push_back(folder / (shards.size() == 1
                                      ? std::string("model.safetensors")
                                      : fmt::format("model-{:05}-of-{:05}.safetensors", index + 1, shards.size())));
        if (const auto stopped = writer.write(files.back(), shards[index]))
            return std::visit([](const auto& why) { return Outcome<std::vector<fs::path>>(why); }, *stopped);
    }
    if (shards.size() > 1) {
        const fs::path index = folder / "model.safetensors.index.json";
        if (auto written = writeFileAtomically(index, indexText(tensors, shards, files, writer.total())); !written)
            return written.error();
        files.push_back(index);
    }
    removeOthers(folder, files);
    return files;
}

} // namespace ropescope
