"""The journal: which loads stand, and how one is undone.

An undo removes what the load added and puts back what it replaced or removed.  Where later loads stand on its rows -
they replaced them again, or point to them - those are undone too, newest first, but only when that is asked for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Row, Select, delete, exists, func, select

from terrordb import models
from terrordb.database import check_keys, insert, take_turns, tidy
from terrordb.errors import TerrorDBError, nearest
from terrordb.loading import hashing
from terrordb.loading.anchoring import anchor_again
from terrordb.loading.standing import BATCH, Gone, loose, order_of_kinds, parts, points_of, read_former, update
from terrordb.loading.tallies import Tallies
from terrordb.loading.words import WordIndex
from terrordb.models.derived import rebuild_fates
from terrordb.models.engine import changes

TOLD = 20


@dataclass
class Plan:
    """Which loads an undo takes, newest first, and why those after the first asked for."""

    loads: list[Row[Any]]
    reasons: list[str] = field(default_factory=list)


def find(connection: Connection, named: str) -> Row[Any]:
    """Find a load that stands; TerrorDBError where there is no such load, or it is undone already."""
    loads = models.kind("loads").__table__
    every = {row.id: row for row in connection.execute(select(loads).order_by(loads.c.key))}
    wanted = named.removeprefix("loads/")
    if wanted not in every:
        raise TerrorDBError(
            f"there is no load '{wanted}'", nearest(wanted, every) if every else "nothing was loaded yet"
        )
    if every[wanted].undone:
        raise TerrorDBError(f"{wanted} was undone already, {every[wanted].undone}", "terrordb loads shows what stands")
    return every[wanted]


def plan(connection: Connection, named: str) -> Plan:
    """Find out what the undo of a load takes; TerrorDBError where there is no such load, or it is undone already."""
    wanted = find(connection, named)
    loads = models.kind("loads").__table__
    by_key = {row.key: row for row in connection.execute(select(loads).order_by(loads.c.key))}
    chosen, waiting = {wanted.key}, [wanted.key]
    reasons: list[str] = []
    while waiting:
        key = waiting.pop()
        for after, reason in _standing_on(connection, key, by_key):
            if after not in chosen:
                chosen.add(after)
                waiting.append(after)
            if len(reasons) < TOLD and reason not in reasons:
                reasons.append(reason)
    return Plan([by_key[key] for key in sorted(chosen, reverse=True)], reasons)


def _added_by(kind: str, key: int) -> Select[Any]:
    """Select the rows that a load added (not those it replaced)."""
    table = models.kind(kind).__table__
    replaced = exists().where(changes.c.load_key == key, changes.c.kind == kind, changes.c.key == table.c.key)
    return select(table.c.key).where(table.c.load_key == key, ~replaced)


def _standing_on(connection: Connection, key: int, loads: dict[int, Any]) -> Iterator[tuple[int, str]]:
    """Find the later loads that must be undone before this one: what it added must be free, what it replaced whole."""
    gone = Gone(connection)
    for kind in models.KINDS:
        gone.add_all(kind, _added_by(kind, key))
    for kind, formers in _formers(connection, changes.c.load_key > key):
        for row, after in formers:
            if row["load_key"] == key:
                yield after, f"{loads[after].id} replaced or removed {kind}/{row['id']}"
        # What this load added goes, though it has been replaced since.
        keys = {row["key"] for row, _ in formers if row["load_key"] == key}
        replaced = select(changes.c.key).where(changes.c.load_key == key, changes.c.kind == kind)
        gone.add(kind, keys - set(connection.scalars(replaced.where(changes.c.key.in_(keys)))))
    for kind, named, after, of_kind, of in gone.standing():
        if after != key:
            yield after, f"{kind}/{named} of {loads[after].id} points to {of_kind}/{of}"
    removed: dict[tuple[str, str], int] = {}
    for kind, formers in _formers(connection, changes.c.load_key == key):
        table = models.kind(kind).__table__
        yield from _lost(connection, kind, formers, key, loads)
        there = _there(connection, kind, (row["key"] for row, _ in formers))
        ids = {row["id"]: row["key"] for row, _ in formers if row["key"] not in there}
        for named, after in connection.execute(select(table.c.id, table.c.load_key).where(table.c.id.in_(ids))):
            yield after, f"{loads[after].id} added {kind}/{named} again"
        removed |= {(kind, named): row_key for named, row_key in ids.items()}
    for kind, formers in _formers(connection, changes.c.load_key > key):
        pointing = gone.among(point for row, _ in formers for point in points_of(kind, row))
        for row, _ in formers:
            said, written = f"{kind}/{row['id']}", row["load_key"]
            if written > key and removed.get((kind, row["id"]), row["key"]) != row["key"]:
                yield written, f"{loads[written].id} added {said} again"
            elif written > key and not pointing.isdisjoint(points_of(kind, row)):
                yield written, f"{said}, as {loads[written].id} had it, points to a record of {loads[key].id}"


def _lost(
    connection: Connection, kind: str, formers: _Formers, key: int, loads: dict[int, Any]
) -> Iterator[tuple[int, str]]:
    """Find the later loads that removed what rows to be put back point to."""
    by_kind: dict[str, set[int]] = defaultdict(set)
    for row, _ in formers:
        for of_kind, of_key in points_of(kind, row):
            by_kind[of_kind].add(of_key)
    for of_kind, keys in by_kind.items():
        for lost in keys - _there(connection, of_kind, keys):
            removals = select(func.max(changes.c.load_key)).where(changes.c.kind == of_kind, changes.c.key == lost)
            if (after := connection.scalar(removals)) is not None and after != key:
                yield after, f"{loads[after].id} removed one of the {of_kind} that {kind} to be put back point to"


def _there(connection: Connection, kind: str, keys: Iterable[int]) -> set[int]:
    table = models.kind(kind).__table__
    return {key for part in parts(keys) for key in connection.scalars(select(table.c.key).where(table.c.key.in_(part)))}


_Formers = list[tuple[dict[str, Any], int]]  # rows as they were, with the load that replaced or removed them


def _formers(connection: Connection, *which: ColumnElement[bool]) -> Iterator[tuple[str, _Formers]]:
    """Read rows as they were, a part of one kind at a time."""
    read = select(changes).where(*which).order_by(changes.c.load_key, changes.c.kind, changes.c.key)
    for part in connection.execute(read, execution_options={"yield_per": BATCH}).partitions():
        for kind, rows in groupby(part, lambda row: str(row.kind)):
            yield kind, [(read_former(row.former), row.load_key) for row in rows]


def undo(engine: Engine, named: str, *, cascade: bool = False, shown: Any = None) -> Plan:
    """Undo a load; where others stand on it only with `cascade`, and `shown` is called with the plan first."""
    with engine.begin() as connection:
        take_turns(connection)
        planned = plan(connection, named)
        if len(planned.loads) > 1 and not cascade:
            raise TerrorDBError(
                f"{planned.loads[-1].id} cannot be undone alone:\n  " + "\n  ".join(planned.reasons),
                f"--cascade undoes {', '.join(row.id for row in planned.loads)}, in this order",
            )
        if shown is not None:
            shown(planned)
        tallies = Tallies(connection)
        for row in planned.loads:
            _undo_one(connection, row.key, tallies)
        tallies.finish(fates=rebuild_fates(connection, None) > 0)
        anchor_again(connection)
        check_keys(connection)
    tidy(engine)
    return planned


def _undo_one(connection: Connection, key: int, tallies: Tallies) -> None:
    loads = models.kind("loads").__table__
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    gone = Gone(connection)
    for kind in models.KINDS:
        gone.add_all(kind, _added_by(kind, key))
    tallies.going(gone)
    _put_back(connection, gone, key, sums, tallies)
    for kind, (count, total) in gone.remove().items():
        sums[kind][0] -= count
        sums[kind][1] -= total
    connection.execute(delete(changes).where(changes.c.load_key == key))
    hashing.keep(connection, {kind: (count, total) for kind, (count, total) in sums.items()})
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    connection.execute(loads.update().where(loads.c.key == key).values(undone=now))


def _put_back(connection: Connection, gone: Gone, key: int, sums: dict[str, list[int]], tallies: Tallies) -> None:
    """Put back what a load replaced or removed: first the rows that are not there, then all of each as it was."""
    words = WordIndex(connection)
    for kind in order_of_kinds():
        table = models.kind(kind).__table__
        columns = [c.name for c in table.columns]
        for _, formers in _formers(connection, changes.c.load_key == key, changes.c.kind == kind):
            rows = {row["key"]: row for row, _ in formers}
            tallies.touch(kind, rows, rows.values())
            digests = select(table.c.key, table.c.digest).where(table.c.key.in_(rows))
            there = {k: bytes(d) for k, d in connection.execute(digests)}
            emptied = dict.fromkeys((*loose(kind), "list_number"))  # another list may have the number now
            lacking = [row | emptied for row_key, row in rows.items() if row_key not in there]
            insert(connection, table, columns, (tuple(row.get(c) for c in columns) for row in lacking))
            if there:
                gone.forget_words(kind, list(there))
            words.add(models.kind(kind), rows.values())
            sums[kind][0] += len(lacking)
            sums[kind][1] += sum(int.from_bytes(row["digest"]) for row in rows.values())
            sums[kind][1] -= sum(map(int.from_bytes, there.values()))
    words.finish()
    for kind in order_of_kinds():
        table = models.kind(kind).__table__
        empty = dict.fromkeys(c.name for c in table.columns)
        for _, formers in _formers(connection, changes.c.load_key == key, changes.c.kind == kind):
            update(connection, table, [empty | row for row, _ in formers])
