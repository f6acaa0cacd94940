"""The reports of an operation and of quotas: on the seed, with values worked out by hand, and on invented rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from tests.reports.shown import RIVAL, Shown, invented

from terrordb.errors import BadQuestion
from terrordb.reports.operations import operation, quotas

if TYPE_CHECKING:
    from tests.conftest import Maker

    from terrordb.library import Database

SHARE = "Its share of all executions"
CLAIMS = "Arrested and executed, as claimed"
VICTIMS = "Victims in this database"
CHECKS = "Totals against their parts"
IN_TIME = "In the order of time"
NUMBERS = ("first category", "second category", "total")


def of_operation(base: Database, named: str, **options: Any) -> Shown:
    """Read the report of an operation."""
    with base.connect() as connection:
        return Shown(operation(connection, named, **options))


def of_order(base: Database, named: str, **options: Any) -> Shown:
    """Read the report of an order's quotas."""
    with base.connect() as connection:
        return Shown(quotas(connection, named, **options))


def sums(report: Shown, stage: str) -> list[Any]:
    """Give the sums of a stage: first category, second category, total."""
    return [row["sum"] for row in report.table("Sums") if row["stage"] == stage]


# ---------------------------------------------------------------- operations of the seed


def test_the_share_of_all_executions_shows_its_arithmetic(seeded: Database) -> None:
    """¶75: 376,202, "more than half"; ¶107: 681,692.  376,202 / 681,692 = 0.55187."""
    report = of_operation(seeded, "kulak-operation")
    (row,) = report.table(SHARE)
    assert (row["executed"], row["of all"], row["percent"]) == (376202, 681692, 55.2)
    assert (row["as the source has it"], row["agrees"], row["periods"]) == ("“more than half”", "yes", "the same")
    assert row["doubt"] == "681,692: contested"
    assert report.cited(row) == {"¶75", "¶107"}
    assert report.said(SHARE) == "376,202 of 681,692 is 55.2 %."


def test_a_share_the_source_does_not_give_is_worked_out_of_an_ancestor_s(seeded: Database) -> None:
    """¶76: 111,091 executed, without a time; the Polish operation is two steps beneath the campaign: 16.296 %."""
    (row,) = of_operation(seeded, "polish-operation").table(SHARE)
    assert (row["executed"], row["of all"], row["percent"]) == (111091, 681692, 16.3)
    assert (row["as the source has it"], row["agrees"]) == ("not stated", "nothing to compare with")
    assert row["periods"] == "no period is stated of 111,091"


def test_the_whole_has_no_share_of_itself(seeded: Database) -> None:
    """¶108: two and a half times 681,692 is 1,704,230; nothing stands above the Great Purge."""
    report = of_operation(seeded, "great-purge")
    assert "no share is worked out" in report.said(SHARE)
    (row,) = report.table(SHARE, "Multiples, worked out")
    assert row["comes to"] == "about 2.5 × 681,692 = 1,704,230"


def test_orders_and_their_amendments_belong_to_an_operation(seeded: Database) -> None:
    """¶67: July 30, 1937, no signer told; ¶71: two increases."""
    rows = of_operation(seeded, "kulak-operation").table("Orders")
    assert [(row["date"], row["how it belongs"], row["signed by"]) for row in rows] == [
        ("July 30, 1937", "began it", "not stated"),
        ("October 15, 1937", "governs it; amends order-00447", "not stated"),
        ("January 31, 1938", "governs it; amends order-00447", "not stated"),
    ]


def test_claims_of_the_whole_are_drawn_and_those_of_a_part_listed(seeded: Database) -> None:
    """¶100 vague counts, ¶107 archives, ¶109 a range, ¶18 about a million; ¶117 Butovo is a part."""
    report = of_operation(seeded, "great-purge")
    (chart,) = report.charts(CLAIMS)
    marks = {(mark["by"], mark["said"]): mark for mark in chart["marks"]}
    ellman = marks["Michael Ellman", "950,000 to 1.2 million"]
    assert (ellman["low"], ellman["best"], ellman["high"]) == (950000, None, 1200000)
    assert marks["Jerry F. Hough", "tens of thousands"]["vague"]
    assert marks["Robert W. Thurston", "681,692"]["best"] == 681692
    assert not any("20,000" in mark["said"] for mark in chart["marks"])
    butovo = next(row for row in report.table(CLAIMS, "Of a part of it") if row["as stated"] == "more than 20,000")
    assert butovo["scope"] == "places: butovo"
    (kulak,) = of_operation(seeded, "kulak-operation").charts(CLAIMS)
    assert [mark["best"] for mark in kulak["marks"]] == [669929, 376202]


def test_phases_are_found_within_phases(seeded: Database) -> None:
    """¶81-89: four periods; ¶70: the camps, of the Kulak Operation; ¶76: the Polish, of the national operations."""
    rows = {row["id"]: row for row in of_operation(seeded, "great-purge").table("Phases and parts")}
    assert {"period-1", "period-2", "period-3", "period-4"} <= set(rows)
    assert rows["polish-operation"]["part of"] == "national-operations"
    assert (rows["polish-operation"]["arrested"], rows["polish-operation"]["executed"]) == (143810, 111091)
    assert rows["gulag-camps-sub-operation"]["executed"].startswith("at least three times more")
    assert rows["red-army-purge"]["when"] == "not known"
    assert rows["period-1"]["when"] == "October 1936 to February 1937"
    order = list(rows)
    assert order.index("gulag-camps-sub-operation") == order.index("kulak-operation") + 1


def test_victims_in_the_database_are_counted_against_the_claims(seeded: Database) -> None:
    """22 cases: ¶59-65 seven people, ¶27 one in the army's purge, 14 in the Moscow Trials (¶25, ¶26, ¶33, ¶43, ¶51).

    13 of them were executed: seven of ¶27 and ¶60-65, two of ¶25, four of ¶51; five on a day, or in a month or year,
    that is told (¶60, ¶62-65).  Two are not named (¶51).
    """
    rows = of_operation(seeded, "great-purge").table(VICTIMS)
    here = {row["what"]: row["in this database"] for row in rows}
    assert here["cases"] == 22
    assert here["cases that ended in execution"] == 13
    assert (here["people"], here["people, by name"]) == (22, 20)
    assert here["cases with a date of execution"] == 5
    assert {row["claimed"] for row in rows if row["what"] == "cases that ended in execution"} == {681692}
    kulak = of_operation(seeded, "kulak-operation").table(VICTIMS)[1]
    assert (kulak["in this database"], kulak["claimed"], kulak["percent of it"]) == (0, 376202, 0)


def test_contradicting_dates_of_an_operation_stand_side_by_side(seeded: Database) -> None:
    """¶4 1937 to 1938, ¶81-82 from 1936, ¶88 until 1939, ¶93 until November 17, 1938."""
    facts = of_operation(seeded, "operations/great-purge").table("")
    begun = [row["value"] for row in facts if row["field"].startswith("begun")]
    ended = [row["value"] for row in facts if row["field"].startswith("ended")]
    assert (begun[0], set(begun[1:])) == ("1937", {"1936", "October 1936"})
    assert (ended[0], set(ended[1:])) == ("1938", {"1939", "November 17, 1938"})


def test_an_operation_of_which_only_the_name_is_told_says_so(seeded: Database) -> None:
    """¶20 names the Red Terror, no more."""
    report = of_operation(seeded, "red-terror")
    assert report.said("Orders") == "No order is recorded for it."
    assert report.said("Quotas") == "No quota is recorded for it."
    assert "No figure" in report.said(CLAIMS)
    assert {row["claimed"] for row in report.table(VICTIMS)} == {"not stated"}


def test_unknown_ids_name_the_nearest(seeded: Database) -> None:
    """An id of another kind is neither an operation nor an order."""
    with pytest.raises(BadQuestion, match="kulak-operation"):
        of_operation(seeded, "kulak-operatoin")
    with pytest.raises(BadQuestion, match="order-00447"):
        of_order(seeded, "order-00474")
    with pytest.raises(BadQuestion, match="among orders"):
        of_order(seeded, "kulak-operation")


# ---------------------------------------------------------------- quotas of the seed


def test_an_order_s_amendments_belong_to_its_quotas(seeded: Database) -> None:
    """¶70: 10,000 to be shot in the camps; ¶71: 120,000 (63,000 and 57,000), then 57,200, 48,000 of them to be shot."""
    report = of_order(seeded, "order-00447")
    rows = report.table("Quotas")
    assert [tuple(row[name] for name in NUMBERS) for row in rows] == [
        (10000, "not stated", "not stated"),
        (63000, 57000, 120000),
        (48000, "not stated", 57200),
    ]
    assert [row["when"] for row in rows] == ["July 30, 1937", "October 15, 1937", "January 31, 1938"]
    assert [row["stage"] for row in rows] == ["initial", "approved increase", "approved increase"]
    assert {"¶70", "¶67"} <= report.cited(rows[0])
    checks = report.table("Quotas", CHECKS)
    assert [row["arithmetic"] for row in checks] == ["63,000 + 57,000 = 120,000", "57,200 − 48,000 = 9,200"]
    assert [row["so"] for row in checks] == ["holds: 120,000 is stated", "computed: the second category is not stated"]


def test_sums_leave_out_what_is_not_stated(seeded: Database) -> None:
    """10,000 + 63,000 + 48,000 = 121,000; of the second category only 57,000 is stated, and 9,200 is in no sum."""
    report = of_order(seeded, "order-00447")
    assert sums(report, "initial") == [10000, "not stated", "not stated"]
    assert sums(report, "approved increase") == [111000, 57000, 177200]
    assert sums(report, "initial and approved increases") == [121000, 57000, 177200]
    assert "9,200" not in "".join(report.column("Sums", "arithmetic"))
    assert report.said("Stated disagreements") == "No two stated numbers contradict each other."


def test_increases_are_drawn_in_time(seeded: Database) -> None:
    """By January 31, 1938, 121,000 had been stated for the first category."""
    report = of_order(seeded, "orders/order-00447")
    first = [row for row in report.table(IN_TIME) if row["category"] == "first category"]
    assert [(row["set"], row["stated so far"]) for row in first] == [(10000, 10000), (63000, 73000), (48000, 121000)]
    (chart,) = report.charts(IN_TIME)
    assert [mark["best"] for mark in chart["marks"] if mark["group"] == "first category"] == [10000, 63000, 48000]


def test_which_lines_each_sum_covers_is_plain(seeded: Database) -> None:
    """¶70: 10,000 in the camps, no total; ¶71: 63,000 + 57,000 = 120,000, then 57,200 of whom 48,000.

    178,000 in the categories, less 10,000 in no total, and 9,200 of 57,200 in no category: 177,200.
    """
    report = of_order(seeded, "order-00447")
    lines = report.table("Sums", "What was allotted, line by line")
    assert [tuple(row.values())[:4] for row in lines] == [
        ("NKVD Order no. 00447, Gulag", 10_000, "not stated", "not stated"),
        ("Politburo resolution of October 15, 1937", 63_000, 57_000, 120_000),
        ("Stalin's further increase of January 31, 1938", 48_000, "not stated", 57_200),
        ("all of them", 121_000, 57_000, 177_200),
    ]
    assert report.said("Sums") == (
        "121,000 + 57,000 = 178,000 in the categories; 178,000 − 10,000 (NKVD Order no. 00447, Gulag: no total is "
        "stated) + 9,200 (Stalin's further increase of January 31, 1938: its categories are not all stated) = "
        "177,200 in the totals."
    )
    assert "only what it set for Gulag is stated here" in report.remarks("Sums")
    whole = next(
        row for row in report.table("Sums") if row["stage"].startswith("initial and") and row["sum"] == 177_200
    )
    assert whole["no number of"] == "NKVD Order no. 00447, Gulag"


def test_what_was_done_stands_against_what_was_set(seeded: Database) -> None:
    """¶70: at least three times the 10,000 decreed were shot."""
    (row,) = of_order(seeded, "order-00447").table("Numbers set against these quotas")
    assert (row["as stated"], row["comes to"]) == ("at least three times more", "at least 3 × 10,000 = 30,000")


def test_an_amendment_has_its_own_quotas_and_names_what_it_amends(seeded: Database) -> None:
    """¶71."""
    report = of_order(seeded, "stalin-increase-1938-01-31")
    assert report.column("Quotas", "first category") == [48000]
    assert "orders/order-00447" in report.said("")


def test_an_order_without_quotas_says_so(seeded: Database) -> None:
    """¶8 names an article of a code; ¶76 quotas of which no number is told."""
    for named in ("article-58", "national-operations-quotas"):
        report = of_order(seeded, named)
        assert report.titles == [""]
        assert report.said("").startswith("No quota is recorded for")


# ---------------------------------------------------------------- invented rows

PLACES = [
    {"id": f"invented-{name}", "name": f"Invented {name.title()}", "kind": "region"} for name in ("north", "south")
]
ORDERS = [
    {"id": "invented-order", "name": "Invented Order", "kind": "order", "date": "July 1, 1937"},
    {"id": "invented-second", "name": "Invented Second", "kind": "order", "amends": "invented-order", "date": "1938"},
    {"id": "invented-third", "name": "Invented Third", "kind": "order", "amends": "invented-second"},
]
QUOTAS = [
    ("whole", {"category": "1", "amount": "700"}),
    ("whole-both", {"amount": "1000"}),
    ("north-1", {"region": "invented-north", "category": "1", "amount": "300"}),
    ("north-2", {"region": "invented-north", "category": "2", "amount": "100", "status": "contested"}),
    ("north-2-rival", {"region": "invented-north", "category": "2", "amount": "150", "source_id": "invented-rival"}),
    ("south-1", {"region": "invented-south", "category": "1", "amount": "450"}),
    ("south-2", {"region": "invented-south", "category": "2"}),
    ("south-both", {"region": "invented-south", "amount": "400"}),
    ("asked", {"region": "invented-south", "category": "1", "amount": "5000", "stage": "request"}),
    ("second", {"order": "invented-second", "category": "1", "amount": "20", "stage": "approved_increase"}),
    ("second-2", {"order": "invented-second", "category": "2", "amount": "30", "stage": "approved_increase"}),
    ("second-both", {"order": "invented-second", "amount": "60", "stage": "approved_increase"}),
    ("third", {"order": "invented-third", "category": "1", "amount": "9", "stage": "approved_increase"}),
    ("doubted", {"order": "invented-third", "category": "2", "amount": "80", "stage": "approved_increase"}),
]
FIGURES = [
    ("all", {"text": "1,000", "operation": "invented-campaign", "period": "1937", "basis": "archive_report"}),
    ("part", {"text": "300", "period": "1938"}),
    ("dubious", {"text": "900", "status": "dubious"}),
    ("group", {"text": "700", "group": "an invented group"}),
    ("share", {"text": "40%", "unit": "percent", "of_record": "figures/invented-all"}),
]


@pytest.fixture(scope="module")
def made(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give quotas of two regions with faults of every sort, and an operation whose share contradicts its counts."""
    initial = {"order": "invented-order", "stage": "initial"}
    operations = [
        {"id": "invented-campaign", "name": "Invented Campaign", "kind": "campaign"},
        {"id": "invented-operation", "name": "Invented Operation", "kind": "operation", "parent": "invented-campaign"},
    ]
    figures = [{"id": f"invented-{name}", "measure": "executed"} | cells for name, cells in FIGURES]
    numbers = [{"id": f"quota-{name}"} | initial | cells for name, cells in QUOTAS]
    rows = {
        "sources": [RIVAL],
        "places": PLACES,
        "operations": operations,
        "orders": ORDERS,
        "quotas": [row | ({"status": "dubious"} if row["id"] == "quota-doubted" else {}) for row in numbers],
        "figures": [{"operation": "invented-operation", "unit": "persons"} | row for row in figures],
    }
    with invented(maker, tmp_path_factory.mktemp("operations"), rows) as base:
        yield base


def test_regions_are_parts_of_the_whole_and_are_not_summed_beside_it(made: Database) -> None:
    """700 for the whole, 300 and 450 for regions, which is 50 too many; what was asked for is no allotment."""
    report = of_order(made, "invented-order")
    assert sums(report, "initial")[0] == 700
    assert sums(report, "request")[0] == 5000
    assert sums(report, "initial and approved increases")[0] == 700 + 20 + 9
    checks = {row["of"]: row["so"] for row in report.table("Quotas", CHECKS)}
    assert checks["Invented Order, first category"] == "does not hold: 50 more than the 700 stated"
    assert checks["Invented Order, total"] == "600 of 1,000 in no part that is stated"
    assert checks["Invented Order, Invented South"] == "does not hold: a part above its total"
    assert checks["Invented Second"] == "does not hold: 60 is stated, 10 apart"


def test_contradicting_quotas_stand_side_by_side_and_in_no_sum(made: Database) -> None:
    """100 by one source, 150 by the other, for one region and category; an amount that is empty is not 0."""
    report = of_order(made, "invented-order")
    north, south = (
        next(row for row in report.table("Quotas") if (row["for"], row["stage"]) == (f"Invented {name}", "initial"))
        for name in ("North", "South")
    )
    assert north["second category"] == "100 or 150"
    assert south["second category"] == "not stated"
    assert sums(report, "initial")[1] == "not stated"
    assert report.column("Stated disagreements", "stated") == [100, 150]
    assert report.column("Stated disagreements", "doubt") == ["contested", ""]


def test_amendments_of_amendments_belong_too_and_the_dubious_are_left_out(made: Database) -> None:
    """The third order amends the second; its 80 of the second category are shown, and summed only if asked for."""
    report, with_it = of_order(made, "invented-order"), of_order(made, "invented-order", dubious=True)
    (third,) = (row for row in report.table("Quotas") if row["order"] == "Invented Third")
    assert (third["first category"], third["second category"], third["doubt"]) == (9, 80, "second category: dubious")
    assert sums(report, "approved increase")[1] == 30
    assert sums(with_it, "approved increase")[1] == 30 + 80
    assert "1 dubious or withdrawn left out" in report.remarks("Quotas")


def test_a_share_that_does_not_follow_is_said_not_to_agree(made: Database) -> None:
    """300 of 1,000 is 30 %, the source has 40 %, and the two count different years."""
    report, with_it = (of_operation(made, "invented-operation", dubious=dubious) for dubious in (False, True))
    (row,) = report.table(SHARE)
    assert (row["executed"], row["percent"], row["agrees"]) == (300, 30.0, "no")
    assert row["periods"] == "not the same: 1938, and 1937"
    assert [mark["said"] for mark in report.charts(CLAIMS)[0]["marks"]] == ["300"]
    assert "1 dubious or withdrawn left out" in report.charts(CLAIMS)[0]["described"]
    assert sorted(row["executed"] for row in with_it.table(SHARE)) == [300, 900]
