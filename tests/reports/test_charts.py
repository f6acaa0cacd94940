"""Charts drawn as text, and the axes of all charts: what is written at them was worked out by hand."""

from __future__ import annotations

from datetime import date

import pytest

from terrordb.reports.charts import BEYOND, axis_of, drawn, named
from terrordb.reports.report import Chart, Mark

WIDTH = 80


def days(*ends: str) -> tuple[float, ...]:
    """Give days as numbers of an axis."""
    return tuple(float(date.fromisoformat(end).toordinal()) for end in ends)


def axis(low: str, high: str, *, asked: bool = False) -> list[str]:
    """List what is written at the axis of an interval."""
    first, last = days(low, high)
    chart = Chart("days", "", [Mark("interval", first, None, last)], "days", "day")
    chart.ends = (first, last) if asked else chart.ends
    return [said for _, said in axis_of(chart).ticks]


def test_an_axis_of_days_names_both_its_ends() -> None:
    """Years from a year and a half on, months from two months on, else days; the end is where the last one is over."""
    assert axis("1936-08-19", "1938-11-17") == ["1936", "1937", "1938", "1939"]
    assert axis("1917-11-07", "2007-06-08") == ["1917", "1920", "1940", "1960", "1980", "2000", "2008"]
    assert axis("1937-08-05", "1937-11-01") == ["1937-08", "1937-09", "1937-10", "1937-11", "1937-12"]
    assert axis("1937-07-30", "1937-07-30") == ["1937-07-30", "1937-07-31"]


def test_an_axis_that_was_asked_for_is_that_and_no_longer() -> None:
    """From the middle of August 1937, which is named by its day, to where January is over."""
    found = axis("1937-08-15", "1938-01-31", asked=True)
    assert (found[0], found[1], found[-1]) == ("1937-08-15", "1937-09", "1938-02")
    assert axis("9998-01-01", "9999-12-31", asked=True)[-1] == "9999-12-31"  # the calendar ends


def test_what_goes_on_beyond_an_axis_has_no_end_on_it() -> None:
    """Of three intervals one lies within, one begins before, one is open; what surely lasts is drawn thick."""
    first, last = days("1937-08-01", "1937-12-31")
    low, begun, autumn, ended, high = days("1936-01-01", "1936-12-31", "1937-09-01", "1937-10-01", "1937-10-31")
    marks = [
        Mark("within", autumn, None, high),
        Mark("before", low, None, high, sure=(begun, ended)),
        Mark("open", autumn, None, None),
    ]
    chart = Chart("days", "", marks, "days", "day", ends=(first, last))
    within, before, is_open, *_ = drawn(chart, WIDTH)
    assert within.split("  ")[-1].strip() == "├" + "─" * within.count("─") + "┤"
    line = before.removeprefix("before").strip()
    assert (line[0], line[-1]) == ("━", "┤")
    assert is_open.rstrip()[-1] == "▶"
    assert {"━━━ surely lasting", BEYOND} <= {part for one in drawn(chart, WIDTH) for part in one.split("   ")}
    assert any("=== surely lasting" in one for one in drawn(chart, WIDTH, ascii_only=True))


def test_a_long_label_goes_on_beneath_and_is_not_cut() -> None:
    """Nothing that tells two marks apart is left out, at any width, and no line is wider."""
    label = "removal of an invented commissar from his office (another reading)"
    chart = Chart("label", "persons", [Mark(label, 10, 10, 10, "10")], "label")
    for width in (40, WIDTH, 140):
        lines = drawn(chart, width)
        assert max(map(len, lines)) <= width
        assert "…" not in "".join(lines)
        assert set(label.split()) <= {word for line in lines for word in line.split()}


@pytest.mark.parametrize(("most", "last"), [(1_704_230, "2,000,000"), (1_200_000, "1,500,000"), (38_000, "40,000")])
def test_the_ends_of_an_axis_of_counts_are_written(most: float, last: str) -> None:
    """However narrow it is, nought and the last number stand there."""
    for width in (40, WIDTH, 140):
        words = drawn(Chart("counts", "persons", [Mark("one", best=most, said="said")], "counts"), width)[-2].split()
        assert (words[0], words[-1]) == ("0", last)


def test_words_at_an_axis_stand_evenly_where_they_can() -> None:
    """Every second of five where all have no room; of uneven ones as many as fit between the ends."""
    assert named([(0, 1), (10, 19), (20, 29), (30, 39), (40, 49)], 1) == [0, 1, 2, 3, 4]
    assert named([(0, 2), (5, 14), (10, 19), (15, 24), (20, 29)], 1) == [0, 2, 4]
    assert named([(0, 4), (1, 5), (6, 10), (13, 17), (14, 18)], 1) == [0, 2, 4]
    assert named([(0, 4)], 1) == [0]
