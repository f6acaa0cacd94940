"""The evidence for a record: every value of its fields with who says so and how surely, and what stands against it."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import or_, select

from terrordb import models
from terrordb.errors import BadQuestion, nearest
from terrordb.models import fields as f
from terrordb.models.base import STATUS, Record
from terrordb.querying.records import SHOWING
from terrordb.reports.attested import UNMARKED, bearing, doubt_said, marked_as, own, places, repeats, standing, vouched
from terrordb.reports.contradictions import exclude, rivals
from terrordb.reports.dossier import found
from terrordb.reports.laying import (
    ELSEWHERE,
    UNREAD,
    by_record,
    claimed,
    claims_on,
    headings,
    listed,
    read,
    record,
    told,
    trimmed,
    value,
)
from terrordb.reports.notes import PARTS, Notes
from terrordb.reports.report import Cited, Prose, Report, Section
from terrordb.reports.residence import rest
from terrordb.reports.table import Table, words

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.querying.records import Citation, Row
    from terrordb.reports.report import Block

__all__ = ["STATEMENT", "evidence"]

TOLD_ABOVE = ("id", "status")  # of a whole record
EDITED = ("id", "status", "note")  # ours, and no source's
PLACED = ("latitude", "longitude", "precision")  # ours too, unless a passage is cited for the very field
COLUMNS = ("field", "value", "by", "status", "hedge", "against", "note")
UNCITED = "uncited"
JOURNALLED = "the journal"
WHOLE_ROW = (
    "A record's own passage is cited for its whole row; a line beneath gives a passage for that field alone. A status "
    "or hedge of the whole record stands once, on a line of its own."
)
STATEMENT = headings(  # how statements are listed
    "date kind by=speaker to=addressee content how_obtained=obtained stance towards=responds_to"
    " source_holds_it_true=held_true status hedge concerns note"
)
Shown = dict[tuple[str, int], "Row"]


class _Asked(NamedTuple):
    """The record that is asked about, the claims on it, and which of its fields are asked for."""

    connection: Connection
    key: int
    row: Row
    claims: dict[int, Row]  # by key
    fields: list[str]
    whole: bool

    @property
    def kind(self) -> str:
        """Name the kind."""
        return self.row.kind_of_record


def evidence(connection: Connection, named: str, field: str | None = None) -> Report:
    """Show who says what of a record, field by field, with the passage, how surely, and what contradicts it.

    With `field`, of that alone.
    """
    kind, key = found(connection, named)
    fields = (
        [_field(kind, field)] if field else [n for n in models.kind(kind).fields if n not in (*ELSEWHERE, *TOLD_ABOVE)]
    )
    (row,) = read(connection, kind, [key])
    asked = _Asked(connection, key, row, claims_on(connection, kind, [key]), fields, not field)
    notes = Notes(connection)
    title = f"Evidence for {record(row)}" + (f": {fields[0]}" if field else "")
    what = {"record": record(row), "field": fields[0] if field else None}
    return Report("evidence", title, _sections(asked, notes), notes, what)


def _field(kind: str, named: str) -> str:
    """Find a field by its name or by its column in a CSV."""
    fields = {name: field for name, field in models.kind(kind).fields.items() if name not in UNREAD}
    known = {field.header: name for name, field in fields.items()} | {name: name for name in fields}
    if named.strip() not in known:
        raise BadQuestion(f"{kind} have no field '{named}'", nearest(named, known))
    return known[named.strip()]


def _sections(asked: _Asked, notes: Notes) -> Iterator[Section]:
    yield Section("", [_lead(asked, notes)])
    if vouched(asked.row):
        yield Section("Values", _values(asked, notes))
        if beside := list(_beside(asked)):  # of one field too: what contradicts it may be said of the whole
            yield Section("What stands beside it", [_tied(beside, notes)])
        if asked.whole and (said := _statements(asked, notes)).rows:
            yield Section("Statements about it", [said])
    if asked.kind not in models.JOURNAL:
        yield Section("Where the rows come from", [_loads(asked)])


def _lead(asked: _Asked, notes: Notes) -> Prose:
    """Say which record it is, how it is marked, and what it rests on."""
    row, seen = asked.row, vouched(asked.row)
    said = [f"{record(row)}: {told(row)}." if seen and told(row) else f"{record(row)}."]
    if not seen:
        said.append("It names a perpetrator and cites no place in a source; what it says is not shown.")
    if "status" in row.fields:
        said.append(f"Status: {words(row.status)} ({STATUS[row.status]}).")
        if row.hedge:
            said.append(f"In the source's own words of doubt: “{row.hedge}”.")
        if marked_as(row) and row.note:
            said.append(f"Note: {row.note}")
    sources = {c["source"] for c in row.citations}
    passages = {tuple(c[part] for part in PARTS[:3]) for c in row.citations}
    rests = f"It rests on {_number(len(passages), 'passage')} of {_number(len(sources), 'source')}."
    said.append(rests if passages else "No source is cited for it: it is uncited.")
    return Prose(" ".join(said), notes.cite(own(row)))


def _number(number: int, of: str) -> str:
    return f"{number:,} {of}{'' if number == 1 else 's'}"


# ---------------------------------------------------------------- values


def _values(asked: _Asked, notes: Notes) -> Iterator[Block]:
    """Lay the values out, and name the fields of which there is none."""
    lines = list(_lines(asked, notes))
    if lines:
        yield trimmed(
            "", COLUMNS, lines, ("field", "value", "by", "status"), [WHOLE_ROW] if asked.row.citations else []
        )
    there = {line[0] for line in lines}
    own_fields = [n for n in asked.fields if not asked.whole or _of_its_own(asked.kind, n)]
    if missing := [words(name) for name in own_fields if words(name) not in there]:
        yield Prose(f"No value: {', '.join(missing)}.")


def _of_its_own(kind: str, name: str) -> bool:
    """Say whether a field is one that its kind has beside what all have, and that a source can fill."""
    return name not in Record.__dict__ and not models.kind(kind).fields[name].computed


def _lines(asked: _Asked, notes: Notes) -> Iterator[list[Any]]:
    """Give a line for each value of each field and each who says so: the record itself, then claims on it."""
    shown = _shown(asked)
    if whole := _whole(asked, notes):
        yield whole
    if asked.whole:
        yield from (_claim("the record", "the same", c, None, notes) for c in asked.claims.values() if not c.field)
    further = dict.fromkeys(c.field for c in asked.claims.values() if c.field) if asked.whole else ()
    for name in dict.fromkeys((*asked.fields, *further)):
        field = models.kind(asked.kind).fields.get(name)
        said = value(asked.row, name) if field is not None else None
        claims = [c for c in asked.claims.values() if c.field == name and not repeats(asked.row, c)]
        against = [] if field is None else [c for c in claims if _against(field, asked.row.said(name), c)]
        if said is not None:
            yield from _own(asked, name, [claimed(asked.kind, c) for c in against], shown, notes)
        for claim in claims:
            other = claimed(asked.kind, claim)
            yield _claim(
                words(name), said if other is None else other, claim, said if claim in against else None, notes
            )
    if asked.whole:
        for _, heading, cell in rest(asked.connection, asked.kind, [asked.key]):
            yield [heading, Cited(cell, notes.cite(own(asked.row)[:1])), _by(own(asked.row)[:1]), *[None] * 4]


def _whole(asked: _Asked, notes: Notes) -> list[Any] | None:
    """Give the line of the record as a whole, where it is marked as such: how, and by whom."""
    if "status" not in asked.row.fields:
        return None
    status, hedge = standing(asked.row)
    if not doubt_said(status or UNMARKED[0], hedge):
        return None
    cited = own(asked.row)
    return ["the record", Cited("as a whole", notes.cite(cited)), _by(cited), words(status), hedge, None, None]


def _against(field: f.Field, said: str, claim: Row) -> bool:
    """Say whether a claim gives a value that cannot be true beside the record's own, or that is marked as contested."""
    return bool(claim.value) and (claim.status == "contested" or exclude(field, said, claim.value))


def _claim(called: str, said: Any, claim: Row, against: Any, notes: Notes) -> list[Any]:
    cited = own(claim)
    return [called, Cited(said, notes.cite(cited)), _by(cited), words(claim.status), claim.hedge, against, claim.note]


def _own(asked: _Asked, name: str, against: list[Any], shown: Shown, notes: Notes) -> Iterator[list[Any]]:
    """Give a line for the record's own value; of one that is worked out, for each row of which it is."""
    row, rivals_of = asked.row, against or None
    called, said = words(name), value(row, name)
    if not _worked_out(models.kind(asked.kind).fields[name]):
        cited = [] if name in (*EDITED, *PLACED) else own(row)[:1]
        by = "the editors" if name in EDITED else "uncited: the editors" if name in PLACED else _by(cited)
        by = JOURNALLED if asked.kind in models.JOURNAL else by
        marked = "status" in row.fields and name not in (*EDITED, "hedge")
        status, hedge = standing(row, name) if marked else (None, None)
        yield [called, Cited(said, notes.cite(cited)), by, words(status) or None, hedge, rivals_of, None]
        return
    showing = _showing(asked, name)
    if not showing:
        yield [called, said, "worked out", None, None, rivals_of, None]
    for (by_row, other), citations in showing.items():
        there = shown[by_row]
        reading = Cited(said if other is None else words(other), notes.cite(citations))
        by = f"{_by(citations)} ({record(there)})"
        status, hedge = bearing(there, *SHOWING.get(name, ()))
        yield [called, reading, by, words(status), hedge, said if other else rivals_of, None]


def _worked_out(field: f.Field) -> bool:
    """Say whether a field is worked out from other records, and not read from the words of its own."""
    return isinstance(field, f.ComputedField) and not field.column


def _showing(asked: _Asked, name: str) -> dict[tuple[tuple[str, int], str | None], list[Citation]]:
    """Group what a worked out field rests on by the row that says so and the value it gives, where that is a rival.

    A claim on the record itself has a line of its own.
    """
    found: dict[tuple[tuple[str, int], str | None], list[Citation]] = defaultdict(list)
    for citation in asked.row.citations:
        by = citation.shown or citation.by
        if citation["field"] == name and by is not None and not (by[0] == "claims" and by[1] in asked.claims):
            found[by, citation["value"]].append(citation)
    return found


def _shown(asked: _Asked) -> Shown:
    """Read the rows that worked out fields rest on."""
    worked_out = [name for name in asked.fields if _worked_out(models.kind(asked.kind).fields[name])]
    keys: dict[str, set[int]] = defaultdict(set)
    for kind, key in (by for name in worked_out for by, _ in _showing(asked, name)):
        keys[kind].add(key)
    return {
        (kind, key): row
        for kind, some in keys.items()
        for key, row in zip(sorted(some), read(asked.connection, kind, sorted(some)), strict=True)
    }


def _by(citations: Iterable[Citation]) -> str:
    return "; ".join(places(citations)) or UNCITED


# ---------------------------------------------------------------- what stands beside it


def _beside(asked: _Asked) -> Iterator[tuple[str, Row]]:
    """Find the figures and statements it is tied to, either way, and the contested rows it stands beside."""
    seen = {record(asked.row), *(record(claim) for claim in asked.claims.values())}
    for tie, kind, keys in _ties(asked):
        for row in read(asked.connection, kind, keys):
            if record(row) not in seen:
                seen.add(record(row))
                yield tie, row
    for row in _of_person(asked):
        if record(row) not in seen:
            seen.add(record(row))
            yield "contested, of the same person", row
    for named in sorted(rivals(asked.connection)[record(asked.row)] - seen):
        kind, key = found(asked.connection, named)
        yield from (("contested beside it", row) for row in read(asked.connection, kind, [key]))


def _of_person(asked: _Asked) -> Iterator[Row]:
    """Find the contested claims on the person that a contested record is told of."""
    field = models.kind(asked.kind).fields.get("person")
    if field is None or asked.row.status != "contested":
        return
    persons = models.kind("persons").__table__
    key = asked.connection.scalar(select(persons.c.key).where(persons.c.id == asked.row.person))
    if key is not None:
        claims = claims_on(asked.connection, "persons", [key]).values()
        yield from (claim for claim in claims if claim.status == "contested")


def _ties(asked: _Asked) -> Iterator[tuple[str, str, list[int]]]:
    """Say by which field records are tied to it: the tie, a kind, and the keys of its records."""
    table, here = models.kind(asked.kind).__table__, asked.row
    for name, forward, back in (
        ("responds_to", "this responds to", "responds to this"),
        ("of_record", "this is a part or multiple of", "a part or multiple of this"),
    ):
        field = models.kind(asked.kind).fields.get(name)
        if isinstance(field, f.ReferenceField) and getattr(here, name):
            columns = select(*(table.c[c] for c in field.columns)).where(table.c.key == asked.key)
            target = field.found(tuple(asked.connection.execute(columns).one()))
            if target is not None:
                yield forward, target[0], [target[1]]
        figures = models.kind("figures")
        pointing = [p.to(asked.key) for p in figures.fields[name].pointers(figures.__table__) if p.kind == asked.kind]
        if pointing:
            keys = select(figures.__table__.c.key).where(or_(*pointing)).order_by(figures.__table__.c.id)
            yield back, "figures", list(asked.connection.scalars(keys))


def _tied(beside: Iterable[tuple[str, Row]], notes: Notes) -> Table:
    """Tell each with who claims it."""
    lines = []
    for tie, row in beside:
        if vouched(row):
            claimant = value(row, "claimed_by") if "claimed_by" in row.fields else None
            stance = value(row, "stance") if "stance" in row.fields else None
            said = Cited(told(row), notes.cite(row.citations))
            lines.append([tie, record(row), said, claimant, stance, words(row.status), row.hedge, row.note])
    columns = ("tie", "record", "says", "claimed by", "stance", "status", "hedge", "note")
    return trimmed("", columns, lines, ("tie", "record", "says", "status"))


def _statements(asked: _Asked, notes: Notes) -> Table:
    """List the statements about it, and those that respond to it."""
    table, fields = models.kind("statements").__table__, models.kind("statements").fields
    pointing = [
        p.to(asked.key)
        for name in ("about", "responds_to")
        for p in fields[name].pointers(table)
        if p.kind == asked.kind
    ]
    if not pointing:
        return Table("", (), [])
    keys = list(asked.connection.scalars(select(table.c.key).where(or_(*pointing)).order_by(table.c.id)))
    claims = by_record(claims_on(asked.connection, "statements", keys).values())
    return listed("", read(asked.connection, "statements", keys), STATEMENT, claims, notes)


# ---------------------------------------------------------------- where the rows come from


def _loads(asked: _Asked) -> Table:
    """List which load each row came from, and on which line of which file it stood."""
    rows = [("the record", asked.kind, asked.key, record(asked.row))]
    rows += [(claim.field or "the record", "claims", key, record(claim)) for key, claim in asked.claims.items()]
    if not asked.whole:
        rows = [row for row in rows if row[0] in ("the record", *asked.fields)]
    lines_of = {
        kind: _lines_of(asked.connection, kind, [r[2] for r in rows if r[1] == kind]) for kind in {r[1] for r in rows}
    }
    lines = [[named, words(of), *lines_of[kind].get(key, (None,) * 4)] for of, kind, key, named in rows]
    return trimmed("", ("row", "of", "load", "file", "line", "loaded"), lines, ("row", "of"))


def _lines_of(connection: Connection, kind: str, keys: Sequence[int]) -> dict[int, tuple[Any, ...]]:
    """Give load, file, line and time of rows; a load that read several files of a kind does not say which it was."""
    table, loads = models.kind(kind).__table__, models.kind("loads").__table__
    if "load_key" not in table.c:
        return {}
    joined = table.join(loads, loads.c.key == table.c.load_key)
    columns = (table.c.key, table.c.row_no, loads.c.id, loads.c.file, loads.c.files, loads.c.loaded)
    found_rows = connection.execute(select(*columns).select_from(joined).where(table.c.key.in_(keys)))
    lines: dict[int, tuple[Any, ...]] = {}
    for key, line, load, file, files, loaded in found_rows:
        read_of = [mark for of, mark, *_ in json.loads(files) if of == kind]
        lines[key] = load, f"{file}: {' or '.join(read_of)}" if read_of else file, line, loaded
    return lines
