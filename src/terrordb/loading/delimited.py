"""Tables whose cells are separated by commas, semicolons, tabs or bars, with or without quotes around them."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import IO, Any

from terrordb.errors import BadData
from terrordb.loading.raw import (
    NUL,
    SHOWN,
    TOO_LONG,
    Aside,
    RawTable,
    Rows,
    Source,
    above,
    readable,
)
from terrordb.loading.sheets import CELL

BLOCK = 2**18  # bytes that are read at once
ROW = 4 * CELL  # characters of a row, or of a line, at most
SAMPLE = 200  # rows that the separator is told by
TOP = 20  # rows among which the header is looked for
QUOTED = 20_000  # cells with quotes that are looked at
NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars", "\x1f": "nothing, each line is one cell"}


@dataclass(frozen=True)
class Dialect:
    """How the cells of a file are told apart."""

    separator: str
    quotes: bool = True
    spaced: bool = False  # a space follows each separator

    @property
    def options(self) -> dict[str, Any]:
        """Say it to `csv`."""
        quoting = csv.QUOTE_MINIMAL if self.quotes else csv.QUOTE_NONE
        return {"delimiter": self.separator, "quoting": quoting, "skipinitialspace": self.spaced, "strict": True}


def table(source: Source, encoding: str, said: list[str]) -> RawTable:
    """Find out how a file is separated and where its header stands."""
    lines = _sample(source, encoding)
    if not any(map(str.strip, lines)):
        raise BadData("the file is empty", "its first line must name the columns", source.label)
    dialect, skipped = _dialect(source, lines)
    if (
        dialect.separator in "\t|\x1f"
        and (literal := _literal(source, encoding, dialect, _breadth(lines, dialect))) is not None
    ):
        dialect = replace(dialect, quotes=not literal)
        how = "quotes are letters like any other" if literal else "quotes stand around cells"
        said = [*said, f"separated by {NAMES[dialect.separator]}; {how}"]
    elif dialect.separator != "," and (dialect.separator in ";\t|" or any(re.search("[,;]", line) for line in lines)):
        said = [*said, f"separated by {NAMES[dialect.separator]}"]
    torn: list[tuple[int, str]] = []
    rows = records([lines], dialect, 0, lambda line, reason, _: torn.append((line, reason)))
    top = [(line, cells) for line, cells in islice(rows, TOP) if line > skipped and any(map(str.strip, cells))]
    if torn and (not top or torn[0][0] < top[0][0]):
        remedy = 'write "" for a quote within a cell' if torn[0][1] != NUL else "is it a table at all?"
        raise BadData(f"the header cannot be read: {torn[0][1]}", remedy, f"{source.label}:{torn[0][0]}")
    if not top:
        raise BadData("the file has no header", "its first line must name the columns", source.label)
    at = _header(top)

    def read(made: RawTable, aside: Aside) -> Rows:
        with source.opened() as file:
            found = records(blocks(file, encoding), dialect, len(made.header), aside)
            yield from _after(found, made.header_line)

    said = [*said, *above(top[:at])]
    form = "tsv" if dialect.separator == "\t" else "csv"
    return source.table(form, top[at], read, encoding=encoding, said=said)


def _sample(source: Source, encoding: str) -> list[str]:
    lines: list[str] = []
    with source.opened() as file:
        for block in blocks(file, encoding):
            lines += block
            if len(lines) > 10 * SAMPLE or sum(map(len, block)) > BLOCK:
                break
    return lines


def _after(rows: Rows, line: int) -> Rows:
    """Pass over what stands down to a line."""
    for row in rows:
        if row[0] > line:
            yield row
            yield from rows


def _header(rows: list[tuple[int, list[str]]]) -> int:
    """Take the first row for the header; single cells above a table of three columns or more are its title."""
    filled = [sum(map(bool, cells)) for _, cells in rows]
    if max(filled) < 3 or 2 * sum(count > 1 for count in filled) < len(filled):
        return 0
    return next(n for n, count in enumerate(filled) if count > 1)


def _dialect(source: Source, lines: list[str]) -> tuple[Dialect, int]:
    """Choose the separator that gives the most even rows, and say how many lines were for programs alone."""
    if (hint := re.fullmatch(r"\ufeff?sep=(.)\s*", lines[0])) and hint[1] in NAMES:
        return Dialect(hint[1]), 1
    best, found = 0.0, None
    for separator in ",;\t|":
        for spaced in (False, True):
            if spaced and not any(f'{separator} "' in line for line in lines):
                continue
            dialect = Dialect(separator, spaced=spaced)
            even = _evenness(lines, dialect)
            if separator == "\t":
                even = max(even, _evenness(lines, replace(dialect, quotes=False)))
                even += source.suffix in (".tsv", ".tab") and even > 0
            if even > best:
                best, found = even, dialect
    if found is None or best < 0.02:
        return _single(lines), 0
    return found, 0


def _evenness(lines: list[str], dialect: Dialect) -> float:
    """Weigh how many rows are as wide as the header is, and how wide that is; 0 where the header is one cell."""
    rows = records([lines], dialect, 0, lambda *_: None)
    filled = [row for row in islice(rows, SAMPLE) if any(map(str.strip, row[1]))]
    width = len(filled[_header(filled[:TOP])][1]) if filled else 0
    if width < 2:
        return 0.0
    alike = sum(len(cells) == width for _, cells in filled)
    return float((alike / len(filled)) ** 3 * (1 - 1 / width))


def _breadth(lines: list[str], dialect: Dialect) -> int:
    """Count the columns of the header, quotes taken for letters."""
    rows = records([lines], replace(dialect, quotes=False), 0, lambda *_: None)
    top = [row for row in islice(rows, TOP) if any(map(str.strip, row[1]))]
    return len(top[_header(top)][1]) if top else 0


def _single(lines: list[str]) -> Dialect:
    """Take every line for one cell, commas and all, but where the first names columns and hardly a row is so wide."""
    first = next(line for line in lines if line.strip())
    return Dialect("," if "," in first and ", " not in first else "\x1f")


def _literal(source: Source, encoding: str, dialect: Dialect, width: int) -> bool | None:
    """Say whether quotes are mere letters: whether they balance as CSV or tear rows that are whole without them.

    None where no cell begins with a quote. Asked of the whole file: in a table of millions the first may stand late.
    """
    begins = re.compile(f'(?:^|{re.escape(dialect.separator)})"', re.MULTILINE)
    plain = replace(dialect, quotes=False)
    quoted = torn = 0
    with source.opened() as file:
        for lines in blocks(file, encoding):
            text = "".join(lines)
            if '"' in text and (found := len(begins.findall(text))):
                quoted += found
                torn += _misfits(lines, dialect, width) - _misfits(lines, plain, width)
            if quoted > QUOTED:
                break
    return torn > 0.1 * quoted if quoted else None


def _misfits(lines: list[str], dialect: Dialect, width: int) -> int:
    """Count the rows that are torn or not as wide as the others."""
    torn: list[int] = []
    rows = records([lines], dialect, width, lambda line, *_: torn.append(line))
    return sum(len(cells) != width for _, cells in rows) + len(torn)


def _width(line: str, dialect: Dialect) -> int:
    """Count the cells of a line that stands alone; 0 where it is none."""
    try:
        return len(next(csv.reader([line], **dialect.options), []))
    except csv.Error:
        return 0


class _Long(str):
    """The beginning of a line that is too long to be kept."""

    __slots__ = ()


def blocks(file: IO[bytes], encoding: str) -> Iterator[list[str]]:
    """Read lines with their ends, many at once; of a line longer than a row may be, only the beginning is given."""
    decoder = codecs.getincrementaldecoder(readable(encoding))()
    rest, skipping = "", False
    while True:
        data = file.read(BLOCK)
        text = rest + decoder.decode(data, final=not data)
        if skipping:
            at = re.search(r"[\r\n]", text)
            text, skipping = (text[at.start() :].removeprefix("\r").removeprefix("\n"), False) if at else ("", True)
        lines = list(io.StringIO(text, newline=""))
        rest = lines.pop() if data and lines and not lines[-1].endswith("\n") else ""  # a \r may be half of \r\n
        if len(rest) > ROW:
            lines.append(_Long(rest[:ROW]))
            rest, skipping = "", True
        yield lines
        if not data:
            return


class _Feed:
    """Give lines to `csv` and keep those of the row it is at, so that they can be read again."""

    def __init__(self, found: Iterator[list[str]]) -> None:
        self.found = found
        self.kept: list[tuple[int, list[str]]] = []  # blocks with the number of their first line
        self.again: list[str] | None = None
        self.next = 1  # the number of the line to be read next
        self.done = 0  # the last line of the last row that was read
        self.odd = False  # zero bytes or lines too long were met

    def __iter__(self) -> _Feed:
        return self

    def __next__(self) -> list[str]:
        self.kept = [(first, kept) for first, kept in self.kept if first + len(kept) - 1 > self.done]
        if sum(sum(map(len, kept)) for _, kept in self.kept[1:]) > ROW:
            raise csv.Error("field limit")
        lines, self.again = (next(self.found) if self.again is None else self.again), None
        self.odd = self.odd or (bool(lines) and isinstance(lines[-1], _Long)) or "\0" in "".join(lines)
        self.kept.append((self.next, lines))
        self.next += len(lines)
        return lines

    def lines(self, first: int, last: int) -> list[str]:
        """Give lines that are still kept, by their numbers."""
        return [line for at, kept in self.kept for line in kept[max(first - at, 0) : max(last + 1 - at, 0)]]

    def back(self, line: int) -> None:
        """Go back, so that this line is the next."""
        self.again = self.lines(line, self.next)
        self.kept, self.next, self.done = [], line, line - 1


def records(found: Iterator[list[str]] | list[list[str]], dialect: Dialect, width: int, aside: Aside) -> Rows:
    """Read rows with the line each begins on; of a torn one the first line is set aside, and the next read anew."""
    csv.field_size_limit(CELL)
    feed = _Feed(iter(found))
    more = True
    while more:
        start = feed.next - 1
        reader, before = csv.reader(chain.from_iterable(feed), **dialect.options), 0
        more = False
        try:
            for cells in reader:
                first, before = start + before + 1, reader.line_num
                last = start + before
                if (feed.odd or (last > first and width not in (0, len(cells)))) and (
                    reason := _fault(feed.lines(first, last), cells, dialect, width)
                ):
                    aside(first, reason, cells if reason == NUL else _beginning(feed, first))
                    if reason != NUL:
                        feed.back(first + 1)
                        more = True
                        break
                elif cells:
                    yield first, cells
                feed.done = last
        except csv.Error as error:
            first = start + before + 1
            aside(first, _torn(str(error), feed.lines(first, first)[0]), _beginning(feed, first))
            feed.back(first + 1)
            more = True


def _fault(lines: list[str], cells: list[str], dialect: Dialect, width: int) -> str | None:
    """Say what is wrong with a row that `csv` could read."""
    if any(isinstance(line, _Long) for line in lines):
        return f"the row is longer than {ROW:,} characters, and only its beginning stands here"
    if any("\0" in cell for cell in cells):
        return NUL
    if width not in (0, len(cells)) and any(_width(line, dialect) == width for line in lines[1:]):
        return UNCLOSED
    return None


def _beginning(feed: _Feed, line: int) -> list[str]:
    """Give the text of a torn line as one cell."""
    (text,) = feed.lines(line, line)
    text = text.rstrip("\r\n")
    return [text if len(text) <= CELL else f"{text[:SHOWN]}…"]


UNCLOSED = "a quote is opened here and never closed"


def _torn(said: str, line: str) -> str:
    if "field" in said and "limit" in said:
        return TOO_LONG if len(line) > CELL else UNCLOSED
    if "unexpected end of data" in said:
        return UNCLOSED
    return f"the row cannot be read: {said}"
