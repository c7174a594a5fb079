// How the engine says what became of a request. Nothing in the engine throws across its border: expected
// failures are values of these types.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

namespace ropescope {

// Who can mend it decides the kind; the command line turns it into its exit code.
enum class ErrorKind {
    failed, // the work itself failed (out of memory, unwritable study, every score NaN)
    usage,  // the request makes no sense (unknown method, length 0)
    input,  // a file is missing, malformed or unsupported
};

// A failure to show to a person: one sentence or two that name the value, and what to do where that is known.
struct Error {
    ErrorKind kind = ErrorKind::failed;
    std::string message;
};

// An input file that can't be used: the message reads "FILE: PLACE: expected EXPECTED, found FOUND".
[[nodiscard]] Error inputError(std::string_view file, std::string_view place, std::string_view expected,
                               std::string_view found);
[[nodiscard]] Error usageError(std::string message);
[[nodiscard]] Error failure(std::string message);

// A value or the reason why there is none; for quick calls that can't be cancelled.
template <class T>
using Result = tl::expected<T, Error>;
[[nodiscard]] inline tl::unexpected<Error> fail(Error error) {
    return tl::unexpected<Error>(std::move(error));
}

// The person asked to stop, and nothing is wrong.
struct Cancelled {};

// What a long job returns: done, cancelled and failed are three different things to the caller.
template <class Report>
using Outcome = std::variant<Report, Cancelled, Error>;

} // namespace ropescope
