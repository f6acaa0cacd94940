"""From keys to records: attributes, JSON, cells and citations."""

from __future__ import annotations

import datetime as dt
import json
from itertools import count
from typing import Any

import pytest
from sqlalchemy import Connection, Integer, delete, insert, select
from tests.querying.conftest import counted

from terrordb import models
from terrordb.errors import BadQuestion
from terrordb.models.fields import DateField
from terrordb.querying import records as module
from terrordb.querying.grammar import parse
from terrordb.querying.ranking import select_keys
from terrordb.querying.records import FIRST, Found, Row, headers, json_fields, named_fields, records, shown, template
from terrordb.querying.selecting import find_id


def read(connection: Connection, named: str, fields: list[str] | None = None) -> Row:
    """Read one record."""
    ((kind, key),) = find_id(connection, named)
    (row,) = records(connection, kind, [key], fields)
    return row


def test_fields_are_attributes(connection: Connection) -> None:
    """A row has its fields by name: dates as dates, references as ids, lists as lists."""
    row = read(connection, "first-a")
    assert (row.kind, row.kind_of_record, row.id, row.name) == (
        "persons",
        "persons",
        "first-a",
        "Testov, Alpha (invented)",
    )
    assert row.born.earliest == dt.date(1890, 1, 1)
    assert (row.died, row.fate, row.fates, row.named) == (None, "executed", ["executed", "killed"], True)
    assert (row.source, row.locator, row.footnotes) == ("made-up", "¶75", [3, 4])
    role = read(connection, "role-a")
    assert (role.person, role.within, role["within"]) == ("first-a", "trials/made-up-trial", "trials/made-up-trial")
    trial = read(connection, "made-up-trial")
    assert (trial.kind, trial.kind_of_record, trial.defendants) == ("show_trial", "trials", 2)
    figure = read(connection, "figure-1")
    assert (figure.text, figure.of, figure.best, figure.claimed_by) == ("13 of 17", 17, 13, "fifth-e")
    assert figure.trial == figure.scope["trial"] == figure["scope.trial"] == "made-up-trial"
    assert row["born_latest"] == "1890-12-31"
    with pytest.raises(AttributeError, match="no field of theirs"):
        _ = row.nonsense
    with pytest.raises(KeyError):
        _ = row["nonsense"]


@pytest.mark.parametrize("kind", list(models.MODULES))
def test_no_field_is_hidden_by_a_method(kind: str) -> None:
    """No field of a kind has the name of something that a Row has of its own."""
    assert not {n for n in models.kind(kind).fields if n in vars(Row)} - {"id"}


def test_the_json_of_a_figure(connection: Connection) -> None:
    """Dates give EDTF and two days, amounts are numbers, `scope` is an object, lists are lists also of nothing."""
    printed = read(connection, "figure-1").as_dict()
    assert printed["scope"] == {
        "operation": None,
        "trial": "made-up-trial",
        "order": None,
        "places": ["nowhere", "elsewhere"],
        "by": None,
        "group": None,
        "includes": None,
        "excludes": None,
    }
    dates = {key: printed[key] for key in ("period", "period_earliest", "period_latest")}
    assert dates == {"period": "1937/1938", "period_earliest": "1937-01-01", "period_latest": "1938-12-31"}
    assert (printed["best"], printed["of"], printed["qualifier"], printed["magnitude"]) == (13, 17, "exact", None)
    assert read(connection, "figure-2").as_dict()["of"] == 200
    assert read(connection, "figure-5").as_dict()["scope"]["places"] == []
    assert json.loads(json.dumps(printed)) == printed


def test_the_citations_of_a_record(connection: Connection) -> None:
    """A record cites its own passage, then those of claims with field and rival value; not what was withdrawn."""
    own = {"source": "made-up", "locator": "¶75", "paragraph": 75, "anchor": "Testov", "footnotes": [3, 4]}
    rival: dict[str, Any] = {
        "source": "made-up",
        "locator": "p. 9",
        "paragraph": None,
        "anchor": "tortured",
        "footnotes": [],
    }
    again = {"source": "made-up", "locator": "¶1", "paragraph": 1, "anchor": None, "footnotes": []}
    assert read(connection, "first-a").citations == [
        own | {"field": None, "value": None},
        rival | {"field": "fate", "value": "killed"},
        again | {"field": "born", "value": None},
        again | {"field": "fate", "value": None},  # of the case
        again | {"field": "parts", "value": None},
    ]
    assert read(connection, "made-up").citations == []
    assert read(connection, "load-1").citations == []


def test_a_row_of_a_list_is_cited_by_its_line(connection: Connection) -> None:
    """A list's row stands on its line of the file, and what hangs on it cites what it cites, under an id of its own."""
    line: dict[str, Any] = {
        "source": "made-up-list",
        "locator": "row 9",
        "paragraph": None,
        "anchor": None,
        "footnotes": [],
    }
    fields = (None, "fate", "parts")
    assert read(connection, "persons/list:7").citations == [line | {"field": n, "value": None} for n in fields]
    case = read(connection, "list:7/case-1")
    assert case.citations == [line | {"field": None, "value": None}]
    assert (case.id, case.source, case.locator, case.as_dict()["id"]) == (
        "list:7/case-1",
        "made-up-list",
        "row 9",
        "list:7/case-1",
    )


@pytest.mark.parametrize("kind", list(models.MODULES))
def test_the_keys_of_json_are_those_described(connection: Connection, kind: str) -> None:
    """`json_fields` lists just the keys that records print, each with a type and a meaning."""
    table = models.kind(kind).__table__
    described = json_fields(kind)
    assert all(field["type"] and field["meaning"] for field in described)
    nested = [field["name"] for field in described]
    assert len(nested) == len(set(nested))
    for row in records(connection, kind, select(table.c.key)):
        printed = row.as_dict()
        inner = printed.get("scope") if kind == "figures" else None
        assert [*printed, *(f"scope.{key}" for key in inner or ())] == sorted(
            nested, key=lambda n: n.startswith("scope.")
        )
        assert all(
            row[name] == printed[name] for name in nested if f"{name}_earliest" in printed and printed[name] is None
        )


@pytest.mark.parametrize("kind", list(models.KINDS))
def test_cells_are_those_of_the_template(connection: Connection, kind: str) -> None:
    """A row gives one cell a column, in the order of the template, and none that is computed."""
    columns = [column["name"] for column in headers(kind)]
    table = models.kind(kind).__table__
    for row in records(connection, kind, select(table.c.key), template(kind)):
        assert list(row.cells()) == columns
    assert "id" in columns
    assert not {"fate", "of", "low"} & set(columns)


def test_cells_are_as_they_were_written(connection: Connection) -> None:
    """References are written as a CSV has them, dates in the source's words, an empty date as nothing."""
    cells = read(connection, "figure-1").cells()
    assert (cells["claimed_by"], cells["places"], cells["period"]) == (
        "persons/fifth-e",
        "nowhere; elsewhere",
        "1937-1938",
    )
    person = read(connection, "second-b").cells()
    assert (person["born"], person["died"], person["named"], person["source_id"]) == (
        "before 1900",
        "",
        "true",
        "made-up",
    )
    assert read(connection, "persons/list:7").cells()["locator"] == ""


def test_only_what_is_asked_for_is_read(connection: Connection) -> None:
    """With fields named, JSON has just those, and no query is sent for what was not asked."""
    keys = select_keys(connection, parse(["persons", "alpha"]))
    with counted(connection) as sent:
        (row,) = records(connection, "persons", keys, shown("persons"))
        assert len(sent) == 2  # the keys, the rows
    assert list(row.as_dict())[:4] == ["id", "name", "born", "born_earliest"]
    with pytest.raises(AttributeError, match="was not asked for"):
        _ = row.names
    with pytest.raises(AttributeError, match="citations was not asked for"):
        _ = row.citations
    fields = named_fields("figures", ["id", "scope", "source_id", "citations"])
    assert list(read(connection, "figure-1", fields).as_dict()) == ["id", "scope", "source", "citations"]
    with pytest.raises(BadQuestion, match="no field 'nmae'") as error:
        named_fields("persons", ["nmae"])
    assert "name" in error.value.remedy


def test_the_number_of_queries_does_not_grow_with_the_rows(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All fields of all persons take one query a batch for rows, each computed field, claims and sources."""
    table = models.kind("persons").__table__
    every = select(table.c.key).order_by(table.c.id)
    with counted(connection) as few:
        whole = [row.as_dict() for row in records(connection, "persons", every)]
    one = dict(connection.execute(select(table).where(table.c.key == 1)).mappings().one())
    connection.execute(insert(table), [one | {"key": n, "id": f"another-{n}"} for n in range(100, 150)])
    with counted(connection) as many:
        assert len(list(records(connection, "persons", every))) == len(whole) + 50
    assert len(many) == len(few)
    connection.execute(delete(table).where(table.c.key.between(100, 150)))
    monkeypatch.setattr(module, "BATCH", 2)
    batched = [row.as_dict() for row in records(connection, "persons", every)]
    assert batched == whole
    assert [row["id"] for row in whole] == sorted(row["id"] for row in whole)


def test_rows_are_read_as_they_are_taken(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that is left early has read no more than its first batch, and the connection goes on."""
    monkeypatch.setattr(module, "BATCH", 2)
    table = models.kind("persons").__table__
    with counted(connection) as sent:
        rows = records(connection, "persons", select(table.c.key), ["id", "name"])
        next(rows)
        rows.close()  # type: ignore[attr-defined]
    assert len(sent) == 2
    assert connection.scalar(select(table.c.id).where(table.c.key == 1)) == "first-a"


def test_a_row_says_how_it_was_found(connection: Connection) -> None:
    """Rows come in the order in which they were found, with what is known of each as an answer, in whole JSON too."""
    keys = {row.id: row.key for row in connection.execute(select(models.kind("persons").__table__))}
    found = [
        Found(keys["second-b"], "maybe", "variant", "Shcherbov = Щербов"),
        Found(keys["first-a"], "yes", "exact"),
        Found(keys["third-c"], "yes"),
        Found(keys["fourth-d"]),
        Found(-1, "yes"),  # there is no such record
    ]
    rows = list(records(connection, "persons", iter(found)))
    assert [(row.id, row.answer, row.match, row.why) for row in rows] == [
        ("second-b", "maybe", "variant", "Shcherbov = Щербов"),
        ("first-a", "yes", "exact", None),
        ("third-c", "yes", None, None),
        ("fourth-d", None, None, None),
    ]
    own = [entry["name"] for entry in json_fields("persons")]
    marks = [{key: value for key, value in row.as_dict().items() if key not in own} for row in rows]
    assert marks == [
        {"answer": "maybe", "match": "variant", "why": "Shcherbov = Щербов"},
        {"answer": "yes", "match": "exact", "why": None},
        {"answer": "yes"},
        {},
    ]
    (row,) = records(connection, "persons", found[:1], ["id"])
    assert (row.as_dict(), row.match, row["why"]) == ({"id": "second-b"}, "variant", "Shcherbov = Щербов")


def test_a_select_may_say_yes_or_maybe(connection: Connection) -> None:
    """A Select gives keys, and perhaps beside each whether the record surely is an answer."""
    table = models.kind("persons").__table__
    every = select(table.c.key, (table.c.id == "first-a").cast(Integer)).order_by(table.c.id).limit(2)
    answers = [(row.id, row.answer) for row in records(connection, "persons", every)]
    assert answers == [("eighth-h", "maybe"), ("fifth-e", "maybe")]
    surely = every.where(table.c.id == "first-a")
    assert [(row.id, row.answer) for row in records(connection, "persons", surely)] == [("first-a", "yes")]


def test_a_field_comes_before_a_mark(connection: Connection) -> None:
    """The reason of a judgement is its own, however it was found."""
    ((kind, key),) = find_id(connection, "judgement-1")
    (row,) = records(connection, kind, [Found(key, "yes", "exact", "a rule")])
    assert (row.why, row.as_dict()["why"], row.as_dict()["match"]) == (None, None, "exact")


def test_the_first_rows_come_at_once(connection: Connection) -> None:
    """Of an answer without an end a small first batch is taken, and read, before its first row is handed out."""
    ((_, key),) = find_id(connection, "first-a")
    taken = count()
    rows = records(connection, "persons", (Found(key) for _ in taken), ["id"])
    assert next(rows).id == "first-a"
    assert next(taken) == FIRST < module.BATCH


def test_a_row_shows_itself(connection: Connection) -> None:
    """A row names itself, tells a field in words, and shows in a notebook what is known, with signs escaped."""
    row = read(connection, "first-a")
    assert repr(row) == "<persons/first-a: Testov, Alpha (invented)>"
    assert (row.said("born"), row.said("fates"), row.said("died"), row.said("named")) == (
        "1890",
        "executed; killed",
        "",
        "true",
    )
    html = row._repr_html_()
    assert "made-up ¶75; made-up p. 9" in html
    assert "place_of_death" not in html
    assert "&#x27;" in read(connection, "fourth-d")._repr_html_()
    assert {"name", "born"} <= set(dir(row))


def test_headers_explain_the_template() -> None:
    """Every column of a template says what it means and what it takes."""
    columns = {column["name"]: column for column in headers("roles")}
    assert columns["role"]["vocabulary"]["witness"] == "gave evidence"
    assert columns["status"]["default"] == "stated"
    assert columns["within"]["kinds"][0] == "trials"
    assert columns["person"]["required"]
    dates = [n for n, field in models.kind("roles").fields.items() if isinstance(field, DateField)]
    assert {"begun", "ended"} == set(dates)
