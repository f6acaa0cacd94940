"""The words of a question: a kind, and terms that all must hold.

A term is `field:value`, `field:a..b` with either end left away, or free words, looked for in names and titles.
This small form is to be replaced by a grammar; nothing outside this module knows how a term is written.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from terrordb.errors import BadQuestion
from terrordb.querying.vocabulary import kind_named

if TYPE_CHECKING:
    from collections.abc import Sequence

_FIELD = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*")  # a dot reaches a record pointed to
_FORMS = 'write field:value, field:a..b, or words; a value with spaces stands in double quotes: name:"Ivan Ivanov"'


class Term(NamedTuple):
    """One condition: a field and what is asked of it, or no field and free words."""

    field: str | None
    value: str

    def ends(self) -> tuple[str, str] | None:
        """Give both ends of `a..b`, an open one empty; None where the value is no range (EDTF's 1937/.. is none)."""
        first, dots, last = self.value.partition("..")
        return (first.strip(), last.strip()) if dots and "/" not in self.value else None

    def __str__(self) -> str:
        """Write the term."""
        return self.value if self.field is None else f"{self.field}:{self.value}"


class Question(NamedTuple):
    """What is asked: records of a kind for which every term holds."""

    kind: str
    terms: tuple[Term, ...]

    def __str__(self) -> str:
        """Write the question, as it can be asked again."""
        return " ".join([self.kind, *(f'"{term}"' if " " in str(term) else str(term) for term in self.terms)])


def split(text: str) -> list[str]:
    """Split a question in one string into its words; only double quotes hold words together.

    An apostrophe is a letter of a name.  Raises BadQuestion, with the place, for a quote that is not closed.
    """
    words: list[str] = []
    word: list[str] | None = None
    opened = 0
    for place, sign in enumerate(text, 1):
        if sign == '"':
            opened = 0 if opened else place
            word = word or []
        elif opened or not sign.isspace():
            word = word or []
            word.append(sign)
        elif word is not None:
            words.append("".join(word))
            word = None
    if opened:
        raise BadQuestion(f"the quote at character {opened} of the question is not closed", 'close it with another "')
    return words if word is None else [*words, "".join(word)]


def parse(words: Sequence[str]) -> Question:
    """Read the words of a question, one a term; the first may name a kind, else persons are asked for."""
    kind = kind_named(words[0]) if words else None
    return Question(kind or "persons", tuple(map(_term, words[1:] if kind else words)))


def _term(word: str) -> Term:
    field, colon, value = word.partition(":")
    if not word.strip():
        raise BadQuestion("a term of the question is empty", _FORMS)
    if word in ("AND", "OR", "NOT"):
        raise BadQuestion(f"{word} is no term yet: all terms must hold", "leave AND away; ask what OR joins one by one")
    if not colon:
        return Term(None, word.strip())
    if not field:
        raise BadQuestion(f"'{word}' names no field before the colon", _FORMS)
    if not _FIELD.fullmatch(field) or value[:1].isspace():
        return Term(None, word.strip())  # list-7:1204 or "A life: the first part" are words
    value = value.strip()
    if not value or value == "..":
        raise BadQuestion(f"'{word}' asks for nothing after the colon", _FORMS)
    return Term(field.lower(), value)
