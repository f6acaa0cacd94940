"""Anchoring: where in the text that a source is the rows that cite it stand, to the character, or that they do not.

A row stands in the paragraph its locator names, at the tokens of its anchor (see `prose`).  Where a later edition
replaces a text, its rows follow their words into it by one rule:

* a paragraph whose words are all as they were, and which stands in the same order among those, is the same paragraph:
  its rows go with it, whatever its number is now;
* a row of any other paragraph is looked for in those new paragraphs that are none of these.  It stands where all its
  tokens stand *and* each of them has the same NEAR words before and after it (or as few, at an end of the paragraph);
  where no paragraph, or more than one, answers to that, the row is lost and said to be.

So a row is never tied to a look-alike: neither to the same number in a sentence about something else, nor to a
paragraph that is another one of the former edition.  A row that was lost, or stood nowhere before, is not looked for
again until it is loaded with other cells, as written for the text that is now there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from sqlalchemy import Connection, delete, select

from terrordb import models
from terrordb.database import insert
from terrordb.errors import BadValue
from terrordb.loading.prose import Span, neighbours, paragraph, spans, words
from terrordb.models import engine as tables

NEAR = 3  # words on either side of a token that must be as they were
ALIKE = 0.5  # of the words of a paragraph, for it to be named as the nearest

Record = tuple[str, int]  # kind and key
Paragraphs = Mapping[int, str]


class Row(NamedTuple):
    """A row that cites a paragraph by words of it."""

    record: Record
    id: str
    cited: int
    anchor: str
    load_key: int

    @property
    def named(self) -> str:
        """Name the row as people type it."""
        return f"{self.record[0]}/{self.id}"


class Place(NamedTuple):
    """Where a row stands: the paragraph it cites, the one it is in, and its tokens there."""

    cited: int
    number: int
    spans: tuple[Span, ...]


class Missing(NamedTuple):
    """A row that stands nowhere: which, what it cites, why, and what is nearest."""

    record: str
    cited: int
    reason: str
    remedy: str
    load_key: int

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.record} ¶{self.cited}: {'; '.join(filter(None, (self.reason, self.remedy)))}"


@dataclass
class Anchored:
    """What became of the rows of a source: how many stand, those not where they say, those nowhere, the others."""

    anchored: int = 0
    moved: dict[tuple[int, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    missing: list[Missing] = field(default_factory=list)
    loose: int = 0  # rows that name no paragraph, or have no anchor


class Former(NamedTuple):
    """What a text was that another replaces: its paragraphs, and where rows stood."""

    text: dict[int, str]
    places: dict[Record, Place]


def anchor(connection: Connection, source_key: int) -> Anchored:
    """Let every row of a source stand in its text, and write where."""
    text, placed = paragraphs(connection, source_key), places(connection, source_key)
    since = connection.scalar(select(tables.texts.c.since).where(tables.texts.c.source_key == source_key)) or 0

    def where(row: Row) -> int:
        former = placed.get(row.record)
        if former is not None and former.cited == row.cited:
            return former.number
        if row.load_key <= since:
            raise BadValue(*LOST)
        return row.cited

    return _anchor(connection, source_key, text, where)


LOST = ("it was not found again when the text was replaced", "correct its paragraph and anchor, and load it")


def follow(connection: Connection, source_key: int, former: Former) -> Anchored:
    """Let every row of a source follow its words from a former text into the present one."""
    text = paragraphs(connection, source_key)
    return _anchor(connection, source_key, text, _Following(former, text).where)


def anchor_again(connection: Connection, source_keys: Iterable[int | None] | None = None) -> dict[int, Anchored]:
    """Let the rows of every source that has a text, or of those among some sources, stand in it again."""
    having = set(connection.scalars(select(tables.texts.c.source_key)))
    chosen = having if source_keys is None else having.intersection(source_keys)
    return {key: anchor(connection, key) for key in sorted(chosen)}


# -- what is there ----------------------------------------------------------------------------------------------------


def paragraphs(connection: Connection, source_key: int) -> dict[int, str]:
    """Read the paragraphs of a text."""
    table = tables.passages
    rows = select(table.c.number, table.c.text).where(table.c.source_key == source_key).order_by(table.c.number)
    return {row.number: row.text for row in connection.execute(rows)}


def places(connection: Connection, source_key: int) -> dict[Record, Place]:
    """Read where rows stand in a text."""
    table = tables.spans
    rows = select(table).where(table.c.source_key == source_key).order_by(table.c.kind, table.c.key, table.c.n)
    found: dict[Record, Place] = {}
    for record, parts in groupby(connection.execute(rows), lambda row: (str(row.kind), int(row.key))):
        read = list(parts)
        found[record] = Place(read[0].cited, read[0].number, tuple((part.first, part.last) for part in read))
    return found


def _rows(connection: Connection, source_key: int, found: Anchored) -> Iterator[Row]:
    """Read the rows that cite a source by paragraph and anchor; the others are counted."""
    for kind in models.KINDS:
        table = models.kind(kind).__table__
        columns = [table.c[c] for c in ("key", "id", "locator", "anchor", "load_key")]
        rows = select(*columns).where(table.c.source_key == source_key).order_by(table.c.id)
        for key, named, locator, tokens, load_key in connection.execute(rows):
            if (number := paragraph(locator)) is None or not tokens:
                found.loose += 1
            else:
                yield Row((kind, key), named, number, tokens, load_key)


# -- standing ---------------------------------------------------------------------------------------------------------


def _anchor(connection: Connection, source_key: int, text: Paragraphs, where: Callable[[Row], int]) -> Anchored:
    """Find every row's tokens in the paragraph that `where` gives, and write where they stand."""
    found = Anchored()
    written: list[tuple[object, ...]] = []
    for row in _rows(connection, source_key, found):
        try:
            number = where(row)
            tokens = spans(_passage(text, number), row.anchor)
        except BadValue as error:
            found.missing.append(Missing(row.named, row.cited, error.reason, error.remedy, row.load_key))
            continue
        found.anchored += 1
        if number != row.cited:
            found.moved[row.cited, number].append(row.named)
        written += [(*row.record, n, source_key, row.cited, number, *span) for n, span in enumerate(tokens)]
    connection.execute(delete(tables.spans).where(tables.spans.c.source_key == source_key))
    insert(connection, tables.spans, [c.name for c in tables.spans.columns], written)
    return found


def _passage(text: Paragraphs, number: int) -> str:
    if number in text:
        return text[number]
    last = max(text, default=0)
    raise BadValue(f"¶{number} is a blank line" if number < last else f"the text ends with ¶{last}")


class _Following:
    """Where the rows of a former text stand in a new one."""

    def __init__(self, former: Former, text: Paragraphs) -> None:
        self.former, self.text = former, text
        before, after = ([*map(_words, of.values())] for of in (former.text, text))
        numbers, now = list(former.text), list(text)
        blocks = SequenceMatcher(a=before, b=after, autojunk=False).get_matching_blocks()
        self.same = {numbers[a + n]: now[b + n] for a, b, size in blocks for n in range(size)}
        self.other = [number for number in now if number not in set(self.same.values())]

    def where(self, row: Row) -> int:
        """Give the paragraph a row stands in now; BadValue where there is none."""
        place = self.former.places.get(row.record)
        if place is None:
            raise BadValue(
                "it stood nowhere in the former text",
                "terrordb text remove takes a text out, and one added after it is read as the first",
            )
        if (number := self.same.get(place.number)) is not None:
            return number
        found = [number for number in self.other if self._agrees(row, place, number)]
        if len(found) == 1:
            return found[0]
        if found:
            several = " and ".join(f"¶{number}" for number in found)
            raise BadValue(f"its words stand among the same neighbours in {several}", LOST[1])
        raise self._lost(row, place)

    def _agrees(self, row: Row, place: Place, number: int) -> bool:
        """Say whether a row's tokens stand in a paragraph, each among the neighbours it had."""
        if not set(words(row.anchor)) <= self._vocabulary[number]:
            return False
        passage, before = self.text[number], self.former.text[place.number]
        try:
            now = spans(passage, row.anchor)
        except BadValue:
            return False
        return len(now) == len(place.spans) and all(
            neighbours(before, old, NEAR) == neighbours(passage, new, NEAR)
            for old, new in zip(place.spans, now, strict=True)
        )

    @cached_property
    def _vocabulary(self) -> dict[int, set[str]]:
        return {number: set(words(self.text[number])) for number in self.other}

    def _lost(self, row: Row, place: Place) -> BadValue:
        """Say what became of the words, in the new paragraph that is most like the former one."""
        own = set(words(self.former.text[place.number]))
        likeness = {number: len(own & vocabulary) for number, vocabulary in self._vocabulary.items()}
        near = max(likeness, key=lambda number: likeness[number], default=None)
        if near is None or likeness[near] < ALIKE * len(own):
            return BadValue("its paragraph is no longer there, nor one like it")
        try:
            spans(self.text[near], row.anchor)
        except BadValue as error:
            return BadValue(f"in ¶{near}, {error.reason}", error.remedy)
        return BadValue(f"its words stand in ¶{near}, but among other neighbours", LOST[1])


def _words(passage: str) -> tuple[str, ...]:
    """Give all that the words of a passage are, so that two passages with the same words are told to be the same."""
    return tuple(words(passage))
