#include "engine/tokenizer/detail/regex.h"

#include <limits>
#include <stdexcept>

#include <fmt/format.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "engine/tokenizer/detail/malformed.h"
#include "engine/tokenizer/detail/unicode.h"

namespace ropescope::detail {

struct Regex::Code {
    pcre2_code* code = nullptr;
    bool fast = false; // compiled to machine code

    Code() = default;
    Code(const Code&) = delete;
    Code& operator=(const Code&) = delete;
    ~Code() { pcre2_code_free(code); }
};

namespace {

// Steps of the matcher before it gives up on one match: linear patterns stay far below even on a run of a
// hundred megabytes, exponential ones stop after seconds.
constexpr std::uint32_t stepLimit = 500'000'000;

// What matching writes to; one per thread, because a Regex itself is shared.
struct Scratch {
    pcre2_match_data* data = pcre2_match_data_create(1, nullptr);
    pcre2_match_context* context = pcre2_match_context_create(nullptr);
    pcre2_jit_stack* stack = pcre2_jit_stack_create(std::size_t{32} << 10, std::size_t{64} << 20, nullptr);

    Scratch() {
        if (!data || !context || !stack)
            throw std::bad_alloc();
        pcre2_set_match_limit(context, stepLimit);
        pcre2_set_depth_limit(context, std::numeric_limits<std::uint32_t>::max());
        pcre2_jit_stack_assign(context, nullptr, stack);
    }
    Scratch(const Scratch&) = delete;
    Scratch& operator=(const Scratch&) = delete;
    ~Scratch() {
        pcre2_match_data_free(data);
        pcre2_match_context_free(context);
        pcre2_jit_stack_free(stack);
    }
};

std::string messageFor(int code) {
    PCRE2_UCHAR text[256];
    pcre2_get_error_message(code, text, sizeof text);
    return reinterpret_cast<const char*>(text);
}

pcre2_code* compiled(std::string_view pattern) {
    int error = 0;
    PCRE2_SIZE position = 0;
    const std::unique_ptr<pcre2_compile_context, decltype(&pcre2_compile_context_free)> context(
        pcre2_compile_context_create(nullptr), &pcre2_compile_context_free);
    if (!context)
        throw std::bad_alloc();
    pcre2_set_newline(context.get(), PCRE2_NEWLINE_LF);
    pcre2_set_parens_nest_limit(context.get(), 100);
    pcre2_code* code = pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                                     PCRE2_UTF | PCRE2_UCP | PCRE2_MULTILINE | PCRE2_NEVER_BACKSLASH_C, &error,
                                     &position, context.get());
    if (!code)
        throw std::invalid_argument(fmt::format("{} at its byte {}", messageFor(error), position));
    return code;
}

} // namespace

Regex::Regex(std::unique_ptr<Code> code, std::string pattern)
    : m_code(std::move(code)), m_pattern(std::move(pattern)) {}
Regex::Regex(Regex&&) noexcept = default;
Regex& Regex::operator=(Regex&&) noexcept = default;
Regex::~Regex() = default;

Regex Regex::compile(std::string_view pattern) {
    auto code = std::make_unique<Code>();
    code->code = compiled(translatedPattern(pattern));
    code->fast = pcre2_jit_compile(code->code, PCRE2_JIT_COMPLETE) == 0;
    return Regex(std::move(code), std::string(pattern));
}

Regex Regex::literal(std::string_view text) {
    std::string pattern;
    for (const char byte : text) {
        if (static_cast<unsigned char>(byte) < 0x80 && !std::isalnum(static_cast<unsigned char>(byte)))
            pattern += fmt::format("\\x{{{:x}}}", static_cast<unsigned>(byte));
        else
            pattern += byte;
    }
    return compile(pattern);
}

std::optional<std::pair<std::size_t, std::size_t>> Regex::find(std::string_view text, std::size_t from) const {
    thread_local Scratch scratch;
    const auto* subject = reinterpret_cast<PCRE2_SPTR>(text.data());
    int result = m_code->fast
                     ? pcre2_jit_match(m_code->code, subject, text.size(), from, 0, scratch.data, scratch.context)
                     : PCRE2_ERROR_JIT_STACKLIMIT;
    // The interpreter keeps its state in the heap, so it goes on where the machine code's stack is full.
    if (result == PCRE2_ERROR_JIT_STACKLIMIT)
        result = pcre2_match(m_code->code, subject, text.size(), from, PCRE2_NO_UTF_CHECK | PCRE2_NO_JIT, scratch.data,
                             scratch.context);
    if (result == PCRE2_ERROR_NOMATCH)
        return std::nullopt;
    if (result < 0)
        throw Malformed(
            failure(fmt::format("the tokenizer's pattern \"{}\" gives up at byte {} of a piece of {} bytes: {}",
                                m_pattern, from, text.size(), messageFor(result))));
    const PCRE2_SIZE* ends = pcre2_get_ovector_pointer(scratch.data);
    return std::pair<std::size_t, std::size_t>(ends[0], ends[1]);
}

std::size_t Regex::afterCharacter(std::string_view text, std::size_t position) {
    return position < text.size() ? position + utf8Length(text[position]) : position + 1;
}

} // namespace ropescope::detail
