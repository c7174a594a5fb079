// A bench with a small model and two methods, for tests of models and widgets.
#pragma once

#include "views/models/bench.h"

namespace ropescope::test {

inline Setup smallSetup() {
    Setup setup;
    setup.modelName = QStringLiteral("small");
    setup.geometry = {16, 16, 10000, 256};
    setup.targetLength = 1024;
    return setup;
}

struct BenchFixture {
    BenchFixture() { bench.openSetup(smallSetup(), {QStringLiteral("pi"), QStringLiteral("yarn")}); }
    Bench bench;
};

} // namespace ropescope::test
