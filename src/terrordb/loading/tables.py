"""Any table: what a file, a folder, an archive or standard input holds, as raw rows of text."""

from __future__ import annotations

import gzip
import io
import re
import sys
import weakref
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from terrordb.errors import BadData
from terrordb.loading import delimited, encodings, inserts, jsonlines, workbooks
from terrordb.loading.raw import Aside, RawTable, Source, put_down, readable, stamp
from terrordb.loading.sheets import sha256

__all__ = ["Aside", "RawTable", "open_tables", "read_stdin"]

RATIO = 200  # what unpacks to more than so many times its size is refused,
FLOOR = 2**24  # unless it is small all the same
UNPACKED = 2**33  # bytes that are unpacked at most
TABLES = (".csv", ".tsv", ".tab", ".xlsx", ".xlsm", ".ods", ".jsonl", ".ndjson", ".sql", ".zip", ".gz")
PACKED = (".zip", ".gz", ".7z", ".rar", ".tar", ".tgz", ".bz2", ".xz", ".zst")
BINARY = (".xlsx", ".xlsm", ".ods", ".zip", ".gz")
OTHER = {  # what is no table, by how it begins
    b"\xd0\xcf\x11\xe0": ("an old or an encrypted Office file", "save it as XLSX or CSV, without a password"),
    b"%PDF": ("a PDF", "a table must be taken out of it first"),
    b"7z\xbc\xaf": ("a 7z archive", "unpack it"),
    b"Rar!": ("a RAR archive", "unpack it"),
    b"BZh": ("packed with bzip2", "unpack it"),
    b"\xfd7zXZ": ("packed with xz", "unpack it"),
    b"\x28\xb5\x2f\xfd": ("packed with zstd", "unpack it"),
    b"SQLite format 3": ("an SQLite database", "write its tables as CSV"),
}


def open_tables(path: Path, *, encoding: str | None = None, sheet: str | None = None) -> list[RawTable]:
    """Find the tables of a file, a folder, an archive, or - of standard input; BadData says why what cannot be read."""
    if str(path) == "-":
        return read_stdin(encoding=encoding, sheet=sheet)
    if path.is_dir():
        return _folder(path, encoding, sheet)
    if not path.exists():
        raise BadData("there is no such file", place=str(path))
    try:
        return _file(_on_disk(path, path.name), encoding, sheet)
    except OSError as error:
        raise BadData(f"cannot be read: {error.strerror or error}", place=str(path)) from error


def read_stdin(
    *, encoding: str | None = None, sheet: str | None = None, stream: IO[bytes] | None = None
) -> list[RawTable]:
    """Copy standard input to a temporary file, and find its tables; the file goes with them."""
    path = put_down(stream or sys.stdin.buffer)
    try:
        tables = _file(_on_disk(path, "standard input"), encoding, sheet)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    left = [len(tables)]

    def forget() -> None:
        left[0] -= 1
        if not left[0]:
            path.unlink(missing_ok=True)

    for table in tables:
        table.copied = True
        weakref.finalize(table, forget)
    return tables


def _on_disk(path: Path, label: str) -> Source:
    at = stamp(path)
    return Source(path, label, sha256(path), lambda: path.open("rb"), at)


def _folder(path: Path, encoding: str | None, sheet: str | None) -> list[RawTable]:
    inside = sorted(p for p in path.iterdir() if not p.name.startswith((".", "~$")))
    found = [p for p in inside if p.is_file() and p.suffix.casefold() in TABLES]
    if not found:
        raise BadData("the folder holds no table", f"such as {', '.join(TABLES)}", str(path))
    tables = _all([partial(open_tables, p, encoding=encoding, sheet=sheet) for p in found], str(path))
    if left := [p.name for p in inside if p not in found]:
        tables[0].said.insert(0, f"left out of {path.name}: {', '.join(left)} (name a file to have it read)")
    return tables


def _all(opened: list[Callable[[], list[RawTable]]], place: str) -> list[RawTable]:
    """Open all; what is wrong with any is told together."""
    tables: list[RawTable] = []
    wrong: list[BadData] = []
    for open_ in opened:
        try:
            tables += open_()
        except BadData as error:
            wrong.append(error)
    if len(wrong) == 1:
        raise wrong[0]
    if wrong:
        raise BadData(f"{len(wrong)} files cannot be read", "mend them, or take them out", place, map(str, wrong))
    return tables


def _file(source: Source, encoding: str | None, sheet: str | None) -> list[RawTable]:
    """Tell by its first bytes what a file is."""
    with _unpacking(source.label), source.opened() as file:
        head = file.read(2**16)
    if not head:
        raise BadData("the file is empty", "its first line must name the columns", source.label)
    if source.suffix == ".dbf":
        raise BadData("it is a dBASE table, which is not read", "save it as CSV", source.label)
    for magic, (what, remedy) in OTHER.items():
        if head.startswith(magic):
            raise BadData(f"it is {what}, and no table", remedy, source.label)
    if head[257:262] == b"ustar":
        raise BadData("it is a tar archive, and no table", "unpack it", source.label)
    if head.startswith(b"\x1f\x8b"):
        if source.inside:
            raise BadData("it is packed twice, and not opened", "unpack it", source.label)
        return _file(_gzipped(source), encoding, sheet)
    if head.startswith(b"PK\x03\x04"):
        return _zip(source, encoding, sheet)
    with _unpacking(source.label):
        return _text(source, head, encoding, sheet)


@contextmanager
def _unpacking(label: str) -> Iterator[None]:
    """Say of what cannot be unpacked that it is damaged."""
    try:
        yield
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise BadData(f"the archive is damaged: {error}", "pack it anew, or unpack it", label) from error


def _text(source: Source, head: bytes, named: str | None, sheet: str | None) -> list[RawTable]:
    encoding, said = encodings.find(source.opened, named, source.label)
    if (ending := Path(source.label.casefold()).suffix) in BINARY and not source.inside:
        said = [f"it is called {ending}, does not begin as such a file does, and is read as text", *said]
    begun = head.decode(readable(encoding), "ignore").lstrip("\ufeff \t\r\n")
    if source.suffix == ".sql" or (source.suffix not in (".csv", ".tsv", ".tab") and inserts.START.search(begun)):
        return inserts.tables(source, encoding, said, sheet)
    if source.suffix in (".json", ".geojson") and not jsonlines.is_object(begun):
        raise BadData("it is one JSON document", "write one object a line, as jq -c '.[]' does", source.label)
    if source.suffix in (".jsonl", ".ndjson") or jsonlines.is_object(begun):
        return [jsonlines.table(source, encoding, said)]
    return [delimited.table(source, encoding, said)]


# -- packed files --


class _Counted(io.RawIOBase):
    """What a packed file unpacks to, until it is too much."""

    def __init__(self, file: IO[bytes], packed: int, label: str) -> None:
        self.file, self.packed, self.label, self.size = file, packed, label, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        data = self.file.read(len(buffer))
        self.size += len(data)
        _bounded(self.size, self.packed, self.label)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self.file.close()
        super().close()


def _bounded(size: int, packed: int, label: str) -> None:
    """Refuse what unpacks to far more than it is."""
    if size > UNPACKED or (size > FLOOR and size > RATIO * packed):
        said = (
            f"it unpacks to more than {RATIO} times its size" if size <= UNPACKED else "it unpacks to more than 8 GiB"
        )
        raise BadData(said, "if that is right, unpack it and load what it holds", label)


def _gzipped(source: Source) -> Source:
    def opened() -> IO[bytes]:
        unpacked = gzip.GzipFile(fileobj=source.opened())
        unpacked.myfileobj = unpacked.fileobj  # type: ignore[assignment] # closed with it
        return io.BufferedReader(cast(Any, _Counted(cast(IO[bytes], unpacked), source.stamp[0], source.label)), 2**18)

    return Source(source.path, source.label, source.sha256, opened, source.stamp, inside=True)


def _zip(source: Source, encoding: str | None, sheet: str | None) -> list[RawTable]:
    """Open a workbook, or each table of an archive."""
    try:
        with zipfile.ZipFile(source.on_disk()) as archive:
            members = archive.infolist()
            kind = archive.read("mimetype")[:100] if "mimetype" in archive.namelist() else b""
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise BadData(f"the archive is damaged: {error}", "pack it anew, or unpack it", source.label) from error
    names = {member.filename for member in members}
    for member in members:
        _bounded(member.file_size, member.compress_size, f"{source.label}/{_name(member)}")
    _bounded(sum(member.file_size for member in members), source.on_disk().stat().st_size, source.label)
    if "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names):
        return [workbooks.table(source, "xlsx", sheet)]
    if kind.startswith(b"application/vnd.oasis.opendocument.spreadsheet"):
        return [workbooks.table(source, "ods", sheet)]
    if "[Content_Types].xml" in names or kind:
        raise BadData("it is a document of words, and no table", "save its table as XLSX or CSV", source.label)
    if source.inside:
        raise BadData("it is an archive within another, and not opened", "unpack it", source.label)
    return _members(source, members, encoding, sheet)


def _members(source: Source, members: list[zipfile.ZipInfo], encoding: str | None, sheet: str | None) -> list[RawTable]:
    opened: list[Callable[[], list[RawTable]]] = []
    nested, left = [], []
    for member in sorted(members, key=_name):
        name = _name(member)
        path = PurePosixPath(name)
        if name.startswith("/") or re.match("[A-Za-z]:", name) or ".." in path.parts or "\\" in member.orig_filename:
            said = f"the archive holds '{member.orig_filename}', a path that leads out of its folder"
            raise BadData(said, "pack it anew, without such a path", source.label)
        if member.is_dir() or path.name.startswith((".", "~$")) or path.parts[0] == "__MACOSX":
            continue
        if member.flag_bits & 1:
            raise BadData("the archive is encrypted", "unpack it", f"{source.label}/{name}")
        if path.suffix.casefold() in PACKED:
            nested.append(name)
        elif path.suffix.casefold() in TABLES:
            opened.append(partial(_file, _member(source, member), encoding, sheet))
        else:
            left.append(name)
    if not opened:
        held = ", ".join(nested + left) or "nothing"
        raise BadData("the archive holds no table", f"it holds: {held[:500]}", source.label)
    tables = _all(opened, source.label)
    if nested:
        tables[0].said.insert(0, f"archives within {source.label} are not opened: {', '.join(nested)}")
    if left:
        tables[0].said.insert(0, f"left out of {source.label}: {', '.join(left)}")
    return tables


def _name(member: zipfile.ZipInfo) -> str:
    """Give a member's name; those that Windows wrote without saying how are Russian if they can be."""
    if member.flag_bits & 0x800 or member.filename.isascii():
        return member.filename
    name = member.filename.encode("cp437", "replace").decode("cp866")
    return name if re.fullmatch(r"[ -~А-яЁё№]+", name) else member.filename


def _member(source: Source, member: zipfile.ZipInfo) -> Source:
    def opened() -> IO[bytes]:
        archive = zipfile.ZipFile(source.path)
        try:
            file = archive.open(member)
        finally:
            archive.close()  # what is open within keeps the file open for itself
        return io.BufferedReader(cast(Any, _Counted(file, member.compress_size, label)), 2**18)

    label = f"{source.label}/{_name(member)}"
    return Source(source.path, label, source.sha256, opened, source.stamp, inside=True)
