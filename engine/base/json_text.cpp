#include "engine/base/json_text.h"

#include <optional>

#include <fmt/format.h>

namespace ropescope {
namespace {

// The byte at which brackets outside strings nest deeper than allowed.
std::optional<std::size_t> tooDeepAt(std::string_view text, int deepest) {
    int depth = 0;
    bool inString = false;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char byte = text[at];
        if (inString) {
            if (byte == '\\')
                ++at;
            inString = byte != '"';
        } else if (byte == '"') {
            inString = true;
        } else if (byte == '{' || byte == '[') {
            if (++depth > deepest)
                return at;
        } else if (byte == '}' || byte == ']') {
            --depth;
        }
    }
    return std::nullopt;
}

} // namespace

Result<nlohmann::json> parseJson(std::string_view text, std::string_view file, int deepest) {
    if (const auto at = tooDeepAt(text, deepest))
        return fail(inputError(file, fmt::format("byte {}", *at), fmt::format("nesting of at most {}", deepest),
                               "deeper nesting"));
    try {
        return nlohmann::json::parse(text);
    } catch (const nlohmann::json::parse_error& problem) {
        return fail(inputError(file, fmt::format("byte {}", problem.byte), "valid JSON", problem.what()));
    } catch (const nlohmann::json::exception& problem) {
        return fail(inputError(file, "document", "valid JSON", problem.what()));
    }
}

} // namespace ropescope
