// The choice among ways to compute attention, with ways and a stopwatch of the test's own; the real ones need a GPU.
#include <limits>
#include <stdexcept>
#include <vector>

#include "engine/model/detail/gpu_attention.h"
#include "tests/support/catch.h"

using namespace ropescope::detail;

namespace {

at::Tensor right(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) {
    return attentionWays().front().run(query, key, value, causal);
}
at::Tensor alsoRight(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) {
    return right(query, key, value, causal) * (1 + 1e-6);
}
at::Tensor wrong(const at::Tensor& query, const at::Tensor& key, const at::Tensor& value, bool causal) {
    return right(query, key, value, !causal);
}
at::Tensor notANumber(const at::Tensor& query, const at::Tensor&, const at::Tensor&, bool) {
    return at::full_like(query, std::numeric_limits<float>::quiet_NaN());
}
at::Tensor unable(const at::Tensor&, const at::Tensor&, const at::Tensor&, bool) {
    throw std::runtime_error("not on this device");
}

struct Question {
    at::Tensor query = at::randn({2, 6, 33, 16});
    at::Tensor key = at::randn({2, 2, 33, 16});
    at::Tensor value = at::randn({2, 2, 33, 16});

    // The name of the fastest, where a way takes the seconds of its place in `seconds`.
    std::string_view fastest(const std::vector<AttentionWay>& ways, std::vector<double> seconds) const {
        std::size_t next = 0;
        return fastestWay(ways, query, key, value, true,
                          [&](const auto& work) {
                              work();
                              return seconds.at(next++);
                          })
            .name;
    }
};

} // namespace

TEST_CASE("the fastest way to compute attention is taken, if it is right") {
    const Question question;
    CHECK(question.fastest({{"a", right}, {"b", alsoRight}}, {3, 2}) == "b");
    CHECK(question.fastest({{"a", right}, {"b", alsoRight}}, {2, 3}) == "a");
    // Those that are wrong or can't are never timed.
    CHECK(question.fastest({{"a", right}, {"b", wrong}, {"c", notANumber}, {"d", unable}, {"e", alsoRight}}, {2, 1}) ==
          "e");
    CHECK(question.fastest({{"a", right}, {"d", unable}}, {2}) == "a");
}

TEST_CASE("on a processor the GPU's ways say that they can't, and LibTorch's own choice serves") {
    const Question question;
    CHECK(question.fastest({attentionWays().begin(), attentionWays().end()}, {1, 0, 0, 0}) == "libtorch");
}
