"""Tables as they stand in a file: header and rows of text, before anybody asks what they mean."""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import weakref
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from terrordb.errors import BadData
from terrordb.loading.sheets import CELL

COLUMNS = 2_000  # a table with more columns is none
SHOWN = 1_000  # characters of what is too long to be kept

Aside = Callable[[int, str, list[str]], None]  # the line, the reason, the cells as they were read
Rows = Generator[tuple[int, list[str]], None, None]


@dataclass
class RawTable:
    """One table of a file; its rows are read as often as they are asked for, one at a time."""

    path: Path
    label: str
    sha256: str
    format: str
    encoding: str | None
    header: list[str]
    header_line: int
    said: list[str]  # what was decided; what only the reading shows is added at its end

    stamp: tuple[int, int]  # size and time of the file when it was opened
    written: list[str] = field(repr=False)  # the header's cells as they stand in the file
    read: Callable[[RawTable, Aside], Rows] = field(repr=False)
    copied: bool = False  # from standard input: the path is nothing to tell a user

    def rows(self, aside: Aside) -> Rows:
        """Read rows with their lines, each as wide as the header; what is no such row goes to `aside`."""
        width, written = len(self.header), self.written
        self._stands()
        for line, cells in self._cells(aside):
            if len(cells) == width:
                if cells == written:
                    aside(line, "the header stands here again", cells)
                elif cells[0].strip() or any(map(str.strip, cells)):
                    yield line, cells
            elif any(map(str.strip, cells)):
                aside(line, f"the row has {counted(len(cells), 'cell')}, the header {width}", cells)
        self._stands()

    def _cells(self, aside: Aside) -> Rows:
        try:
            yield from self.read(self, aside)
        except UnicodeDecodeError:  # all of the file could be decoded when it was opened
            self._stands()
            raise

    def _stands(self) -> None:
        """Refuse a file that is no longer the one that was opened."""
        if stamp(self.path) != self.stamp:
            raise BadData("the file changed while it was read", "load it again once it rests", str(self.path))

    def expected(self, some: Sequence[tuple[int, list[str]]]) -> int:
        """Reckon from some rows how many there may be, in two digits; 0 where the file's size says nothing of it."""
        if self.encoding is None or not some or self.path.suffix.casefold() in (".gz", ".zip"):
            return 0
        read = sum(len(",".join(cells).encode(self.encoding, "replace")) + 1 for _, cells in some)
        reckoned = round(self.stamp[0] * len(some) / read)
        return round(reckoned, 2 - len(str(reckoned)))

    def tell(self, said: str) -> None:
        """Add what the reading showed, once however often the rows are read."""
        if said not in self.said:
            self.said.append(said)


@dataclass
class Source:
    """Bytes that may be read again and again: a file, what a gzip file holds, a member of an archive."""

    path: Path  # the file on disk
    label: str
    sha256: str
    opened: Callable[[], IO[bytes]]
    stamp: tuple[int, int]
    inside: bool = False  # it lies in an archive
    copied: Path | None = None

    @property
    def suffix(self) -> str:
        """Give the ending of its name, in small letters, that of a packing left out."""
        return Path(self.label.casefold().removesuffix(".gz")).suffix

    def on_disk(self) -> Path:
        """Give a file that may be read in any order: what lies in an archive is unpacked for as long as it is used."""
        if not self.inside:
            return self.path
        if self.copied is None:
            with self.opened() as file:
                self.copied = put_down(file)
            weakref.finalize(self, self.copied.unlink, missing_ok=True)
        return self.copied

    def text(self, encoding: str) -> io.TextIOWrapper:
        """Open it as text, its line ends untouched."""
        return io.TextIOWrapper(buffered(self.opened()), readable(encoding), newline="")

    def table(
        self,
        form: str,
        header: tuple[int, list[str]],
        read: Callable[[RawTable, Aside], Rows],
        *,
        encoding: str | None = None,
        said: list[str] | None = None,
        part: str = "",
    ) -> RawTable:
        """Make a table of it, once its header may be one; `part` names the table where the file holds several."""
        line, written = header
        label = f"{self.label}#{part}" if part else self.label
        names = named(written, f"{label}:{line}")
        return RawTable(
            self.path,
            label,
            self.sha256,
            form,
            encoding,
            names,
            line,
            list(said or ()),
            self.stamp,
            written,
            read,
        )


def named(written: list[str], place: str) -> list[str]:
    """Name every column: those without a name by their number, those of one name by their turn."""
    if len(written) > COLUMNS:
        remedy = "a table of persons or cases has a few dozen; is it turned on its side?"
        raise BadData(f"the header has {len(written):,} columns; {COLUMNS:,} are the most", remedy, place)
    if any("\0" in cell for cell in written):
        raise BadData("the header holds a NUL byte", "is it a table at all?", place)
    plain = [re.sub(r"\s+", " ", cell.strip("\ufeff \t\r\n\xa0")) for cell in written]
    names: list[str] = []
    for n, cell in enumerate(plain, 1):
        name, turn = cell or f"column {n}", 1
        while name in names or (turn > 1 and name in plain):
            turn += 1
            name = f"{cell or f'column {n}'} ({turn})"
        names.append(name)
    return names


def heading(rows: list[tuple[int, list[str]]], share: float) -> int:
    """Find the header among the first rows: the first that fills so great a share of what the widest one fills."""
    filled = [sum(map(bool, map(str.strip, cells))) for _, cells in rows]
    return next(n for n, count in enumerate(filled) if count and count >= share * max(filled))


def above(rows: list[tuple[int, list[str]]], label: str = "line") -> list[str]:
    """Say what stands above a header: it is no row, and must not vanish unsaid."""
    said = []
    for line, cells in rows:
        if words := " | ".join(filter(None, map(str.strip, cells))):
            said.append(f"{label} {line} stands above the header and is no row: '{words[:200]}'")
    return said


def sound(line: int, cells: list[str], aside: Aside) -> bool:
    """Say whether all cells may be kept; else set the row aside, what is too long cut and with one cell more."""
    if any(len(cell) > CELL for cell in cells):
        cut = [cell if len(cell) <= SHOWN else f"{cell[:SHOWN]}…" for cell in cells]
        aside(line, TOO_LONG, [*cut, "(cut)"])  # so that it is not taken for a whole row when it is loaded again
        return False
    if any("\0" in cell for cell in cells):
        aside(line, NUL, cells)
        return False
    return True


TOO_LONG = f"a cell is longer than {CELL:,} characters, and only its beginning stands here"
NUL = "the row holds a NUL byte"


def stamp(path: Path) -> tuple[int, int]:
    """Give a file's size and time of change."""
    try:
        at = path.stat()
    except OSError as error:
        raise BadData(f"cannot be read: {error.strerror}", "load it again once it is there", str(path)) from error
    return at.st_size, at.st_mtime_ns


def counted(count: int, noun: str) -> str:
    """Write a count with its noun."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def readable(encoding: str) -> str:
    """Read UTF-8 with or without its mark."""
    return "utf-8-sig" if encoding == "utf-8" else encoding


def buffered(file: IO[bytes]) -> BinaryIO:
    """Give what a text can be read from."""
    return cast(BinaryIO, file if isinstance(file, io.BufferedIOBase) else io.BufferedReader(cast(Any, file)))


def put_down(file: IO[bytes]) -> Path:
    """Copy a stream into a temporary file; whoever asks for it removes it."""
    with tempfile.NamedTemporaryFile(prefix="terrordb-", delete=False) as copy:
        try:
            shutil.copyfileobj(file, copy, 2**20)
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise
    return Path(copy.name)
