"""Profiles: which column of a list is which field, and how its words are read.

A profile is a TOML file; without one it is drawn up from the header, by words that usually stand there (`headers.csv`,
and the user's own file of that name in the configuration folder).  Its tables:

* `[list]`: `kind` (what a row is: persons, cases, or another kind), `record_no` and `locator` (a column, or a pattern
  such as `"{book}, p. {page}"`), `nothing` (words that mean that nothing is there), `sheet`, `encoding`;
* `[persons]`, `[person_names]`, `[cases]`, `[rehabilitations]`, or the kind itself: field = column, a list of columns
  that are joined by spaces, or a pattern; `{n}` in a column stands for every number that some column has there;
* `[constants.cases]`: field = value;
* `[values."cases.sentence_kind"]`: a word of the list = the cell it stands for;
* `[[split]]`: `column` and `pattern`, a regular expression whose groups are columns of their own: `column:group`.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from terrordb import models
from terrordb.errors import BadData, nearest
from terrordb.models.fields import Field

__all__ = ["OF_PERSON", "Column", "Profile", "Split", "canonical", "draft", "meanings", "read_profile", "written"]

OF_PERSON = ("persons", "person_names", "cases", "rehabilitations")
NAME_PARTS = ("surname", "given", "patronymic")  # of a list that has them apart; a name is written in this order
NOTHING = ("none", "null", "nan", "—", "–", "-", "--", "---", "н/д", "нет данных", "нет сведений", "sin datos", "n/a")
LIST = {"kind", "record_no", "locator", "nothing", "sheet", "encoding"}
NUMBER = "{n}"
_GAP = re.compile(r"\{([^{}]*)\}")


class Column(NamedTuple):
    """What a field is made of: columns that are joined, or a pattern with columns in braces."""

    columns: tuple[str, ...]
    pattern: str = ""


class Split(NamedTuple):
    """A column that holds several facts, and the expression that parts them."""

    column: str
    pattern: re.Pattern[str]


@dataclass
class Profile:
    """How a list is read; `fields` gives for kind and number (0: there is one alone) each field's column."""

    kind: str
    fields: dict[tuple[str, int], dict[str, Column]] = field(default_factory=dict)
    record_no: Column | None = None
    locator: Column | None = None
    constants: dict[str, dict[str, str]] = field(default_factory=dict)
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    split: tuple[Split, ...] = ()
    nothing: frozenset[str] = frozenset(NOTHING)
    sheet: str | None = None
    encoding: str | None = None

    @property
    def used(self) -> set[str]:
        """Name the columns that a field takes."""
        every = [*(c for fields in self.fields.values() for c in fields.values()), self.record_no, self.locator]
        return {name for one in every if one for name in one.columns}

    def chosen(self) -> list[tuple[str, str]]:
        """List column and field, as they were chosen."""
        pairs = [
            (_said(column), f"{kind}.{name}" + (f" ({n})" if n else ""))
            for (kind, n), fields in self.fields.items()
            for name, column in fields.items()
        ]
        extra = (("record_no", self.record_no), ("locator", self.locator))
        return pairs + [(_said(column), f"list.{name}") for name, column in extra if column]


def _said(column: Column) -> str:
    return column.pattern or " + ".join(column.columns)


def canonical(header: str) -> str:
    """Write a header so that spellings of it are equal: small letters, е for ё, single spaces, no signs at its end."""
    return re.sub(r"[\s_]+", " ", header.casefold().replace("ё", "е")).strip(" .:*")


# ---------------------------------------------------------------- what headers usually say


@cache
def _usual(own: Path | None) -> dict[str, list[str]]:
    """Give for each header the fields it may stand for, the user's own words first."""
    found: dict[str, list[str]] = {}
    texts = [files("terrordb.loading").joinpath("headers.csv").read_text(encoding="utf-8")]
    if own is not None and own.is_file():
        texts.insert(0, own.read_text(encoding="utf-8"))
    for text in texts:
        for row in csv.DictReader(text.splitlines()):
            for word in row["headers"].split("|"):
                found.setdefault(canonical(word), []).append(row["field"])
    return found


@cache
def meanings() -> dict[str, list[tuple[re.Pattern[str], str]]]:
    """Give the usual words of coded fields: field → expression and what it stands for."""
    found: dict[str, list[tuple[re.Pattern[str], str]]] = {}
    text = files("terrordb.loading").joinpath("meanings.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["field"], []).append((re.compile(row["pattern"], re.IGNORECASE), row["means"]))
    return found


def draft(kind: str, header: Sequence[str], own: Path | None = None) -> Profile:
    """Draw up a profile for a header; columns that say nothing known are left to the row's own record."""
    usual = _usual(own)
    made = Profile(kind)
    named: dict[str, str] = {}
    kinds = OF_PERSON if kind in OF_PERSON else (kind,)
    writable = {f"{k}.{n}": k for k in kinds for n, f in models.kind(k).fields.items() if not f.computed}
    for column in header:
        word = canonical(column)
        numbered = re.fullmatch(r"(.*\D)\s*(\d{1,2})", word)
        number = int(numbered[2]) if numbered and canonical(numbered[1]) in usual else 0
        asked = usual.get(canonical(numbered[1]) if numbered and number else word, [])
        asked = [*asked, *(f"{k}.{word.replace(' ', '_')}" for k in kinds)]
        for path in asked:
            of, _, name = path.partition(".")
            if of == "list" and name in LIST and getattr(made, name, 0) is None:
                setattr(made, name, Column((column,)))
                break
            if of == "persons" and name in NAME_PARTS and of in kinds and name not in named:
                named[name] = column
                break
            if path in writable and name not in made.fields.get((of, number), {}):
                made.fields.setdefault((of, number), {})[name] = Column((column,))
                break
    _join_names(made, named)
    return made


def _join_names(made: Profile, named: Mapping[str, str]) -> None:
    """Make one name of its parts; a column `name` beside a surname is a given name."""
    own = made.fields.get(("persons", 0), {})
    if "surname" in named:
        parts = dict(named)
        if "name" in own and "given" not in parts:
            parts["given"] = own["name"].columns[0]
        made.fields.setdefault(("persons", 0), {})["name"] = Column(
            tuple(parts[part] for part in NAME_PARTS if part in parts)
        )
    elif named and "name" not in own:
        made.fields.setdefault(("persons", 0), {})["name"] = Column(tuple(named[p] for p in NAME_PARTS if p in named))


# ---------------------------------------------------------------- files


def read_profile(path: Path, header: Sequence[str]) -> Profile:
    """Read a profile for a list with this header; BadData where it names what is not there."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadData("there is no such profile", place=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(f"it is no TOML: {error}", "terrordb profile draft LIST.csv writes one", str(path)) from error
    own = told.pop("list", {})
    _known(path, own, LIST, "list")
    kind = str(own.get("kind", "persons"))
    if kind not in models.KINDS:
        raise BadData(f"list.kind: there is no kind '{kind}'", nearest(kind, models.KINDS), str(path))
    split = tuple(_split(path, one) for one in told.pop("split", []))
    groups = [f"{one.column}:{group}" for one in split for group in one.pattern.groupindex]
    columns = {*header, *groups}
    made = Profile(kind, split=split, sheet=own.get("sheet"), encoding=own.get("encoding"))
    made.constants = told.pop("constants", {})
    made.values = {of: {canonical(k): str(v) for k, v in words.items()} for of, words in told.pop("values", {}).items()}
    if "nothing" in own:
        made.nothing = frozenset(canonical(word) for word in own["nothing"])
    for name in ("record_no", "locator"):
        if name in own:
            setattr(made, name, _column(path, f"list.{name}", own[name], columns))
    kinds = OF_PERSON if kind in OF_PERSON else (kind,)
    _known(path, told, set(kinds), "")
    _known(path, made.constants, set(kinds), "constants")
    for of, fields in [*told.items(), *made.constants.items()]:
        _known(path, fields, {n for n, f in models.kind(of).fields.items() if not f.computed}, of)
    for of, fields in told.items():
        for name, value in fields.items():
            for number, one in _numbered(value, columns):
                made.fields.setdefault((of, number), {})[name] = _column(path, f"{of}.{name}", one, columns)
    return made


def _known(path: Path, told: Mapping[str, Any], known: Iterable[str], within: str) -> None:
    for name in told:
        if name not in known:
            place = f"[{within}] " if within else ""
            raise BadData(f"{place}has no '{name}'".lstrip(), nearest(name, known), str(path))


def _split(path: Path, told: Mapping[str, Any]) -> Split:
    try:
        return Split(str(told["column"]), re.compile(str(told["pattern"])))
    except KeyError as error:
        raise BadData(f"a [[split]] has no {error}", "it needs column and pattern", str(path)) from error
    except re.error as error:
        raise BadData(f"[[split]] of {told['column']}: {error}", "write a regular expression", str(path)) from error


def _column(path: Path, place: str, told: Any, columns: set[str]) -> Column:
    if isinstance(told, str) and _GAP.search(told):
        made = Column(tuple(_GAP.findall(told)), told)
    else:
        made = Column((told,) if isinstance(told, str) else tuple(map(str, told)))
    for name in made.columns:
        if name not in columns:
            raise BadData(f"{place}: the list has no column '{name}'", nearest(name, columns), str(path))
    return made


def _numbered(told: Any, columns: set[str]) -> list[tuple[int, Any]]:
    """Give each number that `{n}` may stand for, with what is told for it."""
    if not isinstance(told, str) or NUMBER not in told:
        return [(0, told)]
    pattern = re.compile(re.escape(told).replace(re.escape(NUMBER), r"(\d{1,2})"))
    numbers = sorted({int(found[1]) for column in columns if (found := pattern.fullmatch(column))})
    return [(n, told.replace(NUMBER, str(n))) for n in numbers] or [(0, told)]


def written(profile: Profile, header: Sequence[str]) -> str:
    """Write a profile as TOML, with the columns that no field takes as remarks."""
    lines = ["# Which column is which field: see docs/loading.md.", "", "[list]", f"kind = {_toml(profile.kind)}"]
    lines += [f"{name} = {_toml(column)}" for name in ("record_no", "locator") if (column := getattr(profile, name))]
    for of in dict.fromkeys(kind for kind, _ in profile.fields):
        lines += ["", f"[{of}]"]
        for number in (0, 1):
            fields = profile.fields.get((of, number), {})
            lines += [f"{name} = {_toml(column, numbered=number == 1)}" for name, column in fields.items()]
    left = [name for name in header if name not in profile.used]
    lines += ["", "# Kept with each row, as no field takes them:", *(f"#   {name}" for name in left)] if left else []
    return "\n".join(lines) + "\n"


def _toml(value: Any, *, numbered: bool = False) -> str:
    import json

    if isinstance(value, Column):
        if value.pattern:
            value = value.pattern
        elif len(value.columns) == 1:
            value = re.sub(r"1$", NUMBER, value.columns[0]) if numbered else value.columns[0]
        else:
            value = list(value.columns)
    return json.dumps(value, ensure_ascii=False)


def writable(kind: str) -> dict[str, Field]:
    """Give the fields of a kind that a list may fill."""
    return {name: one for name, one in models.kind(kind).fields.items() if not one.computed}
