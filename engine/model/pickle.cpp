#include "engine/model/pickle.h"

#include <bit>
#include <optional>
#include <unordered_map>

#include <fmt/format.h>

namespace ropescope {
namespace {

// Far above any state dict; bounds what a hostile file can make us allocate.
constexpr std::size_t mostObjects = 2'000'000;

// Instruction codes, by the names of Python's pickletools.
enum Opcode : unsigned char {
    mark = '(',
    stop = '.',
    pop = '0',
    popMark = '1',
    none = 'N',
    newTrue = 0x88,
    newFalse = 0x89,
    binInt = 'J',
    binInt1 = 'K',
    binInt2 = 'M',
    long1 = 0x8a,
    binFloat = 'G',
    binUnicode = 'X',
    shortBinUnicode = 0x8c,
    binUnicode8 = 0x8d,
    emptyTuple = ')',
    tuple = 't',
    tuple1 = 0x85,
    tuple2 = 0x86,
    tuple3 = 0x87,
    emptyList = ']',
    append = 'a',
    appends = 'e',
    emptyDict = '}',
    setItem = 's',
    setItems = 'u',
    global = 'c',
    stackGlobal = 0x93,
    binPut = 'q',
    longBinPut = 'r',
    memoize = 0x94,
    binGet = 'h',
    longBinGet = 'j',
    binPersId = 'Q',
    reduce = 'R',
    build = 'b',
    proto = 0x80,
    frame = 0x95,
};

bool isKnownGlobal(std::string_view name) {
    for (const std::string_view known :
         {"torch._utils _rebuild_tensor_v2", "torch._utils _rebuild_parameter", "collections OrderedDict",
          "torch FloatStorage", "torch DoubleStorage", "torch HalfStorage", "torch BFloat16Storage",
          "torch LongStorage", "torch IntStorage", "torch ShortStorage", "torch CharStorage", "torch ByteStorage",
          "torch BoolStorage"})
        if (name == known)
            return true;
    return false;
}

// The machine: a stack of object numbers with marks, and a memo. The first problem stops it and is kept.
class PickleMachine {
public:
    PickleMachine(std::string_view bytes, const std::string& file) : m_bytes(bytes), m_file(file) {}

    Result<Pickle> run() {
        while (!m_error && !m_stopped) {
            m_instruction = m_place;
            if (const auto code = number(1); !m_error)
                step(static_cast<unsigned char>(code));
            if (m_pickle.objects.size() > mostObjects)
                refuse(fmt::format("at most {} objects", mostObjects), "more");
        }
        if (m_error)
            return fail(*m_error);
        return std::move(m_pickle);
    }

private:
    void refuse(std::string_view expected, std::string_view found) {
        if (!m_error)
            m_error = inputError(m_file, fmt::format("pickle byte {}", m_instruction), expected, found);
    }

    // Bytes of the pickle -----------------------------------------------------------------------------------
    std::string_view take(std::uint64_t size) {
        if (size > m_bytes.size() - m_place) {
            refuse(fmt::format("{} more bytes", size), fmt::format("the end after {}", m_bytes.size() - m_place));
            return {};
        }
        const auto taken = m_bytes.substr(m_place, size);
        m_place += size;
        return taken;
    }
    std::uint64_t number(std::size_t size) {
        std::uint64_t value = 0;
        const auto taken = take(size);
        for (std::size_t byte = taken.size(); byte-- > 0;)
            value = value << 8U | static_cast<unsigned char>(taken[byte]);
        return value;
    }
    std::string line() {
        const auto end = m_bytes.find('\n', m_place);
        if (end == std::string_view::npos) {
            refuse("a line", "the end");
            return {};
        }
        std::string text(m_bytes.substr(m_place, end - m_place));
        m_place = end + 1;
        return text;
    }
    // Two's complement of any length up to 8 bytes.
    std::int64_t longNumber() {
        const auto size = number(1);
        if (size > 8) {
            refuse("an integer of at most 8 bytes", fmt::format("{} bytes", size));
            return 0;
        }
        const auto value = number(size);
        const unsigned unused = 64 - 8 * static_cast<unsigned>(size);
        return size == 0 ? 0 : static_cast<std::int64_t>(value << unused) >> unused;
    }

    // Stack and objects ---------------------------------------------------------------------------------------
    PickleObject& push(PickleKind kind) {
        m_stack.push_back(static_cast<std::uint32_t>(m_pickle.objects.size()));
        m_pickle.objects.emplace_back().kind = kind;
        return m_pickle.objects.back();
    }
    void pushText(std::string_view text) { push(PickleKind::text).text = text; }
    void pushInteger(std::int64_t value) { push(PickleKind::integer).integer = value; }

    // The stack above the last mark belongs to that mark: nothing pops through it.
    [[nodiscard]] std::size_t available() const { return m_stack.size() - (m_marks.empty() ? 0 : m_marks.back()); }
    std::optional<std::uint32_t> popOne() {
        if (available() == 0) {
            refuse("an operand on the stack", "none");
            return {};
        }
        const auto object = m_stack.back();
        m_stack.pop_back();
        return object;
    }
    std::vector<std::uint32_t> popLast(std::size_t count) {
        if (available() < count) {
            refuse(fmt::format("{} operands on the stack", count), fmt::format("{}", available()));
            return {};
        }
        std::vector<std::uint32_t> items(m_stack.end() - static_cast<std::ptrdiff_t>(count), m_stack.end());
        m_stack.resize(m_stack.size() - count);
        return items;
    }
    std::vector<std::uint32_t> popToMark() {
        if (m_marks.empty()) {
            refuse("a mark on the stack", "none");
            return {};
        }
        auto items = popLast(available());
        m_marks.pop_back();
        return items;
    }
    void pushTuple(std::vector<std::uint32_t> items) {
        if (!m_error)
            push(PickleKind::tuple).parts = std::move(items);
    }
    // The container under the items that were just popped; they are appended to its parts.
    void extend(PickleKind kind, const std::vector<std::uint32_t>& items) {
        if (m_error)
            return;
        if (available() == 0 || m_pickle.objects[m_stack.back()].kind != kind)
            return refuse(kind == PickleKind::list ? "a list to append to" : "a dictionary to add to",
                          "something else");
        if (kind == PickleKind::dictionary && items.size() % 2 != 0)
            return refuse("a value for every key", "a key alone");
        auto& parts = m_pickle.objects[m_stack.back()].parts;
        parts.insert(parts.end(), items.begin(), items.end());
    }

    void put(std::uint64_t key) {
        if (available() == 0)
            return refuse("an object to remember", "none");
        m_memo[key] = m_stack.back();
    }
    void get(std::uint64_t key) {
        const auto found = m_memo.find(key);
        if (m_error)
            return;
        if (found == m_memo.end())
            return refuse("an object remembered before", fmt::format("number {}", key));
        m_stack.push_back(found->second);
        // Copies of a number cost the file two bytes and us four: bounded by the pickle's own size.
    }

    // What stands for Python calls ------------------------------------------------------------------------------
    void pushGlobal(std::string name) {
        if (m_error)
            return;
        if (!isKnownGlobal(name))
            return refuse("a part of a tensor",
                          fmt::format("the global \"{}\", which is neither loaded nor called", name.substr(0, 100)));
        push(PickleKind::global).text = std::move(name);
    }
    void nameGlobal() {
        const auto names = popLast(2);
        if (m_error)
            return;
        const auto &module = m_pickle.objects[names[0]], &name = m_pickle.objects[names[1]];
        if (module.kind != PickleKind::text || name.kind != PickleKind::text)
            return refuse("the name of a global", "something else");
        pushGlobal(module.text + " " + name.text);
    }
    // ("storage", type, key, location, elements)
    void persistent() {
        const auto id = popOne();
        if (m_error)
            return;
        const auto parts = m_pickle.objects[*id].parts;
        const auto is = [&](std::size_t index, PickleKind kind) { return m_pickle.objects[parts[index]].kind == kind; };
        if (m_pickle.objects[*id].kind != PickleKind::tuple || parts.size() != 5 || !is(0, PickleKind::text) ||
            m_pickle.objects[parts[0]].text != "storage" || !is(1, PickleKind::global) || !is(2, PickleKind::text) ||
            !is(4, PickleKind::integer))
            return refuse("a storage (type, key, location, elements)", "another persistent object");
        auto& storage = push(PickleKind::storage);
        storage.text = m_pickle.objects[parts[2]].text;
        storage.integer = m_pickle.objects[parts[4]].integer;
        storage.parts = {parts[1]};
    }
    void call() {
        const auto operands = popLast(2);
        if (m_error)
            return;
        const auto& function = m_pickle.objects[operands[0]];
        const auto arguments = m_pickle.objects[operands[1]].parts;
        if (function.kind != PickleKind::global || m_pickle.objects[operands[1]].kind != PickleKind::tuple)
            return refuse("a global and its arguments", "something else");
        if (function.text == "collections OrderedDict" && arguments.empty())
            push(PickleKind::dictionary);
        else if (function.text == "torch._utils _rebuild_tensor_v2" && arguments.size() >= 4)
            push(PickleKind::tensor).parts = {arguments.begin(), arguments.begin() + 4};
        else if (function.text == "torch._utils _rebuild_parameter" && !arguments.empty() &&
                 m_pickle.objects[arguments[0]].kind == PickleKind::tensor)
            m_stack.push_back(arguments[0]); // a parameter is its tensor
        else
            refuse("a tensor or an ordered dictionary",
                   fmt::format("\"{}\" with {} arguments", function.text, arguments.size()));
    }
    // Attributes beside a dictionary's items (state dicts carry _metadata) say nothing about tensors.
    void setAttributes() {
        popOne();
        if (!m_error && (available() == 0 || m_pickle.objects[m_stack.back()].kind != PickleKind::dictionary))
            refuse("attributes of a dictionary", "of something else");
    }

    void finish() {
        const auto top = popOne();
        if (m_error)
            return;
        if (!m_stack.empty())
            return refuse("one object", fmt::format("{}", m_stack.size() + 1));
        m_pickle.top = *top;
        m_stopped = true;
    }

    void step(unsigned char code) {
        if (!stepValue(code) && !stepContainer(code) && !stepControl(code))
            refuse("an instruction that tensor files need", fmt::format("code 0x{:02x}", code));
    }

    bool stepValue(unsigned char code) {
        switch (code) {
        case none:
            push(PickleKind::none);
            return true;
        case newTrue:
        case newFalse:
            push(PickleKind::boolean).integer = code == newTrue ? 1 : 0;
            return true;
        case binInt:
            pushInteger(static_cast<std::int32_t>(static_cast<std::uint32_t>(number(4))));
            return true;
        case binInt1:
            pushInteger(static_cast<std::int64_t>(number(1)));
            return true;
        case binInt2:
            pushInteger(static_cast<std::int64_t>(number(2)));
            return true;
        case long1:
            pushInteger(longNumber());
            return true;
        case binFloat: {
            std::uint64_t bits = 0; // big-endian
            for (const char byte : take(8))
                bits = bits << 8U | static_cast<unsigned char>(byte);
            push(PickleKind::real).real = std::bit_cast<double>(bits);
            return true;
        }
        case binUnicode:
            pushText(take(number(4)));
            return true;
        case shortBinUnicode:
            pushText(take(number(1)));
            return true;
        case binUnicode8:
            pushText(take(number(8)));
            return true;
        default:
            return false;
        }
    }

    bool stepContainer(unsigned char code) {
        switch (code) {
        case mark:
            m_marks.push_back(m_stack.size());
            return true;
        case emptyTuple:
            push(PickleKind::tuple);
            return true;
        case tuple:
            pushTuple(popToMark());
            return true;
        case tuple1:
        case tuple2:
        case tuple3:
            pushTuple(popLast(code - tuple1 + std::size_t{1}));
            return true;
        case emptyList:
            push(PickleKind::list);
            return true;
        case append:
            extend(PickleKind::list, popLast(1));
            return true;
        case appends:
            extend(PickleKind::list, popToMark());
            return true;
        case emptyDict:
            push(PickleKind::dictionary);
            return true;
        case setItem:
            extend(PickleKind::dictionary, popLast(2));
            return true;
        case setItems:
            extend(PickleKind::dictionary, popToMark());
            return true;
        default:
            return false;
        }
    }

    bool stepControl(unsigned char code) {
        switch (code) {
        case proto:
            if (const auto version = number(1); version < 2 || version > 5)
                refuse("a pickle of protocol 2 to 5", fmt::format("protocol {}", version));
            return true;
        case frame:
            number(8); // its length is for readers of streams
            return true;
        case stop:
            finish();
            return true;
        case pop:
            popOne();
            return true;
        case popMark:
            popToMark();
            return true;
        case global: {
            const std::string module = line();
            pushGlobal(module + " " + line());
            return true;
        }
        case stackGlobal:
            nameGlobal();
            return true;
        case binPut:
            put(number(1));
            return true;
        case longBinPut:
            put(number(4));
            return true;
        case memoize:
            put(m_memo.size());
            return true;
        case binGet:
            get(number(1));
            return true;
        case longBinGet:
            get(number(4));
            return true;
        case binPersId:
            persistent();
            return true;
        case reduce:
            call();
            return true;
        case build:
            setAttributes();
            return true;
        default:
            return false;
        }
    }

    std::string_view m_bytes;
    const std::string& m_file;
    std::size_t m_place = 0;
    std::size_t m_instruction = 0;
    Pickle m_pickle;
    std::vector<std::uint32_t> m_stack;
    std::vector<std::size_t> m_marks;
    std::unordered_map<std::uint64_t, std::uint32_t> m_memo;
    std::optional<Error> m_error;
    bool m_stopped = false;
};

} // namespace

Result<Pickle> readPickle(std::string_view bytes, const std::string& file) {
    return PickleMachine(bytes, file).run();
}

} // namespace ropescope
