"""The dossier of a person: what it must say was read by hand in the text; the paragraph is named with each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.reports import invented
from tests.reports.shown import Shown

from terrordb.errors import BadQuestion
from terrordb.reports import people
from terrordb.reports.residence import WITHHELD, to_district

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import Maker

    from terrordb.library import Database


@pytest.fixture(scope="module")
def made_up(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give a database of invented people."""
    with invented.people(maker, tmp_path_factory.mktemp("people")) as base:
        yield base


def dossier(base: Database, named: str, **options: Any) -> Shown:
    """Make a dossier."""
    with base.connect() as connection:
        return Shown(people.person(connection, named, **options))


# ---------------------------------------------------------------- the seed


def test_fates_stand_side_by_side(seeded: Database) -> None:
    """¶57: died in custody, yet possibly murdered; ¶59 has the day and the place."""
    of = dossier(seeded, "mandelstam-osip")
    lead, fate, other = of.blocks("")
    assert lead["prose"].startswith("Osip Mandelstam: poet. Born: not known. Died: December 27, 1938. Place of death:")
    assert fate["prose"].startswith("Fate: died in custody")
    assert of.cited(fate) == {"¶57", "¶59"}
    assert other["prose"].startswith("Another reading of the fate: killed")
    assert "contested; “it is possible”" in other["prose"]
    assert of.cited(other) == {"¶57"}
    said = [(row["value"], row["status"], row["hedge"]) for row in of.rows("Life") if row["field"] == "fate"]
    assert said == [("died in custody", "contested", None), ("killed", "contested", "it is possible")]


def test_cases_stand_side_by_side_and_charges_are_quoted(seeded: Database) -> None:
    """¶59: 1934 for a poem, three years of exile; May 1938, sentenced on August 2 to five years in camps."""
    lines = {row["field"]: row for row in dossier(seeded, "mandelstam-osip").rows("Cases")}
    first, second = "mandelstam-case-1934", "mandelstam-case-1938"
    assert [key for key in lines["arrested"] if key.startswith("mandelstam")] == [first, second]
    assert (lines["arrested"][first], lines["arrested"][second]) == ("1934", "May 1938")
    assert (lines["sentence years"][first], lines["sentence years"][second]) == (3, 5)
    assert lines["sentence kind"][second] == "corrective labour camp"
    assert lines["charge"][second] == "accused of: counter-revolutionary activities"
    assert lines["sentenced"] | {"notes": []} == {
        "field": "sentenced", first: None, second: "August 2, 1938", "differs": None, "notes": []
    }  # fmt: skip
    assert lines["arrested"]["differs"] == "differs"
    assert lines["status"]["differs"] is None
    assert lines["outcome: another passage"][second] == "died in custody (contested)"


def test_two_pleas_are_two_lines(seeded: Database) -> None:
    """¶47: not guilty on the first day, another plea the next day; ¶47 also tells how it was obtained."""
    of = dossier(seeded, "krestinsky-nikolai")
    assert sorted(row["plea"] for row in of.rows("In trials")) == ["guilty", "not guilty"]
    said = [(row["kind"], row["how obtained"], row["towards"]) for row in of.rows("Statements")]
    assert said == [
        ("confession", None, None),
        ("retraction", None, "statements/krestinsky-confession"),
        ("plea", None, "statements/moscow-trial-3-charges"),
        ("plea", "torture", "statements/krestinsky-plea-1"),
    ]


def test_a_rival_end_of_an_office_is_a_line_beneath(seeded: Database) -> None:
    """¶10: from September 1936 to August 1938; ¶93: relieved by the summer of 1938."""
    of = dossier(seeded, "yezhov-nikolai")
    own, rival = (row for row in of.rows("Offices") if row["body"] == "NKVD")
    assert (own["from"], own["to"], own["status"]) == ("September 1936", "August 1938", "contested")
    assert (rival["from"], rival["to"], of.cited(rival)) == (None, "by the summer of 1938", {"¶93"})
    ours, other = (row for row in of.rows("What is contested") if row["field"] == "ended")
    assert (ours["says"], other["says"], other["stands beside"]) == (
        "August 1938", "by the summer of 1938", "August 1938"
    )  # fmt: skip
    assert own["concerns"] == ["ended"]


def test_a_case_of_which_no_end_is_told_is_named_beside_the_fate(seeded: Database) -> None:
    """¶93: eventually purged himself; ¶92: having been purged; no more is told."""
    of = dossier(seeded, "yezhov-nikolai")
    _, fate = of.blocks("")
    assert fate["prose"].startswith("Fate: not known. Of what came of the case nothing is told (yezhov-case: 'Purged'")
    assert of.cited(fate) == {"¶92", "¶93"}
    assert "No row here tells" in dossier(seeded, "conquest-robert").said("")


def test_a_fate_cites_the_passage_that_carries_it(seeded: Database) -> None:
    """¶43 and ¶27 only name who stood accused; ¶51, ¶45 and ¶17 tell that they were put to death."""
    for named, carried in (
        ("krestinsky-nikolai", {"¶51"}), ("bukharin-nikolai", {"¶45", "¶51"}), ("tukhachevsky-mikhail", {"¶17"}),
    ):  # fmt: skip
        of = dossier(seeded, named)
        assert of.cited(of.blocks("")[1]) == carried


def test_a_hedge_stands_beside_what_it_concerns(seeded: Database) -> None:
    """¶95 doubts how Egorov died: not his name, his rank, the month, or his arrest."""
    of = dossier(seeded, "egorov-a-i")
    assert {row["field"] for row in of.rows("Life") if row["hedge"]} == {"fate"}
    assert [row.get("hedge") for row in of.rows("Names")] == [None]
    (chart,) = of.charts("Dates")
    assert {mark["label"]: mark["status"] for mark in chart["marks"]} == {
        "arrested": "", "died": "", "executed": "contested; “or died from torture”"
    }  # fmt: skip
    lines = {row["field"]: row["egorov-a-i-case"] for row in of.rows("Cases")}
    assert lines["status and hedge concern"] == ["executed", "outcome"]


def test_scholars_studied_it_and_did_not_take_part(seeded: Database) -> None:
    """¶93 and ¶19 say what Stalin thought, ¶62 how long Meyerhold was beaten: neither is a study."""
    scholars = {row.id for row in seeded.query("persons parts:scholar")}
    assert scholars >= {"conquest-robert", "getty-john-arch", "khlevniuk-oleg", "thurston-robert"}
    assert not scholars & {"stalin-joseph", "meyerhold-vsevolod"}


def test_dates_are_marks_and_uncertain_ones_intervals(seeded: Database) -> None:
    """¶10 and ¶93 as above; ¶59: a day is a dot, a month an interval."""
    (chart,) = dossier(seeded, "yezhov-nikolai").blocks("Dates")
    ends = {(m["low"], m["best"], m["high"]) for m in chart["marks"]}
    assert chart["scale"] == "day"
    assert ends == {
        ("1936-09-01", None, "1936-09-30"),
        ("1938-08-01", None, "1938-08-31"),
        (None, None, "1938-08-31"),
    }
    (drawn,) = dossier(seeded, "mandelstam-osip").charts("Dates")
    died = next(mark for mark in drawn["marks"] if mark["label"] == "died")
    assert (died["low"], died["best"], died["high"]) == (None, "1938-12-27", None)


def test_relations_go_both_ways_and_a_denouncer_has_status_and_hedge(seeded: Database) -> None:
    """¶40: Radek implicated Bukharin; ¶59: Bukharin wrote for Mandelstam; ¶39: by force, a citation asked."""
    of = dossier(seeded, "bukharin-nikolai")
    found = {(row["who"], row["is the"], row["of"]): row for row in of.rows("Relations") if row["status"] == "stated"}
    assert ("Nikolai Bukharin", "protector", "Osip Mandelstam") in found
    denounced = found["Karl Radek", "denouncer", "Nikolai Bukharin"]
    assert "hedge" in denounced
    assert of.cited(denounced) >= {"¶40"}
    asked = [row for row in of.rows("Relations") if row["status"] == "citation needed"]
    assert [(row["who"], row["is the"], of.cited(row)) for row in asked] == [("Karl Radek", "denouncer", {"¶39"})]


def test_steps_of_a_rehabilitation_and_none_at_all(seeded: Database) -> None:
    """¶112: refused in 1956-1957; ¶104: not until as late as 1988; ¶105: Trotsky never, by the USSR."""
    steps = dossier(seeded, "bukharin-nikolai").rows("Rehabilitation")
    own = [(row["stage"], row["date"], row["status"]) for row in steps if row.get("case")]
    assert own == [("refused", "1956–1957", "stated"), ("granted", "1988", "stated")]
    (never,) = dossier(seeded, "trotsky-leon").rows("Rehabilitation")
    assert never["stage"] == "none: the source says that there never was one"
    assert "not known" in dossier(seeded, "mandelstam-osip").said("Rehabilitation")


def test_what_is_not_known_is_named(seeded: Database) -> None:
    """¶95 gives Egorov's arrest, end and rank alone; ¶45 no day of Bukharin's death; ¶60 has the day of Babel's."""
    lines = {row["record"]: row["no value"] for row in dossier(seeded, "egorov-a-i").rows("What is not known")}
    assert lines["the person"] == ["born", "place of death", "nationality", "party"]
    assert "charge" in lines["egorov-a-i-case"]
    assert "arrested" not in lines["egorov-a-i-case"]
    lines = {row["record"]: row["no value"] for row in dossier(seeded, "bukharin-nikolai").rows("What is not known")}
    assert {"born", "died"} <= set(lines["the person"])
    assert "Born: not known. Died: not known." in dossier(seeded, "bukharin-nikolai").said("")
    assert "January 27, 1940" in dossier(seeded, "babel-isaac").said("")


def test_spellings_and_how_they_came(seeded: Database) -> None:
    """¶71 writes Ezhov, ¶157 Nikolai Ezhov."""
    of = dossier(seeded, "persons/yezhov-nikolai")
    found = [(row["name"], row["kind"], of.cited(row)) for row in of.rows("Names")][1:]
    assert found == [("Ezhov", "as written", {"¶71"}), ("Nikolai Ezhov", "as written", {"¶157"})]


def test_statements_about_someone_say_whether_they_are_held_true(seeded: Database) -> None:
    """¶48: Mikoyan and Molotov later claimed that there was no torture, which is now known to be untrue."""
    said = dossier(seeded, "bukharin-nikolai").rows("Statements")
    denials = {
        row["by"]: (row["source holds it true"], row["hedge"]) for row in said if "never tortured" in row["content"]
    }
    assert denials == dict.fromkeys(("Anastas Mikoyan", "Vyacheslav Molotov"), ("no", "later claimed"))


@pytest.mark.parametrize(
    ("named", "said"), [("bukharin-nikolay", "bukharin-nikolai"), ("trials/moscow-trial-3", "is no person")]
)
def test_nobody_of_that_id(seeded: Database, named: str, said: str) -> None:
    """A wrong id offers the nearest; that of another kind says so."""
    with pytest.raises(BadQuestion) as refusal:
        dossier(seeded, named)
    assert said in str(refusal.value)


@pytest.mark.parametrize("named", ["Бухарин", "Rykov", "Zinovyev", "Ежов"])
def test_somebody_is_found_by_a_name_that_only_one_has(seeded: Database, named: str) -> None:
    """Any spelling does; our description of an unnamed person is no name."""
    found = {"Бухарин": "Nikolai Bukharin", "Rykov": "Alexei Rykov", "Zinovyev": "Grigory Zinoviev"}
    assert dossier(seeded, named).report.title == found.get(named, "Nikolai Yezhov")


@pytest.mark.parametrize(
    ("named", "said"),
    [("Nikolai", "did you mean bukharin-nikolai (Nikolai Bukharin) or "), ("Bukarhin", "bukharin-nikolai (Nikolai")],
)
def test_a_name_of_several_or_a_slip_is_offered(seeded: Database, named: str, said: str) -> None:
    """Nobody is guessed: those of the name are named with their ids."""
    with pytest.raises(BadQuestion, match="there is no") as refusal:
        dossier(seeded, named)
    assert said in str(refusal.value)


def test_every_dossier_stands_on_notes(seeded: Database) -> None:
    """Every row of every table of values has notes, in every dossier of the seed that has cases; no note is lost."""
    for named in ("bukharin-nikolai", "stalin-joseph", "radek-karl", "trotsky-leon", "conquest-robert"):
        of = dossier(seeded, named)
        for title in ("Names", "Life", "Cases", "Offices", "In trials", "Relations", "Statements", "Rehabilitation"):
            for row in of.rows(title):
                assert row["notes"], (named, title, row)
                assert set(row["notes"]) <= of.notes.keys()


# ---------------------------------------------------------------- invented people


def test_a_sentence_to_death_is_no_execution(made_up: Database) -> None:
    """What was sentenced to death and of which no more is told has no fate; an open end stays open."""
    of = dossier(made_up, "invented-one")
    assert "Born: 1900 by a claim. Died: not known." in of.said("")
    assert "Fate: not known" in of.said("")
    assert "whether it was carried out is not known" in of.said("What is not known")
    (chart,) = of.blocks("Dates")
    assert {(m["label"], m["low"], m["high"]) for m in chart["marks"]} >= {("arrested", "1937-06-01", None)}


def test_what_claims_fill_is_known_and_what_was_taken_back_is_marked(made_up: Database) -> None:
    """A claim gives the year of birth, which the record lacks; another was taken back."""
    of = dossier(made_up, "invented-one")
    life = {row["field"]: (row["value"], row["status"]) for row in of.rows("Life")}
    assert life["born"] == ("1900", "stated")
    assert life["party"] == ("none", "withdrawn")
    lines = {row["record"]: row["no value"] for row in of.rows("What is not known")}
    assert "born" not in lines["the person"]
    assert "party" in lines["the person"]


def test_a_denouncer_without_a_citation_is_not_named(made_up: Database) -> None:
    """The one whose row cites a page is shown, the other is counted alone."""
    of = dossier(made_up, "invented-one")
    (table,) = of.blocks("Relations")
    assert [row["who"] for row in table["rows"]] == ["Invented Person Two <b>"]
    assert {"status", "hedge"} <= set(table["columns"])
    assert table["remarks"][0].startswith("1 left out")
    assert "Silent" not in str(of.whole)


def test_who_is_judged_the_same_is_laid_beside(made_up: Database) -> None:
    """The records stay apart: two columns, and the cases of both; who was judged so once and no more is no column."""
    of = dossier(made_up, "invented-one")
    judged = of.rows("Judged the same")
    assert {(row["one"], row["other"], row["taken back"]) for row in judged if row.get("by")} == {
        ("Invented Person One", "Invented Person Two <b>", None),
        ("Invented Person of Many Cases", "Invented Person One", "1999"),
    }
    names = next(row for row in judged if row.get("field") == "name")
    assert (names["invented-one"], names["invented-two"], names["differs"]) == (
        "Invented Person One", "Invented Person Two <b>", "differs"
    )  # fmt: skip
    arrested = next(row for row in judged if row.get("field") == "arrested")
    assert (arrested["case-death"], arrested["case-two"]) == ("after May 1937", "1938")


def test_many_cases_stand_one_beneath_another(made_up: Database) -> None:
    """Five cases are five tables, in time."""
    tables = dossier(made_up, "invented-many").blocks("Cases")
    assert [table["table"] for table in tables] == [f"case-{n}" for n in range(1, 6)]


def test_what_a_source_does_not_know_is_said(made_up: Database) -> None:
    """An outcome of which the source says that it does not know it is no missing one."""
    of = dossier(made_up, "invented-two")
    assert ("cases/case-two", "outcome") in {(row["record"], row.get("field")) for row in of.rows("What is not known")}
    assert of.said("").count("unknown") == 1
    assert "This record is marked: dubious. made up." in dossier(made_up, "invented-silent").said("")


def test_residence_to_the_district_unless_full(made_up: Database) -> None:
    """Street and house are printed only where that is asked for; other cells of a list are whole."""
    cells = {row["heading"]: row["cell"] for row in dossier(made_up, "invented-one").rows("As the list has it")}
    assert cells == {"Место жительства (to the district)": "Ленинградская обл., Лужский р-н …", "Шифр": "А-17"}
    full = dossier(made_up, "invented-one", full=True).rows("As the list has it")
    assert {row["heading"]: row["cell"] for row in full} == invented.REST


@pytest.mark.parametrize(
    ("address", "printed"),
    [
        ("г. Москва, ул. Арбат, 5, кв. 3", "г. Москва …"),
        ("Москва, Арбат", "Москва …"),
        ("Арбат 5", WITHHELD),
        ("ул. Пушкина, Москва", WITHHELD),
        ("Invented Oblast, Invented District", "Invented Oblast, Invented District"),
        ("Invented Oblast, Invented District, house 4", "Invented Oblast, Invented District …"),
        ("", WITHHELD),
    ],
)
def test_addresses_are_cut(address: str, printed: str) -> None:
    """What may be a street is cut; what begins with one is not printed."""
    assert to_district(address) == printed
