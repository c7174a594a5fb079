#include "engine/study/detail/database.h"

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <limits>

#include <fmt/format.h>
#include <sqlite3.h>

namespace ropescope::detail {
namespace {

static_assert(std::endian::native == std::endian::little, "lists are stored little-endian");

// Far above any factor list or report, far below what would hurt.
constexpr int longestValue = 64 << 20;
constexpr int patienceMs = 10000; // for a reader or a foreign tool to leave the file

std::string typeName(int type) {
    switch (type) {
    case SQLITE_INTEGER:
        return "an integer";
    case SQLITE_FLOAT:
        return "a number";
    case SQLITE_TEXT:
        return "text";
    case SQLITE_BLOB:
        return "bytes";
    default:
        return "nothing";
    }
}

} // namespace

void Database::Close::operator()(sqlite3* handle) const {
    sqlite3_close_v2(handle);
}

Database::Database(const std::filesystem::path& path, Access access) : m_path(path) {
    switch (access) {
    case Access::read:
        // Writing must be possible for SQLite itself: it rolls back what a killed writer left behind.
        open(path.string(), SQLITE_OPEN_READWRITE);
        execute("PRAGMA query_only = ON");
        return;
    case Access::write:
        open(path.string(), SQLITE_OPEN_READWRITE);
        break;
    case Access::create:
        open(path.string(), SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        break;
    }
    // A rollback journal keeps the one file complete after every transaction (a person may copy it at any time); EXTRA
    // also makes the journal's removal durable.
    execute("PRAGMA journal_mode = DELETE; PRAGMA synchronous = EXTRA; PRAGMA foreign_keys = ON");
}

Database::Database(const std::filesystem::path& nameInMessages) : m_path(nameInMessages) {
    open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
}

void Database::open(const std::string& name, int flags) {
    sqlite3* handle = nullptr;
    const int code = sqlite3_open_v2(name.c_str(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
    m_handle.reset(handle);
    if (code != SQLITE_OK)
        throw failureOf(code);
    sqlite3_extended_result_codes(handle, 1);
    sqlite3_busy_timeout(handle, patienceMs);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
    sqlite3_limit(handle, SQLITE_LIMIT_LENGTH, longestValue);
    sqlite3_limit(handle, SQLITE_LIMIT_ATTACHED, 0);
    execute("PRAGMA cell_size_check = ON");
}

void Database::execute(const std::string& sql) {
    if (const int code = sqlite3_exec(m_handle.get(), sql.c_str(), nullptr, nullptr, nullptr); code != SQLITE_OK)
        throw failureOf(code);
}

Statement Database::prepare(std::string_view sql, std::string place) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v2(m_handle.get(), sql.data(), static_cast<int>(sql.size()), &statement, nullptr);
    if (code != SQLITE_OK)
        throw failureOf(code);
    return {*this, statement, std::move(place)};
}

std::int64_t Database::integer(const std::string& pragma) {
    Statement statement = prepare(pragma);
    return statement.step() ? statement.integer(0) : 0;
}

void Database::copyFrom(Database& source) {
    sqlite3_backup* backup = sqlite3_backup_init(m_handle.get(), "main", source.m_handle.get(), "main");
    if (!backup)
        throw failureOf(sqlite3_errcode(m_handle.get()));
    sqlite3_backup_step(backup, -1);
    if (const int code = sqlite3_backup_finish(backup); code != SQLITE_OK)
        throw failureOf(code);
}

StudyFailure Database::failureOf(int code) const {
    const std::string file = name();
    const std::string detail = m_handle ? sqlite3_errmsg(m_handle.get()) : sqlite3_errstr(code);
    const int systemError = m_handle ? sqlite3_system_errno(m_handle.get()) : 0;
    const std::string cause = systemError != 0 ? std::strerror(systemError) : detail;
    switch (code & 0xff) {
    case SQLITE_NOTADB:
        return damaged("header", "an SQLite database", "something else");
    case SQLITE_CORRUPT:
        return damaged("database", "an intact study", detail);
    case SQLITE_FULL:
        return StudyFailure(failure(fmt::format(
            "no space left to write study {}: what it held before is kept; free some space, then resume", file)));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return StudyFailure(
            failure(fmt::format("study {} stays locked by another program; close it there and try again", file)));
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return StudyFailure(failure(fmt::format("cannot write study {}: {}", file, cause)));
    case SQLITE_NOMEM:
        return StudyFailure(failure(fmt::format("out of memory while reading study {}", file)));
    case SQLITE_TOOBIG:
        return damaged("database", fmt::format("values of at most {} bytes", longestValue), "a longer one");
    case SQLITE_IOERR:
        return StudyFailure(failure(fmt::format("reading or writing study {} failed: {}", file, cause)));
    default:
        return damaged("database", "a study", detail);
    }
}

StudyFailure Database::damaged(std::string_view place, std::string_view expected, std::string_view found) const {
    return StudyFailure(inputError(name(), place, expected, found));
}

Transaction::Transaction(Database& database) : m_database(database) {
    m_database.execute("BEGIN IMMEDIATE");
}

Transaction::~Transaction() {
    if (!m_open)
        return;
    try {
        m_database.execute("ROLLBACK");
    } catch (const StudyFailure&) {
        // SQLite has rolled back by itself, which is why the transaction is left.
    }
}

void Transaction::commit() {
    m_database.execute("COMMIT");
    m_open = false;
}

void Statement::Finalize::operator()(sqlite3_stmt* statement) const {
    sqlite3_finalize(statement);
}

Statement::Statement(Database& database, sqlite3_stmt* statement, std::string place)
    : m_database(&database), m_statement(statement), m_place(std::move(place)) {}

void Statement::check(int code) const {
    if (code != SQLITE_OK)
        throw m_database->failureOf(code);
}

Statement& Statement::bind(std::int64_t value) {
    check(sqlite3_bind_int64(m_statement.get(), m_next++, value));
    return *this;
}

Statement& Statement::bind(double value) {
    check(sqlite3_bind_double(m_statement.get(), m_next++, value)); // NaN becomes NULL
    return *this;
}

Statement& Statement::bind(std::string_view value) {
    check(sqlite3_bind_text64(m_statement.get(), m_next++, value.data() ? value.data() : "", value.size(),
                              SQLITE_TRANSIENT, SQLITE_UTF8));
    return *this;
}

void Statement::bindBlob(const void* data, std::size_t bytes) {
    check(bytes == 0 ? sqlite3_bind_zeroblob(m_statement.get(), m_next, 0)
                     : sqlite3_bind_blob64(m_statement.get(), m_next, data, bytes, SQLITE_TRANSIENT));
    ++m_next;
}

Statement& Statement::bind(const std::vector<double>& values) {
    bindBlob(values.data(), values.size() * sizeof(double));
    return *this;
}

Statement& Statement::bind(const std::vector<float>& values) {
    bindBlob(values.data(), values.size() * sizeof(float));
    return *this;
}

Statement& Statement::bind(const std::vector<int>& values) {
    const std::vector<std::int32_t> stored(values.begin(), values.end());
    bindBlob(stored.data(), stored.size() * sizeof(std::int32_t));
    return *this;
}

Statement& Statement::bindNull() {
    check(sqlite3_bind_null(m_statement.get(), m_next++));
    return *this;
}

bool Statement::step() {
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW) {
        ++m_row;
        return true;
    }
    if (code != SQLITE_DONE)
        throw m_database->failureOf(code);
    return false;
}

void Statement::run() {
    const int code = sqlite3_step(m_statement.get());
    if (code != SQLITE_DONE && code != SQLITE_ROW)
        throw m_database->failureOf(code);
    check(sqlite3_reset(m_statement.get()));
    m_next = 1;
}

bool Statement::isNull(int column) const {
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

StudyFailure Statement::wrong(int column, std::string_view expected) const {
    const int type = sqlite3_column_type(m_statement.get(), column);
    std::string found = typeName(type);
    if (type == SQLITE_BLOB)
        found = fmt::format("{} bytes", sqlite3_column_bytes(m_statement.get(), column));
    else if (type == SQLITE_INTEGER || type == SQLITE_FLOAT)
        found = fmt::format("{}", sqlite3_column_double(m_statement.get(), column));
    return m_database->damaged(
        fmt::format("{}, row {}, {}", m_place, m_row, sqlite3_column_name(m_statement.get(), column)), expected, found);
}

std::int64_t Statement::integer(int column) const {
    if (sqlite3_column_type(m_statement.get(), column) != SQLITE_INTEGER)
        throw wrong(column, "an integer");
    return sqlite3_column_int64(m_statement.get(), column);
}

int Statement::smallInteger(int column) const {
    const std::int64_t value = integer(column);
    if (value < std::numeric_limits<int>::min() || value > std::numeric_limits<int>::max())
        throw wrong(column, "an integer of 32 bits");
    return static_cast<int>(value);
}

double Statement::real(int column) const {
    switch (sqlite3_column_type(m_statement.get(), column)) {
    case SQLITE_NULL:
        return std::numeric_limits<double>::quiet_NaN();
    case SQLITE_FLOAT:
    case SQLITE_INTEGER:
        return sqlite3_column_double(m_statement.get(), column);
    default:
        throw wrong(column, "a number");
    }
}

std::string Statement::text(int column) const {
    if (sqlite3_column_type(m_statement.get(), column) != SQLITE_TEXT)
        throw wrong(column, "text");
    const auto* start = reinterpret_cast<const char*>(sqlite3_column_text(m_statement.get(), column));
    return {start, static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column))};
}

std::span<const std::byte> Statement::blob(int column, std::size_t unit) const {
    const auto bytes = static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column));
    if (sqlite3_column_type(m_statement.get(), column) != SQLITE_BLOB || bytes % unit != 0)
        throw wrong(column, fmt::format("values of {} bytes each", unit));
    return {static_cast<const std::byte*>(sqlite3_column_blob(m_statement.get(), column)), bytes};
}

template <class T>
std::vector<T> Statement::list(int column) const {
    const auto bytes = blob(column, sizeof(T));
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!bytes.empty())
        std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

std::vector<double> Statement::doubles(int column) const {
    return list<double>(column);
}

std::vector<float> Statement::floats(int column) const {
    return list<float>(column);
}

std::vector<int> Statement::integers(int column) const {
    static_assert(sizeof(int) == sizeof(std::int32_t));
    return list<int>(column);
}

} // namespace ropescope::detail
