"""Profiles: which column of a list is which field, and how its words are read.

A profile is a TOML file; without one it is drawn up from the header, by words that usually stand there (`headers.csv`,
and the user's own file of that name in the configuration folder).  Its tables:

* `[list]`: `kind` (what a row is: persons, cases, or another kind), `record_no` and `locator` (a column, or a pattern
  such as `"{book}, p. {page}"`), `nothing` (words that mean that nothing is there), `unknown` (words that say that the
  source does not know, or does not tell), `date_order` (`dmy`, `mdy`, or `packed` into a number), `usual` (further
  columns are recognised by their headers, and those that are named may be lacking), `sheet`, `encoding`;
* `[persons]`, `[person_names]`, `[cases]`, `[rehabilitations]`, or the kind itself: field = column, a list of columns
  that are joined by spaces (`{columns = […], join = ", "}` joins them otherwise), or a pattern; `{n}` in a column
  stands for every number that some column has there;
* `[constants.cases]`: field = value, for rows that say nothing else;
* `[values."cases.sentence_kind"]`, or `[values.COLUMN]`: a word of the list = the cell it stands for;
* `[[dates]]`: `pattern`, a regular expression, and `means`, what it is replaced by in dates, one after another;
* `[[split]]`: `column` (or several, as above, with a `name`) and `pattern`, a regular expression whose groups are
  columns of their own: `column:group`; of several expressions for one group the first that finds it tells it; with
  `separator` in place of `pattern` the columns are `column:1`, `column:2` and so on, which `{n}` takes all together.
"""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from terrordb import models
from terrordb.errors import BadData, BadValue, nearest
from terrordb.models.fields import CodeField, Field, NameField, ReferenceField

__all__ = [
    "OF_PERSON",
    "UNSAID",
    "Column",
    "Profile",
    "Split",
    "as_json",
    "canonical",
    "draft",
    "fixed",
    "from_json",
    "header_like",
    "is_made",
    "is_name",
    "meanings",
    "musts",
    "opening",
    "parts_of",
    "read_profile",
    "written",
]

OF_PERSON = ("persons", "person_names", "cases", "rehabilitations")
NAME_PARTS = ("surname", "given", "patronymic")  # of a list that has them apart; a name is written in this order
NOTHING = ("none", "null", "nan", "—", "–", "-", "--", "---", "н/д", "нет данных", "нет сведений", "sin datos", "n/a")
LIST = {"kind", "record_no", "locator", "nothing", "unknown", "date_order", "usual", "sheet", "encoding"}
TEXT = (str, 'write it in quotes: "…"')
FORMS: dict[str, tuple[Any, str]] = {  # of what the list says of itself: its type, and how it is written
    "kind": TEXT,
    "date_order": TEXT,
    "usual": (bool, "write true or false, without quotes"),
    "sheet": (str | int, 'write a name, "…", or a number'),
    "encoding": TEXT,
}
ORDERS = ("dmy", "mdy", "packed")
MONTH_FIRST = (re.compile(r"\b(\d{1,2})([./-])(\d{1,2})\2(\d{4})\b"), r"\3\2\1\2\4")
NUMBER = "{n}"
PARTS = 20  # of a cell that a separator parts
# Fields that are filled by rule where their own column is empty.
RULED = ("cases.outcome", "cases.sentence_kind", "cases.sentence_years", "rehabilitations.stage")
# A list that tells of a rehabilitation, and has no column for how far it came, tells of what was granted.
UNSAID = {"rehabilitations": {"stage": "granted"}}
DOCS = "docs/loading.md"
_GAP = re.compile(r"\{([^{}]*)\}")


class Column(NamedTuple):
    """What a field is made of: columns that are joined, or a pattern with columns in braces."""

    columns: tuple[str, ...]
    pattern: str = ""
    join: str = " "


class Split(NamedTuple):
    """A column that holds several facts, or several that are read together, and the expression that parts them."""

    name: str
    column: Column
    pattern: re.Pattern[str]

    @property
    def groups(self) -> list[str]:
        """Name the columns that it makes; no group can be called 1, so that _1 is."""
        return [f"{self.name}:{re.sub(r'^_(?=[0-9])', '', group)}" for group in self.pattern.groupindex]


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
    unknown: frozenset[str] = frozenset()
    packed: bool = False
    dates: tuple[tuple[re.Pattern[str], str], ...] = ()

    @property
    def main(self) -> str:
        """Name the kind of which each row makes one record: a person, unless it tells of one who is there already."""
        hangs = self.kind in OF_PERSON and "person" not in self.fields.get((self.kind, 0), {})
        return "persons" if hangs else self.kind

    @property
    def used(self) -> set[str]:
        """Name the columns that a field takes."""
        every = [*(c for fields in self.fields.values() for c in fields.values()), self.record_no, self.locator]
        return {name for one in every if one for name in one.columns}

    @property
    def kept(self) -> set[str]:
        """Name the columns that are used and that no field gives back: parted, joined, or filled where empty."""
        parted = {name for one in self.split for name in one.column.columns}  # with all spaces
        given = {name for *_, column in self.givers for name in column.columns}
        return (self.used - given) | parted

    @property
    def givers(self) -> list[tuple[str, int, str, Column]]:
        """List the fields that give back the columns they take: kind, number, name, column.

        None does that is filled where its cell is empty: by a constant, a rule or a default; nor one that is joined,
        unless it is a name.  A code may stand for its word, and gives back a column that no other field does.
        """
        back = [
            (kind, number, name, column)
            for (kind, number), fields in self.fields.items()
            for name, column in fields.items()
            if not (self._is_filled(kind, name) or (is_made(column) and not is_name(kind, name, column)))
        ]
        of_list = (("record_no", self.record_no), ("locator", self.locator))
        back += [(self.main, 0, name, one) for name, one in of_list if one is not None and not is_made(one)]
        codes = [one for one in back if isinstance(models.kind(one[0]).fields[one[2]], CodeField)]
        exact = [one for one in back if one not in codes]
        given = {name for *_, column in exact for name in column.columns}
        return [*exact, *(one for one in codes if one[3].columns[0] not in given)]

    def _is_filled(self, kind: str, name: str) -> bool:
        """Say whether a field holds what does not stand in its cell, where that is empty or whatever it says."""
        told = name in ("record_no", "rest") or (name == "locator" and self.locator)  # by what `[list]` says of rows
        own = kind == self.main and bool(told)
        filled = f"{kind}.{name}" in RULED or name in self.constants.get(kind, {}) or name == "person"
        return own or filled or bool(models.kind(kind).fields[name].default)

    def chosen(self) -> list[tuple[str, str]]:
        """List column and field, as they were chosen; the parts of a cell that a separator makes as one."""
        parts = {name for one in self.split for name in one.groups if name[-1].isdigit()}
        pairs = [
            (re.sub(r":\d+$", f":{NUMBER}", _said(column)), f"{kind}.{name} (n)")
            if parts.issuperset(column.columns)
            else (_said(column), f"{kind}.{name}" + (f" ({n})" if n else ""))
            for (kind, n), fields in self.fields.items()
            for name, column in fields.items()
        ]
        extra = (("record_no", self.record_no), ("locator", self.locator))
        return [*dict.fromkeys(pairs), *((_said(column), f"list.{name}") for name, column in extra if column)]


def is_made(column: Column) -> bool:
    """Say whether a text is made of cells, and is none of them."""
    return bool(column.pattern) or len(column.columns) > 1


def is_name(kind: str, name: str, column: Column) -> bool:
    """Say whether a field is a name of several parts, joined by spaces."""
    named = isinstance(models.kind(kind).fields[name], NameField)
    return named and len(column.columns) > 1 and not column.pattern and column.join == " "


def musts(kind: str, *, hangs: bool) -> list[str]:
    """Name the fields without which there is no record of a kind; who is told of by what hangs on a row is known."""
    fields = models.kind(kind).fields
    return [n for n, one in fields.items() if one.required and not one.default and not (hangs and n == "person")]


def parts_of(name: str, count: int) -> list[str]:
    """Give the parts that a name was joined of, if each is one word and only the last are lacking; else nothing."""
    words = name.split(" ") if name else []
    return [*words, *[""] * (count - len(words))] if len(words) <= count else []


def _said(column: Column) -> str:
    return column.pattern or f" {column.join.strip() or '+'} ".join(column.columns)


def canonical(header: str) -> str:
    """Write a header so that spellings of it are equal: small letters, е for ё, single spaces, no signs at its end."""
    return " ".join(header.casefold().replace("ё", "е").replace("_", " ").split()).strip(" .:*")


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
            if not row.get("field") or not row.get("headers"):
                raise BadData("a row has no field or no headers", "its columns are field,headers", str(own))
            if None in row:
                said = f"the row of {row['field']} has more than two cells"
                raise BadData(said, "put quotes around headers that hold a comma", str(own))
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
    made = Profile(kind)
    _recognise(made, header, own)
    return made


def _recognised(kind: str, header: Sequence[str], own: Path | None) -> Profile:
    """Say what a header tells, column by column."""
    usual = _usual(own)
    made = Profile(kind)
    named: dict[str, str] = {}
    kinds = OF_PERSON if kind in OF_PERSON else (kind,)
    bare = [k for k in kinds if k in ("persons", "cases", kind)]  # "Date" alone is no rehabilitation's
    writable = {f"{k}.{n}" for k in kinds for n, f in models.kind(k).fields.items() if not f.computed}
    words = {column: _explained(column, usual) for column in header}
    # What needs no explanation comes first, then what stands first among the headers of a field: a date before a year.
    rank = {word: n for n, word in enumerate(usual)}
    for column in sorted(header, key=lambda one: (words[one] != canonical(one), rank.get(words[one], len(rank)))):
        word = words[column]
        numbered = re.fullmatch(r"(.*\D)\s*(\d{1,2})", word)
        number = int(numbered[2]) if numbered and canonical(numbered[1]) in usual else 0
        asked = usual.get(canonical(numbered[1]) if numbered and number else word, [])
        if word != "id":  # a list's own number is `record_no`: no column is an id as it stands
            asked = [*asked, *(f"{k}.{word.replace(' ', '_')}" for k in bare)]
        for path in asked:
            of, _, name = path.partition(".")
            if of == "list" and name in LIST and getattr(made, name, 0) is None:
                setattr(made, name, Column((column,)))
                break
            if of == "persons" and name in NAME_PARTS and of in kinds and name not in named:
                named[name] = column
                break
            turn = number if kind in OF_PERSON and of in OF_PERSON[1:] else 0  # of what a row is it makes one
            if path in writable and name not in made.fields.get((of, turn), {}):
                made.fields.setdefault((of, turn), {})[name] = Column((column,))
                break
    _join_names(made, named)
    at = {column: n for n, column in enumerate(header)}
    told = ((key, sorted(own.items(), key=lambda one: at[one[1].columns[0]])) for key, own in made.fields.items())
    made.fields = {key: dict(own) for key, own in sorted(told, key=lambda one: at[one[1][0][1].columns[0]])}
    return made


def _explained(column: str, usual: Mapping[str, object]) -> str:
    """Write a header without what explains it: "Дата ареста (день, месяц, год)", or the merged cell above it."""
    word = canonical(column)
    for pattern in (r"\([^()]*\)\W*$", r"^.*: "):
        if word not in usual and (told := canonical(re.sub(pattern, "", column))):
            word = told
    return word


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


def header_like(profile: Profile, column: str) -> str:
    """Give the usual header that one is nearest to, with its field, where no column is that field; or nothing."""
    kinds = OF_PERSON if profile.kind in OF_PERSON else (profile.kind,)
    taken = {f"{kind}.{name}" for (kind, _), own in profile.fields.items() for name in own}
    taken |= {f"list.{name}" for name in ("record_no", "locator") if getattr(profile, name)}
    taken |= {f"persons.{part}" for part in NAME_PARTS if "persons.name" in taken}
    free = {}
    for header, paths in _usual(None).items():
        if (path := paths[0]) not in taken and path.partition(".")[0] in ("list", *kinds):
            free[header] = path
    close = get_close_matches(canonical(column), free, n=1, cutoff=0.8)
    return f"'{close[0]}', {free[close[0]]}" if close else ""


# ---------------------------------------------------------------- files


def read_profile(path: Path, header: Sequence[str], own: Path | None = None) -> Profile:
    """Read a profile for a list with this header; BadData where it names what is not there."""
    told = _told(path)
    of_list = told.pop("list", {})
    usual = of_list.get("usual", False)
    split = tuple(one for one in (_split(path, one, header, usual) for one in told.pop("split", [])) if one)
    columns = {*header, *(group for one in split for group in one.groups)}
    made = Profile(of_list.get("kind", "persons"), split=split)
    kinds = OF_PERSON if made.kind in OF_PERSON else (made.kind,)
    _of_list(path, made, of_list, columns)
    made.dates += tuple(_rewriting(path, one) for one in told.pop("dates", []))
    made.constants, values = told.pop("constants", {}), told.pop("values", {})
    _known(path, told, set(kinds), "")
    _known(path, made.constants, set(kinds), "constants")
    for of, fields in [*told.items(), *made.constants.items()]:
        _known(path, fields, {n for n, f in models.kind(of).fields.items() if not f.computed}, of)
    for of, fields in told.items():
        for name, value in fields.items():
            for number, one in _numbered(path, f"{of}.{name}", value, columns, lenient=usual):
                if column := _column(path, f"{of}.{name}", one, columns, lenient=usual):
                    made.fields.setdefault((of, number), {})[name] = column
    if any(number and of == made.main for of, number in made.fields):
        said = f"a row makes one of the {made.main}, and {NUMBER} would make several"
        raise BadData(said, "name one column for each field", _place(path, made.main))
    if usual:
        _recognise(made, header, own)
    _whole(path, made, lenient=usual)
    valued = {f"{of}.{name}" for (of, _), fields in made.fields.items() for name in fields}
    valued |= {f"{of}.{name}" for of, fields in told.items() for name in fields}
    if not usual:
        _known(path, values, valued | columns, "values")
    made.values = {
        of: {canonical(k): _word(path, f'[values."{of}"] {k}', v) for k, v in words.items()}
        for of, words in values.items()
    }
    made.constants = {
        of: {name: _word(path, f"constants.{of}.{name}", v) for name, v in own.items()}
        for of, own in made.constants.items()
    }
    _codes(path, made)
    return made


def opening(path: Path) -> tuple[str | None, str | None]:
    """Give the sheet and the encoding that a profile names: what must be known before a list is opened."""
    told = _told(path)["list"]
    return tuple(None if (found := told.get(name)) is None else str(found) for name in ("sheet", "encoding"))  # type: ignore[return-value]


def _told(path: Path) -> dict[str, Any]:
    """Read a profile as it stands; what it says of the list is right in itself."""
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadData("there is no such profile", "terrordb profile draft LIST writes one", str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(f"it is no TOML: {error}", "terrordb profile draft LIST writes one", str(path)) from error
    for name, form in (("list", dict), ("split", list), ("dates", list), ("constants", dict), ("values", dict)):
        if not isinstance(told.setdefault(name, form()), form):
            raise BadData(f"'{name}' is no {'table' if form is dict else 'list of tables'}", f"see {DOCS}", str(path))
    for within, of in (("constants", told["constants"]), ("values", told["values"]), ("", told)):
        for name, one in of.items():
            if name not in ("split", "dates") and not isinstance(one, dict):
                place = f"[{within}] {name}" if within else name
                raise BadData(f"'{place}' stands outside its table", f"see {DOCS}", str(path))
    _known(path, told["list"], LIST, "list")
    for name, (form, remedy) in FORMS.items():
        if name in told["list"]:
            _formed(path, f"list.{name}", told["list"][name], form, remedy)
    kind = told["list"].get("kind", "persons")
    if kind not in models.KINDS:
        raise BadData(f"list.kind: there is no kind '{kind}'", nearest(kind, models.KINDS), str(path))
    order = told["list"].get("date_order", "dmy")
    if order not in ORDERS:
        raise BadData(f"list.date_order: there is no order '{order}'", nearest(str(order), ORDERS), str(path))
    return told


def _formed(path: Path, place: str, told: Any, form: Any = TEXT[0], remedy: str = TEXT[1]) -> Any:
    """Take what is of a form; true is no number."""
    if not isinstance(told, form) or (isinstance(told, bool) and form is not bool):
        written_so = str(told).lower() if isinstance(told, bool) else repr(told)
        raise BadData(f"{place} cannot be {written_so}", remedy, str(path))
    return told


def _word(path: Path, place: str, told: Any) -> str:
    """Take a word as text, whether quotes stand around it or not."""
    if isinstance(told, list | dict):
        raise BadData(f"{place} is no word", "write one, in quotes", str(path))
    return str(told).lower() if isinstance(told, bool) else str(told)


def _whole(path: Path, made: Profile, *, lenient: bool) -> None:
    """Refuse, or leave away where columns may be lacking, what hangs on a row and can never have what it must have."""
    for of in OF_PERSON[1:] if made.main == "persons" else ():
        mine = [own for (kind, _), own in made.fields.items() if kind == of]
        there = {*made.constants.get(of, {}), *UNSAID.get(of, {}), *(name for own in mine for name in own)}
        lacking = [name for name in musts(of, hangs=True) if name not in there]
        if not lacking or not (mine or of in made.constants):
            continue
        if not lenient:
            said = f"[{of}] has no {lacking[0]}, and none of them can be without"
            raise BadData(said, f"say which column is their {lacking[0]}, or take the table out", _place(path, of))
        made.fields = {key: own for key, own in made.fields.items() if key[0] != of}
        made.constants.pop(of, None)


def _place(path: Path, of: str) -> str:
    """Give the line of a profile on which a table begins, or that of its constants."""
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return next((f"{path}:{lines.index(at) + 1}" for at in (f"[{of}]", f"[constants.{of}]") if at in lines), str(path))


def fixed(profile: Profile) -> Iterator[tuple[str, Field, str]]:
    """Give what a profile says of fields in words of ours: its place there, the field, and the word."""
    for of, own in profile.constants.items():
        for name, word in own.items():
            yield f"constants.{of}.{name}", models.kind(of).fields[name], word
    for at, words in profile.values.items():
        of, _, name = at.partition(".")
        field = models.kind(of).fields.get(name) if of in models.KINDS else None
        if isinstance(field, CodeField | ReferenceField):
            yield from ((f'[values."{at}"] {word}', field, means) for word, means in words.items() if means)


def _codes(path: Path, made: Profile) -> None:
    """Refuse constants that their field does not take, and words that shall stand for codes that are none."""
    for place, its, word in fixed(made):
        try:
            if not isinstance(its, ReferenceField):  # what it names the database must have
                its.read(word)
        except BadValue as error:
            raise BadData(f"{place}: {error.reason}", error.remedy, str(path)) from error
    for of, own in made.constants.items():
        codes = {name for name in own if isinstance(models.kind(of).fields[name], CodeField)}
        own.update({name: own[name].casefold() for name in codes})


def _of_list(path: Path, made: Profile, told: Mapping[str, Any], columns: set[str]) -> None:
    """Take what is told of the list as a whole."""
    for name in ("nothing", "unknown"):
        if name in told:
            words = told[name] if isinstance(told[name], list) else [told[name]]
            setattr(made, name, frozenset(canonical(_word(path, f"list.{name}", word)) for word in words))
    for name in ("record_no", "locator"):
        if name in told:
            setattr(made, name, _column(path, f"list.{name}", told[name], columns, lenient=told.get("usual", False)))
    made.packed = told.get("date_order") == "packed"
    if told.get("date_order") == "mdy":
        made.dates = (MONTH_FIRST,)


def _recognise(made: Profile, header: Sequence[str], own: Path | None) -> None:
    """Add what the header says of fields and columns that the profile does not name."""
    usual = _recognised(made.kind, header, own)
    named = made.used
    for (of, number), fields in usual.fields.items():
        there = {name for (k, _), told in (*made.fields.items(), *usual.fields.items()) if k == of for name in told}
        there |= made.constants.get(of, {}).keys() | UNSAID.get(of, {}).keys()
        if of in OF_PERSON[1:] and of != made.kind and not there.issuperset(musts(of, hangs=True)):
            continue  # a language of a further name, and no such name
        for name, column in fields.items():
            if named.isdisjoint(column.columns):
                made.fields.setdefault((of, number), {}).setdefault(name, column)
    for name in ("record_no", "locator"):
        if getattr(made, name) is None:
            setattr(made, name, getattr(usual, name))


def _known(path: Path, told: Mapping[str, Any], known: Iterable[str], within: str) -> None:
    for name in told:
        if name not in known:
            place = f"[{within}] " if within else ""
            raise BadData(f"{place}has no '{name}'".lstrip(), nearest(name, known), str(path))


def _expression(path: Path, within: str, told: Any, needs: Sequence[str]) -> re.Pattern[str]:
    """Read the expression of a table that needs some keys and takes no other than `name`."""
    if not isinstance(told, dict):
        raise BadData(f"'{within}' is no list of tables", f"see {DOCS}", str(path))
    _known(path, told, {*needs, "name"}, within)
    for name in needs:
        if name not in told:
            raise BadData(f"a [[{within}]] has no '{name}'", f"it needs {' and '.join(needs)}", str(path))
    if "separator" in needs:
        return _parting(path, told["separator"])
    try:
        return re.compile(_formed(path, f"[[{within}]] pattern", told["pattern"]))
    except re.error as error:
        raise BadData(f"[[{within}]] {told['pattern']}: {error}", "write a regular expression", str(path)) from error


def _parting(path: Path, sign: Any) -> re.Pattern[str]:
    """Write the expression that parts a cell at each sign; the last part takes all that is left."""
    if not isinstance(sign, str) or not sign.strip():
        raise BadData(f"[[split]] separator: {sign!r} parts nothing", 'write a sign, such as ";"', str(path))
    between = rf"\s*{re.escape(sign.strip())}\s*"
    pattern = f"(?P<_{PARTS}>.*)"
    for number in range(PARTS - 1, 0, -1):
        pattern = f"(?P<_{number}>.*?)(?:{between}{pattern})?$"
    return re.compile(f"(?s)^{pattern}")


def _rewriting(path: Path, told: Mapping[str, Any]) -> tuple[re.Pattern[str], str]:
    pattern, means = (
        _expression(path, "dates", told, ("pattern", "means")),
        _formed(path, "[[dates]] means", told["means"]),
    )
    try:
        re.sub(pattern, means, "")
        re.compile(f"(?:{pattern.pattern})|").sub(means, "")  # its groups are there, whether it finds anything or not
    except (re.error, IndexError) as error:
        raise BadData(f"[[dates]] {means}: {error}", "\\1 stands for the first group", str(path)) from error
    return pattern, means


def _split(path: Path, told: Mapping[str, Any], header: Sequence[str], lenient: bool) -> Split | None:
    by = "separator" if isinstance(told, dict) and "separator" in told else "pattern"
    pattern = _expression(path, "split", told, ("column", by))
    column = _column(path, "[[split]]", told["column"], set(header), lenient=lenient)
    if column is None:
        return None
    if "name" not in told and (column.pattern or len(column.columns) > 1):
        raise BadData("a [[split]] of several columns has no 'name'", "its groups are called name:group", str(path))
    if not pattern.groupindex:
        raise BadData(f"[[split]] {told['pattern']}: no group has a name", "write (?P<day>…)", str(path))
    return Split(_formed(path, "[[split]] name", told.get("name", column.columns[0])), column, pattern)


def _column(path: Path, place: str, told: Any, columns: set[str], *, lenient: bool = False) -> Column | None:
    """Read what a field is made of; None where that is lacking and may be."""
    join = " "
    if isinstance(told, dict):
        _known(path, told, {"columns", "join"}, place)
        told, join = told.get("columns", []), _formed(path, f"{place}: join", told.get("join", join))
    if not isinstance(told, str | list):
        raise BadData(f"{place} names no column", "write its header, in quotes", str(path))
    pattern: str = told if isinstance(told, str) and told not in columns and _GAP.search(told) else ""
    names = _GAP.findall(pattern) if pattern else [told] if isinstance(told, str) else told
    for name in names:
        _formed(path, f"{place}: a column", name)
    if not names:
        raise BadData(f"{place} names no column", "name one, or leave it away", str(path))
    spelt = {canonical(column): column for column in columns}
    found = [name if name in columns else spelt.get(canonical(name)) for name in names]
    for name, column in zip(names, found, strict=True):
        if column is None and not lenient:
            raise BadData(f"{place}: the list has no column '{name}'", _nearest(name, columns), str(path))
    there = tuple(column for column in found if column is not None)
    return Column(there, pattern, join) if there and (not pattern or None not in found) else None


def _nearest(name: str, columns: Iterable[str]) -> str:
    """Offer the columns whose spelling is nearest."""
    spelt = {canonical(column): column for column in columns}
    close = [spelt[word] for word in get_close_matches(canonical(name), spelt, n=3, cutoff=0.6)]
    return f"did you mean {' or '.join(close)}?" if close else nearest(name, spelt.values())


def _numbered(path: Path, place: str, told: Any, columns: set[str], *, lenient: bool = False) -> list[tuple[int, Any]]:
    """Give each number that `{n}` may stand for, with what is told for it."""
    if not isinstance(told, str) or NUMBER not in told:
        return [(0, told)]
    pattern = re.compile(re.escape(canonical(told)).replace(re.escape(NUMBER), r"(\d{1,2})"))
    found = {int(number[1]): column for column in columns if (number := pattern.fullmatch(canonical(column)))}
    if not found and not lenient:
        first = told.replace(NUMBER, "1")
        raise BadData(f"{place}: the list has no column '{first}'", _nearest(first, columns), str(path))
    return sorted(found.items())


def as_json(profile: Profile) -> dict[str, Any]:
    """Write a profile, with what was decided of the header, for `from_json` to read."""

    def plainly(value: Any) -> Any:
        if isinstance(value, re.Pattern):
            return value.pattern
        if isinstance(value, frozenset):
            return sorted(value)
        return [plainly(one) for one in value] if isinstance(value, tuple) else value

    fields = [[kind, n, name, *plainly(c)] for (kind, n), own in profile.fields.items() for name, c in own.items()]
    return {name: plainly(value) for name, value in vars(profile).items()} | {"fields": fields}


def from_json(told: Mapping[str, Any]) -> Profile:
    """Read a profile that `as_json` wrote."""

    def column(names: Sequence[str], *rest: str) -> Column:
        return Column(tuple(names), *rest)

    made = Profile(
        **{
            **told,
            "fields": {},
            **{name: column(*told[name]) if told[name] else None for name in ("record_no", "locator")},
            **{name: frozenset(told[name]) for name in ("nothing", "unknown")},
            "split": tuple(Split(name, column(*of), re.compile(pattern)) for name, of, pattern in told["split"]),
            "dates": tuple((re.compile(pattern), means) for pattern, means in told["dates"]),
        }
    )
    for kind, number, name, *of in told["fields"]:
        made.fields.setdefault((kind, number), {})[name] = column(*of)
    return made


def written(profile: Profile, header: Sequence[str]) -> str:
    """Write a profile as TOML, with the columns that no field takes as remarks."""
    lines = ["# Which column is which field: see docs/loading.md.", "", "[list]", f"kind = {_toml(profile.kind)}"]
    lines += [f"{name} = {_toml(column)}" for name in ("record_no", "locator") if (column := getattr(profile, name))]
    for of in dict.fromkeys(kind for kind, _ in profile.fields):
        lines += ["", f"[{of}]"]
        for number in (0, 1):
            fields = profile.fields.get((of, number), {})
            lines += [f"{name} = {_toml(column, numbered=number == 1)}" for name, column in fields.items()]
    like = {name: header_like(profile, name) for name in header if name not in profile.used}
    left = [f"{name} (like {near})" if near else name for name, near in like.items()]
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
