"""bodies: organisations and organs."""

from __future__ import annotations

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, Name, Names, Record, Reference
from terrordb.values.dates import HistoricalDate

KIND = {
    "state": "a state or a government",
    "government": "a ministry, council or organ of the state",
    "party": "a party or an organ of one",
    "police": "an organ of state security",
    "army": "armed forces",
    "court": "a court, tribunal or troika",
    "commission": "a commission",
    "opposition": "a group within or against the party",
    "alleged": "an organisation that prosecutors alleged",
    "press": "a newspaper, agency or publisher",
    "institution": "a school, institute, union or church",
    "foreign": "an organ of another state",
    "regime": "a regime, as the source speaks of it",
}


class Body(Record):
    """An organisation; an alleged one is marked as such."""

    __tablename__ = "bodies"

    name: Mapped[str] = Name("what it is called")
    aliases: Mapped[str | None] = Names("what else it is called")
    kind: Mapped[str] = Code("what sort of body", KIND, required=True, shown=True)
    parent: Mapped[Body | None] = Reference("bodies", "the body it belongs to", shown=True)
    begun: Mapped[HistoricalDate | None] = Date("since when", shown=True)
    ended: Mapped[HistoricalDate | None] = Date("until when")
