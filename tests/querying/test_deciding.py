"""Answers are certain, possible or missing: the rules as a table, on both engines."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Connection, case, select

from terrordb import models
from terrordb.errors import BadQuestion
from terrordb.querying.deciding import count, decide
from terrordb.querying.grammar import parse

NO, MISSING, MAYBE, YES = range(4)
EVERYBODY = ["eighth-h", "fifth-e", "first-a", "fourth-d", "list:7", "second-b", "seventh-g", "sixth-f", "third-c"]
# By hand, from the cells of conftest.py; whoever is not named in a table is a no.
BORN = {"first-a": YES, "second-b": MAYBE} | dict.fromkeys(
    ("fourth-d", "sixth-f", "list:7", "seventh-g", "eighth-h"), MISSING
)
EXECUTED = {"first-a": MAYBE, "list:7": YES} | dict.fromkeys(("fourth-d", "fifth-e", "sixth-f"), MISSING)
TERMS = {
    "born:1890": BORN,
    "fate:executed": EXECUTED,
    "fifth-e": {"fifth-e": YES},
    "born:any": dict.fromkeys(("first-a", "second-b", "third-c", "fifth-e"), YES),
    "born:none": dict.fromkeys(("fourth-d", "sixth-f", "list:7", "seventh-g", "eighth-h"), YES),
    "dubious": {"fourth-d": YES},
    "born:1904..1906": {"fifth-e": MAYBE} | {name: MISSING for name, told in BORN.items() if told == MISSING},
    "born:1894..1896": {"second-b": MAYBE, "third-c": YES}
    | {name: MISSING for name, told in BORN.items() if told == MISSING},
    "roles.role:defendant": {"first-a": YES},
}
OVER = {NO: YES, MISSING: MISSING, MAYBE: MAYBE, YES: NO}
# Dates as a cell may have them, and what each is of a month or a day: by hand, with a calendar.
PARTS: dict[str, dict[int, str]] = {
    "5 May 1938": {
        YES: "month:5 month:05 month:may month:мая month:..5 month:5.. month:3..5 day:5 day:=5 day:1..9 day:..5",
        NO: "month:4 month:6.. month:..апр month:=5 day:4 day:6..31 year:1937",
    },
    "May 1938": {
        YES: "month:5 month:=5 month:май..июн month:4,5 month:1..12 day:1..31 month:any year:1938",
        MAYBE: "day:1 day:31 day:30.. day:..1 day:2..31",
        NO: "month:=4 month:=4..5 month:4 month:6 day:=1 month:none",
    },
    "1937-10-30/1937-11-02": {
        YES: "month:10..11 month:9..12 day:1..31",
        MAYBE: "month:10 month:11 month:oct month:ноя month:11.. month:10,11 day:30 day:31 day:1 day:2 day:1..30",
        NO: "month:9 month:12 day:3 day:29 day:3..29 month:=10..11 day:=1",
    },
    "October 1937 – November 1937": {YES: "month:=10..11 month:10..11", MAYBE: "month:10", NO: "month:=10"},
    "1937": {
        YES: "month:1..12 month:=1..12 day:..31 month:1.. year:1937",
        MAYBE: "month:1 month:7 month:12 month:2..12 day:1 day:31 day:2..31",
        NO: "month:=1 day:=1",
    },
    "1937-12/1938-01": {
        YES: "month:1..12",
        MAYBE: "month:12 month:1 month:1,12 month:12.. month:..1",
        NO: "month:2..11 month:11 month:2",
    },
    "1937-03/1938-02": {MAYBE: "month:2 month:3 month:9 month:3..12"},
    "1936-11/1938-02": {MAYBE: "month:1 month:6 month:12 month:3..10 month:1..11"},
    "February 1937": {YES: "day:1..31", MAYBE: "day:28 day:28..", NO: "day:29 day:30.. day:31"},
    "February 1936": {MAYBE: "day:29", NO: "day:30 day:31"},
    "1937-01-30/1937-03-02": {MAYBE: "month:2 day:31 day:28 day:2", NO: "day:29 month:4"},
    "1937-02-03/1937-04-02": {MAYBE: "day:31 day:30 day:3", NO: "month:1"},
    "May 1938?": {MAYBE: "month:5 month:3..6 day:1", NO: "month:4"},
    "1938-05-05~": {MAYBE: "month:5 day:5", NO: "month:6 day:6"},
    "c. 1938": {MAYBE: "month:5 day:31 month:1..12"},
    "1937/..": {YES: "month:1..12 month:any", MAYBE: "month:5 day:5 month:2..12", NO: "month:=5 month:none"},
    "before 1900": {MAYBE: "month:1 month:12 day:31", NO: "month:=12"},
    "": {MISSING: "month:5 month:1..12 month:=5 day:1 day:1..31", YES: "month:none day:none", NO: "month:any"},
}


def told(connection: Connection, question: str) -> dict[str, int]:
    """Give what a question is of every person."""
    table = models.kind("persons").__table__
    verdict = decide(connection, parse(question))
    for rule in verdict:  # no condition is ever NULL
        assert not list(connection.scalars(select(table.c.key).where(rule.is_(None))))
    degree = case((verdict.yes, YES), (verdict.maybe, MAYBE), (verdict.missing, MISSING), else_=NO)
    return {named: int(found) for named, found in connection.execute(select(table.c.id, degree))}


def every(table: dict[str, int]) -> dict[str, int]:
    """Fill up with the rest of the people."""
    return {name: table.get(name, NO) for name in EVERYBODY}


@pytest.mark.parametrize("term", TERMS)
def test_a_term_is_yes_maybe_missing_or_no(connection: Connection, term: str) -> None:
    """A date is weighed by its interval, a fate by all its sources; words, states and presence are never in doubt."""
    expected = every(TERMS[term])
    assert told(connection, term) == expected
    assert told(connection, f"not {term}") == {name: OVER[degree] for name, degree in expected.items()}
    assert told(connection, f"not (not {term})") == expected


@pytest.mark.parametrize("second", TERMS)
@pytest.mark.parametrize("first", TERMS)
def test_and_takes_the_lesser_and_or_the_greater(connection: Connection, first: str, second: str) -> None:
    """No < missing < maybe < yes, whatever stands beside what."""
    one, two = every(TERMS[first]), every(TERMS[second])
    assert told(connection, f"{first} and {second}") == {name: min(one[name], two[name]) for name in EVERYBODY}
    assert told(connection, f"{first} or {second}") == {name: max(one[name], two[name]) for name in EVERYBODY}
    assert told(connection, f"{first} not ({second} or {first})") == {
        name: min(one[name], OVER[max(one[name], two[name])]) for name in EVERYBODY
    }


def insert_like(connection: Connection, kind: str, named: str, **columns: Any) -> None:
    """Insert a row that differs from another in these columns."""
    table = models.kind(kind).__table__
    row = dict(connection.execute(select(table).where(table.c.id == named)).mappings().one())
    connection.execute(table.insert().values(row | columns))


@pytest.mark.parametrize("written", PARTS)
def test_a_month_or_day_of_any_year_is_yes_where_the_whole_date_lies_in_it(
    connection: Connection, written: str
) -> None:
    """A date lies in a month, touches it, or has none; what is longer than a year touches every one."""
    field = models.kind("persons").fields["born"]
    values = field.read(written) if written else [None] * len(field.columns)
    born = dict(zip(field.columns, values, strict=True))
    insert_like(connection, "persons", "sixth-f", key=99, id="written", **born)
    for degree, terms in PARTS[written].items():
        for term in terms.split():
            assert (term, told(connection, f"born.{term}")["written"]) == (term, degree)
            assert (term, told(connection, f"not born.{term}")["written"]) == (term, OVER[degree])


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("executed.month:3", {"first-a": YES}),
        ("cases.executed.day:15", {"first-a": YES}),
        ("arrested.month:3", {"third-c": MAYBE}),
        ("trial.opened.month:мар", {"first-a": YES, "fourth-d": YES, "fifth-e": YES, "sixth-f": YES}),
        ("trial.opened.day:3", {}),
        ("killed.date.month:12", {"seventh-g": YES}),
        ("trial.year:1938", {"first-a": YES, "fourth-d": YES, "fifth-e": YES, "sixth-f": YES}),
    ],
)
def test_months_and_days_are_asked_through_relations(
    connection: Connection, question: str, found: dict[str, int]
) -> None:
    """Backward to the cases of a person, and forward to a trial or an event."""
    degrees = told(connection, question)
    assert {name: degree for name, degree in degrees.items() if degree >= MAYBE} == found


def test_a_rival_date_makes_a_month_a_maybe(connection: Connection) -> None:
    """Born in March by the row and in April by a claim: perhaps in either, surely in one of the two."""
    claim = {"record_kind": "persons", "record_key": 3, "field": "born", "value": "April 1895", "status": "stated"}
    insert_like(connection, "claims", "claim-2", key=99, id="rival", **claim)
    expected = {"3": MAYBE, "4": MAYBE, "5": NO, "3..4": YES, "2..3": MAYBE}
    assert {months: told(connection, f"born.month:{months}")["third-c"] for months in expected} == expected


def test_many_rival_values_are_weighed_at_once(connection: Connection) -> None:
    """Of more values than one statement takes each counts for its own record; one that is no date counts for none."""
    table = models.kind("claims").__table__
    row = dict(connection.execute(select(table).where(table.c.id == "claim-2")).mappings().one())
    rival = row | {"record_kind": "persons", "field": "born", "status": "stated"}
    own = [(9, "1890"), (3, "1895-03"), (4, "no date at all")]  # of eighth-h, third-c and fourth-d
    others = [(6, str(year)) for year in range(1000, 1701)]  # of sixth-f
    claims = [
        rival | {"key": 100 + n, "id": f"rival-{n}", "record_key": key, "value": value}
        for n, (key, value) in enumerate([*own, *others])
    ]
    connection.execute(table.insert(), claims)
    expected = {"eighth-h": YES, "third-c": NO, "fourth-d": MISSING, "sixth-f": NO, "seventh-g": MISSING}
    found = told(connection, "born:1890")
    assert {name: found[name] for name in expected} == expected
    assert told(connection, "born:1500")["sixth-f"] == MAYBE
    assert told(connection, "born:..1900")["sixth-f"] == YES


def test_any_and_none_part_all_records_whatever_the_name_stands_for(connection: Connection) -> None:
    """Along several paths, forward to nothing, and where a claim alone has the value."""
    claim = {"record_kind": "persons", "record_key": 6, "field": "born", "value": "April 1895", "status": "stated"}
    insert_like(connection, "claims", "claim-2", key=99, id="rival", **claim)
    for question in ("trial", "body", "region", "born", "cases.trial.opened", "killed.date", "id"):
        has, lacks = told(connection, f"{question}:any"), told(connection, f"{question}:none")
        assert {*has.values(), *lacks.values()} <= {NO, YES}
        assert lacks == told(connection, f"not {question}:any") == {name: OVER[degree] for name, degree in has.items()}
    assert told(connection, "trial:any")["first-a"] == told(connection, "born:any")["sixth-f"] == YES
    cases = models.kind("cases").__table__
    verdict = decide(connection, parse("cases trial.opened:none"))
    found = set(connection.scalars(select(cases.c.id).where(verdict.yes)))
    assert verdict.sure
    assert found == {"case-b", "case-b2", "case-c", "case-h", "case-h2", None}


def test_a_sign_of_doubt_is_a_maybe_of_the_exact_date(connection: Connection) -> None:
    """About 1905 is not exactly 1905; exactly about 1905 it is."""
    expected = {"born:=1905": MAYBE, "born:=1905~": YES, "born:=1904": NO, "born:=1904..1906": NO}
    assert {question: told(connection, question)["fifth-e"] for question in expected} == expected


def test_withdrawn_rows_tell_nothing_and_a_silent_source_contradicts_none(connection: Connection) -> None:
    """A case that was withdrawn is no case, but to one who asks for it; a second one without a day is no rival."""
    assert told(connection, "outcome:executed")["eighth-h"] == NO
    assert told(connection, "outcome:exiled")["eighth-h"] == YES
    assert told(connection, "cases.status:withdrawn")["eighth-h"] == YES
    assert told(connection, "judge:any")["fifth-e"] == NO
    silent = dict.fromkeys(f"arrested_{part}" for part in ("text", "edtf", "earliest", "latest"))
    insert_like(connection, "cases", "case-c", key=98, id="case-c3", source_key=2, **silent)
    assert told(connection, "arrested:1937..")["third-c"] == YES
    assert told(connection, "arrested:1936")["third-c"] == NO
    insert_like(connection, "cases", "case-c", key=97, id="case-c4", source_key=2, arrested_earliest=19360101)
    assert told(connection, "arrested:1937..")["third-c"] == MAYBE


def test_counts_leave_the_dubious_out(connection: Connection) -> None:
    """Certain, possible with the certain, missing, of; and how many dubious ones would have been possible."""
    verdict = decide(connection, parse("born:1890 or dubious"))
    assert tuple(count(connection, "persons", verdict)) == (1, 2, 4, 8, 1)
    assert tuple(count(connection, "persons", verdict, dubious=True)) == (2, 3, 4, 9, 0)


@pytest.mark.parametrize("question", ["nosuch:1", "born.nosuch:1", "born:any.x", "roles.nosuch:1", "nosuch.role:x"])
def test_a_field_that_is_not_there_is_shown_where_it_stands(connection: Connection, question: str) -> None:
    """The error has a caret, and changes nothing."""
    with pytest.raises(BadQuestion) as error:
        decide(connection, parse(f"persons alpha {question}"))
    assert "^" in error.value.reason
