"""Rows that are to go, rows a load has met, and what stands on them: the working tables of a load or an undo."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, islice
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Result,
    Row,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    exists,
    literal,
    or_,
    select,
    true,
)

from terrordb import models
from terrordb.database import Key, Words, insert
from terrordb.loading import hashing
from terrordb.models.engine import changes, passages, spans, texts, word_uses
from terrordb.models.fields import AnyField, ReferenceField, ReferencesField

BATCH = 1000  # rows that are held at a time
KEPT = ("key", "list_number", "fate")  # columns that are no row's to replace
_scratch = MetaData()
_as_json = json.JSONEncoder(ensure_ascii=False).encode


def _working(name: str, *further: Any) -> Table:
    columns = (Column("kind", Words), Column("key", Key), *further)
    return Table(name, _scratch, *columns, prefixes=["TEMPORARY"])


going = _working("going", PrimaryKeyConstraint("kind", "key"))
met = _working("met", PrimaryKeyConstraint("kind", "key"))
# References that point forward: of a row the field, the record it names, and where that stands.
waiting = _working(
    "waiting",
    *(Column(name, Words) for name in ("field", "of_kind", "of_id", "path")),
    Column("line", Integer),
    Column("n", Key, primary_key=True, autoincrement=False),
)
# Of loads that read rows anew, the rows that they took over from loads of other files.
apart = _working("apart", Column("load_key", Key), PrimaryKeyConstraint("load_key", "kind", "key"))
unlike = Table("unlike", _scratch, Column("key", Key, primary_key=True, autoincrement=False), prefixes=["TEMPORARY"])
goes_too = going.alias("goes_too")


@cache
def order_of_kinds() -> tuple[str, ...]:
    """Order the kinds so that what a row must point to is there before it."""
    done: list[str] = []
    met: set[str] = set()

    def visit(kind: str) -> None:
        if kind in met:
            return
        met.add(kind)
        refers = [f for f in models.kind(kind).fields.values() if isinstance(f, ReferenceField)]
        for required in (True, False):
            for f in refers:
                if f.required is required:
                    for target in f.kinds:
                        visit(target)
        done.append(kind)

    for kind in models.KINDS:
        visit(kind)
    return tuple(done)


@cache
def loose(kind: str) -> tuple[str, ...]:
    """Name the foreign keys that may point to rows written later: of the same kind, or of one after it."""
    written = order_of_kinds()[: order_of_kinds().index(kind)]
    fields = [
        f for f in models.kind(kind).fields.values() if isinstance(f, ReferenceField) and not isinstance(f, AnyField)
    ]
    return tuple(c for f in fields for of_kind, c in zip(f.kinds, f.columns, strict=True) if of_kind not in written)


def update(connection: Connection, table: Table, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows, all with the same columns, over those that have their keys."""
    written = [{c: v for c, v in row.items() if c not in KEPT} | {"of_key": row["key"]} for row in rows]
    connection.execute(table.update().where(table.c.key == bindparam("of_key")), written)


def parts(asked: Iterable[Any]) -> Iterator[list[Any]]:
    """Cut what is asked for into parts that one statement can hold."""
    rest = iter(asked)
    while part := list(islice(rest, BATCH)):
        yield part


class Gone:
    """Keep, in the database and not in memory, which rows were met and which are to go."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        for table in (going, met, waiting, unlike, apart):
            table.drop(connection, checkfirst=True)
            table.create(connection)
        self._met: list[tuple[str, int]] = []
        self._waiting: list[tuple[Any, ...]] = []
        self._waited = 0
        self._any_apart = False

    # -- waiting ---------------------------------------------------------------------------------------------------

    def wait(self, kind: str, key: int, *reference: Any) -> None:
        """Note a reference that points forward: the field, kind and id it names, file and line."""
        self._waited += 1
        self._waiting.append((kind, key, *reference, self._waited))

    def waited(self) -> Iterator[Sequence[Row[Any]]]:
        """Give what was noted, a part at a time."""
        self.flush()
        last = 0
        part = select(waiting).order_by(waiting.c.n).limit(BATCH)
        while found := self.connection.execute(part.where(waiting.c.n > last)).all():
            yield found
            last = found[-1].n

    # -- met -------------------------------------------------------------------------------------------------------

    def see(self, kind: str, key: int) -> None:
        """Note that a row that is already there stands in the file too."""
        self._met.append((kind, key))

    def flush(self) -> None:
        """Write what was noted."""
        if self._met:
            insert(self.connection, met, ("kind", "key"), self._met)
            self._met.clear()
        if self._waiting:
            insert(self.connection, waiting, list(waiting.c.keys()), self._waiting)
            self._waiting.clear()

    def which_seen(self, kind: str, keys: Iterable[int]) -> set[int]:
        """Say which of these rows were met."""
        asked = list(keys)
        if not asked:
            return set()
        return set(self.connection.scalars(select(met.c.key).where(met.c.kind == kind, met.c.key.in_(asked))))

    def not_seen(self, kind: str, key: Any) -> ColumnElement[bool]:
        """Ask for rows that were not met."""
        return ~exists().where(met.c.kind == kind, met.c.key == key)

    def note_unlike(self, persons: Iterable[int]) -> None:
        """Note the persons of a list whose rows are no longer as they were; all others of it are."""
        for part in parts(persons):
            insert(self.connection, unlike, ("key",), [(key,) for key in part])

    def is_like(self, table: Table) -> ColumnElement[bool]:
        """Ask for persons who were not noted so, or for what hangs on such."""
        return (table.c.person_key if "person_key" in table.c else table.c.key).not_in(select(unlike.c.key))

    # -- apart -----------------------------------------------------------------------------------------------------

    def note_apart(self, load_key: int, kind: str, spans_of_keys: Iterable[tuple[int, int]]) -> None:
        """Note which records a load that read them anew took over from loads of other files, each span with its end."""
        keys = chain.from_iterable(range(first, last + 1) for first, last in spans_of_keys)
        for part in parts(keys):
            insert(self.connection, apart, ("load_key", "kind", "key"), [(load_key, kind, key) for key in part])
            self._any_apart = True

    def not_apart(self, table: Table) -> ColumnElement[bool]:
        """Ask for rows that were not noted so, and do not hang on persons who were."""
        if not self._any_apart:
            return true()
        mine = and_(apart.c.kind == table.name, apart.c.key == table.c.key)
        if "person_key" in table.c:
            mine = or_(mine, and_(apart.c.kind == "persons", apart.c.key == table.c.person_key))
        return ~exists().where(apart.c.load_key == table.c.load_key, mine)

    # -- going -----------------------------------------------------------------------------------------------------

    def add_all(self, kind: str, keys: Select[Any]) -> None:
        """Note that all these rows are to go, without reading them."""
        chosen = keys.subquery()
        rows = select(literal(kind), chosen.c[0])
        self.connection.execute(going.insert().from_select(["kind", "key"], rows))

    def add(self, kind: str, keys: Iterable[int]) -> None:
        """Note that these rows are to go."""
        insert(self.connection, going, ("kind", "key"), [(kind, key) for key in keys])

    def among(self, points: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
        """Say which of these records are to go, each given by kind and key."""
        by_kind: dict[str, set[int]] = {}
        for kind, key in points:
            by_kind.setdefault(kind, set()).add(key)
        found: set[tuple[str, int]] = set()
        for kind, keys in by_kind.items():
            rows = select(going.c.key).where(going.c.kind == kind)
            found |= {
                (kind, key)
                for part in parts(keys)
                for key in self.connection.scalars(rows.where(going.c.key.in_(part)))
            }
        return found

    def kinds(self) -> list[str]:
        """Name the kinds of which a row is to go, those that may point to others last."""
        there = set(self.connection.scalars(select(going.c.kind).distinct()))
        return [kind for kind in order_of_kinds() if kind in there]

    def standing(self) -> Iterator[tuple[str, str, int, str, str]]:
        """Find rows that stay and point to rows that go: kind, id and load of the one, kind and id of the other."""
        lost = self.kinds()
        for kind in models.KINDS:
            table = models.kind(kind).__table__
            stays = ~exists().where(goes_too.c.kind == kind, goes_too.c.key == table.c.key)
            for f in models.kind(kind).fields.values():
                for points in f.pointers(table):
                    if points.kind not in lost:
                        continue
                    of = models.kind(points.kind).__table__.alias("of")
                    goes = going.c.kind == points.kind
                    rows = (
                        select(table.c.id, table.c.load_key, of.c.id)
                        .select_from(table)
                        .join(going, and_(goes, points.key == going.c.key))
                        .join(of, of.c.key == going.c.key)
                        .where(stays, *points.rules)
                    )
                    for named, load_key, of_named in self.connection.execute(rows.order_by(table.c.id)):
                        yield kind, named, load_key, points.kind, of_named
                if isinstance(f, ReferencesField) and f.kinds[0] in lost:
                    yield from self._listed(kind, table, f, stays)

    def _listed(
        self, kind: str, table: Table, f: ReferencesField, stays: ColumnElement[bool]
    ) -> Iterator[tuple[str, str, int, str, str]]:
        of = models.kind(f.kinds[0]).__table__
        goes = exists().where(going.c.kind == f.kinds[0], going.c.key == of.c.key)
        lost = set(self.connection.scalars(select(of.c.id).where(goes)))
        listing = select(table.c.id, table.c.load_key, table.c[f.name]).where(table.c[f.name].is_not(None), stays)
        for named, load_key, ids in self.connection.execute(listing):
            for of_named in lost.intersection(f.plain((ids,))):
                yield kind, named, load_key, f.kinds[0], of_named

    def remove(self, *, keep_for: int | None = None) -> dict[str, tuple[int, int]]:
        """Remove the rows that are to go; how many of each kind, and the sum of their digests, come back."""
        kinds = self.kinds()
        if keep_for is not None:
            for kind in kinds:
                rows = self._read(select(models.kind(kind).__table__).where(self._goes(kind))).mappings()
                while batch := list(islice(rows, BATCH)):
                    self.keep_former(keep_for, kind, {row["key"]: former_row(row) for row in batch})
        removed: dict[str, tuple[int, int]] = {}
        for kind in kinds:
            if columns := loose(kind):  # or, of two rows that point to each other, neither could be removed first
                emptied = dict.fromkeys(columns)
                self.connection.execute(models.kind(kind).__table__.update().where(self._goes(kind)).values(emptied))
        for kind in reversed(kinds):
            table = models.kind(kind).__table__
            removed[kind] = hashing.total(
                bytes(d) for d in self._read(select(table.c.digest).where(self._goes(kind))).scalars()
            )
            gone = select(going.c.key).where(going.c.kind == kind)
            self.connection.execute(delete(word_uses).where(word_uses.c.kind == kind, word_uses.c.key.in_(gone)))
            stood = exists().where(going.c.kind == kind, going.c.key == spans.c.key)
            self.connection.execute(delete(spans).where(spans.c.kind == kind, stood))
            for text in (spans, passages, texts) if kind == "sources" else ():  # a text goes with its source
                self.connection.execute(delete(text).where(text.c.source_key.in_(gone)))
            self.connection.execute(delete(table).where(self._goes(kind)))
        return removed

    def _goes(self, kind: str) -> ColumnElement[bool]:
        return models.kind(kind).__table__.c.key.in_(select(going.c.key).where(going.c.kind == kind))

    def _read(self, rows: Select[Any]) -> Result[Any]:
        return self.connection.execute(rows, execution_options={"yield_per": BATCH})

    # -- formers ---------------------------------------------------------------------------------------------------

    def keep_former(self, load_key: int, kind: str, formers: Mapping[int, str]) -> None:
        """Keep rows as they were before a load replaced or removed them."""
        rows = ((load_key, kind, key, former) for key, former in formers.items())
        insert(self.connection, changes, ("load_key", "kind", "key", "former"), rows)

    def forget_words(self, kind: str, keys: list[int]) -> None:
        """Forget the words of rows whose names may have changed."""
        # The range is what PostgreSQL finds quickly where its statistics are of before the load.
        near = word_uses.c.key.between(min(keys), max(keys))
        self.connection.execute(delete(word_uses).where(word_uses.c.kind == kind, near, word_uses.c.key.in_(keys)))


def points_of(kind: str, row: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """Give the kind and key of every record that a row points to."""
    for f in models.kind(kind).fields.values():
        if isinstance(f, ReferenceField) and (found := f.found(tuple(row.get(c) for c in f.columns))):
            yield found


def former_row(row: Mapping[Any, Any]) -> str:
    """Write a row as JSON, whole."""
    written = {name: value for name, value in row.items() if value is not None}
    return _as_json(written | {"digest": bytes(row["digest"]).hex()})


def read_former(written: str) -> dict[str, Any]:
    """Read a row that `former_row` wrote."""
    row: dict[str, Any] = json.loads(written)
    return row | {"digest": bytes.fromhex(row["digest"])}
