// People's changes to factor sets, each of them undoable. Views call this and never write the store themselves.
#pragma once

#include <QObject>
#include <QUndoStack>

#include "views/models/factor_edit.h"
#include "views/models/factor_set_store.h"
#include "views/models/selection.h"

namespace ropescope {

// GUI thread only. Store and selection must outlive it.
class FactorSetEditor : public QObject {
    Q_OBJECT

public:
    FactorSetEditor(FactorSetStore& store, Selection& selection, QObject* parent = nullptr);

    [[nodiscard]] QUndoStack& history() { return m_history; }

    // A drag, a stroke or a key press that repeats is one gesture: its steps undo together. Gestures are numbered
    // from 1; each call starts a new one.
    [[nodiscard]] int newGesture() { return ++m_lastGesture; }

    // The set that edits of the current one go to: itself when it was made by hand, else a copy called
    // "hand-tuned", which is added, selected and undone together with the edits of the same gesture. noSet without a
    // current set.
    [[nodiscard]] SetId editableCurrent(int gesture);

    // Does nothing when the factors are those already there. `gesture` 0 stands alone.
    void setFactors(SetId id, const Factors& factors, const QString& what, int gesture = 0);
    void setAttentionFactor(SetId id, double value, int gesture = 0);
    void add(const FactorSetEntry& entry, int row = -1); // and selects it
    void remove(SetId id);
    void rename(SetId id, const QString& name);
    void move(SetId id, int row);
    void duplicate(SetId id);
    // Showing and hiding is looking, not changing: not undoable.
    void setVisible(SetId id, bool visible);
    void setLocked(Segment pairs, bool locked, int pairCount);

private:
    FactorSetStore& m_store;
    Selection& m_selection;
    QUndoStack m_history;
    int m_lastGesture = 0;
};

} // namespace ropescope
