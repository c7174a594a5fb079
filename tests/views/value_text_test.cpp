#include "views/models/value_text.h"

#include <cmath>

#include "tests/support/qt_catch.h"

using namespace ropescope;

TEST_CASE("Numbers have the digits that mean something") {
    CHECK(factorText(2.0641) == QStringLiteral("2.064"));
    CHECK(factorText(16) == QStringLiteral("16.00"));
    CHECK(factorText(0.70912) == QStringLiteral("0.7091"));
    CHECK(factorText(0) == QStringLiteral("0.000"));
    CHECK(wavelengthText(6.2831) == QStringLiteral("6.3"));
    CHECK(wavelengthText(54410.1) == QStringLiteral("54,410"));
    CHECK(countText(32768) == QStringLiteral("32,768"));
    CHECK(signedText(-0.153, 2) == QStringLiteral("\u22120.15"));
    CHECK(signedText(0.8, 2) == QStringLiteral("+0.80"));
    CHECK(signedText(0, 2) == QStringLiteral("0.00"));
}

TEST_CASE("The standard error decides the digits of a value") {
    CHECK(valueWithErrorText(5.3084, 0.021) == QStringLiteral("5.31 \u00b1 0.02"));
    CHECK(valueWithErrorText(128.37, 3.2) == QStringLiteral("128 \u00b1 3"));
    CHECK(valueWithErrorText(5.3084, std::nullopt) == QStringLiteral("5.308"));
    CHECK(valueWithErrorText(std::nan(""), 0.1) == QStringLiteral("NaN"));
}

TEST_CASE("Shares, durations and sizes read as people say them") {
    CHECK(shareText(0.004) == QStringLiteral("0.4\u202f%"));
    CHECK(shareText(0) == QStringLiteral("0.0\u202f%"));
    CHECK(shareText(0.0001) == QStringLiteral("< 0.1\u202f%"));
    CHECK(durationText(4.11) == QStringLiteral("4.1 s"));
    CHECK(durationText(3060) == QStringLiteral("51 min"));
    CHECK(durationText(7500) == QStringLiteral("2 h 5 min"));
    CHECK(bytesText(41.2e9) == QStringLiteral("41.2 GB"));
    CHECK(scaleText(8) == QStringLiteral("8 \u00d7"));
    CHECK(scaleText(3.5) == QStringLiteral("3.5 \u00d7"));
    CHECK(tickText(0.01, 0.01) == QStringLiteral("0.01"));
    CHECK(tickText(200, 100) == QStringLiteral("200"));
    CHECK(segmentText(21, 22) == QStringLiteral("pair 21"));
    CHECK(segmentText(16, 24) == QStringLiteral("pairs 16\u201323"));
}
