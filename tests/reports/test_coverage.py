"""Coverage: what no row stands on, by rules shown on invented text, and what was left out of the given one."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import GIVEN
from typer.testing import CliRunner

from terrordb import database
from terrordb.cli.report import app
from terrordb.errors import BadData, BadQuestion
from terrordb.loading.mentions import Reader
from terrordb.loading.prose import passages
from terrordb.reports.coverage import (
    REASONS,
    Cited,
    Coverage,
    LeftOut,
    cited,
    coverage,
    left_out_file,
    only_source,
    read_left_out,
    read_text,
    running,
)

if TYPE_CHECKING:
    from terrordb.library import Database

ARTICLE = "great-purge-article"
PEOPLE = re.compile(
    r"people|persons|men|women|victims|officers|writers|defendants|accused|prisoners|members|relatives|artists|leaders|"
    r"astronomers|lamas|generals|marshals|policemen|settlers|soldiers|poets|commanders|workers|peasants|children"
)


def report(text: list[str], anchors: list[tuple[int, str]], *left_out: tuple[int | None, str, str]) -> Coverage:
    """Report on an invented text with rows that have these anchors."""
    rows = [Cited("persons", f"row-{n}", f"¶{number}", anchor) for n, (number, anchor) in enumerate(anchors)]
    return coverage(dict(enumerate(text, 1)), rows, LeftOut(left_out))


def lacking(text: list[str], anchors: list[tuple[int, str]], *left_out: tuple[int | None, str, str]) -> list[str]:
    """List the uncovered words."""
    return [item.words for item in report(text, anchors, *left_out).uncovered]


# -- the rules --


def test_what_no_anchor_covers_is_listed() -> None:
    """Without rows every number, date and name is uncovered, each with its paragraph and kind."""
    found = report(["In 1937 Invented Person met 12 others.", "and Unknown Person"], [])
    assert found.as_dict()["uncovered"] == [
        {"paragraph": 1, "words": "1937", "kind": "date"},
        {"paragraph": 1, "words": "Invented Person", "kind": "name"},
        {"paragraph": 1, "words": "12", "kind": "number"},
        {"paragraph": 2, "words": "Unknown Person", "kind": "name"},
    ]
    assert found.left_out == dict.fromkeys(REASONS, 0)


def test_each_mention_of_a_number_or_date_needs_an_anchor() -> None:
    """A number is covered where it stands, not by the same number elsewhere in the paragraph."""
    text = ["in 1937 came seven men, and in 1937 left seven men"]
    assert lacking(text, [(1, "1937 came … seven")]) == ["1937", "seven"]
    assert lacking(text, [(1, "1937 came … seven"), (1, "1937 left … seven")]) == []


def test_all_words_of_a_number_or_date_need_an_anchor() -> None:
    """A part of a ratio, or a year without its day, leaves the whole uncovered."""
    text = ["on July 30, 1937 he shot 13 of 15"]
    assert lacking(text, [(1, "July … 1937 … 13")]) == ["July 30, 1937", "13 of 15"]
    assert lacking(text, [(1, "July 30, 1937 … 13 … 15")]) == []


def test_one_anchor_covers_all_mentions_of_a_name_in_a_paragraph() -> None:
    """Repeated mentions share an anchor, within the paragraph only; possessives are the name too."""
    text = ["so Invented met Other, Invented's friend", "and Invented left"]
    assert lacking(text, [(1, "so Invented … Other")]) == ["Invented"]
    assert report(text, [(1, "so Invented … Other")]).uncovered[0].paragraph == 2


def test_a_known_name_is_covered_by_its_last_word() -> None:
    """Of a whole name that stands in an anchor elsewhere the last word is enough; of one that does not it is not."""
    text = ["then Invented Person came", "then Invented Person left", "then Unknown Person left"]
    assert lacking(text, [(1, "Invented Person"), (2, "Person left"), (3, "Person left")]) == ["Unknown"]
    assert lacking(text, [(1, "Invented Person"), (2, "Invented")]) == ["Person", "Unknown Person"]


def test_words_of_different_names_make_no_name() -> None:
    """The words of a name must stand side by side in an anchor: a Soviet House and a Union cover no Soviet Union."""
    text = ["so Soviet House met Other Union for the Soviet Union"]
    assert lacking(text, [(1, "Soviet House … Other Union")]) == ["Soviet"]
    assert lacking(text, [(1, "Soviet … Union for")]) == ["House", "Soviet"]


def test_case_and_hyphens_count() -> None:
    """A small word covers no name; the parts of a hyphenated name are covered one by one."""
    text = ["the party of the Party, and Jean-Paul Invented"]
    assert lacking(text, [(1, "the party … Jean … Invented")]) == ["Party", "Paul"]


def test_an_anchor_that_is_not_found_covers_nothing() -> None:
    """Anchors that do not stand in their paragraph, or twice, cover nothing and are counted; others are no ¶."""
    found = report(["of Invented and of Invented"], [(1, "Other"), (1, "Invented"), (7, "Invented")])
    assert (found.lost, [item.words for item in found.uncovered]) == (2, ["Invented", "Invented"])
    assert coverage({1: "of Invented"}, [Cited("persons", "a", "p. 1", "Invented")], LeftOut()).uncovered


def test_what_was_left_out_is_counted_by_its_reason() -> None:
    """Words reviewed are left out of their paragraph alone, or everywhere where they stand by themselves."""
    text = ["one of the Soviet men", "a Soviet House, one more, the General Invented"]
    reasons = [(1, "one", "idiom"), (None, "Soviet", "capitalised word that names nothing")]
    assert lacking(text, [], *reasons) == ["Soviet House", "one", "General Invented"]
    found = report(text, [(2, "Invented")], *reasons, (2, "General", "rank or article"))
    assert [item.words for item in found.uncovered] == ["Soviet House", "one"]
    assert {reason: n for reason, n in found.left_out.items() if n} == {
        "rank or article": 1, "idiom": 1, "capitalised word that names nothing": 1,
    }  # fmt: skip


def test_a_reason_holds_for_its_kinds_only() -> None:
    """No reason leaves out a date, and an idiom is no name."""
    assert "date" not in {kind for kinds in REASONS.values() for kind in kinds}
    text = ["in 1937 came Invented"]
    for reason in REASONS:
        assert "1937" in lacking(text, [], (1, "1937", reason))
    assert "Invented" in lacking(text, [], (1, "Invented", "idiom"))


def test_running_text_ends_at_the_first_note() -> None:
    """Notes and what follows them are no running text."""
    assert running(["one", "two", "- ^ a note", "a book"]) == {1: "one", 2: "two"}


# -- files --


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("words,reason\n", "a.csv:1: the columns"),
        ("paragraph,words,reason\n1,one\n", "a.csv:2: a line is"),
        ("paragraph,words,reason\n1,,idiom\n", "a.csv:2: a line is"),
        ("paragraph,words,reason\n¶1,one,idiom\n", "a.csv:2: '¶1' is no paragraph"),
        ("paragraph,words,reason\n1,one,idiom\n\n2,Six,no wish\n", "a.csv:4: 'no wish' is no reason"),
    ],
)
def test_a_bad_file_of_words_left_out_is_refused(tmp_path: Path, lines: str, said: str) -> None:
    """Each fault is told with its line."""
    path = tmp_path / "a.csv"
    path.write_text(lines, encoding="utf-8")
    with pytest.raises(BadData) as refused:
        read_left_out(path)
    assert str(refused.value).startswith(said)


def test_a_text_that_is_no_utf8_is_refused(tmp_path: Path) -> None:
    """A text in another encoding is not guessed at here."""
    path = tmp_path / "a.txt"
    path.write_bytes("Реабилитация".encode("cp1251"))
    with pytest.raises(BadData, match="byte 0 is no UTF-8"):
        read_text(path)


# -- the given text --


@pytest.fixture(scope="module")
def given() -> dict[int, str]:
    """Give the running text, by paragraph."""
    return running(passages(GIVEN.read_text(encoding="utf-8")))


def shipped() -> LeftOut:
    """Read what was left out of the given text."""
    path = left_out_file(ARTICLE)
    assert path is not None
    return read_left_out(path)


def found(seeded: Database, given: dict[int, str], left_out: LeftOut) -> Coverage:
    """Report on the given text and the seed."""
    with seeded.connect() as connection:
        return coverage(given, list(cited(connection, ARTICLE)), left_out)


@pytest.mark.given
def test_the_running_text_is_117_paragraphs(given: dict[int, str]) -> None:
    """The notes and the bibliography begin behind paragraph 117."""
    assert list(given) == list(range(1, 118))


@pytest.mark.given
def test_every_anchor_of_the_seed_is_found(seeded: Database, given: dict[int, str]) -> None:
    """No anchor of a row on the running text is lost."""
    assert found(seeded, given, LeftOut()).lost == 0


@pytest.mark.given
def test_nothing_of_the_text_is_uncovered(seeded: Database, given: dict[int, str]) -> None:
    """Every number, date and name of the running text has a row that stands on it, or was left out with a reason."""
    assert found(seeded, given, shipped()).uncovered == []


@pytest.mark.given
def test_every_word_left_out_is_needed(seeded: Database, given: dict[int, str]) -> None:
    """What a row covers by now is no longer left out: the file has no idle line."""
    left_out = shipped()
    found(seeded, given, left_out)
    assert left_out.unmet == set()


def test_only_capitals_are_left_out_everywhere() -> None:
    """Numbers are reviewed one paragraph at a time."""
    for (number, words), reason in shipped().entries.items():
        assert number is not None or reason == "capitalised word that names nothing", words


def test_no_name_of_a_person_is_left_out() -> None:
    """No word of a person's name, in any spelling of the seed, is left out."""
    names: set[str] = set()
    for kind, column in (("persons", "name"), ("person_names", "text")):
        with (database.shipped("data/seed") / f"{kind}.csv").open(newline="", encoding="utf-8") as file:
            for row in csv.DictReader(file):
                if row.get("named") != "false":
                    names.update(word for word in re.findall(r"[^\W\d_]{3,}", row[column]) if word[0].isupper())
    for number, words in shipped().entries:
        assert not names & set(re.findall(r"[^\W\d_]+", words)), (number, words)


@pytest.mark.given
def test_no_date_and_no_count_of_people_is_left_out(given: dict[int, str]) -> None:
    """A number left out counts no people: none follow it, but in 'one of the leaders' and in a rank."""
    reader = Reader(given.values())
    for (number, words), reason in shipped().entries.items():
        if number is None:
            continue
        passage = given[number]
        for mention in reader.mentions(passage):
            if passage[mention.start : mention.end] != words:
                continue
            assert mention.kind != "date", (number, words)
            following = re.findall(r"\w+", re.split(r"[.,;:]", passage[mention.end :])[0])[:3]
            if mention.kind == "number" and reason == "idiom" and following[:1] != ["of"]:
                assert not any(map(PEOPLE.fullmatch, following)), (number, words, following)


# -- the database and the command --


def test_citations_of_every_kind_are_read(seeded: Database) -> None:
    """Rows of every kind that cite the text are read, with anchor and locator."""
    with seeded.connect() as connection:
        rows = list(cited(connection, ARTICLE))
        assert only_source(connection) == ARTICLE
        with pytest.raises(BadQuestion, match="'great-purge' is none of the sources"):
            list(cited(connection, "great-purge"))
    assert {"persons", "figures", "claims", "footnotes"} <= {row.kind for row in rows}
    assert all(row.anchor and row.locator for row in rows)


@pytest.fixture
def ask(seeded: Database) -> Callable[..., Any]:
    """Run the command on the seed."""
    address = seeded.engine.url.render_as_string(hide_password=False)
    return lambda *words: CliRunner().invoke(app, ["coverage", *words, "--db", address])


def test_the_command_prints_one_object(ask: Callable[..., Any], tmp_path: Path) -> None:
    """As JSON the report is one object, uncovered beside left_out; as a table the reasons stand beneath."""
    text = tmp_path / "text.txt"
    text.write_text("In 2099 came Invented Person and one more.\n- ^ A Note of 1999\n", encoding="utf-8")
    reviewed = tmp_path / "reviewed.csv"
    reviewed.write_text("paragraph,words,reason\n1,one,idiom\n", encoding="utf-8")
    words = (str(text), "--source", ARTICLE, "--left-out", str(reviewed))
    printed = json.loads(ask(*words, "--format", "json").stdout)
    assert [item["words"] for item in printed["uncovered"]] == ["2099", "Invented Person"]
    assert printed["left_out"]["idiom"] == 1
    listed = ask(*words, "--format", "tsv")
    assert listed.exit_code == 0
    assert listed.stdout.splitlines()[:2] == ["paragraph\twords\tkind", "1\t2099\tdate"]
    assert "1 left out: idiom" in listed.stdout
    assert "2 mentions are not covered" in listed.stderr
