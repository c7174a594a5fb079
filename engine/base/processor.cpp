#include "engine/base/processor.h"

#include <cstdint>
#include <cstring>

#include <algorithm>

#include <sched.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

namespace ropescope {
namespace {

#if defined(__x86_64__)

struct Registers {
    unsigned a = 0, b = 0, c = 0, d = 0;
};

Registers identify(unsigned leaf, unsigned part = 0) {
    Registers r;
    (void)__get_cpuid_count(leaf, part, &r.a, &r.b, &r.c, &r.d);
    return r;
}

bool bit(unsigned value, int position) {
    return (value >> position & 1U) != 0;
}

// The register sets that the operating system saves between processes: without that their instructions fault.
std::uint64_t savedState() {
    if (!bit(identify(1).c, 27))
        return 0;
    std::uint32_t low = 0, high = 0;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return std::uint64_t{high} << 32 | low;
}

std::string nameOf() {
    char text[49] = {};
    if (identify(0x80000000U).a < 0x80000004U)
        return {};
    for (unsigned leaf = 0; leaf < 3; ++leaf) {
        const Registers r = identify(0x80000002U + leaf);
        std::memcpy(text + 16 * leaf, &r, 16);
    }
    const std::string name = text;
    const std::size_t first = name.find_first_not_of(' ');
    return first == std::string::npos ? std::string() : name.substr(first, name.find_last_not_of(' ') - first + 1);
}

ProcessorFeatures find() {
    const std::uint64_t saved = savedState();
    const bool wide = (saved & 0x6U) == 0x6U;             // AVX
    const bool widest = wide && (saved & 0xe0U) == 0xe0U; // AVX-512
    const bool tiles = (saved & 0x60000U) == 0x60000U;    // AMX
    const Registers base = identify(7, 0), further = identify(7, 1);
    ProcessorFeatures found;
    found.name = nameOf();
    found.avx2 = wide && bit(base.b, 5);
    found.avx512 = widest && bit(base.b, 16) && bit(base.b, 17) && bit(base.b, 30) && bit(base.b, 31);
    found.avx512Bf16 = found.avx512 && bit(further.a, 5);
    found.amxBf16 = tiles && bit(base.d, 22) && bit(base.d, 24);
    return found;
}

#else

ProcessorFeatures find() {
    return {};
}

#endif

} // namespace

const ProcessorFeatures& processorFeatures() {
    static const ProcessorFeatures features = find();
    return features;
}

int availableProcessors() {
    cpu_set_t set;
    CPU_ZERO(&set);
    if (::sched_getaffinity(0, sizeof set, &set) != 0)
        return 1;
    return std::max(1, CPU_COUNT(&set));
}

} // namespace ropescope
