"""The one form of every report: sections of prose, tables and charts, and beneath them the passages as numbered notes.

A report is data: who makes one knows no page and no terminal, and each renderer shows all of them.  Prose is built from
fields of records; its marks, like those of cells, are the numbers of notes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from terrordb.reports.table import Table, say

if TYPE_CHECKING:
    from terrordb.reports.notes import Notes

__all__ = [
    "Block",
    "Chart",
    "Cited",
    "Map",
    "Mark",
    "Point",
    "Prose",
    "Remark",
    "Report",
    "Section",
    "Verbatim",
    "filled",
    "flat",
    "heading",
    "json_lines",
    "marks",
    "notes_of",
    "plain",
    "printed",
]

Shape = Literal["dot", "bar", "band"]
Scale = Literal["number", "log", "day"]


class Cited(NamedTuple):
    """A cell and the numbers of the notes it stands on; in JSON the cell is its value, and the row has `notes`."""

    value: Any
    notes: tuple[int, ...] = ()


class Remark(str):
    """What a cell says in place of a value: in JSON the value is null, and these words stand under `instead`."""

    __slots__ = ()


class Prose(NamedTuple):
    """A paragraph, and the notes it stands on; `quoted` where the words are not ours but a charge or a remark."""

    text: str
    notes: tuple[int, ...] = ()
    quoted: bool = False


class Verbatim(NamedTuple):
    """Lines that are printed as they stand, for a program to read or a person to copy."""

    text: str


class Mark(NamedTuple):
    """One line of a chart: a dot at `best`, an interval from `low` to `high`, or both.

    An end that is None while another of the three stands is open, and drawn as an arrow.  `vague` is a count whose
    words name no number: a hatched band over the range its words may mean.  `said` is the value in the source's words,
    `by` who says it, and when; `group` tells marks of different sorts apart (an archive's report, an estimate).
    `sure` is the part of an interval through which something surely lasted, whatever its ends mean.
    On a scale of days numbers are `date.toordinal()`.
    """

    label: str
    low: float | None = None
    best: float | None = None
    high: float | None = None
    said: str = ""
    by: str = ""
    group: str = ""
    status: str = ""
    vague: bool = False
    notes: tuple[int, ...] = ()
    sure: tuple[float, float] | None = None


@dataclass
class Chart:
    """Marks on one axis, one beneath the other; `described` says in a sentence what there is to see.

    `ends` are those of the axis where they were asked for: what lies beyond is not drawn.
    """

    title: str
    axis: str
    marks: Sequence[Mark]
    described: str
    scale: Scale = "number"
    bars: bool = False  # from nought to `best`, rather than dots
    ends: tuple[float | None, float | None] = (None, None)


class Point(NamedTuple):
    """One place of a map; `number` is drawn by size, None where nothing is counted."""

    label: str
    latitude: float
    longitude: float
    kind: str = ""
    number: float | None = None
    notes: tuple[int, ...] = ()


@dataclass
class Map:
    """Places on an outline of today's borders."""

    title: str
    points: Sequence[Point]
    described: str


Block = Prose | Verbatim | Table | Chart | Map


@dataclass
class Section:
    """Blocks under a title; the first section of a report may have none."""

    title: str
    blocks: Iterable[Block]


@dataclass
class Report:
    """A report: its sections are read once, in order, while the database is open; its notes are whole after them."""

    name: str
    title: str
    sections: Iterable[Section]
    notes: Notes
    asked: dict[str, Any] = field(default_factory=dict)  # what it was asked for, and of which content

    def held(self) -> Report:
        """Read all of it, so that it can be shown after the database is closed, and more than once."""
        sections = [Section(one.title, [_held(block) for block in one.blocks]) for one in self.sections]
        return replace(self, sections=sections, notes=self.notes.held())

    def as_dict(self) -> dict[str, Any]:
        """Give the report as JSON has it; numbers are numbers, and days are ISO."""
        sections = [{"title": s.title, "blocks": [as_object(block) for block in s.blocks]} for s in self.sections]
        notes = [note.as_dict() for note in self.notes.entries()]
        return {"report": self.name, "title": self.title, "asked": self.asked, "sections": sections, "notes": notes}

    def html(self) -> str:
        """Write the report as a page of HTML, complete; its charts are pictures where the extra `plot` is installed."""
        from terrordb.reports.pages import report_lines

        return "\n".join(report_lines(self))

    def markdown(self) -> str:
        """Write the report as Markdown; its charts are drawn as text."""
        from terrordb.reports.markdown import report_lines

        return "\n".join(report_lines(self))

    def pdf(self) -> bytes:
        """Write the report as PDF, for which the extra `pdf` is needed."""
        from terrordb.reports.pdf import pdf

        return pdf(self)

    def _repr_html_(self) -> str:
        return self.html()


def _held(block: Block) -> Block:
    return replace(block, rows=list(block.rows)) if isinstance(block, Table) else block


# ---------------------------------------------------------------- cells


def plain(cell: Any) -> Any:
    """Give what a cell holds, without its notes."""
    return cell.value if isinstance(cell, Cited) else cell


def notes_of(row: Iterable[Any]) -> list[int]:
    """List the notes the cells of a row stand on."""
    return sorted({n for cell in row if isinstance(cell, Cited) for n in cell.notes})


def marks(notes: Iterable[int]) -> str:
    """Write the numbers of notes as marks."""
    return "".join(f"[{n}]" for n in notes)


def printed(cell: Any) -> str:
    """Print a cell for reading: numbers with commas (a year is no number here, but words), its notes behind it."""
    if isinstance(cell, Cited):
        said, behind = printed(cell.value), marks(cell.notes)
        return f"{said} {behind}" if said and behind else said or behind
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return f"{cell:,.15g}" if isinstance(cell, float) else f"{cell:,}"
    return say(cell)


def heading(block: Table | Chart | Map, section: str) -> str:
    """Give the title of a block, unless that of its section says it already."""
    return "" if block.title == section else block.title


def filled(table: Table) -> Table:
    """Leave away the columns that say nothing, where the rows are all there; of rows that stream none is known."""
    if not isinstance(table.rows, list | tuple) or not table.rows:
        return table
    kept = [n for n in range(len(table.columns)) if any(printed(row[n]) for row in table.rows)]
    if len(kept) in (0, len(table.columns)):
        return table
    return replace(table, columns=[table.columns[n] for n in kept], rows=[[row[n] for n in kept] for row in table.rows])


def flat(table: Table) -> Table:
    """Give a table for a spreadsheet: plain values, and the notes of a row in a column of their own."""
    rows = ([*map(plain, row), " ".join(map(str, notes_of(row)))] for row in table.rows)
    return Table(table.title, [*table.columns, "notes"], rows, table.notes)


# ---------------------------------------------------------------- as JSON


def as_object(block: Block) -> dict[str, Any]:
    """Give a block as JSON has it, under the name of its sort."""
    if isinstance(block, Prose):
        return {"prose": block.text, "quoted": block.quoted, "notes": list(block.notes)}
    if isinstance(block, Verbatim):
        return {"verbatim": block.text}
    if isinstance(block, Table):
        rows = list(row_objects(block))
        return {"table": block.title, "columns": list(block.columns), "rows": rows, "remarks": block.notes}
    if isinstance(block, Map):
        points = [one._asdict() | {"notes": list(one.notes)} for one in block.points]
        return {"map": block.title, "described": block.described, "points": points}
    drawn = [_mark(one, block.scale) for one in block.marks]
    return {
        "chart": block.title,
        "described": block.described,
        "axis": block.axis,
        "scale": block.scale,
        "ends": [_end(end, block.scale) for end in block.ends],
        "marks": drawn,
    }


def row_objects(table: Table) -> Iterator[dict[str, Any]]:
    """Give the rows of a table as JSON has them: values by column, `notes`, and what is said `instead` of a value."""
    for row in table.rows:
        cells = dict(zip(table.columns, map(plain, row), strict=True))
        instead = {name: str(cell) for name, cell in cells.items() if isinstance(cell, Remark)}
        said = {name: _json(cell) for name, cell in cells.items()} | {"notes": notes_of(row)}
        yield said | {"instead": instead} if instead else said


def _json(value: Any) -> Any:
    if isinstance(value, Remark):
        return None
    if value is None or isinstance(value, str | int | float | bool):
        return value
    if isinstance(value, list | tuple):
        return [_json(one) for one in value]
    if isinstance(value, dict):
        return {key: _json(one) for key, one in value.items()}
    return str(value)


def _mark(mark: Mark, scale: Scale) -> dict[str, Any]:
    ends = {name: _end(getattr(mark, name), scale) for name in ("low", "best", "high")}
    sure = None if mark.sure is None else [_end(end, scale) for end in mark.sure]
    return mark._asdict() | ends | {"sure": sure, "notes": list(mark.notes)}


def _end(number: float | None, scale: Scale) -> float | str | None:
    return date.fromordinal(int(number)).isoformat() if number is not None and scale == "day" else number


def json_lines(report: Report) -> Iterator[str]:
    """Write the report as one JSON object, as its sections are read: a row of a table is a line."""

    def dumped(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    asked = dumped(report.asked)
    yield f'{{"report": {dumped(report.name)}, "title": {dumped(report.title)}, "asked": {asked}, "sections": ['
    for n, section in enumerate(report.sections):
        yield f'{"," if n else ""}{{"title": {dumped(section.title)}, "blocks": ['
        for m, block in enumerate(section.blocks):
            before = "," if m else ""
            if isinstance(block, Table):
                yield f'{before}{{"table": {dumped(block.title)}, "columns": {dumped(list(block.columns))}, "rows": ['
                for k, row in enumerate(row_objects(block)):
                    yield f"{',' if k else ''}{dumped(row)}"
                yield f'], "remarks": {dumped(block.notes)}}}'
            else:
                yield f"{before}{dumped(as_object(block))}"
        yield "]}"
    yield '], "notes": ['
    for n, note in enumerate(report.notes.entries()):
        yield f"{',' if n else ''}{dumped(note.as_dict())}"
    yield "]}"
