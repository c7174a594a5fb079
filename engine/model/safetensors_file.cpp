#include "engine/model/safetensors_file.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <unordered_set>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace ropescope {
namespace {

constexpr std::uint64_t largestHeader = 100'000'000;
constexpr std::size_t mostAxes = 64; // PyTorch's own limit

// Bits of one element; nullopt for a type this program has never heard of, whose size can't be checked.
std::optional<std::uint64_t> elementBits(std::string_view type) {
    struct Known {
        std::string_view name;
        std::uint64_t bits;
    };
    constexpr Known known[] = {{"F32", 32},    {"BF16", 16},   {"F16", 16},        {"BOOL", 8},    {"U8", 8},
                               {"I8", 8},      {"F8_E4M3", 8}, {"F8_E5M2", 8},     {"F8_E8M0", 8}, {"F8_E4M3FNUZ", 8},
                               {"U16", 16},    {"I16", 16},    {"F8_E5M2FNUZ", 8}, {"U32", 32},    {"I32", 32},
                               {"U64", 64},    {"I64", 64},    {"F64", 64},        {"C64", 64},    {"F4", 4},
                               {"F6_E2M3", 6}, {"F6_E3M2", 6}};
    for (const Known& entry : known)
        if (entry.name == type)
            return entry.bits;
    return std::nullopt;
}

// Receives the header's JSON events: an object of tensors, nothing deeper than a list of numbers. What it can't use
// it refuses at once, so hostile nesting and repeated names cost nothing.
class HeaderReader : public nlohmann::json_sax<nlohmann::json> {
public:
    std::vector<SafetensorsEntry> entries;
    std::string place, expected, found; // of the first refusal

    bool null() override { return refuse("null"); }
    bool boolean(bool) override { return refuse("a boolean"); }
    bool number_integer(number_integer_t value) override { return refuse(fmt::format("{}", value)); }
    bool number_float(number_float_t, const string_t& text) override { return refuse(text); }
    bool binary(binary_t&) override { return refuse("binary data"); }

    bool number_unsigned(number_unsigned_t value) override {
        if (m_state == State::shape && entries.back().shape.size() < mostAxes &&
            value <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
            entries.back().shape.push_back(static_cast<std::int64_t>(value));
            return true;
        }
        if (m_state == State::offsets && m_offsets < 2) {
            (m_offsets++ == 0 ? entries.back().begin : entries.back().end) = value;
            return true;
        }
        return refuse(fmt::format("{}", value));
    }

    bool string(string_t& value) override {
        if (m_state == State::metadata)
            return true;
        if (m_state == State::tensor && m_key == "dtype") {
            entries.back().type = value.substr(0, 32);
            return true;
        }
        return refuse(fmt::format("text \"{}\"", value.substr(0, 40)));
    }

    bool start_object(std::size_t) override {
        if (m_state == State::start) {
            m_state = State::top;
            return true;
        }
        if (m_state != State::top)
            return refuse("an object");
        if (m_key == "__metadata__") {
            m_state = State::metadata;
            return true;
        }
        entries.push_back({m_key, {}, {}, 0, 0});
        m_seen = 0;
        m_state = State::tensor;
        return true;
    }

    bool key(string_t& value) override {
        m_key = value;
        if (m_state == State::top && !m_names.insert(value).second)
            return refuseAs(quoted(value), "each name once", "a second entry of this name");
        if (m_state != State::tensor)
            return true;
        const unsigned bit = value == "dtype" ? 1U : value == "shape" ? 2U : value == "data_offsets" ? 4U : 0U;
        if (bit == 0 || (m_seen & bit) != 0)
            return refuse(fmt::format("the key \"{}\"{}", value.substr(0, 40), bit == 0 ? "" : " twice"));
        m_seen |= bit;
        return true;
    }

    bool end_object() override {
        if (m_state == State::tensor && m_seen != 7)
            return refuse("fewer keys");
        m_state = m_state == State::top ? State::end : State::top;
        return true;
    }

    bool start_array(std::size_t) override {
        if (m_state != State::tensor || (m_key != "shape" && m_key != "data_offsets"))
            return refuse("a list");
        m_state = m_key == "shape" ? State::shape : State::offsets;
        m_offsets = 0;
        return true;
    }

    bool end_array() override {
        if (m_state == State::offsets && m_offsets != 2)
            return refuse(fmt::format("{} offsets", m_offsets));
        m_state = State::tensor;
        return true;
    }

    bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception& problem) override {
        return refuseAs(fmt::format("header, byte {}", 8 + position), "valid JSON", problem.what());
    }

private:
    enum class State { start, top, metadata, tensor, shape, offsets, end };

    static std::string quoted(std::string_view name) { return fmt::format("tensor \"{}\"", name.substr(0, 80)); }

    bool refuse(std::string_view what) {
        switch (m_state) {
        case State::start:
        case State::end:
            return refuseAs("header", "one JSON object", what);
        case State::top:
            return refuseAs(quoted(m_key), "an object", what);
        case State::metadata:
            return refuseAs("__metadata__", "an object of texts", what);
        case State::shape:
            return refuseAs(quoted(entries.back().name) + ", shape", "at most 64 axes below 2^63", what);
        case State::offsets:
            return refuseAs(quoted(entries.back().name) + ", data_offsets", "two whole numbers", what);
        case State::tensor:
            break;
        }
        return refuseAs(quoted(entries.back().name), "the keys dtype, shape and data_offsets, once each", what);
    }

    bool refuseAs(std::string_view where, std::string_view wanted, std::string_view what) {
        if (place.empty()) {
            place = where;
            expected = wanted;
            found = what;
        }
        return false;
    }

    State m_state = State::start;
    std::string m_key;
    std::unordered_set<std::string> m_names;
    unsigned m_seen = 0;
    int m_offsets = 0;
};

// Bytes that the shape needs; nullopt on overflow or where the bits end within a byte.
std::optional<std::uint64_t> bytesNeeded(const std::vector<std::int64_t>& shape, std::uint64_t bits) {
    if (std::find(shape.begin(), shape.end(), 0) != shape.end())
        return 0;
    std::uint64_t total = bits;
    for (const std::int64_t axis : shape)
        if (__builtin_mul_overflow(total, static_cast<std::uint64_t>(axis), &total))
            return std::nullopt;
    if (total % 8 != 0)
        return std::nullopt;
    return total / 8;
}

// Offsets become bytes from the start of the file; the tensors must fill the buffer exactly.
Result<void> placeEntries(std::vector<SafetensorsEntry>& entries, const std::string& file, std::uint64_t bufferStart,
                          std::uint64_t bufferSize) {
    for (SafetensorsEntry& entry : entries) {
        const auto place = fmt::format("tensor \"{}\"", entry.name);
        if (entry.begin > entry.end || entry.end > bufferSize)
            return fail(inputError(file, place + ", data_offsets",
                                   fmt::format("begin <= end <= {}, the bytes after the header", bufferSize),
                                   fmt::format("[{}, {}]", entry.begin, entry.end)));
        const auto bits = elementBits(entry.type);
        if (const auto needed = bits ? bytesNeeded(entry.shape, *bits) : entry.end - entry.begin;
            needed != entry.end - entry.begin)
            return fail(inputError(file, place,
                                   needed ? fmt::format("{} bytes for its shape and type", *needed)
                                          : "a shape that fits memory",
                                   fmt::format("{}", entry.end - entry.begin)));
    }
    std::stable_sort(entries.begin(), entries.end(), [](const SafetensorsEntry& a, const SafetensorsEntry& b) {
        return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
    });
    std::uint64_t covered = 0;
    for (SafetensorsEntry& entry : entries) {
        if (entry.begin != covered)
            return fail(inputError(file, fmt::format("tensor \"{}\", data_offsets", entry.name),
                                   fmt::format("{}, where the tensor before it ends", covered),
                                   fmt::format("{}", entry.begin)));
        covered = entry.end;
        entry.begin += bufferStart;
        entry.end += bufferStart;
    }
    if (covered != bufferSize)
        return fail(inputError(file, "length", fmt::format("{} bytes of tensors after the header", covered),
                               fmt::format("{}", bufferSize)));
    return {};
}

} // namespace

Result<SafetensorsFile> openSafetensors(const std::filesystem::path& path) {
    auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    const std::string_view text = (*file)->text();
    std::uint64_t header = 0;
    if (text.size() < sizeof header)
        return fail(inputError(path.string(), "byte 0", "the header's length in 8 bytes",
                               fmt::format("a file of {} bytes", text.size())));
    std::memcpy(&header, text.data(), sizeof header);
    const std::uint64_t rest = text.size() - sizeof header;
    if (header > largestHeader || header > rest)
        return fail(inputError(path.string(), "byte 0, header length",
                               fmt::format("at most {}", std::min(rest, largestHeader)), fmt::format("{}", header)));
    const std::string_view json = text.substr(sizeof header, header);
    if (!json.starts_with('{'))
        return fail(inputError(path.string(), "byte 8", "the header's {", json.empty() ? "nothing" : "another byte"));

    HeaderReader reader;
    if (!nlohmann::json::sax_parse(json, &reader))
        return fail(inputError(path.string(), reader.place, reader.expected, reader.found));
    if (auto placed = placeEntries(reader.entries, path.string(), sizeof header + header, rest - header); !placed)
        return fail(placed.error());
    return SafetensorsFile{std::move(*file), std::move(reader.entries)};
}

} // namespace ropescope
