"""The map report and the map on a terminal: on the seed, and on invented places and people."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.reports.shown import Shown, invented

from terrordb.errors import BadQuestion
from terrordb.reports.drawn_map import BORDERS, frame_of, within
from terrordb.reports.mapping import map_of, outlines, text_map
from terrordb.reports.report import Map, Point

if TYPE_CHECKING:
    from tests.conftest import Maker
    from tests.reports.shown import Planted

    from terrordb.library import Database

ON, OFF = "Places on the map", "Places without coordinates"
WEST, EAST = Point("Invented West", 55, 37), Point("Invented East", 60, 150)


def a_place(named: str, kind: str, north: str = "", east: str = "", **cells: str) -> dict[str, str]:
    """Make a row of an invented place."""
    return {"id": named, "name": f"Invented Place {named}", "kind": kind, "latitude": north, "longitude": east} | cells


def a_case(named: str, executed: str, **cells: str) -> dict[str, str]:
    """Make a row of a case of an invented person."""
    return {"id": named, "person": "invented-one", "executed": executed, "outcome": "executed"} | cells


PLANTED: Planted = {
    "places": [
        a_place("ground", "burial_ground", "55.5", "37.25", precision="exact"),
        a_place("prison", "prison", "-60", "150", precision="near"),
        a_place("town", "city"),
        a_place("rumour", "area", "10", "10", status="dubious", hedge="said to be"),
    ],
    "persons": [{"id": "invented-one", "name": "Invented Person One", "named": "true", "place_of_death": "ground"}],
    "cases": [
        a_case("one", "1 August 1937", place="ground", burial_place="ground"),
        a_case("two", "2 August 1937", place="prison", burial_place="ground"),
        a_case("perhaps", "1937–1938", place="prison"),
        a_case("nowhere", "3 August 1937"),
        a_case("in-town", "4 August 1937", place="town"),
        a_case("doubted", "5 August 1937", place="prison", status="dubious"),
        a_case("at-rumour", "6 August 1937", place="rumour"),
    ],
    "claims": [
        {"id": "more-north", "record": "places/prison", "field": "latitude", "value": "-61", "locator": "p. 8"},
        {"id": "same-east", "record": "places/ground", "field": "longitude", "locator": "p. 9"},
    ],
}


@pytest.fixture(scope="module")
def planted(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give a database of invented places."""
    with invented(maker, tmp_path_factory.mktemp("places"), PLANTED) as base:
        yield base


def shown(base: Database, terms: str | list[str] | None = None, **options: bool) -> Shown:
    """Read the report."""
    with base.connect() as connection:
        return Shown(map_of(connection, terms, **options))


def the_map(report: Shown) -> dict[str, Any]:
    """Give the map of a report."""
    (found,) = (block for block in report.blocks("") if "map" in block)
    return dict(found)


def numbers(report: Shown, kind: str) -> dict[str, tuple[Any, Any]]:
    """Give the counts by place, and those that are certain where they are told apart."""
    rows = [row for title in (ON, OFF) if title in report.titles for row in report.table(title)]
    return {row["place"].removeprefix("Invented Place "): (row[kind], row.get("certainly")) for row in rows}


# ---------------------------------------------------------------- the seed


def test_the_burial_grounds_of_the_text(seeded: Database) -> None:
    """Sandarmokh is told of in ¶77, Kurapaty and Bykivnia in ¶116, Butovo in ¶117."""
    report = shown(seeded, "kind:burial_ground")
    rows = [row for title in (ON, OFF) if title in report.titles for row in report.table(title)]
    cited = {row["place"]: report.cited(row) for row in rows}
    assert cited.keys() == {"Butovo firing range", "Sandarmokh", "Kurapaty", "Bykivnia"}
    assert "¶77" in cited["Sandarmokh"]
    assert cited["Kurapaty"] == cited["Bykivnia"] == {"¶116"}
    assert {row["kind"] for row in rows} == {"burial ground"}
    assert report.said("").startswith("4 of 38 places")


def test_a_figure_of_two_places_counts_at_both(seeded: Database) -> None:
    """¶116 gives one number, up to 200,000, for the graves of Kurapaty and Bykivnia."""
    found = numbers(shown(seeded, 'figures text:"up to 200,000"'), "figures")
    assert found == {"Bykivnia": (1, None), "Kurapaty": (1, None)}


def test_a_person_whom_two_fields_lead_to_one_place_counts_once(seeded: Database) -> None:
    """¶60: Babel was shot in Butyrka prison, which both his row and that of his case name."""
    assert numbers(shown(seeded, ["persons", "id:babel-isaac"]), "persons") == {"Butyrka prison": (1, None)}


# ---------------------------------------------------------------- invented rows


def test_places_with_their_coordinates_and_how_exact_they_are(planted: Database) -> None:
    """What claims give for a coordinate stands beside it, and is cited; what no claim gives is the editors'."""
    report = shown(planted)
    rows = {row["place"].removeprefix("Invented Place "): row for row in report.table(ON)}
    assert rows["ground"]["coordinates"] == "55.5° N, 37.25° E"
    assert rows["ground"]["how exact"] == "the very place"
    assert report.cited(rows["ground"]) == {"p. 1", "p. 9"}
    assert rows["prison"]["coordinates"] == "60° S, 150° E; latitude -61 by another claim"
    assert report.cited(rows["prison"]) == {"p. 1", "p. 8"}
    assert rows["rumour"]["how exact"] == "not known"
    assert rows["rumour"]["status"] == "dubious; “said to be”"
    assert report.column(OFF, "place") == ["Invented Place town"]
    assert "editors" in report.remarks(ON)


def test_a_dubious_place_is_listed_and_drawn_only_where_asked_for(planted: Database) -> None:
    """Everybody sees the row; a map is a count, which leaves it out and says so."""
    report = shown(planted)
    points = the_map(report)["points"]
    assert [(p["label"], p["latitude"], p["longitude"], p["number"]) for p in points] == [
        ("Invented Place ground", 55.5, 37.25, None),
        ("Invented Place prison", -60, 150, None),
    ]
    assert "dubious or withdrawn places, which are listed and not drawn: 1" in report.said("").casefold()
    assert "places without coordinates, which are listed apart: 1 of 4" in report.said("").casefold()
    assert len(the_map(shown(planted, dubious=True))["points"]) == 3


def test_records_of_another_kind_are_counted_by_place(planted: Database) -> None:
    """At the ground one and two; at the prison two, and perhaps another; each once, the doubted one left out."""
    report = shown(planted, "cases executed:1937")
    found = {"ground": (2, None), "prison": (2, 1), "town": (1, None), "rumour": (1, None)}
    assert numbers(report, "cases") == found
    assert [(p["kind"], p["number"]) for p in the_map(report)["points"]] == [("burial ground", 2), ("prison", 2)]
    said = report.said("")
    assert "5 certain, 6 possible of 6 cases; 1 dubious or withdrawn left out" in said
    assert "Counted by place, burial_place" in said
    assert "For 1 no place is known" in said
    assert BORDERS in the_map(report)["described"]
    assert numbers(shown(planted, "cases executed:1937", dubious=True), "cases")["prison"] == (3, 2)


def test_people_are_counted_where_their_cases_and_they_themselves_lead(planted: Database) -> None:
    """One person with seven cases counts once at each of four places."""
    found = numbers(shown(planted, "persons invented"), "persons")
    assert found == dict.fromkeys(("ground", "prison", "town", "rumour"), (1, None))


def test_a_report_with_nothing_to_say_says_so(planted: Database) -> None:
    """There is then no map and no table."""
    report = shown(planted, "places kind:court")
    assert report.titles == [""]
    assert report.said("") == "0 of 3 places.\nThere is no place to draw."


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        ("sources", "sources do not point to places\n  ask for places, or for one of cases, events"),
        ("kind:burial_grond", "burial_ground"),
        ("cases (", "\\("),
    ],
)
def test_a_question_that_cannot_be_mapped_is_refused(planted: Database, terms: str, reason: str) -> None:
    """At once, and with what to ask in its place."""
    with planted.connect() as connection, pytest.raises(BadQuestion, match=reason):
        map_of(connection, terms)


# ---------------------------------------------------------------- outlines and the terminal


def test_outlines_are_those_of_the_earth() -> None:
    """Every point lies on it, and a coast runs within 150 km of the port of Odessa (46.5 N, 30.7 E)."""
    lines = outlines()
    points = [spot for line in lines for spot in line]
    assert len(points) > 5_000
    assert all(-180.01 <= x <= 180.01 and -90.01 <= y <= 90.01 for x, y in points)
    assert min(math.dist((x * 0.69, y), (30.7 * 0.69, 46.5)) for x, y in points) < 150 / 111


def test_a_frame_holds_its_points_and_crosses_the_date_line_where_that_is_shorter() -> None:
    """170 E and 170 W lie 20 degrees apart, not 340; a single place has surroundings."""
    frame = frame_of([Point("a", 60, 170), Point("b", 65, -170)])
    assert frame.east - frame.west < 40
    places = [frame.at(170, 60), frame.at(-170, 65)]
    assert all(0 < part < 1 for spot in places for part in spot)
    assert places[0][0] < places[1][0]
    assert places[0][1] > places[1][1]
    assert frame_of([WEST]).north - frame_of([WEST]).south >= 8
    for line in within(frame):
        assert all(-1e-9 <= part <= 1 + 1e-9 for spot in line for part in spot)


@pytest.mark.parametrize("width", [40, 80, 140])
@pytest.mark.parametrize("ascii_only", [False, True])
def test_a_map_in_characters(width: int, ascii_only: bool) -> None:
    """Letters stand for places from west to east, the key names all of them, and no line is too long."""
    near = Point("Invented Neighbour", 55.01, 37.01, "city", 7, (3,))
    lines = text_map(Map("invented", [WEST, near, EAST], "invented"), width, ascii=ascii_only)
    key = next(n for n, line in enumerate(lines) if line.startswith("a  "))
    drawn, told = lines[:key], " ".join(" ".join(lines[key:]).split())
    assert max(map(len, lines)) <= width
    (west,) = (line.index("a") for line in drawn if "a" in line)
    (east,) = (line.index("b") for line in drawn if "b" in line)
    assert west < width / 3 < width * 2 / 3 < east
    assert "a Invented West; Invented Neighbour, city: 7 [3]" in told
    assert "b Invented East" in told
    assert BORDERS in told
    signs = {sign for line in drawn for sign in line} - set(" ab")
    assert signs
    assert signs == {"."} if ascii_only else all(0x2800 < ord(sign) < 0x2900 for sign in signs)


def test_a_map_without_places_and_one_with_more_than_letters() -> None:
    """Neither fails; no place is left out of the key."""
    assert BORDERS in " ".join(text_map(Map("invented", [], "none"), 60))
    grid = [Point(f"Invented {n}", 40 + n % 10 * 3.0, 20 + n // 10 * 15.0) for n in range(80)]
    told = " ".join(" ".join(text_map(Map("invented", grid, "grid"), 100)).split())
    assert all(f"Invented {n}" in told for n in range(80))
    assert "* Invented" in told


def test_the_outlines_come_with_their_licence() -> None:
    """The README beside them names the origin, the public domain and the licence's notice."""
    told = (Path(__file__).parents[2] / "data" / "maps" / "README.md").read_text("utf-8")
    for word in ("Natural Earth", "public domain", "world-atlas", "2.0.2", "ISC", "Copyright 2013-2019", "today's"):
        assert word in told
