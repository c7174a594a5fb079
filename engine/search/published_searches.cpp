#include "engine/search/published_searches.h"

#include <algorithm>
#include <system_error>

#include "engine/base/resources.h"

namespace ropescope {

Result<std::vector<SearchTrace>> publishedSearches() {
    const auto folder = resourceFolder() / "published_searches";
    std::error_code problem;
    std::vector<std::filesystem::path> files;
    for (std::filesystem::directory_iterator entry(folder, problem), end; !problem && entry != end;
         entry.increment(problem))
        if (entry->path().extension() == ".json")
            files.push_back(entry->path());
    if (problem)
        return fail(inputError(folder.string(), "folder", "the published searches", problem.message()));
    std::sort(files.begin(), files.end());
    std::vector<SearchTrace> searches;
    for (const auto& file : files) {
        auto traces = readTraces(file);
        if (!traces)
            return traces;
        std::move(traces->begin(), traces->end(), std::back_inserter(searches));
    }
    return searches;
}

} // namespace ropescope
