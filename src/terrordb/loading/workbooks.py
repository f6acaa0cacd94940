"""Tables of spreadsheets, XLSX and ODS: one sheet of the book, formulas as their stored values, nothing followed."""

from __future__ import annotations

import datetime as dt
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from terrordb.errors import BadData, TerrorDBError
from terrordb.loading.raw import COLUMNS, Aside, RawTable, Rows, Source, above, counted, heading, sound

TOP = 20  # rows among which the header is looked for
DEEP = 3  # rows that a header fills at most
LAST = 2**20  # no sheet has more rows

Merge = tuple[int, int, int, int]  # first row and column, last row and column, from 1 on
Cells = Iterator[
    tuple[int, list[str]]
]  # the row's number, its cells; those after the last that holds anything left out


@dataclass
class _Notes:
    """What is met while a sheet is read."""

    formulas: int = 0
    unstored: int = 0  # formulas without a stored value


@dataclass
class _Book:
    """A workbook: its sheets' names, what to say of it, and how the cells and the merged cells of one are read."""

    sheets: list[str]
    said: list[str]
    cells: Callable[[int, _Notes], Cells]
    merges: Callable[[int], list[Merge]]
    close: Callable[[], None] = lambda: None


def table(source: Source, form: str, sheet: str | None) -> RawTable:
    """Find the sheet that is meant, else the first that holds anything, and its header."""
    path, opened = source.on_disk(), _xlsx if form == "xlsx" else _ods
    with _Damage(source.label), closing(opened(path)) as book:
        at, top, said = _choose(book, sheet, source.label)
        first, last, names = _headings(top, book.merges(at))
    said += above([row for row in top if row[0] < first], "row")
    if first < last:
        said.append(f"the header stands in rows {first} to {last}, and is joined")

    def read(made: RawTable, aside: Aside) -> Rows:
        notes, width = _Notes(), len(names)
        with _Damage(source.label), closing(opened(path)) as book:
            for row, cells in book.cells(at, notes):
                if row > last and sound(row, cells, aside):
                    yield row, cells + [""] * (width - len(cells))
        if notes.formulas:
            stored = f"{counted(notes.formulas, 'cell')} computed by formulas: their stored values are read"
            if notes.unstored:
                stored += f", but {notes.unstored:,} without one keep the formula itself, such as =F2"
            made.tell(stored)

    return source.table(form, (last, names), read, said=[*book.said, *said], part=book.sheets[at])


class _Damage:
    """Say of whatever goes wrong within a library that the workbook is damaged."""

    def __init__(self, label: str) -> None:
        self.label = label

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> None:
        # What a library raises of a damaged file is whatever its code met: a missing key, an attribute of None.
        if isinstance(error, Exception) and not isinstance(error, TerrorDBError | OSError):
            said = f"the workbook is damaged: {type(error).__name__}: {str(error)[:200]}"
            raise BadData(said, "open it in a spreadsheet program and save it anew", self.label) from error


def _choose(book: _Book, sheet: str | None, label: str) -> tuple[int, list[tuple[int, list[str]]], list[str]]:
    """Find the sheet by its name or its number, else the first that is not empty; its first rows come with it."""
    if sheet is not None:
        if sheet in book.sheets:
            at = book.sheets.index(sheet)
        elif sheet.isdecimal() and 1 <= int(sheet) <= len(book.sheets):
            at = int(sheet) - 1
        else:
            raise BadData(f"there is no sheet '{sheet}'", f"there are: {', '.join(book.sheets)}", label)
        if top := _top(book, at):
            return at, top, []
        raise BadData(f"the sheet '{book.sheets[at]}' is empty", f"there are: {', '.join(book.sheets)}", label)
    filled = [at for at in range(len(book.sheets)) if any(True for _ in book.cells(at, _Notes()))]
    if not filled:
        raise BadData("every sheet is empty", "its first row must name the columns", label)
    said = []
    if len(book.sheets) > 1:
        others = ", ".join(f"'{book.sheets[at]}'" for at in filled[1:])
        said = [
            f"the sheet '{book.sheets[filled[0]]}' is read"
            + (f"; left out: {others} (--sheet takes another)" if others else "")
        ]
    return filled[0], _top(book, filled[0]), said


def _top(book: _Book, at: int) -> list[tuple[int, list[str]]]:
    return list(islice(book.cells(at, _Notes()), TOP))


def _headings(top: list[tuple[int, list[str]]], merges: list[Merge]) -> tuple[int, int, list[str]]:
    """Find the first and last row of the header, and its names: 'Date: arrest' for a cell above two others."""
    rows = dict(top)
    wide = max(map(len, rows.values()))
    first = last = top[heading(top, 0.5)][0]
    # A cell merged across the whole table is its title; one across some columns, or down, is part of a header.
    parts = [m for m in merges if m[3] - m[1] + 1 < wide and m[0] in rows]
    if any(m[0] == first - 1 and m[3] > m[1] for m in parts):
        first -= 1
    over = {column for r1, c1, _, c2 in parts if r1 == first and c2 > c1 for column in range(c1, c2 + 1)}
    for r1, c1, r2, c2 in parts:
        if r1 == first:
            below = c2 > c1 and not _counts(rows.get(r2 + 1, []), over)
            last = max(last, min(r2 + below, first + DEEP - 1))
    while last > first and last not in rows:
        last -= 1
    return first, last, [_joined(rows, merges, range(first, last + 1), column) for column in range(1, wide + 1)]


def _counts(cells: list[str], over: set[int]) -> bool:
    """Say whether a row beneath cells merged `over` columns is one of the list: beside them stands a bare number."""
    beside = (cell for column, cell in enumerate(cells, 1) if column not in over)
    return any(re.search(r"\d", cell) and not re.search(r"[^\W\d_]", cell) for cell in beside)


def _joined(rows: dict[int, list[str]], merges: list[Merge], lines: range, column: int) -> str:
    names: list[str] = []
    for line in lines:
        row, at = line, column
        for r1, c1, r2, c2 in merges:
            if r1 <= line <= r2 and c1 <= column <= c2:
                row, at = r1, c1
        cells = rows.get(row, [])
        name = cells[at - 1].strip() if at <= len(cells) else ""
        if name and (row == line or line == lines[0]):
            names.append(name)
    return ": ".join(dict.fromkeys(names))


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _text(value: Any) -> str:
    """Write a value of a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, dt.datetime):
        return (value.date() if value.time() == dt.time() else value).isoformat()
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    return str(getattr(value, "text", value))  # a formula over many cells is an object with its text


def _trimmed(cells: list[str]) -> list[str]:
    while cells and not cells[-1].strip():
        cells.pop()
    return cells


# -- XLSX --

SPACE = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _xlsx(path: Path) -> _Book:
    try:
        import openpyxl
    except ImportError as error:
        raise TerrorDBError("XLSX needs the library openpyxl", "pip install 'terrordb[xlsx]'", str(path)) from error
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    said = []
    if any(name.startswith("xl/externalLinks/") for name in names):
        said.append("it points to other workbooks, which are not followed")
    if any(name.endswith("vbaProject.bin") for name in names):
        said.append("it holds macros, which are not run")
    file = path.open("rb")  # by its name openpyxl would refuse a file that is not called .xlsx
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    except BaseException:
        file.close()
        raise

    def close() -> None:
        book.close()
        file.close()

    return _Book(
        [sheet.title for sheet in book.worksheets],
        said,
        lambda at, notes: _xlsx_cells(book, at, notes),
        lambda at: _xlsx_merges(path, book.worksheets[at]._worksheet_path),
        close,
    )


def _xlsx_merges(path: Path, name: str) -> list[Merge]:
    """Find the merged cells of the first rows; they stand behind all cells, hence the whole sheet is looked through."""
    from openpyxl.utils import range_boundaries

    found: list[Merge] = []
    with zipfile.ZipFile(path) as archive, archive.open(name) as file:
        rest = b""
        while block := file.read(2**20):
            text = rest + block
            for reference in re.findall(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+\d+:[A-Z]+\d+)"', text):
                left, top, right, bottom = range_boundaries(reference.decode())
                if top <= TOP + DEEP:
                    found.append((top, left, bottom, right))
            rest = text[text.rfind(b"<") :][-1000:]
    return list(dict.fromkeys(found))


def _xlsx_cells(book: Any, at: int, notes: _Notes) -> Cells:
    """Read rows with openpyxl's own reading of a cell, but one element at a time, and formulas beside values.

    Its `iter_rows` gives either values or formulas, keeps a piece of every row, and cannot tell an empty stored text
    from none.
    """
    from openpyxl.worksheet._reader import WorkSheetParser

    class Parser(WorkSheetParser):  # type: ignore[misc,unused-ignore]
        """Give the formula's text where no value is stored, and the number of a date out of range."""

        def parse_cell(self, element: Any) -> Any:
            value, formula = element.find(f"{SPACE}v"), element.find(f"{SPACE}f")
            style, kind = element.get("s"), element.get("t", "n")
            if style and int(style) in self.date_formats and kind == "n" and not _dated(value):
                element.set("t", "str")  # a serial number that is no date stays the number it is
            cell = super().parse_cell(element)
            if formula is not None:
                notes.formulas += 1
                text = self.parse_formula(element)  # also where it is not needed: others may share it
                # A computed empty text is stored as an empty value of the type "str"; other empty values are none.
                if value is None or not (value.text or kind == "str"):
                    notes.unstored += 1
                    cell["value"] = text
            return cell

    sheet = book.worksheets[at]
    with book._archive.open(sheet._worksheet_path) as file:
        parser = Parser(
            file,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for element in _elements(file, f"{SPACE}row"):
            row, found = parser.parse_row(element)
            cells = [""] * max((cell["column"] for cell in found), default=0)
            for cell in found:
                value = cell["value"]
                cells[cell["column"] - 1] = value if type(value) is str else _text(value)
            if _trimmed(cells):
                yield row, cells


def _dated(value: Any) -> bool:
    """Say whether a serial number is one of a day that a calendar has."""
    if value is None or not value.text:
        return True
    return -693_000 < float(value.text) < 2_958_466


def _elements(file: Any, tag: str) -> Iterator[Any]:
    """Read the elements of a name, one at a time: each is forgotten, with all that stood before it, for the next."""
    parents: list[Any] = []
    for event, element in ET.iterparse(file, ("start", "end")):  # noqa: S314 - expat refuses entity bombs
        if event == "start":
            parents.append(element)
            continue
        parents.pop()
        if element.tag == tag:
            yield element
            parents[-1].clear()


# -- ODS --

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
CELL_TAGS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")


def _ods(path: Path) -> _Book:
    with zipfile.ZipFile(path) as archive:
        if "META-INF/manifest.xml" in archive.namelist() and b"encryption-data" in archive.read(
            "META-INF/manifest.xml"
        ):
            raise BadData("the workbook is encrypted", "save it without a password", str(path))
        with archive.open("content.xml") as file:
            sheets = []
            for event, element in ET.iterparse(file, ("start", "end")):  # noqa: S314
                if event == "start" and element.tag == f"{TABLE}table":
                    sheets.append(element.get(f"{TABLE}name", ""))
                elif event == "end" and element.tag == f"{TABLE}table-row":
                    element.clear()
    return _Book(sheets, [], lambda at, notes: _ods_cells(path, at, notes), lambda at: _ods_merges(path, at))


def _ods_rows(path: Path, at: int) -> Iterator[tuple[int, int, Any]]:
    """Read the rows of a sheet: the number of each, how often it stands, and its element."""
    with zipfile.ZipFile(path) as archive, archive.open("content.xml") as file:
        sheet, row = -1, 1
        parents: list[Any] = []
        for event, element in ET.iterparse(file, ("start", "end")):  # noqa: S314
            if event == "start":
                parents.append(element)
                sheet += element.tag == f"{TABLE}table"
                continue
            parents.pop()
            if element.tag == f"{TABLE}table-row":
                if sheet == at:
                    repeated = int(element.get(f"{TABLE}number-rows-repeated", 1))
                    yield row, repeated, element
                    row += repeated
                parents[-1].clear()
            elif element.tag == f"{TABLE}table" and sheet == at:
                return


def _ods_cells(path: Path, at: int, notes: _Notes) -> Cells:
    for row, repeated, element in _ods_rows(path, at):
        cells: list[str] = []
        for cell in element:
            if cell.tag in CELL_TAGS:
                text = _ods_text(cell, notes)
                times = int(cell.get(f"{TABLE}number-columns-repeated", 1))
                # The empty cells to the sheet's edge are one element; nothing is wider than a table may be.
                cells += [text] * min(times, 2 * COLUMNS - len(cells))
        if _trimmed(cells):
            if row + repeated - 1 > LAST:
                said = f"row {row:,} stands {repeated:,} times, and a sheet has {LAST:,} rows at most"
                raise BadData(said, "open it in a spreadsheet program and save it anew", path.name)
            for number in range(row, row + repeated):
                yield number, list(cells)


def _ods_text(cell: Any, notes: _Notes) -> str:
    kind = cell.get(f"{OFFICE}value-type")
    formula = cell.get(f"{TABLE}formula")
    notes.formulas += formula is not None
    if kind in ("float", "percentage", "currency"):
        written = str(cell.get(f"{OFFICE}value", ""))
        return written if re.fullmatch(r"-?\d+", written) else _number(float(written))
    if kind == "date":
        return str(cell.get(f"{OFFICE}date-value", "")).removesuffix("T00:00:00")
    if kind == "time":
        written = str(cell.get(f"{OFFICE}time-value", ""))
        found = re.fullmatch(r"PT(\d+)H(\d+)M(\d+)(?:[.,]\d+)?S", written)
        return f"{int(found[1]):02}:{int(found[2]):02}:{int(found[3]):02}" if found else written
    if kind == "boolean":
        return str(cell.get(f"{OFFICE}boolean-value", ""))
    written = cell.get(f"{OFFICE}string-value")
    text = written if written is not None else "\n".join(map(_paragraph, cell.findall(f"{TEXT}p")))
    if formula is not None and kind is None and not text:
        notes.unstored += 1
        return re.sub(r"\[\.([^\]]+)\]", r"\1", formula.partition(":")[2] or formula)
    return text


def _paragraph(element: Any) -> str:
    """Give the text of a paragraph, its spaces, tabs and breaks included, notes to it left out."""
    said = [element.text or ""]
    for inner in element:
        if inner.tag == f"{TEXT}s":
            said.append(" " * int(inner.get(f"{TEXT}c", 1)))
        elif inner.tag == f"{TEXT}tab":
            said.append("\t")
        elif inner.tag == f"{TEXT}line-break":
            said.append("\n")
        elif not inner.tag.startswith(OFFICE):
            said.append(_paragraph(inner))
        said.append(inner.tail or "")
    return "".join(said)


def _ods_merges(path: Path, at: int) -> list[Merge]:
    found: list[Merge] = []
    for row, _, element in _ods_rows(path, at):
        if row > TOP + DEEP:
            break
        column = 1
        for cell in element:
            if cell.tag in CELL_TAGS:
                down = int(cell.get(f"{TABLE}number-rows-spanned", 1))
                across = int(cell.get(f"{TABLE}number-columns-spanned", 1))
                if down > 1 or across > 1:
                    found.append((row, column, row + down - 1, column + across - 1))
                column += int(cell.get(f"{TABLE}number-columns-repeated", 1))
    return found
