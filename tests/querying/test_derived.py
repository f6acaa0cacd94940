"""What is computed from several tables: fates, parts, names, identity, bases of figures."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest
from sqlalchemy import Connection, select

from terrordb import models
from terrordb.models.case import OUTCOME
from terrordb.models.derived import (
    DERIVED,
    FATE_BY_EVENT,
    INQUIRING_ROLES,
    NOT_THE_END,
    OBSERVATIONS,
    RULING_BODIES,
    RULING_ROLES,
    TRUST,
    VICTIM_FATES,
    VICTIM_ROLES,
    differing_fates,
    fates,
    rebuild_fates,
)
from terrordb.models.fields import ComputedField
from terrordb.querying.selecting import find_id

PERSONS = models.kind("persons").__table__


def computed(connection: Connection, kind: str, field: str) -> dict[str, list[Any]]:
    """Read a computed field of every record, by id."""
    table = models.kind(kind).__table__
    every = DERIVED[kind, field]().subquery()
    rows = select(table.c.id, every.c.value).join(every, every.c.key == table.c.key)
    found: dict[str, list[Any]] = defaultdict(list)
    for named, value in connection.execute(rows.order_by(every.c.rank, every.c.value)):
        found[named].append(value)
    return found


def kept(connection: Connection) -> dict[str, str | None]:
    """Read the fates that are kept."""
    return {row.id: row.fate for row in connection.execute(select(PERSONS.c.id, PERSONS.c.fate))}


def test_every_fate_is_given_the_favoured_first(connection: Connection) -> None:
    """Status favours first, then a case before a claim; an end pushes out what is none; withdrawn rows give nothing."""
    found = computed(connection, "persons", "fates")
    assert found == {
        "first-a": ["executed", "killed"],  # both contested: the case before the claim
        "second-b": ["imprisoned", "died_in_custody"],  # the death is dubious: it pushes nothing out
        "third-c": ["survived"],  # a case that ended in release gives no fate, a claim does
        "list:7": ["executed"],  # of the case that hangs on a list's row
        "seventh-g": ["killed"],  # by the kind of event; sixth-f is not killed in a speech
        "eighth-h": ["exiled"],  # the execution was withdrawn
    }


def test_the_kept_fate_is_the_favoured_one(connection: Connection) -> None:
    """The column of persons holds the first of the fates, and nothing where there is none."""
    found = computed(connection, "persons", "fates")
    assert kept(connection) == {named: found.get(named, [None])[0] for named in kept(connection)}
    assert differing_fates(connection) == []


def test_only_differing_fates_are_written(connection: Connection) -> None:
    """Rebuilding writes what differs, of the persons it is told of, and says how many."""
    assert rebuild_fates(connection) == 0
    connection.execute(PERSONS.update().values(fate="unknown"))
    assert ("first-a", "unknown", "executed") in differing_fates(connection)
    one = select(PERSONS.c.key).where(PERSONS.c.id == "first-a")
    assert rebuild_fates(connection, one) == 1
    assert kept(connection)["first-a"] == "executed"
    assert kept(connection)["second-b"] == "unknown"
    assert rebuild_fates(connection) == len(kept(connection)) - 1
    assert kept(connection)["fourth-d"] is None


def test_a_better_status_outweighs_the_case(connection: Connection) -> None:
    """A stated claim is favoured over a contested case, whatever the order of the codes."""
    claims = models.kind("claims").__table__
    connection.execute(claims.update().where(claims.c.id == "claim-1").values(status="stated"))
    assert computed(connection, "persons", "fates")["first-a"] == ["killed", "executed"]
    assert rebuild_fates(connection) == 1
    assert kept(connection)["first-a"] == "killed"


def test_fates_of_some_are_those_of_all(connection: Connection) -> None:
    """Asked for some keys, every computed field gives those records' values and no other's."""
    for (kind, _), derive in DERIVED.items():
        every = {(row.key, row.value) for row in connection.execute(derive())}
        keys = sorted({key for key, _ in every})[:2]
        some = {(row.key, row.value) for row in connection.execute(derive(keys))}
        assert some == {(key, value) for key, value in every if key in keys}, kind
    assert {row._fields for row in connection.execute(fates())} == {("person_key", "fate", "rank")}


def test_parts_follow_the_tables(connection: Connection) -> None:
    """Each part comes of the rows its table names, in the order of the vocabulary; a withdrawn role makes none."""
    assert computed(connection, "persons", "parts") == {
        "first-a": ["victim", "leader"],  # a report by somebody who has a case makes no observer
        "second-b": ["victim"],
        "third-c": ["victim"],
        "fourth-d": ["denouncer"],  # a member of a newspaper is no leader
        "fifth-e": ["investigator", "scholar", "observer"],
        "sixth-f": ["victim", "perpetrator"],  # whoever took part is no observer, and what he makes of it no study
        "list:7": ["victim"],
        "seventh-g": ["victim"],
        "eighth-h": ["victim"],
    }


def test_names_are_all_spellings_this_one_first(connection: Connection) -> None:
    """The row's own name comes first, then further spellings and claimed ones, without what was withdrawn."""
    found = computed(connection, "persons", "names")
    assert found["first-a"] == ["Testov, Alpha (invented)", "Пробников, Альфа"]
    assert found["fifth-e"] == ["Nobody, Epsilon (invented)", "Niemand, E."]


def test_same_as_goes_both_ways_until_it_is_taken_back(connection: Connection) -> None:
    """A judgement holds for both records; what was taken back, or judged different, is not there."""
    assert computed(connection, "persons", "same_as") == {"first-a": ["third-c"], "third-c": ["first-a"]}


def test_the_base_of_a_figure(connection: Connection) -> None:
    """The base is the number in the words, else the number of the figure or quota named."""
    assert computed(connection, "figures", "of") == {"figure-1": [17], "figure-2": [200], "figure-3": [400]}


def test_the_tables_of_meaning_use_known_words() -> None:
    """Every code in the tables stands in the vocabulary it is taken from."""
    field = {kind: models.kind(kind).fields for kind in ("persons", "roles", "events", "bodies", "statements", "cases")}
    assert set(FATE_BY_EVENT) <= field["events"]["kind"].vocabulary.keys()
    codes = {*FATE_BY_EVENT.values(), *NOT_THE_END, *VICTIM_FATES}
    assert codes <= field["persons"]["fate"].vocabulary.keys()
    assert {*VICTIM_ROLES, *RULING_ROLES, *INQUIRING_ROLES} <= field["roles"]["role"].vocabulary.keys()
    assert set(RULING_BODIES) <= field["bodies"]["kind"].vocabulary.keys()
    assert set(OBSERVATIONS) <= field["statements"]["kind"].vocabulary.keys()
    assert {*TRUST, "withdrawn"} == field["persons"]["status"].vocabulary.keys()
    assert OUTCOME.keys() - field["persons"]["fate"].vocabulary.keys() == {"released", "terminated", "acquitted"}


@pytest.mark.parametrize("kind", models.KINDS)
def test_every_computed_field_is_computed(kind: str) -> None:
    """A field that no column holds has a Select here."""
    for name, field in models.kind(kind).fields.items():
        if isinstance(field, ComputedField) and not field.columns:
            assert (kind, name) in DERIVED


def test_ids_are_found_for_the_keys(connection: Connection) -> None:
    """The fixture's list row is where lists' rows are."""
    assert find_id(connection, "persons/list:7") == [("persons", 2**32 + 1)]
