"""quotas: how many were to be repressed, by an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, Record, Reference, Text, Whole, check
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.body import Body
    from terrordb.models.order import Order
    from terrordb.models.place import Place

STAGE = {
    "initial": "set by the order itself",
    "request": "asked for from below",
    "approved_increase": "an increase approved or ordered from above",
}


class Quota(Record):
    """One number of one order; a total is a row only where the source states it, a part that is not stated is none."""

    __tablename__ = "quotas"

    order: Mapped[Order] = Reference("orders", "the order that sets it", required=True, shown=True)
    region: Mapped[Place | None] = Reference("places", "for which region", shown=True)
    body: Mapped[Body | None] = Reference("bodies", "for which body")
    category: Mapped[int | None] = Whole("1: shoot; 2: camp; empty: a total the source states", shown=True)
    amount: Mapped[int | None] = Whole("how many; empty is not 0", shown=True)
    stage: Mapped[str] = Code("initial, asked for, or increased", STAGE, required=True, shown=True)
    date: Mapped[HistoricalDate | None] = Date("when it was set", shown=True)
    scope: Mapped[str | None] = Text("for whom, in short", shown=True)
    checks: ClassVar = (
        check("category IN (1, 2)", "category_known", "category is 1 (shoot) or 2 (camp), or empty"),
        check("amount >= 0", "amount_not_negative", "amount is below zero"),
    )
