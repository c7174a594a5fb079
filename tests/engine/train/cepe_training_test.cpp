// The stages of CEPE's training as runs: what they minimise, what they change, how they go on, what they refuse.
#include <cmath>
#include <cstring>
#include <fstream>

#include "engine/model/checkpoint.h"
#include "engine/model/context_model.h"
#include "tests/engine/model/models.h"
#include "tests/engine/train/training_runs.h"

using namespace ropescope;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t length = 24;
constexpr int vocabulary = 128; // the fixture's; its encoder has one id more

CorpusText textOf(std::size_t windows, std::uint32_t seed) {
    return test::textOf(test::pseudoRandomIds(windows * length, seed, vocabulary), true);
}

TrainingPlan planFor(const fs::path& model, const fs::path& output, TrainingMethod method) {
    TrainingPlan plan = test::planFor(ExistingModel{model}, output);
    plan.method = std::move(method);
    plan.length = length;
    return plan;
}

CepeMethod mainStage() {
    CepeMethod method;
    method.context = 10;
    method.reading.chunk = 4; // the last chunk is padded
    return method;
}

CepedMethod distilled() {
    CepedMethod method;
    method.context = 10;
    method.reading.chunk = 4;
    method.top = 5;
    return method;
}

std::span<const TokenId> window(const std::vector<TokenId>& ids, std::size_t index) {
    return std::span(ids).subspan(index * length, length);
}

template <class Model>
std::shared_ptr<LanguageModel> made(Model outcome) {
    if constexpr (std::is_same_v<Model, Result<std::shared_ptr<LanguageModel>>>)
        return outcome.value();
    else
        return std::get<0>(outcome);
}

// The mean NLL of what the decoder reads, by the engine's own measuring model.
double lossInContext(const fs::path& folder, const std::vector<TokenId>& ids, std::size_t windows) {
    const auto model = made(withLeadingContext(test::loadModel(folder), 10, 4));
    const FactorSet factors = configuredFactors(model->config(), length);
    double sum = 0;
    for (std::size_t index = 0; index < windows; ++index) {
        const std::vector<float> nll = test::nllOf(*model, window(ids, index), factors);
        sum += std::accumulate(nll.begin() + 10, nll.end(), 0.0);
    }
    return sum / static_cast<double>(13 * windows);
}

// Of every tensor, whether training changed it.
void checkChanged(const fs::path& before, const fs::path& after, const std::function<bool(const std::string&)>& may) {
    const auto first = openCheckpoint(before).value(), second = openCheckpoint(after).value();
    CHECK(first->tensors().size() == second->tensors().size());
    for (const StoredTensor& tensor : first->tensors()) {
        INFO(tensor.name);
        const StoredTensor* other = second->find(tensor.name);
        REQUIRE(other);
        CHECK(std::ranges::equal(tensor.bytes, other->bytes) != may(tensor.name));
    }
}

bool isCross(const std::string& name) {
    return name.find(".cross_attn.") != std::string::npos;
}

} // namespace

TEST_CASE("the main stage minimises what is measured in view of the context, and leaves the decoder alone") {
    ROPESCOPE_FIXTURE(model, "cepe");
    const bool trainEncoder = GENERATE(true, false);
    const test::TemporaryFolder folder;
    const auto ids = test::pseudoRandomIds(2 * length, 7, vocabulary);
    CepeMethod method = mainStage();
    method.reading.trainEncoder = trainEncoder;
    TrainingPlan plan = planFor(model, folder.path() / "four", method);
    plan.batch = 1;
    plan.accumulation = 2;
    plan.steps = 4;
    const TrainingReport longer = test::trained(plan, test::textOf(ids, true));
    CHECK(longer.losses[0] == Approx(lossInContext(model, ids, 2)).margin(2e-6));
    CHECK(longer.losses.back() < longer.losses.front());
    plan.batch = 2;
    plan.accumulation = 1;
    plan.steps = 3;
    plan.output = folder.path() / "three";
    CHECK(test::trained(plan, test::textOf(ids, true)).steps == 3);
    CHECK(lossInContext(plan.output, ids, 2) == Approx(longer.losses[3]).margin(2e-6));
    checkChanged(model, plan.output, [&](const std::string& name) {
        return isCross(name) || (trainEncoder && name.starts_with("encoder."));
    });
}

TEST_CASE("the warm-up shows the encoder what the decoder reads") {
    ROPESCOPE_FIXTURE(model, "cepe");
    const test::TemporaryFolder folder;
    const auto ids = test::pseudoRandomIds(length, 7, vocabulary);
    TrainingPlan plan = planFor(model, folder.path() / "run", CepeWarmupMethod{{7, true}});
    plan.batch = 1;
    const TrainingReport report = test::trained(plan, test::textOf(ids, true));
    const auto reader = made(withContext(test::loadModel(model), inChunks(ids, 7), {}));
    const FactorSet factors = configuredFactors(reader->config(), length);
    CHECK(report.losses[0] == Approx(test::mean(test::nllOf(*reader, ids, factors))).margin(2e-6));
    CHECK(report.losses[2] < report.losses[0]);
}

TEST_CASE("an encoder is asked for what is hidden at its own place, and reads in both directions") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const auto ids = test::pseudoRandomIds(32, 7, 280);
    const auto firstLoss = [&](const std::vector<TokenId>& text, double share, std::uint64_t seed) {
        TrainingPlan plan = test::planFor(ExistingModel{model}, folder.path() / "run");
        plan.method = CepeEncoderMethod{share};
        plan.batch = plan.steps = 1;
        plan.seed = seed;
        const double loss = test::trained(plan, test::textOf(text, true)).losses.front();
        fs::remove_all(plan.output);
        return loss;
    };
    SECTION("where everything is hidden no direction matters, and every place expects the same") {
        const auto reader = test::loadModel(model);
        const auto session = reader->startDecoding(configuredFactors(reader->config(), 32), FullAttention{});
        const std::vector<float> logits = test::fed(*session, std::vector<TokenId>(1, 287));
        double sum = 0, expected = 0;
        for (const float value : logits)
            sum += std::exp(static_cast<double>(value));
        for (const TokenId id : ids)
            expected += (std::log(sum) - logits[static_cast<std::size_t>(id)]) / 32;
        CHECK(firstLoss(ids, 1 - 1e-12, 1) == Approx(expected).margin(1e-5));
    }
    SECTION("where one token is hidden both ends of the sequence count") {
        for (const std::uint64_t seed : {1, 2, 3}) {
            const double loss = firstLoss(ids, 1e-12, seed);
            for (const std::size_t end : {std::size_t{0}, ids.size() - 1}) {
                std::vector<TokenId> changed = ids;
                changed[end] = (changed[end] + 1) % 280;
                CHECK(firstLoss(changed, 1e-12, seed) != loss);
            }
        }
    }
    SECTION("the hidden places are each step's own") {
        TrainingPlan plan = test::planFor(ExistingModel{model}, folder.path() / "run");
        plan.method = CepeEncoderMethod{};
        plan.batch = 1;
        plan.steps = 2;
        plan.optimizer.learningRate = 1e-12;
        const TrainingReport report = test::trained(plan, test::textOf(ids, true));
        CHECK(report.losses[0] != Approx(report.losses[1]).margin(1e-4));
    }
}

TEST_CASE("every stage of CEPE goes on after an interruption as if nothing had happened") {
    ROPESCOPE_FIXTURE(cepe, "cepe");
    ROPESCOPE_FIXTURE(llama, "tiny_models/tiny_llama");
    const CorpusText text = test::textOf(test::pseudoRandomIds(20 * length, 3, vocabulary), false);
    TrainingPlan plan = planFor(cepe, "", TokenMethod{});
    plan.steps = 7;
    plan.accumulation = 2;
    plan.optimizer.schedule = "cosine";
    plan.optimizer.warmup = 2;
    SECTION("masked tokens, from scratch") {
        plan.start = FromScratch{llama / "config.json"};
        plan.method = CepeEncoderMethod{};
    }
    SECTION("warm-up") {
        plan.method = CepeWarmupMethod{{8, true}};
    }
    SECTION("main stage") {
        plan.method = mainStage();
    }
    SECTION("distillation") {
        plan.method = distilled();
    }
    if (!std::holds_alternative<TokenMethod>(plan.method))
        test::checkResumption(plan, text, 4);
}

TEST_CASE("the teacher's answers are its distributions, stored once and shared by runs") {
    ROPESCOPE_FIXTURE(model, "cepe");
    const test::TemporaryFolder folder;
    const auto ids = test::pseudoRandomIds(2 * length, 7, vocabulary);
    const CorpusText text = test::textOf(ids, true);
    CepedMethod method = distilled();
    method.targets = folder.path() / "answers";
    TrainingPlan plan = planFor(model, folder.path() / "first", method);
    plan.steps = 3;
    const TrainingReport first = test::trained(plan, text);
    CHECK(first.losses.back() < first.losses.front());

    // A line, then per window: int64 start, [14, 6] float16, [14, 5] int32.
    const std::string stored = test::contentOf(method.targets);
    const std::size_t header = stored.find('\n') + 1, record = 8 + 14 * (6 * 2 + 5 * 4);
    REQUIRE(stored.size() == header + 2 * record);
    const auto teacher = test::loadModel(model);
    for (std::size_t index = 0; index < 2; ++index) {
        const char* const place = stored.data() + header + index * record;
        std::int64_t start = 0;
        std::memcpy(&start, place, sizeof start);
        const auto session = teacher->startDecoding(configuredFactors(teacher->config(), length), FullAttention{});
        const auto read = std::span(ids).subspan(static_cast<std::size_t>(start), length);
        (void)test::fed(*session, read.first(20));
        const std::vector<float> logits = test::fed(*session, read.subspan(20, 1)); // its answer for place 20
        double sum = 0;
        for (const float value : logits)
            sum += std::exp(static_cast<double>(value));
        std::uint16_t half = 0;
        std::memcpy(&half, place + 8 + 10 * 6 * 2, sizeof half);
        std::int32_t best = 0;
        std::memcpy(&best, place + 8 + 14 * 6 * 2 + 10 * 5 * 4, sizeof best);
        const auto likeliest = std::ranges::max_element(logits);
        CHECK(best == likeliest - logits.begin());
        const double probability = std::ldexp(1.0 + (half & 0x3ff) / 1024.0, (half >> 10) - 15); // normal and positive
        CHECK(probability == Approx(std::exp(static_cast<double>(*likeliest)) / sum).epsilon(1e-3));
    }

    plan.output = folder.path() / "second";
    SECTION("again") {
        CHECK(test::trained(plan, text).losses == first.losses);
        CHECK(test::contentOf(method.targets) == stored);
    }
    SECTION("after a record was cut off") {
        fs::resize_file(method.targets, stored.size() - 5);
        CHECK(test::trained(plan, text).losses == first.losses);
        CHECK(test::contentOf(method.targets) == stored);
    }
    SECTION("by another run that was killed meanwhile") {
        // Another run stores the first answer after this one has opened the file, and is killed within the second.
        fs::resize_file(method.targets, header);
        TrainingEvents events;
        events.onBegin = [&](const std::string&) {
            std::ofstream(method.targets, std::ios::binary | std::ios::app)
                .write(stored.data() + header, static_cast<std::streamsize>(record + record / 2));
        };
        const auto outcome = train(plan, text, events, {});
        REQUIRE(std::holds_alternative<TrainingReport>(outcome));
        CHECK(std::get<TrainingReport>(outcome).losses == first.losses);
        CHECK(test::contentOf(method.targets) == stored);
    }
    SECTION("after the first line was cut off") {
        fs::resize_file(method.targets, header / 2);
        CHECK(test::trained(plan, text).losses == first.losses);
        CHECK(test::contentOf(method.targets) == stored);
    }
    SECTION("damaged") {
        std::string damaged = stored;
        std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(header) + 8, 40, '\x7f');
        REQUIRE(writeFileAtomically(method.targets, damaged));
        const Error error = test::refused(plan, text);
        CHECK(error.kind == ErrorKind::input);
        CHECK(error.message.find("answers") != std::string::npos);
    }
    SECTION("to another text") {
        CHECK(test::refused(plan, textOf(2, 8)).message.find("another teacher") != std::string::npos);
        CHECK(test::contentOf(method.targets) == stored);
    }
}

TEST_CASE("half-precision activations follow every stage's float32 run") {
    ROPESCOPE_FIXTURE(model, "cepe");
    const test::TemporaryFolder folder;
    const CorpusText text = textOf(4, 5);
    CepedMethod otherTeacher = distilled(); // loaded, in half precision as well
    otherTeacher.teacher = model;
    for (const TrainingMethod& method :
         std::vector<TrainingMethod>{CepeWarmupMethod{{7, true}}, mainStage(), distilled(), std::move(otherTeacher)}) {
        INFO(methodText(method));
        TrainingPlan plan = planFor(model, folder.path() / "run", method);
        const TrainingReport wide = test::trained(plan, text);
        fs::remove_all(plan.output);
        plan.device.type = ComputeType::bf16;
        const TrainingReport narrow = test::trained(plan, text);
        fs::remove_all(plan.output);
        for (std::size_t step = 0; step < wide.losses.size(); ++step)
            CHECK(narrow.losses[step] == Approx(wide.losses[step]).margin(0.03).epsilon(0));
    }
}

TEST_CASE("what CEPE's stages can't train is refused with what to do") {
    ROPESCOPE_FIXTURE(cepe, "cepe");
    ROPESCOPE_FIXTURE(llama, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const CorpusText text = textOf(4, 5);
    const auto refusal = [&](const fs::path& model, TrainingMethod method) {
        const Error error = test::refused(planFor(model, folder.path() / "run", std::move(method)), text);
        CHECK(error.kind == ErrorKind::usage);
        return error.message;
    };
    CHECK(refusal(cepe, TokenMethod{}).find("cepe-warmup, cepe or ceped") != std::string::npos);
    CHECK(refusal(cepe, CepeEncoderMethod{}).find("CEPE model") != std::string::npos);
    CHECK(refusal(llama, CepeMethod{}).find("cepe-init") != std::string::npos);
    CHECK(refusal(llama, CepeEncoderMethod{1}).find("masked") != std::string::npos);
    CepeMethod wide = mainStage();
    wide.context = length - 1;
    CHECK(refusal(cepe, wide).find("1 to 22") != std::string::npos);
    wide.context = 4;
    wide.reading.chunk = 0;
    CHECK(refusal(cepe, wide).find("chunk") != std::string::npos);
    CepedMethod taught = distilled();
    taught.mode = "smooth";
    CHECK(refusal(cepe, taught).find("smooth_1e-6") != std::string::npos);
    taught = distilled();
    taught.top = vocabulary;
    CHECK(refusal(cepe, taught).find("128") != std::string::npos);
    taught = distilled();
    taught.teacher = llama;
    CHECK(refusal(cepe, taught).find("vocabularies don't match") != std::string::npos);

    TrainingPlan plan = planFor(cepe, folder.path() / "run", mainStage());
    plan.start = FromScratch{llama / "config.json"};
    CHECK(test::refused(plan, text).message.find("cepe-init") != std::string::npos);
    plan = planFor(cepe, folder.path() / "run", mainStage());
    plan.learnFactors.emplace();
    CHECK(test::refused(plan, text).message.find("no factors") != std::string::npos);
    plan = planFor(llama, folder.path() / "run", CepeEncoderMethod{});
    const Error masked = test::refused(plan, test::textOf(std::vector<TokenId>(96, 287), true));
    CHECK(masked.kind == ErrorKind::input);
    CHECK(masked.message.find("[MASK]") != std::string::npos);
}
