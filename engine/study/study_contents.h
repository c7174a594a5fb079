// What a study holds, as plain values. A study is a document: what was searched and measured, on which model and text,
// and every evaluation that was ever paid for.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/model/language_model.h"
#include "engine/rope/factor_set.h"
#include "engine/search/events.h"
#include "engine/study/study_probes.h"
#include "engine/study/study_training.h"

namespace ropescope {

// Which model and which text the numbers belong to: the hashes say it, the paths say where they were last seen.
struct StudyModel {
    std::string path;
    std::string sha256;  // of the weights and configuration
    std::string summary; // "llama, 4 layers, trained at 256 tokens": for people
    RopeGeometry rope;
};
struct StudyText {
    std::string path;
    std::string sha256; // of the token ids
    std::int64_t tokens = 0;
    bool operator==(const StudyText&) const = default;
};

// The search of a study: what is needed to build the same search again, and to score as before.
struct StudySearch {
    SearchSettings settings;
    std::int64_t targetLength = 0;
    AttentionForm attention;
    ComputeType computeType = ComputeType::fp32; // scores of another type would not be comparable
    int batch = 1;                               // candidates scored together; each batch is stored as one
    bool beginOfText = false;                    // the tokenizer's begin-of-text token is in front of every window
    int unseenWindows = 16;                      // at most, for the comparison on text that the search did not see
};

// Events form a tree: each follows its parent, and one path from the root is one history of the search. Ids count up
// from 1; noEvent is the start of the search, before anything was scored.
using EventId = std::int64_t;
constexpr EventId noEvent = 0;

struct StudyEvaluation {
    Candidate candidate;
    Score score;
    bool reused = false; // known from an identical vector
    double seconds = 0;  // what it cost; 0 when reused
};

struct StudyEvent {
    EventId id = noEvent;
    EventId parent = noEvent;
    std::int64_t time = 0; // milliseconds since 1970, UTC
    std::variant<StudyEvaluation, SearchEdit> what;
    std::vector<Decision> decisions; // that the method took on it
};
// What the search method was told or a person changed.
[[nodiscard]] SearchEvent searchEvent(const StudyEvent& event);

// A name for one path: from the root to `head`.
struct StudyBranch {
    std::string name;
    EventId head = noEvent;
    EventId from = noEvent; // where it left the branch it was made from
    bool operator==(const StudyBranch&) const = default;
};
inline constexpr std::string_view firstBranch = "main";

// A vector scored for comparison, not asked for by the method ("initial", "unscaled").
struct StudyReference {
    std::string name;
    FactorSet factors;
    double score = 0;
    double seconds = 0;
};

struct StudyContents {
    int version = 0; // of the schema, as found in the file
    std::optional<StudyModel> model;
    std::optional<StudyText> text;
    std::optional<StudySearch> search;
    std::vector<StudyEvent> events; // event i has id i + 1
    std::vector<StudyBranch> branches;
    std::string currentBranch;
    std::vector<StudyReference> references;
    std::map<std::string, std::string> reports; // by branch: what a finished search found, as JSON
    std::vector<StudyFactorSet> factorSets;
    std::vector<StudyProbe> probes;               // by rising id
    std::vector<StudyTraining> trainings;         // by rising id
    std::vector<StudyNote> notes;                 // by rising id
    std::map<std::string, std::string> viewState; // the window's affair: any text by name

    // Null when there is none of that id or name.
    [[nodiscard]] const StudyEvent* event(EventId id) const;
    [[nodiscard]] const StudyBranch* branch(std::string_view name) const;
    [[nodiscard]] const StudyProbe* probe(ProbeId id) const;
    // The last run into this folder, and the checkpoint that is a model of this hash.
    [[nodiscard]] const StudyTraining* training(std::string_view output) const;
    [[nodiscard]] std::optional<ProbedCheckpoint> checkpoint(std::string_view sha256) const;
    // The last landscape that answers the same request in the same computing type: one to go on with.
    [[nodiscard]] const StudyProbe* landscape(const LandscapeRequest& request, ComputeType type) const;
    // The events from the root to `head`, in order. `head` must be noEvent or an id of this study.
    [[nodiscard]] std::vector<const StudyEvent*> pathTo(EventId head) const;
};

} // namespace ropescope
