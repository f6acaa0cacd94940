"""Texts: a file becomes numbered passages, kept under the source it is, and the rows of that source stand in them.

A passage is a line of the file that is not blank; its number is that of the line, so that ¶75 is what `sed -n 75p`
prints.  What a passage is (running text, heading, caption, …) is told by its form alone; nothing rests on it.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, delete, func, select

from terrordb import models
from terrordb.database import insert, take_turns, tidy
from terrordb.errors import BadData, nearest
from terrordb.loading.anchoring import Anchored, Former, anchor, follow, paragraphs, places
from terrordb.loading.prose import MARKER, passages
from terrordb.loading.sheets import encoding_of, sha256
from terrordb.models import engine as tables

KINDS = {
    "running": "running text",
    "heading": "a heading, or a line that names another article",
    "caption": "what stands beneath a picture",
    "quotation": "a passage that is quoted as a whole",
    "list": "one item of a list",
    "note": "one of the text's own notes",
    "bibliography": "a work of its bibliography",
}
SAVE_IT = "save it as plain text or Markdown, in UTF-8"

# -- reading ----------------------------------------------------------------------------------------------------------


class Passage(NamedTuple):
    """One paragraph as it is written, with its number in the text."""

    number: int
    kind: str
    text: str


@dataclass
class Text:
    """A file as read: its passages, how many lines it has, and the marks found in them."""

    path: Path
    sha256: str
    encoding: str
    lines: int
    passages: list[Passage]

    @property
    def kinds(self) -> dict[str, int]:
        """Count the passages of each kind."""
        found = Counter(p.kind for p in self.passages)
        return {kind: found[kind] for kind in KINDS if found[kind]}

    @property
    def markers(self) -> int:
        """Count the marks that lead to notes."""
        return sum(len(NOTE_MARK.findall(p.text)) for p in self.passages if p.kind not in ("note", "bibliography"))

    @property
    def uncited(self) -> int:
        """Count the places where the text itself says that a citation is needed."""
        return sum(p.text.count("[citation needed]") for p in self.passages)


# Signs that no text has: a form feed may end a page, the others may not stand.
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")
CONTROL_BYTE = re.compile(CONTROL.pattern.encode())
WIDE = (b"\xff\xfe", b"\xfe\xff")  # how a text of two bytes a letter begins
WRAPPED = {b"%PDF-": "a PDF", b"PK\x03\x04": "a packed file, such as DOCX, ODT or EPUB", b"{\\rtf": "RTF"}


def read(path: Path, encoding: str | None = None) -> Text:
    """Read a text, divided into its passages; BadData as of `words_of`."""
    text, found = words_of(path, encoding)
    return Text(path, sha256(path), found, len(passages(text)), divide(text))


def words_of(path: Path, encoding: str | None = None) -> tuple[str, str]:
    """Read the words of a text, and its encoding.

    BadData where it is no text, is empty, or is not of the encoding named (without one: UTF-8).
    """
    place = str(path)
    try:
        with path.open("rb") as file:
            head = file.read(2**16)
        if kind := next((kind for begins, kind in WRAPPED.items() if head.startswith(begins)), None):
            raise BadData(f"this is {kind}, not a text", SAVE_IT, place)
        if encoding is None and not head.startswith(WIDE) and CONTROL_BYTE.search(head):
            raise BadData("the file is binary, not a text", f"{SAVE_IT}; or name its encoding with --encoding", place)
        found = encoding_of(path, encoding)
        with path.open(encoding=found, newline="") as lines:  # as it is: a lone carriage return ends no line
            text = lines.read()
    except OSError as error:
        raise BadData(f"cannot be read: {error.strerror}", place=place) from error
    if sign := CONTROL.search(text):
        line = text.count("\n", 0, sign.start()) + 1
        raise BadData("the file is binary, not a text", f"{SAVE_IT}; or name another --encoding", f"{place}:{line}")
    if not text.removeprefix("\ufeff").strip():
        raise BadData("the file is empty", "name a file with a text", place)
    return text, found


# -- passages ---------------------------------------------------------------------------------------------------------

NOTE_MARK = re.compile(r"\[(?:\d{1,3}|\^[^\]\s]+)\](?!:)")
NUMBERED = re.compile(r"\s*(?:\d{1,3}[.)]|\[\d{1,3}\])\s")
UNDERLINE = re.compile(r"={3,}|-{3,}")
ELSEWHERE = re.compile(r"(?:Main articles?|See also|Further information)\s*:", re.IGNORECASE)
FORMS = {  # the first that a line begins with tells its kind
    "heading": re.compile(rf"#{{1,6}}\s+\S|{ELSEWHERE.pattern}", re.IGNORECASE),
    "note": re.compile(r"\s*(?:[-*+•]\s+)?(?:[\^↑]\s|\[\^[^\]\s]+\]:|\[\d{1,3}\]\s+\S)"),
    "list": re.compile(r"\s*(?:[-*+•–]|\d{1,3}[.)])\s+"),
    "caption": re.compile(r"!\[|(?:Fig\.|Figure|Plate)\s+\d"),
    "quotation": re.compile(r'>|["“«„][^"”»]*["”»“][.,;]?$'),
}
WORKS = re.compile(
    r"(?:foot|end)?notes|references|citations|(?:selected |select )?bibliography|further reading|works cited"
    r"|sources|literature",
    re.IGNORECASE,
)
SHORT, HEADLINE = 200, 60  # characters of a caption and of a heading, at most


def divide(text: str) -> list[Passage]:
    """Divide a text into its passages, each of a kind."""
    found: list[Passage] = []
    lines = passages(text)
    works = noted = False  # under the heading of notes or works; after a first note
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        kind = _kind(line, number, lines, found[-1] if found else None)
        if works and kind not in ("heading", "note"):
            kind = "note" if NUMBERED.match(line) else "bibliography"
        elif noted and kind == "list":
            kind = "bibliography"
        if kind == "heading" and not UNDERLINE.fullmatch(line.strip()):
            works = bool(WORKS.fullmatch(line.strip("#*_: \t")))
        noted = noted or kind == "note"
        found.append(Passage(number, kind, line))
    return found


def _kind(line: str, number: int, lines: list[str], before: Passage | None) -> str:
    """Tell what a line is, by its form and what stands around it."""
    said = MARKER.sub("", line).strip()
    if not said:  # nothing but marks: they belong to what they follow
        return before.kind if before else "running"
    after = lines[number].strip() if number < len(lines) else ""
    follows = before is not None and before.number == number - 1
    if UNDERLINE.fullmatch(said):
        return "heading" if follows else "running"
    if kind := next((kind for kind, form in FORMS.items() if form.match(line)), None):
        return kind
    if UNDERLINE.fullmatch(after) or (before and ELSEWHERE.fullmatch(before.text.strip())):
        return "heading"
    if before and before.kind == "running" and before.text.rstrip().endswith(":"):
        return "quotation"
    return _short(said, after, before if follows else None)


def _short(said: str, after: str, before: Passage | None) -> str:
    """Tell a short line that ends as no sentence does from running text; `before` stands right above it."""
    continues = before is not None and before.kind == "caption" and _unfinished(before.text)
    if not continues and len(said) <= HEADLINE and _unfinished(said) and _titled(said, after, apart=before is None):
        return "heading"
    return "caption" if len(said) <= SHORT and (continues or _unfinished(said)) else "running"


def _unfinished(said: str) -> bool:
    """Say whether a line ends as no sentence does."""
    return MARKER.sub("", said).rstrip(" \"'”’»)*_")[-1:] not in {*".!?…:;"}


def _titled(said: str, after: str, *, apart: bool) -> bool:
    """Say whether a short line is a title: it stands apart, or is of a few words, or of words with capitals."""
    if after[:1].islower() or said[0].islower() or said.endswith(","):
        return False
    long = [word for word in said.split() if len(word) > 3]
    return (apart and not after) or len(said.split()) <= 4 or all(word[0].isupper() for word in long)


# -- keeping ----------------------------------------------------------------------------------------------------------


@dataclass
class Added:
    """What became of a text: `same` where it was there already, `replaced` where another had been, and the rows."""

    source: str
    rows: Anchored
    same: bool = False
    replaced: str | None = None


def add(engine: Engine, text: Text, source: str, *, replace: bool = False) -> Added:
    """Keep a text under its source, and let the rows of that source stand in it.

    A text that is there already is not kept again, but its rows are looked for again.  Another text in its place is
    refused without `replace`; with it every row follows its words, or is lost (see `anchoring.follow`).
    """
    with engine.begin() as connection:
        take_turns(connection)
        key, named = _source(connection, source)
        there = connection.execute(select(tables.texts).where(tables.texts.c.source_key == key)).first()
        if there is None:
            _keep(connection, key, text, since=0)
            added = Added(named, anchor(connection, key))
        elif (there.sha256, there.encoding) == (text.sha256, text.encoding):
            added = Added(named, anchor(connection, key), same=True)
        elif not replace:
            raise _refused(connection, key, named, there)
        else:
            former = Former(paragraphs(connection, key), places(connection, key))
            _drop(connection, key)
            loads = models.kind("loads").__table__
            _keep(connection, key, text, since=connection.scalar(select(func.max(loads.c.key))) or 0)
            added = Added(named, follow(connection, key, former), replaced=there.file)
    tidy(engine)
    return added


def remove(engine: Engine, source: str) -> int:
    """Take the text of a source out again; how many rows stood in it comes back."""
    with engine.begin() as connection:
        take_turns(connection)
        key, named = _source(connection, source)
        if connection.scalar(select(tables.texts.c.source_key).where(tables.texts.c.source_key == key)) is None:
            raise BadData(f"there is no text of {named}", "terrordb text list shows those that are there")
        stood = len(places(connection, key))
        _drop(connection, key)
    return stood


def _source(connection: Connection, named: str) -> tuple[int, str]:
    """Find the source that is meant, by its id."""
    table = models.kind("sources").__table__
    wanted = named.removeprefix("sources/")
    key = connection.scalar(select(table.c.key).where(table.c.id == wanted))
    if key is None:
        near = nearest(wanted, connection.scalars(select(table.c.id)))
        raise BadData(
            f"there is no source '{wanted}'", near or "load it first: terrordb template sources prints the columns"
        )
    return key, wanted


def _refused(connection: Connection, key: int, named: str, there: Any) -> BadData:
    standing = len(places(connection, key))
    rows = "1 row stands" if standing == 1 else f"{standing:,} rows stand"
    return BadData(
        f"{named} has another text already, {there.file} of {there.added[:10]}, and {rows} on it",
        "--replace puts this one in its place; rows follow their words, and those that cannot are listed",
    )


def _keep(connection: Connection, key: int, text: Text, *, since: int) -> None:
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    row = (key, text.path.name, text.sha256, text.encoding, now, since)
    insert(connection, tables.texts, ("source_key", "file", "sha256", "encoding", "added", "since"), [row])
    rows = [(key, *passage) for passage in text.passages]
    insert(connection, tables.passages, ("source_key", "number", "kind", "text"), rows)


def _drop(connection: Connection, key: int) -> None:
    for table in (tables.spans, tables.passages, tables.texts):
        connection.execute(delete(table).where(table.c.source_key == key))
