#include "views/models/factor_set_store.h"

#include <algorithm>
#include <array>
#include <limits>

#include "views/models/colour_scale.h"

namespace ropescope {

std::optional<Measurement> FactorSetEntry::measuredAt(std::int64_t length) const {
    const auto found = std::find_if(measurements.rbegin(), measurements.rend(),
                                    [length](const Measurement& m) { return m.length == length; });
    if (found == measurements.rend())
        return std::nullopt;
    return *found;
}

const FactorSetEntry* FactorSetStore::find(SetId id) const {
    const int row = rowOf(id);
    return row < 0 ? nullptr : &m_entries[static_cast<std::size_t>(row)];
}

int FactorSetStore::rowOf(SetId id) const {
    const auto found =
        std::find_if(m_entries.begin(), m_entries.end(), [id](const FactorSetEntry& entry) { return entry.id == id; });
    return found == m_entries.end() ? -1 : static_cast<int>(found - m_entries.begin());
}

int FactorSetStore::freeColour() const {
    std::array<SetId, setColourCount> lastUse{};
    for (const FactorSetEntry& entry : m_entries) {
        auto& use = lastUse[static_cast<std::size_t>(entry.colour % setColourCount)];
        use = std::max(use, entry.id);
    }
    static_assert(searchColour == 0);
    return static_cast<int>(std::min_element(lastUse.begin() + 1, lastUse.end()) - lastUse.begin());
}

QString FactorSetStore::freeName(const QString& name) const {
    const auto taken = [this](const QString& candidate) {
        return std::any_of(m_entries.begin(), m_entries.end(),
                           [&candidate](const FactorSetEntry& entry) { return entry.name == candidate; });
    };
    QString candidate = name;
    for (int number = 2; taken(candidate); ++number)
        candidate = QStringLiteral("%1 (%2)").arg(name).arg(number);
    return candidate;
}

void FactorSetStore::insert(const FactorSetEntry& entry, int row) {
    const int place = row < 0 ? count() : std::min(row, count());
    Q_EMIT aboutToInsert(place);
    m_entries.insert(m_entries.begin() + place, entry);
    m_lastId = std::max(m_lastId, entry.id);
    Q_EMIT inserted(entry.id, place);
}

void FactorSetStore::remove(SetId id) {
    const int row = rowOf(id);
    if (row < 0)
        return;
    Q_EMIT aboutToRemove(id, row);
    m_entries.erase(m_entries.begin() + row);
    Q_EMIT removed(id, row);
}

void FactorSetStore::replace(const FactorSetEntry& entry) {
    const int row = rowOf(entry.id);
    if (row < 0)
        return;
    auto& stored = m_entries[static_cast<std::size_t>(row)];
    const bool otherFactors = !(stored.set == entry.set);
    stored = entry;
    if (otherFactors)
        Q_EMIT factorsChanged(entry.id);
    Q_EMIT entryChanged(entry.id);
}

void FactorSetStore::move(SetId id, int row) {
    const int from = rowOf(id);
    const int to = std::clamp(row, 0, count() - 1);
    if (from < 0 || from == to)
        return;
    Q_EMIT aboutToMove(from, to);
    const auto first = m_entries.begin();
    if (from < to)
        std::rotate(first + from, first + from + 1, first + to + 1);
    else
        std::rotate(first + to, first + from, first + from + 1);
    Q_EMIT moved(from, to);
}

void FactorSetStore::clear() {
    while (!m_entries.empty())
        remove(m_entries.back().id);
    setLocks({});
}

void FactorSetStore::addMeasurement(SetId id, const Measurement& measurement) {
    const FactorSetEntry* entry = find(id);
    if (!entry)
        return;
    FactorSetEntry changed = *entry;
    changed.measurements.push_back(measurement);
    replace(changed);
}

bool FactorSetStore::locked(int pair) const {
    const auto i = static_cast<std::size_t>(pair);
    return pair >= 0 && i < m_locks.size() && m_locks[i];
}

void FactorSetStore::setLocks(const std::vector<bool>& locks) {
    if (locks == m_locks)
        return;
    m_locks = locks;
    Q_EMIT locksChanged();
}

} // namespace ropescope
