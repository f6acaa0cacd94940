"""From keys to records: batches of rows with their references, computed fields and citations, never one query a row.

A record is handed out as a `Row`: its fields are attributes, `as_dict` is its JSON, `cells` its line of a CSV.
"""

from __future__ import annotations

import re
from collections import defaultdict
from html import escape
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Select, exists, select

from terrordb import models
from terrordb.errors import BadQuestion, nearest
from terrordb.models import fields as f
from terrordb.models.base import LIST
from terrordb.models.derived import DERIVED, EVIDENCE, NOT_THE_END
from terrordb.models.engine import spans
from terrordb.querying.passages import PASSAGE, behind
from terrordb.querying.selecting import find_id, id_of, pointing_to

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

__all__ = [
    "CITATIONS",
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

BATCH = 500
ANSWERS = ("maybe", "yes")
ANSWER = "answer"  # in JSON, of the rows of a question
MEMO = 50_000  # ids a question remembers before it starts anew, so that memory does not grow with the answer
CITATIONS = "citations"  # in JSON in place of the four fields of a citation
# Which passages of a case or role show a fate or a part: those of the whole row, and of these fields.
SHOWING: dict[str, tuple[str | None, ...]] = {"fate": (None, "outcome", "executed"), "parts": (None,)}
CITED = ("source", "locator", "anchor", "footnotes")
_Cells = dict[str, Any]  # columns of one row by name
SCOPE = "scope"  # in JSON the object that holds the fields marked so
_PARAGRAPH = re.compile(r"¶([1-9][0-9]*)")


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

    A field is also known by its column in a CSV; `scope` is all that stands inside it, `scope.trial` one of it.
    """
    fields = models.kind(kind).fields
    known = {name: [name] for name in [*fields, *_printed(kind)]}
    known |= {field.header: [name] for name, field in fields.items()}
    if scoped := [name for name, field in fields.items() if field.scope]:
        known |= {SCOPE: scoped} | {f"{SCOPE}.{name}": [name] for name in scoped}
    found: list[str] = []
    for name in names:
        if name not in known:
            raise BadQuestion(f"{kind} have no field '{name}'", nearest(name, known))
        found += known[name]
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


class Citation(dict[str, Any]):
    """A passage that a record stands on; `by` is the kind and key of the row that cites it."""

    by: tuple[str, int] | None = None


class _Shape(NamedTuple):
    """What the rows of one answer have in common."""

    kind: str
    names: list[str]  # what JSON prints
    fields: dict[str, f.Field]  # what was read
    whole: bool  # all of a record, and not only some fields


class Row:
    """One record as read: its fields are attributes and items, dates with `.earliest` and `.latest`, references as ids.

    `kind_of_record` names the kind; `kind` does so too where no field of that name stands in its way.
    """

    __slots__ = ("_citations", "_computed", "_id", "_shape", "_stored", "_targets", "answer")

    def __init__(self, shape: _Shape, named: str, stored: dict[str, f.Values]) -> None:
        """Take what one query gave; the rest of the batch is filled in after."""
        self._shape, self._id, self._stored = shape, named, stored
        self._targets: dict[str, tuple[str, str]] = {}
        self._computed: dict[str, Any] = {}
        self._citations: list[Citation] = []
        self.answer: str | None = None  # of a question: whether the record surely answers it, `yes` or `maybe`

    @property
    def kind_of_record(self) -> str:
        """Name the kind."""
        return self._shape.kind

    @property
    def fields(self) -> list[str]:
        """Name the fields that were read."""
        return list(self._shape.fields)

    @property
    def id(self) -> str:
        """Give the id."""
        return self._id

    @property
    def citations(self) -> list[Citation]:
        """List the passages the record stands on: its own, then those that claims give for one of its fields."""
        if CITATIONS not in self._shape.names and "source" in models.kind(self._shape.kind).fields:
            raise AttributeError("citations were not asked for")
        return self._citations

    def __getattr__(self, name: str) -> Any:
        """Give a field's value."""
        if name.startswith("_"):
            raise AttributeError(name)
        if name in self._shape.fields:
            return self._value(self._shape.fields[name])
        if name == "kind":
            return self._shape.kind
        if name == SCOPE and (scoped := [field for field in self._shape.fields.values() if field.scope]):
            return {field.name: self._value(field) for field in scoped}
        there = name == CITATIONS or name in models.kind(self._shape.kind).fields
        raise AttributeError(f"{self._shape.kind}: {name} {'was not asked for' if there else 'is no field of theirs'}")

    def __getitem__(self, name: str) -> Any:
        """Give a field's value, or what stands under a key of the record's JSON."""
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
        return [*super().__dir__(), *self._shape.fields]

    def _value(self, field: f.Field) -> Any:
        name = field.name
        if name == "id":
            return self._id
        if name in self._computed:
            return self._computed[name]
        if isinstance(field, f.ReferenceField):
            target = self._targets.get(name)
            return None if target is None else field.said(*target)
        stored = self._stored[name]
        return None if _empty_date(field, stored) else field.plain(stored)

    def _cell(self, field: f.Field) -> str:
        if field.name == "id":
            return self._id
        if isinstance(field, f.ReferenceField):
            target = self._targets.get(field.name)
            return "" if target is None else field.written(*target)
        stored = self._stored[field.name]
        return "" if _empty_date(field, stored) else field.cell(stored)

    def as_dict(self) -> dict[str, Any]:
        """Give the record as JSON has it: dates as EDTF with their first and last day, references as ids."""
        made: dict[str, Any] = {}
        for name in self._shape.names:
            if name == CITATIONS:
                made[name] = self._citations
                continue
            field = self._shape.fields[name]
            value = self._value(field)
            if isinstance(field, f.DateField):
                days = (None, None, None) if value is None else (value.edtf, _iso(value.earliest), _iso(value.latest))
                made |= zip(field.keys(), days, strict=True)
            elif field.scope:
                made.setdefault(SCOPE, {})[name] = value
            else:
                made[name] = value
        return made if self.answer is None or not self._shape.whole else made | {ANSWER: self.answer}

    def cells(self) -> dict[str, str]:
        """Give the cells of a CSV, in the order of its columns, as they would be loaded again."""
        return {field.header: self._cell(field) for field in self._shape.fields.values() if not field.computed}

    def said(self, name: str) -> str:
        """Give what `row[name]` is in the words a table shows: dates as written, lists with semicolons."""
        return _said(self[name])

    def __repr__(self) -> str:
        """Name the record, with its name where it has one."""
        names = (name for name, field in self._shape.fields.items() if isinstance(field, f.NameField))
        named = "".join(f": {self._stored[name][0]}" for name in islice(names, 1))
        return f"<{self._shape.kind}/{self._id}{named}>"

    def _repr_html_(self) -> str:
        """Show the record in a notebook: what is known of it, one line a field."""
        lines = [(name, self.said(name)) for name in self._shape.names]
        rows = "".join(f"<tr><th>{escape(name)}</th><td>{escape(said)}</td></tr>" for name, said in lines if said)
        return f"<table><caption>{escape(self._shape.kind)}/{escape(self._id)}</caption>{rows}</table>"


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):  # a citation
        return " ".join(filter(None, (value["source"], value["locator"])))
    return "; ".join(map(_said, value)) if isinstance(value, list) else str(value)


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def _empty_date(field: f.Field, stored: f.Values) -> bool:
    return isinstance(field, f.DateField) and stored[2] is None and stored[3] is None


# ---------------------------------------------------------------- reading


def records(
    connection: Connection, kind: str, keys: Select[Any] | Sequence[int], fields: Sequence[str] | None = None
) -> Iterator[Row]:
    """Read the records with these keys, in the order of the keys, a batch at a time.

    `fields` names what is read (as `named_fields` gives it; `citations` is one of them); without it all is.
    """
    reader = _Reader(connection, kind, fields)
    for batch in _batches(connection, keys):
        for row, key in zip(reader.read(list(batch)), batch, strict=False):
            row.answer = batch[key]
            yield row


def _batches(connection: Connection, keys: Select[Any] | Sequence[int]) -> Iterator[dict[int, str | None]]:
    """Give keys, each with yes or maybe where a second column says so."""
    if not isinstance(keys, Select):
        rest = iter(keys)
        while batch := list(islice(rest, BATCH)):
            yield dict.fromkeys(batch)
        return
    with connection.execute(keys.execution_options(yield_per=BATCH)) as result:
        for part in result.partitions():
            yield {row[0]: ANSWERS[row[1]] if len(row) > 1 else None for row in part}


class _Reader:
    """Read batches of one kind; ids that were met are remembered."""

    def __init__(self, connection: Connection, kind: str, names: Sequence[str] | None) -> None:
        model = models.kind(kind)
        self.connection, self.kind, self.model = connection, kind, model
        read = [n for n in (model.fields if names is None else names) if n != CITATIONS]
        self.shape = _Shape(
            kind, _printed(kind) if names is None else list(names), {n: model.fields[n] for n in read}, names is None
        )
        self.cites = CITATIONS in self.shape.names
        self.places = [n for n in CITED if n in self.shape.fields]
        looks = "source" in model.fields and (self.cites or self.places)
        self.ids: dict[str, dict[int, str]] = defaultdict(dict)
        derived = [n for n in read if (kind, n) in DERIVED and n != PASSAGE]
        self.derived = {n: DERIVED[kind, n] for n in derived}
        self.stored = {n: field for n, field in self.shape.fields.items() if n not in (*derived, PASSAGE)}
        cited = [model.fields[n] for n in CITED] if looks else []
        columns = [c for field in (*self.stored.values(), *cited) if field.name != "id" for c in field.columns]
        columns += ["row_no", *(["person_key"] if model.hangs else [])] if looks else []
        self.columns = list(dict.fromkeys(columns))
        stands = exists().where(spans.c.kind == kind)
        self.quotes = PASSAGE in self.shape.fields and bool(connection.scalar(select(stands)))
        table = model.__table__
        self.rows = select(table.c.key, id_of(model), *(table.c[c] for c in self.columns))

    def read(self, keys: list[int]) -> Iterator[Row]:
        """Read one batch, in the order of its keys."""
        places = {c: n for n, c in enumerate(self.columns, 2)}
        taken = {n: [places[c] for c in field.columns] for n, field in self.stored.items() if n != "id"}
        found = {raw[0]: raw for raw in self.connection.execute(self.rows.where(self.model.__table__.c.key.in_(keys)))}
        rows = {
            key: Row(self.shape, raw[1], {n: tuple(raw[p] for p in at) for n, at in taken.items()})
            for key, raw in found.items()
        }
        self._point(rows)
        self._compute(rows)
        if PASSAGE in self.shape.fields:
            self._quote(rows)
        if self.cites or self.places:
            self._cite(rows, {key: {c: raw[n] for c, n in places.items()} for key, raw in found.items()})
        return (rows[key] for key in keys if key in rows)

    # -- references ------------------------------------------------------------------------------------------------

    def _point(self, rows: dict[int, Row]) -> None:
        """Resolve every reference of a batch, one query a kind."""
        fields = [field for field in self.stored.values() if isinstance(field, f.ReferenceField)]
        found = [
            (row, field.name, target)
            for row in rows.values()
            for field in fields
            if (target := field.found(row._stored[field.name]))
        ]
        self._know(target for _, _, target in found)
        for row, name, (kind, key) in found:
            if (named := self.ids[kind].get(key)) is not None:
                row._targets[name] = (kind, named)

    def _know(self, targets: Iterable[tuple[str, int]]) -> None:
        lacking: dict[str, set[int]] = defaultdict(set)
        asked = list(targets)
        if sum(map(len, self.ids.values())) > MEMO:
            self.ids.clear()
        for kind, key in asked:
            if key not in self.ids[kind]:
                lacking[kind].add(key)
        for kind, keys in lacking.items():
            model = models.kind(kind)
            chosen = select(model.__table__.c.key, id_of(model)).where(model.__table__.c.key.in_(sorted(keys)))
            self.ids[kind].update((key, named) for key, named in self.connection.execute(chosen))

    # -- computed fields -------------------------------------------------------------------------------------------

    def _compute(self, rows: dict[int, Row]) -> None:
        """Ask for the computed fields of a batch, one query a field."""
        wanted = self._wanted(rows)
        for name, derivation in self.derived.items():
            field = self.shape.fields[name]
            lists = field.type == "list"
            every = derivation(wanted).subquery("every")
            values: dict[int, list[Any]] = defaultdict(list)
            chosen = select(every.c.key, every.c.value).order_by(every.c.key, every.c.rank, every.c.value)
            for key, value in self.connection.execute(chosen):
                values[key].append(value)
            for key, row in rows.items():
                given = values[key]
                row._computed[name] = given if lists else f.number(given[0]) if given else None

    def _quote(self, rows: dict[int, Row]) -> None:
        """Give every record of a batch the passage it stands on."""
        found = behind(self.connection, ((self.kind, key) for key in rows)) if self.quotes else {}
        for key, row in rows.items():
            row._computed[PASSAGE] = found[self.kind, key].text if (self.kind, key) in found else None

    def _wanted(self, rows: Iterable[int]) -> Select[Any]:
        """Select the keys of a batch, said once in a statement however many branches ask for them."""
        table = self.model.__table__
        return select(select(table.c.key).where(table.c.key.in_(list(rows))).cte("wanted").c.key)

    # -- citations -------------------------------------------------------------------------------------------------

    def _cite(self, rows: dict[int, Row], raws: dict[int, _Cells]) -> None:
        """Give every record of a batch its citations: the row's own, that of the row it hangs on, those of claims."""
        own = self._lent(raws)
        said = self._claimed(list(rows)) if self.cites and self.kind != "claims" else []
        sources = (cited["source_key"] for cited in (*own.values(), *said))
        self._know(("sources", key) for key in sources if key is not None)
        for key, cited in own.items():
            if cited["source_key"] is not None:
                citation = self._citation(cited, None, None, (self.kind, key))
                rows[key]._citations.append(citation)
                rows[key]._computed |= {name: citation[name] for name in self.places}
        for claim in said:
            made = self._citation(claim, claim["field"], claim["value"], ("claims", claim["key"]))
            rows[claim["record_key"]]._citations.append(made)
        if self.cites and self.kind in EVIDENCE:
            self._show(rows)

    def _show(self, rows: dict[int, Row]) -> None:
        """Add to each record the passages that its computed fields rest on; a fate not favoured is a rival value."""
        found = self.connection.execute(EVIDENCE[self.kind](self._wanted(rows))).all()
        by_kind: dict[str, set[int]] = defaultdict(set)
        for _, _, _, kind, row_key in found:
            by_kind[kind].add(row_key)
        cited: dict[tuple[str, int], list[Citation]] = {}
        for kind, keys in by_kind.items():
            ordered = sorted(keys)
            for key, row in zip(ordered, records(self.connection, kind, ordered, ["id", CITATIONS]), strict=True):
                cited[kind, key] = row.citations
        for key, name, value, kind, row_key in found:
            row = rows[key]
            favoured = row._stored[name][0] if name in row._stored else value
            if value in NOT_THE_END and favoured not in NOT_THE_END:
                continue  # what came of an earlier case is no rival of how it ended
            rival = value if value != favoured else None
            for citation in cited[kind, row_key]:
                shows = Citation(citation | {"field": name, "value": rival})
                shows.by = citation.by
                if citation["field"] in SHOWING[name] and shows not in row._citations:
                    row._citations.append(shows)

    def _claimed(self, keys: list[int]) -> list[_Cells]:
        """Read the claims on a batch; what was taken back is cited no more."""
        claims = models.kind("claims").__table__
        columns = [claims.c[c] for c in ("key", "record_key", "field", "value", "source_key", *CITED[1:])]
        of = (claims.c.record_kind == self.kind, claims.c.record_key.in_(keys), claims.c.status != "withdrawn")
        return [row._asdict() for row in self.connection.execute(select(*columns).where(*of).order_by(claims.c.id))]

    def _lent(self, raws: dict[int, _Cells]) -> dict[int, _Cells]:
        """Fill in what a row that hangs on a list's row cites: what that row cites."""
        own = {key: raw | {"locator": _locator(key, raw)} for key, raw in raws.items()}
        if not self.model.hangs:
            return own
        hanging = {key: raw["person_key"] for key, raw in raws.items() if raw["source_key"] is None}
        if not any(hanging.values()):
            return own
        persons = models.kind("persons").__table__
        columns = [persons.c[c] for c in ("key", "source_key", *CITED[1:], "row_no")]
        chosen = select(*columns).where(persons.c.key.in_(set(hanging.values())))
        lent = {row.key: row._asdict() for row in self.connection.execute(chosen)}
        for key, person in hanging.items():
            if (of := lent.get(person)) is not None:
                own[key] = of | {"locator": _locator(person, of)}
        return own

    def _citation(self, cited: _Cells, field: str | None, value: str | None, by: tuple[str, int]) -> Citation:
        locator = cited["locator"]
        match = _PARAGRAPH.fullmatch(locator) if locator else None
        made = Citation(
            source=self.ids["sources"].get(cited["source_key"]),
            locator=locator,
            paragraph=int(match[1]) if match else None,
            anchor=cited["anchor"],
            footnotes=f.NumbersField(meaning="").plain((cited["footnotes"],)),
            field=field,
            value=value,
        )
        made.by = by
        return made


def _locator(key: int, raw: _Cells) -> str | None:
    """Say where in its source a row stands: a list's row without a place of its own stands on its line of the file."""
    locator: str | None = raw["locator"]
    return f"row {raw['row_no']}" if locator is None and key >= LIST and raw["row_no"] is not None else locator
