"""Records laid out as tables that are read: codes in words, charges quoted, and beside each value what rivals it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select

from terrordb import models
from terrordb.errors import BadQuestion
from terrordb.models import fields as f
from terrordb.querying.deciding import decide
from terrordb.querying.finding import FUZZY, VARIANT, Heard
from terrordb.querying.grammar import Item, Question, Term
from terrordb.querying.passages import PASSAGE
from terrordb.querying.records import CITATIONS, find_id, named_fields, records
from terrordb.querying.selecting import has_names
from terrordb.reports.attested import (
    ACCUSING,
    DEEDS,
    UNMARKED,
    carrying,
    concerned,
    doubt,
    doubt_said,
    further,
    own,
    repeats,
    rival_values,
    standing,
    vouched,
)
from terrordb.reports.notes import PARTS
from terrordb.reports.report import Cited, Prose, Remark, plain, printed
from terrordb.reports.table import Table, say, words
from terrordb.values.names import words as words_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.querying.records import Citation, Row
    from terrordb.reports.notes import Notes

NOT_STATED, NOT_KNOWN = Remark("not stated"), Remark("not known")
NOTHING = ("none", "unknown")  # codes by which a source says that it has nothing: told with what they mean
ACCUSED = {"charge": "accused of: {}", "alleged_organisation": "{}, as alleged"}  # never facts; the wording may be ours
LETTERS = ("sentence_kind",)  # codes that are abbreviations: told by what they mean
MARKS = ("status", "hedge", "note")
UNREAD = (PASSAGE, "rest")  # notes tell passages, and `residence.rest` what no field took
ELSEWHERE = (*PARTS, *UNREAD)  # told as notes, and not as values
AN_ID = re.compile(r"[a-z0-9:/]+(-[a-z0-9:/]+)+")  # what can only be meant as an id, and no name
OFFERED = 3  # records of a name that is asked for
STATUS = "status"  # a column that always stands
CONCERNS = "concerns"  # a column that names the fields which status and hedge concern, where that is not all
Claims = Mapping[str, Sequence["Row"]]  # by the record they speak of, as kind/id


# ---------------------------------------------------------------- reading


def find_one(connection: Connection, kind: str, asked: str) -> tuple[str, int]:
    """Find a record of a kind by its id, bare or as kind/id, or by a name that only one has: id and key.

    BadQuestion, with the nearest, where there is none, and where it is asked for as one of another kind.
    """
    of, slash, _ = asked.partition("/")
    if slash and of in models.MODULES and of != kind:
        raise BadQuestion(
            f"'{asked}' is no {models.MODULES[kind]}, but one of the {of}", f"terrordb report evidence {asked}"
        )
    plain = asked.removeprefix(f"{kind}/")
    try:
        ((_, key),) = find_id(connection, f"{kind}/{plain}")
    except BadQuestion as error:
        called = [] if AN_ID.fullmatch(plain) else _called(connection, kind, plain, slips=False)
        if len(called) == 1:
            return called[0].id, called[0].key
        if called := called or _called(connection, kind, plain, slips=True):
            offered = " or ".join(f"{row.id} ({row.name})" for row in called[:OFFERED])
            more = ", or another of that name" if len(called) > OFFERED else ""
            raise BadQuestion(f"there is no '{plain}' among {kind}", f"did you mean {offered}{more}?") from error
        raise
    return plain, key


def _called(connection: Connection, kind: str, asked: str, *, slips: bool) -> Sequence[Any]:
    """Find records by a name, as a question would: id, key and name, one more than are offered.

    Our descriptions of persons whom a source does not name are no names.
    """
    if not has_names(models.kind(kind)) or not words_of(asked):
        return []
    table = models.kind(kind).__table__
    question = Question(kind, Term(None, (Item(asked, quoted=True),)))
    holds = decide(connection, question, Heard(kind, slips=slips, nearest=FUZZY if slips else VARIANT)).maybe
    chosen = select(table.c.id, table.c.key, table.c.name).where(holds, table.c.id.is_not(None))
    if "named" in table.c:
        chosen = chosen.where(table.c.named)
    return connection.execute(chosen.order_by(table.c.id).limit(OFFERED + 1)).all()


def read(connection: Connection, kind: str, keys: Sequence[int] | Select[Any], fields: str | None = None) -> list[Row]:
    """Read records with their passages, in the order of the keys given; those of a Select in the order of keys.

    `fields`, parted by spaces, names what is read beside id, status and hedge; without it all is, and what it points
    to by name.
    """
    found = sorted(set(connection.scalars(keys))) if isinstance(keys, Select) else keys
    if fields is None:
        return list(records(connection, kind, found, _every(kind)))
    asked = dict.fromkeys(["id", "status", "hedge", *fields.split(), CITATIONS])
    return list(records(connection, kind, found, named_fields(kind, asked)))


@cache
def _every(kind: str) -> tuple[str, ...]:
    fields = models.kind(kind).fields
    pointing = (name for name, field in fields.items() if isinstance(field, f.ReferenceField))
    named = [f"{name}.name" for name in pointing if any("name" in models.kind(k).fields for k in fields[name].kinds)]
    cited = [CITATIONS] if "source" in fields else []
    return (*(name for name in fields if name not in UNREAD), *named, *cited)


def claims_on(connection: Connection, kind: str, keys: Sequence[int]) -> dict[int, Row]:
    """Read the claims on records of a kind by their keys, those that were taken back too."""
    table = models.kind("claims").__table__
    on = (table.c.record_kind == kind, table.c.record_key.in_(keys))
    found = connection.scalars(select(table.c.key).where(*on).order_by(table.c.id)).all()
    return dict(zip(found, read(connection, "claims", found), strict=True))


def by_record(claims: Iterable[Row]) -> dict[str, list[Row]]:
    """Sort claims by the record they speak of."""
    found: dict[str, list[Row]] = defaultdict(list)
    for claim in claims:
        found[claim.record].append(claim)
    return found


def record(row: Row) -> str:
    """Name a record by kind and id."""
    return f"{row.kind_of_record}/{row.id}"


# ---------------------------------------------------------------- what a field says


def value(row: Row, name: str) -> Any:
    """Give what a field says as it is read: references by name, codes in words, dates as written; None for nothing."""
    field = models.kind(row.kind_of_record).fields[name]
    if isinstance(field, f.ReferenceField):
        named = row[f"{name}.name"] if f"{name}.name" in row.fields else None
        return (named[0] if isinstance(named, list) and named else named) or row.said(name) or None
    found = row[name]
    if found is None or found == []:
        return None
    if isinstance(found, list):
        return [in_words(field, one) for one in found]
    if isinstance(found, str):
        return ACCUSED[name].format(found) if name in ACCUSED else in_words(field, found)
    return found if isinstance(found, int | float) else str(found)


def in_words(field: f.Field, said: Any) -> Any:
    """Write a code in words; of one that says that there is nothing, also what it means."""
    if not field.vocabulary or not isinstance(said, str):
        return said
    if field.name in LETTERS:
        return field.vocabulary.get(said, said)
    if said in NOTHING and said in field.vocabulary:
        return f"{said}: {field.vocabulary[said]}"
    return words(said)


def claimed(kind: str, claim: Row) -> Any:
    """Give the value that a claim gives a field of a record of a kind; None where it is the record's own."""
    field = models.kind(kind).fields.get(claim.field or "")
    if not claim.value or field is None:
        return claim.value or None
    return ACCUSED[field.name].format(claim.value) if field.name in ACCUSED else in_words(field, claim.value)


def told(row: Row) -> str:
    """Say a record in one line, by the fields that tables show of its kind; a date says what happened then."""
    parts = []
    for name, field in models.kind(row.kind_of_record).fields.items():
        said = value(row, name) if field.shown and name not in ("id", STATUS) else None
        if said is not None:
            dated = isinstance(field, f.DateField) and name not in ("date", "period")
            parts.append(f"{words(name)} {said}" if dated else printed(said))
    return "; ".join(parts)


def named(row: Row, field: str) -> str:
    """Name the record that a field points to, and give its id."""
    name, to = say(row[f"{field}.name"]), row[field]
    return f"{name} ({to})" if name else to or ""


# ---------------------------------------------------------------- cells


def cited(notes: Notes, row: Row, name: str, shown: Any = None, *, lacking: str | None = None) -> Cited:
    """Give a field's value, or how that is shown, with its passages, and behind it what else is claimed for it.

    `name` may lead on, to what the record is called that the field points to: `body.name`.  Where nothing is said, it
    is `lacking`, and cites nothing.
    """
    field = name.partition(".")[0]
    shown = row[name] if shown is None else shown
    shown = shown if isinstance(shown, int | float) else say(shown) or None
    others = rival_values(row, field)
    also = "; ".join(f"also said: {say(c['value'])}" for c in others)
    if also:
        said = f"{lacking or NOT_STATED if shown is None else printed(shown)}; {also}"
        shown = Remark(said) if isinstance(shown, int | float) else said
    return Cited(lacking) if shown is None else Cited(shown, notes.cite([*carrying(row, field), *others]))


def lasting(notes: Notes, row: Row, *, lacking: str | None = None) -> Cited:
    """Give when something began and ended, with what else is claimed of either."""
    ends = [cited(notes, row, name) for name in ("begun", "ended") if row[name] is not None or rival_values(row, name)]
    behind = dict.fromkeys(n for end in ends for n in end.notes)
    return Cited(" to ".join(say(end.value) for end in ends) or lacking, tuple(behind))


# ---------------------------------------------------------------- tables


def or_else(table: Table, said: str) -> Table | Prose:
    """Give a table that has rows; else what is said where there is none."""
    table.rows = list(table.rows)
    return table if table.rows else Prose(said)


def headings(said: str) -> dict[str, str]:
    """Give headings and the fields beneath them: `heading=field`, or a field that is its own; _ stands for a space."""
    pairs = (word.partition("=") for word in said.split())
    return {words(heading): field or heading for heading, _, field in pairs}


def listed(title: str, rows: Iterable[Row], columns: Mapping[str, str], claims: Claims, notes: Notes) -> Table:
    """List records under the columns (heading → field) that say anything, and beneath each what claims say otherwise.

    The record's own passages stand behind the first cell that says anything.  What names a perpetrator and cites no
    place is left out.
    """
    lines: list[list[Any]] = []
    silent, names, accused = 0, list(columns.values()), False
    for row in rows:
        if not vouched(row):
            silent += 1
            continue
        accused = accused or row[DEEDS.get(row.kind_of_record, "id")] in ACCUSING
        cells = [
            Cited(concerns(row)) if name == CONCERNS else Cited(value(row, name), notes.cite(further(row, name)))
            for name in names
        ]
        at = next((n for n, cell in enumerate(cells) if _says(cell)), 0)
        cells[at] = Cited(cells[at].value, notes.cite(own(row, names[at])))
        lines.append(cells)
        lines += (_other(row, claim, names, notes) for claim in claims.get(record(row), ()) if stands_apart(row, claim))
    remarks = [f"{silent:,} left out: who denounces, judges or kills is shown only with its citation"] if silent else []
    return trimmed(title, list(columns), lines, (STATUS, "hedge" if accused else STATUS), remarks)


def trimmed(
    title: str,
    columns: Sequence[str],
    lines: Sequence[Sequence[Any]],
    always: Iterable[str] = (),
    remarks: Iterable[str] = (),
) -> Table:
    """Make a table of the columns that say anything, and of those that always stand."""
    kept = [n for n, name in enumerate(columns) if name in always or any(_says(line[n]) for line in lines)]
    return Table(title, [columns[n] for n in kept], [[line[n] for n in kept] for line in lines], list(remarks))


def _says(cell: Any) -> bool:
    return plain(cell) not in (None, "", [])


def stands_apart(row: Row, claim: Row) -> bool:
    """Say whether a claim on a record says something of its own: another value, or a doubt of the record's."""
    return bool(claim.value) or (bool(doubt(claim)) and not repeats(row, claim))


def concerns(row: Row) -> list[str] | None:
    """Name the fields that a record's marks concern, where that is not the whole record."""
    of = dict.fromkeys(words(name) for part in ("status", "hedge") for name in concerned(row, part))
    return list(of) or None


def _other(row: Row, claim: Row, names: Sequence[str], notes: Notes) -> list[Any]:
    """Make the line of a claim on a record: its value under the field it speaks of, and how surely it is said.

    Of the record it repeats what tells it from others, the fields that none of its kind may lack.
    """
    fields = models.kind(row.kind_of_record).fields
    line: list[Any] = [value(row, name) if name in fields and fields[name].required else None for name in names]
    said = {STATUS: words(claim.status), "hedge": claim.hedge, "note": claim.note}
    if claim.field in names:
        other = claimed(row.kind_of_record, claim)
        said[claim.field] = value(row, claim.field) if other is None else other
    for name in set(said) & set(names):
        line[names.index(name)] = said[name]
    at = names.index(claim.field) if claim.field in names else next((n for n, c in enumerate(line) if _says(c)), 0)
    line[at] = Cited(line[at], notes.cite(claim.citations))
    return line


def beside(title: str, rows: Sequence[Row], claims: Claims, notes: Notes, without: Iterable[str] = ()) -> Table:
    """Lay records of one kind side by side: a line a field, a column a record; what they say differently is marked.

    What claims say otherwise of a field, or how they doubt it, stands on a line beneath it.
    """
    fields = models.kind(rows[0].kind_of_record).fields
    skipped = {"id", *ELSEWHERE, *without}
    lines: list[list[Any]] = []
    for name in (name for name, field in fields.items() if name not in skipped and not field.computed):
        said = [value(row, name) for row in rows]
        if any(one is not None for one in said):
            cells = [
                None if one is None else Cited(one, notes.cite(carrying(row, name)))
                for row, one in zip(rows, said, strict=True)
            ]
            differ = name not in MARKS and len({str(one) for one in said if one is not None}) > 1
            lines.append([words(name), *cells, "differs" if differ else None])
        if name == "hedge" and any(of := [concerns(row) for row in rows]):
            lines.append(["status and hedge concern", *of, None])
        for at, row in enumerate(rows):
            for claim in claims.get(record(row), ()):
                if claim.field == name and stands_apart(row, claim):
                    called, cell, differs = _reading(row, name, claim, notes)
                    lines.append([called, *(cell if n == at else None for n in range(len(rows))), differs])
    columns = ["field", *(row.id for row in rows), "differs"]
    return trimmed(title, columns, lines, columns[:-1])


def _reading(row: Row, name: str, claim: Row, notes: Notes) -> tuple[str, Cited, str | None]:
    """Tell a claim in one cell: the value it gives, and how it doubts it."""
    ours, said, why = value(row, name), claimed(row.kind_of_record, claim), doubt(claim)
    other = said is not None and str(said) != str(ours)
    text = f"{ours if said is None else said}{f' ({why})' if why else ''}"
    called = f"{words(name)}: another {'reading' if other else 'passage'}"
    return called, Cited(text, notes.cite(claim.citations)), "differs" if other else None


def facts(connection: Connection, notes: Notes, row: Row, shown: dict[str, Any]) -> Table:
    """List fields of a record as they are to be shown; beneath each whatever else is claimed for it."""
    claims = sorted({c.by[1] for c in row.citations if c.by is not None and c.by[0] == "claims"})
    doubts = dict(zip(claims, map(doubt, read(connection, "claims", claims, "id")), strict=True))

    def doubted(passages: Iterable[Citation]) -> list[str]:
        found = (doubts[c.by[1]] for c in passages if c.by is not None and c.by[0] == "claims")
        return [said for said in dict.fromkeys(found) if said]

    lines: list[tuple[Any, ...]] = []
    if any(whole := standing(row)) and (said := doubt_said(whole[0] or UNMARKED[0], whole[1])):
        lines.append(("this record as a whole", None, said))
    for name, value in shown.items():
        passages = carrying(row, name) if value else []
        how = doubted(c for c in passages if c["field"] == name)
        lines.append((words(name), Cited(value or NOT_STATED, notes.cite(passages)), "; ".join(how)))
        others = rival_values(row, name)
        also = f"{words(name)}, also said"
        lines += [(also, Cited(say(c["value"]), notes.cite([c])), "; ".join(doubted([c]))) for c in others]
    return Table("", ("field", "value", "doubt"), lines, [row.note] if row.note else [])


def role_table(notes: Notes, title: str, rows: Iterable[Row]) -> Table:
    """List who did what in a trial or an operation; the rows hold `person.name`."""
    lines = [
        (
            words(row.role),
            cited(notes, row, "person.name"),
            cited(notes, row, "office"),
            lasting(notes, row),
            doubt(row),
        )
        for row in rows
    ]
    remarks = [f"{row['person.name']}, {words(row.role)}: {row.note}" for row in rows if row.note]
    return Table(title, ("role", "person", "office", "when", "doubt"), lines, remarks)


def figure_table(notes: Notes, title: str, rows: Iterable[Row]) -> Table:
    """List claimed numbers in the words of their source, with who claims them and on what they rest."""
    lines = [
        (
            words(row.measure),
            cited(notes, row, "text"),
            words(row.unit),
            cited(notes, row, "what"),
            cited(notes, row, "claimed_by.name", row["claimed_by.name"] or "the source itself"),
            words(row.stance),
            words(row.basis),
            doubt(row),
        )
        for row in rows
    ]
    return Table(title, ("measure", "as stated", "unit", "of what", "claimed by", "stance", "basis", "doubt"), lines)
