"""Checks that list what stands against each other: kept side by side, and never an error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from sqlalchemy import Connection, select

from terrordb import models
from terrordb.errors import BadValue
from terrordb.models import fields as f
from terrordb.models.derived import NOT_THE_END
from terrordb.querying.records import records
from terrordb.reports.finding import Finding, marked, rows, stands, stored
from terrordb.reports.sums import apart
from terrordb.values.dates import HistoricalDate

NUMBERED = (f.WholeField, f.NumberField)
COMPARED = (f.DateField, *NUMBERED, f.CodeField, f.FlagField)  # fields of which two values exclude each other
TOLD = ("record", "field", "measure", "text", "note")  # of a contested row, where its kind has them


def contested(connection: Connection) -> Iterator[Finding]:
    """List the rows marked as contested, with what stands beside each; claims of a value are `rival_value`'s."""
    ties = rivals(connection)
    for kind in marked():
        table = stored(kind)
        rules = [table.c.status == "contested", *([table.c.value.is_(None)] if kind == "claims" else [])]
        told = [name for name in TOLD if name in models.kind(kind).fields]
        for finding in rows(connection, (kind, told), *rules):
            beside = ", ".join(sorted(ties[finding.record]))
            yield Finding(finding.record, f"{finding.finding}{beside and f'; beside {beside}'}".removeprefix("; "))


def rivals(connection: Connection) -> dict[str, set[str]]:
    """Tie contested rows: claims to their record, answers to what they answer, figures of one measure and operation."""
    ties: dict[str, set[str]] = defaultdict(set)
    claims, figures = stored("claims"), stored("figures")
    said = select(claims.c.key).where(claims.c.status == "contested")
    for claim in records(connection, "claims", said, ["id", "record"]):
        _tie(ties, claim.record, f"claims/{claim.id}")
    alike: dict[tuple[str, str | None], list[str]] = defaultdict(list)
    counted = select(figures.c.key).where(figures.c.status == "contested")
    for figure in records(connection, "figures", counted, ["id", "measure", "operation", "responds_to"]):
        alike[figure.measure, figure.operation].append(f"figures/{figure.id}")
        if figure.responds_to:
            _tie(ties, f"figures/{figure.id}", f"figures/{figure.responds_to}")
    for same in alike.values():
        for named in same:
            ties[named] |= set(same) - {named}
    return ties


def _tie(ties: dict[str, set[str]], one: str, other: str) -> None:
    ties[one].add(other)
    ties[other].add(one)


def dubious(connection: Connection) -> Iterator[Finding]:
    """List the rows marked as dubious, with the reason."""
    for kind in marked():
        yield from rows(connection, (kind, ("note",)), stored(kind).c.status == "dubious")


def rival_value(connection: Connection) -> Iterator[Finding]:
    """List the claims of a value that cannot be true beside the record's own, or that are marked as contested."""
    claims = stored("claims")
    keys = select(claims.c.key).where(stands(claims), claims.c.value.is_not(None), claims.c.field.is_not(None))
    said = list(records(connection, "claims", keys.order_by(claims.c.id), ["id", "record", "field", "value", "status"]))
    owns = _owns(connection, {(claim.record, claim.field) for claim in said if claim.record})
    for claim in said:
        field, own = owns.get((claim.record, claim.field), (None, ""))
        known = claim.status == "contested"
        if field is not None and (known or exclude(field, own, claim.value)):
            finding = f"{claim.record}: {claim.field} {own or 'empty'}, by this claim {claim.value}"
            yield Finding(f"claims/{claim.id}", finding if known else f"{finding}; not marked as contested")


def _owns(connection: Connection, asked: set[tuple[str, str]]) -> dict[tuple[str, str], tuple[f.Field, str]]:
    """Read the records' own values of fields that claims speak of."""
    owns: dict[tuple[str, str], tuple[f.Field, str]] = {}
    by_field: dict[tuple[str, str], set[str]] = defaultdict(set)
    for record, name in asked:
        kind, _, named = record.partition("/")
        if name in models.kind(kind).fields:
            by_field[kind, name].add(named)
    for (kind, name), ids in sorted(by_field.items()):
        table, field = stored(kind), models.kind(kind).fields[name]
        keys = select(table.c.key).where(table.c.id.in_(sorted(ids)))
        for row in records(connection, kind, keys, list(dict.fromkeys(("id", name)))):
            owns[f"{kind}/{row.id}", name] = (field, row.said(name))
    return owns


def exclude(field: f.Field, own: str, value: str) -> bool:
    """Say whether two values of a field cannot both be true; of words, names and references several may be."""
    if not own or not (isinstance(field, COMPARED) or field.name == "fate"):
        return False
    try:
        if isinstance(field, f.DateField):
            one, other = HistoricalDate.parse(own), HistoricalDate.parse(value)
            return apart((one.first, one.last), (other.first, other.last))
        said = value if field.computed else field.cell(field.read(value))
    except BadValue:
        return True
    return own != said and not {own, said} & set(NOT_THE_END)
