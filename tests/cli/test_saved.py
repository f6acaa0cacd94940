"""terrordb saved: the questions kept under a name, in an empty home."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from terrordb.querying import saved

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Said, Say


@pytest.fixture
def ask(said: Say) -> Say:
    """Run `terrordb saved …` through the one door."""

    def go(*words: str) -> Said:
        return said("saved", *words)

    return go


def test_an_empty_list(ask: Say, home: Path) -> None:
    """Where nothing is saved the list is empty, and how to save is told; nothing is made."""
    answer = ask()
    assert (answer.code, answer.out) == (0, "name\tquestion\tsaved\n")
    assert "--save NAME" in answer.err
    assert ask("--quiet").err == ""
    assert ask("--format", "json").out == "[]\n"
    assert list(home.iterdir()) == []


def test_the_list_and_one(ask: Say) -> None:
    """The list names each query with question and day; one is shown with its options and its place."""
    made = saved.save("Расстрел", 'persons charge:"a b"', note="a note", options={"sort": "born"})
    saved.save("all", "persons")
    assert ask().out.splitlines() == [
        "name\tquestion\tsaved",
        f"all\tpersons\t{made.saved}",
        f'Расстрел\tpersons charge:"a b"\t{made.saved}',
    ]
    assert [entry["name"] for entry in json.loads(ask("--format", "json").out)] == ["all", "Расстрел"]
    shown = ask("show", "@расстрел")
    assert dict(line.split("\t") for line in shown.out.splitlines()) == {
        "what": "value",
        "name": "Расстрел",
        "question": 'persons charge:"a b"',
        "sort": "born",
        "note": "a note",
        "saved": str(made.saved),
        "place": f"{saved.file()}:3",
    }


def test_removing(ask: Say) -> None:
    """What is removed is told, so that it can be saved again; what is not there is an error with the nearest."""
    saved.save("all", "persons\nborn:1890")
    assert ask("remove", "al").err.endswith(f"{saved.file()}: there is no saved query 'al'\n  did you mean all?\n")
    assert ask("remove", "ALL") == (0, "", "removed: all: persons born:1890\n")
    assert ask("remove", "all").code == 2


def test_errors(ask: Say) -> None:
    """A broken file, and a format that is none, are told with a remedy."""
    assert "did you mean json" in ask("--format", "jso").err
    saved.save("all", "persons")
    saved.file().write_text("[all]\nquestion =\n")
    for words in ((), ("show", "all"), ("remove", "all")):
        answer = ask(*words)
        assert (answer.code, answer.out) == (2, "")
        assert f"{saved.file()}:2: the file of saved queries is no TOML" in answer.err
    assert saved.file().read_text() == "[all]\nquestion =\n"


def test_a_question_is_saved_and_asked_again(said: Say) -> None:
    """`--save` keeps a question that can be asked; `@name` asks it; a name that is taken needs --force."""
    kept = said("query", "cases", "sentence_kind:vmn", "--save", "death")
    assert "saved as @death" in kept.err
    assert said("query", "@death", "--count").out == said("query", "cases", "sentence_kind:vmn", "--count").out
    assert "death" in said("saved").out
    assert said("query", "persons", "--save", "death").code == 2
    assert "no field 'sentense'" in said("query", "cases", "sentense:x", "--save", "wrong").err
    assert "wrong" not in said("saved").out
    ring = said("query", "@round", "--save", "round").err
    assert "round" in ring


def test_an_answer_is_cited(said: Say) -> None:
    """`--cite` names the question, how many of how many, the content hash and the sources."""
    text = said("query", "cases", "sentence_kind:vmn", "--cite", "text").out
    assert "cases sentence_kind:vmn" in text
    assert "3 of 44 cases" in text
    assert "1:" in text
    assert "great-purge-article: 3 rows" in text
    assert said("query", "cases", "--cite", "bibtex").out.startswith("@")
    assert "did you mean" in said("query", "cases", "--cite", "bibtx").err
