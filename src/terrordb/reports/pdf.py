"""A report as PDF, through Typst: tagged, with its notes as links, the same bytes each time.

The page is `report.typ`; a report reaches it as JSON, whose words it shows and never reads as markup.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from terrordb.errors import TerrorDBError
from terrordb.querying.passages import MARKS
from terrordb.reports.report import Cited, Map, Prose, Verbatim, filled, heading, plain, printed
from terrordb.reports.table import Table, safe

if TYPE_CHECKING:
    from terrordb.reports.report import Block, Chart, Report

__all__ = ["pdf"]

MISSING = 'a PDF needs the extra: pip install "terrordb[pdf]"'
MOST = 20_000  # cells of all tables: Typst keeps a whole document in memory, 45 kB for each cell
TOO_LONG = (f"a PDF holds at most {MOST:,} cells, and this report has more", "write it as html, md or csv")
AT_ONCE = 10  # marks of a picture that fits on half a page
WIDE = 640  # pixels of a picture as wide as the text
TALL = 1.25  # height of a picture by its width, beyond which it is drawn smaller
INK, FONT = "#1a1a1a", "Libertinus Serif"
LINE_OF_TEXT, INSET, LETTER = 470.0, 8.0, 0.47  # in points the text's width and a column's insets; in em a letter
BREAKS = re.compile(r"\s|(?<=-)(?!\d)")
LONGEST_WORD = 26  # letters for which a column has room where there is any; longer words are broken


def pdf(report: Report) -> bytes:
    """Write a report as PDF/UA; TerrorDBError where Typst is missing, or where it is too long for paper."""
    try:
        import typst
    except ImportError as error:
        raise TerrorDBError(MISSING) from error
    sections = []
    cells = 0
    for section in report.sections:
        blocks = list(_blocks(section.blocks, section.title))
        sections.append({"title": safe(section.title), "blocks": blocks})
        cells += sum(block.get("cells", 0) for block in blocks)
        if cells > MOST:
            raise TerrorDBError(*TOO_LONG)
    notes = [
        {"number": n.number, "said": safe(n.said), "passages": [_parts(text) for text in n.passages]}
        for n in report.notes.entries()
    ]
    whole = {"title": safe(report.title) or report.name, "sections": sections, "notes": notes}
    return _set(typst, json.dumps(whole, ensure_ascii=False))


def _set(typst: Any, whole: str) -> bytes:
    """Set the page: in the letters Typst brings, alike everywhere; what they lack, in those of the machine.

    PDF/UA has no sign without a letter for it: where nobody has one, the document is tagged all the same.
    """
    template = files("terrordb.reports").joinpath("report.typ").read_bytes()

    def compiled(**way: Any) -> bytes:
        made: bytes = typst.compile(template, format="pdf", sys_inputs={"report": whole}, timestamp=0, **way)
        return made

    for without in (True, False):
        try:
            return compiled(ignore_system_fonts=without, pdf_standards=["ua-1"])
        except typst.TypstError as error:
            if "could not be displayed" not in str(error):
                raise
    return compiled()


def _blocks(blocks: Iterable[Block], within: str) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if isinstance(block, Prose):
            yield {"sort": "prose", "text": safe(block.text), "notes": list(block.notes), "quoted": block.quoted}
        elif isinstance(block, Verbatim):
            yield {"sort": "verbatim", "text": safe(block.text)}
        elif isinstance(block, Table):
            yield _table(filled(block))
        else:
            pictures = _pictures(block)
            described = safe(block.described)
            if pictures is None:
                yield {"sort": "prose", "text": described, "notes": [], "quoted": False}
                yield _table(_points(block) if isinstance(block, Map) else _marks(block))
            else:
                title = safe(heading(block, within))
                yield {"sort": "drawn", "title": title, "described": described, "pictures": pictures}


def _table(table: Table) -> dict[str, Any]:
    columns = [safe(name) for name in table.columns]
    rows = []
    for row in table.rows:
        rows.append([_cell(cell) for cell in row])
        if len(rows) * len(columns) > MOST:
            raise TerrorDBError(*TOO_LONG)
    remarks = [_parts(note) for note in table.notes]
    size, widths = _laid(columns, rows)
    numbers = [any(cell["number"] for cell in column) for column in zip(*rows, strict=True)] or [False] * len(columns)
    laid = {
        "cells": len(rows) * len(columns),
        "size": size,
        "widths": widths,
        "columns": columns,
        "numbers": numbers,
        "rows": rows,
    }
    return {"sort": "table", "title": safe(table.title), "remarks": remarks} | laid


def _laid(columns: Sequence[str], rows: Sequence[Sequence[dict[str, Any]]]) -> tuple[float, list[float]]:
    """Choose the size of a table's letters, in points, and the shares of its columns; none where all fit as they are.

    Typst by itself leaves short columns as they are and squeezes the long ones into what remains.
    """
    size = 9.0 if len(columns) <= 5 else 8.0 if len(columns) <= 8 else 7.0
    room = (LINE_OF_TEXT - INSET * len(columns)) / (size * LETTER)
    texts = [[name, *(row[n]["text"] + "[0]" * len(row[n]["notes"]) for row in rows)] for n, name in enumerate(columns)]
    if sum(max(map(len, column)) for column in texts) <= room:
        return size, []
    # Each has room for its longest word; the rest goes by how much there is to read, long columns not by all of it.
    words = [min(LONGEST_WORD, max(map(len, BREAKS.split(" ".join(column)))) + 1) for column in texts]
    much = [sum(map(len, column)) ** 0.9 for column in texts]
    rest = max(0.0, room - sum(words))
    widths = [word + rest * share / sum(much) for word, share in zip(words, much, strict=True)]
    for row in rows:
        for cell, width in zip(row, widths, strict=True):
            cell["text"] = _broken(cell["text"], round(width * room / sum(widths)))
    return size, widths


def _broken(text: str, most: int) -> str:
    """Let words that are longer than their column break anywhere; the others stay words that can be searched for."""
    parts = re.split(r"(\s+)", text)
    return "".join("\u200b".join(part) if max(map(len, BREAKS.split(part))) > most else part for part in parts)


def _cell(cell: Any) -> dict[str, Any]:
    value = plain(cell)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return {"text": safe(printed(value)), "notes": list(getattr(cell, "notes", ())), "number": number}


def _parts(text: str) -> list[dict[str, Any]]:
    """Part a passage into what is bold, between its marks, and what is not."""
    parts = re.split("|".join(MARKS), text)
    return [{"text": safe(part), "bold": n % 2 == 1} for n, part in enumerate(parts) if part]


def _pictures(block: Chart | Map) -> list[dict[str, Any]] | None:
    """Draw a chart, a long one in parts, or a map; None where what draws is not installed."""
    from terrordb.reports import pictures

    try:
        if isinstance(block, Map):
            drawn = [pictures.svg(replace(block, title=""), width=WIDE)]
        else:
            starts = range(0, max(1, len(block.marks)), AT_ONCE)
            parts = (replace(block, title="", marks=block.marks[start : start + AT_ONCE]) for start in starts)
            drawn = [pictures.svg(part, width=WIDE, of=block) for part in parts]
    except TerrorDBError:
        return None
    return [{"svg": pictures.inked(one, INK, FONT), "share": _share(one)} for one in drawn]


def _share(picture: str) -> float:
    """Say how much of the page's width a picture takes, so that it fits on the page."""
    wide, high = (float(number) for number in re.findall(r' (?:width|height)="([0-9.]+)"', picture)[:2])
    return min(1.0, TALL * wide / high)


def _marks(chart: Chart) -> Table:
    """List what a chart would draw."""
    columns = ("", "said", "by", "sort", "status")
    rows = [(Cited(m.label, m.notes), m.said, m.by, m.group, m.status) for m in chart.marks]
    return Table(chart.title, columns, rows)


def _points(block: Map) -> Table:
    """List what a map would draw."""
    columns = ("place", "kind", "north", "east", "number")
    rows = [(Cited(p.label, p.notes), p.kind, p.latitude, p.longitude, p.number) for p in block.points]
    return Table(block.title, columns, rows)
