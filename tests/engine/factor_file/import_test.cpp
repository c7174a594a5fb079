#include <bit>

#include "engine/base/atomic_file.h"
#include "engine/factor_file/factor_file.h"
#include "engine/rope/attention_factor.h"
#include "engine/rope/method.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

const RopeGeometry small{8, 8, 10000, 64};
const RopeGeometry llama2{128, 128, 10000, 4096};

class Files {
public:
    std::filesystem::path write(const std::string& name, const std::string& content) {
        const auto path = m_folder.path() / name;
        REQUIRE(writeFileAtomically(path, content));
        return path;
    }
    [[nodiscard]] std::filesystem::path path(const std::string& name) const { return m_folder.path() / name; }

private:
    test::TemporaryFolder m_folder;
};

// The message of an import that must fail as bad input.
std::string refusal(const std::filesystem::path& path, const std::optional<RopeGeometry>& geometry) {
    const auto document = importFactors(path, geometry);
    REQUIRE_FALSE(document);
    CHECK(document.error().kind == ErrorKind::input);
    CHECK(document.error().message.find(path.filename().string()) != std::string::npos);
    return document.error().message;
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

TEST_CASE("FACTORS names a formula, with its target length and attention factor") {
    const auto yarn = resolveFactorDocument("yarn:4", llama2);
    REQUIRE(yarn);
    CHECK(yarn->set == findRopeMethod("yarn")->factors(llama2, 4).value());
    CHECK(yarn->targetLength == 16384);
    CHECK(yarn->method == "yarn");
    CHECK(yarn->attentionFactorKnown);
    CHECK(resolveFactors("none", llama2).value() == unscaled(llama2));
    CHECK(resolveFactors("pi:2.5", llama2).value().factors[0] == 2.5);
    CHECK(resolveFactorDocument("pi:2.5", llama2)->targetLength == 10240);
}

TEST_CASE("FACTORS that are neither a method nor a file say what is wanted") {
    for (const char* spec : {"", "yarn", "yarn:", "yarn:four", "yarn:4x", "none:2", "rope:4", "pi:-1", "pi:nan"}) {
        const auto resolved = resolveFactors(spec, llama2);
        INFO(spec);
        REQUIRE_FALSE(resolved);
        CHECK(resolved.error().kind == ErrorKind::usage);
    }
    const auto missing = resolveFactors("no/such/file.json", llama2);
    REQUIRE_FALSE(missing);
    CHECK(missing.error().kind == ErrorKind::input);
    CHECK(resolveFactorDocument("yarn:4", {}).error().kind == ErrorKind::usage);
}

TEST_CASE("the published DCIS files are read with DCIS' attention factor") {
    ROPESCOPE_FIXTURE(path, "factors/dcis_llama2_4x.pt");
    const auto document = importFactors(path, llama2);
    REQUIRE(document);
    CHECK(document->set.factors.size() == 64);
    CHECK(document->set.attentionFactor == yarnAttentionFactor(4));
    CHECK(document->targetLength == 16384);
    CHECK(document->set.factors[0] == static_cast<double>(std::bit_cast<float>(0x3fb000e8U)));
    CHECK(document->set.factors[1] == static_cast<double>(std::bit_cast<float>(0x3f9441d1U)));
}

TEST_CASE("the published LongRoPE file is read, equal lines as one") {
    ROPESCOPE_FIXTURE(path, "factors/longrope_ft_mistral_128k.csv");
    const auto document = importFactors(path, RopeGeometry{128, 128, 10000, 8192});
    REQUIRE(document);
    CHECK(document->set.factors.front() == 1.03);
    CHECK(document->set.factors.back() == 32.99);
    CHECK_FALSE(document->attentionFactorKnown);
    CHECK(document->notes.size() == 1);
    CHECK(contains(refusal(path, small), "4, one per rotary pair"));
}

TEST_CASE("CSV shapes: a line, a column, a column with two pair indices, a line per layer") {
    Files files;
    const std::vector<double> wanted{0.5, 2, 1.25, 40};
    for (const char* content :
         {"0.5,2,1.25,40", "0.5,2,1.25,40\r\n", "# factors\n0.5\n2\n1.25\n+40\n", " 5.0e-01 , 2,1.25,4.0e+01\n\n",
          "1\n3\n0.5\n2\n1.25\n40\n", "0.5,2,1.25,40\n0.5,2,1.25,40\n0.50,2,1.25,40\n"}) {
        INFO(content);
        const auto document = importFactors(files.write("factors.csv", content), small);
        REQUIRE(document);
        CHECK(document->set.factors == wanted);
    }
}

TEST_CASE("bad CSV files are refused with the line") {
    Files files;
    const auto message = [&](const char* content) { return refusal(files.write("bad.csv", content), small); };
    CHECK(contains(message("1,2,3,4\n1,2,3,5\n"), "line 2, column 4"));
    CHECK(contains(message("1,2,3,4\n1,2,3\n"), "line 2"));
    CHECK(contains(message("1,2,x,4\n"), "line 1, column 3"));
    CHECK(contains(message("1,2,,4\n"), "line 1, column 3"));
    CHECK(contains(message("1,2,nan,4\n"), "factor 2"));
    CHECK(contains(message("1,2,inf,4\n"), "factor 2"));
    CHECK(contains(message("1,0,3,4\n"), "factor 1"));
    CHECK(contains(message("1,2,3,-4\n"), "factor 3"));
    CHECK(contains(message("1,2,3\n"), "4, one per rotary pair"));
    CHECK(contains(message("0.5\n1.5\n1\n2\n3\n4\n"), "one per rotary pair")); // the two extra are no indices
    CHECK(contains(message("#\n"), "comments"));
    CHECK(contains(message(""), "empty"));
    CHECK(contains(message("hello\n"), "another kind"));
}

TEST_CASE("JSON documents: bare factors, everything, and what is wrong with a bad one") {
    Files files;
    const auto bare = importFactors(files.write("f.json", R"({"factors": [1, 2.5, 3, 4]})"), small);
    REQUIRE(bare);
    CHECK(bare->set.factors == std::vector<double>{1, 2.5, 3, 4});
    CHECK(bare->set.attentionFactor == 1);
    CHECK_FALSE(bare->attentionFactorKnown);
    CHECK(bare->trainedLength == 64); // from the model at hand
    const auto message = [&](const char* content) { return refusal(files.write("bad.json", content), small); };
    CHECK(contains(message(R"({"factors": [1, 2, 3]})"), "one per rotary pair"));
    CHECK(contains(message(R"({"factors": [1, "2", 3, 4]})"), "factors[1]"));
    CHECK(contains(message(R"({"factors": {"a": 1}})"), "a list"));
    CHECK(contains(message(R"({"factors": [1, 2, 3, 4], "attention_factor": "x"})"), "attention_factor"));
    CHECK(contains(message(R"({"factors": [1, 2, 3, 4], "attention_factor": 0})"), "attention factor"));
    CHECK(contains(message(R"({"factors": [1, 2, 3, 4], "trained_length": -5})"), "trained_length"));
    CHECK(contains(message(R"({"factors": [1, 2, 3, 4], "head_dim": 99999999999})"), "head_dim"));
    CHECK(contains(message(R"({"factors": [1, 2, 3, 4], "version": 2})"), "version"));
    CHECK(contains(message(R"({"factors": [1, 2, 3, 4)"), "byte"));
    CHECK(contains(message(R"({"other": 1})"), "rope_scaling"));
    refusal(files.write("deep.json", R"({"factors": )" + std::string(200'000, '[')), small);
}

TEST_CASE("Hugging Face fragments of both spellings give the factors of their formula") {
    Files files;
    const auto read = [&](const std::string& content, const RopeGeometry& geometry) {
        const auto document = importFactors(files.write("config.json", content), geometry);
        if (!document)
            FAIL(document.error().message);
        return *document;
    };
    CHECK(read(R"({"rope_scaling": {"type": "linear", "factor": 4.0}})", llama2).set.factors ==
          std::vector<double>(64, 4.0));
    const auto yarn = read(R"({"rope_parameters": {"rope_type": "yarn", "factor": 4.0, "rope_theta": 10000.0,
        "original_max_position_embeddings": 4096}, "max_position_embeddings": 16384, "head_dim": 128})",
                           llama2);
    CHECK(yarn.set.factors == findRopeMethod("yarn")->factors(llama2, 4).value().factors);
    CHECK(yarn.set.attentionFactor == Approx(yarnAttentionFactor(4)).epsilon(1e-15));
    CHECK(yarn.targetLength == 16384);
    // A dictionary alone, completed from the model at hand.
    const auto lists = read(R"({"rope_type": "longrope", "short_factor": [1, 1, 1, 1], "long_factor": [1, 2, 3, 4],
        "attention_factor": 1.5, "factor": 4.0})",
                            small);
    CHECK(lists.set.factors == std::vector<double>{1, 2, 3, 4});
    CHECK(lists.set.attentionFactor == 1.5);
    CHECK(lists.targetLength == 256);
    CHECK(lists.notes.size() == 1); // the lists differ
    // Partial rotary of a fragment's model: 6 of 8 dimensions.
    CHECK(read(R"({"rope_scaling": {"type": "linear", "factor": 2.0}})", {8, 6, 10000, 64}).set.factors.size() == 3);
    CHECK(contains(refusal(files.write("bad.json", R"({"rope_scaling": {"type": "longrope", "short_factor": [1],
        "long_factor": [1], "factor": 4.0}})"),
                           small),
                   "short_factor"));
    CHECK(
        contains(refusal(files.write("bad.json", R"({"rope_scaling": {"rope_type": "spiral", "factor": 4.0}})"), small),
                 "spiral"));
    refusal(files.write("bad.json", R"({"rope_scaling": {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 4.0,
        "high_freq_factor": 1.0, "original_max_position_embeddings": 64}})"),
            small);
}

TEST_CASE("npy arrays of both types and orders, and bad ones") {
    Files files;
    const auto array = [](const std::string& header, const auto& values) {
        std::string content = "\x93NUMPY\x01";
        content += '\0';
        content += static_cast<char>(header.size());
        content += '\0';
        content += header;
        content.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(values[0]));
        return content;
    };
    const std::vector<float> floats{1, 2, 3.5F, 4};
    const std::vector<double> wanted{1, 2, 3.5, 4};
    const auto one = importFactors(
        files.write("a.npy", array("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }\n", floats)), small);
    REQUIRE(one);
    CHECK(one->set.factors == wanted);
    const std::vector<double> columns{1, 1, 2, 2, 3.5, 3.5, 4, 4};
    const auto two = importFactors(
        files.write("b.npy", array("{'descr': '<f8', 'fortran_order': True, 'shape': (2, 4), }\n", columns)), small);
    REQUIRE(two);
    CHECK(two->set.factors == wanted);
    const auto message = [&](const std::string& header) {
        return refusal(files.write("bad.npy", array(header, floats)), small);
    };
    CHECK(contains(message("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }"), "row 1, column 0"));
    CHECK(contains(message("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999,), }"), "data"));
    CHECK(contains(message("{'descr': '>f4', 'fortran_order': False, 'shape': (4,), }"), "descr"));
    CHECK(contains(message("{'descr': '<f4', 'fortran_order': False, 'shape': (), }"), "axes"));
    CHECK(contains(message("{'descr': '<f4', 'fortran_order': False, 'shape': "), "shape"));
    CHECK(contains(refusal(files.write("cut.npy", "\x93NUMPY\x01"), small), "header"));
}
