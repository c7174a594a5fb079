// Builds GGUF files byte by byte for tests, honest ones and lying ones.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace ropescope::test {

// Value types by their number in the format.
enum class GgufValue : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };

class GgufWriter {
public:
    template <class T>
    static std::string raw(T value) {
        std::string bytes(sizeof value, '\0');
        std::memcpy(bytes.data(), &value, sizeof value);
        return bytes;
    }
    static std::string rawText(std::string_view text) {
        return raw(static_cast<std::uint64_t>(text.size())) + std::string(text);
    }

    // A key with its value's type number and bytes as they are.
    GgufWriter& pair(std::string_view key, GgufValue type, const std::string& bytes) {
        m_pairs += rawText(key) + raw(static_cast<std::uint32_t>(type)) + bytes;
        ++m_pairCount;
        return *this;
    }
    GgufWriter& text(std::string_view key, std::string_view value) {
        return pair(key, GgufValue::string, rawText(value));
    }
    GgufWriter& u32(std::string_view key, std::uint32_t value) { return pair(key, GgufValue::u32, raw(value)); }
    GgufWriter& f32(std::string_view key, float value) { return pair(key, GgufValue::f32, raw(value)); }
    GgufWriter& boolean(std::string_view key, bool value) {
        return pair(key, GgufValue::boolean, std::string(1, value ? '\1' : '\0'));
    }
    template <class T>
    GgufWriter& array(std::string_view key, GgufValue type, const std::vector<T>& values) {
        std::string bytes = raw(static_cast<std::uint32_t>(type)) + raw(static_cast<std::uint64_t>(values.size()));
        for (const T& value : values)
            bytes += raw(value);
        return pair(key, GgufValue::array, bytes);
    }
    GgufWriter& texts(std::string_view key, const std::vector<std::string>& values) {
        std::string bytes =
            raw(static_cast<std::uint32_t>(GgufValue::string)) + raw(static_cast<std::uint64_t>(values.size()));
        for (const std::string& value : values)
            bytes += rawText(value);
        return pair(key, GgufValue::array, bytes);
    }

    // dims: fastest axis first. The data is placed at the next multiple of 32.
    GgufWriter& tensor(std::string_view name, const std::vector<std::uint64_t>& dims, std::uint32_t type,
                       const std::string& data) {
        m_data.resize((m_data.size() + 31) / 32 * 32);
        return tensorAt(name, dims, type, m_data.size(), data);
    }
    // An entry with an offset as given, true or not.
    GgufWriter& tensorAt(std::string_view name, const std::vector<std::uint64_t>& dims, std::uint32_t type,
                         std::uint64_t offset, const std::string& data = {}) {
        m_infos += rawText(name) + raw(static_cast<std::uint32_t>(dims.size()));
        for (const std::uint64_t dim : dims)
            m_infos += raw(dim);
        m_infos += raw(type) + raw(offset);
        m_data += data;
        ++m_tensorCount;
        return *this;
    }

    [[nodiscard]] std::string bytes(std::uint32_t version = 3) const {
        std::string file = "GGUF" + raw(version) + raw(m_tensorCount) + raw(m_pairCount) + m_pairs + m_infos;
        file.resize((file.size() + 31) / 32 * 32);
        return file + m_data;
    }

private:
    std::string m_pairs, m_infos, m_data;
    std::uint64_t m_pairCount = 0, m_tensorCount = 0;
};

} // namespace ropescope::test
