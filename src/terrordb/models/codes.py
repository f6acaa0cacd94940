"""The words that coded values are also called by, in questions and in loaded lists alike.

They are data, `codes.csv`: kind, word, means, language. An empty kind stands for any; several kinds, and several
meanings (`field=code`), are parted by `|`. Words are written as `canonical` gives them.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from terrordb.values.names import fold

__all__ = ["canonical", "code_named", "code_words"]


def canonical(word: str) -> str:
    """Give the form of a word that is compared: folded, with _ between its parts."""
    return "_".join(fold(word).split())


def code_named(field: str, word: str, kind: str = "") -> str | None:
    """Find the code of a field that a word stands for; the kind tells apart what two kinds call alike."""
    named = canonical(word)
    for meaning in (*code_words().get((kind, named), ()), *code_words().get(("", named), ())):
        of, _, code = meaning.partition("=")
        if of == field:
            return code
    return named if f"{field}={named}" in _codes() else None


@cache
def code_words() -> dict[tuple[str, str], tuple[str, ...]]:
    """Give for kind and word all that is meant."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    rows = csv.reader((files(__package__) / "codes.csv").read_text(encoding="utf-8").splitlines(), strict=True)
    next(rows)
    for kinds, word, means, _ in rows:
        for kind in kinds.split("|"):
            found[kind, word] = found.get((kind, word), ()) + tuple(means.split("|"))
    return found


@cache
def _codes() -> frozenset[str]:
    return frozenset(meaning for every in code_words().values() for meaning in every)
