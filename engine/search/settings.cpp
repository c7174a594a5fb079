#include "engine/search/settings.h"

#include "engine/search/cma_es_search.h"
#include "engine/search/dcis.h"
#include "engine/search/gradient_search.h"
#include "engine/search/longrope_search.h"
#include "engine/search/random_search.h"
#include "engine/search/safe_dcis.h"

namespace ropescope {
namespace {

std::string_view nameOf(const DcisOptions&) {
    return "dcis";
}
std::string_view nameOf(const SafeDcisOptions&) {
    return "dcis-safe";
}
std::string_view nameOf(const GradientOptions&) {
    return "gradient";
}
std::string_view nameOf(const LongRopeOptions&) {
    return "longrope";
}
std::string_view nameOf(const RandomSearchOptions&) {
    return "random";
}
std::string_view nameOf(const CmaEsOptions&) {
    return "cma-es";
}

struct Maker {
    const FactorSet& start;

    Result<std::unique_ptr<SearchMethod>> operator()(const DcisOptions& options) const {
        return DcisSearch::make(options, start);
    }
    Result<std::unique_ptr<SearchMethod>> operator()(const SafeDcisOptions& options) const {
        return SafeDcisSearch::make(options, start);
    }
    Result<std::unique_ptr<SearchMethod>> operator()(const GradientOptions& options) const {
        return GradientSearch::make(options, start);
    }
    Result<std::unique_ptr<SearchMethod>> operator()(const LongRopeOptions& options) const {
        return LongRopeSearch::make(options, start);
    }
    Result<std::unique_ptr<SearchMethod>> operator()(const RandomSearchOptions& options) const {
        return RandomSearch::make(options, start);
    }
    Result<std::unique_ptr<SearchMethod>> operator()(const CmaEsOptions& options) const {
        return CmaEsSearch::make(options, start);
    }
};

// Every method with its default options, in the order of the variant.
template <std::size_t... Index>
std::vector<MethodOptions> everyMethod(std::index_sequence<Index...>) {
    return {MethodOptions(std::in_place_index<Index>)...};
}

std::vector<MethodOptions> everyMethod() {
    return everyMethod(std::make_index_sequence<std::variant_size_v<MethodOptions>>());
}

} // namespace

std::string_view methodName(const MethodOptions& options) {
    return std::visit([](const auto& one) { return nameOf(one); }, options);
}

std::optional<MethodOptions> defaultOptions(std::string_view name) {
    for (const MethodOptions& options : everyMethod())
        if (methodName(options) == name)
            return options;
    return std::nullopt;
}

std::vector<std::string_view> methodNames() {
    std::vector<std::string_view> names;
    for (const MethodOptions& options : everyMethod())
        names.push_back(methodName(options));
    return names;
}

Result<std::unique_ptr<SearchMethod>> makeSearchMethod(const SearchSettings& settings) {
    return std::visit(Maker{settings.start}, settings.method);
}

} // namespace ropescope
