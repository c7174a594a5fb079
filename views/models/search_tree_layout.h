// Finding cells in the engine's search tree, and the range of its colours. Arithmetic only, no Qt.
#pragma once

#include <cstddef>

#include "engine/search/method.h"

namespace ropescope {

// The segment of a level (0 is the top row) that holds the pair; null outside the tree.
[[nodiscard]] const TreeSegment* treeSegmentAt(const SearchTree& tree, std::size_t level, int pair);

// Pairs that the tree covers; 0 for a tree without levels.
[[nodiscard]] int treePairs(const SearchTree& tree);

// The largest gain or loss of a decision; 0 when none is known.
[[nodiscard]] double largestGain(const SearchTree& tree);

// Done, and no candidate was valid: nothing changed.
[[nodiscard]] bool decidedNothing(const TreeSegment& segment);

} // namespace ropescope
