"""Showing: a table becomes lines on a terminal, or plain TSV, CSV, JSON, Markdown or HTML; and it goes into a file."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, TextIO

from terrordb.cli.options import Format, draws
from terrordb.errors import TerrorDBError
from terrordb.reports.table import Table, one_line, say

if TYPE_CHECKING:
    from datetime import date

    from terrordb.loading.keeping import Progress

TERMINAL = 50  # rows of an answer on a terminal
FORMULA = frozenset("=+-@\t\r\n＝＋－＠")  # how a cell begins that a spreadsheet may take for a formula
NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")


def on_terminal() -> bool:
    """Say whether the output goes to a terminal."""
    return sys.stdout.isatty()


def show(table: Table, format_: Format | None, *, raw: bool = False, quiet: bool = False, page: str = "") -> None:
    """Print a table; without a format, as a table on a terminal and as TSV elsewhere.

    In CSV a cell that a spreadsheet would take for a formula gets a `'`, unless `raw`.  `page` entitles a page of HTML.
    """
    show_all((table,), format_, raw=raw, quiet=quiet, page=page)


def show_all(
    tables: Iterable[Table], format_: Format | None, *, raw: bool = False, quiet: bool = False, page: str = ""
) -> None:
    """Print tables, a blank line between two of them; in HTML they make one page."""
    chosen = format_ or (Format.table if on_terminal() else Format.tsv)
    if chosen is Format.html:
        from terrordb.reports.pages import lines

        write(lines(tables, page))
        return
    guard = _Guard()
    for n, table in enumerate(tables):
        if n:
            sys.stdout.write("\n")
        PRINTERS[chosen](guard.over(table) if chosen is Format.csv and not raw else table)
    guard.tell(quiet=quiet)


class _Guard:
    """Keep a spreadsheet from reading cells as formulas, and count them."""

    def __init__(self) -> None:
        self.count = 0

    def over(self, table: Table) -> Table:
        """Guard a table, as its rows are read."""
        rows = ([self.cell(cell) for cell in row] for row in table.rows)
        return Table(table.title, [self.cell(name) for name in table.columns], rows, table.notes)

    def cell(self, value: Any) -> str:
        """Print a cell with a sign before it that keeps it words."""
        said = say(value)
        if said[:1] not in FORMULA or NUMBER.fullmatch(said):
            return said
        self.count += 1
        return f"'{said}"

    def tell(self, *, quiet: bool) -> None:
        """Say that cells are not as they were."""
        if self.count:
            said = "1 cell that a spreadsheet" if self.count == 1 else f"{self.count:,} cells that a spreadsheet"
            tell(f"{said} would take for a formula begin with ': --raw prints them as they are", quiet=quiet)


@contextmanager
def into(output: str | None, *, force: bool = False, quiet: bool = False) -> Iterator[None]:
    """Send what is printed to a file, which is there when it is whole and not before; no name and `-` are the output.

    A file that is there already is an error unless `force`, and stays as it was where anything goes wrong.
    """
    if output is None or output == "-":
        yield
        return
    path = Path(os.path.realpath(output))  # a link stays one
    check_place(output, force=force)
    with _telling(output, path):
        device = path.exists() and not path.is_file()  # a pipe or a device is nothing that could be replaced
    aside = path if device else path.with_name(f".terrordb-{os.urandom(6).hex()}")
    try:
        with (
            _telling(output, aside),
            aside.open("w" if device else "x", encoding="utf-8", errors="surrogateescape", newline="") as file,
            redirect_stdout(file),
        ):
            yield
        with _telling(output, aside):
            size = "" if device else f" ({aside.stat().st_size:,} bytes)"
            if not device:
                _put(aside, path, output, force=force)
    finally:
        if not device:
            aside.unlink(missing_ok=True)
    tell(f"written: {output}{size}", quiet=quiet)


def check_place(output: str, *, force: bool = False) -> None:
    """Refuse a place where `into` could write no file; `-` is the output."""
    if output != "-":
        path = Path(os.path.realpath(output))
        with _telling(output, path):
            _check_free(path, output, force=force)


@contextmanager
def _telling(output: str, path: Path) -> Iterator[None]:
    """Say why a file cannot be written; what is wrong with another file is not told so."""
    try:
        yield
    except OSError as error:
        if error.filename not in (None, str(path)):
            raise
        raise TerrorDBError(
            f"{output} cannot be written: {error.strerror}", "name a file in a folder of yours that has room"
        ) from error


def _check_free(path: Path, output: str, *, force: bool) -> None:
    """Refuse a place where no file may be written."""
    if path.is_dir() or not output:
        raise TerrorDBError(f"'{output}' is a folder" if output else "the file has no name", "name a file in it")
    if not path.parent.is_dir():
        raise TerrorDBError(f"there is no folder for {output}", "make the folder first, or name another file")
    if path.is_file() and not force:
        raise TerrorDBError(f"{output} is there already", "name another file, or replace it with --force")


def _put(aside: Path, path: Path, output: str, *, force: bool) -> None:
    """Put a file that is whole in its place; a file that it replaces hands on who may read it."""
    _check_free(path, output, force=force)
    if path.exists():
        aside.chmod(path.stat().st_mode)
    aside.replace(path)


def _tsv(table: Table) -> None:
    rows = ("\t".join(map(one_line, row)) for row in table.rows)
    write([*_titled(table), "\t".join(table.columns)])
    write(rows)
    write(_noted(table))


def _csv(table: Table) -> None:
    import csv

    writer = csv.writer(_Lines(), lineterminator="\r\n")
    write(_titled(table))
    writer.writerow(table.columns)
    writer.writerows([say(cell) for cell in row] for row in table.rows)
    writer.writerows([note] if note else [] for note in _noted(table))


class _Lines:
    """End the rows of a CSV as every line here: its writer quotes a carriage return only where rows end with one."""

    def write(self, row: str) -> int:
        return sys.stdout.write(f"{row[:-2]}\n")


def _json(table: Table) -> None:
    write_json(dict(zip(table.columns, row, strict=True)) for row in table.rows)


def _jsonl(table: Table) -> None:
    write_jsonl(dict(zip(table.columns, row, strict=True)) for row in table.rows)


def write_json(objects: Iterable[Any]) -> None:
    """Print an array of objects, one a line, without holding them all."""
    out, between = sys.stdout, "["
    for item in objects:
        out.write(f"{between}\n{_dump(item)}")
        between = ","
    out.write("\n]\n" if between == "," else "[]\n")


def write_jsonl(objects: Iterable[Any]) -> None:
    """Print an object a line."""
    write(_dump(item) for item in objects)


def _dump(item: Any) -> str:
    return json.dumps(item, ensure_ascii=False, default=_date)


def _date(value: date) -> str:
    return str(value)


def _md(table: Table) -> None:
    from terrordb.reports.markdown import table_lines

    write(table_lines(table))


def _table(table: Table) -> None:
    if on_terminal():
        from terrordb.cli.drawing import draw

        draw(table)
    else:
        write(plain_lines(table))


def plain_lines(table: Table, said: Callable[[Any], str] = one_line) -> Iterator[str]:
    """Align a table with spaces: what a terminal without Rich, or a page of documentation, can hold."""
    rows = [[one_line(said(cell)) for cell in row] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(table.columns, *rows, strict=True)]
    yield from _titled(table)
    for row in (table.columns, *rows):
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
    yield from _noted(table)


def _titled(table: Table) -> list[str]:
    return [table.title] if table.title else []


def _noted(table: Table) -> list[str]:
    return ["", *map(one_line, table.notes)] if table.notes else []


PRINTERS: dict[Format, Callable[[Table], None]] = {
    Format.tsv: _tsv,
    Format.csv: _csv,
    Format.json: _json,
    Format.jsonl: _jsonl,
    Format.md: _md,
    Format.table: _table,
}


def write(lines: Iterable[str]) -> None:
    """Print lines."""
    sys.stdout.writelines(f"{line}\n" for line in lines)


def tell(*lines: str, quiet: bool = False, to: TextIO | None = None) -> None:
    """Say something about the answer, on the error stream unless told otherwise."""
    if not quiet:
        for line in lines:
            print(line, file=to or sys.stderr)


def waiting(*, quiet: bool) -> Callable[[], None]:
    """Make a teller of a wait for another program, which tells it once."""
    told: list[bool] = []

    def wait() -> None:
        if not told:
            done(quiet=quiet)
            tell("another program writes to the database: waiting until it is done", quiet=quiet)
        told.append(True)

    return wait


def counted(number: int, noun: str) -> str:
    """Write a number of things."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def progress(*, quiet: bool) -> Progress:
    """Make a teller of progress: one line that changes, on a terminal only."""
    if quiet or not draws(sys.stderr):
        return lambda _stage, _rows, _total=0: None
    begun: dict[str, float] = {}

    def step(stage: str, rows: int, total: int = 0) -> None:
        spent = monotonic() - begun.setdefault(stage, monotonic())
        print(f"\r\x1b[K{stage}{pace(rows, total, spent)}", end="", file=sys.stderr, flush=True)

    return step


def pace(rows: int, total: int, seconds: float) -> str:
    """Say how far a stage is: rows, of how many (0: nobody knows), how many a second, and how long it may take."""
    if not rows:
        return ""
    said = f": {rows:,} of {total:,} rows" if total else f": {rows:,} rows so far"
    if seconds < 1:
        return said
    said += f", {rows / seconds:,.0f} a second"
    left = (total - rows) * seconds / rows
    if left < 1:
        return said
    return f"{said}, {f'{left / 60:.0f} min' if left > 90 else f'{left:.0f} s'} left"


def done(*, quiet: bool) -> None:
    """Clear the line of progress."""
    if not quiet and draws(sys.stderr):
        print("\r\x1b[K", end="", file=sys.stderr)
