"""The database itself: its journal, what it holds, and whether what is kept agrees with what is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import URL, Connection, exists, select

from terrordb import database, models
from terrordb.loading import hashing
from terrordb.loading.reading import digest
from terrordb.loading.seed import LABEL, newest
from terrordb.loading.tallies import differing
from terrordb.models.derived import differing_fates
from terrordb.models.fields import ReferencesField
from terrordb.querying.records import records
from terrordb.reports.table import Table


def loads(connection: Connection) -> Table:
    """List the loads, the oldest first."""
    table = models.kind("loads").__table__
    columns = ("id", "file", "hash", "loaded", "by", "rows", "added", "changed", "removed", "undone")
    rows = connection.execute(select(*(table.c[c] for c in columns)).order_by(table.c.key)).all()
    return Table("", columns, [tuple(row) for row in rows])


def status(connection: Connection, url: URL) -> Table:
    """Say where a database is, which schema it has, how many records of each kind, and its content hash."""
    schema = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    sums = hashing.kept(connection)
    rows: list[tuple[str, Any]] = [("database", database.say(url)), ("schema", schema)]
    rows += [(kind, count) for kind in models.KINDS if (count := sums.get(kind, (0, 0))[0])]
    rows.append(("seed", _seed(connection)))
    rows.append(("content hash", hashing.content_hash(sums)))
    return Table("", ("what", "value"), rows)


def _seed(connection: Connection) -> str:
    """Say whether the shipped seed is in a database, and whether it is the newest."""
    table = models.kind("loads").__table__
    if not connection.scalar(select(exists().where(table.c.file == LABEL, table.c.undone.is_(None)))):
        return "not loaded"
    return "the shipped one" if newest(connection) else "older than the shipped one: terrordb db update"


def check(connection: Connection) -> Table:
    """List what differs from what is kept: records' digests, sums, fates, counts, and references that point nowhere."""
    found: list[tuple[str, str, str]] = []
    kept = hashing.kept(connection)
    for kind in models.KINDS:
        found += _digests(connection, kind, kept.get(kind, (0, 0)))
        found += _references(connection, kind)
    found += [
        ("fate", f"persons/{named}", f"kept: {was}; worked out: {now}")
        for named, was, now in differing_fates(connection)
    ]
    found += [("count", f"{kind} by {field}", said) for kind, field, said in differing(connection)]
    return Table("", ("what", "record", "finding"), found)


def _digests(connection: Connection, kind: str, kept: tuple[int, int]) -> Iterator[tuple[str, str, str]]:
    """Work the content hash of a kind out anew, from its cells."""
    table = models.kind(kind).__table__
    keys = select(table.c.key).order_by(table.c.key)
    count = total = 0
    stored = connection.execution_options(stream_results=True).execute(select(table.c.digest).order_by(table.c.key))
    for row, (written,) in zip(records(connection, kind, keys), stored, strict=True):
        cells = {header: cell for header, cell in row.cells().items() if cell}
        named = cells.pop("id")
        if (now := digest(named, cells)) != bytes(written):
            yield "digest", f"{kind}/{named}", "its cells are not those that were loaded"
        count, total = count + 1, (total + int.from_bytes(now)) % hashing.WHOLE
    if (count, total) != kept:
        yield "content hash", kind, f"kept for {kept[0]:,} records of another sum; there are {count:,}"


def _references(connection: Connection, kind: str) -> Iterator[tuple[str, str, str]]:
    """Find references to records that are not there."""
    table = models.kind(kind).__table__
    for f in models.kind(kind).fields.values():
        for points in f.pointers(table):
            of = models.kind(points.kind).__table__.alias("of")
            lost = (
                select(table.c.id)
                .select_from(table)
                .join(of, of.c.key == points.key, isouter=True)
                .where(points.key.is_not(None), of.c.key.is_(None), *points.rules)
            )
            for named in connection.scalars(lost):
                yield "reference", f"{kind}/{named}", f"{f.name} points to none of the {points.kind}"
        if isinstance(f, ReferencesField):
            of = models.kind(f.kinds[0]).__table__
            for named, ids in connection.execute(
                select(table.c.id, table.c[f.name]).where(table.c[f.name].is_not(None))
            ):
                asked = f.plain((ids,))
                there = set(connection.scalars(select(of.c.id).where(of.c.id.in_(asked))))
                for lost_id in asked:
                    if lost_id not in there:
                        yield (
                            "reference",
                            f"{kind}/{named}",
                            f"{f.name} names {lost_id}, which is none of the {f.kinds[0]}",
                        )
