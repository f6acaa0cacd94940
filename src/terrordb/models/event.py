"""events: dated happenings that no other kind holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, Name, Names, Record, Reference, Text
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.place import Place

KIND = {
    "murder": "a murder",
    "assassination": "an assassination",
    "massacre": "a massacre",
    "execution": "an execution of several",
    "suicide": "a suicide",
    "death": "a death",
    "arrest": "an arrest of several",
    "speech": "a speech",
    "congress": "a congress or a sitting",
    "election": "an election or a vote",
    "meeting": "a meeting",
    "publication": "a publication",
    "discovery": "a discovery, as of a mass grave",
    "opening": "an opening, of archives or a memorial",
    "appointment": "an appointment or a dismissal",
    "war": "a war or a revolt",
    "other": "something else",
}


class Event(Record):
    """A murder, a speech, a congress: something with a date that is neither a trial, an order nor a case."""

    __tablename__ = "events"

    name: Mapped[str] = Name("what it is called")
    aliases: Mapped[str | None] = Names("what else it is called")
    kind: Mapped[str] = Code("what sort of event", KIND, required=True, shown=True)
    date: Mapped[HistoricalDate | None] = Date("when", shown=True)
    place: Mapped[Place | None] = Reference("places", "where", shown=True)
    summary: Mapped[str | None] = Text("what happened, in our own words", shown=True)
