// What an open study is made of; shared by the sources that implement Study.
#pragma once

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <fmt/format.h>

#include "engine/study/detail/document.h"
#include "engine/study/detail/records.h"
#include "engine/study/study.h"

namespace ropescope {
namespace detail {

// The room's border: failures become values.
template <class Work>
auto guarded(const std::filesystem::path& path, const Work& work) -> Result<decltype(work())> {
    try {
        if constexpr (std::is_void_v<decltype(work())>) {
            work();
            return {};
        } else {
            return work();
        }
    } catch (const StudyFailure& problem) {
        return fail(problem.error);
    } catch (const std::bad_alloc&) {
        return fail(failure(fmt::format("out of memory while reading study {}", path.string())));
    }
}

// Milliseconds since 1970, UTC.
inline std::int64_t now() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace detail

struct Study::Impl {
    std::filesystem::path path;
    detail::Document document;
    StudyContents contents;

    [[nodiscard]] detail::Database& database() { return document.database; }
    bool written = false;

    // One transaction; `apply` then changes the contents in memory, so that both agree.
    template <class Store, class Apply>
    Result<void> change(const Store& store, const Apply& apply) {
        return detail::guarded(path, [&] {
            detail::Transaction transaction(database());
            store();
            transaction.commit();
            written = true;
            apply();
        });
    }
    // Whether these are the model and the text of all that the study holds.
    [[nodiscard]] Result<void> checkSources(const StudyModel& model, const std::optional<StudyText>& text) const {
        if (contents.model && contents.model->sha256 != model.sha256)
            return differs("model", contents.model->path, model.path);
        return text ? checkText(*text) : Result<void>();
    }
    [[nodiscard]] Result<void> checkText(const StudyText& text) const {
        if (contents.text && contents.text->sha256 != text.sha256)
            return differs("text", contents.text->path, text.path);
        return {};
    }
    [[nodiscard]] Result<void> differs(const char* what, const std::string& before, const std::string& found) const {
        return fail(inputError(found, fmt::format("the {} of study {}", what, path.string()), before,
                               fmt::format("another {}: numbers of both would not be comparable, so use a study for "
                                           "each",
                                           what)));
    }
    void storeSources(const StudyModel& model, const std::optional<StudyText>& text) {
        detail::storeModel(database(), model);
        if (text)
            detail::storeText(database(), *text);
    }
    void takeSources(const StudyModel& model, const std::optional<StudyText>& text) {
        contents.model = model;
        if (text)
            contents.text = text;
    }

    // The landscape that goes on under this id, or why there is none.
    [[nodiscard]] Result<StudyProbe*> landscape(ProbeId id) {
        const auto found = std::ranges::find(contents.probes, id, &StudyProbe::id);
        const auto* probe = found == contents.probes.end() ? nullptr : std::get_if<LandscapeProbe>(&found->result);
        if (!probe || probe->finished)
            return fail(usageError(fmt::format("study {} has no unfinished landscape {}", path.string(), id)));
        return &*found;
    }
    StudyTraining* training(TrainingId id) {
        const auto found = std::ranges::find(contents.trainings, id, &StudyTraining::id);
        return found == contents.trainings.end() ? nullptr : &*found;
    }
    StudyBranch* branch(std::string_view name) {
        const auto found = std::ranges::find(contents.branches, name, &StudyBranch::name);
        return found == contents.branches.end() ? nullptr : &*found;
    }
};

} // namespace ropescope
