#include "engine/model/detail/windowed_attention.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "engine/model/detail/failure.h"

namespace ropescope::detail {
namespace {

constexpr double hidden = -std::numeric_limits<double>::infinity();

// [batch, positions, kv_heads * groups, head_dim] to [batch, kv_heads, groups * positions, head_dim]: a key head's
// queries side by side, so that grouped queries need no copies of their keys.
at::Tensor byKeyHead(const at::Tensor& query, std::int64_t keyHeads) {
    const at::Tensor grouped = query.unflatten(2, {keyHeads, query.size(2) / keyHeads});
    return grouped.permute({0, 2, 3, 1, 4}).flatten(2, 3);
}

// [batch, positions, kv_heads, head_dim] to [batch, kv_heads, positions, head_dim].
at::Tensor headsFirst(const at::Tensor& x) {
    return x.transpose(1, 2);
}

// Logits [batch, kv_heads, groups, rows, keys] in float32.
at::Tensor logits(const at::Tensor& query, const at::Tensor& key, std::int64_t rows) {
    const double scale = 1 / std::sqrt(static_cast<double>(query.size(-1)));
    const at::Tensor products = at::matmul(query, headsFirst(key).transpose(-1, -2)).to(at::kFloat) * scale;
    return products.unflatten(2, {products.size(2) / rows, rows});
}

// i - j for rows [firstRow, firstRow + rows) against keys [firstKey, firstKey + keys).
at::Tensor distances(std::int64_t firstRow, std::int64_t rows, std::int64_t firstKey, std::int64_t keys,
                     at::Device device) {
    const auto options = at::TensorOptions(at::kLong).device(device);
    return at::arange(firstRow, firstRow + rows, options).unsqueeze(1) -
           at::arange(firstKey, firstKey + keys, options).unsqueeze(0);
}

} // namespace

// One layer of the pass under way. Queries [batch, count, heads, head_dim], rotated to their position and to the
// ceiling.
struct WindowedAttention::LayerView {
    std::int64_t batch = 0, heads = 0, keyHeads = 0, headDim = 0;
    Stretch keys;        // unrotated, everything at hand but evicted keys
    at::Tensor nearKeys; // the same, rotated
    Stretch far;         // far keys, as the far queries see them
    at::Tensor nearQueries, farQueries;
    at::Tensor middleQuery; // the last query at distance window / 2, where top-k keys join
};

WindowedAttention::Stretch WindowedAttention::Stretch::between(std::int64_t from, std::int64_t to) const {
    return {from, keys.narrow(1, from - first, to - from), values.narrow(1, from - first, to - from)};
}

WindowedAttention::WindowedAttention(const WindowedRules& rules, const AttentionBatch& batch, bool remembers)
    : m_rules(rules), m_batch(batch), m_remembers(remembers), m_memory(static_cast<std::size_t>(batch.layers)) {
    if (rules.distance == FarDistance::actual)
        m_start = batch.tables(0, rules.farKeys);
    else
        m_ceiling = batch.tables(rules.window, 1);
    if (rules.topK > 0)
        m_middle = batch.tables(rules.window / 2, 1);
    m_origin = batch.tables(0, 1);
}

void WindowedAttention::begin(std::int64_t count) {
    m_passFirst = m_length;
    m_length += count;
    m_nearFirst = m_passFirst;
    for (const LayerMemory& memory : m_memory)
        if (memory.tail.keys.defined())
            m_nearFirst = std::min(m_nearFirst, memory.tail.first);
    m_near = m_batch.tables(m_nearFirst, m_length - m_nearFirst);
}

at::Tensor WindowedAttention::attend(int layer, at::Tensor query, at::Tensor key, at::Tensor value,
                                     const BlockMath& math, const std::stop_token& stop) {
    LayerMemory& memory = m_memory[static_cast<std::size_t>(layer)];
    LayerView view;
    view.batch = query.size(0);
    view.heads = query.size(2);
    view.headDim = query.size(3);
    view.keyHeads = key.size(2);
    view.keys = {m_passFirst, std::move(key), std::move(value)};
    if (memory.tail.keys.defined())
        view.keys = {memory.tail.first, at::cat({memory.tail.keys, view.keys.keys}, 1),
                     at::cat({memory.tail.values, view.keys.values}, 1)};
    view.nearKeys = math.rotate(view.keys.keys.clone(),
                                m_near.positions(view.keys.first - m_nearFirst, m_length - view.keys.first));
    const std::int64_t farEnd = std::min(m_rules.farKeys, m_length - m_rules.window);
    if (farEnd > 0) {
        const Stretch& source = view.keys.first == 0 ? view.keys : memory.start;
        view.far = source.between(0, farEnd);
        const bool ceiling = m_rules.distance == FarDistance::ceiling;
        view.far.keys = plainMath().rotate(view.far.keys, ceiling ? m_origin : m_start.positions(0, farEnd));
        if (ceiling)
            view.farQueries = plainMath().rotate(query, m_ceiling);
    }
    const std::int64_t count = query.size(1);
    const bool topK = m_rules.topK > 0 && layer >= m_rules.topKFromLayer &&
                      m_length >= m_rules.window + m_rules.farKeys + m_rules.topK;
    if (topK)
        view.middleQuery = plainMath().rotate(query.narrow(1, count - 1, 1), m_middle);
    view.nearQueries = math.rotate(std::move(query), m_near.positions(m_passFirst - m_nearFirst, count));
    if (farEnd > 0 && m_rules.distance == FarDistance::actual)
        view.farQueries = view.nearQueries;

    std::vector<at::Tensor> blocks;
    const std::int64_t plainRows = topK ? count - 1 : count;
    const std::int64_t step = rowsPerBlock(view);
    for (std::int64_t row = 0; row < plainRows; row += step) {
        throwIfStopped(stop);
        blocks.push_back(blockOutput(view, row, std::min(row + step, plainRows), false));
    }
    if (topK)
        blocks.push_back(blockOutput(view, count - 1, count, true));
    if (m_remembers)
        remember(memory, view.keys);
    return at::cat(blocks, 1);
}

// Keeps one block's logits within a quarter of a gigabyte; larger blocks than the window would waste masked products.
std::int64_t WindowedAttention::rowsPerBlock(const LayerView& view) const {
    constexpr double logitsAtMost = 64e6;
    const auto window = static_cast<double>(std::min(m_rules.window, m_length));
    const double keys = window + (view.far.keys.defined() ? static_cast<double>(view.far.keys.size(1)) : 0);
    const double rows = logitsAtMost / (static_cast<double>(view.batch * view.heads) * (keys + window));
    return std::clamp(static_cast<std::int64_t>(rows), std::int64_t{16},
                      std::max<std::int64_t>(16, std::min<std::int64_t>(m_rules.window, 512)));
}

at::Tensor WindowedAttention::blockOutput(const LayerView& view, std::int64_t first, std::int64_t end,
                                          bool withTopK) const {
    const std::int64_t rows = end - first;
    const std::int64_t firstPosition = m_passFirst + first;
    const auto rowsOf = [&](const at::Tensor& queries) {
        return byKeyHead(queries.narrow(1, first, rows), view.keyHeads);
    };
    const std::int64_t nearFirst = std::max(view.keys.first, firstPosition - m_rules.window + 1);
    const std::int64_t nearCount = firstPosition + rows - nearFirst;
    const at::Tensor distance = distances(firstPosition, rows, nearFirst, nearCount, m_batch.device);
    const at::Tensor nearKeys = view.nearKeys.narrow(1, nearFirst - view.keys.first, nearCount);
    std::vector<at::Tensor> scores{
        logits(rowsOf(view.nearQueries), nearKeys, rows)
            .masked_fill(at::logical_or(distance.lt(0), distance.ge(m_rules.window)), hidden)};
    std::vector<at::Tensor> values{
        headsFirst(view.keys.values.narrow(1, nearFirst - view.keys.first, nearCount)).unsqueeze(2)};

    const std::int64_t farCount =
        std::min(view.far.keys.defined() ? view.far.keys.size(1) : 0, firstPosition + rows - m_rules.window);
    if (farCount > 0) {
        const at::Tensor tooNear = distances(firstPosition, rows, 0, farCount, m_batch.device).lt(m_rules.window);
        scores.push_back(
            logits(rowsOf(view.farQueries), view.far.keys.narrow(1, 0, farCount), rows).masked_fill(tooNear, hidden));
        values.push_back(headsFirst(view.far.values.narrow(1, 0, farCount)).unsqueeze(2));
    }
    if (withTopK) {
        const Stretch middle = view.keys.between(m_rules.farKeys, m_length - m_rules.window);
        const at::Tensor all =
            logits(byKeyHead(view.middleQuery, view.keyHeads), plainMath().rotate(middle.keys, m_origin), rows);
        const auto [best, index] = at::topk(all, m_rules.topK, -1);
        scores.push_back(best);
        const std::int64_t groups = view.heads / view.keyHeads;
        const at::Tensor candidates =
            headsFirst(middle.values)
                .unsqueeze(2)
                .expand({view.batch, view.keyHeads, groups, middle.values.size(1), view.headDim});
        values.push_back(candidates.gather(
            3, index.transpose(-1, -2).expand({view.batch, view.keyHeads, groups, m_rules.topK, view.headDim})));
    }
    const at::Tensor weights = at::softmax(at::cat(scores, -1), -1).to(view.keys.values.scalar_type());
    at::Tensor output;
    std::int64_t column = 0;
    for (const at::Tensor& part : values) {
        const at::Tensor term = at::matmul(weights.narrow(-1, column, part.size(3)), part);
        output = output.defined() ? output + term : term;
        column += part.size(3);
    }
    return output.permute({0, 3, 1, 2, 4}).reshape({view.batch, rows, view.heads * view.headDim});
}

void WindowedAttention::remember(LayerMemory& memory, const Stretch& all) const {
    // Up to three windows are kept, then two: evictions are rare, and a short continuation can always be taken back.
    std::int64_t first = all.first;
    const std::int64_t cut = m_length - 2 * m_rules.window;
    if (!m_rules.keepsEveryKey() && m_length - first > 3 * m_rules.window && cut >= m_rules.farKeys)
        first = cut;
    if (first > 0 && all.first == 0 && m_rules.farKeys > 0) {
        memory.start = all.between(0, m_rules.farKeys);
        memory.start.keys = memory.start.keys.clone();
        memory.start.values = memory.start.values.clone();
    }
    // What came in is a view of a layer's stacked projections, which must not stay alive for it.
    memory.tail = all.between(first, m_length);
    memory.tail.keys = memory.tail.keys.contiguous();
    memory.tail.values = memory.tail.values.contiguous();
    if (first != all.first) {
        memory.tail.keys = memory.tail.keys.clone();
        memory.tail.values = memory.tail.values.clone();
    }
}

void WindowedAttention::truncate(std::int64_t length) {
    if (length == 0) {
        std::fill(m_memory.begin(), m_memory.end(), LayerMemory{});
        m_length = 0;
        return;
    }
    const std::int64_t needed = std::max<std::int64_t>(0, length - m_rules.window + 1);
    for (const LayerMemory& memory : m_memory)
        if (memory.tail.first > needed)
            raise(failure(fmt::format("cannot go back to {} tokens: LM-Infinite's cache has dropped the keys before {}",
                                      length, memory.tail.first)));
    for (LayerMemory& memory : m_memory)
        if (memory.tail.end() > length)
            memory.tail = memory.tail.between(memory.tail.first, length);
    m_length = length;
}

} // namespace ropescope::detail
