"""Tables that nobody here wrote, each by a shipped profile: every row accounted for, and cells read by hand.

The tables stand beside the project, and are no part of it: their persons are named here by their number alone.
"""

from __future__ import annotations

import csv
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.conftest import GIVEN
from tests.loading.mapping import written

from terrordb.loading.cells import Words
from terrordb.loading.lists import profile_file
from terrordb.loading.mapped import map_table
from terrordb.loading.profiles import read_profile
from terrordb.loading.tables import open_tables

if TYPE_CHECKING:
    from terrordb.loading.mapped import Mapped

pytestmark = pytest.mark.given

REAL = GIVEN.parents[1] / "data" / "real"
Records = dict[str, list[dict[str, str]]]


def read(file: str, profile: str) -> tuple[Mapped, Records]:
    """Map a table; its records by kind."""
    (table,) = open_tables(REAL / file)
    mapped = map_table(table, read_profile(profile_file(Path(profile)), table.header), "list", Words())
    return mapped, written(mapped)


def by_number(records: Records, kind: str = "persons") -> dict[str, dict[str, str]]:
    """Give records by the list's own number of the row."""
    return {one.get("person", one["id"]).removeprefix("list:"): one for one in records[kind]}


def test_north_ossetia() -> None:
    """`fname` is the surname, `lname` the patronymic; a cell that is a formula of another is that one's words."""
    import openpyxl

    mapped, records = read("north_ossetia/1_Sev_Osetia.xlsx", "north-ossetia")
    assert (mapped.read, mapped.taken, mapped.flagged) == (2998, 2998, 0)
    with closing(openpyxl.load_workbook(REAL / "north_ossetia" / "1_Sev_Osetia.xlsx", read_only=True)) as book:
        header, *rows = book.active.iter_rows(values_only=True)
    at = [header.index(name) for name in ("ID Memorial DB", "fname", "name", "lname")]
    people = by_number(records)
    for row in rows:
        number, *parts = (row[n] for n in at)
        stated = " ".join(" ".join(str(part).split()) for part in parts if part not in (None, ".", "None", "—"))
        assert people[str(number)]["name"] == stated
    assert '"residence":"сел. Христиановское"' in people["1342957"]["rest"]  # =F1328 in the sheet


def test_executed_women() -> None:
    """What one cell tells of a birth, an arrest, a sentence, an execution; of the listed some died otherwise."""
    mapped, records = read("women_executed/women_executed_flat.tsv", "executed-women")
    assert (mapped.read, mapped.taken, mapped.flagged) == (4683, 4683, 12)
    people = {one["locator"]: one for one in records["persons"]}
    cases = {one["person"]: one for one in records["cases"]}
    cleared = {one["person"]: one["date"] for one in records["rehabilitations"]}

    def told(locator: str) -> tuple[str, ...]:
        one = people[locator]
        case = cases[one["id"]]
        fields = (case["arrested"], case["sentence"], case["executed"], case["outcome"])
        return (one["born"], *fields, cleared.get(one["id"], ""))

    assert told("Австрийки, row 1") == ("1914", "24 июня 1938", "ВМН", "", "", "26 апреля 1989")
    assert told("Белоруски, row 404") == (
        "1871",
        "30.07.1937",
        "ВМН, конфискация имущества",
        "01.10.1937",
        "executed",
        "23.03.1989",
    )
    assert told("Финки, row 103") == ("1893", "2 января 1938", "ВМН", "13 марта 1938", "executed", "")
    assert told("Русские_1937, row 768") == ("1899", "26.11.1937", "ВМН", "21.12.1937", "executed", "18.06.1956")
    assert sum(case["outcome"] == "died_in_custody" for case in cases.values()) == 32 + 6 + 5 + 3 + 2
    # "3 мартя" is no month of any year, and 31 November no day: the list's own slips of the pen.
    assert sorted(line for line in mapped.lines if line in (1690, 1701, 4114)) == [1690, 1701, 4114]


def test_argentina() -> None:
    """Two facts in one cell, Spanish months, halves and thirds of them, and what says that nothing is known."""
    mapped, records = read("argentina_ruvte/victimas-accionar-represivo-ilegal.csv", "argentina")
    assert (mapped.read, mapped.taken, mapped.flagged) == (8753, 8753, 0)
    people, cases = by_number(records), by_number(records, "cases")
    assert people["5389"]["born"] == "1950"
    told = {number: (cases[number]["arrested"], cases[number]["outcome"]) for number in cases}
    assert told["5389"] == ("26/12/1976", "disappeared")
    assert told["549"] == ("05.05.1976 - 25.05.1976", "disappeared")  # 05-25/05/1976
    assert told["9723"] == ("March 1977 - April 1977", "killed")  # MAR-ABR/1977
    assert told["9400"] == ("early 07/1977", "killed")  # princ/07/1977
    assert told["7668"] == ("1/07/1977", "killed")  # 1º/07/1977
    assert told["449"] == ("03/12/1976", "disappeared")
    assert told["15105"] == ("", "")  # a child that was found
    assert people["15105"]["born"] == ""  # sin datos


def test_argentinas_other_register_and_its_aliases() -> None:
    """A victim who was not reported is a presumption; of 5,362 aliases three are of nobody in the register."""
    mapped, records = read("argentina_ruvte/victimas-accionar-represivo-ilegal-sin-denuncia-formal.csv", "argentina")
    assert (mapped.read, mapped.taken, mapped.flagged) == (784, 784, 0)
    people, cases = by_number(records), by_number(records, "cases")
    assert (cases["103"]["arrested"], cases["5390"]["arrested"]) == ("", "April 1976")
    assert all(one["hedge"].startswith("PRESUNCION") for one in people.values())
    (table,) = open_tables(REAL / "argentina_ruvte" / "apodos.csv")
    profile = read_profile(profile_file(Path("argentina-aliases")), table.header)
    assert (profile.main, profile.fields["person_names", 0]["person"].columns) == ("person_names", ("id_unico_ruvte",))


def test_chile() -> None:
    """A killing between two days is a death between them, a disappearance none; 0 and 1 are of the column `male`."""
    mapped, records = read("chile_pinochet/pinochet.csv", "chile")
    assert (mapped.read, mapped.taken) == (2398, 2398)
    # Twice the later day stands first.
    assert {flag.field: count for flag, count in mapped.flags.items()} == {"persons.died": 2}
    assert sum(case["outcome"] == "suicide" for case in records["cases"]) == 8
    people, cases = by_number(records), by_number(records, "cases")
    assert (people["1"]["died"], people["1"]["sex"], people["1"]["locator"]) == ("1973-09-12", "female", "p. 159")
    assert (people["2"]["died"], people["2"]["occupation"]) == ("1973-09-11/1973-09-12", "plumbing installer")
    assert (people["297"]["died"], cases["297"]["outcome"]) == ("", "disappeared")
    assert (people["880"]["died"], people["880"]["sex"], cases["880"]["outcome"]) == ("", "", "killed")
    assert cases["986"]["outcome"] == "unknown"  # Unresolved


def test_catalonia() -> None:
    """The CSV and the workbook give the same records; that one has noughts before a number stays with the row."""
    both = []
    for end in ("csv", "xlsx"):
        mapped, records = read(f"catalonia_executed/Executats pel franquisme a Catalunya.{end}", "catalonia")
        assert (mapped.read, mapped.taken, mapped.flagged) == (3355, 3355, 0)
        cells = {one["id"]: one.pop("rest") for one in records["persons"]}
        both.append(records)
        assert '"Num_causa":"000400"' in cells["list:52"] or '"Num_causa":"400"' in cells["list:52"]
    assert both[0] == both[1]
    people, cases = by_number(both[0]), by_number(both[0], "cases")
    assert (people["52"]["sex"], cases["52"]["case_file"]) == ("male", "400, ref. 46734")
    assert (cases["52"]["sentence"], cases["52"]["sentence_kind"], cases["52"]["outcome"]) == (
        "Mort",
        "vmn",
        "executed",
    )
    assert sum(one["sex"] == "female" for one in people.values()) == 17


def test_camps_by_year() -> None:
    """NULL is no number and is set aside; nought is one."""
    mapped, records = read("gulag_camps/camp-statistics.sql", "gulag-camps-yearly")
    assert (mapped.read, mapped.taken, mapped.set_aside) == (2472, 2385, {"no prisoners_count": 87})
    figures = by_number(records, "figures")
    assert (figures["6"]["text"], figures["6"]["period"]) == ("0", "1946")
    assert (figures["41"]["text"], figures["41"]["what"]) == ("156319", "prisoners of camp 14 of the list")
    assert "34" not in figures
    assert sum(one["text"] == "0" for one in figures.values()) == 527


def test_arrests_by_ethnicity() -> None:
    """A row is of several flags or of none; all together are as many as the file counts."""
    mapped, records = read("repression_figures_kosik/min_arrests_by_year.csv", "arrests-by-ethnicity")
    assert (mapped.read, mapped.taken, mapped.flagged) == (942, 942, 0)
    figures = records["figures"]
    with (REAL / "repression_figures_kosik" / "min_arrests_by_year.csv").open(encoding="utf-8") as file:
        assert (
            sum(int(one["text"]) for one in figures) == sum(int(row["n"]) for row in csv.DictReader(file)) == 2_305_394
        )
    told = [(one["period"], one["group"], one["text"]) for one in figures]
    assert told[:4] == [
        ("1914", "none of the seventeen ethnicities that have a flag", "1"),
        ("1916", "Kalmyk", "1"),
        ("1917", "none of the seventeen ethnicities that have a flag", "160"),
        ("1917", "German", "1"),
    ]
    assert ("1943", "Polish and Chechen", "1") in told
    assert ("", "Ukrainian", "3303") in told  # the year is NA
