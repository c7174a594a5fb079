// What the words on the command line mean: FACTORS, numbers, devices. Shared by every command.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "app/cli/command.h"
#include "engine/base/outcome.h"
#include "engine/factor_file/factor_document.h"
#include "engine/model/language_model.h"
#include "engine/rope/factor_set.h"

namespace ropescope::cli {

// --device, --dtype and --threads as the engine takes them.
[[nodiscard]] DeviceOptions deviceOptions(const CommonOptions& common);

// FACTORS with all that is known of them: none, METHOD:SCALE of engine/rope's methods, a file that can be imported, or
// a study with a search, which gives what the search found. Methods need the geometry; factors must fit it where given.
[[nodiscard]] Result<FactorDocument> factorDocument(const std::string& spec,
                                                    const std::optional<RopeGeometry>& geometry);

// FACTORS as a factor set. `attentionFactor` overrides what
// the method or the file gives. Usage error for an unknown word or a scale outside the method's domain, input error for
// a bad file.
[[nodiscard]] Result<FactorSet> parseFactors(const std::string& spec, const RopeGeometry& geometry,
                                             std::optional<double> attentionFactor = {});

// A whole word as one number; nothing where it holds anything else.
[[nodiscard]] std::optional<double> parseNumber(std::string_view word);

} // namespace ropescope::cli
