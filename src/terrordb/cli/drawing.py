"""Drawing a table on a terminal: as columns where they fit, else one record beneath the other."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.padding import Padding
from rich.table import Table as Drawn
from rich.text import Text

from terrordb.cli.options import draws
from terrordb.cli.reporting import in_ascii, speaks_unicode
from terrordb.querying.passages import MARKS
from terrordb.reports.charts import text_of
from terrordb.reports.report import Prose, Verbatim, heading, marks, printed
from terrordb.reports.table import Table, safe, say

if TYPE_CHECKING:
    from terrordb.reports.report import Block, Report

GAP = 2  # between columns
TALLEST = 5  # lines of a cell; where one needs more, records stand one beneath the other
FEW = 2  # columns, which stand beside each other however long they are
WORD = 12  # a column that is no id may be as narrow as this, and its longer words are broken
Columns = dict[str, list[str]]


def draw(table: Table) -> None:
    """Draw a table; columns without any value are left away."""
    _draw(table, say, _console())


def _console() -> Console:
    """Give the terminal, as wide as it is: of one that obeys no signs Rich would not ask how wide it is."""
    width, height = (None, None) if draws(sys.stdout) else shutil.get_terminal_size()
    return Console(highlight=False, width=width, height=height)


def _shown(text: str) -> str:
    """Give a text as the terminal can show it: without signs that it would obey, or that it has no letter for."""
    return safe(text) if speaks_unicode() else in_ascii(safe(text))


def draw_report(report: Report) -> None:
    """Draw a report, section by section; the passages stand beneath."""
    console = _console()
    console.print(Text(_shown(report.title), style="bold underline"))
    for section in report.sections:
        console.print()
        if section.title:
            console.print(Text(_shown(section.title), style="bold"))
        for block in section.blocks:
            _draw_block(block, console, section.title)
    notes = report.notes.entries()
    if notes:
        console.print(Text("\nNotes", style="bold"))
    for note in notes:
        for line in note.lines():
            console.print(Padding(_note(line.strip()), (0, 0, 0, 2 if line.startswith(" ") else 0)))


def _draw_block(block: Block, console: Console, within: str) -> None:
    if isinstance(block, Prose):
        said = Text(_shown(f"{block.text} {marks(block.notes)}".rstrip()), style="italic" if block.quoted else "")
        console.print(Padding(said, (0, 0, 0, 2 if block.quoted else 0)))
    elif isinstance(block, Verbatim):
        for line in block.text.split("\n"):
            console.print(Text(_shown(line)), soft_wrap=True)
    elif isinstance(block, Table):
        _draw(block, printed, console)
    else:
        if title := heading(block, within):
            console.print(Text(_shown(title), style="bold"))
        console.print(Text(_shown(block.described), style="dim"))
        for line in text_of(block, console.width, ascii_only=not speaks_unicode()):
            console.print(Text(_shown(line)), no_wrap=True, overflow="crop")
    console.print()


def _draw(table: Table, said: Callable[[Any], str], console: Console) -> None:
    rows = [[_shown(said(cell)) for cell in row] for row in table.rows]
    every = {_shown(name): [row[n] for row in rows] for n, name in enumerate(table.columns)}
    columns = {name: cells for name, cells in every.items() if any(cells) or not rows}
    columns, same = _narrower(columns, console.width)
    if table.title:
        console.print(Text(_shown(table.title), style="bold"))
    if (widths := _widths(columns, console.width)) is not None:
        console.print(_drawn(columns, widths))
    else:
        _one_by_one(console, columns)
    if same:
        console.print(Text(f"in every row: {same}", style="dim"))
    if table.notes:
        console.print()
    for note in table.notes:
        console.print(_note(note))


def _note(note: str) -> Text:
    """Set in bold what stands between the marks of a passage, in place of these."""
    drawn = Text()
    for n, part in enumerate(re.split("|".join(MARKS), note)):
        drawn.append(_shown(part), style="bold" if n % 2 else None)
    return drawn


def _narrower(columns: Columns, width: int) -> tuple[Columns, str]:
    """Where a table is too wide, take out what is the same in every row, and say it once."""
    first = next(iter(columns), "")
    if sum(_wanted(columns)) + GAP * (len(columns) - 1) <= width or len(columns.get(first, ())) < GAP:
        return columns, ""
    same = {name: cells[0] for name, cells in columns.items() if name != first and len(set(cells)) == 1}
    left = {name: cells for name, cells in columns.items() if name not in same}
    return left, "; ".join(f"{name} {value}" for name, value in same.items())


def _wanted(columns: Columns) -> list[int]:
    return [
        max(cell_len(line) for cell in (name, *cells) for line in cell.split("\n")) for name, cells in columns.items()
    ]


def _widths(columns: Columns, width: int) -> list[int] | None:
    """Share the width among columns, the widest giving way first; None where not even their words have room."""
    widths = _wanted(columns)
    words = [
        max(cell_len(word) for cell in (name, *cells) for word in (cell.split() or [""]))
        for name, cells in columns.items()
    ]
    least = [word if n == 0 else min(word, WORD) for n, word in enumerate(words)]
    room = width - GAP * (len(columns) - 1)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        widest = max(range(len(widths)), key=lambda n: (widths[n] > least[n], widths[n]))
        widths[widest] -= 1
    longest = (max(map(cell_len, cells), default=0) for cells in columns.values())
    tall = any(long > TALLEST * width for long, width in zip(longest, widths, strict=True))
    return None if tall and len(widths) > FEW else widths


def _drawn(columns: Columns, widths: Sequence[int]) -> Drawn:
    drawn = Drawn(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, GAP - 1, 0, 0))
    for name, width in zip(columns, widths, strict=True):
        drawn.add_column(name, width=width, overflow="fold")
    for row in zip(*columns.values(), strict=True):
        drawn.add_row(*map(Text, row))
    return drawn


def _one_by_one(console: Console, columns: Columns) -> None:
    """Draw each row as a block: its first cell, and beneath it what the others hold."""
    first, *others = columns
    for n, head in enumerate(columns[first]):
        console.print(Text(head, style="bold"))
        block = Drawn.grid(padding=(0, GAP, 0, 0))
        block.add_column(no_wrap=True)
        block.add_column(overflow="fold")
        for name in others:
            if columns[name][n]:
                block.add_row(Text(f"  {name}"), Text(columns[name][n]))
        console.print(block)
