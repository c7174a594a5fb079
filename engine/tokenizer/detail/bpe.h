// Byte-pair encoding of one word: its characters' ids, merged in the order of the merges' ranks.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "engine/tokenizer/tokenizer.h"

namespace ropescope::detail {

// Tokens by id and ids by token. Ids may have gaps.
class Vocabulary {
public:
    // False when the id is taken; a token that exists gets the new id.
    bool add(std::string_view token, TokenId id);
    [[nodiscard]] std::optional<TokenId> find(std::string_view token) const;
    // Null where the id has no token.
    [[nodiscard]] const std::string* token(TokenId id) const;
    [[nodiscard]] int size() const { return static_cast<int>(m_tokens.size()); } // largest id + 1
    void reserve(std::size_t count);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::vector<std::optional<std::string>> m_tokens;
    std::unordered_map<std::string, TokenId, Hash, std::equal_to<>> m_ids;
};

// Two neighbours that may become one; rank 0 goes first, equal ranks from left to right.
struct Merge {
    TokenId left = 0;
    TokenId right = 0;
    TokenId result = 0;
    std::uint32_t rank = 0;
};

struct BpeOptions {
    std::optional<TokenId> unknown; // for characters without a token; without it they are dropped
    bool fuseUnknown = false;       // neighbouring unknown characters become one token
    bool byteFallback = false;      // <0xNN> tokens for the bytes of unknown characters, where all exist
    bool ignoreMerges = false;      // a word that is a token stays whole, whatever the merges say
    std::string continuingPrefix;   // written before every character but the first when looking it up
    std::string wordSuffix;         // written behind the last character when looking it up
};

// Words seen in one call of encode, with their ids. Not shared between threads.
class WordCache {
public:
    // Null when the word is new.
    [[nodiscard]] const std::vector<TokenId>* find(std::string_view word) const;
    void add(std::string_view word, const TokenId* begin, const TokenId* end);

private:
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
    };
    std::unordered_map<std::string, std::vector<TokenId>, Hash, std::equal_to<>> m_words;
};

// Immutable; safe from several threads, each with a cache of its own.
class Bpe {
public:
    // Of two merges of the same pair the later one counts. Every id of a merge is in the vocabulary, none of its
    // tokens is empty, and the unknown token, if any, is in the vocabulary too.
    Bpe(Vocabulary vocabulary, const std::vector<Merge>& merges, BpeOptions options);

    [[nodiscard]] const Vocabulary& vocabulary() const { return m_vocabulary; }
    // Appends the word's ids. Time grows as n log n with its length.
    void encode(std::string_view word, WordCache& cache, std::vector<TokenId>& ids) const;

private:
    // Open addressing from a pair of ids to what it becomes: the innermost look-up of the encoder.
    class PairTable {
    public:
        struct Entry {
            std::uint64_t pair = 0;
            std::uint32_t rank = 0;
            TokenId result = -1; // -1: free
        };
        void build(const std::vector<Merge>& merges);
        [[nodiscard]] const Entry* find(TokenId left, TokenId right) const;

    private:
        std::vector<Entry> m_slots;
        std::uint64_t m_mask = 0;
    };

    void buildCharacterTable();
    void buildBoundaries(const std::vector<Merge>& merges);
    void initialIds(std::string_view word, std::vector<TokenId>& ids) const;
    [[nodiscard]] bool appendBytes(std::string_view character, std::vector<TokenId>& ids) const;
    [[nodiscard]] std::optional<TokenId> characterId(std::string_view character, char32_t code) const;
    void mergeParts(const std::vector<TokenId>& symbols, WordCache& cache, std::vector<TokenId>& ids) const;
    void mergeAll(const TokenId* begin, const TokenId* end, std::vector<TokenId>& ids) const;
    void mergeShort(std::vector<TokenId>& symbols) const;
    void mergeLong(std::vector<TokenId>& symbols) const;

    Vocabulary m_vocabulary;
    BpeOptions m_options;
    PairTable m_pairs;
    std::vector<TokenId> m_characters; // ids of the one-character tokens below U+10000; -1 where none
    std::vector<TokenId> m_byteTokens; // ids of <0x00> to <0xFF>; -1 where none
    PairTable m_joints;                // pairs of one-character tokens that some merge can join
    bool m_divisible = false;          // words may be cut where no merge joins
};

} // namespace ropescope::detail
