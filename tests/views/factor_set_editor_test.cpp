#include "views/widgets/factor_set_editor.h"

#include "tests/support/qt_catch.h"
#include "tests/views/bench_fixture.h"

using namespace ropescope;

namespace {

struct EditorFixture : test::BenchFixture {
    FactorSetEditor editor{bench.sets(), bench.selection()};
    [[nodiscard]] const Factors& factors(SetId id) { return bench.sets().find(id)->set.factors; }
};

} // namespace

TEST_CASE_METHOD(EditorFixture, "Shaping a method's set makes a copy; one undo takes copy and gesture back") {
    const SetId pi = bench.selection().set();
    const Factors before = factors(pi);
    const int gesture = editor.newGesture();
    const SetId copy = editor.editableCurrent(gesture);
    REQUIRE(copy != pi);
    CHECK(bench.selection().set() == copy);
    for (const double ratio : {1.1, 1.2, 1.3})
        editor.setFactors(copy, scaled(before, {2, 4}, ratio, {}), QStringLiteral("Drag"), gesture);
    CHECK(factors(pi) == before);
    CHECK(factors(copy)[2] == Approx(before[2] * 1.3));
    CHECK(editor.history().count() == 1);

    editor.history().undo();
    CHECK(bench.sets().find(copy) == nullptr);
    CHECK(bench.selection().set() == pi);
    editor.history().redo();
    CHECK(factors(copy)[2] == Approx(before[2] * 1.3));
    CHECK(bench.selection().set() == copy);
}

TEST_CASE_METHOD(EditorFixture, "A hand-made set changes in place, a gesture at a time") {
    const SetId copy = editor.editableCurrent(editor.newGesture());
    const Factors start = factors(copy);
    CHECK(editor.editableCurrent(editor.newGesture()) == copy);
    editor.setFactors(copy, withFactor(start, 1, 7, {}), QStringLiteral("Set"), editor.newGesture());
    editor.setFactors(copy, withFactor(start, 1, 9, {}), QStringLiteral("Set"), editor.newGesture());
    editor.history().undo();
    CHECK(factors(copy)[1] == 7);
    editor.history().undo();
    CHECK(factors(copy) == start);
}

TEST_CASE_METHOD(EditorFixture, "New factors drop old measurements, and undo does not lose newer ones elsewhere") {
    const SetId copy = editor.editableCurrent(editor.newGesture());
    bench.sets().addMeasurement(copy, {1024, 1.6, 5, 0.1, 1023});
    editor.setFactors(copy, withFactor(factors(copy), 0, 3, {}), QStringLiteral("Set"));
    CHECK(bench.sets().find(copy)->measurements.empty());
    editor.history().undo();
    CHECK(bench.sets().find(copy)->measurements.size() == 1);
}

TEST_CASE_METHOD(EditorFixture, "Adding, removing, renaming, moving, locking and the attention factor undo") {
    const SetId pi = bench.sets().entries()[0].id;
    editor.rename(pi, QStringLiteral("  flat "));
    CHECK(bench.sets().find(pi)->name == QStringLiteral("flat"));
    editor.move(pi, 1);
    CHECK(bench.sets().rowOf(pi) == 1);
    editor.setAttentionFactor(pi, 1.25);
    editor.setLocked({1, 3}, true, 8);
    CHECK(bench.sets().locked(2));
    editor.remove(pi);
    CHECK(bench.sets().find(pi) == nullptr);
    while (editor.history().canUndo())
        editor.history().undo();
    CHECK(bench.sets().rowOf(pi) == 0);
    CHECK(bench.sets().find(pi)->name == QStringLiteral("PI"));
    CHECK(bench.sets().find(pi)->set.attentionFactor == 1);
    CHECK(!bench.sets().locked(2));
}

TEST_CASE_METHOD(EditorFixture, "Hiding is looking: not part of the history") {
    const SetId pi = bench.sets().entries()[0].id;
    editor.setVisible(pi, false);
    CHECK(!bench.sets().find(pi)->visible);
    CHECK(editor.history().count() == 0);
}
