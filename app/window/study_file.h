// The study that a window's jobs write into: the search and the probes share one file.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "app/window/job_queue.h"
#include "app/window/laboratory.h"
#include "engine/study/study.h"

namespace ropescope {

// The target length of a study that holds no search, among its view states.
inline constexpr const char* targetLengthState = "target length";

// Used inside jobs only: the queue's order is what protects it. Opened at the first call that needs it; destruction
// frees the file's lock.
class StudyFile {
public:
    // An existing file, or where one will be made.
    explicit StudyFile(std::filesystem::path path) : m_path(std::move(path)) {}

    [[nodiscard]] const std::filesystem::path& path() const { return m_path; }
    // Of jobs that compute for this file, and of those that only read or write it.
    [[nodiscard]] JobNeeds engineNeeds() const { return {true, QString::fromStdString(m_path.string())}; }
    [[nodiscard]] JobNeeds fileNeeds() const { return {false, QString::fromStdString(m_path.string())}; }

    // The pointer lives as long as this. Error when there is no such file.
    [[nodiscard]] Result<Study*> open() { return openWith(Study::open); }
    [[nodiscard]] Result<Study*> openOrCreate() { return openWith(Study::openOrCreate); }
    // For numbers of this setup's model and text (`bench` as opened from it): says which they are, and the target
    // length that the window had. Input error when the study belongs to others.
    [[nodiscard]] Outcome<Study*> openFor(const Setup& setup, const LabBench& bench, const RunControl& control);

private:
    template <class Opener>
    [[nodiscard]] Result<Study*> openWith(const Opener& opener) {
        if (!m_study) {
            auto study = opener(m_path);
            if (!study)
                return fail(study.error());
            m_study.emplace(std::move(*study));
        }
        return &*m_study;
    }

    std::filesystem::path m_path;
    std::optional<Study> m_study;
    std::string m_sources; // the paths that were found to be the study's
};

} // namespace ropescope
