"""Rows and people: of how many people, or acts, the records of an answer are, as somebody judged.

Rows are never merged; a judgement `same` says that two of them are of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Select, func, select, true

from terrordb import models
from terrordb.models.derived import judged_same
from terrordb.querying.deciding import counted
from terrordb.querying.selecting import MOST_VALUES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.querying.selecting import Matches

__all__ = ["Judged", "heads", "judged"]


class Judged(NamedTuple):
    """How many records were counted, and of how many people, or acts, they are."""

    records: int
    people: int


def judged(connection: Connection, kind: str, rule: Matches, *, dubious: bool = False) -> Judged | None:
    """Count the people, or acts, that the records of a rule are of; None where no two of the kind are judged to be one.

    Dubious records are left out unless `dubious`.  What follows from several judgements is drawn, through records that
    are not asked for too: whoever asks for fewer must not find more people.  `different` parts nothing that is tied.
    """
    pairs = _same(kind)
    if pairs is None or not connection.scalar(select(pairs.exists())):
        return None
    table = models.kind(kind).__table__
    found = select(table.c.key).where(rule, counted(table, dubious=dubious))
    records = connection.scalar(select(func.count()).select_from(found.subquery())) or 0
    if records < 2:
        return Judged(records, records)
    tied = heads(connection, kind)
    among = table.c.key.in_(tied) if len(tied) <= MOST_VALUES else true()
    asked = [tied[key] for key in connection.scalars(found.where(among)) if key in tied]
    return Judged(records, records - len(asked) + len(set(asked)))


def heads(connection: Connection, kind: str) -> dict[int, int]:
    """Give each record of a kind that is judged to be one with another the least key of them all, to stand for them."""
    above: dict[int, int] = {}

    def head(key: int) -> int:
        while (higher := above.setdefault(key, key)) != key:
            above[key] = key = above[higher]  # the way is halved as it is gone
        return key

    pairs = _same(kind)
    for one, other in connection.execute(pairs) if pairs is not None else ():
        least, most = sorted((head(one), head(other)))
        above[most] = least
    return {key: head(key) for key in list(above)}


def _same(kind: str) -> Select[Any] | None:
    """Select the pairs that are judged to be one, by judgements that nobody took back; None of a kind never judged."""
    model = models.kind("judgements")
    if kind not in model.fields["record"].kinds:
        return None
    c = model.__table__.c
    return select(c.record_key, c.other_key).where(judged_same(kind))
