#include "engine/base/warning.h"

#include <cstdio>
#include <mutex>

#include <fmt/format.h>

namespace ropescope {
namespace {

struct Sink {
    std::mutex mutex;
    std::function<void(const std::string&)> call;
};

Sink& processSink() {
    static Sink sink;
    return sink;
}

} // namespace

void setWarningSink(std::function<void(const std::string&)> sink) {
    Sink& process = processSink();
    const std::scoped_lock lock(process.mutex);
    process.call = std::move(sink);
}

void warn(const std::string& text) {
    Sink& process = processSink();
    const std::scoped_lock lock(process.mutex);
    if (process.call)
        process.call(text);
    else
        fmt::print(stderr, "ropescope: warning: {}\n", text);
}

} // namespace ropescope
