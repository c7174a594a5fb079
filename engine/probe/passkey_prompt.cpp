#include "engine/probe/passkey_prompt.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include <fmt/format.h>

#include "engine/probe/random.h"

namespace ropescope {
namespace {

constexpr std::string_view task =
    "There is an important info hidden inside a lot of irrelevant text. Find it and memorize them. "
    "I will quiz you about the important information there.";
constexpr std::string_view filler =
    "The grass is green. The sky is blue. The sun is yellow. Here we go. There and back again. ";
constexpr std::string_view question = "What is the pass key?";
constexpr std::string_view answerOpening = "The pass key is";
constexpr std::int64_t largestPublishedKey = 50000;
constexpr std::size_t characterStep = 128;

std::string keyLine(std::int64_t key) {
    return fmt::format("The pass key is {0}. Remember it. {0} is the pass key.", key);
}

std::string repeatedFiller(std::size_t characters) {
    std::string text;
    while (text.size() < characters)
        text += filler;
    text.resize(characters);
    return text;
}

void append(std::vector<TokenId>& ids, const std::vector<TokenId>& more) {
    ids.insert(ids.end(), more.begin(), more.end());
}

SplitMix64 randomOf(const PasskeyTrial& trial) {
    SplitMix64 random(trial.seed);
    const std::uint64_t depth = std::bit_cast<std::uint64_t>(trial.depth.value_or(-1));
    for (const std::uint64_t part :
         {static_cast<std::uint64_t>(trial.length), depth, static_cast<std::uint64_t>(trial.trial)})
        random = SplitMix64(random.next() ^ part);
    return random;
}

// A tokenizer that gives up on a part of a prompt: thrown by Frame, an error again at the room's border.
struct EncodingFailed {
    Error error;
};

template <class T, class Compose>
Result<T> composed(Compose compose) {
    try {
        return compose();
    } catch (const EncodingFailed& problem) {
        return fail(problem.error);
    }
}

// Tokenises the parts that every prompt begins and ends with.
class Frame {
public:
    Frame(const ChatTemplate& chat, const Tokenizer& tokenizer) : m_tokenizer(tokenizer) {
        const auto before = plain(chat.before, true);
        const auto begin = tokenizer.beginOfText();
        const auto own = encoded("", {.addSpecial = true});
        if (begin && !own.empty() && own.front() == *begin && (before.empty() || before.front() != *begin))
            m_opening.push_back(*begin);
        append(m_opening, before);
        if (chat.empty()) {
            m_closing = plain(fmt::format("\n{} {}", question, answerOpening));
            return;
        }
        m_closing = plain(fmt::format("\n{}", question));
        append(m_closing, plain(chat.after, true));
        append(m_closing, plain(answerOpening));
    }

    [[nodiscard]] std::vector<TokenId> plain(std::string_view text, bool parseSpecial = false) const {
        if (text.empty())
            return {};
        return encoded(text, {.addSpecial = false, .parseSpecial = parseSpecial});
    }
    [[nodiscard]] const std::vector<TokenId>& opening() const { return m_opening; }
    [[nodiscard]] const std::vector<TokenId>& closing() const { return m_closing; }

private:
    [[nodiscard]] std::vector<TokenId> encoded(std::string_view text, const EncodeOptions& options) const {
        auto ids = m_tokenizer.encode(text, options);
        if (!ids)
            throw EncodingFailed{std::move(ids.error())};
        return std::move(*ids);
    }

    const Tokenizer& m_tokenizer;
    std::vector<TokenId> m_opening, m_closing;
};

class ExactWriter : public PromptWriter {
public:
    ExactWriter(const ExactPrompts& style, const ChatTemplate& chat, const Tokenizer& tokenizer)
        : m_style(style), m_frame(chat, tokenizer), m_filler(m_frame.plain(filler)) {
        m_head = m_frame.opening();
        append(m_head, m_frame.plain(fmt::format("{}\n", task)));
    }

    [[nodiscard]] Result<PasskeyPrompt> write(const PasskeyTrial& trial) override {
        return composed<PasskeyPrompt>([&] { return compose(trial); });
    }

    [[nodiscard]] std::vector<std::optional<double>> depths() const override {
        return {m_style.depths.begin(), m_style.depths.end()};
    }

private:
    [[nodiscard]] Result<PasskeyPrompt> compose(const PasskeyTrial& trial) {
        PasskeyPrompt prompt;
        prompt.key = randomOf(trial).between(m_style.lowestKey, m_style.highestKey);
        const auto key = m_frame.plain(fmt::format("\n{}\n", keyLine(prompt.key)));
        const auto fixed = static_cast<std::int64_t>(m_head.size() + key.size() + m_frame.closing().size());
        const std::int64_t room = trial.length - fixed;
        if (room < 0)
            return fail(usageError(
                fmt::format("a passkey prompt has {} fixed tokens, so it can't be {} long", fixed, trial.length)));
        const auto before =
            static_cast<std::int64_t>(std::llround(trial.depth.value_or(0) * static_cast<double>(room)));
        prompt.ids = m_head;
        appendFiller(prompt.ids, before);
        append(prompt.ids, key);
        appendFiller(prompt.ids, room - before);
        append(prompt.ids, m_frame.closing());
        return prompt;
    }

    // The passage from its beginning, again and again, cut after any token.
    void appendFiller(std::vector<TokenId>& ids, std::int64_t tokens) const {
        for (std::int64_t token = 0; token < tokens; ++token)
            ids.push_back(m_filler[static_cast<std::size_t>(token) % m_filler.size()]);
    }

    ExactPrompts m_style;
    Frame m_frame;
    std::vector<TokenId> m_filler, m_head;
};

class LandmarkWriter : public PromptWriter {
public:
    LandmarkWriter(const ChatTemplate& chat, const Tokenizer& tokenizer) : m_frame(chat, tokenizer) {}

    [[nodiscard]] Result<PasskeyPrompt> write(const PasskeyTrial& trial) override {
        return composed<PasskeyPrompt>([&] { return compose(trial); });
    }

    [[nodiscard]] std::vector<std::optional<double>> depths() const override { return {std::nullopt}; }

private:
    [[nodiscard]] Result<PasskeyPrompt> compose(const PasskeyTrial& trial) {
        if (trial.length != m_length) {
            auto characters = charactersFor(trial.length);
            if (!characters)
                return fail(characters.error());
            m_characters = *characters;
            m_length = trial.length;
        }
        SplitMix64 random = randomOf(trial);
        PasskeyPrompt prompt;
        const auto before = static_cast<std::size_t>(random.between(0, static_cast<std::int64_t>(m_characters)));
        prompt.key = random.between(1, largestPublishedKey);
        prompt.ids = idsOf(m_characters, before, prompt.key);
        return prompt;
    }

    [[nodiscard]] std::vector<TokenId> idsOf(std::size_t characters, std::size_t before, std::int64_t key) const {
        std::vector<TokenId> ids = m_frame.opening();
        const auto body = m_frame.plain(fmt::format("{}\n{}\n{}\n{}", task, repeatedFiller(before), keyLine(key),
                                                    repeatedFiller(characters - before)));
        append(ids, body);
        append(ids, m_frame.closing());
        return ids;
    }

    [[nodiscard]] Result<std::size_t> charactersFor(std::int64_t length) const {
        const auto fits = [&](std::size_t steps) {
            const std::size_t characters = steps * characterStep;
            return static_cast<std::int64_t>(idsOf(characters, characters / 2, largestPublishedKey).size()) <= length;
        };
        if (!fits(0))
            return fail(usageError(fmt::format("a passkey prompt without filler is longer than {} tokens", length)));
        std::size_t low = 0;
        std::size_t high = 1;
        while (fits(high)) {
            low = high;
            high *= 2;
        }
        while (high - low > 1) {
            const std::size_t middle = (low + high) / 2;
            (fits(middle) ? low : high) = middle;
        }
        return low * characterStep;
    }

    Frame m_frame;
    std::int64_t m_length = 0;
    std::size_t m_characters = 0;
};

struct NamedTemplate {
    std::string_view name, before, after;
};
constexpr std::array namedTemplates{
    NamedTemplate{"chatml", "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n"},
    NamedTemplate{"llama3", "<|begin_of_text|><|start_header_id|>user<|end_header_id|>\n\n",
                  "<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n"},
    NamedTemplate{"mistral", "<s>[INST] ", " [/INST]"},
};

bool isDigit(char character) {
    return character >= '0' && character <= '9';
}

} // namespace

std::optional<ChatTemplate> findChatTemplate(std::string_view name) {
    for (const NamedTemplate& known : namedTemplates)
        if (known.name == name)
            return ChatTemplate{std::string(known.before), std::string(known.after)};
    return std::nullopt;
}

std::vector<std::string_view> chatTemplateNames() {
    std::vector<std::string_view> names;
    for (const NamedTemplate& known : namedTemplates)
        names.push_back(known.name);
    return names;
}

Result<std::unique_ptr<PromptWriter>> promptWriter(const PromptStyle& style, const ChatTemplate& chat,
                                                   const Tokenizer& tokenizer) {
    if (std::holds_alternative<LandmarkPrompts>(style))
        return composed<std::unique_ptr<PromptWriter>>(
            [&] { return std::make_unique<LandmarkWriter>(chat, tokenizer); });
    const auto& exact = std::get<ExactPrompts>(style);
    if (exact.lowestKey < 0 || exact.highestKey < exact.lowestKey)
        return fail(
            usageError(fmt::format("keys: expected 0 <= LO <= HI, got {} to {}", exact.lowestKey, exact.highestKey)));
    if (exact.depths.empty())
        return fail(usageError("a passkey grid needs at least one depth"));
    for (const double depth : exact.depths)
        if (!(depth >= 0 && depth <= 1))
            return fail(usageError(fmt::format("a depth lies between 0 and 1, got {}", depth)));
    return composed<std::unique_ptr<PromptWriter>>(
        [&] { return std::make_unique<ExactWriter>(exact, chat, tokenizer); });
}

bool answersKey(std::string_view continuation, std::int64_t key) {
    const auto first = std::ranges::find_if(continuation, isDigit);
    const auto end = std::find_if_not(first, continuation.end(), isDigit);
    std::string_view digits(first, end);
    if (digits.empty())
        return false;
    // As the published programs compare: as numbers.
    while (digits.size() > 1 && digits.front() == '0')
        digits.remove_prefix(1);
    return digits == std::to_string(key);
}

bool answerComplete(std::string_view continuation) {
    const auto first = std::ranges::find_if(continuation, isDigit);
    return first != continuation.end() && std::find_if_not(first, continuation.end(), isDigit) != continuation.end();
}

} // namespace ropescope
