"""The passages behind claims: where a text is in the database, what stands in it around the words of an anchor."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Connection, select

from terrordb.models.engine import passages, spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["MARKS", "PASSAGE", "Behind", "behind", "shortened"]

PASSAGE = "passage"  # the field that holds one
MARKS = ("‹", "›")  # around the words of an anchor; a terminal shows what is between them in bold
ROOM = 240  # characters of a passage that are shown, where its anchors leave so many
CUT = "…"
BATCH = 500

Record = tuple[str, int]  # kind and key
Span = tuple[int, int]


class Behind(NamedTuple):
    """The passage a record stands on: the paragraph it cites, the one it is in, and the passage shortened."""

    cited: int
    number: int
    text: str


def behind(connection: Connection, records: Iterable[Record]) -> dict[Record, Behind]:
    """Give the passage behind each of these records, for those whose anchor stands in a text of the database."""
    by_kind: dict[str, list[int]] = defaultdict(list)
    for kind, key in dict.fromkeys(records):
        by_kind[kind].append(key)
    found: dict[Record, Behind] = {}
    columns = (spans.c.key, spans.c.cited, spans.c.number, spans.c.first, spans.c.last, passages.c.text)
    of = (passages.c.source_key == spans.c.source_key, passages.c.number == spans.c.number)
    for kind, keys in by_kind.items():
        for start in range(0, len(keys), BATCH):
            which = (spans.c.kind == kind, spans.c.key.in_(keys[start : start + BATCH]))
            rows = connection.execute(select(*columns).where(*of, *which).order_by(spans.c.key, spans.c.n))
            for key, parts in groupby(rows, lambda row: int(row.key)):
                tokens = list(parts)
                text = shortened(tokens[0].text, [(row.first, row.last) for row in tokens])
                found[kind, key] = Behind(tokens[0].cited, tokens[0].number, text)
    return found


def shortened(text: str, tokens: Sequence[Span], room: int = ROOM) -> str:
    """Shorten a passage to what stands around its tokens, and mark these.

    Every token keeps as many characters on either side as the room allows, to the next whole word.
    """
    fits = bisect_right(range(len(text) + 1), room, key=lambda m: sum(e - s for s, e in _windows(text, tokens, m)))
    made, at = "", 0
    for start, end in _windows(text, tokens, max(fits - 1, 1)):
        inside = [token for token in tokens if start <= token[0] and token[1] <= end]
        begin, stop = _whole_words(text, (start, end), (inside[0][0], inside[-1][1]))
        made += (f" {CUT} " if text[at:begin].strip() else "") + _marked(text, (begin, stop), inside)
        at = stop
    made += f" {CUT}" if text[at:].strip() else ""
    return " ".join(made.split())


def _windows(text: str, tokens: Sequence[Span], margin: int) -> list[Span]:
    """Give what is within a margin of the tokens; what overlaps is one window."""
    found: list[Span] = []
    for first, last in tokens:
        start, end = max(0, first - margin), min(len(text), last + margin)
        if found and start <= found[-1][1]:
            start, end = found.pop()[0], max(end, last)
        found.append((start, end))
    return found


def _whole_words(text: str, window: Span, kept: Span) -> Span:
    """Leave out of a window the words that it cuts, but nothing of what is kept."""
    (start, end), (first, last) = window, kept
    while 0 < start < first and not text[start - 1].isspace():
        start += 1
    while last < end < len(text) and not text[end].isspace():
        end -= 1
    return start, end


def _marked(text: str, stretch: Span, tokens: Sequence[Span]) -> str:
    """Give a stretch of a text with marks around its tokens."""
    made, at = "", stretch[0]
    for first, last in tokens:
        made += f"{text[at:first]}{MARKS[0]}{text[first:last]}{MARKS[1]}"
        at = last
    return made + text[at : stretch[1]]
