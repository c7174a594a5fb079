// Recorded searches: of the authors' program on synthetic scores, and the decision trees of published factor
// files. They can be replayed and stepped without a model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/search/settings.h"
#include "engine/search/synthetic_objective.h"

namespace ropescope {

// What was recorded of one segment; whatever a trace leaves out isn't compared.
struct RecordedSegment {
    Segment segment;
    std::optional<int> level;
    std::optional<double> low, high, step;
    std::optional<std::vector<double>> increments;
    std::optional<std::vector<double>> scores; // NaN where recorded as null
    std::optional<int> valid;
    std::optional<std::optional<int>> best; // recorded; and none won
    std::optional<std::vector<int>> top;
    std::optional<std::vector<double>> factorsAfter;
    std::optional<double> childLow, childHigh;
};

// A search recorded with its scores, with the function that gave them, or both.
struct RecordedSearch {
    std::vector<RecordedSegment> segments; // in the order visited; may be empty where there is an objective
    std::optional<SyntheticObjective> objective;
    std::vector<IncrementWindow> finalWindows; // two per pair, or empty
    std::optional<std::int64_t> evaluations;
    std::optional<std::optional<double>> finalScore; // recorded; and none known
};

// A tree recovered from a published factor file: winners and the hull of the best, no scores.
struct DecisionTree {
    struct Node {
        Segment segment;
        std::optional<int> best;                 // none: no increment was valid
        std::optional<std::pair<int, int>> hull; // lowest and highest index of the best; last segments need none
    };
    std::vector<Node> nodes; // in the order visited
    double tolerance = 1e-5; // of the final factors, which were published with few digits
};

struct SearchTrace {
    std::string name;   // for people
    std::string source; // where it comes from, where that is recorded
    DcisOptions options;
    FactorSet start;
    std::optional<RopeGeometry> geometry; // of the model that was searched, where that is recorded
    double scale = 1;                     // target length / trained length, where that is recorded
    std::vector<double> final;            // empty where a recorded search leaves it out
    std::variant<RecordedSearch, DecisionTree> record;

    [[nodiscard]] SearchSettings settings() const { return {options, start}; }
};

// All traces of a file: one object, or a list of them. Input errors name the place.
[[nodiscard]] Result<std::vector<SearchTrace>> readTraces(const std::filesystem::path& path);

} // namespace ropescope
