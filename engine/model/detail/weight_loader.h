// Brings checkpoint tensors to their final place and type, one at a time.
#pragma once

#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/base/run_control.h"
#include "engine/model/checkpoint.h"
#include "engine/model/detail/layers.h"

namespace ropescope::detail {

// Reads tensors by name, checks their shapes and converts them, with all threads, straight into the tensor
// that stays. The file's pages are given back to the system as soon as they are read, so the peak is the
// weights themselves plus one tensor. Raises EngineFailure on a missing or misshapen tensor and StopNoticed on
// a stop request. Use from one thread.
class WeightLoader {
public:
    WeightLoader(std::shared_ptr<const Checkpoint> checkpoint, at::ScalarType type, at::Device device,
                 RunControl control);

    // [rows, columns] in the compute type.
    [[nodiscard]] at::Tensor matrix(const std::string& name, std::int64_t rows, std::int64_t columns);
    // The projections `modules` ("....q_proj"), each with its number of output rows, stacked; with their
    // biases where `bias`.
    [[nodiscard]] Linear linear(const std::vector<std::pair<std::string, std::int64_t>>& modules, std::int64_t columns,
                                bool bias);
    [[nodiscard]] RmsNorm rmsNorm(const std::string& module, std::int64_t width, double epsilon);
    [[nodiscard]] LayerNorm layerNorm(const std::string& module, std::int64_t width, double epsilon);

    // Raises when the checkpoint holds weights that nothing above asked for: computing without them would give
    // wrong numbers silently. `ignored` are name endings of saved buffers that are no weights.
    void requireAllRead(const std::vector<std::string>& ignoredEndings, const std::vector<std::string>& ignored) const;

    [[nodiscard]] std::int64_t parametersRead() const { return m_parameters; }

private:
    const StoredTensor& stored(const std::string& name, const std::vector<std::int64_t>& shape);
    at::Tensor vector(const std::string& name, std::int64_t width);
    void read(const StoredTensor& tensor, std::int64_t rows, std::int64_t columns, at::Tensor target);
    void advance(const StoredTensor& tensor);

    std::shared_ptr<const Checkpoint> m_checkpoint;
    at::ScalarType m_type;
    at::Device m_device;
    RunControl m_control;
    std::set<std::string> m_read;
    std::int64_t m_parameters = 0;
    double m_bytesRead = 0, m_bytesTotal = 0;
};

} // namespace ropescope::detail
