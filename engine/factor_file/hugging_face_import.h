// The rotary part of a Hugging Face configuration: a whole config.json or a fragment of one, in the spelling of
// transformers 4 (`rope_scaling`) or 5 (`rope_parameters`), or such a dictionary alone.
#pragma once

#include "engine/factor_file/factor_format.h"

namespace ropescope {

// Every rope type that engine/model reads. What a fragment leaves out (head dimension, theta, lengths) is taken from
// the geometry at hand. Of longrope's two lists the long one is taken.
class HuggingFaceImporter final : public FactorImporter {
public:
    [[nodiscard]] bool recognises(const FactorSource& source) const override;
    [[nodiscard]] Result<FactorDocument> read(const FactorSource& source) const override;
};

} // namespace ropescope
