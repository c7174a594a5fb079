// Keeps the factor sets of the window in its study: names, factors, colours, what is hidden.
#pragma once

#include <vector>

#include <QObject>

#include "app/window/study_keeper.h"
#include "views/models/bench.h"

class QTimer;
class QUndoStack;

namespace ropescope {

// The set as a study holds it, and the reverse. The entry read has no id yet; colours and origins of other clients'
// sets are made up.
[[nodiscard]] StudyFactorSet keptSet(const FactorSetEntry& entry, bool current = false);
[[nodiscard]] FactorSetEntry entryOf(const StudyFactorSet& kept, const FactorSetStore& store);
[[nodiscard]] bool wasCurrent(const StudyFactorSet& kept);

// Writes soon after a change, or as soon as no job has the study. Where there is none yet, one is begun for what a
// person made: not for the methods that every model comes with. The live search's set is left out: the search itself
// says what it is. GUI thread only.
class SetKeeper : public QObject {
    Q_OBJECT

public:
    // All must outlive this.
    SetKeeper(Bench& bench, QUndoStack& history, JobQueue& jobs, StudyKeeper& study, QObject* parent = nullptr);

    // Begins writing now what is not written yet, after the jobs that have the study; for closing.
    void flush();

private:
    void restore(const std::vector<StudyFactorSet>& kept);
    [[nodiscard]] SetId restoreOne(const StudyFactorSet& kept); // noSet: of another number of pairs
    void changed();
    void setupChanged();
    void studyChanged(const QString& path);
    void writeWhenFree();
    [[nodiscard]] bool worthAStudy() const;
    [[nodiscard]] std::vector<StudyFactorSet> sets() const;

    Bench& m_bench;
    QUndoStack& m_history;
    JobQueue& m_jobs;
    StudyKeeper& m_study;
    QTimer* m_soon;
    bool m_dirty = false;
    int m_keeping = 0;                     // jobs of this under way
    bool m_refused = false;                // the last one failed, and nothing changed since
    std::vector<StudyFactorSet> m_written; // what the study holds
    std::string m_writtenSetup;
};

} // namespace ropescope
