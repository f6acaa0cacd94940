"""Files of rows: which kind each is of, its header, and its rows as they are read, one at a time."""

from __future__ import annotations

import codecs
import csv
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from terrordb import models
from terrordb.errors import BadData, nearest
from terrordb.loading.complaints import Complaints
from terrordb.loading.encodings import high_words, refuse_damaged
from terrordb.models.fields import Field

SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}
CELL = 2**20  # a cell is refused above a mebibyte


@dataclass
class Sheet:
    """One file of rows of one kind; `list_id` is the source that the file itself is, where no row names one."""

    path: Path
    kind: str
    label: str
    encoding: str
    header: list[str]
    fields: list[Field]
    sha256: str
    list_id: str | None = None
    list_title: str = ""
    named: bool = False  # the list was named by the user, and not by the file's name
    said: list[str] = field(default_factory=list)  # what was decided, to be told to the user

    read_as: dict[str, Any] | None = None  # of a mapped list: its header and its profile, for the journal
    reading: tuple[str, ...] = ()  # of a mapped list: digests of the file as it is read, and of how lists are so

    mended: bool = False  # rows of the list that were set aside once: it says nothing of the others

    torn: bool = False  # rows were met that cannot be read

    @property
    def place(self) -> Path:
        """Say where the rows stand, for who mends them."""
        return self.path

    def rows(self, complaints: Complaints) -> Iterator[tuple[int, list[str]]]:
        """Read rows with the line each begins on; empty lines are passed over, torn ones are complaints."""
        width = len(self.header)
        for line, cells in self._read(complaints):
            if not any(map(str.strip, cells)):
                continue
            if len(cells) == width:
                yield line, cells
            else:
                said = f"the row has {len(cells)} cells, the header {width}"
                remedy = "put quotes around cells that hold a comma, and a cell for every column"
                complaints.add(self.path, line, said, remedy)
                self.torn = True

    def _read(self, complaints: Complaints) -> Iterator[tuple[int, list[str]]]:
        """Read the rows after the header; what tears the file ends it with a complaint."""
        with self.path.open(newline="", encoding=self.encoding) as file:
            reader = csv.reader(_whole_lines(file), strict=True)
            before = 0
            try:
                next(reader, None)
                before = reader.line_num
                for cells in reader:
                    if cells:
                        yield before + 1, cells
                    before = reader.line_num
                return
            except csv.Error as error:
                complaints.add(self.path, before + 1, *_torn(str(error)))
            except _Nul:
                complaints.add(
                    self.path, before + 1, "the row holds a NUL byte", "remove it: it is no character of any text"
                )
        self.torn = True


class _Nul(Exception):
    """A NUL byte was met."""


def _whole_lines(lines: Iterator[str]) -> Iterator[str]:
    for line in lines:
        if "\0" in line:
            raise _Nul
        yield line


def _torn(said: str) -> tuple[str, str]:
    if "unexpected end of data" in said:
        return "a quote is opened here and never closed", 'close it, or write "" for a quote within a cell'
    if "field limit" in said:
        return f"a cell is longer than {CELL:,} bytes", "a cell holds a value; look for a quote that is not closed"
    return f"the row cannot be read: {said}", 'write "" for a quote within a cell'


def sha256(path: Path) -> str:
    """Hash a file as it lies on disk."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def slug(text: str) -> str:
    """Make an id of a title or a file's name: small Latin letters, digits and hyphens."""
    from anyascii import anyascii

    return re.sub(r"[^a-z0-9]+", "-", anyascii(text).casefold()).strip("-")


def gather(paths: list[Path]) -> list[Path]:
    """Find the files that are meant: files as they are, of a folder its CSVs."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.glob("*.csv"))
            if not inside:
                raise BadData(
                    "the folder holds no CSV", "name a file, or a folder with files such as persons.csv", str(path)
                )
            found += inside
        elif not path.exists():
            raise BadData("there is no such file", place=str(path))
        else:
            found.append(path)
    return found


def open_sheet(path: Path, *, kind: str | None, encoding: str | None, label: str | None = None) -> Sheet:
    """Find out what a file is: its encoding, its kind, and the field of every column; BadData where that fails."""
    if kind is not None and kind not in models.KINDS:
        raise BadData(f"there is no kind '{kind}' to load", nearest(kind, models.KINDS))
    try:
        digest = sha256(path)
        encoding = encoding_of(path, encoding)
        header = _header(path, encoding)
    except OSError as error:
        raise BadData(f"cannot be read: {error.strerror}", place=str(path)) from error
    if len(header) == 1 and (sign := next((s for s in SEPARATORS if s in header[0]), None)):
        why = f"its columns seem to be separated by {SEPARATORS[sign]}"
        raise BadData(why, "save it with commas, or load it as a list of any shape: --as cases", f"{path}:1")
    kind, how = (kind, "") if kind else kind_of(path, header)
    said = [how] if how else []
    return Sheet(path, kind, label or path.name, encoding, header, columns_of(path, kind, header), digest, said=said)


def encoding_of(path: Path, named: str | None) -> str:
    """Take the encoding that is named, else UTF-8 with or without its mark, where the whole file is; else guess."""
    try:
        found = codecs.lookup(named or "utf-8").name
        decoder = codecs.getincrementaldecoder(found)()
        "".encode(found)
    except LookupError as error:
        raise BadData(f"there is no encoding '{named}'", "such as utf-8, cp1251, koi8-r, cp866", str(path)) from error
    with path.open("rb") as file:
        line, block = 1, b"-"
        while block:
            block = file.read(2**20)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                line += error.object.count(b"\n", 0, error.start)
                if not named:
                    refuse_damaged(high_words(lambda: path.open("rb")), f"{path}:{line}")
                begun = error.object.rfind(b"\n", 0, error.start) + 1
                said = f"not {named or 'UTF-8'}: {_guess(error.object[begun:] + file.read(2**18))}"
                raise BadData(said, "convert it, or name its encoding with --encoding", f"{path}:{line}") from error
            line += block.count(b"\n")
    return "utf-8-sig" if found == "utf-8" else found


def _guess(text: bytes) -> str:
    """Guess the encoding of a text, from the line on where it ceases to be UTF-8."""
    from charset_normalizer import from_bytes

    isolated = ["utf_16", "cp1251", "koi8_r", "cp866", "latin_1", "cp1252", "cp1250"]
    best = from_bytes(text[: 2**18], cp_isolation=isolated).best()
    return f"it looks like {best.encoding.replace('_', '-')}" if best else "its encoding cannot be guessed"


def _header(path: Path, encoding: str) -> list[str]:
    if not path.stat().st_size:
        raise BadData("the file is empty", "its first line must name the columns", str(path))
    csv.field_size_limit(CELL)
    with path.open(newline="", encoding=encoding) as file:
        try:
            header = [cell.strip() for cell in next(csv.reader(_whole_lines(file), strict=True), [])]
        except csv.Error as error:
            raise BadData(*_torn(str(error)), place=f"{path}:1") from error
        except _Nul as error:
            raise BadData("the header holds a NUL byte", "is it a CSV?", f"{path}:1") from error
    if not any(header):
        raise BadData("the file has no header", "its first line must name the columns", f"{path}:1")
    return header


def kind_of(path: Path, header: list[str]) -> tuple[str, str]:
    """Tell the kind by the file's name; else persons, where a column `name` is there, and say so."""
    stem = path.stem.casefold()
    if stem in models.KINDS:
        return stem, ""
    if "name" in (cell.casefold() for cell in header):
        return "persons", f"{path}: taken for persons, because a column 'name' is there (--as says otherwise)"
    kinds = ", ".join(models.KINDS)
    raise BadData(
        "the file's name is no kind, and no column 'name' is there",
        f"say what it holds with --as: {kinds}; or with --profile FILE.toml",
        str(path),
    )


def columns_of(path: Path, kind: str, header: list[str]) -> list[Field]:
    """Find the field of every column; all that are unknown, repeated or computed are told at once."""
    known = {f.header: f for f in models.kind(kind).fields.values()}
    writable = {h: f for h, f in known.items() if not f.computed}
    also = {f"{f.name}_id": f for f in writable.values() if f.kinds} | {"source": known["source_id"]}
    complaints, found = Complaints(), []
    for n, cell in enumerate(header, 1):
        if not cell:
            complaints.add(path, 1, f"column {n} has no name", "name it, or take it out")
        elif cell in header[: n - 1]:
            complaints.add(path, 1, f"the column '{cell}' stands twice", "keep one of them")
        elif field_ := (writable | also).get(cell):
            found.append(field_)
        elif cell in known:
            complaints.add(path, 1, f"the column '{cell}' is computed", "take it out: the database works it out")
        else:
            remedy = (
                f"{nearest(cell, writable)}; terrordb template {kind} prints all columns; "
                "--as KIND or --profile FILE.toml reads a list of any shape"
            )
            complaints.add(path, 1, f"{kind} have no column '{cell}'", remedy.lstrip("; "))
    complaints.settle()
    if len({f.name for f in found}) < len(found):
        raise BadData("two columns stand for one field", "keep one of them", f"{path}:1")
    return found
