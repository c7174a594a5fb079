// For programs under the thread sanitizer, which cannot see how libgomp, built without it, forks and joins its threads:
// tells it. What our parallel loops do between the two is then judged like any other code.
#include <dlfcn.h>

#include <sanitizer/tsan_interface.h>

namespace {

using Body = void (*)(void*);
using Parallel = void (*)(Body, void*, unsigned, unsigned);

// One parallel region; its address is where the sanitizer keeps what happened before, `joined` what happened inside.
struct Region {
    Body body;
    void* data;
    char joined;
};

void runRegion(void* address) {
    __tsan_acquire(address);
    auto* const region = static_cast<Region*>(address);
    region->body(region->data);
    __tsan_release(&region->joined);
}

} // namespace

// libgomp's entry to a parallel region (GCC's libgomp ABI), for our loops and LibTorch's: the program's symbol goes
// before the library's.
extern "C" __attribute__((visibility("default"))) void GOMP_parallel( // NOLINT(readability-identifier-naming)
    Body body, void* data, unsigned threads, unsigned flags) {
    static const auto parallel = reinterpret_cast<Parallel>(dlsym(RTLD_NEXT, "GOMP_parallel"));
    Region region{body, data, 0};
    __tsan_release(&region);
    parallel(runRegion, &region, threads, flags);
    __tsan_acquire(&region.joined);
}
