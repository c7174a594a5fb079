// Numbers as people read them: as many digits as the standard error allows, tabular, with grouped thousands.
#pragma once

#include <cstdint>
#include <optional>

#include <QString>

namespace ropescope {

// "32,768", grouped as the current locale groups.
[[nodiscard]] QString countText(std::int64_t count);
// A factor or another positive number in four significant digits: "2.064", "0.709", "16.00", "128.0".
[[nodiscard]] QString factorText(double factor);
// Tokens per turn: "6.3", "266", "54,410".
[[nodiscard]] QString wavelengthText(double tokens);
// A share as per cent with one decimal: "0.4 %"; tiny ones as "< 0.1 %".
[[nodiscard]] QString shareText(double share);
// "+0.15", with a true minus sign.
[[nodiscard]] QString signedText(double value, int decimals);
// "5.31 ± .02" as in "5.308 ± 0.021": two digits of the error decide the digits of the value. Without an error
// four significant digits.
[[nodiscard]] QString valueWithErrorText(double value, std::optional<double> standardError);
// "4.1 s", "51 min", "2 h 5 min".
[[nodiscard]] QString durationText(double seconds);
// "1.2 GB" in powers of 1000.
[[nodiscard]] QString bytesText(double bytes);
// An axis label with the digits that the tick's distance to its neighbour needs.
[[nodiscard]] QString tickText(double value, double step);
// The scale "8 ×", "3.5 ×".
[[nodiscard]] QString scaleText(double scale);
// "pair 21" or "pairs 16–23".
[[nodiscard]] QString segmentText(int first, int end);

} // namespace ropescope
