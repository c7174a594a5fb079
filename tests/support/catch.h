// Catch2 version 2 or 3, and what both need here. Tests include this and nothing else of Catch2.
#pragma once

#if ROPESCOPE_CATCH_VERSION == 3
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif

#include <filesystem>

// Skips the rest of a test, visibly: the line is printed even when the run passes.
#define ROPESCOPE_SKIP(reason)                                                                                         \
    do {                                                                                                               \
        WARN("skipped: " << reason);                                                                                   \
        return;                                                                                                        \
    } while (false)

// Declares `variable` as the path of a shared fixture, or skips the test where the fixtures are not at hand.
#define ROPESCOPE_FIXTURE(variable, relative)                                                                          \
    const std::filesystem::path variable = std::filesystem::path(ROPESCOPE_SHARED_FOLDER) / "fixtures" / (relative);   \
    if (!std::filesystem::exists(variable))                                                                            \
    ROPESCOPE_SKIP("no shared fixture " << (relative) << " (configure with -DROPESCOPE_SHARED=FOLDER)")
