#include "engine/rope/longrope.h"

#include <fmt/format.h>

#include "engine/rope/attention_factor.h"

namespace ropescope {

Result<FactorSet> LongRope::factors(const RopeGeometry& geometry, double scale) const {
    if (auto checked = checkMethodInput(geometry, scale); !checked)
        return fail(checked.error());
    for (const auto* list : {&m_lists.shortFactors, &m_lists.longFactors})
        if (list->size() != static_cast<std::size_t>(geometry.pairs()))
            return fail(usageError(fmt::format("longrope needs {} factors, one per rotary pair, in both lists, not {}",
                                               geometry.pairs(), list->size())));
    const bool beyond = scale > 1;
    return FactorSet{beyond ? m_lists.longFactors : m_lists.shortFactors,
                     m_lists.attentionFactor.value_or(suAttentionFactor(m_attentionScale, geometry.trainedLength)),
                     beyond ? "longrope, long factors" : "longrope, short factors"};
}

} // namespace ropescope
