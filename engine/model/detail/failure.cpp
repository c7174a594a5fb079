#include "engine/model/detail/failure.h"

#include <string_view>

#include <fmt/format.h>

namespace ropescope::detail {

bool isOutOfMemory(const std::exception& exception) {
    if (dynamic_cast<const std::bad_alloc*>(&exception) || dynamic_cast<const c10::OutOfMemoryError*>(&exception))
        return true;
    // LibTorch's CPU allocator throws a plain c10::Error.
    return std::string_view(exception.what()).find("can't allocate memory") != std::string_view::npos;
}

Error errorOf(const std::exception& exception, const std::string& advice) {
    if (isOutOfMemory(exception))
        return failure("memory ran out: " + advice);
    const std::string_view text = exception.what();
    return failure(fmt::format("LibTorch failed: {}", text.substr(0, text.find('\n'))));
}

} // namespace ropescope::detail
