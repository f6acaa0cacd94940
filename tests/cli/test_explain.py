"""terrordb query --explain and --sql, and what is said of an answer that is empty or takes long."""

from __future__ import annotations

import csv
import json
import shlex
from typing import TYPE_CHECKING

import pytest
from tests.cli.conftest import ROOT, address_of, reading_role

from terrordb import database
from terrordb.models.engine import tallies
from terrordb.querying import explaining

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import URL
    from tests.cli.conftest import Say

    from terrordb import library

with (ROOT / "tests" / "questions.csv").open(newline="", encoding="utf-8") as lines:
    TABLE = [f"{row['question']} {row['options']}".strip() for row in csv.DictReader(lines, strict=True)]
COUNTED = [question for question in TABLE if "--by" in question or "--count" in question]
ROWS = [question for question in TABLE if "--" not in question or "--sort" in question or "--certain" in question]
# Every twelfth question for rows, with those whose statements are unlike others, and every fifth that counts.
ASKED = [*ROWS[::12], *COUNTED[::5]]
ASKED += ["persons rehabilitated:1957", "persons body:nkvd", "persons (fate:killed or fate:suicide) not fate:killed"]
ASKED += [
    "cases operation:great-purge --limit 3",
    "persons named:false",
    "persons uncited",
    "places not parent:mongolia",
]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give all the time it takes: what is said must not depend on how fast a machine is."""
    monkeypatch.setattr(explaining, "SECONDS", 600.0)


@pytest.fixture(scope="module")
def reading(seeded: library.Database) -> Iterator[str]:
    """Give the address of the seed under a role that may only read it, since no other may ask in SQL."""
    url = seeded.engine.url
    with reading_role(url) as role:
        yield address_of(url.set(username=role) if role else url)


def words(question: str) -> list[str]:
    """Split a question of the table from its options."""
    terms, dashes, options = question.partition("--")
    return [terms.strip(), *shlex.split(dashes + options)]


# -- --sql ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", ASKED)
def test_the_sql_gives_the_answer(said: Say, reading: str, question: str) -> None:
    """What --sql prints is a statement that `terrordb sql` runs: the same ids in the same order, the same numbers."""
    asked = ("query", *words(question), "--db", reading)
    statement = said(*asked, "--sql").out
    assert len(statement.encode()) < 2**17  # as much as Linux takes for one word
    ran = said("sql", "--format", "json", "--db", reading, "--", statement)
    assert ran.code == 0, ran.err
    found, answer = json.loads(ran.out), json.loads(said(*asked, "--format", "json").out)
    if "--count" in question:
        assert {name: found[0][name] for name in answer} == answer
    elif "--by" in question:
        assert found == answer
    else:
        assert [(row["id"], row["answer"]) for row in found] == [(row["id"], row["answer"]) for row in answer]


def test_the_sql_shows_the_fields_that_are_asked_for(said: Say, reading: str) -> None:
    """The id stands first and the answer last; --distinct gives each combination once (prisons of ¶60 and ¶65)."""
    asked = ("query", "places", "kind:prison", "--fields", "name,kind", "--db", reading)
    ran = said("sql", "--db", reading, "--", said(*asked, "--sql").out)
    assert ran.out.splitlines() == [
        "id\tname\tkind\tanswer",
        "butyrka\tButyrka prison\tprison\tyes",
        "lefortovo\tLefortovo prison\tprison\tyes",
    ]
    assert said("sql", "--db", reading, "--", said(*asked, "--distinct", "--sql").out).out.count("\n") == 3


def test_signs_in_a_question_are_signs_in_its_sql(said: Say, reading: str) -> None:
    """Quotes, a backslash, a percent sign and a colon are themselves, and what they ask for is nobody."""
    statement = said("query", "persons", r"""id:"o'x\\y%z:w" or stalin-joseph""", "--sql", "--db", reading).out
    assert r"'o''x\y%z:w'" in statement
    assert said("sql", "--db", reading, "--", statement).out.count("stalin-joseph") == 1


def test_the_sql_can_be_kept(said: Say, reading: str, tmp_path: Path) -> None:
    """--output writes it to a file, whatever that is called, and a pipe hands it on."""
    file = tmp_path / "trials.sql"
    assert said("query", "trials", "--sql", "--output", str(file), "--db", reading).code == 0
    ran = said("sql", "--format", "jsonl", "--db", reading, "--", file.read_text(encoding="utf-8"))
    assert ran.out.count("\n") == said("query", "trials", "--format", "jsonl", "--db", reading).out.count("\n") == 12


# -- --explain --------------------------------------------------------------------------------------------------------

SENTENCE = "Persons who were arrested in 1937; certain or possible"


def test_an_explanation_stands_in_place_of_the_answer(said: Say, reading: str) -> None:
    """A sentence, an empty line, the statement, and its parameters."""
    told = said("query", "persons", "arrested:1937", "--explain", "--db", reading)
    sentence, empty, first, *rest = told.out.splitlines()
    assert (told.code, sentence, empty, first) == (0, f"{SENTENCE}.", "", "SELECT")
    assert "FROM persons" in rest
    assert ":arrested_earliest_1 = 19370101" in rest
    assert "pilnyak-boris" not in told.out


def test_an_explanation_in_json_is_an_object(said: Say, reading: str) -> None:
    """Its keys are sentence, sql and parameters; the statement is that of what is asked beside the terms."""
    asked = ("query", "persons", "arrested:1937", "--by", "arrested.year", "--explain", "--format", "json")
    told = json.loads(said(*asked, "--db", reading).out)
    assert list(told) == ["sentence", "sql", "parameters"]
    counted = "; counted by year of arrest, dubious and withdrawn records left out."
    assert told["sentence"] == SENTENCE + counted
    assert "GROUP BY labelled.label_0" in told["sql"]
    assert ["dubious", "withdrawn"] in told["parameters"].values()


def test_the_library_explains_too(seeded: library.Database) -> None:
    """`Answer.explain` gives what the command prints."""
    told = seeded.query("persons arrested:1937").explain()
    assert told.sentence == f"{SENTENCE}."
    assert str(told).startswith(f"{SENTENCE}.\n\nSELECT\n")
    assert told._fields == ("sentence", "sql", "parameters")


@pytest.mark.parametrize("options", ["--explain --sql", "--explain --cite text", "--sql --cite csl"])
def test_one_thing_stands_in_place_of_the_answer(said: Say, reading: str, options: str) -> None:
    """Two of them are an error that says what to do."""
    told = said("query", "trials", *options.split(), "--db", reading)
    assert (told.code, told.out) == (2, "")
    assert "each stand in place of the answer\n  leave one away" in told.err


# -- nothing is found -------------------------------------------------------------------------------------------------

TOGETHER = "fate:suicide and died:1934 find nothing together; without died:1934 there would be 2\n"


@pytest.mark.parametrize("shape", ["", "--count", "--by sex", "--format json", "--format csv", "--fields id"])
def test_an_empty_answer_says_which_terms_emptied_it(said: Say, reading: str, shape: str) -> None:
    """Rows, counts and groups alike, on the error stream (suicides: ¶54 ¶63; in 1934 Kirov died ¶18)."""
    told = said("query", "persons", "fate:suicide", "died:1934", *shape.split(), "--db", reading)
    assert (told.code, told.err) == (0, TOGETHER)
    assert said("query", "persons", "fate:suicide", "died:1934", *shape.split(), "--quiet", "--db", reading).err == ""


def test_a_term_that_alone_finds_nothing_is_named(said: Say, reading: str) -> None:
    """It is the one to mend; what the answer holds is as it was."""
    told = said("query", "persons", "occupation:cosmonaut", "sex:male", "--count", "--db", reading)
    assert told.out.splitlines()[1].split("\t")[:2] == ["0", "0"]
    assert told.err == "no person has occupation:cosmonaut\n"


def test_an_answer_that_is_not_empty_says_nothing(said: Say, reading: str) -> None:
    """Neither one that is, nor one of no rows at most, nor one whose rows are only left out of a count."""
    assert said("query", "persons", "fate:suicide", "--db", reading).err == ""
    assert said("query", "persons", "fate:suicide", "--limit", "0", "--db", reading).err == ""
    told = said("query", "figures", "text:260", "--count", "--db", reading)
    assert told.err == "1 dubious or withdrawn row left out: --with dubious counts them\n"


# -- what is read whole -----------------------------------------------------------------------------------------------


def test_it_is_said_before_all_of_many_records_are_read(said: Say, seeded_url: URL) -> None:
    """Where the kept counts tell of many records, the engine's plan says whether all are read (a text has no index)."""
    engine = database.writer(seeded_url)
    claimed = {"kind": "persons", "field": "status", "list": 9, "standing": "stands", "label": "stated"}
    with engine.begin() as connection:
        connection.execute(tallies.insert().values(claimed | {"rows": 2_999_888}))
    engine.dispose()
    address = address_of(seeded_url)
    for shape in ((), ("--count",), ("--by", "sex")):
        told = said("query", "persons", "occupation:poet", *shape, "--db", address)
        assert told.err.startswith("reads all 3,000,000 persons: no index answers it\n")
    assert said("query", "persons", "occupation:poet", "--quiet", "--db", address).err == ""
    assert said("query", "trials", "name:commanders", "--db", address).err == ""
    assert said("query", "persons", "kirov", "--db", address).err == ""
    assert said("query", "persons", "--limit", "2", "--db", address).err == ""
