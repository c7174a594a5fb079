#include "views/models/table_text.h"

#include <algorithm>
#include <vector>

#include <QAbstractItemModel>
#include <QStringList>

namespace ropescope {

namespace {

bool rightAligned(const QAbstractItemModel& model, int column) {
    return (model.headerData(column, Qt::Horizontal, Qt::TextAlignmentRole).toInt() & Qt::AlignRight) != 0;
}

QStringList cellsOf(const QAbstractItemModel& model, int row) {
    QStringList cells;
    for (int column = 0; column < model.columnCount(); ++column)
        cells << (row < 0 ? model.headerData(column, Qt::Horizontal).toString()
                          : model.index(row, column).data().toString());
    return cells;
}

QString plainLine(const QStringList& cells, const std::vector<int>& widths, const std::vector<bool>& right) {
    QString line;
    for (qsizetype i = 0; i < cells.size(); ++i) {
        const auto column = static_cast<std::size_t>(i);
        line += (i > 0 ? QStringLiteral("  ") : QString()) +
                (right[column] ? cells[i].rightJustified(widths[column]) : cells[i].leftJustified(widths[column]));
    }
    while (line.endsWith(QLatin1Char(' ')))
        line.chop(1);
    return line + QLatin1Char('\n');
}

QString markdownLine(QStringList cells) {
    for (QString& cell : cells)
        cell.replace(QLatin1Char('|'), QStringLiteral("\\|"));
    return QStringLiteral("| ") + cells.join(QStringLiteral(" | ")) + QStringLiteral(" |\n");
}

} // namespace

QString tableText(const QAbstractItemModel& model, TableFormat format) {
    std::vector<QStringList> lines;
    for (int row = -1; row < model.rowCount(); ++row)
        lines.push_back(cellsOf(model, row));
    std::vector<bool> right;
    std::vector<int> widths;
    for (int column = 0; column < model.columnCount(); ++column) {
        right.push_back(rightAligned(model, column));
        qsizetype width = 0;
        for (const QStringList& line : lines)
            width = std::max(width, line[column].size());
        widths.push_back(static_cast<int>(width));
    }
    QString text;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        text += format == TableFormat::plain ? plainLine(lines[i], widths, right) : markdownLine(lines[i]);
        if (i == 0 && format == TableFormat::markdown) {
            QStringList rule;
            for (const bool isRight : right)
                rule << (isRight ? QStringLiteral("---:") : QStringLiteral(":---"));
            text += markdownLine(rule);
        }
    }
    return text;
}

} // namespace ropescope
