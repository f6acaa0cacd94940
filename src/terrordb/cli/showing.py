"""Showing: a table becomes lines on a terminal, or plain TSV, CSV, JSON or Markdown."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, TextIO

from terrordb.cli.options import Format, draws
from terrordb.reports.table import Table, say

if TYPE_CHECKING:
    from datetime import date

TERMINAL = 50  # rows of an answer on a terminal
SPACE = re.compile(r"\r\n|[\t\n\v\f\r\x1c-\x1e\x85\u2028\u2029]")
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")


def on_terminal() -> bool:
    """Say whether the output goes to a terminal."""
    return sys.stdout.isatty()


def show(table: Table, format_: Format | None) -> None:
    """Print a table; without a format, as a table on a terminal and as TSV elsewhere."""
    chosen = format_ or (Format.table if on_terminal() else Format.tsv)
    PRINTERS[chosen](table)


def one_line(cell: Any) -> str:
    """Print a cell on one line, whatever it holds: a terminal obeys no sign that came with a file."""
    return CONTROL.sub("\N{REPLACEMENT CHARACTER}", SPACE.sub(" ", say(cell)))


def _tsv(table: Table) -> None:
    rows = ("\t".join(map(one_line, row)) for row in table.rows)
    _write([*_titled(table), "\t".join(table.columns)])
    _write(rows)
    _write(_noted(table))


def _csv(table: Table) -> None:
    import csv

    writer = csv.writer(sys.stdout, lineterminator="\n")
    _write(_titled(table))
    writer.writerow(table.columns)
    writer.writerows([say(cell) for cell in row] for row in table.rows)
    writer.writerows([note] if note else [] for note in _noted(table))


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
    _write(_dump(item) for item in objects)


def _dump(item: Any) -> str:
    return json.dumps(item, ensure_ascii=False, default=_date)


def _date(value: date) -> str:
    return str(value)


def _md(table: Table) -> None:
    def cells(row: Sequence[Any]) -> str:
        return "| " + " | ".join(re.sub(r"([\\|<*`])", r"\\\1", one_line(cell)) for cell in row) + " |"

    _write([f"**{table.title}**", ""] if table.title else [])
    _write([cells(table.columns), cells(["---"] * len(table.columns))])
    _write(cells(row) for row in table.rows)
    _write(line for note in table.notes for line in ("", note))


def _table(table: Table) -> None:
    if draws(sys.stdout):
        from terrordb.cli.drawing import draw

        draw(table)
    else:
        _plain(table)


def _plain(table: Table) -> None:
    """Align a table with spaces: what a terminal without Rich, or a page of documentation, can hold."""
    rows = [[one_line(cell) for cell in row] for row in table.rows]
    widths = [max(map(len, column)) for column in zip(table.columns, *rows, strict=True)]
    _write(_titled(table))
    for row in (table.columns, *rows):
        _write(["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()])
    _write(_noted(table))


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


def _write(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


def tell(*lines: str, quiet: bool = False, to: TextIO | None = None) -> None:
    """Say something about the answer, on the error stream unless told otherwise."""
    if not quiet:
        for line in lines:
            print(line, file=to or sys.stderr)


def counted(number: int, noun: str) -> str:
    """Write a number of things."""
    return f"{number:,} {noun}{'s' if number != 1 else ''}"


def progress(*, quiet: bool) -> Callable[[str, int], None]:
    """Make a teller of progress: one line that changes, on a terminal only."""
    if quiet or not draws(sys.stderr):
        return lambda _kind, _rows: None

    def step(kind: str, rows: int) -> None:
        print(f"\r\x1b[K{kind}{f': {rows:,} rows so far' if rows else ''}", end="", file=sys.stderr, flush=True)

    return step


def done(*, quiet: bool) -> None:
    """Clear the line of progress."""
    if not quiet and draws(sys.stderr):
        print("\r\x1b[K", end="", file=sys.stderr)
