// From a path that a person chose to the setup that the window shows.
#pragma once

#include <optional>
#include <string>

#include <QString>

#include "engine/base/outcome.h"
#include "engine/search/trace.h"
#include "engine/study/study_contents.h"
#include "views/models/setup_model.h"

namespace ropescope {

// Reads the model's configuration (a folder, a .gguf file or "demo"), not its weights: fast enough for the GUI thread.
// The target starts at eight times the trained length, or the longest there is.
[[nodiscard]] Result<Setup> setupForModel(const QString& path);

// The setup that a study's search was made with, or else its newest probe, or else what the window had; the study
// itself knows the model's geometry, so its files need not be there. Usage error for a study that says neither.
[[nodiscard]] Result<Setup> setupOfStudy(const StudyContents& contents, const QString& device);

// The name among a study's view states of what the window had, and that as JSON: for a study without numbers, which
// would know of no model and no text.
inline constexpr const char* setupViewState = "setup";
[[nodiscard]] std::string setupState(const Setup& setup);
// The reverse; nothing where it says no geometry that a model could have.
[[nodiscard]] std::optional<Setup> setupOfState(const std::string& kept);

// The setup of a published search: its model's geometry and lengths, and nothing to compute with. Input error when the
// trace does not say what model it belongs to.
[[nodiscard]] Result<Setup> setupOfTrace(const SearchTrace& trace);

// What a path is called in the setup bar: the folder's or file's name, or what stands for the bundled ones.
[[nodiscard]] QString modelTitle(const QString& path);
[[nodiscard]] QString textTitle(const QString& path);
// "demo" for the bundled text, wherever it lies.
[[nodiscard]] QString textForm(const QString& path);

} // namespace ropescope
