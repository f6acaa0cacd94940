"""From one term to the rows it is true of, the same on both engines; `deciding` puts terms together.

Each type of field says by a function of its own, found by its class, which rows a value is true of.  What engines don't
do alike - folding Cyrillic, looking into a list in one cell - is done here, over the distinct values of a column; names
are found by their words in `name_words`.
"""

from __future__ import annotations

import re
from functools import singledispatch
from math import inf
from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from terrordb import models
from terrordb.errors import BadQuestion, BadValue, TooMuch, nearest
from terrordb.models import fields as f
from terrordb.models.base import LIST, Base
from terrordb.models.derived import DERIVED
from terrordb.models.engine import passages, spans
from terrordb.models.labels import id_of, month_length
from terrordb.querying import vocabulary
from terrordb.querying.finding import FUZZY, Heard, Wanted, Word, in_order, named
from terrordb.querying.grammar import fault
from terrordb.values.dates import HistoricalDate
from terrordb.values.names import fold, fold_text, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["Asked", "One", "find_id", "id_of", "matching", "order", "pointing_to"]

MOST_VALUES = 30_000  # different values one condition may ask for: both engines take so many parameters
REGEX = 2.0  # seconds that a regular expression may take over all values
SAID = 100  # letters of a term that an error repeats
NEAR = 2000  # ids that are looked through for the nearest one
_ID = re.compile(r"[a-z0-9][a-z0-9:/_.-]*")  # what ids are made of
RECURRING = {"month": 12, "day": 31}  # parts of a date that come again, and how many of them there are

Matches = ColumnElement[bool]
Model = type[Base]


class One(NamedTuple):
    """One field, and one value that is asked of it; of a range `value` is the first end, and an open end is empty.

    `part` is that of a date that is asked for, and empty where the whole of it is.
    """

    field: str
    value: str
    last: str | None = None
    way: str = ":"
    part: str = ""

    def ends(self) -> tuple[str, str] | None:
        """Give both ends of a range, an open one empty; None where the value is no range."""
        return None if self.last is None else (self.value.strip(), self.last.strip())

    def __str__(self) -> str:
        """Write the term."""
        named = f"{self.field}.{self.part}" if self.part else self.field
        return f"{named}{self.way}{self.value}" + ("" if self.last is None else f"..{self.last}")


class Asked(NamedTuple):
    """What a function for a type of field is told: where to look, the term, and where that stands in which text."""

    connection: Connection
    model: Model
    term: One
    text: str = ""
    at: int = 0
    until: float = inf  # by when it must be decided, on the clock of `monotonic`
    heard: Heard | None = None  # where words find records; None where they exclude them
    claimed: dict[str, dict[str, list[str]]] | None = None  # by kind and field, what claims say: see `deciding`

    @property
    def nearest(self) -> int:
        """Give how near words must match at least."""
        return FUZZY if self.heard is None else self.heard.nearest

    @property
    def value(self) -> str:
        """Give the value that is asked for."""
        return self.term.value

    def column(self, name: str) -> ColumnElement[Any]:
        """Give a column of the kind's table."""
        return self.model.__table__.c[name]

    def refuse(self, reason: str, remedy: str = "", error: type[BadQuestion] = BadQuestion) -> BadQuestion:
        """Make the error that names the term and shows its place."""
        term = str(self.term)
        said = term if len(term) <= SAID else f"{term[:SAID]}…"
        return fault(self.text or said, self.at, f"'{said}': {reason}", remedy, error)


def has_names(model: Model) -> bool:
    """Say whether the records of a kind have a name of their own."""
    return any(isinstance(field, f.NameField) for field in model.fields.values())


def own_field(model: Model, named: str) -> f.Field | None:
    """Find a field of a kind by its name, its column in a CSV, or another word for it."""
    fields, word = model.fields, vocabulary.canonical(named)
    by_header = {field.header: field for field in fields.values()}
    if found := fields.get(word) or by_header.get(word):
        return found
    others = vocabulary.fields_named(model.__tablename__, named)
    return next((fields[name] for name in others if name in fields), None)


# ---------------------------------------------------------------- ids


def has_id(model: Model, named: str) -> Matches:
    """Ask for the record with an id; never NULL, and in a form that an index answers."""
    table = model.__table__
    owner, slash, _ = named.rpartition("/")
    if not (model.hangs and slash):
        return and_(table.c.id.is_not(None), table.c.id == named)
    persons = models.kind("persons").__table__
    of_owner = table.c.person_key.in_(select(persons.c.key).where(persons.c.id == owner))
    return and_(table.c.person_key.is_not(None), of_owner, table.c.id.is_(None), id_of(model) == named)


def is_id(connection: Connection, model: Model, text: str) -> bool:
    """Say whether a record of a kind has this id."""
    return (
        bool(_ID.fullmatch(text))
        and connection.scalar(select(literal(1)).where(has_id(model, text)).limit(1)) is not None
    )


def find_id(connection: Connection, text: str) -> list[tuple[str, int]]:
    """Find the records that have an id, written `ID` or `kind/ID`: kind and key of each.

    Raises BadQuestion, with the nearest ids, where there is none.
    """
    kind, slash, rest = text.partition("/")
    within = slash and kind in models.MODULES
    kinds, named = ((kind,), rest) if within else (tuple(models.MODULES), text)
    if found := list(_find(connection, kinds, named)):
        return found
    if slash and not within and not list(_find(connection, ("persons",), text.rpartition("/")[0])):
        models.kind(kind)  # no such kind is the nearest reason
    among = f"among {kinds[0]}" if len(kinds) == 1 else "of any kind"
    raise BadQuestion(f"there is no '{named}' {among}", _near_ids(connection, kinds, named))


def _find(connection: Connection, kinds: Sequence[str], named: str) -> Iterable[tuple[str, int]]:
    for kind in kinds:
        model = models.kind(kind)
        for key in connection.scalars(select(model.__table__.c.key).where(has_id(model, named))):
            yield kind, key


def _near_ids(connection: Connection, kinds: Sequence[str], named: str) -> str:
    """Offer ids near to a wrong one: of few records among all, of many among those that begin alike."""
    ids: list[str] = []
    for kind in kinds:
        table = models.kind(kind).__table__
        every = select(table.c.id).where(table.c.id.is_not(None)).order_by(table.c.id)
        found = list(connection.scalars(every.where(table.c.key < LIST).limit(NEAR + 1)))
        if len(found) > NEAR:
            start = named[:3].casefold()
            found = list(connection.scalars(every.where(_begins(table.c.id, start)).limit(NEAR)))
        ids += found
    near = nearest(named, ids) if ids else ""
    if near.startswith("did you mean"):
        return near
    if alike := [i for i in ids if named.casefold() in i.split("-") or i.startswith(named.casefold())][:3]:
        return f"did you mean {' or '.join(alike)}?"
    if len(ids) <= 20:
        return near
    return f"find it by its name: terrordb query {kinds[0] if len(kinds) == 1 else 'KIND'} NAME"


def _begins(column: ColumnElement[Any], start: str) -> Matches:
    """Ask for values that begin so, as a range that an index answers (bytes are compared on both engines)."""
    return and_(column >= start, column < start + "\U0010ffff")


# ---------------------------------------------------------------- free words and names


def terms_of(asked: Asked, kind: str = "") -> list[Word]:
    """Give the words of a term, as they are asked of the names of a kind; BadQuestion where it has none."""
    kind = kind or asked.model.__tablename__
    if asked.heard is not None:
        found = asked.heard.term(kind, asked.value)
    else:  # what is excluded is excluded as it is written
        excluded = {"beside": False, "forgiven": False, "slips": False}
        found = [Word(wanted, kind, **excluded) for wanted in Wanted.read(asked.value)]
    if not found:
        raise fault(asked.text or asked.value, asked.at, f"'{asked.value}' holds no word", "write a letter or digit")
    return found


def _named(asked: Asked) -> Matches:
    """Ask for records one of whose names has all these words, be it the name, an alias or a further name."""
    return named(asked.connection, asked.model, terms_of(asked), asked.nearest)


def free_words(asked: Asked) -> Matches:
    """Ask for records that these words name, by an id, a name or title, or else by what they say."""
    if asked.heard is not None and is_id(asked.connection, asked.model, asked.value):
        asked.heard.ids.add(asked.value)
    # What may be NULL is made false, but not what an index answers: it would be asked of every row.
    found = _named(asked) if has_names(asked.model) else func.coalesce(_anywhere(asked), false())
    return or_(has_id(asked.model, asked.value), found)


def places_of_words(model: Model) -> tuple[list[str], list[Any]]:
    """List where words are looked for in records without a name: columns of text, and pointers to what has names."""
    fields = model.fields.values()
    shown = [field for field in fields if field.name != "id" and (field.shown or field.required or field.scope)]
    texts = [field.columns[0] for field in shown if type(field) in (f.TextField, f.FigureField)]
    return texts, [pointer for field in shown for pointer in field.pointers(model.__table__)]


def _anywhere(asked: Asked) -> Matches:
    """Ask for records without a name of their own by what they say, and by the names of what they point to.

    The words of a phrase stand one after the other in what is said, and in one name.
    """
    columns, pointers = places_of_words(asked.model)
    terms = terms_of(asked)
    wanted = [word.wanted for word in terms]

    def said(values: Iterable[str]) -> list[str]:
        return [value for value in values if in_order(value, wanted, asked.nearest)]

    texts = [_is_one_of(asked, column, said(_distinct(asked, column))) for column in columns]
    names = [p.among(_keys_named(asked, p.kind)) for p in pointers]
    return or_(false(), *texts, *names)


def _keys_named(asked: Asked, kind: str) -> Select[Any]:
    model = models.kind(kind)
    return select(model.__table__.c.key).where(named(asked.connection, model, terms_of(asked, kind), asked.nearest))


# ---------------------------------------------------------------- values of a column


def _distinct(asked: Asked, column: str) -> list[str]:
    """Read the different values of a column."""
    own = asked.column(column)
    return list(asked.connection.scalars(select(own).where(own.is_not(None)).distinct()))


def _is_one_of(asked: Asked, column: str, values: Iterable[str]) -> Matches:
    chosen = list(values)
    if len(chosen) > MOST_VALUES:
        raise asked.refuse(f"{len(chosen):,} different values of {column} answer to it", "ask for more words", TooMuch)
    return asked.column(column).in_(chosen) if chosen else false()


def _where(asked: Asked, column: str, holds: Callable[[str], bool]) -> Matches:
    """Ask for rows whose value passes a test that only Python can make."""
    return _is_one_of(asked, column, filter(holds, _distinct(asked, column)))


def _derived(asked: Asked, named: str, holds: Callable[[ColumnElement[Any]], Matches]) -> Matches:
    """Ask for rows one of whose computed values passes a test."""
    every = DERIVED[asked.model.__tablename__, named]().subquery("every")
    return asked.column("key").in_(select(every.c.key).where(holds(every.c.value)))


def paragraph(asked: Asked) -> Matches:
    """Ask for rows whose locator is the number of a paragraph, or lies in a range of them."""
    ends = asked.term.ends() or (asked.value, asked.value)
    if not all(re.fullmatch(r"¶?[1-9][0-9]{0,4}", end) for end in ends):
        raise asked.refuse("a paragraph is a whole number", "write paragraph:75 or paragraph:75..80")
    first, last = (int(end.removeprefix("¶")) for end in ends)
    if last - first >= MOST_VALUES:
        raise asked.refuse("these are too many paragraphs")
    locator = asked.column("locator")
    return and_(locator.is_not(None), locator.in_([f"¶{n}" for n in range(first, last + 1)]))


def in_paragraph(asked: Asked) -> Matches:
    """Ask for rows whose locator is the number of any paragraph."""
    locator = asked.column("locator")
    return and_(locator.is_not(None), _begins(locator, "¶"))


# ---------------------------------------------------------------- one function a type of field


@singledispatch
def matching(field: f.Field, asked: Asked) -> Matches:
    """Say which rows a term is true of."""
    raise asked.refuse(f"{field.name} cannot be asked for")


def said_so(asked: Asked) -> Callable[[str], bool]:
    """Make the test of a text: that it holds the value, is it (`:=`), or matches it (`:~`)."""
    if asked.term.way == ":~":
        return _matches(asked)
    part = fold(asked.value)
    if not part:
        raise asked.refuse("it holds no word", "write at least one letter or digit")
    return (lambda text: fold_text(text) == part) if asked.term.way == ":=" else (lambda text: part in fold_text(text))


def _matches(asked: Asked) -> Callable[[str], bool]:
    """Make the test of a regular expression, all of whose trials together may take `REGEX` seconds."""
    import regex  # type: ignore[import-untyped]

    try:
        pattern = regex.compile(asked.value, regex.IGNORECASE)
    except (regex.error, RecursionError, MemoryError, OverflowError) as error:
        raise asked.refuse(
            f"it is no regular expression: {error}", r"a sign such as ( or * is written \( or \*"
        ) from error
    end = monotonic() + REGEX

    def holds(text: str) -> bool:
        try:
            return pattern.search(text, timeout=max(end - monotonic(), 0.001)) is not None
        except TimeoutError as error:
            raise asked.refuse(f"it was stopped after {REGEX:g} seconds", "write a simpler expression") from error
        except (MemoryError, RecursionError) as error:
            raise asked.refuse("it needs too much memory", "write a simpler expression") from error

    return holds


@matching.register(f.TextField)
def _(field: f.TextField, asked: Asked) -> Matches:
    return _where(asked, field.columns[0], said_so(asked))


matching.register(f.FigureField)(matching.dispatch(f.TextField))


@matching.register(f.NameField)
def _(field: f.NameField, asked: Asked) -> Matches:
    return _named(asked) if asked.term.way == ":" else _where(asked, field.columns[0], said_so(asked))


@matching.register(f.NamesField)
def _(field: f.NamesField, asked: Asked) -> Matches:
    if asked.term.way != ":":
        return matching.dispatch(f.ListField)(field, asked)
    wanted = [word.wanted for word in terms_of(asked)]
    return _where(
        asked,
        field.name,
        lambda cell: any(all(w.is_in(item, asked.nearest) for w in wanted) for item in field.plain((cell,))),
    )


@matching.register(f.ListField)
def _(field: f.ListField, asked: Asked) -> Matches:
    holds = said_so(asked)
    return _where(asked, field.name, lambda cell: any(map(holds, field.plain((cell,)))))


@matching.register(f.NumbersField)
def _(field: f.NumbersField, asked: Asked) -> Matches:
    low, high = _numbers(asked, whole=True)
    holds = _between_numbers(low, high)
    return _where(asked, field.name, lambda cell: any(map(holds, field.plain((cell,)))))


@matching.register(f.ReferencesField)
def _(field: f.ReferencesField, asked: Asked) -> Matches:
    _resolve(asked, field.kinds, asked.value)
    return _lists_id(field, asked)


def _lists_id(field: f.ReferencesField, asked: Asked) -> Matches:
    named = asked.value.removeprefix(f"{field.kinds[0]}/")
    return _where(asked, field.name, lambda cell: named in field.plain((cell,)))


@matching.register(f.CodeField)
def _(field: f.CodeField, asked: Asked) -> Matches:
    if asked.term.way == ":~":
        return _where(asked, field.name, said_so(asked))
    known = [*field.vocabulary, *(_distinct(asked, field.name) if field.open else ())]
    return asked.column(field.name) == code_of(asked, field, known)


def code_of(asked: Asked, field: f.Field, known: Iterable[str]) -> str:
    """Read a coded value, by any of its words; BadQuestion, with the nearest, for one that the field never has."""
    word, codes = asked.value.casefold(), list(dict.fromkeys(known))
    if word not in codes:
        word = vocabulary.code_named(field.name, asked.value, asked.model.__tablename__) or word
    if word not in codes:
        raise asked.refuse(f"{field.name} is never '{asked.value}'", nearest(word, codes))
    return word


@matching.register(f.FlagField)
def _(field: f.FlagField, asked: Asked) -> Matches:
    try:
        return asked.column(field.name).is_(true() if field.read(asked.value)[0] else false())
    except BadValue as error:
        raise asked.refuse(error.reason, error.remedy) from error


@matching.register(f.WholeField)
@matching.register(f.NumberField)
def _(field: f.Field, asked: Asked) -> Matches:
    return _number_between(asked.column(field.columns[0]), asked)


def _number_between(column: ColumnElement[Any], asked: Asked) -> Matches:
    low, high = _numbers(asked)
    return and_(*([] if low is None else [column >= low]), *([] if high is None else [column <= high]))


def _numbers(asked: Asked, *, whole: bool = False) -> tuple[float | None, float | None]:
    """Read a number or a range of numbers; an open end is None."""
    pattern = r"[0-9]{1,15}" if whole else r"-?[0-9]{1,15}(\.[0-9]{1,9})?"
    first, last = asked.term.ends() or (asked.value, asked.value)
    for end in filter(None, (first, last)):
        if not re.fullmatch(pattern, end):
            raise asked.refuse(
                f"'{end[:SAID]}' is no number", "write digits, a point before a fraction; a range is 10..20"
            )
    low, high = (f.number(float(end)) if end else None for end in (first, last))
    if low is not None and high is not None and low > high:
        raise asked.refuse("the range runs backwards", f"write {last}..{first}")
    return low, high


def _between_numbers(low: float | None, high: float | None) -> Callable[[float], bool]:
    return lambda n: (low is None or n >= low) and (high is None or n <= high)


@matching.register(f.DateField)
def _(field: f.DateField, asked: Asked) -> Matches:
    """Ask for dates that may lie in the time asked for: their interval overlaps it, or with `:=` is it."""
    early, late = (asked.column(c) for c in field.columns[2:])
    if asked.term.part in RECURRING:
        return _recurring(asked, early, late)[1]
    first, last = _days(asked)
    if asked.term.way == ":=":
        return and_(_is(early, first), _is(late, last))
    rules = [or_(early.is_not(None), late.is_not(None))]
    if last is not None:
        rules.append(or_(early.is_(None), early <= last))
    if first is not None:
        rules.append(or_(late.is_(None), late >= first))
    return and_(*rules)


def _is(column: ColumnElement[Any], value: int | None) -> Matches:
    return column.is_(None) if value is None else func.coalesce(column == value, false())


def surely(field: f.DateField, asked: Asked) -> Matches:
    """Ask for dates that lie in the time asked for, whole and without a sign of doubt."""
    _, edtf, early, late = (asked.column(c) for c in field.columns)
    rules = [or_(edtf.is_(None), and_(*(edtf.not_like(f"%/{sign}%", escape="/") for sign in "~?%")))]
    if asked.term.part in RECURRING:
        return and_(*rules, _recurring(asked, early, late)[0])
    first, last = _days(asked)
    if asked.term.way == ":=":  # with the same sign of doubt it is just what is asked
        own = None if asked.term.last is not None else HistoricalDate.parse(asked.value).edtf
        return and_(or_(*rules, func.coalesce(edtf == own, false())), _is(early, first), _is(late, last))
    rules += [and_(late.is_not(None), late <= last)] if last is not None else []
    rules += [and_(early.is_not(None), early >= first)] if first is not None else []
    return and_(*rules)


def _days(asked: Asked) -> tuple[int | None, int | None]:
    ends = asked.term.ends() or (asked.value, asked.value)
    try:
        dates = [HistoricalDate.parse(end) if end else None for end in ends]
    except BadValue as error:
        raise asked.refuse(error.reason, error.remedy) from error
    first, last = dates[0].first if dates[0] else None, dates[1].last if dates[1] else None
    if first is not None and last is not None and first > last:
        raise asked.refuse("the range runs backwards", f"write {ends[1]}..{ends[0]}")
    return first, last


def _recurring(asked: Asked, early: ColumnElement[Any], late: ColumnElement[Any]) -> tuple[Matches, Matches]:
    """Ask for dates that lie whole in a month of any year or a day of any month, and for those that touch it.

    A range lies within one year, or within one month.  With `:=` both ask for dates that are just that.
    """
    first, last = _range_of_part(asked)
    years, months = late // 10000 - early // 10000, late // 100 % 100 - early // 100 % 100
    if asked.term.part == "month":
        begins, ends, turns = early // 100 % 100, late // 100 % 100, years
        lengths: tuple[Any, Any] = (literal(12), literal(12))
        whole = and_(early % 100 == 1, late % 100 == month_length(late))
    else:
        begins, ends, turns = early % 100, late % 100, years * 12 + months
        lengths = (month_length(early), month_length(early + 100))
        whole = true()
    closed = and_(early.is_not(None), late.is_not(None))
    if asked.term.way == ":=":
        exact = and_(closed, turns == 0, begins == first, ends == last, whole)
        return exact, exact
    known = or_(early.is_not(None), late.is_not(None))
    if (first, last) == (1, RECURRING[asked.term.part]):
        return known, known
    touches = or_(
        and_(turns == 0, begins <= last, ends >= first),
        and_(turns > 0, or_(ends >= first, and_(begins <= last, lengths[0] >= first))),
        and_(turns > 1, lengths[1] >= first),
        turns > 2,  # of two months side by side one has 31 days
    )
    return and_(closed, turns == 0, begins >= first, ends <= last), and_(known, or_(not_(closed), touches))


def _range_of_part(asked: Asked) -> tuple[int, int]:
    """Read months or days, each a number or the name of a month as dates have it; an open end is the least or most."""
    ends = asked.term.ends() or (asked.value, asked.value)
    most = RECURRING[asked.term.part]
    first = _number_of_part(asked, ends[0]) if ends[0] else 1
    last = _number_of_part(asked, ends[1]) if ends[1] else most
    if first > last:
        ranges = f"{ends[0]}..{most},1..{ends[1]}"
        raise asked.refuse("the range runs backwards", f"write {asked.term.field}.{asked.term.part}:{ranges}")
    return first, last


def _number_of_part(asked: Asked, text: str) -> int:
    part, most = asked.term.part, RECURRING[asked.term.part]
    number = int(text) if re.fullmatch("[0-9]{1,9}", text) else _month_named(text) if part == "month" else 0
    if not 1 <= number <= most:
        named, example = f"{asked.term.field}.{part}", "5, may or май" if part == "month" else "5"
        raise asked.refuse(f"a {part} is 1 to {most}", f"write {named}:{example}; a range is {named}:3..5")
    return number


def _month_named(word: str) -> int:
    """Read the name of a month as a date has it; 0 where it is none."""
    try:
        date = HistoricalDate.parse(f"{word} 1937")
    except BadValue:
        return 0
    month = (date.first or 0) // 100 % 100
    return month if date.edtf == f"1937-{month:02}" else 0


@matching.register(f.ReferenceField)
def _(field: f.ReferenceField, asked: Asked) -> Matches:
    if asked.term.way == ":~":
        name = asked.term.field
        raise asked.refuse("an expression asks words, and this names a record", f"ask {name}.name:~{asked.value}")
    rules: list[Matches] = []
    found = _resolve(asked, field.kinds, asked.value, named=True)
    for pointer in field.pointers(asked.model.__table__):
        if keys := [key for kind, key in found if kind == pointer.kind]:
            inside = _inside(pointer.kind, keys) if asked.term.way == ":" else keys
            rules.append(and_(pointer.key.is_not(None), *pointer.rules, pointer.key.in_(inside)))
    if field.name == "source" and asked.model.hangs:
        rules += [_cited_by_person(asked.model, key) for _, key in found]
    return or_(false(), *rules)


def _inside(kind: str, keys: list[int]) -> Any:
    """Select the records with these keys and all that lie in them, by the field `parent`."""
    model = models.kind(kind)
    if "parent" not in model.fields:
        return keys
    table = model.__table__
    whole = select(table.c.key).where(table.c.key.in_(keys)).cte(recursive=True)
    part = table.alias()
    every = whole.union(select(part.c.key).where(part.c.parent_key == whole.c.key))
    return select(every.c.key)


def _cited_by_person(model: Model, source: int) -> Matches:
    """Ask for rows that hang on a list's row: they cite what that row cites."""
    persons, table = models.kind("persons").__table__, model.__table__
    cited = select(persons.c.key).where(persons.c.source_key == source, persons.c.key >= LIST)
    return and_(table.c.source_key.is_(None), table.c.person_key.in_(cited))


def _resolve(asked: Asked, kinds: Sequence[str], value: str, *, named: bool = False) -> list[tuple[str, int]]:
    """Find the records that a value names: by id, bare or as kind/id, or else, with `named`, by words of their names.

    BadQuestion with the nearest ids where there is none.
    """
    kind, slash, rest = value.partition("/")
    if slash and kind in models.MODULES:
        if kind not in kinds:
            raise asked.refuse(f"{asked.term.field} never points to {kind}", nearest(kind, kinds))
        kinds, value = (kind,), rest
    if found := list(_find(asked.connection, kinds, value)):
        return found
    if named and asked.term.way == ":" and words(value):
        for kind in kinds:
            model = models.kind(kind)
            if has_names(model):
                named_so = _named(asked._replace(model=model, term=asked.term._replace(value=value), heard=None))
                found += [
                    (kind, key) for key in asked.connection.scalars(select(model.__table__.c.key).where(named_so))
                ]
        if len(found) > MOST_VALUES:
            raise asked.refuse(f"{len(found):,} records are named so", "ask for more words, or for an id", TooMuch)
        if found:
            return found
    raise asked.refuse(
        f"no record of {' or '.join(kinds)} has this id or name", _near_ids(asked.connection, kinds, value)
    )


@matching.register(f.ComputedField)
def _(field: f.ComputedField, asked: Asked) -> Matches:
    return _COMPUTED[field.name](field, asked)


def _code_of_column(field: f.ComputedField, asked: Asked) -> Matches:
    return asked.column(field.columns[0]) == code_of(asked, field, field.vocabulary)


def _number_of_column(field: f.ComputedField, asked: Asked) -> Matches:
    return _number_between(asked.column(field.columns[0]), asked)


def _code_of_list(named: str) -> Callable[[f.ComputedField, Asked], Matches]:
    """Ask whether one of the computed codes is this one: a person has every fate that any source gives."""

    def rule(field: f.ComputedField, asked: Asked) -> Matches:
        code = code_of(asked, field, field.vocabulary)
        return _derived(asked, named, lambda value: value == code)

    return rule


def _same_as(field: f.ComputedField, asked: Asked) -> Matches:
    _resolve(asked, ("persons",), asked.value)
    named = asked.value.removeprefix("persons/")
    return _derived(asked, field.name, lambda value: value == named)


def _passage(_field: f.ComputedField, asked: Asked) -> Matches:
    """Ask for rows that stand in a passage with these words."""
    holds = said_so(asked)
    every = asked.connection.execute(select(passages))
    found = [(row.source_key, row.number) for row in every if holds(row.text)]
    if len(found) * 2 > MOST_VALUES:
        raise asked.refuse(f"{len(found):,} passages hold it", "ask for more words", TooMuch)
    there = tuple_(spans.c.source_key, spans.c.number).in_(found)
    own = spans.c.kind == asked.model.__tablename__
    return asked.column("key").in_(select(spans.c.key).where(own, there)) if found else false()


_COMPUTED: dict[str, Callable[[f.ComputedField, Asked], Matches]] = {
    "fate": _code_of_list("fates"),
    "fates": _code_of_list("fates"),
    "parts": _code_of_list("parts"),
    "names": lambda _, asked: _named(asked),
    "same_as": _same_as,
    "low": _number_of_column,
    "best": _number_of_column,
    "high": _number_of_column,
    "magnitude": _number_of_column,
    "of": lambda field, asked: _derived(asked, field.name, lambda value: _number_between(value, asked)),
    "qualifier": _code_of_column,
    "passage": _passage,
}


# ---------------------------------------------------------------- what points where


def pointing_to(connection: Connection, kind: str, key: int) -> dict[str, Select[Any]]:
    """Select, for every kind with a field that may point to a record of `kind`, the keys of those that point to it.

    They are in the order of their ids; a kind none of whose records points to it is there too.
    """
    this = models.kind(kind)
    named = connection.scalar(select(id_of(this)).where(this.__table__.c.key == key))
    found: dict[str, Select[Any]] = {}
    for other in models.KINDS:
        model = models.kind(other)
        rules = [pointer.to(key) for pointer in f.pointers(model.fields, model.__table__, kind)]
        rules += [
            _lists_id(field, Asked(connection, model, One(field.name, named or "")))
            for field in model.fields.values()
            if isinstance(field, f.ReferencesField) and kind in field.kinds
        ]
        if rules:
            found[other] = select(model.__table__.c.key).where(or_(*rules)).order_by(*_by_id(model))
    return found


# ---------------------------------------------------------------- order


def order(model: Model, sort: str) -> list[ColumnElement[Any]]:
    """Order by fields, what is missing last, and by id at the end."""
    parts: list[ColumnElement[Any]] = []
    for part in filter(None, (p.strip() for p in sort.split(","))):
        name, _, way = part.partition(":")
        field = model.fields.get(name)
        if field is None:
            raise BadQuestion(f"{model.__tablename__} have no field '{name}' to sort by", nearest(name, model.fields))
        if way not in ("", "asc", "desc"):
            raise BadQuestion(f"'{part}' is no order", f"write {name} or {name}:desc")
        missing, *keys = sorting(field, model)
        parts += [case((missing, 1), else_=0), *(k.desc() if way == "desc" else k for k in keys)]
    return [*parts, *_by_id(model)]


def _by_id(model: Model) -> list[ColumnElement[Any]]:
    table = model.__table__
    if not model.hangs:
        return [table.c.id]
    return [case((table.c.id.is_(None), 1), else_=0), table.c.id, table.c.key]


@singledispatch
def sorting(field: f.Field, model: Model) -> list[ColumnElement[Any]]:
    """Say when a field is missing, then what it is sorted by."""
    column = model.__table__.c[field.columns[0]]
    return [column.is_(None), column]


@sorting.register(f.NameField)
def _(field: f.NameField, model: Model) -> list[ColumnElement[Any]]:
    column = model.__table__.c[field.columns[1]]
    return [column.is_(None), column]


@sorting.register(f.DateField)
def _(field: f.DateField, model: Model) -> list[ColumnElement[Any]]:
    early, late = (model.__table__.c[c] for c in field.columns[2:])
    return [
        and_(early.is_(None), late.is_(None)),
        func.coalesce(early, 0),
        func.coalesce(late, 99999999),
    ]


@sorting.register(f.FigureField)
def _(_field: f.FigureField, model: Model) -> list[ColumnElement[Any]]:
    columns = model.__table__.c
    number = func.coalesce(columns.best, columns.low, columns.high, columns.magnitude)
    return [number.is_(None), number]


@sorting.register(f.ReferenceField)
def _(field: f.ReferenceField, model: Model) -> list[ColumnElement[Any]]:
    named = []
    for pointer in field.pointers(model.__table__):
        other = models.kind(pointer.kind)
        to = other.__table__.alias()
        one = select(id_of(other, to)).where(to.c.key == pointer.key, *pointer.rules)
        named.append(one.correlate(model.__table__).scalar_subquery())
    first = func.coalesce(*named) if len(named) > 1 else named[0]
    return [first.is_(None), first]


@sorting.register(f.ListField)
def _(field: f.Field, _model: Model) -> list[ColumnElement[Any]]:
    raise BadQuestion(f"{field.name} is a list, which has no order", "sort by another field")


@sorting.register(f.ComputedField)
def _(field: f.ComputedField, model: Model) -> list[ColumnElement[Any]]:
    if field.shape == "list":
        return sorting.dispatch(f.ListField)(field, model)
    table, derived = model.__table__, DERIVED.get((model.__tablename__, field.name))
    if derived is None:
        column: ColumnElement[Any] = table.c[field.columns[0]]
    else:
        every = derived().subquery("every")
        column = select(every.c.value).where(every.c.key == table.c.key).correlate(table).scalar_subquery()
    return [column.is_(None), column]
