#include "views/models/contours.h"

#include <array>
#include <cmath>
#include <cstddef>

namespace ropescope {

namespace {

struct Corner {
    double x = 0, y = 0, value = 0;
};

struct Place {
    double x = 0, y = 0;
};

// Where the level lies between two corners of which one is above and one is not.
Place crossing(const Corner& a, const Corner& b, double level) {
    const double share = (level - a.value) / (b.value - a.value);
    return {a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)};
}

// Corners in order around the square.
void addSquare(const std::array<Corner, 4>& corners, double level, std::vector<ContourPiece>& pieces) {
    std::vector<Place> places;
    for (std::size_t i = 0; i < 4; ++i) {
        const Corner& from = corners[i];
        const Corner& to = corners[(i + 1) % 4];
        if ((from.value > level) != (to.value > level))
            places.push_back(crossing(from, to, level));
    }
    const auto add = [&](const Place& a, const Place& b) { pieces.push_back({a.x, a.y, b.x, b.y, level}); };
    if (places.size() == 2) {
        add(places[0], places[1]);
    } else if (places.size() == 4) {
        const double middle = (corners[0].value + corners[1].value + corners[2].value + corners[3].value) / 4;
        // The lines cut off the corners that differ from the middle.
        if ((middle > level) == (corners[0].value > level)) {
            add(places[0], places[1]);
            add(places[2], places[3]);
        } else {
            add(places[3], places[0]);
            add(places[1], places[2]);
        }
    }
}

} // namespace

std::vector<ContourPiece> contours(const std::vector<double>& values, int columns, int rows,
                                   const std::vector<double>& levels) {
    std::vector<ContourPiece> pieces;
    if (columns < 2 || rows < 2 || values.size() != static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows))
        return pieces;
    const auto corner = [&](int column, int row) {
        return Corner{static_cast<double>(column), static_cast<double>(row),
                      values[static_cast<std::size_t>(row * columns + column)]};
    };
    for (int row = 0; row + 1 < rows; ++row)
        for (int column = 0; column + 1 < columns; ++column) {
            const std::array square{corner(column, row), corner(column + 1, row), corner(column + 1, row + 1),
                                    corner(column, row + 1)};
            bool finite = true;
            for (const Corner& one : square)
                finite = finite && std::isfinite(one.value);
            if (!finite)
                continue;
            for (const double level : levels)
                addSquare(square, level, pieces);
        }
    return pieces;
}

} // namespace ropescope
