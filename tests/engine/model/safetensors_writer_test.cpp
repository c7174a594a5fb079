#include "engine/model/safetensors_writer.h"

#include <cstring>
#include <numeric>

#include "engine/model/checkpoint.h"
#include "tests/engine/model/raw_files.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

namespace {

using Paths = std::vector<std::filesystem::path>;

const std::vector<TensorToWrite> tensors = {
    {"embedding \"quoted\"", {5, 3}, StoredType::f32},
    {"norm", {3}, StoredType::bf16},
    {"one", {}, StoredType::f32},
    {"none", {0, 7}, StoredType::f16},
    {"head", {3, 5}, StoredType::f16},
};

// Bytes that tell tensors and positions apart.
std::vector<std::byte> content(std::size_t index) {
    std::vector<std::byte> bytes(tensors[index].bytes());
    for (std::size_t at = 0; at < bytes.size(); ++at)
        bytes[at] = static_cast<std::byte>((index * 31 + at * 7) % 60);
    return bytes;
}

TensorSource sourceOfContent(std::vector<std::byte>& buffer) {
    return [&buffer](std::size_t index) -> Result<std::span<const std::byte>> {
        buffer = content(index);
        return std::span<const std::byte>(buffer);
    };
}

Outcome<Paths> write(const std::filesystem::path& folder, std::uint64_t shardBytes) {
    std::vector<std::byte> buffer;
    return writeSafetensorsFolder(folder, tensors, sourceOfContent(buffer), shardBytes, {});
}

void checkContent(const std::filesystem::path& folder) {
    const auto checkpoint = openCheckpoint(folder);
    REQUIRE(checkpoint);
    CHECK((*checkpoint)->tensors().size() == tensors.size());
    for (std::size_t index = 0; index < tensors.size(); ++index) {
        const auto found = (*checkpoint)->require(tensors[index].name, tensors[index].shape);
        REQUIRE(found);
        CHECK((*found)->type == tensors[index].type);
        const auto expected = content(index);
        CHECK(std::equal(expected.begin(), expected.end(), (*found)->bytes.begin(), (*found)->bytes.end()));
    }
}

std::size_t filesIn(const std::filesystem::path& folder) {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(folder), {}));
}

} // namespace

TEST_CASE("weights written are weights read, in one file or in shards") {
    const test::TemporaryFolder folder;
    const auto single = write(folder.path(), usualShardBytes);
    REQUIRE(std::get<Paths>(single).size() == 1);
    checkContent(folder.path());
    // The header is padded so that the data begin at a multiple of 8.
    const auto checkpoint = openCheckpoint(folder.path()).value();
    CHECK(checkpoint->bytesOnDisk() % 8 == (60 + 6 + 4 + 30) % 8);

    const auto sharded = write(folder.path(), 64);
    REQUIRE(std::get<Paths>(sharded).size() == 3); // 60 bytes, then 40, and the index
    checkContent(folder.path());
    CHECK(filesIn(folder.path()) == 3); // the single file is gone

    REQUIRE(std::get<Paths>(write(folder.path(), 1)).size() == 5); // no tensor is divided
    checkContent(folder.path());
    write(folder.path(), usualShardBytes);
    CHECK(filesIn(folder.path()) == 1);
    checkContent(folder.path());
}

TEST_CASE("a write that fails or is stopped leaves what was there") {
    const test::TemporaryFolder folder;
    write(folder.path(), usualShardBytes);
    const TensorSource failing = [](std::size_t) -> Result<std::span<const std::byte>> {
        return fail(failure("no such tensor"));
    };
    const auto failed = writeSafetensorsFolder(folder.path(), tensors, failing, usualShardBytes, {});
    CHECK(std::get<Error>(failed).message == "no such tensor");

    std::stop_source stop;
    stop.request_stop();
    RunControl control;
    control.stop = stop.get_token();
    std::vector<std::byte> buffer;
    CHECK(std::holds_alternative<Cancelled>(
        writeSafetensorsFolder(folder.path(), tensors, sourceOfContent(buffer), usualShardBytes, control)));

    const std::vector<std::byte> little(1);
    const TensorSource tooShort = [&](std::size_t) -> Result<std::span<const std::byte>> {
        return std::span<const std::byte>(little);
    };
    CHECK(std::holds_alternative<Error>(writeSafetensorsFolder(folder.path(), tensors, tooShort, usualShardBytes, {})));
    CHECK(std::holds_alternative<Error>(write(folder.path() / "absent", usualShardBytes)));
    CHECK(filesIn(folder.path()) == 1);
    checkContent(folder.path());
}

TEST_CASE("requests that no file can hold are refused") {
    const test::TemporaryFolder folder;
    std::vector<std::byte> buffer;
    for (const std::vector<TensorToWrite>& wrong :
         {std::vector<TensorToWrite>{{"a", {32}, StoredType::q8_0}},
          std::vector<TensorToWrite>{{"a", {1}, StoredType::f32}, {"a", {1}, StoredType::f32}},
          std::vector<TensorToWrite>{{"a", {-1}, StoredType::f32}}}) {
        const auto refused = writeSafetensorsFolder(folder.path(), wrong, sourceOfContent(buffer), 100, {});
        REQUIRE(std::holds_alternative<Error>(refused));
        CHECK(std::get<Error>(refused).kind == ErrorKind::usage);
    }
    CHECK(filesIn(folder.path()) == 0);
}
