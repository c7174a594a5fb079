#include "engine/probe/windows.h"

#include <algorithm>

#include <fmt/format.h>

namespace ropescope {
namespace {

std::int64_t tokensIn(const Document& document) {
    return static_cast<std::int64_t>(document.ids.size());
}

// One overload per protocol: the windows of a document that has at least `width` tokens.
std::vector<Window> windowsOf(std::size_t document, std::int64_t, std::int64_t width, const PrefixProtocol&) {
    return {{document, 0, width, 0}};
}

std::vector<Window> windowsOf(std::size_t document, std::int64_t tokens, std::int64_t width,
                              const SlidingProtocol& sliding) {
    std::vector<Window> windows;
    std::int64_t scored = 0;
    for (std::int64_t begin = 0; scored < tokens; begin += sliding.stride) {
        const std::int64_t end = std::min(begin + width, tokens);
        windows.push_back({document, begin, end, scored});
        scored = end;
    }
    return windows;
}

std::vector<Window> windowsOf(std::size_t document, std::int64_t tokens, std::int64_t width, const DisjointProtocol&) {
    std::vector<Window> windows;
    for (std::int64_t begin = 0; begin + width <= tokens; begin += width)
        windows.push_back({document, begin, begin + width, begin});
    return windows;
}

std::vector<Window> windowsOf(std::size_t document, std::int64_t tokens, std::int64_t width,
                              const LastTokensProtocol& last) {
    std::vector<Window> windows;
    for (std::int64_t begin = 0; begin == 0 || begin + width < tokens; begin += last.stride)
        windows.push_back({document, begin, begin + width, begin + width - last.scored});
    return windows;
}

// What an encoder reads doesn't count, nor does the token after it.
void leaveContextOut(std::vector<Window>& windows, const WindowRequest& request) {
    if (request.context == 0)
        return;
    const std::int64_t unpredicted = request.context + (request.beginOfText ? 0 : 1);
    for (Window& window : windows)
        window.scoredFrom = std::max(window.scoredFrom, window.begin + unpredicted);
    std::erase_if(windows, [](const Window& window) { return window.scoredFrom >= window.end; });
}

Result<void> check(const Corpus& corpus, const WindowRequest& request, std::int64_t width) {
    if (request.length < 2)
        return fail(usageError(fmt::format("a length of at least 2 tokens is needed, got {}", request.length)));
    if (request.context < 0 || request.length < request.context + 2)
        return fail(usageError(fmt::format("a window of {} tokens must have at least 2 more than the context of {}",
                                           request.length, request.context)));
    if (const auto* sliding = std::get_if<SlidingProtocol>(&request.protocol);
        sliding && (sliding->stride < 1 || sliding->stride > width))
        return fail(usageError(
            fmt::format("the stride must lie between 1 and the window's {} tokens, got {}", width, sliding->stride)));
    if (const auto* last = std::get_if<LastTokensProtocol>(&request.protocol);
        last && (last->scored < 1 || last->scored > width || last->stride < 1))
        return fail(
            usageError(fmt::format("between 1 and {} tokens of a window can count, windows at least 1 apart; got "
                                   "{} and {}",
                                   width, last->scored, last->stride)));
    std::int64_t longest = 0;
    for (const Document& document : corpus.documents)
        longest = std::max(longest, tokensIn(document));
    if (longest == 0)
        return fail(inputError(corpus.source, "text", "at least one token", "an empty text"));
    if (longest < width)
        return fail(inputError(corpus.source, "text", fmt::format("a document of at least {} tokens", width),
                               corpus.documents.size() == 1 ? fmt::format("{} tokens", longest)
                                                            : fmt::format("{} documents of at most {} tokens",
                                                                          corpus.documents.size(), longest)));
    return {};
}

} // namespace

Result<WindowPlan> planWindows(const Corpus& corpus, const WindowRequest& request) {
    const std::int64_t width = request.length - (request.beginOfText ? 1 : 0);
    if (auto sound = check(corpus, request, width); !sound)
        return fail(sound.error());
    WindowPlan plan;
    for (std::size_t document = 0; document < corpus.documents.size(); ++document) {
        const std::int64_t tokens = tokensIn(corpus.documents[document]);
        if (tokens < width) {
            ++plan.shortDocuments;
            continue;
        }
        auto windows = std::visit([&](const auto& protocol) { return windowsOf(document, tokens, width, protocol); },
                                  request.protocol);
        leaveContextOut(windows, request);
        plan.windows.insert(plan.windows.end(), windows.begin(), windows.end());
    }
    if (request.limit > 0 && static_cast<std::int64_t>(plan.windows.size()) > request.limit)
        plan.windows.resize(static_cast<std::size_t>(request.limit));
    return plan;
}

} // namespace ropescope
