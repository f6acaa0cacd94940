"""person_names: further spellings of a person's name."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from sqlalchemy.orm import Mapped

from terrordb.models.base import Code, Name, Record, Reference, Text

if TYPE_CHECKING:
    from terrordb.models.person import Person

SCRIPT = {"latin": "Latin letters", "cyrillic": "Cyrillic letters", "other": "another script"}
KIND = {
    "as_written": "another spelling of the same source or of another",
    "native": "in the person's own language and script",
    "transliteration": "by a scheme of transliteration",
    "party_name": "a pseudonym or party name",
    "editorial": "added by the editors for search, never a source's word",
}


class PersonName(Record):
    """One further spelling; the first stands on the person."""

    __tablename__ = "person_names"
    hangs: ClassVar[bool] = True
    names_of: ClassVar = "person"  # who asks for this name is answered with the person

    person: Mapped[Person] = Reference("persons", "whose name", index=True, required=True, shown=True)
    text: Mapped[str] = Name("the spelling")
    kind: Mapped[str] = Code("what sort of spelling", KIND, required=True, default="as_written", shown=True)
    script: Mapped[str | None] = Code("its script", SCRIPT)
    language: Mapped[str | None] = Text("its language (BCP 47)")
