#include "tests/engine/model/allocation_watch.h"

#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::size_t> largest = 0;

} // namespace

void* operator new(std::size_t size) {
    if (size > largest)
        largest = size;
    if (void* memory = std::malloc(size == 0 ? 1 : size))
        return memory;
    throw std::bad_alloc();
}
// The sanitizers' own would pair with our delete.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    if (size > largest)
        largest = size;
    return std::malloc(size == 0 ? 1 : size);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

namespace ropescope::test {

void forgetAllocations() {
    largest = 0;
}

std::size_t largestAllocation() {
    return largest;
}

} // namespace ropescope::test
