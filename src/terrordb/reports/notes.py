"""The passages that a report stands on, numbered in the order they are cited."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from terrordb.querying.passages import behind
from terrordb.reports.table import say

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.querying.records import Citation

__all__ = ["Note", "Notes"]

PARTS = ("source", "locator", "anchor", "footnotes")


class Note(NamedTuple):
    """One citation, and what its text says there, where that is in the database: the anchor's words between marks."""

    number: int
    said: str
    parts: tuple[Any, ...]
    passages: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Give the note as JSON has it."""
        return {"number": self.number, **dict(zip(PARTS, self.parts, strict=True)), "passages": list(self.passages)}

    def lines(self) -> list[str]:
        """Write the note, and each passage on a line of its own beneath."""
        return [f"[{self.number}] {self.said}", *(f"  {text}" for text in self.passages)]


class Notes:
    """Number citations in the order they are cited; the same passage keeps its number."""

    def __init__(self, connection: Connection | None) -> None:
        self._connection = connection
        self._numbers: dict[str, int] = {}
        self._parts: dict[str, tuple[Any, ...]] = {}
        self._cited: dict[str, list[tuple[str, int]]] = {}  # the rows that cite each
        self._held: list[Note] | None = None

    def cite(self, citations: Iterable[Citation]) -> tuple[int, ...]:
        """Give the numbers of citations, each once, in the order given."""
        numbers = []
        for citation in citations:
            said = _passage(citation)
            numbers.append(self._numbers.setdefault(said, len(self._numbers) + 1))
            self._parts.setdefault(said, tuple(citation[part] for part in PARTS))
            self._cited.setdefault(said, []).extend([citation.by] if citation.by else [])
        return tuple(dict.fromkeys(numbers))

    def entries(self) -> list[Note]:
        """List the notes so far, by number."""
        if self._held is not None:
            return self._held
        there = {}
        if self._connection is not None:
            there = behind(self._connection, (by for rows in self._cited.values() for by in rows))
        made = []
        for said, number in self._numbers.items():
            found = dict.fromkeys(there[by] for by in self._cited[said] if by in there)
            texts = (one.text if one.cited == one.number else f"(now ¶{one.number}) {one.text}" for one in found)
            made.append(Note(number, said, self._parts[said], tuple(texts)))
        return made

    def held(self) -> Notes:
        """Read the passages, so that the notes can be shown after the database is closed."""
        other = Notes(None)
        other._held = self.entries()
        return other

    def lines(self) -> list[str]:
        """Write the notes, each with its passages beneath."""
        return [line for note in self.entries() for line in note.lines()]


def _passage(citation: Citation) -> str:
    place = " ".join(say(citation[part]) for part in ("source", "locator") if citation[part])
    anchor = f": “{citation['anchor']}”" if citation["anchor"] else ""
    notes = f" (its notes {say(citation['footnotes'])})" if citation["footnotes"] else ""
    return f"{place}{anchor}{notes}"
