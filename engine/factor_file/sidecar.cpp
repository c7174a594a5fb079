#include "engine/factor_file/sidecar.h"

#include <algorithm>

#include <fmt/format.h>

#include "engine/base/atomic_file.h"
#include "engine/factor_file/json_format.h"

namespace ropescope {
namespace {

constexpr std::uintmax_t largestSidecar = std::uintmax_t{16} << 20U;

bool sameToFloat(const std::vector<double>& one, const std::vector<double>& other) {
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](double a, double b) { return static_cast<float>(a) == static_cast<float>(b); });
}

} // namespace

std::filesystem::path sidecarPath(const std::filesystem::path& path) {
    return path.string() + ".json";
}

RenderedExport withSidecar(const FactorDocument& document, const std::filesystem::path& path, std::string content,
                           bool isText) {
    return {{{path, std::move(content), isText}, {sidecarPath(path), factorJson(document)}}, {}};
}

void completeFromSidecar(FactorDocument& document, const std::filesystem::path& path) {
    const auto beside = sidecarPath(path);
    std::error_code problem;
    if (!std::filesystem::is_regular_file(beside, problem))
        return;
    const auto content = readFile(beside, largestSidecar);
    const FactorSource source{beside, content ? std::string_view(*content) : std::string_view(), {}};
    if (!content || !JsonImporter().recognises(source))
        return;
    const auto known = JsonImporter().read(source);
    if (!known || !sameToFloat(known->set.factors, document.set.factors)) {
        document.notes.push_back(
            fmt::format("{} describes other factors and was not used", beside.filename().string()));
        return;
    }
    FactorDocument completed = *known;
    completed.set.factors = document.set.factors;
    if (!completed.attentionFactorKnown) {
        completed.set.attentionFactor = document.set.attentionFactor;
        completed.attentionFactorKnown = document.attentionFactorKnown;
    }
    completed.notes = {fmt::format("what the file does not say is from {}", beside.filename().string())};
    document = std::move(completed);
}

} // namespace ropescope
