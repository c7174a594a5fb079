// A table as text to be pasted elsewhere.
#pragma once

#include <QString>

class QAbstractItemModel;

namespace ropescope {

enum class TableFormat {
    plain,    // columns lined up with spaces
    markdown, // a pipe table
};

// Header and rows as they are shown, in their present order.
[[nodiscard]] QString tableText(const QAbstractItemModel& model, TableFormat format);

} // namespace ropescope
