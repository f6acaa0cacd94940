"""terrordb text: a text is kept, its rows are found in it, and show and query print the passage behind a claim."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
from tests.conftest import GIVEN, ROOT

from terrordb import database

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL
    from tests.cli.conftest import Say

STORY = """An Invented Chronicle

In 1901 the Council of Nowhere met with 13 of its 15 members present and nobody spoke.
Alpha Testov, who was never born, left Nowhere in May 1902 with two hundred crates of invented pears.
"""
SOURCES = "id,title,kind\nmade-up,A made-up book,book\nother,Another made-up book,book\n"
PERSONS = """id,name,source_id,locator,anchor
alpha,"Testov, Alpha",made-up,¶4,Alpha Testov … May 1902
beta,"Testova, Beta",made-up,¶4,Nobody
gamma,"Testov, Gamma",other,¶4,Alpha Testov
"""


@pytest.fixture
def db(said: Say, url: URL, tmp_path: Path) -> str:
    """Give the address of a database with the invented rows."""
    (tmp_path / "sources.csv").write_text(SOURCES, encoding="utf-8")
    (tmp_path / "persons.csv").write_text(PERSONS, encoding="utf-8")
    (tmp_path / "story.txt").write_text(STORY, encoding="utf-8")
    address = url.render_as_string(hide_password=False)
    loaded = said("load", str(tmp_path / "sources.csv"), str(tmp_path / "persons.csv"), "--db", address)
    assert loaded.code == 0, loaded.err
    return address


@pytest.fixture
def kept(said: Say, db: str, tmp_path: Path) -> str:
    """Give the address of that database with its text."""
    added = said("text", "add", str(tmp_path / "story.txt"), "--source", "made-up", "--db", db)
    assert added.code == 0, added.err
    return db


def test_add_says_what_was_read_and_found(said: Say, db: str, tmp_path: Path) -> None:
    """Rows that are missing are listed on the output, which ends with the count; the rest is told beside it."""
    added = said("text", "add", str(tmp_path / "story.txt"), "--source", "made-up", "--db", db)
    assert (added.code, added.out.splitlines()) == (
        0,
        [
            "missing: persons/beta ¶4: 'Nobody' does not stand in the passage; nothing in the passage resembles it",
            "anchored: 1, missing: 1",
        ],
    )
    assert added.err.splitlines() == [
        "story.txt is the text of made-up now",
        "4 lines: 2 running, 1 heading; 0 note marks, 0 of [citation needed]",
    ]


def test_add_again_says_that_nothing_changed(said: Say, kept: str, tmp_path: Path) -> None:
    """The same text stays as it is; --quiet leaves only what was found."""
    again = said("text", "add", str(tmp_path / "story.txt"), "--source", "made-up", "--db", kept)
    assert again.err.startswith("made-up has this text already: it stays as it is\n")
    assert again.out.endswith("anchored: 1, missing: 1\n")
    quiet = said("text", "add", str(tmp_path / "story.txt"), "--source", "made-up", "--quiet", "--db", kept)
    assert (quiet.code, quiet.out, quiet.err) == (0, again.out, "")


def test_another_edition_asks_for_replace(said: Say, kept: str, tmp_path: Path) -> None:
    """Without it exit 2 and the number of rows; with it what moved."""
    path = tmp_path / "later.md"
    path.write_text(f"A line put in.\n{STORY}", encoding="utf-8")
    words = ("text", "add", str(path), "--source", "made-up", "--db", kept)
    refused = said(*words)
    assert (refused.code, refused.out) == (2, "")
    assert "made-up has another text already, story.txt of " in refused.err
    assert "1 row stands on it" in refused.err
    replaced = said(*words, "--replace")
    assert replaced.code == 0
    assert replaced.out.splitlines()[0] == "¶4 moved to ¶5: persons/alpha"
    assert replaced.err.startswith("later.md is the text of made-up now, in place of story.txt\n")
    assert "(now ¶5) ‹Alpha Testov›" in said("show", "persons/alpha", "--db", kept).out


@pytest.mark.parametrize(
    "bad",
    [
        (b"", "made-up", "the file is empty"),
        (b"a\0b", "made-up", "the file is binary"),
        ("Выдуманный человек жил в выдуманном городе.\n".encode("cp1251") * 5, "made-up", "--encoding"),
        (STORY.encode(), "made-u", "did you mean made-up?"),
    ],
)
def test_a_bad_text_is_an_error(said: Say, db: str, tmp_path: Path, bad: tuple[bytes, str, str]) -> None:
    """It exits with 2, says why, and keeps nothing."""
    content, source, told = bad
    (tmp_path / "bad.txt").write_bytes(content)
    answer = said("text", "add", str(tmp_path / "bad.txt"), "--source", source, "--db", db)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err
    assert said("text", "list", "--db", db).out.count("\n") == 1


def test_list_and_remove(said: Say, kept: str) -> None:
    """The texts are listed with how much they hold; one is taken out again."""
    head, row = (line.split("\t") for line in said("text", "list", "--db", kept).out.splitlines())
    assert head == ["source", "file", "passages", "rows", "encoding", "added", "sha256"]
    assert row[:5] == ["made-up", "story.txt", "3", "1", "utf-8"]
    assert said("text", "remove", "made-up", "--db", kept).code == 0
    assert said("text", "list", "--db", kept).out.splitlines() == ["\t".join(head)]
    assert said("text", "remove", "made-up", "--db", kept).code == 2


@pytest.mark.parametrize(
    ("wanted", "numbers"),
    [([], ["¶1", "¶3", "¶4"]), (["¶3"], ["¶3"]), (["3"], ["¶3"]), (["2..3"], ["¶3"]), (["¶3..¶9"], ["¶3", "¶4"])],
)
def test_show_prints_passages(said: Say, kept: str, wanted: list[str], numbers: list[str]) -> None:
    """Each has its number and kind; a blank line is none."""
    lines = said("text", "show", "made-up", *wanted, "--db", kept).out.splitlines()
    assert lines[0] == "paragraph\tkind\ttext"
    assert [line.split("\t")[0] for line in lines[1:]] == numbers


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["made-up", "¶5"], "made-up has no ¶5: its last paragraph is ¶4"),
        (["made-up", "x"], "write ¶75, 75 or 75..80"),
        (["made-up", "4..3"], "write 3..4"),
        (["other"], "the text of other is not in the database"),
        (["made-upp"], "did you mean made-up?"),
    ],
)
def test_show_says_what_is_not_there(said: Say, kept: str, words: list[str], told: str) -> None:
    """A paragraph or a text that is not there is an error with a remedy."""
    answer = said("text", "show", *words, "--db", kept)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


def test_a_record_is_shown_with_the_passage(said: Say, kept: str) -> None:
    """Beneath a note stands what the text says there, the anchor marked; where there is no text, nothing."""
    notes = said("show", "persons/alpha", "--db", kept).out.partition("\n\n")[2].splitlines()
    assert notes == [
        "[1] made-up ¶4: “Alpha Testov … May 1902”",
        "  ‹Alpha Testov›, who was never born, left Nowhere in ‹May 1902› with two hundred crates of invented pears.",
    ]
    assert "‹" not in said("show", "persons/beta", "--db", kept).out
    assert "‹" not in said("show", "persons/gamma", "--db", kept).out


def test_a_terminal_shows_the_anchor_in_bold(at_terminal: Say, kept: str) -> None:
    """Bold stands in place of the marks."""
    out = at_terminal("show", "persons/alpha", "--db", kept).out
    assert "\x1b[1mAlpha Testov\x1b[0m, who was never born" in out
    assert "‹" not in out


def test_query_prints_the_passage_when_it_is_asked_for(said: Say, kept: str) -> None:
    """`passage` is a field like any other, empty where no text is; it is asked for by words of the whole passage."""
    rows = said("query", "persons", "--fields", "id,passage", "--db", kept).out.splitlines()[1:]
    assert [row.split("\t")[0] for row in rows if row.split("\t")[1]] == ["alpha"]
    assert said("query", "persons", 'passage:"invented pears"', "--fields", "id", "--db", kept).out.split() == [
        "id",
        "alpha",
    ]
    assert said("query", "persons", "passage:plums", "--count", "--db", kept).out == "0\n"
    (row,) = json.loads(said("query", "persons", "id:alpha", "--format", "json", "--db", kept).out)
    assert row["passage"].startswith("‹Alpha Testov›, who")
    assert list(row["citations"][0]) == ["source", "locator", "paragraph", "anchor", "footnotes", "field", "value"]


def test_a_load_says_what_is_not_in_its_text(said: Say, kept: str, tmp_path: Path) -> None:
    """Rows loaded later are looked for at once."""
    path = tmp_path / "bodies.csv"
    path.write_text(
        "id,name,kind,source_id,locator,anchor\nguild,Guild of Nowhere,government,made-up,¶3,Guild\n", encoding="utf-8"
    )
    assert "not in its text: bodies/guild ¶3: 'Guild' does not stand" in said("load", str(path), "--db", kept).out


@pytest.mark.given
def test_the_given_text(said: Say, seeded_url: URL) -> None:
    """The shipped seed stands in it whole: nothing is missing; and every record shows its passage."""
    address = seeded_url.render_as_string(hide_password=False)
    added = said("text", "add", str(GIVEN), "--source", "great-purge-article", "--db", address)
    assert added.code == 0, added.err
    assert re.fullmatch(r"anchored: \d+, missing: 0\n", added.out)
    shown = said("show", "persons/egorov-a-i", "--db", address).out.partition("\n[1] ")[2].splitlines()
    assert len(shown) % 2 == 0
    assert all(line.startswith("  ") and "‹" in line and len(line) < 300 for line in shown[1::2])


def test_an_older_database_is_brought_up(said: Say, tmp_path: Path) -> None:
    """A file of the first schema is refused with what to do; db upgrade copies it and brings it up, records and all."""
    path = tmp_path / "older.db"
    assert said("init", "--db", str(path)).code == 0
    hashed = [line for line in said("db", "status", "--db", str(path)).out.splitlines() if "hash" in line]
    database.migrate(database.writer(database.locate(path)[0]), "0001")
    refused = said("text", "list", "--db", str(path))
    assert (refused.code, "older schema (0001" in refused.err) == (2, True)
    assert said("db", "upgrade", "--db", str(path)).code == 0
    assert (tmp_path / f"older.db.before-{database.REVISION}").exists()
    assert said("text", "list", "--db", str(path)).code == 0
    assert [line for line in said("db", "status", "--db", str(path)).out.splitlines() if "hash" in line] == hashed
    assert said("db", "check", "--db", str(path)).code == 0


@pytest.mark.given
def test_the_text_is_not_in_the_repository() -> None:
    """No file that is kept with the program holds a long sentence of the given text."""
    sentence = max(GIVEN.read_text(encoding="utf-8").split("\n")[:117], key=len)[:120]
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False).stdout.decode()
    for named in filter(None, listed.split("\0")):
        path = ROOT / named
        assert not path.is_file() or sentence.encode() not in path.read_bytes(), named
