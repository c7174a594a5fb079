// What stands before the weights in a GGUF file (versions 2 and 3): its keys with their values, and where each
// tensor lies. Shared by the readers of weights and of vocabularies.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/mapped_file.h"
#include "engine/base/outcome.h"

namespace ropescope {

// One entry of the tensor list. Entries are checked for their own sense (axes, alignment, a start inside the
// file); whether `type` is readable and all of the data is there is for the reader of weights to say.
struct GgufTensorInfo {
    std::string name;
    std::vector<std::int64_t> dims; // fastest axis first, the reverse of PyTorch; the product fits an int64
    std::uint32_t type = 0;         // ggml's number (0 F32, 1 F16, 2 Q4_0, ...)
    std::uint64_t offset = 0;       // of the data, in bytes from the start of the file
    std::uint64_t entry = 0;        // byte of this list entry, for messages

    [[nodiscard]] std::int64_t elements() const;
};

// Immutable; keeps the file mapped; safe from several threads. Every length, count and offset is checked
// against the file before use, and nothing is allocated that the file could not hold.
//
// The lookups give nullopt for an absent key and an input error for a value of another type or out of range.
class GgufMetadata {
public:
    [[nodiscard]] static Result<std::shared_ptr<const GgufMetadata>> open(const std::filesystem::path& path);

    [[nodiscard]] const MappedFile& file() const { return *m_file; }
    [[nodiscard]] std::shared_ptr<const MappedFile> filePointer() const { return m_file; } // to outlive this object
    [[nodiscard]] std::uint32_t version() const { return m_version; }
    [[nodiscard]] std::uint64_t alignment() const { return m_alignment; }
    [[nodiscard]] std::uint64_t dataOffset() const { return m_dataOffset; }
    [[nodiscard]] const std::vector<GgufTensorInfo>& tensors() const { return m_tensors; }

    [[nodiscard]] bool contains(std::string_view key) const;
    [[nodiscard]] std::vector<std::string> keys() const; // sorted
    [[nodiscard]] Result<std::optional<std::int64_t>> integer(std::string_view key) const;
    [[nodiscard]] Result<std::optional<double>> number(std::string_view key) const; // of any numeric type
    [[nodiscard]] Result<std::optional<bool>> boolean(std::string_view key) const;
    [[nodiscard]] Result<std::optional<std::string>> text(std::string_view key) const;
    [[nodiscard]] Result<std::optional<std::vector<std::int64_t>>> integers(std::string_view key) const;
    [[nodiscard]] Result<std::optional<std::vector<double>>> numbers(std::string_view key) const;
    // Views into the mapped file: they live as long as this object.
    [[nodiscard]] Result<std::optional<std::vector<std::string_view>>> texts(std::string_view key) const;

    // "FILE: KEY (byte N): expected ..., found ...", for readers that reject a value.
    [[nodiscard]] Error badValue(std::string_view key, std::string_view expected, std::string_view found) const;

private:
    // The numbers of the format.
    enum class Type : std::uint32_t { u8, i8, u16, i16, u32, i32, f32, boolean, string, array, u64, i64, f64 };
    struct Value {
        Type type = Type::u8; // of the elements, for an array
        bool isArray = false;
        std::uint64_t count = 1;
        std::uint64_t position = 0; // of the first element in the file
    };
    class Parser;

    GgufMetadata() = default;
    [[nodiscard]] const Value* find(std::string_view key) const;
    [[nodiscard]] Error wrongType(std::string_view key, const Value& value, std::string_view expected) const;
    [[nodiscard]] std::optional<std::int64_t> integerAt(Type type, std::uint64_t position) const;
    [[nodiscard]] std::optional<double> numberAt(Type type, std::uint64_t position) const;
    static std::string_view typeName(Type type);
    static std::uint64_t typeSize(Type type); // bytes of one element; 0 for strings and arrays

    std::shared_ptr<const MappedFile> m_file;
    std::uint32_t m_version = 0;
    std::uint64_t m_alignment = 32;
    std::uint64_t m_dataOffset = 0;
    std::map<std::string, Value, std::less<>> m_values;
    std::vector<GgufTensorInfo> m_tensors;
};

} // namespace ropescope
