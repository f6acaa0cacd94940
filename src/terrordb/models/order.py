"""orders: orders, resolutions, decrees, letters, laws and lists."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, Name, Names, OneOf, Record, Reference, Text
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.operation import Operation
    from terrordb.models.person import Person

KIND = {
    "order": "an order",
    "resolution": "a resolution",
    "decree": "a decree",
    "letter": "a letter or directive",
    "law": "a law or an article of one",
    "list": "a list of persons to be judged",
    "instruction": "an instruction given by word or note",
}


class Order(Record):
    """A document that orders; who signed stays empty where the source does not say."""

    __tablename__ = "orders"

    name: Mapped[str] = Name("what it is called")
    aliases: Mapped[str | None] = Names("what else it is called")
    number: Mapped[str | None] = Text("its number, as written", shown=True)
    date: Mapped[HistoricalDate | None] = Date("when it was issued", shown=True)
    kind: Mapped[str] = Code("what sort of document", KIND, required=True, shown=True)
    issued_by: ClassVar[Any] = OneOf("bodies persons", "who issued it", bare=True, shown=True)
    signed_by: Mapped[Person | None] = Reference("persons", "who signed it; empty: the source does not say", shown=True)
    addressee: Mapped[str | None] = Text("to whom")
    summary: Mapped[str | None] = Text("what it orders, in our own words", shown=True)
    operation: Mapped[Operation | None] = Reference("operations", "the operation it began or governs", shown=True)
    amends: Mapped[Order | None] = Reference("orders", "the order it changes")
    cancels: Mapped[Order | None] = Reference("orders", "the order it cancels")
