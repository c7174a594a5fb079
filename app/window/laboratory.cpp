#include "app/window/laboratory.h"

#include "engine/base/resources.h"

namespace ropescope {

Outcome<std::shared_ptr<LanguageModel>> Laboratory::model(const Setup& setup, const RunControl& control) {
    const std::lock_guard lock(m_mutex);
    const std::string key = setup.modelPath.toStdString() + '\n' + setup.device.toStdString();
    if (m_model && key == m_modelKey)
        return m_model;
    // The old one goes first: two models may not fit.
    m_model.reset();
    m_text.reset();
    m_textKey.clear();
    DeviceOptions options;
    options.device = setup.device.toStdString();
    auto loaded = loadLanguageModel(modelPath(setup.modelPath.toStdString()), options, control);
    if (auto* model = std::get_if<std::shared_ptr<LanguageModel>>(&loaded)) {
        m_model = *model;
        m_modelKey = key;
    }
    return loaded;
}

Outcome<LabBench> Laboratory::open(const Setup& setup, const RunControl& control) {
    if (setup.modelPath.isEmpty())
        return usageError("Choose a model first.");
    if (setup.textPath.isEmpty())
        return usageError("Choose a text to measure on first.");
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
    const std::string key = setup.textPath.toStdString() + '\n' + m_modelKey;
    if (!m_text || key != m_textKey) {
        // A text of ids needs no tokenizer; a missing one is said when a text wants it.
        const auto tokenizer = loadTokenizer(modelPath(setup.modelPath.toStdString()));
        m_tokenizer = tokenizer ? *tokenizer : nullptr;
        auto text =
            loadCorpus(textPath(setup.textPath.toStdString()), m_tokenizer.get(), bench.model->config().vocabulary);
        if (!text)
            return text.error();
        m_text = std::make_shared<const Corpus>(std::move(*text));
        m_textKey = key;
    }
    bench.tokenizer = m_tokenizer;
    bench.text = m_text;
    return bench;
}

} // namespace ropescope
