"""Coverage: which numbers, dates and names of a text no row stands on.

* A number or a date is covered where each of its words lies inside an anchor: every mention needs a row of its own.
* A name is covered where it lies inside an anchor, or where any anchor of the same paragraph has the same words side by
  side: one row covers all mentions of a name in a paragraph.
* Of a name of several words the last alone, as a surname stands, covers itself; it covers the whole where the whole
  stands in an anchor somewhere in the text.
* What was reviewed and left out stands in a CSV with its reason. Each reason is for certain kinds of mention only, and
  none of them is for dates.
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby, takewhile
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from terrordb import database, models
from terrordb.errors import BadData, BadQuestion, BadValue, nearest
from terrordb.loading.mentions import Kind, Mention, Reader, Span, parts
from terrordb.loading.prose import paragraph, passages, spans
from terrordb.reports.finding import stands
from terrordb.reports.table import Table

# What may be left out, and of which kinds of mention.
REASONS: dict[str, tuple[Kind, ...]] = {
    "order number": ("number",),
    "rank or article": ("number", "name"),
    "age": ("number",),
    "list marker": ("number",),
    "page number": ("number",),
    "idiom": ("number",),
    "capitalised word that names nothing": ("name",),
}
HEADER = ("paragraph", "words", "reason")
EVERYWHERE = None  # in place of a paragraph


class Cited(NamedTuple):
    """A row that stands on a text, by its own citation."""

    kind: str
    id: str
    locator: str | None
    anchor: str


class Uncovered(NamedTuple):
    """Words of a text that no row stands on."""

    paragraph: int
    words: str
    kind: Kind


class Coverage(NamedTuple):
    """What no row stands on, what was left out (by reason), and how many anchors were not found in their paragraph."""

    uncovered: list[Uncovered]
    left_out: dict[str, int]
    lost: int

    def as_dict(self) -> dict[str, Any]:
        """Give it as JSON has it."""
        return {"uncovered": [item._asdict() for item in self.uncovered], "left_out": self.left_out}

    def as_table(self) -> Table:
        """List what is not covered, with what was left out as notes."""
        notes = [f"{number:,} left out: {reason}" for reason, number in self.left_out.items()]
        if self.lost:
            notes.append(f"{self.lost:,} anchors are not found in their paragraph, and cover nothing")
        return Table("", Uncovered._fields, self.uncovered, notes)


# ---------------------------------------------------------------- what stands on a text


def cited(connection: Connection, source: str) -> Iterator[Cited]:
    """Read the citations of a source by records of every kind; what was withdrawn covers nothing."""
    sources = models.kind("sources").__table__
    key = connection.scalar(select(sources.c.key).where(sources.c.id == source))
    if key is None:
        near = nearest(source, connection.scalars(select(sources.c.id)).all())
        raise BadQuestion(f"'{source}' is none of the sources", near)
    for kind in models.KINDS:
        table = models.kind(kind).__table__
        if "anchor" not in table.c:
            continue
        columns = (table.c.id, table.c.locator, table.c.anchor)
        rules = (table.c.source_key == key, table.c.anchor.is_not(None), stands(table))
        for row in connection.execute(select(*columns).where(*rules).order_by(table.c.key)):
            yield Cited(kind, row[0], row[1], row[2])


def only_source(connection: Connection) -> str:
    """Name the one source whose rows cite paragraphs; BadQuestion where there are several, or none."""
    sources = models.kind("sources").__table__
    keys: set[int] = set()
    for kind in models.KINDS:
        table = models.kind(kind).__table__
        if "locator" in table.c:
            keys.update(
                connection.scalars(select(table.c.source_key).where(table.c.locator.startswith("¶")).distinct())
            )
    named = connection.scalars(select(sources.c.id).where(sources.c.key.in_(keys)).order_by(sources.c.id)).all()
    if len(named) != 1:
        raise BadQuestion(
            f"{'several sources are' if named else 'no source is'} cited by paragraphs",
            f"name one with --source: {', '.join(named)}" if named else "load rows with a locator such as ¶75 first",
        )
    return str(named[0])


class _Covered:
    """What the anchors of a text cover: places and phrases by paragraph, and phrases anywhere."""

    def __init__(self, text: Mapping[int, str], rows: Iterable[Cited]) -> None:
        self.places: dict[int, set[int]] = defaultdict(set)
        self.phrases: dict[int, set[tuple[str, ...]]] = defaultdict(set)
        self.lost = 0
        for row in rows:
            number = paragraph(row.locator)
            if number is not None and number in text:
                self._add(number, text[number], row.anchor)
        self.anywhere = set[tuple[str, ...]]().union(*self.phrases.values())

    def _add(self, number: int, passage: str, anchor: str) -> None:
        try:
            found = spans(passage, anchor)
        except BadValue:
            self.lost += 1
            return
        for start, end in found:
            self.places[number].update(range(start, end))
            words = parts(passage[start:end])
            self.phrases[number].update(tuple(words[a:b]) for a, b in _stretches(len(words)))

    def lacking(self, number: int, passage: str, mention: Mention) -> list[Span]:
        """List the pieces of a mention that nothing covers."""
        placed = {n for n, piece in enumerate(mention.pieces) if not self.places[number].isdisjoint(range(*piece))}
        if mention.kind == "name":
            placed |= self._repeated(number, [passage[slice(*piece)] for piece in mention.pieces])
        return [piece for n, piece in enumerate(mention.pieces) if n not in placed]

    def _repeated(self, number: int, words: Sequence[str]) -> set[int]:
        """Say which words of a name stand in an anchor of the paragraph beside the same words, or are its surname."""
        here, last = self.phrases[number], len(words) - 1
        whole = [(a, b) for a, b in _stretches(len(words)) if b - a > 1 or a == last]
        held = {n for a, b in whole if tuple(words[a:b]) in here for n in range(a, b)}
        return set(range(len(words))) if last in held and tuple(words) in self.anywhere else held


def _stretches(length: int) -> Iterator[tuple[int, int]]:
    """Give the ends of every stretch of a sequence."""
    return ((a, b) for a in range(length) for b in range(a + 1, length + 1))


# ---------------------------------------------------------------- what was left out


class LeftOut:
    """Words that were reviewed and left out, each with its reason; it counts which were met."""

    def __init__(self, entries: Iterable[tuple[int | None, str, str]] = ()) -> None:
        self.entries = {(number, words): reason for number, words, reason in entries}
        self.met: Counter[str] = Counter()
        self.unmet = set(self.entries)

    def has(self, number: int, words: str, mention: Mention, *, whole: bool) -> bool:
        """Say whether words are left out of a paragraph, or everywhere where they are a mention of their own."""
        for key in ((number, words), (EVERYWHERE, words) if whole else None):
            reason = self.entries.get(key) if key else None
            if key and reason and mention.kind in REASONS[reason]:
                self.met[reason] += 1
                self.unmet.discard(key)
                return True
        return False


def left_out_file(source: str) -> Path | None:
    """Find the shipped file of what was reviewed and left out of a source; None where there is none."""
    path = database.shipped("data/seed").with_name("coverage") / f"{source}.csv"
    return path if path.exists() else None


def read_left_out(path: Path) -> LeftOut:
    """Read a file of words that were left out: paragraph (empty: everywhere), words, reason."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = csv.reader(file, strict=True)
        if tuple(next(rows, ())) != HEADER:
            raise BadData("the columns are not those of words left out", f"write {','.join(HEADER)}", f"{path.name}:1")
        return LeftOut([_entry(row, f"{path.name}:{line}") for line, row in enumerate(rows, 2) if row])


def _entry(row: Sequence[str], place: str) -> tuple[int | None, str, str]:
    if len(row) != len(HEADER) or not row[1]:
        raise BadData("a line is a paragraph, words and a reason", "only the paragraph may be empty", place)
    number, words, reason = row
    if number and not number.isdigit():
        raise BadData(f"'{number}' is no paragraph", "write its number, or nothing for everywhere", place)
    if reason not in REASONS:
        raise BadData(f"'{reason}' is no reason to leave something out", nearest(reason, REASONS), place)
    return int(number) if number else EVERYWHERE, words, reason


# ---------------------------------------------------------------- the report


def coverage(text: Mapping[int, str], rows: Iterable[Cited], left_out: LeftOut) -> Coverage:
    """Find what no row stands on in the passages of a text, by their numbers."""
    covered = _Covered(text, rows)
    reader = Reader(text.values())
    uncovered: list[Uncovered] = []
    for number, passage in text.items():
        for mention in reader.mentions(passage):
            lacking = covered.lacking(number, passage, mention)
            for start, end in _kept(number, passage, mention, lacking, left_out):
                uncovered.append(Uncovered(number, passage[start:end], mention.kind))
    return Coverage(uncovered, {reason: left_out.met[reason] for reason in REASONS}, covered.lost)


def _kept(number: int, passage: str, mention: Mention, lacking: Sequence[Span], left_out: LeftOut) -> Iterator[Span]:
    """Give what is lacking and not left out: all of a number or date; of a name the words that follow each other."""

    def is_left_out(start: int, end: int) -> bool:
        whole = (start, end) == (mention.start, mention.end)
        return left_out.has(number, passage[start:end], mention, whole=whole)

    if mention.kind != "name":
        if lacking and not is_left_out(mention.start, mention.end):
            yield mention.start, mention.end
        return
    for run in _runs(mention.pieces, lacking):
        if not is_left_out(run[0][0], run[-1][1]):
            kept = [piece for piece in run if len(run) == 1 or not is_left_out(*piece)]
            yield from ((rest[0][0], rest[-1][1]) for rest in _runs(run, kept))


def _runs(pieces: Sequence[Span], chosen: Sequence[Span]) -> list[list[Span]]:
    """Group the chosen of some pieces where they follow each other."""
    grouped = groupby(pieces, key=lambda piece: piece in chosen)
    return [list(run) for is_chosen, run in grouped if is_chosen]


def read_text(path: Path) -> dict[int, str]:
    """Read the running text of a file, by the numbers of its paragraphs."""
    try:
        return running(passages(path.read_text(encoding="utf-8")))
    except UnicodeDecodeError as error:
        raise BadData(f"byte {error.start} is no UTF-8", "write the text in UTF-8", path.name) from error


def running(text: Sequence[str]) -> dict[int, str]:
    """Give the running text of passages, by their numbers: what stands before the first note, which begins with '^'."""
    is_text = takewhile(lambda numbered: not numbered[1].lstrip("- ").startswith("^"), enumerate(text, 1))
    return dict(is_text)
