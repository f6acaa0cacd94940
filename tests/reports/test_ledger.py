"""The ledger of disputed numbers: values computed by hand from the text (the paragraph is named with each)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from terrordb.errors import BadQuestion
from terrordb.reports import ledger
from terrordb.reports.report import Report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from terrordb.library import Database


def report(seeded: Database, terms: str | None = None, **options: Any) -> dict[str, Any]:
    """Make the ledger, as JSON has it."""
    with seeded.connect() as connection:
        return ledger.figures(connection, terms, **options).as_dict()


@pytest.fixture(scope="module")
def dead(seeded: Database) -> dict[str, Any]:
    """Give the ledger of the executed and the dead."""
    return report(seeded, "measure:executed,died")


def section(of: dict[str, Any], title: str) -> dict[str, Any]:
    """Give the one section whose title begins so."""
    (found,) = [each for each in of["sections"] if each["title"].startswith(title)]
    return found  # type: ignore[no-any-return]


def rows(of: dict[str, Any], title: str = "") -> list[dict[str, Any]]:
    """Give the rows of a section's table of that title."""
    return [row for block in of["blocks"] if block.get("table") == title for row in block["rows"]]


def charts(of: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the charts of a section."""
    return (block for block in of["blocks"] if "chart" in block)


def locators(of: dict[str, Any], row: dict[str, Any]) -> set[str]:
    """Give the paragraphs behind a row."""
    return {note["locator"] for note in of["notes"] if note["number"] in row["notes"]}


PURGE = "Executed: Great Purge; where stated, by NKVD; 1937"


def test_rival_claims_stand_in_one_panel(dead: dict[str, Any]) -> None:
    """¶100, ¶107 and ¶108: the archives, Conquest, Thurston, Fitzpatrick and twice Hough, each with its paragraph."""
    told = {
        (row["claimant"], row["number"]): (row["best"], *(sorted(locators(dead, row) - {"¶107"}) or ["¶107"]))
        for row in rows(section(dead, PURGE))
    }
    assert told == {
        ("great-purge-article", "681,692"): (681692, "¶107"),
        ("Robert Conquest (work of 1996)", "some two and a half times"): (1704230, "¶108"),
        ("Robert W. Thurston", "681,692"): (681692, "¶100"),
        ("Sheila Fitzpatrick", "low hundreds of thousands"): (None, "¶100"),
        ("Jerry F. Hough", "low hundreds of thousands"): (None, "¶100"),
        ("Jerry F. Hough", "tens of thousands"): (None, "¶100"),
    }


def test_numbers_are_numbers(dead: dict[str, Any]) -> None:
    """In JSON 681,692 is a number, and a count whose words name no number has none."""
    archives, *_, vague = rows(section(dead, PURGE))
    assert archives["best"] == 681692
    assert type(archives["best"]) is int
    assert (vague["low"], vague["best"], vague["high"]) == (None, None, None)


def test_vague_counts_are_bands(dead: dict[str, Any]) -> None:
    """Hundreds of thousands are at least 100,000 and below a million, drawn as a band and never as a dot."""
    (chart,) = charts(section(dead, PURGE))
    drawn = [(mark["label"], mark["low"], mark["best"], mark["high"], mark["vague"]) for mark in chart["marks"]]
    assert drawn == [
        ("great-purge-article", None, 681692, None, False),
        ("Robert Conquest (work of 1996)", None, 1704230, None, False),
        ("Robert W. Thurston", None, 681692, None, False),
        ("Sheila Fitzpatrick", 100000, None, 1000000, True),
        ("Jerry F. Hough", 100000, None, 1000000, True),
        ("Jerry F. Hough", 10000, None, 100000, True),
    ]


def test_archives_and_estimates_are_told_apart(dead: dict[str, Any]) -> None:
    """¶107 speaks of declassified archives, ¶109 of a best estimate."""
    assert rows(section(dead, PURGE))[0]["basis"] == "archive report"
    assert [mark["group"] for chart in charts(section(dead, PURGE)) for mark in chart["marks"]][:2] == [
        "archive report",
        "basis not stated",
    ]
    (ellman,) = rows(section(dead, "Died: Great Purge; includes deaths in detention"))
    assert ellman["basis"] == "estimate"


def test_deaths_are_no_rivals_of_executions(dead: dict[str, Any]) -> None:
    """¶109: Ellman counts deaths, with those in detention; his range has a panel of its own, and it is said why."""
    (ellman,) = rows(section(dead, "Died: Great Purge; includes deaths in detention"))
    assert (ellman["claimant"], ellman["low"], ellman["best"], ellman["high"]) == (
        "Michael Ellman (work of 2002)",
        950000,
        None,
        1200000,
    )
    assert "¶109" in locators(dead, ellman)
    (why,) = [b["prose"] for b in section(dead, "Scope check")["blocks"] if "Michael Ellman" in b.get("prose", "")]
    assert "it counts died, not executed; includes: deaths in detention" in why


def test_a_repeated_number_is_tied_and_not_counted_again(dead: dict[str, Any]) -> None:
    """¶100: Thurston accepts the number of the archives; that makes no second number."""
    panel = section(dead, PURGE)
    (thurston,) = [row for row in rows(panel) if row["claimant"] == "Robert W. Thurston"]
    assert thurston["tie"] == "accepts 681,692 (executed-1937-1938-archives)"
    said = [block["prose"] for block in panel["blocks"] if "prose" in block]
    assert said == [
        "6 claims, 5 numbers of their own: Robert W. Thurston repeats the number of executed-1937-1938-archives."
    ]


def test_who_rejects_a_number_is_told_with_it(dead: dict[str, Any]) -> None:
    """¶108: some experts, unnamed, and Conquest reject the total of the archives; ¶100: Thurston accepts it."""
    told = {(row["who"], row["stance"]) for row in rows(section(dead, PURGE), "Said of these numbers")}
    assert told == {("nobody named", "rejects"), ("Robert Conquest", "rejects"), ("Robert W. Thurston", "accepts")}


def test_arithmetic_is_shown(dead: dict[str, Any]) -> None:
    """By hand: 2.5 x 681,692 = 1,704,230; 681,692 / 730 = 933.8; 376,202 / 681,692 = 0.5519; 90 % of 40,000."""
    told = {(row["arithmetic"], row["does it agree?"]) for row in rows(section(dead, "Arithmetic"))}
    assert told >= {
        ("2.5 × 681,692 = 1,704,230", ""),
        ("681,692 in 730 days is 934 a day", "about: -6.6 % from 1,000"),
        ("376,202 of 681,692 is 55.2 %", "yes"),
        ("90 % of 40,000 = 36,000", ""),
        ("3 × 10,000 = 30,000", ""),  # ¶70: three times the 10,000 that were decreed
    }


def test_a_part_of_the_whole_is_another_scope(dead: dict[str, Any]) -> None:
    """¶117: the more than 20,000 of Butovo are no rival of the total; an open end stays open."""
    (butovo,) = rows(section(dead, "Executed: Great Purge; Butovo"))
    assert (butovo["low"], butovo["best"], butovo["high"]) == (20000, None, None)
    why = " ".join(b.get("prose", "") for b in section(dead, "Scope check")["blocks"])
    assert "places: Butovo firing range, not the whole; another period" in why


def test_dubious_claims_are_shown_and_not_drawn(seeded: Database, dead: dict[str, Any]) -> None:
    """¶117: 260,000 dead in one night are marked dubious; charts leave them out, unless they are asked for."""
    (night,) = [row for s in dead["sections"] for row in rows(s) if row.get("number") == "260,000"]
    assert night["status"].startswith("dubious")
    assert "1 dubious or withdrawn" in dead["sections"][0]["blocks"][0]["prose"]
    told = report(seeded, "id:one-night-260000,butovo-shot", dubious=True)
    assert "dubious" not in told["sections"][0]["blocks"][0]["prose"]


def test_all_figures_are_in_it(seeded: Database) -> None:
    """Without terms every figure of the seed stands in one panel, once."""
    everything = report(seeded)
    told = [row["number"] for s in everything["sections"] for row in rows(s) if "claimant" in row]
    assert sorted(told) == sorted(figure.text for figure in seeded.query("figures"))


def test_nothing_to_say_is_said(seeded: Database) -> None:
    """A question without an answer makes a report that says so."""
    told = report(seeded, "measure:executed period:1812")
    assert [block["prose"] for block in told["sections"][0]["blocks"]] == ["No figure answers to this."]
    assert told["notes"] == []


def test_another_kind_is_refused(seeded: Database) -> None:
    """The ledger is of figures."""
    with pytest.raises(BadQuestion, match="figures"):
        report(seeded, "persons fate:executed")


def test_the_library_gives_it_whole(seeded: Database) -> None:
    """What the library gives can be shown after, and more than once."""
    made = seeded.report("figures", terms="measure:executed operation:kulak-operation")
    assert isinstance(made, Report)
    assert made.as_dict() == made.as_dict()
    assert "376,202" in made.markdown()
    assert "376,202" in made.html()
    with pytest.raises(BadQuestion, match="takes no 'term'"):
        seeded.report("figures", term="x")
    with pytest.raises(BadQuestion, match="no report 'figure'"):
        seeded.report("figure")
