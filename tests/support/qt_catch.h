// Lets Catch2 print Qt's strings in failed assertions.
#pragma once

#include "tests/support/catch.h"

#include <QString>

namespace Catch {

template <>
struct StringMaker<QString> {
    static std::string convert(const QString& text) { return '"' + text.toStdString() + '"'; }
};

} // namespace Catch
