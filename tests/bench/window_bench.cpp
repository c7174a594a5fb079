// How long a person waits for the window: until its first picture, and until a study of many evaluations is shown.
// A program to run by hand: window_bench [EVALUATIONS] (100,000 unless told). Prints JSON. Aims: under 1 s, under 2 s.
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
                sum += 0.01 * std::pow(candidate.factors[pair] - 1.7 - 0.11 * static_cast<double>(pair), 2);
            scores.push_back({{sum, std::nullopt}, 0.01});
        }
        return scores;
    }
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

void writeStudy(const std::string& path, int evaluations) {
    const std::string model = modelPath("demo").string();
    const std::string text = textPath("demo").string();
    auto identity = identifyModel(model, {});
    const StudyModel& known = std::get<StudyModel>(identity);
    const SearchText opened = need(openSearchText(model, text, targetLength, false));
    Study study = need(Study::openOrCreate(path));
    StudySearch search;
    LongRopeOptions options;
    options.iterations = std::max(0, evaluations - options.population) / (options.mutations + options.crossovers);
    search.settings = {options, need(findRopeMethod("yarn")->factors(known.rope, 4))};
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
    writeStudy(path.toStdString(), evaluations);
    const auto start = std::chrono::steady_clock::now();
    const std::clock_t worked = std::clock();
    window.opener().openStudy(path);
    const double blocked = secondsSince(start);
    const bool opened = shown(static_cast<std::size_t>(evaluations));
    window.grab();
    const double whole = secondsSince(start);
    const double computed = static_cast<double>(std::clock() - worked) / CLOCKS_PER_SEC;
    fmt::print("{{\"first_window_s\": {:.2f}, \"first_study_s\": {:.2f}, \"evaluations\": {}, \"open_s\": {:.2f}, "
               "\"open_cpu_s\": {:.2f}, \"open_blocked_s\": {:.3f}}}\n",
               firstWindow, firstData, window.bench().search().snapshot().scored.size(), whole, computed, blocked);
    return demoShown && quiet && opened ? 0 : 1;
}
