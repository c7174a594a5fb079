#include "engine/base/outcome.h"

#include <fmt/format.h>

namespace ropescope {

Error inputError(std::string_view file, std::string_view place, std::string_view expected, std::string_view found) {
    return {ErrorKind::input, fmt::format("{}: {}: expected {}, found {}", file, place, expected, found)};
}

Error usageError(std::string message) {
    return {ErrorKind::usage, std::move(message)};
}

Error failure(std::string message) {
    return {ErrorKind::failed, std::move(message)};
}

} // namespace ropescope
