// How long a person waits for the window: until its first picture, and until a study of many evaluations is shown.
// A program to run by hand: window_bench [EVALUATIONS [METHOD]] (100,000 of longrope unless told). Prints JSON.
// Aims: under 1 s, under 2 s.
#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include <unistd.h>

#include <fmt/format.h>

#include <QApplication>
#include <QSettings>
#include <QTemporaryDir>
#include <QTest>

#include "app/window/main_window.h"
#include "app/window/search_controller.h"
#include "app/window/study_opener.h"
#include "engine/base/resources.h"
#include "engine/rope/method.h"
#include "engine/session/search_session.h"
#include "engine/session/search_sources.h"

namespace {

using namespace ropescope;

constexpr std::int64_t targetLength = 1024;
constexpr int patience = 60'000; // milliseconds

// A bowl instead of a model: what is measured is reading and showing.
class BowlScorer final : public CandidateScorer {
public:
    [[nodiscard]] Outcome<std::vector<ScoredCandidate>> score(std::span<const Candidate> candidates,
                                                              const RunControl& /*control*/) override {
        std::vector<ScoredCandidate> scores;
        for (const Candidate& candidate : candidates) {
            double sum = 10;
            for (std::size_t pair = 0; pair < candidate.factors.size(); ++pair)
                sum += 0.01 * std::pow(candidate.factors[pair] - aim(pair), 2);
            Score score{sum, std::nullopt};
            if (candidate.wantsGradient) {
                score.gradient.emplace();
                for (std::size_t pair = 0; pair < candidate.factors.size(); ++pair)
                    score.gradient->byLogFactor.push_back(0.02 * candidate.factors[pair] / sum *
                                                          (candidate.factors[pair] - aim(pair)));
            }
            scores.push_back({std::move(score), 0.01});
        }
        return scores;
    }

private:
    static double aim(std::size_t pair) { return 1.7 + 0.11 * static_cast<double>(pair); }
};

// Options under which a search of these pairs asks for about so many evaluations.
struct Budget {
    int evaluations;
    int pairs;

    void operator()(DcisOptions& options) const { options.increments = evaluations / segments(); }
    void operator()(SafeDcisOptions& options) const { options.increments = evaluations / segments(); }
    void operator()(LongRopeOptions& options) const {
        options.iterations = std::max(0, evaluations - options.population) / (options.mutations + options.crossovers);
    }
    void operator()(auto& options) const { options.evaluations = evaluations; }

private:
    [[nodiscard]] int segments() const { return 2 * pairs - 2; }
};

template <class Value>
Value need(Result<Value> result) {
    if (!result) {
        fmt::print(stderr, "{}\n", result.error().message);
        std::exit(1);
    }
    if constexpr (!std::is_void_v<Value>)
        return std::move(*result);
}

void writeStudy(const std::string& path, int evaluations, const std::string& method) {
    const std::string model = modelPath("demo").string();
    const std::string text = textPath("demo").string();
    auto identity = identifyModel(model, {});
    const StudyModel& known = std::get<StudyModel>(identity);
    const SearchText opened = need(openSearchText(model, text, targetLength, false));
    Study study = need(Study::openOrCreate(path));
    StudySearch search;
    auto options = defaultOptions(method);
    if (!options) {
        fmt::print(stderr, "no search method {}\n", method);
        std::exit(2);
    }
    std::visit(Budget{evaluations, known.rope.pairs()}, *options);
    search.settings = {*options, need(findRopeMethod("yarn")->factors(known.rope, 4))};
    search.targetLength = targetLength;
    search.batch = 1000;
    need(study.beginSearch(known, identifyText(text, opened.corpus), search));
    BowlScorer scorer;
    SearchSession session = need(SearchSession::open(study, scorer));
    if (!std::holds_alternative<PauseReason>(session.advance(Extent::end, {}, {})))
        fmt::print(stderr, "the study is not whole\n");
}

// Since the kernel started this process.
double secondsAlive() {
    std::ifstream stat("/proc/self/stat");
    std::string field;
    std::string line;
    std::getline(stat, line);
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    for (int i = 3; i <= 22; ++i)
        fields >> field;
    timespec now{};
    clock_gettime(CLOCK_BOOTTIME, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9 -
           std::stod(field) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double secondsSince(std::chrono::steady_clock::time_point start) {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

} // namespace

int main(int argc, char** argv) {
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    QApplication application(argc, argv);
    QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, QStringLiteral("/dev/null"));
    const int evaluations = argc > 1 ? std::atoi(argv[1]) : 100'000;
    const QTemporaryDir folder(QStringLiteral("/dev/shm/window_bench-XXXXXX")); // writing the study is not measured
    Theme theme;
    theme.apply(application);
    MainWindow window(theme);
    window.opener().openDemo(folder.path());
    window.show();
    window.grab(); // painted whole
    const double firstWindow = secondsAlive();
    const auto shown = [&](std::size_t least) {
        return QTest::qWaitFor([&] { return window.bench().search().snapshot().scored.size() >= least; }, patience);
    };
    const bool demoShown = shown(1);
    window.grab();
    const double firstData = secondsAlive();
    const bool quiet =
        QTest::qWaitFor([&] { return !window.jobs().running() && window.jobs().waiting() == 0; }, patience);

    const QString path = folder.filePath(QStringLiteral("large.ropescope"));
    const std::string method = argc > 2 ? argv[2] : "longrope";
    writeStudy(path.toStdString(), evaluations, method);
    const auto written = need(readStudy(path.toStdString())).events.size();
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t worked = std::clock();
    window.opener().openStudy(path);
    const double blocked = secondsSince(start);
    const bool opened = shown(written);
    window.grab();
    const double whole = secondsSince(start);
    const double computed = static_cast<double>(std::clock() - worked) / CLOCKS_PER_SEC;
    fmt::print("{{\"first_window_s\": {:.2f}, \"first_study_s\": {:.2f}, \"method\": \"{}\", \"evaluations\": {}, "
               "\"open_s\": {:.2f}, "
               "\"open_cpu_s\": {:.2f}, \"open_blocked_s\": {:.3f}}}\n",
               firstWindow, firstData, method, window.bench().search().snapshot().scored.size(), whole, computed,
               blocked);
    return demoShown && quiet && opened ? 0 : 1;
}
