"""From records to what they reach: the ways a name leads to fields of other records, and the rows upon a way.

A name such as `cases.arrested`, `trial.opened`, `арест` or `born.year` stands for paths, as in a question
(`deciding.paths_of`).  Each is a way: legs from kind to kind, forward by a field or backward to the rows whose fields
point here, and what is read at its end.
"""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, select

from terrordb import models
from terrordb.database import Key
from terrordb.errors import BadQuestion, nearest
from terrordb.models import fields as f
from terrordb.models.labels import PARTS
from terrordb.querying import vocabulary
from terrordb.querying.asking import LONGEST, ask
from terrordb.querying.deciding import paths_of
from terrordb.querying.selecting import own_field
from terrordb.querying.vocabulary import PARAGRAPH

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import CompoundSelect, Connection, FromClause

    from terrordb.models.fields import Pointer
    from terrordb.querying.vocabulary import Path

__all__ = ["End", "Leg", "Lookup", "Way", "pointers", "reached", "resolved", "wanted"]


ASKED = "asked"  # the parameter that stands for all keys

Keys = BindParameter[Any]


class Leg(NamedTuple):
    """One step to rows of a kind: forward by a field, or backward, where there is none."""

    kind: str
    field: str = ""
    where: tuple[tuple[str, str], ...] = ()  # backward: field and code that a row must have
    through: tuple[str, ...] = ()  # backward: the fields that point here; empty: whichever do


class End(NamedTuple):
    """What is read of a row at the end of a way."""

    field: str
    part: str = ""  # of a date
    kinds: tuple[str, ...] = ()  # what a reference may point to; empty: whatever it does


class Way(NamedTuple):
    """A way and what is read at its end: the first of these that has a value."""

    legs: tuple[Leg, ...]
    ends: tuple[End, ...]

    @property
    def many(self) -> bool:
        """Say whether it may lead to several rows."""
        return any(not leg.field for leg in self.legs)


# ---------------------------------------------------------------- from names to ways


def resolved(kind: str, name: str) -> str:
    """Give the field a name stands for, or the name itself where it leads further; BadQuestion where it does neither.

    A field of the kind's own comes before what its name is else short for.
    """
    own = None if "." in name else own_field(models.kind(kind), name)
    if own is not None:
        return own.name
    if not reached(kind, name):
        raise BadQuestion(
            f"{kind} have no field '{name}'", _near(kind, name) or f"terrordb fields {kind} lists the fields"
        )
    return name


@lru_cache(maxsize=1024)
def reached(kind: str, name: str) -> tuple[Way, ...]:
    """List the ways a name stands for; none where it leads nowhere.

    What stands in the same rows is one way: `date` is when something began or, where that is missing, when it ended.
    The name of a kind alone stands for the ids of its rows.
    """
    last = name.rpartition(".")[2]
    if not all(name.split(".")):
        return ()
    ids = f"{name}.id" if last in models.MODULES else ""
    ends = (_ends(kind, ids, "id") if ids else {}) or _ends(kind, name, last)
    ways: list[Way] = []
    for legs, found in ends.items():
        there = models.kind(legs[-1].kind if legs else kind)
        own = own_field(there, last) if "." in name else None
        asked = {end: field for end, field in found.items() if own is not None and end.field == own.name} or found
        pointing = [end for end, field in asked.items() if field is not None and field.kinds]
        saying = tuple(end for end in asked if end not in pointing)
        ways += [Way(legs, (end,)) for end in pointing] + ([Way(legs, saying)] if saying else [])
    return tuple(ways)


def _ends(kind: str, name: str, last: str) -> dict[tuple[Leg, ...], dict[End, f.Field | None]]:
    ends: dict[tuple[Leg, ...], dict[End, f.Field | None]] = defaultdict(dict)
    for path in paths_of(models.kind(kind), name):
        for legs, end, field in _walked(kind, path, last):
            ends[legs][end] = field
    return ends


def _walked(kind: str, path: Path, last: str) -> Iterator[tuple[tuple[Leg, ...], End, f.Field | None]]:
    """Walk a path: its legs, what is read at its end, and the field that is, for each kind it may come to."""
    step, rest = path[0], path[1:]
    model = models.kind(kind)
    field = None if step.through else own_field(model, step.name)
    if field is not None and not rest:
        part = step.part or vocabulary.part_named(last) or ""
        if isinstance(field, f.DateField) or not step.part:
            yield (), End(field.name, part if isinstance(field, f.DateField) else "", step.kinds), field
    elif field is not None:
        for kind_there in dict.fromkeys(p.kind for p in field.pointers(model.__table__)):
            if not step.kinds or kind_there in step.kinds:
                for legs, end, found in _walked(kind_there, rest, last):
                    yield (Leg(kind_there, field.name), *legs), end, found
    elif step.name == PARAGRAPH:
        yield (), End(PARAGRAPH), None
    elif step.name in models.MODULES and pointers(kind, leg := Leg(step.name, "", step.where, step.through)):
        ends = rest or _end_of_rows(step, last)
        for legs, end, found in _walked(step.name, ends, last):
            yield (leg, *legs), end, found


def _end_of_rows(step: vocabulary.Step, last: str) -> Path:
    """Say what is read of rows where a name leads no further: their ids where it names their kind, else their date."""
    fields = models.kind(step.name).fields
    dates = [name for name, field in fields.items() if isinstance(field, f.DateField)]
    if not dates or (not step.part and vocabulary.kind_named(last) == step.name):
        return (vocabulary.Step("id"),)
    return (vocabulary.Step(dates[0], part=step.part),)


def pointers(kind: str, leg: Leg, table: FromClause | None = None) -> list[Pointer]:
    """List the columns by which the rows of a leg backward point to a kind, of the kind's table or an alias of it."""
    there = models.kind(leg.kind)
    return f.pointers(there.fields, there.__table__ if table is None else table, kind, leg.through)


def _near(kind: str, name: str) -> str:
    """Offer names near to a wrong one: of its last word, where the rest leads somewhere."""
    head, dot, _last = name.rpartition(".")
    if not dot or not (ways := reached(kind, head)):
        return nearest(name, [*vocabulary.all_words(kind), *(of for of in models.KINDS if pointers(kind, Leg(of)))])
    there: dict[str, None] = {}
    for legs, ends in ways:
        model = models.kind(legs[-1].kind if legs else kind)
        for end in ends:
            field = model.fields.get(end.field)
            kinds = [model.__tablename__] if end.field == "id" else list(field.kinds) if field is not None else []
            there |= dict.fromkeys(PARTS if isinstance(field, f.DateField) and not end.part else ())
            there |= dict.fromkeys(word for of in kinds for word in vocabulary.all_words(of))
    return nearest(name, [f"{head}.{word}" for word in there]) if there else f"{head} leads no further"


# ---------------------------------------------------------------- rows


class Lookup:
    """A question about many keys, in a statement that is kept."""

    def __init__(self, about: Callable[[Keys], Select[Any] | CompoundSelect[Any]]) -> None:
        self._statement = about(bindparam(ASKED, expanding=True, type_=Key))

    def rows(self, connection: Connection, keys: Sequence[int]) -> list[Any]:
        """Ask, so many keys at a time; the rows come in the order of the statement, for each such part."""
        parts = (list(keys[start : start + LONGEST]) for start in range(0, len(keys), LONGEST))
        return [row for part in parts for row in ask(connection, self._statement, {ASKED: part})]


def wanted(kind: str, keys: Keys) -> Select[Any]:
    """Select keys as a subquery, said once in a statement however many branches ask for them."""
    table = models.kind(kind).__table__
    return select(select(table.c.key).where(table.c.key.in_(keys)).cte("wanted").c.key)
