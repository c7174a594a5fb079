// The stages of CEPE's training as objectives of the trainer (arXiv 2402.16617, section 2.3).
#pragma once

#include <cstdint>
#include <memory>

#include "engine/train/detail/cepe_objective.h"
#include "engine/train/detail/teacher.h"
#include "engine/train/detail/training_objective.h"

namespace ropescope::detail {

// Which tokens of a sequence the encoder reads, in chunks; the decoder reads the rest and is scored on it.
struct ContextShape {
    std::int64_t context = 0, chunk = 0;
    // Of ids [sequences, length].
    [[nodiscard]] CepeBatch split(const at::Tensor& ids) const;
};

// Warm-up: the encoder reads, in chunks, what the decoder reads.
[[nodiscard]] std::unique_ptr<TrainingObjective> duplicatedInput(std::shared_ptr<CepeNetwork> network,
                                                                 const ObjectiveParts& parts, std::int64_t chunk);
// The main stage.
[[nodiscard]] std::unique_ptr<TrainingObjective> leadingContext(std::shared_ptr<CepeNetwork> network,
                                                                const ObjectiveParts& parts, ContextShape shape);
// CEPED: the main stage held to a teacher as well.
[[nodiscard]] std::unique_ptr<TrainingObjective> distilledContext(std::shared_ptr<CepeNetwork> network,
                                                                  const ObjectiveParts& parts, ContextShape shape,
                                                                  CepeLossWeights weights,
                                                                  std::unique_ptr<Teacher> teacher);

} // namespace ropescope::detail
