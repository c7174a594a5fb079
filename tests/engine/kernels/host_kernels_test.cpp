// The fused kernels against the plain formulas in float64, on ordinary and extreme values.
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include "engine/kernels/host_kernels.h"
#include "tests/support/catch.h"

using namespace ropescope::kernels;

namespace {

std::vector<float> randomValues(std::size_t count, float spread) {
    std::mt19937 generator(7);
    std::normal_distribution<float> normal(0, spread);
    std::vector<float> values(count);
    for (float& value : values)
        value = normal(generator);
    return values;
}

std::vector<Bf16> narrowed(const std::vector<float>& values) {
    std::vector<Bf16> result(values.size());
    for (std::size_t i = 0; i < values.size(); ++i)
        store(values[i], result[i]);
    return result;
}

double silu(double x) {
    return x / (1 + std::exp(-x));
}

} // namespace

TEST_CASE("the exponential is float32 exact to a few units and saturates") {
    for (float x = -86.9F; x < 87.9F; x += 0.0137F)
        REQUIRE(static_cast<double>(exponential(x)) == Approx(std::exp(static_cast<double>(x))).epsilon(3e-7));
    CHECK(exponential(0.0F) == 1.0F);
    CHECK(exponential(-1e30F) < 1e-37F);
    CHECK(std::isfinite(exponential(1e30F)));
    CHECK(std::isnan(exponential(std::numeric_limits<float>::quiet_NaN())));
}

TEST_CASE("bf16 rounds to nearest even and keeps NaN") {
    Bf16 out{};
    store(1.00390625F, out); // half-way between 1 and the next: even is 1
    CHECK(widen(out) == 1.0F);
    store(1.01171875F, out); // half-way, even is above
    CHECK(widen(out) == 1.015625F);
    store(std::numeric_limits<float>::quiet_NaN(), out);
    CHECK(std::isnan(widen(out)));
    store(-std::numeric_limits<float>::infinity(), out);
    CHECK(widen(out) == -std::numeric_limits<float>::infinity());
}

TEST_CASE("rms norm of rows with strides") {
    const std::int64_t width = 83, outer = 5, inner = 3, stride = 400;
    const std::vector<float> x = randomValues(static_cast<std::size_t>(outer * stride), 3);
    const std::vector<float> weight = randomValues(static_cast<std::size_t>(width), 1);
    std::vector<float> out(static_cast<std::size_t>(outer * inner * width));
    rmsNorm(Rows<const float>{x.data(), outer, inner, stride, width + 7}, width, weight.data(), 1e-5F, out.data());
    for (std::int64_t row = 0; row < outer * inner; ++row) {
        const float* in = x.data() + row / inner * stride + row % inner * (width + 7);
        double squares = 0;
        for (std::int64_t i = 0; i < width; ++i)
            squares += static_cast<double>(in[i]) * in[i];
        const double scale = 1 / std::sqrt(squares / static_cast<double>(width) + 1e-5);
        for (std::int64_t i = 0; i < width; ++i)
            REQUIRE(static_cast<double>(out[static_cast<std::size_t>(row * width + i)]) ==
                    Approx(in[i] * scale * weight[static_cast<std::size_t>(i)]).epsilon(1e-5).margin(1e-6));
    }
}

TEST_CASE("rotation turns each pair and leaves further dims alone") {
    const std::int64_t batch = 2, positions = 70, heads = 3, headDim = 40, pairs = 16;
    std::vector<float> x = randomValues(static_cast<std::size_t>(batch * positions * heads * headDim), 2);
    const std::vector<float> before = x;
    const std::vector<float> angles = randomValues(static_cast<std::size_t>(batch * positions * pairs), 2);
    std::vector<float> cosine(angles.size()), sine(angles.size());
    for (std::size_t i = 0; i < angles.size(); ++i) {
        cosine[i] = 1.1F * std::cos(angles[i]);
        sine[i] = 1.1F * std::sin(angles[i]);
    }
    rotate(Heads<float>{x.data(), batch, positions, heads, positions * heads * headDim, heads * headDim, headDim},
           RotaryTable<float>{cosine.data(), sine.data(), pairs, positions * pairs, pairs});
    for (std::int64_t row = 0; row < batch * positions; ++row)
        for (std::int64_t head = 0; head < heads; ++head)
            for (std::int64_t dim = 0; dim < headDim; ++dim) {
                const auto base = static_cast<std::size_t>((row * heads + head) * headDim);
                const auto at = base + static_cast<std::size_t>(dim);
                const auto table = static_cast<std::size_t>(row * pairs + dim % pairs);
                double expected = before[at];
                if (dim < pairs)
                    expected = static_cast<double>(before[at]) * cosine[table] -
                               static_cast<double>(before[at + static_cast<std::size_t>(pairs)]) * sine[table];
                else if (dim < 2 * pairs)
                    expected = static_cast<double>(before[at]) * cosine[table] +
                               static_cast<double>(before[at - static_cast<std::size_t>(pairs)]) * sine[table];
                REQUIRE(static_cast<double>(x[at]) == Approx(expected).epsilon(1e-6).margin(1e-6));
            }
}

TEST_CASE("gated SiLU in float32 and bf16, extremes included") {
    const std::int64_t rows = 33, width = 77;
    std::vector<float> x = randomValues(static_cast<std::size_t>(rows * 2 * width), 4);
    x[0] = 1e30F;
    x[1] = -1e30F;
    x[2] = 200;
    x[3] = -200;
    std::vector<float> out(static_cast<std::size_t>(rows * width));
    gatedSilu(x.data(), rows, width, out.data());
    const std::vector<Bf16> narrow = narrowed(x);
    std::vector<Bf16> narrowOut(out.size());
    gatedSilu(narrow.data(), rows, width, narrowOut.data());
    for (std::int64_t row = 0; row < rows; ++row)
        for (std::int64_t i = 0; i < width; ++i) {
            const auto gate = static_cast<std::size_t>(row * 2 * width + i);
            const auto up = gate + static_cast<std::size_t>(width);
            const auto at = static_cast<std::size_t>(row * width + i);
            REQUIRE(static_cast<double>(out[at]) == Approx(silu(x[gate]) * x[up]).epsilon(1e-5).margin(1e-6));
            REQUIRE(static_cast<double>(widen(narrowOut[at])) ==
                    Approx(silu(static_cast<double>(widen(narrow[gate]))) * static_cast<double>(widen(narrow[up])))
                        .epsilon(0.004)
                        .margin(1e-6));
        }
}

TEST_CASE("token NLL of wide rows, extremes included") {
    const std::int64_t rows = 9, vocabulary = 20011;
    std::vector<float> logits = randomValues(static_cast<std::size_t>(rows * vocabulary), 5);
    logits[3] = 90;                                        // one certain token
    logits[static_cast<std::size_t>(vocabulary)] = -1e30F; // an impossible one
    logits[static_cast<std::size_t>(2 * vocabulary + 5)] = std::numeric_limits<float>::quiet_NaN();
    std::vector<std::int64_t> targets(static_cast<std::size_t>(rows), 17);
    targets[0] = 3;
    std::vector<float> nll(static_cast<std::size_t>(rows));
    tokenNll(logits.data(), rows, vocabulary, targets.data(), nll.data());
    for (std::int64_t row = 0; row < rows; ++row) {
        const float* x = logits.data() + row * vocabulary;
        double sum = 0;
        for (std::int64_t i = 0; i < vocabulary; ++i)
            sum += std::exp(static_cast<double>(x[i]));
        const double expected = std::log(sum) - x[targets[static_cast<std::size_t>(row)]];
        if (row == 2)
            CHECK(std::isnan(nll[2]));
        else
            CHECK(static_cast<double>(nll[static_cast<std::size_t>(row)]) == Approx(expected).margin(2e-6));
    }
}
