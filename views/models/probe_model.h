// What the probes found beyond single perplexities: NLL by position, paired differences, passkey retrieval.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include <QObject>
#include <QString>

#include "engine/probe/statistics.h"
#include "views/models/factor_set_store.h"
#include "views/models/probe_phase.h"
#include "views/models/setup_model.h"

namespace ropescope {

// NLLs of the tokens that count, per window. Shared, because a later set is paired with them token by token.
using TokenNlls = std::shared_ptr<const std::vector<std::vector<float>>>;

// Sets scored on the same tokens.
struct ProbeComparison {
    struct Scored {
        SetId set = noSet;
        FactorSet factors; // as they were scored
        TokenNlls nlls;
        Estimate nll;
        std::vector<PositionBin> byPosition;
    };
    // Mean NLL of set b minus that of set a, a < b: negative where b is better.
    struct Difference {
        std::size_t a = 0, b = 0; // indices into sets
        Estimate estimate;
        std::vector<PositionBin> byPosition;
    };
    std::int64_t length = 0;
    std::int64_t windows = 0;
    bool windowsAreUnits = false; // else errors come from runs of tokens within the windows
    std::vector<Scored> sets;
    std::vector<Difference> differences;
};

// A cell of the passkey grid.
struct PasskeyResult {
    std::int64_t length = 0;
    double depth = 0; // of the filler before the key
    std::int64_t trials = 0;
    std::int64_t correct = 0;
    Interval interval; // Wilson, 95 %
};

// One set against the reference.
struct ReferenceDifference {
    Estimate estimate; // nats per token; negative: better than the reference
    std::vector<PositionBin> byPosition;
};

enum class ProbeKind { perplexity, passkey };

// GUI thread only. What was measured of a set goes when its factors change, everything when the measurement
// basis does.
class ProbeModel : public QObject {
    Q_OBJECT

public:
    // Both must outlive the model.
    ProbeModel(FactorSetStore& store, SetupModel& setup, QObject* parent = nullptr);

    [[nodiscard]] ProbePhase phase(ProbeKind kind) const { return state(kind).phase; }
    [[nodiscard]] QString message(ProbeKind kind) const { return state(kind).message; }
    void setPhase(ProbeKind kind, ProbePhase phase, const QString& message = {});

    [[nodiscard]] const ProbeComparison& comparison() const { return m_comparison; }
    // Sets whose factors changed meanwhile are left out.
    void setComparison(ProbeComparison comparison);
    // The set that the others are compared with: the chosen one where it was scored, else the first scored one.
    [[nodiscard]] SetId reference() const;
    void setReference(SetId set);
    // Nothing for the reference itself and for sets that were not scored on the same tokens.
    [[nodiscard]] std::optional<ReferenceDifference> difference(SetId set) const;

    // Sorted by length, then depth; empty where not tried.
    [[nodiscard]] std::vector<PasskeyResult> passkey(SetId set) const;
    void addPasskey(SetId set, const PasskeyResult& result);

Q_SIGNALS:
    void changed();

private:
    struct State {
        ProbePhase phase = ProbePhase::none;
        QString message;
    };
    [[nodiscard]] const State& state(ProbeKind kind) const {
        return kind == ProbeKind::perplexity ? m_perplexity : m_passkey;
    }
    [[nodiscard]] std::optional<std::size_t> indexOf(SetId set) const;
    void forget(SetId set);
    void followSetup();

    FactorSetStore& m_store;
    SetupModel& m_setup;
    QString m_basis; // that the results belong to
    State m_perplexity;
    State m_passkey;
    ProbeComparison m_comparison;
    SetId m_reference = noSet;
    std::map<SetId, std::vector<PasskeyResult>> m_passkeys;
};

// The lengths to measure at: the target halved down to the trained length and once below, at most `most`, rising.
[[nodiscard]] std::vector<std::int64_t> lengthLadder(std::int64_t trained, std::int64_t target, int most);

} // namespace ropescope
