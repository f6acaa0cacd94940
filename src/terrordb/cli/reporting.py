"""Showing a report: drawn on a terminal, as plain text elsewhere, or in the format that was asked for."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import contextmanager
from dataclasses import replace
from subprocess import DEVNULL, Popen, TimeoutExpired
from typing import TYPE_CHECKING

from terrordb.cli.options import Format
from terrordb.cli.showing import on_terminal, plain_lines, show_all, tell, write
from terrordb.errors import BadQuestion, TerrorDBError
from terrordb.reports.charts import text_of
from terrordb.reports.notes import PARTS
from terrordb.reports.report import (
    Chart,
    Map,
    Prose,
    Section,
    Verbatim,
    filled,
    flat,
    heading,
    json_lines,
    marks,
    printed,
)
from terrordb.reports.table import Table, one_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from terrordb.reports.report import Block, Report

WIDTH = 100  # characters of a chart that goes to no terminal
EXTRA = 'charts are {}; pictures need an extra: pip install "terrordb[plot]"'
OPENING = 3  # seconds in which a program that opens files may fail


def show_report(report: Report, format_: Format, *, raw: bool, quiet: bool, chart: int | None) -> None:
    """Print a report; of its charts `chart` is the one that becomes a picture, counted from 1."""
    if format_ in (Format.tsv, Format.csv):
        show_all(_tables(report), format_, raw=raw, quiet=quiet)
    elif format_ in (Format.svg, Format.png):
        _picture(report, format_, chart, quiet=quiet)
    elif format_ is Format.pdf:
        from terrordb.reports.pdf import pdf

        with _telling_of_pictures(report, "listed", quiet=quiet) as watched:
            _bytes(pdf(watched))
    else:
        LINES[format_](report, quiet)


def _tables(report: Report) -> Iterator[Table]:
    """List the tables of a report under the titles of their sections, and then its notes, which their rows name."""
    for section in report.sections:
        for block in section.blocks:
            if isinstance(block, Table):
                yield flat(replace(block, title=": ".join(filter(None, (section.title, block.title)))))
    if notes := report.notes.entries():
        rows = [(note.number, *note.parts, list(note.passages) or None) for note in notes]
        yield filled(Table("Notes", ("note", *PARTS, "passages"), rows))


@contextmanager
def _telling_of_pictures(report: Report, instead: str, *, quiet: bool) -> Iterator[Report]:
    """Give a report to be shown; where it has charts and nothing draws pictures, say what they are instead."""
    from terrordb.reports.pages import pictures_installed

    drawn = []

    def noted(blocks: Iterable[Block]) -> Iterator[Block]:
        for block in blocks:
            drawn.extend([block.title] if isinstance(block, Chart | Map) else [])
            yield block

    yield replace(report, sections=(Section(one.title, noted(one.blocks)) for one in report.sections))
    if drawn and not pictures_installed():
        tell(EXTRA.format(instead), quiet=quiet)


def _html(report: Report, quiet: bool) -> None:
    from terrordb.reports.pages import report_lines

    with _telling_of_pictures(report, "drawn as text", quiet=quiet) as watched:
        write(report_lines(watched))


def _md(report: Report, _quiet: bool) -> None:
    from terrordb.reports.markdown import report_lines

    write(report_lines(report))


def _json(report: Report, _quiet: bool) -> None:
    write(json_lines(report))


def _text(report: Report, _quiet: bool) -> None:
    if on_terminal():
        from terrordb.cli.drawing import draw_report

        draw_report(report)
    else:
        lines = map(one_line, _plain(report))
        write(lines if speaks_unicode() else map(in_ascii, lines))


def _plain(report: Report) -> Iterator[str]:
    """Write a report as plain text, a paragraph a line; tables are printed as they come."""
    yield report.title
    for section in report.sections:
        if section.title:
            yield from ("", section.title, "-" * len(section.title))
        for block in section.blocks:
            yield ""
            yield from _plain_block(block, section.title)
    if notes := report.notes.lines():
        yield from ("", "Notes", "-----", *notes)


def _plain_block(block: Block, within: str) -> Iterator[str]:
    if isinstance(block, Prose):
        yield f"{'> ' if block.quoted else ''}{block.text} {marks(block.notes)}".rstrip()
    elif isinstance(block, Verbatim):
        yield from block.text.split("\n")
    elif isinstance(block, Table):
        yield from plain_lines(filled(block), printed)
    else:
        yield ". ".join(filter(None, (heading(block, within), block.described)))
        yield from text_of(block, WIDTH, ascii_only=not speaks_unicode())


def in_ascii(line: str) -> str:
    """Write a line in ASCII: a dash that becomes a question mark would be a mark of doubt."""
    from anyascii import anyascii

    return anyascii(line)


def speaks_unicode() -> bool:
    """Say whether the output can carry the signs that charts are drawn with."""
    try:
        "─●░▶".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


LINES: dict[Format, Callable[[Report, bool], None]] = {
    Format.html: _html,
    Format.md: _md,
    Format.json: _json,
    Format.jsonl: _json,
    Format.table: _text,
}


def _picture(report: Report, format_: Format, chart: int | None, *, quiet: bool) -> None:
    from terrordb.reports import pictures

    every = [block for s in report.sections for block in s.blocks if isinstance(block, Chart | Map)]
    if not every:
        raise BadQuestion(f"the report '{report.title}' has no chart", "ask for another format: html, md, pdf, json")
    if not 1 <= (chart or 1) <= len(every):
        raise BadQuestion(f"the report has {len(every)} charts, and none is number {chart}", "count them from 1")
    if chart is None and len(every) > 1:
        named = "; ".join(f"{n} {block.title}" for n, block in enumerate(every, 1))
        tell(f"the first of {len(every)} charts; --chart chooses another: {named}", quiet=quiet)
    block = every[(chart or 1) - 1]
    if format_ is Format.svg:
        write([pictures.svg(block)])
    else:
        _bytes(pictures.png(block))


def opens(file: Path) -> bool:
    """Open a file with the program that the system has for it, which is not heard; say whether there is one."""
    if sys.platform == "win32":
        os.startfile(file)  # noqa: S606  (no shell is meant)
        return True
    opener = "open" if sys.platform == "darwin" else "xdg-open"
    try:
        process = Popen([opener, file.as_uri()], stdin=DEVNULL, stdout=DEVNULL, stderr=DEVNULL, start_new_session=True)
    except OSError:
        return False
    try:
        return process.wait(OPENING) == 0
    except TimeoutExpired:
        return True  # it shows the file as long as it runs


def _bytes(data: bytes) -> None:
    """Write what is no text."""
    if on_terminal():
        raise TerrorDBError(
            "what is asked for is no text, and a terminal cannot show it", "write it with --output FILE"
        )
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()
