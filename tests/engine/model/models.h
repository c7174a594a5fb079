// Models of the fixtures and questions to them, for tests of the forward pass.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <numeric>
#include <span>
#include <vector>

#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "tests/support/catch.h"

namespace ropescope::test {

inline std::shared_ptr<LanguageModel> loadModel(const std::filesystem::path& path,
                                                ComputeType type = ComputeType::fp32) {
    DeviceOptions options;
    options.device = "cpu";
    options.type = type;
    Outcome<std::shared_ptr<LanguageModel>> outcome = loadLanguageModel(path, options, {});
    if (const Error* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    REQUIRE(std::holds_alternative<std::shared_ptr<LanguageModel>>(outcome));
    return std::get<std::shared_ptr<LanguageModel>>(outcome);
}

inline std::vector<std::vector<float>> nllOf(LanguageModel& model, std::span<const NllQuery> queries) {
    Outcome<std::vector<std::vector<float>>> outcome = model.tokenNll(queries, FullAttention{}, {});
    if (const Error* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    REQUIRE(std::holds_alternative<std::vector<std::vector<float>>>(outcome));
    return std::get<std::vector<std::vector<float>>>(outcome);
}

inline std::vector<float> nllOf(LanguageModel& model, std::span<const TokenId> ids, const FactorSet& factors) {
    const NllQuery query{ids, &factors};
    return nllOf(model, {&query, 1}).front();
}

inline std::vector<float> fed(DecodingSession& session, std::span<const TokenId> ids) {
    Outcome<std::vector<float>> outcome = session.feed(ids, {});
    if (const Error* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    REQUIRE(std::holds_alternative<std::vector<float>>(outcome));
    return std::get<std::vector<float>>(outcome);
}

inline double mean(const std::vector<float>& values) {
    return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

} // namespace ropescope::test
