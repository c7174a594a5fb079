// The main page: everything per rotary pair, in tracks over one axis, and the running search beside it.
#pragma once

#include "views/pages/page.h"
#include "views/tracks/track.h"

class QVBoxLayout;

namespace ropescope {

class AngleTrack;
class FactorsTrack;
class SensitivityTrack;
class TrackStack;
class TreeTrack;

class DimensionsPage : public Page {
    Q_OBJECT

public:
    explicit DimensionsPage(const TrackContext& context, QWidget* parent = nullptr);

    [[nodiscard]] QString title() const override { return tr("Dimensions"); }
    [[nodiscard]] QString key() const override { return QStringLiteral("dimensions"); }
    [[nodiscard]] int pictureCount() const override { return 3; }
    QString showPicture(int index) override;

    [[nodiscard]] TrackStack& stack() const { return *m_stack; }
    [[nodiscard]] FactorsTrack& factors() const { return *m_factors; }
    [[nodiscard]] TreeTrack& tree() const { return *m_tree; }

    // Puts the search panel under the histograms at the right; the page takes ownership.
    void setSearchPanel(QWidget* panel);
    // On top of the right panel; the page takes ownership.
    void setFirstSteps(QWidget* steps);

Q_SIGNALS:
    void sensitivityRequested();

private:
    QWidget* buildRightPanel();

    TrackContext m_context;
    TrackStack* m_stack;
    FactorsTrack* m_factors;
    AngleTrack* m_angles;
    SensitivityTrack* m_sensitivity;
    TreeTrack* m_tree;
    QVBoxLayout* m_right = nullptr;
};

} // namespace ropescope
