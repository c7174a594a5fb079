#include "app/cli/study_probes_output.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <nlohmann/json.hpp>

namespace ropescope::cli {
namespace {

using nlohmann::json;

std::string pairsText(const Segment& pairs) {
    return fmt::format("{}-{}", pairs.first, pairs.end - 1);
}

// The keys of each kind are those of the command that measures it.
json resultOf(const PerplexityProbe& probe) {
    json results = json::array();
    for (const PerplexityResult& result : probe.results)
        results.push_back({{"factors", result.factors.origin},
                           {"length", result.length},
                           {"nll", result.nll.mean},
                           {"standard_error", result.nll.standardError},
                           {"perplexity", result.perplexity},
                           {"tokens", result.nll.tokens}});
    return {{"attention", attentionText(probe.request.attention)}, {"results", results}};
}

json resultOf(const PasskeyProbe& probe) {
    json cells = json::array();
    for (const PasskeyCell& cell : probe.report.cells)
        cells.push_back({{"factors", probe.request.cases[cell.index].factors.origin},
                         {"length", cell.length},
                         {"depth", cell.depth ? json(*cell.depth) : json()},
                         {"trials", cell.trials},
                         {"correct", cell.correct},
                         {"low", cell.interval.low},
                         {"high", cell.interval.high}});
    return {{"attention", attentionText(probe.request.attention)}, {"cells", cells}};
}

json resultOf(const LandscapeProbe& probe) {
    json pairs = json::array();
    for (const LandscapeAxis& axis : probe.request.axes)
        pairs.push_back(pairsText(axis.pairs));
    json points = json::array();
    for (const LandscapePoint& point : probe.report.points)
        points.push_back({{"scale", point.scale}, {"nll", point.nll}});
    return {{"attention", attentionText(probe.request.attention)},
            {"factors", probe.request.base.origin},
            {"length", probe.request.length},
            {"pairs", pairs},
            {"finished", probe.finished},
            {"points", points}};
}

json resultOf(const SensitivityProbe& probe) {
    return {{"attention", attentionText(probe.request.attention)},
            {"factors", probe.request.factors.origin},
            {"length", probe.request.length},
            {"nll", probe.report.nll},
            {"gradient", probe.report.byLogFactor},
            {"gradient_per_radian", probe.report.byRadian},
            {"distance", probe.report.distance},
            {"gradient_attention_factor", probe.report.byAttentionFactor}};
}

json resultOf(const ComparisonProbe& probe) {
    json comparisons = json::array();
    for (const PairedDifference& pair : probe.report.differences)
        comparisons.push_back({{"a", probe.report.factorSets[pair.a].origin},
                               {"b", probe.report.factorSets[pair.b].origin},
                               {"difference", pair.difference.mean},
                               {"standard_error", pair.difference.standardError},
                               {"tokens", pair.difference.tokens}});
    return {{"attention", attentionText(probe.request.attention)},
            {"length", probe.request.length},
            {"comparisons", comparisons}};
}

std::string lineOf(const PerplexityProbe& probe) {
    std::string text;
    for (const PerplexityResult& result : probe.results)
        text += fmt::format("\n      {} at {}: {:.4f}", result.factors.origin, result.length, result.perplexity);
    return text;
}

std::string lineOf(const PasskeyProbe& probe) {
    std::string text;
    for (const PasskeyCell& cell : probe.report.cells)
        text += fmt::format("\n      {} at {}, depth {}: {} of {}", probe.request.cases[cell.index].factors.origin,
                            cell.length, cell.depth ? fmt::format("{:g}", *cell.depth) : "random", cell.correct,
                            cell.trials);
    return text;
}

std::string lineOf(const LandscapeProbe& probe) {
    std::string text = fmt::format("\n      {} at {}, pairs", probe.request.base.origin, probe.request.length);
    for (const LandscapeAxis& axis : probe.request.axes)
        text += fmt::format(" {} by {:g} to {:g}", pairsText(axis.pairs), axis.range.low, axis.range.high);
    text += fmt::format(": {} points{}", probe.report.points.size(), probe.finished ? "" : ", not finished");
    const LandscapePoint* lowest = nullptr;
    for (const LandscapePoint& point : probe.report.points)
        if (!std::isnan(point.nll) && (!lowest || point.nll < lowest->nll))
            lowest = &point;
    return lowest ? text + fmt::format(", lowest {:.4f} at {:.4g}", lowest->nll, fmt::join(lowest->scale, ", ")) : text;
}

std::string lineOf(const SensitivityProbe& probe) {
    return fmt::format("\n      {} at {}: nll {:.4f}", probe.request.factors.origin, probe.request.length,
                       probe.report.nll);
}

std::string lineOf(const ComparisonProbe& probe) {
    std::string text;
    for (const PairedDifference& pair : probe.report.differences)
        text += fmt::format("\n      {} -> {} at {}: {:+.4f} ± {:.4f}", probe.report.factorSets[pair.a].origin,
                            probe.report.factorSets[pair.b].origin, probe.request.length, pair.difference.mean,
                            pair.difference.standardError);
    return text;
}

std::string checkpointText(const StudyProbe& probe) {
    return probe.checkpoint
               ? fmt::format(" of training {} after step {}", probe.checkpoint->training, probe.checkpoint->step)
               : "";
}

} // namespace

json factorSetsJson(const StudyContents& contents) {
    json sets = json::array();
    for (const StudyFactorSet& one : contents.factorSets)
        sets.push_back({{"name", one.name},
                        {"origin", one.set.origin},
                        {"factors", one.set.factors},
                        {"attention_factor", one.set.attentionFactor}});
    return sets;
}

json probesJson(const StudyContents& contents) {
    json probes = json::array();
    for (const StudyProbe& probe : contents.probes) {
        json object = std::visit([](const auto& one) { return resultOf(one); }, probe.result);
        object["id"] = probe.id;
        object["kind"] = probeKind(probe.result);
        object["time"] = probe.time;
        object["dtype"] = probe.computeType == ComputeType::bf16 ? "bf16" : "fp32";
        object["device"] = probe.device;
        if (probe.checkpoint)
            object["checkpoint"] = {{"training", probe.checkpoint->training}, {"step", probe.checkpoint->step}};
        probes.push_back(std::move(object));
    }
    return probes;
}

json trainingsJson(const StudyContents& contents) {
    json trainings = json::array();
    for (const StudyTraining& training : contents.trainings) {
        json steps{{"step", json::array()},
                   {"stage", json::array()},
                   {"loss", json::array()},
                   {"smoothed_loss", json::array()},
                   {"learning_rate", json::array()},
                   {"gradient_norm", json::array()},
                   {"tokens_per_second", json::array()}};
        for (const StudyTrainingStep& step : training.done) {
            steps["step"].push_back(step.step);
            steps["stage"].push_back(step.stage);
            steps["loss"].push_back(step.loss);
            steps["smoothed_loss"].push_back(step.smoothedLoss);
            steps["learning_rate"].push_back(step.learningRate);
            steps["gradient_norm"].push_back(step.gradientNorm);
            steps["tokens_per_second"].push_back(step.tokensPerSecond);
        }
        json checkpoints = json::array();
        for (const StudyCheckpoint& checkpoint : training.checkpoints)
            checkpoints.push_back(
                {{"step", checkpoint.step}, {"path", checkpoint.path}, {"sha256", checkpoint.sha256}});
        trainings.push_back({{"id", training.id},
                             {"time", training.time},
                             {"method", training.method},
                             {"output", training.output},
                             {"plan", json::parse(training.plan, nullptr, false)},
                             {"steps", training.steps},
                             {"steps_done", training.done.empty() ? 0 : training.done.back().step},
                             {"finished", training.finished},
                             {"curve", steps},
                             {"checkpoints", checkpoints}});
    }
    return trainings;
}

std::string extrasText(const StudyContents& contents) {
    std::string text;
    if (!contents.factorSets.empty())
        text += "\nfactor sets";
    for (const StudyFactorSet& one : contents.factorSets)
        text += fmt::format("\n    {}: {} factors, attention factor {:.6g} ({})", one.name, one.set.factors.size(),
                            one.set.attentionFactor, one.set.origin);
    if (!contents.trainings.empty())
        text += "\ntraining";
    for (const StudyTraining& training : contents.trainings) {
        text += fmt::format("\n    {} {} to {}: ", training.id, training.method, training.output);
        text += training.done.empty()
                    ? fmt::format("no step of {} done", training.steps)
                    : fmt::format("step {} of {}, loss {:.4f} (smoothed {:.4f}){}", training.done.back().step,
                                  training.steps, training.done.back().loss, training.done.back().smoothedLoss,
                                  training.finished ? ", finished" : "");
    }
    if (!contents.probes.empty())
        text += "\nprobes";
    for (const StudyProbe& probe : contents.probes)
        text += fmt::format("\n    {} {}{}{}", probe.id, probeKind(probe.result), checkpointText(probe),
                            std::visit([](const auto& one) { return lineOf(one); }, probe.result));
    if (!contents.notes.empty())
        text += "\nnotes";
    for (const StudyNote& note : contents.notes)
        text += fmt::format("\n    {}", note.text);
    return text;
}

} // namespace ropescope::cli
