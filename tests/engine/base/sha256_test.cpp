#include "engine/base/sha256.h"

#include "engine/base/atomic_file.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;

TEST_CASE("SHA-256 of the standard's examples") {
    CHECK(sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    CHECK(sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    CHECK(sha256(std::string(1000000, 'a')) == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("SHA-256 does not depend on how the bytes are cut, nor on being a file") {
    std::string bytes;
    for (int index = 0; index < 1000; ++index)
        bytes += static_cast<char>(index * 7);
    for (const std::size_t step :
         {std::size_t{1}, std::size_t{63}, std::size_t{64}, std::size_t{65}, std::size_t{999}}) {
        Sha256 hash;
        for (std::size_t at = 0; at < bytes.size(); at += step)
            hash.add(std::string_view(bytes).substr(at, step));
        CHECK(hash.hex() == sha256(bytes));
    }
    const test::TemporaryFolder folder;
    REQUIRE(writeFileAtomically(folder.path() / "file", bytes));
    CHECK(std::get<std::string>(sha256OfFile(folder.path() / "file", {})) == sha256(bytes));
    CHECK(std::holds_alternative<Error>(sha256OfFile(folder.path() / "none", {})));
    std::stop_source stopped;
    stopped.request_stop();
    CHECK(std::holds_alternative<Cancelled>(sha256OfFile(folder.path() / "file", {stopped.get_token(), {}})));
}
