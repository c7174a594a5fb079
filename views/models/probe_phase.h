// Where a probe of a page stands: every view has a picture for each.
#pragma once

namespace ropescope {

enum class ProbePhase {
    none,      // nothing asked for yet
    running,   // waiting in the queue or computing
    done,      // complete
    cancelled, // stopped by a person; what there is stays
    failed,    // the message says why and what to do
};

} // namespace ropescope
