"""claims: a further passage for a field of a record, or a rival value of it."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import AnyOf, Record, Text

RECORDS = (
    "persons bodies places operations orders trials events sources cases roles relations rehabilitations statements "
    "quotas figures person_names"
)


class Claim(Record):
    """What one passage says of one field; an empty value means that the record's own value stands there too."""

    __tablename__ = "claims"

    record: ClassVar[Any] = AnyOf(RECORDS, "the record it speaks of", index=True, required=True, shown=True)
    field: Mapped[str | None] = Text("the field it speaks of; empty: the whole record", shown=True)
    value: Mapped[str | None] = Text("a rival value, written as the field is; empty: the same value", shown=True)
