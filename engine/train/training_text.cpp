#include "engine/train/training_text.h"

#include <algorithm>

#include "engine/base/sha256.h"

namespace ropescope {

std::string textIdentity(std::string_view sha256OfTokens, const std::vector<std::int64_t>& lengths) {
    std::string shape(sha256OfTokens);
    for (const std::int64_t length : lengths)
        shape += ' ' + std::to_string(length);
    return sha256(shape);
}

CorpusText::CorpusText(Corpus corpus, bool inOrder) : m_corpus(std::move(corpus)), m_inOrder(inOrder) {
    std::int64_t start = 0;
    for (const Document& document : m_corpus.documents) {
        m_lengths.push_back(static_cast<std::int64_t>(document.ids.size()));
        m_starts.push_back(start);
        start += m_lengths.back();
    }
    m_identity = textIdentity(m_corpus.sha256, m_lengths);
}

void CorpusText::read(std::int64_t first, std::span<TokenId> out) const {
    auto document =
        static_cast<std::size_t>(std::upper_bound(m_starts.begin(), m_starts.end(), first) - m_starts.begin() - 1);
    auto offset = static_cast<std::size_t>(first - m_starts[document]);
    while (!out.empty()) {
        const std::vector<TokenId>& ids = m_corpus.documents[document].ids;
        const std::size_t count = std::min(out.size(), ids.size() - offset);
        std::copy_n(ids.begin() + static_cast<std::ptrdiff_t>(offset), count, out.begin());
        out = out.subspan(count);
        ++document;
        offset = 0;
    }
}

} // namespace ropescope
