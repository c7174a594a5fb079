#include "views/models/ticks.h"

#include <algorithm>
#include <cmath>

namespace ropescope {

namespace {

// Every multiple of `step` inside [low, high], free of the rounding of repeated addition.
std::vector<double> multiples(double low, double high, double step) {
    std::vector<double> ticks;
    const double tolerance = step * 1e-9;
    for (double k = std::ceil((low - tolerance) / step); k * step <= high + tolerance; ++k)
        ticks.push_back(k == 0 ? 0.0 : k * step);
    return ticks;
}

std::vector<double> powers(double base, double low, double high, int every) {
    std::vector<double> ticks;
    const double first = std::ceil(std::log(low) / std::log(base) - 1e-9);
    for (double exponent = std::ceil(first / every) * every; std::pow(base, exponent) <= high * (1 + 1e-9);
         exponent += every)
        ticks.push_back(std::pow(base, exponent));
    return ticks;
}

} // namespace

std::vector<double> linearTicks(double low, double high, int most) {
    if (!std::isfinite(low) || !std::isfinite(high) || most < 1)
        return {};
    if (high <= low)
        return {low};
    double magnitude = std::pow(10.0, std::floor(std::log10((high - low) / most)) - 1);
    while (true) {
        for (const double digit : {1.0, 2.0, 5.0}) {
            auto ticks = multiples(low, high, digit * magnitude);
            if (ticks.size() <= static_cast<std::size_t>(most))
                return ticks;
        }
        magnitude *= 10;
    }
}

std::vector<double> logTicks(double low, double high, int most) {
    if (!(low > 0) || !(high >= low) || !std::isfinite(high) || most < 1)
        return {};
    for (const int every : {1, 2})
        if (auto ticks = powers(2, low, high, every); ticks.size() <= static_cast<std::size_t>(most))
            return ticks;
    for (int every = 1;; ++every)
        if (auto ticks = powers(10, low, high, every); ticks.size() <= static_cast<std::size_t>(most))
            return ticks;
}

std::vector<double> decadeTicks(double low, double high, int most) {
    if (!(low > 0) || !(high >= low) || !std::isfinite(high) || most < 1)
        return {};
    static const std::vector<std::vector<double>> finestFirst{
        {1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 1.5, 2, 3, 5, 7}, {1, 2, 5}, {1, 3}};
    for (const std::vector<double>& digits : finestFirst) {
        std::vector<double> ticks;
        for (double exponent = std::floor(std::log10(low)); std::pow(10, exponent) <= high; ++exponent)
            for (const double digit : digits)
                if (const double tick = digit * std::pow(10, exponent);
                    tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9))
                    ticks.push_back(tick);
        if (ticks.size() < 2)
            return linearTicks(low, high, most);
        if (ticks.size() <= static_cast<std::size_t>(most))
            return ticks;
    }
    for (int every = 1;; ++every)
        if (auto ticks = powers(10, low, high, every); ticks.size() <= static_cast<std::size_t>(most))
            return ticks;
}

LogRange logRangeFor(const std::vector<double>& values) {
    double low = 1;
    double high = 1;
    for (const double value : values) {
        if (!(value > 0) || !std::isfinite(value))
            continue;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    // A margin of a twelfth on either side, and never less than a factor of two in all.
    const double span = std::max(std::log(high / low), std::log(2.0));
    const double margin = span / 12;
    const double middle = (std::log(low) + std::log(high)) / 2;
    return {std::exp(std::min(std::log(low), middle - span / 2) - margin),
            std::exp(std::max(std::log(high), middle + span / 2) + margin)};
}

double logFraction(const LogRange& range, double value) {
    return std::log(value / range.low) / std::log(range.high / range.low);
}

double logValue(const LogRange& range, double fraction) {
    return range.low * std::exp(fraction * std::log(range.high / range.low));
}

} // namespace ropescope
