#include "engine/train/training_text.h"

#include <algorithm>

#include "engine/base/sha256.h"

namespace ropescope {

CorpusText::CorpusText(Corpus corpus, bool inOrder) : m_corpus(std::move(corpus)), m_inOrder(inOrder) {
    std::string shape = m_corpus.sha256;
    std::int64_t start = 0;
    for (const Document& document : m_corpus.documents) {
        m_lengths.push_back(static_cast<std::int64_t>(document.ids.size()));
        m_starts.push_back(start);
        start += m_lengths.back();
        shape += ' ' + std::to_string(m_lengths.back());
    }
    m_identity = sha256(shape);
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
