#include "engine/model/detail/process_memory.h"

#include <algorithm>
#include <fstream>
#include <limits>
#include <string>

namespace ropescope::detail {
namespace {

// The value, in bytes, of a line "KEY:  123 kB" of a /proc file; -1 without one.
std::int64_t procBytes(const char* file, const std::string& key) {
    std::ifstream in(file);
    std::string word;
    while (in >> word) {
        if (word == key) {
            std::int64_t kilobytes = -1;
            in >> kilobytes;
            return kilobytes < 0 ? -1 : kilobytes * 1024;
        }
        in.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    return -1;
}

// A control group file holding one number; -1 without one, or "max".
std::int64_t groupBytes(const char* file) {
    std::ifstream in(file);
    std::int64_t value = -1;
    return in >> value ? value : -1;
}

} // namespace

std::int64_t peakResidentBytes() {
    return std::max<std::int64_t>(0, procBytes("/proc/self/status", "VmHWM:"));
}

void resetPeakResident() {
    std::ofstream("/proc/self/clear_refs") << "5";
}

std::int64_t availableBytes() {
    std::int64_t available = procBytes("/proc/meminfo", "MemAvailable:");
    if (available < 0)
        available = std::numeric_limits<std::int64_t>::max();
    const std::int64_t limit = groupBytes("/sys/fs/cgroup/memory.max");
    const std::int64_t used = groupBytes("/sys/fs/cgroup/memory.current");
    if (limit >= 0 && used >= 0)
        available = std::min(available, std::max<std::int64_t>(0, limit - used));
    return available;
}

std::int64_t installedBytes() {
    const std::int64_t installed = std::max<std::int64_t>(0, procBytes("/proc/meminfo", "MemTotal:"));
    const std::int64_t limit = groupBytes("/sys/fs/cgroup/memory.max");
    return limit >= 0 ? std::min(installed, limit) : installed;
}

std::int64_t residentBytes() {
    return std::max<std::int64_t>(0, procBytes("/proc/self/status", "VmRSS:"));
}

} // namespace ropescope::detail
