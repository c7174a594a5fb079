#include "engine/base/gguf_metadata.h"

#include <bit>
#include <cstring>
#include <limits>
#include <set>
#include <utility>

#include <fmt/format.h>

namespace ropescope {
namespace {

static_assert(std::endian::native == std::endian::little, "GGUF is read by copying its little-endian bytes");

constexpr std::uint64_t smallestPair = 8 + 4 + 1;       // empty key, type, one byte
constexpr std::uint64_t smallestTensor = 8 + 4 + 4 + 8; // empty name, no axes, type, offset
constexpr std::uint32_t mostAxes = 4;

template <class T>
T valueAt(const MappedFile& file, std::uint64_t position) {
    T value;
    std::memcpy(&value, file.bytes().data() + position, sizeof value);
    return value;
}

std::string printable(std::string_view text) {
    std::string shown;
    for (const char byte : text.substr(0, 60))
        shown += byte >= ' ' && byte < 127 ? std::string(1, byte)
                                           : fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    return shown + (text.size() > 60 ? "..." : "");
}

} // namespace

std::int64_t GgufTensorInfo::elements() const {
    std::int64_t product = 1;
    for (const std::int64_t dim : dims)
        product *= dim;
    return product;
}

// Walks the file once from its start. The first error is kept and stops the walk.
class GgufMetadata::Parser {
public:
    explicit Parser(std::shared_ptr<const MappedFile> file) {
        m_result.reset(new GgufMetadata);
        m_result->m_file = std::move(file);
    }

    Result<std::shared_ptr<const GgufMetadata>> parse() {
        if (readHeader() && readPairs() && readAlignment() && readTensors() && placeTensors())
            return std::shared_ptr<const GgufMetadata>(std::move(m_result));
        return fail(std::move(m_error));
    }

private:
    [[nodiscard]] const MappedFile& file() const { return *m_result->m_file; }
    [[nodiscard]] std::uint64_t left() const { return file().bytes().size() - m_position; }

    bool reject(std::uint64_t position, std::string_view what, std::string_view expected, std::string_view found) {
        m_error = inputError(file().path().string(), fmt::format("byte {}, {}", position, what), expected, found);
        return false;
    }

    bool need(std::uint64_t bytes, std::string_view what) {
        return bytes <= left() || reject(m_position, what, fmt::format("{} bytes", bytes),
                                         fmt::format("the end of the file after {}", left()));
    }

    template <class T>
    bool read(T& value, std::string_view what) {
        if (!need(sizeof value, what))
            return false;
        value = valueAt<T>(file(), m_position);
        m_position += sizeof value;
        return true;
    }

    bool readText(std::string_view& text, std::string_view what) {
        std::uint64_t length = 0;
        if (!read(length, what) || !need(length, what))
            return false;
        text = file().text().substr(m_position, length);
        m_position += length;
        return true;
    }

    bool readHeader() {
        if (file().text().substr(0, 4) != "GGUF")
            return reject(0, "magic", "GGUF", fmt::format("\"{}\"", printable(file().text().substr(0, 4))));
        m_position = 4;
        if (!read(m_result->m_version, "version"))
            return false;
        if (m_result->m_version != 2 && m_result->m_version != 3)
            return reject(4, "version", "2 or 3 (little-endian)", fmt::format("{}", m_result->m_version));
        return read(m_tensorCount, "number of tensors") && read(m_pairCount, "number of keys") &&
               plausible(8, "number of tensors", m_tensorCount, smallestTensor) &&
               plausible(16, "number of keys", m_pairCount, smallestPair);
    }

    bool plausible(std::uint64_t position, std::string_view what, std::uint64_t count, std::uint64_t smallest) {
        return count <= left() / smallest ||
               reject(position, what, fmt::format("at most {}, all that fits the file", left() / smallest),
                      fmt::format("{}", count));
    }

    bool readPairs() {
        for (std::uint64_t index = 0; index < m_pairCount; ++index) {
            const std::uint64_t start = m_position;
            std::string_view key;
            if (!readText(key, fmt::format("key {} of {}", index + 1, m_pairCount)))
                return false;
            const std::string shown = fmt::format("key \"{}\"", printable(key));
            Value value;
            if (!readValue(value, shown))
                return false;
            if (!m_result->m_values.emplace(key, value).second)
                return reject(start, shown, "each key once", "a second one");
        }
        return true;
    }

    bool readType(Type& type, std::string_view what) {
        std::uint32_t number = 0;
        const std::uint64_t start = m_position;
        if (!read(number, what))
            return false;
        if (number > static_cast<std::uint32_t>(Type::f64))
            return reject(start, what, "a value type from 0 to 12", fmt::format("{}", number));
        type = static_cast<Type>(number);
        return true;
    }

    bool readValue(Value& value, const std::string& what) {
        if (!readType(value.type, what))
            return false;
        if (value.type == Type::array) {
            value.isArray = true;
            if (!readType(value.type, what) || !read(value.count, what))
                return false;
            if (value.type == Type::array)
                return reject(m_position, what, "an array of plain values", "an array of arrays");
            const std::uint64_t smallest = value.type == Type::string ? sizeof(std::uint64_t) : typeSize(value.type);
            if (!plausible(m_position - 8, what + ", array length", value.count, smallest))
                return false;
        }
        value.position = m_position;
        return value.type == Type::string ? skipTexts(value.count, what) : skipNumbers(value, what);
    }

    bool skipTexts(std::uint64_t count, const std::string& what) {
        std::string_view ignored;
        for (std::uint64_t index = 0; index < count; ++index)
            if (!readText(ignored, what))
                return false;
        return true;
    }

    bool skipNumbers(const Value& value, const std::string& what) {
        const std::uint64_t bytes = value.count * typeSize(value.type); // count is plausible: no overflow
        if (!need(bytes, what))
            return false;
        if (value.type == Type::boolean)
            for (std::uint64_t index = 0; index < value.count; ++index)
                if (const auto byte = valueAt<std::uint8_t>(file(), m_position + index); byte > 1)
                    return reject(m_position + index, what, "a boolean, 0 or 1", fmt::format("{}", byte));
        m_position += bytes;
        return true;
    }

    bool readAlignment() {
        const auto given = m_result->integer("general.alignment");
        if (!given) {
            m_error = given.error();
            return false;
        }
        const std::int64_t alignment = given->value_or(32);
        if (alignment < 1 || alignment > (std::int64_t{1} << 30) ||
            !std::has_single_bit(static_cast<std::uint64_t>(alignment))) {
            m_error = m_result->badValue("general.alignment", "a power of two", fmt::format("{}", alignment));
            return false;
        }
        m_result->m_alignment = static_cast<std::uint64_t>(alignment);
        return true;
    }

    bool readTensors() {
        std::set<std::string_view> names;
        for (std::uint64_t index = 0; index < m_tensorCount; ++index) {
            GgufTensorInfo info;
            info.entry = m_position;
            std::string_view name;
            if (!readText(name, fmt::format("name of tensor {} of {}", index + 1, m_tensorCount)))
                return false;
            info.name = name;
            const std::string what = fmt::format("tensor \"{}\"", printable(name));
            if (!readShape(info, what) || !read(info.type, what) || !read(info.offset, what))
                return false;
            if (!names.insert(name).second)
                return reject(info.entry, what, "each tensor once", "a second one of this name");
            m_result->m_tensors.push_back(std::move(info));
        }
        return true;
    }

    bool readShape(GgufTensorInfo& info, const std::string& what) {
        std::uint32_t axes = 0;
        if (!read(axes, what))
            return false;
        if (axes > mostAxes)
            return reject(m_position - 4, what, "at most 4 axes", fmt::format("{}", axes));
        std::uint64_t room = std::numeric_limits<std::int64_t>::max();
        for (std::uint32_t axis = 0; axis < axes; ++axis) {
            std::uint64_t dim = 0;
            if (!read(dim, what))
                return false;
            if (dim == 0 || dim > room)
                return reject(m_position - 8, what, "axes of at least 1 with a product below 2^63",
                              fmt::format("{}", dim));
            room /= dim;
            info.dims.push_back(static_cast<std::int64_t>(dim));
        }
        return true;
    }

    bool placeTensors() {
        const std::uint64_t size = file().bytes().size();
        const std::uint64_t alignment = m_result->m_alignment;
        const std::uint64_t start = (m_position + alignment - 1) / alignment * alignment;
        m_result->m_dataOffset = start;
        for (GgufTensorInfo& info : m_result->m_tensors) {
            const std::string what = fmt::format("tensor \"{}\", offset", printable(info.name));
            if (info.offset % alignment != 0)
                return reject(info.entry, what, fmt::format("a multiple of {}", alignment),
                              fmt::format("{}", info.offset));
            if (start > size || info.offset >= size - start)
                return reject(info.entry, what,
                              fmt::format("less than the {} bytes of data", size - std::min(start, size)),
                              fmt::format("{}", info.offset));
            info.offset += start;
        }
        return true;
    }

    std::unique_ptr<GgufMetadata> m_result;
    Error m_error;
    std::uint64_t m_position = 0;
    std::uint64_t m_tensorCount = 0;
    std::uint64_t m_pairCount = 0;
};

Result<std::shared_ptr<const GgufMetadata>> GgufMetadata::open(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    return Parser(std::move(*file)).parse();
}

std::string_view GgufMetadata::typeName(Type type) {
    constexpr std::string_view names[] = {"u8",   "i8",     "u16",   "i16", "u32", "i32", "f32",
                                          "bool", "string", "array", "u64", "i64", "f64"};
    return names[static_cast<std::size_t>(type)];
}

std::uint64_t GgufMetadata::typeSize(Type type) {
    constexpr std::uint64_t sizes[] = {1, 1, 2, 2, 4, 4, 4, 1, 0, 0, 8, 8, 8};
    return sizes[static_cast<std::size_t>(type)];
}

const GgufMetadata::Value* GgufMetadata::find(std::string_view key) const {
    const auto found = m_values.find(key);
    return found == m_values.end() ? nullptr : &found->second;
}

bool GgufMetadata::contains(std::string_view key) const {
    return find(key) != nullptr;
}

std::vector<std::string> GgufMetadata::keys() const {
    std::vector<std::string> keys;
    keys.reserve(m_values.size());
    for (const auto& [key, value] : m_values)
        keys.push_back(key);
    return keys;
}

Error GgufMetadata::badValue(std::string_view key, std::string_view expected, std::string_view found) const {
    const Value* value = find(key);
    const std::string place = value ? fmt::format("{} (byte {})", key, value->position) : std::string(key);
    return inputError(m_file->path().string(), place, expected, found);
}

Error GgufMetadata::wrongType(std::string_view key, const Value& value, std::string_view expected) const {
    return badValue(key, expected, fmt::format("{}{}", value.isArray ? "an array of " : "", typeName(value.type)));
}

std::optional<std::int64_t> GgufMetadata::integerAt(Type type, std::uint64_t position) const {
    switch (type) {
    case Type::u8:
        return valueAt<std::uint8_t>(*m_file, position);
    case Type::i8:
        return valueAt<std::int8_t>(*m_file, position);
    case Type::u16:
        return valueAt<std::uint16_t>(*m_file, position);
    case Type::i16:
        return valueAt<std::int16_t>(*m_file, position);
    case Type::u32:
        return valueAt<std::uint32_t>(*m_file, position);
    case Type::i32:
        return valueAt<std::int32_t>(*m_file, position);
    case Type::i64:
        return valueAt<std::int64_t>(*m_file, position);
    case Type::u64: {
        const auto value = valueAt<std::uint64_t>(*m_file, position);
        if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return std::nullopt;
        return static_cast<std::int64_t>(value);
    }
    default:
        return std::nullopt;
    }
}

std::optional<double> GgufMetadata::numberAt(Type type, std::uint64_t position) const {
    if (type == Type::f32)
        return valueAt<float>(*m_file, position);
    if (type == Type::f64)
        return valueAt<double>(*m_file, position);
    if (const auto whole = integerAt(type, position))
        return static_cast<double>(*whole);
    return std::nullopt;
}

Result<std::optional<std::int64_t>> GgufMetadata::integer(std::string_view key) const {
    const Value* value = find(key);
    if (!value)
        return std::nullopt;
    const auto result = value->isArray ? std::nullopt : integerAt(value->type, value->position);
    if (!result)
        return fail(wrongType(key, *value, "an integer below 2^63"));
    return result;
}

Result<std::optional<double>> GgufMetadata::number(std::string_view key) const {
    const Value* value = find(key);
    if (!value)
        return std::nullopt;
    const auto result = value->isArray ? std::nullopt : numberAt(value->type, value->position);
    if (!result)
        return fail(wrongType(key, *value, "a number"));
    return result;
}

Result<std::optional<bool>> GgufMetadata::boolean(std::string_view key) const {
    const Value* value = find(key);
    if (!value)
        return std::nullopt;
    if (value->isArray || value->type != Type::boolean)
        return fail(wrongType(key, *value, "a boolean"));
    return valueAt<std::uint8_t>(*m_file, value->position) != 0;
}

Result<std::optional<std::string>> GgufMetadata::text(std::string_view key) const {
    const Value* value = find(key);
    if (!value)
        return std::nullopt;
    if (value->isArray || value->type != Type::string)
        return fail(wrongType(key, *value, "a string"));
    const auto length = valueAt<std::uint64_t>(*m_file, value->position);
    return std::string(m_file->text().substr(value->position + sizeof length, length));
}

Result<std::optional<std::vector<std::string_view>>> GgufMetadata::texts(std::string_view key) const {
    const Value* value = find(key);
    if (!value)
        return std::nullopt;
    if (!value->isArray || value->type != Type::string)
        return fail(wrongType(key, *value, "an array of strings"));
    std::vector<std::string_view> result;
    result.reserve(value->count);
    std::uint64_t position = value->position;
    for (std::uint64_t index = 0; index < value->count; ++index) {
        const auto length = valueAt<std::uint64_t>(*m_file, position);
        result.push_back(m_file->text().substr(position + sizeof length, length));
        position += sizeof length + length;
    }
    return result;
}

Result<std::optional<std::vector<std::int64_t>>> GgufMetadata::integers(std::string_view key) const {
    const Value* value = find(key);
    if (!value)
        return std::nullopt;
    std::vector<std::int64_t> result;
    if (value->isArray && value->type != Type::string)
        result.reserve(value->count);
    for (std::uint64_t index = 0; index < value->count; ++index) {
        const auto element =
            value->isArray ? integerAt(value->type, value->position + index * typeSize(value->type)) : std::nullopt;
        if (!element)
            return fail(wrongType(key, *value, "an array of integers below 2^63"));
        result.push_back(*element);
    }
    return result;
}

Result<std::optional<std::vector<double>>> GgufMetadata::numbers(std::string_view key) const {
    const Value* value = find(key);
    if (!value)
        return std::nullopt;
    std::vector<double> result;
    if (value->isArray && value->type != Type::string)
        result.reserve(value->count);
    for (std::uint64_t index = 0; index < value->count; ++index) {
        const auto element =
            value->isArray ? numberAt(value->type, value->position + index * typeSize(value->type)) : std::nullopt;
        if (!element)
            return fail(wrongType(key, *value, "an array of numbers"));
        result.push_back(*element);
    }
    return result;
}

} // namespace ropescope
