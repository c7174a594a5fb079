#include "engine/model/zip_archive.h"

#include <array>
#include <cstring>
#include <set>
#include <type_traits>

#include <fmt/format.h>

namespace ropescope {
namespace {

constexpr std::uint32_t localSignature = 0x04034b50, centralSignature = 0x02014b50, endSignature = 0x06054b50,
                        end64Signature = 0x06064b50, locator64Signature = 0x07064b50;
constexpr std::uint64_t localSize = 30, centralSize = 46, endSize = 22, end64Size = 56, locator64Size = 20;
constexpr std::uint64_t longestComment = 65535;
constexpr std::uint16_t zip64Extra = 1;
constexpr std::uint16_t encryptedFlag = 1;

constexpr std::array<std::uint32_t, 256> checksumTable = [] {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1U) ^ ((value & 1U) != 0 ? 0xedb88320U : 0U);
        table[byte] = value;
    }
    return table;
}();

// Little-endian numbers at offsets that the caller has checked.
template <class Number>
Number at(std::span<const std::byte> bytes, std::uint64_t offset) {
    static_assert(std::is_unsigned_v<Number>);
    Number value = 0;
    for (std::size_t index = sizeof(Number); index-- > 0;)
        value = static_cast<Number>(static_cast<std::uint64_t>(value) << 8U |
                                    std::to_integer<std::uint64_t>(bytes[offset + index]));
    return value;
}

// Walks the end records and the central directory of one archive.
class ZipReader {
public:
    ZipReader(std::span<const std::byte> bytes, const std::string& file) : m_bytes(bytes), m_file(file) {}

    Result<std::vector<ZipEntry>> read() {
        if (auto found = findDirectory(); !found)
            return fail(found.error());
        std::vector<ZipEntry> entries;
        std::set<std::string> names;
        std::uint64_t place = m_directory;
        for (std::uint64_t index = 0; index < m_count; ++index) {
            auto entry = readEntry(place);
            if (!entry)
                return fail(entry.error());
            if (!names.insert(entry->name).second)
                return fail(wrong(place, "entries of different names", fmt::format("\"{}\" twice", entry->name)));
            entries.push_back(std::move(*entry));
        }
        return entries;
    }

private:
    [[nodiscard]] Error wrong(std::uint64_t place, std::string_view expected, std::string_view found) const {
        return inputError(m_file, fmt::format("byte {}", place), expected, found);
    }
    [[nodiscard]] bool holds(std::uint64_t offset, std::uint64_t size) const {
        return offset <= m_bytes.size() && size <= m_bytes.size() - offset;
    }

    Result<void> findDirectory() {
        const std::uint64_t size = m_bytes.size();
        if (size < endSize)
            return fail(wrong(0, "a zip archive", fmt::format("{} bytes", size)));
        std::uint64_t end = size - endSize;
        const std::uint64_t first = end > longestComment ? end - longestComment : 0;
        while (at<std::uint32_t>(m_bytes, end) != endSignature) {
            if (end == first)
                return fail(wrong(size, "a zip archive's end record", "none (is the file truncated?)"));
            --end;
        }
        m_count = at<std::uint16_t>(m_bytes, end + 10);
        m_directory = at<std::uint32_t>(m_bytes, end + 16);
        if (end < locator64Size || at<std::uint32_t>(m_bytes, end - locator64Size) != locator64Signature)
            return {};
        const auto end64 = at<std::uint64_t>(m_bytes, end - locator64Size + 8);
        if (!holds(end64, end64Size) || at<std::uint32_t>(m_bytes, end64) != end64Signature)
            return fail(wrong(end - locator64Size, "the offset of a zip64 end record", fmt::format("{}", end64)));
        m_count = at<std::uint64_t>(m_bytes, end64 + 32);
        m_directory = at<std::uint64_t>(m_bytes, end64 + 48);
        return {};
    }

    // Reads the directory record at `place` and moves `place` behind it.
    Result<ZipEntry> readEntry(std::uint64_t& place) const {
        if (!holds(place, centralSize) || at<std::uint32_t>(m_bytes, place) != centralSignature)
            return fail(wrong(place, "an entry of the zip directory", "something else"));
        const auto nameSize = at<std::uint16_t>(m_bytes, place + 28);
        const auto extraSize = at<std::uint16_t>(m_bytes, place + 30);
        const auto commentSize = at<std::uint16_t>(m_bytes, place + 32);
        const std::uint64_t whole = centralSize + nameSize + extraSize + commentSize;
        if (!holds(place, whole))
            return fail(wrong(place, fmt::format("{} bytes of a directory entry", whole), "the end of the file"));
        ZipEntry entry;
        entry.name.assign(reinterpret_cast<const char*>(m_bytes.data()) + place + centralSize, nameSize);
        if ((at<std::uint16_t>(m_bytes, place + 8) & encryptedFlag) != 0)
            return fail(wrong(place, fmt::format("\"{}\" unencrypted", entry.name), "an encrypted entry"));
        if (const auto method = at<std::uint16_t>(m_bytes, place + 10); method != 0)
            return fail(wrong(place, fmt::format("\"{}\" stored without compression", entry.name),
                              fmt::format("compression method {}", method)));
        entry.crc = at<std::uint32_t>(m_bytes, place + 16);
        std::uint64_t packed = at<std::uint32_t>(m_bytes, place + 20), size = at<std::uint32_t>(m_bytes, place + 24),
                      offset = at<std::uint32_t>(m_bytes, place + 42);
        if (auto widened = widen(place + centralSize + nameSize, extraSize, size, packed, offset); !widened)
            return fail(widened.error());
        if (packed != size)
            return fail(wrong(place, fmt::format("\"{}\" with equal sizes", entry.name),
                              fmt::format("{} and {} bytes", packed, size)));
        if (auto located = locate(entry, offset, size); !located)
            return fail(located.error());
        place += whole;
        return entry;
    }

    // Replaces the fields that are all ones by their 64-bit values from the zip64 extra field.
    Result<void> widen(std::uint64_t place, std::uint64_t extraSize, std::uint64_t& size, std::uint64_t& packed,
                       std::uint64_t& offset) const {
        const std::uint64_t end = place + extraSize;
        while (end - place >= 4) {
            const auto id = at<std::uint16_t>(m_bytes, place);
            const std::uint64_t length = at<std::uint16_t>(m_bytes, place + 2);
            place += 4;
            if (length > end - place)
                return fail(wrong(place, "an extra field within its entry", fmt::format("{} bytes", length)));
            if (id == zip64Extra) {
                std::uint64_t used = 0;
                for (std::uint64_t* field : {&size, &packed, &offset}) {
                    if (*field != 0xffffffffU)
                        continue;
                    if (length - used < 8)
                        return fail(wrong(place, "a zip64 field of 8 bytes", fmt::format("{}", length - used)));
                    *field = at<std::uint64_t>(m_bytes, place + used);
                    used += 8;
                }
            }
            place += length;
        }
        return {};
    }

    Result<void> locate(ZipEntry& entry, std::uint64_t offset, std::uint64_t size) const {
        if (!holds(offset, localSize) || at<std::uint32_t>(m_bytes, offset) != localSignature)
            return fail(wrong(offset, fmt::format("the local header of \"{}\"", entry.name), "something else"));
        const std::uint64_t data =
            offset + localSize + at<std::uint16_t>(m_bytes, offset + 26) + at<std::uint16_t>(m_bytes, offset + 28);
        if (!holds(data, size))
            return fail(wrong(data, fmt::format("{} bytes of \"{}\"", size, entry.name), "the end of the file"));
        entry.bytes = m_bytes.subspan(data, size);
        return {};
    }

    std::span<const std::byte> m_bytes;
    const std::string& m_file;
    std::uint64_t m_directory = 0;
    std::uint64_t m_count = 0;
};

template <class Number>
void append(std::string& text, Number value) {
    for (std::size_t byte = 0; byte < sizeof(Number); ++byte)
        text += static_cast<char>(static_cast<std::uint64_t>(value) >> (8 * byte) & 0xffU);
}

// The part that local and central headers share: versions aside, flags to the lengths of name and extra field.
void appendDescription(std::string& text, const ZipSource& entry, std::size_t extraSize) {
    constexpr std::uint16_t utf8Names = 1U << 11U, stored = 0, noTime = 0;
    constexpr std::uint16_t firstDay = 1U << 5U | 1U; // 1980-01-01
    append(text, utf8Names);
    append(text, stored);
    append(text, noTime);
    append(text, firstDay);
    append(text, checksum(std::as_bytes(std::span(entry.content))));
    append(text, static_cast<std::uint32_t>(entry.content.size()));
    append(text, static_cast<std::uint32_t>(entry.content.size()));
    append(text, static_cast<std::uint16_t>(entry.name.size()));
    append(text, static_cast<std::uint16_t>(extraSize));
}

} // namespace

std::uint32_t checksum(std::span<const std::byte> bytes) {
    std::uint32_t value = 0xffffffffU;
    for (const std::byte byte : bytes)
        value = checksumTable[(value ^ std::to_integer<std::uint32_t>(byte)) & 0xffU] ^ (value >> 8U);
    return ~value;
}

Result<std::vector<ZipEntry>> readZip(std::span<const std::byte> archive, const std::string& file) {
    return ZipReader(archive, file).read();
}

std::string writeZip(const std::vector<ZipSource>& entries) {
    constexpr std::uint16_t version = 20;
    constexpr std::size_t alignment = 64, extraHeader = 4;
    std::string archive, directory;
    for (const ZipSource& entry : entries) {
        const auto offset = static_cast<std::uint32_t>(archive.size());
        const std::size_t unpadded = archive.size() + localSize + entry.name.size() + extraHeader;
        const std::size_t padding = (alignment - unpadded % alignment) % alignment;
        append(archive, localSignature);
        append(archive, version);
        appendDescription(archive, entry, extraHeader + padding);
        archive += entry.name;
        archive += "FB"; // the padding field that torch writes
        append(archive, static_cast<std::uint16_t>(padding));
        archive.append(padding, 'Z');
        archive += entry.content;

        append(directory, centralSignature);
        append(directory, version);
        append(directory, version);
        appendDescription(directory, entry, 0);
        directory.append(10, '\0'); // no comment, first disk, no attributes: 2 + 2 + 2 + 4 bytes
        append(directory, offset);
        directory += entry.name;
    }
    const auto directoryOffset = static_cast<std::uint32_t>(archive.size());
    archive += directory;
    append(archive, endSignature);
    append(archive, std::uint32_t{0}); // this disk, the directory's disk
    append(archive, static_cast<std::uint16_t>(entries.size()));
    append(archive, static_cast<std::uint16_t>(entries.size()));
    append(archive, static_cast<std::uint32_t>(directory.size()));
    append(archive, directoryOffset);
    append(archive, std::uint16_t{0}); // no comment
    return archive;
}

} // namespace ropescope
