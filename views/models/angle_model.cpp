#include "views/models/angle_model.h"

#include <algorithm>

namespace ropescope {

// Everything that a report depends on.
struct AngleModel::Request {
    RopeGeometry geometry;
    FactorSet set;
    AngleOptions options;
};

namespace {

bool sameGeometry(const RopeGeometry& a, const RopeGeometry& b) {
    return a.rotaryDim == b.rotaryDim && a.theta == b.theta && a.trainedLength == b.trainedLength;
}

} // namespace

AngleModel::AngleModel(SetupModel& setup, FactorSetStore& store, Selection& selection, QObject* parent)
    : QObject(parent), m_setup(setup), m_store(store), m_selection(selection),
      m_report(std::make_shared<const AngleReport>()) {
    m_pool.setMaxThreadCount(1);
    connect(&setup, &SetupModel::geometryChanged, this, &AngleModel::request);
    connect(&setup, &SetupModel::targetLengthChanged, this, &AngleModel::request);
    connect(&setup, &SetupModel::binsChanged, this, &AngleModel::request);
    connect(&selection, &Selection::setChanged, this, &AngleModel::request);
    connect(&store, &FactorSetStore::factorsChanged, this, [this](SetId id) {
        if (id == m_selection.set())
            request();
    });
}

AngleModel::~AngleModel() {
    m_pool.waitForDone();
}

double AngleModel::unseenShare(int pair, double factor) const {
    return comparePairAngles(m_setup.setup().geometry, pair, factor,
                             {m_setup.setup().targetLength, m_setup.setup().bins})
        .unseenFraction;
}

void AngleModel::request() {
    if (m_running)
        m_again = true;
    else if (!patchOnePair())
        start();
}

// A single changed factor is answered in place, without a thread.
bool AngleModel::patchOnePair() {
    const FactorSetEntry* entry = m_store.find(m_selection.set());
    const Setup& setup = m_setup.setup();
    if (!entry || !m_shown || !sameGeometry(m_shown->geometry, setup.geometry) ||
        m_shown->options.targetLength != setup.targetLength || m_shown->options.bins != setup.bins ||
        m_shown->set.factors.size() != entry->set.factors.size())
        return false;
    const auto& before = m_shown->set.factors;
    const auto& now = entry->set.factors;
    const auto first = std::mismatch(now.begin(), now.end(), before.begin());
    if (first.first == now.end())
        return true;
    if (!std::equal(first.first + 1, now.end(), first.second + 1))
        return false;
    const int pair = static_cast<int>(first.first - now.begin());
    auto report = std::make_shared<AngleReport>(*m_report);
    auto& slot = report->pairs[static_cast<std::size_t>(pair)];
    const double count = static_cast<double>(report->pairs.size());
    const PairAngles old = slot;
    slot = comparePairAngles(setup.geometry, pair, *first.first, m_shown->options);
    report->disturbance += (slot.disturbance - old.disturbance) / count;
    report->reverseDisturbance += (slot.reverseDisturbance - old.reverseDisturbance) / count;
    m_report = std::move(report);
    m_shown = std::make_shared<const Request>(Request{m_shown->geometry, entry->set, m_shown->options});
    Q_EMIT pairReportChanged(pair);
    return true;
}

void AngleModel::start() {
    const FactorSetEntry* entry = m_store.find(m_selection.set());
    const Setup& setup = m_setup.setup();
    if (!entry || setup.geometry.pairs() == 0 || setup.targetLength <= 0 ||
        entry->set.factors.size() != static_cast<std::size_t>(setup.geometry.pairs())) {
        m_shown.reset();
        m_report = std::make_shared<const AngleReport>();
        Q_EMIT reportChanged();
        return;
    }
    auto request = std::make_shared<const Request>(
        Request{setup.geometry, entry->set, AngleOptions{setup.targetLength, setup.bins}});
    m_running = true;
    m_pool.start([this, request] {
        auto report =
            std::make_shared<const AngleReport>(compareAngles(request->geometry, request->set, request->options));
        QMetaObject::invokeMethod(
            this, [this, report, request] { finished(report, request); }, Qt::QueuedConnection);
    });
}

void AngleModel::finished(const std::shared_ptr<const AngleReport>& report,
                          const std::shared_ptr<const Request>& request) {
    m_running = false;
    m_report = report;
    m_shown = request;
    m_options = request->options;
    Q_EMIT reportChanged();
    if (m_again) {
        m_again = false;
        this->request();
    }
}

} // namespace ropescope
