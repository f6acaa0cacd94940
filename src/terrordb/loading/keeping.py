"""Loading: rows of files become rows of tables, in one transaction, all or nothing.

A row new to the database is added, one that is there with the same cells is left alone, one whose cells changed
replaces the former, which goes into `changes`.  Rows are found by their `id`; a row may replace only a row of the same
source.
Parents are written first; a reference forward within the load is filled in at its end.
"""

from __future__ import annotations

import gc
import hashlib
import json
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from itertools import groupby, islice
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import Any, NamedTuple, Protocol, cast

from sqlalchemy import ColumnElement, Connection, Engine, Select, Table, false, func, or_, select
from sqlalchemy.exc import DBAPIError

from terrordb import models
from terrordb.database import broken, check_keys, insert, take_turns, tidy
from terrordb.errors import BadData, BadValue
from terrordb.loading import hashing
from terrordb.loading.anchoring import anchor_again
from terrordb.loading.cells import nearest_id
from terrordb.loading.complaints import SORTS, Complaints
from terrordb.loading.mapped import TO_WORK_OUT, Spool, Waiting
from terrordb.loading.marks import Marks
from terrordb.loading.profiles import OF_PERSON
from terrordb.loading.reading import Quick, Read, Reader, Target, digest, has_number, made_id
from terrordb.loading.sheets import Sheet, slug
from terrordb.loading.standing import BATCH, KEPT, Gone, former_row, order_of_kinds, parts, update
from terrordb.loading.tallies import Fresh, Tallies
from terrordb.loading.words import WordIndex
from terrordb.models.base import LIST, Record
from terrordb.models.derived import rebuild_fates, touched
from terrordb.models.engine import changes
from terrordb.models.fields import Field, ReferenceField, ReferencesField

MEMO = 50_000  # ids that are remembered, so that memory does not grow with the list
TOLD = 20  # ids that are told one by one
GIVE_FATES = ("persons", "cases", "roles", "events", "claims")  # kinds whose rows may change what became of somebody
NO_FATE = ("", TO_WORK_OUT)
_of_field = attrgetter("kind", "field")


class Anew(NamedTuple):
    """Rows that are read anew: the keys of the loads that wrote them, and of the newest load when they were read.

    `hash` is that of the load that was named: of its file.
    """

    loads: Sequence[int]
    newest: int
    hash: str


class Progress(Protocol):
    """Is told how far a load is."""

    def __call__(self, stage: str, rows: int, total: int = 0) -> None:
        """Take the stage, how many rows of it are done (0: it has none), and of how many (0: not known)."""
        ...


@dataclass
class Outcome:
    """What a load did: `load` is its id, None where nothing changed; lists of ids are cut at TOLD, counts are whole."""

    load: str | None = None
    rows: int = 0
    added: int = 0
    unchanged: int = 0
    changed: int = 0
    removed: int = 0
    vanished: int = 0
    changed_ids: list[str] = field(default_factory=list)
    vanished_ids: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    kinds: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # the same, of each kind
    of_tables: dict[tuple[int, str], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # and table
    table: int = 0  # that is under way: the group of its spools

    def count(self, kind: str, what: str, rows: int) -> None:
        """Count rows of a kind as `added`, `changed`, `unchanged` or `removed`."""
        setattr(self, what, getattr(self, what) + rows)
        self.kinds[kind][what] += rows
        self.of_tables[self.table, kind][what] += rows


def load(
    engine: Engine,
    sheets: Sequence[Sheet],
    *,
    label: str,
    by: str,
    prune: bool = False,
    progress: Progress = lambda _stage, _rows, _total=0: None,
    dry: bool = False,
    before: Callable[[str], None] = lambda _load: None,
    anew: Anew | None = None,
) -> Outcome:
    """Load sheets; BadData, with every complaint, where anything is wrong, and then nothing has changed.

    `before` is called with the load's id when all is written and nothing is committed yet; with `dry` it is not.  What
    persons who are read `anew` no longer have is removed, and no row else.
    """
    with engine.connect() as connection, undisturbed():
        take = connection.begin()
        try:
            take_turns(connection)
            keeping = _Keeping(connection, sheets, label, by, progress, anew)
            outcome = keeping.run(prune=prune)
            if outcome.load is None or dry:
                take.rollback()
            else:
                before(outcome.load)
                progress("writing it down", 0)
                take.commit()
        except KeyboardInterrupt:
            connection.invalidate()  # the engine may be in the middle of a statement, and take no rollback
            raise
        except BaseException:
            if take.is_active:
                take.rollback()
            raise
    if outcome.load is not None and not dry:
        tidy(engine)
    return outcome


def went_through(engine: Engine, named: str, sheets: Sequence[Sheet]) -> bool:
    """Ask whether a load of these sheets was committed, which an error within the commit does not say.

    Where the database cannot be asked it may have been.
    """
    table = models.kind("loads").__table__
    try:
        with engine.connect() as connection:
            return connection.scalar(select(table.c.hash).where(table.c.id == named)) == _hash(sheets)
    except DBAPIError:
        return True


@contextmanager
def undisturbed() -> Iterator[None]:
    """Look for no garbage meanwhile: a load makes millions of rows and no cycles, and to look takes a tenth of it."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _Keeping:
    """One load under way."""

    def __init__(  # noqa: PLR0917
        self,
        connection: Connection,
        sheets: Sequence[Sheet],
        label: str,
        by: str,
        progress: Progress,
        anew: Anew | None = None,
    ) -> None:
        self.connection, self.label, self.progress, self.anew = connection, label, progress, anew
        self.sheets = sorted(sheets, key=lambda s: order_of_kinds().index(s.kind))
        self.complaints = Complaints()
        self.outcome = Outcome()
        self.words = WordIndex(connection)
        self.tallies = Tallies(connection)
        self.ids: dict[str, dict[str, int]] = defaultdict(dict)  # kind → id → key, bounded
        self.times: dict[str, int] = {}  # id made of a digest → how many equal rows there are, bounded
        self.next: dict[tuple[str, int], int] = {}  # (kind, list) → next number
        self.sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
        self.refused: set[Target] = set()  # rows that stand in the files and were not taken, bounded
        self.lists: dict[str, int] = {}  # id of a list → key of its source
        self.numbers: dict[int | None, int] = {None: 0}  # key of a source → the list's number; curated rows have 0
        self.cited: dict[str, set[int | None]] = defaultdict(set)  # kind → keys of the sources its rows cite
        self.to_come = {s.kind for s in sheets}
        self.fresh: dict[tuple[str, int], int] = {}  # kind and table of a list that is new → the first key
        self.standing: set[str] = set()  # ids of lists of which only the rows that are not as they were were read
        self.several = False  # of new persons some have a fate that is to be worked out
        self.loads = models.kind("loads").__table__
        self.key: int = (connection.scalar(select(func.max(self.loads.c.key))) or 0) + 1
        self.gone = Gone(connection)
        connection.execute(self.loads.insert().values(self._entry(by)))

    def _entry(self, by: str) -> dict[str, Any]:
        ways = [s.read_as for s in self.sheets if s.read_as is not None]
        return {
            "key": self.key,
            "id": f"load-{self.key}",
            "file": self.label,
            "hash": self.anew.hash if self.anew else _hash(self.sheets),
            "loaded": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "by": by,
            "files": json.dumps([[s.kind, _mark(s), *s.reading] for s in self.sheets]),
            "read_as": json.dumps(ways, ensure_ascii=False) if ways else None,
            **dict.fromkeys(("rows", "added", "changed", "removed"), 0),
        }

    # -- the whole -------------------------------------------------------------------------------------------------

    def run(self, *, prune: bool) -> Outcome:
        """Do it all; the outcome's `load` stays None where the database is as it was."""
        anew = self.anew
        readers = [self._reader(sheet) for sheet in self.sheets]
        self.complaints.settle()
        if anew and (self.key != anew.newest + 1 or self._undone(anew.loads)):
            raise BadData("another load came, or went, while the rows were read", "ask again", self.label)
        for n, (sheet, reader) in enumerate(zip(self.sheets, readers, strict=True)):
            self._sheet(sheet, reader)
            self.to_come = {s.kind for s in self.sheets[n + 1 :]}
        self._fill_in()
        self.complaints.settle()
        if anew:
            self._outdated(anew.loads)
        else:
            self._vanished(prune=prune)
        if (prune or anew) and self.outcome.vanished:
            self._prune()
        done = self.outcome
        if not (done.added or done.changed or done.removed):
            return done
        self.progress("the words of names", 0)
        self.words.finish()
        if not anew:  # no file was read
            self._date_lists()
        hashing.keep(self.connection, {kind: (n, total) for kind, (n, total) in self.sums.items()})
        whole = bool(done.changed or done.removed)
        told = None if whole else self._touched()
        fates = rebuild_fates(self.connection, told) if whole or told is not None else 0
        self.progress("the kept counts", 0)
        self.tallies.finish(fates=whole and fates > 0)
        self._anchor()
        check_keys(self.connection, () if whole else {kind for kind, _ in self.fresh})
        counts = {"rows": done.rows, "added": done.added, "changed": done.changed, "removed": done.removed}
        self.connection.execute(self.loads.update().where(self.loads.c.key == self.key).values(counts))
        done.load = f"load-{self.key}"
        return done

    def _undone(self, keys: Sequence[int]) -> bool:
        rows = select(self.loads.c.key).where(self.loads.c.key.in_(keys), self.loads.c.undone.is_not(None))
        return self.connection.execute(rows).first() is not None

    def _touched(self) -> Select[Any] | None:
        """Select the persons whose fate may be another than what was written; None: nobody's."""
        others = [s for s in self.sheets if not isinstance(s, Spool) or (s.kind, s.group) not in self.fresh]
        if any(s.kind in GIVE_FATES for s in others):
            return touched(self.key)
        if not self.several:
            return None
        cases = models.kind("cases").__table__
        firsts = [first for (kind, _), first in self.fresh.items() if kind == "cases"]
        told = select(cases.c.person_key).where(or_(*(cases.c.key.between(n, n | (LIST - 1)) for n in firsts)))
        doubted = any("status" in s.header for s in self.sheets)
        return told if doubted else told.group_by(cases.c.person_key).having(func.count() > 1)

    def _anchor(self) -> None:
        """Let rows stand in the texts they cite; those of this load that do not are told."""
        lost = [
            missing
            for found in anchor_again(self.connection, set().union(*self.cited.values())).values()
            for missing in found.missing
            if missing.load_key == self.key
        ]
        self.outcome.said += [f"not in its text: {missing}" for missing in lost[:TOLD]]
        if len(lost) > TOLD:
            self.outcome.said.append(f"and {len(lost) - TOLD:,} more that are not in their text")

    def _reader(self, sheet: Sheet) -> Reader:
        """Compile the reader of a sheet; complain of columns that it must have."""
        model = models.kind(sheet.kind)
        reader = Reader(sheet, list(model.fields.values()))
        for header in reader.lacking:
            remedy = f"add it; terrordb template {sheet.kind} prints all columns"
            self.complaints.add(sheet.path, 1, f"the column '{header}' is missing", remedy)
        if "source" not in {f.name for f in sheet.fields} and sheet.list_id is None and not model.uncited:
            remedy = "add it, or name its source with --source"
            self.complaints.add(sheet.path, 1, "the file has no column 'source_id'", remedy)
        return reader

    def _list_source(self, sheet: Sheet) -> int | None:
        """Find or make the source that a list is, and number the list."""
        if sheet.list_id is None:
            return None
        model = models.kind("sources")
        table = model.__table__
        wanted = select(table.c.key, table.c.list_number).where(table.c.id == sheet.list_id)
        if (row := self.connection.execute(wanted).first()) is None:
            cells = {"id": sheet.list_id, "title": sheet.list_title, "kind": "list"}
            own = Sheet(sheet.path, "sources", "", "", list(cells), [model.fields[name] for name in cells], "")
            reader = Reader(own, list(model.fields.values()))
            if (read := reader.read(0, list(cells.values()), self.complaints)) is None:
                self.complaints.settle()
            self._batch(model, reader, [cast("Read", read)], None, sheet.path)
            self.outcome.count("sources", "added", -1)  # it is no row of the file
            row = self.connection.execute(wanted).one()
        number = row.list_number
        if number is None:
            number = (self.connection.scalar(select(func.max(table.c.list_number))) or 0) + 1
            self.connection.execute(table.update().where(table.c.key == row.key).values(list_number=number))
        self.lists[sheet.list_id] = row.key
        self.numbers[row.key] = number
        return int(row.key)

    def _date_lists(self) -> None:
        """Let the hash of a list's source follow the file, or the files, of which rows were taken."""
        table = models.kind("sources").__table__
        for list_id, key in self.lists.items():
            whole = _hash([s for s in self.sheets if s.list_id == list_id])
            row = self.connection.execute(select(table).where(table.c.key == key)).mappings().one()
            if row["kind"] == "list" and row["sha256"] != whole:
                if row["load_key"] != self.key:
                    self.gone.keep_former(self.key, "sources", {key: former_row(row)})
                values = {"sha256": whole, "load_key": self.key}
                self.connection.execute(table.update().where(table.c.key == key).values(values))

    def _sheet(self, sheet: Sheet, reader: Reader) -> None:
        model = models.kind(sheet.kind)
        self.outcome.table = sheet.group if isinstance(sheet, Spool) else 0
        source_key = self._list_source(sheet)
        if source_key is not None:
            self.cited[sheet.kind].add(source_key)
        if isinstance(sheet, Spool) and sheet.since is not None:
            self._stood(model.__table__, sheet, sheet.since)
        if isinstance(sheet, Spool) and (quick := self._quick(sheet)) is not None:
            self._spooled(model, reader, sheet, quick, source_key)
            return
        for batch in _batches(self._reads(sheet, reader)):
            self._batch(model, reader, batch, source_key, sheet.place)
            self.progress(sheet.kind, self.outcome.rows)

    def _reads(self, sheet: Sheet, reader: Reader) -> Iterator[Read]:
        for line, cells in sheet.rows(self.complaints):
            self.outcome.rows += 1
            if (read := reader.read(line, cells, self.complaints)) is not None:
                yield read
            elif reader.id_at is not None:
                self._refuse(sheet.kind, cells[reader.id_at].strip())

    def _refuse(self, kind: str, named: str) -> None:
        """Remember a row that was not taken: what points to it is not at fault."""
        if len(self.refused) < MEMO:
            self.refused.add((kind, named))

    # -- rows of a list, read already ------------------------------------------------------------------------------

    def _stood(self, table: Table, sheet: Spool, since: Marks) -> None:
        """Count the rows that are as a load left them, and what hangs on them, as unchanged."""
        list_id = str(sheet.list_id)
        if list_id not in self.standing:
            if stands(self.connection, since.way, list_id, before=self.key) != since.load:
                remedy = "load it again, and it is compared with what stands now"
                raise BadData(f"another load changed rows of the list {list_id} meanwhile", remedy, sheet.label)
            self.standing.add(list_id)
            self.gone.note_unlike(since.unmet)
        of_list = (self._among_list(table, list_id), self.gone.is_like(table))  # whichever load wrote them
        count = self.connection.scalar(select(func.count()).select_from(table).where(*of_list)) or 0
        self.outcome.rows += count
        self.outcome.count(sheet.kind, "unchanged", count)

    def _among_list(self, table: Table, list_id: str) -> ColumnElement[bool]:
        number = self.numbers[self.lists[list_id]]
        return table.c.key.between(number * LIST, (number + 1) * LIST - 1)

    def _quick(self, sheet: Spool) -> Quick | None:
        """Compile the quick reader of rows that a profile made; None for what may be met twice, or names many."""
        one = [s for s in self.sheets if (s.kind, s.list_id) == (sheet.kind, sheet.list_id)]
        if sheet.list_id is None or sheet.tells_person or len(one) > 1 or sheet.kind not in OF_PERSON:
            return None
        if any(isinstance(f, ReferencesField) for f in sheet.fields):
            return None
        return Quick(sheet, list(models.kind(sheet.kind).fields.values()), lambda t: self._resolve([t]).get(t))

    def _spooled(self, model: type[Record], reader: Reader, sheet: Spool, quick: Quick, source_key: int | None) -> None:
        """Keep the rows of a spool: of a list that is new all at once, of another those that are not as they were."""
        if not sheet.count:
            return
        kind, number = sheet.kind, self.numbers[source_key]
        owners = self.fresh.get(("persons", sheet.group))
        fresh = (kind == "persons" or owners is not None) and self._is_new(model.__table__, number)
        if fresh:
            self.fresh[kind, sheet.group] = self._next_key(model.__table__, kind, number)
            self.next[kind, number] -= 1
            held = frozenset({*quick.columns, "fate"})
            if not any("status" in s.header for s in self.sheets):  # or rows may be apart
                self.tallies.fresh[kind, number] = Fresh(held, kind == "persons" or not sheet.further)
        met = 0
        for part in sheet.parts():
            self.outcome.rows += len(part)
            try:
                if fresh:
                    self._add(model, quick, part, source_key, owners)
                    rest = []
                else:
                    rest = self._unlike(model, quick, part, source_key)
            except (LookupError, BadValue):  # a cell is not as it should be: it is told as of any other row
                rest = part
            for some in parts(rest):
                reads = (reader.read(*sheet.row(one), self.complaints) for one in some)
                marks = {one[0]: one[6] for one in some} if kind == "persons" else {}
                taken = [read for read in reads if read is not None]
                self._batch(model, reader, taken, source_key, sheet.place, marks)
            met += len(part)
            self.progress(kind, met, sheet.count)

    def _is_new(self, table: Table, number: int) -> bool:
        """Say whether a list has no row of a kind yet, nor had one that an undo would put back."""
        low, high = number * LIST, (number + 1) * LIST - 1
        there = (
            select(table.c.key).where(table.c.key.between(low, high)),
            select(changes.c.key).where(changes.c.kind == table.name, changes.c.key.between(low, high)),
        )
        return number > 0 and all(self.connection.execute(rows.limit(1)).first() is None for rows in there)

    def _add(
        self, model: type[Record], quick: Quick, part: Sequence[Waiting], source_key: int | None, owners: int | None
    ) -> None:
        """Add rows that are all new; LookupError where a cell names what is not there, and then none is added."""
        kind, number = model.__tablename__, self.numbers[source_key]
        first, row = self.next[kind, number], quick.row
        if first + len(part) >= (number + 1) * LIST:
            raise BadData(f"the list holds more than {LIST:,} {kind}", "split it")
        columns, same = quick.columns, {"source_key": source_key, "load_key": self.key} | quick.same
        if owners is None:
            columns = [*columns, "fate", "as_read"]
            rows = [
                (*row(key, named, "", key, line, cells), None if fate in NO_FATE else fate, mark)
                for key, (line, named, _, _, cells, fate, mark) in enumerate(part, first)
            ]
            self.several = self.several or any(one[5] == TO_WORK_OUT for one in part)
        else:
            rows = [
                row(key, named, of, owners + place, line, cells)
                for key, (line, named, of, place, cells, *_) in enumerate(part, first)
            ]
        try:
            with self.connection.begin_nested():
                insert(self.connection, model.__table__, columns, rows, same)
        except Exception as error:
            if not broken(error):
                raise
            raise LookupError(kind) from error  # which row it is, is found out one by one
        self.next[kind, number] += len(rows)
        self.outcome.count(kind, "added", len(rows))
        kept = self.sums[kind]
        kept[0] += len(rows)
        kept[1] += sum(int.from_bytes(made[2]) for made in rows)
        if (at := quick.name) >= 0:
            owner = 0 if owners is None else quick.columns.index("person_key")
            self.words.add_words(kind, [(made[0], made[owner], made[at].split()) for made in rows], at_once=False)

    def _unlike(
        self, model: type[Record], quick: Quick, part: Sequence[Waiting], source_key: int | None
    ) -> list[Waiting]:
        """Find the rows that are not there as they are; the others are counted as unchanged."""
        kind, table = model.__tablename__, model.__table__
        persons = kind == "persons"
        columns = ("id", "key", "digest", "source_key", *(("as_read",) if persons else ()))
        there: dict[str, Any] = {}
        for some in parts(one[1] for one in part):
            rows = select(*(table.c[name] for name in columns)).where(table.c.id.in_(some))
            there |= {found[0]: found for found in self.connection.execute(rows)}
        rest, marked = [], []
        for one in part:
            line, named, of, _, cells, _, mark = one
            found = there.get(named, ())
            same = bool(found) and found[3] == source_key
            if same and quick.row(0, named, of, 0, line, cells)[2] == bytes(found[2]):
                self.gone.see(kind, found[1])
                if persons and mark is not None and found[4] != mark:
                    marked.append({"key": found[1], "as_read": mark})
            else:
                rest.append(one)
        if marked:
            update(self.connection, table, marked)
        self.outcome.count(kind, "unchanged", len(part) - len(rest))
        self.gone.flush()
        return rest

    # -- a batch ---------------------------------------------------------------------------------------------------

    def _batch(  # noqa: PLR0917
        self,
        model: type[Record],
        reader: Reader,
        batch: list[Read],
        source_key: int | None,
        path: Path,
        marks: Mapping[int, int] = {},
    ) -> None:
        """Keep a batch of rows of one kind; `marks` are those of lines of a list."""
        kind, table = model.__tablename__, model.__table__
        resolved = self._resolve(target for read in batch for target in read.targets if target)
        self._lists_exist(reader, batch, path)
        named, there = self._named(table, kind, batch, reader.list_id)
        list_number = self.numbers[source_key]
        cited = self.cited[kind]
        new: list[dict[str, Any]] = []
        changed: list[tuple[dict[str, Any], _There]] = []
        lines: dict[str, int] = {}
        for named_id, read in zip(named, batch, strict=True):
            row = self._row(kind, reader, read, resolved, path)
            if row is None:
                self._refuse(kind, named_id)
                continue
            row["id"], row["digest"] = named_id, digest(named_id, read.cells)
            row["load_key"], row["row_no"] = self.key, read.line or None
            if marks:
                row["as_read"] = marks[read.line]
            source = row.setdefault("source_key", source_key)
            cited.add(source)
            former = there.get(named_id)
            if named_id in lines or (former is not None and self._is_met(former)):
                self._twice(kind, named_id, path, read.line, lines.get(named_id), former)
                continue
            lines[named_id] = read.line
            if former is None:
                row["key"] = self._next_key(table, kind, list_number)
                new.append(row)
            elif former.source_key != source:
                remedy = "say it as a row of claims, or give the row an id of its own"
                self.complaints.add(path, read.line, f"'{named_id}' is a record of another source", remedy, "id")
                continue
            elif former.digest == row["digest"]:
                self.outcome.count(kind, "unchanged", 1)
                self.gone.see(kind, former.key)
                continue
            elif self.anew and former.load_key not in self.anew.loads:
                remedy = "leave what makes it out of the profile, or undo that load"
                said = f"'{named_id}' is one of the {kind} of load-{former.load_key}, which is not read anew"
                self.complaints.add(path, read.line, said, remedy)
                continue
            else:
                row["key"] = former.key
                changed.append((row, former))
            for f, target in zip(reader.refers, read.targets, strict=True):
                if target is not None and target not in resolved:  # it points forward within this load
                    self.gone.wait(kind, row["key"], f.name, *target, str(path), read.line)
        self._write(model, new, path)
        self._replace(model, changed, path)
        self.gone.flush()

    def _row(
        self, kind: str, reader: Reader, read: Read, resolved: dict[Target, int], path: Path
    ) -> dict[str, Any] | None:
        """Put values and resolved references into columns; None where a reference points nowhere."""
        row = dict(zip(reader.columns, read.values, strict=True))
        ok = True
        for f, target in zip(reader.refers, read.targets, strict=True):
            if target is None:
                continue
            if (key := resolved.get(target)) is not None:
                row.update(zip(f.columns, f.place(target[0], key), strict=True))
            elif f.required or not (target[0] == kind or target[0] in self.to_come):
                self._dangling(path, read.line, f, target)
                ok = False
        return row if ok else None

    def _dangling(self, path: Path, line: int, f: Field, target: Target) -> None:
        kind, named = target
        if target in self.refused or any(s.torn for s in self.sheets if s.kind == kind):
            return  # the row it points to may well stand in the file
        remedy = nearest_id(self.connection, kind, named) if self.complaints.count < SORTS else ""
        self.complaints.add(path, line, f"'{named}' is none of the {kind}", remedy, f.header)

    def _twice(  # noqa: PLR0917
        self, kind: str, named: str, path: Path, line: int, first: int | None, former: _There | None
    ) -> None:
        if first is None and former is not None and former.load_key == self.key and self._alone(kind):
            first = former.row_no
        said = f"the id '{named}' stands twice" + (f", first on line {first}" if first else "")
        lists = any(isinstance(s, Spool) for s in self.sheets) and not self._alone(kind)
        remedy = "; load files whose numbers begin anew one by one, each with a --source of its own" * lists
        self.complaints.add(path, line, said, f"an id is one record's alone{remedy}", "id")

    def _alone(self, kind: str) -> bool:
        return sum(s.kind == kind for s in self.sheets) == 1

    def _is_met(self, there: _There) -> bool:
        """Say whether a row that is there stood in this load's files already."""
        return there.load_key == self.key or there.seen

    def _named(
        self, table: Table, kind: str, batch: list[Read], list_id: str | None
    ) -> tuple[list[str], dict[str, _There]]:
        """Give every row its id, equal rows that have none being numbered; which rows are there comes back too."""
        named = [read.id or made_id(list_id or read.cells.get("source_id", kind), read.cells) for read in batch]
        there = self._there(table, kind, named)
        times: dict[str, int] = {}
        numbered: list[str] = []
        for n, read in enumerate(batch):
            if read.id or has_number(read.cells):
                continue
            base = named[n]
            if base not in times:
                times[base] = self._times(table, kind, base, there.get(base))
            times[base] += 1
            if times[base] > 1:
                named[n] = f"{base}-{times[base]}"
                numbered.append(named[n])
        if numbered:
            if len(self.times) > MEMO:
                self.times.clear()
            self.times |= {base: count for base, count in times.items() if count > 1}
            there |= self._there(table, kind, numbered)
        return named, there

    def _times(self, table: Table, kind: str, base: str, there: _There | None) -> int:
        """Say how many rows equal to one this load has met, in earlier batches."""
        if there is None or not self._is_met(there):
            return 0
        count = self.times.get(base, 1)
        while (further := self._there(table, kind, [f"{base}-{count + 1}"])) and self._is_met(*further.values()):
            count += 1
        return count

    def _there(self, table: Table, kind: str, ids: list[str]) -> dict[str, _There]:
        """Read which rows of these ids are there."""
        columns = [table.c[c] for c in ("id", "key", "digest", "source_key", "load_key", "row_no")]
        rows = self.connection.execute(select(*columns).where(table.c.id.in_(ids))).all()
        seen = self.gone.which_seen(kind, [row.key for row in rows])
        return {row.id: _There(**row._mapping, seen=row.key in seen) for row in rows}

    def _next_key(self, table: Table, kind: str, list_number: int) -> int:
        place = (kind, list_number)
        if place not in self.next:
            low = list_number * LIST
            kept = select(func.max(changes.c.key)).where(changes.c.kind == kind)  # an undo may put these rows back
            highest = [
                self.connection.scalar(keys.where(key.between(low, low + LIST - 1))) or low
                for keys, key in ((select(func.max(table.c.key)), table.c.key), (kept, changes.c.key))
            ]
            self.next[place] = max(highest) + 1
            self.tallies.begin(kind, self.next[place])
        key = self.next[place]
        if key >= (list_number + 1) * LIST:
            raise BadData(f"the list holds more than {LIST:,} {kind}", "split it")
        self.next[place] += 1
        return key

    def _resolve(self, targets: Iterable[Target]) -> dict[Target, int]:
        """Find the keys of the records that cells name; those that are not there yet are left out."""
        by_kind: dict[str, set[str]] = defaultdict(set)
        for kind, named in targets:
            by_kind[kind].add(named)
        found: dict[Target, int] = {}
        for kind, names in by_kind.items():
            memo = self.ids[kind]
            if len(memo) > MEMO:
                memo.clear()
            table = models.kind(kind).__table__
            for part in parts(names - memo.keys()):
                rows = self.connection.execute(select(table.c.id, table.c.key).where(table.c.id.in_(part)))
                memo.update((named, key) for named, key in rows)
            found |= {(kind, named): memo[named] for named in names if named in memo}
        return found

    def _lists_exist(self, reader: Reader, batch: list[Read], path: Path) -> None:
        """Complain of ids in lists of references that name nothing (their kinds are loaded before)."""
        for f in reader.lists:
            asked = [(read, named) for read in batch for named in f.plain((read.cells.get(f.header),))]
            found = self._resolve((f.kinds[0], named) for _, named in asked)
            for read, named in asked:
                if (f.kinds[0], named) not in found:
                    self._dangling(path, read.line, f, (f.kinds[0], named))

    # -- writing ---------------------------------------------------------------------------------------------------

    def _write(self, model: type[Record], rows: list[dict[str, Any]], path: Path) -> None:
        """Insert new rows."""
        self.outcome.count(model.__tablename__, "added", len(rows))
        if not rows:
            return
        columns = list(dict.fromkeys(c for row in rows for c in row))
        read = itemgetter(*columns)
        empty = dict.fromkeys(columns)

        def add(some: list[dict[str, Any]]) -> None:
            insert(self.connection, model.__table__, columns, (read(empty | row) for row in some))

        self.tallies.add(model.__tablename__, rows)
        self._try(model, rows, path, add)
        self.words.add(model, rows)
        kept = self.sums[model.__tablename__]
        kept[0] += len(rows)
        kept[1] += sum(int.from_bytes(row["digest"]) for row in rows)

    def _replace(self, model: type[Record], changed: list[tuple[dict[str, Any], _There]], path: Path) -> None:
        """Replace rows; the former ones go into `changes`."""
        if not changed:
            return
        self.outcome.count(model.__tablename__, "changed", len(changed))
        room = TOLD - len(self.outcome.changed_ids)
        self.outcome.changed_ids += [_named(model.__tablename__, row["id"]) for row, _ in changed[: max(room, 0)]]
        table, kind = model.__table__, model.__tablename__
        keys = [row["key"] for row, _ in changed]
        formers = self.connection.execute(select(table).where(table.c.key.in_(keys))).mappings()
        self.gone.keep_former(self.key, kind, {m["key"]: former_row(m) for m in formers})
        self.tallies.touch(kind, keys, (row for row, _ in changed))
        empty = dict.fromkeys(c.name for c in table.columns if c.name not in KEPT)
        rows = [empty | row for row, _ in changed]
        self._try(model, rows, path, lambda some: update(self.connection, table, some))
        self.gone.forget_words(kind, keys)
        self.words.add(model, rows)
        kept = self.sums[kind]
        kept[1] += sum(int.from_bytes(row["digest"]) - int.from_bytes(former.digest) for row, former in changed)

    def _try(
        self,
        model: type[Record],
        rows: list[dict[str, Any]],
        path: Path,
        write: Callable[[list[dict[str, Any]]], None],
    ) -> None:
        """Write rows; where a rule of the table is broken, find out by which of them."""
        try:
            with self.connection.begin_nested():
                write(rows)
        except Exception as error:
            if not broken(error):
                raise
            if len(rows) > 1:
                for row in rows:
                    self._try(model, [row], path, write)
                return
            self.complaints.add(path, rows[0]["row_no"], broken_rule(model, str(getattr(error, "orig", error))))
            self._refuse(model.__tablename__, rows[0]["id"])

    def _fill_in(self) -> None:
        """Fill in the references that pointed forward; those that still point nowhere are complaints."""
        for part in self.gone.waited():
            found = self._resolve((ref.of_kind, ref.of_id) for ref in part)
            for (kind, name), refs in groupby(sorted(part, key=_of_field), key=_of_field):
                f = cast("ReferenceField", models.kind(kind).fields[name])
                rows = []
                for ref in refs:
                    if (target := found.get((ref.of_kind, ref.of_id))) is None:
                        self._dangling(Path(ref.path), ref.line, f, (ref.of_kind, ref.of_id))
                        continue
                    placed = dict(zip(f.columns, f.place(ref.of_kind, target), strict=True))
                    rows.append({"key": ref.key, **placed})
                if rows:
                    update(self.connection, models.kind(kind).__table__, rows)

    # -- what is no longer in the file -----------------------------------------------------------------------------

    def _vanished(self, *, prune: bool) -> None:
        """Find the rows that earlier loads of these files had and this one has not."""
        for kind in dict.fromkeys(s.kind for s in self.sheets):
            table = models.kind(kind).__table__
            if not (of_earlier := self._of_earlier(table, kind)):
                continue
            rows = [*of_earlier, self.gone.not_seen(kind, table.c.key)]
            if kind in OF_PERSON:
                rows += [or_(~self._among_list(table, list_id), ~self.gone.is_like(table)) for list_id in self.standing]
            self._gone_of(table, rows)
            if prune and self.outcome.vanished and not (self.outcome.unchanged or self.outcome.changed):
                guessed = [s for s in self.sheets if s.list_id is not None and not s.named]
                for sheet in guessed:
                    said = f"none of its rows is one of the list {sheet.list_id}, whose rows --prune would remove"
                    self.complaints.add(sheet.path, None, said, "is it another list? name it with --source")
                self.complaints.settle()
            if prune:
                self.gone.add_all(kind, select(table.c.key).where(*rows))

    def _gone_of(self, table: Table, rows: Sequence[ColumnElement[bool]]) -> None:
        """Count rows that are there and not in the files, and tell the first."""
        self.outcome.vanished += self.connection.scalar(select(func.count()).select_from(table).where(*rows)) or 0
        room = TOLD - len(self.outcome.vanished_ids)
        told = select(table.c.id).where(*rows).order_by(table.c.key).limit(room)
        self.outcome.vanished_ids += [_named(table.name, named) for named in self.connection.scalars(told)]

    def _outdated(self, loads: Sequence[int]) -> None:
        """Find what hung on persons who were read anew, and does not any more."""
        persons = models.kind("persons").__table__
        read = or_(persons.c.load_key == self.key, ~self.gone.not_seen("persons", persons.c.key))
        for list_id in self.lists:
            of = select(persons.c.key).where(self._among_list(persons, list_id), read)
            for kind in OF_PERSON[1:]:
                table = models.kind(kind).__table__
                rows = (
                    self._among_list(table, list_id),
                    table.c.load_key.in_(loads),
                    table.c.person_key.in_(of),
                    self.gone.not_seen(kind, table.c.key),
                )
                self._gone_of(table, rows)
                self.gone.add_all(kind, select(table.c.key).where(*rows))

    @cached_property
    def _earlier(self) -> dict[int, list[list[str]]]:
        """Give of each earlier load that stands its key, and what files it read; what it read anew is noted."""
        columns = (self.loads.c.key, self.loads.c.files, self.loads.c.read_as)
        stand = select(*columns).where(self.loads.c.undone.is_(None), self.loads.c.key != self.key)
        found: dict[int, list[list[str]]] = {}
        for key, files, read_as in self.connection.execute(stand).all():
            found[key] = json.loads(files)
            for one in json.loads(read_as) if read_as else ():
                self.gone.note_apart(key, *one.get("apart", ("", ())))
        return found

    def _of_earlier(self, table: Table, kind: str) -> list[ColumnElement[bool]]:
        """Ask for the rows of a kind that earlier loads of these files, and of none besides, wrote; [] for no load."""
        marks = {_mark(s) for s in self.sheets if s.kind == kind}
        # A load that read further files of this kind says nothing: which row stood in which file is not kept.
        read = {key: {mark for of, mark, *_ in files if of == kind} for key, files in self._earlier.items()}
        if not (keys := [key for key, of in read.items() if of and of <= marks]):
            return []
        source, cited = table.c.source_key, self.cited[kind]
        return [
            table.c.load_key.in_(keys),
            or_(source.in_(cited - {None}), source.is_(None) if None in cited else false()),
            table.c.row_no.is_not(None),  # the source that a list is stands in no file
            self.gone.not_apart(table),
        ]

    def _prune(self) -> None:
        """Remove the vanished rows; complain where others stand on them."""
        for kind, named, _, of_kind, of in self.gone.standing():
            said = f"'{of_kind}/{of}' cannot be removed: '{kind}/{named}' points to it"
            self.complaints.add(self.label, None, said, "change that row first")
        self.complaints.settle()
        self.tallies.going(self.gone)
        for kind, (count, total) in self.gone.remove(keep_for=self.key).items():
            self.sums[kind][0] -= count
            self.sums[kind][1] -= total
            self.outcome.count(kind, "removed", count)


@dataclass
class _There:
    """A row that is there already."""

    id: str
    key: int
    digest: bytes
    source_key: int | None
    load_key: int
    row_no: int | None
    seen: bool


def stands(connection: Connection, reading: str, list_id: str, before: int = LIST) -> str | None:
    """Name the load that a list is as it was read then, and no later load touched; None where there is none.

    `reading` is a digest of how it was read, with or without the file; loads from the key `before` on do not count.
    """
    loads, sources = models.kind("loads").__table__, models.kind("sources").__table__
    like = loads.c.files.contains(f'"{reading}"', autoescape=True)
    newest = (
        select(loads.c.key, loads.c.id, loads.c.loaded)
        .where(loads.c.undone.is_(None), loads.c.key < before, like)
        .order_by(loads.c.key.desc())
        .limit(1)
    )
    load_found = connection.execute(newest).first()
    number = connection.scalar(select(sources.c.list_number).where(sources.c.id == list_id))
    if load_found is None or number is None:
        return None
    low, high = number * LIST, (number + 1) * LIST - 1
    replaced = select(changes.c.key).where(
        changes.c.load_key > load_found.key, changes.c.kind.in_(OF_PERSON), changes.c.key.between(low, high)
    )
    # An earlier load that was undone since may have taken rows with it that this one found as they should be.
    earlier = select(loads.c.key).where(loads.c.key < load_found.key, loads.c.undone >= load_found.loaded)
    if any(connection.execute(rows.limit(1)).first() for rows in (replaced, earlier)):
        return None
    for kind in OF_PERSON:  # of rows that were added the last has the highest key
        table = models.kind(kind).__table__
        last = select(table.c.load_key).where(table.c.key.between(low, high)).order_by(table.c.key.desc()).limit(1)
        if (connection.scalar(last) or 0) > load_found.key:
            return None
    return str(load_found.id)


def marks_since(connection: Connection, way: str, list_id: str) -> Marks | None:
    """Read the marks of a list that a load left as it is, read in this way, and no later load touched."""
    if (load_found := stands(connection, way, list_id)) is None:
        return None
    persons, sources = models.kind("persons").__table__, models.kind("sources").__table__
    number = connection.scalar(select(sources.c.list_number).where(sources.c.id == list_id)) or 0
    low = number * LIST
    rows = select(persons.c.key, persons.c.as_read).where(persons.c.key.between(low, low + LIST - 1))
    return Marks(load_found, way, connection.execute(rows, execution_options={"yield_per": BATCH}), low)


def names_standing(engine: Engine, made: Sequence[Sheet], since: Marks) -> bool:
    """Say whether a row that was read has the id of one that stands, which depends on how many rows have it."""
    persons = models.kind("persons").__table__
    with engine.connect() as connection:
        for sheet in made:
            named = (one[1] for part in sheet.parts() for one in part) if isinstance(sheet, Spool) else ()
            for some in parts(named) if sheet.kind == "persons" else ():
                for key in connection.scalars(select(persons.c.key).where(persons.c.id.in_(some))):
                    at = bisect_left(since.unmet, key)
                    if at == len(since.unmet) or since.unmet[at] != key:
                        return True
    return False


def _named(kind: str, named: str) -> str:
    """Name a row for a user; what hangs on a list's row has the id of that row, and is told with its kind."""
    return f"{kind}/{named}" if models.kind(kind).hangs else named


def _mark(sheet: Sheet) -> str:
    """Name a file so that a later state of it is known again: a list by its id, another by its name.

    Rows that were mended are by themselves: neither are the other rows of the list gone, nor are these from the list.
    """
    mended = f", mended: {sheet.sha256}" if sheet.mended else ""
    return f"list {sheet.list_id}{mended}" if sheet.list_id is not None else sheet.label


def _hash(sheets: Sequence[Sheet]) -> str:
    """Hash a file, of which several sheets may be; of several files, their names and hashes."""
    files = {s.path: f"{s.sha256}  {s.label}" for s in sorted(sheets, key=attrgetter("label"), reverse=True)}
    listed = "\n".join(sorted(files.values()))
    return sheets[0].sha256 if len(files) == 1 else hashlib.sha256(listed.encode()).hexdigest()


def _batches(reads: Iterable[Read]) -> Iterator[list[Read]]:
    rest = iter(reads)
    while batch := list(islice(rest, BATCH)):
        yield batch


def broken_rule(model: type[Record], said: str) -> str:
    """Say in words which rule of a table was broken."""
    for constraint in model.__table__.constraints:
        if constraint.name and str(constraint.name) in said:
            return str(constraint.info.get("why") or f"it breaks the rule {constraint.name}")
    return f"the database refuses it: {said.splitlines()[0]}"


def as_list(sheet: Sheet, source: str | None, engine: Engine) -> None:
    """Make a sheet without `source_id` its own source: the one named, by id or title, else the file's name."""
    if "source" in {f.name for f in sheet.fields}:
        if source:
            raise BadData("the file names its sources itself, in source_id", "leave --source away", str(sheet.path))
        return
    if models.kind(sheet.kind).uncited and not source:
        return  # works and judgements may stand without a citation
    table = models.kind("sources").__table__
    named = source or sheet.path.name
    with engine.connect() as connection:
        by_id = (
            connection.execute(select(table.c.id, table.c.kind).where(table.c.id == named)).first() if source else None
        )
        by_title = connection.execute(
            select(table.c.id, table.c.kind).where(table.c.title == named).order_by(table.c.id)
        ).first()
        found = by_id or by_title
        if found is not None:
            sheet.list_id, sheet.list_title, sheet.named = found.id, named, source is not None
            of_kind = "" if found.kind == "list" else f", a source of kind {found.kind}"
            cites = f"its rows are taken for words of {found.id}{of_kind}"
            again = f'it is read as a later state of the list {found.id}; --source "TITLE" makes another of it'
            sheet.said.append(f"{sheet.path}: {cites if source else again}")
            return
        made = slug(named if source else Path(sheet.path.name.removesuffix(".gz")).stem) or "list"
        taken = connection.scalar(select(table.c.kind).where(table.c.id == made))
    if taken is not None and taken != "list":
        raise BadData(
            f"there is a source '{made}' already, and it is no list", "name another with --source", str(sheet.path)
        )
    sheet.list_id, sheet.list_title, sheet.named = made, named, source is not None
    sheet.said.append(f"{sheet.path}: it names no sources, so it is its own: {made}")
