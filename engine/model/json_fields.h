// Reading values out of a JSON object with the checks and messages that a file of unknown origin needs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "engine/base/outcome.h"

namespace ropescope {

// Getters give a value or, when it can't be had, some harmless one; the first problem is kept in error(), which the
// caller asks once at the end. Absent and null are the same, as in transformers. Not thread-safe; the object must
// outlive it.
class JsonFields {
public:
    // `within` names the object in messages ("rope_scaling"); empty for the document itself.
    JsonFields(const nlohmann::json& object, std::string file, std::string within = {});

    [[nodiscard]] bool has(std::string_view key) const;
    // Null where absent; only for values of a shape the getters don't know.
    [[nodiscard]] const nlohmann::json* find(std::string_view key) const;

    std::int64_t integer(std::string_view key, std::int64_t low, std::int64_t high);
    std::int64_t integerOr(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high);
    double positive(std::string_view key); // finite and above 0
    double positiveOr(std::string_view key, double fallback);
    bool booleanOr(std::string_view key, bool fallback);
    std::string textOr(std::string_view key, std::string_view fallback);
    std::vector<double> positives(std::string_view key, std::size_t count);

    // "FILE: WITHIN.KEY: expected ..., found ..."
    [[nodiscard]] Error badValue(std::string_view key, std::string_view expected, std::string_view found) const;
    void refuse(std::string_view key, std::string_view expected, std::string_view found);
    // The key's value as in the file, shortened; "nothing" where absent.
    [[nodiscard]] std::string shown(std::string_view key) const;

    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    const nlohmann::json& m_object;
    std::string m_file, m_within;
    std::optional<Error> m_error;
};

} // namespace ropescope
