#include "engine/model/detail/failure.h"

#include <string_view>

#include <fmt/format.h>

namespace ropescope::detail {

bool isOutOfMemory(const std::exception& exception) {
    if (dynamic_cast<const std::bad_alloc*>(&exception) || dynamic_cast<const c10::OutOfMemoryError*>(&exception))
        return true;
    // LibTorch's CPU allocator throws a plain c10::Error; so do CUDA and its libraries beside LibTorch's allocator.
    const std::string_view text = exception.what();
    for (const char* sign : {"can't allocate memory", "CUDA error: out of memory", "CUBLAS_STATUS_ALLOC_FAILED",
                             "CUDNN_STATUS_ALLOC_FAILED"})
        if (text.find(sign) != std::string_view::npos)
            return true;
    return false;
}

Error errorOf(const std::exception& exception, const std::string& advice) {
    if (isOutOfMemory(exception))
        return failure("memory ran out: " + advice);
    const std::string_view text = exception.what();
    return failure(fmt::format("LibTorch failed: {}", text.substr(0, text.find('\n'))));
}

} // namespace ropescope::detail
