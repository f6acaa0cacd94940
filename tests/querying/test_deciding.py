"""Answers are certain, possible or missing: the rules as a table, on both engines."""

from __future__ import annotations

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
