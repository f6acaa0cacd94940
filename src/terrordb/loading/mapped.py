"""Mapped lists: each row of a table becomes the records that a profile makes of it, and nothing of it is lost.

A table is read once.  What is understood goes into files of our own columns, one a kind, which are loaded as any others
are; what is not understood is kept as written in the row's own record (`rest`), flagged and counted; a row that can be
no record is set aside whole, with its line and the reason.
"""

from __future__ import annotations

import csv
import hashlib
import json
import marshal
import re
import tempfile
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import IO, TYPE_CHECKING, NamedTuple
from weakref import finalize

from terrordb import models
from terrordb.errors import BadData
from terrordb.loading import plain
from terrordb.loading.cells import UNKNOWN, Cell, Words, is_in, usual_word
from terrordb.loading.marks import Marks, marker
from terrordb.loading.profiles import OF_PERSON, UNSAID, Column, Profile, Split, canonical, is_name, musts, parts_of
from terrordb.loading.sheets import Sheet, slug
from terrordb.models.fields import NameField
from terrordb.models.person import FATE

if TYPE_CHECKING:
    from terrordb.loading.complaints import Complaints
    from terrordb.loading.raw import RawTable

__all__ = ["LISTED", "OURS", "SET_ASIDE", "TO_WORK_OUT", "Aside", "Flag", "Mapped", "Spool", "Waiting", "map_table"]

EXAMPLES = 3  # of each sort of flag
SORTS = 5_000  # different words of a field that are counted one by one
COPIED = 200  # rows that are set aside and told one by one
PART = 1000  # rows that are read, and written into a spool, at a time
LISTED = 50  # words of a field, and rows, that a report tells one by one
TOLD = 5000  # rows between two words of progress
SIEVES = 64  # parts of the ids, each small enough to be sorted in memory
ID = re.compile(r"[^\s,;\"'A-Z/]{1,400}")
SHOWN = 60  # letters of a word that a reason repeats
TOTAL = re.compile(r"\b(итого|всего|total|in all|insgesamt|suma)\b\D*([\d\s.,]*\d)?", re.IGNORECASE)
REST = "rest"
TO_WORK_OUT = "to work out"  # of a person's fate: from several cases, or such as may be doubted
SET_ASIDE = (
    "set aside: line",
    "set aside: reason",
)  # columns of the file of rows that are set aside
OWN_ID = "\0id"  # a column that no file has, of rows that are read anew, behind all others: they keep their ids
OURS = (*SET_ASIDE, OWN_ID)  # no field takes them
DATED = ("born", "arrested", "sentenced", "executed", "died")
BEFORE = (  # what cannot lie before what
    *((name, "born") for name in DATED[1:]),
    ("executed", "arrested"),
    ("executed", "sentenced"),
)


class Aside(NamedTuple):
    """A row that is set aside: its line, why, and its cells."""

    line: int
    reason: str
    cells: list[str]


class Flag(NamedTuple):
    """A value that is not understood: the field, why, and an example of its words with their line."""

    field: str
    reason: str


class Total(NamedTuple):
    """A total that a list states: its line, its words, and how many rows since the one before were taken, or not."""

    line: int
    stated: str
    taken: int
    aside: int


class Twice(NamedTuple):
    """Rows with one id: their lines, as far as they are told, how many there are, and how many differ in a cell."""

    lines: list[int]
    rows: int
    different: int


@dataclass
class Mapped:
    """What became of a table: sheets of our own columns, and an account of every row."""

    table: RawTable
    profile: Profile
    since: Marks | None = None  # of an earlier load of the list, read in the same way
    stood: int = 0  # rows that are as that load left them, and were passed over
    read: int = 0
    lines: list[int] = field(default_factory=list)  # of rows with a flag, as far as they are told one by one
    flagged: int = 0
    aside: list[Aside] = field(default_factory=list)
    set_aside: Counter[str] = field(default_factory=Counter)
    flags: Counter[Flag] = field(default_factory=Counter)
    examples: dict[Flag, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    missing: Counter[str] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)  # the source says that it does not know, or will not tell
    derived: Counter[str] = field(default_factory=Counter)  # fields that a rule filled
    words: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # of references, not reviewed
    nearest: dict[str, dict[str, str]] = field(default_factory=dict)  # of such words, which known one is like it
    duplicates: int = 0
    twice: dict[str, Twice] = field(default_factory=dict)  # by the number of the row, or a digest of its cells
    totals: list[Total] = field(default_factory=list)
    sheets: list[Sheet] = field(default_factory=list)
    rejected: IO[str] | None = None  # all that is set aside, as a CSV

    @property
    def unused(self) -> list[str]:
        """Name the columns that no field takes; they are kept with each row."""
        return [name for name in self.table.header if name not in self.profile.used and name not in OURS]

    @property
    def taken(self) -> int:
        """Count the rows that became records."""
        return self.read - sum(self.set_aside.values())


Waiting = tuple[int, str, str, int, list[str], str, int | None]
"""A row that waits: its line, its own id, its main record's id and place among those, cells, fate, and mark."""


class Spool(Sheet):
    """Rows of one kind that wait in a file of their own."""

    file: IO[bytes]
    count: int  # of its rows
    group: int  # of one table, all spools have one
    again: Mapping[str, int] = {}  # ids that stand several times, and how often
    tells_person: bool = False  # its rows are told of persons who are there already
    further: bool = False  # a main record may have several of its rows
    since: Marks | None = None  # rows that a load left as they are, and that are not among these

    @property
    def place(self) -> Path:
        """Say where the rows stand, for who mends them: the file, or one of several tables in it."""
        return self.path if self.path.name == self.label else Path(self.label)

    def rows(self, complaints: Complaints) -> Iterator[tuple[int, list[str]]]:  # noqa: ARG002
        """Read the rows."""
        for part in self.parts():
            yield from map(self.row, part)

    def row(self, one: Waiting) -> tuple[int, list[str]]:
        """Give the cells of a row as its header names them."""
        line, named, of, _, own, *_ = one
        cells = [named, *own]
        if self.owner is not None:
            cells[self.owner] = of
        return line, cells

    @property
    def owner(self) -> int | None:
        """Say in which cell the person stands of whom a row is told."""
        return self.header.index("person") if "person" in self.header and not self.tells_person else None

    def parts(self) -> Iterator[list[Waiting]]:
        """Read the rows, a part at a time; of those that have one id, each later one gets a number behind it."""
        met: dict[str, list[int]] = {}
        for part in _parts(self.file):
            yield [self._apart(one, met) for one in part] if self.again else part

    def _apart(self, one: Waiting, met: dict[str, list[int]]) -> Waiting:
        """Put a number behind an id that an earlier row has; `met` holds the lines of each such id."""
        line, named, of, *rest = one
        if of not in self.again:
            return one
        lines = met.setdefault(of, [])
        if not lines or lines[-1] != line:
            lines.append(line)
        if len(lines) == 1:
            return one
        numbered = f"{of}-{len(lines)}"
        return (line, numbered + named[len(of) :], numbered, *rest)  # type: ignore[return-value]


def _parts(file: IO[bytes]) -> Iterator[list[Waiting]]:
    """Read what `_put_down` wrote: parts after their lengths, for marshal reads a file in small pieces."""
    file.seek(0)
    while size := file.read(8):
        yield marshal.loads(file.read(int.from_bytes(size)))  # noqa: S302  (written by ourselves)


def _put_down(rows: list[Waiting], file: IO[bytes]) -> None:
    written = marshal.dumps(rows)
    file.write(len(written).to_bytes(8))
    file.write(written)


def map_table(
    table: RawTable,
    profile: Profile,
    list_id: str,
    words: Words,
    way: bytes = b"",
    *,
    since: Marks | None = None,
    progress: Callable[[int, int], None] = lambda _n, _of: None,
) -> Mapped:
    """Read a table by a profile; nothing is loaded yet.  BadData where no row of it can be a record.

    Rows are marked as read in this `way`; those that a load left as they are, by their marks `since`, are passed over.
    """
    made = Mapped(table, profile, since=since)
    mapping = _Mapping(made, list_id, words, way)
    pending: list[Aside] = []
    batch: list[tuple[int, list[str]]] = []
    told = expected = 0

    def flush() -> None:
        nonlocal told, expected
        expected = expected or table.expected(batch)
        mapping.batch(batch)
        batch.clear()
        for one in pending:
            heading = _heading(one.cells, len(table.header)) if one.reason.startswith("the row has") else None
            if heading is not None and TOTAL.search(heading):  # of one cell, where others have several
                made.read += 1
                mapping.row(one.line, one.cells)
            else:
                _put_aside(made, one)
        pending.clear()
        if made.read - told >= TOLD:
            told = made.read
            progress(told, max(told, expected))

    with closing(table.rows(lambda *one: pending.append(Aside(*one)))) as rows:
        for row in rows:
            if pending or len(batch) >= PART:  # what was set aside stands before this row
                flush()
            batch.append(row)
    flush()
    mapping.put_down()
    if not made.read:
        raise BadData("no row stands beneath its header", "is it cut off?", table.label)
    if not made.taken:
        ((why, _),) = made.set_aside.most_common(1)
        raise BadData(
            f"none of its {made.read:,} rows can be a record, most for this: {why}",
            "mend the rows, or say which column is which in a profile: terrordb profile draft FILE writes one",
            table.label,
        )
    again = mapping.again()
    made.duplicates = sum(count - 1 for count in again.values())
    made.sheets = mapping.sheets(again)
    if since is not None:
        since.settle()
    mapping.plain = None  # it knows the mapping: both, and all they remember, would wait until garbage is looked for
    return made


def _put_aside(made: Mapped, one: Aside, *, counted: bool = False) -> None:
    made.read += not counted
    made.set_aside[re.sub(r"\d+", "…", one.reason)] += 1
    if len(made.aside) < COPIED:
        made.aside.append(one)
    if made.rejected is None:
        made.rejected = tempfile.TemporaryFile("w+", newline="", encoding="utf-8")  # noqa: SIM115
        finalize(made, made.rejected.close)
        csv.writer(made.rejected, lineterminator="\n").writerow([*made.table.header, *SET_ASIDE])
    width = len(made.table.header)
    cells = [*one.cells, *[""] * (width - len(one.cells))]
    # Cells too many stand behind: nothing of the row is lost, and the file can be mended.
    csv.writer(made.rejected, lineterminator="\n").writerow([*cells[:width], one.line, one.reason, *cells[width:]])


def _heading(cells: Sequence[str], width: int) -> str | None:
    """Give the one cell of a row that has no other, where rows have several: a heading among the rows, or a total."""
    filled = [cell for cell in cells if cell.strip()]
    if width < 3 or not filled:
        return None
    if len(filled) == 1 and (len(filled[0]) > 1):
        return filled[0]
    if len(filled) == 2 and TOTAL.fullmatch(filled[0].strip(" :.")) and re.fullmatch(r"[\d\s.,]+", filled[1]):
        return f"{filled[0]} {filled[1]}"
    return None


# ---------------------------------------------------------------- a row


class _Made(NamedTuple):
    """What a field is made of: how its words are got from a row, from which cells, and who reads them."""

    path: str
    get: Callable[[list[str]], str]
    places: tuple[int, ...]
    cell: Cell


class _Target(NamedTuple):
    """One record that a row makes: its kind, its number among those of the kind, and what its fields are made of."""

    kind: str
    number: int
    cells: dict[str, _Made]
    constants: dict[str, str]
    names: frozenset[str]  # fields that are names of several parts


class _Heads(dict[str, bool]):
    """Say of a letter whether one of some words may begin with it, as `canonical` writes them."""

    def __init__(self, words: Iterable[str]) -> None:
        super().__init__()
        self.known = {word[:1] for word in words}

    def __missing__(self, letter: str) -> bool:
        self[letter] = may = (canonical(letter)[:1] or "") in {"", *self.known}
        return may


_Flagged = tuple[str, str, str]
"""What is flagged in a row: the field, the reason, and the words."""


class _NoRecord(Exception):
    """A row can be no record, and why."""


class _Mapping:
    """Makes the records of each row; what is written goes into a spool a kind."""

    def __init__(self, made: Mapped, list_id: str, words: Words, way: bytes) -> None:
        self.made, self.list_id, self.words, self.mark = made, list_id, words, marker(way) if way else _unmarked
        profile, header = made.profile, made.table.header
        self.nothing = profile.nothing
        self.longest = max(map(len, self.nothing), default=0)  # of the words that mean that nothing is there
        self.heads = _Heads(self.nothing)
        groups = list(dict.fromkeys(group for one in profile.split for group in one.groups))
        self.header = [*header, *groups]
        self.at = {name: n for n, name in reversed(list(enumerate(self.header)))}
        self.split = [
            (self._getter(one.column), one.pattern, [(name, self.at[of]) for name, of in _groups(one)])
            for one in profile.split
        ]
        self.groups = len(groups)
        self.worded = {self.at[name]: words for name, words in profile.values.items() if name in self.at}
        self.main = profile.main
        self.of_person = self.main in OF_PERSON and self.main != "persons"
        left = {name for name in header if name not in profile.used and name not in OURS} | profile.kept
        self.kept = [(n, name) for n, name in enumerate(header) if name in left]
        self.spaced = {self.at[name] for one in profile.split for name in one.column.columns}
        self.mended: set[int] = set()  # lines of the list on which such rows stood
        self.again_at = self.at.get(SET_ASIDE[1])  # of rows that were set aside once: cells that were lacking are empty
        self.record_no = self._getter(profile.record_no) if profile.record_no else None
        self.locator = self._getter(profile.locator) if profile.locator else None
        self.locates = [self.at[name] for name in profile.locator.columns] if profile.locator else []
        self.readers: dict[str, Cell] = {}
        self.targets = self._targets()
        kinds = dict.fromkeys(target.kind for target in self.targets)
        self.columns = {kind: self._columns(kind) for kind in kinds}
        self.joined = [target.cells[name].places for target in self.targets for name in target.names]
        self.doubted = any("status" in columns for columns in self.columns.values())
        self.first = {kind: min(t.number for t in self.targets if t.kind == kind) for kind in kinds}
        self.spools = {kind: _spool(made) for kind in kinds}
        self.waiting: dict[str, list[Waiting]] = {kind: [] for kind in kinds}  # what is not in its spool yet
        self.ids = [array("q") for _ in range(SIEVES)]  # eight bytes of each id: equal ones are told apart afterwards
        self.own_id = header[-1] == OWN_ID
        self.since = 0  # rows since the last heading or total
        self.aside_before = 0  # rows that were set aside up to it
        self.passed: list[int] = []  # lines of this batch that are passed over
        self.counts: Counter[str] = Counter()  # what is in the spools
        self.written = 0  # main records that are in their spool
        self.derives = {path: profile.values.get(path, {}) for path in ("cases.sentence_kind", "cases.sentence_years")}
        self.must = {kind: musts(kind, hangs=kind != self.main) for kind in dict.fromkeys((self.main, *kinds))}
        self.lacking = {name: self._lacking_name(made, kind, name) for kind, of in self.must.items() for name in of}
        named = next((t.cells["name"] for t in self.targets if t.kind == "persons" and "name" in t.cells), None)
        self.surname = named.places[0] if named and len(named.places) > 1 else None
        self.plain = self._plain() if self._may_be_plain() else None

    def _may_be_plain(self) -> bool:
        """Say whether rows can be read by straight-line code: one record a kind, each field of whole columns."""
        profile = self.made.profile
        named = [t.path for one in self.targets for t in one.cells.values() if isinstance(t.cell.field, NameField)]
        reworded = {path for path, _ in self.words.means} | profile.values.keys()
        return (
            self.main == "persons"
            and not any((self.of_person, self.split, self.worded, self.again_at is not None))
            and all(target.number == 0 for target in self.targets)
            and len(self.header) > 2
            and reworded.isdisjoint(named)
        )

    def _plain(self) -> plain.Plain | None:
        profile = self.made.profile
        fields = [
            plain.Field(target.kind, name, made.path, profile.fields[target.kind, 0][name], made.cell)
            for target in self.targets
            for name, made in target.cells.items()
        ]
        making = plain.Making(
            header=self.header,
            fields=fields,
            kinds=self.columns,
            constants={target.kind: target.constants for target in self.targets},
            must=self.must,
            always=frozenset({self.main, profile.kind}),
            kept=self.kept,
            record_no=profile.record_no,
            locator=profile.locator,
            before=BEFORE,
            clean=self.clean,
            odd_name=TOTAL,
            unknown=profile.unknown,
            unreviewed=self._unreviewed,
            derived=self.derived,
            name_row=self.name_row,
            fate=self.fate,
            mark=self.mark,
            slow=self.row,
            spools=self.waiting,
            missing_count=self.made.missing,
            unknown_count=self.made.unknown,
            derived_count=self.made.derived,
        )
        return plain.plain(making)

    def _named(self, target: _Target, name: str) -> str:
        """Name what a field is made of."""
        return " or ".join(self.header[n] for n in target.cells[name].places) if name in target.cells else name

    def _lacking_name(self, made: Mapped, kind: str, name: str) -> str:
        """Say that a field without which there is no record is lacking; BadData where nothing ever fills it."""
        of_kind = [target for target in self.targets if target.kind == kind]
        if not any(name in (*target.constants, *target.cells) for target in of_kind):
            raise BadData(
                f"no column is the {kind[:-1]}'s {name}",
                "say which in a profile: terrordb profile draft FILE writes one",
                made.table.label,
            )
        return f"no {next((self._named(t, name) for t in reversed(of_kind) if name in t.cells), name)}"

    def _targets(self) -> list[_Target]:
        profile = self.made.profile
        fields = dict(profile.fields)
        for kind in profile.constants:
            if not any(k == kind for k, _ in fields):
                fields[kind, 0] = {}
        order = (*OF_PERSON, profile.kind)
        return [
            _Target(
                kind,
                number,
                {name: self._made(kind, name, column) for name, column in own.items()},
                {name: told for name, told in UNSAID.get(kind, {}).items() if name not in own}
                | profile.constants.get(kind, {}),
                frozenset(name for name, column in own.items() if is_name(kind, name, column)),
            )
            for (kind, number), own in sorted(fields.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
        ]

    def _made(self, kind: str, name: str, column: Column) -> _Made:
        path = f"{kind}.{name}"
        if path not in self.readers:
            self.readers[path] = Cell(path, models.kind(kind).fields[name], self.made.profile, self.words)
        return _Made(path, self._getter(column), tuple(self.at[c] for c in column.columns), self.readers[path])

    def _columns(self, kind: str) -> list[str]:
        names = dict.fromkeys(n for t in self.targets if t.kind == kind for n in (*t.cells, *t.constants))
        if kind in OF_PERSON and kind != "persons":
            names["person"] = None
        if kind == "cases":
            names |= dict.fromkeys(("outcome", "sentence_kind", "sentence_years"))
        if kind == "rehabilitations":
            names["stage"] = None
        if kind == self.main:
            names |= dict.fromkeys(("record_no", "locator", REST))
        return list(names)

    def _getter(self, column: Column) -> Callable[[list[str]], str]:
        places = [self.at[name] for name in column.columns]
        if column.pattern:
            parts = re.split(r"\{[^{}]*\}", column.pattern)

            def patterned(cells: list[str]) -> str:
                found = [cells[n] for n in places]
                return "".join(a + b for a, b in zip(parts, [*found, ""], strict=True)) if all(found) else ""

            return patterned
        if len(places) == 1:
            (at,) = places
            return lambda cells: cells[at]
        join = column.join
        return lambda cells: join.join(filter(None, [cells[n] for n in places]))

    def batch(self, rows: Sequence[tuple[int, list[str]]]) -> None:
        """Make the records of rows; once they are many they are written into their spools."""
        self.made.read += len(rows)
        if self.made.since is not None:
            rows = self._unlike(rows, self.made.since)
        if self.plain is not None:
            self.plain.rows(rows, self.written)
        else:
            for line, cells in rows:
                self.row(line, cells)
        self.since += len(self.passed)
        self.passed = []
        if len(self.waiting[self.main]) >= PART:
            self.put_down()

    def put_down(self) -> None:
        """Write what waits into the spools."""
        for kind, waiting in self.waiting.items():
            if kind == self.main:
                for _, _, base, *_ in waiting:
                    digest = hash(base)
                    self.ids[digest % SIEVES].append(digest)
                self.since += len(waiting)
                self.written += len(waiting)
            if waiting:
                self.counts[kind] += len(waiting)
                _put_down(waiting, self.spools[kind])
                waiting.clear()

    def _unlike(self, rows: Sequence[tuple[int, list[str]]], since: Marks) -> Sequence[tuple[int, list[str]]]:
        """Pass over the rows that are as a load left them."""
        mark, meet = self.mark, since.meet
        unlike = [row for row in rows if not meet(mark(row[1]))]
        left = {line for line, _ in unlike}
        self.passed = [line for line, _ in rows if line not in left]
        self.made.stood += len(self.passed)
        return unlike

    def row(self, line: int, given: list[str]) -> None:
        """Make the records of a row; what can be none is set aside."""
        if (heading := _heading(given, len(self.made.table.header))) is not None:
            so_far = len(self.waiting[self.main]) + bisect_left(self.passed, line)
            if found := TOTAL.search(heading):
                aside = self.made.set_aside.total() - self.aside_before
                self.made.totals.append(Total(line, (found[2] or heading).strip(), self.since + so_far, aside))
            self.since = -so_far
            _put_aside(self.made, Aside(line, "a heading or a total, and no record", given), counted=True)
            self.aside_before = self.made.set_aside.total()
            return
        try:
            self._row(line, given)
        except _NoRecord as error:
            _put_aside(self.made, Aside(line, str(error), given), counted=True)

    def _row(self, line: int, given: list[str]) -> None:
        cells = list(map(self.clean, given))
        if self.again_at is not None and cells[self.again_at].startswith("the row has"):
            raise _NoRecord(f"it was set aside before, and its reason was not emptied: {cells[self.again_at]}")
        if self.surname is not None and not cells[self.surname]:
            raise _NoRecord(f"no {self.header[self.surname]}")
        rest = {name: given[n].strip() if n in self.spaced else cells[n] for n, name in self.kept if cells[n]}
        if self.split:
            self._part(given, cells)
        for at, words in self.worded.items():
            reworded = words.get(canonical(cells[at])) if cells[at] else None
            if reworded is not None:
                self._keep(rest, [at], cells)
                cells[at] = reworded
        flags: list[_Flagged] = []
        made = [(target, self._record(target, cells, rest, flags)) for target in self.targets]
        for name in self.must[self.main]:
            if not any(t.kind == self.main and (own.get(name) or t.constants.get(name)) for t, own in made):
                told = ((said, text) for path, said, text in flags if path == f"{self.main}.{name}")
                why = next((f"{text[:SHOWN]!r}{'…' * (len(text) > SHOWN)} {said}" for said, text in told), "")
                raise _NoRecord(f"{self.lacking[name]} that can be read: {why}" if why else self.lacking[name])
        made, moved = _together(made)
        for target, own in moved:
            for name, one in target.cells.items():
                self._keep(rest, one.places, cells)
                if own.get(name) and not any(cells[n] for n in one.places):  # it is another cell's
                    rest[self.header[one.places[0]]] = ""
        made = [(t, own) for t, own in made if self._is_whole(t, own, cells, rest, flags)]
        if not any(t.kind == self.main for t, _ in made):
            raise _NoRecord(f"none of its {self.main} has all of: {', '.join(self.must[self.main])}")
        flags += self._implausible(made)
        if flags:
            self._flag(line, flags)
        base = self.name_row(self.record_no(cells) if self.record_no else "", given)
        self._write(self._stood(line, given), base, made, rest, cells, self.mark(given))

    def _is_whole(
        self, target: _Target, own: dict[str, str], cells: list[str], rest: dict[str, str], flags: list[_Flagged]
    ) -> bool:
        """Say whether a record has what it must have; the words of one that has not are kept, and it is flagged."""
        lacking = [name for name in self.must[target.kind] if not own.get(name) and not target.constants.get(name)]
        some = any(own.values())
        told = {path for path, _, _ in flags}  # it has words, and they were not understood
        for name in lacking if some else ():
            if (path := f"{target.kind}.{name}") not in told:
                words = "; ".join(filter(None, own.values()))
                flags.append((path, f"nothing is told of it, and there is no {target.kind[:-1]} without", words))
        for made in target.cells.values() if lacking else ():
            self._keep(rest, made.places, cells)
        return not lacking

    def _stood(self, line: int, given: list[str]) -> int:
        """Give the line on which a row stood in its list, if it was set aside there and is mended."""
        if SET_ASIDE[0] not in self.at or not (written := given[self.at[SET_ASIDE[0]]].strip()).isdecimal():
            return line
        stood = int(written)
        if stood in self.mended:
            return line
        self.mended.add(stood)
        return stood

    def clean(self, cell: str) -> str:
        """Give the words of a cell, with single spaces; nothing where they mean that nothing is there."""
        text = " ".join(cell.split()) if not cell.isascii() or "  " in cell or "\n" in cell else cell.strip()
        if not text or not self.heads[text[0]]:
            return text
        short = len(text) <= self.longest or len(text.strip(" .:*_")) <= self.longest
        return "" if short and canonical(text) in self.nothing else text

    def _record(self, target: _Target, cells: list[str], rest: dict[str, str], flags: list[_Flagged]) -> dict[str, str]:
        """Read the fields of one record; what is not understood goes to the rest, and is flagged."""
        own: dict[str, str] = {}
        sort = ""  # the words that say of which sort a sentence is, which may tell its years too
        for name, (path, get, places, cell) in target.cells.items():
            text = get(cells)
            if not text:
                self.made.missing[path] += 1
                if len(places) > 1:  # a pattern of which a part is lacking
                    self._keep(rest, places, cells)
                continue
            if self.of_person and name == "person":
                own[name] = self._person(text)
                continue
            own[name], why, reworded = cell.read(text)
            lost = name in target.names and parts_of(text, len(places)) != [cells[n] for n in places]
            if why or reworded or lost:
                self._keep(rest, places, cells)
            if why == UNKNOWN:
                self.made.unknown[path] += 1
            elif why and cell.points:
                self._unreviewed(path, text)
            elif why:
                flags.append((path, why, text))
            if path == "cases.sentence_kind" and (own[name] or why not in ("", UNKNOWN)):
                sort = text
        if sort:
            self._follows("sentence_years", own, sort)
        return own

    def _person(self, number: str) -> str:
        """Find the person of the list who has a number."""
        named = f"{self.list_id}:{slug(number)}"
        if not is_in(self.words.there, named):
            raise _NoRecord(f"the list {self.list_id} has no person '{number}'")
        return named

    def _part(self, given: list[str], cells: list[str]) -> None:
        """Add the cells that are parts of others; they are sought in the words as they stand, with all their spaces."""
        cells += [""] * self.groups
        whole = [one.strip() if cell else "" for one, cell in zip(given, cells, strict=False)]
        for get, pattern, names in self.split:
            if (text := get(whole)) and (found := pattern.search(text)):
                for name, at in names:
                    part = " ".join((found[name] or "").split())
                    if not cells[at] and canonical(part) not in self.nothing:
                        cells[at] = part

    def _keep(self, rest: dict[str, str], places: Sequence[int], cells: list[str]) -> None:
        """Keep the cells of a field as they are; a part of a cell is kept with the whole."""
        width = len(self.header) - self.groups
        for n in places:
            if n < width and cells[n]:
                rest.setdefault(self.header[n], cells[n])

    def _keep_names(self, rest: dict[str, str], cells: list[str]) -> None:
        """Keep all parts of a name of which one is kept: it gives back all of its parts, or none."""
        for _ in self.joined:  # names may share parts
            for places in self.joined:
                if not rest.keys().isdisjoint(self.header[n] for n in places):
                    self._keep(rest, places, cells)

    def _unreviewed(self, path: str, text: str) -> None:
        counts = self.made.words[path]
        if text in counts or len(counts) < SORTS:
            counts[text] += 1

    def _flag(self, line: int, flags: Sequence[_Flagged]) -> None:
        made = self.made
        made.flagged += 1
        made.lines.append(line)
        for path, why, text in flags:
            flag = Flag(path, re.sub(r"'[^']*'|\d+", "…", why))
            made.flags[flag] += 1
            if len(made.examples[flag]) < EXAMPLES:
                made.examples[flag].append((line, text))

    def _implausible(self, made: Sequence[tuple[_Target, dict[str, str]]]) -> list[_Flagged]:
        """Find dates that cannot all be true: what happened before the birth, an execution before the arrest."""
        days: dict[str, tuple[str, int | None, int | None, str]] = {}
        for target, own in made:
            for name in DATED:
                text = own.get(name)
                if text and target.kind in ("persons", "cases"):
                    path = f"{target.kind}.{name}"
                    days.setdefault(name, (path, *self.readers[path].days(text), text))
        for name, earlier in BEFORE:
            if name in days and earlier in days:
                (path, _, last, text), first = days[name], days[earlier][1]
                if first is not None and last is not None and last < first:
                    return [(path, f"it lies before {earlier}", f"{text}; {earlier} {days[earlier][3]}")]
        return []

    def name_row(self, number: str, given: list[str]) -> str:
        """Name a row by the list's own number of it, else by a digest of what stands in it; one read anew as before."""
        if self.own_id:
            return given[-1]
        if number:
            named = number.lower() if number.isascii() and number.isalnum() else slug(number)
            if named:
                return f"{self.list_id}:{named}"
        text = json.dumps(given, ensure_ascii=False).encode()
        return f"{self.list_id}:{hashlib.blake2b(text, digest_size=8).hexdigest()}"

    def _write(  # noqa: PLR0917
        self,
        line: int,
        base: str,
        made: Sequence[tuple[_Target, dict[str, str]]],
        rest: dict[str, str],
        cells: list[str],
        mark: int | None,
    ) -> None:
        first = True
        filled = {target.kind for target, own in made if any(own.values())}
        fates: list[str] = []
        rows: list[tuple[str, str, list[str]]] = []
        for target, own in made:
            kind, main = target.kind, target.kind == self.main and first
            if main:
                first = False
                own |= {"record_no": self.record_no(cells) if self.record_no else ""}
                if self.locator and self.locates:
                    own["locator"] = self.locator(cells)
                    if not own["locator"]:  # a pattern of which a part is lacking
                        self._keep(rest, self.locates, cells)
                self._keep_names(rest, cells)
                own[REST] = json.dumps(rest, ensure_ascii=False, separators=(",", ":")) if rest else ""
            elif not any(own.values()) and (
                kind != self.made.profile.kind or kind in filled or target.number > self.first[kind]
            ):
                continue
            if kind == "cases":
                self._outcome(own)
                fates.append(own.get("outcome") or target.constants.get("outcome", ""))
            row = [own.get(name) or target.constants.get(name, "") for name in self.columns[kind]]
            further = f".{target.number}" if kind != self.main and target.number > self.first[kind] else ""
            rows.append((kind, further, row))
        place = self.written + len(self.waiting[self.main])
        for kind, further, row in rows:
            fate = self.fate(*fates) if kind == "persons" else ""
            self.waiting[kind].append((line, base + further, base, place, row, fate, mark if kind == "persons" else 0))

    def fate(self, *outcomes: str) -> str:
        """Give what became of a person with one case that nothing doubts, or none; else that it is to be worked out."""
        if len(outcomes) > 1 or (outcomes and self.doubted):
            return TO_WORK_OUT
        return next((outcome for outcome in outcomes if outcome in FATE), "")

    def _outcome(self, own: dict[str, str]) -> None:
        """Read the code and the years of a sentence from its words; a date of execution says that there was one."""
        if sentence := own.get("sentence"):
            for name in ("sentence_kind", "sentence_years"):
                self._follows(name, own, sentence)
        if own.get("executed") and not own.get("outcome"):
            own["outcome"] = "executed"
            self.made.derived["cases.outcome"] += 1

    def _follows(self, name: str, own: dict[str, str], sentence: str) -> None:
        """Fill a field that is empty with what the words of a sentence say."""
        if not own.get(name) and (found := self.derived(name, sentence)):
            own[name] = found
            self.made.derived[f"cases.{name}"] += 1

    def derived(self, name: str, sentence: str) -> str:
        """Give what the words of a sentence say of its sort or its years; nothing where they do not."""
        path, word = f"cases.{name}", canonical(sentence)
        found = self.derives[path].get(word) or self.words.meaning(path, sentence) or usual_word(path, word)
        return found.replace(",", ".") if found else ""

    # -- afterwards ------------------------------------------------------------------------------------------------

    def again(self) -> dict[str, int]:
        """Give the ids that stand more than once, and how often; only these are held one by one."""
        twice: set[int] = set()
        for ids in self.ids:
            twice.update(one for one, other in pairwise(sorted(ids)) if one == other)
        found: Counter[str] = Counter()
        lines: dict[str, list[int]] = {}
        marks: dict[str, set[int | None]] = {}
        for part in _parts(self.spools[self.main]) if twice else ():
            for line, _, base, _, own, _, mark in part:
                if hash(base) in twice:
                    found[base] += 1
                    marks.setdefault(base, set()).add(mark or hash(tuple(own)))  # only persons have marks
                    if len(of := lines.setdefault(base, [])) < EXAMPLES:
                        of.append(line)
        again = {base: count for base, count in found.items() if count > 1}
        self.made.twice = {
            base.removeprefix(f"{self.list_id}:"): Twice(lines[base], again[base], len(marks[base]))
            for base in list(again)[:LISTED]
        }
        return again

    def sheets(self, again: Mapping[str, int]) -> list[Sheet]:
        """Give a sheet a kind, and one of the words that nobody has reviewed."""
        made: list[Sheet] = []
        for kind, file in self.spools.items():
            sheet = self._sheet(kind, self.columns[kind], file, self.counts[kind])
            sheet.again, sheet.tells_person, sheet.since = again, self.of_person, self.made.since
            sheet.further = sum(target.kind == kind for target in self.targets) > 1
            made.append(sheet)
        if terms := self._terms():
            file = _spool(self.made)
            rows: list[Waiting] = []
            for path, word in terms:
                digest = hashlib.blake2b(f"{path}\0{word}".encode(), digest_size=8).hexdigest()
                named = f"{slug(path)}:{digest}"
                rows.append((0, named, named, 0, [path, word], "", 0))
            _put_down(rows, file)
            made.append(self._sheet("terms", ["field", "text"], file, len(terms)))
        return made

    def _sheet(self, kind: str, columns: Sequence[str], file: IO[bytes], count: int) -> Spool:
        table, fields, header = self.made.table, models.kind(kind).fields, ["id", *columns]
        sheet = Spool(table.path, kind, table.label, "", header, [fields[name] for name in header], table.sha256)
        sheet.file, sheet.count, sheet.group = file, count, id(self.made)
        return sheet

    def _terms(self) -> list[tuple[str, str]]:
        return sorted(
            (path, word)
            for path, counts in self.made.words.items()
            for word in counts
            if (path, word) not in self.words.known
        )


def _unmarked(_cells: Sequence[str]) -> None:
    """Mark no row: the cells are not those of a file."""


def _groups(one: Split) -> Iterator[tuple[str, str]]:
    return zip(one.pattern.groupindex, one.groups, strict=True)


def _together(
    made: list[tuple[_Target, dict[str, str]]],
) -> tuple[list[tuple[_Target, dict[str, str]]], list[tuple[_Target, dict[str, str]]]]:
    """Put what a row tells without a number into the one numbered record of the kind, where it tells of one alone.

    Both of them come back too, with what the record has now: their cells alone do not say which they are of.
    """
    moved: list[tuple[_Target, dict[str, str]]] = []
    for at, (target, own) in enumerate(made):
        if target.number or not any(own.values()):
            continue
        numbered = [
            n for n, (t, cells) in enumerate(made) if t.kind == target.kind and t.number and any(cells.values())
        ]
        if len(numbered) == 1 and own.keys().isdisjoint(k for k, v in made[numbered[0]][1].items() if v):
            one, cells = made[numbered[0]]
            whole = cells | {k: v for k, v in own.items() if v}
            made[at], made[numbered[0]] = (target, whole), (one, {})
            moved += [(target, whole), (one, {})]
    return made, moved


def _spool(of: Mapped) -> IO[bytes]:
    """Open a file that is there as long as the mapped list is."""
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    finalize(of, file.close)
    return file
