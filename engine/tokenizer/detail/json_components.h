// The parts of a tokenizer.json by their "type". An unknown type is an input error that names it.
#pragma once

#include <memory>
#include <vector>

#include "engine/tokenizer/detail/decoder.h"
#include "engine/tokenizer/detail/json_view.h"
#include "engine/tokenizer/detail/normalizer.h"
#include "engine/tokenizer/detail/pipeline_tokenizer.h"
#include "engine/tokenizer/detail/pre_tokenizer.h"

namespace ropescope::detail {

[[nodiscard]] std::unique_ptr<Normalizer> readNormalizer(const JsonView& json);
[[nodiscard]] std::unique_ptr<PreTokenizer> readPreTokenizer(const JsonView& json);
// Templates in the order of application; rules about offsets only give none.
[[nodiscard]] std::vector<Template> readPostProcessor(const JsonView& json);
[[nodiscard]] std::unique_ptr<Decoder> readDecoder(const JsonView& json);

} // namespace ropescope::detail
