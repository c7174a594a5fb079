#include "views/widgets/factor_set_editor.h"

#include <algorithm>
#include <optional>

#include <QUndoCommand>

namespace ropescope {

namespace {

constexpr int firstGestureId = 1000;

// One entry before and after; an absent side means that it was added or removed.
class EntryCommand : public QUndoCommand {
public:
    EntryCommand(FactorSetStore& store, Selection& selection, std::optional<FactorSetEntry> before,
                 std::optional<FactorSetEntry> after, int row, int gesture, const QString& what)
        : QUndoCommand(what), m_store(store), m_selection(selection), m_before(std::move(before)),
          m_after(std::move(after)), m_row(row), m_gesture(gesture), m_selectedBefore(selection.set()) {}

    void undo() override {
        apply(m_after, m_before);
        if (m_store.find(m_selectedBefore))
            m_selection.setSet(m_selectedBefore);
    }
    void redo() override {
        apply(m_before, m_after);
        if (!m_before)
            m_selection.setSet(m_after->id);
    }
    [[nodiscard]] int id() const override { return m_gesture > 0 ? firstGestureId + m_gesture : -1; }
    bool mergeWith(const QUndoCommand* other) override {
        const auto* next = static_cast<const EntryCommand*>(other);
        // An addition and the edits right after it are one change, so m_before may be absent.
        if (!m_after || !next->m_before || !next->m_after || next->m_after->id != m_after->id)
            return false;
        m_after = next->m_after;
        return true;
    }

private:
    void apply(const std::optional<FactorSetEntry>& from, const std::optional<FactorSetEntry>& to) {
        if (!to)
            m_store.remove(from->id);
        else if (!from)
            m_store.insert(*to, m_row);
        else
            m_store.replace(keepingPresent(*to));
    }
    // Measurements and visibility are not part of a change; an undo must not take them back, but results of other
    // factors do not belong to these.
    [[nodiscard]] FactorSetEntry keepingPresent(FactorSetEntry entry) const {
        if (const FactorSetEntry* present = m_store.find(entry.id)) {
            entry.visible = present->visible;
            if (present->set == entry.set)
                entry.measurements = present->measurements;
        }
        return entry;
    }

    FactorSetStore& m_store;
    Selection& m_selection;
    std::optional<FactorSetEntry> m_before;
    std::optional<FactorSetEntry> m_after;
    int m_row;
    int m_gesture;
    SetId m_selectedBefore;
};

class MoveCommand : public QUndoCommand {
public:
    MoveCommand(FactorSetStore& store, SetId id, int from, int to, const QString& what)
        : QUndoCommand(what), m_store(store), m_id(id), m_from(from), m_to(to) {}
    void undo() override { m_store.move(m_id, m_from); }
    void redo() override { m_store.move(m_id, m_to); }

private:
    FactorSetStore& m_store;
    SetId m_id;
    int m_from;
    int m_to;
};

class LockCommand : public QUndoCommand {
public:
    LockCommand(FactorSetStore& store, Locks locks, const QString& what)
        : QUndoCommand(what), m_store(store), m_before(store.locks()), m_after(std::move(locks)) {}
    void undo() override { m_store.setLocks(m_before); }
    void redo() override { m_store.setLocks(m_after); }

private:
    FactorSetStore& m_store;
    Locks m_before;
    Locks m_after;
};

} // namespace

FactorSetEditor::FactorSetEditor(FactorSetStore& store, Selection& selection, QObject* parent)
    : QObject(parent), m_store(store), m_selection(selection) {
    m_history.setUndoLimit(1000);
}

SetId FactorSetEditor::editableCurrent(int gesture) {
    const FactorSetEntry* current = m_store.find(m_selection.set());
    if (!current)
        return noSet;
    if (current->origin == SetOrigin::edited)
        return current->id;
    FactorSetEntry copy = *current;
    copy.id = m_store.newId();
    copy.name = m_store.freeName(tr("hand-tuned"));
    copy.origin = SetOrigin::edited;
    copy.method.clear();
    copy.colour = m_store.freeColour();
    copy.visible = true;
    copy.measurements.clear(); // it is about to differ
    copy.set.origin = tr("edited, from %1").arg(current->name).toStdString();
    const int row = m_store.rowOf(current->id) + 1;
    m_history.push(
        new EntryCommand(m_store, m_selection, std::nullopt, copy, row, gesture, tr("Shape %1").arg(current->name)));
    return copy.id;
}

void FactorSetEditor::setFactors(SetId id, const Factors& factors, const QString& what, int gesture) {
    const FactorSetEntry* present = m_store.find(id);
    if (!present || present->set.factors == factors)
        return;
    FactorSetEntry after = *present;
    after.set.factors = factors;
    after.measurements.clear();
    m_history.push(new EntryCommand(m_store, m_selection, *present, after, -1, gesture, what));
}

void FactorSetEditor::setAttentionFactor(SetId id, double value, int gesture) {
    const FactorSetEntry* present = m_store.find(id);
    if (!present || present->set.attentionFactor == value)
        return;
    FactorSetEntry after = *present;
    after.set.attentionFactor = value;
    after.measurements.clear();
    m_history.push(
        new EntryCommand(m_store, m_selection, *present, after, -1, gesture, tr("Change the attention factor")));
}

void FactorSetEditor::add(const FactorSetEntry& entry, int row) {
    m_history.push(new EntryCommand(m_store, m_selection, std::nullopt, entry, row, 0, tr("Add %1").arg(entry.name)));
}

void FactorSetEditor::remove(SetId id) {
    const FactorSetEntry* present = m_store.find(id);
    if (!present)
        return;
    m_history.push(new EntryCommand(m_store, m_selection, *present, std::nullopt, m_store.rowOf(id), 0,
                                    tr("Remove %1").arg(present->name)));
}

void FactorSetEditor::rename(SetId id, const QString& name) {
    const FactorSetEntry* present = m_store.find(id);
    if (!present || name.trimmed().isEmpty() || present->name == name)
        return;
    FactorSetEntry after = *present;
    after.name = name.trimmed();
    m_history.push(new EntryCommand(m_store, m_selection, *present, after, -1, 0, tr("Rename %1").arg(present->name)));
}

void FactorSetEditor::move(SetId id, int row) {
    const int from = m_store.rowOf(id);
    const int to = std::clamp(row, 0, m_store.count() - 1);
    if (from < 0 || from == to)
        return;
    m_history.push(new MoveCommand(m_store, id, from, to, tr("Move %1").arg(m_store.find(id)->name)));
}

void FactorSetEditor::duplicate(SetId id) {
    const FactorSetEntry* present = m_store.find(id);
    if (!present)
        return;
    FactorSetEntry copy = *present;
    copy.id = m_store.newId();
    copy.name = m_store.freeName(present->name);
    copy.origin = SetOrigin::edited;
    copy.method.clear();
    copy.colour = m_store.freeColour();
    add(copy, m_store.rowOf(id) + 1);
}

void FactorSetEditor::setVisible(SetId id, bool visible) {
    const FactorSetEntry* present = m_store.find(id);
    if (!present || present->visible == visible)
        return;
    FactorSetEntry changed = *present;
    changed.visible = visible;
    m_store.replace(changed);
}

void FactorSetEditor::setLocked(Segment pairs, bool locked, int pairCount) {
    Locks locks = m_store.locks();
    locks.resize(static_cast<std::size_t>(std::max(pairCount, 0)));
    for (int pair = std::max(pairs.first, 0); pair < std::min(pairs.end, pairCount); ++pair)
        locks[static_cast<std::size_t>(pair)] = locked;
    if (locks != m_store.locks())
        m_history.push(new LockCommand(m_store, locks, locked ? tr("Lock pairs") : tr("Unlock pairs")));
}

} // namespace ropescope
