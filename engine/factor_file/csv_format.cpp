#include "engine/factor_file/csv_format.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "engine/factor_file/sidecar.h"
#include "engine/rope/attention_factor.h"

namespace ropescope {
namespace {

struct Row {
    std::size_t line = 0; // counted from 1
    std::vector<double> values;
};

std::string_view trimmed(std::string_view text) {
    const auto first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

Result<double> numberOf(std::string_view field, const std::string& file, std::size_t line, std::size_t column) {
    std::string_view text = trimmed(field);
    if (text.starts_with('+'))
        text.remove_prefix(1);
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || problem != std::errc() || end != text.data() + text.size())
        return fail(inputError(file, fmt::format("line {}, column {}", line, column), "a number",
                               text.empty() ? "nothing" : fmt::format("\"{}\"", text.substr(0, 40))));
    return value;
}

Result<std::vector<Row>> rowsOf(std::string_view content, const std::string& file) {
    std::vector<Row> rows;
    std::size_t line = 0;
    while (!content.empty()) {
        ++line;
        const auto end = content.find('\n');
        std::string_view rest = trimmed(content.substr(0, end));
        content = end == std::string_view::npos ? std::string_view() : content.substr(end + 1);
        if (rest.empty() || rest.front() == '#')
            continue;
        Row row{line, {}};
        for (bool more = true; more;) {
            const auto comma = rest.find(',');
            auto value = numberOf(rest.substr(0, comma), file, line, row.values.size() + 1);
            if (!value)
                return fail(value.error());
            row.values.push_back(*value);
            more = comma != std::string_view::npos;
            rest = more ? rest.substr(comma + 1) : std::string_view();
        }
        rows.push_back(std::move(row));
    }
    return rows;
}

bool isPairIndex(double value, std::size_t pairs) {
    return value >= 0 && value <= static_cast<double>(pairs) && value == std::floor(value);
}

// A column of values; the files of one iteration of LongRoPE's piecewise search begin with two pair indices.
std::vector<double> columnOf(const std::vector<Row>& rows, const std::optional<RopeGeometry>& geometry) {
    std::size_t extra = 0;
    if (geometry) {
        const auto pairs = static_cast<std::size_t>(geometry->pairs());
        if (rows.size() == pairs + 2 && isPairIndex(rows[0].values[0], pairs) && isPairIndex(rows[1].values[0], pairs))
            extra = 2;
    }
    std::vector<double> values;
    for (std::size_t row = extra; row < rows.size(); ++row)
        values.push_back(rows[row].values[0]);
    return values;
}

// One line a layer; the first line where a layer differs is an error.
Result<std::vector<double>> agreedRow(const std::vector<Row>& rows, const std::string& file) {
    const auto& first = rows.front();
    for (const Row& row : rows) {
        const std::string place = fmt::format("line {}", row.line);
        if (row.values.size() != first.values.size())
            return fail(inputError(file, place, fmt::format("{} values as in line {}", first.values.size(), first.line),
                                   fmt::format("{}", row.values.size())));
        for (std::size_t column = 0; column < row.values.size(); ++column)
            if (&row != &first && row.values[column] != first.values[column])
                return fail(inputError(file, fmt::format("{}, column {}", place, column + 1),
                                       fmt::format("{} as in line {}, since all layers share their factors",
                                                   first.values[column], first.line),
                                       fmt::format("{}", row.values[column])));
    }
    return first.values;
}

// How LongRoPE's programs are told this attention factor.
std::string policyOf(const FactorDocument& document) {
    const auto scale = document.scale();
    const auto same = [&](double other) { return std::fabs(document.set.attentionFactor - other) < 1e-9; };
    if (scale && same(suAttentionFactor(*scale, *document.trainedLength)))
        return "su";
    if (scale && same(yarnAttentionFactor(*scale)))
        return "yarn";
    return fmt::format("{}", document.set.attentionFactor);
}

} // namespace

bool CsvImporter::recognises(const FactorSource& source) const {
    const auto first = source.content.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos &&
           std::string_view("0123456789+-.#,iInN").find(source.content[first]) != std::string_view::npos;
}

Result<FactorDocument> CsvImporter::read(const FactorSource& source) const {
    const std::string file = source.path.string();
    const auto rows = rowsOf(source.content, file);
    if (!rows)
        return fail(rows.error());
    if (rows->empty())
        return fail(inputError(file, "file", "lines of numbers", "only comments"));
    bool column = true;
    for (const Row& row : *rows)
        column = column && row.values.size() == 1;
    FactorDocument document;
    if (column) {
        document.set.factors = columnOf(*rows, source.geometry);
    } else {
        auto values = agreedRow(*rows, file);
        if (!values)
            return fail(values.error());
        document.set.factors = std::move(*values);
    }
    return document;
}

Result<RenderedExport> LongRopeCsvExporter::render(const FactorDocument& document,
                                                   const std::filesystem::path& path) const {
    RenderedExport result =
        withSidecar(document, path, fmt::format("{}\n", fmt::join(document.set.factors, ",")), true);
    result.notes.push_back(fmt::format("the file holds no attention factor: run LongRoPE's programs with "
                                       "LONGROPE_SCALING_POLICY={} for {}",
                                       policyOf(document), document.set.attentionFactor));
    return result;
}

Result<RenderedExport> CsvExporter::render(const FactorDocument& document, const std::filesystem::path& path) const {
    RenderedExport result =
        withSidecar(document, path, fmt::format("{}\n", fmt::join(document.set.factors, "\n")), true);
    result.notes.push_back(fmt::format("the file holds no attention factor; it is {}", document.set.attentionFactor));
    return result;
}

} // namespace ropescope
