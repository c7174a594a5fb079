// A whole search as one job: model, text, method, study and report. What `ropescope search` and `resume` run.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "engine/base/outcome.h"
#include "engine/base/run_control.h"
#include "engine/model/language_model.h"
#include "engine/search/settings.h"
#include "engine/session/search_report.h"

namespace ropescope {

// Plain values: could have come from another machine.
struct SearchRequest {
    std::string model; // path
    std::string text;  // path
    std::int64_t targetLength = 0;
    SearchSettings settings; // see searchStart for the start
    AttentionForm attention;
    DeviceOptions device;
    bool beginOfText = false; // put the tokenizer's begin-of-text token in front of every window
    int batch = 1;            // candidates scored together; more may be faster on a GPU, and is one unit of loss
    int unseenWindows = 16;   // at most, for the comparison at the end
    std::string study;        // path; a file that holds a search is refused
};

struct ResumeRequest {
    std::string study;
    std::optional<std::string> model; // where the model or the text lies now, if it moved
    std::optional<std::string> text;
    DeviceOptions device; // the computing type is the study's
};

// Things a person should know while it runs: one sentence or two.
using Notice = std::function<void(const std::string&)>;

// Checks all of the request before it loads weights. Cancelled: everything scored is in the study, and resume goes on.
// When the model or text changed since the search began, resume says so (input error) and scores nothing. A finished
// search is not run again: its report comes from the study.
[[nodiscard]] Outcome<SearchReport> runSearch(const SearchRequest& request, const Notice& notice,
                                              const RunControl& control);
[[nodiscard]] Outcome<SearchReport> resumeSearch(const ResumeRequest& request, const Notice& notice,
                                                 const RunControl& control);

} // namespace ropescope
