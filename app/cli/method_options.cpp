#include "app/cli/method_options.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace ropescope::cli {
namespace {

// DCIS's first windows reach from -range to range: 5, and 10 in the published search at 32 times the trained length.
double publishedRange(double scale) {
    return scale >= 32 ? 10 : 5;
}

// Gives every option that was typed to the method; `refused` names one that the method doesn't have. Which options a
// method has is read off its type.
struct Giver {
    const MethodChoice& choice;
    double scale;
    std::string refused;

    template <class Options>
    void operator()(Options& options) {
        if constexpr (requires { options.increments; })
            give(options.increments, choice.increments);
        else
            refuse(choice.increments, "--increments");
        if constexpr (requires { options.top; })
            give(options.top, choice.top);
        else
            refuse(choice.top, "--top");
        if constexpr (requires { options.range; })
            options.range = choice.range.value_or(publishedRange(scale));
        else
            refuse(choice.range, "--range");
        if constexpr (requires { options.maxPerplexity; })
            give(options.maxPerplexity, choice.maxPerplexity);
        else
            refuse(choice.maxPerplexity, "--max-perplexity");
        giveRest(options);
    }

    template <class Options>
    void giveRest(Options& options) {
        if constexpr (requires { options.evaluations; })
            give(options.evaluations, choice.evaluations);
        else
            refuse(choice.evaluations, "--evaluations");
        if constexpr (requires { options.seed; })
            give(options.seed, choice.seed);
        else
            refuse(choice.seed, "--seed");
        if constexpr (requires { options.learnAttentionFactor; })
            options.learnAttentionFactor = choice.learnAttentionFactor;
        else if (choice.learnAttentionFactor)
            refused = "--learn-attention-factor";
        if constexpr (requires { options.scale; })
            options.scale = scale;
    }

    template <class Member, class Value>
    static void give(Member& member, const std::optional<Value>& value) {
        if (value)
            member = *value;
    }
    template <class Value>
    void refuse(const std::optional<Value>& value, const char* flag) {
        if (value)
            refused = flag;
    }
};

} // namespace

void declareMethod(CLI::App& app, MethodChoice& choice) {
    app.add_option("--method", choice.method, fmt::format("{}", fmt::join(methodNames(), ", ")));
    app.add_option("--mode", choice.mode, "Of dcis: published, bit for bit; safe never accepts a loss")
        ->check(CLI::IsMember({"published", "safe"}));
    app.add_option("--increments", choice.increments, "Candidates per segment (10)");
    app.add_option("--range", choice.range, "First increments lie between -RANGE and RANGE (5; 10 from 32x on)");
    app.add_option("--top", choice.top, "The best so many span the next window (3)");
    app.add_option("--max-perplexity", choice.maxPerplexity,
                   "Candidates at or above are invalid (published: 100; safe: 10 times the start's)");
    app.add_option("--evaluations", choice.evaluations, "Budget of methods that have one");
    app.add_option("--seed", choice.seed, "Of methods that draw at random");
    app.add_flag("--learn-attention-factor", choice.learnAttentionFactor,
                 "The attention factor is one more variable (gradient)");
}

Result<MethodOptions> methodOptions(const MethodChoice& choice, double scale) {
    const bool safe = choice.mode == "safe";
    if (safe && choice.method != "dcis" && choice.method != "dcis-safe")
        return fail(usageError(fmt::format("--mode safe belongs to dcis, not to {}", choice.method)));
    auto options = defaultOptions(safe ? "dcis-safe" : choice.method);
    if (!options)
        return fail(usageError(fmt::format("there is no search method {}: choose one of {}", choice.method,
                                           fmt::join(methodNames(), ", "))));
    Giver giver{choice, scale, {}};
    std::visit(giver, *options);
    if (!giver.refused.empty())
        return fail(usageError(fmt::format("{} has no meaning for the method {}", giver.refused, choice.method)));
    return *options;
}

} // namespace ropescope::cli
