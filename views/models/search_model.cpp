#include "views/models/search_model.h"

#include <utility>

namespace ropescope {

void SearchModel::setSnapshot(SearchSnapshot snapshot) {
    m_snapshot = std::move(snapshot);
    Q_EMIT changed();
}

} // namespace ropescope
