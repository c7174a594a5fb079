#include "engine/train/schedule.h"

#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"

using namespace ropescope;

TEST_CASE("the cosine schedule is the one the published programs use") {
    ROPESCOPE_FIXTURE(golden, "patch_level/golden.json");
    const auto schedule = nlohmann::json::parse(std::ifstream(golden)).at("lr_schedule");
    const auto cosine = makeSchedule("cosine").value();
    for (const auto& [step, expected] : schedule.at("multiplier_at_step").items())
        CHECK(cosine->multiplier(std::stoll(step), schedule.at("warmup_steps"), schedule.at("max_steps")) ==
              Approx(expected.get<double>()).margin(1e-15));
}

TEST_CASE("schedules rise linearly, then go their own way") {
    for (const char* name : {"constant", "linear", "cosine"}) {
        const auto schedule = makeSchedule(name).value();
        CHECK(schedule->name() == name);
        CHECK(schedule->multiplier(0, 20, 400) == 0);
        CHECK(schedule->multiplier(10, 20, 400) == 0.5);
        CHECK(schedule->multiplier(20, 20, 400) == 1);
        CHECK(schedule->multiplier(0, 0, 400) == 1);
    }
    CHECK(makeSchedule("constant").value()->multiplier(399, 20, 400) == 1);
    CHECK(makeSchedule("linear").value()->multiplier(210, 20, 400) == 0.5);
    CHECK(makeSchedule("cosine").value()->multiplier(210, 20, 400) == Approx(0.5));
    CHECK(makeSchedule("linear").value()->multiplier(400, 20, 400) == 0);
    CHECK(makeSchedule("linear").value()->multiplier(401, 20, 400) == 0);
    CHECK_FALSE(makeSchedule("exponential"));
}
