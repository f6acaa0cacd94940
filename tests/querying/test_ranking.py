"""Records found by names, the nearest first, on both engines; nobody here has ever lived."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from terrordb import library

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Maker

LOAD = [sys.executable, "-c", "from terrordb.cli import main; main()", "load", "--quiet"]
CURATED = """id,name
one-full,Вымыслов Иван Петрович
two-other,Вымыслов Иван Сидорович
three-short,Вымыслов Иван
four-initials,Вымыслов И. П.
five-woman,Вымыслова Анна Петровна
six-latin,Vymyslov Pyotr
seven-far,Придумкин Пётр
"""
LISTED = """name,record_no
Вымыслов Иван Петрович,1
Вымыслова Дарья,2
Вымысловский Иван,3
Придумкин Иван Иванович,4
Вымыслов Пётр,5
"""
FURTHER = """id,person,text,kind
seven-far-1,seven-far,Vymyslov Piotr,native
nine,invented-names:4,Вымыслов Иоанн,native
ten,invented-names:2,Vymyslova Darya,transliteration
"""
LIST = "invented-names"
SOURCES = "id,title,kind\ninvented-names,An invented list,list\n"


@pytest.fixture(scope="module")
def base(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[library.Database]:
    """Give invented people, curated ones and those of a list."""
    address = maker.make(seed=False).render_as_string(hide_password=False)
    folder = tmp_path_factory.mktemp("names")
    for name, text in {"sources": SOURCES, "persons": CURATED}.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    (folder / "list").mkdir()
    (folder / "list" / "persons.csv").write_text(LISTED, encoding="utf-8")
    (folder / "further").mkdir()
    (folder / "further" / "person_names.csv").write_text(FURTHER, encoding="utf-8")
    files = [str(folder / "sources.csv"), str(folder / "persons.csv")]
    subprocess.run([*LOAD, *files, "--db", address], check=True)
    subprocess.run([*LOAD, str(folder / "list"), "--source", "invented-names", "--db", address], check=True)
    subprocess.run([*LOAD, str(folder / "further"), "--db", address], check=True)
    with library.open(address) as opened:
        yield opened


def found(base: library.Database, question: str, limit: int | None = None) -> list[str]:
    """Ask, and write each row as its id and how near its name is."""
    return [f"{row.id.replace(LIST, 'L')} {row.match}" for row in base.query(question, limit=limit)]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        # The same word, of own names and then of further ones; then its other script and its feminine form.
        ("Вымыслов", "one-full two-other three-short four-initials L:1 L:5 L:4 / six-latin five-woman L:2 seven-far"),
        ("vymyslov", "six-latin seven-far / one-full two-other three-short four-initials L:1 L:5 five-woman L:2 L:4"),
        # Who has a nearer name and a farther one comes once, with the nearer.
        (
            "vymyslova",
            "L:2 / five-woman six-latin one-full two-other three-short four-initials L:1 L:5 seven-far L:4",
        ),
        # A patronymic may be left out or shortened, and may not be another.
        ("Вымыслов Иван Петрович", "one-full L:1 / three-short four-initials"),
        ('"Вымыслов Иван Петрович"', "one-full L:1 / three-short four-initials"),
        ("Вымыслов Иван Сидорович", "two-other / three-short"),
        ('"Вымыслов И. П."', "four-initials / one-full three-short L:1"),
        ("Вымыслов Иван", "one-full two-other three-short L:1 L:4 / four-initials"),
        # A phrase is of one name; words side by side are of one person.
        ('"Придумкин Piotr"', "/ seven-far"),
        ("Vymyslov Придумкин", "seven-far / L:4"),
        ('"Vymyslov Придумкин"', ""),
        # A slip of the pen is forgiven where nothing is nearer, and never in what is excluded.
        ("Придумикн", "// seven-far L:4"),
        ("Придумкин not Сидорвич", "seven-far L:4"),
        ("Вымыслов not Петрович", "two-other three-short four-initials L:4 L:5 / five-woman six-latin seven-far L:2"),
        # Stars stand for what goes on; an initial alone is a word; so is an id.
        ("Вымысловс*", "L:3"),
        ("*думк*", "seven-far L:4"),
        ("И", "four-initials"),
        ("one-full", "one-full"),
        ("Придумкин or six-latin", "six-latin seven-far L:4"),
    ],
)  # fmt: skip
def test_the_nearest_come_first(base: library.Database, question: str, rows: str) -> None:
    """Exact stands before variant (behind /) and before fuzzy (behind a second one)."""
    parts = rows.split("/")
    ways = dict(enumerate(("exact", "variant", "fuzzy")))
    expected = [f"{row} {ways[n]}" for n, part in enumerate(parts) for row in part.split()]
    assert found(base, question) == expected


@pytest.mark.parametrize(
    "question", ["Вымыслов", "Вым*", "Вымыслов Иван Петрович", "Придумикн", "Вымыслов or Придумкин"]
)
def test_a_limit_takes_the_first(base: library.Database, question: str) -> None:
    """With a limit the same rows come, and no more; the count is of all."""
    every = found(base, question)
    for limit in range(len(every) + 2):
        assert found(base, question, limit) == every[:limit]
        assert len(base.query(question, limit=limit)) == min(limit, len(every))
    assert base.query(question).found == len(every) == base.query(question).counts.possible


def test_every_row_says_why(base: library.Database) -> None:
    """The rule and both spellings are told; of several words each."""
    whys = {row.id: row.why for row in base.query("Vymyslov Иван Петрович")}
    assert (
        whys["one-full"] == "Vymyslov = Вымыслов, BGN/PCGN, ALA-LC, ISO 9 and others; Иван = Иван; Петрович = Петрович"
    )
    assert whys["three-short"].endswith("; Иван = Иван; patronymic left out")
    assert whys["four-initials"].endswith("; Иван = И, initial; Петрович = П, initial")
    (slip, *_) = base.query("Придумикн")
    assert (slip.match, slip.why) == ("fuzzy", "Придумикн ~ Придумкин, 1 letter")


def test_what_is_forgiven_is_told(base: library.Database) -> None:
    """The words that no name has are told, with what was taken for them; others are not."""
    assert base.query("Придумикн Пётр").slips == {"придумикн": ["придумкин"]}
    assert base.query("Придумкин").slips == base.query("not Придумикн").slips == {}


def test_whole_rows_say_how_they_were_found(base: library.Database) -> None:
    """Whole rows have `match` and `why` in JSON; those of some fields where that is asked; others have neither."""
    (whole, *_) = base.query("Придумкин").dicts()
    assert (whole["answer"], whole["match"], whole["why"]) == ("yes", "exact", "Придумкин = Придумкин")
    assert list(next(iter(base.query("Придумкин", fields=["id"]).dicts()))) == ["id"]
    assert next(iter(base.query("Придумкин", fields=["id"], why=True).dicts()))["match"] == "exact"
    assert "match" not in next(iter(base.query("persons id:one-full").dicts()))


def test_records_without_names_are_found_by_what_they_point_to(base: library.Database) -> None:
    """A further name is found through its person, and says which name matched."""
    (row,) = base.query("person_names Иоанн")
    assert (row.id, row.match) == ("nine", "exact")


def test_a_search_looks_over_every_kind(base: library.Database) -> None:
    """What is found is grouped by kind, persons first; what is fuzzy only where no kind has more."""
    answers, unread = base.search("Vymyslov")
    assert [answer.kind for answer in answers] == ["persons", "person_names"]
    assert [answer.found for answer in answers] == [11, 3]
    assert unread == []
    answers, _ = base.search("Придумикн")
    assert [(answer.kind, row.id, row.match) for answer in answers for row in answer] == [
        ("persons", "seven-far", "fuzzy"),
        ("persons", f"{LIST}:4", "fuzzy"),
    ]
    assert base.search("Небывалость").answers == []
