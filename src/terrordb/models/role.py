"""roles: what a person did in a trial, an order, an event, an operation or a body."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, OneOf, Record, Reference, Text, check
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.person import Person

# role: (meaning, the part it makes of the person - see `derived.py`)
ROLE = {
    "defendant": "was accused",
    "prosecutor": "prosecuted",
    "judge": "judged",
    "witness": "gave evidence",
    "commissioner": "sat on a commission",
    "chair": "headed a commission or a sitting",
    "attended": "watched a trial",
    "signatory": "signed",
    "author": "wrote or gave it",
    "addressee": "received it",
    "listed": "stands on a list",
    "present": "was there",
    "speaker": "spoke",
    "organiser": "ordered or organised it",
    "interrogator": "interrogated",
    "denouncer": "denounced",
    "killed": "was killed, or took his or her own life",
    "killer": "killed",
    "target": "it was directed at this person",
    "head": "headed it",
    "deputy": "was its deputy head",
    "member": "belonged to it",
    "staff": "worked for it",
    "opponent": "led or belonged to an opposition",
    "supporter": "supported it",
    "candidate": "stood for election",
    "elected": "was elected",
    "relative": "as a relative of somebody accused",
}
PERPETRATORS = ("killer", "interrogator", "denouncer", "organiser", "signatory", "judge", "prosecutor")
PERPETRATOR_WHY = "a perpetrator's role needs a citation: source_id and locator"
PLEA = {
    "guilty": "pleaded guilty",
    "not_guilty": "pleaded not guilty",
    "partly": "guilty in general, not in particular",
}


class Role(Record):
    """A person in exactly one trial, order, event, operation or body; two pleas are two rows."""

    __tablename__ = "roles"

    person: Mapped[Person] = Reference("persons", "who", index=True, required=True, shown=True)
    role: Mapped[str] = Code("what he or she was in it", ROLE, required=True, shown=True)
    within: ClassVar[Any] = OneOf("trials orders events operations bodies", "in what", required=True, shown=True)
    begun: Mapped[HistoricalDate | None] = Date("since when, or when", shown=True)
    ended: Mapped[HistoricalDate | None] = Date("until when", shown=True)
    office: Mapped[str | None] = Text("the office or rank held, in short", shown=True)
    plea: Mapped[str | None] = Code("how a defendant pleaded", PLEA, shown=True)
    verdict: Mapped[str | None] = Text("the verdict, in short", shown=True)
    checks: ClassVar = (
        check(
            f"role NOT IN {PERPETRATORS} OR (source_key IS NOT NULL AND locator IS NOT NULL)",
            "perpetrator_cited",
            PERPETRATOR_WHY,
        ),
    )
