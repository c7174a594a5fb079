#include "engine/model/detail/cuda_driver.h"

#include <cstddef>

#include <dlfcn.h>
#include <fmt/format.h>

namespace ropescope::detail {
namespace {

// A function of the driver's C interface; all return 0 for success.
template <class... Arguments>
auto driverFunction(void* driver, const char* name) {
    return reinterpret_cast<int (*)(Arguments...)>(::dlsym(driver, name));
}

} // namespace

CudaDeviceFacts cudaDeviceFacts(int index) {
    CudaDeviceFacts facts{fmt::format("CUDA device {}", index), 0};
    void* const driver = ::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
    if (!driver)
        return facts;
    const auto initialise = driverFunction<unsigned>(driver, "cuInit");
    const auto getDevice = driverFunction<int*, int>(driver, "cuDeviceGet");
    const auto getName = driverFunction<char*, int, int>(driver, "cuDeviceGetName");
    const auto totalMemory = driverFunction<std::size_t*, int>(driver, "cuDeviceTotalMem_v2");
    int device = 0;
    if (!initialise || !getDevice || !getName || !totalMemory || initialise(0) != 0 || getDevice(&device, index) != 0)
        return facts;
    char name[256] = {};
    if (getName(name, sizeof name - 1, device) == 0)
        facts.name = name;
    std::size_t bytes = 0;
    if (totalMemory(&bytes, device) == 0)
        facts.memoryBytes = static_cast<std::int64_t>(bytes);
    return facts;
}

} // namespace ropescope::detail
