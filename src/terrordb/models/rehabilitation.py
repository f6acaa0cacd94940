"""rehabilitations: steps towards a rehabilitation, granted or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, Record, Reference, Text, check
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.body import Body
    from terrordb.models.case import Case
    from terrordb.models.person import Person
    from terrordb.models.trial import Trial

OF_CASE = text("case_key IS NOT NULL")
STAGE = {
    "recommended": "a body recommended it",
    "granted": "it was granted",
    "refused": "it was refused",
    "deferred": "it was put off, or granted in part only",
    "none": "the source says that there never was one",
}
SCOPE = {"full": "on all charges", "partial": "on some charges"}


class Rehabilitation(Record):
    """One step, for a person, a case, or the group of a trial; only `granted` means that it was reached."""

    __tablename__ = "rehabilitations"
    hangs: ClassVar[bool] = True

    person: Mapped[Person | None] = Reference("persons", "who was rehabilitated", index=True, shown=True)
    case: Mapped[Case | None] = Reference("cases", "the case it concerns")
    trial: Mapped[Trial | None] = Reference("trials", "the trial whose convicted it concerns as a group", shown=True)
    stage: Mapped[str] = Code("how far it went", STAGE, required=True, shown=True)
    date: Mapped[HistoricalDate | None] = Date("when", shown=True)
    body: Mapped[Body | None] = Reference("bodies", "who decided", shown=True)
    scope: Mapped[str | None] = Code("how much of the verdict", SCOPE)
    basis: Mapped[str | None] = Text("why, in short", shown=True)
    checks: ClassVar = (
        check(
            "person_key IS NOT NULL OR case_key IS NOT NULL OR trial_key IS NOT NULL",
            "of_somebody",
            "it names no person, no case and no trial",
        ),
        # A server asks of each case that goes whether one points to it; of a list's rows none does.
        Index(None, "case_key", sqlite_where=OF_CASE, postgresql_where=OF_CASE),
    )
