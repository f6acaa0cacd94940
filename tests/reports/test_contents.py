"""What is in a database: counts of the seed made from its files alone, and of invented rows by hand."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pytest

from terrordb import database, models
from terrordb.loading import journal
from terrordb.loading.keeping import as_list, load
from terrordb.loading.sheets import open_sheet
from terrordb.reports.contents import NO_VALUES, contents
from terrordb.reports.database import status

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Engine

    from terrordb.library import Database

LEFT_OUT = ("dubious", "withdrawn")


def blocks(report: dict[str, Any], title: str) -> list[dict[str, Any]]:
    """Give the blocks of a section."""
    return [block for section in report["sections"] if section["title"] == title for block in section["blocks"]]


def rows(report: dict[str, Any], title: str, table: str = "") -> list[dict[str, Any]]:
    """Give the rows of the last table of a name in a section."""
    found: list[list[dict[str, Any]]] = [
        block["rows"] for block in blocks(report, title) if block.get("table") == table
    ]
    return found[-1]


@pytest.fixture(scope="module")
def report(seeded: Database) -> dict[str, Any]:
    """Give the report on the seed, as JSON has it."""
    with seeded.connect() as connection:
        return contents(connection).as_dict()


@pytest.fixture(scope="module")
def files() -> dict[str, list[dict[str, str]]]:
    """Read the seed's files, as a program that knows nothing of terrordb would."""
    folder = database.shipped("data/seed")
    return {
        path.stem: list(csv.DictReader(path.read_text(encoding="utf-8").splitlines())) for path in folder.glob("*.csv")
    }


def test_summary(report: dict[str, Any], seeded: Database) -> None:
    """The whole in a sentence, with the schema and the content hash that `db status` gives."""
    told, about = blocks(report, "")
    assert told["prose"] == "1,385 records of 18 of 20 kinds; of these 38 contested, 23 citation needed, 5 dubious."
    with seeded.connect() as connection:
        known = {str(what): value for what, value in status(connection, seeded.engine.url).rows}
    assert {row["what"]: row["value"] for row in about["rows"]} == {
        what: known[what] for what in ("schema", "seed", "content hash")
    }
    assert known["content hash"] == report["asked"]["content"]


def test_by_kind(report: dict[str, Any], files: dict[str, list[dict[str, str]]]) -> None:
    """Each kind has as many records, and as many of each status, as its file has."""
    found = {row["kind"]: row for row in rows(report, "By kind")}
    assert found.keys() == {kind for kind, lines in files.items() if lines}
    for kind, row in found.items():
        assert row["records"] == len(files[kind])
        for state in ("stated", "contested", "citation_needed", "dubious"):
            assert (row[state.replace("_", " ")] or 0) == sum(line["status"] == state for line in files[kind])
    assert (found["figures"]["contested"], found["figures"]["dubious"]) == (11, 1)
    assert "no record of: judgements, terms" in blocks(report, "By kind")[0]["remarks"]


def test_missing_values(report: dict[str, Any], files: dict[str, list[dict[str, str]]]) -> None:
    """Of every field of every kind: the empty cells of its file, dubious rows left out, and `unknown` counted."""
    checked = 0
    for kind, lines in files.items():
        known = [line for line in lines if line["status"] not in LEFT_OUT]
        listed = {
            row["field"]: row
            for block in blocks(report, "Missing values")
            if block.get("table") == kind
            for row in block["rows"]
        }
        for name, field in models.kind(kind).fields.items():
            if name in NO_VALUES or field.computed or not lines:
                continue
            missing = sum(line.get(name, "") in ("", "unknown") for line in known)
            assert listed.get(name, {"missing": 0})["missing"] == missing, (kind, name)
            if missing:
                assert listed[name]["of"] == len(known)
                assert listed[name]["percent"] == pytest.approx(100 * missing / len(known), abs=0.05)
                checked += 1
    assert checked > 100
    assert "5 dubious or withdrawn are left out" in blocks(report, "Missing values")[0]["prose"]
    fate = next(row for row in rows(report, "Missing values", "persons") if row["field"] == "fate")
    assert fate["of"] == 112


def test_uncited(report: dict[str, Any]) -> None:
    """Only the article itself has no source; what the text marks as uncited is told by kind."""
    found = {row["kind"]: row for row in rows(report, "Uncited")}
    needed = {kind: row["citation needed"] for kind, row in found.items() if row["citation needed"]}
    assert needed == {"bodies": 1, "claims": 8, "figures": 4, "roles": 2, "statements": 7, "trials": 1}
    sources = found["sources"]
    assert (sources["no source"], sources["no place in it"], sources["of"]) == (1, 1, 84)
    assert all(row["no source"] is None for kind, row in found.items() if kind != "sources")


def test_contested(report: dict[str, Any]) -> None:
    """Every contested row is listed with its passage and what stands beside it: nothing is merged."""
    (told, table) = blocks(report, "Contested")
    assert told["prose"].startswith("A rival claim stands beside it: 38 of ")
    found = {row["record"]: row for row in table["rows"]}
    assert len(found) == 38
    assert all(row["notes"] for row in found.values())
    archives = found["figures/executed-1937-1938-archives"]
    assert "text 681,692" in archives["says"]
    assert "figures/conquest-two-and-a-half-times" in archives["beside"]
    notes = {note["number"]: note["locator"] for note in report["notes"]}
    assert [notes[number] for number in archives["notes"]] == ["¶107"]
    assert "charge accused of: counter-revolutionary activities" in found["cases/mandelstam-case-1938"]["says"]


def test_dubious(report: dict[str, Any]) -> None:
    """Dubious rows are listed, each with why."""
    found = {row["record"]: row for row in rows(report, "Dubious")}
    assert {"events/one-night-deaths", "figures/one-night-260000"} < found.keys()
    assert len(found) == 5
    assert all(row["why"] and row["notes"] for row in found.values())


SOURCES = "id,title,kind\nmade-up,A Made-up Book (invented),book\n"
PLACES = "id,name,kind,source_id,locator,anchor\nnowhere,Invented Place,city,made-up,p. 1,Invented\n"
PERSONS = (
    "id,name,sex,born,status,note,source_id,locator\n"
    "person-one,Invented Person One,female,1890,,,made-up,\n"
    "person-two,Invented Person Two,,,dubious,Made up by a forger.,made-up,p. 2\n"
    "person-three,Invented Person Three,,,withdrawn,A misprint.,made-up,p. 3\n"
)
CASES = "id,person,outcome,source_id,locator\ncase-one,person-one,unknown,made-up,p. 4\n"
LISTED = "name,born,record_no\nInvented Person Four,1891,1\nInvented Person Five,,2\n"


def fill(engine: Engine, folder: Path) -> None:
    """Load three files, one after the other: curated rows, a later state of one of them, and a list."""
    first = {"sources": SOURCES, "places": PLACES, "persons": PERSONS, "cases": CASES}
    second = {"places": PLACES.replace("city", "region")}
    for n, texts in enumerate((first, second, {"listed": LISTED})):
        sheets = []
        for name, text in texts.items():
            path = folder / str(n) / f"{name}.csv"
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            sheets.append(open_sheet(path, kind="persons" if name == "listed" else None, encoding=None))
            as_list(sheets[-1], None, engine)
        load(engine, sheets, label=f"invented {n}", by="the tests")


def test_invented_rows(engine: Engine, tmp_path: Path) -> None:
    """Loads have the rows that stand as they wrote them; a code unknown is missing; a list's rows need no place."""
    fill(engine, tmp_path)
    with engine.connect() as connection:
        report = contents(connection).as_dict()
    found = [(row["load"], row["kind"], row["records"]) for row in rows(report, "By load")]
    assert found == [
        ("load-1", "cases", 1),
        ("load-1", "persons", 3),
        ("load-1", "sources", 1),
        ("load-2", "places", 1),
        ("load-3", "persons", 2),
        ("load-3", "sources", 1),
    ]
    outcome = next(row for row in rows(report, "Missing values", "cases") if row["field"] == "outcome")
    assert (outcome["missing"], outcome["of"]) == (1, 1)
    born = next(row for row in rows(report, "Missing values", "persons") if row["field"] == "born")
    assert (born["missing"], born["of"], born["percent"]) == (1, 3, 33.3)  # one, four and five
    persons = next(row for row in rows(report, "Uncited") if row["kind"] == "persons")
    assert (persons["no source"], persons["no place in it"], persons["no words of it"]) == (None, 1, 3)
    assert [row["why"] for row in rows(report, "Withdrawn")] == ["A misprint."]
    assert [row["record"] for row in rows(report, "Dubious")] == ["persons/person-two"]
    assert blocks(report, "Contested") == []


def test_after_an_undo(engine: Engine, tmp_path: Path) -> None:
    """What a load wrote over belongs to the former load again, and a load that was undone says when."""
    fill(engine, tmp_path)
    journal.undo(engine, "load-2")
    with engine.connect() as connection:
        report = contents(connection).as_dict()
    assert ("load-1", "places") in {(row["load"], row["kind"]) for row in rows(report, "By load")}
    journalled = next(block for block in blocks(report, "By load") if "undone" in block["columns"])
    assert [row["id"] for row in journalled["rows"] if row["undone"]] == ["load-2"]


def test_nothing_there(engine: Engine) -> None:
    """An empty database has a report that says so, with its schema."""
    with engine.connect() as connection:
        report = contents(connection).as_dict()
    (section,) = report["sections"]
    told, about = section["blocks"]
    assert told["prose"] == "No record is in the database."
    assert {row["what"] for row in about["rows"]} == {"schema", "seed", "content hash"}
    assert report["notes"] == []
