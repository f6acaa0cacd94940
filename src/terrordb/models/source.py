"""sources: the works that say what the database holds."""

from __future__ import annotations

from typing import ClassVar

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from terrordb.models.base import Code, Date, Name, Names, Record, Text
from terrordb.values.dates import HistoricalDate

KIND = {
    "book": "a book",
    "chapter": "a part of a book",
    "article": "a paper in a journal",
    "news": "a report of a newspaper, agency or broadcaster",
    "review": "a review of a book",
    "report": "a report of an office or an embassy",
    "proceedings": "the record of a trial",
    "letter": "a letter",
    "web": "a page of the world wide web",
    "film": "a film",
    "encyclopaedia": "an article of an encyclopaedia",
    "archive": "a file of an archive",
    "list": "a list of people, as a file",
}


class Source(Record):
    """A work, described from another work or from itself (then without a citation)."""

    __tablename__ = "sources"
    uncited: ClassVar[bool] = True

    title: Mapped[str] = Name("its title, as the citing work gives it")
    kind: Mapped[str] = Code("what sort of work it is", KIND, open=True, required=True, shown=True)
    aliases: Mapped[str | None] = Names("other titles, translations of the title")
    authors: Mapped[str | None] = Names("who wrote it, surname first", shown=True)
    editors: Mapped[str | None] = Names("who edited or directed it, surname first")
    issued: Mapped[HistoricalDate | None] = Date("when this edition appeared", shown=True)
    first_issued: Mapped[HistoricalDate | None] = Date("when the work first appeared")
    container: Mapped[str | None] = Text("the journal, newspaper, book or site it stands in")
    volume: Mapped[str | None] = Text("volume and number")
    edition: Mapped[str | None] = Text("which edition, where it is said")
    publisher: Mapped[str | None] = Text("who published it")
    place: Mapped[str | None] = Text("where it was published")
    pages: Mapped[str | None] = Text("the pages of the container, or how many pages it has")
    isbn: Mapped[str | None] = Text("its ISBN, as printed")
    url: Mapped[str | None] = Text("its address on the web")
    accessed: Mapped[HistoricalDate | None] = Date("when the address was last read")
    language: Mapped[str | None] = Text("the language it is written in (BCP 47)")
    sha256: Mapped[str | None] = Text("of a list: the hash of the file as last loaded")

    list_number: Mapped[int | None] = mapped_column(Integer, unique=True)  # of a list: see LIST
