#include "engine/tokenizer/detail/json_view.h"

#include <fmt/format.h>

#include "engine/tokenizer/detail/malformed.h"
#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {
namespace {

constexpr std::size_t longestShown = 80;

// A value as a message shows it; a large one only by its kind, because writing it out could take long.
std::string shown(const nlohmann::json& value) {
    if (value.is_structured())
        return fmt::format("an {} of {}", value.is_object() ? "object" : "array", value.size());
    std::string text = value.dump();
    if (text.size() > longestShown) {
        text.resize(previousStart(text, longestShown));
        text += "...";
    }
    return text;
}

} // namespace

JsonView JsonView::at(std::string_view key) const {
    if (!m_value->is_object())
        reject("an object");
    const auto found = m_value->find(key);
    if (found == m_value->end())
        reject(fmt::format("the key \"{}\"", key), "none");
    return {*found, m_file, m_place.empty() ? std::string(key) : fmt::format("{}.{}", m_place, key)};
}

std::optional<JsonView> JsonView::find(std::string_view key) const {
    if (!m_value->is_object())
        reject("an object");
    const auto found = m_value->find(key);
    if (found == m_value->end() || found->is_null())
        return std::nullopt;
    return at(key);
}

std::vector<JsonView> JsonView::items() const {
    if (!m_value->is_array())
        reject("an array");
    std::vector<JsonView> items;
    items.reserve(m_value->size());
    for (const nlohmann::json& item : *m_value)
        items.emplace_back(item, m_file, fmt::format("{}[{}]", m_place, items.size()));
    return items;
}

const std::string& JsonView::text() const {
    if (!m_value->is_string())
        reject("a string");
    return m_value->get_ref<const std::string&>();
}

bool JsonView::boolean() const {
    if (!m_value->is_boolean())
        reject("true or false");
    return m_value->get<bool>();
}

std::int64_t JsonView::integer(std::int64_t least, std::int64_t most) const {
    const bool tooLarge =
        m_value->is_number_unsigned() && m_value->get<std::uint64_t>() > static_cast<std::uint64_t>(most);
    if (!m_value->is_number_integer() || tooLarge || m_value->get<std::int64_t>() < least ||
        m_value->get<std::int64_t>() > most)
        reject(fmt::format("an integer from {} to {}", least, most));
    return m_value->get<std::int64_t>();
}

std::string JsonView::text(std::string_view key, std::string fallback) const {
    const auto found = find(key);
    return found ? found->text() : std::move(fallback);
}

bool JsonView::boolean(std::string_view key, bool fallback) const {
    const auto found = find(key);
    return found ? found->boolean() : fallback;
}

void JsonView::reject(std::string_view expected, std::string_view found) const {
    throw Malformed(inputError(m_file, m_place.empty() ? "document" : m_place, expected, found));
}

void JsonView::reject(std::string_view expected) const {
    reject(expected, shown(*m_value));
}

} // namespace ropescope::detail
