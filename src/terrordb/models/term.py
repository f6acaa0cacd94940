"""terms: the words that loaded lists use for coded or repeated things, and what they mean."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import AnyOf, Record, Text


class Term(Record):
    """One distinct word of a field; only a reviewed term points to a place, a body or an order."""

    __tablename__ = "terms"
    uncited: ClassVar[bool] = True

    field: Mapped[str] = Text("the field it stands in: cases.sentence", required=True, shown=True)
    text: Mapped[str] = Text("the word as lists write it", required=True, shown=True)
    means: Mapped[str | None] = Text("the code it stands for", shown=True)
    refers_to: ClassVar[Any] = AnyOf(
        "places bodies orders operations trials sources", "the record it stands for", shown=True
    )
    rule: Mapped[str | None] = Text("by which rule that was found", shown=True)
    reviewed_by: Mapped[str | None] = Text("who reviewed it; empty: nobody yet", shown=True)
