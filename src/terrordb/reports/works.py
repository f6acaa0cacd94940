"""What rests on what: rows by source, works known through another, what nobody cites, lost notes, the bibliography."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, or_, select

from terrordb import models
from terrordb.loading import hashing
from terrordb.models import labels
from terrordb.models.base import LIST
from terrordb.querying.records import records
from terrordb.reports import bibliography as printing
from terrordb.reports.attested import own
from terrordb.reports.bibliography import EXTRA, FORMS, STYLES, bibliography
from terrordb.reports.citing import told_state
from terrordb.reports.finding import stored
from terrordb.reports.laying import NOT_KNOWN
from terrordb.reports.notes import Notes
from terrordb.reports.report import Block, Cited, Prose, Report, Section, Verbatim
from terrordb.reports.table import Table

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.models.fields import Pointer
    from terrordb.querying.records import Row

__all__ = ["Resting", "bibliography", "by_source", "rows_by_source", "sources"]

SOURCE = ("source",)
FOOTNOTE = ("id", "number", "cites", "pages", "source", "status")
DESCRIBING = ("sources", "footnotes")  # kinds whose passages describe works, and cite none by author and date
_NAME = r"[^\W\d_][\w’'-]*"
_AND = r"(?:, | and | & | и )"
_AUTHOR_DATE = re.compile(rf"(?<![\w.’'-])({_NAME}(?:{_AND}{_NAME})*)( et al\.)?,? ((?:1[5-9]|20)\d\d)(?!\d)")


def sources(connection: Connection, *, style: str = "chicago") -> Report:
    """Tell what rests on which source, what is known through another, which notes are lost; with the bibliography."""
    printing.check_style(style)
    notes = Notes(connection)
    asked = {"style": style, "content": hashing.content_hash(hashing.kept(connection))}
    return Report("sources", "What rests on what", _sections(connection, style, notes), notes, asked)


def _sections(connection: Connection, style: str, notes: Notes) -> Iterator[Section]:
    table = stored("sources")
    every = select(table.c.key).order_by(table.c.id)
    works = {row.id: row for row in records(connection, "sources", every, printing.READ)}
    if not works:
        yield Section("", [Prose("No source is in the database, and nothing rests on any.")])
        return
    resting, cited = by_source(connection), _Footnotes(connection)
    dated, spoken = _author_dates(connection, works.values()), _spoken_of(connection)
    by_date = {work for one in dated for work in one.works}
    through = [row for row in works.values() if row.id in cited.of]
    never = [row for row in works.values() if not any(row.id in citing for citing in (resting, cited.of, by_date))]
    told = (
        f"{_many(len(works), 'source')}. Rows name {len(resting):,} of them as their source; the notes of a text cite "
        f"{len(through):,}, and its words {len(by_date):,} by author and date; nobody cites {len(never):,}. "
        f"{_described(works.values()):,} of {len(works):,} are described by another source, and not from themselves."
    )
    yield Section("", [Prose(told)])
    yield Section("Rows by source", _by_source(resting, works, notes))
    yield Section("Cited through another", _through(through, cited, notes))
    if dated:
        yield Section("Cited by author and date", [_by_date(dated, works, notes)])
    yield Section("Never cited", _never(never, spoken, notes))
    yield Section("Notes lost", _lost(cited))
    yield Section("Bibliography", _bibliography(list(works.values()), style, notes))


def _described(works: Iterable[Row]) -> int:
    return sum(bool(row.citations) and row.citations[0]["source"] != row.id for row in works)


def _many(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


# ---------------------------------------------------------------- rows by source


class Resting(NamedTuple):
    """How many rows of a kind have a source: those that stand, and those that are dubious or withdrawn."""

    kind: str
    rows: int
    of: int
    dubious: int
    withdrawn: int


def by_source(connection: Connection) -> dict[str, list[Resting]]:
    """Count the rows of each kind by the id of their source, from the kept counts where they are kept.

    What hangs on a list's row has that row's source; a work described from itself has none.
    """
    found: dict[str, list[Resting]] = defaultdict(list)
    for kind in models.KINDS:
        if "source" not in models.kind(kind).fields:
            continue
        of: dict[str, Counter[str]] = defaultdict(Counter)
        for source, stood, rows in labels.kept(connection, kind, SOURCE) or _counted(connection, kind):
            of[source or ""][stood] += rows
        every = sum(counts[labels.STANDS] for counts in of.values())
        for source, counts in of.items():
            if source:
                stands, dubious, withdrawn = (counts[stood] for stood in (labels.STANDS, *labels.APART))
                found[source].append(Resting(kind, stands, every, dubious, withdrawn))
    return dict(found)


def _counted(connection: Connection, kind: str) -> Iterator[tuple[str | None, str, int]]:
    """Count where no counts are kept."""
    table = stored(kind)
    source, stood = labels.label(kind, SOURCE).label("source"), labels.standing(table).label("stood")
    each = select(source, stood).subquery()
    rows = connection.execute(select(each.c.source, each.c.stood, func.count()).group_by(each.c.source, each.c.stood))
    read = [(raw, stood, int(count)) for raw, stood, count in rows]
    said = labels.say(connection, kind, SOURCE, (raw for raw, _, _ in read))
    return ((said[raw] if raw else None, stood, count) for raw, stood, count in read)


def rows_by_source(resting: Mapping[str, Sequence[Resting]], cell: Any = str) -> Table:
    """List kinds by source, those of most rows first; `cell` makes the cell of a source's id."""
    order = sorted(resting, key=lambda source: (-sum(one.rows for one in resting[source]), source))
    rows = [
        (cell(source), one.kind, one.rows, one.of, one.dubious or None, one.withdrawn or None)
        for source in order
        for one in sorted(resting[source], key=lambda one: (-one.rows, one.kind))
    ]
    remarks = ["rows: without the dubious and the withdrawn, which stand beside; of: all such rows of the kind"]
    return Table("", ("source", "kind", "rows", "of", "dubious", "withdrawn"), rows, remarks)


def _by_source(
    resting: Mapping[str, Sequence[Resting]], works: Mapping[str, Row], notes: Notes
) -> Iterator[Prose | Table]:
    if not resting:
        yield Prose("No row names a source.")
        return
    for source, each in sorted(resting.items(), key=lambda pair: -sum(one.rows for one in pair[1]))[:1]:
        rows = sum(one.rows for one in each)
        yield Prose(f"Most rest on {source}: {_many(rows, 'row')} of {_many(len(each), 'kind')}.")
    yield rows_by_source(resting, lambda source: _cell(works[source], notes))


def _cell(work: Row, notes: Notes) -> Cited:
    """Name a work, with its status where that must be told, and the passages that describe it."""
    return Cited(f"{work.id}{told_state(work)}", notes.cite(work.citations))


# ---------------------------------------------------------------- works known through another


class _Footnotes:
    """The notes of texts: which works each cites, which rows stand on them, and which are not there."""

    def __init__(self, connection: Connection) -> None:
        table = stored("footnotes")
        keys = select(table.c.key).where(table.c.status != "withdrawn").order_by(table.c.source_key, table.c.number)
        self.there: dict[str, set[int]] = defaultdict(set)  # text → the numbers of its notes
        self.of: dict[str, list[Row]] = defaultdict(list)  # work → the notes that cite it
        cites: dict[tuple[str, int], set[str]] = defaultdict(set)
        for note in records(connection, "footnotes", keys, FOOTNOTE):
            self.there[note.source].add(note.number)
            if note.cites:
                self.of[note.cites].append(note)
                cites[note.source, note.number].add(note.cites)
        self.rows: Counter[tuple[str, str]] = Counter()  # work and standing → rows that name a note which cites it
        self.named: dict[tuple[str, int], Counter[str]] = defaultdict(Counter)  # text and note → rows of each kind
        for text, numbers, kind, stood, rows in _naming(connection):
            for number in numbers:
                self.named[text, number][kind] += rows
            for work in set().union(*(cites.get((text, number), ()) for number in numbers)):
                self.rows[work, stood] += rows


def _naming(connection: Connection) -> Iterator[tuple[str, list[int], str, str, int]]:
    """Count the rows that name notes of their source: text, notes, kind, standing, rows."""
    works = stored("sources").alias("works")
    for kind in models.KINDS:
        table, field = stored(kind), models.kind(kind).fields.get("footnotes")
        if field is None:
            continue
        each = (
            select(works.c.id.label("text"), table.c.footnotes, labels.standing(table).label("stood"))
            .join(works, works.c.key == table.c.source_key)
            .where(table.c.footnotes.is_not(None), table.c.status != "withdrawn")
            .subquery()
        )
        for row in connection.execute(select(*each.c, func.count().label("rows")).group_by(*each.c)):
            yield row.text, field.plain((row.footnotes,)), kind, row.stood, int(row.rows)


def _through(works: Sequence[Row], cited: _Footnotes, notes: Notes) -> Iterator[Block]:
    if not works:
        yield Prose("No note of a text cites a work.")
        return
    rows = []
    for work in sorted(works, key=lambda one: (-cited.rows[one.id, labels.STANDS], one.id)):
        behind = cited.of[work.id]
        texts = sorted({note.source for note in behind})
        pages = sorted({note.pages for note in behind if note.pages})
        numbers = sorted({note.number for note in behind})
        stands, dubious = (cited.rows[work.id, stood] for stood in (labels.STANDS, "dubious"))
        rows.append((_cell(work, notes), texts, numbers, pages, stands, dubious or None))
    remarks = ["rows: those that name one of these notes; the dubious stand beside, the withdrawn are left out"]
    yield Table("", ("work", "cited by", "its notes", "pages", "rows", "dubious"), rows, remarks)


# ---------------------------------------------------------------- works cited by author and date


class _Dated(NamedTuple):
    """A citation as `Getty, 1985`: the rows whose passages have it, and the works it may mean."""

    said: str
    rows: list[Row]
    works: list[str]


def _author_dates(connection: Connection, works: Iterable[Row]) -> list[_Dated]:
    """List what passages cite by author and date; without a work of theirs those are people of the database."""
    known: dict[tuple[tuple[str, ...], int], list[str]] = defaultdict(list)
    for work in works:
        names = tuple(author.partition(",")[0].strip() for author in work.authors or ())
        first, last = (work.issued.first, work.issued.last) if work.issued else (None, None)
        if names and first and last and first // 10000 == last // 10000:
            for cited in {names, names[:1]}:  # by all of them, or by the first and others
                known[cited, first // 10000].append(work.id)
    found: dict[str, tuple[list[Row], tuple[str, ...], int]] = {}
    for row, name, year in _dated(connection):
        names = tuple(re.split(_AND, name))
        found.setdefault(f"{name}, {year}", ([], names, year))[0].append(row)
    people = _surnames(connection, {names[0] for _, names, year in found.values() if (names, year) not in known})
    return [
        _Dated(said, rows, known.get((names, year), []))
        for said, (rows, names, year) in sorted(found.items())
        if (names, year) in known or names[0] in people
    ]


def _dated(connection: Connection) -> Iterator[tuple[Row, str, int]]:
    """Read the curated rows whose passages have an author and a date, with both."""
    for kind in models.KINDS:
        table = stored(kind)
        if kind in DESCRIBING or "anchor" not in models.kind(kind).fields:
            continue
        anchored = select(table.c.key, table.c.anchor).where(
            table.c.anchor.is_not(None), table.c.key < LIST, table.c.status != "withdrawn"
        )
        having = {key: found for key, anchor in connection.execute(anchored) if (found := _in(anchor))}
        keys = sorted(having)
        for key, row in zip(keys, records(connection, kind, keys, ["id", "status", "citations"]), strict=True):
            for name, year in having[key]:
                yield row, name, year


def _in(anchor: str) -> list[tuple[str, int]]:
    """List the citations by author and date in a passage: names begin with capitals."""
    found = ((one[1], int(one[3])) for one in _AUTHOR_DATE.finditer(anchor))
    return [(name, year) for name, year in found if all(part[0].isupper() for part in re.split(_AND, name))]


def _surnames(connection: Connection, asked: Iterable[str]) -> set[str]:
    """Say which of these words are the last of a curated person's name."""
    persons, wanted = stored("persons"), set(asked)
    if not wanted:
        return wanted
    ending = or_(*(persons.c.name.endswith(one, autoescape=True) for one in sorted(wanted)))
    named = connection.scalars(select(persons.c.name).where(persons.c.key < LIST, ending))
    return wanted & {said.split()[-1] for said in named}


def _by_date(dated: Sequence[_Dated], works: Mapping[str, Row], notes: Notes) -> Table:
    rows = []
    for one in dated:
        passages = [own(row)[0] for row in one.rows]
        where = [f"{c['source']} {c['locator'] or ''}".rstrip() for c in passages]
        work = [f"{work}{told_state(works[work])}" for work in one.works] or NOT_KNOWN
        rows.append((Cited(one.said, notes.cite(passages)), list(dict.fromkeys(where)), work, len(one.rows)))
    remarks = ["work: that author's of that year; not known where no such work is described"]
    return Table("", ("as cited", "where", "work", "rows"), rows, remarks)


# ---------------------------------------------------------------- what nobody cites


def _spoken_of(connection: Connection) -> Counter[str]:
    """Count the rows that point to a source otherwise than as their own or as what a note cites."""
    works = stored("sources").alias("works")
    found: Counter[str] = Counter()
    for kind in models.KINDS:
        for points in _otherwise(kind):
            counted = select(works.c.id, func.count()).join(works, works.c.key == points.key)
            of = connection.execute(counted.where(points.key.is_not(None), *points.rules).group_by(works.c.id))
            found.update({named: int(rows) for named, rows in of})
    return found


def _otherwise(kind: str) -> Iterator[Pointer]:
    for name, field in models.kind(kind).fields.items():
        if name not in ("source", "cites"):
            yield from (points for points in field.pointers(stored(kind)) if points.kind == "sources")


def _never(works: Sequence[Row], spoken: Mapping[str, int], notes: Notes) -> Iterator[Block]:
    if not works:
        yield Prose("Every source is cited by a row or by a note.")
        return
    yield Prose(
        f"{_many(len(works), 'work')} {'is' if len(works) == 1 else 'are'} described in the database and cited by "
        "no row, no note, and nowhere by author and date: listed in a bibliography, or named in passing."
    )
    rows = [
        (_cell(work, notes), work.title, work.said("issued") or NOT_KNOWN, spoken.get(work.id, 0)) for work in works
    ]
    yield Table("", ("work", "title", "issued", "rows about it"), rows)


# ---------------------------------------------------------------- lost notes


def _lost(cited: _Footnotes) -> Iterator[Block]:
    lost = [
        (text, number, kind, rows)
        for (text, number), kinds in sorted(cited.named.items())
        if number not in cited.there[text]
        for kind, rows in sorted(kinds.items())
    ]
    if lost:
        many = len({row[:2] for row in lost})
        yield Prose(f"Rows name {_many(many, 'note')} that {'is' if many == 1 else 'are'} not among the footnotes.")
        yield Table("", ("text", "note", "kind", "rows"), lost)
    elif cited.named:
        yield Prose(f"Each of the {_many(len(cited.named), 'note')} that rows name is among the footnotes.")
    else:
        yield Prose("No row names a note of its source.")
    for text, numbers in sorted(cited.there.items()):
        if not numbers:
            continue
        gaps = [number for number in range(1, max(numbers)) if number not in numbers]
        unused = sorted(number for number in numbers if (text, number) not in cited.named)
        told = f"Of the notes of {text}, numbered to {max(numbers)}, {len(numbers):,} are in the database"
        told += f"; {_many(len(gaps), 'number')} without one: {_runs(gaps)}." if gaps else ", all of them."
        yield Prose(told + (f" No row names {_runs(unused)}." if unused else ""))


def _runs(numbers: Sequence[int]) -> str:
    """Write numbers shortly: 1–7, 10."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1][1:] = [number]
        else:
            runs.append([number])
    return ", ".join("–".join(map(str, run)) for run in runs)


# ---------------------------------------------------------------- the bibliography


def _bibliography(works: Sequence[Row], style: str, notes: Notes) -> Iterator[Block]:
    made = printing.entries(works, style)
    plain = sum(not entry.styled for entry in made)
    if style in FORMS:
        yield Prose(f"The {_many(len(works), 'source')}, as {FORMS[style]}.")
        yield from (Verbatim(entry.text) for entry in made)
        return
    if plain < len(made):
        yield Prose(f"By {STYLES[style][1]}. Titles have the capitals that the citing work gives them.")
        if style == "chicago":
            yield Prose("n.d.: no date is known.")
    if plain and not printing.can_style():
        yield Prose(f"In a plain form: styles are printed by citeproc-py. To get it: {EXTRA}")
    elif plain:
        yield Prose(f"{_many(plain, 'entry').replace('entrys', 'entries')} in a plain form: the style has none for it.")
    yield Table("", ("id", "entry"), [(_cell(entry.source, notes), entry.text) for entry in made])
