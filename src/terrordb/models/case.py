"""cases: one act of repression against one person, as one source tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, Number, Record, Reference, Text
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.body import Body
    from terrordb.models.operation import Operation
    from terrordb.models.order import Order
    from terrordb.models.person import Person
    from terrordb.models.place import Place
    from terrordb.models.trial import Trial

SENTENCE = {
    "vmn": "death (высшая мера наказания)",
    "itl": "corrective labour camp",
    "prison": "prison",
    "vys": "banishment or exile",
    "zak": "confinement",
    "settlement": "special settlement",
    "labour_army": "labour army",
    "disfranchised": "loss of the vote",
    "confiscation": "confiscation of property",
    "loss_of_rights": "loss of rights",
    "conditional": "a suspended sentence",
    "terminated": "the case was closed",
    "acquitted": "acquitted",
    "pr": "compulsory treatment",
    "other": "another sentence",
}
OUTCOME = {
    "executed": "the person was put to death",
    "killed": "killed in custody or by order, without a sentence",
    "died_in_custody": "died in prison, in a camp or on the way",
    "suicide": "took his or her own life, held or before an arrest",
    "disappeared": "was not seen again",
    "imprisoned": "was held; no more is said",
    "exiled": "was exiled; no more is said",
    "survived": "served the sentence or was held, and outlived it",
    "released": "set free",
    "terminated": "the case was closed",
    "acquitted": "acquitted",
    "unknown": "the source says that it does not know",
}


class Case(Record):
    """An arrest, a sentence, an execution, or whatever of them the source tells; two sources are two rows."""

    __tablename__ = "cases"
    hangs: ClassVar[bool] = True

    person: Mapped[Person] = Reference("persons", "who was repressed", index=True, required=True, shown=True)
    arrested: Mapped[HistoricalDate | None] = Date("when arrested", shown=True)
    arresting_body: Mapped[Body | None] = Reference("bodies", "who arrested")
    charge: Mapped[str | None] = Text("the accusation, quoted as an accusation and never a fact", shown=True)
    article: Mapped[str | None] = Text("the article of the penal code")
    trial: Mapped[Trial | None] = Reference("trials", "the trial in which it was judged", shown=True)
    operation: Mapped[Operation | None] = Reference("operations", "the operation it belongs to")
    order: Mapped[Order | None] = Reference("orders", "the order it was done under")
    sentencing_body: Mapped[Body | None] = Reference("bodies", "who sentenced")
    sentenced: Mapped[HistoricalDate | None] = Date("when sentenced", shown=True)
    sentence: Mapped[str | None] = Text("the sentence as written", shown=True, few=True)
    sentence_kind: Mapped[str | None] = Code("what sort of sentence", SENTENCE)
    sentence_years: Mapped[float | None] = Number("how many years", least=0, most=100)
    outcome: Mapped[str | None] = Code(
        "what came of it; a sentence to death is not yet an execution", OUTCOME, shown=True
    )
    executed: Mapped[HistoricalDate | None] = Date("when executed", shown=True)
    place: Mapped[Place | None] = Reference("places", "where held, executed or dead")
    burial_place: Mapped[Place | None] = Reference("places", "where buried")
    case_file: Mapped[str | None] = Text("the archive's file")
