"""A report, or a table, as Markdown: nothing that stands in a record is read as markup."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from terrordb.querying.passages import MARKS
from terrordb.reports.charts import text_of
from terrordb.reports.report import Prose, Verbatim, filled, heading, marks, printed
from terrordb.reports.table import Table, one_line, safe

if TYPE_CHECKING:
    from terrordb.reports.report import Block, Report

__all__ = ["escaped", "report_lines", "table_lines"]

CHART = 88  # characters of a chart
_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~$!])")
_CELL = re.compile(r"([\\|<*`]|\](?=[(\[]))")  # a link's too; all of _MARKUP would hide what a cell says
_FENCE = re.compile(r"`+")
_START = re.compile(r"^(\s*)([-+=]|\d+[.)])(?=\s|$)")


def escaped(text: str) -> str:
    """Write a text so that Markdown shows it as it is, on one line."""
    return _START.sub(r"\1\\\2", _MARKUP.sub(r"\\\1", one_line(text)))


def table_lines(table: Table, said: Callable[[Any], str] = one_line) -> Iterator[str]:
    """Write a table, its title above and its notes beneath."""

    def cells(row: Sequence[Any], say: Callable[[Any], str]) -> str:
        return "| " + " | ".join(_CELL.sub(r"\\\1", one_line(say(cell))) for cell in row) + " |"

    yield from [f"**{table.title}**", ""] if table.title else []
    yield cells(table.columns, one_line)
    yield cells(["---"] * len(table.columns), one_line)
    for row in table.rows:
        yield cells(row, said)
    for note in table.notes:
        yield from ("", note)


def report_lines(report: Report) -> Iterator[str]:
    """Write a report line by line, as its sections are read; its charts are drawn as text."""
    yield from (f"# {escaped(report.title)}", "")
    for section in report.sections:
        if section.title:
            yield from (f"## {escaped(section.title)}", "")
        for block in section.blocks:
            yield from _block(block, section.title)
            yield ""
    notes = report.notes.entries()
    if notes:
        yield from ("## Notes", "")
    for note in notes:
        yield f"{escaped(f'[{note.number}]')} {escaped(note.said)}  "
        for text in note.passages:
            yield f"> {_passage(text)}"
        yield ""


def _block(block: Block, within: str) -> Iterator[str]:
    if isinstance(block, Prose):
        behind = escaped(marks(block.notes))
        yield f"{'> ' if block.quoted else ''}{escaped(block.text)}{behind and ' ' + behind}"
    elif isinstance(block, Verbatim):
        yield from _fenced(block.text)
    elif isinstance(block, Table):
        yield from table_lines(filled(block), printed)
    else:
        title = heading(block, within)
        yield from (f"**{escaped(title)}.** {escaped(block.described)}" if title else escaped(block.described), "")
        yield "````text"
        yield from text_of(block, CHART)
        yield "````"


def _fenced(text: str) -> Iterator[str]:
    """Fence lines in, by more backticks than any run of them inside."""
    fence = "`" * max([3, *(len(run) + 1 for run in _FENCE.findall(text))])
    yield from (fence, safe(text), fence)


def _passage(text: str) -> str:
    parts = re.split("|".join(MARKS), text)
    return "".join(f"**{escaped(part)}**" if n % 2 and part.strip() else escaped(part) for n, part in enumerate(parts))
