// Files that are no study, damaged, hostile, older or newer; a full disk.
#include <random>
#include <string>

#include "engine/base/atomic_file.h"
#include "engine/study/detail/document.h"
#include "engine/study/detail/records.h"
#include "engine/study/detail/schema.h"
#include "tests/engine/study/sample_study.h"
#include "tests/engine/study/tamper.h"
#include "tests/support/catch.h"
#include "tests/support/temporary_folder.h"

using namespace ropescope;
using test::tamper;

namespace {

void checkRefused(const std::filesystem::path& path, const std::string& what) {
    for (const auto& error : {readStudy(path).map([](const auto&) {}), Study::open(path).map([](const auto&) {}),
                              Study::openOrCreate(path).map([](const auto&) {})}) {
        REQUIRE_FALSE(error);
        INFO(error.error().message);
        CHECK(error.error().kind == ErrorKind::input);
        CHECK(error.error().message.find(path.filename().string()) != std::string::npos);
        CHECK(error.error().message.find(what) != std::string::npos);
    }
    CHECK_FALSE(std::filesystem::exists(path.string() + "-lock"));
}

} // namespace

TEST_CASE("a file that is no study is refused and stays as it is") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "file.ropescope";
    SECTION("text") {
        REQUIRE(writeFileAtomically(path, std::string(5000, 'x')));
        checkRefused(path, "expected a study (an SQLite database), found something else");
        CHECK(readFile(path).value() == std::string(5000, 'x'));
    }
    SECTION("a few bytes") {
        REQUIRE(writeFileAtomically(path, "SQLite"));
        checkRefused(path, "6 bytes");
    }
    SECTION("another program's database") {
        tamper(path, "CREATE TABLE t (a)");
        const std::string before = readFile(path).value();
        checkRefused(path, "another program");
        CHECK(readFile(path).value() == before);
    }
    SECTION("a newer study") {
        test::writeSample(path, 2);
        tamper(path, "PRAGMA user_version = 99");
        checkRefused(path, "version 99, made by a newer Ropescope");
    }
}

TEST_CASE("an older study is read as it is and migrated when opened") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "old.ropescope";
    test::writeSample(path, 5);
    const auto present = readStudy(path).value();
    CHECK(present.version == detail::schemaVersion());
    // Version 1 had the search and nothing else.
    tamper(path, "DROP TABLE training_step; DROP TABLE checkpoint; DROP TABLE probe_checkpoint; DROP TABLE training; "
                 "DROP TABLE factor_set; DROP TABLE probe_series; DROP TABLE probe; DROP TABLE note; "
                 "DROP TABLE view_state; PRAGMA user_version = 1");
    const std::string before = readFile(path).value();
    const auto old = readStudy(path);
    REQUIRE(old);
    CHECK(old->version == 1);
    CHECK(old->events.size() == 5);
    CHECK(readFile(path).value() == before);

    CHECK(Study::open(path)->contents().version == 1);
    const auto migrated = readStudy(path);
    REQUIRE(migrated);
    CHECK(migrated->version == detail::schemaVersion());
    CHECK(migrated->events.size() == 5);
    CHECK(std::get<StudyEvaluation>(migrated->events[4].what).candidate.factors ==
          std::get<StudyEvaluation>(present.events[4].what).candidate.factors);
    CHECK(migrated->search->settings.start == present.search->settings.start);
    CHECK(migrated->probes.empty());
    CHECK(Study::open(path)->setFactorSets({{"new", present.search->settings.start, ""}}));
    CHECK(readStudy(path)->factorSets.size() == 1);
}

TEST_CASE("a cut-off study says so at any length") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "cut.ropescope";
    test::writeSample(path, 10);
    const std::string whole = readFile(path).value();
    for (std::size_t length = 1; length < whole.size(); length += 1 + whole.size() / 37) {
        REQUIRE(writeFileAtomically(path, whole.substr(0, length)));
        checkRefused(path, length < 100 ? "bytes" : "cut off");
    }
}

TEST_CASE("damaged bytes never crash and never change what is read silently into nonsense") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "bytes.ropescope";
    test::writeSample(path, 10);
    const std::string whole = readFile(path).value();
    std::mt19937 random(7); // NOLINT: the same damage every time
    int refused = 0;
    for (int round = 0; round < 100; ++round) {
        std::string bytes = whole;
        for (int change = 0; change < 40; ++change)
            bytes[random() % bytes.size()] = static_cast<char>(random());
        REQUIRE(writeFileAtomically(path, bytes));
        const auto read = readStudy(path);
        if (!read) {
            ++refused;
            CHECK(read.error().message.find("bytes.ropescope") != std::string::npos);
        }
    }
    CHECK(refused > 30);
}

TEST_CASE("hostile rows are refused with their place") {
    struct Case {
        const char* sql;
        const char* message;
    };
    const Case one = GENERATE(
        Case{"UPDATE evaluation SET factors = x'0011' WHERE event = 2", "event, row 2, factors"},
        Case{"UPDATE evaluation SET factors = zeroblob(8) WHERE event = 3", "event, row 3, factors"},
        Case{"UPDATE evaluation SET factors = zeroblob(40000000) WHERE event = 3", "found 40000000 bytes"},
        Case{"UPDATE evaluation SET end_pair = 900 WHERE event = 4", "a segment within 4 pairs"},
        Case{"UPDATE evaluation SET level = 99999999999 WHERE event = 4", "an integer of 32 bits"},
        Case{"UPDATE event SET parent = 9 WHERE id = 4", "an event from 1 to 3"},
        Case{"UPDATE event SET parent = 4 WHERE id = 4", "an event from 1 to 3"},
        Case{"UPDATE event SET kind = 'magic' WHERE id = 4", "event, row 4, kind"},
        Case{"DELETE FROM evaluation WHERE event = 4", "event, row 4, kind"},
        Case{"DELETE FROM event WHERE id = 4", "event, row 4, id"},
        Case{"UPDATE branch SET head = 1000", "an event from 1 to 10"},
        Case{"UPDATE branch SET current = 0", "one current branch"},
        Case{"UPDATE decision SET best = 77", "the index of a score"},
        Case{"UPDATE decision SET top = x'ffffffff'", "indices of scores"},
        Case{"UPDATE decision SET scores = x'00'", "values of 8 bytes each"},
        Case{"UPDATE search SET start_factors = x''", "1 to 65536 numbers"},
        Case{"UPDATE search SET target_length = -5", "at least 2 tokens"},
        Case{"UPDATE search SET method = 'guess'", "a known search method, found guess"},
        Case{"UPDATE search SET settings = '{'", "the method's options"},
        Case{"UPDATE search SET settings = replace(settings, '\"increments\":5', '\"increments\":5e20')", "increments"},
        Case{"DELETE FROM model", "the sources of the search"},
        Case{"ALTER TABLE evaluation DROP COLUMN seconds", "table evaluation: expected a column seconds"},
        Case{"DROP TABLE decision", "table decision"},
        Case{"ALTER TABLE decision RENAME TO d; CREATE VIEW decision AS SELECT * FROM d", "table decision"});
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "rows.ropescope";
    test::writeSample(path, 10);
    tamper(path, one.sql);
    INFO(one.sql);
    checkRefused(path, one.message);
}

TEST_CASE("a full disk is named, and what was stored before stays") {
    const test::TemporaryFolder folder;
    const auto path = folder.path() / "full.ropescope";
    test::writeSample(path, 4);
    std::string message;
    {
        int version = 0;
        detail::Document document = detail::openDocument(path, false, version);
        document.database.execute("PRAGMA max_page_count = 1"); // SQLite takes the present size
        StudyEvent event{5, 4, 0, SearchEdit{ReplaceVector{std::vector<double>(20000, 1.5), 1}}, {}};
        try {
            detail::Transaction transaction(document.database);
            detail::insertEvent(document.database, event);
            transaction.commit();
        } catch (const detail::StudyFailure& problem) {
            message = problem.error.message;
            CHECK(problem.error.kind == ErrorKind::failed);
        }
    }
    CHECK(message.find("no space left to write study") != std::string::npos);
    CHECK(message.find("full.ropescope") != std::string::npos);
    const auto contents = readStudy(path);
    REQUIRE(contents);
    CHECK(contents->events.size() == 4);
}
