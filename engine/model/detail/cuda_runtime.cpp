#include "engine/model/detail/cuda_runtime.h"

#include <filesystem>

#include <dlfcn.h>

#include "engine/detail/torch.h"

namespace ropescope::detail {
namespace {

// The folder of the LibTorch that this process runs on.
std::filesystem::path torchFolder() {
    Dl_info info{};
    if (!::dladdr(reinterpret_cast<const void*>(&at::get_num_threads), &info) || !info.dli_fname)
        return {};
    return std::filesystem::path(info.dli_fname).parent_path();
}

CudaRuntime load() {
    // The driver's own library: absent without a GPU, and far cheaper to look for than LibTorch's.
    if (!::dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL))
        return {0, "no NVIDIA driver (libcuda.so.1) on this machine"};
    const std::filesystem::path library = torchFolder() / "libtorch_cuda.so";
    if (!std::filesystem::exists(library))
        return {0, "this LibTorch is built without CUDA (no libtorch_cuda.so beside libtorch_cpu.so)"};
    if (!::dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL)) {
        const char* why = ::dlerror();
        return {0, std::string("libtorch_cuda.so does not load: ") + (why ? why : "unknown reason")};
    }
    try {
        const int devices =
            at::hasCUDA() ? at::globalContext().getAcceleratorHooksInterface(at::kCUDA).deviceCount() : 0;
        if (devices == 0)
            return {0, "the driver shows no CUDA device"};
        return {devices, {}};
    } catch (const std::exception& exception) {
        return {0, exception.what()};
    }
}

} // namespace

const CudaRuntime& cudaRuntime() {
    static const CudaRuntime runtime = load();
    return runtime;
}

} // namespace ropescope::detail
