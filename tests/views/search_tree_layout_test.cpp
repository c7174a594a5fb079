#include "views/models/search_tree_layout.h"

#include <cmath>

#include "tests/support/catch.h"

using namespace ropescope;

namespace {

TreeSegment pending(int level, Segment pairs) {
    TreeSegment segment;
    segment.level = level;
    segment.segment = pairs;
    return segment;
}

SearchTree twoLevels() {
    SearchTree tree;
    tree.levels = {{pending(1, {0, 2}), pending(1, {2, 4})},
                   {pending(2, {0, 1}), pending(2, {1, 2}), pending(2, {2, 3}), pending(2, {3, 4})}};
    return tree;
}

} // namespace

TEST_CASE("A cell is found by its row and any of its pairs") {
    const SearchTree tree = twoLevels();
    CHECK(treeSegmentAt(tree, 0, 3)->segment == Segment{2, 4});
    CHECK(treeSegmentAt(tree, 1, 1)->segment == Segment{1, 2});
    CHECK(treeSegmentAt(tree, 2, 0) == nullptr);
    CHECK(treeSegmentAt(tree, 0, 4) == nullptr);
    CHECK(treePairs(tree) == 4);
    CHECK(treePairs({}) == 0);
}

TEST_CASE("The colour range is the largest gain or loss, whatever else is unknown") {
    SearchTree tree = twoLevels();
    CHECK(largestGain(tree) == 0);
    tree.levels[0][0].gain = -3;
    tree.levels[0][1].gain = 2;
    tree.levels[1][0].gain = std::nan("");
    CHECK(largestGain(tree) == 3);
}

TEST_CASE("A decision without a winner changed nothing") {
    TreeSegment segment;
    CHECK(!decidedNothing(segment));
    segment.state = SegmentState::done;
    CHECK(decidedNothing(segment));
    segment.increment = 0.5;
    CHECK(!decidedNothing(segment));
}
