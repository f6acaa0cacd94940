"""Rows of real tables that were read by hand, at least twenty a table and odd ones first: what a load makes of them.

`read_by_hand.csv` has of each the table, the record (the list's own number, or where it has none the row in the file),
the field and its value; of a date that is EDTF, earliest and latest day, of several records of a row all of them.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from sqlalchemy import select
from tests.loading.test_real_lists import REAL

from terrordb import models
from terrordb.loading.lists import Asked, keep, prepare
from terrordb.loading.mapped import SET_ASIDE
from terrordb.querying.records import records
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from tests.loading.conftest import Desk

    from terrordb.loading.mapped import Mapped
    from terrordb.querying.records import Row

pytestmark = pytest.mark.given

BY_HAND: dict[str, dict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
with Path(__file__).with_name("read_by_hand.csv").open(encoding="utf-8", newline="") as file:
    for line in csv.DictReader(file):
        BY_HAND[line["table"]][line["record"]][line["field"]] = line["value"]


class Table(NamedTuple):
    """A table as it was read by hand: its file, the profile, how many rows it has, and how many can be no record."""

    file: str
    by_hand: str
    profile: str
    rows: int
    aside: int = 0


ARGENTINA = Table("argentina_ruvte/victimas-accionar-represivo-ilegal.csv", "argentina", "argentina", 8753)
ALIASES = Table("argentina_ruvte/apodos.csv", "argentina-aliases", "argentina-aliases", 5362, 3)
TABLES = [
    Table("north_ossetia/1_Sev_Osetia.xlsx", "north-ossetia", "north-ossetia", 2998),
    Table("women_executed/women_executed_flat.tsv", "executed-women", "executed-women", 4683),
    ARGENTINA,
    Table(
        "argentina_ruvte/victimas-accionar-represivo-ilegal-sin-denuncia-formal.csv",
        "argentina-unreported",
        "argentina",
        784,
    ),
    ALIASES,
    Table("chile_pinochet/pinochet.csv", "chile", "chile", 2398),
    Table("catalonia_executed/Executats pel franquisme a Catalunya.csv", "catalonia", "catalonia", 3355),
    Table("catalonia_executed/Executats pel franquisme a Catalunya.xlsx", "catalonia", "catalonia", 3355),
    Table("gulag_camps/camp-statistics.sql", "gulag-camps-yearly", "gulag-camps-yearly", 2472, 87),
    Table("repression_figures_kosik/min_arrests_by_year.csv", "arrests-by-ethnicity", "arrests-by-ethnicity", 942),
]


def load(desk: Desk, table: Table) -> Mapped:
    """Load a table as the command does; what is set aside goes into a folder of ours."""
    source = table.profile.removesuffix("-aliases")  # which are words of the register's own list
    asked = Asked(profile=Path(table.profile), source=source, rejected=desk.folder / "rejected.csv")
    ready = prepare(desk.engine, [REAL / table.file], asked, lambda *_: None)
    keep(desk.engine, ready, label=table.file)
    (mapped,) = ready.mapped
    return mapped


def kept(desk: Desk, main: str, asked: Container[str]) -> dict[str, list[Row]]:
    """Read some records of a list, and what hangs on each."""
    table = models.kind(main).__table__
    found: dict[str, list[Row]] = defaultdict(list)
    with desk.engine.connect() as connection:
        every = connection.execute(select(table.c.key, table.c.id, table.c.record_no, table.c.row_no))
        rows = [(key, named, number) for key, named, own, at in every if (number := own or str(at)) in asked]
        keys, numbers = [key for key, *_ in rows], {named: number for _, named, number in rows}
        for kind in (main, *(("cases", "rehabilitations") if main == "persons" else ())):
            of = models.kind(kind).__table__
            whose = of.c.key if kind == main else of.c.person_key
            for row in records(connection, kind, select(of.c.key).where(whose.in_(keys))):
                found[numbers[row.id if kind == main else row["person"]]].append(row)
    return found


def told(rows: Sequence[Row], path: str) -> str:
    """Write a field of the records of a row as it is written by hand."""
    kind, _, name = path.partition(".")
    if kind == "rest":
        return str((rows[0].as_dict()["rest"] or {}).get(name, ""))
    return " + ".join(said(row[name]) for row in rows if row.kind_of_record == kind)


def said(value: Any) -> str:
    """Write a value as it is written by hand."""
    if isinstance(value, HistoricalDate):
        return f"{value.edtf} {value.first or '-'} {value.last or '-'}"
    return "" if value is None else str(value)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: Path(table.file).name)
def test_what_was_read_by_hand_is_what_is_kept(desk: Desk, table: Table) -> None:
    """Names, dates, codes and figures are what a human reads; each row is accounted for; undo restores the hash."""
    if table is ALIASES:
        load(desk, ARGENTINA)
    before = desk.hash()
    mapped = load(desk, table)
    assert (mapped.read, mapped.taken) == (table.rows, table.rows - table.aside)
    aside = {}
    if table.aside:
        with (desk.folder / "rejected.csv").open(encoding="utf-8", newline="") as rejected:
            aside = {row.get("id") or row[SET_ASIDE[0]]: row[SET_ASIDE[1]] for row in csv.DictReader(rejected)}
    assert len(aside) == table.aside
    by_hand = BY_HAND[table.by_hand]
    found = kept(desk, mapped.profile.main, by_hand)
    assert {
        number: {path: aside.get(number, "") if path == "set aside" else told(found[number], path) for path in fields}
        for number, fields in by_hand.items()
    } == by_hand
    assert found.keys() == {number for number, fields in by_hand.items() if "set aside" not in fields}
    loads = desk.column("loads", "undone")
    desk.undo(max(loads, key=lambda named: int(named.partition("-")[2])))
    assert desk.hash() == before
