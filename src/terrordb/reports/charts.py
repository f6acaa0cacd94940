"""A chart as lines of text: what a terminal shows, and what stands in Markdown and in a page without pictures.

Scales and ticks are worked out here too, for every drawing of a chart.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import cycle, pairwise, zip_longest
from textwrap import wrap
from typing import TYPE_CHECKING, NamedTuple

from terrordb.reports.report import Map, marks

if TYPE_CHECKING:
    from terrordb.reports.report import Chart, Mark

__all__ = ["BEYOND", "LASTING", "Axis", "axis_of", "drawn", "goes_beyond", "groups", "named", "text_of"]

LEAST = 24  # columns of the axis itself; labels and values give way first
MOST_LABEL, MOST_SAID = 34, 30
DECADE = 10
BEYOND = "a line without an end goes on beyond the axis"
LASTING = "surely lasting"
TO_YEARS, TO_MONTHS = 550, 60  # days from which on an axis has years, or months
UNEVEN = 1.5  # by how much one stretch between words on an axis may be longer than another
TICKS = 8  # that an axis of days has at most


class Signs(NamedTuple):
    """The characters that a chart is drawn with."""

    dots: str  # of the groups, in their order
    line: str
    sure: str
    left: str
    right: str
    to_left: str
    to_right: str
    band: str
    bar: str
    tick: str
    base: str


UNICODE = Signs("●■▲◆○□△◇", "─", "━", "├", "┤", "◀", "▶", "░", "█", "┬", "─")
ASCII = Signs("o#^*+x%@", "-", "=", "|", "|", "<", ">", ":", "=", "+", "-")


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
        return _days(low, high, *chart.ends)
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


def _days(low: float, high: float, first: float | None, last: float | None) -> Axis:
    """Make an axis of years, months or days; its ends are those asked for, else the beginnings of such a time."""
    low, high = low if first is None else first, high if last is None else last
    low, high = min(low, high), max(low, high)
    long = high - low
    unit = "year" if long > TO_YEARS else "month" if long > TO_MONTHS else "day"
    start, end = date.fromordinal(int(low)), date.fromordinal(int(high))
    begins = [start if first is not None else _begin(start, unit)]
    begins += list(_begins(begins[0], end, unit))
    begins.append(_after(end, "day" if last is not None else unit))
    ticks = tuple((float(day.toordinal()), _called(day, unit)) for day in begins)
    return Axis(ticks[0][0], ticks[-1][0], False, ticks)


def _begin(day: date, unit: str) -> date:
    """Give the first day of the year, the month or the day that a day lies in."""
    return day.replace(month=1, day=1) if unit == "year" else day.replace(day=1) if unit == "month" else day


def _after(day: date, unit: str) -> date:
    """Give the first day of the next year, month or day; the calendar's last has none."""
    try:
        if unit == "year":
            return date(day.year + 1, 1, 1)
        return date(day.year + day.month // 12, day.month % 12 + 1, 1) if unit == "month" else day + timedelta(days=1)
    except (ValueError, OverflowError):
        return date.max


def _begins(start: date, end: date, unit: str) -> Iterator[date]:
    """List beginnings of years, months or days between two days, so few that each can be named."""
    if unit == "year":
        step = math.ceil(_step(max(1, (end.year - start.year) / TICKS)))
        yield from (date(year, 1, 1) for year in range(start.year + 1, end.year + 1) if year % step == 0)
    elif unit == "month":
        months = range(start.year * 12 + start.month, end.year * 12 + end.month)
        step = next(n for n in (1, 2, 3) if len(months) <= TICKS * n or n == 3)  # a quarter at most
        yield from (date(month // 12, month % 12 + 1, 1) for month in months if month % step == 0)
    else:
        step = math.ceil(((end - start).days + 1) / TICKS)
        yield from (start + timedelta(days=n) for n in range(step, (end - start).days + 1, step))


def _called(day: date, unit: str) -> str:
    """Name the beginning of a time shortly: a year, a month, or a day."""
    if unit == "year" and (day.month, day.day) == (1, 1):
        return str(day.year)
    return f"{day.year:04}-{day.month:02}" if unit != "day" and day.day == 1 else day.isoformat()


def named(spans: Sequence[tuple[float, float]], gap: float) -> list[int]:
    """Choose the ticks whose words have room on an axis: both ends, and between them as many as stand evenly."""

    def fits(chosen: Sequence[int]) -> bool:
        return all(spans[m][1] + gap <= spans[n][0] for m, n in pairwise(chosen))

    def even(chosen: Sequence[int]) -> bool:
        apart = [sum(spans[n]) - sum(spans[m]) for m, n in pairwise(chosen)]
        return max(apart) <= UNEVEN * min(apart)

    last = len(spans) - 1
    for step in range(1, last):
        if last % step == 0 and fits(every := range(0, last + 1, step)) and even(every):
            return list(every)
    kept = [0, last] if last > 0 and fits((0, last)) else [0]
    for n in range(1, last):
        if fits(chosen := sorted([*kept, n])):
            kept = chosen
    return kept


def goes_beyond(mark: Mark, axis: Axis) -> tuple[bool, bool]:
    """Say whether an interval goes on before the axis, and after it."""
    return mark.low is not None and mark.low < axis.low, mark.high is not None and mark.high > axis.high


def groups(marks: Sequence[Mark]) -> list[str]:
    """List the groups of marks, in the order in which they come."""
    return list(dict.fromkeys(mark.group for mark in marks))


# ---------------------------------------------------------------- lines of text


def drawn(chart: Chart, width: int, *, ascii_only: bool = False) -> list[str]:
    """Draw a chart in lines of at most so many characters; what is too long goes on beneath, and nothing is cut."""
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
        labels = wrap(mark.label, before) or [""]
        line = "".join(_line(mark, axis, room, signs, symbols[mark.group], bars=chart.bars))
        fits = beside and len(words) <= behind
        right = [
            f"{line}  {words}" if fits else line,
            *([] if fits or not words else _wrapped(words, width - before - 2)),
        ]
        rows = zip_longest(labels, right, fillvalue="")
        lines += [f"{label.ljust(before)}  {part}".rstrip() for label, part in rows]
    lines += [f"{' ' * before}  {one}".rstrip() for one in _ticks(axis, room, signs)]
    if chart.axis:
        lines.append(f"{' ' * before}  {chart.axis}")
    return [*lines, *_legend(_keys(chart, axis, signs, symbols), width)]


def _keys(chart: Chart, axis: Axis, signs: Signs, symbols: Mapping[str, str]) -> list[str]:
    """Say what the signs mean that a chart has."""
    keys = [f"{symbol} {sort}" for sort, symbol in symbols.items() if sort]
    if any(mark.vague for mark in chart.marks):
        keys.append(f"{signs.band * 3} the words name no number: the range they may mean")
    if any(_is_open(mark) for mark in chart.marks):
        keys.append(f"{signs.to_right} no upper, {signs.to_left} no lower end is stated")
    if any(mark.sure for mark in chart.marks):
        keys.append(f"{signs.sure * 3} {LASTING}")
    if any(any(goes_beyond(mark, axis)) for mark in chart.marks):
        keys.append(BEYOND)
    return keys


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
            before, after = goes_beyond(mark, axis)
            cells[first : last + 1] = signs.line * (last + 1 - first)
            if mark.sure is not None:
                begun, ended = map(place, mark.sure)
                cells[begun : ended + 1] = signs.sure * (ended + 1 - begun)
            if not before:
                cells[first] = signs.left if start is not None else signs.to_left
            if not after:
                cells[last] = signs.right if end is not None else signs.to_right
        elif mark.best is None:
            cells[first] = dot if start is not None and end is not None else signs.line
    if mark.best is not None:
        cells[place(mark.best)] = dot
    return cells


def _ticks(axis: Axis, room: int, signs: Signs) -> list[str]:
    if not axis.ticks:
        return []
    line, words = [signs.base] * room, [" "] * room
    places = [round(axis.at(number) * (room - 1)) for number, _ in axis.ticks]
    for at in places:
        line[at] = signs.tick
    starts = [
        min(max(0, at - len(said) // 2), room - len(said)) for at, (_, said) in zip(places, axis.ticks, strict=True)
    ]
    spans = [(start, start + len(said)) for start, (_, said) in zip(starts, axis.ticks, strict=True)]
    for n in named(spans, 1):
        words[slice(*spans[n])] = axis.ticks[n][1]
    return ["".join(line), "".join(words)]


def _wrapped(text: str, width: int) -> list[str]:
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
