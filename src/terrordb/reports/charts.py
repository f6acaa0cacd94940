"""A chart as lines of text: what a terminal shows, and what stands in Markdown and in a page without pictures.

Scales and ticks are worked out here too, for every drawing of a chart.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date
from itertools import cycle
from typing import TYPE_CHECKING, NamedTuple

from terrordb.reports.report import Map, marks

if TYPE_CHECKING:
    from terrordb.reports.report import Chart, Mark

__all__ = ["Axis", "axis_of", "drawn", "groups", "text_of"]

LEAST = 24  # columns of the axis itself; labels and values give way first
MOST_LABEL, MOST_SAID = 34, 30
ELLIPSIS = "…"
DECADE = 10


class Signs(NamedTuple):
    """The characters that a chart is drawn with."""

    dots: str  # of the groups, in their order
    line: str
    left: str
    right: str
    to_left: str
    to_right: str
    band: str
    bar: str
    tick: str
    base: str


UNICODE = Signs("●■▲◆○□△◇", "─", "├", "┤", "◀", "▶", "░", "█", "┬", "─")
ASCII = Signs("o#^*+x%@", "-", "|", "|", "<", ">", ":", "=", "+", "-")


class Axis(NamedTuple):
    """Where numbers lie on an axis: `ticks` with what is written at them."""

    low: float
    high: float
    log: bool
    ticks: tuple[tuple[float, str], ...]

    def at(self, number: float) -> float:
        """Give the place of a number on the axis, from 0 to 1; what lies beyond an end lies at it."""
        low, high, number = (self._turned(one) for one in (self.low, self.high, number))
        return min(1.0, max(0.0, (number - low) / (high - low)))

    def _turned(self, number: float) -> float:
        return math.log10(max(number, 1e-9)) if self.log else number


def axis_of(chart: Chart) -> Axis:
    """Work out the axis of a chart, with room at both ends; the axis of counts begins at nought."""
    every = [end for mark in chart.marks for end in (mark.low, mark.best, mark.high) if end is not None]
    if not every:
        return Axis(0, 1, False, ())
    low, high = min(every), max(every)
    if chart.scale == "day":
        return _days(low, high)
    if chart.scale == "log" and low > 0:
        first, last = math.floor(math.log10(low)), math.ceil(math.log10(high * 1.01))
        steps = [float(DECADE**n) for n in range(first, last + 1)]
        return Axis(steps[0], steps[-1], True, tuple((step, f"{step:,.15g}") for step in steps))
    return _counts(min(0.0, low), high if high > 0 else 1.0, whole=all(end == int(end) for end in every))


def _counts(low: float, high: float, *, whole: bool) -> Axis:
    step = _step((high - low) / 4)
    if whole and step != int(step):
        step = math.ceil(step)
    first, last = math.floor(low / step), math.ceil(high * 1.02 / step)
    return Axis(
        first * step, last * step, False, tuple((n * step, f"{n * step:,.15g}") for n in range(first, last + 1))
    )


def _step(about: float) -> float:
    power: float = 10 ** math.floor(math.log10(about))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= about)


def _days(low: float, high: float) -> Axis:
    first, last = date.fromordinal(int(low)).year, date.fromordinal(int(high)).year
    years = list(range(first, min(last + 2, 10_000)))
    apart = max(1, math.ceil(len(years) / 6))
    ticks = tuple((float(date(year, 1, 1).toordinal()), str(year)) for year in years[::apart])
    return Axis(date(first, 1, 1).toordinal(), max(high, date(last, 12, 31).toordinal()), False, ticks)


def groups(marks: Sequence[Mark]) -> list[str]:
    """List the groups of marks, in the order in which they come."""
    return list(dict.fromkeys(mark.group for mark in marks))


# ---------------------------------------------------------------- lines of text


def drawn(chart: Chart, width: int, *, ascii_only: bool = False) -> list[str]:
    """Draw a chart in lines of at most so many characters; labels that are too long are cut, never numbers."""
    signs = ASCII if ascii_only else UNICODE
    axis, sorts = axis_of(chart), groups(chart.marks)
    symbols = dict(zip(sorts, cycle(signs.dots), strict=False))
    said = [_said(mark) for mark in chart.marks]
    behind = min(max(map(len, said), default=0), MOST_SAID)
    before = min(max((len(mark.label) for mark in chart.marks), default=0), MOST_LABEL)
    before = max(8, min(before, width - behind - LEAST - 4))
    beside = width - before - behind - 4 >= LEAST  # else what is said stands beneath
    room = max(10, width - before - 2 - (behind + 2 if beside else 0))
    lines = []
    for mark, words in zip(chart.marks, said, strict=True):
        label = _cut(mark.label, before, ELLIPSIS if not ascii_only else "~").ljust(before)
        line = f"{label}  {''.join(_line(mark, axis, room, signs, symbols[mark.group], bars=chart.bars))}"
        fits = beside and len(words) <= behind
        lines.append(f"{line}  {words}".rstrip() if fits else line.rstrip())
        lines += (
            [] if fits or not words else [f"{' ' * before}  {part}" for part in _wrapped(words, width - before - 2)]
        )
    lines += [f"{' ' * before}  {one}".rstrip() for one in _ticks(axis, room, signs)]
    if chart.axis:
        lines.append(f"{' ' * before}  {chart.axis}")
    named = [f"{symbols[sort]} {sort}" for sort in sorts if sort]
    if any(mark.vague for mark in chart.marks):
        named.append(f"{signs.band * 3} the words name no number: the range they may mean")
    if any(_is_open(mark) for mark in chart.marks):
        named.append(f"{signs.to_right} no upper, {signs.to_left} no lower end is stated")
    return [*lines, *_legend(named, width)]


def _said(mark: Mark) -> str:
    words = ", ".join(part for part in (mark.said, mark.by) if part)
    doubted = f" ({mark.status})" if mark.status else ""
    return f"{words}{doubted} {marks(mark.notes)}".strip()


def _is_open(mark: Mark) -> bool:
    return mark.best is None and not mark.vague and (mark.low is None) != (mark.high is None)


def _line(mark: Mark, axis: Axis, room: int, signs: Signs, dot: str, *, bars: bool) -> list[str]:
    cells = [" "] * room

    def place(number: float) -> int:
        return round(axis.at(number) * (room - 1))

    if bars and mark.best is not None and not mark.vague:
        cells[: max(1, place(mark.best))] = signs.bar * max(1, place(mark.best))
        return cells
    start = None if mark.low is None else place(mark.low)
    end = None if mark.high is None else place(mark.high)
    if start is not None or end is not None:
        first, last = start if start is not None else 0, end if end is not None else room - 1
        if mark.vague:
            cells[first : last + 1] = signs.band * (last + 1 - first)
        elif first != last:
            cells[first : last + 1] = signs.line * (last + 1 - first)
            cells[first] = signs.left if start is not None else signs.to_left
            cells[last] = signs.right if end is not None else signs.to_right
        elif mark.best is None:
            cells[first] = dot if start is not None and end is not None else signs.line
    if mark.best is not None:
        cells[place(mark.best)] = dot
    return cells


def _ticks(axis: Axis, room: int, signs: Signs) -> list[str]:
    if not axis.ticks:
        return []
    line, words, free = [signs.base] * room, [" "] * room, 0
    for number, said in axis.ticks:
        at = round(axis.at(number) * (room - 1))
        line[at] = signs.tick
        first = min(max(0, at - len(said) // 2), room - len(said))
        if first >= free:
            words[first : first + len(said)] = said
            free = first + len(said) + 1
    return ["".join(line), "".join(words)]


def _cut(text: str, most: int, sign: str) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}{sign}"


def _wrapped(text: str, width: int) -> list[str]:
    from textwrap import wrap

    return wrap(text, max(20, width))


def _legend(named: Sequence[str], width: int) -> list[str]:
    lines: list[str] = []
    for one in named:
        if lines and len(lines[-1]) + 3 + len(one) <= width:
            lines[-1] += f"   {one}"
        else:
            lines.append(one)
    return lines


def text_of(block: Chart | Map, width: int, *, ascii_only: bool = False) -> list[str]:
    """Draw a chart or a map in lines of text."""
    if isinstance(block, Map):
        from terrordb.reports.mapping import text_map

        return text_map(block, width, ascii=ascii_only)
    return drawn(block, width, ascii_only=ascii_only)
