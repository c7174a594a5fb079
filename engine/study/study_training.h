// Training runs as a study keeps them: every step, and where its checkpoints lie.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace ropescope {

using TrainingId = std::int64_t; // counts up from 1

struct StudyTrainingStep {
    std::int64_t step = 0; // from 1
    int stage = 1;
    double loss = 0, smoothedLoss = 0; // before the step; of a patch stage they are no token losses
    double learningRate = 0;
    double gradientNorm = 0; // before clipping
    double tokensPerSecond = 0;
    bool operator==(const StudyTrainingStep&) const = default;
};

// A model folder that the run has left after a step. It may be gone by now: a run keeps its newest two and its result.
struct StudyCheckpoint {
    std::int64_t step = 0;
    std::string path;
    std::string sha256; // as of StudyModel
    bool operator==(const StudyCheckpoint&) const = default;
};

struct StudyTraining {
    TrainingId id = 0;
    std::int64_t time = 0;  // milliseconds since 1970, UTC: of its beginning
    std::string output;     // its folder
    std::string method;     // as on the command line
    std::string plan;       // every setting, as JSON
    std::int64_t steps = 0; // planned
    bool finished = false;
    std::vector<StudyTrainingStep> done;      // by rising step
    std::vector<StudyCheckpoint> checkpoints; // by rising step
};

// Which checkpoint of which run a probe measured.
struct ProbedCheckpoint {
    TrainingId training = 0;
    std::int64_t step = 0;
    bool operator==(const ProbedCheckpoint&) const = default;
};

} // namespace ropescope
