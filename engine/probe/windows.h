// Which tokens of a text are fed to the model together and which of them count: the protocols of the literature as
// plain lists. Pure arithmetic.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/tokenizer/corpus.h"

namespace ropescope {

// Tokens [begin, end) of a document, fed as one sequence; tokens [scoredFrom, end) count. The very first token of a
// sequence has nothing before it and never counts, unless a begin-of-text token is put in front.
struct Window {
    std::size_t document = 0;
    std::int64_t begin = 0;
    std::int64_t end = 0;
    std::int64_t scoredFrom = 0;

    bool operator==(const Window&) const = default;
};

// One window from the start of each document, every token scored (DCIS, LongRoPE and YaRN with --truncate).
struct PrefixProtocol {};
// Windows every `stride` tokens, of which only tokens that no earlier window scored count (YaRN eval/perplexity.py).
struct SlidingProtocol {
    std::int64_t stride = 256;
};
// Windows side by side, every token scored; a remainder shorter than the length is left out.
struct DisjointProtocol {};
// Windows every `stride` tokens, of each of which only the last `scored` tokens count (CEPE eval_lm.py: a window after
// the first needs a token behind it; at most 5000 windows there, here all).
struct LastTokensProtocol {
    std::int64_t scored = 256;
    std::int64_t stride = 256;
};
using WindowProtocol = std::variant<PrefixProtocol, SlidingProtocol, DisjointProtocol, LastTokensProtocol>;

struct WindowRequest {
    std::int64_t length = 0;  // tokens fed per window, a begin-of-text token included
    bool beginOfText = false; // the caller puts one in front of every window
    WindowProtocol protocol = PrefixProtocol{};
    std::int64_t limit = 0; // at most this many windows over all documents; 0: all
    // The first so many tokens of a window (a begin-of-text token included) are read by an encoder: neither they nor
    // the token after them are predicted. Windows in which nothing else would count are left out.
    std::int64_t context = 0;
};

struct WindowPlan {
    std::vector<Window> windows;
    std::size_t shortDocuments = 0; // left out because they have fewer tokens than a window
};

// Usage error for a length below 2, a context that leaves nothing to count, or a stride outside 1 .. length; input
// error naming the text where no document is long enough.
[[nodiscard]] Result<WindowPlan> planWindows(const Corpus& corpus, const WindowRequest& request);

} // namespace ropescope
