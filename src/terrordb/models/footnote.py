"""footnotes: a text's own notes, and the works they cite."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from terrordb.models.base import Record, Reference, Text, Whole

if TYPE_CHECKING:
    from terrordb.models.source import Source


class Footnote(Record):
    """One work cited by one note of a text; a note that cites several works is several rows of one number."""

    __tablename__ = "footnotes"

    number: Mapped[int] = Whole("the number of the note in its text", required=True, shown=True)
    text: Mapped[str] = Text("the reference as the note gives it", required=True, shown=True)
    cites: Mapped[Source | None] = Reference("sources", "the work it cites", shown=True)
    pages: Mapped[str | None] = Text("the pages it cites")
