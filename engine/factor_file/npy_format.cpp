#include "engine/factor_file/npy_format.h"

#include <charconv>
#include <cstring>

#include <fmt/format.h>

#include "engine/factor_file/sidecar.h"

namespace ropescope {
namespace {

constexpr std::string_view magic = "\x93NUMPY";
constexpr std::size_t fixedSize = 10; // magic, version, a two-byte header length

struct NpyHeader {
    bool isDouble = true;
    bool columnMajor = false;
    std::vector<std::size_t> shape;
    std::size_t dataStart = 0;
};

// The text after `key`'s colon in the header's dictionary literal; empty when it is absent.
std::string_view valueOf(std::string_view header, std::string_view key) {
    const auto found = header.find(fmt::format("'{}'", key));
    const auto colon = found == std::string_view::npos ? found : header.find(':', found);
    if (colon == std::string_view::npos)
        return {};
    const auto first = header.find_first_not_of(' ', colon + 1);
    return first == std::string_view::npos ? std::string_view() : header.substr(first);
}

Result<std::vector<std::size_t>> shapeOf(std::string_view text, const std::string& file) {
    std::vector<std::size_t> shape;
    const auto end = text.find(')');
    if (!text.starts_with('(') || end == std::string_view::npos)
        return fail(inputError(file, "shape", "a tuple", std::string(text.substr(0, 20))));
    const char* place = text.data() + 1;
    const char* last = text.data() + end;
    while (place < last) {
        if (*place == ' ' || *place == ',') {
            ++place;
            continue;
        }
        std::size_t size = 0;
        const auto [next, problem] = std::from_chars(place, last, size);
        if (problem != std::errc())
            return fail(inputError(file, "shape", "whole numbers", std::string(text.substr(0, end + 1))));
        shape.push_back(size);
        place = next;
    }
    return shape;
}

Result<NpyHeader> headerOf(std::string_view content, const std::string& file) {
    const auto byte = [&](std::size_t place) {
        return static_cast<std::size_t>(static_cast<unsigned char>(content[place]));
    };
    if (content.size() < fixedSize + 2)
        return fail(inputError(file, "header", "at least 12 bytes", fmt::format("{}", content.size())));
    const bool longHeader = content[6] > 1;
    const std::size_t start = longHeader ? fixedSize + 2 : fixedSize;
    std::size_t size = byte(8) | byte(9) << 8U;
    if (longHeader)
        size |= byte(10) << 16U | byte(11) << 24U;
    if (size > content.size() - start)
        return fail(inputError(file, "header", fmt::format("{} bytes", size),
                               fmt::format("the end after {}", content.size() - start)));
    const std::string_view text = content.substr(start, size);
    NpyHeader header;
    header.dataStart = start + size;
    const auto type = valueOf(text, "descr");
    if (!type.starts_with("'<f8'") && !type.starts_with("'<f4'"))
        return fail(inputError(file, "descr", "'<f4' or '<f8'", std::string(type.substr(0, 20))));
    header.isDouble = type.starts_with("'<f8'");
    header.columnMajor = valueOf(text, "fortran_order").starts_with("True");
    auto shape = shapeOf(valueOf(text, "shape"), file);
    if (!shape)
        return fail(shape.error());
    header.shape = std::move(*shape);
    return header;
}

double valueAt(std::string_view data, bool isDouble, std::size_t index) {
    if (isDouble) {
        double value = 0;
        std::memcpy(&value, data.data() + index * sizeof value, sizeof value);
        return value;
    }
    float value = 0;
    std::memcpy(&value, data.data() + index * sizeof value, sizeof value);
    return value;
}

} // namespace

bool NpyImporter::recognises(const FactorSource& source) const {
    return source.content.starts_with(magic);
}

Result<FactorDocument> NpyImporter::read(const FactorSource& source) const {
    const std::string file = source.path.string();
    const auto header = headerOf(source.content, file);
    if (!header)
        return fail(header.error());
    if (header->shape.empty() || header->shape.size() > 2)
        return fail(
            inputError(file, "shape", "one axis, or layers and pairs", fmt::format("{} axes", header->shape.size())));
    const std::size_t layers = header->shape.size() == 2 ? header->shape[0] : 1, pairs = header->shape.back();
    const std::string_view data = source.content.substr(header->dataStart);
    const std::size_t held = data.size() / (header->isDouble ? sizeof(double) : sizeof(float));
    if (layers == 0 || pairs == 0 || pairs > held / layers || pairs * layers != held)
        return fail(inputError(file, "data", fmt::format("{} x {} numbers", layers, pairs), fmt::format("{}", held)));
    FactorDocument document;
    for (std::size_t pair = 0; pair < pairs; ++pair) {
        const auto at = [&](std::size_t layer) {
            return valueAt(data, header->isDouble, header->columnMajor ? pair * layers + layer : layer * pairs + pair);
        };
        document.set.factors.push_back(at(0));
        for (std::size_t layer = 1; layer < layers; ++layer)
            if (at(layer) != at(0))
                return fail(inputError(file, fmt::format("row {}, column {} (counted from 0)", layer, pair),
                                       fmt::format("{} as in row 0, since all layers share their factors", at(0)),
                                       fmt::format("{}", at(layer))));
    }
    return document;
}

Result<RenderedExport> NpyExporter::render(const FactorDocument& document, const std::filesystem::path& path) const {
    constexpr std::size_t alignment = 64;
    std::string header =
        fmt::format("{{'descr': '<f8', 'fortran_order': False, 'shape': ({},), }}", document.set.factors.size());
    header.append(alignment - 1 - (fixedSize + header.size()) % alignment, ' ');
    header += '\n';
    std::string content(magic);
    content +=
        std::string{'\1', '\0', static_cast<char>(header.size() & 0xffU), static_cast<char>(header.size() >> 8U)};
    content += header;
    content.append(reinterpret_cast<const char*>(document.set.factors.data()),
                   document.set.factors.size() * sizeof(double));
    RenderedExport result = withSidecar(document, path, content, false);
    result.notes.push_back(fmt::format("the file holds no attention factor; it is {}", document.set.attentionFactor));
    return result;
}

} // namespace ropescope
