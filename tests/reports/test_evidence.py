"""The evidence for a record: what it must say was read by hand in the text; the paragraph is named with each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select
from tests.reports import invented
from tests.reports.shown import Shown

from terrordb import models
from terrordb.errors import BadQuestion
from terrordb.reports.evidence import evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Maker

    from terrordb.library import Database


@pytest.fixture(scope="module")
def made_up(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give a database of invented people."""
    with invented.people(maker, tmp_path_factory.mktemp("evidence")) as base:
        yield base


def report(base: Database, named: str, field: str | None = None) -> Shown:
    """Make the report."""
    with base.connect() as connection:
        return Shown(evidence(connection, named, field))


def test_rival_values_name_each_other(seeded: Database) -> None:
    """¶10: until August 1938; ¶93: relieved by the summer of 1938."""
    of = report(seeded, "roles/yezhov-nkvd-head", "ended")
    said = [(r["value"], r["by"], r["status"], r["against"]) for r in of.rows("Values")]
    assert said == [
        ("August 1938", "great-purge-article ¶10", "contested", ["by the summer of 1938"]),
        ("by the summer of 1938", "great-purge-article ¶93", "contested", "August 1938"),
    ]
    assert of.titles == ["", "Values", "Where the rows come from"]


def test_a_fate_names_the_rows_it_is_worked_out_from(seeded: Database) -> None:
    """¶57 and ¶59: died in custody, by the case; ¶57: possibly murdered, by a claim."""
    found = [r for r in report(seeded, "mandelstam-osip").rows("Values") if r["field"] == "fate"]
    assert {(r["value"], r["by"]) for r in found} == {
        ("died in custody", "great-purge-article ¶57; great-purge-article ¶59 (cases/mandelstam-case-1938)"),
        ("killed", "great-purge-article ¶57"),
    }
    assert {r["status"] for r in found} == {"contested"}
    assert [r["hedge"] for r in found if r["value"] == "killed"] == ["it is possible"]


def test_the_same_value_stands_elsewhere_too(seeded: Database) -> None:
    """¶43 names Bukharin's old office, ¶45 the theorist; ¶45 and ¶51 the execution of the case."""
    found = report(seeded, "cases/bukharin-case", "outcome").rows("Values")
    assert [(r["value"], r["by"].split()[-1]) for r in found] == [
        ("executed", "¶43"), ("executed", "¶45"), ("executed", "¶51")
    ]  # fmt: skip


def test_a_contested_case_points_to_the_rival_fate(seeded: Database) -> None:
    """¶95: shot, or died from torture."""
    (line,) = report(seeded, "cases/egorov-a-i-case").rows("What stands beside it")
    assert (line["record"], line["status"], line["hedge"]) == (
        "claims/egorov-a-i-fate-killed-95", "contested", "or died from torture"
    )  # fmt: skip


def test_a_mark_stands_beside_the_field_it_concerns_or_once_with_the_record(seeded: Database) -> None:
    """¶95 doubts that Egorov was shot, not that he was arrested; of ¶107 the number is contested, not its unit."""
    marked = {
        r["field"]: (r["status"], r["hedge"]) for r in report(seeded, "cases/egorov-a-i-case").rows("Values") if r["by"]
    }
    assert marked["outcome"] == marked["executed"] == ("contested", "or died from torture")
    assert marked["arrested"] == marked["person"] == ("stated", None)
    assert "the record" not in marked
    figure = report(seeded, "figures/executed-1937-1938-archives").rows("Values")
    assert [(r["field"], r["status"]) for r in figure if r["status"] == "contested"] == [("the record", "contested")]


def test_figures_that_respond_stand_beside(seeded: Database) -> None:
    """¶107: 681,692 of 1,548,366; Conquest's two and a half times; ¶100: Thurston allows for it, others not."""
    of = report(seeded, "figures/executed-1937-1938-archives")
    tied = {
        row["record"].removeprefix("figures/"): (row["tie"], row["claimed by"])
        for row in of.rows("What stands beside it")
    }
    assert tied["conquest-two-and-a-half-times"] == ("responds to this", "Robert Conquest")
    assert tied["thurston-681692"] == ("responds to this", "Robert W. Thurston")
    assert tied["detained-1937-1938-archives"][0] == "this is a part or multiple of"
    assert {"fitzpatrick-low-hundreds-of-thousands", "hough-low-hundreds-of-thousands"} <= tied.keys()
    values = {row["field"]: row["value"] for row in of.rows("Values")}
    assert (values["best"], values["of"]) == (681_692, 1_548_366)
    stances = {(row["by"], row["stance"]) for row in of.rows("Statements about it")}
    assert {("Robert Conquest", "rejects"), ("Robert W. Thurston", "accepts")} <= stances


def test_statements_say_how_they_were_obtained(seeded: Database) -> None:
    """¶48: Bukharin's confession by physical influence; ¶47: Krestinsky's second plea by special measures."""
    said = report(seeded, "moscow-trial-3").rows("Statements about it")
    obtained = {(row["by"], row["kind"]) for row in said if row["how obtained"] == "torture"}
    assert {("Nikolai Bukharin", "confession"), ("Nikolai Krestinsky", "plea")} <= obtained


def test_every_row_says_which_load_it_came_from(seeded: Database) -> None:
    """The role and its two claims came with the seed, each on a line of its own file."""
    of = report(seeded, "roles/yezhov-nkvd-head").rows("Where the rows come from")
    assert [(r["row"], r["of"], r["file"].rpartition("/")[2]) for r in of] == [
        ("roles/yezhov-nkvd-head", "the record", "roles.csv"),
        ("claims/yezhov-nkvd-head-4", "the record", "claims.csv"),
        ("claims/yezhov-nkvd-head-ended-93", "ended", "claims.csv"),
    ]
    assert all(isinstance(r["line"], int) and r["load"] == "load-1" and r["loaded"] for r in of)


@pytest.mark.parametrize("kind", [*models.KINDS, *models.JOURNAL])
def test_every_kind_of_record_has_its_evidence(seeded: Database, kind: str) -> None:
    """Every filled field of a record has a line, and every line a note or the words that it is not cited."""
    table = models.kind(kind).__table__
    with seeded.connect() as connection:
        named = list(connection.scalars(select(table.c.id).order_by(table.c.key).limit(3)))
    for one in named:
        of = report(seeded, f"{kind}/{one}")
        lines = of.rows("Values")
        assert lines
        for line in lines:
            unsaid = line["by"].startswith(("uncited", "the editors", "the journal", "worked out"))
            assert bool(line["notes"]) != unsaid, line


def test_a_field_without_a_value_says_so(seeded: Database) -> None:
    """The text gives no day of birth of Stalin's; a CSV's name for a field is one too."""
    assert report(seeded, "stalin-joseph", "born").said("Values") == "No value: born."
    assert report(seeded, "stalin-joseph", "source_id").whole["asked"]["field"] == "source"


@pytest.mark.parametrize(
    ("named", "field", "said"),
    [
        ("bukharin-nikolai", "bron", "did you mean born?"),
        ("bukharin-nikolay", None, "bukharin-nikolai"),
        ("bukharin-nikolai", "amount", "persons have no field 'amount'"),
    ],
)
def test_what_is_not_there_is_refused(seeded: Database, named: str, field: str | None, said: str) -> None:
    """A field or a record that is not there: the nearest is offered."""
    with pytest.raises(BadQuestion) as refusal:
        report(seeded, named, field)
    assert said in str(refusal.value)


# ---------------------------------------------------------------- invented people


def test_coordinates_are_the_editors_own(made_up: Database) -> None:
    """A place is cited for its name, and not for where it lies."""
    by = {row["field"]: row["by"] for row in report(made_up, "places/invented-place").rows("Values")}
    assert (by["name"], by["latitude"]) == ("invented-source p. 1", "uncited: the editors")


def test_an_uncited_denouncer_is_not_named(made_up: Database) -> None:
    """Of a relation that cites no page only that is told, and where the row came from."""
    of = report(made_up, "relations/silent-denouncer")
    assert "what it says is not shown" in of.said("")
    assert "Silent Person" not in str(of.whole)
    assert of.titles == ["", "Where the rows come from"]
    assert of.rows("Where the rows come from")[0]["file"] == "invented rows: relations.csv"


def test_what_was_taken_back_is_told_and_marked(made_up: Database) -> None:
    """A withdrawn claim has its line; residences are printed to the district."""
    lines = {row["field"]: row for row in report(made_up, "invented-one").rows("Values")}
    assert (lines["party"]["value"], lines["party"]["status"]) == ("none", "withdrawn")
    assert lines["Место жительства (to the district)"]["value"] == "Ленинградская обл., Лужский р-н …"
