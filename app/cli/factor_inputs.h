// What the factor commands share: which model's rotary embedding is meant, and FACTORS for it.
#pragma once

#include <optional>
#include <string>

#include "app/cli/command.h"
#include "engine/factor_file/factor_document.h"
#include "engine/rope/factor_set.h"

namespace ropescope::cli {

// --model MODEL, or --theta, --head-dim and --trained-length [--rotary-dim].
class GeometryOptions {
public:
    void declare(CLI::App& app);
    // As given; empty without one.
    [[nodiscard]] const std::string& model() const { return m_model; }
    // Nothing where no option was given; usage error for a part of a geometry.
    [[nodiscard]] Result<std::optional<RopeGeometry>> geometry() const;
    // The same, where a command can't do without.
    [[nodiscard]] Result<RopeGeometry> requiredGeometry() const;

private:
    std::string m_model;
    std::optional<double> m_theta;
    std::optional<int> m_headDim, m_rotaryDim;
    std::optional<std::int64_t> m_trainedLength;
};

// FACTORS as a document, with --attention-factor over it. Its notes are shown to the person.
[[nodiscard]] Result<FactorDocument> readFactors(const std::string& spec, const std::optional<RopeGeometry>& geometry,
                                                 std::optional<double> attentionFactor, Console& console);

} // namespace ropescope::cli
