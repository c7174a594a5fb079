#include "engine/model/model_identity.h"

#include "engine/base/atomic_file.h"
#include "tests/engine/model/raw_files.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

std::string identity(const std::filesystem::path& path) {
    const auto result = modelIdentity(path);
    REQUIRE(std::holds_alternative<std::string>(result));
    return std::get<std::string>(result);
}

} // namespace

TEST_CASE("a model is the same model wherever and however it lies, and another after any change") {
    ROPESCOPE_FIXTURE(models, "tiny_models");
    const std::string original = identity(models / "tiny_llama");
    CHECK(original.size() == 64);
    CHECK(identity(models / "tiny_llama_sharded") == original); // shards and the newer spelling
    CHECK(identity(models / "tiny_llama_bf16") != original);

    const test::TemporaryFolder folder;
    std::filesystem::copy(models / "tiny_llama" / "model.safetensors", folder.path());
    std::string config = readFile(models / "tiny_llama" / "config.json").value();
    test::writeBytes(folder.path() / "config.json", config);
    CHECK(identity(folder.path()) == original);

    std::string weights = readFile(folder.path() / "model.safetensors").value();
    weights.back() = static_cast<char>(weights.back() ^ 1);
    test::writeBytes(folder.path() / "model.safetensors", weights);
    CHECK(identity(folder.path()) != original);
    weights.back() = static_cast<char>(weights.back() ^ 1);
    test::writeBytes(folder.path() / "model.safetensors", weights);
    CHECK(identity(folder.path()) == original);

    const auto theta = config.find("10000.0");
    REQUIRE(theta != std::string::npos);
    config.replace(theta, 7, "10001.0");
    test::writeBytes(folder.path() / "config.json", config);
    CHECK(identity(folder.path()) != original);
}

TEST_CASE("identifying a model can be stopped and says what is no model") {
    ROPESCOPE_FIXTURE(models, "tiny_models");
    std::stop_source stop;
    stop.request_stop();
    RunControl control;
    control.stop = stop.get_token();
    CHECK(std::holds_alternative<Cancelled>(modelIdentity(models / "tiny_llama", control)));
    CHECK(std::get<Error>(modelIdentity(models / "absent")).kind == ErrorKind::input);
}
