"""What rows of several kinds tell of persons, and of which days."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, null, or_, select, union_all

from terrordb import models
from terrordb.errors import BadValue
from terrordb.querying.records import SHOWING, records
from terrordb.reports.attested import doubt
from terrordb.reports.finding import stored
from terrordb.reports.table import words
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import CompoundSelect, Connection

    from terrordb.querying.records import Row

__all__ = [
    "BATCH",
    "Telling",
    "Told",
    "as_date",
    "certain",
    "day_of",
    "every",
    "exact",
    "fates",
    "known",
    "remarks",
    "told",
]

MARKED = ("id", "status", "hedge", "citations")
BATCH = 500  # persons that are read at once

Rules = tuple[ColumnElement[bool], ...]


class Telling(NamedTuple):
    """Rows of one kind that tell something: of whom, a number that is weighed, and the fields that say it."""

    kind: str
    tables: FromClause
    person: ColumnElement[Any]  # the key of the person
    value: ColumnElement[Any]
    rules: Rules
    fields: tuple[str, ...]

    def selected(self, *rules: ColumnElement[bool]) -> Select[Any]:
        """Select person and value of the rows for which these rules hold too."""
        columns = (self.person.label("person"), self.value.label("value"))
        return select(*columns).select_from(self.tables).where(*self.rules, *rules)


class Told(NamedTuple):
    """One row that tells something of a person, and the fields that say it."""

    row: Row
    fields: tuple[str, ...]


def every(tellings: Iterable[Telling]) -> CompoundSelect[Any]:
    """Select person and value of all that is told."""
    return union_all(*(one.selected() for one in tellings))


def told(connection: Connection, tellings: Iterable[Telling], persons: Sequence[int]) -> dict[int, list[Told]]:
    """Read the rows that tell something of these persons, by the key of the person: one reading a kind."""
    found: dict[int, list[Told]] = defaultdict(list)
    for one in tellings:
        key = stored(one.kind).c.key
        chosen = select(key, one.person).select_from(one.tables).where(*one.rules, one.person.in_(persons))
        pairs = connection.execute(chosen.order_by(key)).all()
        fields = [*dict.fromkeys(("id", *one.fields, "status", "hedge", "citations"))]
        for (_, person), row in zip(pairs, records(connection, one.kind, [p[0] for p in pairs], fields), strict=True):
            found[person].append(Told(row, one.fields))
    return found


def remarks(told_rows: Iterable[Told]) -> list[str]:
    """Say of rows that tell something how far they may be doubted, each sort of row once."""
    found = ((models.MODULES[one.row.kind_of_record], doubt(one.row)) for one in told_rows)
    return list(dict.fromkeys(f"{kind}: {said}" for kind, said in found if said))


def fates(connection: Connection, persons: Sequence[Row]) -> dict[str, list[str]]:
    """Tell every fate that a source gives of persons, each with how far it is to be doubted, by the persons' ids."""
    given: dict[tuple[str, str], list[str]] = {(row.id, fate): [] for row in persons for fate in row.fates}
    rows = _showing(connection, persons)
    for person in persons:
        for citation in person.citations:
            by = citation.shown or citation.by
            if citation["field"] == "fate" and by in rows and person.fates:
                said = doubt(rows[by], *SHOWING["fate"])
                given[person.id, citation["value"] or person.fates[0]].append(said)
    found: dict[str, list[str]] = defaultdict(list)
    for (person_id, fate), doubts in given.items():
        why = "; ".join(dict.fromkeys(filter(None, doubts)))
        found[person_id].append(f"{words(fate)}{f' ({why})' if why else ''}")
    return found


def _showing(connection: Connection, persons: Iterable[Row]) -> dict[tuple[str, int], Row]:
    """Read the rows from which fates are worked out."""
    keys: dict[str, set[int]] = defaultdict(set)
    for citation in (c for person in persons for c in person.citations if c["field"] == "fate"):
        if (by := citation.shown or citation.by) is not None:
            keys[by[0]].add(by[1])
    return {
        (kind, key): row
        for kind, some in keys.items()
        for key, row in zip(sorted(some), records(connection, kind, sorted(some), MARKED), strict=True)
    }


# ---------------------------------------------------------------- days


def as_date(said: str) -> HistoricalDate | None:
    """Read the words of a claim as a date; None where they are none."""
    try:
        return HistoricalDate.parse(said)
    except BadValue:
        return None


def exact(one: HistoricalDate) -> int | None:
    """Give the day of a date that is surely one day, else None."""
    return one.first if one.certain and one.first == one.last else None


def known(table: FromClause, field: str) -> ColumnElement[bool]:
    """Ask for rows that have a date."""
    return or_(table.c[f"{field}_earliest"].is_not(None), table.c[f"{field}_latest"].is_not(None))


def day_of(table: FromClause, field: str) -> ColumnElement[Any]:
    """Give the day of a date that is surely one day, else NULL."""
    early, late = table.c[f"{field}_earliest"], table.c[f"{field}_latest"]
    return case((and_(early == late, certain(table, field)), early), else_=null())


def certain(table: FromClause, field: str) -> ColumnElement[bool]:
    """Ask for dates that are neither doubtful nor approximate."""
    edtf = table.c[f"{field}_edtf"]
    return or_(edtf.is_(None), and_(*(edtf.not_like(f"%/{sign}%", escape="/") for sign in "?~%")))
