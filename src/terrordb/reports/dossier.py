"""A record and everything that points to it, with the passages it stands on as numbered notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from terrordb import models
from terrordb.errors import BadQuestion
from terrordb.querying.passages import PASSAGE
from terrordb.querying.records import Citation, Row, records
from terrordb.querying.selecting import find_id, pointing_to
from terrordb.reports.attested import further, own
from terrordb.reports.notes import PARTS, Notes
from terrordb.reports.report import marks
from terrordb.reports.table import Table, say


def found(connection: Connection, named: str) -> tuple[str, int]:
    """Find the one record an id names; BadQuestion lists them where kinds share it."""
    there = find_id(connection, named)
    if len(there) > 1:
        raise BadQuestion(
            f"'{named}' is an id of several kinds", "ask for one: " + ", ".join(f"{kind}/{named}" for kind, _ in there)
        )
    return there[0]


def as_object(connection: Connection, kind: str, key: int) -> dict[str, Any]:
    """Give a record as JSON has it and, under the name of each kind, the records that point to it."""
    (row,) = records(connection, kind, [key])
    pointing = {
        k: [r.as_dict() for r in records(connection, k, keys)] for k, keys in pointing_to(connection, kind, key).items()
    }
    return row.as_dict() | {k: rows for k, rows in pointing.items() if rows}


def tables(connection: Connection, kind: str, key: int) -> Iterator[Table]:
    """Give the record, then a table for each kind that points to it; the last carries the notes."""
    notes = Notes(connection)
    (row,) = records(connection, kind, [key])
    made = [_record(row, notes)]
    if kind != "loads":
        for of_kind, keys in pointing_to(connection, kind, key).items():
            rows = [(r, _cite(notes, r.citations)) for r in records(connection, of_kind, keys)]
            if rows:
                made.append(_pointing(of_kind, rows, kind, row.id))
    made[-1].notes += notes.lines()
    yield from made


def _cite(notes: Notes, citations: list[Citation]) -> str:
    return marks(notes.cite(citations))


def _record(row: Row, notes: Notes) -> Table:
    """List the fields that have a value, and beneath each the rival values that are cited for it."""
    lines: list[tuple[str, str, str]] = []
    for name in models.kind(row.kind_of_record).fields:
        said = row.said(name)
        if said and name not in (*PARTS, PASSAGE):
            lines.append((name, said, _cite(notes, further(row, name) if lines else own(row))))
        rivals = [c for c in row.citations if c["field"] == name and c["value"]]
        other = " (another reading)" if said else ""
        lines += [(name, c["value"] + ("" if c["value"] == said else other), _cite(notes, [c])) for c in rivals]
    for citation in row.citations:
        if citation["field"] is not None and citation["field"] not in models.kind(row.kind_of_record).fields:
            lines.append((citation["field"], say(citation["value"]), _cite(notes, [citation])))
    return Table(f"{row.kind_of_record}/{row.id}", ("field", "value", "note"), lines)


def _pointing(kind: str, rows: list[tuple[Row, str]], of_kind: str, of: str) -> Table:
    """List the records of a kind that point to one; columns that say no more than that are left out."""
    shown = {n: f for n, f in models.kind(kind).fields.items() if f.shown or n == "hedge"}
    plain = {n: {"", of, f"{of_kind}/{of}"} if of_kind in f.kinds else {""} for n, f in shown.items()}
    filled = [n for n in shown if any(r.said(n) not in plain[n] for r, _ in rows)]
    return Table(kind, (*filled, "note"), [(*(r.said(n) for n in filled), mark) for r, mark in rows])
