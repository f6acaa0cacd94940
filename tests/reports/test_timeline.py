"""The timeline: what happened when, with uncertain dates as intervals, and rival dates side by side."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.reports.shown import Shown, plant

from terrordb import database
from terrordb.errors import BadQuestion
from terrordb.reports.report import Chart, Mark
from terrordb.reports.timeline import timeline

if TYPE_CHECKING:
    from sqlalchemy import URL, Engine

    from terrordb.library import Database

AXIS, ROWS = "On one axis", "The same as a table"
MONTHS = "Arrests and executions by month"
COUNTS = "Records on the axis"


def read(base: Database, within: str | None = None, *, dubious: bool = False) -> Shown:
    """Read a timeline whole."""
    with base.connect() as connection:
        return Shown(timeline(connection, within, dubious=dubious))


def counts(report: Shown) -> dict[str, tuple[int, ...]]:
    """Give the counts by kind: certain, possible, without a date, of, left out."""
    return {row["kind"]: tuple(row.values())[1:6] for row in report.table("", COUNTS)}


def marks(report: Shown) -> dict[str, list[Mark]]:
    """Give the marks of the chart of all, by label."""
    (chart,) = (b for s in report.report.sections for b in s.blocks if isinstance(b, Chart) and b.scale == "day")
    found: dict[str, list[Mark]] = {}
    for mark in chart.marks:
        found.setdefault(mark.label, []).append(mark)
    return found


def ends(mark: Mark) -> tuple[str | None, ...]:
    """Give first day, best and last day as ISO."""
    return tuple(
        None if end is None else date.fromordinal(int(end)).isoformat() for end in (mark.low, mark.best, mark.high)
    )


def test_what_is_on_the_axis_and_what_has_no_date_is_counted(seeded: Database) -> None:
    """Each kind has its denominator: 26 of 62 events are dated, and the flight to Oslo is left out (¶33, dubious)."""
    assert counts(read(seeded)) == {
        "event": (26, 26, 36, 62, 1),
        "order": (7, 7, 16, 23, 0),
        "trial": (9, 9, 3, 12, 0),
        "operation": (14, 14, 11, 25, 0),
        "arrest": (11, 11, 33, 44, 0),
        "execution": (10, 10, 34, 44, 0),
    }


def test_of_one_year_certain_and_possible_are_told_apart(seeded: Database) -> None:
    """In 1937: nine operations surely, one of the late 1930s possibly (¶79); the lists of 1937 and 1938 possibly."""
    found = counts(read(seeded, "1937"))
    assert found["event"][:2] == (1, 3)  # ¶80; ¶93 "by the summer of 1938" and ¶14 "from 1930" may reach it
    assert found["order"][:2] == (4, 5)  # ¶65, ¶66, ¶67, ¶71; ¶111
    assert found["trial"][:2] == (3, 3)  # ¶26, ¶27, ¶32
    assert found["operation"][:2] == (9, 10)
    assert found["arrest"][:2] == found["execution"][:2] == (3, 3)  # ¶61, ¶63, ¶65; ¶63, ¶64, ¶65


def test_rows_stand_in_the_order_of_their_days_each_on_its_passage(seeded: Database) -> None:
    """October 1937: arrests of two poets and the resolution between them."""
    report = read(seeded, "1937-10-02..1937-10-30")
    rows = [row for row in report.table(AXIS, ROWS) if row["date"].startswith("October") and "–" not in row["date"]]
    assert [(row["date"], row["kind"], row["what"]) for row in rows] == [
        ("October 10, 1937", "arrest", "arrest of Titsian Tabidze"),
        ("October 15, 1937", "order", "Politburo resolution of October 15, 1937"),
        ("October 28, 1937", "arrest", "arrest of Boris Pilnyak"),
    ]
    assert [report.cited(row) for row in rows] == [{"¶63"}, {"¶71"}, {"¶61"}]


def test_an_uncertain_date_is_its_interval_and_an_open_one_has_no_end(seeded: Database) -> None:
    """A day is a dot (¶93), a month a line (¶25), a span reaches to its end (¶71), "from 1930" is open (¶14)."""
    found = marks(read(seeded))
    decree, trial, operation, fear = (
        found[label][0]
        for label in (
            "Joint decree of November 17, 1938",
            "first Moscow trial",
            "Kulak Operation",
            "fear of social disorder",
        )
    )
    assert ends(decree) == ("1938-11-17", "1938-11-17", "1938-11-17")
    assert ends(trial) == ("1936-08-01", None, "1936-08-31")
    assert ends(operation) == ("1937-08-05", None, "1938-11-30")
    assert ends(fear) == ("1930-01-01", None, None)
    assert (trial.said, trial.group, trial.status) == ("opened: August 1936", "trial", "citation needed; “so-called”")
    assert (operation.said, fear.said) == ("August 5, 1937 – November 1938", "from 1930")


def test_what_lasted_is_told_from_what_its_dates_leave_open(seeded: Database) -> None:
    """The national operations (¶76) surely lasted from the end of 1937 to the beginning of 1940."""
    found = marks(read(seeded))
    sure = [
        tuple(date.fromordinal(int(end)).isoformat() for end in found[label][0].sure or ())
        for label in ("national operations of the NKVD", "Kulak Operation", "famine of 1932–1933")
    ]
    assert sure == [("1937-12-31", "1940-01-01"), ("1937-08-05", "1938-11-01"), ()]
    assert found["national operations of the NKVD (another reading)"][0].sure is None
    in_json = next(m for chart in read(seeded).charts(AXIS) for m in chart["marks"] if m["label"] == "Kulak Operation")
    assert (in_json["sure"], in_json["high"]) == (["1937-08-05", "1938-11-01"], "1938-11-30")


def test_the_axis_is_the_time_that_was_asked_for(seeded: Database) -> None:
    """Of the last months of 1937 nothing else is drawn; data and table have the whole dates."""
    (chart,) = read(seeded, "1937-08..1937-12").charts(AXIS)
    assert chart["ends"] == ["1937-08-01", "1937-12-31"]
    assert {mark["low"] for mark in chart["marks"]} >= {"1936-01-01", "1930-01-01"}
    (half,) = read(seeded, "1938-11..").charts(AXIS)
    assert half["ends"] == ["1938-11-01", None]
    (whole,) = read(seeded).charts(AXIS)
    assert whole["ends"] == [None, None]


def test_dates_that_agree_are_no_rivals(seeded: Database) -> None:
    """Kirov's murder: 1934 (¶18), December 1934 (¶33); the second trial: January 1937 (¶26), early 1937 (¶64)."""
    found = {(row["date"], row["what"]) for row in read(seeded).table(AXIS, ROWS)}
    assert {
        ("December 1934", "murder of Sergey Kirov (more exactly)"),
        ("opened: early 1937", "second Moscow trial (less exactly)"),
        ("1956", "On the Personality Cult and its Consequences (less exactly)"),  # ¶8; ¶103 has February
        ("August 1938", "removal of Nikolai Yezhov from the NKVD (another reading)"),  # ¶10; contested
    } <= found


def test_rival_dates_stand_side_by_side_with_who_gives_them(seeded: Database) -> None:
    """The purge begins in 1937 (¶4), 1936 (¶81) or October 1936 (¶82), and ends in 1938, 1939 (¶88) or by decree."""
    report = read(seeded)
    of_purge = [row for row in report.table(AXIS, ROWS) if row["what"].startswith("Great Purge")]
    rows = [row for row in of_purge if "contested" in row["status"]]
    told = {row["date"]: report.cited(row) for row in rows}
    assert told.pop("1937 – 1938") >= {"¶4"}
    assert told == {
        "begun: 1936": {"¶81"},
        "begun: October 1936": {"¶82"},
        "ended: 1939": {"¶88"},
        "ended: November 17, 1938": {"¶93"},
    }


def test_dubious_rows_are_taken_in_when_asked_for(seeded: Database) -> None:
    """The flight to Oslo that there never was (¶33) is marked as dubious."""
    oslo = "alleged flight of Piatakov to Oslo"
    assert oslo not in marks(read(seeded))
    (mark,) = marks(read(seeded, dubious=True))[oslo]
    assert (mark.said, mark.status) == ("December 1935", "dubious")


@pytest.mark.parametrize(
    ("within", "reason"),
    [
        ("1938..1937", "runs backwards"),
        ("..", "no time"),
        ("1936..1937..1938", "no time"),
        ("1936..spring", "no year"),
        ("Tuesday", "no year"),
    ],
)
def test_a_time_that_is_none_is_refused_with_a_remedy(seeded: Database, within: str, reason: str) -> None:
    """At once, and not when its sections are read."""
    with seeded.connect() as connection, pytest.raises(BadQuestion, match=reason) as refused:
        timeline(connection, within)
    assert refused.value.remedy


@pytest.mark.parametrize("within", ["1937-08..1937-08", "August 1937", "1937-08-01..1937-08-31"])
def test_a_time_is_read_as_any_date_is(seeded: Database, within: str) -> None:
    """One month, however it is written: the operation begins in it (¶71), and an arrest of the year may (¶65)."""
    found = counts(read(seeded, within))
    assert (found["arrest"][:2], found["execution"][:2]) == ((0, 1), (0, 0))
    assert "Kulak Operation" in marks(read(seeded, within))


@pytest.fixture
def many(url: URL, tmp_path: Path) -> Engine:
    """Give a database with 211 invented cases."""
    dates = [("5 August 1937", "10 September 1937")] * 100 + [("5 August 1937", "")] * 50
    dates += [("August 1937", "")] * 40 + [("1937", "")] * 20 + [("", "after 15 November 1937")]
    persons: list[dict[str, str]] = []
    cases: list[dict[str, str]] = []
    for n, (arrested, executed) in enumerate(dates):
        persons.append({"id": f"invented-{n}", "name": f"Invented Person {n}", "named": "true"})
        cases.append({"id": f"case-{n}", "person": f"invented-{n}", "arrested": arrested, "executed": executed})
    engine = database.writer(url)
    plant(engine, tmp_path, {"persons": persons, "cases": cases})
    return engine


def test_many_cases_are_summed_by_month(many: Engine) -> None:
    """150 + 40 are surely of August, 20 of the year may be of any month; an open end reaches the end that is asked."""
    with many.connect() as connection:
        report = Shown(timeline(connection, "1937"))
    rows = {row["month"]: list(row.values())[1:5] for row in report.table(MONTHS, f"{MONTHS}, in cases")}
    assert rows["1937-07"] == [0, 20, 0, 0]
    assert rows["1937-08"] == [190, 210, 0, 0]
    assert rows["1937-09"] == [0, 20, 100, 100]
    assert rows["1937-12"] == [0, 20, 0, 1]
    assert len(rows) == 12
    assert AXIS not in report.titles
    assert counts(report)["arrest"] == (210, 210, 1, 211, 0)
    assert counts(report)["execution"] == (100, 101, 110, 211, 0)
    drawn = {chart["chart"]: chart["marks"] for chart in report.charts(MONTHS)}
    august = next(mark for mark in drawn["Arrests by month"] if mark["label"] == "1937-08")
    assert (august["low"], august["high"]) == (190, 210)
    many.dispose()


def test_a_database_without_dates_says_so(engine: Engine) -> None:
    """Nothing to tell is told, and is no error."""
    with engine.connect() as connection:
        assert "Nothing" in Shown(timeline(connection)).said("")
