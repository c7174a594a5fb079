// CEPE against the recorded logits and losses of the authors' class.
#include <algorithm>
#include <cmath>
#include <cstring>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/model/checkpoint.h"
#include "engine/model/context_model.h"
#include "engine/model/safetensors_file.h"
#include "engine/model/safetensors_writer.h"
#include "tests/engine/model/models.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;

namespace {

constexpr double logitTolerance = 1e-4;
constexpr double lossTolerance = 1e-5;

json goldenOf(const std::filesystem::path& folder) {
    return json::parse(readFile(folder / "golden.json").value());
}

// The fixture's model under other settings.
void writeVariant(const std::filesystem::path& fixture, const json& settings, const std::filesystem::path& folder) {
    json config = json::parse(readFile(fixture / "config.json").value());
    config.update(settings);
    REQUIRE(writeFileAtomically(folder / "config.json", config.dump()));
    std::filesystem::create_symlink(fixture / "model.safetensors", folder / "model.safetensors");
}

// The fixture's decoder with these of its key and value heads, in self- and cross-attention.
void writeWithKeyHeads(const std::filesystem::path& fixture, const std::vector<std::int64_t>& heads,
                       const std::filesystem::path& folder) {
    constexpr std::int64_t headDim = 16;
    const auto checkpoint = openCheckpoint(fixture);
    REQUIRE(checkpoint);
    const auto chosen = [](const std::string& name) {
        return name.starts_with("model.") &&
               (name.find("k_proj") != std::string::npos || name.find("v_proj") != std::string::npos);
    };
    std::vector<TensorToWrite> tensors;
    for (const StoredTensor& tensor : (*checkpoint)->tensors()) {
        tensors.push_back({tensor.name, tensor.shape, StoredType::f32});
        if (chosen(tensor.name))
            tensors.back().shape[0] = headDim * static_cast<std::int64_t>(heads.size());
    }
    std::vector<float> values;
    const TensorSource source = [&](std::size_t index) -> Result<std::span<const std::byte>> {
        const StoredTensor& tensor = (*checkpoint)->tensors()[index];
        values.clear();
        const auto append = [&](std::int64_t first, std::int64_t count) {
            std::vector<float> rows(static_cast<std::size_t>(tensor.elements() / tensor.shape[0] * count));
            readRows(tensor, first, count, rows);
            values.insert(values.end(), rows.begin(), rows.end());
        };
        if (chosen(tensor.name))
            for (const std::int64_t head : heads)
                append(head * headDim, headDim);
        else
            append(0, tensor.shape[0]);
        return std::as_bytes(std::span(values));
    };
    const auto written = writeSafetensorsFolder(folder, tensors, source, usualShardBytes, {});
    REQUIRE(written.index() == 0);
    json config = json::parse(readFile(fixture / "config.json").value());
    config["num_key_value_heads"] = heads.size();
    REQUIRE(writeFileAtomically(folder / "config.json", config.dump()));
}

// The chunks of a case for one row, cut to their real lengths unless the case reads padding as text.
Context contextOf(const json& golden, const json& one, std::size_t row) {
    Context context;
    for (const json& index : one.at("chunks")) {
        const auto chunk = index.get<std::size_t>();
        auto ids = golden.at("encoder_input_ids").at(row).at(chunk).get<std::vector<TokenId>>();
        if (one.at("mask_given").get<bool>()) {
            const auto mask = golden.at("encoder_attention_mask").at(row).at(chunk).get<std::vector<int>>();
            ids.resize(static_cast<std::size_t>(std::count(mask.begin(), mask.end(), 1)));
        }
        context.chunks.push_back(std::move(ids));
    }
    return context;
}

std::shared_ptr<LanguageModel> inContext(const std::shared_ptr<LanguageModel>& model, const Context& context) {
    auto outcome = withContext(model, context, {});
    if (const Error* error = std::get_if<Error>(&outcome))
        FAIL(error->message);
    return std::get<std::shared_ptr<LanguageModel>>(outcome);
}

// Logits of every position, by decoding token by token.
std::vector<std::vector<float>> everyLogit(LanguageModel& model, const std::vector<TokenId>& ids) {
    const auto session =
        model.startDecoding(configuredFactors(model.config(), static_cast<std::int64_t>(ids.size())), FullAttention{});
    std::vector<std::vector<float>> logits;
    for (const TokenId& id : ids)
        logits.push_back(test::fed(*session, {&id, 1}));
    return logits;
}

double largestDifference(const std::vector<std::vector<float>>& found, const float* expected) {
    double largest = 0;
    for (const std::vector<float>& row : found)
        for (const float value : row)
            largest = std::max(largest, std::abs(static_cast<double>(value) - *expected++));
    return largest;
}

// The recorded float32 logits [rows, positions, vocabulary] of a case; empty for a case recorded without.
std::vector<float> recordedLogits(const std::filesystem::path& fixture, const std::string& name) {
    const auto file = openSafetensors(fixture / "logits.safetensors");
    REQUIRE(file);
    for (const SafetensorsEntry& entry : file->entries)
        if (entry.name == name) {
            const auto bytes = file->file->bytes().subspan(entry.begin, entry.end - entry.begin);
            std::vector<float> values(bytes.size() / sizeof(float));
            std::memcpy(values.data(), bytes.data(), bytes.size());
            return values;
        }
    return {};
}

std::vector<float> nllOfRow(LanguageModel& model, const std::vector<TokenId>& ids) {
    return test::nllOf(model, ids, configuredFactors(model.config(), static_cast<std::int64_t>(ids.size())));
}

void checkCase(const std::filesystem::path& fixture, const json& golden, const std::string& name, const json& one,
               const std::shared_ptr<LanguageModel>& model) {
    INFO("case " << name);
    const std::vector<float> expected = recordedLogits(fixture, name);
    double last8 = 0, all = 0;
    const auto rows = one.at("rows").get<std::vector<std::size_t>>();
    for (std::size_t index = 0; index < rows.size(); ++index) {
        const auto ids = golden.at("input_ids").at(rows[index]).get<std::vector<TokenId>>();
        auto reader = model;
        if (!one.at("chunks").is_null())
            reader = inContext(model, contextOf(golden, one, rows[index]));
        const auto logits = everyLogit(*reader, ids);
        const auto last = one.at("logits_last_first8").at(index).get<std::vector<float>>();
        CHECK(largestDifference({{logits.back().begin(), logits.back().begin() + 8}}, last.data()) < logitTolerance);
        if (!expected.empty())
            CHECK(largestDifference(logits, expected.data() + index * ids.size() * logits[0].size()) < logitTolerance);
        const std::vector<float> nll = nllOfRow(*reader, ids);
        CHECK(test::mean(nll) ==
              Approx(one.at("nll_per_row").at(index).get<double>()).margin(lossTolerance).epsilon(0));
        all += test::mean(nll) / static_cast<double>(rows.size());
        last8 += test::mean({nll.end() - 8, nll.end()}) / static_cast<double>(rows.size());
    }
    CHECK(all == Approx(one.at("loss").get<double>()).margin(lossTolerance).epsilon(0));
    CHECK(last8 == Approx(one.at("loss_last_8_labels").get<double>()).margin(lossTolerance).epsilon(0));
}

} // namespace

TEST_CASE("CEPE gives the recorded logits and losses with and without context") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const auto model = test::loadModel(fixture);
    const json golden = goldenOf(fixture);
    CHECK(readsContext(*model));
    for (const char* name :
         {"no_context", "one_chunk", "three_chunks", "three_chunks_mask_ignored", "batch2", "permuted"})
        checkCase(fixture, golden, name, golden.at("cases").at(name), model);
}

TEST_CASE("several encoder states, and cross-attention in the last layers only") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const json golden = goldenOf(fixture);
    for (const char* name : {"three_encoder_states", "last_layer_only"}) {
        const json& one = golden.at("cases").at(name);
        const test::TemporaryFolder folder;
        writeVariant(fixture, one.at("config"), folder.path());
        checkCase(fixture, golden, name, one, test::loadModel(folder.path()));
    }
    const json& without = golden.at("cases").at("no_context");
    const test::TemporaryFolder folder;
    writeVariant(fixture, {{"num_cross_attn_layers", 0}}, folder.path());
    const auto model = test::loadModel(folder.path());
    const auto ids = golden.at("input_ids").at(0).get<std::vector<TokenId>>();
    const auto reader = inContext(model, contextOf(golden, golden.at("cases").at("three_chunks"), 0));
    CHECK(test::mean(nllOfRow(*reader, ids)) ==
          Approx(without.at("loss").get<double>()).margin(lossTolerance).epsilon(0));
}

TEST_CASE("chunks joined into one are another context") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const auto model = test::loadModel(fixture);
    const json golden = goldenOf(fixture);
    Context joined;
    joined.chunks.emplace_back();
    for (const auto& chunk : contextOf(golden, golden.at("cases").at("three_chunks"), 0).chunks)
        joined.chunks[0].insert(joined.chunks[0].end(), chunk.begin(), chunk.end());
    const auto ids = golden.at("input_ids").at(0).get<std::vector<TokenId>>();
    CHECK(joined.tokens() == 34);
    CHECK(test::mean(nllOfRow(*inContext(model, joined), ids)) ==
          Approx(golden.at("cases").at("joined_into_one_chunk").at("loss").get<double>())
              .margin(lossTolerance)
              .epsilon(0));
}

TEST_CASE("without a context a CEPE folder is its decoder exactly") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const auto model = test::loadModel(fixture);
    const json golden = goldenOf(fixture);
    const auto ids = golden.at("input_ids").at(1).get<std::vector<TokenId>>();
    const test::TemporaryFolder folder;
    writeVariant(fixture, {{"num_cross_attn_layers", 0}}, folder.path());
    CHECK(nllOfRow(*model, ids) == nllOfRow(*test::loadModel(folder.path()), ids));
}

TEST_CASE("the leading tokens of a sequence as its context") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const auto model = test::loadModel(fixture);
    const json golden = goldenOf(fixture);
    auto ids = golden.at("input_ids").at(0).get<std::vector<TokenId>>();
    const std::vector<TokenId> context(ids.begin(), ids.begin() + 10), rest(ids.begin() + 10, ids.end());
    const auto leading = withLeadingContext(model, 10, 4);
    REQUIRE(leading);
    const auto reader = inContext(model, inChunks(context, 4));
    const std::vector<float> expected = nllOfRow(*reader, rest);
    const std::vector<float> found = nllOfRow(**leading, ids);
    REQUIRE(found.size() == ids.size() - 1);
    for (std::size_t entry = 0; entry < 10; ++entry)
        CHECK(std::isnan(found[entry]));
    CHECK(std::vector<float>(found.begin() + 10, found.end()) == expected);

    const FactorSet factors = configuredFactors(model->config(), 24);
    const auto session = (*leading)->startDecoding(factors, FullAttention{});
    const auto direct = reader->startDecoding(factors, FullAttention{});
    CHECK(test::fed(*session, ids) == test::fed(*direct, rest));
    CHECK(session->length() == 24);
    REQUIRE(session->truncate(20)); // behind the context
    REQUIRE(direct->truncate(10));
    CHECK(test::fed(*session, {&ids[3], 1}) == test::fed(*direct, {&ids[3], 1}));
    REQUIRE(session->truncate(5)); // within the context, which is then another one
    const std::span<const TokenId> other(ids.data() + 9, 15);
    std::vector<TokenId> changed(ids.begin(), ids.begin() + 5);
    changed.insert(changed.end(), other.begin(), other.end());
    const auto again = (*leading)->startDecoding(factors, FullAttention{});
    CHECK(test::fed(*session, other) == test::fed(*again, changed));

    Outcome<std::vector<float>> tooShort = (*leading)->startDecoding(factors, FullAttention{})->feed(context, {});
    REQUIRE(std::holds_alternative<Error>(tooShort));
    CHECK(std::get<Error>(tooShort).kind == ErrorKind::usage);
}

TEST_CASE("key heads shared by groups are key heads repeated") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const json golden = goldenOf(fixture);
    const Context context = contextOf(golden, golden.at("cases").at("three_chunks"), 0);
    const auto ids = golden.at("input_ids").at(0).get<std::vector<TokenId>>();
    const test::TemporaryFolder grouped, repeated;
    // The decoder's key and value heads 0 and 1, for two query heads each.
    writeWithKeyHeads(fixture, {0, 1}, grouped.path());
    writeWithKeyHeads(fixture, {0, 0, 1, 1}, repeated.path());
    const auto few = inContext(test::loadModel(grouped.path()), context);
    const auto many = inContext(test::loadModel(repeated.path()), context);
    CHECK(few->config().kvHeads == 2);
    const std::vector<float> found = nllOfRow(*few, ids), expected = nllOfRow(*many, ids);
    for (std::size_t entry = 0; entry < found.size(); ++entry)
        CHECK(found[entry] == Approx(expected[entry]).margin(1e-5).epsilon(0));
}

TEST_CASE("bf16 reads a context too, and the gradient by factors sees it") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const json golden = goldenOf(fixture);
    const Context context = contextOf(golden, golden.at("cases").at("three_chunks"), 0);
    const auto ids = golden.at("input_ids").at(0).get<std::vector<TokenId>>();
    const auto full = inContext(test::loadModel(fixture), context);
    const auto coarse = inContext(test::loadModel(fixture, ComputeType::bf16), context);
    CHECK(test::mean(nllOfRow(*coarse, ids)) == Approx(test::mean(nllOfRow(*full, ids))).margin(0.05).epsilon(0));

    FactorSet factors = configuredFactors(full->config(), 24);
    const auto outcome = full->nllGradient(ids, factors, FullAttention{}, {});
    REQUIRE(std::holds_alternative<NllGradient>(outcome));
    const auto& gradient = std::get<NllGradient>(outcome);
    CHECK(gradient.nll ==
          Approx(golden.at("cases").at("three_chunks").at("loss").get<double>()).margin(1e-5).epsilon(0));
    constexpr double step = 0.02;
    factors.factors[1] = std::exp(step);
    const double above = test::mean(test::nllOf(*full, ids, factors));
    factors.factors[1] = std::exp(-step);
    const double below = test::mean(test::nllOf(*full, ids, factors));
    CHECK(gradient.byLogFactor[1] == Approx((above - below) / (2 * step)).margin(2e-3).epsilon(0));
}

TEST_CASE("what can't be a context is refused") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const auto model = test::loadModel(fixture);
    const auto kindOf = [&](const std::shared_ptr<LanguageModel>& reader, const Context& context) {
        const auto outcome = withContext(reader, context, {});
        REQUIRE(std::holds_alternative<Error>(outcome));
        return std::get<Error>(outcome).kind;
    };
    CHECK(kindOf(model, {}) == ErrorKind::usage);
    CHECK(kindOf(model, {{{1, 2}, {}}}) == ErrorKind::input);
    CHECK(kindOf(model, {{{1, 129}}}) == ErrorKind::input); // 128 is the encoder's last id
    CHECK(kindOf(model, {{{-1}}}) == ErrorKind::input);
    CHECK(kindOf(inContext(model, {{{1, 128}}}), {{{1}}}) == ErrorKind::usage); // has a context already
    CHECK_FALSE(withLeadingContext(model, 0, 4));
    CHECK_FALSE(withLeadingContext(model, 4, 0));

    ROPESCOPE_FIXTURE(plain, "tiny_models/tiny_llama");
    const auto decoder = test::loadModel(plain);
    CHECK_FALSE(readsContext(*decoder));
    CHECK(kindOf(decoder, {{{1}}}) == ErrorKind::usage);
    CHECK_FALSE(withLeadingContext(decoder, 4, 4));
}

TEST_CASE("configurations that make no CEPE model name the key") {
    ROPESCOPE_FIXTURE(fixture, "cepe");
    const auto messageOf = [&](const json& settings) {
        const test::TemporaryFolder folder;
        writeVariant(fixture, settings, folder.path());
        const auto config = readModelConfig(folder.path());
        REQUIRE_FALSE(config);
        CHECK(config.error().kind == ErrorKind::input);
        return config.error().message;
    };
    CHECK(messageOf({{"encoder_config", nullptr}}).find("encoder_config") != std::string::npos);
    CHECK(messageOf({{"encoder_hidden_size", 48}}).find("encoder_hidden_size") != std::string::npos);
    CHECK(messageOf({{"num_cross_attn_layers", 4}}).find("num_cross_attn_layers") != std::string::npos);
    CHECK(messageOf({{"num_cross_attn_layers", -1}}).find("num_cross_attn_layers") != std::string::npos);
    // Three layers, each reading another state of an encoder that has two.
    json encoder = json::parse(readFile(fixture / "config.json").value()).at("encoder_config");
    encoder["num_hidden_layers"] = 1;
    CHECK(messageOf({{"num_cross_attn_hidden_states", 2}, {"encoder_config", encoder}}).find("num_cross_attn_layers") !=
          std::string::npos);
    encoder["hidden_size"] = "wide";
    CHECK(messageOf({{"encoder_config", encoder}}).find("encoder_config.hidden_size") != std::string::npos);
}
