// Passkey prompts as the literature builds them (Landmark Attention, PI, YaRN, LongRoPE): a task, filler, a key said
// twice, filler, and a question that the key answers.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/base/outcome.h"
#include "engine/tokenizer/tokenizer.h"

namespace ropescope {

// What a chat-tuned model wants around a turn: the prompt becomes BEFORE task..."What is the pass key?" AFTER "The pass
// key is". Special tokens are written out. Both empty: a plain continuation.
struct ChatTemplate {
    std::string before;
    std::string after;

    [[nodiscard]] bool empty() const { return before.empty() && after.empty(); }
};
// chatml (Qwen, SmolLM2), llama3, mistral; nothing for other names.
[[nodiscard]] std::optional<ChatTemplate> findChatTemplate(std::string_view name);
[[nodiscard]] std::vector<std::string_view> chatTemplateNames();

// The project's own way: exactly `length` tokens, filler cut between tokens, the key after `depth` of the filler.
struct ExactPrompts {
    std::vector<double> depths{0, 0.25, 0.5, 0.75, 1};
    std::int64_t lowestKey = 10000; // keys are drawn from lowestKey .. highestKey
    std::int64_t highestKey = 99999;
};
// As the published programs: filler cut between characters, the largest prompt of at most `length` tokens in steps of
// 128 characters, the key at a random character, keys 1 .. 50000.
struct LandmarkPrompts {};
using PromptStyle = std::variant<ExactPrompts, LandmarkPrompts>;

// What tells one trial from another; the same for every factor set, so that sets are compared on the same prompts.
struct PasskeyTrial {
    std::int64_t length = 0;
    std::optional<double> depth; // none where the style draws it
    std::int64_t trial = 0;
    std::uint64_t seed = 0;
};

struct PasskeyPrompt {
    std::int64_t key = 0;
    std::vector<TokenId> ids;
};

// Builds prompts of one style for one tokenizer. A begin-of-text token comes first where the tokenizer's own template
// puts one and the chat template doesn't.
class PromptWriter {
public:
    virtual ~PromptWriter() = default;
    // Usage error where the length can't hold the fixed parts.
    [[nodiscard]] virtual Result<PasskeyPrompt> write(const PasskeyTrial& trial) = 0;
    // The depths of a length's cells: the grid's, or one drawn cell.
    [[nodiscard]] virtual std::vector<std::optional<double>> depths() const = 0;
};
[[nodiscard]] Result<std::unique_ptr<PromptWriter>> promptWriter(const PromptStyle& style, const ChatTemplate& chat,
                                                                 const Tokenizer& tokenizer);

// The first run of digits in a model's continuation equals the key.
[[nodiscard]] bool answersKey(std::string_view continuation, std::int64_t key);
// The first run of digits has ended: nothing that follows can change the answer.
[[nodiscard]] bool answerComplete(std::string_view continuation);

} // namespace ropescope
