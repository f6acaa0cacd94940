"""statements: who said what, how it was obtained, and what it answers."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import STANCE, AnyOf, Code, Date, OneOf, Record, Text
from terrordb.values.dates import HistoricalDate

KIND = {
    "plea": "a plea in court",
    "confession": "a confession",
    "retraction": "a confession taken back",
    "testimony": "evidence given, in court or later",
    "denunciation": "a denunciation or an accusation",
    "denial": "a denial",
    "remark": "a remark, spoken or written",
    "letter": "a letter or a petition",
    "promise": "a promise or an assurance",
    "finding": "a finding of a court, a commission or a historian",
    "official_notice": "what an office told",
    "report": "a report, of an observer or an office",
    "interpretation": "a scholar's or observer's reading of events",
}
OBTAINED = {
    "torture": "by torture",
    "threat": "by threats",
    "pressure": "under pressure",
    "free": "freely",
    "unknown": "the source does not say how",
}
HELD = {"yes": "the source holds it true", "no": "the source holds it untrue", "open": "the source leaves it open"}
ABOUT = (
    "persons bodies places operations orders trials events sources cases roles relations rehabilitations statements "
    "quotas figures"
)


class Statement(Record):
    """What a person, a body or nobody named said; a record of speech, never of fact."""

    __tablename__ = "statements"

    kind: Mapped[str] = Code("what sort of statement", KIND, required=True, shown=True)
    speaker: ClassVar[Any] = OneOf("persons bodies", "who said it; empty: nobody named", bare=True, shown=True)
    date: Mapped[HistoricalDate | None] = Date("when", shown=True)
    addressee: ClassVar[Any] = OneOf("persons bodies", "to whom", bare=True)
    about: ClassVar[Any] = AnyOf(ABOUT, "the record it is about", shown=True)
    content: Mapped[str] = Text("what was said, in one line of our own", required=True, shown=True)
    obtained: Mapped[str | None] = Code("how it was obtained", OBTAINED)
    stance: Mapped[str | None] = Code("towards what it responds to", STANCE)
    responds_to: ClassVar[Any] = AnyOf("statements figures", "the statement or figure it responds to")
    held_true: Mapped[str | None] = Code("whether the source holds it true", HELD)
