// CEPE folders from outside: what the encoder reads, and how the contract shows it.
#include <cmath>
#include <numeric>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "tests/support/catch.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using nlohmann::json;

namespace {

struct Workplace {
    std::filesystem::path fixture;
    test::TemporaryFolder folder;
    json golden;

    explicit Workplace(const std::filesystem::path& cepe)
        : fixture(cepe), golden(json::parse(readFile(cepe / "golden.json").value())) {
        write("text.json", {{"ids", golden.at("input_ids").at(0)}});
        json chunks = json::array();
        for (std::size_t chunk = 0; chunk < 3; ++chunk) {
            json ids = golden.at("encoder_input_ids").at(0).at(chunk);
            const auto mask = golden.at("encoder_attention_mask").at(0).at(chunk).get<std::vector<int>>();
            ids.erase(ids.begin() + std::accumulate(mask.begin(), mask.end(), 0), ids.end());
            chunks.push_back(ids);
        }
        write("context.json", {{"chunks", chunks}});
    }
    void write(const std::string& name, const json& content) const {
        REQUIRE(writeFileAtomically(folder.path() / name, content.dump()));
    }
    [[nodiscard]] std::string file(const std::string& name) const {
        return " '" + (folder.path() / name).string() + "'";
    }
    [[nodiscard]] auto run(const std::string& command, const std::string& options) const {
        return test::runProgram(ROPESCOPE_PROGRAM, command + " '" + fixture.string() + "' --text" + file("text.json") +
                                                       " --device cpu --dtype fp32 --json " + options);
    }
    [[nodiscard]] json result(const std::string& command, const std::string& options) const {
        const auto ran = run(command, options);
        INFO(ran.messages);
        REQUIRE(ran.exitCode == 0);
        return json::parse(ran.output);
    }
};

double meanOf(const json& values) {
    const auto numbers = values.get<std::vector<double>>();
    return std::accumulate(numbers.begin(), numbers.end(), 0.0) / static_cast<double>(numbers.size());
}

} // namespace

TEST_CASE("logits and perplexity in view of a context are the recorded ones") {
    ROPESCOPE_FIXTURE(cepe, "cepe");
    const Workplace place(cepe);
    const json& cases = place.golden.at("cases");
    const json found = place.result("logits", "--context" + place.file("context.json"));
    CHECK(found.at("context_tokens") == 34);
    CHECK(found.at("tokens") == 24);
    CHECK(meanOf(found.at("nll")) == Approx(cases.at("three_chunks").at("loss").get<double>()).margin(1e-5).epsilon(0));
    for (std::size_t id = 0; id < 8; ++id)
        CHECK(found.at("logits").at(id).get<double>() ==
              Approx(cases.at("three_chunks").at("logits_last_first8").at(0).at(id).get<double>()).margin(1e-4));
    const json decoded = place.result("logits", "--decode 5 --context" + place.file("context.json"));
    CHECK(meanOf(decoded.at("nll")) == Approx(meanOf(found.at("nll"))).margin(1e-5).epsilon(0));

    const json plain = place.result("logits", "");
    CHECK(plain.at("context_tokens") == 0);
    CHECK(meanOf(plain.at("nll")) == Approx(cases.at("no_context").at("loss").get<double>()).margin(1e-5).epsilon(0));

    const json measured =
        place.result("perplexity", "--lengths 24 --protocol cepe --scored 8 --context" + place.file("context.json"));
    CHECK(measured.at("context_tokens") == 34);
    CHECK(measured.at("results").at(0).at("tokens") == 8);
    CHECK(measured.at("results").at(0).at("nll").get<double>() ==
          Approx(cases.at("three_chunks").at("loss_last_8_labels").get<double>()).margin(1e-5).epsilon(0));
}

TEST_CASE("the first tokens of a text as the context are the same as naming them") {
    ROPESCOPE_FIXTURE(cepe, "cepe");
    const Workplace place(cepe);
    const json ids = place.golden.at("input_ids").at(0);
    place.write("rest.json", {{"ids", json(std::vector<json>(ids.begin() + 10, ids.end()))}});
    place.write("first.json", {{"ids", json(std::vector<json>(ids.begin(), ids.begin() + 10))}});
    const json split = place.result("logits", "--context 10 --chunk 4");
    CHECK(split.at("context_tokens") == 10);
    CHECK(split.at("tokens") == 14);
    CHECK(split.at("nll").size() == 13);
    const auto named = test::runProgram(
        ROPESCOPE_PROGRAM, "logits '" + cepe.string() + "' --text" + place.file("rest.json") + " --context" +
                               place.file("first.json") + " --chunk 4 --device cpu --dtype fp32 --json");
    REQUIRE(named.exitCode == 0);
    CHECK(json::parse(named.output).at("nll") == split.at("nll"));

    const json measured = place.result("perplexity", "--lengths 24 --context 10 --chunk 4");
    CHECK(measured.at("results").at(0).at("tokens") == 13);
    CHECK(measured.at("results").at(0).at("nll").get<double>() ==
          Approx(meanOf(split.at("nll"))).margin(1e-6).epsilon(0));
}

TEST_CASE("a context where there can be none, or that is none, has the contract's exit codes") {
    ROPESCOPE_FIXTURE(cepe, "cepe");
    const Workplace place(cepe);
    CHECK(place.run("logits", "--context 23").exitCode == 0); // one token for the decoder
    CHECK(place.run("logits", "--context 24").exitCode == 2);
    CHECK(place.run("perplexity", "--lengths 24 --context 23").exitCode == 2);
    CHECK(place.run("logits", "--context 4 --chunk 0").exitCode == 2);
    CHECK(place.run("logits", "--context absent.txt").exitCode == 3);
    place.write("wrong.json", {{"chunks", {{1, 129}}}});
    const auto outside = place.run("logits", "--context" + place.file("wrong.json"));
    CHECK(outside.exitCode == 3);
    CHECK(outside.messages.find("chunks[0][1]") != std::string::npos);
    place.write("empty.json", {{"chunks", {json::array()}}});
    CHECK(place.run("logits", "--context" + place.file("empty.json")).exitCode == 3);
    const auto plain = test::runProgram(ROPESCOPE_PROGRAM, "logits demo --text demo --length 8 --context 4");
    CHECK(plain.exitCode == 2);
    CHECK(plain.messages.find("encoder") != std::string::npos);
}

TEST_CASE("CEPE from its encoder's first weights to a distilled model, by commands alone") {
    const test::TemporaryFolder folder;
    REQUIRE(writeFileAtomically(folder.path() / "encoder.json",
                                R"({"model_type": "llama", "vocab_size": 1025, "hidden_size": 64,
                                    "intermediate_size": 96, "num_hidden_layers": 2, "num_attention_heads": 2,
                                    "num_key_value_heads": 2, "rms_norm_eps": 1e-6, "max_position_embeddings": 512,
                                    "tie_word_embeddings": true})"));
    const auto at = [&](const std::string& name) {
        std::string word = (folder.path() / name).string();
        word.insert(word.begin(), '\'');
        word.push_back('\'');
        return word;
    };
    const auto run = [&](const std::string& command) {
        const auto ran = test::runProgram(ROPESCOPE_PROGRAM, command + " --json --quiet --device cpu --dtype fp32");
        INFO(command << ": " << ran.messages);
        REQUIRE(ran.exitCode == 0);
        return json::parse(ran.output);
    };
    const std::string settings = " --text demo --length 128 --batch 2 --steps 2 --lr 1e-3 --output ";
    const json encoder = run("train --from-scratch " + at("encoder.json") + " --tokenizer demo --method cepe-encoder" +
                             settings + at("encoder"));
    CHECK(encoder.at("first_loss").get<double>() == Approx(std::log(1025.0)).margin(0.2));
    const json made = run("cepe-init demo --encoder " + at("encoder") + " --output " + at("start"));
    CHECK(made.at("parameters").get<std::int64_t>() > 1'770'000);
    run("train " + at("start") + " --method cepe-warmup --chunk 32" + settings + at("warm"));
    run("train " + at("warm") + " --method cepe --context 96 --chunk 32" + settings + at("main"));
    const json last =
        run("train " + at("main") + " --method ceped --context 96 --chunk 32 --teacher demo" + settings + at("last"));
    CHECK(last.at("steps") == 2);
    CHECK(last.at("tokens") == 2 * 2 * 128);
    const json estimate = run("train " + at("main") + " --method cepe --estimate" + settings + at("none"));
    CHECK(estimate.at("trained_parameters").get<std::int64_t>() ==
          estimate.at("parameters").get<std::int64_t>() - run("model demo").at("parameters").get<std::int64_t>());
    const json read = run("logits " + at("last") + " --text demo --length 128 --context 96 --chunk 32");
    CHECK(read.at("context_tokens") == 96);
    CHECK(read.at("nll").size() == 31);
}

TEST_CASE("a CEPE folder is made of a decoder and an encoder's shape, and reads a context") {
    const test::TemporaryFolder folder;
    const json shape{{"model_type", "llama"},      {"vocab_size", 1025},     {"hidden_size", 64},
                     {"intermediate_size", 96},    {"num_hidden_layers", 2}, {"num_attention_heads", 2},
                     {"num_key_value_heads", 2},   {"rms_norm_eps", 1e-6},   {"max_position_embeddings", 512},
                     {"tie_word_embeddings", true}};
    const auto file = folder.path() / "encoder.json", output = folder.path() / "cepe";
    const auto made = [&](const json& settings, const std::string& options) {
        json encoder = shape;
        encoder.update(settings);
        REQUIRE(writeFileAtomically(file, encoder.dump()));
        return test::runProgram(ROPESCOPE_PROGRAM, "cepe-init demo --json --encoder '" + file.string() +
                                                       "' --output '" + output.string() + "' " + options);
    };
    CHECK(made({{"hidden_size", 256}, {"num_attention_heads", 4}, {"num_key_value_heads", 4}}, "").exitCode == 2);
    CHECK(made({{"vocab_size", 1000}}, "").exitCode == 2);
    CHECK(made({{"hidden_size", "wide"}}, "").exitCode == 3);
    CHECK(made(json::object(), "--init normal").exitCode == 2);
    CHECK_FALSE(std::filesystem::exists(output));
    const auto ran = made(json::object(), "--init zero");
    INFO(ran.messages);
    REQUIRE(ran.exitCode == 0);
    const json report = json::parse(ran.output);
    CHECK(report.at("output") == output.string());
    const auto in = [&](const std::string& model, const std::string& command) {
        const auto result =
            test::runProgram(ROPESCOPE_PROGRAM, command.substr(0, command.find(' ')) + " '" + model + "'" +
                                                    command.substr(command.find(' ')) + " --json");
        INFO(result.messages);
        REQUIRE(result.exitCode == 0);
        return json::parse(result.output);
    };
    CHECK(in(output.string(), "model ").at("parameters") == report.at("parameters"));
    // With an output projection of 0 the context is read and says nothing.
    const std::string measure = "logits --text demo --length 96 --device cpu --dtype fp32";
    CHECK(in(output.string(), measure + " --context demo").at("nll") == in("demo", measure).at("nll"));
    CHECK(made(json::object(), "").exitCode == 2); // the folder is there
}
