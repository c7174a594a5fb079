#include "app/cli/inputs.h"

#include <charconv>
#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "engine/factor_file/factor_file.h"

namespace ropescope::cli {
namespace {

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

std::optional<std::int64_t> parseCount(std::string_view word) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (problem != std::errc() || end != word.data() + word.size())
        return std::nullopt;
    return value;
}

} // namespace

DeviceOptions deviceOptions(const CommonOptions& common) {
    DeviceOptions options;
    options.device = common.device;
    options.threads = common.threads;
    if (common.type == "fp32")
        options.type = ComputeType::fp32;
    else if (common.type == "bf16")
        options.type = ComputeType::bf16;
    return options;
}

Result<FactorSet> parseFactors(const std::string& spec, const RopeGeometry& geometry,
                               std::optional<double> attentionFactor) {
    auto set = resolveFactors(spec, geometry);
    if (set && attentionFactor) {
        set->attentionFactor = *attentionFactor;
        set->origin += fmt::format(", attention factor {}", *attentionFactor);
    }
    return set;
}

Result<AttentionForm> parseAttention(std::string_view spec, std::int64_t trainedLength) {
    if (spec == "full")
        return FullAttention{};
    const auto colon = spec.find(':');
    const auto malformed = [&] {
        return fail(usageError(fmt::format(
            "attention: expected full or lm-infinite[:WINDOW,STARTING[,TOPK,FROM_LAYER]], got \"{}\"", spec)));
    };
    if (spec.substr(0, colon) != "lm-infinite")
        return malformed();
    LambdaAttention form;
    form.window = trainedLength;
    if (colon != std::string_view::npos) {
        std::vector<std::int64_t> numbers;
        for (const std::string_view word : split(spec.substr(colon + 1), ',')) {
            const auto number = parseCount(word);
            if (!number || *number < 0 || *number > INT32_MAX)
                return malformed();
            numbers.push_back(*number);
        }
        if (numbers.size() != 2 && numbers.size() != 4)
            return malformed();
        form.window = numbers[0];
        form.starting = numbers[1];
        if (numbers.size() == 4) {
            form.topK = static_cast<int>(numbers[2]);
            form.topKFromLayer = static_cast<int>(numbers[3]);
        }
    }
    if (form.window < 1)
        return fail(usageError(fmt::format("attention: the window must be at least 1 token, got {}", form.window)));
    return form;
}

std::string attentionText(const AttentionForm& form) {
    if (const auto* lambda = std::get_if<LambdaAttention>(&form))
        return lambda->topK > 0 ? fmt::format("lm-infinite:{},{},{},{}", lambda->window, lambda->starting, lambda->topK,
                                              lambda->topKFromLayer)
                                : fmt::format("lm-infinite:{},{}", lambda->window, lambda->starting);
    return "full";
}

std::optional<double> parseNumber(std::string_view word) {
    double value = 0;
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (problem != std::errc() || end != word.data() + word.size() || !std::isfinite(value))
        return std::nullopt;
    return value;
}

} // namespace ropescope::cli
