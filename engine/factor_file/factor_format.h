// The two ends of a file format. A new format is a new sibling type.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/factor_file/factor_document.h"

namespace ropescope {

// A factor file to be read: its content is in memory, the path is for messages and for files beside it.
struct FactorSource {
    std::filesystem::path path;
    std::string_view content;
    std::optional<RopeGeometry> geometry; // of the model the factors are for, where known
};

class FactorImporter {
public:
    virtual ~FactorImporter() = default;
    // By content; the first importer that says yes reads the file.
    [[nodiscard]] virtual bool recognises(const FactorSource& source) const = 0;
    // Input errors name the place in the file. The caller checks the numbers themselves.
    [[nodiscard]] virtual Result<FactorDocument> read(const FactorSource& source) const = 0;
};

struct RenderedFile {
    std::filesystem::path path;
    std::string content;
    bool isText = true;
};

// The files of an export before they are written: what a person sees first is what is written.
struct RenderedExport {
    std::vector<RenderedFile> files; // the one that was asked for first
    std::vector<std::string> notes;  // what a person should know before using the files
};

class FactorExporter {
public:
    virtual ~FactorExporter() = default;
    // The word for it on the command line ("hf-v5").
    [[nodiscard]] virtual std::string_view name() const = 0;
    // One line for people who choose between formats.
    [[nodiscard]] virtual std::string_view summary() const = 0;
    // What the files for `path` are to hold; touches no file. Usage error naming what the format needs and the
    // document does not say.
    [[nodiscard]] virtual Result<RenderedExport> render(const FactorDocument& document,
                                                        const std::filesystem::path& path) const = 0;
};

} // namespace ropescope
