// The factor sets of a window: the objects that a person makes, sees, edits, measures and exports.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include "engine/rope/factor_set.h"

namespace ropescope {

// Names one set for as long as the window lives; never used twice. 0 names none.
using SetId = std::int64_t;
constexpr SetId noSet = 0;

// Where a set came from; decides what may happen to it. Only edited sets change in place: a method's set stays what
// its name says.
enum class SetOrigin { method, import, search, edited };

// One measured perplexity: of this set, on the setup's text.
struct Measurement {
    std::int64_t length = 0;
    double nll = 0; // mean, nats per token
    double perplexity = 0;
    double standardError = 0; // of the perplexity; 0: unknown
    std::int64_t tokens = 0;
};

struct FactorSetEntry {
    SetId id = noSet;
    QString name; // "YaRN 8 ×"
    SetOrigin origin = SetOrigin::method;
    QString method; // a method's short name ("yarn") for a set that follows the target length; else empty
    int colour = 0; // index into setColour(); kept for life
    bool visible = true;
    FactorSet set; // as many factors as the model has pairs
    std::vector<Measurement> measurements;

    // The measurement at this length, newest first.
    [[nodiscard]] std::optional<Measurement> measuredAt(std::int64_t length) const;
};

// Plain storage with signals. People's changes go through FactorSetEditor (views/widgets), which makes them
// undoable; only loading, measuring and methods that follow the target length write here directly. GUI thread only.
class FactorSetStore : public QObject {
    Q_OBJECT

public:
    using QObject::QObject;

    [[nodiscard]] const std::vector<FactorSetEntry>& entries() const { return m_entries; }
    [[nodiscard]] int count() const { return static_cast<int>(m_entries.size()); }
    // Null when there is no such set. The pointer lives until the next change of the store.
    [[nodiscard]] const FactorSetEntry* find(SetId id) const;
    // -1 when there is no such set.
    [[nodiscard]] int rowOf(SetId id) const;

    [[nodiscard]] SetId newId() { return ++m_lastId; }
    // The first colour that no set uses, else the one used longest ago; never the search's.
    [[nodiscard]] int freeColour() const;
    // `name`, with " (2)", " (3)" ... appended until no set has it.
    [[nodiscard]] QString freeName(const QString& name) const;

    // Row -1 appends. The entry must have an id from newId().
    void insert(const FactorSetEntry& entry, int row = -1);
    void remove(SetId id);
    // Replaces the entry of the same id; does nothing without one.
    void replace(const FactorSetEntry& entry);
    void move(SetId id, int row);
    // Forgets all sets and locks: another model or study.
    void clear();
    void addMeasurement(SetId id, const Measurement& measurement);

    // Pairs that the search and group edits leave alone.
    [[nodiscard]] bool locked(int pair) const;
    [[nodiscard]] const std::vector<bool>& locks() const { return m_locks; }
    void setLocks(const std::vector<bool>& locks);

Q_SIGNALS:
    void aboutToInsert(int row);
    void inserted(ropescope::SetId id, int row);
    void aboutToRemove(ropescope::SetId id, int row);
    void removed(ropescope::SetId id, int row);
    // Factors, attention factor, name, visibility or measurements.
    void entryChanged(ropescope::SetId id);
    // Factors or attention factor of the set differ; emitted before entryChanged.
    void factorsChanged(ropescope::SetId id);
    void aboutToMove(int from, int to);
    void moved(int from, int to);
    void locksChanged();

private:
    std::vector<FactorSetEntry> m_entries;
    std::vector<bool> m_locks;
    SetId m_lastId = noSet;
};

} // namespace ropescope
