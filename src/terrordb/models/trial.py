"""trials: trials, tribunals and commissions of inquiry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, Name, Names, Record, Reference, Text, Whole
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.body import Body
    from terrordb.models.place import Place

KIND = {
    "show_trial": "held in public, for show",
    "closed_tribunal": "a court or tribunal behind closed doors",
    "individual_proceeding": "a proceeding against one person",
    "commission_of_inquiry": "a commission that examined the trials",
    "court_case": "another case at law",
}


class Trial(Record):
    """A trial, a tribunal or a commission; defendants and executed are the numbers the source states, never counted."""

    __tablename__ = "trials"

    name: Mapped[str] = Name("what it is called")
    aliases: Mapped[str | None] = Names("what else it is called")
    kind: Mapped[str] = Code("what sort of proceeding", KIND, required=True, shown=True)
    opened: Mapped[HistoricalDate | None] = Date("when it opened", shown=True)
    closed: Mapped[HistoricalDate | None] = Date("when it closed")
    court: Mapped[Body | None] = Reference("bodies", "who judged or inquired", shown=True)
    place: Mapped[Place | None] = Reference("places", "where")
    alleged_organisation: Mapped[str | None] = Text("the organisation the accused were said to belong to", shown=True)
    defendants: Mapped[int | None] = Whole("how many were accused, as stated", shown=True)
    executed: Mapped[int | None] = Whole("how many of them were executed, as stated", shown=True)
    outcome: Mapped[str | None] = Text("how it ended, in short", shown=True)
