#include "app/window/study_desk.h"

#include <chrono>

#include "app/window/model_setup.h"
#include "engine/base/resources.h"
#include "engine/session/search_conclusion.h"
#include "engine/session/search_sources.h"
#include "engine/session/window_scorer.h"

namespace ropescope {

namespace {

constexpr auto snapshotInterval = std::chrono::milliseconds(60);

std::string modelFile(const Setup& setup) {
    return modelPath(setup.modelPath.toStdString()).string();
}
std::string textFile(const Setup& setup) {
    return textPath(setup.textPath.toStdString()).string();
}

PauseConditions conditions(SearchStep step, const SearchPauses& pauses) {
    PauseConditions result;
    result.atSegment = pauses.atSegment || step == SearchStep::segment;
    result.atLevel = pauses.atLevel || step == SearchStep::level;
    result.atInvalid = pauses.atInvalid;
    return result;
}

// The session's bound is absolute; people think in per cent of where they are.
std::optional<double> absoluteGain(const SearchPauses& pauses, const SearchRun& run) {
    const auto score = run.method().currentScore();
    if (!pauses.gainAbove || !score)
        return std::nullopt;
    return *pauses.gainAbove * *score;
}

} // namespace

// Scores with the laboratory's model, opened at the first candidate: model and text must still be those of the study.
class StudyDesk::LabScorer final : public CandidateScorer {
public:
    // `type` and `beginOfText` are the study's: scores of another kind would not be comparable.
    LabScorer(Laboratory& laboratory, std::shared_ptr<StudyFile> file, Setup setup, ComputeType type, bool beginOfText)
        : m_laboratory(laboratory), m_file(std::move(file)), m_setup(std::move(setup)), m_type(type),
          m_beginOfText(beginOfText) {}

    [[nodiscard]] Outcome<std::vector<ScoredCandidate>> score(std::span<const Candidate> candidates,
                                                              const RunControl& control) override {
        auto ready = prepare(control);
        if (auto* error = std::get_if<Error>(&ready))
            return std::move(*error);
        if (std::holds_alternative<Cancelled>(ready))
            return Cancelled{};
        return m_scorer->score(candidates, control);
    }

    // Loads what is not loaded yet.
    [[nodiscard]] Outcome<Study*> prepare(const RunControl& control) {
        if (m_scorer)
            return m_study;
        auto opened = m_laboratory.open(m_setup, control);
        if (auto* error = std::get_if<Error>(&opened))
            return std::move(*error);
        if (std::holds_alternative<Cancelled>(opened))
            return Cancelled{};
        const auto& bench = std::get<LabBench>(opened);
        if (bench.model->computeType() != m_type)
            return usageError("This study was scored in another number type than this device computes in. Choose the "
                              "device that it was begun on, or begin a new search.");
        auto study = m_file->openFor(m_setup, bench, control);
        if (auto* error = std::get_if<Error>(&study)) {
            error->message += ". Old and new scores would not be comparable: bring the old file back, or begin a new "
                              "study (Ctrl+N).";
            return std::move(*error);
        }
        if (std::holds_alternative<Cancelled>(study))
            return Cancelled{};
        auto text = openSearchText(modelFile(m_setup), textFile(m_setup), m_setup.targetLength, m_beginOfText);
        if (!text)
            return text.error();
        m_study = std::get<Study*>(study);
        m_model = bench.model;
        m_text = std::move(*text);
        m_scorer = std::make_unique<WindowScorer>(*m_model, m_text.searchedIds(), bench.attention);
        return m_study;
    }

    [[nodiscard]] LanguageModel& model() { return *m_model; }
    [[nodiscard]] const SearchText& text() const { return m_text; }

private:
    Laboratory& m_laboratory;
    std::shared_ptr<StudyFile> m_file;
    Setup m_setup;
    ComputeType m_type;
    bool m_beginOfText;
    Study* m_study = nullptr;
    std::shared_ptr<LanguageModel> m_model;
    SearchText m_text;
    std::unique_ptr<WindowScorer> m_scorer;
};

StudyDesk::StudyDesk(Laboratory& laboratory, std::shared_ptr<StudyFile> file)
    : m_laboratory(laboratory), m_file(std::move(file)) {}

StudyDesk::~StudyDesk() = default;

Result<SearchSnapshot> StudyDesk::startSession(Study& study, const Setup& setup) {
    m_session.reset();
    const auto& search = study.contents().search;
    m_scorer = std::make_unique<LabScorer>(
        m_laboratory, m_file, setup, search ? search->computeType : ComputeType::fp32, search && search->beginOfText);
    auto session = SearchSession::open(study, *m_scorer);
    if (!session)
        return fail(session.error());
    m_session.emplace(std::move(*session));
    return snapshotOf(*m_session, std::nullopt);
}

Outcome<SearchSnapshot> StudyDesk::begin(const Setup& setup, const SearchSettings& settings,
                                         const RunControl& control) {
    const auto attention = parseAttention(setup.attention.toStdString(), setup.geometry.trainedLength);
    if (!attention)
        return attention.error();
    const auto text = openSearchText(modelFile(setup), textFile(setup), setup.targetLength, false);
    if (!text)
        return text.error();
    auto opened = m_laboratory.open(setup, control);
    if (auto* error = std::get_if<Error>(&opened))
        return *error;
    if (std::holds_alternative<Cancelled>(opened))
        return Cancelled{};
    auto file = m_file->openFor(setup, std::get<LabBench>(opened), control);
    if (auto* error = std::get_if<Error>(&file))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(file))
        return Cancelled{};
    Study& study = *std::get<Study*>(file);
    StudySearch search;
    search.settings = settings;
    search.targetLength = setup.targetLength;
    search.attention = *attention;
    search.computeType = std::get<LabBench>(opened).model->computeType();
    const auto begun = study.beginSearch(*study.contents().model, *study.contents().text, search);
    if (!begun)
        return begun.error();
    auto snapshot = startSession(study, setup);
    if (!snapshot)
        return snapshot.error();
    return std::move(*snapshot);
}

Result<OpenedStudy> StudyDesk::open(const QString& device) {
    const auto study = m_file->open();
    if (!study)
        return fail(study.error());
    const StudyContents& contents = (*study)->contents();
    auto setup = setupOfStudy(contents, device);
    if (!setup)
        return fail(setup.error());
    OpenedStudy opened{std::move(*setup), contents.text.has_value(), std::nullopt};
    if (!contents.search)
        return opened;
    auto snapshot = startSession(**study, opened.setup);
    if (!snapshot)
        return fail(snapshot.error());
    opened.search = std::move(*snapshot);
    return opened;
}

Outcome<SearchSnapshot> StudyDesk::conclude(const RunControl& control) {
    if (!m_session->study().contents().reports.contains(m_session->branch())) {
        auto study = m_scorer->prepare(control);
        if (auto* error = std::get_if<Error>(&study))
            return std::move(*error);
        if (std::holds_alternative<Cancelled>(study))
            return Cancelled{};
        auto report =
            concludeSearch(*m_session, *std::get<Study*>(study), m_scorer->model(), m_scorer->text(), control);
        if (auto* error = std::get_if<Error>(&report))
            return std::move(*error);
        if (std::holds_alternative<Cancelled>(report))
            return Cancelled{};
    }
    auto snapshot = snapshotOf(*m_session, std::nullopt);
    if (!snapshot)
        return snapshot.error();
    return std::move(*snapshot);
}

// One candidate at a time, so that the window sees each; a snapshot is taken when the last one is old enough.
Outcome<SearchSnapshot> StudyDesk::advance(SearchStep step, const SearchPauses& pauses, const SnapshotSink& sink,
                                           const RunControl& control) {
    using Clock = std::chrono::steady_clock;
    auto lastShown = Clock::now();
    const auto show = [&]() -> Result<SearchSnapshot> {
        auto snapshot = snapshotOf(*m_session, std::nullopt);
        if (snapshot)
            sink(*snapshot);
        lastShown = Clock::now();
        return snapshot;
    };
    while (true) {
        PauseConditions pause = conditions(step, pauses);
        pause.gainAbove = absoluteGain(pauses, m_session->run());
        auto outcome = m_session->advance(Extent::candidate, pause, control);
        if (const auto* reason = std::get_if<PauseReason>(&outcome);
            reason && *reason == PauseReason::extent && step != SearchStep::candidate) {
            if (Clock::now() - lastShown >= snapshotInterval)
                if (const auto shown = show(); !shown)
                    return shown.error();
            continue;
        }
        auto last = show();
        if (auto* error = std::get_if<Error>(&outcome))
            return *error;
        if (std::holds_alternative<Cancelled>(outcome))
            return Cancelled{};
        if (!last)
            return last.error();
        if (std::get<PauseReason>(outcome) == PauseReason::finished)
            return conclude(control);
        return std::move(*last);
    }
}

Result<SearchSnapshot> StudyDesk::apply(const SearchEdit& edit) {
    if (const auto applied = m_session->apply(edit); !applied)
        return fail(applied.error());
    return snapshotOf(*m_session, std::nullopt);
}

Result<SearchSnapshot> StudyDesk::lookAt(std::optional<EventId> event) const {
    return snapshotOf(*m_session, event);
}

Result<SearchSnapshot> StudyDesk::branchAt(EventId event, const std::string& name) {
    if (const auto made = m_session->branchFrom(event, name); !made)
        return fail(made.error());
    return snapshotOf(*m_session, std::nullopt);
}

Result<SearchSnapshot> StudyDesk::switchTo(const std::string& branch) {
    if (const auto switched = m_session->switchTo(branch); !switched)
        return fail(switched.error());
    return snapshotOf(*m_session, std::nullopt);
}

} // namespace ropescope
