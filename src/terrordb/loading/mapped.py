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
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import pairwise
from typing import IO, TYPE_CHECKING, NamedTuple
from weakref import finalize

from sqlalchemy import select

from terrordb import models
from terrordb.errors import BadData, BadValue
from terrordb.loading.profiles import OF_PERSON, Column, Profile, canonical, meanings
from terrordb.loading.sheets import Sheet, slug
from terrordb.models import fields as f

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.loading.complaints import Complaints
    from terrordb.loading.raw import RawTable

__all__ = ["Aside", "Flag", "Mapped", "Words", "known_words", "map_table", "nearest_known"]

MEMO = 50_000  # cells of a field that are remembered
EXAMPLES = 3  # of each sort of flag
SORTS = 5_000  # different words of a field that are counted one by one
COPIED = 200  # rows that are set aside and told one by one
ID = re.compile(r"[^\s,;\"'A-Z/]{1,400}")
TOTAL = re.compile(r"\b(итого|всего|total|in all|insgesamt|suma)\b\D*([\d\s.,]*\d)?", re.IGNORECASE)
REST = "rest"
SET_ASIDE = (
    "set aside: line",
    "set aside: reason",
)  # columns of the file of rows that are set aside; no field takes them
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


@dataclass
class Words:
    """What is known of the words of lists: `refers` and `means` for field and word, as terms that were reviewed say."""

    refers: dict[tuple[str, str], str] = field(default_factory=dict)
    means: dict[tuple[str, str], str] = field(default_factory=dict)
    known: set[tuple[str, str]] = field(default_factory=set)


@dataclass
class Mapped:
    """What became of a table: sheets of our own columns, and an account of every row."""

    table: RawTable
    profile: Profile
    read: int = 0
    lines: list[int] = field(default_factory=list)  # of rows with a flag, as far as they are told one by one
    flagged: int = 0
    aside: list[Aside] = field(default_factory=list)
    set_aside: Counter[str] = field(default_factory=Counter)
    flags: Counter[Flag] = field(default_factory=Counter)
    examples: dict[Flag, list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))
    missing: Counter[str] = field(default_factory=Counter)
    derived: Counter[str] = field(default_factory=Counter)  # fields that a rule filled
    words: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))  # of references, not reviewed
    duplicates: int = 0
    totals: list[tuple[int, str, int]] = field(default_factory=list)  # line, as stated, rows since the one before
    sheets: list[Sheet] = field(default_factory=list)
    rejected: IO[str] | None = None  # all that is set aside, as a CSV

    @property
    def unused(self) -> list[str]:
        """Name the columns that no field takes; they are kept with each row."""
        return [name for name in self.table.header if name not in self.profile.used and name not in SET_ASIDE]

    @property
    def taken(self) -> int:
        """Count the rows that became records."""
        return self.read - sum(self.set_aside.values())


class _Spool(Sheet):
    """Rows of one kind that wait in a file of their own: line, id, what follows it for a further one, and cells."""

    file: IO[bytes]
    again: Mapping[str, int]

    def rows(self, complaints: Complaints) -> Iterator[tuple[int, list[str]]]:  # noqa: ARG002
        """Read the rows; of rows that have one id, each later one gets a number behind it."""
        self.file.seek(0)
        met: dict[str, list[int]] = {}
        person = self.header.index("person") if "person" in self.header else None
        while True:
            try:
                line, base, further, cells = marshal.load(self.file)  # noqa: S302  (written by ourselves, above)
            except EOFError:
                return
            named = base
            if base in self.again:
                lines = met.setdefault(base, [])
                if not lines or lines[-1] != line:
                    lines.append(line)
                if len(lines) > 1:
                    named = f"{base}-{len(lines)}"
            row = [named + further, *cells]
            if person is not None:
                row[person] = named
            yield line, row


def map_table(
    table: RawTable, profile: Profile, list_id: str, words: Words, *, progress: Callable[[int], None] = lambda _n: None
) -> Mapped:
    """Read a table by a profile; nothing is loaded yet.  BadData where no row of it can be a record."""
    made = Mapped(table, profile)
    mapping = _Mapping(made, list_id, words)
    width = len(table.header)
    ids = array("Q")  # eight bytes of each id: equal ones are told apart afterwards
    since = 0
    for line, cells in table.rows(lambda *one: _put_aside(made, Aside(*one))):
        made.read += 1
        if (heading := _heading(cells, width)) is not None:
            if found := TOTAL.search(heading):
                made.totals.append((line, found[2] or heading, since))
            since = 0
            _put_aside(made, Aside(line, "a heading or a total, and no record", cells), counted=True)
            continue
        if (base := mapping.row(line, cells)) is not None:
            since += 1
            ids.append(int.from_bytes(hashlib.blake2b(base.encode(), digest_size=8).digest()))
        if made.read % 5_000 == 0:
            progress(made.read)
    if not made.taken:
        raise BadData(
            f"none of its {made.read:,} rows can be a record",
            "say which column is the name in a profile: terrordb profile draft FILE",
            table.label,
        )
    again = mapping.again(ids)
    made.duplicates = sum(count - 1 for count in again.values())
    made.sheets = mapping.sheets(again)
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


class _Cell:
    """Reads the cells of one field: understood, or not and why; each word once."""

    def __init__(self, path: str, of: f.Field, profile: Profile, words: Words) -> None:
        self.path, self.field, self.words = path, of, words
        self.values = profile.values.get(path, {})
        self.usual = meanings().get(path, [])
        self.memo: dict[str, tuple[str, str]] = {}
        self.dated: dict[str, tuple[int | None, int | None]] = {}
        self.points = isinstance(of, f.ReferenceField)

    def read(self, text: str) -> tuple[str, str]:
        """Give the cell of ours that a cell of the list stands for, and why it is not understood, where it is not."""
        if (found := self.memo.get(text)) is None:
            if len(self.memo) >= MEMO:
                self.memo.clear()
            found = self.memo[text] = self._read(text)
        return found

    def _read(self, text: str) -> tuple[str, str]:
        word = canonical(text)
        told = self.values.get(word, self.words.means.get((self.path, text)))
        if told is not None:
            text = told
        elif isinstance(self.field, f.CodeField) and text.casefold() not in self.field.vocabulary:
            text = self._usual(word) or text
        if not text:
            return "", ""
        if self.points:
            if "/" in text or told is not None:
                return text, ""
            refers = self.words.refers.get((self.path, text), "")
            return refers, "" if refers else "no reviewed term says which record it is"
        try:
            self.field.read(text)
        except BadValue as error:
            return "", error.reason
        return text, ""

    def _usual(self, word: str) -> str:
        for pattern, means in self.usual:
            if found := pattern.fullmatch(word):
                return found.expand(means) if "\\" in means else means
        return ""

    def days(self, text: str) -> tuple[int | None, int | None]:
        """Give the first and the last day of a date that can be read."""
        if (found := self.dated.get(text)) is None:
            if len(self.dated) >= MEMO:
                self.dated.clear()
            found = self.dated[text] = self.field.read(text)[2:]
        return found


class _Target(NamedTuple):
    """One record that a row makes: its kind, its number among those of the kind, and what its fields are made of."""

    kind: str
    number: int
    cells: dict[str, tuple[Callable[[list[str]], str], tuple[int, ...]]]
    constants: dict[str, str]


class _Mapping:
    """Makes the records of each row; what is written goes into a spool a kind."""

    def __init__(self, made: Mapped, list_id: str, words: Words) -> None:
        self.made, self.list_id, self.words = made, list_id, words
        profile, header = made.profile, made.table.header
        self.nothing = profile.nothing
        groups = [(one, list(one.pattern.groupindex)) for one in profile.split]
        self.split = [(header.index(one.column), one.pattern, names) for one, names in groups]
        self.header = [*header, *(f"{one.column}:{g}" for one, names in groups for g in names)]
        self.at = {name: n for n, name in reversed(list(enumerate(self.header)))}
        self.main = "persons" if profile.kind in OF_PERSON else profile.kind
        used = profile.used
        self.kept = [(n, name) for n, name in enumerate(self.header) if name not in used and name not in SET_ASIDE]
        self.again_at = self.at.get(SET_ASIDE[1])  # of rows that were set aside once: cells that were lacking are empty
        self.record_no = self._getter(profile.record_no) if profile.record_no else None
        self.locator = self._getter(profile.locator) if profile.locator else None
        self.targets = self._targets()
        kinds = dict.fromkeys(target.kind for target in self.targets)
        self.readers = {
            (kind, name): _Cell(f"{kind}.{name}", models.kind(kind).fields[name], profile, words)
            for kind in kinds
            for name in {n for t in self.targets if t.kind == kind for n in (*t.cells, *t.constants)}
        }
        self.columns = {kind: self._columns(kind) for kind in kinds}
        self.spools = {kind: _spool(made) for kind in kinds}
        self.must = [n for n, one in models.kind(self.main).fields.items() if one.required and not one.default]
        own = {
            name for target in self.targets if target.kind == self.main for name in (*target.cells, *target.constants)
        }
        for name in self.must:
            if name not in own:
                raise BadData(
                    f"no column is the {self.main[:-1]}'s {name}",
                    "say which in a profile: terrordb profile draft FILE writes one",
                    made.table.label,
                )
        named = next((t.cells["name"] for t in self.targets if t.kind == "persons" and "name" in t.cells), None)
        self.surname = named[1][0] if named and len(named[1]) > 1 else None

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
                {
                    name: (self._getter(column), tuple(self.at[c] for c in column.columns))
                    for name, column in own.items()
                },
                profile.constants.get(kind, {}),
            )
            for (kind, number), own in sorted(fields.items(), key=lambda item: (order.index(item[0][0]), item[0][1]))
        ]

    def _columns(self, kind: str) -> list[str]:
        names = dict.fromkeys(n for t in self.targets if t.kind == kind for n in (*t.cells, *t.constants))
        if kind in ("cases", "rehabilitations", "person_names"):
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
        return lambda cells: " ".join(filter(None, [cells[n] for n in places]))

    def row(self, line: int, given: list[str]) -> str | None:
        """Make the records of a row, and give its id; None where it is set aside."""
        cells = [
            " ".join(cell.split()) if not cell.isascii() or "  " in cell or "\n" in cell else cell.strip()
            for cell in given
        ]
        cells = ["" if cell and canonical(cell) in self.nothing else cell for cell in cells]
        if self.again_at is not None and cells[self.again_at].startswith("the row has"):
            self._aside(line, f"it was set aside before, and its reason was not emptied: {cells[self.again_at]}", given)
            return None
        for at, pattern, names in self.split:
            found = pattern.search(cells[at]) if cells[at] else None
            cells += [((found[name] or "").strip() if found else "") for name in names]
        if self.surname is not None and not cells[self.surname]:
            self._aside(line, f"no {self.header[self.surname]}", given)
            return None
        made: list[tuple[_Target, dict[str, str]]] = []
        flags: list[tuple[str, str, str]] = []
        rest = {name: cells[n] for n, name in self.kept if cells[n]}
        for target in self.targets:
            own: dict[str, str] = {}
            for name, (get, places) in target.cells.items():
                text = get(cells)
                path = f"{target.kind}.{name}"
                if not text:
                    self.made.missing[path] += 1
                    continue
                own[name], why = self.readers[target.kind, name].read(text)
                if why:
                    rest |= {self.header[n]: cells[n] for n in places if cells[n]}
                    if self.readers[target.kind, name].points:
                        self._unreviewed(path, text)
                    else:
                        flags.append((path, why, text))
            made.append((target, own))
        for name in self.must:
            if not any(t.kind == self.main and (own.get(name) or t.constants.get(name)) for t, own in made):
                self._aside(line, f"no {name}", given)
                return None
        flags += self._implausible(made)
        if flags:
            self._flag(line, flags)
        base = self._id(cells, given)
        self._write(line, base, made, rest, cells)
        return base

    def _aside(self, line: int, reason: str, given: list[str]) -> None:
        _put_aside(self.made, Aside(line, reason, given), counted=True)

    def _unreviewed(self, path: str, text: str) -> None:
        counts = self.made.words[path]
        if text in counts or len(counts) < SORTS:
            counts[text] += 1

    def _flag(self, line: int, flags: Sequence[tuple[str, str, str]]) -> None:
        made = self.made
        made.flagged += 1
        made.lines.append(line)
        for path, why, text in flags:
            flag = Flag(path, re.sub(r"'[^']*'|\d+", "…", why))
            made.flags[flag] += 1
            if len(made.examples[flag]) < EXAMPLES:
                made.examples[flag].append((line, text))

    def _implausible(self, made: Sequence[tuple[_Target, dict[str, str]]]) -> list[tuple[str, str, str]]:
        """Find dates that cannot all be true: what happened before the birth, an execution before the arrest."""
        days: dict[str, tuple[str, int | None, int | None, str]] = {}
        for target, own in made:
            for name in DATED:
                text = own.get(name)
                if text and target.kind in ("persons", "cases"):
                    first, last = self.readers[target.kind, name].days(text)
                    days.setdefault(name, (f"{target.kind}.{name}", first, last, text))
        for name, earlier in BEFORE:
            if name in days and earlier in days:
                (path, _, last, text), first = days[name], days[earlier][1]
                if first is not None and last is not None and last < first:
                    return [(path, f"it lies before {earlier}", f"{text}; {earlier} {days[earlier][3]}")]
        return []

    def _id(self, cells: list[str], given: list[str]) -> str:
        """Name a row by the list's own number of it, else by a digest of what stands in it."""
        number = slug(self.record_no(cells)) if self.record_no else ""
        if number:
            return f"{self.list_id}:{number}"
        text = json.dumps(given, ensure_ascii=False).encode()
        return f"{self.list_id}:{hashlib.blake2b(text, digest_size=8).hexdigest()}"

    def _write(
        self,
        line: int,
        base: str,
        made: Sequence[tuple[_Target, dict[str, str]]],
        rest: dict[str, str],
        cells: list[str],
    ) -> None:
        first = True
        for target, own in made:
            kind, main = target.kind, target.kind == self.main and first
            if main:
                first = False
                own |= {"record_no": self.record_no(cells) if self.record_no else ""}
                own |= {"locator": self.locator(cells) if self.locator else own.get("locator", "")}
                own[REST] = json.dumps(rest, ensure_ascii=False, separators=(",", ":")) if rest else ""
            elif not any(own.values()) and not (kind == self.made.profile.kind and target.number < 2):
                continue
            if kind == "cases":
                self._outcome(own)
            if kind == "rehabilitations":
                own.setdefault("stage", "granted")
            row = [own.get(name) or target.constants.get(name, "") for name in self.columns[kind]]
            further = f".{target.number}" if kind != self.main and target.number > 1 else ""
            marshal.dump((line, base, further, row), self.spools[kind])

    def _outcome(self, own: dict[str, str]) -> None:
        """Read the code and the years of a sentence from its words; a date of execution says that there was one."""
        if sentence := own.get("sentence"):
            word = canonical(sentence)
            for name in ("sentence_kind", "sentence_years"):
                if not own.get(name) and (found := _usual(f"cases.{name}", word)):
                    own[name] = found.replace(",", ".")
                    self.made.derived[f"cases.{name}"] += 1
        if own.get("executed") and not own.get("outcome"):
            own["outcome"] = "executed"
            self.made.derived["cases.outcome"] += 1

    # -- afterwards ------------------------------------------------------------------------------------------------

    def again(self, ids: array[int]) -> dict[str, int]:
        """Give the ids that stand more than once, and how often; only these are held one by one."""
        ordered = sorted(ids)
        twice = {one for one, other in pairwise(ordered) if one == other}
        found: Counter[str] = Counter()
        if twice:
            spool = self.spools[self.main]
            spool.seek(0)
            while True:
                try:
                    _, base, _, _ = marshal.load(spool)  # noqa: S302
                except EOFError:
                    break
                if int.from_bytes(hashlib.blake2b(base.encode(), digest_size=8).digest()) in twice:
                    found[base] += 1
        return {base: count for base, count in found.items() if count > 1}

    def sheets(self, again: Mapping[str, int]) -> list[Sheet]:
        """Give a sheet a kind, and one of the words that nobody has reviewed."""
        made: list[Sheet] = []
        table = self.made.table
        for kind, file in self.spools.items():
            fields = models.kind(kind).fields
            header = ["id", *self.columns[kind]]
            sheet = _Spool(
                table.path, kind, table.label, "", header, [fields[name] for name in header], table.sha256, named=True
            )
            sheet.file, sheet.again = file, again
            made.append(sheet)
        if terms := self._terms():
            file = _spool(self.made)
            for path, word in terms:
                digest = hashlib.blake2b(f"{path}\0{word}".encode(), digest_size=8).hexdigest()
                marshal.dump((0, f"{slug(path)}:{digest}", "", [path, word]), file)
            fields = models.kind("terms").fields
            header = ["id", "field", "text"]
            sheet = _Spool(table.path, "terms", table.label, "", header, [fields[n] for n in header], table.sha256)
            sheet.file, sheet.again = file, {}
            made.append(sheet)
        return made

    def _terms(self) -> list[tuple[str, str]]:
        return sorted(
            (path, word)
            for path, counts in self.made.words.items()
            for word in counts
            if (path, word) not in self.words.known
        )


def _spool(of: Mapped) -> IO[bytes]:
    """Open a file that is there as long as the mapped list is."""
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115
    finalize(of, file.close)
    return file


def _usual(path: str, word: str) -> str:
    for pattern, means in meanings().get(path, ()):
        if found := pattern.fullmatch(word) or (pattern.search(word) if "\\" in means else None):
            return found.expand(means) if "\\" in means else means
    return ""


def known_words(connection: Connection) -> Words:
    """Read what terms say of the words of lists: all are known, and those that somebody reviewed are understood."""
    found = Words()
    c = models.kind("terms").__table__.c
    asked = select(c.field, c.text, c.means, c.refers_to_kind, c.refers_to_key).where(c.status != "withdrawn")
    for path, word, means, kind, key in connection.execute(asked.where(c.reviewed_by.is_not(None))):
        if means:
            found.means[path, word] = means
        if kind:
            of = models.kind(kind).__table__
            named = connection.scalar(select(of.c.id).where(of.c.key == key))
            one = models.kind(path.partition(".")[0]).fields.get(path.partition(".")[2])
            found.refers[path, word] = str(named) if one is not None and len(one.kinds) == 1 else f"{kind}/{named}"
    found.known.update((path, word) for path, word in connection.execute(select(c.field, c.text)))
    return found


def nearest_known(word: str, known: Sequence[str]) -> str:
    """Give the known word that is nearest to one, or nothing."""
    return next(iter(get_close_matches(word, known, n=1, cutoff=0.8)), "")
