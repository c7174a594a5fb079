// Small runs of the trainer on the models of the fixtures.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "engine/base/atomic_file.h"
#include "engine/train/trainer.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

namespace ropescope::test {

inline std::vector<TokenId> pseudoRandomIds(std::size_t count, std::uint32_t x, std::uint32_t vocabulary = 284) {
    std::vector<TokenId> ids;
    while (ids.size() < count) {
        x = (1103515245U * x + 12345U) & 0x7fffffffU;
        ids.push_back(static_cast<TokenId>((x >> 16) % vocabulary));
    }
    return ids;
}

// One document of ids.
inline CorpusText textOf(std::vector<TokenId> ids, bool inOrder) {
    Corpus corpus;
    std::string name;
    for (const TokenId id : ids)
        name += std::to_string(id) + ' ';
    corpus.documents.push_back({"ids", std::move(ids)});
    corpus.sha256 = name;
    return {std::move(corpus), inOrder};
}

inline TrainingPlan planFor(TrainingStart start, const std::filesystem::path& output) {
    TrainingPlan plan;
    plan.start = std::move(start);
    plan.output = output;
    plan.device.device = "cpu";
    plan.device.type = ComputeType::fp32;
    plan.device.threads = 1;
    plan.length = 32;
    plan.steps = 3;
    plan.batch = 2;
    plan.optimizer.learningRate = 1e-3;
    return plan;
}

inline TrainingReport trained(const TrainingPlan& plan, const TrainingText& text) {
    const auto outcome = train(plan, text, {}, {});
    if (const auto* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    REQUIRE(std::holds_alternative<TrainingReport>(outcome));
    return std::get<TrainingReport>(outcome);
}

inline Error refused(const TrainingPlan& plan, const TrainingText& text) {
    const auto outcome = train(plan, text, {}, {});
    REQUIRE(std::holds_alternative<Error>(outcome));
    return std::get<Error>(outcome);
}

inline std::string contentOf(const std::filesystem::path& file) {
    return readFile(file).value();
}

// Trains to the end at one go, and once more with an interruption after `stopAfter` steps.
inline void checkResumption(TrainingPlan plan, const TrainingText& text, std::int64_t stopAfter) {
    const TemporaryFolder folder;
    plan.checkpointInterval = 3;
    plan.output = folder.path() / "whole";
    const TrainingReport whole = trained(plan, text);

    plan.output = folder.path() / "parts";
    std::stop_source stop;
    TrainingEvents events;
    events.onStep = [&](const TrainingStep& step) {
        if (step.step == stopAfter)
            stop.request_stop();
    };
    CHECK(std::holds_alternative<Cancelled>(train(plan, text, events, {stop.get_token(), {}})));
    CHECK_FALSE(std::filesystem::exists(plan.output / "config.json"));
    // What a killed run may leave besides.
    std::filesystem::create_directories(plan.output / "checkpoint-9.unfinished");
    plan.resume = true;
    const TrainingReport parts = trained(plan, text);
    CHECK(parts.resumedFrom == stopAfter);
    CHECK(parts.losses == whole.losses);
    CHECK(parts.tokens == whole.tokens);
    CHECK_FALSE(std::filesystem::exists(plan.output / "checkpoint-9.unfinished"));
    for (const char* file : {"model.safetensors", "config.json"})
        CHECK(contentOf(folder.path() / "parts" / file) == contentOf(folder.path() / "whole" / file));
}

} // namespace ropescope::test
