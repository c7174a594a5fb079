// One model, one sequence, timed: loading, then forward passes that score every token. Prints one JSON object.
// tests/bench/compare_transformers.py runs it in turn with Hugging Face transformers.
#include <chrono>
#include <cstdlib>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"

using namespace ropescope;

namespace {

struct Settings {
    std::string model;
    std::string ids; // a .json file {"ids": [...]}
    std::int64_t length = 2048;
    int batch = 1; // sequences of that length in one call, each with factors of its own
    int repeats = 3;
    std::string type = "auto";
    DeviceOptions device;
};

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The result, or the end of the program with the error's message.
template <class Value>
Value valueOf(Outcome<Value> outcome) {
    if (const Error* error = std::get_if<Error>(&outcome)) {
        std::cerr << error->message << '\n';
        std::exit(1);
    }
    return std::get<Value>(std::move(outcome));
}

nlohmann::json measure(const Settings& settings) {
    const auto start = std::chrono::steady_clock::now();
    const auto model = valueOf(loadLanguageModel(settings.model, settings.device, {}));
    const double loadSeconds = secondsSince(start);
    const std::int64_t loadPeak = model->peakMemoryBytes();
    const auto file = nlohmann::json::parse(readFile(settings.ids).value());
    auto ids = file["ids"].get<std::vector<TokenId>>();
    ids.resize(static_cast<std::size_t>(settings.length));

    std::vector<FactorSet> sets(static_cast<std::size_t>(settings.batch), unscaled(model->config().rope));
    for (std::size_t i = 1; i < sets.size(); ++i)
        sets[i].factors.back() += 0.5 * static_cast<double>(i);
    std::vector<NllQuery> queries;
    for (const FactorSet& set : sets)
        queries.push_back({ids, &set});

    std::vector<double> seconds;
    double sum = 0;
    for (int repeat = 0; repeat < settings.repeats; ++repeat) {
        const auto began = std::chrono::steady_clock::now();
        const auto nll = valueOf(model->tokenNll(queries, FullAttention{}, {}));
        seconds.push_back(secondsSince(began));
        sum = 0;
        for (const float value : nll.front())
            sum += value;
    }
    return {{"load_seconds", loadSeconds},
            {"load_peak_bytes", loadPeak},
            {"seconds", seconds},
            {"nll", sum / static_cast<double>(settings.length - 1)},
            {"type", model->computeType() == ComputeType::bf16 ? "bf16" : "fp32"},
            {"peak_bytes", model->peakMemoryBytes()}};
}

} // namespace

int main(int argc, char** argv) {
    Settings settings;
    settings.device.device = "cpu";
    CLI::App app("Times loading and forward passes of one model");
    app.add_option("MODEL", settings.model)->required();
    app.add_option("--ids", settings.ids)->required();
    app.add_option("--length", settings.length);
    app.add_option("--batch", settings.batch);
    app.add_option("--repeats", settings.repeats);
    app.add_option("--device", settings.device.device);
    app.add_option("--threads", settings.device.threads);
    app.add_option("--dtype", settings.type)->check(CLI::IsMember({"auto", "fp32", "bf16"}));
    CLI11_PARSE(app, argc, argv);
    if (settings.type != "auto")
        settings.device.type = settings.type == "bf16" ? ComputeType::bf16 : ComputeType::fp32;
    std::cout << measure(settings).dump() << '\n';
    return 0;
}
