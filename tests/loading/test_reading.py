"""Cells become values: each bad one with its place, reason and remedy; ids and digests; every name is invented."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from terrordb import models
from terrordb.errors import BadData
from terrordb.loading.complaints import SORTS, Complaints
from terrordb.loading.reading import MEMO, Read, Reader, canonical, digest, made_id
from terrordb.loading.sheets import open_sheet


def read(folder: Path, name: str, content: str) -> tuple[list[Read], list[str]]:
    """Read a file's rows, and what was complained of, without the folder."""
    path = folder / name
    path.write_text(content, encoding="utf-8")
    sheet = open_sheet(path, kind=None, encoding=None)
    reader = Reader(sheet, list(models.kind(sheet.kind).fields.values()))
    complaints = Complaints()
    rows = [row for line, cells in sheet.rows(complaints) if (row := reader.read(line, cells, complaints))]
    try:
        complaints.settle()
    except BadData as error:
        return rows, str(error).replace(f"{folder}/", "").splitlines()
    return rows, []


@pytest.mark.parametrize(
    ("name", "header", "cell", "said"),
    [
        ("persons", "born", "31.11.1937", ["persons.csv:2: born: '31.11.1937' is not a day of the calendar"]),
        ("persons", "born", "sometime", ["persons.csv:2: born: 'sometime' has no year of four digits"]),
        (
            "persons",
            "sex",
            "mael",
            ["persons.csv:2: sex: 'mael' is no sex that is known", "  did you mean male or female?"],
        ),
        (
            "persons",
            "named",
            "perhaps",
            ["persons.csv:2: named: 'perhaps' is neither true nor false", "  write true or false"],
        ),
        ("persons", "status", "sure", ["persons.csv:2: status: 'sure' is no status that is known"]),
        (
            "persons",
            "footnotes",
            "1; two",
            ["persons.csv:2: footnotes: 'two' is no whole number", "  write numbers separated by semicolons"],
        ),
        (
            "places",
            "latitude",
            "55,75",
            ["places.csv:2: latitude: '55,75' is no number", "  write digits, with a point before a fraction"],
        ),
        ("places", "latitude", "91", ["places.csv:2: latitude: 91 lies outside -90 to 90"]),
        (
            "quotas",
            "amount",
            "1.500",
            ["quotas.csv:2: amount: '1.500' is no whole number", "  write digits alone, without separators"],
        ),
        ("figures", "text", "very many indeed", ["figures.csv:2: text: "]),
        (
            "figures",
            "measure",
            "Two Words",
            ["figures.csv:2: measure: 'Two Words' is no code", "  write one word of small letters, with _ for a space"],
        ),
        (
            "roles",
            "within",
            "some-trial",
            [
                "roles.csv:2: within: 'some-trial' does not say of which kind it is",
                "  write trials/some-trial or orders/some-trial or events/some-trial",
            ],
        ),
        ("roles", "within", "persons/x", ["roles.csv:2: within: within cannot point to 'persons'"]),
        ("roles", "person", " ", ["roles.csv:2: person: the cell is empty", "  every row needs its person"]),
        ("persons", "id", "x" * 501, ["persons.csv:2: id: 'xxx"]),
        ("persons", "name", "1937", ["persons.csv:2: name: '1937' has no letters"]),
        (
            "persons",
            "id",
            "Two Words",
            [
                "persons.csv:2: id: 'Two Words' cannot be an id",
                "  write small letters, digits and hyphens, without spaces",
            ],
        ),
    ],
)
def test_a_bad_cell_has_place_reason_and_remedy(
    tmp_path: Path, name: str, header: str, cell: str, said: list[str]
) -> None:
    """Each type of field refuses what it does not know, with file, line, column, reason and a remedy."""
    rows, lines = read(tmp_path, f"{name}.csv", f'{header},note\n"{cell}",x\n')
    assert rows == []
    for line, begins in zip(lines, said, strict=False):
        assert line.startswith(begins)
    assert lines[-2:] == ["1 complaint: nothing was loaded", "  mend the file and load it again"]


def test_every_bad_cell_of_a_row_is_told(tmp_path: Path) -> None:
    """Several faults of one row, and of several rows, are all told at once, with the rows between them read."""
    content = "name,born,sex\nInvented One,32.1.1890,man\nInvented Two,1890,male\n,1890,male\n"
    rows, lines = read(tmp_path, "persons.csv", content)
    assert [row.line for row in rows] == [3]
    places = [line.partition(": ")[0] + ": " + line.split(": ")[1] for line in lines if line.startswith("persons.csv:")]
    assert places == ["persons.csv:2: born", "persons.csv:2: sex", "persons.csv:4: name"]
    assert lines[-2] == "3 complaints: nothing was loaded"


def test_many_complaints_of_one_sort_are_grouped(tmp_path: Path) -> None:
    """Of a thousand like complaints three are printed with a remedy, ten more by their lines, the rest counted."""
    rows, lines = read(tmp_path, "persons.csv", "name,sex\n" + "Invented,mael\n" * 1000)
    assert rows == []
    assert lines == [
        "persons.csv:2: sex: 'mael' is no sex that is known",
        "persons.csv:3: sex: 'mael' is no sex that is known",
        "persons.csv:4: sex: 'mael' is no sex that is known",
        "  and 997 more like it, on lines 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 …",
        "  did you mean male or female?",
        "1,000 complaints: nothing was loaded",
        "  mend the file and load it again",
    ]


def test_each_example_has_its_own_remedy(tmp_path: Path) -> None:
    """Where examples of one sort have different remedies, each stands under its own."""
    _, lines = read(tmp_path, "roles.csv", "person,role,within\ninvented,judgge,trials/x\ninvented,wittness,trials/x\n")
    assert lines[:4] == [
        "roles.csv:2: role: 'judgge' is no role that is known",
        "  did you mean judge?",
        "roles.csv:3: role: 'wittness' is no role that is known",
        "  did you mean witness?",
    ]


def test_complaints_are_bounded() -> None:
    """Of more sorts than are kept the rest is counted, and nothing more is held for them."""
    complaints = Complaints()
    for n in range(SORTS + 5):
        complaints.add(f"invented-{n}.csv", 2, "the row is torn")
    with pytest.raises(BadData) as refusal:
        complaints.settle()
    assert len(refusal.value.lines) == SORTS + 1
    assert refusal.value.lines[-1] == "and 5 more of other sorts"
    assert refusal.value.reason == f"{SORTS + 5} complaints: nothing was loaded"


def test_cells_are_read_into_columns(tmp_path: Path) -> None:
    """White space around a cell is no part of it, codes and flags have one spelling, empty cells are no cells."""
    content = "name,born,sex,named,party\n  Invented One , 1890 ,MALE,Yes,  \n"
    (row,), said = read(tmp_path, "persons.csv", content)
    assert said == []
    assert (row.line, row.id) == (2, "")
    assert row.cells == {"name": "Invented One", "born": "1890", "sex": "male", "named": "true", "status": "stated"}
    sheet = open_sheet(tmp_path / "persons.csv", kind=None, encoding=None)
    columns = Reader(sheet, list(models.kind("persons").fields.values())).columns
    stored = dict(zip(columns, row.values, strict=True))
    assert stored["name"] == "Invented One"
    assert stored["name_folded"] == "invented one"
    assert (stored["born_text"], stored["born_earliest"], stored["born_latest"]) == (None, 18900101, 18901231)
    assert (stored["sex"], stored["named"], stored["party"], stored["status"]) == ("male", True, None, "stated")


def test_more_distinct_cells_than_a_memo_holds_are_read(tmp_path: Path) -> None:
    """A column with more distinct cells than are remembered is read all the same, the first again at the end."""
    count = MEMO + 10
    content = "".join(f"Invented P{n}\n" for n in range(count))
    rows, said = read(tmp_path, "persons.csv", f"name\n{content}Invented P0\n")
    assert said == []
    assert len(rows) == count + 1
    assert rows[-1].cells == rows[0].cells | {"name": "Invented P0"}


def test_the_digest_is_of_canonical_cells() -> None:
    """The digest is blake2b of sorted JSON with the id, letters unescaped; a file's own hash does not count."""
    cells = {"name": "Вымышленный", "born": "1890"}
    assert canonical(cells) == '{"born":"1890","name":"Вымышленный"}'.encode()
    written = '{"born":"1890","id":"invented","name":"Вымышленный"}'.encode()
    assert digest("invented", cells) == hashlib.blake2b(written, digest_size=32).digest()
    assert digest("invented", cells | {"sha256": "abc"}) == digest("invented", cells)


def test_an_id_is_made_of_the_number_else_of_the_cells() -> None:
    """A row without id is named for its list and its number there, else for its list and a digest of its cells."""
    assert made_id("ours", {"record_no": "No. 12/а", "name": "Invented"}) == "ours:no-12-a"
    cells = {"name": "Invented"}
    made = "ours:" + hashlib.blake2b(b'{"name":"Invented"}', digest_size=8).hexdigest()
    assert made_id("ours", cells) == made
    assert made_id("ours", cells | {"record_no": "—"}).startswith("ours:")
    assert made_id("ours", cells | {"record_no": "—"}) != made
