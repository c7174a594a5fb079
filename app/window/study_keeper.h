// Which study the window shows, and reading back what was measured in it.
#pragma once

#include <memory>
#include <vector>

#include <QObject>
#include <QString>

#include "app/window/job_queue.h"
#include "app/window/kept_measurements.h"
#include "app/window/study_file.h"

namespace ropescope {

// One study at a time; jobs that began with an earlier one go on writing there. GUI thread only.
class StudyKeeper : public QObject {
    Q_OBJECT

public:
    explicit StudyKeeper(JobQueue& jobs, QObject* parent = nullptr);

    // Where studies are made that a person gave no name.
    void setFolder(const QString& folder) { m_folder = folder; }
    // Empty when no study is open.
    [[nodiscard]] QString path() const { return m_path; }

    // The open study; a new one, made when something is first written, where none is. For numbers: the study belongs to
    // the setup's text from now on.
    [[nodiscard]] std::shared_ptr<StudyFile> file();
    // The same for what belongs to no text.
    [[nodiscard]] std::shared_ptr<StudyFile> fileOfSets();
    // Whether another text needs another study.
    [[nodiscard]] bool belongsToText() const { return m_file && m_belongsToText; }
    // What was read of an open study: numbers of a text, or none yet.
    void setBelongsToText(bool belongs) { m_belongsToText = belongs; }
    // Whether the sets that it held before, if any, have been read: until then the window's own are not its.
    [[nodiscard]] bool setsKnown() const { return m_setsRead; }
    void open(const QString& path);
    void close();
    // What was measured with the setup's attention, as a job that ends with read(). Nothing without a study.
    void readMeasurements(const Setup& setup);

Q_SIGNALS:
    // The sets that the study holds, once after it was opened and before read(); never an empty list.
    void setsRead(const std::vector<ropescope::StudyFactorSet>& sets);
    // The last moment to write into the present study, or to begin one where there is none.
    void closing();
    // Empty: no study any more.
    void changed(const QString& path);
    void read(const ropescope::KeptMeasurements& measurements);

private:
    void take(const QString& path);
    void deliver(const std::weak_ptr<StudyFile>& asked, const QString& basis, const KeptMeasurements& measurements);
    void dropUnwritten();

    JobQueue& m_jobs;
    QString m_folder;
    QString m_path;
    std::shared_ptr<StudyFile> m_file;
    QString m_newestBasis;   // of the numbers that were asked for last
    bool m_setsRead = false; // of this file
    bool m_belongsToText = false;
};

} // namespace ropescope
