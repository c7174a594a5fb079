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

    // The open study; a new one, made when something is first written, where none is.
    [[nodiscard]] std::shared_ptr<StudyFile> file();
    void open(const QString& path);
    void close();
    // What was measured with the setup's attention, as a job that ends with read(). Nothing without a study.
    void readMeasurements(const Setup& setup);

Q_SIGNALS:
    // The sets that the study holds, once after it was opened and before read(); never an empty list.
    void setsRead(const std::vector<ropescope::StudyFactorSet>& sets);
    // Empty: no study any more.
    void changed(const QString& path);
    void read(const ropescope::KeptMeasurements& measurements);

private:
    void deliver(const std::weak_ptr<StudyFile>& asked, const KeptMeasurements& measurements);
    void dropUnwritten();

    JobQueue& m_jobs;
    QString m_folder;
    QString m_path;
    std::shared_ptr<StudyFile> m_file;
    bool m_setsRead = false; // of this file
};

} // namespace ropescope
