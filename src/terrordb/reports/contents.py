"""What is in a database: its kinds, loads and sources, which values are missing, and what is in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy import Table as Stored

from terrordb import models
from terrordb.loading import hashing
from terrordb.models import fields as f
from terrordb.models import labels
from terrordb.models.base import LIST, STATUS
from terrordb.querying.records import records
from terrordb.reports import contradictions, database, texts
from terrordb.reports.attested import UNMARKED, own
from terrordb.reports.finding import marked, stored
from terrordb.reports.laying import ACCUSED, ELSEWHERE, MARKS
from terrordb.reports.notes import Notes
from terrordb.reports.report import Block, Cited, Prose, Report, Section
from terrordb.reports.table import Table, words
from terrordb.reports.works import by_source, rows_by_source

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.querying.records import Row

__all__ = ["contents"]

ABOUT = ("schema", "seed", "content hash")  # where a database lies is nothing to print
DOUBTED = tuple(status for status in STATUS if status not in UNMARKED)
NO_VALUES = ("id", *MARKS, *ELSEWHERE, "record_no")  # of all records


def contents(connection: Connection) -> Report:
    """Tell what is in the database by kind, load and source, which values are missing, and what is in doubt."""
    notes = Notes(connection)
    hashed = hashing.content_hash(hashing.kept(connection))
    return Report("database", "What is in the database", _sections(connection, notes), notes, {"content": hashed})


def _sections(connection: Connection, notes: Notes) -> Iterator[Section]:
    about = [row for row in database.status(connection, connection.engine.url).rows if row[0] in ABOUT]
    statuses = {kind: _statuses(connection, kind) for kind in marked()}
    holds = {kind: counts for kind, counts in statuses.items() if counts.total()}
    yield Section("", [Prose(_summary(holds)), Table("", ("what", "value"), about)])
    if not holds:
        return
    yield Section("By kind", [_by_kind(holds)])
    yield Section("By load", _by_load(connection, holds))
    yield Section("By source", [rows_by_source(by_source(connection))])
    if (there := texts.kept(connection)).rows:
        yield Section("Texts", [there])
    yield Section("Missing values", _missing(connection, holds))
    yield Section("Uncited", _uncited(connection, holds))
    for status in DOUBTED:
        if any(counts[status] for counts in holds.values()):
            yield Section(_title(status), _doubted(connection, holds, status, notes))


def _title(status: str) -> str:
    return words(status).capitalize()


def _summary(holds: Mapping[str, Counter[str]]) -> str:
    if not holds:
        return "No record is in the database."
    every: Counter[str] = sum(holds.values(), Counter())
    doubted = [f"{every[status]:,} {words(status)}" for status in DOUBTED if every[status]]
    told = f"{every.total():,} record{'' if every.total() == 1 else 's'} of {len(holds):,} of {len(models.KINDS)} kinds"
    return f"{told}; of these {', '.join(doubted)}." if doubted else f"{told}, none of them in doubt."


# ---------------------------------------------------------------- by kind


def _statuses(connection: Connection, kind: str) -> Counter[str]:
    """Count the rows of a kind by status, from the kept counts where they are kept."""
    if kept := labels.kept(connection, kind, ("status",)):
        found: Counter[str] = Counter()
        for status, _, rows in kept:
            found[status or ""] += rows
        return found
    table = stored(kind)
    counted = connection.execute(select(table.c.status, func.count()).group_by(table.c.status))
    return Counter({status: int(rows) for status, rows in counted})


def _by_kind(holds: Mapping[str, Counter[str]]) -> Table:
    shown = [status for status in STATUS if any(counts[status] for counts in holds.values())]
    rows = [(kind, counts.total(), *(counts[one] or None for one in shown)) for kind, counts in holds.items()]
    empty = ", ".join(kind for kind in models.KINDS if kind not in holds)
    meanings = [f"{words(status)}: {STATUS[status]}" for status in shown]
    remarks = meanings + ([f"no record of: {empty}"] if empty else [])
    return Table("", ("kind", "records", *(words(one) for one in shown)), rows, remarks)


# ---------------------------------------------------------------- by load


def _by_load(connection: Connection, holds: Mapping[str, Any]) -> Iterator[Block]:
    """List the loads, and how many records of each kind stand as each wrote them."""
    loads = stored("loads")
    yield database.loads(connection)
    rows = []
    for kind in holds:
        table = stored(kind)
        counted = select(table.c.load_key, func.count().label("rows")).group_by(table.c.load_key).subquery()
        named = select(loads.c.key, loads.c.id, counted.c.rows).join(counted, counted.c.load_key == loads.c.key)
        rows += [(key, named_id, kind, int(count)) for key, named_id, count in connection.execute(named)]
    remarks = ["records: as the load wrote them last, and nothing since has replaced or removed them"]
    yield Table("", ("load", "kind", "records"), [row[1:] for row in sorted(rows)], remarks)


# ---------------------------------------------------------------- missing values


def _missing(connection: Connection, holds: Mapping[str, Counter[str]]) -> Iterator[Block]:
    apart = sum(counts[status] for counts in holds.values() for status in labels.APART)
    left = f" {apart:,} dubious or withdrawn are left out." if apart else ""
    yield Prose(
        "How many records of each kind have no value in a field, or one by which the source says that it does not "
        f"know; what only a claim gives is missing here, and fields that all records have are not listed.{left}"
    )
    for kind in holds:
        table = stored(kind)
        asked = [
            field for name, field in models.kind(kind).fields.items() if name not in NO_VALUES and _may_lack(field)
        ]
        known = select(func.count(), *(func.count(_value(field, table)) for field in asked))
        of, *there = connection.execute(known.where(table.c.status.not_in(labels.APART))).one()
        rows = [
            (field.name, of - has, of, round(100 * (of - has) / of, 1), field.meaning)
            for field, has in zip(asked, there, strict=True)
            if has < of
        ]
        if rows:
            yield Table(kind, ("field", "missing", "of", "percent", "what it is"), rows)


def _may_lack(field: f.Field) -> bool:
    """Leave out what a row must have, and what follows from its other fields."""
    if isinstance(field, f.ComputedField):
        return field.stored
    return not field.required or labels.UNKNOWN in field.vocabulary


def _value(field: f.Field, table: Stored) -> ColumnElement[Any]:
    """Give what is NULL where a field has no value: a date open at both ends has none, nor has a code `unknown`."""
    if isinstance(field, f.DateField):
        return func.coalesce(*(table.c[column] for column in field.columns[2:]))
    if pointers := field.pointers(table):
        keys = list(dict.fromkeys(points.key for points in pointers))
        return func.coalesce(*keys) if len(keys) > 1 else keys[0]
    column = table.c[field.columns[0]]
    return func.nullif(column, labels.UNKNOWN) if labels.UNKNOWN in field.vocabulary else column


# ---------------------------------------------------------------- uncited


def _uncited(connection: Connection, holds: Mapping[str, Counter[str]]) -> Iterator[Block]:
    """Count the rows without a source, a place in it, or words of it; those of lists stand on their number there."""
    rows = []
    for kind, counts in holds.items():
        table = stored(kind)
        curated = table.c.key < LIST
        lacks = [
            or_(table.c.source_key.is_(None), and_(table.c[column].is_(None), curated))
            for column in ("locator", "anchor")
        ]
        if models.kind(kind).hangs:
            lacks = [and_(curated, lack) for lack in lacks]
        none = and_(table.c.source_key.is_(None), curated)
        numbers = connection.execute(
            select(*(func.count().filter(rule) for rule in (none, *lacks))).where(or_(none, *lacks))
        ).one()
        needed = counts["citation_needed"]
        if any(numbers) or needed:
            rows.append((kind, *(int(number) or None for number in numbers), needed or None, counts.total()))
    if not rows:
        yield Prose("Every record names its source, the place in it and the words that carry it.")
        return
    columns = ("kind", "no source", "no place in it", "no words of it", "citation needed", "of")
    remarks = [
        "no source: a work described from itself",
        "citation needed: the text itself says that a citation is needed",
    ]
    yield Table("", columns, rows, remarks)


# ---------------------------------------------------------------- in doubt


def _doubted(connection: Connection, holds: Mapping[str, Counter[str]], status: str, notes: Notes) -> Iterator[Block]:
    """List the rows of one status, with what each says, what stands beside it, and why it is in doubt."""
    having = {kind: counts[status] for kind, counts in holds.items() if counts[status]}
    of = sum(holds[kind].total() for kind in having)
    yield Prose(f"{STATUS[status].capitalize()}: {sum(having.values()):,} of {of:,} records of these kinds.")
    rivals = contradictions.rivals(connection) if status == "contested" else {}
    columns = ("record", "says", "hedge", *(["beside"] if rivals else []), "why")
    yield Table("", columns, _rows(connection, having, status, rivals, notes))


def _rows(
    connection: Connection, kinds: Mapping[str, int], status: str, rivals: Mapping[str, set[str]], notes: Notes
) -> Iterator[tuple[Any, ...]]:
    for kind in kinds:
        table, fields = stored(kind), models.kind(kind).fields
        told = [name for name, field in fields.items() if field.shown and name not in ("id", "status")]
        keys = select(table.c.key).where(table.c.status == status).order_by(table.c.id, table.c.key)
        for row in records(connection, kind, keys, ["id", *told, "hedge", "note", "citations"]):
            named = f"{kind}/{row.id}"
            cited = notes.cite(own(row))
            beside = [sorted(rivals.get(named, ()))] if rivals else []
            yield Cited(named, cited), _says(row, told), row.hedge, *beside, row.note


def _says(row: Row, told: list[str]) -> str:
    """Tell what a row says, by its fields."""
    fields = ((name, row.said(name)) for name in told)
    phrased = ((name, ACCUSED[name].format(said) if name in ACCUSED else said) for name, said in fields if said)
    return "; ".join(f"{words(name)} {said}" for name, said in phrased)
