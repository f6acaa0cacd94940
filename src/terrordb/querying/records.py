"""From keys to records: batches of rows with their references, computed fields and citations, never one query a row.

A record is handed out as a `Row`: its fields are attributes, `as_dict` is its JSON, `cells` its line of a CSV.  A row
keeps what the engine gave, and makes a value of it when that is asked for; how, its `_Plan` says, which is made once
for a kind and the names of fields.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from functools import cache, lru_cache
from html import escape
from itertools import chain, islice, repeat
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, and_, exists, func, select

from terrordb import models
from terrordb.models import fields as f
from terrordb.models import labels
from terrordb.models.base import LIST
from terrordb.models.derived import DERIVED, EVIDENCE, NOT_THE_END
from terrordb.models.engine import spans
from terrordb.querying.asking import SIZES
from terrordb.querying.passages import PASSAGE, behind
from terrordb.querying.reaching import End, Leg, Lookup, Way, pointers, reached, resolved, wanted
from terrordb.querying.selecting import find_id, id_of, pointing_to
from terrordb.querying.vocabulary import PARAGRAPH
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    Get = Callable[[Any, "_Batch"], Any]  # of a row as the engine gave it, and what is known of its batch

__all__ = [
    "CITATIONS",
    "SHOWING",
    "Found",
    "Row",
    "find_id",
    "headers",
    "json_fields",
    "named_fields",
    "pointing_to",
    "records",
    "shown",
    "template",
]

FIRST, BATCH = SIZES[-2:]  # rows of the first batch, so that the first of many come at once, and of each later one
ANSWERS = ("maybe", "yes")
ANSWER = "answer"  # in JSON, of the rows of a question
DATES = 2**14  # of which a program remembers how they are written
MOST_TABLES = 40  # of a statement, after which a further way has one of its own; SQLite joins 64 at most
MEMO = 50_000  # ids a question remembers before it starts anew, so that memory does not grow with the answer
CITATIONS = "citations"  # in JSON in place of the four fields of a citation
# Whose passages show a computed field: those for fields that say it, else those of the whole row that does.
SHOWING: dict[str, tuple[str, ...]] = {"fate": ("outcome", "executed"), "parts": ()}
CITED = ("source", "locator", "anchor", "footnotes")
PLACE = ("row_no", *CITED[1:])  # what a row cites of its source
LENT = "lent"  # the citation of the row that a row hangs on
SCOPE = "scope"  # in JSON the object that holds the fields marked so
_PARAGRAPH = re.compile(r"¶([1-9][0-9]*)")
_NUMBERS = f.NumbersField(meaning="")


def _paragraph(locator: str | None) -> int | None:
    match = _PARAGRAPH.fullmatch(locator) if locator else None
    return int(match[1]) if match else None


def _numbers(stored: str | None) -> list[int]:
    found: list[int] = _NUMBERS.plain((stored,))
    return found


# The fields that a citation gives: which part of it each is made of, and how.
CITING: dict[str, tuple[int, Callable[[Any], Any]]] = {
    "source": (0, lambda named: named),
    "locator": (2, lambda locator: locator),
    PARAGRAPH: (2, _paragraph),
    "anchor": (3, lambda anchor: anchor),
    "footnotes": (4, _numbers),
}


# ---------------------------------------------------------------- what a kind has


def _printed(kind: str) -> list[str]:
    """Name the fields that JSON prints, in their order."""
    model = models.kind(kind)
    cited = CITED if "source" in model.fields else ()
    return [*(name for name in model.fields if name not in cited), *([CITATIONS] if cited else [])]


def shown(kind: str) -> list[str]:
    """Name the fields a terminal shows unless told otherwise."""
    return [name for name, field in models.kind(kind).fields.items() if field.shown]


def template(kind: str) -> list[str]:
    """Name the fields of a CSV, in the order of its columns."""
    return [name for name, field in models.kind(kind).fields.items() if not field.computed]


def named_fields(kind: str, names: Iterable[str]) -> list[str]:
    """Resolve names that a user wrote to fields; BadQuestion, with the nearest, for one that is not there.

    A field is also known by its column in a CSV and in Russian; `scope` is all that stands inside it, `scope.trial` one
    of it.  A name that leads to other records (`cases.arrested`), or to a part of a date, stays as it was written.
    """
    fields = models.kind(kind).fields
    known = {name: [name] for name in [*fields, *_printed(kind)]}
    known |= {field.header: [name] for name, field in fields.items()}
    if scoped := [name for name, field in fields.items() if field.scope]:
        known |= {SCOPE: scoped} | {f"{SCOPE}.{name}": [name] for name in scoped}
    found: list[str] = []
    for name in names:
        found += known.get(name) or [resolved(kind, name)]
    return list(dict.fromkeys(found))


def json_fields(kind: str) -> list[dict[str, Any]]:
    """Describe every key of a kind's JSON: name, type, vocabulary (codes and what they mean, or None), meaning.

    What stands inside `scope` is named `scope.trial`; each date is followed by its first and last day.
    """
    described: list[dict[str, Any]] = []
    fields = models.kind(kind).fields
    for name in _printed(kind):
        if name == CITATIONS:
            meaning = "the passages it stands on: its own, then those of claims"
            described.append(_described(CITATIONS, "list of citations", meaning))
            continue
        field = fields[name]
        if field.scope and not any(entry["name"] == SCOPE for entry in described):
            described.append(_described(SCOPE, "object", "what it counts, and what it leaves out"))
        first, *days = field.keys()
        described.append(_described(first, field.type, field.meaning, field.vocabulary))
        for key, word in zip(days, ("first", "last"), strict=False):
            described.append(_described(key, "day", f"the {word} day that {name} may mean; null: open or not known"))
    return described


def _described(name: str, of_type: str, meaning: str, vocabulary: Mapping[str, str] | None = None) -> dict[str, Any]:
    return {"name": name, "type": of_type, "vocabulary": dict(vocabulary) if vocabulary else None, "meaning": meaning}


def headers(kind: str) -> list[dict[str, Any]]:
    """Describe every column of a kind's CSV as `json_fields` does, with `required`, `default` and `kinds` beside."""
    fields = (models.kind(kind).fields[name] for name in template(kind))
    return [
        _described(field.header, field.type, field.meaning, field.vocabulary)
        | {"required": field.required, "default": field.default, "kinds": list(field.kinds)}
        | {"open": getattr(field, "open", False)}
        for field in fields
    ]


# ---------------------------------------------------------------- a record


class Found(NamedTuple):
    """What a question found: a record, how surely it is an answer, and by which rule its name was found."""

    key: int
    answer: str | None = None  # yes or maybe
    match: str | None = None  # exact, variant or fuzzy
    why: str | None = None


class Citation(dict[str, Any]):
    """A passage that a record stands on; `by` is the kind and key of the row that cites it.

    Of a passage that a claim gives, `status` and `hedge` are those of the claim; of one that shows a computed field,
    `shown` is the case, role or statement from which that is worked out.
    """

    by: tuple[str, int] | None = None
    shown: tuple[str, int] | None = None
    status: str | None = None
    hedge: str | None = None


class Row:
    """One record as read: its fields are attributes and items, dates with `.earliest` and `.latest`, references as ids.

    `kind_of_record` names the kind; `kind` does so too where no field of that name stands in its way, and `why` says by
    which rule a name that was asked for was found.
    """

    __slots__ = ("_batch", "_found", "_raw", "_shape")

    def __init__(self, raw: Any, batch: _Batch, shape: _Shape, found: Found) -> None:
        """Take what was read; values are made of it when they are asked for."""
        self._raw, self._batch, self._shape, self._found = raw, batch, shape, found

    @property
    def kind_of_record(self) -> str:
        """Name the kind."""
        return self._shape.kind

    @property
    def fields(self) -> list[str]:
        """Name the fields that were read."""
        return list(self._shape.gets)

    @property
    def id(self) -> str:
        """Give the id."""
        named: str = self._raw[1]
        return named

    @property
    def answer(self) -> str | None:
        """Say of a question's row whether it surely is an answer: `yes` or `maybe`."""
        return self._found.answer

    @property
    def match(self) -> str | None:
        """Say how a name that was asked for was found: `exact`, `variant` or `fuzzy`."""
        return self._found.match

    @property
    def citations(self) -> list[Citation]:
        """List the passages the record stands on: its own, then those that claims give for one of its fields."""
        if CITATIONS not in self._shape.names and "source" in self._shape.model.fields:
            raise AttributeError("citations were not asked for")
        return self._batch.citations[self._raw[0]]

    def __getattr__(self, name: str) -> Any:
        """Give a field's value."""
        if name.startswith("_"):
            raise AttributeError(name)
        shape = self._shape
        if (get := shape.gets.get(name)) is not None:
            return get(self._raw, self._batch)
        if name == "kind":
            return shape.kind
        if name == "why" and name not in shape.model.fields:
            return self._found.why
        if name == SCOPE and shape.scoped:
            return {scoped: shape.gets[scoped](self._raw, self._batch) for scoped in shape.scoped}
        there = name == CITATIONS or name in shape.model.fields
        raise AttributeError(f"{shape.kind}: {name} {'was not asked for' if there else 'is no field of theirs'}")

    def __getitem__(self, name: str) -> Any:
        """Give a field's value, what a name leads to, or what stands under a key of the record's JSON."""
        if (get := self._shape.gets.get(name)) is not None:
            return get(self._raw, self._batch)
        try:
            return getattr(self, name)
        except AttributeError:
            printed = self.as_dict()
            scope = printed.get(SCOPE)
            nested = {f"{SCOPE}.{key}": value for key, value in scope.items()} if isinstance(scope, dict) else {}
            if name in (found := printed | nested):
                return found[name]
            raise KeyError(name) from None

    def __dir__(self) -> list[str]:
        """Name the fields beside what every object has."""
        return [*super().__dir__(), *self._shape.gets]

    def as_dict(self) -> dict[str, Any]:
        """Give the record as JSON has it: dates as EDTF with their first and last day, references as ids."""
        made = {key: get(self._raw, self._batch) for key, get in self._shape.prints}
        if self._shape.whole and self.answer is not None:
            made[ANSWER] = self.answer
        if self._shape.whole and self.match is not None:
            made = made | {"match": self.match} | ({"why": self.why} if "why" not in made else {})
        return made

    def cells(self) -> dict[str, str]:
        """Give the cells of a CSV, in the order of its columns, as they would be loaded again."""
        return {header: write(self._raw, self._batch) for header, write in self._shape.cells}

    def said(self, name: str) -> str:
        """Give what `row[name]` is in the words a table shows: dates as written, lists with semicolons."""
        return _said(self[name])

    def __repr__(self) -> str:
        """Name the record, with its name where it has one."""
        names = (name for name in self._shape.own if isinstance(self._shape.model.fields[name], f.NameField))
        named = "".join(f": {self[name]}" for name in islice(names, 1))
        return f"<{self._shape.kind}/{self.id}{named}>"

    def _repr_html_(self) -> str:
        """Show the record in a notebook: what is known of it, one line a field."""
        lines = [(name, self.said(name)) for name in self._shape.names]
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(said)}</td></tr>" for name, said in lines if said)
        return f"<table><caption>{escape(self._shape.kind)}/{escape(self.id)}</caption>{rows}</table>"


def _said(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict) and not value.keys() >= {"source", "locator", "paragraph"}:  # cells of a list
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):  # a citation
        return " ".join(filter(None, (value["source"], value["locator"])))
    return "; ".join(map(_said, value)) if isinstance(value, list) else str(value)


def _reached(value: Any) -> Any:
    """Give what JSON has of a value that a name led to."""
    if isinstance(value, list):
        return [_reached(one) for one in value]
    return value.edtf if isinstance(value, HistoricalDate) else value


@lru_cache(maxsize=DATES)
def _date(stored: f.Values) -> HistoricalDate | None:
    """Build a date from its columns; one that is open at both ends is none."""
    return None if stored[2] is None and stored[3] is None else f.stored_date(*stored)


@lru_cache(maxsize=DATES)
def _days(stored: f.Values) -> tuple[str | None, ...]:
    """Write a date as JSON has it: EDTF, first and last day."""
    date = _date(stored)
    if date is None:
        return None, None, None
    return (date.edtf, *(None if day is None else day.isoformat() for day in (date.earliest, date.latest)))


# ---------------------------------------------------------------- what is read, and what is made of it


class _Tree(dict[Leg, "_Tree"]):
    """Ways put together where they begin alike, with what is read where they end."""

    def __init__(self) -> None:
        super().__init__()
        self.ends: dict[End, None] = {}

    def grow(self, way: Way) -> None:
        """Add a way."""
        at = self
        for leg in way.legs:
            at = at.setdefault(leg, _Tree())
        at.ends |= dict.fromkeys(way.ends)


class _Asking:
    """A statement that is being written: from which tables, and which columns stand where in its rows."""

    def __init__(self, table: FromClause) -> None:
        self.columns: list[Any] = []
        self.tables: FromClause = table
        self.count = 1  # of tables
        self.fans = False  # a record may have several rows

    def place(self, *columns: Any) -> slice:
        """Ask for columns, and say where they stand."""
        self.columns += columns
        return slice(len(self.columns) - len(columns), len(self.columns))

    def join(self, table: FromClause, *rules: Any) -> None:
        """Put the rows of a table beside those that are there, where rules are true of them."""
        self.tables, self.count = self.tables.outerjoin(table, and_(*rules)), self.count + 1

    def point(self, pointer: f.Pointer) -> FromClause:
        """Put what a column points to beside, and give the table."""
        to = models.kind(pointer.kind).__table__.alias()
        self.join(to, to.c.key == pointer.key, *pointer.rules)
        return to

    def lookup(self, by: Any, *rules: Any) -> Lookup:
        """Look rows up by a column, which stands at the end of each where it does not stand at its beginning."""
        columns, tables = [*self.columns, *([by] if by is not self.columns[0] else [])], self.tables
        return Lookup(lambda keys: select(*columns).select_from(tables).where(by.in_(keys), *rules))


class _Branch(NamedTuple):
    """Where a plan leads on: how the rows there are read, and the statements that find them, if any."""

    leg: Leg
    plan: _Plan
    lookups: list[Lookup]


class _Plan:
    """How the rows of a kind are read, from a table in a statement, and what is made of them."""

    def __init__(self, kind: str, tree: _Tree, table: FromClause, asking: _Asking, *, led_to: bool = False) -> None:
        self.kind, self.model, self.table, self.asking = kind, models.kind(kind), table, asking
        fields = self.model.fields
        ends = dict.fromkeys(end.field for end in tree.ends)
        named = table.c.id if led_to and "id" not in ends else id_of(self.model, table)
        self.key, self.id = (asking.place(column).start for column in (table.c.key, named))
        self.order = self.id if named is table.c.id else asking.place(table.c.id).start
        self.joined: dict[tuple[str, str], FromClause] = {}  # by field and kind: what is pointed to
        self.at: dict[str | End, slice] = {}
        self.cites = CITATIONS in ends
        through = {leg.field for leg in tree}
        self.looks = "source" in fields and not {CITATIONS, *CITING}.isdisjoint((*ends, *through))
        if self.looks:
            self._look(PLACE if self.cites or not ends.keys().isdisjoint(CITED[2:]) else PLACE[:2])
        self.computed = [name for name in ends if (kind, name) in DERIVED]
        for name in dict.fromkeys(end.field for end in tree.ends if not end.part):
            if name in fields and name not in ("id", *self.computed, *self.at):
                self.at[name] = asking.place(*self._columns(fields[name]))
        self.parts = [end for end in tree.ends if end.part]
        for end in self.parts:
            self.at[end] = asking.place(labels.label(kind, (end.field, end.part), table))
        named_by = ((fields[name], place) for name, place in self.at.items() if name in fields)
        self.references = [
            (field, place) for field, place in named_by if isinstance(field, f.ReferenceField) and not self._one(field)
        ]
        self.branches = [self._branch(leg, there) for leg, there in tree.items()]
        self.turns = {branch.leg: n for n, branch in enumerate(self.branches)}

    # -- columns ---------------------------------------------------------------------------------------------------

    def _one(self, field: f.Field) -> f.Pointer | None:
        """Give the one column of a field that points to records which have an id of their own."""
        pointing = field.pointers(self.table)
        one = len(pointing) == 1 and not pointing[0].rules and not models.kind(pointing[0].kind).hangs
        return pointing[0] if one else None

    def _columns(self, field: f.Field) -> list[Any]:
        if (one := self._one(field)) is not None:
            self.joined[field.name, one.kind] = to = self.asking.point(one)
            return [to.c.id]
        return [self.table.c[c] for c in (field.columns[:1] if _stands(field) else field.columns)]

    def _look(self, place: Sequence[str]) -> None:
        """Read what rows cite; what hangs on a list's row, and says no place of its own, is cited as that row is."""
        own, sources = self.table.c, models.kind("sources").__table__.alias()
        lent = models.kind("persons").__table__.alias() if self.model.hangs else None
        source: ColumnElement[Any] = own.source_key
        if lent is not None:
            self.asking.join(lent, lent.c.key == own.person_key, labels.lends(own, lent.c))
            source = func.coalesce(own.source_key, lent.c.source_key)
        self.asking.join(sources, sources.c.key == source)
        self.joined["source", "sources"] = sources
        at = self.at[CITATIONS] = self.asking.place(sources.c.id, *(own[c] for c in place))
        self.at |= {name: slice(n, n + 1) for n, name in enumerate(("source", *place), at.start) if name in CITED}
        if lent is not None:
            self.at[LENT] = self.asking.place(sources.c.id, *(lent.c[c] for c in place), lent.c.key, own.source_key)

    def _branch(self, leg: Leg, there: _Tree) -> _Branch:
        """Lead on, in the same statement where that gives few rows for each."""
        if leg.field:
            return self._forward(leg, there)
        table = models.kind(leg.kind).__table__.alias()
        pointing = pointers(self.kind, leg, table)
        indexed = {index.columns[0].name for index in models.kind(leg.kind).__table__.indexes}
        where = [table.c[field] == code for field, code in leg.where]
        if len(pointing) == 1 and pointing[0].key.name in indexed and not self.asking.fans:
            self.asking.fans = True
            self.asking.join(table, pointing[0].key == self.table.c.key, *where)
            return _Branch(leg, _Plan(leg.kind, there, table, self.asking, led_to=True), [])
        asking = _Asking(table)
        plan = _Plan(leg.kind, there, table, asking, led_to=True)
        return _Branch(leg, plan, [asking.lookup(p.key, *p.rules, *where) for p in pointing])

    def _forward(self, leg: Leg, there: _Tree) -> _Branch:
        field, own, asking = self.model.fields[leg.field], self.table, self.asking
        known = self.joined.get((leg.field, leg.kind))
        if known is None and asking.count > MOST_TABLES:
            own = self.model.__table__.alias()
            asking = _Asking(own)
        if known is None:
            (pointer,) = (p for p in field.pointers(own) if p.kind == leg.kind)
            known = asking.point(pointer)
        if asking is self.asking:
            self.joined[leg.field, leg.kind] = known
        plan = _Plan(leg.kind, there, known, asking, led_to=True)
        return _Branch(leg, plan, [] if asking is self.asking else [asking.lookup(own.c.key)])

    # -- values ----------------------------------------------------------------------------------------------------

    def get(self, end: End) -> Get:
        """Make what gives the value of a field to a script."""
        name, own, at = end.field, self.key, self.id
        if name == "id":
            return lambda raw, _: raw[at]
        if name in self.computed:
            several = self.model.fields[name].type == "list"
            return lambda raw, batch: batch.computed[name].get(raw[own]) or ([] if several else None)
        if self.looks and name in CITING:
            return self._cited(*CITING[name])
        return self._part(end) if end.part else self._own(self.model.fields[name], end.kinds)

    def _part(self, end: End) -> Get:
        at = self.at[end].start
        return lambda raw, batch: batch.parts[end].get(raw[at])

    def _own(self, field: f.Field, kinds: tuple[str, ...]) -> Get:
        place = self.at[field.name]
        at = place.start
        if isinstance(field, f.DateField):
            return lambda raw, _: _date(raw[place])
        if isinstance(field, f.ReferenceField) and not self._one(field):
            return self._reference(field, kinds)
        if _stands(field):
            return lambda raw, _: raw[at]
        return lambda raw, _: field.plain(raw[place])

    def _reference(self, field: f.ReferenceField, kinds: tuple[str, ...]) -> Get:
        place = self.at[field.name]

        def get(raw: Any, batch: _Batch) -> str | None:
            target = batch.named(field.found(raw[place]))
            if target is None or (kinds and target[0] not in kinds):
                return None
            return target[1] if len(kinds) == 1 else field.said(*target)

        return get

    def _cited(self, part: int, make: Callable[[Any], Any]) -> Get:
        """Make what gives a part of the citation of a row."""
        if part == 0:  # the same, be it the row's own or lent
            at = self.at[CITATIONS].start
            return lambda raw, _: raw[at]
        return lambda raw, _: make(self.citation(raw)[part])

    def citation(self, raw: Any) -> Sequence[Any]:
        """Give source, row, locator, anchor and footnotes that a row cites: its own, or those of what it hangs on.

        A list's row without a place of its own stands on its line of the file.
        """
        key = raw[self.key]
        cited: Sequence[Any] = raw[self.at[CITATIONS]]
        if LENT in self.at and (lent := raw[self.at[LENT]])[-2] is not None:
            *theirs, key, _ = lent
            cited = [own if own is not None else their for own, their in zip(cited, theirs, strict=True)]
        source, row_no, locator, *more = cited
        if locator is not None or source is None or row_no is None or key < LIST:
            return cited
        return source, row_no, f"row {row_no}", *more

    def write(self, name: str) -> Get:
        """Make what writes a field of a row as a cell of a CSV: its own words, and nothing that is lent."""
        if name == "id":
            return self.get(End("id"))
        if name == "source":
            return self._own_source()
        field, place = self.model.fields[name], self.at[name]
        if isinstance(field, f.DateField):
            return lambda raw, _: _said(_date(raw[place]))
        if not isinstance(field, f.ReferenceField) or self._one(field) is not None:
            return lambda raw, _: field.cell(raw[place])

        def write(raw: Any, batch: _Batch) -> str:
            target = batch.named(field.found(raw[place]))
            return "" if target is None else field.written(*target)

        return write

    def _own_source(self) -> Get:
        at = self.at[CITATIONS].start
        own = self.at[LENT].stop - 1 if LENT in self.at else at  # NULL, where the source is lent
        return lambda raw, _: "" if raw[own] is None else raw[at] or ""

    def reach(self, ways: Sequence[Way]) -> Get:
        """Make what gives all that ways lead to: a list where they may lead to several rows."""
        many = any(way.many for way in ways)
        routes = [self._route(way) for way in ways]
        if len(routes) == 1 and many:
            return routes[0]

        def get(raw: Any, batch: _Batch) -> Any:
            found = [value for go in routes for value in go(raw, batch)]
            return found if many else found[0] if found else None

        return get

    def _route(self, way: Way) -> Callable[[Any, _Batch], list[Any]]:
        """Make what goes one way and lists the values at its end; of values that are lists, where it is one of many."""
        turns: list[tuple[int, int]] = []
        plan = self
        for leg in way.legs:
            n, here = plan.turns[leg], plan.key
            plan = plan.branches[n].plan
            turns.append((n, here))
        get = _first([plan.get(end) for end in way.ends])
        fields = [plan.model.fields.get(end.field) for end in way.ends]
        lists = way.many and any(field is not None and field.type.startswith("list") for field in fields)

        def near(raw: Any, batch: _Batch) -> list[Any]:
            n, here = turns[0]
            there = batch.further[n]
            return [value for one in batch.led[n].get(raw[here], ()) if (value := get(one, there)) is not None]

        if len(turns) == 1 and not lists:
            return near  # most ways: every step of the general one is paid for by each row

        def go(raw: Any, batch: _Batch) -> list[Any]:
            raws: Sequence[Any] = (raw,)
            for n, here in turns:
                led, batch = batch.led[n], batch.further[n]
                raws = [there for raw in raws for there in led.get(raw[here], ())]
            found = [value for raw in raws if (value := get(raw, batch)) is not None]
            return (
                [one for value in found for one in (value if isinstance(value, list) else [value])] if lists else found
            )

        return go


def _stands(field: f.Field) -> bool:
    """Say whether the value of a field is its first column, as it stands."""
    return type(field).plain is f.Field.plain and not isinstance(field, f.ReferenceField)


def _first(gets: Sequence[Get]) -> Get:
    """Make what gives the first value there is."""
    if len(gets) == 1:
        return gets[0]
    return lambda raw, batch: next((value for get in gets if (value := get(raw, batch)) is not None), None)


class _Shape:
    """What the rows of one answer have in common: what is read, and how it is shown."""

    def __init__(self, kind: str, names: Sequence[str] | None) -> None:
        self.kind, self.model = kind, models.kind(kind)
        self.whole = names is None  # all of a record, and not only some fields
        self.names = _printed(kind) if names is None else list(names)  # what JSON prints
        asked, fields = list(self.model.fields) if names is None else self.names, self.model.fields
        self.own = [name for name in asked if name in fields]
        self.scoped = [name for name in self.own if fields[name].scope]
        further = (name for name in asked if name not in fields and name != CITATIONS)
        ways = {name: reached(kind, resolved(kind, name)) for name in further}
        tree = _Tree()
        tree.ends |= dict.fromkeys(End(name) for name in dict.fromkeys((*self.own, *self.names)) if name not in ways)
        for way in (way for every in ways.values() for way in every):
            tree.grow(way)
        table = self.model.__table__.alias()
        asking = _Asking(table)
        self.plan = _Plan(kind, tree, table, asking)
        self.lookup = asking.lookup(table.c.key)
        self.gets = {name: self.plan.get(End(name)) for name in self.own}
        self.gets |= {name: self.plan.reach(every) for name, every in ways.items()}
        self.prints = [printed for name in self.names for printed in self._shown(name)]
        self.cells = [(fields[name].header, self.plan.write(name)) for name in self.own if not fields[name].computed]

    def _shown(self, name: str) -> Iterator[tuple[str, Get]]:
        """Give the keys a name has in JSON, each with what gives its value."""
        field, get = self.model.fields.get(name), self.gets.get(name)
        if get is None:
            yield CITATIONS, lambda raw, batch: batch.citations[raw[0]]
        elif field is None:
            yield name, lambda raw, batch: _reached(get(raw, batch))
        elif isinstance(field, f.DateField):
            place = self.plan.at[name]
            yield from ((key, lambda raw, _, n=n: _days(raw[place])[n]) for n, key in enumerate(field.keys()))
        elif not field.scope:
            yield name, get
        elif name == self.scoped[0]:
            yield SCOPE, lambda raw, batch: {scoped: self.gets[scoped](raw, batch) for scoped in self.scoped}


@lru_cache(maxsize=256)
def _shape(kind: str, names: tuple[str, ...] | None) -> _Shape:
    return _Shape(kind, names)


# ---------------------------------------------------------------- reading


def records(
    connection: Connection,
    kind: str,
    keys: Select[Any] | Iterable[int | Found],
    fields: Sequence[str] | None = None,
) -> Iterator[Row]:
    """Read the records with these keys, in the order of the keys, a batch at a time.

    A Select gives keys and perhaps 1 or 0, which says yes or maybe; what else is known of keys stands in `Found`.
    `fields` names what is read (as `named_fields` gives it; `citations` is one of them); without it all is.
    """
    shape = _shape(kind, None if fields is None else tuple(fields))
    reader = _Reader(connection)
    for batch in _batches(connection, keys):
        reader.renew()
        raws = shape.lookup.rows(connection, [found.key for found in batch])
        read = reader.gather(shape.plan, raws)
        there = {raw[0]: raw for raw in raws}
        for found in batch:
            if (raw := there.get(found.key)) is not None:
                yield Row(raw, read, shape, found)


def _batches(connection: Connection, keys: Select[Any] | Iterable[int | Found]) -> Iterator[list[Found]]:
    sizes = chain([min(FIRST, BATCH)], repeat(BATCH))
    if isinstance(keys, Select):
        with connection.execute(keys.execution_options(yield_per=BATCH)) as result:
            while part := result.fetchmany(next(sizes)):
                yield [Found(row[0], ANSWERS[row[1]] if len(row) > 1 else None) for row in part]
    else:
        rest = iter(keys)
        while given := list(islice(rest, next(sizes))):
            yield [key if isinstance(key, Found) else Found(key) for key in given]


class _Batch:
    """What is known of rows that were read together, beside their columns."""

    __slots__ = ("citations", "computed", "further", "ids", "led", "parts")

    def __init__(self, ids: dict[str, dict[int, str]]) -> None:
        self.ids = ids
        self.computed: dict[str, dict[int, Any]] = {}  # by field and key
        self.parts: dict[End, dict[str, str]] = {}  # by what the engine gives
        self.citations: dict[int, list[Citation]] = defaultdict(list)
        self.led: list[Mapping[int, Sequence[Any]]] = []  # for each branch, by key: the rows it leads to
        self.further: list[_Batch] = []  # for each branch: what is known of those

    def named(self, target: tuple[str, int] | None) -> tuple[str, str] | None:
        """Give kind and id of what a reference points to."""
        if target is None or (named := self.ids[target[0]].get(target[1])) is None:
            return None
        return target[0], named


class _Reader:
    """Ask for what is to be known of rows beside their columns, one query each; ids that were met are remembered."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.ids: dict[str, dict[int, str]] = defaultdict(dict)
        self.quotes: dict[str, bool] = {}  # whether any record of a kind stands in a text of the database

    def renew(self) -> None:
        """Begin anew where too many ids were met; rows that were handed out keep the former ones."""
        if sum(map(len, self.ids.values())) > MEMO:
            self.ids = defaultdict(dict)

    def gather(self, plan: _Plan, raws: Sequence[Any]) -> _Batch:
        """Learn what there is to be known of rows."""
        batch = _Batch(self.ids)
        for field, place in plan.references:
            self._know(filter(None, map(field.found, {raw[place] for raw in raws})))
        for end in plan.parts:
            at = plan.at[end].start
            path = (end.field, end.part)
            batch.parts[end] = labels.say(self.connection, plan.kind, path, {raw[at] for raw in raws})
        for name in plan.computed:
            batch.computed[name] = self._compute(plan, name, raws)
        if plan.cites:
            self._cite(plan, raws, batch)
        for branch in plan.branches:
            led, there = self._lead(plan, branch, raws)
            batch.led.append(led)
            batch.further.append(self.gather(branch.plan, there))
        return batch

    def _know(self, targets: Iterable[tuple[str, int]]) -> None:
        """Look up the ids of records that are not known yet, one query a kind."""
        lacking: dict[str, set[int]] = defaultdict(set)
        for kind, key in targets:
            if key not in self.ids[kind]:
                lacking[kind].add(key)
        for kind, keys in lacking.items():
            self.ids[kind].update((key, named) for key, named in _ids(kind).rows(self.connection, sorted(keys)))

    def _lead(
        self, plan: _Plan, branch: _Branch, raws: Sequence[Any]
    ) -> tuple[Mapping[int, Sequence[Any]], Sequence[Any]]:
        """Give for each key the rows that a branch leads to, in the order of their ids, and all of them as they came.

        One record has several rows where there are several records beside it.
        """
        here, there, order = plan.key, branch.plan.key, branch.plan.order
        if branch.lookups:
            keys, here = _keys(plan, raws), -1
            raws = [raw for lookup in branch.lookups for raw in lookup.rows(self.connection, keys)]
        raws = [raw for raw in raws if raw[there] is not None]
        led: dict[int, list[Any]] = {}
        for raw in raws:
            if (own := raw[here]) in led:
                led[own].append(raw)
            else:
                led[own] = [raw]
        for own, rows in led.items():
            if len(rows) > 1:
                once = {raw[there]: raw for raw in rows}
                led[own] = sorted(once.values(), key=lambda raw: (raw[order] is None, raw[order] or "", raw[there]))
        return led, raws

    # -- computed fields -------------------------------------------------------------------------------------------

    def _compute(self, plan: _Plan, name: str, raws: Sequence[Any]) -> dict[int, Any]:
        """Ask for a computed field."""
        keys = _keys(plan, raws)
        if name == PASSAGE:
            if plan.kind not in self.quotes:
                stands = exists().where(spans.c.kind == plan.kind)
                self.quotes[plan.kind] = bool(self.connection.scalar(select(stands)))
            found = behind(self.connection, ((plan.kind, key) for key in keys)) if self.quotes[plan.kind] else {}
            return {key: there.text for (_, key), there in found.items()}
        several = plan.model.fields[name].type == "list"
        values: dict[int, Any] = {}
        for key, value, _ in _derived(plan.kind, name).rows(self.connection, keys):
            if several:
                values.setdefault(key, []).append(value)
            else:
                values.setdefault(key, f.number(value))
        return values

    # -- citations -------------------------------------------------------------------------------------------------

    def _cite(self, plan: _Plan, raws: Sequence[Any], batch: _Batch) -> None:
        """Give every record of a batch its citations: the row's own, that of the row it hangs on, those of claims."""
        own = {raw[plan.key]: raw for raw in raws}
        if plan.looks:
            for key, raw in own.items():
                if (cited := plan.citation(raw))[0] is not None:
                    batch.citations[key].append(_citation(cited, None, None, (plan.kind, key)))
        if plan.kind != "claims":
            for key, record, field, value, status, hedge, *cited in _claims(plan.kind).rows(self.connection, list(own)):
                made = _citation(cited, field, value, ("claims", key))
                made.status, made.hedge = status, hedge
                batch.citations[record].append(made)
        if plan.kind in EVIDENCE:
            self._show(plan, own, batch)

    def _show(self, plan: _Plan, own: Mapping[int, Any], batch: _Batch) -> None:
        """Add to each record the passages that its computed fields rest on; a fate not favoured is a rival value."""
        found = _evidence(plan.kind).rows(self.connection, list(own))
        by_kind: dict[str, set[int]] = defaultdict(set)
        for _, _, _, kind, row_key in found:
            by_kind[kind].add(row_key)
        cited: dict[tuple[str, int], list[Citation]] = {}
        for kind, keys in by_kind.items():
            ordered = sorted(keys)
            for key, row in zip(ordered, records(self.connection, kind, ordered, ["id", CITATIONS]), strict=True):
                cited[kind, key] = row.citations
        for key, name, value, kind, row_key in found:
            favoured = own[key][plan.at[name]][0] if name in plan.at else value
            if value in NOT_THE_END and favoured not in NOT_THE_END:
                continue  # what came of an earlier case is no rival of how it ended
            rival = value if value != favoured else None
            there = [c for c in cited[kind, row_key] if c["field"] in SHOWING[name]]
            for citation in there or (c for c in cited[kind, row_key] if c["field"] is None):
                shows = Citation(citation | {"field": name, "value": rival})
                shows.by, shows.shown = citation.by, (kind, row_key)
                if shows not in batch.citations[key]:
                    batch.citations[key].append(shows)


def _keys(plan: _Plan, raws: Sequence[Any]) -> list[int]:
    return list(dict.fromkeys(raw[plan.key] for raw in raws))


def _citation(cited: Sequence[Any], field: str | None, value: str | None, by: tuple[str, int]) -> Citation:
    source, _, locator, anchor, footnotes = cited
    made = Citation(
        source=source,
        locator=locator,
        paragraph=_paragraph(locator),
        anchor=anchor,
        footnotes=_numbers(footnotes),
        field=field,
        value=value,
    )
    made.by = by
    return made


# ---------------------------------------------------------------- statements


@cache
def _ids(kind: str) -> Lookup:
    model = models.kind(kind)
    return Lookup(lambda keys: select(model.__table__.c.key, id_of(model)).where(model.__table__.c.key.in_(keys)))


@cache
def _derived(kind: str, name: str) -> Lookup:
    def ask(keys: Any) -> Select[Any]:
        every = DERIVED[kind, name](wanted(kind, keys)).subquery("every")
        columns = every.c
        return select(columns.key, columns.value, columns.rank).order_by(columns.key, columns.rank, columns.value)

    return Lookup(ask)


@cache
def _evidence(kind: str) -> Lookup:
    return Lookup(lambda keys: EVIDENCE[kind](wanted(kind, keys)))


@cache
def _claims(kind: str) -> Lookup:
    """Find the claims on records of a kind; what was taken back is cited no more."""
    claims, sources = (models.kind(of).__table__ for of in ("claims", "sources"))
    columns = [claims.c[c] for c in ("key", "record_key", "field", "value", "status", "hedge")]
    cited = (sources.c.id, *(claims.c[c] for c in PLACE))
    joined = claims.outerjoin(sources, sources.c.key == claims.c.source_key)
    of = (claims.c.record_kind == kind, claims.c.status != "withdrawn")
    chosen = select(*columns, *cited).select_from(joined).order_by(claims.c.id)
    return Lookup(lambda keys: chosen.where(*of, claims.c.record_key.in_(keys)))
