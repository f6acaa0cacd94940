"""Names for reading aloud, and who shared with a person what was done to both."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.reports.shown import Shown
from tests.reports.shown import invented as planted

from terrordb.errors import BadQuestion
from terrordb.reports.readings import names, today, together

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.conftest import Maker

    from terrordb.library import Database
    from terrordb.reports.report import Report

TROIKA = {"sentencing_body": "invented-troika"}
FIELD, PRISON = {"place": "invented-field"}, {"place": "invented-prison"}
OTHER = {"source_id": "invented-other", "locator": "p. 9"}


def a_person(name: str, **cells: str) -> dict[str, str]:
    """Make an invented person, whose id is the last word of the name."""
    return {"id": name.rpartition(" ")[2].lower(), "name": name, "named": "true"} | cells


def a_case(of: str, *further: dict[str, str], **cells: str) -> dict[str, str]:
    """Make the case of an invented person."""
    made = {"id": f"{of}-case", "person": of} | cells
    for more in further:
        made |= more
    return made


PLANTED: dict[str, list[dict[str, str]]] = {
    "sources": [
        {"id": "invented-other", "title": "Another Invented Source", "kind": "book"},
        {"id": "invented-list", "title": "Invented List", "kind": "list"},
    ],
    "places": [
        {"id": "invented-region", "name": "Invented Region", "kind": "region"},
        {"id": "invented-field", "name": "Invented Field", "kind": "burial_ground", "parent": "invented-region"},
        {"id": "invented-prison", "name": "Invented Prison", "kind": "prison", "parent": "invented-region"},
        {"id": "invented-elsewhere", "name": "Invented Elsewhere", "kind": "region"},
    ],
    "bodies": [{"id": "invented-troika", "name": "Invented Troika", "kind": "court"}],
    "orders": [
        {"id": "invented-order", "name": "Invented Order", "kind": "order"},
        {"id": "invented-scroll", "name": "Invented Scroll", "kind": "list"},
    ],
    "events": [
        {"id": "invented-massacre", "name": "Invented Massacre", "kind": "massacre", "date": "29 October 1941"},
    ],
    "persons": [
        a_person(
            "Invented Person One", born="3 May 1890", occupation="miller", source_id="invented-list", locator="p. 12"
        ),
        a_person("Invented Person Two", born="1900", source_id="invented-list", locator="p. 13"),
        a_person("Invented Person Three", born="before 1880", died="29 October 1937")
        | {"source_id": "invented-list", "locator": "p. 12"},
        a_person("Invented Person Four"),
        a_person("Invented Person Five", status="dubious"),
        a_person("[an invented person without a name] Six", named="false") | {"name": "[an invented person]"},
        a_person("Invented Person Seven", died="29 October 1940"),
        a_person("Invented Person Eight", born="c. 1895"),
        a_person("Invented Person Nine", died="29 October 1970"),
        a_person("Invented Person Ten", born="1901"),
        a_person("Invented Person Eleven", born="1902", occupation="smith"),
        a_person("Invented Person Twelve"),
        a_person("Invented Person Thirteen"),
        a_person("Invented Person Fourteen"),
        a_person("Invented Person Fifteen"),
    ],
    "cases": [
        a_case("one", TROIKA, FIELD, sentenced="10 October 1937", executed="29 October 1937")
        | {"order": "invented-order", "burial_place": "invented-field", "case_file": "P-1"},
        a_case("two", TROIKA, PRISON, sentenced="10 October 1937", executed="29 October 1938"),
        a_case("three", PRISON, outcome="died_in_custody"),
        a_case("four", TROIKA, sentenced="October 1937", executed="October 1937"),
        a_case("five", executed="29 October 1937"),
        a_case("six", executed="29 October 1937", place="invented-region"),
        a_case("eight", TROIKA, sentenced="1937", executed="29 October 1939"),
        a_case("nine", outcome="released"),
        a_case("ten", OTHER, FIELD, executed="29 October 1937", burial_place="invented-field", case_file="P-1"),
        a_case("eleven", OTHER, order="invented-order", sentenced="10 October 1937", executed="30 October 1937"),
        a_case("twelve", executed="29 October 1938", status="contested", hedge="it is said"),
        a_case("fourteen", executed="1 November 1937", order="invented-scroll"),
        a_case("fifteen", executed="29 October 1937?", place="invented-elsewhere"),
    ],
    "roles": [
        {"id": "seven-signs", "person": "seven", "role": "signatory", "within": "orders/invented-order"},
        {"id": "eight-signs", "person": "eight", "role": "signatory", "within": "orders/invented-order"},
        {"id": "thirteen-killed", "person": "thirteen", "role": "killed", "within": "events/invented-massacre"},
        {"id": "thirteen-listed", "person": "thirteen", "role": "listed", "within": "orders/invented-scroll"},
    ],
    "claims": [
        OTHER | {"id": "claim", "record": "cases/fourteen-case", "field": "executed", "value": "29 October 1937"},
    ],
    "judgements": [
        {"id": "one-person", "record": "persons/ten", "other": "persons/eleven", "verdict": "same", "by": "Nobody"},
        {"id": "another-one", "record": "persons/twelve", "other": "persons/two", "verdict": "same", "by": "Nobody"},
    ],
}


@pytest.fixture(scope="module")
def invented(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give the invented records above, on each engine; tests only read them."""
    with planted(maker, tmp_path_factory.mktemp("planted"), PLANTED) as base:
        yield base


def held(base: Database, make: Callable[..., Report], *asked: str, **options: Any) -> Shown:
    """Make a report and read it whole."""
    with base.connect() as connection:
        return Shown(make(connection, *asked, **options))


def read_out(report: Shown) -> list[tuple[str, str, Any]]:
    """Give date, name and age of all whose names are read."""
    return [(row["date"], row["name"], row["age"]) for row in report.rows("Names")]


# ---------------------------------------------------------------- names of the seed

CONTESTED = "died in custody (contested); or killed (contested; “it is possible”)"  # ¶57


@pytest.mark.parametrize(
    ("on", "told", "locator"),
    [
        ("06-19", ("June 19, 1937", "Jan Sten", "executed"), "¶65"),
        ("07-16", ("July 16, 1937", "Pavel Vasiliev", "executed"), "¶64"),
        ("12-16", ("December 16, 1937", "Titsian Tabidze", "executed"), "¶63"),
        ("12-27", ("December 27, 1938", "Osip Mandelstam", CONTESTED), "¶59"),
        ("1-27", ("January 27, 1940", "Isaac Babel", "executed"), "¶60"),
    ],
)
def test_the_five_whose_day_the_text_tells_are_read(
    seeded: Database, on: str, told: tuple[str, ...], locator: str
) -> None:
    """Of 26 named victims whose death is told the day is known for five; nobody's birth is told."""
    report = held(seeded, names, on=on)
    (row,) = report.rows("Names")
    assert (row["date"], row["name"], row["fate"]) == told
    assert row["age"] == "not known"
    assert locator in report.cited(row)
    assert report.prose("")[0].startswith("1 of 26 named victims")
    assert "known for 5 of these 26; for 21 it is not" in report.prose("Not read")[0]


def test_a_month_is_no_day_and_a_day_without_names_says_so(seeded: Database) -> None:
    """Two were shot in February 1940 (¶62, ¶95), on no day that is told."""
    report = held(seeded, names, on="02-01")
    assert "Names" not in report.titles
    assert report.prose("") == ["Of 26 named victims whose death is told, none is told to have died on 1 February."]


def test_names_of_a_place(seeded: Database) -> None:
    """One was shot in Butyrka (¶60); of none is told that it was at Butovo."""
    assert [row[1] for row in read_out(held(seeded, names, on="1940-01-27", place="butyrka"))] == ["Isaac Babel"]
    assert held(seeded, names, on="01-27", place="butovo").prose("") == [
        "Of no named victim in this database is a death told there."
    ]


# ---------------------------------------------------------------- names of invented persons


def test_names_are_read_by_date_and_name_each_person_once(invented: Database) -> None:
    """Ages are reckoned from what is told: one number, two that are possible, a least, or nothing."""
    assert read_out(held(invented, names, on="10-29")) == [
        ("29 October 1937", "Invented Person Fourteen", "not known"),
        ("29 October 1937", "Invented Person One", 47),
        ("29 October 1937", "Invented Person Ten", "35 or 36; 34 or 35"),
        ("29 October 1937", "Invented Person Three", "at least 57"),
        ("29 October 1938", "Invented Person Twelve", "37 or 38"),
        ("29 October 1939", "Invented Person Eight", "about 43 or 44"),
        ("29 October 1941", "Invented Person Thirteen", "not known"),
    ]


def test_what_sources_say_otherwise_stands_beside_a_name(invented: Database) -> None:
    """Another day, another record of the same person, and doubt; nothing is merged."""
    rows = {row["name"]: row for row in held(invented, names, on="10-29").rows("Names")}
    assert rows["Invented Person Fourteen"]["remarks"] == "another date: 1 November 1937 (invented-source p. 1)"
    ten = rows["Invented Person Ten"]
    assert ten["remarks"] == (
        "another date: 30 October 1937 (invented-other p. 9); one person, as judged, with persons/eleven"
    )
    assert ten["occupation"] == "smith"
    assert "case: contested; “it is said”" in rows["Invented Person Twelve"]["remarks"]


def test_who_is_not_read_is_counted(invented: Database) -> None:
    """Nine people died; the month of one and the doubted day of another are no day; one is dubious, one unnamed.

    The signatory without a case, and who was released and died in 1970, are no part of it.
    """
    said = held(invented, names, on="10-29")
    assert said.prose("") == ["7 (8 records) of 9 named victims whose death is told died on 29 October."]
    assert said.prose("Not read") == [
        "The day is known for 7 of these 9; for 2 it is not, and their names are read on no day.",
        "1 without a name died on this day.",
        "1 dubious left out.",
    ]
    report = held(invented, names, on="10-29", dubious=True)
    assert "Invented Person Five" in [row[1] for row in read_out(report)]
    assert report.prose("")[0].startswith("8 (9 records) of 10 ")


def test_one_year_and_a_place_with_its_parts(invented: Database) -> None:
    """A field and a prison lie in the region; where a row has no place of death, that of the case tells it."""
    assert [row[1] for row in read_out(held(invented, names, on="1938-10-29"))] == ["Invented Person Twelve"]
    report = held(invented, names, on="10-29", place="invented-region")
    assert [row[1].split()[-1] for row in read_out(report)] == ["One", "Ten", "Three", "Two"]
    assert report.prose("") == ["4 of 4 named victims whose death is told there died on 29 October."]


def test_today_is_the_names_of_todays_day(invented: Database) -> None:
    """Whatever day that is."""
    day = datetime.now().astimezone().date()
    report, of_day = held(invented, today), held(invented, names, on=f"{day.month}-{day.day}")
    assert report.whole["report"] == "today"
    assert (report.whole["title"], report.whole["sections"]) == (of_day.whole["title"], of_day.whole["sections"])


@pytest.mark.parametrize(
    "on", ["02-30", "13-01", "0-5", "1937-02-29", "1937", "October 1937", "c. 29 October 1937", "x", ""]
)
def test_what_is_no_day_is_refused_with_a_remedy(seeded: Database, on: str) -> None:
    """A leap day is one, of any year."""
    with seeded.connect() as connection:
        with pytest.raises(BadQuestion) as refused:
            names(connection, on=on)
        assert "--on 10-29" in refused.value.remedy
        assert names(connection, on="2-29").title == "The names of 29 February"


def test_a_place_that_is_not_there_is_refused(seeded: Database) -> None:
    """At once, and not when its sections are read."""
    with seeded.connect() as connection, pytest.raises(BadQuestion, match="no record of places") as refused:
        names(connection, on="10-29", place="buto-field")
    assert refused.value.remedy


# ---------------------------------------------------------------- together


def shared(report: Shown) -> dict[str, list[tuple[str, str]]]:
    """Give who shares what, and how surely, by the title of the section."""
    found = {title: [(row["id"], row["how sure"]) for row in report.rows(title)] for title in report.titles if title}
    return {title: persons for title, persons in found.items() if persons}


def test_the_six_who_stood_in_a_trial_together_are_named(seeded: Database) -> None:
    """The text names four beside Bukharin (¶43) and tells of two more (¶51)."""
    report = held(seeded, together, "bukharin-nikolai")
    found = shared(report)
    assert found == {
        "The trial": [
            ("rykov-alexei", "certain"),
            ("rakovsky-christian", "certain"),
            ("yagoda-genrikh", "certain"),
            ("krestinsky-nikolai", "certain"),
            ("rakovsky-companion-1", "certain"),
            ("rakovsky-companion-2", "certain"),
        ]
    }
    assert report.prose("The trial") == ["Shared with 6 of 112 persons."]
    rows = {row["id"]: row for row in report.rows("The trial")}
    assert "¶43" in report.cited(rows["rykov-alexei"])
    assert "¶51" in report.cited(rows["rakovsky-companion-1"])


def test_the_same_month_is_only_possibly_the_same_day(seeded: Database) -> None:
    """Both were shot in February 1940, and no place is told (¶62, ¶95)."""
    report = held(seeded, together, "persons/meyerhold-vsevolod")
    assert shared(report) == {"The day and place of execution": [("dushenov-k-i", "possible")]}
    assert report.prose("The day and place of execution") == ["Shared with 0 certain, 1 possible of 112 persons."]


def test_of_whom_no_case_is_told_the_report_says_so(seeded: Database) -> None:
    """Everything that is lacking is named."""
    said = held(seeded, together, "stalin-joseph")
    assert "No case is told" in said.prose("")[1]
    assert len(said.prose("What is not told of this person")) == 6


def test_each_bond_tells_certain_from_possible(invented: Database) -> None:
    """The day of October is possibly the day; another source's number is possibly another archive's."""
    report = held(invented, together, "one")
    assert shared(report) == {
        "The protocol": [("eleven", "certain"), ("two", "certain"), ("four", "possible")],
        "The page of a list": [("three", "certain")],
        "The case file": [("ten", "possible")],
        "The day and place of execution": [("ten", "certain"), ("six", "possible"), ("four", "possible")],
        "The burial ground": [("ten", "certain")],
    }
    assert report.prose("The protocol")[0] == "Shared with 2 certain, 3 possible of 14 persons."
    of_1937 = report.prose("The protocol")[1]  # sentenced in a year of which no day is told
    assert of_1937.startswith("For 1 more it is possible")
    assert report.prose("The day and place of execution") == [
        "Shared with 1 certain, 3 possible of 14 persons; 1 dubious or withdrawn left out."
    ]
    assert report.prose("What is not told of this person") == ["The trial: none."]


def test_a_list_of_names_is_shared_without_a_day(invented: Database) -> None:
    """One stands on it by a role, the other by a case."""
    assert shared(held(invented, together, "fourteen"))["The protocol"] == [("thirteen", "certain")]
    assert shared(held(invented, together, "thirteen"))["The protocol"] == [("fourteen", "certain")]


def test_records_judged_to_be_of_one_person_are_that_person(invented: Database) -> None:
    """What is told of either counts, and neither is the other's companion."""
    report = held(invented, together, "eleven")
    assert "one person, as judged, with persons/ten" in report.prose("")[0]
    found = shared(report)
    assert ("one", "certain") in found["The protocol"]
    assert ("one", "certain") in found["The burial ground"]
    assert not {"ten", "eleven"} & {named for rows in found.values() for named, _ in rows}


def test_an_id_that_does_not_exist_is_refused_with_the_nearest(seeded: Database) -> None:
    """Only persons are looked for."""
    with seeded.connect() as connection, pytest.raises(BadQuestion, match="among persons") as refused:
        together(connection, "bukharin-nikolay")
    assert "bukharin-nikolai" in refused.value.remedy


def test_of_very_many_the_passages_stand_in_a_column(invented: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """Notes of each would fill the memory; here one is very many."""
    monkeypatch.setattr("terrordb.reports.together.NOTED", 0)
    (row,) = held(invented, together, "one").rows("The case file")
    assert (row["source"], row["notes"]) == ("invented-source p. 1; invented-other p. 9", [])
