"""Kept counts: how many rows of each list stand under each label of a field (`models.labels` says which and what).

Rows are counted where they are read, a few statements a kind: all their labels in one pass over the rows, summed here,
which costs half of what a statement a field does.  A load counts out what it is about to change or remove, as that was,
and in the end counts in what then stands there, together with the rows that it added.  So a load of a thousand rows
into three million costs what a thousand rows cost.

Nearly every person of a list has one case, and is counted as that case is.  So of persons by what hangs on them, only
the difference is kept: persons with no such row or with several are counted as they are, and the rows of the latter are
taken off.  `models.labels.kept` puts both together.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    CompoundSelect,
    Connection,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Row,
    Select,
    Table,
    case,
    cast,
    delete,
    exists,
    func,
    literal,
    or_,
    select,
    text,
    union,
)

from terrordb import models
from terrordb.database import Key, Words, insert
from terrordb.loading import hashing
from terrordb.loading.standing import Gone, going, parts
from terrordb.models.base import LIST
from terrordb.models.engine import tallies
from terrordb.models.fields import AnyField, ComputedField, ReferenceField
from terrordb.models.labels import (
    APART,
    STANDS,
    TOO_MANY,
    Path,
    hanging_paths,
    label,
    list_of,
    own_paths,
    several,
    standing,
)

MANY = 10_000  # labels of a field that are kept for one list; of more, one row says that they are not
PART = 5000  # rows that are counted at a time

Place = tuple[str, str, int]  # kind, field, list
Rule = Callable[[ColumnElement[int]], ColumnElement[bool]] | None  # which keys; None: all
Found = dict[Place, dict[tuple[str, str], int]]  # of each place: standing and label → rows

touched = Table(
    "touched",
    MetaData(),
    Column("kind", Words),
    Column("key", Key),
    Column("turn", Integer),  # rows touched at once have one number
    PrimaryKeyConstraint("kind", "key"),
    Index("ix_touched_turn", "turn"),
    prefixes=["TEMPORARY"],
)

_ADD = text(
    "INSERT INTO tallies (kind, field, list, standing, label, rows)"
    " VALUES (:kind, :field, :list, :standing, :label, :rows)"
    " ON CONFLICT (kind, field, list, standing, label) DO UPDATE SET rows = tallies.rows + excluded.rows"
)


class Fresh(NamedTuple):
    """What is known of the rows of a list that is new: the columns they fill differently, and if a person has one."""

    columns: frozenset[str]
    single: bool


class Tallies:
    """Keep the counts while rows are written; `finish` must be called when all stand as they will."""

    def __init__(self, connection: Connection) -> None:
        fill(connection)
        self.connection = connection
        self.counts = _Counts(connection)
        self.turn = 0
        self.first: dict[tuple[str, int], int] = {}  # (kind, list) → the least key of the rows that are new
        self.fresh: dict[tuple[str, int], Fresh] = {}  # (kind, list) → of a list that has no other rows
        touched.drop(connection, checkfirst=True)
        touched.create(connection)

    def begin(self, kind: str, key: int) -> None:
        """Note that the rows of a list from this key on are new, and so are counted in only."""
        self.first[kind, key // LIST] = key

    def add(self, kind: str, rows: Iterable[Mapping[str, Any]]) -> None:
        """Count out the persons that rows point to; called before the rows are written."""
        if owners := _persons_of(kind):
            self.touch("persons", {key for row in rows for key in owners(row) if key is not None})

    def touch(self, kind: str, keys: Iterable[int], rows: Iterable[Mapping[str, Any]] = ()) -> None:
        """Count out rows that are about to be changed or removed; `rows` are what they will be."""
        for part in parts(key for key in keys if key < self.first.get((kind, key // LIST), key + 1)):
            there = select(touched.c.key).where(touched.c.kind == kind, touched.c.key.in_(part))
            fresh = sorted(set(part).difference(self.connection.scalars(there)))
            self.turn += 1
            insert(self.connection, touched, tuple(touched.c.keys()), [(kind, key, self.turn) for key in fresh])
            self._count_out(kind, len(fresh))
        self.add(kind, rows)

    def going(self, gone: Gone) -> None:
        """Count out the rows that are noted to go."""
        for kind in gone.kinds():
            self._touch_all(kind, select(going.c.key).where(going.c.kind == kind))

    def _touch_all(self, kind: str, keys: Select[Any]) -> None:
        """Count out the rows with these keys, none of which is new, without reading them."""
        self.turn += 1
        chosen = keys.subquery().c[0]
        met = exists().where(touched.c.kind == kind, touched.c.key == chosen)
        rows = select(literal(kind), chosen, literal(self.turn)).where(~met)
        self._count_out(kind, self.connection.execute(touched.insert().from_select(touched.c.keys(), rows)).rowcount)

    def _count_out(self, kind: str, count: int) -> None:
        """Count out the rows that were touched last, and the persons they hang on."""
        if not count:
            return
        table = models.kind(kind).__table__
        last = select(touched.c.key).where(touched.c.turn == self.turn)
        self.counts.take(kind, _among(last), -1)
        if models.kind(kind).hangs:
            owners = select(table.c.person_key).where(table.c.key.in_(last), table.c.person_key.is_not(None))
            new = (_between(*ends)(table.c.person_key) for ends in self._new("persons"))
            self._touch_all("persons", owners.where(*(~rule for rule in new)).distinct())

    def _new(self, kind: str) -> Iterator[tuple[int, int]]:
        """Give the ranges of the keys that are new."""
        for (of, number), first in self.first.items():
            if of == kind:
                yield first, (number + 1) * LIST - 1

    def finish(self, *, fates: bool) -> None:
        """Count in what was touched and what is new; with `fates` they may have changed of any person."""
        for kind in models.KINDS:
            for ends in self._new(kind):
                number = ends[0] // LIST
                if (kind, number) in self.fresh:
                    self.counts.take_fresh(kind, number, self.fresh)
                else:
                    self.counts.take(kind, _between(*ends))
        for kind in self.connection.scalars(select(touched.c.kind).distinct()).all():
            self.counts.take(kind, _among(select(touched.c.key).where(touched.c.kind == kind)))
        for kind, path in _computed() if fates else ():
            of = (tallies.c.kind == kind, tallies.c.field == path[0])
            self.connection.execute(delete(tallies).where(*of))
            self.counts.forget(kind, path)
            self.counts.take(kind, None, paths=[path])
        self.counts.write()


def fill(connection: Connection) -> bool:
    """Count everything where nothing is counted yet, as a migration leaves it; say if that was so.

    A migration that changes labels, or adds fields that are counted, empties the table.
    """
    if connection.scalar(select(tallies.c.kind).limit(1)) or not any(n for n, _ in hashing.kept(connection).values()):
        return False
    counts = _all(connection)
    counts.write()
    return True


def differing(connection: Connection) -> Iterator[tuple[str, str, str]]:
    """Count everything anew: of each place that is kept otherwise the kind, the field, and the first difference."""
    counted, many = _all(connection).found()
    kept: Found = defaultdict(dict)
    for row in connection.execute(select(tallies)):
        kept[row.kind, row.field, row.list][row.standing, row.label] = row.rows
    sources = models.kind("sources").__table__
    lists = {0: "curated rows"} | dict(
        connection.execute(select(sources.c.list_number, sources.c.id).where(sources.c.list_number.is_not(None))).all()
    )
    for place in sorted(kept.keys() | counted.keys() | many):
        was, now = kept.get(place, {}), counted.get(place, {})
        if (TOO_MANY, "") in was or was == now:
            continue
        said = "kept, though it has too many labels"
        if place not in many:
            stood, of = next(key for key in sorted(was.keys() | now.keys()) if was.get(key, 0) != now.get(key, 0))
            rows = (was.get((stood, of), 0), now.get((stood, of), 0))
            said = f"{of or 'missing'} ({stood}): kept {rows[0]:,}, counted {rows[1]:,}"
        kind, field, number = place
        yield kind, field, f"{lists.get(number, f'list {number}')}: {said}"


def _all(connection: Connection) -> _Counts:
    counts = _Counts(connection)
    for kind in models.KINDS:
        counts.take(kind, None)
    return counts


@cache
def _computed() -> tuple[tuple[str, Path], ...]:
    """List the fields that every load works out anew: fates."""
    every = ((kind, name, field) for kind in models.KINDS for name, field in models.kind(kind).fields.items())
    return tuple((kind, (name,)) for kind, name, field in every if isinstance(field, ComputedField) and field.stored)


@cache
def _persons_of(kind: str) -> Any:
    """Give a function that lists the persons whom a row of a kind points to: its own rows or its fate are theirs."""
    plain: list[str] = []
    any_of: list[tuple[str, str]] = []
    for field in models.kind(kind).fields.values():
        if isinstance(field, AnyField) and "persons" in field.kinds:
            any_of.append((field.columns[0], field.columns[1]))
        elif isinstance(field, ReferenceField) and not isinstance(field, AnyField):
            plain += [c for of, c in zip(field.kinds, field.columns, strict=True) if of == "persons"]
    if not plain and not any_of:
        return None

    def persons(row: Mapping[str, Any]) -> list[int | None]:
        found = [row.get(column) for column in plain]
        return found + [row.get(key) for of, key in any_of if row.get(of) == "persons"]

    return persons


class _Counts:
    """Counts, or what is to be added to those that are kept."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.of: dict[Place, dict[str, Counter[str | None]]] = defaultdict(lambda: defaultdict(Counter))
        self.many: set[Place] = set()

    def take(self, kind: str, rule: Rule, sign: int = 1, paths: Sequence[Path] | None = None) -> None:
        """Count the rows of a kind whose keys are under a rule; with `paths` by those alone."""
        table = models.kind(kind).__table__
        own = own_paths(kind) if paths is None else paths
        every: Counter[tuple[int, str]] = Counter()
        for part in _parts(self.connection, _select(table, [label(kind, path) for path in own], rule, table.c.key)):
            every.update(self._sum(kind, own, part, sign))
        if paths is not None or not every:
            return
        for hanging, further in hanging_paths(kind).items():
            self._differ(hanging, further, rule, sign, every)
        if models.kind(kind).hangs and not models.kind(kind).fields["person"].required:
            nobody = _select(table, _of_rows(kind), rule, table.c.key).where(table.c.person_key.is_(None))
            for part in _parts(self.connection, nobody):
                self._sum("persons", hanging_paths("persons")[kind], part, -sign)

    def take_fresh(self, kind: str, number: int, fresh: Mapping[tuple[str, int], Fresh]) -> None:
        """Count the rows of a list that is new: no row is apart, and what no row has or all have is not read."""
        table, known = models.kind(kind).__table__, fresh[kind, number]
        rule = _between(number * LIST, (number + 1) * LIST - 1)
        count = self._rows(table, rule)
        varied = [path for path in own_paths(kind) if not known.columns.isdisjoint(_columns_of(kind, path))]
        same = [path for path in own_paths(kind) if path not in varied]
        (one,) = self.connection.execute(
            select(*(label(kind, path) for path in same)).where(rule(table.c.key)).limit(1)
        )
        for path, of in zip(same, one, strict=True):
            self.of[kind, ".".join(path), number][STANDS][of] += count
        places = [(kind, ".".join(path), number) for path in varied]
        labels = select(*(label(kind, path) for path in varied)).where(rule(table.c.key))
        for part in _parts(self.connection, labels) if varied else ():
            for place, column in zip(places, zip(*part, strict=True), strict=True):
                if place not in self.many:
                    self._count(place, STANDS, column)
        for hanging, paths in hanging_paths(kind).items():
            told = fresh.get((hanging, number))
            if told is not None and not told.single:
                self._differ(hanging, paths, rule, 1, Counter({(number, STANDS): count}))
                continue
            lacking = count - (self._rows(models.kind(hanging).__table__, rule) if told is not None else 0)
            for path in paths:
                self.of["persons", ".".join(path), number][STANDS][None] += lacking

    def _rows(self, table: Table, rule: Callable[[ColumnElement[int]], ColumnElement[bool]]) -> int:
        return self.connection.scalar(select(func.count()).select_from(table).where(rule(table.c.key))) or 0

    def _count(self, place: Place, stood: str, labels: Sequence[Any]) -> None:
        counter = self.of[place][stood]
        counter.update(labels)
        if len(counter) > MANY:
            self.many.add(place)
            del self.of[place]

    def _differ(
        self, hanging: str, paths: Sequence[Path], rule: Rule, sign: int, every: Counter[tuple[int, str]]
    ) -> None:
        """Count by how much persons differ from the rows that hang on them; `every` is how many persons there are."""
        persons, rows = models.kind("persons").__table__, models.kind(hanging).__table__
        owner = rows.c.person_key
        strange = _strange(rows, rule)
        counted = self._of_lists(_distinct(owner, rule))
        if counted and (odd := self._of_lists(strange)):
            counted -= odd
            told = _select(persons, _of_rows(hanging), rule, persons.c.key).join(rows, owner == persons.c.key)
            told = told.where(rows.c.status != "withdrawn", persons.c.key.in_(strange)).order_by(persons.c.key)
            for part in _whole(_parts(self.connection, told)):
                counted.update(self._sum("persons", paths, part, sign))
            for part in _parts(
                self.connection, _select(rows, _of_rows(hanging), None, owner).where(owner.in_(strange))
            ):
                self._sum("persons", paths, part, -sign)
        for (number, stood), count in (every - counted).items():
            for path in paths:
                self.of["persons", ".".join(path), number][stood][None] += sign * count

    def _of_lists(self, keys: Select[Any] | CompoundSelect[Any]) -> Counter[tuple[int, str]]:
        """Count keys by their list."""
        found = keys.subquery()
        number = found.c[0] // cast(LIST, BigInteger)
        of = select(number, func.count()).group_by(number)
        return Counter({(of_list, STANDS): count for of_list, count in self.connection.execute(of)})

    def _sum(
        self, kind: str, paths: Sequence[Path], rows: Sequence[Sequence[Any]], sign: int
    ) -> dict[tuple[int, str], int]:
        """Sum rows of list, standing, key and labels; how many there are of each list and standing comes back."""
        columns = list(zip(*rows, strict=True))
        sorts = Counter(zip(columns[0], columns[1], strict=True))
        for number, stood in sorts:
            if len(sorts) > 1:
                columns = list(zip(*[row for row in rows if (row[0], row[1]) == (number, stood)], strict=True))
            for path, labels in zip(paths, columns[3:], strict=True):
                place = (kind, ".".join(path), number)
                if place in self.many:
                    continue
                if sign > 0:
                    self._count(place, stood, labels)
                else:
                    self.of[place][stood].subtract(Counter(labels))
        return sorts

    def forget(self, kind: str, path: Path) -> None:
        """Forget what was counted by a field."""
        for place in [p for p in self.of if p[:2] == (kind, ".".join(path))]:
            del self.of[place]

    def found(self) -> tuple[Found, set[Place]]:
        """Give what was counted, and the places that have too many labels."""
        found: Found = {}
        for place, by_standing in self.of.items():
            labels = {(s, of or ""): n for s, counter in by_standing.items() for of, n in counter.items() if n}
            if len({of for _, of in labels}) > MANY:
                self.many.add(place)
            elif labels and place not in self.many:
                found[place] = labels
        return found, self.many

    def write(self) -> None:
        """Add what was counted to what is kept."""
        found, many = self.found()
        t = tallies.c
        marked = select(t.kind, t.field, t.list).where(t.standing == TOO_MANY)
        unkept = {(row.kind, row.field, row.list) for row in self.connection.execute(marked)}
        rows = [
            {"kind": kind, "field": field, "list": number, "standing": stood, "label": of, "rows": count}
            for (kind, field, number), labels in found.items()
            if (kind, field, number) not in unkept
            for (stood, of), count in labels.items()
        ]
        if rows:
            self.connection.execute(_ADD, rows)
        self.connection.execute(delete(tallies).where(t.rows == 0, t.standing != TOO_MANY))
        lists = {number for _, _, number in (*found, *many)}
        grown = select(t.kind, t.field, t.list).where(t.list.in_(lists)).group_by(t.kind, t.field, t.list)
        above = self.connection.execute(grown.having(func.count(t.label.distinct()) > MANY)).all()
        for kind, field, number in sorted({(row.kind, row.field, row.list) for row in above} | (many - unkept)):
            place = (t.kind == kind, t.field == field, t.list == number)
            self.connection.execute(delete(tallies).where(*place))
            mark = {"kind": kind, "field": field, "list": number, "standing": TOO_MANY, "label": "", "rows": 0}
            self.connection.execute(tallies.insert().values(mark))
        self._unmark()

    def _unmark(self) -> None:
        """Let a list of which no row is left be kept again, should rows come."""
        status = tallies.alias()
        left = select(status.c.kind).where(
            status.c.kind == tallies.c.kind, status.c.field == "status", status.c.list == tallies.c.list
        )
        marked = tallies.c.standing == TOO_MANY
        self.connection.execute(delete(tallies).where(marked, ~left.correlate(tallies).exists()))


@cache
def _columns_of(kind: str, path: Path) -> frozenset[str]:
    """Name the columns of a row that its label depends on; of a path that leads further, none is known."""
    field = models.kind(kind).fields.get(path[0])
    return frozenset(field.columns) if field is not None else frozenset(models.kind(kind).__table__.c.keys())


def _among(keys: Select[Any]) -> Rule:
    return lambda key: key.in_(keys)


def _between(first: int, last: int) -> Callable[[ColumnElement[int]], ColumnElement[bool]]:
    return lambda key: key.between(first, last)


def _select(table: Table, of: Sequence[ColumnElement[Any]], rule: Rule, key: ColumnElement[int]) -> Select[Any]:
    """Select list and standing of rows, a key, and labels."""
    chosen = select(list_of(table), standing(table), key, *of).select_from(table)
    return chosen if rule is None else chosen.where(rule(key))


def _distinct(owner: ColumnElement[int], rule: Rule) -> Select[Any]:
    chosen = select(owner).where(owner.is_not(None)).group_by(owner)
    return chosen if rule is None else chosen.where(rule(owner))


def _strange(rows: Table, rule: Rule) -> CompoundSelect[Any]:
    """Select the persons with several rows, or where a row or the person does not stand, or is of another list."""
    persons, owner = models.kind("persons").__table__, rows.c.person_key
    apart = func.max(case((rows.c.status.in_(APART), 1), else_=0)) == 1
    elsewhere = func.min(list_of(rows)) != owner // cast(LIST, BigInteger)  # of several rows this is not asked
    fallen = select(persons.c.key).where(persons.c.status.in_(APART), exists().where(owner == persons.c.key))
    fallen = fallen if rule is None else fallen.where(rule(persons.c.key))
    return union(_distinct(owner, rule).having(or_(func.count() > 1, apart, elsewhere)), fallen)


def _of_rows(hanging: str) -> list[ColumnElement[Any]]:
    """Give the labels that persons have of the rows that hang on them."""
    return [label(hanging, path[1:]) for path in hanging_paths("persons")[hanging]]


def _parts(connection: Connection, rows: Select[Any]) -> Iterator[Sequence[Row[Any]]]:
    yield from connection.execute(rows, execution_options={"yield_per": PART}).partitions()


def _whole(of: Iterable[Sequence[Sequence[Any]]]) -> Iterator[Sequence[Sequence[Any]]]:
    """Put all rows of one key, which follow each other, into one: of each label the one they share, or all of them."""
    rest: list[Sequence[Any]] = []
    for part in of:
        rows = [*rest, *part]
        cut = next((n for n in range(len(rows) - 1, -1, -1) if rows[n][2] != rows[-1][2]), -1) + 1
        rest = rows[cut:]
        if cut:
            yield _merged(rows[:cut])
    if rest:
        yield _merged(rest)


def _merged(rows: list[Sequence[Any]]) -> list[Sequence[Any]]:
    by_key: dict[int, list[Sequence[Any]]] = {}
    if len({row[2] for row in rows}) == len(rows):
        return rows
    for row in rows:
        by_key.setdefault(row[2], []).append(row)
    return [some[0] if len(some) == 1 else _one(some) for some in by_key.values()]


def _one(rows: list[Sequence[Any]]) -> Sequence[Any]:
    labels = [several(of for of in column if of is not None) or None for column in list(zip(*rows, strict=True))[3:]]
    return (*rows[0][:3], *labels)
