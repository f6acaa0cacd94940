"""terrordb query: rows, and the people or acts they are of as judged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from terrordb import library

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL
    from tests.cli.conftest import Say

# Nobody here has ever lived.
CELLS = {
    "persons": "id,name,born,sex,status\none,Invented Ana,1890,female,\ntwo,Invented Anna,c. 1890,female,\n"
    "three,Invented Anya,1890,,\nfour,Invented Boris,1891,male,\nfive,Invented Ania,1890,female,dubious\n",
    "cases": "id,person,outcome\ncase-one,one,released\ncase-two,two,released\ncase-four,four,\n",
    "judgements": "id,record,other,verdict,by\na,persons/one,persons/two,same,A Test\nb,persons/two,persons/three,same,"
    "A Test\nc,persons/five,persons/one,same,A Test\nd,cases/case-one,cases/case-two,same,A Test\n",
}
LEFT_OUT = "1 dubious or withdrawn row left out: --with dubious counts them\n"


@pytest.fixture
def judged(said: Say, url: URL, tmp_path: Path) -> str:
    """Give the address of a database with five invented people, four of whom are judged to be one."""
    address = url.render_as_string(hide_password=False)
    for kind, text in CELLS.items():
        (tmp_path / f"{kind}.csv").write_text(text, encoding="utf-8")
    loaded = said("load", *(str(tmp_path / f"{kind}.csv") for kind in CELLS), "--db", address)
    assert loaded.code == 0, loaded.err
    return address


@pytest.mark.parametrize(
    ("words", "out", "err"),
    [
        (("persons",), "4\n", "4 records of 2 people, as judged\n" + LEFT_OUT),
        (("persons", "--with", "dubious"), "5\n", "5 records of 2 people, as judged\n"),
        (
            ("born:1890",),
            "certain\tpossible\tmissing\tof\n2\t3\t0\t4\n",
            "3 records of 1 person, as judged\n" + LEFT_OUT,
        ),
        (("born:1890", "--certain"), None, "2 records of 1 person, as judged\n" + LEFT_OUT),
        (("boris",), "1\n", ""),
        (("cases",), "3\n", "3 records of 2 acts, as judged\n"),
        (("cases", "not outcome:any"), "1\n", ""),
        (("sources",), "2\n", ""),
    ],
)
def test_a_count_tells_people_where_they_are_fewer(
    said: Say, judged: str, words: tuple[str, ...], out: str | None, err: str
) -> None:
    """The numbers stay rows; the line beside them is on the error stream, and stands only where it tells more."""
    told = said("query", *words, "--count", "--db", judged)
    assert (told.out, told.err) == (told.out if out is None else out, err)
    printed = said("query", *words, "--count", "--format", "json", "--db", judged)
    assert list(json.loads(printed.out)) == ["certain", "possible", "missing", "of"]
    assert printed.err == err
    assert said("query", *words, "--count", "--quiet", "--db", judged).err == ""


def test_a_table_tells_people_below_its_rows(said: Say, judged: str) -> None:
    """Below a table the same line stands under the number of rows; what it leaves out is said then too."""
    told = said("query", "persons", "--format", "table", "--db", judged)
    assert told.out.endswith("5 of 5 persons\n4 records of 2 people, as judged\n")
    assert told.err == LEFT_OUT
    alone = said("query", "boris", "--format", "table", "--db", judged)
    assert alone.out.endswith("1 of 5 persons\n")
    assert alone.err == ""


def test_a_script_is_told_people(judged: str) -> None:
    """`people` is of the rows that are counted, and None where nobody is judged to be another."""
    with library.open(judged) as base:
        assert base.query("persons").people == 2
        assert base.query("persons", dubious=True).people == 2
        assert base.query("born:1890", certain=True).people == 1
        assert base.query("born:1890").judged == (3, 1)
        assert base.query("boris").people == 1
        assert base.query("cases").people == 2
        assert base.query("places").people is None
        assert base.query("places").judged is None
