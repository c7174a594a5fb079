#include <algorithm>
#include <cmath>
#include <fstream>

#include <nlohmann/json.hpp>

#include "engine/base/atomic_file.h"
#include "engine/factor_file/factor_file.h"
#include "engine/model/torch_file.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

const RopeGeometry llama2{128, 128, 10000, 4096};

// Values that only a full round trip of doubles keeps, neither monotone nor between 1 and the scale.
FactorDocument irregular(const RopeGeometry& geometry) {
    FactorDocument document;
    for (int pair = 0; pair < geometry.pairs(); ++pair)
        document.set.factors.push_back(0.3 + std::fabs(std::sin(pair * 1.7)) * 7 / 3);
    document.set.attentionFactor = 1 + 1.0 / 7;
    document.set.origin = "search, evaluation 512";
    document.fillFrom(geometry);
    document.targetLength = geometry.trainedLength * 4;
    document.method = "dcis";
    document.model = FactorModel{"models/seven", "abc123"};
    document.evaluation = FactorEvaluation{"texts/held-out", 16384, 7.0 / 3};
    document.attentionFactorKnown = true;
    return document;
}

bool anyContains(const std::vector<std::string>& notes, const std::string& part) {
    return std::any_of(notes.begin(), notes.end(),
                       [&](const std::string& note) { return note.find(part) != std::string::npos; });
}

} // namespace

TEST_CASE("every format gives back the factors and the attention factor that were written") {
    const test::TemporaryFolder folder;
    for (const RopeGeometry& geometry : {llama2, RopeGeometry{96, 72, 500000, 8192}, RopeGeometry{80, 80, 1e6, 2048}})
        for (const auto& exporter : factorExporters()) {
            INFO(exporter->name() << ", " << geometry.rotaryDim << " of " << geometry.headDim);
            CHECK_FALSE(exporter->summary().empty());
            const auto document = irregular(geometry);
            const auto path = folder.path() / ("factors." + std::string(exporter->name()));
            const auto written = exportFactors(document, exporter->name(), path);
            REQUIRE(written);
            CHECK(written->written.front() == path);
            const auto read = importFactors(path, geometry);
            if (!read)
                FAIL(read.error().message);
            CHECK(read->set.attentionFactor == document.set.attentionFactor);
            CHECK(read->targetLength == document.targetLength);
            REQUIRE(read->set.factors.size() == document.set.factors.size());
            for (std::size_t pair = 0; pair < document.set.factors.size(); ++pair)
                CHECK(read->set.factors[pair] ==
                      (exporter->name() == "dcis-pt"
                           ? static_cast<double>(static_cast<float>(document.set.factors[pair]))
                           : document.set.factors[pair]));
        }
}

TEST_CASE("the project's own format keeps everything") {
    const test::TemporaryFolder folder;
    const auto document = irregular(llama2);
    REQUIRE(exportFactors(document, "json", folder.path() / "f.json"));
    const auto read = importFactors(folder.path() / "f.json", {});
    REQUIRE(read);
    CHECK(read->set == document.set);
    CHECK(read->theta == document.theta);
    CHECK(read->headDim == document.headDim);
    CHECK(read->rotaryDim == document.rotaryDim);
    CHECK(read->trainedLength == document.trainedLength);
    CHECK(read->method == document.method);
    CHECK(read->model == document.model);
    CHECK(read->evaluation == document.evaluation);
}

TEST_CASE("published factor files go through every format unchanged") {
    ROPESCOPE_FIXTURE(fixtures, "factors");
    const test::TemporaryFolder folder;
    for (const char* name : {"dcis_llama2_4x.pt", "dcis_llama2_8x.pt", "longrope_ft_mistral_128k.csv"}) {
        const auto original = importFactors(fixtures / name, llama2);
        REQUIRE(original);
        auto document = *original;
        if (!document.targetLength)
            document.targetLength = 131072;
        for (const auto& exporter : factorExporters()) {
            if (exporter->name() == "dcis-pt" && std::string(name).find("csv") != std::string::npos)
                continue; // decimal fractions don't fit float32
            INFO(name << " as " << exporter->name());
            const auto path = folder.path() / "copy";
            REQUIRE(exportFactors(document, exporter->name(), path));
            const auto read = importFactors(path, llama2);
            if (!read)
                FAIL(read.error().message);
            CHECK(read->set.factors == original->set.factors);
            CHECK(read->set.attentionFactor == original->set.attentionFactor);
        }
    }
}

TEST_CASE("a document beside bare numbers is used only for the same factors") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "f.csv";
    const auto document = irregular(llama2);
    REQUIRE(exportFactors(document, "longrope-csv", path));
    CHECK(importFactors(path, {})->set.attentionFactor == document.set.attentionFactor);
    REQUIRE(writeFileAtomically(path, "1,2,3,4\n"));
    const auto changed = importFactors(path, {});
    REQUIRE(changed);
    CHECK(changed->set.factors.size() == 4);
    CHECK_FALSE(changed->attentionFactorKnown);
    CHECK(anyContains(changed->notes, "other factors"));
    std::filesystem::remove(path.string() + ".json");
    CHECK(importFactors(path, {})->notes.size() == 1);
}

TEST_CASE("values that a search would never score are raised and said so") {
    const test::TemporaryFolder folder;
    auto document = irregular(llama2);
    document.set.factors[3] = -2;
    document.set.factors[4] = 1e-7;
    const auto written = exportFactors(document, "json", folder.path() / "f.json");
    REQUIRE(written);
    CHECK(anyContains(written->notes, "2 factors"));
    const auto read = importFactors(folder.path() / "f.json", llama2);
    REQUIRE(read);
    CHECK(read->set.factors[3] == static_cast<double>(1e-4F));
    CHECK(read->set.factors[4] == static_cast<double>(1e-4F));
    document.set.factors[5] = std::nan("");
    CHECK_FALSE(exportFactors(document, "json", folder.path() / "g.json"));
    CHECK_FALSE(std::filesystem::exists(folder.path() / "g.json"));
}

TEST_CASE("configurations carry every key their consumers read") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "config";
    auto document = irregular({96, 72, 500000, 8192});
    const auto exported = [&](const char* format) {
        const auto written = exportFactors(document, format, path);
        REQUIRE(written);
        return nlohmann::json::parse(std::ifstream(path));
    };
    const auto hf = exported("hf");
    for (const char* dictionary : {"rope_scaling", "rope_parameters"}) {
        CHECK(hf.at(dictionary).at("rope_type") == "longrope");
        CHECK(hf.at(dictionary).at("short_factor") == hf.at(dictionary).at("long_factor"));
        CHECK(hf.at(dictionary).at("attention_factor").is_number_float());
        CHECK(hf.at(dictionary).at("factor").is_number_float());
        CHECK(hf.at(dictionary).at("original_max_position_embeddings") == 8192);
    }
    CHECK(hf.at("max_position_embeddings") == 32768);
    CHECK(hf.at("original_max_position_embeddings") == 8192);
    CHECK(static_cast<int>(96 * hf.at("rope_parameters").at("partial_rotary_factor").get<double>()) == 72);
    CHECK_FALSE(exported("hf-v4").contains("rope_parameters"));
    CHECK_FALSE(exported("hf-v5").contains("rope_scaling"));
    const auto vllm = exported("vllm");
    CHECK(vllm.at("rope_scaling").at("long_mscale") == document.set.attentionFactor);
    CHECK(vllm.at("rope_parameters").at("short_mscale") == document.set.attentionFactor);
    CHECK(anyContains(exportFactors(document, "vllm", path)->notes, "--max-model-len 32768"));
    CHECK(anyContains(exportFactors(document, "sglang", path)->notes, "--context-length 32768"));
    // An attention factor of 1 must still be written as a float, and warned about.
    document.set.attentionFactor = 1;
    CHECK(exported("hf-v5").at("rope_parameters").at("attention_factor").is_number_float());
    CHECK(anyContains(exportFactors(document, "hf", path)->notes, "another model"));
}

TEST_CASE("what a format needs and the factors do not say is a usage error, and nothing is written") {
    const test::TemporaryFolder folder;
    auto document = irregular(llama2);
    document.targetLength.reset();
    for (const char* format : {"hf", "vllm", "gibberish"}) {
        const auto written = exportFactors(document, format, folder.path() / "x");
        REQUIRE_FALSE(written);
        CHECK(written.error().kind == ErrorKind::usage);
    }
    document.targetLength = 100;
    CHECK_FALSE(exportFactors(document, "hf", folder.path() / "x"));
    document.theta.reset();
    CHECK_FALSE(exportFactors(document, "sglang", folder.path() / "x"));
    CHECK(std::filesystem::is_empty(folder.path()));
    CHECK_FALSE(exportFactors(document, "csv", folder.path() / "none" / "x"));
}

TEST_CASE("what is rendered is what is written, and rendering writes nothing") {
    const test::TemporaryFolder folder;
    const auto document = irregular(llama2);
    for (const auto& exporter : factorExporters()) {
        INFO(exporter->name());
        const auto path = folder.path() / ("preview." + std::string(exporter->name()));
        const auto rendered = renderFactors(document, exporter->name(), path);
        REQUIRE(rendered);
        CHECK_FALSE(std::filesystem::exists(path));
        const auto written = exportFactors(document, exporter->name(), path);
        REQUIRE(written);
        CHECK(written->notes == rendered->notes);
        REQUIRE(written->written.size() == rendered->files.size());
        for (std::size_t i = 0; i < rendered->files.size(); ++i) {
            CHECK(written->written[i] == rendered->files[i].path);
            CHECK(readFile(rendered->files[i].path).value() == rendered->files[i].content);
        }
    }
}
