#include "views/models/search_tree_layout.h"

#include <algorithm>
#include <cmath>

namespace ropescope {

const TreeSegment* treeSegmentAt(const SearchTree& tree, std::size_t level, int pair) {
    if (level >= tree.levels.size())
        return nullptr;
    for (const TreeSegment& segment : tree.levels[level])
        if (pair >= segment.segment.first && pair < segment.segment.end)
            return &segment;
    return nullptr;
}

int treePairs(const SearchTree& tree) {
    int pairs = 0;
    for (const auto& level : tree.levels)
        for (const TreeSegment& segment : level)
            pairs = std::max(pairs, segment.segment.end);
    return pairs;
}

double largestGain(const SearchTree& tree) {
    double largest = 0;
    for (const auto& level : tree.levels)
        for (const TreeSegment& segment : level)
            if (segment.gain && std::isfinite(*segment.gain))
                largest = std::max(largest, std::abs(*segment.gain));
    return largest;
}

bool decidedNothing(const TreeSegment& segment) {
    return segment.state == SegmentState::done && !segment.increment;
}

} // namespace ropescope
