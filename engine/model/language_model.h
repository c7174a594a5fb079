// A loaded model: weights on a device, and the computations that probes, searches and training ask of it. The
// public face is std-only; LibTorch stays in the .cpp files and engine/model/detail.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/attention_form.h"
#include "engine/model/model_config.h"
#include "engine/rope/factor_set.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope {

enum class ComputeType { automatic, fp32, bf16 };

struct DeviceOptions {
    std::string device = "auto"; // auto | cpu | cuda | cuda:N
    ComputeType type = ComputeType::automatic;
    int threads = 0; // 0: all processors this process may use
};

// One sequence to be scored under one factor set.
struct NllQuery {
    std::span<const TokenId> ids;
    const FactorSet* factors = nullptr;
};

// A sequence under decoding: its KV cache. Not thread-safe; must not outlive the model.
class DecodingSession {
public:
    virtual ~DecodingSession() = default;
    // Feeds ids (any number, on any cache length) and returns the last position's logits, one per vocabulary
    // entry.
    [[nodiscard]] virtual Outcome<std::vector<float>> feed(std::span<const TokenId> ids, const RunControl& control) = 0;
    [[nodiscard]] virtual std::int64_t length() const = 0;
    // Forgets everything after the first `length` tokens, so that a shared prefix is computed once.
    [[nodiscard]] virtual Result<void> truncate(std::int64_t length) = 0;
};

struct NllGradient {
    double nll = 0;
    std::vector<double> byLogFactor; // d mean NLL / d ln factor_i
    double byAttentionFactor = 0;    // d mean NLL / d attention factor
};

// One job at a time; calls on one model must not overlap. Every call returns Error with advice when memory
// runs out.
class LanguageModel {
public:
    virtual ~LanguageModel() = default;

    [[nodiscard]] virtual const ModelConfig& config() const = 0;
    [[nodiscard]] virtual std::string deviceName() const = 0;
    [[nodiscard]] virtual ComputeType computeType() const = 0;
    [[nodiscard]] virtual std::int64_t parameters() const = 0;

    // Per query the n-1 token NLLs in nats: entry t is -ln p(ids[t+1] | ids[0..t]). Queries of equal length
    // may run as one batch, which changes nothing beyond rounding. The vocabulary head runs in chunks; memory
    // is linear in length.
    [[nodiscard]] virtual Outcome<std::vector<std::vector<float>>>
    tokenNll(std::span<const NllQuery> queries, const AttentionForm& attention, const RunControl& control) = 0;

    [[nodiscard]] virtual std::unique_ptr<DecodingSession> startDecoding(const FactorSet& factors,
                                                                         const AttentionForm& attention) = 0;

    // Exact gradient of the mean NLL by automatic differentiation with activation checkpointing.
    [[nodiscard]] virtual Outcome<NllGradient> nllGradient(std::span<const TokenId> ids, const FactorSet& factors,
                                                           const AttentionForm& attention,
                                                           const RunControl& control) = 0;

    // Bytes in use by this process at the highest point since the last reset (device memory on a GPU,
    // resident set on a CPU).
    [[nodiscard]] virtual std::int64_t peakMemoryBytes() const = 0;
    virtual void resetPeakMemory() = 0;
};

// Loads a model folder or a .gguf file, one tensor at a time to its final place and type.
[[nodiscard]] Outcome<std::shared_ptr<LanguageModel>>
loadLanguageModel(const std::filesystem::path& path, const DeviceOptions& options, const RunControl& control);

} // namespace ropescope
