// The folder of a training run: checkpoints while it lasts, the model in the end. Everything in it is whole or absent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <vector>

#include "engine/base/run_control.h"
#include "engine/model/stored_type.h"
#include "engine/train/detail/trained_weights.h"

namespace ropescope::detail {

class RunFolder {
public:
    // Makes the folder and removes what an earlier run left unfinished. Raises a usage error where it holds a run or a
    // model already, unless `resume`; with it, where it holds a model that no checkpoint leads to.
    RunFolder(std::filesystem::path path, bool resume);

    struct Saved {
        std::int64_t step = 0;
        std::filesystem::path folder;
    };
    // The newest whole checkpoint.
    [[nodiscard]] std::optional<Saved> newest() const;

    // Has `fill` write a checkpoint aside, gives it its name and removes all but the newest two. When `fill` raises,
    // nothing of the new one is left.
    void save(std::int64_t step, const std::function<void(const std::filesystem::path&)>& fill) const;

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }

private:
    [[nodiscard]] std::vector<Saved> checkpoints() const; // oldest first

    std::filesystem::path m_path;
};

// Writes tensors as `type` into model.safetensors (or shards) of `folder`, which is made where it is missing. Raises.
void saveTensors(const std::filesystem::path& folder, const std::vector<NamedTensor>& tensors, StoredType type,
                 const RunControl& control);

} // namespace ropescope::detail
