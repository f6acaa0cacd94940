"""figures: claimed numbers, their scope and who claims them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import STANCE, Amount, AnyOf, Code, Computed, Date, OneOf, Record, Reference, References, Text
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.body import Body
    from terrordb.models.operation import Operation
    from terrordb.models.order import Order
    from terrordb.models.trial import Trial

MEASURE = {
    "arrested": "arrested",
    "executed": "put to death",
    "died": "died, of whatever cause",
    "condemned": "sentenced to death",
    "imprisoned": "held in prison or camp",
    "repressed": "victims, in whatever way",
    "removed": "removed from office or rank",
    "expelled": "expelled from the party",
    "disappeared": "not seen again",
    "buried": "bodies in the ground",
    "targeted": "meant to be arrested or shot",
    "accused": "accused",
    "alive": "alive at some time",
    "members": "who belonged",
    "staff": "who served",
    "reinstated": "taken back",
    "votes": "votes",
    "lists": "lists",
    "pages": "pages",
    "trials": "trials",
    "commissions": "commissions",
    "reports": "reports",
    "judged": "cases judged",
    "migrated": "left their homes",
    "anti_communists": "turned against communism",
    "duration": "a length of time",
    "categories": "categories",
    "periods": "periods",
}
UNIT = {
    "persons": "human beings",
    "percent": "hundredths of the base",
    "times": "multiples of the base",
    "persons_per_day": "human beings a day",
    "persons_per_week": "human beings a week",
    "votes": "votes",
    "lists": "lists",
    "pages": "pages",
    "trials": "trials",
    "commissions": "commissions",
    "reports": "reports",
    "cases": "cases at law",
    "months": "months",
    "hours": "hours",
    "categories": "categories",
    "periods": "periods",
}
BASIS = {
    "archive_report": "a report found in an archive",
    "count_of_names": "counted by name",
    "estimate": "estimated",
    "derived": "worked out from other figures",
}
QUALIFIER = {
    "exact": "low, best and high are equal",
    "about": "only best",
    "average": "an average, only best",
    "at_least": "only low",
    "more_than": "only low, and not itself",
    "up_to": "only high",
    "less_than": "only high, and not itself",
    "range": "low and high, never a midpoint",
    "vague": "none of the three, only a magnitude",
    "majority": "more than half, no number",
}


class Figure(Record):
    """One number that one source states, as written; low, best and high are what the words allow."""

    __tablename__ = "figures"

    measure: Mapped[str] = Code("what is counted", MEASURE, required=True, open=True, shown=True)
    text: Mapped[str] = Amount("the number as written")
    low: ClassVar[Any] = Computed("number", column="low", meaning="not fewer than this")
    best: ClassVar[Any] = Computed("number", column="best", meaning="the number itself, where one is named")
    high: ClassVar[Any] = Computed("number", column="high", meaning="not more than this")
    magnitude: ClassVar[Any] = Computed(
        "whole number", column="magnitude", meaning="of a vague count: the power of ten it speaks of; never summed"
    )
    of: ClassVar[Any] = Computed(
        "number", column="base", meaning="the base: 15 of '13 of 15', or the number of the record `of_record` names"
    )
    qualifier: ClassVar[Any] = Computed("code", "how the words bound it", column="qualifier", vocabulary=QUALIFIER)
    unit: Mapped[str] = Code(
        "what the number is a number of", UNIT, required=True, default="persons", open=True, shown=True
    )
    what: Mapped[str | None] = Text("what is counted, in a few words", shown=True)
    of_record: ClassVar[Any] = AnyOf("figures quotas", "the figure or quota it is a share or multiple of")
    period: Mapped[HistoricalDate | None] = Date("the time it covers", shown=True)
    operation: Mapped[Operation | None] = Reference("operations", "the operation it counts", scope=True)
    trial: Mapped[Trial | None] = Reference("trials", "the trial it counts", scope=True)
    order: Mapped[Order | None] = Reference("orders", "the order it counts", scope=True)
    places: Mapped[str | None] = References("places", "the places it counts", scope=True)
    by: Mapped[Body | None] = Reference("bodies", "the body or regime that did it", scope=True)
    group: Mapped[str | None] = Text("the group it counts", scope=True)
    includes: Mapped[str | None] = Text("what it expressly includes", scope=True)
    excludes: Mapped[str | None] = Text("what it expressly leaves out", scope=True)
    claimed_by: ClassVar[Any] = OneOf(
        "persons bodies sources", "who claims it; empty: the source itself", bare=True, shown=True
    )
    stance: Mapped[str] = Code("how the claimant stands to it", STANCE, required=True, default="asserts", shown=True)
    responds_to: Mapped[Figure | None] = Reference("figures", "the figure it answers")
    basis: Mapped[str | None] = Code("what it rests on, where the source says so", BASIS)
