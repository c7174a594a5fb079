#include "engine/model/attention_form.h"

#include <charconv>
#include <optional>
#include <vector>

#include <fmt/format.h>

namespace ropescope {
namespace {

constexpr std::string_view expected =
    "full, lm-infinite[:WINDOW,STARTING[,TOPK,FROM_LAYER]], lm-infinite-mask[:WINDOW,STARTING] or "
    "lm-infinite-ceiling[:WINDOW]";

// "a,b,c" as counts; nothing where a part is no whole number from 0 to 2^31 - 1.
std::optional<std::vector<std::int64_t>> counts(std::string_view text) {
    std::vector<std::int64_t> numbers;
    for (;;) {
        const std::string_view word = text.substr(0, text.find(','));
        std::int64_t number = 0;
        const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), number);
        if (problem != std::errc() || end != word.data() + word.size() || number < 0 || number > INT32_MAX)
            return std::nullopt;
        numbers.push_back(number);
        if (word.size() == text.size())
            return numbers;
        text.remove_prefix(word.size() + 1);
    }
}

std::optional<AttentionForm> formOf(std::string_view name, const std::vector<std::int64_t>& given,
                                    std::int64_t trainedLength) {
    const std::size_t count = given.size();
    const std::int64_t window = count > 0 ? given[0] : trainedLength;
    if (name == "full" && count == 0)
        return FullAttention{};
    if (name == "lm-infinite-ceiling" && count <= 1)
        return DistanceCeilingAttention{window};
    if (name == "lm-infinite-mask" && (count == 0 || count == 2))
        return LambdaMaskAttention{window, count > 1 ? given[1] : LambdaMaskAttention{}.starting};
    if (name == "lm-infinite" && (count == 0 || count == 2 || count == 4)) {
        LambdaAttention form;
        form.window = window;
        if (count > 1)
            form.starting = given[1];
        if (count == 4) {
            form.topK = static_cast<int>(given[2]);
            form.topKFromLayer = static_cast<int>(given[3]);
        }
        return form;
    }
    return std::nullopt;
}

} // namespace

Result<AttentionForm> parseAttention(std::string_view text, std::int64_t trainedLength) {
    const auto colon = text.find(':');
    std::vector<std::int64_t> given;
    if (colon != std::string_view::npos) {
        const auto numbers = counts(text.substr(colon + 1));
        if (!numbers)
            return fail(usageError(fmt::format("attention: expected {}, got \"{}\"", expected, text)));
        given = *numbers;
    }
    const auto form = formOf(text.substr(0, colon), given, trainedLength);
    if (!form)
        return fail(usageError(fmt::format("attention: expected {}, got \"{}\"", expected, text)));
    if (!given.empty() && given[0] < 1)
        return fail(usageError(fmt::format("attention: the window must be at least 1 token, got {}", given[0])));
    return *form;
}

std::string attentionText(const AttentionForm& form) {
    struct Printer {
        std::string operator()(const FullAttention&) const { return "full"; }
        std::string operator()(const LambdaAttention& f) const {
            return f.topK > 0 ? fmt::format("lm-infinite:{},{},{},{}", f.window, f.starting, f.topK, f.topKFromLayer)
                              : fmt::format("lm-infinite:{},{}", f.window, f.starting);
        }
        std::string operator()(const LambdaMaskAttention& f) const {
            return fmt::format("lm-infinite-mask:{},{}", f.window, f.starting);
        }
        std::string operator()(const DistanceCeilingAttention& f) const {
            return fmt::format("lm-infinite-ceiling:{}", f.window);
        }
    };
    return std::visit(Printer{}, form);
}

} // namespace ropescope
