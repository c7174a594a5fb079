// How the readers of this room leave a deep place of a malformed file: thrown inside, turned into a Result at
// the room's border.
#pragma once

#include <exception>
#include <utility>

#include "engine/base/outcome.h"

namespace ropescope::detail {

class Malformed : public std::exception {
public:
    explicit Malformed(Error error) : m_error(std::move(error)) {}
    [[nodiscard]] const char* what() const noexcept override { return m_error.message.c_str(); }
    [[nodiscard]] const Error& error() const { return m_error; }

private:
    Error m_error;
};

// The value, or its error thrown.
template <class T>
T valueOrThrow(Result<T> result) {
    if (!result)
        throw Malformed(std::move(result.error()));
    return std::move(*result);
}

} // namespace ropescope::detail
