#include "engine/study/study.h"

#include <algorithm>
#include <chrono>
#include <iterator>

#include <fmt/format.h>

#include "engine/study/detail/document.h"
#include "engine/study/detail/records.h"

namespace ropescope {
namespace {

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
    } catch (const detail::StudyFailure& problem) {
        return fail(problem.error);
    } catch (const std::bad_alloc&) {
        return fail(failure(fmt::format("out of memory while reading study {}", path.string())));
    }
}

std::int64_t now() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

} // namespace

SearchEvent searchEvent(const StudyEvent& event) {
    if (const auto* evaluation = std::get_if<StudyEvaluation>(&event.what))
        return Scored{evaluation->candidate.id, evaluation->score, evaluation->reused};
    return toEvent(std::get<SearchEdit>(event.what));
}

const StudyEvent* StudyContents::event(EventId id) const {
    return id >= 1 && id <= static_cast<EventId>(events.size()) ? &events[static_cast<std::size_t>(id - 1)] : nullptr;
}

const StudyBranch* StudyContents::branch(std::string_view name) const {
    const auto found =
        std::find_if(branches.begin(), branches.end(), [&](const auto& one) { return one.name == name; });
    return found == branches.end() ? nullptr : &*found;
}

std::vector<const StudyEvent*> StudyContents::pathTo(EventId head) const {
    std::vector<const StudyEvent*> path;
    for (const StudyEvent* step = event(head); step; step = event(step->parent))
        path.push_back(step);
    std::reverse(path.begin(), path.end());
    return path;
}

Result<StudyContents> readStudy(const std::filesystem::path& path) {
    return guarded(path, [&] { return detail::readDocument(path); });
}

struct Study::Impl {
    std::filesystem::path path;
    detail::Document document;
    StudyContents contents;

    [[nodiscard]] detail::Database& database() { return document.database; }
    bool written = false;

    // One transaction; `apply` then changes the contents in memory, so that both agree.
    template <class Store, class Apply>
    Result<void> change(const Store& store, const Apply& apply) {
        return guarded(path, [&] {
            detail::Transaction transaction(database());
            store();
            transaction.commit();
            written = true;
            apply();
        });
    }
    StudyBranch* branch(std::string_view name) {
        const auto found = std::ranges::find(contents.branches, name, &StudyBranch::name);
        return found == contents.branches.end() ? nullptr : &*found;
    }
};

Study::Study(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Study::Study(Study&&) noexcept = default;
Study& Study::operator=(Study&&) noexcept = default;

Study::~Study() {
    if (!m_impl || !m_impl->document.created || m_impl->written)
        return;
    std::error_code ignored;
    std::filesystem::remove(m_impl->path, ignored); // nothing was written: leave no empty document
}

Result<Study> Study::openFile(const std::filesystem::path& path, bool mayCreate) {
    return guarded(path, [&] {
        int version = 0;
        auto document = detail::openDocument(path, mayCreate, version);
        auto impl = std::make_unique<Impl>(Impl{path, std::move(document), {}});
        impl->contents = detail::readContents(impl->database());
        impl->contents.version = version;
        return Study(std::move(impl));
    });
}

Result<Study> Study::open(const std::filesystem::path& path) {
    return openFile(path, false);
}

Result<Study> Study::openOrCreate(const std::filesystem::path& path) {
    return openFile(path, true);
}

const std::filesystem::path& Study::path() const {
    return m_impl->path;
}

const StudyContents& Study::contents() const {
    return m_impl->contents;
}

Result<void> Study::beginSearch(const StudyModel& model, const StudyText& text, const StudySearch& search) {
    if (m_impl->contents.search)
        return fail(usageError(fmt::format("study {} holds a search already", path().string())));
    return m_impl->change([&] { detail::insertSearch(m_impl->database(), model, text, search); },
                          [&] {
                              m_impl->contents.model = model;
                              m_impl->contents.text = text;
                              m_impl->contents.search = search;
                              m_impl->contents.branches = {{std::string(firstBranch)}};
                              m_impl->contents.currentBranch = firstBranch;
                          });
}

Result<void> Study::moveSources(const std::string& modelPath, const std::string& textPath) {
    return m_impl->change(
        [&] {
            m_impl->database().prepare("UPDATE model SET path = ?").bind(modelPath).run();
            m_impl->database().prepare("UPDATE text SET path = ?").bind(textPath).run();
        },
        [&] {
            m_impl->contents.model->path = modelPath;
            m_impl->contents.text->path = textPath;
        });
}

Result<void> Study::append(std::string_view branchName, std::span<const NewEvent> events) {
    StudyBranch* branch = m_impl->branch(branchName);
    if (!branch)
        return fail(usageError(fmt::format("study {} has no branch {}", path().string(), branchName)));
    std::vector<StudyEvent> rows;
    EventId parent = branch->head;
    for (const NewEvent& event : events) {
        const auto id = static_cast<EventId>(m_impl->contents.events.size() + rows.size() + 1);
        rows.push_back({id, parent, now(), event.what, event.decisions});
        parent = id;
    }
    return m_impl->change(
        [&] {
            for (const StudyEvent& row : rows)
                detail::insertEvent(m_impl->database(), row);
            if (!rows.empty())
                m_impl->database()
                    .prepare("UPDATE branch SET head = ? WHERE name = ?")
                    .bind(parent)
                    .bind(branchName)
                    .run();
            m_impl->database().prepare("DELETE FROM report WHERE branch = ?").bind(branchName).run();
        },
        [&] {
            std::move(rows.begin(), rows.end(), std::back_inserter(m_impl->contents.events));
            branch->head = parent;
            m_impl->contents.reports.erase(std::string(branchName));
        });
}

Result<void> Study::addBranch(const std::string& name, EventId from) {
    if (name.empty() || m_impl->contents.branch(name))
        return fail(
            usageError(name.empty() ? "a branch needs a name" : fmt::format("there is a branch {} already", name)));
    if (from != noEvent && !m_impl->contents.event(from))
        return fail(usageError(fmt::format("the study has no event {}", from)));
    const auto origin = from == noEvent ? std::nullopt : std::optional(from);
    return m_impl->change(
        [&] {
            m_impl->database()
                .prepare("INSERT INTO branch VALUES (?,?,?,0)")
                .bind(name)
                .bind(origin)
                .bind(origin)
                .run();
        },
        [&] {
            m_impl->contents.branches.push_back({name, from, from});
        });
}

Result<void> Study::setCurrentBranch(const std::string& name) {
    if (!m_impl->contents.branch(name))
        return fail(usageError(fmt::format("study {} has no branch {}", path().string(), name)));
    return m_impl->change(
        [&] { m_impl->database().prepare("UPDATE branch SET current = (name = ?)").bind(name).run(); },
        [&] { m_impl->contents.currentBranch = name; });
}

Result<void> Study::addReference(const StudyReference& reference) {
    return m_impl->change([&] { detail::insertReference(m_impl->database(), reference); },
                          [&] {
                              std::erase_if(m_impl->contents.references,
                                            [&](const auto& one) { return one.name == reference.name; });
                              m_impl->contents.references.push_back(reference);
                          });
}

Result<void> Study::setReport(const std::string& branch, const std::string& json) {
    return m_impl->change(
        [&] { m_impl->database().prepare("INSERT OR REPLACE INTO report VALUES (?,?)").bind(branch).bind(json).run(); },
        [&] { m_impl->contents.reports[branch] = json; });
}

} // namespace ropescope
