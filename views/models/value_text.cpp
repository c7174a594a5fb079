#include "views/models/value_text.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <QCoreApplication>
#include <QLocale>

namespace ropescope {

namespace {

constexpr QChar minusSign(0x2212);
constexpr QChar enDash(0x2013);
constexpr QChar timesSign(0x00d7);
constexpr QChar plusMinus(0x00b1);
constexpr QChar narrowSpace(0x202f);

QString notANumber() {
    return QString(enDash);
}

QString fixed(double value, int decimals) {
    QString text = QLocale().toString(std::abs(value), 'f', std::clamp(decimals, 0, 12));
    return value < 0 ? minusSign + text : text;
}

// Decimals that leave `digits` significant digits.
int decimalsFor(double value, int digits) {
    if (value == 0)
        return digits - 1;
    return std::max(0, digits - 1 - static_cast<int>(std::floor(std::log10(std::abs(value)))));
}

} // namespace

QString countText(std::int64_t count) {
    return QLocale().toString(static_cast<qlonglong>(count));
}

QString factorText(double factor) {
    if (!std::isfinite(factor))
        return notANumber();
    return fixed(factor, std::min(decimalsFor(factor, 4), 6));
}

QString wavelengthText(double tokens) {
    if (!std::isfinite(tokens))
        return notANumber();
    return fixed(tokens, tokens < 10 ? 1 : 0);
}

QString shareText(double share) {
    if (!std::isfinite(share))
        return notANumber();
    if (share > 0 && share < 0.0005)
        return QStringLiteral("< ") + fixed(0.1, 1) + narrowSpace + QLatin1Char('%');
    return fixed(100 * share, 1) + narrowSpace + QLatin1Char('%');
}

QString signedText(double value, int decimals) {
    if (!std::isfinite(value))
        return notANumber();
    return value > 0 ? QLatin1Char('+') + fixed(value, decimals) : fixed(value, decimals);
}

QString valueWithErrorText(double value, std::optional<double> standardError) {
    if (!std::isfinite(value))
        return QStringLiteral("NaN");
    if (!standardError || !std::isfinite(*standardError) || *standardError <= 0)
        return factorText(value);
    const int decimals = std::min(decimalsFor(*standardError, 1), 6);
    return fixed(value, decimals) + QLatin1Char(' ') + plusMinus + QLatin1Char(' ') + fixed(*standardError, decimals);
}

QString durationText(double seconds) {
    if (!std::isfinite(seconds) || seconds < 0)
        return notANumber();
    if (seconds < 10)
        return QCoreApplication::translate("ropescope::ValueText", "%1 s").arg(fixed(seconds, 1));
    if (seconds < 100)
        return QCoreApplication::translate("ropescope::ValueText", "%1 s").arg(fixed(seconds, 0));
    const auto minutes = static_cast<std::int64_t>(std::llround(seconds / 60));
    if (minutes < 100)
        return QCoreApplication::translate("ropescope::ValueText", "%1 min").arg(minutes);
    return QCoreApplication::translate("ropescope::ValueText", "%1 h %2 min").arg(minutes / 60).arg(minutes % 60);
}

QString bytesText(double bytes) {
    static constexpr std::array units{"B", "kB", "MB", "GB", "TB"};
    std::size_t unit = 0;
    while (std::abs(bytes) >= 1000 && unit + 1 < units.size()) {
        bytes /= 1000;
        ++unit;
    }
    return fixed(bytes, unit == 0 || bytes >= 100 ? 0 : 1) + QLatin1Char(' ') + QLatin1String(units[unit]);
}

QString tickText(double value, double step) {
    if (!std::isfinite(value))
        return notANumber();
    return fixed(value, std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9))));
}

QString scaleText(double scale) {
    if (!std::isfinite(scale))
        return notANumber();
    const double rounded = std::round(scale * 100) / 100;
    return QLocale().toString(rounded, 'g', 6) + QLatin1Char(' ') + timesSign;
}

QString segmentText(int first, int end) {
    if (end - first == 1)
        return QCoreApplication::translate("ropescope::ValueText", "pair %1").arg(first);
    return QCoreApplication::translate("ropescope::ValueText", "pairs %1")
        .arg(QString::number(first) + enDash + QString::number(end - 1));
}

} // namespace ropescope
