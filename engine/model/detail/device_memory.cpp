#include "engine/model/detail/device_memory.h"

#include "engine/model/detail/process_memory.h"

namespace ropescope::detail {
namespace {

// LibTorch's allocator for that kind of device, or null before anything was computed on one. The interface is in
// libc10: nothing of CUDA is linked.
c10::DeviceAllocator* allocatorOf(at::Device device) {
    auto* const allocator = dynamic_cast<c10::DeviceAllocator*>(c10::GetAllocator(device.type()));
    return allocator && allocator->initialized() ? allocator : nullptr;
}

// Bytes in blocks that are handed out, of all pools together.
c10::CachingAllocator::Stat allocated(at::Device device) {
    c10::DeviceAllocator* const allocator = allocatorOf(device);
    if (!allocator)
        return {};
    constexpr auto all = static_cast<std::size_t>(c10::CachingAllocator::StatType::AGGREGATE);
    return allocator->getDeviceStats(device.index()).allocated_bytes[all];
}

} // namespace

std::int64_t peakBytes(at::Device device) {
    return device.is_cpu() ? peakResidentBytes() : allocated(device).peak;
}

void resetPeakBytes(at::Device device) {
    if (device.is_cpu())
        resetPeakResident();
    else if (c10::DeviceAllocator* const allocator = allocatorOf(device))
        allocator->resetPeakStats(device.index());
}

std::int64_t usedBytes(at::Device device) {
    return device.is_cpu() ? residentBytes() : allocated(device).current;
}

} // namespace ropescope::detail
