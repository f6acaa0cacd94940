"""How a record is labelled under a field: the one text under which a count by that field has it.

A path is a tuple of names, as people type them with dots: `("arrested", "year")`, `("trial", "kind")`,
`("cases", "arrested", "year")`.  Its steps are written as in `querying/words.csv`: a field goes forward, a kind goes
backward to its rows that point here (`within/trials`, `relations<other`, `roles[role=head]`); the part of a date comes
last.  A backward step that ends a path stands for the date of its rows.

* A **date** without a part is its EDTF.  By `year`, `month` or `day` it is written in that unit, or in a greater one
  where it fills whole ones of it: by year `1937`, `1937/1938`, `1937/..`, `../1938`; by month `1937-08`,
  `1937-08/1937-09`, and the whole of 1937 `1937`.  An end keeps its sign, so that an approximate or doubted date is
  never under a plain one: `1937~`, `1937?`, `1937%`, `1937~/1938`; `~` where several signs meet in one place.
* A **code** `unknown` is missing; a flag is `true` or `false`, a number has no needless fraction.
* A **reference** is the id of the record, with its kind where the field may point to several: `trials/moscow-trial-1`.
* **Backward**, a record is labelled once: by the label that all its rows that have one share, else by all of them in
  order, ` | ` between them.  Rows that were withdrawn say nothing.

What no row tells is NULL.  In SQL a label is *raw*: a reference is the kind and the key, a number what the engine makes
of it, a date with a sign has its EDTF beside it; `say` turns raw labels into what a user reads, after the rows are
counted, and two that read alike are counted as one.

Counts are kept in `tallies` (see `loading.tallies`) for the paths of `kept_paths`; `kept` and `total` read them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from functools import cache, singledispatch
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    FromClause,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)

from terrordb import models
from terrordb.database import Words
from terrordb.errors import BadQuestion, nearest
from terrordb.models import fields as f
from terrordb.models.base import LIST, Base, Record
from terrordb.models.engine import tallies

__all__ = [
    "APART",
    "STANDS",
    "Path",
    "hanging_paths",
    "id_of",
    "kept",
    "kept_paths",
    "label",
    "list_of",
    "month_length",
    "own_paths",
    "say",
    "several",
    "standing",
    "total",
]

Path = tuple[str, ...]
Raw = ColumnElement[Any]

BETWEEN = " | "
SIGNED = " "  # between a label and the EDTF of which it lacks the signs
UNKNOWN = "unknown"
PARTS = ("year", "month", "day")
LENT = ("source", "locator", "anchor", "footnotes", "record_no")  # what a row that hangs has of the row it hangs on
STANDS, APART = "stands", ("dubious", "withdrawn")  # the latter are shown, and counted only where that is asked for
TOO_MANY = "too many labels"  # the standing of the one row that says that a field of a list is not kept
ASKED = 1000  # keys that are named by one statement

_STEP = re.compile(r"(\w+)((?:/\w+)*)((?:<\w+)*)((?:\[\w+=\w+\])*)", re.ASCII)


def label(kind: str, path: Path, table: FromClause | None = None) -> Raw:
    """Give the raw label of a kind's rows, as one column of its table or of an alias of that; NULL where missing.

    Raises BadQuestion where the path leads nowhere, or to what is worked out when it is asked for.
    """
    own = models.kind(kind).__table__ if table is None else table
    name, kinds, *_ = _step(path[0])
    model, rest = models.kind(kind), path[1:]
    if name not in model.fields:
        return _backward(kind, own, path)
    field = model.fields[name]
    if rest and isinstance(field, f.ReferenceField):
        return _forward(own, field, kinds, rest)
    if rest and not (isinstance(field, f.DateField) and len(rest) == 1 and rest[0] in PARTS):
        parts = PARTS if isinstance(field, f.DateField) else ()
        raise BadQuestion(f"{name} has no part '{rest[0]}'", nearest(rest[0], parts) if parts else "")
    if name in LENT and model.hangs:
        return _lent(own, field)
    return _raw(field, own, rest[0] if rest else "")


def say(connection: Connection, kind: str, path: Path, raws: Iterable[str | None]) -> dict[str, str]:
    """Write raw labels as a user reads them; those of several rows keep their order by what is read."""
    found = {raw for raw in raws if raw is not None}
    single = {one for raw in found for one in raw.split(BETWEEN)}
    field = _last(kind, path)
    if isinstance(field, f.ReferenceField):
        written = _named(connection, field, single)
    elif _is_number(field):
        written = {one: f.digits(float(one)) for one in single}
    elif isinstance(field, f.DateField):
        written = {one: _sign(one) for one in single}
    else:
        return {raw: raw for raw in found}
    return {raw: several(written[one] for one in raw.split(BETWEEN)) for raw in found}


def several(labels: Iterable[str]) -> str:
    """Put the labels of one record's rows into one."""
    return BETWEEN.join(sorted(set(labels)))


def standing(table: FromClause) -> ColumnElement[str]:
    """Tell apart the rows that are left out of counts: `dubious`, `withdrawn`, or `stands`."""
    return case((table.c.status.in_(APART), table.c.status), else_=STANDS)


def list_of(table: FromClause) -> ColumnElement[int]:
    """Give the number of the list a row is of; 0: curated."""
    return table.c.key // cast(LIST, BigInteger)


# -- steps ------------------------------------------------------------------------------------------------------------


def _step(text: str) -> tuple[str, list[str], list[str], list[tuple[str, str]]]:
    """Read a step: its name, the kinds it keeps to, the fields that point here, the codes that rows must have."""
    found = _STEP.fullmatch(text)
    if found is None:
        raise BadQuestion(f"'{text}' is no step of a path")
    name, kinds, through, where = found.groups()
    codes = [(field, code) for field, code in re.findall(r"\[(\w+)=(\w+)\]", where)]
    return name, kinds.split("/")[1:], through.split("<")[1:], codes


def _forward(own: FromClause, field: f.ReferenceField, kinds: Sequence[str], rest: Path) -> Raw:
    """Label by what the record has that a row points to."""
    pointers = [points for points in field.pointers(own) if not kinds or points.kind in kinds]
    if len(pointers) > 1:  # of a few kinds, some may have no such field
        pointers = [points for points in pointers if _leads(points.kind, rest)]
    if not pointers:
        raise BadQuestion(f"{field.name} leads to nothing that has '{rest[0]}'")
    labels: list[Raw] = []
    for points in pointers:
        of = models.kind(points.kind).__table__.alias()
        found = select(label(points.kind, rest, of)).where(of.c.key == points.key, *points.rules)
        labels.append(found.correlate(own).scalar_subquery())
    return func.coalesce(*labels) if len(labels) > 1 else labels[0]


def _leads(kind: str, path: Path) -> bool:
    try:
        label(kind, path)
    except BadQuestion:
        return False
    return True


def _backward(kind: str, own: FromClause, path: Path) -> Raw:
    """Label by all rows of another kind that point here, once."""
    name, _, through, where = _step(path[0])
    if name not in models.KINDS:
        raise BadQuestion(f"{kind} have no field '{name}'", nearest(name, (*models.kind(kind).fields, *models.KINDS)))
    model = models.kind(name)
    rows = model.__table__.alias()
    points = _pointing(name, kind, rows, own.c.key, through)
    found = label(name, path[1:] or ("date",), rows)
    rules = [points, rows.c.status != "withdrawn", *(rows.c[field] == code for field, code in where)]
    # The labels of one record are sorted and joined only where there are several: nearly all have one row.
    each = select(found.label("label")).where(*rules, found.is_not(None)).distinct().order_by("label").correlate(own)
    joined = select(func.aggregate_strings(each.subquery().c.label, BETWEEN)).scalar_subquery()
    least, greatest = func.min(found), func.max(found)
    both = select(case((least == greatest, least), (least < greatest, joined)))
    return both.where(*rules).correlate(own).scalar_subquery()


def _pointing(
    name: str, kind: str, rows: FromClause, key: ColumnElement[int], through: Sequence[str] = ()
) -> ColumnElement[bool]:
    pointers = f.pointers(models.kind(name).fields, rows, kind, through)
    found = [and_(points.key == key, *points.rules) for points in pointers]
    if not found:
        raise BadQuestion(f"no field of {name} points to {kind}")
    return or_(*found)


def _last(kind: str, path: Path) -> f.Field | None:
    """Find the field that gives a path its labels; of several kinds the first that has it."""
    model = models.kind(kind)
    name, kinds, _, _ = _step(path[0])
    if name not in model.fields:
        return _last(name, path[1:] or ("date",))
    field = model.fields[name]
    if len(path) == 1 or not isinstance(field, f.ReferenceField):
        return field
    return next((_last(of, path[1:]) for of in kinds or field.kinds if _leads(of, path[1:])), None)


# -- fields -----------------------------------------------------------------------------------------------------------


@singledispatch
def _raw(field: f.Field, table: FromClause, _part: str) -> Raw:
    """Label by a text, as it is written."""
    return table.c[field.columns[0]]


@_raw.register
def _(field: f.CodeField, table: FromClause, _part: str) -> Raw:
    return func.nullif(table.c[field.columns[0]], UNKNOWN)


@_raw.register(f.WholeField)
@_raw.register(f.NumberField)
def _(field: f.Field, table: FromClause, _part: str) -> Raw:
    return cast(table.c[field.columns[0]], Words)


@_raw.register
def _(field: f.FlagField, table: FromClause, _part: str) -> Raw:
    column = table.c[field.columns[0]]
    return case((column.is_(True), "true"), (column.is_(False), "false"))


@_raw.register
def _(field: f.ComputedField, table: FromClause, _part: str) -> Raw:
    if not field.columns:
        raise BadQuestion(f"{field.name} is worked out when it is shown", "count by a field that a row has")
    column = table.c[field.columns[0]]
    return cast(column, Words) if _is_number(field) else func.nullif(column, UNKNOWN)


@_raw.register
def _(field: f.ReferenceField, table: FromClause, _part: str) -> Raw:
    every = [
        (and_(p.key.is_not(None), *p.rules), literal(f"{p.kind}/") + cast(p.key, Words)) for p in field.pointers(table)
    ]
    return case(*every) if len(every) > 1 else every[0][1]


def _lent(own: FromClause, field: f.Field) -> Raw:
    """Label a row by its own citation, or by that of the person's row it hangs on."""
    persons = models.kind("persons").__table__.alias()
    theirs = select(_raw(models.kind("persons").fields[field.name], persons, ""))
    whose = theirs.where(persons.c.key == own.c.person_key, lends(own.c, persons.c)).correlate(own)
    return func.coalesce(_raw(field, own, ""), whose.scalar_subquery())


def lends(own: Any, of_person: Any) -> ColumnElement[bool]:
    """Say whether a row that hangs on a person's row is cited as that is, given the columns of both.

    It is where it has no source, and where one row of a list made both, which names them alike, and the person's alone
    says the place.
    """
    named = func.substr(own.id, 1, func.length(of_person.id)) == of_person.id
    of_one_row = and_(own.key >= LIST, own.source_key == of_person.source_key, named)
    told_once = and_(own.locator.is_(None), of_person.locator.is_not(None))
    return or_(own.source_key.is_(None), and_(of_one_row, told_once))


def _is_number(field: f.Field | None) -> bool:
    return isinstance(field, f.WholeField | f.NumberField) or (
        isinstance(field, f.ComputedField) and field.shape in ("number", "whole number")
    )


def _named(connection: Connection, field: f.ReferenceField, raws: set[str]) -> dict[str, str]:
    """Write references, given as kind and key, as cells have them; the id of what has none is that of its person."""
    named: dict[str, str] = {}
    for kind in {raw.partition("/")[0] for raw in raws}:
        table = models.kind(kind).__table__
        keys = sorted(int(raw.partition("/")[2]) for raw in raws if raw.startswith(f"{kind}/"))
        for n in range(0, len(keys), ASKED):
            rows = select(table.c.key, id_of(models.kind(kind))).where(table.c.key.in_(keys[n : n + ASKED]))
            named |= {f"{kind}/{key}": field.written(kind, of_id) for key, of_id in connection.execute(rows)}
    return named


def id_of(model: type[Base], table: FromClause | None = None) -> ColumnElement[str]:
    """Give the id of a record; what hangs on a list's row is named as that row is: `list:1204/case-1`.

    `table` is the model's table, or an alias of it.
    """
    own = model.__table__ if table is None else table
    if not model.hangs:
        return own.c.id
    persons, other = models.kind("persons").__table__.alias(), model.__table__.alias()
    named = select(persons.c.id).where(persons.c.key == own.c.person_key).correlate(own).scalar_subquery()
    before = (other.c.person_key == own.c.person_key, other.c.key <= own.c.key)
    # Were "id is null" among the rules, SQLite would look it up in the index of ids, where all of a list's rows are.
    unnamed = func.count(case((other.c.id.is_(None), 1)))
    number = select(unnamed).select_from(other).where(*before).correlate(own).scalar_subquery()
    word = models.MODULES[model.__tablename__].replace("_", "-")
    return func.coalesce(own.c.id, named + literal(f"/{word}-") + cast(number, Words))


# -- dates ------------------------------------------------------------------------------------------------------------


@_raw.register
def _(field: f.DateField, table: FromClause, part: str) -> Raw:
    _, edtf, first, last = (table.c[c] for c in field.columns)
    unit = PARTS.index(part or "day")
    forms = [(_fills(greater, first, last), _interval(greater, first, last)) for greater in range(unit)]
    plain = case(*forms, else_=_interval(unit, first, last)) if forms else _interval(unit, first, last)
    there = func.coalesce(first, last).is_not(None)
    if not part:
        return case((edtf.is_not(None), edtf), (there, plain))
    # What has a sign keeps its EDTF beside it, from which `say` takes the signs: in SQL that would be a page of code.
    signed = or_(edtf.like("%~%"), edtf.like("%?%"), edtf.like("%!%%", escape="!"))
    return case((signed, plain + literal(SIGNED) + edtf), (there, plain))


def _interval(unit: int, first: Raw, last: Raw) -> Raw:
    """Write the one year, month or day in which both ends lie, or those of the ends."""
    size = (10000, 100, 1)[unit]
    both = func.coalesce(_cut(unit, first), "..") + literal("/") + func.coalesce(_cut(unit, last), "..")
    return case((first // size == last // size, _cut(unit, first)), else_=both)


def _cut(unit: int, day: Raw) -> Raw:
    """Write the year, month or day in which a day yyyymmdd lies."""
    text = cast(day, Words)
    pieces = [func.substr(text, 1, 4), func.substr(text, 5, 2), func.substr(text, 7, 2)][: unit + 1]
    written: Raw = pieces[0]
    for piece in pieces[1:]:
        written = written + literal("-") + piece
    return written


def _fills(unit: int, first: Raw, last: Raw) -> Raw:
    """Ask if an interval begins with a year, or a month, and ends with one; an open end does."""
    months = (first % 100 == 1, last % 100 == month_length(last))
    begins, ends = [(first % 10000 == 101, last % 10000 == 1231), months][unit]
    return and_(or_(first.is_(None), begins), or_(last.is_(None), ends))


def month_length(day: Raw) -> Raw:
    """Give the number of days of the month a day yyyymmdd lies in; a thirteenth month is January."""
    year, month = day // 10000, day // 100 % 100
    leap = and_(year % 4 == 0, or_(year % 100 != 0, year % 400 == 0))
    return case((month.in_((4, 6, 9, 11)), 30), (month != 2, 31), (leap, 29), else_=28)


def _sign(raw: str) -> str:
    """Put the signs of an EDTF to the ends of the interval it stands beside."""
    plain, _, edtf = raw.partition(SIGNED)
    if not edtf:
        return plain
    ends, signs = plain.split("/"), [_one_sign(end) for end in edtf.split("/")]
    if len(ends) == 1:
        return plain + _one_sign(edtf)
    return "/".join(end if end == ".." else end + sign for end, sign in zip(ends, (signs * 2)[:2], strict=True))


def _one_sign(edtf: str) -> str:
    signs = {sign for sign in edtf if sign in "~?%"}
    return "~" if len(signs) > 1 else "".join(signs)


# -- what is kept -----------------------------------------------------------------------------------------------------


@cache
def kept_paths(kind: str) -> tuple[Path, ...]:
    """List the paths of a kind by which counts are kept."""
    return (*own_paths(kind), *(path for paths in hanging_paths(kind).values() for path in paths))


@cache
def own_paths(kind: str) -> tuple[Path, ...]:
    """List those by a kind's own dates by year, codes, words that are few, and references.

    References to persons, and to what hangs on persons, are left out: they have about as many labels as rows.
    """
    paths = ((name, _kept_part(field)) for name, field in models.kind(kind).fields.items())
    return tuple((name, *part) for name, part in paths if part is not None)


def _kept_part(field: f.Field) -> Path | None:
    """Say by what of a field counts are kept: a part of it, all of it, or nothing."""
    if isinstance(field, f.DateField):
        return ("year",)
    if type(field) is f.ReferenceField:
        return None if field.kinds[0] == "persons" or models.kind(field.kinds[0]).hangs else ()
    coded = isinstance(field, f.CodeField) or field.few or (isinstance(field, f.ComputedField) and field.stored)
    return () if coded else None


@cache
def hanging_paths(kind: str) -> dict[str, tuple[Path, ...]]:
    """List those through each kind of row that hangs on a person, by what only that kind has."""
    if kind != "persons":
        return {}
    common = {n for base in Record.__mro__ for n, v in vars(base).items() if isinstance(v, f.Field)}
    hanging = [of for of in models.KINDS if models.kind(of).hangs]
    return {of: tuple((of, *path) for path in own_paths(of) if path[0] not in common) for of in hanging}


def kept(connection: Connection, kind: str, path: Path) -> list[tuple[str | None, str, int]] | None:
    """Read the kept counts of all rows of a kind by a path: label (None: missing), standing, rows.

    None where they are not kept: another path, or one with too many labels in some list.
    """
    if path not in kept_paths(kind):
        return None
    t = tallies.c
    places = [and_(t.kind == kind, t.field == ".".join(path))]
    if path[0] in hanging_paths(kind):  # kept is how persons differ from the rows that hang on them
        places.append(and_(t.kind == path[0], t.field == ".".join(path[1:])))
    of = select(t.label, t.standing, func.sum(t.rows)).where(or_(*places)).group_by(t.label, t.standing)
    rows = connection.execute(of.order_by(t.label, t.standing)).all()
    if not rows or any(stood == TOO_MANY for _, stood, _ in rows):
        return None
    said = say(connection, kind, path, (raw for raw, _, _ in rows if raw)) | {"": None}
    summed: Counter[tuple[str | None, str]] = Counter()  # two that are read alike are counted as one
    for raw, stood, count in rows:
        summed[said[raw], stood] += int(count)
    return [(text, stood, count) for (text, stood), count in summed.items() if count]


def total(connection: Connection, kind: str) -> dict[str, int]:
    """Read how many rows of a kind there are, by their standing; every record has a status, which is always kept."""
    t = tallies.c
    rows = select(t.standing, func.sum(t.rows)).where(t.kind == kind, t.field == "status").group_by(t.standing)
    return {stood: int(count) for stood, count in connection.execute(rows)}
