"""persons: human beings, as a source names or describes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from terrordb.models.base import Code, Computed, Date, Flag, Name, Record, Reference, Text
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.place import Place

SEX = {"male": "a man or a boy", "female": "a woman or a girl"}
FATE = {
    "executed": "put to death after a sentence or by order",
    "killed": "killed without a sentence: murder, massacre, torture",
    "assassinated": "killed by an assassin",
    "suicide": "took his or her own life",
    "died_in_custody": "died in prison, in a camp or on the way",
    "disappeared": "was not seen again",
    "imprisoned": "was held in a prison or a camp; no more is said",
    "exiled": "was sent into exile or left for it; no more is said",
    "survived": "outlived the terror",
    "unknown": "the source says that it does not know",
}
PART = {
    "victim": "was repressed, killed or driven to death",
    "perpetrator": "ordered, judged, signed, interrogated or killed",
    "leader": "headed or belonged to a ruling body",
    "denouncer": "denounced or incriminated others, freely or forced",
    "investigator": "sat on a commission that examined the terror",
    "scholar": "studied it: a claim or an interpretation is theirs",
    "observer": "watched it and judged it",
}


class Person(Record):
    """A human being; rows of a list each make their own person, tied to others by judgements only."""

    __tablename__ = "persons"

    name: Mapped[str] = Name(
        "the name as this source writes it; an unnamed person's description stands in square brackets"
    )
    names: ClassVar[Any] = Computed("list", "every spelling any source gives, this one first")
    named: Mapped[bool] = Flag("false: an individual whom the source does not name", required=True, default="true")
    sex: Mapped[str | None] = Code("sex, where the source says it", SEX)
    born: Mapped[HistoricalDate | None] = Date("when born", shown=True)
    died: Mapped[HistoricalDate | None] = Date("when died, however it came about", shown=True)
    place_of_death: Mapped[Place | None] = Reference("places", "where died")
    nationality: Mapped[str | None] = Text("as recorded by the source", few=True)
    occupation: Mapped[str | None] = Text("offices and work, in short", shown=True)
    party: Mapped[str | None] = Text("party standing")
    fate: ClassVar[Any] = Computed(
        "code", "what became of the person, as the status favours", stored=True, vocabulary=FATE, shown=True
    )
    fates: ClassVar[Any] = Computed("list", "every fate any source gives, the favoured one first", vocabulary=FATE)
    parts: ClassVar[Any] = Computed("list", "the parts the person played", vocabulary=PART)
    same_as: ClassVar[Any] = Computed("list", "persons judged to be the same human being")

    as_read: Mapped[int | None] = mapped_column(BigInteger)  # of a mapped list's row: see `loading.marks`
