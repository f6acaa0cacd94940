"""relations: ties between two persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Date, Record, Reference
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from terrordb.models.person import Person

RELATION = {
    "spouse": "husband or wife of",
    "parent": "father or mother of",
    "child": "son or daughter of",
    "relative": "another relative of",
    "friend": "friend of",
    "associate": "worked closely with",
    "secretary": "secretary of",
    "successor": "followed in office",
    "predecessor": "preceded in office",
    "teacher": "taught",
    "rival": "rival of",
    "supporter": "stood by",
    "protector": "spoke or wrote on behalf of",
    "killer": "killed",
    "denouncer": "denounced or incriminated",
    "subordinate": "acted under the orders of",
}


class Relation(Record):
    """`person` is the `relation` of `other`: Larina is the spouse of Bukharin."""

    __tablename__ = "relations"

    person: Mapped[Person] = Reference("persons", "who", required=True, shown=True)
    relation: Mapped[str] = Code("what he or she was to the other", RELATION, required=True, open=True, shown=True)
    other: Mapped[Person] = Reference("persons", "to whom", required=True, shown=True)
    begun: Mapped[HistoricalDate | None] = Date("since when, or when")
    ended: Mapped[HistoricalDate | None] = Date("until when")
