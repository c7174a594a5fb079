#include "engine/factor_file/torch_format.h"

#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "engine/factor_file/sidecar.h"
#include "engine/model/torch_file.h"
#include "engine/rope/attention_factor.h"

namespace ropescope {
namespace {

// The scale in a name of the form [...]SCALE_INIT_WIDTH.
std::optional<double> scaleInName(std::string_view name) {
    const auto width = name.rfind('_');
    const auto init = width == std::string_view::npos || width == 0 ? width : name.rfind('_', width - 1);
    if (init == std::string_view::npos || init == 0)
        return {};
    const std::string_view start = name.substr(init + 1, width - init - 1);
    if (start != "yarn" && start != "ntk" && start != "pi" && start != "ones")
        return {};
    const auto before = name.rfind('_', init - 1);
    const std::string_view text = name.substr(before == std::string_view::npos ? 0 : before + 1,
                                              init - (before == std::string_view::npos ? 0 : before + 1));
    double scale = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), scale);
    if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(scale) || scale < 1)
        return {};
    return scale;
}

} // namespace

bool TorchImporter::recognises(const FactorSource& source) const {
    return source.content.starts_with("PK\x03\x04");
}

Result<FactorDocument> TorchImporter::read(const FactorSource& source) const {
    const std::string file = source.path.string();
    const auto opened = TorchFile::open(source.path);
    if (!opened)
        return fail(opened.error());
    if (opened->tensors().size() != 1)
        return fail(inputError(file, "pickle", "one tensor of factors", fmt::format("{}", opened->tensors().size())));
    const TorchTensor& tensor = opened->tensors().front();
    if (tensor.shape.size() != 1)
        return fail(inputError(file, "tensor", "one axis", fmt::format("{}", tensor.shape.size())));
    FactorDocument document;
    document.set.factors = tensor.values();
    if (const auto scale = scaleInName(opened->root())) {
        document.method = "dcis";
        document.set.attentionFactor = yarnAttentionFactor(*scale);
        document.attentionFactorKnown = true;
        if (source.geometry)
            document.targetLength = std::llround(*scale * static_cast<double>(source.geometry->trainedLength));
        document.notes.push_back(fmt::format("attention factor {:.6g} = 0.1 ln {} + 1, as DCIS defines it; the scale "
                                             "is in the archive's name \"{}\"",
                                             document.set.attentionFactor, *scale, opened->root()));
    }
    return document;
}

Result<RenderedExport> DcisExporter::render(const FactorDocument& document, const std::filesystem::path& path) const {
    std::vector<float> values;
    bool exact = true;
    for (const double factor : document.set.factors) {
        values.push_back(static_cast<float>(factor));
        exact = exact && static_cast<double>(values.back()) == factor;
    }
    RenderedExport result = withSidecar(document, path, torchFileOf(values, path.stem().string()), false);
    if (!exact)
        result.notes.emplace_back("the file is float32; the factors were rounded");
    const auto scale = document.scale();
    if (!scale)
        result.notes.push_back(fmt::format("DCIS multiplies cos and sin by 0.1 ln s + 1 for the scale s it is given; "
                                           "these factors belong to {}",
                                           document.set.attentionFactor));
    else if (std::fabs(yarnAttentionFactor(*scale) - document.set.attentionFactor) > 1e-6)
        result.notes.push_back(fmt::format("DCIS will multiply cos and sin by {:.6g} at scale {:.6g}; these factors "
                                           "belong to {:.6g}",
                                           yarnAttentionFactor(*scale), *scale, document.set.attentionFactor));
    return result;
}

} // namespace ropescope
