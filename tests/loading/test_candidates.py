"""Candidates: what the word tables find in small invented texts, what they leave alone, and what a load takes."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tests.conftest import GIVEN

from terrordb import database
from terrordb.errors import BadData
from terrordb.loading import keeping
from terrordb.loading.candidates import KINDS, candidates, check_folder, write
from terrordb.loading.notes import read_notes
from terrordb.loading.prose import find_anchor, paragraph, passages
from terrordb.loading.sheets import gather, open_sheet
from terrordb.loading.texts import words_of
from terrordb.values.figures import Figure

MADE_UP = (
    "In 1931 the made-up Council expelled 400 clerks from Nowhere, and at least 61 of them were shot.[1]\n"
    "The poet Ada Fictwell was arrested on 3 March 1932. Fictwell reportedly died on 5 May 1932 in a camp.[2]\n"
    "Ben Fictwel, her brother, testified.\n"
    "- ^ Madeupin, Ida (1990). A Made-up Chronicle. Nowhere: Invented Press. ISBN 0-306-40615-2.\n"
    "- ^ Madeupin (1990), p. 12.\n"
)


def figures(text: str) -> list[tuple[str, str, str]]:
    """Give measure, number and unit of every figure found in a text."""
    return [(row["measure"], row["text"], row["unit"]) for row in candidates(text, "made-up")["figures"]]


def names(text: str) -> list[str]:
    """Give the names of the persons found in a text."""
    return [row["name"] for row in candidates(text, "made-up")["persons"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Some 300 clerks were arrested.", [("arrested", "Some 300", "persons")]),
        ("The board shot 12 clerks and jailed twenty-one.", [
            ("executed", "12", "persons"), ("imprisoned", "twenty-one", "persons"),
        ]),
        ("They counted 1,204 arrests and 98 executions.", [
            ("arrested", "1,204", "persons"), ("executed", "98", "persons"),
        ]),
        ("Of the 40 delegates, 13 were expelled.", [("members", "40", "persons"), ("expelled", "13", "persons")]),
        ("About 7% of the clerks perished.", [("died", "About 7%", "percent")]),
        ("More than half of the clerks were purged.", [("removed", "More than half", "percent")]),
        ("The raid removed 3 of 5 clerks, 13 of 15 scribes, and 4 of 9 bakers.", [
            ("removed", "3 of 5", "persons"), ("removed", "13 of 15", "persons"), ("removed", "4 of 9", "persons"),
        ]),
        ("Twelve were sentenced to death.", [("condemned", "Twelve", "persons")]),
        ("A quota of 500 was set; 48 bakers were to be shot.", [
            ("targeted", "500", "persons"), ("targeted", "48", "persons"),
        ]),
        ("An average of 10 executions a day was reached.", [("executed", "An average of 10", "persons_per_day")]),
        ("The best estimate of deaths is the range 200 to 350.", [("died", "200 to 350", "persons")]),
        ("A 422-page book was printed.", [("pages", "422", "pages")]),
        ("Tens of thousands of bakers disappeared.", [("disappeared", "Tens of thousands", "persons")]),
        ("The motion got 292 negative votes.", [("votes", "292", "votes")]),
        ("The clerk held out for three months.", [("duration", "three", "months")]),
        ("The purge had four periods.", [("periods", "four", "periods")]),
    ],
)  # fmt: skip
def test_counts_are_found_with_their_measure(text: str, found: list[tuple[str, str, str]]) -> None:
    """A count is a row if a word near it says of what: a verb, a participle, a noun, a list, an estimate."""
    assert figures(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "Order no. 4471 was signed and 0032 was not.",
        "He was arrested under Article 58 and shot aged 35.",
        "A sick 65-year-old man was arrested.",
        "In 1937 and 1938 clerks were arrested.",
        "She was sentenced to 10 years and exiled for three months.",
        "1. The clerk was arrested.",
        "Clerks were shot, see p. 12 and pages 14-15.",
        "Two five-star hotels were closed when the clerk was shot.",
        "One observer was arrested.[12]",
        "He was one of the accused; no one was shot.",
        "Some 12 villages were burned and 230 houses were seized.",
        "The number shot is not 600, it is said.",
        "Clerks were arrested by Battalion 601.",
        "It cost $500 and 12 million roubles to have them shot.",
        "The clerk was arrested at 10 o'clock.",
        "There were 500 inkwells.",
    ],
)
def test_what_is_no_count_of_people_is_left_alone(text: str) -> None:
    """Order numbers, articles, ages, years, lengths of time, markers, pages, ranks, notes, things: no rows."""
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("In 1931 the board arrested 40 clerks.", "1931"),
        ("Between May and October 1931, 40 clerks were arrested.", "May–October 1931"),
        ("The board arrested 40 clerks in 1931 and 1932.", "1931–1932"),
        ("According to lists published in 1990, 40 clerks were arrested in 1931.", "1931"),
        ("The board arrested 40 clerks (Madeupin, 1990).", None),
        ("After the death of Ida in 1924, 40 clerks were arrested.", None),
        ("For the 1929 fire 40 clerks were arrested.", None),
    ],
)
def test_the_period_is_the_date_that_governs(text: str, period: str | None) -> None:
    """A date of another thing - a book, a death, a fire - is no period."""
    (row,) = candidates(text, "made-up")["figures"]
    assert row.get("period") == period


def test_words_of_doubt_become_the_hedge() -> None:
    """The nearest words of doubt in the clause are kept, and 'about' where it is the number's own."""
    text = "Clerks were shot. The pits are believed to contain 200 corpses. About 30 were arrested."
    assert [row.get("hedge") for row in candidates(text, "made-up")["figures"]] == ["are believed to", "About"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Joseph Invented came. Later Invented left.", ["Joseph Invented"]),
        ("The clerk met A.B. Madeupsky and Marshal Madeupin.", ["A.B. Madeupsky", "Madeupin"]),
        ("It had Madeupov, Nowherin, and Boris Fictin.", ["Madeupov", "Nowherin", "Boris Fictin"]),
        ("Ada and Ben Fictwell wrote it.", ["Ada Fictwell", "Ben Fictwell"]),
        ("It was disputed (Madeupson, 1990; Inventer and Fictman, 2001).", ["Madeupson", "Inventer", "Fictman"]),
        ("Madeupov's widow was arrested.", ["Madeupov"]),
        ("The Invented Commission met in Moscow with the Red Army and the Daily Worker.", []),
        ("In Nazi Germany and in Great Britain the Politburo was read.", []),
        ("Decree about Arrests, Supervision and Course of Things", []),
    ],
)  # fmt: skip
def test_persons_are_told_from_places_bodies_and_works(text: str, found: list[str]) -> None:
    """Given names, initials, titles, lists, kin and citations show a person; nothing else does."""
    assert names(text) == found


def test_spellings_are_gathered() -> None:
    """One person's spellings are one row, with a row of person_names for each that has another word."""
    found = candidates("Sergey Inventov came.\nSergei Inventov left, and Inventov wept.", "made-up")
    (person,), (name,) = found["persons"], found["person_names"]
    assert (person["name"], person["locator"]) == ("Sergey Inventov", "¶1")
    assert (name["person"], name["text"], name["locator"]) == (person["id"], "Sergei Inventov", "¶2")


def test_dated_deeds_are_events() -> None:
    """A full date and the nearest verb of the table are an event; a span of time and a month are none."""
    text = (
        "On 3 March 1932 Ada Fictwell was arrested and died on 5 May 1932. From 1 May 1932 to 3 May 1932 it was opened."
    )
    found = candidates(text, "made-up")["events"]
    assert [(row["kind"], row["date"]) for row in found] == [("arrest", "3 March 1932"), ("death", "5 May 1932")]


def test_every_candidate_is_marked_and_anchored() -> None:
    """Each row says that it is a candidate and by which rule, cites its paragraph, and has an anchor unique in it."""
    lines = passages(MADE_UP)
    found = candidates(MADE_UP, "made-up")
    assert tuple(found) == KINDS
    assert all(found[kind] for kind in ("sources", "footnotes", "persons", "figures", "events"))
    for rows in found.values():
        assert len({row["id"] for row in rows}) == len(rows)
        for row in rows:
            assert row["note"].startswith("candidate: ")
            assert (row["status"], row["source_id"]) == ("stated", "made-up")
            find_anchor(lines[(paragraph(row["locator"]) or 0) - 1], row["anchor"])
    assert [row.get("footnotes") for row in found["figures"]] == ["1", "1"]


def test_notes_and_bibliography_hold_no_figures_and_persons() -> None:
    """Page numbers and authors of the notes are the business of sources and footnotes."""
    found = candidates(MADE_UP, "made-up")
    assert {row["locator"] for kind in ("figures", "persons", "events") for row in found[kind]} <= {"¶1", "¶2", "¶3"}


def test_the_candidates_load(engine: Engine, tmp_path: Path) -> None:
    """What is written loads as it is into an empty database that holds the source."""
    own = tmp_path / "sources.csv"
    own.write_text("id,title,kind\nmade-up,A Made-up Text (invented),encyclopaedia\n", encoding="utf-8")
    keeping.load(engine, [open_sheet(own, kind=None, encoding=None)], label="source", by="the tests")
    found = candidates(MADE_UP, "made-up")
    write(found, tmp_path / "out")
    assert loaded(engine, tmp_path / "out") == sum(map(len, found.values()))


def loaded(engine: Engine, folder: Path) -> int:
    """Load a folder as the program does; the number of new rows comes back."""
    sheets = [open_sheet(path, kind=None, encoding=None) for path in gather([folder])]
    return keeping.load(engine, sheets, label="candidates", by="the tests").added


def test_a_folder_that_is_not_empty_is_kept(tmp_path: Path) -> None:
    """Nothing is written over unless it is asked for."""
    found = candidates(MADE_UP, "made-up")
    write(found, tmp_path / "out")
    (tmp_path / "out" / "figures.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(BadData, match="the folder is not empty"):
        write(found, tmp_path / "out")
    assert (tmp_path / "out" / "figures.csv").read_text(encoding="utf-8") == "mine"
    write(found, tmp_path / "out", force=True)
    with (tmp_path / "out" / "figures.csv").open(encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == len(found["figures"])
    with pytest.raises(BadData, match="is no folder"):
        check_folder(tmp_path / "out" / "figures.csv", force=True)


@pytest.mark.given
def test_nine_in_ten_exact_figures_of_the_given_text_are_found() -> None:
    """Of the seed's exact figures at least 90 % are found in their paragraph with their number."""
    found = candidates(words_of(GIVEN)[0], "great-purge-article")
    there = {(row["locator"], Figure.parse(row["text"]).best) for row in found["figures"]}
    with database.shipped("data/seed").joinpath("figures.csv").open(encoding="utf-8") as file:
        seed = [(row["locator"], Figure.parse(row["text"])) for row in csv.DictReader(file)]
    exact = [(locator, figure.best) for locator, figure in seed if figure.qualifier == "exact"]
    assert sum(each in there for each in exact) >= 0.9 * len(exact)
    assert len(found["figures"]) <= 100


@pytest.mark.given
def test_all_sources_of_the_given_text_are_candidates(engine: Engine, tmp_path: Path) -> None:
    """Every work the reader of notes finds is a row, and all candidates load."""
    text = words_of(GIVEN)[0]
    found = candidates(text, "great-purge-article")
    assert len(found["sources"]) == len(read_notes(passages(text)).works)
    own = tmp_path / "sources.csv"
    own.write_text("id,title,kind\ngreat-purge-article,Great Purge,encyclopaedia\n", encoding="utf-8")
    keeping.load(engine, [open_sheet(own, kind=None, encoding=None)], label="source", by="the tests")
    write(found, tmp_path / "out")
    assert loaded(engine, tmp_path / "out") == sum(map(len, found.values()))
