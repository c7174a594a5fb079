#include "engine/rope/method.h"

#include <cmath>

#include <fmt/format.h>

#include "engine/rope/dprope.h"
#include "engine/rope/interpolation.h"
#include "engine/rope/llama3.h"
#include "engine/rope/yarn.h"

namespace ropescope {

const std::vector<std::unique_ptr<RopeMethod>>& ropeMethods() {
    static const auto methods = [] {
        std::vector<std::unique_ptr<RopeMethod>> list;
        list.push_back(std::make_unique<Extrapolation>());
        list.push_back(std::make_unique<PositionInterpolation>());
        list.push_back(std::make_unique<NtkAware>());
        list.push_back(std::make_unique<Yarn>());
        list.push_back(std::make_unique<Llama3>());
        list.push_back(std::make_unique<DpRope>());
        return list;
    }();
    return methods;
}

const RopeMethod* findRopeMethod(std::string_view name) {
    for (const auto& method : ropeMethods())
        if (method->name() == name)
            return method.get();
    return nullptr;
}

Result<void> checkMethodInput(const RopeGeometry& geometry, double scale) {
    if (!std::isfinite(scale) || scale <= 0)
        return fail(usageError(fmt::format("a scale must be a finite number above 0, not {}", scale)));
    return checkGeometry(geometry);
}

std::string methodOrigin(const RopeMethod& method, double scale) {
    return fmt::format("{}:{}", method.name(), scale);
}

} // namespace ropescope
