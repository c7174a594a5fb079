#include "engine/model/torch_file.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "engine/model/pickle.h"
#include "engine/model/zip_archive.h"

namespace ropescope {
namespace {

constexpr std::size_t longestPickle = std::size_t{64} << 20U;
constexpr std::size_t mostAxes = 8;

struct TypeFacts {
    TorchType type;
    std::string_view storage; // the class in the pickle
    std::string_view name;
    std::int64_t bytes;
};
constexpr std::array typeTable{
    TypeFacts{TorchType::f32, "torch FloatStorage", "float32", 4},
    TypeFacts{TorchType::f64, "torch DoubleStorage", "float64", 8},
    TypeFacts{TorchType::f16, "torch HalfStorage", "float16", 2},
    TypeFacts{TorchType::bf16, "torch BFloat16Storage", "bfloat16", 2},
    TypeFacts{TorchType::i64, "torch LongStorage", "int64", 8},
    TypeFacts{TorchType::i32, "torch IntStorage", "int32", 4},
    TypeFacts{TorchType::i16, "torch ShortStorage", "int16", 2},
    TypeFacts{TorchType::i8, "torch CharStorage", "int8", 1},
    TypeFacts{TorchType::u8, "torch ByteStorage", "uint8", 1},
    TypeFacts{TorchType::boolean, "torch BoolStorage", "bool", 1},
};

template <class Number>
Number read(const std::byte* place) {
    Number value;
    std::memcpy(&value, place, sizeof value);
    return value;
}

double halfValue(std::uint16_t bits) {
    const int exponent = bits >> 10U & 0x1fU;
    const double fraction = bits & 0x3ffU;
    double value = 0;
    if (exponent == 31)
        value = fraction == 0 ? HUGE_VAL : std::nan("");
    else
        value = exponent == 0 ? std::ldexp(fraction, -24) : std::ldexp(fraction + 1024, exponent - 25);
    return (bits & 0x8000U) != 0 ? -value : value;
}

double element(TorchType type, const std::byte* place) {
    switch (type) {
    case TorchType::f32:
        return read<float>(place);
    case TorchType::f64:
        return read<double>(place);
    case TorchType::f16:
        return halfValue(read<std::uint16_t>(place));
    case TorchType::bf16:
        return std::bit_cast<float>(std::uint32_t{read<std::uint16_t>(place)} << 16U);
    case TorchType::i64:
        return static_cast<double>(read<std::int64_t>(place));
    case TorchType::i32:
        return read<std::int32_t>(place);
    case TorchType::i16:
        return read<std::int16_t>(place);
    case TorchType::i8:
        return read<std::int8_t>(place);
    case TorchType::u8:
    case TorchType::boolean:
        return read<std::uint8_t>(place);
    }
    return 0;
}

// Turns the pickle's objects into checked views of the archive's storages.
class TensorBuilder {
public:
    TensorBuilder(const Pickle& pickle, const std::map<std::string, ZipEntry>& entries, std::string root,
                  const std::string& file)
        : m_pickle(pickle), m_entries(entries), m_root(std::move(root)), m_file(file) {}

    Result<std::vector<TorchTensor>> build() {
        const PickleObject& top = m_pickle.objects[m_pickle.top];
        std::vector<TorchTensor> tensors;
        if (top.kind == PickleKind::tensor) {
            auto tensor = tensorOf(top, "");
            if (!tensor)
                return fail(tensor.error());
            tensors.push_back(std::move(*tensor));
            return tensors;
        }
        if (top.kind != PickleKind::dictionary)
            return fail(wrong("pickle", "a tensor or a dictionary of tensors", "something else"));
        std::set<std::string_view> names;
        for (std::size_t item = 0; item + 1 < top.parts.size(); item += 2) {
            const PickleObject &key = m_pickle.objects[top.parts[item]], &value = m_pickle.objects[top.parts[item + 1]];
            if (key.kind != PickleKind::text)
                return fail(wrong("pickle", "names as keys", "another key"));
            if (value.kind != PickleKind::tensor)
                return fail(wrong(quoted(key.text), "a tensor", "something else"));
            if (!names.insert(key.text).second)
                return fail(wrong(quoted(key.text), "one tensor of a name", "two"));
            auto tensor = tensorOf(value, key.text);
            if (!tensor)
                return fail(tensor.error());
            tensors.push_back(std::move(*tensor));
        }
        return tensors;
    }

private:
    [[nodiscard]] Error wrong(std::string_view place, std::string_view expected, std::string_view found) const {
        return inputError(m_file, place, expected, found);
    }
    static std::string quoted(const std::string& name) {
        return name.empty() ? std::string("tensor") : fmt::format("tensor \"{}\"", name.substr(0, 200));
    }

    std::optional<std::vector<std::int64_t>> sizes(std::uint32_t index) const {
        const PickleObject& object = m_pickle.objects[index];
        if (object.kind != PickleKind::tuple || object.parts.size() > mostAxes)
            return {};
        std::vector<std::int64_t> values;
        for (const std::uint32_t part : object.parts) {
            const PickleObject& item = m_pickle.objects[part];
            if (item.kind != PickleKind::integer || item.integer < 0)
                return {};
            values.push_back(item.integer);
        }
        return values;
    }

    Result<TorchTensor> tensorOf(const PickleObject& object, const std::string& name) const {
        const PickleObject &storage = m_pickle.objects[object.parts[0]], &offset = m_pickle.objects[object.parts[1]];
        const auto shape = sizes(object.parts[2]), strides = sizes(object.parts[3]);
        if (storage.kind != PickleKind::storage || offset.kind != PickleKind::integer || offset.integer < 0 || !shape ||
            !strides || shape->size() != strides->size())
            return fail(wrong(quoted(name), "a storage, an offset, a shape and strides", "something else"));
        const std::string& storageType = m_pickle.objects[storage.parts[0]].text;
        const auto* facts = std::find_if(typeTable.begin(), typeTable.end(),
                                         [&](const TypeFacts& known) { return known.storage == storageType; });
        if (facts == typeTable.end())
            return fail(wrong(quoted(name), "a storage of numbers", fmt::format("\"{}\"", storageType)));
        const std::string entryName = m_root + "/data/" + storage.text;
        const auto entry = m_entries.find(entryName);
        if (entry == m_entries.end())
            return fail(wrong(quoted(name), fmt::format("the archive's entry \"{}\"", entryName), "none"));
        const auto held = static_cast<std::int64_t>(entry->second.bytes.size()) / facts->bytes;
        if (storage.integer < 0 || storage.integer > held)
            return fail(wrong(quoted(name), fmt::format("{} elements in \"{}\"", storage.integer, entryName),
                              fmt::format("{}", held)));
        TorchTensor tensor{name, facts->type, *shape, *strides, offset.integer, entry->second.bytes};
        if (!fits(tensor, held))
            return fail(wrong(quoted(name), fmt::format("elements within the {} of its storage", held),
                              "shape, strides and offset that reach beyond"));
        return tensor;
    }

    // Every element inside the storage, and no more elements than it holds (a hostile stride of 0 repeats).
    static bool fits(const TorchTensor& tensor, std::int64_t held) {
        std::int64_t elements = 1, last = tensor.offset;
        if (tensor.offset > held)
            return false;
        for (std::size_t axis = 0; axis < tensor.shape.size(); ++axis) {
            if (__builtin_mul_overflow(elements, tensor.shape[axis], &elements))
                return false;
            std::int64_t reach = 0;
            if (tensor.shape[axis] > 1 &&
                (__builtin_mul_overflow(tensor.shape[axis] - 1, tensor.strides[axis], &reach) ||
                 __builtin_add_overflow(last, reach, &last)))
                return false;
        }
        return elements == 0 || (elements <= held && last < held);
    }

    const Pickle& m_pickle;
    const std::map<std::string, ZipEntry>& m_entries;
    std::string m_root;
    const std::string& m_file;
};

// torch.save puts everything into one folder; its name is that of the entry .../data.pkl.
Result<std::string> rootOf(const std::map<std::string, ZipEntry>& entries, const std::string& file) {
    constexpr std::string_view pickleName = "/data.pkl";
    for (const auto& [entryName, entry] : entries)
        if (entryName.ends_with(pickleName) && std::count(entryName.begin(), entryName.end(), '/') == 1)
            return entryName.substr(0, entryName.size() - pickleName.size());
    return fail(inputError(file, "archive", "an entry FOLDER/data.pkl as torch.save writes it", "none"));
}

Result<void> checkIntact(const ZipEntry& entry, const std::string& file) {
    if (const auto found = checksum(entry.bytes); found != entry.crc)
        return fail(inputError(file, fmt::format("entry \"{}\"", entry.name), fmt::format("checksum {:08x}", entry.crc),
                               fmt::format("{:08x}: the file is damaged", found)));
    return {};
}

} // namespace

std::int64_t bytesPerElement(TorchType type) {
    return typeTable[static_cast<std::size_t>(type)].bytes;
}

std::string_view name(TorchType type) {
    return typeTable[static_cast<std::size_t>(type)].name;
}

std::int64_t TorchTensor::elements() const {
    std::int64_t product = 1;
    for (const std::int64_t size : shape)
        product *= size;
    return product;
}

bool TorchTensor::contiguous() const {
    std::int64_t expected = 1;
    for (std::size_t axis = shape.size(); axis-- > 0;) {
        if (shape[axis] != 1 && strides[axis] != expected)
            return elements() == 0;
        expected *= shape[axis];
    }
    return true;
}

std::span<const std::byte> TorchTensor::bytes() const {
    return storage.subspan(static_cast<std::size_t>(offset * bytesPerElement(type)),
                           static_cast<std::size_t>(elements() * bytesPerElement(type)));
}

std::vector<double> TorchTensor::values() const {
    std::vector<double> result;
    const std::int64_t count = elements();
    result.reserve(static_cast<std::size_t>(count));
    std::vector<std::int64_t> position(shape.size());
    for (std::int64_t index = 0; index < count; ++index) {
        std::int64_t place = offset;
        for (std::size_t axis = 0; axis < shape.size(); ++axis)
            place += position[axis] * strides[axis];
        result.push_back(element(type, storage.data() + place * bytesPerElement(type)));
        for (std::size_t axis = shape.size(); axis-- > 0 && ++position[axis] == shape[axis];)
            position[axis] = 0;
    }
    return result;
}

Result<TorchFile> TorchFile::open(const std::filesystem::path& path) {
    const std::string file = path.string();
    auto mapped = MappedFile::open(path);
    if (!mapped)
        return fail(mapped.error());
    auto list = readZip((*mapped)->bytes(), file);
    if (!list)
        return fail(list.error());
    std::map<std::string, ZipEntry> entries;
    for (ZipEntry& entry : *list)
        entries.emplace(entry.name, entry);
    auto root = rootOf(entries, file);
    if (!root)
        return fail(root.error());
    const ZipEntry& pickleEntry = entries.at(*root + "/data.pkl");
    if (pickleEntry.bytes.size() > longestPickle)
        return fail(inputError(file, "data.pkl", fmt::format("at most {} bytes", longestPickle),
                               fmt::format("{}", pickleEntry.bytes.size())));
    // Weights run to gigabytes that are mapped, not read; the small entries are checked here.
    for (const auto& [entryName, entry] : entries)
        if (entry.bytes.size() <= longestPickle / 64 || &entry == &pickleEntry)
            if (auto intact = checkIntact(entry, file); !intact)
                return fail(intact.error());
    if (const auto order = entries.find(*root + "/byteorder"); order != entries.end()) {
        const std::string_view text(reinterpret_cast<const char*>(order->second.bytes.data()),
                                    order->second.bytes.size());
        if (text != "little")
            return fail(inputError(file, "byteorder", "little", fmt::format("\"{}\"", text.substr(0, 20))));
    }
    const auto pickle =
        readPickle({reinterpret_cast<const char*>(pickleEntry.bytes.data()), pickleEntry.bytes.size()}, file);
    if (!pickle)
        return fail(pickle.error());
    auto tensors = TensorBuilder(*pickle, entries, *root, file).build();
    if (!tensors)
        return fail(tensors.error());
    TorchFile result;
    result.m_file = std::move(*mapped);
    result.m_root = std::move(*root);
    result.m_tensors = std::move(*tensors);
    return result;
}

std::string torchFileOf(std::span<const float> values, const std::string& root) {
    std::string pickle;
    const auto put = [&](std::string_view part) { pickle.append(part); };
    const auto putNumber = [&](char opcode, std::size_t value) {
        pickle.push_back(opcode);
        for (unsigned byte = 0; byte < 4; ++byte)
            pickle.push_back(static_cast<char>(value >> (8 * byte) & 0xffU));
    };
    const auto putText = [&](std::string_view value) {
        putNumber('X', value.size());
        put(value);
    };
    // _rebuild_tensor_v2(("storage", FloatStorage, "0", "cpu", n), 0, (n,), (1,), False, OrderedDict())
    put("\x80\x02");
    put("ctorch._utils\n_rebuild_tensor_v2\n((");
    putText("storage");
    put("ctorch\nFloatStorage\n");
    putText("0");
    putText("cpu");
    putNumber('J', values.size());
    put("tQ");
    putNumber('J', 0);
    putNumber('J', values.size());
    put("\x85");
    putNumber('J', 1);
    put("\x85\x89");
    put("ccollections\nOrderedDict\n)RtR.");
    std::string data(values.size_bytes(), '\0');
    std::memcpy(data.data(), values.data(), values.size_bytes());
    return writeZip({{root + "/data.pkl", std::move(pickle)},
                     {root + "/byteorder", "little"},
                     {root + "/data/0", std::move(data)},
                     {root + "/version", "3\n"}});
}

} // namespace ropescope
