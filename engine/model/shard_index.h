// The index beside sharded weights, safetensors or PyTorch: which tensor lies in which file.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <string>

#include "engine/base/outcome.h"

namespace ropescope {

// "weight_map" of the index: file names by tensor. Input error unless each is the plain name of a file beside it.
[[nodiscard]] Result<std::map<std::string, std::string>> readShardIndex(const std::filesystem::path& index);

// Calls `addFile` for every file of the index; it adds the names of the file's tensors to `seen`. Input error where a
// tensor of the index is in none of them.
[[nodiscard]] Result<void>
addShards(const std::filesystem::path& index,
          const std::function<Result<void>(const std::filesystem::path&, std::set<std::string>& seen)>& addFile);

} // namespace ropescope
