"""Rows and people: how many people, or acts, records are of as they are judged, on both engines."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import Connection, event, select

from terrordb import models
from terrordb.querying.deciding import decide
from terrordb.querying.grammar import parse
from terrordb.querying.judging import Judged, judged

# In conftest.py the first person is judged to be the third; that she is the fifth was taken back.
FIRST, SECOND, THIRD, FIFTH, SIXTH, SEVENTH = 1, 2, 3, 5, 6, 8


def count(connection: Connection, question: str, *, dubious: bool = False) -> Judged | None:
    """Count what a question may be true of."""
    asked = parse(question)
    return judged(connection, asked.kind, decide(connection, asked).maybe, dubious=dubious)


def judge(connection: Connection, kind: str, *pairs: tuple[int, int], **columns: Any) -> None:
    """Judge pairs to be one, or what the columns say."""
    table = models.kind("judgements").__table__
    row = dict(connection.execute(select(table).where(table.c.id == "judgement-1")).mappings().one())
    of_kind = row | {"record_kind": kind, "other_kind": kind, **columns}
    start = connection.scalar(select(table.c.key).order_by(table.c.key.desc()).limit(1)) or 0
    rows = [
        of_kind | {"key": start + n, "id": f"pair-{start + n}", "record_key": one, "other_key": other}
        for n, (one, other) in enumerate(pairs, 1)
    ]
    connection.execute(table.insert(), rows)


@pytest.mark.parametrize(
    ("question", "records", "people"),
    [
        ("persons", 8, 7),
        ("born:any", 4, 3),
        ("testov", 2, 1),
        ("alpha", 1, 1),
        ("nobody", 2, 2),
        ("nobodyatall", 0, 0),
    ],
)
def test_two_records_judged_to_be_one_are_one_person(
    connection: Connection, question: str, records: int, people: int
) -> None:
    """One judgement ties two of the invented people; one was taken back, and `different` ties nobody."""
    assert count(connection, question) == Judged(records, people)


def test_dubious_records_are_counted_only_where_they_are_wanted(connection: Connection) -> None:
    """The fourth of the invented people is dubious."""
    judge(connection, "persons", (4, SECOND))
    assert count(connection, "persons") == Judged(8, 7)
    assert count(connection, "persons", dubious=True) == Judged(9, 7)


def test_what_follows_from_several_judgements_is_drawn(connection: Connection) -> None:
    """Two who are one with a third are one, be the third found or not; to judge twice, or one alone, adds nothing."""
    judge(connection, "persons", (FIFTH, THIRD), (THIRD, FIRST), (SIXTH, SIXTH))
    assert count(connection, "testov or epsilon") == Judged(3, 1)
    assert count(connection, "alpha or epsilon") == Judged(2, 1)
    judge(connection, "persons", (FIRST, FIFTH), verdict="different")
    assert count(connection, "persons") == Judged(8, 6)


def test_judgements_that_do_not_stand_tie_nobody(connection: Connection) -> None:
    """One that was withdrawn, or taken back by a day that is known or not."""
    judge(connection, "persons", (FIRST, SECOND), status="withdrawn")
    judge(connection, "persons", (FIRST, SIXTH), taken_back_latest=20201231)
    assert count(connection, "persons") == Judged(8, 7)


def test_acts_are_judged_apart_from_people(connection: Connection) -> None:
    """No judgement of cases: nothing to tell; the keys of persons and cases are never mixed."""
    assert count(connection, "cases") is None
    judge(connection, "cases", (2, 3))
    assert count(connection, "cases outcome:imprisoned,died_in_custody", dubious=True) == Judged(2, 1)
    assert count(connection, "cases") == Judged(5, 5)
    assert count(connection, "persons") == Judged(8, 7)


def test_more_judgements_than_a_statement_takes_keys(connection: Connection) -> None:
    """Two records are tied by a chain of forty thousand others."""
    keys = [SIXTH, *range(1_000, 41_000), SEVENTH]
    judge(connection, "persons", *pairwise(keys))
    assert count(connection, "persons") == Judged(8, 6)
    assert count(connection, "zeta or theta") == Judged(2, 1)


def test_a_kind_that_nobody_judges_costs_nothing(connection: Connection) -> None:
    """Not even a statement; and one where nobody has judged yet."""
    sent: list[str] = []
    connection.scalar(select(1))  # a transaction has begun
    event.listen(connection, "before_cursor_execute", lambda *all_: sent.append(all_[2]))
    everything = decide(connection, parse("places")).maybe
    assert judged(connection, "places", everything) is None
    assert sent == []
    assert judged(connection, "cases", everything) is None
    assert len(sent) == 1
