"""Any table as raw rows: separators, encodings, archives, spreadsheets, JSON lines and SQL; every name is invented."""

from __future__ import annotations

import csv
import datetime as dt
import gc
import gzip
import io
import os
import re
import sys
import tempfile
import tracemalloc
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conftest import GIVEN

from terrordb.errors import BadData, TerrorDBError
from terrordb.loading import delimited
from terrordb.loading.raw import COLUMNS, RawTable
from terrordb.loading.sheets import CELL, sha256
from terrordb.loading.tables import open_tables, read_stdin

REAL = GIVEN.parents[1] / "data" / "real"
Set_Aside = tuple[int, str, list[str]]

HEADER = ["Фамилия", "Имя", "Дата ареста"]
ROWS = [
    ["Вымышленный", "Иван", "5.08.1937"],
    ["Небывалый", "Пётр", ""],
    ["Придуманная", "Анна, она же Ганна", "1938; или 1939"],
    ["Несуществующий", 'завод "Выдумка"', "зима\n1938"],
]


def written(rows: list[list[str]], separator: str = ",", end: str = "\n") -> str:
    """Write rows as CSV."""
    file = io.StringIO(newline="")
    # The writer puts quotes around its own ends of line alone.
    dialect = csv.unix_dialect if end == "\r" else csv.excel
    csv.writer(file, dialect, delimiter=separator, lineterminator=end).writerows(rows)
    return file.getvalue()


def put(folder: Path, content: str | bytes, name: str = "list.csv") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def one(path: Path, **options: str) -> RawTable:
    """Open a file that holds one table."""
    (table,) = open_tables(path, **options)
    return table


def read(table: RawTable) -> tuple[list[tuple[int, list[str]]], list[Set_Aside]]:
    """Read a table's rows, and what was set aside."""
    aside: list[Set_Aside] = []
    return list(table.rows(lambda *row: aside.append(row))), aside


def cells(table: RawTable) -> list[list[str]]:
    """Read rows of which none is set aside."""
    rows, aside = read(table)
    assert aside == []
    return [row for _, row in rows]


def refused(path: Path, **options: str) -> str:
    """Open what is refused; what is said comes back, without the folder."""
    with pytest.raises(BadData) as refusal:
        open_tables(path, **options)
    return str(refusal.value).replace(f"{path.parent}/", "")


# -- separators and encodings --


@pytest.mark.parametrize(("separator", "said"), [(",", None), (";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_separator_and_line_end(tmp_path: Path, separator: str, said: str | None, end: str) -> None:
    """The separator is found and said; commas, semicolons, quotes and ends of line within cells stay."""
    path = put(tmp_path, written([HEADER, *ROWS], separator, end))
    table = one(path)
    rows, aside = read(table)
    assert aside == []
    assert rows == list(zip([2, 3, 4, 5], ROWS, strict=True))
    assert (table.header, table.header_line, table.encoding) == (HEADER, 1, "utf-8")
    assert (table.label, table.path, table.sha256) == ("list.csv", path, sha256(path))
    assert table.format == ("tsv" if separator == "\t" else "csv")
    assert [s for s in table.said if "separated" in s] == ([s for s in table.said if f"by {said}" in s] if said else [])
    assert bool(table.said) == bool(said)


def test_a_separator_is_told_by_even_rows_and_not_by_what_occurs_most(tmp_path: Path) -> None:
    """Decimal commas in every row do not make commas the separator; `sep=` decides, and a space after it is none."""
    table = one(put(tmp_path, "name;share;sum\n" + "Invented;0,5;1,5\n" * 40 + "torn;0,5\n"))
    rows, aside = read(table)
    assert (table.header, len(rows), aside) == (
        ["name", "share", "sum"],
        40,
        [(42, "the row has 2 cells, the header 3", ["torn", "0,5"])],
    )
    assert cells(one(put(tmp_path, "sep=|\na|b\n1,2|3,4\n"))) == [["1,2", "3,4"]]
    assert cells(one(put(tmp_path, 'id, name, n\n1, "Invented, A.", 2\n2, "Invented, B.", 3\n'))) == [
        ["1", "Invented, A.", "2"],
        ["2", "Invented, B.", "3"],
    ]


def test_lines_of_prose_and_a_single_column(tmp_path: Path) -> None:
    """Where commas separate nothing each line is one cell; a quoted cell of a single column loses its quotes."""
    prose = one(put(tmp_path, "р. 1905, расстрелян, Оха\nв августе, 1937\nмельник\nбез слов, но, с запятыми, тут\n"))
    assert cells(prose) == [["в августе, 1937"], ["мельник"], ["без слов, но, с запятыми, тут"]]
    assert "separated by nothing" in prose.said[0]
    assert cells(one(put(tmp_path, 'name\n"Invented, A."\nInvented B.\n'))) == [["Invented, A."], ["Invented B."]]
    ragged = one(put(tmp_path, "name,born\nInvented A\nInvented B\nInvented C,1890\n"))
    assert [line for line, _, _ in read(ragged)[1]] == [2, 3]


@pytest.mark.parametrize("encoding", ["cp1251", "koi8-r", "cp866", "utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_russian_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    """What is not UTF-8 is guessed right, in great letters too, and the guess is said with its confidence."""
    for text in (written([HEADER, *ROWS]), written([HEADER, *ROWS]).upper()):
        table = one(put(tmp_path, text.encode(encoding)))
        assert [table.header, *cells(table)] == list(csv.reader(io.StringIO(text, newline="")))
        assert table.encoding == encoding.removesuffix("-sig")
        if "utf" not in encoding:
            assert table.said == [f"the encoding is not stated: read as {encoding} (99 % sure)"]


def test_a_guess_that_fits_nothing_is_not_sure(tmp_path: Path) -> None:
    """Polish in cp1250 is none of those that are guessed: its words come out half Latin, half Cyrillic."""
    text = "nazwisko,dom\nWymyślony,łąka\nNieistniejący,ściana\nZmyślona,Wrocław\n"
    (said,) = one(put(tmp_path, text.encode("cp1250"))).said
    sure = re.search(r"[(](\d+) % sure[)]", said)
    assert sure is not None
    assert int(sure[1]) < 50


def test_western_letters_are_latin_1_and_a_word_alone_is_a_doubt(tmp_path: Path) -> None:
    """Spanish among much ASCII is Latin-1; typographic quotes make it cp1252; one short word is said to be a guess."""
    spanish = written(
        [["nombre", "edad"], *([f"IÑIGO MUÑOZ {n} FICTICIO", "26 años"] for n in range(30)), ["José", ""]]
    )
    table = one(put(tmp_path, spanish.encode("latin-1")))
    assert table.encoding == "latin-1"
    assert table.said[0].startswith("the encoding is not stated: read as latin-1 (")
    assert cells(table)[0] == ["IÑIGO MUÑOZ 0 FICTICIO", "26 años"]
    assert one(put(tmp_path, (spanish + "“Pepe”,3\n").encode("cp1252"))).encoding == "cp1252"
    (said,) = one(put(tmp_path, "name\nБАЙ\n".encode("koi8-r"))).said
    assert int(said.split("(")[1].split()[0]) < 80


def test_a_wrong_encoding_is_an_error_with_its_line(tmp_path: Path) -> None:
    """A named encoding that does not fit, or does not exist, and UTF-8 with one line of another are refused."""
    path = put(tmp_path, written([HEADER, *ROWS]).encode("cp1251"))
    assert one(path, encoding="cp1251").said == []
    assert refused(path, encoding="utf-8").startswith("list.csv:1: it was said to be utf-8, and this line is not")
    assert refused(path, encoding="koi9").startswith("list.csv: there is no encoding 'koi9'")
    mixed = ("name\n" + "Вымышленный\n" * 90_000).encode() + "Небывалый\n".encode("cp1251")
    assert refused(put(tmp_path, mixed)).startswith("list.csv:90002: the file is UTF-8, and this line is not")
    assert refused(put(tmp_path, "name\nВымышленный".encode()[:-1])).startswith("list.csv:2: ")


def test_quotes_of_a_tsv_are_letters_where_they_do_not_balance(tmp_path: Path) -> None:
    """Memorial's table quotes nothing, and its first quote may stand late; a spreadsheet's TSV quotes as CSV does."""
    lines = ["name\twork\tnone", *["Вымышленный\tпекарь\tNone"] * 3000]
    literal = [*lines, 'Небывалый\t"Выдумка", завод\tNone', 'Придуманная\t"\tNone', 'Несуществующий\t"Мечта"\t"']
    table = one(put(tmp_path, "\n".join(literal), "memorial.tsv"))
    assert cells(table)[3000:] == [line.split("\t") for line in literal[3001:]]
    assert table.said == ["separated by tabs; quotes are letters like any other"]
    quoted = written([["name", "work"], ["Вымышленный", 'завод "Мечта"'], ["Небывалый", "зима\n1938"]], "\t")
    table = one(put(tmp_path, quoted, "sheet.tsv"))
    assert cells(table) == [["Вымышленный", 'завод "Мечта"'], ["Небывалый", "зима\n1938"]]
    assert table.said == ["separated by tabs; quotes stand around cells"]


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "cp1251", "koi8-r", "cp866", "latin-1"]
ALPHABET = "аеёяЖЩъы ABCz019,;|\t\"\n\r'-.é§"


@given(st.data())
def test_what_csv_writes_comes_back(data: st.DataObject) -> None:
    """Any cells, in any encoding and separator, are read as they were written; blank rows alone are passed over."""
    encoding, separator = data.draw(st.sampled_from(ENCODINGS)), data.draw(st.sampled_from(",;\t|"))
    letters = "".join(c for c in ALPHABET if c.encode(encoding, "ignore"))
    width = data.draw(st.integers(2, 5))
    row = st.lists(st.text(letters, max_size=8), min_size=width, max_size=width)
    rows = data.draw(st.lists(row, max_size=12))
    header = [f"column-{n}" for n in range(width)]
    with tempfile.TemporaryDirectory() as folder:
        path = put(Path(folder), written([header, *rows], separator, "\r\n").encode(encoding))
        table = one(path, encoding=encoding)
        assert table.header == header
        assert cells(table) == [row for row in rows if any(map(str.strip, row))]


# -- headers --


def test_headers_are_named_and_titles_passed_over(tmp_path: Path) -> None:
    """Columns without a name get their number, those of one name their turn; what stands above is said, not lost."""
    table = one(put(tmp_path, "Список вымышленных,,,\n,,,\n имя ,,имя,имя (2)\n1,2,3,4\n"))
    assert table.header == ["имя", "column 2", "имя (3)", "имя (2)"]  # no name may become that of another
    assert table.header_line == 3
    assert table.said == ["line 1 stands above the header and is no row: 'Список вымышленных'"]
    assert read(table)[0] == [(4, ["1", "2", "3", "4"])]
    wide = put(tmp_path, ",".join(f"c{n}" for n in range(10_000)) + "\n")
    assert refused(wide).startswith(f"list.csv:1: the header has 10,000 columns; {COLUMNS:,} are the most")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "list.csv: the file is empty"),
        ("\n \n\n", "list.csv: the file is empty"),
        (",,\n,\n", "list.csv: the file has no header"),
        ('name,"born\n', "list.csv:1: the header cannot be read: a quote is opened here and never closed"),
        ("na\0me,b\nInvented,1\n", "list.csv:1: the header cannot be read: the row holds a NUL byte"),
        (b"%PDF-1.7 ...", "list.csv: it is a PDF, and no table"),
        (b"\xd0\xcf\x11\xe0" + bytes(600), "list.csv: it is an old or an encrypted Office file, and no table"),
        (bytes(1000), "list.csv: it is no text"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, content: str | bytes, said: str) -> None:
    """An empty file, one without a header or with a torn one, and other sorts of file are named, with a remedy."""
    assert refused(put(tmp_path, content)).startswith(said + "\n  ")


# -- rows set aside --


def test_rows_that_are_none_are_set_aside_with_line_and_reason(tmp_path: Path) -> None:
    """Too few and too many cells, a second header, zero bytes and a torn row go aside whole; what follows is read."""
    text = 'a,b,c\n1,2,3\n\n4,5\n,,\n6,7,8,9\na,b,c\n1\0,2,3\n10,"torn,11\n12,13,14\n"x"y,1,2\n15,"1\n6",17\n18,19,'
    rows, aside = read(one(put(tmp_path, text)))
    assert rows == [
        (2, ["1", "2", "3"]),
        (10, ["12", "13", "14"]),
        (12, ["15", "1\n6", "17"]),
        (14, ["18", "19", ""]),
    ]
    assert aside == [
        (4, "the row has 2 cells, the header 3", ["4", "5"]),
        (6, "the row has 4 cells, the header 3", ["6", "7", "8", "9"]),
        (7, "the header stands here again", ["a", "b", "c"]),
        (8, "the row holds a NUL byte", ["1\0", "2", "3"]),
        (9, "the row cannot be read: ',' expected after '\"'", ['10,"torn,11']),
        (11, "the row cannot be read: ',' expected after '\"'", ['"x"y,1,2']),
    ]


def test_a_torn_row_swallows_no_other(tmp_path: Path) -> None:
    """A quote never closed, one closed by chance rows later, and many of them cost their own rows and no others."""
    good = [f"{n},Вымышленный,1937" for n in range(20_000)]
    torn = {100: '100,"Вымышленный,1937', 5_000: '5000,Вымышл"енный,"1937', 19_999: '19999,Вымышленный,"1937'}
    lines = [torn.get(n, line) for n, line in enumerate(good)]
    rows, aside = read(one(put(tmp_path, "id,name,year\n" + "\n".join(lines))))
    assert [line - 2 for line, _, _ in aside] == list(torn)
    assert [raw for _, _, raw in aside] == [[text] for text in torn.values()]
    assert [row[0] for _, row in rows] == [str(n) for n in range(20_000) if n not in torn]
    assert all(line == int(row[0]) + 2 for line, row in rows)
    closed = 'id,name,year\n1,"Вымышленный,1937\n2,Небывалый,1938\n3,Придуманная,1938\n4,"\n5,Последний,1939\n'
    rows, aside = read(one(put(tmp_path, closed)))
    assert [line for line, _ in rows] == [3, 4, 6]
    assert [line for line, _, _ in aside] == [2, 5]


def test_a_cell_too_long_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    """A cell above a mebibyte is set aside with its line, however long it is, and not held."""
    path, lines = tmp_path / "list.csv", 30_000
    with path.open("w", encoding="utf-8") as file:
        file.write("a,b\n1,2\n3,")
        for _ in range(64):
            file.write("x" * 2**20)
        file.write(f'\n4,5\n6,{"y" * (CELL + 1)}\n7,{"z" * CELL}\n8,"')
        file.write(("line" * 20 + "\n") * lines)
        file.write('",9\n10,11\n')
    aside: list[Set_Aside] = []
    rows, short = [], 0

    def put_aside(line: int, reason: str, raw: list[str]) -> None:
        nonlocal short
        if raw == ["line" * 20]:
            short += 1
        else:
            aside.append((line, reason, [cell[:3] for cell in raw]))

    tracemalloc.start()
    for line, row in one(path).rows(put_aside):
        rows.append((line, row[0]))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 60 * 2**20
    too_long = f"a cell is longer than {CELL:,} characters, and only its beginning stands here"
    assert rows == [(2, "1"), (4, "4"), (6, "7"), (7 + lines + 1, "10")]
    assert aside == [
        (3, too_long, ["3,x"]),
        (5, too_long, ["6,y"]),
        (7, "a quote is opened here and never closed", ['8,"']),
        (7 + lines, "a quote is opened here and never closed", ['",9']),
    ]
    assert short == lines - 1


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path) -> None:
    """Size or time differ after the last row: the load must not stand."""
    path = put(tmp_path, "a,b\n1,2\n3,4\n")
    rows = one(path).rows(lambda *_: None)
    assert next(rows) == (2, ["1", "2"])
    os.utime(path, (1, 1))
    with pytest.raises(BadData, match="the file changed while it was read"):
        list(rows)
    table = one(path)
    path.write_bytes("a,b\n1,Вымышленный\n".encode("cp1251"))
    with pytest.raises(BadData, match="the file changed while it was read"):
        list(table.rows(lambda *_: None))
    path.unlink()
    with pytest.raises(BadData, match="cannot be read"):
        list(table.rows(lambda *_: None))


# -- folders, archives, standard input --


def zipped(path: Path, members: dict[str, str | bytes]) -> Path:
    """Write an archive."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_folders_and_archives(tmp_path: Path) -> None:
    """All tables of a folder and of an archive are opened, in order; what is left out and what is nested is named."""
    folder = tmp_path / "books"
    folder.mkdir()
    put(folder, "a,b\n1,2\n", "b.csv")
    put(folder, "notes", "notes.txt")
    put(folder, "x", ".hidden.csv")
    put(folder, gzip.compress("имя;год\nВымышленный;1937\n".encode("cp1251")), "a.csv.gz")
    inner = zipped(tmp_path / "inner.zip", {"x.csv": "a,b\n1,2\n"}).read_bytes()
    archive = zipped(
        folder / "c.zip",
        {
            "том 2/z.tsv": "a\tb\n5\t6\n",
            "a.csv": "a,b\n3,4\n",
            "inner.zip": inner,
            "read.me": "",
            "__MACOSX/a.csv": "?",
        },
    )
    tables = open_tables(folder)
    assert [table.label for table in tables] == ["a.csv.gz", "b.csv", "c.zip/a.csv", "c.zip/том 2/z.tsv"]
    assert [cells(table) for table in tables] == [[["Вымышленный", "1937"]], [["1", "2"]], [["3", "4"]], [["5", "6"]]]
    assert tables[0].said[0] == "left out of books: notes.txt (name a file to have it read)"
    assert tables[2].said == [
        "left out of c.zip: read.me",
        "archives within c.zip are not opened: inner.zip",
    ]
    assert tables[2].sha256 == tables[3].sha256 == sha256(archive)
    assert {table.path for table in tables[2:]} == {archive}

    put(folder, "", "empty.csv")
    put(folder, "%PDF", "false.csv")
    said = refused(folder)
    assert "empty.csv: the file is empty" in said
    assert "false.csv: it is a PDF" in said
    assert "2 files cannot be read" in said
    bare = tmp_path / "bare"
    bare.mkdir()
    assert refused(bare).startswith("bare: the folder holds no table")
    assert refused(tmp_path / "none.csv").startswith("none.csv: there is no such file")


def test_archives_that_are_not_opened(tmp_path: Path) -> None:
    """A path that leaves its folder, a password, a bomb, an archive within and a damaged one are refused by name."""
    path = tmp_path / "a.zip"
    for name in ("../evil.csv", "/etc/evil.csv", "C:/evil.csv", "in/../../evil.csv"):
        assert f"the archive holds '{name}', a path that leads out of" in refused(zipped(path, {name: "a,b\n"}))
    bomb = b"a,b\n" + b"1,2\n" * 2**24
    assert refused(zipped(path, {"bomb.csv": bomb})).startswith(
        "a.zip/bomb.csv: it unpacks to more than 200 times its size"
    )
    packed = put(tmp_path, gzip.compress(bomb), "bomb.csv.gz")
    assert refused(packed).startswith("bomb.csv.gz: it unpacks to more than 200 times its size")
    small = zipped(path, {"even.csv": bomb[: 2**20]})
    assert len(cells(one(small))) == 2**18 - 1
    assert refused(zipped(path, {"inner.zip": b"PK", "notes.doc": b""})).startswith(
        "a.zip: the archive holds no table\n  it holds: inner.zip, notes.doc"
    )
    inner = zipped(tmp_path / "inner.zip", {"x.csv": "a,b\n1,2\n"}).read_bytes()
    assert "an archive within another" in refused(zipped(path, {"renamed.csv": inner}))
    assert "packed twice" in refused(put(tmp_path, gzip.compress(gzip.compress(b"a,b\n")), "twice.gz"))
    whole = bytearray(zipped(path, {"a.csv": "a,b\n1,2\n"}).read_bytes())
    at = whole.rindex(b"PK\x01\x02")
    assert "the archive is encrypted" in refused(
        put(tmp_path, bytes(whole[: at + 8]) + b"\1" + bytes(whole[at + 9 :]), "a.zip")
    )
    assert "the archive is damaged" in refused(put(tmp_path, bytes(whole[:40]), "a.zip"))
    assert "the archive is damaged" in refused(put(tmp_path, gzip.compress(b"a,b\n" * 999)[:-30], "cut.gz"))


def test_names_within_an_old_archive_are_russian(tmp_path: Path) -> None:
    """Windows wrote names in cp866 and did not say so."""
    path = zipped(tmp_path / "a.zip", {"spisok.csv": "a,b\n1,2\n"})
    path.write_bytes(path.read_bytes().replace(b"spisok", "список".encode("cp866")))
    assert one(path).label == "a.zip/список.csv"
    assert cells(one(path)) == [["1", "2"]]


def test_standard_input_is_copied_and_forgotten(tmp_path: Path) -> None:
    """Rows come from a temporary file that goes with the tables; a refusal leaves nothing behind."""
    tables = read_stdin(stream=io.BytesIO(gzip.compress("имя;год\nВымышленный;1937\n".encode("koi8-r"))))
    (table,) = tables
    copy = table.path
    assert (table.label, table.encoding, cells(table)) == ("standard input", "koi8-r", [["Вымышленный", "1937"]])
    assert copy.exists()
    del table, tables
    gc.collect()
    assert not copy.exists()
    before = set(Path(tempfile.gettempdir()).glob("terrordb-*"))
    with pytest.raises(BadData, match="empty"):
        read_stdin(stream=io.BytesIO(b""))
    assert set(Path(tempfile.gettempdir()).glob("terrordb-*")) <= before


# -- spreadsheets --


def book(path: Path, *sheets: list[list[object]], merged: tuple[str, ...] = (), epoch: int = 1900) -> Path:
    """Write an XLSX with openpyxl."""
    import openpyxl
    from openpyxl.utils.datetime import CALENDAR_MAC_1904

    made = openpyxl.Workbook()
    made.remove(made.active)
    if epoch == 1904:
        made.epoch = CALENDAR_MAC_1904
    for n, rows in enumerate(sheets, 1):
        sheet = made.create_sheet(f"Лист{n}")
        for row in rows:
            sheet.append(row)
        for reference in merged:
            sheet.merge_cells(reference)
    made.save(path)
    return path


def changed(path: Path, member: str, old: str, new: str) -> Path:
    """Change a member of an archive."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    assert old.encode() in held[member]
    held[member] = held[member].replace(old.encode(), new.encode())
    return zipped(path, dict(held))


@pytest.mark.parametrize("epoch", [1900, 1904])
def test_cells_of_a_workbook(tmp_path: Path, epoch: int) -> None:
    """Dates are ISO on either calendar, numbers their shortest text; short rows are filled, long ones set aside."""
    rows: list[list[object]] = [
        ["имя", "дата", "число", "да", "текст"],
        ["Вымышленный", dt.date(1937, 8, 5), 5.0, True, "007"],
        [],
        [
            "Небывалый",
            dt.datetime(1938, 2, 1, 13, 30),  # noqa: DTZ001 - a spreadsheet knows no zones
            0.1,
            False,
            "5.08.1937",
        ],
        ["Придуманная", dt.date(1904, 1, 2), 1e21],
        ["Длинная", None, 2**40, None, " x ", "лишнее"],
    ]
    rows[5:5] = [["Вымышленный", None]] * 16
    table = one(book(tmp_path / "a.xlsx", rows, epoch=epoch))
    assert (table.label, table.format, table.encoding, table.header_line) == ("a.xlsx#Лист1", "xlsx", None, 1)
    found, aside = read(table)
    assert found[:3] == [
        (2, ["Вымышленный", "1937-08-05", "5", "true", "007"]),
        (4, ["Небывалый", "1938-02-01T13:30:00", "0.1", "false", "5.08.1937"]),
        (5, ["Придуманная", "1904-01-02", "1e+21", "", ""]),
    ]
    assert aside == [(22, "the row has 6 cells, the header 5", ["Длинная", "", "1099511627776", "", " x ", "лишнее"])]


def test_formulas_without_a_stored_value_are_no_empty_cells(tmp_path: Path) -> None:
    """Stored values are read, an empty stored text is empty, and where nothing is stored the formula stays."""
    path = book(tmp_path / "a.xlsx", [["a", "b"], ["x", "=A2"], ["y", "=A3"], ["z", '=IF(1,"",A4)'], ["w", None]])
    with zipfile.ZipFile(path) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    for at, stored in (("B2", "x"), ("B4", "")):
        (cell,) = re.findall(f'<c r="{at}".*?</c>', sheet)
        changed(path, "xl/worksheets/sheet1.xml", cell, f'<c r="{at}" t="str"><f>A1</f><v>{stored}</v></c>')
    table = one(path)
    assert cells(table) == [["x", "x"], ["y", "=A3"], ["z", ""], ["w", ""]]
    assert cells(table) == cells(table)
    (said,) = table.said
    assert said.startswith("3 cells computed by formulas: their stored values are read, but 1 ")


def test_headers_merged_over_two_rows_are_joined_below_a_title(tmp_path: Path) -> None:
    """A title is passed over and said; a cell above two others is joined to each; one that reaches down stands once."""
    rows: list[list[object]] = [
        ["Список вымышленных лиц"],
        [],
        ["№", "ФИО", "Дата", None, "Место"],
        [None, None, "ареста", "осуждения", "рождения"],
        [1, "Вымышленный И.", "1937", "1938", "Выдумка"],
    ]
    merged = ("A1:E1", "A3:A4", "B3:B4", "C3:D3")
    table = one(book(tmp_path / "a.xlsx", rows, merged=merged))
    assert table.header == ["№", "ФИО", "Дата: ареста", "Дата: осуждения", "Место: рождения"]
    assert (table.header_line, cells(table)) == (4, [["1", "Вымышленный И.", "1937", "1938", "Выдумка"]])
    assert table.said == [
        "row 1 stands above the header and is no row: 'Список вымышленных лиц'",
        "the header stands in rows 3 to 4, and is joined",
    ]
    groups: list[list[object]] = [
        ["Лицо", None, None, None, "Дело", None, None, None],
        ["фамилия", "имя", "отчество", "год", "арест", "суд", "статья", "итог"],
        ["Вымышленный", "Иван", "", "1890", "1937", "1938", "58", ""],
    ]
    table = one(book(tmp_path / "b.xlsx", groups, merged=("A1:D1", "E1:H1")))
    assert table.header[:1] + table.header[-1:] == ["Лицо: фамилия", "Дело: итог"]
    assert cells(table) == [["Вымышленный", "Иван", "", "1890", "1937", "1938", "58", ""]]


def test_a_cell_merged_above_the_rows_takes_none_of_them(tmp_path: Path) -> None:
    """Where a number stands beside what a merged cell is above, that row is one of the list, and no second header."""
    rows: list[list[object]] = [
        ["№", "ФИО", None, None, "Дата ареста"],
        [1, "Вымышленный", "Иван", "Ильич", "5.11.1937"],
        [2, "Небывалая", "Анна", None, None],
    ]
    table = one(book(tmp_path / "a.xlsx", rows, merged=("B1:D1",)))
    assert table.header == ["№", "ФИО", "ФИО (2)", "ФИО (3)", "Дата ареста"]
    assert cells(table) == [
        ["1", "Вымышленный", "Иван", "Ильич", "5.11.1937"],
        ["2", "Небывалая", "Анна", "", ""],
    ]
    years: list[list[object]] = [
        ["№", "Фамилия", "Арестовано", None],
        [None, None, 1937, 1938],
        [1, "Вымышленный", 2, 3],
    ]
    table = one(book(tmp_path / "b.xlsx", years, merged=("C1:D1",)))
    assert table.header == ["№", "Фамилия", "Арестовано: 1937", "Арестовано: 1938"]
    assert cells(table) == [["1", "Вымышленный", "2", "3"]]


def test_the_sheet_that_is_meant(tmp_path: Path) -> None:
    """The first sheet that holds anything, or the one named, or the one numbered; another is an error naming them."""
    path = book(tmp_path / "a.xlsx", [], [["a"], ["1"]], [["b"], ["2"]], [])
    table = one(path)
    assert (table.label, cells(table)) == ("a.xlsx#Лист2", [["1"]])
    assert table.said == ["the sheet 'Лист2' is read; left out: 'Лист3' (--sheet takes another)"]
    assert one(path, sheet="Лист3").header == one(path, sheet="3").header == ["b"]
    assert refused(path, sheet="9").startswith("a.xlsx: there is no sheet '9'\n  there are: Лист1, Лист2, Лист3, Лист4")
    assert refused(path, sheet="1").startswith("a.xlsx: the sheet 'Лист1' is empty")
    assert refused(book(tmp_path / "b.xlsx", [], [])).startswith("b.xlsx: every sheet is empty")
    archive = zipped(tmp_path / "a.zip", {"b.xlsx": path.read_bytes()})
    table = one(archive)
    assert (table.label, cells(table)) == ("a.zip/b.xlsx#Лист2", [["1"]])


def test_nothing_of_a_workbook_is_followed_or_run(tmp_path: Path) -> None:
    """Links and macros are said and left alone; entities that swell, and damage, are refused without a traceback."""
    path = book(tmp_path / "a.xlsx", [["a", "b"], ["1", "2"]])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/externalLinks/externalLink1.xml", "<x/>")
        archive.writestr("xl/vbaProject.bin", "macro")
    table = one(path)
    assert table.said == ["it points to other workbooks, which are not followed", "it holds macros, which are not run"]
    assert cells(table) == [["1", "2"]]
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    swell = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "lol">{entities}]><worksheet '
    changed(path, "xl/worksheets/sheet1.xml", "<worksheet ", swell)
    changed(path, "xl/worksheets/sheet1.xml", "<sheetData>", "<sheetData>&e11;")
    assert refused(path).startswith("a.xlsx: the workbook is damaged: ParseError")
    cut = book(tmp_path / "b.xlsx", [["a"], ["1"]]).read_bytes()
    assert "b.xlsx: the archive is damaged" in refused(put(tmp_path, cut[:-100], "b.xlsx"))
    assert "it is a document of words" in refused(
        zipped(tmp_path / "c.docx", {"[Content_Types].xml": "", "word/document.xml": ""})
    )


def test_a_serial_number_that_is_no_date_stays_a_number(tmp_path: Path) -> None:
    """A year typed into a cell of dates far beyond the calendar is kept as it is written."""
    path = book(tmp_path / "a.xlsx", [["d", "e"], [dt.date(1937, 8, 5), "x"], [dt.date(1937, 8, 6), "y"]])
    changed(path, "xl/worksheets/sheet1.xml", "<v>13733</v>", "<v>19370806000</v>")
    assert cells(one(path)) == [["1937-08-05", "x"], ["19370806000", "y"]]


def test_xlsx_without_its_library_names_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A missing library is said with what installs it."""
    path = book(tmp_path / "a.xlsx", [["a"], ["1"]])
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(TerrorDBError) as refusal:
        open_tables(path)
    assert "terrordb[xlsx]" in refusal.value.remedy


NAMESPACES = " ".join(
    f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
)


def ods(path: Path, rows: str) -> Path:
    """Write an ODS of one sheet, its rows given as XML."""
    sheet = f'<table:table table:name="Пусто"/><table:table table:name="Лист">{rows}</table:table>'
    content = (
        f"<office:document-content {NAMESPACES}><office:body><office:spreadsheet>{sheet}"
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(path, {"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content})


def text_cell(text: str, more: str = "") -> str:
    """Write a cell of text."""
    return f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p></table:table-cell>'


def test_cells_of_an_ods(tmp_path: Path) -> None:
    """Dates before 1900, repeated cells and rows, notes to cells and formulas are read as a spreadsheet shows them."""
    head = "<table:table-row>{}<table:covered-table-cell/>{}</table:table-row>".format(
        text_cell("Дата", ' table:number-columns-spanned="2"'), text_cell("Имя")
    )
    below = f"<table:table-row>{text_cell('рождения')}{text_cell('ареста')}<table:table-cell/></table:table-row>"
    first = (
        "<table:table-row>"
        '<table:table-cell office:value-type="date" office:date-value="1899-05-05"><text:p>5/5/99</text:p>'
        "</table:table-cell>"
        '<table:table-cell office:value-type="date" office:date-value="1937-08-05T13:30:00"/>'
        '<table:table-cell office:value-type="string"><office:annotation><text:p>note</text:p></office:annotation>'
        '<text:p>Вымышленный<text:s text:c="2"/>И.</text:p><text:p>пекарь</text:p></table:table-cell>'
        '<table:table-cell table:number-columns-repeated="16381"/></table:table-row>'
    )
    numbers = (
        '<table:table-row table:number-rows-repeated="2">'
        '<table:table-cell office:value-type="float" office:value="5.0" table:number-columns-repeated="2"/>'
        '<table:table-cell table:formula="of:=[.F2]"/></table:table-row>'
    )
    gap = '<table:table-row table:number-rows-repeated="1000"><table:table-cell/></table:table-row>'
    other = (
        '<table:table-row><table:table-cell office:value-type="boolean" office:boolean-value="true"/>'
        '<table:table-cell office:value-type="time" office:time-value="PT03H05M00S"/>'
        '<table:table-cell table:formula="of:=[.A1]" office:value-type="string"><text:p>x</text:p></table:table-cell>'
        "</table:table-row>"
        '<table:table-row table:number-rows-repeated="1047571"><table:table-cell/></table:table-row>'
    )
    table = one(ods(tmp_path / "a.ods", head + below + first + numbers + gap + other))
    assert (table.label, table.format, table.header) == ("a.ods#Лист", "ods", ["Дата: рождения", "Дата: ареста", "Имя"])
    rows, aside = read(table)
    assert (rows, aside) == (
        [
            (3, ["1899-05-05", "1937-08-05T13:30:00", "Вымышленный  И.\nпекарь"]),
            (4, ["5", "5", "=F2"]),
            (5, ["5", "5", "=F2"]),
            (1006, ["true", "03:05:00", "x"]),
        ],
        [],
    )
    assert table.said[0] == "the sheet 'Лист' is read"


def test_a_row_that_stands_more_often_than_a_sheet_has_rows_is_refused(tmp_path: Path) -> None:
    """A file of a kilobyte makes no thousand million rows, and none is left away unsaid."""
    many = f'<table:table-row table:number-rows-repeated="900000000">{text_cell("x")}</table:table-row>'
    path = ods(tmp_path / "a.ods", f"<table:table-row>{text_cell('a')}</table:table-row>{many}")
    with pytest.raises(BadData, match=r"a\.ods: row 2 stands 900,000,000 times"):
        cells(one(path))


# -- JSON lines and SQL --


def test_json_lines(tmp_path: Path) -> None:
    """Keys make the header, numbers stay as written, nested values are JSON; what is no object is set aside."""
    lines = [
        '{"имя": "Вымышленный", "год": 1937, "доля": 1.50, "дела": [{"суд": 1.0, "да": true}]}',
        "",
        '{"имя": "Небывалый", "примечание": null, "да": false}',
        '["no", "object"]',
        '{"имя": "torn',
        '{"имя": "a", "имя": "b"}',
        '{"имя": "z\\u0000"}',
    ]
    table = one(put(tmp_path, "\n".join(lines), "a.jsonl"))
    assert table.header == ["имя", "год", "доля", "дела", "примечание", "да"]
    rows, aside = read(table)
    assert rows == [
        (1, ["Вымышленный", "1937", "1.50", '[{"суд": 1.0, "да": true}]', "", ""]),
        (3, ["Небывалый", "", "", "", "", "false"]),
    ]
    assert [(line, reason.split(":")[0]) for line, reason, _ in aside] == [
        (4, "the line is no JSON object"),
        (5, "the line is no JSON"),
        (6, "the key 'имя' stands twice"),
        (7, "the row holds a NUL byte"),
    ]
    assert aside[1][2] == ['{"имя": "torn']
    assert table.said == ["1 null read as empty cells"]

    many = ['{"a": 1}'] * 1_000 + ['{"a": 2, "late": "x", "n": [1]}']
    table = one(put(tmp_path, "\n".join(many), "stream"))
    assert (table.format, table.header) == ("jsonl", ["a", "more"])
    assert cells(table)[-2:] == [["1", ""], ["2", '{"late": "x", "n": [1]}']]
    assert refused(put(tmp_path, '[\n{"a": 1}\n]', "a.json")).startswith("a.json: it is one JSON document")


def test_sql_is_read_as_text(tmp_path: Path) -> None:
    """Rows of every INSERT are read, table by table; NULL is counted, other statements are left out and never run."""
    text = """-- a dump; of 'invented' camps
CREATE TABLE camps (id int, title text DEFAULT 'a;b'); DROP TABLE persons;
INSERT INTO public.camps (id, title) VALUES
  (1, 'Вымышленный; лагерь'), (2, 'O''Invented (west), -- no'), /* (9, 'x'), */
  (3, NULL), (4, '');
insert into "counts"(camp, year, n) values (1, 1937, -2.50), (1, 1938, NULL), (2, 1939), (3, 1940, 0);
INSERT INTO camps (title, id, note) VALUES (E'it\\'s', 5, lower('X')), ('строки
две', 6, true) ON CONFLICT (id) DO NOTHING;
INSERT INTO camps SELECT * FROM others;
"""
    camps, counts = open_tables(put(tmp_path, text, "a.sql"))
    assert [camps.label, counts.label] == ["a.sql#camps", "a.sql#counts"]
    assert (camps.header, counts.header) == (["id", "title", "note"], ["camp", "year", "n"])
    assert read(camps)[0] == [
        (4, ["1", "Вымышленный; лагерь", ""]),
        (4, ["2", "O'Invented (west), -- no", ""]),
        (5, ["3", "", ""]),
        (5, ["4", "", ""]),
        (7, ["5", "it's", "lower('X')"]),
        (7, ["6", "строки\nдве", "true"]),
    ]
    assert read(counts) == (
        [(6, ["1", "1937", "-2.50"]), (6, ["1", "1938", ""]), (6, ["3", "1940", "0"])],
        [(6, "the row has 2 values, its statement 3 columns", ["2", "1939"])],
    )
    assert camps.said == [
        "3 other statements left out; none is run",
        "it fills 2 tables: camps, counts (--sheet takes one of them)",
        "1 NULL read as empty cells",
    ]
    mysql = "INSERT INTO `camps` VALUES (1,'It\\'s; \\\"x\\\"\\n'),(2,'b');"
    table = one(put(tmp_path, mysql, "my.sql"))
    assert (table.header, cells(table)) == (["column 1", "column 2"], [["1", 'It\'s; "x"\n'], ["2", "b"]])
    assert refused(put(tmp_path, "SELECT 1;", "b.sql")).startswith("b.sql: the file has no INSERT … VALUES")
    assert "not closed within" in refused(put(tmp_path, f"INSERT INTO t VALUES ('{'x' * 2**22}", "c.sql"))


def test_of_a_torn_row_of_sql_all_words_are_set_aside(tmp_path: Path) -> None:
    """What was read until the file ends goes aside, with its own table alone."""
    text = "INSERT INTO a (n, who) VALUES (1, 'Вымышленный'); INSERT INTO b (n, who) VALUES (2, 'Небывалый'), (3, 'овин"
    a, b = open_tables(put(tmp_path, text, "a.sql"))
    assert read(a) == ([(1, ["1", "Вымышленный"])], [])
    told = (1, "a bracket is opened here and never closed", ["(3, ' овин"])
    assert read(b) == ([(1, ["2", "Небывалый"])], [told])


def test_of_several_tables_of_sql_one_is_named(tmp_path: Path) -> None:
    """A table is named, or numbered, as a sheet is."""
    text = "INSERT INTO a (n) VALUES (1); INSERT INTO b (n) VALUES (2);"
    path = put(tmp_path, text, "a.sql")
    for sheet in ("b", "2"):
        table = one(path, sheet=sheet)
        assert (table.label, cells(table)) == ("a.sql#b", [["2"]])
    assert refused(path, sheet="c") == "a.sql: there is no table 'c'\n  there are: a, b"


def test_half_a_character_of_json_costs_its_own_row(tmp_path: Path) -> None:
    """Two escapes may make one character; one of the two alone can be kept nowhere, and its line is set aside."""
    text = '{"a": "\\ud83d\\ude00"}\n{"a": ["\\ud800"]}\n{"a": "x"}\n'
    table = one(put(tmp_path, text, "a.jsonl"))
    found, aside = read(table)
    assert [cells for _, cells in found] == [["\U0001f600"], ["x"]]
    assert aside == [(2, "the line holds half a character, such as \\ud800", ['{"a": ["\\ud800"]}'])]


def test_a_text_called_a_workbook_is_told(tmp_path: Path) -> None:
    """What is called .xlsx and holds a CSV is read, and that is said."""
    table = one(put(tmp_path, "a,b\n1,2\n", "a.xlsx"))
    assert cells(table) == [["1", "2"]]
    assert table.said == ["it is called .xlsx, does not begin as such a file does, and is read as text"]


def test_sql_is_read_in_pieces(tmp_path: Path) -> None:
    """A statement far longer than what is read at once gives the same rows, wherever the pieces end."""
    rows = ", ".join(f"({n}, 'Вымышленный ''{n}'' лагерь')" for n in range(30_000))
    table = one(put(tmp_path, f"INSERT INTO t (a, b) VALUES {rows};", "a.sql"))
    assert cells(table) == [[str(n), f"Вымышленный '{n}' лагерь"] for n in range(30_000)]


# -- real tables --


@pytest.mark.given
@pytest.mark.parametrize(
    ("name", "rows", "columns", "encoding"),
    [
        ("argentina_ruvte/victimas-accionar-represivo-ilegal.csv", 8_753, 18, "latin-1"),
        ("argentina_ruvte/victimas-accionar-represivo-ilegal-sin-denuncia-formal.csv", 784, 19, "latin-1"),
        ("argentina_ruvte/apodos.csv", 5_362, 4, "utf-8"),
        ("chile_pinochet/pinochet.csv", 2_398, 59, "utf-8"),
        ("women_executed/women_executed_flat.tsv", 4_683, 7, "utf-8"),
        ("north_ossetia/1_Sev_Osetia.xlsx", 2_998, 11, None),
        ("gulag_camps/camp-locations.sql", 668, 5, "utf-8"),
        ("gulag_camps/camps_titles.tsv", 575, 7, "utf-8"),
        ("repression_figures_kosik/min_arrests_by_year.csv", 942, 18, "utf-8"),
        ("repression_figures_kosik/min_arrests_by_month.csv", 6_341, 18, "utf-8"),
        ("repression_figures_kosik/ethnicity_translations.xlsx", 652, 4, None),
        ("repression_figures_kosik/ethnicity_info.xlsx", 38, 7, None),
        ("homoglyphs_hoover/Ukraine_microform.csv", 69, 2, "utf-8"),
    ],
)
def test_real_tables_are_read_whole(name: str, rows: int, columns: int, encoding: str | None) -> None:
    """Every row of tables found in the world is read, as many as their descriptions count, and none is set aside."""
    table = one(REAL / name)
    assert (len(cells(table)), table.encoding) == (rows, encoding)
    assert len(table.header) == columns or name.startswith("repression")


@pytest.mark.given
def test_real_tables_say_what_they_say() -> None:
    """Formulas of North Ossetia, Spanish letters, nulls that are no zeros, and one table in two formats."""
    table = one(REAL / "north_ossetia" / "1_Sev_Osetia.xlsx")
    rows = cells(table)
    assert table.said == ["1,665 cells computed by formulas: their stored values are read"]
    assert sum(row[6] == "." for row in rows) == 1_665
    assert (rows[0][1], rows[0][7]) == ("1339563", "сел. Карман-Синдзикау Алагиро-Ардонского р-на")
    register = one(REAL / "argentina_ruvte" / "victimas-accionar-represivo-ilegal.csv")
    ages = {row[6] for row in cells(register)}
    assert "26 años" in ages
    counts = cells(one(REAL / "gulag_camps" / "camp-statistics.sql"))
    assert (len(counts), [row[3] for row in counts].count(""), [row[3] for row in counts].count("0")) == (
        2_472,
        87,
        527,
    )
    folder = REAL / "catalonia_executed"
    left, right = (one(folder / f"Executats pel franquisme a Catalunya.{end}") for end in ("csv", "xlsx"))
    assert left.header == right.header
    # The spreadsheet holds the numbers of cases as numbers: their leading zeros are lost in the file itself.
    for one_, other in zip(cells(left), cells(right), strict=True):
        assert [*one_[:5], one_[5].lstrip("0"), *one_[6:]] == [*other[:5], other[5].lstrip("0"), *other[6:]]
    assert len(cells(left)) == 3_355


def test_lines_are_kept_for_one_row_only() -> None:
    """The reader of separated cells holds no more than the row it is at, however long the file is."""
    lines = (["a,b\n"] * 1_000 for _ in range(200))
    rows = delimited.records(lines, delimited.Dialect(","), 2, lambda *_: None)
    tracemalloc.start()
    assert sum(1 for _ in rows) == 200_000
    assert tracemalloc.get_traced_memory()[1] < 2**20
    tracemalloc.stop()
