"""Where places lie on a map, and the outline of coasts and today's borders: for a terminal and for pictures.

The projection is the plain one: degrees, those of longitude as short as they are in the middle of what is shown.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from string import ascii_letters
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from terrordb import database
from terrordb.reports.report import marks, printed
from terrordb.reports.table import one_line

if TYPE_CHECKING:
    from terrordb.reports.report import Map, Point

__all__ = ["BORDERS", "Frame", "clusters", "frame_of", "outlines", "said", "text_map", "within"]

BORDERS = "Coasts and borders are today's, after Natural Earth."
MARGIN = 0.12  # of what is shown, around the places
LEAST = 8.0  # degrees of latitude that are shown
FLATTEST, TALLEST = 0.4, 0.7  # height by width
EMPTY = ((20.0, 40.0), (180.0, 78.0))  # what is shown where there is no place
HIGHEST = 36  # lines of a map on a terminal
MORE = "*"  # marks places for which no letter is left

Spot = tuple[float, float]
Line = list[Spot]


@cache
def outlines() -> list[Line]:
    """Read the outlines of the world's countries, each border and coast once: longitude and latitude in degrees."""
    file = database.shipped("data/seed").with_name("maps") / "countries-110m.json"
    world = json.loads(file.read_text("utf-8"))
    (wide, high), (west, south) = world["transform"]["scale"], world["transform"]["translate"]
    lines = []
    for arc in world["arcs"]:
        x = y = 0  # each point is told by its distance from the one before
        line = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            line.append((x * wide + west, y * high + south))
        lines.append(line)
    return lines


# ---------------------------------------------------------------- what is shown


class Frame(NamedTuple):
    """The stretch of the earth that is shown, in degrees; `east` may be beyond 180."""

    west: float
    south: float
    east: float
    north: float

    @property
    def ratio(self) -> float:
        """Give its height by its width."""
        return (self.north - self.south) / ((self.east - self.west) * _short(self.north, self.south))

    def longitude(self, degrees: float) -> float:
        """Give the turn of a longitude that lies nearest to the middle."""
        first = (self.west + self.east) / 2 - 180
        return first + (degrees - first) % 360

    def at(self, longitude: float, latitude: float) -> Spot:
        """Give the place of a point, right and down, as parts of width and height."""
        right = (self.longitude(longitude) - self.west) / (self.east - self.west)
        return right, (self.north - latitude) / (self.north - self.south)


def _short(north: float, south: float) -> float:
    """Say how short a degree of longitude is in the middle, by one of latitude."""
    return max(0.2, math.cos(math.radians((north + south) / 2)))


def frame_of(points: Sequence[Point]) -> Frame:
    """Find the stretch that holds all points, with a margin; it goes across the date line where that is shorter."""
    spots = [(p.longitude, p.latitude) for p in points] or list(EMPTY)
    turned = sorted({x % 360 for x, _ in spots})
    gaps = [(after - before, after) for before, after in pairwise([*turned, turned[0] + 360])]
    gap, west = max(gaps)
    west, wide = (west + 180) % 360 - 180, 360 - gap
    south, north = min(y for _, y in spots), max(y for _, y in spots)
    high, middle = max(LEAST, (north - south) * (1 + 2 * MARGIN)), (north + south) / 2
    short = _short(north, south)
    across = min(360 * short, wide * short * (1 + 2 * MARGIN))
    high = max(high, across * FLATTEST)
    across = min(360 * short, max(across, high / TALLEST))
    centre = west + wide / 2
    low = min(max(middle - high / 2, -90), 90 - high)
    return Frame(centre - across / short / 2, low, centre + across / short / 2, low + high)


def within(frame: Frame) -> list[Line]:
    """Give the outlines inside a frame, as places on it."""
    found: list[Line] = []
    for outline in outlines():
        turned = [(frame.longitude(x), y) for x, y in outline]
        line: Line = []
        for one, other in pairwise(turned):
            across = abs(one[0] - other[0]) > 180
            edge = abs(abs(one[0]) - 180) < 0.01 and abs(abs(other[0]) - 180) < 0.01  # of the file, not of a land
            kept = None if across or edge else _clipped(frame, one, other)
            if kept is None:
                line = []
            elif line and line[-1] == kept[0]:
                line.append(kept[1])
            else:
                line = list(kept)
                found.append(line)
    return [[frame.at(*spot) for spot in line] for line in found]


def _clipped(frame: Frame, one: Spot, other: Spot) -> tuple[Spot, Spot] | None:
    """Give the part of a straight line inside a frame."""
    first, last = 0.0, 1.0
    ends = ((frame.west, frame.east), (frame.south, frame.north))
    for (low, high), start, end in zip(ends, one, other, strict=True):
        if start == end:
            if not low <= start <= high:
                return None
            continue
        enters, leaves = sorted(((low - start) / (end - start), (high - start) / (end - start)))
        first, last = max(first, enters), min(last, leaves)
    if first >= last:
        return None

    def part(share: float) -> Spot:
        return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share

    return (one if first == 0 else part(first)), (other if last == 1 else part(last))


def clusters(spots: Sequence[Spot], near: float) -> list[list[int]]:
    """Put together the numbers of spots that lie so near to the first of their cluster that one label serves them."""
    found: list[list[int]] = []
    for n, (x, y) in enumerate(spots):
        heads = (c for c in found if math.dist(spots[c[0]], (x, y)) < near)
        cluster = next(heads, None)
        if cluster is None:
            found.append([n])
        else:
            cluster.append(n)
    return found


def said(point: Point) -> str:
    """Say a place in the key of a map: its name, kind and number."""
    number = "" if point.number is None else f": {printed(point.number)}"
    words = f"{point.label}{f', {point.kind}' if point.kind else ''}{number} {marks(point.notes)}"
    return one_line(words).strip()


# ---------------------------------------------------------------- on a terminal


def text_map(block: Map, width: int, *, ascii: bool = False) -> list[str]:  # noqa: A002
    """Draw a map in lines of so many characters: outlines in braille or in dots, letters for places, and their key."""
    frame = frame_of(block.points)
    columns = max(20, width)
    rows = max(4, round(columns * frame.ratio / 2))  # a character is about twice as high as it is wide
    if rows > HIGHEST:
        columns, rows = max(20, round(columns * HIGHEST / rows)), HIGHEST
    cells = _dotted(frame, columns, rows) if ascii else _braille(frame, columns, rows)
    names: dict[Spot, str] = {}
    legend: dict[str, list[str]] = {}
    letters = iter(ascii_letters)
    for point in block.points:
        x, y = frame.at(point.longitude, point.latitude)
        cell = (min(int(x * columns), columns - 1), min(int(y * rows), rows - 1))
        if cell not in names:
            names[cell] = next(letters, MORE)
        cells[cell[1]][cell[0]] = names[cell]
        legend.setdefault(names[cell], []).append(said(point))
    lines = ["".join(row).rstrip() for row in cells]
    for letter, places in legend.items():
        lines += wrap(f"{letter}  {'; '.join(places)}", max(20, width), subsequent_indent="   ")
    return [*lines, *wrap(BORDERS, max(20, width))]


def _dots(frame: Frame, across: int, down: int) -> Iterator[tuple[int, int]]:
    """List the dots of a grid that outlines go through."""
    for line in within(frame):
        for (x, y), (to_x, to_y) in pairwise(line):
            steps = max(1, math.ceil(max(abs(to_x - x) * across, abs(to_y - y) * down)))
            for n in range(steps + 1):
                right, below = x + (to_x - x) * n / steps, y + (to_y - y) * n / steps
                yield min(int(right * across), across - 1), min(int(below * down), down - 1)


def _dotted(frame: Frame, columns: int, rows: int) -> list[list[str]]:
    cells = [[" "] * columns for _ in range(rows)]
    for x, y in _dots(frame, columns, rows):
        cells[y][x] = "."
    return cells


# The bit of each of the eight dots of a braille sign, by its row and column.
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
BLANK = 0x2800


def _braille(frame: Frame, columns: int, rows: int) -> list[list[str]]:
    signs = [[0] * columns for _ in range(rows)]
    for x, y in _dots(frame, columns * 2, rows * 4):
        signs[y // 4][x // 2] |= BITS[y % 4][x % 2]
    return [[chr(BLANK + sign) if sign else " " for sign in row] for row in signs]
