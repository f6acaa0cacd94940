"""operations: campaigns, and their phases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, Listing, Name, Names, Record, Reference
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.order import Order
    from terrordb.models.place import Place

KIND = {
    "campaign": "a campaign of repression",
    "operation": "an operation of the NKVD",
    "phase": "a phase of a campaign",
    "purge": "a purge of a party, an army or an office",
    "deportation": "a deportation",
}


class Operation(Record):
    """A campaign, an operation, or a phase of one."""

    __tablename__ = "operations"

    name: Mapped[str] = Name("what it is called")
    aliases: Mapped[str | None] = Names("what else it is called")
    kind: Mapped[str] = Code("what sort of campaign", KIND, required=True, shown=True)
    parent: Mapped[Operation | None] = Reference("operations", "the campaign it is part of", shown=True)
    order: Mapped[Order | None] = Reference("orders", "the order that began it", cyclic=True, shown=True)
    begun: Mapped[HistoricalDate | None] = Date("when it began", shown=True)
    ended: Mapped[HistoricalDate | None] = Date("when it ended", shown=True)
    target_groups: Mapped[str | None] = Listing("whom it was directed at", shown=True)
    place: Mapped[Place | None] = Reference("places", "where")
