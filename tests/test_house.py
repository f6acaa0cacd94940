"""The house's rules, asked of every kind at once: a new kind is tested the moment its model exists."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Engine, select
from sqlalchemy.exc import IntegrityError

from terrordb import database, library, models
from terrordb.errors import BadData
from terrordb.loading.keeping import Outcome, load
from terrordb.loading.sheets import open_sheet
from terrordb.models import fields as f
from terrordb.models.base import Base
from terrordb.querying.records import headers, json_fields, records

SEED = database.shipped("data/seed")

# A value for every type of field; what stands here is invented.
SAMPLES: dict[type[f.Field], str] = {
    f.CellsField: '{"Invented column":"invented words"}',
    f.TextField: "some words, with a comma",
    f.NameField: "Invented Person",
    f.NamesField: "Other Name; Further Name",
    f.WholeField: "1",
    f.NumberField: "1.5",
    f.FlagField: "true",
    f.ListField: "one; two",
    f.NumbersField: "1; 2",
    f.DateField: "summer of 1938",
    f.FigureField: "13 of 15",
}

# What breaks each check that a model states itself; a check that is not here fails the test below.
BREAKS: dict[str, dict[str, Any]] = {
    "ck_quotas_category_known": {"category": 3},
    "ck_quotas_amount_not_negative": {"amount": -1},
    "ck_places_latitude_on_earth": {"latitude": 91.0},
    "ck_places_longitude_on_earth": {"longitude": -181.0},
    "ck_judgements_of_one_kind": {"other_kind": "cases"},
    "ck_rehabilitations_of_somebody": {"person_key": None, "case_key": None, "trial_key": None},
    "ck_roles_perpetrator_cited": {"role": "killer", "locator": None},
    "ck_figures_low_high_order": {"low": 2.0, "high": 1.0},
}


def sample(field: f.Field) -> str:
    """Give a cell for a field."""
    if isinstance(field, (f.OneOfField, f.AnyField)):
        return f"{field.kinds[0]}/house-{field.kinds[0]}"
    if field.kinds:
        return f"house-{field.kinds[0]}"
    if isinstance(field, f.CodeField):
        return next(iter(field.vocabulary))
    return SAMPLES[type(field)]


def house_row(kind: str) -> dict[str, str]:
    """Give a row of a kind with a cell in every column."""
    fields = models.kind(kind).fields.values()
    return {field.header: sample(field) for field in fields if not field.computed} | {"id": f"house-{kind}"}


def write(folder: Path, kind: str, *rows: dict[str, str]) -> Path:
    """Write a CSV of a kind."""
    path = folder / f"{kind}.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return path


def load_files(engine: Engine, *paths: Path) -> Outcome:
    """Load files as the program does."""
    return load(engine, [open_sheet(p, kind=None, encoding=None) for p in paths], label="house", by="the tests")


@pytest.fixture
def house(engine: Engine, tmp_path: Path) -> Engine:
    """Give a database with one full row of every kind."""
    load_files(engine, *(write(tmp_path, kind, house_row(kind)) for kind in models.KINDS))
    return engine


def test_every_kind_is_stored_as_it_was_written(house: Engine) -> None:
    """CSV → database → CSV gives the same cells, for every column of every kind."""
    with house.connect() as connection:
        for kind in models.KINDS:
            table = models.kind(kind).__table__
            (row,) = records(connection, kind, select(table.c.key))
            assert row.cells() == house_row(kind), kind


@pytest.mark.parametrize("kind", models.KINDS)
def test_every_check_refuses_a_bad_row(house: Engine, kind: str) -> None:
    """Each CHECK of each table refuses a row that breaks it, and it alone."""
    table = models.kind(kind).__table__
    with house.connect() as connection:
        good = dict(connection.execute(select(table)).mappings().one())
    checks = [c for c in table.constraints if isinstance(c, CheckConstraint)]
    assert checks, "every table has the check that a record has an id"
    for check in checks:
        name = str(check.name)
        bad = good | {"key": 999, "id": "another"} | broken(models.kind(kind), name)
        with house.connect() as connection, pytest.raises(IntegrityError, match=name):
            connection.execute(table.insert().values(bad))


def broken(model: type[Base], name: str) -> dict[str, Any]:
    """Say what breaks a check: those that every model has are found by their names."""
    if name in BREAKS:
        return BREAKS[name]
    rule = name.removeprefix(f"ck_{model.__tablename__}_")
    if rule == "has_id":
        return {"id": None}
    if rule == "cited":
        return {"source_key": None}
    if rule.endswith("_one_of"):
        return dict.fromkeys(model.fields[rule.removesuffix("_one_of")].columns, 1)
    field = rule.removesuffix("_order")
    return {f"{field}_earliest": 19380101, f"{field}_latest": 19370101}


@pytest.mark.parametrize("kind", models.KINDS)
def test_an_orphan_is_refused(house: Engine, kind: str, tmp_path: Path) -> None:
    """A reference to nothing is refused, whichever field makes it, and nothing is loaded."""
    for field in models.kind(kind).fields.values():
        if not field.kinds:
            continue
        cell = f"{field.kinds[0]}/nobody" if isinstance(field, (f.OneOfField, f.AnyField)) else "nobody"
        row = house_row(kind) | {"id": "orphan", field.header: cell}
        with pytest.raises(BadData, match="'nobody' is none of the"):
            load_files(house, write(tmp_path, kind, row))
    table = models.kind(kind).__table__
    with house.connect() as connection:
        assert connection.scalar(select(table.c.id).where(table.c.id == "orphan")) is None


@pytest.mark.parametrize("kind", models.KINDS)
def test_the_same_again_changes_nothing(house: Engine, kind: str, tmp_path: Path) -> None:
    """Loading what is there already is no load."""
    outcome = load_files(house, write(tmp_path, kind, house_row(kind)))
    assert (outcome.load, outcome.unchanged) == (None, 1)


@pytest.mark.parametrize("kind", models.KINDS)
def test_every_field_is_documented(kind: str) -> None:
    """Every field says what it means, and its vocabulary what each of its words means."""
    for field in models.kind(kind).fields.values():
        assert field.meaning
        assert all(field.vocabulary.values())
    assert [column["name"] for column in headers(kind)] == [
        x.header for x in models.kind(kind).fields.values() if not x.computed
    ]


@pytest.mark.parametrize("kind", models.KINDS)
def test_records_have_the_keys_that_fields_lists(house: Engine, kind: str) -> None:
    """`terrordb fields KIND` lists just the keys that a record printed as JSON has."""
    table = models.kind(kind).__table__
    with house.connect() as connection:
        (row,) = records(connection, kind, select(table.c.key))
    printed = row.as_dict()
    scope = printed.get("scope")
    nested = {f"scope.{key}" for key in scope} if isinstance(scope, dict) else set()
    assert {x["name"] for x in json_fields(kind)} == printed.keys() | nested
    assert {"id", "status", "hedge", "note", "citations"} <= printed.keys()


@pytest.mark.parametrize("kind", models.KINDS)
def test_every_kind_has_a_seed_and_it_is_loaded(seeded: library.Database, kind: str) -> None:
    """The seed has a CSV for each kind, and the database made of it holds each of its rows, with the same cells."""
    with (SEED / f"{kind}.csv").open(newline="", encoding="utf-8") as file:
        written = {row["id"]: {k: v for k, v in row.items() if v} for row in csv.DictReader(file)}
    there = {row.id: {k: v for k, v in row.cells().items() if v} for row in seeded.query(kind)}
    defaults = {x.header: x.default for x in models.kind(kind).fields.values() if x.default}
    assert there == {named: defaults | cells for named, cells in written.items()}


@pytest.mark.parametrize("kind", models.KINDS)
def test_every_seed_record_is_cited(seeded: library.Database, kind: str) -> None:
    """Each seed record has a source, a paragraph and the words it stands on; only the text itself has none."""
    for row in seeded.query(kind):
        citations = row.as_dict()["citations"]
        if kind == "sources" and not citations:
            assert row.id == "great-purge-article"
            continue
        assert citations[0]["source"], row.id
        assert citations[0]["paragraph"], row.id
        assert citations[0]["anchor"], row.id
