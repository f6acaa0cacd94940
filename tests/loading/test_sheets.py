"""Files of rows: what is refused before a row is read, and what tears a file; every name is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from terrordb.errors import BadData
from terrordb.loading.complaints import Complaints
from terrordb.loading.sheets import CELL, Sheet, gather, open_sheet

RUSSIAN = "name,born\nВымышленный Иван Иванович,1890\nНебывалый Пётр,1901\n"


def opened(folder: Path, content: str | bytes, name: str = "persons.csv", encoding: str | None = None) -> Sheet:
    """Write a file and open it."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_sheet(path, kind=None, encoding=encoding)


def refused(folder: Path, content: str | bytes, name: str = "persons.csv", encoding: str | None = None) -> list[str]:
    """Write a file that is refused; the lines that are said come back, without the folder."""
    with pytest.raises(BadData) as refusal:
        opened(folder, content, name, encoding)
    return str(refusal.value).replace(f"{folder}/", "").splitlines()


def read(sheet: Sheet) -> tuple[list[tuple[int, list[str]]], list[str]]:
    """Read a sheet's rows, and what was complained of."""
    complaints = Complaints()
    rows = list(sheet.rows(complaints))
    try:
        complaints.settle()
    except BadData as error:
        return rows, [line.replace(f"{sheet.path.parent}/", "") for line in error.lines]
    return rows, []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", ["persons.csv: the file is empty", "  its first line must name the columns"]),
        ("\n\nInvented\n", ["persons.csv:1: the file has no header", "  its first line must name the columns"]),
        (" , \n", ["persons.csv:1: the file has no header", "  its first line must name the columns"]),
        (
            'name,"born\nInvented\n',
            [
                "persons.csv:1: a quote is opened here and never closed",
                '  close it, or write "" for a quote within a cell',
            ],
        ),
        ("na\0me\nInvented\n", ["persons.csv:1: the header holds a NUL byte", "  is it a CSV?"]),
    ],
)
def test_a_file_without_a_header_is_refused(tmp_path: Path, content: str, said: list[str]) -> None:
    """An empty file, one without a header, or with a torn one, is named with reason and remedy."""
    assert refused(tmp_path, content) == said


def test_every_fault_of_a_header_is_told_at_once(tmp_path: Path) -> None:
    """A repeated, an unknown, a computed and a nameless column are four complaints, one with the nearest name."""
    said = refused(tmp_path, "name,nmae,fate,name,\n")
    assert said[0] == "persons.csv:1: persons have no column 'nmae'"
    assert said[1].startswith("  did you mean name")
    assert said[2:6] == [
        "persons.csv:1: the column 'fate' is computed",
        "  take it out: the database works it out",
        "persons.csv:1: the column 'name' stands twice",
        "  keep one of them",
    ]
    assert said[6:8] == ["persons.csv:1: column 5 has no name", "  name it, or take it out"]
    assert said[8] == "4 complaints: nothing was loaded"


@pytest.mark.parametrize(("sign", "what"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
def test_other_separators_are_named(tmp_path: Path, sign: str, what: str) -> None:
    """A file that a spreadsheet saved with another separator is refused with that reason."""
    path = tmp_path / "ours.csv"
    path.write_text(f"name{sign}born\nInvented Person{sign}1890\n", encoding="utf-8")
    with pytest.raises(BadData, match=f"separated by {what}") as refused_for:
        open_sheet(path, kind=None, encoding=None)
    assert "--as cases" in refused_for.value.remedy


def test_two_spellings_of_one_column_are_refused(tmp_path: Path) -> None:
    """A field may be written `place_of_death` or `place_of_death_id`, not both."""
    assert refused(tmp_path, "name,place_of_death,place_of_death_id\n")[0] == (
        "persons.csv:1: two columns stand for one field"
    )


def test_the_kind_is_told_by_the_file_or_the_name_column(tmp_path: Path) -> None:
    """A file named for a kind is that kind; another with a column `name` is persons, said aloud; else it asks."""
    assert opened(tmp_path, "id,name,kind\n", "places.csv").kind == "places"
    ours = opened(tmp_path, "name\n", "ours.csv")
    assert ours.kind == "persons"
    assert ours.said == [
        f"{tmp_path}/ours.csv: taken for persons, because a column 'name' is there (--as says otherwise)"
    ]
    said = refused(tmp_path, "title\n", "ours.csv")
    assert said[0] == "ours.csv: the file's name is no kind, and no column 'name' is there"
    assert said[1].startswith("  say what it holds with --as: ")
    assert said[1].endswith("; or with --profile FILE.toml")
    remedy = refused(tmp_path, "name,house\n", "ours.csv")[1]
    assert remedy.endswith("--as KIND or --profile FILE.toml reads a list of any shape")
    with pytest.raises(BadData, match="there is no kind 'person' to load"):
        open_sheet(tmp_path / "ours.csv", kind="person", encoding=None)


def test_a_mark_at_the_beginning_is_accepted(tmp_path: Path) -> None:
    """A byte order mark of UTF-8 is no part of the first column's name, said or guessed."""
    content = b"\xef\xbb\xbf" + RUSSIAN.encode()
    for encoding in (None, "utf-8", "UTF8"):
        sheet = opened(tmp_path, content, encoding=encoding)
        assert sheet.header == ["name", "born"]
        assert read(sheet)[0][0] == (2, ["Вымышленный Иван Иванович", "1890"])


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-16"])
def test_another_encoding_is_guessed_and_named(tmp_path: Path, encoding: str) -> None:
    """Bytes that are not UTF-8 are refused with their line and a right guess; --encoding reads them."""
    content = RUSSIAN.encode(encoding)
    line = 1 if encoding == "utf-16" else 2
    assert refused(tmp_path, content)[:2] == [
        f"persons.csv:{line}: not UTF-8: it looks like {encoding}",
        "  convert it, or name its encoding with --encoding",
    ]
    rows, said = read(opened(tmp_path, content, encoding=encoding))
    assert rows == [(2, ["Вымышленный Иван Иванович", "1890"]), (3, ["Небывалый Пётр", "1901"])]
    assert said == []


def test_bytes_late_in_a_long_file_are_found(tmp_path: Path) -> None:
    """The line of the first byte that is not UTF-8 is right beyond the first mebibyte, and a split letter is none."""
    plain = "name\n" + "Вымышленный Ы\n" * 60_000
    assert opened(tmp_path, plain).encoding == "utf-8-sig"
    said = refused(tmp_path, plain.encode() + "Небывалый Пётр\n".encode("cp1251"))
    assert said[0] == "persons.csv:60002: the file is UTF-8, and this line is not"
    # One byte among many letters is no reason to take all of them for another encoding's.
    damaged = refused(tmp_path, "name\nВыдуманный\n".encode() + b"Invented\xb3\n")
    assert damaged == [
        "persons.csv:3: the file is UTF-8, and this line is not",
        "  mend the line: the file was cut off, or put together of two; --encoding NAME reads all of it as NAME",
    ]
    assert (
        refused(tmp_path, "name\nВыдуманный".encode()[:-1])[0]
        == "persons.csv:2: the file is UTF-8, and this line is not"
    )


def test_a_wrong_encoding_is_refused(tmp_path: Path) -> None:
    """An encoding that does not exist, or does not fit, is named with a remedy."""
    assert refused(tmp_path, RUSSIAN, encoding="koi9") == [
        "persons.csv: there is no encoding 'koi9'",
        "  such as utf-8, cp1251, koi8-r, cp866",
    ]
    assert refused(tmp_path, RUSSIAN, encoding="rot13")[0] == "persons.csv: there is no encoding 'rot13'"
    said = refused(tmp_path, RUSSIAN, encoding="ascii")
    assert said[0].startswith("persons.csv:2: not ascii: ")


def test_rows_have_the_line_they_begin_on(tmp_path: Path) -> None:
    """Empty lines and cells of several lines count as lines; rows of empty cells are passed over."""
    sheet = opened(tmp_path, 'name,note\r\nInvented One,"two\r\nlines"\r\n\r\nInvented Two,\r\n,,\r\n , \r\n')
    assert read(sheet) == ([(2, ["Invented One", "two\r\nlines"]), (5, ["Invented Two", ""])], [])
    assert not sheet.torn


def test_ragged_rows_are_told_together(tmp_path: Path) -> None:
    """Rows with too many or too few cells are told with their lines, grouped, and the others are read."""
    ragged = "".join(f"Invented {n},1890,x\n" for n in range(6))
    sheet = opened(tmp_path, f"name,born\n{ragged}Invented\nInvented Last,1891\n")
    rows, said = read(sheet)
    assert rows == [(9, ["Invented Last", "1891"])]
    assert said == [
        "persons.csv:2: the row has 3 cells, the header 2",
        "persons.csv:3: the row has 3 cells, the header 2",
        "persons.csv:4: the row has 3 cells, the header 2",
        "  and 4 more like it, on lines 5, 6, 7, 8",
        "  put quotes around cells that hold a comma, and a cell for every column",
    ]
    assert sheet.torn


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            '"Invented Two,1890\nInvented Three,1891\n',
            [
                "persons.csv:3: a quote is opened here and never closed",
                '  close it, or write "" for a quote within a cell',
            ],
        ),
        (
            "Invented\0 Two,1890\n",
            ["persons.csv:3: the row holds a NUL byte", "  remove it: it is no character of any text"],
        ),
        (
            '"Invented" Two,1890\n',
            ["persons.csv:3: the row cannot be read: ',' expected after '\"'", '  write "" for a quote within a cell'],
        ),
        (
            f"{'x' * (CELL + 1)},1890\n",
            [
                "persons.csv:3: a cell is longer than 1,048,576 bytes",
                "  a cell holds a value; look for a quote that is not closed",
            ],
        ),
    ],
)
def test_what_tears_a_file_is_told_with_the_line_it_begins_on(tmp_path: Path, row: str, said: list[str]) -> None:
    """An unclosed or stray quote, a NUL byte and a cell without end are told with the line of the row, and end it."""
    sheet = opened(tmp_path, f"name,born\nInvented One,1889\n{row}")
    assert read(sheet) == ([(2, ["Invented One", "1889"])], said)
    assert sheet.torn


def test_a_folder_is_its_csvs(tmp_path: Path) -> None:
    """Of a folder its CSVs are read, sorted; an empty folder and a missing file are refused."""
    folder = tmp_path / "ours"
    folder.mkdir()
    with pytest.raises(BadData, match="the folder holds no CSV"):
        gather([folder])
    for name in ("roles.csv", "persons.csv", "notes.txt"):
        (folder / name).touch()
    assert gather([folder, tmp_path / "ours" / "notes.txt"]) == [
        folder / n for n in ("persons.csv", "roles.csv", "notes.txt")
    ]
    with pytest.raises(BadData, match="there is no such file"):
        gather([tmp_path / "nowhere.csv"])
