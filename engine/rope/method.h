// Formulas that give a factor set for a scale. A new formula is a new sibling type, never a flag in an
// existing one.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/rope/factor_set.h"

namespace ropescope {

// A closed-form way to re-scale RoPE by `scale` = target length / trained length. Immutable; safe from any
// thread.
class RopeMethod {
public:
    virtual ~RopeMethod() = default;
    // The short name used in FACTORS ("yarn").
    [[nodiscard]] virtual std::string_view name() const = 0;
    // One line for people who choose between methods.
    [[nodiscard]] virtual std::string_view summary() const = 0;
    // Usage error for a scale outside the method's domain or a geometry that checkGeometry refuses.
    [[nodiscard]] virtual Result<FactorSet> factors(const RopeGeometry& geometry, double scale) const = 0;
};

// All methods that a person can name in FACTORS, in the order they are listed to them.
[[nodiscard]] const std::vector<std::unique_ptr<RopeMethod>>& ropeMethods();
// Null when no method has that name.
[[nodiscard]] const RopeMethod* findRopeMethod(std::string_view name);

// For implementations: the checks every method needs (geometry; a finite scale above 0), and what its result
// is called ("yarn:4").
[[nodiscard]] Result<void> checkMethodInput(const RopeGeometry& geometry, double scale);
[[nodiscard]] std::string methodOrigin(const RopeMethod& method, double scale);

} // namespace ropescope
