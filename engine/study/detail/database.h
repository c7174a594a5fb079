// SQLite for the study room: statements with checked columns, failures as exceptions inside this room only.
#pragma once

#include <cstdint>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/outcome.h"

struct sqlite3;
struct sqlite3_stmt;

namespace ropescope::detail {

// Carries an Error up to the room's border, where it becomes a value.
struct StudyFailure : std::exception {
    explicit StudyFailure(Error reason) : error(std::move(reason)) {}
    [[nodiscard]] const char* what() const noexcept override { return error.message.c_str(); }
    Error error;
};

class Statement;

// One connection. Not thread-safe.
class Database {
public:
    enum class Access { read, write, create };
    // Hardened against hostile files: no triggers, views or untrusted functions; bounded sizes.
    Database(const std::filesystem::path& path, Access access);
    // An empty one in memory.
    explicit Database(const std::filesystem::path& nameInMessages);

    void execute(const std::string& sql);
    // `place` says in messages what the rows are: "evaluation".
    [[nodiscard]] Statement prepare(std::string_view sql, std::string place = "database");
    [[nodiscard]] std::int64_t integer(const std::string& pragma);
    // Replaces everything here by what `source` holds.
    void copyFrom(Database& source);

    [[nodiscard]] std::string name() const { return m_path.string(); }
    // What SQLite's result code means to a person.
    [[nodiscard]] StudyFailure failureOf(int code) const;
    // "FILE: PLACE: expected EXPECTED, found FOUND".
    [[nodiscard]] StudyFailure damaged(std::string_view place, std::string_view expected, std::string_view found) const;

private:
    struct Close {
        void operator()(sqlite3* handle) const;
    };
    void open(const std::string& name, int flags);
    std::filesystem::path m_path;
    std::unique_ptr<sqlite3, Close> m_handle;
};

// All changes until commit() happen together or, when it is left without, not at all.
class Transaction {
public:
    explicit Transaction(Database& database);
    ~Transaction();
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;
    void commit();

private:
    Database& m_database;
    bool m_open = true;
};

// Values are bound in order; columns are read by index and must have the type asked for. A double that is NaN is
// stored as NULL (SQLite knows no NaN) and read back as NaN; doubles in lists keep every bit.
class Statement {
public:
    Statement(Database& database, sqlite3_stmt* statement, std::string place);

    Statement& bind(std::int64_t value);
    Statement& bind(int value) { return bind(static_cast<std::int64_t>(value)); }
    Statement& bind(bool value) { return bind(static_cast<std::int64_t>(value)); }
    Statement& bind(double value);
    Statement& bind(std::string_view value);
    Statement& bind(const char* value) { return bind(std::string_view(value)); }
    Statement& bind(const std::vector<double>& values);
    Statement& bind(const std::vector<float>& values);
    Statement& bind(const std::vector<int>& values);
    template <class T>
    Statement& bind(const std::optional<T>& value) {
        return value ? bind(*value) : bindNull();
    }
    Statement& bindNull();

    // True while there is a row.
    [[nodiscard]] bool step();
    // Runs a statement without rows and makes it ready for the next values.
    void run();

    [[nodiscard]] bool isNull(int column) const;
    [[nodiscard]] std::int64_t integer(int column) const;
    [[nodiscard]] int smallInteger(int column) const;
    [[nodiscard]] double real(int column) const;
    [[nodiscard]] std::string text(int column) const;
    [[nodiscard]] std::vector<double> doubles(int column) const;
    [[nodiscard]] std::vector<float> floats(int column) const;
    [[nodiscard]] std::vector<int> integers(int column) const;
    // An input error that names the present row and column.
    [[nodiscard]] StudyFailure wrong(int column, std::string_view expected) const;

private:
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const;
    };
    // A list as it was bound, unit by unit.
    template <class T>
    [[nodiscard]] std::vector<T> list(int column) const;
    [[nodiscard]] std::span<const std::byte> blob(int column, std::size_t unit) const;
    void check(int code) const;
    void bindBlob(const void* data, std::size_t bytes);

    Database* m_database;
    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
    std::string m_place;
    int m_next = 1;
    std::int64_t m_row = 0;
};

} // namespace ropescope::detail
