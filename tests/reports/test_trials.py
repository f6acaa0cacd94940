"""The report of a trial: on the seed with values worked out by hand from the text, and on invented rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from tests.conftest import GIVEN
from tests.reports.shown import RIVAL, Shown, invented

from terrordb import database
from terrordb.errors import BadQuestion
from terrordb.loading import texts
from terrordb.reports.trials import trial

if TYPE_CHECKING:
    from sqlalchemy import URL
    from tests.conftest import Maker

    from terrordb.library import Database

STATED = "Stated and named"
WHOLE = "Of Moscow Trials as a whole"


def shown(base: Database, named: str) -> Shown:
    """Read the report of a trial."""
    with base.connect() as connection:
        return Shown(trial(connection, named))


# ---------------------------------------------------------------- the seed


def test_pleas_stand_in_order_and_fates_are_those_of_the_text(seeded: Database) -> None:
    """¶43 names five, ¶51 two more without names; Krestinsky's pleas are ¶47, Bukharin's ¶49; ¶51 tells what came."""
    report = shown(seeded, "moscow-trial-3")
    rows = {row["defendant"]: row for row in report.table("Defendants")}
    assert len(rows) == 7
    assert sum(name.startswith("[") for name in rows) == 2
    assert rows["Nikolai Krestinsky"]["pleas in order"] == "not guilty, then guilty"
    assert rows["Nikolai Bukharin"]["pleas in order"] == "partly"
    assert rows["Alexei Rykov"]["pleas in order"] == rows["Alexei Rykov"]["verdict"] == "not stated"
    fates = {name: row["fate"] for name, row in rows.items()}
    excepted = "executed (“except Rakovsky and two others”)"
    assert {fates.pop(name) for name in ("Alexei Rykov", "Nikolai Krestinsky", "Genrikh Yagoda")} == {excepted}
    assert fates.pop("Christian Rakovsky") == "killed"
    assert {fate for name, fate in fates.items() if not name.startswith("[")} == {"executed"}
    assert {fate for name, fate in fates.items() if name.startswith("[")} == {"killed"}
    assert {"¶43", "¶47"} <= report.cited(rows["Nikolai Krestinsky"])


def test_defendants_named_early_in_the_text_come_first(seeded: Database) -> None:
    """The five of ¶43 come before the two of ¶51, although two of the five plead later, in ¶47 and ¶49."""
    names = shown(seeded, "moscow-trial-3").column("Defendants", "defendant")
    assert [name.startswith("[") for name in names] == [False] * 5 + [True] * 2


@pytest.mark.given
def test_where_the_text_is_there_its_own_order_holds(seeded_url: URL) -> None:
    """¶43 names Bukharin, Rykov, Rakovsky, Krestinsky and Yagoda, in this order."""
    engine = database.writer(seeded_url)
    texts.add(engine, texts.read(GIVEN), "great-purge-article")
    with engine.connect() as connection:
        names = Shown(trial(connection, "moscow-trial-3")).column("Defendants", "defendant")
    engine.dispose()
    assert [name.split()[-1] for name in names[:5]] == ["Bukharin", "Rykov", "Rakovsky", "Krestinsky", "Yagoda"]


def test_statements_stand_in_order_with_how_they_were_obtained(seeded: Database) -> None:
    """¶47: a written confession, taken back, not guilty, changed after 'special measures'."""
    rows = shown(seeded, "moscow-trial-3").table("Pleas, confessions and answers")
    krestinsky = [row for row in rows if row["who"] == "Nikolai Krestinsky"]
    assert [row["what"].partition(":")[0] for row in krestinsky] == ["confession", "retraction", "plea", "plea"]
    assert [row["obtained by"] for row in krestinsky] == [None, None, None, "torture"]
    assert "rejects krestinsky-plea-1" in krestinsky[-1]["what"]


@pytest.mark.parametrize(
    ("named", "accused", "executed"),
    [
        ("moscow-trial-1", (16, 2, 14), (16, 2, 14)),  # ¶25: 16, all executed; two named
        ("moscow-trial-2", (17, 3, 14), (13, 0, 13)),  # ¶26: 17, thirteen shot, nobody says who; three named
        ("moscow-trial-3", (21, 7, 14), ("not stated", 4, None)),  # ¶43, ¶51: all leading ones but Rakovsky
    ],
)
def test_stated_numbers_stand_against_those_in_the_database(
    seeded: Database, named: str, accused: tuple[int, int, int], executed: tuple[int, int, int]
) -> None:
    """The difference is said, and nobody is counted as executed of whom the text only says that some were."""
    report = shown(seeded, named)
    rows = {row["what"]: row for row in report.table(STATED)}
    found = [tuple(rows[what][key] for key in ("stated", "in this database", "lacking")) for what in rows]
    assert found == [accused, executed]
    assert f"{accused[0]} stated − {accused[1]} in this database = {accused[2]}" in report.said(STATED)


def test_a_number_stated_twice_is_one_and_a_part_of_it_is_none(seeded: Database) -> None:
    """¶25 gives 16 accused, which the trial and a figure hold, and two chief ones among them."""
    assert shown(seeded, "moscow-trial-1").column(STATED, "stated") == [16, 16]


def test_a_shooting_of_some_is_nobody_s_fate(seeded: Database) -> None:
    """¶26 lets thirteen of seventeen be shot and the rest die in camps, and does not say who."""
    report = shown(seeded, "trials/moscow-trial-2")
    assert report.column("Defendants", "fate") == ["not known"] * 3
    assert report.column("Defendants", "verdict") == ["not stated"] * 3


def test_charges_are_quoted_and_the_organisation_is_alleged(seeded: Database) -> None:
    """¶43 and ¶44: the charges are words of the accusers, never facts."""
    report = shown(seeded, "moscow-trial-3")
    charges = [block for block in report.blocks("What they were charged with") if block.get("quoted")]
    assert len(charges) == 2
    assert all(block["prose"].startswith("Accused of: ") and block["notes"] for block in charges)
    facts = {row["field"]: row["value"] for row in report.table("")}
    assert facts["alleged organisation"] == "Bloc of Rightists and Trotskyites, as alleged"
    assert facts["court"] == facts["closed"] == "not stated"


def test_doubt_stands_beside_what_is_doubtful(seeded: Database) -> None:
    """¶25 has [citation needed] behind the bloc and the charges; ¶64 gives the month of ¶26 less closely."""
    first, second = shown(seeded, "moscow-trial-1"), shown(seeded, "moscow-trial-2")
    assert set(first.column("Defendants", "doubt")) == {"citation needed"}
    doubts = {row["field"]: row["doubt"] for row in first.table("") if row["doubt"]}
    assert doubts == {"alleged organisation": "citation needed; “so-called”", "defendants": "citation needed"}
    (rival,) = (row for row in second.table("") if row["field"] == "opened, also said")
    assert (rival["value"], rival["doubt"]) == ("early 1937", "")  # ¶64 doubts a defence of Bukharin, not the time
    third = {row["field"]: row["doubt"] for row in shown(seeded, "moscow-trial-3").table("") if row["doubt"]}
    assert third == {"alleged organisation": "“alleged; so-called”"}


def test_who_attended_is_told_from_who_judged_from_afar(seeded: Database) -> None:
    """¶28: Maclean watched, at which trial is not said; ¶29 Pritt wrote, ¶98 others as Conquest has it."""
    report = shown(seeded, "moscow-trial-3")
    watched = report.table("Who attended", f"{WHOLE}; at which of them is not said")
    assert [row["person"] for row in watched] == ["Fitzroy Maclean"]
    who = report.column("How it was judged", "who", WHOLE)
    assert "Fitzroy Maclean (attended)" in who
    assert {
        "Alexander Orlov",
        "D. N. Pritt",
        "Walter Duranty",
        "Joseph E. Davies",
        "Beatrice Webb",
        "Sidney Webb",
    } <= set(who)
    assert report.said("How it was judged") == "Its cases belong to Moscow Trials (operations/moscow-trials)."
    assert not any(
        "Moscow Trials" in block.get("table", "")
        for block in shown(seeded, "pilnyak-trial").blocks("How it was judged")
    )


def test_what_was_said_in_the_trials_together_stands_in_each(seeded: Database) -> None:
    """¶33: Piatakov's flight to Oslo, which the Dewey Commission found untrue, and Smirnov's part in a murder.

    Piatakov stood accused in the second trial (¶26), Smirnov in one that is not told; ¶39: Radek in the second.
    """
    said, found = "Pleas, confessions and answers", "What was found later"
    whole = "In Moscow Trials; at which of them is not always said"
    first, second = shown(seeded, "moscow-trial-1"), shown(seeded, "moscow-trial-2")
    everywhere = {(row["who"], row["held true"]) for row in first.table(said, whole)}
    assert {("Yuri Piatakov", "not by the source"), ("Ivan Smirnov", "not by the source")} <= everywhere
    assert any("no such flight" in row["what"] for row in first.table(found, "Findings on Moscow Trials as a whole"))
    accused = {row["who"] for row in second.table(said, "By its accused, of other things")}
    assert accused == {"Karl Radek", "Yuri Piatakov"}
    assert "Yuri Piatakov" not in {row["who"] for row in second.table(said, whole)}
    (flight,) = (row for row in second.table(found, "Findings on this trial") if "no such flight" in row["what"])
    assert (flight["who"], flight["doubt"], second.cited(flight)) == ("Dewey Commission", "citation needed", {"¶33"})
    tortured = [row for row in first.table(said, whole) if row["obtained by"] == "torture"]
    assert [first.cited(row) for row in tortured] == [{"¶30"}]


def test_a_figure_has_its_unit_and_a_commission_its_kind(seeded: Database) -> None:
    """¶48: three months; ¶113: a commission is no trial."""
    held_out = next(row for row in shown(seeded, "moscow-trial-3").table("Figures") if row["measure"] == "duration")
    assert (held_out["as stated"], held_out["unit"]) == ("three", "months")
    assert shown(seeded, "shvernik-commission").report.title == "Commission of inquiry: Shvernik Commission"


def test_later_findings_and_steps_stand_by_date(seeded: Database) -> None:
    """¶112 1956–1957 refused, ¶113 1961 to 1963 recommended but not Yagoda, ¶104 1988 granted; ¶38 frame-ups."""
    report = shown(seeded, "moscow-trial-3")
    steps = [(row["who"], row["step"], row["when"]) for row in report.table("What was found later", "Rehabilitation")]
    assert ("Genrikh Yagoda", "refused", "1961 to 1963") in steps
    assert steps[-1] == ("Nikolai Bukharin", "granted", "1988")
    group = [step for who, step, _ in steps if who == "those convicted, as a group"]
    assert group == ["refused", "recommended", "granted"]
    found = report.table("What was found later", "Findings on Moscow Trials as a whole")
    assert any(row["who"] == "Dewey Commission" and "frame-ups" in row["what"] for row in found)


def test_a_court_s_own_verdict_is_no_later_finding(seeded: Database) -> None:
    """¶60: the troika convicted Babel; no later finding is told."""
    report = shown(seeded, "babel-trial")
    assert report.column("The court", "who", "Its findings, as it gave them") == ["NKVD troikas"]
    assert "No finding on this trial alone is recorded." in report.said("What was found later")


def test_a_commission_has_no_accused_but_findings_and_steps(seeded: Database) -> None:
    """¶113: Shvernik's commission, five more members, every accused to be rehabilitated but Radek and Yagoda."""
    report = shown(seeded, "shvernik-commission")
    assert "Defendants" not in report.titles
    assert sorted(report.column("Commission", "role")) == ["chair"] + ["commissioner"] * 5
    steps = report.table("Commission", "Steps it took towards rehabilitations")
    assert {(row["who"], row["step"]) for row in steps if not row["who"].startswith("those convicted in")} == {
        ("Karl Radek", "deferred"),
        ("Genrikh Yagoda", "refused"),
    }
    assert sum(row["step"] == "recommended" for row in steps) == 3


def test_a_trial_of_which_nothing_is_told_says_so(seeded: Database) -> None:
    """¶97 has legal actions of which neither court nor parties are named."""
    report = shown(seeded, "western-legal-actions")
    assert report.said("Defendants") == "Nobody is named as accused in it."
    assert report.said("What they were charged with") == "No charge is quoted in this database."


def test_an_unknown_trial_names_the_nearest(seeded: Database) -> None:
    """An id of another kind is no trial either."""
    with pytest.raises(BadQuestion, match="moscow-trial-3"):
        shown(seeded, "moscow-trail-3")
    with pytest.raises(BadQuestion, match="among trials"):
        shown(seeded, "bukharin-nikolai")


# ---------------------------------------------------------------- invented rows


@pytest.fixture(scope="module")
def made(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """Give a trial of invented persons: two rows of one person, a dubious role, a sentence without an execution."""
    people = ("one", "two", "two-again", "three", "four")
    within = {"within": "trials/invented-trial"}
    rows = {
        "persons": [
            {"id": f"invented-{name}", "name": f"Invented Person {name.title()}", "named": "true"} for name in people
        ],
        "trials": [
            {"id": "invented-trial", "name": "Invented Trial", "kind": "show_trial", "defendants": "2"},
            {"id": "invented-empty", "name": "Invented Empty Trial", "kind": "show_trial"},
        ],
        "roles": [
            {"id": f"role-{name}", "person": f"invented-{name}", "role": "defendant", "locator": f"p. {page}"} | within
            for name, page in (("one", 30), ("two", 4), ("two-again", 12))
        ]
        + [
            {"id": "role-three", "person": "invented-three", "role": "defendant", "status": "dubious"} | within,
            {"id": "role-four", "person": "invented-four", "role": "judge"} | within,
        ],
        "cases": [
            {
                "id": "case-one",
                "person": "invented-one",
                "trial": "invented-trial",
                "sentence": "death",
                "locator": "p. 40",
            }
            | {"sentence_kind": "vmn", "charge": "<b>an invented charge</b>"},
            {
                "id": "case-two",
                "person": "invented-two",
                "trial": "invented-trial",
                "outcome": "executed",
                "locator": "p. 41",
            },
        ],
        "statements": [
            {"id": f"accuses-{n}", "kind": "denunciation", "about": "trials/invented-trial", "content": "an accusation"}
            | {"speaker": "persons/invented-four", "locator": locator}
            for n, locator in enumerate(("p. 7", ""))
        ],
        "sources": [RIVAL],
        "judgements": [
            {"id": "same", "record": "persons/invented-two", "other": "persons/invented-two-again"}
            | {"verdict": "same", "by": "the tests"}
        ],
        "claims": [
            {"id": "rival", "record": "cases/case-two", "field": "outcome", "value": "died_in_custody"}
            | {"status": "contested", "source_id": "invented-rival"}
        ],
    }
    with invented(maker, tmp_path_factory.mktemp("trials"), rows) as base:
        yield base


def test_one_human_being_counts_once_and_the_dubious_not_at_all(made: Database) -> None:
    """Three rows of two people, judged so, and a dubious one that stands in the list and in no count."""
    report = shown(made, "invented-trial")
    assert report.column("Defendants", "defendant")[-3:] == [
        "Invented Person Two",
        "Invented Person Two-Again",
        "Invented Person One",
    ]
    dubious = next(row for row in report.table("Defendants") if row["defendant"] == "Invented Person Three")
    assert dubious["doubt"] == "dubious"
    accused = report.table(STATED)[0]
    assert (accused["stated"], accused["in this database"], accused["lacking"]) == (2, 2, 0)
    assert "1 dubious or withdrawn" in report.remarks(STATED)
    assert "2, as many as stated" in report.said(STATED)


def test_a_sentence_to_death_is_no_execution(made: Database) -> None:
    """One was sentenced, of the other a source says executed; who else says otherwise stands beside it."""
    report = shown(made, "invented-trial")
    assert report.table(STATED)[1]["in this database"] == 1
    fates = dict(zip(report.column("Defendants", "defendant"), report.column("Defendants", "fate"), strict=True))
    assert fates["Invented Person One"] == "not known"
    outcomes = report.column("Defendants", "outcome", "Cases it judged")
    assert outcomes == [None, "executed; also said: died_in_custody"]


def test_a_charge_is_quoted_whatever_it_holds(made: Database) -> None:
    """Mark-up in a charge stays words; who accused is named with the place only; no prosecutor is made up."""
    report = shown(made, "invented-trial")
    assert report.blocks("What they were charged with")[0]["prose"] == "Accused of: <b>an invented charge</b>"
    accusing = ("What they were charged with", "Accusations")
    assert [report.cited(row) for row in report.table(*accusing)] == [{"p. 7"}]
    assert "1 left out" in report.remarks(*accusing)
    assert report.column("The court", "role") == ["judge"]
    assert report.said("The court") == "No prosecutor is named in this database."
