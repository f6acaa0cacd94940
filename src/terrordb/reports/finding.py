"""What a check finds: rows, named and told in the words of some of their fields."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, select

from terrordb import models
from terrordb.querying.records import records

if TYPE_CHECKING:
    from sqlalchemy import Table

Told = tuple[str, Sequence[str]]  # a kind, and the fields to tell of it


class Finding(NamedTuple):
    """One row that a check found, as kind/id, and what is wrong with it."""

    record: str
    finding: str


def stored(kind: str) -> Table:
    """Give the table of a kind."""
    return models.kind(kind).__table__


def stands(table: FromClause) -> ColumnElement[bool]:
    """Say that a row was not withdrawn."""
    return table.c.status != "withdrawn"


def marked() -> list[str]:
    """Name the kinds whose records have a status."""
    return [kind for kind in models.KINDS if "status" in models.kind(kind).fields]


def reckoned(table: FromClause) -> ColumnElement[bool]:
    """Say that a row counts in sums and shares."""
    return table.c.status.not_in(("withdrawn", "dubious"))


def certainly_before(one: tuple[Table, str], other: tuple[Table, str]) -> ColumnElement[bool]:
    """Say that the last day one date may mean lies before the first day of the other."""
    return one[0].c[f"{one[1]}_latest"] < other[0].c[f"{other[1]}_earliest"]


def tell(connection: Connection, kind: str, keys: Sequence[int], fields: Sequence[str]) -> dict[int, Finding]:
    """Read some fields of records and put them into words."""
    made: dict[int, Finding] = {}
    for key, row in zip(keys, records(connection, kind, keys, ["id", *fields]), strict=True):
        parts = (f"{name} {said}" for name in fields if (said := row.said(name)))
        made[key] = Finding(f"{kind}/{row.id}", "; ".join(parts))
    return made


def rows(connection: Connection, told: Told, *rules: ColumnElement[bool]) -> Iterator[Finding]:
    """Find the rows of a kind that rules are true of; those withdrawn are none."""
    table = stored(told[0])
    keys = select(table.c.key).where(stands(table), *rules).order_by(table.c.id, table.c.key)
    yield from tell(connection, told[0], connection.scalars(keys).all(), told[1]).values()


def pairs(connection: Connection, keys: Select[Any], one: Told, other: Told) -> Iterator[Finding]:
    """Tell pairs of keys as rows of one kind, each with the row of another that stands against it."""
    found = sorted({(row[0], row[1]) for row in connection.execute(keys)})
    left = tell(connection, one[0], sorted({a for a, _ in found}), one[1])
    right = tell(connection, other[0], sorted({b for _, b in found}), other[1])
    for a, b in found:
        yield Finding(left[a].record, f"{left[a].finding}; but {right[b].record}: {right[b].finding}")
