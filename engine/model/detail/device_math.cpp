#include "engine/model/detail/device_math.h"

#include <filesystem>
#include <map>
#include <mutex>

#include <dlfcn.h>
#include <fmt/format.h>

#include "engine/base/remembered.h"
#include "engine/kernels/cuda/cuda_kernels.h"
#include "engine/model/detail/cuda_runtime.h"
#include "engine/model/detail/fused_math.h"

namespace ropescope::detail {
namespace {

// Rows whose gated activation is small beside any model that needs a GPU, and enough to keep all of it busy.
constexpr std::int64_t pieceRows = 8192;

class DeviceKernels {
public:
    DeviceKernels(const kernels::CudaKernels& table, int device) : m_table(&table), m_device(device) {}

    template <class T>
    void rmsNorm(const kernels::Rows<const T>& x, std::int64_t width, const float* weight, float epsilon,
                 T* out) const {
        require(launches<T>().rmsNorm(queue(), x, width, weight, epsilon, out));
    }
    template <class T>
    void rotate(const kernels::Heads<T>& x, const kernels::RotaryTable<T>& table) const {
        require(launches<T>().rotate(queue(), x, table));
    }
    template <class T>
    void gatedSilu(const T* gateUp, std::int64_t rows, std::int64_t width, T* out) const {
        require(launches<T>().gatedSilu(queue(), gateUp, rows, width, out));
    }
    template <class T>
    void tokenNll(const T* logits, std::int64_t rows, std::int64_t vocabulary, const std::int64_t* targets,
                  float* nll) const {
        require(launches<T>().tokenNll(queue(), logits, rows, vocabulary, targets, nll));
    }

private:
    template <class T>
    [[nodiscard]] const kernels::CudaLaunches<T>& launches() const {
        if constexpr (std::is_same_v<T, float>)
            return m_table->fp32;
        else
            return m_table->bf16;
    }

    // The engine computes on LibTorch's default stream, whose id is 0 and whose handle is null. Asked each time,
    // because a kernel on another stream than its neighbours would read what isn't there yet.
    [[nodiscard]] kernels::CudaQueue queue() const {
        const at::Device device(at::kCUDA, static_cast<at::DeviceIndex>(m_device));
        if (c10::impl::VirtualGuardImpl(at::kCUDA).getStream(device).id() != 0)
            raise(failure("the fused kernels run on LibTorch's default stream only"));
        return {m_device, nullptr};
    }

    static void require(const char* problem) {
        if (problem)
            raise(failure(fmt::format("a CUDA kernel failed to start: {}", problem)));
    }

    const kernels::CudaKernels* m_table;
    int m_device;
};

struct KernelLibrary {
    const kernels::CudaKernels* table = nullptr;
    std::string reason; // why there is none
};

#ifdef ROPESCOPE_CUDA_KERNELS

KernelLibrary load() {
    if (cudaRuntime().devices == 0)
        return {nullptr, cudaRuntime().reason};
    // Beside the program where both were moved, else where it was built.
    std::filesystem::path path = ROPESCOPE_CUDA_KERNELS;
    const std::filesystem::path beside = std::filesystem::path(runningProgram().path).replace_filename(path.filename());
    if (std::filesystem::exists(beside))
        path = beside;
    // LibTorch has loaded the CUDA runtime that it needs.
    void* const library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return {nullptr, fmt::format("the CUDA kernels don't load: {}", ::dlerror())};
    const auto kernelsOf =
        reinterpret_cast<const kernels::CudaKernels* (*)()>(::dlsym(library, "ropescopeCudaKernels"));
    if (!kernelsOf)
        return {nullptr, fmt::format("{} is no library of CUDA kernels", path.string())};
    return {kernelsOf(), {}};
}

#else

KernelLibrary load() {
    return {nullptr, "built without a CUDA compiler"};
}

#endif

const KernelLibrary& kernelLibrary() {
    static const KernelLibrary library = load();
    return library;
}

} // namespace

const BlockMath* deviceMath(int index) {
    const KernelLibrary& library = kernelLibrary();
    if (!library.table)
        return nullptr;
    static std::mutex mutex;
    static std::map<int, FusedMath<DeviceKernels>> byIndex;
    const std::scoped_lock lock(mutex);
    return &byIndex.try_emplace(index, DeviceKernels(*library.table, index), pieceRows).first->second;
}

const std::string& whyNoDeviceKernels() {
    return kernelLibrary().reason;
}

} // namespace ropescope::detail
