// Which model a study's numbers belong to, whatever the file is called.
#pragma once

#include <filesystem>
#include <string>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"

namespace ropescope {

// SHA-256 (64 hexadecimal digits) over what the model computes with:
//  - its configuration as this program reads it (shape, norms, rotary embedding and scaling), and
//  - of every tensor of the architecture, in the order of its name: name, shape, stored type, row order and bytes.
// Not over file names, sharding, metadata, vocabulary or buffers that no computation reads. Where the tensors
// exceed 256 MiB, those above 512 KiB count with 8 blocks of 64 KiB at equal distances, the first and the last
// included: a 16 GB model takes a second, and training or quantising it changes every block.
//
// Input errors as of readModelConfig, openCheckpoint and checkTensors. Progress in bytes; stops between tensors.
[[nodiscard]] Outcome<std::string> modelIdentity(const std::filesystem::path& path, const RunControl& control = {});

} // namespace ropescope
