#include "engine/tokenizer/detail/pre_tokenizer.h"

#include <algorithm>

#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {
namespace {

// A stretch of a piece: matched by the pattern or between matches.
struct Stretch {
    std::size_t begin = 0;
    std::size_t end = 0;
    bool match = false;
};

// Collects the stretches of one piece in order, the unmatched ones filled in.
class Stretches {
public:
    void clear() {
        m_list.clear();
        m_done = 0;
    }
    void addMatch(std::size_t begin, std::size_t end) {
        if (m_done != begin)
            m_list.push_back({m_done, begin, false});
        m_list.push_back({begin, end, true});
        m_done = end;
    }
    std::vector<Stretch>& finish(std::size_t size) {
        if (m_done != size)
            m_list.push_back({m_done, size, false});
        return m_list;
    }

private:
    std::vector<Stretch> m_list;
    std::size_t m_done = 0;
};

// A match joins the stretch before it (in the order given) unless that is a match too; the list may run
// backwards.
template <class Extend>
void joinMatches(std::vector<Stretch>& list, Extend extend) {
    std::size_t kept = 0;
    bool previousMatch = false;
    for (const Stretch& stretch : list) {
        if (stretch.match && !previousMatch && kept > 0)
            extend(list[kept - 1], stretch);
        else
            list[kept++] = stretch;
        previousMatch = stretch.match;
    }
    list.resize(kept);
}

void applyBehavior(std::vector<Stretch>& list, SplitBehavior behavior) {
    switch (behavior) {
    case SplitBehavior::isolated:
        break;
    case SplitBehavior::removed:
        std::erase_if(list, [](const Stretch& stretch) { return stretch.match; });
        break;
    case SplitBehavior::contiguous: {
        std::size_t kept = 0;
        bool previousMatch = false;
        for (const Stretch& stretch : list) {
            if (kept > 0 && stretch.match == previousMatch)
                list[kept - 1].end = stretch.end;
            else
                list[kept++] = stretch;
            previousMatch = stretch.match;
        }
        list.resize(kept);
        break;
    }
    case SplitBehavior::mergedWithPrevious:
        joinMatches(list, [](Stretch& before, const Stretch& match) { before.end = match.end; });
        break;
    case SplitBehavior::mergedWithNext:
        std::reverse(list.begin(), list.end());
        joinMatches(list, [](Stretch& behind, const Stretch& match) { behind.begin = match.begin; });
        std::reverse(list.begin(), list.end());
        break;
    }
}

// Cuts every piece at what `findMatches(view, stretches)` finds in it.
template <class FindMatches>
void cut(Pieces& pieces, SplitBehavior behavior, bool inverted, FindMatches findMatches) {
    std::vector<Pieces::Piece> result;
    result.reserve(pieces.pieces.size());
    Stretches stretches;
    for (const Pieces::Piece& piece : pieces.pieces) {
        const std::string_view view = pieces.view(piece);
        stretches.clear();
        findMatches(view, stretches);
        auto& list = stretches.finish(view.size());
        if (inverted)
            for (Stretch& stretch : list)
                stretch.match = !stretch.match;
        applyBehavior(list, behavior);
        for (const Stretch& stretch : list)
            if (stretch.begin != stretch.end)
                result.push_back(
                    {piece.begin + stretch.begin, piece.begin + stretch.end, piece.opensText && stretch.begin == 0});
    }
    pieces.pieces = std::move(result);
}

void cutAtMatches(Pieces& pieces, SplitBehavior behavior, bool inverted, const Regex& pattern) {
    cut(pieces, behavior, inverted, [&](std::string_view view, Stretches& stretches) {
        pattern.eachMatch(view, [&](std::size_t begin, std::size_t end) { stretches.addMatch(begin, end); });
    });
}

// Rewrites every piece: `append(out, view, piece)` writes what stands for it.
template <class Append>
void rewrite(Pieces& pieces, Append append) {
    std::string text;
    text.reserve(pieces.text.size() + pieces.text.size() / 4);
    for (Pieces::Piece& piece : pieces.pieces) {
        const std::size_t begin = text.size();
        append(text, pieces.view(piece), piece);
        piece.begin = begin;
        piece.end = text.size();
    }
    pieces.text = std::move(text);
}

} // namespace

void SplitPreTokenizer::apply(Pieces& pieces) const {
    cutAtMatches(pieces, m_behavior, m_inverted, m_pattern);
}

void CharacterPreTokenizer::apply(Pieces& pieces) const {
    cut(pieces, m_behavior, false, [&](std::string_view view, Stretches& stretches) {
        for (std::size_t position = 0; position < view.size();) {
            const std::size_t begin = position;
            if (m_test(nextCharacter(view, position)))
                stretches.addMatch(begin, position);
        }
    });
}

void WhitespacePreTokenizer::apply(Pieces& pieces) const {
    enum class Kind { none, space, word, other };
    const auto kindOf = [](char32_t character) {
        return isWord(character) ? Kind::word : isWhitespace(character) ? Kind::space : Kind::other;
    };
    cut(pieces, SplitBehavior::removed, true, [&](std::string_view view, Stretches& stretches) {
        Kind run = Kind::none;
        std::size_t begin = 0;
        for (std::size_t position = 0; position < view.size();) {
            const std::size_t at = position;
            const Kind kind = kindOf(nextCharacter(view, position));
            if (kind == run)
                continue;
            if (run == Kind::word || run == Kind::other)
                stretches.addMatch(begin, at);
            begin = at;
            run = kind;
        }
        if (run == Kind::word || run == Kind::other)
            stretches.addMatch(begin, view.size());
    });
}

ByteLevelPreTokenizer::ByteLevelPreTokenizer(bool addPrefixSpace, bool useRegex) : m_addPrefixSpace(addPrefixSpace) {
    if (useRegex)
        m_pattern = Regex::compile(gpt2Pattern);
}

void ByteLevelPreTokenizer::apply(Pieces& pieces) const {
    if (m_addPrefixSpace)
        rewrite(pieces, [](std::string& out, std::string_view view, const Pieces::Piece&) {
            if (!view.starts_with(' '))
                out += ' ';
            out += view;
        });
    if (m_pattern)
        cutAtMatches(pieces, SplitBehavior::isolated, false, *m_pattern);
    rewrite(pieces, [](std::string& out, std::string_view view, const Pieces::Piece&) { appendByteLevel(out, view); });
}

void MetaspacePreTokenizer::apply(Pieces& pieces) const {
    rewrite(pieces, [&](std::string& out, std::string_view view, const Pieces::Piece& piece) {
        const bool opened = view.starts_with(' ') || view.starts_with(m_replacement);
        if (!opened && (m_prepend == Prepend::always || (m_prepend == Prepend::first && piece.opensText)))
            out += m_replacement;
        for (const char byte : view) {
            if (byte == ' ')
                out += m_replacement;
            else
                out += byte;
        }
    });
    if (!m_split)
        return;
    cut(pieces, SplitBehavior::mergedWithNext, false, [&](std::string_view view, Stretches& stretches) {
        for (std::size_t at = view.find(m_replacement); at != std::string_view::npos;
             at = view.find(m_replacement, at + m_replacement.size()))
            stretches.addMatch(at, at + m_replacement.size());
    });
}

void FixedLengthPreTokenizer::apply(Pieces& pieces) const {
    cut(pieces, SplitBehavior::isolated, false, [&](std::string_view view, Stretches& stretches) {
        for (std::size_t position = 0; position < view.size();) {
            const std::size_t begin = position;
            for (std::size_t count = 0; count < m_length && position < view.size(); ++count)
                position += utf8Length(view[position]);
            stretches.addMatch(begin, position);
        }
    });
}

void PreTokenizerSequence::apply(Pieces& pieces) const {
    for (const auto& step : m_steps)
        step->apply(pieces);
}

} // namespace ropescope::detail
