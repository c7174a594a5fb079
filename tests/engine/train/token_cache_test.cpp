#include "engine/train/token_cache.h"

#include <fstream>

#include "engine/base/atomic_file.h"
#include "tests/engine/train/training_runs.h"

using namespace ropescope;

namespace {

CachedText opened(const std::filesystem::path& file, const std::filesystem::path& text,
                  const std::filesystem::path& tokenizer) {
    auto outcome = CachedText::open(file, text, tokenizer, 288, false, {});
    if (const auto* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    return std::get<CachedText>(std::move(outcome));
}

} // namespace

TEST_CASE("a cached text is the text, is reused, and is made again for another one or when damaged") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const auto text = folder.path() / "text.jsonl";
    const auto cache = folder.path() / "tokens.cache";
    std::ofstream(text) << R"({"text": "One document."})" << '\n'
                        << R"({"text": "And another, a longer one."})" << '\n';
    const auto tokenizer = loadTokenizer(model).value();
    const Corpus corpus = loadCorpus(text, tokenizer.get(), 288).value();
    const CorpusText plain(corpus, false);

    const CachedText cached = opened(cache, text, model);
    CHECK(cached.documentLengths() == plain.documentLengths());
    CHECK(cached.identity() == plain.identity());
    std::vector<TokenId> expected(static_cast<std::size_t>(corpus.tokens()));
    std::vector<TokenId> found(expected.size());
    plain.read(0, expected);
    cached.read(0, found);
    CHECK(found == expected);
    std::vector<TokenId> middle(4);
    cached.read(9, middle);
    CHECK(middle == std::vector<TokenId>(expected.begin() + 9, expected.begin() + 13));

    const auto written = std::filesystem::last_write_time(cache);
    const std::string before = test::contentOf(cache);
    CHECK(opened(cache, text, model).identity() == cached.identity());
    CHECK(std::filesystem::last_write_time(cache) == written);

    std::filesystem::resize_file(cache, std::filesystem::file_size(cache) - 3);
    CHECK(opened(cache, text, model).documentLengths() == plain.documentLengths());
    CHECK(test::contentOf(cache) == before);

    std::ofstream(text, std::ios::app) << R"({"text": "A third."})" << '\n';
    const CachedText longer = opened(cache, text, model);
    CHECK(longer.documentLengths().size() == 3);
    CHECK(longer.identity() != cached.identity());
    // The old map still reads the old file.
    cached.read(0, found);
    CHECK(found == expected);

    // Flipped counts are no invitation to read beyond the file.
    std::string bytes = test::contentOf(cache);
    bytes[bytes.size() - 2] = '\x7f';
    REQUIRE(writeFileAtomically(cache, bytes));
    CHECK(opened(cache, text, model).identity() == longer.identity());
    REQUIRE(writeFileAtomically(cache, "something else"));
    CHECK(opened(cache, text, model).identity() == longer.identity());

    std::ofstream(text, std::ios::app) << "{";
    CHECK(std::get<Error>(CachedText::open(cache, text, model, 288, false, {})).kind == ErrorKind::input);
}

TEST_CASE("ids need no tokenizer, and a folder of texts is one cache") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const auto ids = folder.path() / "ids.json";
    std::ofstream(ids) << R"({"ids": [5, 6, 7, 287]})";
    const CachedText numbers = opened(folder.path() / "new" / "ids.cache", ids, "no tokenizer here");
    std::vector<TokenId> found(4);
    numbers.read(0, found);
    CHECK(found == std::vector<TokenId>{5, 6, 7, 287});
    std::ofstream(ids) << R"({"ids": [5, 288]})";
    CHECK(std::get<Error>(CachedText::open(folder.path() / "other", ids, "", 288, false, {})).kind == ErrorKind::input);
    CHECK_FALSE(std::filesystem::exists(folder.path() / "other"));

    const auto texts = folder.path() / "texts";
    std::filesystem::create_directory(texts);
    std::ofstream(texts / "b.txt") << "Second.";
    std::ofstream(texts / "a.txt") << "First one.";
    const CachedText both = opened(folder.path() / "both", texts, model);
    const auto tokenizer = loadTokenizer(model).value();
    CHECK(both.identity() == CorpusText(loadCorpus(texts, tokenizer.get(), 288).value(), false).identity());
    std::stop_source stop;
    stop.request_stop();
    CHECK(std::holds_alternative<Cancelled>(
        CachedText::open(folder.path() / "stopped", texts, model, 288, false, {stop.get_token(), {}})));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "stopped"));
}

TEST_CASE("a run on a cached text is the run on the text") {
    ROPESCOPE_FIXTURE(model, "tiny_models/tiny_llama");
    const test::TemporaryFolder folder;
    const auto text = folder.path() / "text.txt";
    std::ofstream(text) << std::string(400, 'a') + std::string(400, 'b');
    const auto tokenizer = loadTokenizer(model).value();
    TrainingPlan plan = test::planFor(ExistingModel{model}, folder.path() / "plain");
    plan.length = 16;
    const auto losses = test::trained(plan, CorpusText(loadCorpus(text, tokenizer.get(), 288).value(), false)).losses;
    plan.output = folder.path() / "cached";
    CHECK(test::trained(plan, opened(folder.path() / "cache", text, model)).losses == losses);
}
