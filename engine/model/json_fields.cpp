#include "engine/model/json_fields.h"

#include <cmath>
#include <utility>

#include <fmt/format.h>

namespace ropescope {
namespace {

std::optional<std::int64_t> wholeNumber(const nlohmann::json& value) {
    if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX)
        return std::nullopt;
    if (value.is_number_integer())
        return value.get<std::int64_t>();
    if (!value.is_number_float())
        return std::nullopt;
    const double number = value.get<double>(); // some tools write 4096.0
    if (!(std::fabs(number) < 1e15) || number != std::floor(number))
        return std::nullopt;
    return static_cast<std::int64_t>(number);
}

bool isPositive(const nlohmann::json& value) {
    return value.is_number() && std::isfinite(value.get<double>()) && value.get<double>() > 0;
}

std::string excerpt(const nlohmann::json& value) {
    const std::string text = value.dump(-1, ' ', true, nlohmann::json::error_handler_t::replace);
    return text.size() <= 60 ? text : text.substr(0, 57) + "...";
}

} // namespace

JsonFields::JsonFields(const nlohmann::json& object, std::string file, std::string within)
    : m_object(object), m_file(std::move(file)), m_within(std::move(within)) {}

const nlohmann::json* JsonFields::find(std::string_view key) const {
    const auto found = m_object.find(key);
    return found == m_object.end() || found->is_null() ? nullptr : &*found;
}

bool JsonFields::has(std::string_view key) const {
    return find(key) != nullptr;
}

std::string JsonFields::shown(std::string_view key) const {
    const nlohmann::json* value = find(key);
    return value ? excerpt(*value) : "nothing";
}

Error JsonFields::badValue(std::string_view key, std::string_view expected, std::string_view found) const {
    return inputError(m_file, m_within.empty() ? std::string(key) : fmt::format("{}.{}", m_within, key), expected,
                      found);
}

void JsonFields::refuse(std::string_view key, std::string_view expected, std::string_view found) {
    if (!m_error)
        m_error = badValue(key, expected, found);
}

std::int64_t JsonFields::integer(std::string_view key, std::int64_t low, std::int64_t high) {
    const nlohmann::json* value = find(key);
    const auto number = value ? wholeNumber(*value) : std::nullopt;
    if (number && *number >= low && *number <= high)
        return *number;
    refuse(key, fmt::format("a whole number from {} to {}", low, high), shown(key));
    return low;
}

std::int64_t JsonFields::integerOr(std::string_view key, std::int64_t fallback, std::int64_t low, std::int64_t high) {
    return has(key) ? integer(key, low, high) : fallback;
}

double JsonFields::positive(std::string_view key) {
    const nlohmann::json* value = find(key);
    if (value && isPositive(*value))
        return value->get<double>();
    refuse(key, "a number above 0", shown(key));
    return 1;
}

double JsonFields::positiveOr(std::string_view key, double fallback) {
    return has(key) ? positive(key) : fallback;
}

bool JsonFields::booleanOr(std::string_view key, bool fallback) {
    const nlohmann::json* value = find(key);
    if (!value)
        return fallback;
    if (value->is_boolean())
        return value->get<bool>();
    refuse(key, "true or false", shown(key));
    return fallback;
}

std::string JsonFields::textOr(std::string_view key, std::string_view fallback) {
    const nlohmann::json* value = find(key);
    if (!value)
        return std::string(fallback);
    if (value->is_string())
        return value->get<std::string>();
    refuse(key, "a text", shown(key));
    return std::string(fallback);
}

std::vector<double> JsonFields::positives(std::string_view key, std::size_t count) {
    std::vector<double> numbers(count, 1);
    const nlohmann::json* value = find(key);
    if (!value || !value->is_array() || value->size() != count) {
        refuse(key, fmt::format("a list of {} numbers, one per rotary pair", count),
               value && value->is_array() ? fmt::format("{} values", value->size()) : shown(key));
        return numbers;
    }
    for (std::size_t i = 0; i < count; ++i) {
        if (isPositive((*value)[i]))
            numbers[i] = (*value)[i].get<double>();
        else
            refuse(fmt::format("{}[{}]", key, i), "a number above 0", excerpt((*value)[i]));
    }
    return numbers;
}

} // namespace ropescope
