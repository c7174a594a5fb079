// What a training run is asked to do and what became of it: plain values, no LibTorch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/factor_file/factor_document.h"
#include "engine/model/language_model.h"
#include "engine/model/stored_type.h"

namespace ropescope {

// Where the weights come from.
struct ExistingModel {
    std::filesystem::path path; // a folder in Hugging Face layout or a .gguf file
};
// Normal(0, initializer_range of the configuration, 0.02 by default) matrices, norms of 1, biases of 0.
struct FromScratch {
    std::filesystem::path config; // config.json, or the folder that holds it
};
using TrainingStart = std::variant<ExistingModel, FromScratch>;

// All parameters, next-token loss.
struct TokenMethod {};

// Patch-level training (arXiv 2407.12665): stage one reads the mean embedding of `patch` tokens and predicts the
// tokens of the next patch; stage two is ordinary training, optimizer and schedule begun anew.
struct PatchMethod {
    std::int64_t patch = 4;
    double share = 2.0 / 3;  // of the run's tokens that stage one reads, 0 .. 1
    std::int64_t length = 0; // tokens per stage-one sequence; 0: patch x the plan's length
};

// Low-rank adapters (arXiv 2106.09685) on linear layers, merged into the weights on saving; everything else frozen.
struct LoraMethod {
    std::int64_t rank = 8;
    std::optional<double> alpha; // updates count alpha / rank times; 2 x rank where not given
    // Of q, k, v, o, gate, up, down. Where an architecture fuses several into one layer, naming one adapts the layer.
    std::vector<std::string> targets{"q", "k", "v", "o"};
};

// CEPE's stages (arXiv 2402.16617, sections 2.2 and 2.3). First the encoder by itself, a Llama that reads in both
// directions: `share` of the tokens, drawn anew for every step, become the vocabulary's last id, [MASK], and are
// predicted.
struct CepeEncoderMethod {
    double share = 0.3;
};

// What the stages of a CEPE model train: its cross-attention and, if asked, its encoder. The decoder is frozen.
struct ContextReading {
    std::int64_t chunk = 256; // tokens that the encoder reads together
    bool trainEncoder = true;
};
// The encoder reads the decoder's own tokens: cross-attention learns to copy.
struct CepeWarmupMethod {
    ContextReading reading{64, true};
};
// The encoder reads the first tokens of every sequence, the decoder the rest and is scored on it.
struct CepeMethod {
    ContextReading reading;
    std::int64_t context = 0; // first tokens; 0: half of the length
};
// The same, held to the distribution of a teacher that has read the whole sequence: crossEntropy x the NLL + divergence
// x the teacher's divergence, over the teacher's `top` most likely tokens.
struct CepedMethod {
    ContextReading reading;
    std::int64_t context = 0;
    std::filesystem::path teacher; // a model of the same vocabulary; empty: the model's own decoder
    std::filesystem::path targets; // where the teacher's tokens are stored, shared by runs; empty: in the output folder
    std::int64_t top = 50;
    double crossEntropy = 1, divergence = 2;
    std::string mode = "drop"; // see distillation.h
};

// Mixed windows (LongRoPE2, arXiv 2502.20082, "mixed context window training"): some forward passes read their tokens
// as sequences of the model's trained length under its own factors, the others whole under the plan's, so that the
// model learns long windows and keeps its short ones. All parameters. One attention factor serves both, as in every
// runtime of the longrope type; the finished model's configuration carries both lists.
struct MixedMethod {
    double share = 0.1; // of the passes that read short sequences, 0 .. 1; the paper's data is a tenth short
};

using TrainingMethod = std::variant<TokenMethod, PatchMethod, LoraMethod, CepeEncoderMethod, CepeWarmupMethod,
                                    CepeMethod, CepedMethod, MixedMethod>;
// "token", "patch:4,0.5", "lora:8", "cepe-encoder", "cepe-warmup", "cepe", "ceped", "mixed:0.1": as on the command
// line.
[[nodiscard]] std::string methodText(const TrainingMethod& method);
// Of a method that trains a CEPE model; null for the others.
[[nodiscard]] const ContextReading* contextReading(const TrainingMethod& method);
// Tokens of a sequence that the encoder and the decoder of a CEPE model read; the warm-up's read the same ones.
struct ContextSplit {
    std::int64_t encoder = 0, decoder = 0;
};
// Of a method that trains a CEPE model.
[[nodiscard]] ContextSplit contextSplit(const TrainingMethod& method, std::int64_t length);

// What weight decay shrinks: everything, or everything but norms and biases (Hugging Face's Trainer).
enum class DecayGroup { all, matrices };

// AdamW (arXiv 1711.05101) in PyTorch's order of operations.
struct OptimizerSettings {
    double learningRate = 2e-5; // at the peak of the schedule
    double beta1 = 0.9, beta2 = 0.95;
    double epsilon = 1e-8;
    double weightDecay = 0;
    DecayGroup decay = DecayGroup::matrices;
    double clip = 0;                   // largest global gradient norm; 0: no clipping
    std::string schedule = "constant"; // constant | linear | cosine, each stage its own
    std::int64_t warmup = 0;           // steps
};

// Factors and attention factor are trained as well, through their logarithms.
struct FactorLearning {
    double learningRate = 1e-3;
};

struct TrainingPlan {
    TrainingStart start;
    TrainingMethod method;
    std::optional<FactorDocument> factors; // none: as the model is configured
    std::optional<FactorLearning> learnFactors;

    std::int64_t length = 0;       // tokens per sequence
    std::int64_t steps = 0;        // optimizer steps, over all stages
    std::int64_t batch = 1;        // sequences per forward pass
    std::int64_t accumulation = 1; // forward passes per step
    OptimizerSettings optimizer;
    std::uint64_t seed = 42;
    bool crossDocuments = false; // sequences may run over the end of a document

    std::filesystem::path tokenizer; // whose files go with the output; empty: those beside the configuration
    DeviceOptions device;            // bf16: activations and products; weights and optimizer stay float32
    std::filesystem::path output;
    StoredType saveAs = StoredType::f32; // f32 | bf16, of the finished model; checkpoints are always f32
    std::int64_t checkpointInterval = 100;
    bool resume = false; // go on from the newest checkpoint in `output`, from the start where there is none
};

// The model folder, .gguf file or configuration that a plan starts from.
[[nodiscard]] std::filesystem::path trainingSource(const TrainingPlan& plan);

// What a listener learns after each step; `step` counts from 1.
struct TrainingStep {
    std::int64_t step = 0, steps = 0;
    int stage = 0, stages = 1;
    double loss = 0; // before the step
    double smoothedLoss = 0;
    double learningRate = 0;
    double gradientNorm = 0; // before clipping
    double tokensPerSecond = 0;
    double secondsLeft = 0;
};

// Called on the job's thread; may be empty; all but onCheckpoint must be cheap.
struct TrainingEvents {
    // Once all is ready and before the first step: every setting and what is trained on what, as JSON.
    std::function<void(const std::string& plan)> onBegin;
    std::function<void(const TrainingStep&)> onStep;
    std::function<void(const std::string&)> onMessage;
    // A checkpoint is whole: the steps it has and its folder, which stays until two newer ones are. May take its time;
    // it does not count as the run's.
    std::function<void(std::int64_t step, const std::filesystem::path& folder)> onCheckpoint;
};

struct TrainingReport {
    std::int64_t steps = 0, tokens = 0;
    std::int64_t resumedFrom = 0; // steps that an earlier run had done
    std::vector<double> losses;   // before each step; of the patch stage they are no token losses
    double seconds = 0;           // of all runs
    double tokensPerSecond = 0;   // of this run
    std::filesystem::path output;
    std::optional<FactorSet> learnedFactors;
};

// A stage of a run: `steps` steps on sequences of `length` tokens in patches of `patch`.
struct TrainingStage {
    std::int64_t patch = 1, length = 0, firstStep = 0, steps = 0;
    std::int64_t firstWindow = 0; // of the sequences in order, where the stages before it stopped
};

// The stages of a plan, without empty ones. A usage error that says what to change for a plan that makes no sense.
[[nodiscard]] Result<std::vector<TrainingStage>> planStages(const TrainingPlan& plan);

} // namespace ropescope
