#include "engine/study/detail/schema.h"

#include <array>

#include <fmt/format.h>

namespace ropescope::detail {
namespace {

// Step i brings a file from version i to version i + 1; an empty file has version 0. A released step never changes.
// Lists of doubles and integers are little-endian blobs; a NaN is NULL; times are milliseconds since 1970.
constexpr std::array<const char*, 3> steps = {
    // The search.
    R"sql(
CREATE TABLE model (id INTEGER PRIMARY KEY CHECK (id = 1), path TEXT NOT NULL, sha256 TEXT NOT NULL,
                    summary TEXT NOT NULL, head_dim INTEGER NOT NULL, rotary_dim INTEGER NOT NULL, theta REAL NOT NULL,
                    trained_length INTEGER NOT NULL) STRICT;
CREATE TABLE text (id INTEGER PRIMARY KEY CHECK (id = 1), path TEXT NOT NULL, sha256 TEXT NOT NULL,
                   tokens INTEGER NOT NULL) STRICT;
CREATE TABLE search (id INTEGER PRIMARY KEY CHECK (id = 1), method TEXT NOT NULL, settings TEXT NOT NULL,
                     target_length INTEGER NOT NULL, start_factors BLOB NOT NULL, start_attention_factor REAL NOT NULL,
                     start_origin TEXT NOT NULL) STRICT;
CREATE TABLE event (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES event (id), time INTEGER NOT NULL,
                    kind TEXT NOT NULL) STRICT;
CREATE TABLE evaluation (event INTEGER PRIMARY KEY REFERENCES event (id), candidate INTEGER NOT NULL,
                         factors BLOB NOT NULL, attention_factor REAL NOT NULL, level INTEGER NOT NULL,
                         first_pair INTEGER NOT NULL, end_pair INTEGER NOT NULL, increment REAL,
                         place INTEGER NOT NULL, places INTEGER NOT NULL, wants_gradient INTEGER NOT NULL,
                         perplexity REAL, gradient BLOB, gradient_attention_factor REAL, reused INTEGER NOT NULL,
                         seconds REAL) STRICT;
CREATE TABLE edit (event INTEGER PRIMARY KEY REFERENCES event (id), factors BLOB, attention_factor REAL, low REAL,
                   high REAL, pairs BLOB) STRICT;
CREATE TABLE decision (event INTEGER NOT NULL REFERENCES event (id), ordinal INTEGER NOT NULL, level INTEGER NOT NULL,
                       first_pair INTEGER NOT NULL, end_pair INTEGER NOT NULL, low REAL, high REAL,
                       increments BLOB NOT NULL, scores BLOB NOT NULL, valid INTEGER NOT NULL, best INTEGER,
                       top BLOB NOT NULL, child_low REAL, child_high REAL, factors_after BLOB NOT NULL,
                       score_before REAL, score_after REAL, skipped INTEGER NOT NULL, locked INTEGER NOT NULL,
                       PRIMARY KEY (event, ordinal)) STRICT;
CREATE TABLE branch (name TEXT PRIMARY KEY, head INTEGER REFERENCES event (id), origin INTEGER REFERENCES event (id),
                     current INTEGER NOT NULL) STRICT;
CREATE TABLE reference (name TEXT PRIMARY KEY, factors BLOB NOT NULL, attention_factor REAL NOT NULL,
                        origin TEXT NOT NULL, perplexity REAL, seconds REAL NOT NULL) STRICT;
CREATE TABLE report (branch TEXT PRIMARY KEY REFERENCES branch (name), result TEXT NOT NULL) STRICT;
)sql",
    // What a person makes and measures besides: factor sets, probe results, notes, the look of the window.
    R"sql(
CREATE TABLE factor_set (name TEXT PRIMARY KEY, position INTEGER NOT NULL, factors BLOB NOT NULL,
                         attention_factor REAL NOT NULL, origin TEXT NOT NULL, view TEXT NOT NULL) STRICT;
CREATE TABLE probe (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, kind TEXT NOT NULL, factor_set TEXT NOT NULL,
                    request TEXT NOT NULL, result TEXT NOT NULL) STRICT;
CREATE TABLE probe_series (probe INTEGER NOT NULL REFERENCES probe (id) ON DELETE CASCADE, name TEXT NOT NULL,
                           numbers BLOB NOT NULL, PRIMARY KEY (probe, name)) STRICT;
CREATE TABLE note (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
CREATE TABLE view_state (name TEXT PRIMARY KEY, state TEXT NOT NULL) STRICT;
)sql",
    // Training runs, and which of their checkpoints were measured.
    R"sql(
CREATE TABLE training (id INTEGER PRIMARY KEY, time INTEGER NOT NULL, output TEXT NOT NULL, method TEXT NOT NULL,
                       plan TEXT NOT NULL, steps INTEGER NOT NULL, finished INTEGER NOT NULL) STRICT;
CREATE TABLE training_step (run INTEGER NOT NULL REFERENCES training (id) ON DELETE CASCADE, step INTEGER NOT NULL,
                            stage INTEGER NOT NULL, loss REAL, smoothed_loss REAL, learning_rate REAL,
                            gradient_norm REAL, tokens_per_second REAL, PRIMARY KEY (run, step)) STRICT;
CREATE TABLE checkpoint (run INTEGER NOT NULL REFERENCES training (id) ON DELETE CASCADE, step INTEGER NOT NULL,
                         path TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (run, path)) STRICT;
CREATE TABLE probe_checkpoint (probe INTEGER PRIMARY KEY REFERENCES probe (id) ON DELETE CASCADE,
                               run INTEGER NOT NULL REFERENCES training (id), step INTEGER NOT NULL) STRICT;
)sql",
};

} // namespace

int schemaVersion() {
    return static_cast<int>(steps.size());
}

int checkedVersion(Database& database) {
    const std::int64_t id = database.integer("PRAGMA application_id");
    const std::int64_t version = database.integer("PRAGMA user_version");
    const std::int64_t tables = database.integer("SELECT count(*) FROM sqlite_schema");
    if (id == 0 && version == 0 && tables == 0)
        return 0;
    if (id != applicationId)
        throw database.damaged("header", "a Ropescope study", "an SQLite database of another program");
    if (version > schemaVersion())
        throw database.damaged("header", fmt::format("a study of version {} or older", schemaVersion()),
                               fmt::format("version {}, made by a newer Ropescope; open it with that one", version));
    if (version < 1)
        throw database.damaged("header", fmt::format("a version from 1 to {}", schemaVersion()),
                               fmt::format("version {}", version));
    return static_cast<int>(version);
}

void migrate(Database& database, int version) {
    Transaction transaction(database);
    // Read again: another process may have migrated between the first look and the lock.
    for (int present = checkedVersion(database); present < version; ++present) {
        database.execute(steps[static_cast<std::size_t>(present)]);
        database.execute(
            fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", applicationId, present + 1));
    }
    transaction.commit();
}

void checkTables(Database& database) {
    // The present schema, made afresh in memory, says what must be there.
    Database model{std::filesystem::path(database.name())};
    migrate(model, schemaVersion());
    constexpr std::string_view columns = "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_xinfo(t.name) c "
                                         "WHERE t.type = 'table' AND c.hidden = 0 ORDER BY 1, 2";
    Statement expected = model.prepare(columns);
    Statement present = database.prepare("SELECT count(*) FROM sqlite_schema t, pragma_table_xinfo(t.name) c WHERE "
                                         "t.type = 'table' AND c.hidden = 0 AND t.name = ?1 AND c.name = ?2");
    while (expected.step()) {
        const std::string table = expected.text(0);
        const std::string column = expected.text(1);
        present.bind(table).bind(column);
        if (!present.step() || present.integer(0) != 1)
            throw database.damaged(fmt::format("table {}", table), fmt::format("a column {}", column), "none");
        present.run();
    }
}

} // namespace ropescope::detail
