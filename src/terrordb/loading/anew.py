"""Lists read anew: the rows of a list that was loaded, as cells again, to be read by another profile.

What a field took is given back by its words as written; what no field gives back as it was stands in `rest`.  The
journal keeps how each mapped list was read.  Rows that came otherwise, or were corrected since, are left as they are.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, RowMapping, Table, func, select

from terrordb import models
from terrordb.errors import BadData
from terrordb.loading import journal
from terrordb.loading.mapped import OWN_ID
from terrordb.loading.profiles import OF_PERSON, Profile, as_json, from_json, parts_of
from terrordb.loading.raw import Aside, RawTable, Rows
from terrordb.loading.standing import BATCH
from terrordb.models.base import LIST
from terrordb.models.fields import Field, ReferenceField

MEMO = 50_000  # ids that are remembered, so that memory does not grow with the list

__all__ = ["Read", "Way", "lists_of", "written"]


@dataclass
class Way:
    """How a list is read: its label, its header, and the kind or the profile that was named."""

    list_id: str
    label: str
    header: list[str]
    kind: str | None
    named: Path | None


@dataclass
class Read:
    """A list that was read: its rows, and by what profile loads of the same columns read them."""

    way: Way
    title: str
    loads: dict[int, Profile]
    newest: int  # the key of the last load there is
    apart: list[tuple[int, int]]  # first and last keys of rows that --prune of the list alone does not take
    table: RawTable = field(init=False)


def written(way: Way, profile: Profile, apart: Sequence[tuple[int, int]] = ()) -> dict[str, Any]:
    """Write how a list is read, for the journal, and which rows that are read anew are `apart` from its others."""
    told: dict[str, Any] = {"list": way.list_id, "label": way.label, "header": way.header, "profile": as_json(profile)}
    told |= {"kind": way.kind, "named": None if way.named is None else str(way.named)}
    return told | ({"apart": (profile.main, apart)} if apart else {})


def lists_of(engine: Engine, load: str) -> list[Read]:
    """Find the lists that a load read; BadData where it does not say how, or read one list in several ways."""
    with engine.connect() as connection:
        newest = connection.scalar(select(func.max(models.kind("loads").__table__.c.key))) or 0
        row = journal.find(connection, load)
        if row.read_as is None:
            said = f"{row.id} does not say how its rows were read: it is no mapped list, or an older terrordb loaded it"
            raise BadData(said, f"terrordb undo {row.id}, and load the file again", "the journal")
        told = {one["list"]: one for one in json.loads(row.read_as)}  # several files may be one list
        loads = models.kind("loads").__table__
        asked = select(loads).where(loads.c.undone.is_(None), loads.c.read_as.is_not(None))
        every = [(one, way) for one in connection.execute(asked) for way in json.loads(one.read_as)]
        return [_read(engine, connection, row, one, every, newest) for one in told.values()]


def _read(  # noqa: PLR0917
    engine: Engine,
    connection: Connection,
    load: Row[Any],
    told: dict[str, Any],
    every: Sequence[tuple[Row[Any], dict[str, Any]]],
    newest: int,
) -> Read:
    of_list = [(by, one) for by, one in every if one["list"] == told["list"]]
    if any(by.key == load.key and one["header"] != told["header"] for by, one in of_list):
        said = f"{load.id} read the list {told['list']} from tables of several headers"
        raise BadData(said, f"terrordb undo {load.id}, and load them one by one", "the journal")
    sources = models.kind("sources").__table__
    source = connection.execute(select(sources).where(sources.c.id == told["list"])).first()
    if source is None or source.list_number is None:
        said = f"the list {told['list']} that {load.id} read is there no more"
        raise BadData(said, "terrordb loads shows what stands; load the file again", "the journal")
    named = None if told["named"] is None else Path(told["named"])
    way = Way(told["list"], told["label"], told["header"], told["kind"], named)
    main = from_json(told["profile"]).main
    alike = [(by, one, from_json(one["profile"])) for by, one in of_list if one["header"] == told["header"]]
    alike = [(by, one, profile) for by, one, profile in alike if profile.main == main]
    kept = models.kind(main).__table__
    low, high = source.list_number * LIST, (source.list_number + 1) * LIST - 1
    marks = {f"list {one['list']}" for one in json.loads(load.read_as)}
    taken = {
        by.key: [(low, high)] if _read_others(by, main, marks) else one.get("apart", ("", ()))[1]
        for by, one, _ in alike
    }
    apart = _joined(connection, kept, (low, high), taken)
    made = Read(way, source.title, {by.key: profile for by, _, profile in alike}, newest, apart)
    header = [*way.header, OWN_ID]
    reading = partial(_rows, engine, made, source.list_number)
    made.table = _Kept(
        Path(way.label), f"{way.label} as kept", load.hash, "kept", None, header, 1, [], (0, 0), header, reading
    )
    of_them = select(func.count()).select_from(kept).where(kept.c.key.between(low, high))
    others = connection.scalar(of_them.where(kept.c.load_key.not_in(list(made.loads)))) or 0
    if others:
        made.table.said.append(f"left as they are: {others:,} {main} that other loads wrote, or corrected")
    return made


def _read_others(load: Row[Any], kind: str, marks: Container[str]) -> bool:
    """Say whether a load read files that are none of these lists: rows that were mended are by themselves."""
    return any(of == kind and mark not in marks for of, mark, *_ in json.loads(load.files))


def _joined(
    connection: Connection, table: Table, within: tuple[int, int], taken: Mapping[int, Sequence[tuple[int, int]]]
) -> list[tuple[int, int]]:
    """Join the keys of rows of which each is `taken` from its load, by spans of keys; most stand side by side."""
    loads = [load for load, spans in taken.items() if spans]
    c = table.c
    rows = select(c.key, c.load_key).where(c.key.between(*within), c.load_key.in_(loads)).order_by(c.key)
    found: list[tuple[int, int]] = []
    for key, load in connection.execute(rows, execution_options={"yield_per": BATCH}) if loads else ():
        at = bisect_right(taken[load], key, key=itemgetter(0))
        if at and key <= taken[load][at - 1][1]:
            follows = bool(found) and found[-1][1] == key - 1
            found.append((found.pop()[0] if follows else key, key))
    return found


class _Kept(RawTable):
    """Rows that are given back by the database."""

    def rows(self, aside: Aside) -> Rows:
        """Give the rows by their lines."""
        yield from self.read(self, aside)


class _Giver(NamedTuple):
    """A field that gives back the cells of columns, or of one."""

    columns: tuple[str, ...]
    field: Field


@dataclass
class _By:
    """A profile that rows were read by, as what is needed to turn them back."""

    first: dict[str, int]  # kind → the least number of its records
    givers: dict[tuple[str, int], list[_Giver]]


def _by(profile: Profile) -> _By:
    """Find the fields that give back what they took; of all others the cells stand in `rest`, or are empty."""
    first: dict[str, int] = {}
    givers: dict[tuple[str, int], list[_Giver]] = defaultdict(list)
    for kind, number in [*profile.fields, (profile.main, 0)]:
        first[kind] = min(number, first.get(kind, number))
    for kind, number, name, column in profile.givers:
        givers[kind, number].append(_Giver(column.columns, models.kind(kind).fields[name]))
    return _By(first, givers)


def _rows(engine: Engine, read: Read, number: int, table: RawTable, _aside: Aside) -> Rows:
    """Give back rows as cells, with their ids behind; one of which a record was corrected since is left out."""
    main = next(iter(read.loads.values())).main
    hanging = [kind for kind in OF_PERSON if kind != main] if main == "persons" else []

    def is_ours(one: RowMapping) -> bool:
        return one["load_key"] in read.loads

    # What other loads tell of a person has ids of its own; in place of a record of the row stands what has its id.
    makes = {kind for one in read.loads.values() for kind in (one.kind, *one.constants, *(of for of, _ in one.fields))}

    def is_corrected(of: str, kind: str, one: RowMapping) -> bool:
        return not is_ours(one) and kind in makes and re.fullmatch(re.escape(of) + r"(\.\d+)?", one["id"]) is not None

    with engine.connect() as connection:
        of = models.kind(main).__table__
        low, high = number * LIST, (number + 1) * LIST - 1
        rows = select(of).where(of.c.key.between(low, high), of.c.load_key.in_(list(read.loads)))
        ids, bys = _Ids(connection), {key: _by(profile) for key, profile in read.loads.items()}
        given, left, key = 0, 0, low
        part = rows.order_by(of.c.key).limit(BATCH)
        while some := connection.execute(part.where(of.c.key > key)).mappings().all():
            key = some[-1]["key"]
            further = _hanging(connection, hanging, [row["key"] for row in some], low, high)
            for row in some:
                if any(is_corrected(row["id"], kind, one) for kind, one in further[row["key"]]):
                    left += 1
                    continue
                mine = [(main, row), *((kind, one) for kind, one in further[row["key"]] if is_ours(one))]
                given += 1
                kept: dict[str, str] = json.loads(row["rest"]) if row["rest"] else {}
                found = dict(kept)
                for kind, one in mine:
                    by, behind = bys[one["load_key"]], one["id"][len(row["id"]) :]
                    number = int(behind.removeprefix(".")) if behind else by.first.get(kind, 0)
                    for giver in by.givers.get((kind, number), ()):
                        if kept.keys().isdisjoint(giver.columns):
                            _give(giver, ids.cell(giver.field, one), found)
                yield row["row_no"] or 0, [*(found.get(name, "") for name in read.way.header), row["id"]]
        if not given:
            said = "none of its rows is as it was loaded: all were corrected, or replaced"
            raise BadData(said, "load the file again", table.label)
        if left:
            table.tell(f"left as they are: {left:,} {main} of which a record was corrected since")


def _hanging(
    connection: Connection, kinds: Iterable[str], keys: Sequence[int], low: int, high: int
) -> dict[int, list[tuple[str, RowMapping]]]:
    """Read what hangs on persons, of the same list."""
    found: dict[int, list[tuple[str, RowMapping]]] = defaultdict(list)
    for kind in kinds:
        table: Table = models.kind(kind).__table__
        # Told of the range of the list, SQLite would walk through all of it each time.
        for row in connection.execute(select(table).where(table.c.person_key.in_(keys))).mappings():
            if low <= row["key"] <= high:
                found[row["person_key"]].append((kind, row))
    return found


def _give(giver: _Giver, cell: str, found: dict[str, str]) -> None:
    """Give back the cells that a field took, where no other did."""
    if len(giver.columns) == 1:
        found.setdefault(giver.columns[0], cell)
        return
    for column, part in zip(giver.columns, parts_of(cell, len(giver.columns)), strict=False):
        found.setdefault(column, part)


class _Ids:
    """Write stored values as cells; what a record points to is written by its id, which is remembered."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.known: dict[tuple[str, int], str] = {}

    def cell(self, of: Field, row: RowMapping) -> str:
        """Give the cell of a field."""
        values = tuple(map(row.__getitem__, of.columns))
        if not isinstance(of, ReferenceField):
            return of.cell(values)
        if (found := of.found(values)) is None:
            return ""
        if len(self.known) > MEMO:
            self.known.clear()
        if found not in self.known:
            table = models.kind(found[0]).__table__
            self.known[found] = str(self.connection.scalar(select(table.c.id).where(table.c.key == found[1])))
        return of.written(found[0], self.known[found])
