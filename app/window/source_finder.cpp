#include "app/window/source_finder.h"

#include <functional>

#include <QFileDialog>
#include <QFileInfo>
#include <QPointer>

#include <fmt/format.h>

#include "app/window/model_setup.h"
#include "engine/base/resources.h"
#include "engine/model/model_config.h"
#include "engine/session/search_sources.h"
#include "engine/tokenizer/corpus.h"
#include "views/widgets/source_notice.h"

namespace ropescope {

namespace {

QString placeOf(const std::filesystem::path& path) {
    return QString::fromStdString(path.string());
}

std::string textOfRope(const RopeGeometry& rope) {
    return fmt::format("head_dim {}, rotary dimensions {}, theta {}, trained length {}", rope.headDim, rope.rotaryDim,
                       rope.theta, rope.trainedLength);
}

// A study without numbers of its model or text has only what the window had.
Result<void> moveInState(Study& study, const std::function<Result<void>(Setup&)>& change) {
    const auto& states = study.contents().viewState;
    const auto kept = states.find(setupViewState);
    auto setup = kept == states.end() ? std::nullopt : setupOfState(kept->second);
    if (!setup)
        return {};
    if (auto changed = change(*setup); !changed)
        return changed;
    return study.setViewState(setupViewState, setupState(*setup));
}

Outcome<std::string> moveModel(StudyFile& file, const std::string& path, const RunControl& control) {
    const auto study = file.open();
    if (!study)
        return study.error();
    auto identity = identifyModel(path, control);
    if (auto* error = std::get_if<Error>(&identity))
        return std::move(*error);
    if (std::holds_alternative<Cancelled>(identity))
        return Cancelled{};
    const auto& model = std::get<StudyModel>(identity);
    if ((*study)->contents().model) {
        if (const auto same = (*study)->setSources(model, std::nullopt); !same)
            return same.error();
        return path;
    }
    const auto moved = moveInState(**study, [&](Setup& setup) -> Result<void> {
        const std::string had = textOfRope(setup.geometry);
        const std::string found = textOfRope(model.rope);
        if (had != found)
            return fail(inputError(path, "config", had + ", as the study's sets were made for", found));
        setup.modelPath = QString::fromStdString(model.path);
        setup.modelName = modelTitle(setup.modelPath);
        return {};
    });
    if (!moved)
        return moved.error();
    return path;
}

// Which text it is, its tokens say; so the model's tokenizer is needed.
Outcome<std::string> moveText(StudyFile& file, const std::string& path, const std::string& modelFile) {
    const auto study = file.open();
    if (!study)
        return study.error();
    const StudyContents& contents = (*study)->contents();
    if (!contents.text || !contents.model) {
        const auto moved = moveInState(**study, [&](Setup& setup) -> Result<void> {
            setup.textPath = QString::fromStdString(portableTextPath(path));
            return {};
        });
        if (!moved)
            return moved.error();
        return path;
    }
    const auto config = readModelConfig(modelFile);
    if (!config)
        return config.error();
    const auto tokenizer = loadTokenizer(modelFile);
    if (!tokenizer && std::filesystem::path(path).extension() != ".json")
        return tokenizer.error();
    const auto corpus = loadCorpus(path, tokenizer ? tokenizer->get() : nullptr, config->vocabulary);
    if (!corpus)
        return corpus.error();
    if (const auto same = (*study)->setSources(StudyModel(*contents.model), identifyText(path, *corpus)); !same)
        return same.error();
    return path;
}

} // namespace

SourceFinder::SourceFinder(const WindowContext& context, SourceNotice& notice, QWidget* window)
    : QObject(window), m_context(context), m_notice(notice), m_window(window) {
    connect(&context.bench.setup(), &SetupModel::changed, this, &SourceFinder::check);
    connect(&context.study, &StudyKeeper::changed, this, &SourceFinder::check);
    connect(&notice, &SourceNotice::findModelRequested, this, &SourceFinder::browseModel);
    connect(&notice, &SourceNotice::findTextRequested, this, &SourceFinder::browseText);
}

void SourceFinder::check() {
    const Setup& setup = m_context.bench.setup().setup();
    const QString now = QStringList{m_context.study.path(), setup.modelPath, setup.textPath}.join(QLatin1Char('\n'));
    if (now == m_checked)
        return;
    m_checked = now;
    const auto missing = [&](const QString& chosen, const std::filesystem::path& path) {
        const bool there = chosen.isEmpty() || m_context.study.path().isEmpty() || QFileInfo::exists(placeOf(path));
        return there ? QString() : placeOf(path);
    };
    m_notice.setMissing(missing(setup.modelPath, modelPath(setup.modelPath.toStdString())),
                        missing(setup.textPath, textPath(setup.textPath.toStdString())));
}

// A GGUF file is looked for as a file, anything else as a folder; texts come in both forms too.
void SourceFinder::browseModel() {
    const bool file = m_context.bench.setup().setup().modelPath.endsWith(QLatin1String(".gguf"), Qt::CaseInsensitive);
    const QString path = file ? QFileDialog::getOpenFileName(m_window, tr("Find the model"), {},
                                                             tr("GGUF models (*.gguf);;All files (*)"))
                              : QFileDialog::getExistingDirectory(m_window, tr("Find the model"));
    if (!path.isEmpty())
        foundModel(path);
}

void SourceFinder::browseText() {
    const bool file = !QFileInfo(m_context.bench.setup().setup().textPath).suffix().isEmpty();
    const QString path = file ? QFileDialog::getOpenFileName(m_window, tr("Find the text"))
                              : QFileDialog::getExistingDirectory(m_window, tr("Find the text"));
    if (!path.isEmpty())
        foundText(path);
}

void SourceFinder::foundModel(const QString& path) {
    start(tr("compare the model with the study's"),
          [path = path.toStdString()](StudyFile& file, const RunControl& control) {
              return moveModel(file, path, control);
          });
}

void SourceFinder::foundText(const QString& path) {
    const std::string model = modelPath(m_context.bench.setup().setup().modelPath.toStdString()).string();
    start(
        tr("compare the text with the study's"),
        [path = path.toStdString(), model](StudyFile& file, const RunControl&) { return moveText(file, path, model); });
}

void SourceFinder::start(const QString& title,
                         std::function<Outcome<std::string>(StudyFile&, const RunControl&)> work) {
    if (m_context.study.path().isEmpty())
        return;
    m_notice.setProblem({});
    m_notice.setChecking(true);
    const auto file = m_context.study.fileOfSets();
    const QString study = m_context.study.path();
    EngineJob* job = m_context.jobs.add<std::string>(
        title,
        [file, work = std::move(work)](const RunControl& control, const JobChannel&) { return work(*file, control); },
        [](const std::string&) {}, JobKind::work, file->fileNeeds());
    connect(job, &EngineJob::finished, this, [this, job, study] {
        m_notice.setChecking(false);
        if (study != m_context.study.path())
            return;
        if (job->state() == EngineJob::State::failed)
            m_notice.setProblem(job->message());
        else if (job->state() == EngineJob::State::done)
            Q_EMIT moved(study);
    });
}

} // namespace ropescope
