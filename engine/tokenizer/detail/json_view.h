// A value in a JSON file with its place: asks for what it expects, and says where it was not found.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace ropescope::detail {

// Refers to the document, which must outlive it. Every mismatch throws Malformed with file and place.
class JsonView {
public:
    JsonView(const nlohmann::json& value, std::string file, std::string place = {})
        : m_value(&value), m_file(std::move(file)), m_place(std::move(place)) {}

    [[nodiscard]] const nlohmann::json& value() const { return *m_value; }
    [[nodiscard]] JsonView at(std::string_view key) const;                  // required
    [[nodiscard]] std::optional<JsonView> find(std::string_view key) const; // nullopt when absent or null
    [[nodiscard]] std::vector<JsonView> items() const;                      // of an array
    [[nodiscard]] const std::string& text() const;
    [[nodiscard]] bool boolean() const;
    [[nodiscard]] std::int64_t integer(std::int64_t least, std::int64_t most) const;

    [[nodiscard]] std::string text(std::string_view key, std::string fallback) const;
    [[nodiscard]] bool boolean(std::string_view key, bool fallback) const;

    [[noreturn]] void reject(std::string_view expected, std::string_view found) const;
    [[noreturn]] void reject(std::string_view expected) const; // found: this value, shortened

private:
    const nlohmann::json* m_value;
    std::string m_file;
    std::string m_place;
};

} // namespace ropescope::detail
