"""The types of field: how each is stored, read from a cell, printed as a cell, and handed to a script.

Every type answers the same four questions, so that no other module has an `if` on the kind of a field or of a record:
`columns` (what it is stored in), `read` (cell → stored values), `cell` (stored values → the same cell) and `plain`
(stored values → what JSON and the library show).  An empty cell never reaches `read`: it is NULL in every column.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, NamedTuple

from sqlalchemy import BigInteger, Boolean, ColumnElement, Float, ForeignKey, FromClause, Integer, Select, and_
from sqlalchemy.orm import MappedColumn, mapped_column

from terrordb.database import Key, Words
from terrordb.errors import BadValue, nearest
from terrordb.values.dates import HistoricalDate, short
from terrordb.values.figures import Figure
from terrordb.values.names import Name

Values = tuple[Any, ...]


def digits(value: float) -> str:
    """Print a number without an exponent, whole ones without a fraction."""
    return str(int(value)) if value == int(value) else f"{Decimal(repr(value)):f}"


def number(value: float | None) -> int | float | None:
    """Show a stored number as it is written: whole ones without a fraction."""
    return int(value) if value is not None and value == int(value) else value


class Pointer(NamedTuple):
    """One kind that a field points to: the column of the key, and the rules under which that is a key of the kind."""

    kind: str
    key: ColumnElement[Any]
    rules: tuple[ColumnElement[bool], ...] = ()

    def to(self, key: int) -> ColumnElement[bool]:
        """Ask for rows that point to one record."""
        return and_(*self.rules, self.key == key)

    def among(self, keys: Select[Any]) -> ColumnElement[bool]:
        """Ask for rows that point to one of many records."""
        return and_(*self.rules, self.key.in_(keys))


def pointers(fields: Mapping[str, Field], table: FromClause, kind: str, through: Sequence[str] = ()) -> list[Pointer]:
    """List the columns by which rows with these fields point to a kind: of all fields, or of those `through` names."""
    named = (field for name, field in fields.items() if not through or name in through)
    return [pointer for field in named for pointer in field.pointers(table) if pointer.kind == kind]


def stored_date(text: str | None, edtf: str | None, first: int | None, last: int | None) -> HistoricalDate | None:
    """Build a date from its columns; None where all are NULL."""
    return None if first is None and last is None and edtf is None else HistoricalDate.stored(text, edtf, first, last)


@dataclass(kw_only=True)
class Field:
    """One field of a kind of record; its `name` is given by the model it stands on."""

    meaning: str
    required: bool = False
    vocabulary: Mapping[str, str] = field(default_factory=dict)
    kinds: tuple[str, ...] = ()
    shown: bool = False  # in the columns a terminal shows unless told otherwise
    scope: bool = False  # printed inside the object `scope`
    default: str = ""
    index: bool = False
    few: bool = False  # its words are few and repeat: counts by them are kept
    name: str = ""
    computed: bool = False
    type: ClassVar[str] = "text"

    @property
    def header(self) -> str:
        """Name the column of a CSV."""
        return "source_id" if self.name == "source" else self.name

    @property
    def columns(self) -> tuple[str, ...]:
        """Name the columns of the table, in the order `read` gives them."""
        return (self.name,)

    def make(self) -> dict[str, MappedColumn[Any]]:
        """Make the columns of the table."""
        return {self.name: mapped_column(Words, nullable=not self.required)}

    def canonical(self, text: str) -> str:
        """Give the cell as `cell` will print it."""
        return text

    def read(self, text: str) -> Values:
        """Read a cell that is not empty; BadValue where it is not of this type."""
        return (text,)

    def cell(self, values: Values) -> str:
        """Print stored values as the cell they were read from."""
        return "" if values[0] is None else str(values[0])

    def plain(self, values: Values) -> Any:
        """Show stored values to a script; dates add `_earliest` and `_latest` beside."""
        return values[0]

    def pointers(self, table: FromClause) -> list[Pointer]:
        """List the kinds whose records it points to, with the columns of a table that do so."""
        return []

    def keys(self) -> tuple[str, ...]:
        """Name the keys that this field has in JSON."""
        return (f"scope.{self.name}",) if self.scope else (self.name,)


class TextField(Field):
    """Words as written; asked for by folded words in the distinct values."""


class CellsField(TextField):
    """Cells of a list by their columns, as a JSON object of texts; asked for as text."""

    type = "object"

    def canonical(self, text: str) -> str:
        (written,) = self.read(text)
        return str(written)

    def read(self, text: str) -> Values:
        try:
            cells = json.loads(text)
        except ValueError:
            cells = None
        if not isinstance(cells, dict) or not all(isinstance(cell, str) for cell in cells.values()):
            raise BadValue("the cell is no JSON object of texts", 'such as {"Место жительства": "с. Новое"}')
        return (json.dumps(cells, ensure_ascii=False, separators=(",", ":")) if cells else None,)

    def plain(self, values: Values) -> Any:
        return None if values[0] is None else json.loads(values[0])


class NameField(Field):
    """A name or title: its folded form stands beside it for sorting, its words in `name_words` for finding."""

    type = "name"

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}_folded")

    def make(self) -> dict[str, MappedColumn[Any]]:
        return {c: mapped_column(Words, nullable=not self.required) for c in self.columns}

    def read(self, text: str) -> Values:
        return (text, Name.parse(text).folded)


@dataclass(kw_only=True)
class CodeField(Field):
    """One word of a vocabulary that is checked when a row is loaded."""

    open: bool = False  # words outside the vocabulary are taken, if well formed
    type: ClassVar[str] = "code"

    def canonical(self, text: str) -> str:
        return text.casefold()

    def read(self, text: str) -> Values:
        word = text.casefold()
        if word not in self.vocabulary:
            if not self.open:
                raise BadValue(f"'{text}' is no {self.name} that is known", nearest(word, self.vocabulary))
            if not re.fullmatch(r"[a-z][a-z0-9_]*", word):
                raise BadValue(f"'{text}' is no code", "write one word of small letters, with _ for a space")
        return (word,)


class WholeField(Field):
    """A whole number, not negative."""

    type = "whole number"

    def make(self) -> dict[str, MappedColumn[Any]]:
        return {self.name: mapped_column(BigInteger, nullable=not self.required)}

    def read(self, text: str) -> Values:
        if not re.fullmatch(r"0|[1-9][0-9]{0,17}", text):
            raise BadValue(f"'{text}' is no whole number", "write digits alone, without separators")
        return (int(text),)


@dataclass(kw_only=True)
class NumberField(Field):
    """A number, with a point before the fraction; between `least` and `most`, both included."""

    least: float = float("-inf")
    most: float = float("inf")
    type: ClassVar[str] = "number"

    def make(self) -> dict[str, MappedColumn[Any]]:
        return {self.name: mapped_column(Float, nullable=not self.required)}

    def canonical(self, text: str) -> str:
        return digits(float(text))

    def read(self, text: str) -> Values:
        if not re.fullmatch(r"-?[0-9]{1,15}(\.[0-9]{1,9})?", text):
            raise BadValue(f"'{text}' is no number", "write digits, with a point before a fraction")
        if not self.least <= float(text) <= self.most:
            raise BadValue(f"{text} lies outside {self.least:g} to {self.most:g}")
        return (float(text),)

    def cell(self, values: Values) -> str:
        return "" if values[0] is None else digits(values[0])

    def plain(self, values: Values) -> Any:
        return number(values[0])


class FlagField(Field):
    """Yes or no."""

    type = "true or false"
    words: ClassVar[dict[str, str]] = {
        "true": "true",
        "yes": "true",
        "1": "true",
        "false": "false",
        "no": "false",
        "0": "false",
    }

    def make(self) -> dict[str, MappedColumn[Any]]:
        return {self.name: mapped_column(Boolean, nullable=not self.required)}

    def canonical(self, text: str) -> str:
        return self.words[text.casefold()]

    def read(self, text: str) -> Values:
        if text.casefold() not in self.words:
            raise BadValue(f"'{text}' is neither true nor false", "write true or false")
        return (self.words[text.casefold()] == "true",)

    def cell(self, values: Values) -> str:
        return "" if values[0] is None else str(bool(values[0])).lower()

    def plain(self, values: Values) -> Any:
        return None if values[0] is None else bool(values[0])


class ListField(Field):
    """Several words or phrases, separated by semicolons."""

    type = "list"

    def canonical(self, text: str) -> str:
        return "; ".join(part for raw in text.split(";") if (part := raw.strip()))

    def read(self, text: str) -> Values:
        return (self.canonical(text) or None,)

    def plain(self, values: Values) -> Any:
        return values[0].split("; ") if values[0] else []


class NamesField(ListField):
    """Several names, separated by semicolons; their words are found as those of a name are."""

    type = "list of names"


class NumbersField(ListField):
    """Several whole numbers, separated by semicolons."""

    type = "list of whole numbers"

    def read(self, text: str) -> Values:
        parts = self.canonical(text).split("; ")
        if wrong := [p for p in parts if not re.fullmatch(r"[1-9][0-9]{0,8}", p)]:
            raise BadValue(f"'{wrong[0]}' is no whole number", "write numbers separated by semicolons")
        return ("; ".join(parts),)

    def plain(self, values: Values) -> Any:
        return [int(part) for part in values[0].split("; ")] if values[0] else []


class DateField(Field):
    """A date as written, its EDTF, and its first and last day, both included, as yyyymmdd; NULL is an open end.

    Words and EDTF are not stored where the two days alone give them back (`HistoricalDate.stored`).
    """

    type = "date"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{part}" for part in ("text", "edtf", "earliest", "latest"))

    def make(self) -> dict[str, MappedColumn[Any]]:
        types: tuple[Any, ...] = (Words, Words, Integer, Integer)
        return {c: mapped_column(t, nullable=True) for c, t in zip(self.columns, types, strict=True)}

    def read(self, text: str) -> Values:
        date = HistoricalDate.parse(text)
        plain = short(date.first, date.last)
        words = None if date.text == plain else date.text
        return (words, None if date.edtf == plain else date.edtf, date.first, date.last)

    def cell(self, values: Values) -> str:
        date = stored_date(*values)
        return "" if date is None else date.text

    def plain(self, values: Values) -> Any:
        return stored_date(*values)

    def keys(self) -> tuple[str, ...]:
        return (self.name, f"{self.name}_earliest", f"{self.name}_latest")


class FigureField(Field):
    """A number as written, and what the words allow of low, best and high; a vague one has only its magnitude."""

    type = "figure"
    parts: ClassVar[tuple[str, ...]] = ("low", "best", "high", "magnitude", "base", "qualifier")

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name, *self.parts)

    def make(self) -> dict[str, MappedColumn[Any]]:
        made: dict[str, MappedColumn[Any]] = {self.name: mapped_column(Words, nullable=not self.required)}
        made |= {part: mapped_column(Float, nullable=True) for part in ("low", "best", "high")}
        made["magnitude"] = mapped_column(BigInteger, nullable=True)
        made["base"] = mapped_column(Float, nullable=True)
        made["qualifier"] = mapped_column(Words, nullable=True)
        return made

    def read(self, text: str) -> Values:
        figure = Figure.parse(text)
        floats = [None if n is None else float(n) for n in (figure.low, figure.best, figure.high, figure.of)]
        return (figure.text, *floats[:3], figure.magnitude, floats[3], figure.qualifier)


@dataclass(kw_only=True)
class ReferenceField(Field):
    """The id of a record of one kind."""

    cyclic: bool = False  # the other kind points back: the key is added when both tables are there
    type: ClassVar[str] = "reference"

    @property
    def columns(self) -> tuple[str, ...]:
        return (f"{self.name}_key",)

    def make(self) -> dict[str, MappedColumn[Any]]:
        target = ForeignKey(f"{self.kinds[0]}.key", use_alter=self.cyclic)
        return {self.columns[0]: mapped_column(Key, target, nullable=not self.required)}

    @property
    def model(self) -> str:
        """Name the class it points to."""
        from terrordb.models import MODULES

        return "".join(part.capitalize() for part in MODULES[self.kinds[0]].split("_"))

    def target(self, text: str) -> tuple[str, str]:
        """Say which record a cell names: its kind and id."""
        return self.kinds[0], text

    def place(self, kind: str, key: int | None) -> Values:
        """Put a resolved key into the columns."""
        return (key,)

    def found(self, values: Values) -> tuple[str, int] | None:
        """Say which record stored values point to."""
        return None if values[0] is None else (self.kinds[0], values[0])

    def pointers(self, table: FromClause) -> list[Pointer]:
        return [Pointer(kind, table.c[c]) for kind, c in zip(self.kinds, self.columns, strict=True)]

    def written(self, kind: str, name: str) -> str:
        """Write a reference as a cell."""
        return name

    def said(self, kind: str, name: str) -> str:
        """Write a reference for a script."""
        return name


def split_reference(text: str, kinds: Sequence[str], name: str) -> tuple[str, str]:
    """Split `kind/id`; BadValue where the kind is missing or none of those allowed."""
    kind, slash, rest = text.partition("/")
    if not slash or not rest:
        raise BadValue(
            f"'{text}' does not say of which kind it is", f"write {' or '.join(f'{k}/{text}' for k in kinds[:3])}"
        )
    if kind not in kinds:
        raise BadValue(f"{name} cannot point to '{kind}'", nearest(kind, kinds))
    return kind, rest


@dataclass(kw_only=True)
class OneOfField(ReferenceField):
    """The kind and id of one record of a few kinds: `trials/moscow-trial-1`; one foreign key a kind."""

    bare: bool = False  # scripts see the id alone
    type: ClassVar[str] = "reference with its kind"

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(f"{self.name}_{kind}_key" for kind in self.kinds)

    def make(self) -> dict[str, MappedColumn[Any]]:
        pairs = zip(self.columns, self.kinds, strict=True)
        return {c: mapped_column(Key, ForeignKey(f"{k}.key"), nullable=True) for c, k in pairs}

    def target(self, text: str) -> tuple[str, str]:
        return split_reference(text, self.kinds, self.name)

    def place(self, kind: str, key: int | None) -> Values:
        return tuple(key if k == kind else None for k in self.kinds)

    def found(self, values: Values) -> tuple[str, int] | None:
        return next(((k, v) for k, v in zip(self.kinds, values, strict=True) if v is not None), None)

    def written(self, kind: str, name: str) -> str:
        return f"{kind}/{name}"

    def said(self, kind: str, name: str) -> str:
        return name if self.bare else f"{kind}/{name}"


class AnyField(OneOfField):
    """The kind and id of a record of any kind (or of those named): kind and key, checked by the load."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (f"{self.name}_kind", f"{self.name}_key")

    def make(self) -> dict[str, MappedColumn[Any]]:
        kind, key = self.columns
        return {
            kind: mapped_column(Words, nullable=not self.required),
            key: mapped_column(Key, nullable=not self.required),
        }

    def place(self, kind: str, key: int | None) -> Values:
        return (kind, key)

    def pointers(self, table: FromClause) -> list[Pointer]:
        of_kind, key = (table.c[c] for c in self.columns)
        return [Pointer(kind, key, (of_kind == kind,)) for kind in self.kinds]

    def found(self, values: Values) -> tuple[str, int] | None:
        return None if values[1] is None else (values[0], values[1])


class ReferencesField(ListField):
    """The ids of several records of one kind, separated by semicolons; checked by the load."""

    type = "list of references"


@dataclass(kw_only=True)
class ComputedField(Field):
    """What the database works out from other fields; never a column of a CSV."""

    shape: str = "text"
    column: str = ""  # the column it stands in; none: it is asked of `derived.py`
    stored: bool = False  # the column is its own, rebuilt by every load

    def __post_init__(self) -> None:
        self.computed = True
        self.type = self.shape  # type: ignore[misc]

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.name,) if self.stored else (self.column,) if self.column else ()

    def make(self) -> dict[str, MappedColumn[Any]]:
        return {self.name: mapped_column(Words, nullable=True)} if self.stored else {}

    def plain(self, values: Values) -> Any:
        return number(values[0]) if isinstance(values[0], float) else values[0]
