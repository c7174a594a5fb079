// Python pickles of torch.save, read as data: the instructions are followed only as far as building numbers, texts,
// tuples, lists, dictionaries and tensors; nothing is ever imported or called.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"

namespace ropescope {

enum class PickleKind { none, boolean, integer, real, text, tuple, list, dictionary, global, storage, tensor };

// One object; parts are indices into Pickle::objects. Objects can be shared and, in a hostile file, contain
// themselves.
struct PickleObject {
    PickleKind kind = PickleKind::none;
    std::int64_t integer = 0; // integers and booleans; storages: number of elements
    double real = 0;
    std::string text; // text; globals "module name"; storages: the entry's key
    // tuple, list: items; dictionary: key, value, key, value...; storage: {global of its type};
    // tensor: {storage, offset, shape tuple, stride tuple}
    std::vector<std::uint32_t> parts;
};

struct Pickle {
    std::vector<PickleObject> objects;
    std::uint32_t top = 0; // the value that the pickle stands for
};

// Protocols 2 to 5. Input error for a global that is none of torch's tensor parts (naming it), for an instruction
// that state dicts don't need, and for anything inconsistent or truncated. `file` is for messages.
[[nodiscard]] Result<Pickle> readPickle(std::string_view bytes, const std::string& file);

} // namespace ropescope
