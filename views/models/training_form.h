// What the Training page asks for: every field of the form as a plain value, and what is wrong with each.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include <QString>
#include <QStringList>

#include "engine/rope/factor_set.h"
#include "views/models/factor_set_store.h"
#include "views/models/setup_model.h"

namespace ropescope {

// What is trained: all weights on tokens, adapters of low rank on tokens, all weights on patches and then on tokens, or
// all weights on long sequences mixed with short ones; CEPE's encoder on hidden tokens, or a CEPE model's stages:
// warm-up on duplicated input, reading a context, and the same held to a teacher.
enum class TrainingMethodChoice { token, lora, patch, mixed, cepeEncoder, cepeWarmup, cepe, ceped };

// Of a method that trains a CEPE model's reading of a context.
[[nodiscard]] bool readsContext(TrainingMethodChoice method);
// A checkpoint's perplexity says how the run goes: not of an encoder, nor of a CEPE model's frozen decoder by itself.
[[nodiscard]] bool measurable(TrainingMethodChoice method);

// What activations and products are computed in; weights and optimizer stay float32.
enum class ComputeChoice { automatic, fp32, bf16 };

// AdamW's settings, as a recipe gives them or a person changes them.
struct OptimizerChoice {
    double learningRate = 2e-5; // at the peak of the schedule
    double beta1 = 0.9;
    double beta2 = 0.95;
    double epsilon = 1e-8;
    double weightDecay = 0;
    bool decayAll = false; // norms and biases as well
    double clip = 1;       // largest gradient norm; 0: none
    QString schedule = QStringLiteral("linear");
    std::int64_t warmup = 20; // steps
};

// Published settings by name; picking one fills the fields.
struct TrainingPreset {
    QString name;   // "dcis"
    QString source; // where the numbers were published
    std::int64_t steps = 0;
    std::int64_t batch = 1;
    std::int64_t accumulation = 1;
    TrainingMethodChoice method = TrainingMethodChoice::token;
    OptimizerChoice optimizer;
};

struct TrainingForm {
    bool fromScratch = false; // new weights in the model's shape, in place of its own
    QString textPath;         // empty: the window's text
    bool useFactors = true;   // the current set's; else as the model is configured
    bool learnFactors = false;
    TrainingMethodChoice method = TrainingMethodChoice::token;
    std::int64_t rank = 8;
    double alpha = 0; // 0: 2 x rank
    // Of q, k, v, o, gate, up, down.
    QStringList targets{QStringLiteral("q"), QStringLiteral("k"), QStringLiteral("v"), QStringLiteral("o")};
    std::int64_t patch = 4;
    double share = 2.0 / 3;   // of the tokens that the patch stage reads
    double shortShare = 0.1;  // of the passes that read sequences of the trained length under the model's own factors
    double masked = 0.3;      // of the tokens that an encoder must guess
    std::int64_t chunk = 0;   // tokens that the encoder reads together; 0: the method's usual number
    std::int64_t context = 0; // tokens of a sequence that the encoder reads; 0: half of them
    bool trainEncoder = true; // with the cross-attention
    QString teacher;          // a folder or .gguf file; empty: the model's own decoder
    std::int64_t teacherTop = 50;
    QString divergence = QStringLiteral("drop"); // as on the command line
    double lossWeight = 1;
    double divergenceWeight = 2;
    QString preset; // empty: own settings
    std::int64_t length = 0;
    std::int64_t steps = 100;
    std::int64_t batch = 1;
    std::int64_t accumulation = 8; // passes per step
    OptimizerChoice optimizer;
    bool saveBf16 = false;
    std::int64_t seed = 42;
    ComputeChoice compute = ComputeChoice::automatic;
    bool crossDocuments = false; // sequences may run over the end of a document
    double factorRate = 1e-3;    // of learned factors
    std::int64_t checkpointInterval = 50;
    std::int64_t probeWindows = 4; // scored before the first step and at every checkpoint; 0: none
    QString output;                // a folder that is made

    [[nodiscard]] std::int64_t tokensPerStep() const { return length * batch * accumulation; }
    void apply(const TrainingPreset& preset);
};

enum class TrainingField {
    model,
    text,
    factors,
    method,
    patch,
    share,
    shortShare,
    targets,
    context,
    length,
    steps,
    batch,
    learningRate,
    warmup,
    clip,
    weightDecay,
    factorRate,
    output
};

// What an output folder holds already.
struct OutputState {
    enum class Kind { free, unfinishedRun, model, file };
    Kind kind = Kind::free;
    std::int64_t step = 0; // of the newest checkpoint of an unfinished run
};
[[nodiscard]] OutputState outputState(const QString& folder);

// Why a run can't start, by the field that has to change; empty when it can. An unfinished run in the output folder is
// no problem: it is gone on with. `set` is the current one, null for none.
[[nodiscard]] std::map<TrainingField, QString> trainingProblems(const TrainingForm& form, const Setup& setup,
                                                                const FactorSetEntry* set);

// "2e-5", "0.0003", as people write rates.
[[nodiscard]] QString rateText(double rate);
// NaN for what is no number.
[[nodiscard]] double rateFrom(const QString& text);

// What adapters can refine: q, k, v and o of the attention, gate, up and down of the feed-forward layers.
[[nodiscard]] QStringList adapterTargets();

// "all weights", "low-rank adapters, rank 8", "patches of 4 for 67 %, then tokens".
[[nodiscard]] QString methodWords(const TrainingForm& form);

} // namespace ropescope
