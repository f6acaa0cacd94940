"""judgements: whether two records speak of one person, or of one act."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import AnyOf, Code, Date, Record, Text, check
from terrordb.values.dates import HistoricalDate

VERDICT = {"same": "one and the same", "different": "two different ones"}


class Judgement(Record):
    """Somebody's judgement on two persons or two cases; rows are never merged."""

    __tablename__ = "judgements"
    uncited: ClassVar[bool] = True

    record: ClassVar[Any] = AnyOf("persons cases", "the one", required=True, shown=True)
    other: ClassVar[Any] = AnyOf("persons cases", "the other, of the same kind", required=True, shown=True)
    verdict: Mapped[str] = Code("same or different", VERDICT, required=True, shown=True)
    by: Mapped[str] = Text("who judged", required=True, shown=True)
    date: Mapped[HistoricalDate | None] = Date("when", shown=True)
    why: Mapped[str | None] = Text("why", shown=True)
    taken_back: Mapped[HistoricalDate | None] = Date("when it was taken back, if it was")
    checks: ClassVar = (check("record_kind = other_kind", "of_one_kind", "the two records are not of one kind"),)
