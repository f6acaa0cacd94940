"""What a report shows, as tests read it; and databases of invented rows."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

from terrordb import database, library
from terrordb.loading.keeping import load
from terrordb.loading.sheets import open_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine
    from tests.conftest import Maker

    from terrordb.reports.report import Report

CITED = {"source_id": "invented-source", "locator": "p. 1"}
SOURCE = {"id": "invented-source", "title": "Invented Source", "kind": "book"}
RIVAL = {"id": "invented-rival", "title": "Invented Rival Source", "kind": "book"}
Planted = dict[str, list[dict[str, str]]]


class Shown:
    """A report, read whole, and the same as JSON has it, by the titles of its sections."""

    def __init__(self, report: Report) -> None:
        self.report = report.held()
        self.whole = self.report.as_dict()
        self.notes = {note["number"]: note for note in self.whole["notes"]}

    @property
    def titles(self) -> list[str]:
        """List the titles of the sections."""
        return [section["title"] for section in self.whole["sections"]]

    def blocks(self, section: str) -> list[dict[str, Any]]:
        """Give the blocks of a section; none where there is no such section."""
        return [block for each in self.whole["sections"] if each["title"] == section for block in each["blocks"]]

    def rows(self, section: str) -> list[dict[str, Any]]:
        """Give the rows of all tables of a section."""
        return [_read(row) for block in self.blocks(section) for row in block.get("rows", ())]

    def table(self, section: str, title: str = "") -> list[dict[str, Any]]:
        """Give the rows of a table."""
        (found,) = (block["rows"] for block in self.blocks(section) if block.get("table") == title)
        return list(map(_read, found))

    def remarks(self, section: str, title: str = "") -> str:
        """Give what stands beneath a table."""
        (found,) = (block["remarks"] for block in self.blocks(section) if block.get("table") == title)
        return "\n".join(found)

    def column(self, section: str, column: str, title: str = "") -> list[Any]:
        """Give a column of a table."""
        return [row[column] for row in self.table(section, title)]

    def prose(self, section: str) -> list[str]:
        """Give the paragraphs of a section."""
        return [block["prose"] for block in self.blocks(section) if "prose" in block]

    def said(self, section: str) -> str:
        """Give the prose of a section as one text."""
        return "\n".join(self.prose(section))

    def charts(self, section: str) -> list[dict[str, Any]]:
        """Give the charts of a section."""
        return [block for block in self.blocks(section) if "chart" in block]

    def cited(self, row: dict[str, Any]) -> set[str]:
        """Give where the passages stand that a row, or a paragraph, cites."""
        return {self.notes[number]["locator"] for number in row["notes"]}


def _read(row: dict[str, Any]) -> dict[str, Any]:
    """Give a row as it is printed: what is said in place of a value stands where the value would."""
    said: dict[str, str] = row.get("instead", {})
    return {name: cell for name, cell in row.items() if name != "instead"} | said


def plant(engine: Engine, folder: Path, planted: Planted) -> None:
    """Load rows as a user's own CSVs; those that cite nothing cite the first page of an invented source."""
    sheets = []
    for kind, rows in (planted | {"sources": [SOURCE, *planted.get("sources", [])]}).items():
        header = list(dict.fromkeys(cell for row in rows for cell in (*CITED, *row)))
        path = folder / f"{kind}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows(CITED | row for row in rows)
        sheets.append(open_sheet(path, kind=None, encoding=None))
    load(engine, sheets, label="invented rows", by="the tests")


def invented(maker: Maker, folder: Path, planted: Planted) -> library.Database:
    """Open a new database of invented rows, which are cited and loaded as `plant` does."""
    url = maker.make(seed=False)
    engine = database.writer(url)
    plant(engine, folder, planted)
    engine.dispose()
    return library.open(url.render_as_string(hide_password=False))
