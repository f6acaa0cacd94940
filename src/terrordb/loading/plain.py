"""Plain rows of mapped lists: one function a profile, straight-line code, for rows in which everything is clear.

It makes of a row what `mapped` makes of it, value by value, and hands back what needs thought: a value that is not
understood, a row without a name, a heading.  Lists repeat their words, so each cell is one look into a bounded memo; a
closure a column would cost a third of a whole plain load.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from terrordb.errors import BadValue
from terrordb.loading.cells import UNKNOWN, Cell
from terrordb.loading.profiles import Column, canonical
from terrordb.models import fields as f
from terrordb.values.names import Name

__all__ = ["Field", "Making", "Plain", "plain"]

MEMO = 14_000  # cells a memo holds before it starts anew, so that memory does not grow with the list
FEW = 4_000  # of cells that are only copied, which is soon done again
UNKNOWN_TIMES = 2**32  # in the sums of a field: rows without it, and as often as this, rows that say it is not known
Row = tuple[int, list[str]]


class Field(NamedTuple):
    """A field of a record: what it is made of, and who reads its words."""

    kind: str
    name: str
    path: str
    column: Column
    cell: Cell


class Making(NamedTuple):
    """What the function is made from: `kinds` gives each kind's columns, `always` the kinds that every row makes."""

    header: Sequence[str]
    fields: Sequence[Field]
    kinds: Mapping[str, Sequence[str]]
    constants: Mapping[str, Mapping[str, str]]
    must: Mapping[str, Sequence[str]]  # the fields that records of a kind must have
    always: frozenset[str]
    kept: Sequence[tuple[int, str]]
    record_no: Column | None
    locator: Column | None
    before: Sequence[tuple[str, str]]  # what cannot lie before what, by the names of dates
    clean: Callable[[str], str]
    odd_name: re.Pattern[str]
    unknown: Iterable[str]
    unreviewed: Callable[[str, str], None]  # counts a word of a reference's field that nobody reviewed
    derived: Callable[[str, str], str]  # field and sentence → what follows from its words
    name_row: Callable[[str, list[str]], str]  # its number, or nothing, and its cells → its id
    fate: Callable[[str], str]
    mark: Callable[[list[str]], int | None]
    slow: Callable[[int, list[str]], None]
    spools: Mapping[str, list[Any]]
    missing_count: Counter[str]
    unknown_count: Counter[str]
    derived_count: Counter[str]


class Plain:
    """A function for many rows; it counts those without a field, of which the source does not know it, and rules."""

    def __init__(
        self, making: Making, run: Callable[[Sequence[Row], int], tuple[int, ...]], paths: Sequence[str]
    ) -> None:
        self.making, self.run, self.paths = making, run, paths

    def rows(self, batch: Sequence[Row], written: int) -> None:
        """Read rows, so many persons being written already; each goes into the spools, or the slow way."""
        for path, count in zip(self.paths, self.run(batch, written), strict=True):
            if path.startswith("="):
                _add(self.making.derived_count, path[1:], count)
            else:
                _add(self.making.missing_count, path, count % UNKNOWN_TIMES)
                _add(self.making.unknown_count, path, count // UNKNOWN_TIMES)


def _add(counts: Counter[str], path: str, count: int) -> None:
    if count:
        counts[path] += count


# ---------------------------------------------------------------- memos


class _Memo(dict[str, Any]):
    def __init__(self, read: Callable[[str], Any], most: int = MEMO) -> None:
        super().__init__()
        self.made, self.most = read, most

    def __missing__(self, text: str) -> Any:
        if len(self) >= self.most:
            self.clear()
        self[text] = answer = self.made(text)
        return answer


def _rest(making: Making, column: str) -> Callable[[str], str]:
    """Write a cell that no field takes, as the object of such cells has it."""
    begins = f",{encode_basestring(column)}:"

    def write(raw: str) -> str:
        cell = making.clean(raw)
        return begins + encode_basestring(cell) if cell else ""

    return write


def _name_part(making: Making) -> Callable[[str], str | None]:
    """Clean a part of a name; None where it is not plainly one."""
    words = {word for phrase in making.unknown for word in phrase.split()}

    def read(raw: str) -> str | None:
        cell = making.clean(raw)
        if cell:
            try:
                Name.parse(cell)
            except BadValue:
                return None
            if making.odd_name.search(cell) or (words and not words.isdisjoint(canonical(cell).split())):
                return None
        return cell

    return read


def _field(making: Making, field: Field, column: str) -> Callable[[str], tuple[Any, ...]]:
    """Read a cell: ours, what is kept of it, what it counts as, whether it is not understood, and a date's two days."""
    keep = _rest(making, column)
    dated = isinstance(field.cell.field, f.DateField)

    def read(raw: str) -> tuple[Any, ...]:
        text = making.clean(raw)
        if not text:
            return ("", "", 1, False, None, None)
        cell, why, reworded = field.cell.read(text)
        kept = keep(raw) if why or reworded else ""
        days = field.cell.days(cell) if dated and cell else (None, None)
        return (cell, kept, UNKNOWN_TIMES if why == UNKNOWN else 0, bool(why) and why != UNKNOWN, *days)

    return read


# ---------------------------------------------------------------- the function


def plain(making: Making) -> Plain | None:
    """Compile the function of a profile; None where its rows are never plain: a column that two fields take."""
    taken = [name for field in making.fields for name in field.column.columns]
    if len(set(taken)) < len(taken):
        return None
    writer = _Writer(making)
    exec(writer.text(), writer.scope)  # noqa: S102  (our own text, of our own names)
    return Plain(making, writer.scope["rows"], writer.paths)


class _Writer:
    """Writes the function: what it says, and what its names stand for."""

    def __init__(self, making: Making) -> None:
        self.making = making
        self.at = {name: n for n, name in reversed(list(enumerate(making.header)))}
        self.scope: dict[str, Any] = {"slow": making.slow, "named": making.name_row, "fate": making.fate}
        self.scope["mark"] = making.mark
        self.scope["persons"] = making.spools["persons"]
        self.paths: list[str] = []
        self.body: list[str] = []
        self.thought: list[str] = []  # what is true of a row that needs thought
        self.counts: list[str] = []  # of others
        self.kept = [self._memo(_rest(making, name), n, FEW) for n, name in making.kept]
        self.whole = {name for _, name in making.kept}  # columns that are kept whatever they say
        self.said: dict[tuple[str, str], str] = {}  # kind, field → the variable of our cell
        self.days: dict[str, tuple[str, str]] = {}
        self.named: list[str] = []  # what is kept of the cells of fields
        self.further: list[str] = []  # parts of the name but for the first
        self.cleaned: set[int] = set()  # columns whose cells have a variable
        self.sort = ""  # the words that say of which sort a sentence is, where they are understood

    def _memo(self, read: Callable[[str], Any], at: int, most: int = MEMO) -> str:
        """Give the expression of a cell read through a memo of its own."""
        memo = f"m{len(self.scope)}"
        self.scope[memo] = _Memo(read, most)
        return f"{memo}[a{at}]"

    def _count(self, path: str) -> str:
        self.paths.append(path)
        return f"n{len(self.paths) - 1}"

    def text(self) -> str:
        """Write it."""
        making = self.making
        for field in making.fields:
            self._read(field)
        rest = [*self.kept, *self.named]
        body = self.body
        number = self._joined(making.record_no, "number") if making.record_no else '""'
        if making.locator:
            parts = [self._clean(name) for name in making.locator.columns]
            if making.locator.pattern and len(parts) > 1:
                self.thought.append(f"0 < ({' + '.join(f'({p} != {chr(34) * 2})' for p in parts)}) < {len(parts)}")
            body.append(f"locator = {self._made(making.locator, parts)}")
        self._implausible()
        self._lacking()
        others = [called for (kind, name), called in self.said.items() if (kind, name) != ("persons", "name")]
        more = [*self.further, *others, *self.kept, *self.named, number]
        self.thought.append(f"not ({' or '.join(more)})")  # a lone cell may be a heading among the rows
        body.append(f"if {' or '.join(self.thought)}:")
        body.append("    slow(line, a)")
        body.append("    continue")
        body += self.counts
        body.append(f"base = named({number}, a)")
        body.append("place = written + len(persons)")
        body.append(f"rest = {' + '.join(rest) or chr(34) * 2}")
        body.append('rest = "{" + rest[1:] + "}" if rest else ""')
        for kind in sorted(making.kinds, key=lambda k: k == "persons"):  # the person last: its fate is the case's
            self._write(kind, number)
        unpacked = ", ".join(f"a{n}" for n in range(len(making.header)))
        counts = "".join(f"n{n}, " for n in range(len(self.paths)))
        return "\n".join(
            [
                "def rows(batch, written):",
                *([f"    {' = '.join(f'n{n}' for n in range(len(self.paths)))} = 0"] if self.paths else []),
                "    for line, a in batch:",
                f"        {unpacked} = a",
                *(f"        {line}" for line in body),
                f"    return ({counts})",
            ]
        )

    def _clean(self, name: str) -> str:
        """Give the variable of a column's cell, cleaned."""
        at = self.at[name]
        if at not in self.cleaned:
            self.cleaned.add(at)
            self.body.append(f"c{at} = {self._memo(self.making.clean, at)}")
        return f"c{at}"

    def _joined(self, column: Column, called: str) -> str:
        parts = [self._clean(name) for name in column.columns]
        self.body.append(f"{called} = {self._made(column, parts)}")
        return called

    @staticmethod
    def _made(column: Column, parts: Sequence[str]) -> str:
        """Write how a text is made of cells: by a pattern if none is empty, else joined."""
        if column.pattern:
            between = re.split(r"\{[^{}]*\}", column.pattern)
            pieces = [repr(between[0]) if between[0] else ""]
            for part, after in zip(parts, between[1:], strict=True):
                pieces += [part, repr(after) if after else ""]
            return f"{' + '.join(filter(None, pieces))} if {' and '.join(parts)} else ''"
        if len(parts) == 1:
            return parts[0]
        join = repr(column.join)
        whole = f" + {join} + ".join(parts)
        return f"{whole} if {' and '.join(parts)} else {join}.join(filter(None, ({', '.join(parts)})))"

    def _read(self, field: Field) -> None:
        called = f"t{len(self.said)}"
        self.said[field.kind, field.name] = called
        columns = field.column.columns
        count = self._count(field.path)
        if isinstance(field.cell.field, f.NameField):
            parts = []
            for name in columns:
                part = f"p{self.at[name]}"
                self.body.append(f"{part} = {self._memo(_name_part(self.making), self.at[name])}")
                self.thought.append(f"{part} is None")
                parts.append(part)
            # No part may be None where they are joined: such a row needs thought, and what is joined is not looked at.
            guard = " or ".join(f"{part} is None" for part in parts)
            made = self._made(field.column, parts)
            self.body.append(f'{called} = "" if {guard} else ({made})')
            self.counts.append(f"if not {called}: {count} += 1")
            if field.column.pattern:
                self.thought.append(f"(not {called} and ({' or '.join(parts)}))")
            self._kept_parts(columns, called, parts)
            if field.kind == "persons":
                self.thought += [f"not {called}", *([f"not {parts[0]}"] if len(parts) > 1 else [])]
                self.further += parts[1:]
            return
        read = f"r{called}"
        alone = len(columns) == 1 and not field.column.pattern
        at = self.at[columns[0]]
        if field.path == "cases.sentence_kind":
            self.sort = f"(s{called} if {called} else '')"
            self.body.append(f"s{called} = {self._made(field.column, [self._clean(name) for name in columns])}")
        if alone:
            self.body.append(f"{read} = {self._memo(_field(self.making, field, columns[0]), at)}")
            if columns[0] not in self.whole:
                self.named.append(f"{read}[1]")
        else:
            parts = [self._clean(name) for name in columns]
            self.body.append(f"{read} = {self._made(field.column, parts)}")
            memo = f"m{len(self.scope)}"
            self.scope[memo] = _Memo(_field(self.making, field, columns[0]))
            self.body.append(f"{read} = {memo}[{read}]")
            if field.column.pattern:
                self.thought.append(f"({read}[2] == 1 and ({' or '.join(parts)}))")
            self.thought.append(f"{read}[1]")  # what is kept of it is its parts
        self.body.append(f"{called} = {read}[0]")
        self.counts.append(f"{count} += {read}[2]")
        if field.cell.points and alone:
            counter = f"w{len(self.scope)}"
            self.scope[counter] = partial(self.making.unreviewed, field.path)
            self.counts.append(f"if {read}[3]: {counter}({self._memo(self.making.clean, at)})")
        else:
            self.thought.append(f"{read}[3]")
        if isinstance(field.cell.field, f.DateField) and field.kind in ("persons", "cases"):
            self.days.setdefault(field.name, (f"{read}[4]", f"{read}[5]"))

    def _kept_parts(self, columns: Sequence[str], name: str, parts: Sequence[str]) -> None:
        """Keep the parts of a name that does not give them back: one of two words, or one lacking before another."""
        left = [one for one in columns if one not in self.whole]
        if len(parts) > 1 and left:
            writes = " + ".join(self._memo(_rest(self.making, one), self.at[one], FEW) for one in left)
            spaces = "".join(f"({n} if {part} else " for n, part in reversed(list(enumerate(parts))))
            lacking = " or ".join(f"({b} and not {a})" for a, b in pairwise(parts))
            given_back = f"{name}.count(' ') == {spaces}0{')' * len(parts)} and not ({lacking})"
            self.named.append(f"('' if {given_back} else {writes})")

    def _lacking(self) -> None:
        """Leave rows to thought of which something is told that hangs on them, and not all that it must have."""
        for kind, must in self.making.must.items():
            told = [called for (of, _), called in self.said.items() if of == kind]
            needs = [self.said[kind, name] for name in must if not self.making.constants[kind].get(name)]
            if kind != "persons" and needs:
                some = "" if kind in self.making.always else f"({' or '.join(told)}) and "
                self.thought.append(f"({some}not ({' and '.join(needs)}))")

    def _implausible(self) -> None:
        for name, earlier in self.making.before:
            if name in self.days and earlier in self.days:
                last, first = self.days[name][1], self.days[earlier][0]
                self.thought.append(f"({last} is not None and {first} is not None and {last} < {first})")

    def _write(self, kind: str, number: str) -> None:
        making = self.making
        constants = making.constants.get(kind, {})
        own = [called for (of, _), called in self.said.items() if of == kind]
        lines: list[str] = []
        if kind == "cases":
            lines += self._outcome()
        cells = []
        for name in making.kinds[kind]:
            said = {"record_no": number, "rest": "rest", "locator": "locator" if making.locator else ""}.get(name, "")
            called = (said if kind == "persons" else "") or self.said.get((kind, name), "")
            default = constants.get(name, "")
            if called and default:
                cells.append(f"{called} or {default!r}")
            else:
                cells.append(called or repr(default))
            if (kind, name) == ("cases", "outcome"):
                lines.append(f"ended = {cells[-1]}")
        last = '"", 0'
        if kind == "persons":
            last = ('fate(ended) if ended else ""' if "cases" in making.kinds else '""') + ", mark(a)"
        self.scope[f"put_{kind}"] = making.spools[kind].append
        lines.append(f"put_{kind}((line, base, base, place, [{', '.join(cells)}], {last}))")
        if kind in making.always:
            self.body += lines
            return
        if kind == "cases":
            self.body.append('ended = ""')
        if own:
            self.body.append(f"if {' or '.join(own)}:")
            self.body += [f"    {line}" for line in lines]

    def _derived(self, name: str, sentence: str) -> str:
        return self.making.derived(name, sentence) if sentence else ""

    def _outcome(self) -> list[str]:
        """Write what follows from the words of a sentence, and from a date of execution."""
        said, lines = self.said, []
        sentence = said.get(("cases", "sentence"), "")
        for name, words in (
            ("sentence_years", self.sort),  # of the words of its sort, and then of its own
            ("sentence_kind", sentence),
            ("sentence_years", sentence),
        ):
            had = said.get(("cases", name))
            if words:
                memo = f"m{len(self.scope)}"
                self.scope[memo] = _Memo(partial(self._derived, name))
                count = self._count(f"=cases.{name}")
                found = f"f{memo}"
                lines.append(f'{found} = "" if {had} else {memo}[{words}]' if had else f"{found} = {memo}[{words}]")
                lines.append(f"if {found}: {count} += 1")
                if had:
                    lines.append(f"{had} = {had} or {found}")
                else:
                    said["cases", name] = found
        if executed := said.get(("cases", "executed")):
            outcome = said.setdefault(("cases", "outcome"), "f_outcome")
            if outcome == "f_outcome":
                lines.append('f_outcome = ""')
            count = self._count("=cases.outcome")
            lines.append(f"if {executed} and not {outcome}: {outcome} = 'executed'; {count} += 1")
        return lines
