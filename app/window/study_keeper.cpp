#include "app/window/study_keeper.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QPointer>
#include <QStandardPaths>

namespace ropescope {

StudyKeeper::StudyKeeper(JobQueue& jobs, QObject* parent)
    : QObject(parent), m_jobs(jobs),
      m_folder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/studies")) {
    connect(&jobs, &JobQueue::idle, this, &StudyKeeper::dropUnwritten);
}

std::shared_ptr<StudyFile> StudyKeeper::file() {
    auto file = fileOfSets();
    m_belongsToText = true;
    return file;
}

std::shared_ptr<StudyFile> StudyKeeper::fileOfSets() {
    if (!m_file) {
        QDir().mkpath(m_folder);
        m_setsRead = true; // the window's own
        m_belongsToText = false;
        take(m_folder + QDateTime::currentDateTime().toString(QStringLiteral("/yyyy-MM-dd-HHmmss-zzz")) +
             QStringLiteral(".ropescope"));
    }
    return m_file;
}

void StudyKeeper::open(const QString& path) {
    m_setsRead = false;
    m_belongsToText = true; // until it is read
    take(path);
}

void StudyKeeper::take(const QString& path) {
    m_path = QDir::cleanPath(QFileInfo(path).absoluteFilePath());
    m_file = std::make_shared<StudyFile>(m_path.toStdString());
    Q_EMIT changed(m_path);
}

void StudyKeeper::close() {
    Q_EMIT closing();
    if (!m_file)
        return;
    m_path.clear();
    m_file.reset();
    Q_EMIT changed({});
}

void StudyKeeper::readMeasurements(const Setup& setup) {
    if (!m_file)
        return;
    m_newestBasis = measurementBasis(setup);
    m_jobs.add<KeptMeasurements>(
        tr("read measurements"),
        [file = m_file, setup](const RunControl&, const JobChannel&) -> Outcome<KeptMeasurements> {
            const auto attention = parseAttention(setup.attention.toStdString(), setup.geometry.trainedLength);
            if (!attention)
                return attention.error();
            const auto study = file->open();
            if (!study)
                return study.error();
            return measurementsIn((*study)->contents(), *attention);
        },
        [self = QPointer<StudyKeeper>(this), asked = std::weak_ptr(m_file),
         basis = measurementBasis(setup)](const KeptMeasurements& measurements) {
            if (StudyKeeper* keeper = self.data())
                keeper->deliver(asked, basis, measurements);
        },
        JobKind::look, m_file->fileNeeds());
}

// Another study may be open by now, or another attention's numbers asked for.
void StudyKeeper::deliver(const std::weak_ptr<StudyFile>& asked, const QString& basis,
                          const KeptMeasurements& measurements) {
    const auto still = asked.lock();
    if (!still || still != m_file)
        return;
    // Once only: afterwards the window's sets are the newer ones.
    if (!m_setsRead && !measurements.sets.empty())
        Q_EMIT setsRead(measurements.sets);
    m_setsRead = true;
    if (basis == m_newestBasis)
        Q_EMIT read(measurements);
}

// A study that nothing was written to is none: what was to be kept in it failed.
void StudyKeeper::dropUnwritten() {
    if (m_file && !QFileInfo::exists(m_path))
        close();
}

} // namespace ropescope
