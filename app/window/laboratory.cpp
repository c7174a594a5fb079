#include "app/window/laboratory.h"

#include "engine/base/resources.h"

namespace ropescope {

namespace {

Result<void> checkSources(const Setup& setup) {
    if (setup.modelPath.isEmpty())
        return fail(usageError("Choose a model first."));
    if (setup.textPath.isEmpty())
        return fail(usageError("Choose a text to measure on first."));
    return {};
}

} // namespace

Outcome<std::shared_ptr<LanguageModel>> Laboratory::model(const Setup& setup, const RunControl& control) {
    const std::lock_guard lock(m_mutex);
    const std::string key = setup.modelPath.toStdString() + '\n' + setup.device.toStdString();
    if (m_model && key == m_modelKey)
        return m_model;
    // The old one goes first: two models may not fit.
    m_model.reset();
    DeviceOptions options;
    options.device = setup.device.toStdString();
    auto loaded = loadLanguageModel(modelPath(setup.modelPath.toStdString()), options, control);
    if (auto* model = std::get_if<std::shared_ptr<LanguageModel>>(&loaded)) {
        m_model = *model;
        m_modelKey = key;
    }
    return loaded;
}

void Laboratory::releaseModel() {
    const std::lock_guard lock(m_mutex);
    m_model.reset();
}

Result<void> Laboratory::readText(const Setup& setup) {
    if (const auto complete = checkSources(setup); !complete)
        return complete;
    const std::string key = setup.textPath.toStdString() + '\n' + setup.modelPath.toStdString();
    if (m_text && key == m_textKey)
        return {};
    m_text.reset(); // the old one goes first
    const std::filesystem::path path = modelPath(setup.modelPath.toStdString());
    const auto config = readModelConfig(path);
    if (!config)
        return fail(config.error());
    // A text of ids needs no tokenizer; a missing one is said when a text wants it.
    const auto tokenizer = loadTokenizer(path);
    m_tokenizer = tokenizer ? *tokenizer : nullptr;
    auto text = loadCorpus(textPath(setup.textPath.toStdString()), m_tokenizer.get(), config->vocabulary);
    if (!text)
        return fail(text.error());
    m_text = std::make_shared<const Corpus>(std::move(*text));
    m_textKey = key;
    return {};
}

Result<std::shared_ptr<const Corpus>> Laboratory::text(const Setup& setup) {
    const std::lock_guard lock(m_mutex);
    if (const auto there = readText(setup); !there)
        return fail(there.error());
    return m_text;
}

Outcome<LabBench> Laboratory::open(const Setup& setup, const RunControl& control) {
    if (const auto complete = checkSources(setup); !complete)
        return complete.error();
    const auto attention = parseAttention(setup.attention.toStdString(), setup.geometry.trainedLength);
    if (!attention)
        return attention.error();
    auto loaded = model(setup, control);
    if (auto* error = std::get_if<Error>(&loaded))
        return *error;
    if (std::holds_alternative<Cancelled>(loaded))
        return Cancelled{};
    LabBench bench;
    bench.model = std::get<std::shared_ptr<LanguageModel>>(loaded);
    bench.attention = *attention;
    const std::lock_guard lock(m_mutex);
    if (const auto there = readText(setup); !there)
        return there.error();
    bench.tokenizer = m_tokenizer;
    bench.text = m_text;
    return bench;
}

} // namespace ropescope
