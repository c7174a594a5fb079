#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/support/catch.h"
#include "tests/support/run_program.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

TEST_CASE("the model command says what the bundled model is") {
    const auto run = test::runProgram(ROPESCOPE_PROGRAM, "model demo --json");
    CHECK(run.exitCode == 0);
    CHECK(run.messages.empty());
    const auto facts = nlohmann::json::parse(run.output);
    CHECK(facts.at("architecture") == "llama");
    CHECK(facts.at("layers") == 4);
    CHECK(facts.at("heads") == 3);
    CHECK(facts.at("kv_heads") == 1);
    CHECK(facts.at("head_dim") == 64);
    CHECK(facts.at("rotary_pairs") == 32);
    CHECK(facts.at("rope_theta") == 10000);
    CHECK(facts.at("trained_length") == 256);
    CHECK(facts.at("rope_scaling").is_null());
    CHECK(facts.at("parameters") == 1771200);
    CHECK(facts.at("vocabulary") == 1024);
    CHECK(facts.at("source_dtype") == "BF16");

    const auto text = test::runProgram(ROPESCOPE_PROGRAM, "model demo");
    CHECK(text.exitCode == 0);
    CHECK(text.output.find("1,771,200") != std::string::npos);
    CHECK(text.output.find("less than one turn within the trained length") != std::string::npos);
}

TEST_CASE("the model command refuses what is no model with exit code 3 and a reason") {
    const test::TemporaryFolder folder;
    const auto path = folder.path().string();
    const auto absent = test::runProgram(ROPESCOPE_PROGRAM, "model '" + path + "/absent'");
    CHECK(absent.exitCode == 3);
    CHECK(absent.output.empty());
    CHECK(absent.messages.find("absent") != std::string::npos);

    CHECK(test::runProgram(ROPESCOPE_PROGRAM, "model '" + path + "'").exitCode == 3);
    std::ofstream(folder.path() / "text.gguf") << "not a model";
    const auto wrong = test::runProgram(ROPESCOPE_PROGRAM, "model '" + path + "/text.gguf' --json");
    CHECK(wrong.exitCode == 3);
    CHECK(wrong.output.empty());
    CHECK(wrong.messages.find("expected") != std::string::npos);

    // A configuration whose weights are those of another model.
    ROPESCOPE_FIXTURE(models, "tiny_models");
    std::filesystem::copy(models / "tiny_llama" / "model.safetensors", folder.path());
    std::filesystem::copy(models / "tiny_qwen3" / "config.json", folder.path());
    const auto mixed = test::runProgram(ROPESCOPE_PROGRAM, "model '" + path + "'");
    CHECK(mixed.exitCode == 3);
    CHECK(mixed.messages.find("model.layers.0.self_attn.q_proj.weight") != std::string::npos);
    CHECK(mixed.messages.find("[96, 64]") != std::string::npos);

    CHECK(test::runProgram(ROPESCOPE_PROGRAM, "model").exitCode == 2);
}
