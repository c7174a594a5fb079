// pytorch_model.bin files, saved by PyTorch (make_torch_checkpoint.py), as checkpoints.
#include "engine/base/atomic_file.h"
#include "engine/model/checkpoint.h"
#include "engine/model/zip_archive.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

namespace fs = std::filesystem;

const fs::path saved = ROPESCOPE_TORCH_CHECKPOINT;
const fs::path first = "pytorch_model-00001-of-00002.bin", second = "pytorch_model-00002-of-00002.bin",
               shardIndex = "pytorch_model.bin.index.json";

std::vector<float> valuesOf(const Checkpoint& checkpoint, const std::string& name,
                            const std::vector<std::int64_t>& shape) {
    const auto tensor = checkpoint.require(name, shape);
    if (!tensor)
        FAIL(tensor.error().message);
    std::vector<float> values(static_cast<std::size_t>((*tensor)->elements()));
    readRows(**tensor, 0, shape[0], values);
    return values;
}

std::string messageOf(const fs::path& folder) {
    const auto opened = openCheckpoint(folder);
    REQUIRE_FALSE(opened);
    CHECK(opened.error().kind == ErrorKind::input);
    return opened.error().message;
}

void copyAll(const fs::path& folder) {
    for (const fs::path& name : {first, second, shardIndex})
        fs::copy_file(saved / name, folder / name);
}

// An archive as torch.save makes it, of any pickle.
std::string archiveOf(const std::string& pickle) {
    return writeZip({{"archive/data.pkl", pickle}, {"archive/version", "3\n"}});
}

} // namespace

TEST_CASE("a sharded state dict of PyTorch is a checkpoint") {
    const auto opened = openCheckpoint(saved);
    if (!opened)
        FAIL(opened.error().message);
    const Checkpoint& checkpoint = **opened;
    CHECK(valuesOf(checkpoint, "first.weight", {3, 4}) ==
          std::vector<float>{0, 0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1, 1.125, 1.25, 1.375});
    CHECK(valuesOf(checkpoint, "first.bias", {3}) == std::vector<float>{1.5, -2, 0.25});
    CHECK(valuesOf(checkpoint, "second.weight", {2, 2}) == std::vector<float>{1, 2, 3, -4});
    CHECK(valuesOf(checkpoint, "small", {2}) == std::vector<float>{0.5, 65504});
    CHECK(valuesOf(checkpoint, "row", {4}) == std::vector<float>{0.5, 0.625, 0.75, 0.875}); // within another's storage
    CHECK(checkpoint.find("second.weight")->type == StoredType::bf16);
    CHECK(checkpoint.tensors().size() == 5);
    CHECK(checkpoint.bytesOnDisk() ==
          static_cast<std::int64_t>(fs::file_size(saved / first) + fs::file_size(saved / second)));

    const auto integers = checkpoint.require("counts", {2});
    REQUIRE_FALSE(integers);
    CHECK(integers.error().message.find("int64") != std::string::npos);
    const auto strided = checkpoint.require("turned", {4, 3});
    REQUIRE_FALSE(strided);
    CHECK(strided.error().message.find("strided") != std::string::npos);
}

TEST_CASE("a single pytorch_model.bin, and safetensors where both are there") {
    const test::TemporaryFolder folder;
    fs::copy_file(saved / first, folder.path() / "pytorch_model.bin");
    const auto opened = openCheckpoint(folder.path());
    REQUIRE(opened);
    CHECK(valuesOf(**opened, "first.bias", {3}) == std::vector<float>{1.5, -2, 0.25});
    REQUIRE(writeFileAtomically(folder.path() / "model.safetensors", "not safetensors"));
    CHECK(messageOf(folder.path()).find("model.safetensors") != std::string::npos);
}

TEST_CASE("hostile and damaged PyTorch files are refused") {
    const auto refused = [](const std::string& content) {
        const test::TemporaryFolder folder;
        REQUIRE(writeFileAtomically(folder.path() / "pytorch_model.bin", content));
        return messageOf(folder.path());
    };
    // os.system("true"), which unpickling would run.
    CHECK(refused(archiveOf(std::string("\x80\x02"
                                        "cos\nsystem\nX\x04\x00\x00\x00true\x85R.",
                                        26)))
              .find("os system") != std::string::npos);
    CHECK(refused(archiveOf(std::string("\x80\x02K\x01.", 5))).find("dictionary") != std::string::npos);
    CHECK_FALSE(refused("not an archive").empty());
    CHECK_FALSE(refused("").empty());
    const std::string whole = readFile(saved / first).value();
    for (const std::size_t size : {whole.size() / 4, whole.size() / 2, whole.size() - 1})
        CHECK_FALSE(refused(whole.substr(0, size)).empty());
}

TEST_CASE("an index that doesn't fit its shards is refused") {
    const auto refused = [](const std::string& text) {
        const test::TemporaryFolder folder;
        copyAll(folder.path());
        REQUIRE(writeFileAtomically(folder.path() / shardIndex, text));
        return messageOf(folder.path());
    };
    CHECK(refused(R"({"weight_map": {"missing": "pytorch_model-00001-of-00002.bin"}})").find("missing") !=
          std::string::npos);
    CHECK(refused(R"({"weight_map": {"first.bias": "../elsewhere.bin"}})").find("elsewhere") != std::string::npos);
    CHECK(refused(R"({"weight_map": {"first.bias": "absent.bin"}})").find("absent.bin") != std::string::npos);
    CHECK(refused(R"({"weight_map": []})").find("weight_map") != std::string::npos);

    const test::TemporaryFolder twice; // the same tensors in both shards
    copyAll(twice.path());
    fs::copy_file(saved / first, twice.path() / second, fs::copy_options::overwrite_existing);
    CHECK(messageOf(twice.path()).find("earlier") != std::string::npos);
}
