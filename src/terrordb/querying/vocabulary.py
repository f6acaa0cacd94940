"""The words by which kinds, fields and coded values are asked for, and what a name reaches through relations.

They are data, `words.csv`: kind, word, means, language, sort; the words for coded values stand in `models/codes.csv`.
An empty kind stands for any; several kinds, and several meanings, are parted by `|`. Words are written as `canonical`
gives them. The sorts:

* `kind`: another word for a kind;
* `field`: another word for a field, or for a name that has a `reach`;
* `state`, `part`, `presence`: other words for a state of a record, a part of a date, `any` and `none`;
* `reach`: the paths that a name stands for. `cases.trial|roles.within/trials`: a step that is a field of the kind
  reached so far goes forward, another that is a kind goes backward to its rows that point here. `within/trials` keeps
  to one kind a field points to, `relations<other` to one field that points here, `[role=head]` to rows with that code.
  A path that ends in a backward step asks for the `date` of its rows.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from terrordb import models
from terrordb.models.codes import canonical, code_named, code_words

__all__ = [
    "Path",
    "Step",
    "all_words",
    "canonical",
    "code_named",
    "fields_named",
    "kind_named",
    "part_named",
    "presence_named",
    "reach",
    "state_named",
]

PARAGRAPH = "paragraph"  # no field: the number in a locator ¶75

_STEP = re.compile(r"(?P<name>\w+)(?P<kinds>(?:/\w+)*)(?P<through>(?:<\w+)*)(?P<where>(?:\[\w+=\w+\])*)", re.ASCII)
_WHERE = re.compile(r"\[(\w+)=(\w+)\]", re.ASCII)


class Step(NamedTuple):
    """One step of a path: forward by a field, or backward to the rows of a kind."""

    name: str
    kinds: tuple[str, ...] = ()  # forward: what the field may point to; empty: whatever it does
    where: tuple[tuple[str, str], ...] = ()  # backward: field and code that a row must have
    through: tuple[str, ...] = ()  # backward: the fields that point here; empty: whichever do
    part: str = ""  # at the end: the part of the date that is asked for; empty: all of it


Path = tuple[Step, ...]
_Table = dict[tuple[str, str, str], tuple[str, ...]]  # (sort, kind, word): what it means


def kind_named(word: str) -> str | None:
    """Find the kind that a word names: its own name, its singular, or another word."""
    named = canonical(word)
    if named in models.MODULES:
        return named
    singular = (kind for kind, stem in models.MODULES.items() if stem == named)
    return next(singular, None) or _one("kind", named)


def fields_named(kind: str, word: str) -> tuple[str, ...]:
    """List the fields of a kind that a word is another name for; where there are none, the names it reaches by."""
    named, own = canonical(word), _own(kind)
    every = dict.fromkeys((*_means("field", kind, named), *_means("field", "", named)))
    return tuple(n for n in every if n in own) or tuple(n for n in every if _means("reach", kind, n))


def state_named(word: str) -> str | None:
    """Find the state of a record that a word names: contested, dubious, …."""
    return _one("state", canonical(word))


def part_named(word: str) -> str | None:
    """Find the part of a date that a word names: year, month or day."""
    return _one("part", canonical(word))


def presence_named(word: str) -> str | None:
    """Say whether a word asks for any value or for none."""
    return _one("presence", canonical(word))


def reach(kind: str, word: str) -> tuple[Path, ...]:
    """List the paths that a name, or another word for it, stands for; none for a field of the kind's own alone."""
    named = canonical(word)
    names = (named,) if _means("reach", kind, named) else fields_named(kind, named)
    if not any(_means("reach", kind, name) for name in names):
        return ()
    return tuple(dict.fromkeys(_path(path) for name in names for path in _means("reach", kind, name) or (name,)))


def all_words(kind: str) -> list[str]:
    """List every name by which something of a kind can be asked for, from which the nearest is offered."""
    known = list(_own(kind))
    known += [word for sort, of, word in _table() if sort == "reach" and of == kind]
    known += [word for sort, of, word in _table() if sort == "field" and of in ("", kind) and fields_named(kind, word)]
    return list(dict.fromkeys(known))


def _own(kind: str) -> tuple[str, ...]:
    fields = models.kind(kind).fields
    return (*fields, PARAGRAPH) if "locator" in fields else tuple(fields)


@cache
def _path(text: str) -> Path:
    """Read a path; ValueError where it is not well formed, which a test of every path finds out."""
    steps: list[Step] = []
    for part in text.split("."):
        found = _STEP.fullmatch(part)
        if found is None:
            raise ValueError(f"'{part}' in '{text}' is no step of a path")
        kinds, through = (tuple(filter(None, re.split("[/<]", found[group]))) for group in ("kinds", "through"))
        steps.append(Step(found["name"], kinds, tuple(_WHERE.findall(found["where"])), through))
    return tuple(steps)


def _means(sort: str, kind: str, word: str) -> tuple[str, ...]:
    return _table().get((sort, kind, word), ())


def _one(sort: str, word: str) -> str | None:
    return next(iter(_means(sort, "", word)), None)


@cache
def _table() -> _Table:
    table: _Table = {}
    text = (files(__package__) / "words.csv").read_text(encoding="utf-8")
    rows = csv.reader(text.splitlines(), strict=True)
    next(rows)
    for kinds, word, means, _, sort in rows:
        every = tuple(means.split("|"))
        for kind in kinds.split("|"):
            place = (sort, kind, word)
            table[place] = table.get(place, ()) + every
    return table | {("code", *place): means for place, means in code_words().items()}
