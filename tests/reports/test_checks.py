"""Checks: a fault of each sort is planted in a copy of the seed, as rows of invented people, and found there."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError
from typer.testing import CliRunner

from terrordb import database, models
from terrordb.cli.check import check as command
from terrordb.errors import BadQuestion
from terrordb.loading.keeping import load
from terrordb.loading.sheets import open_sheet
from terrordb.reports import checks

if TYPE_CHECKING:
    from sqlalchemy import URL

    from terrordb.library import Database

NAMES = [check.name for check in checks.CHECKS]
SOURCE = {"id": "invented-source", "title": "Invented Source", "kind": "book"}
CITED = {"source_id": "invented-source", "locator": "p. 1"}
Planted = dict[str, list[dict[str, str]]]

PERSON = {"id": "invented-person", "name": "Invented Person", "named": "true"}
BODY = {"id": "invented-body", "name": "Invented Body", "kind": "institution"}
CAMPAIGN = {"id": "invented-campaign", "name": "Invented Campaign", "kind": "campaign"}
OPERATION = {"id": "invented-operation", "name": "Invented Operation", "kind": "operation"}
ORDER = {"id": "invented-order", "name": "Invented Order", "kind": "order"}
TRIAL = {"id": "invented-trial", "name": "Invented Trial", "kind": "show_trial"}


def a_case(**cells: str) -> Planted:
    """Plant a case of the invented person."""
    return {"persons": [PERSON], "cases": [{"id": "invented-case", "person": "invented-person", **cells}]}


def an_office(person: dict[str, str], **cells: str) -> Planted:
    """Plant an office of the invented person in the invented body."""
    role = {"id": "invented-role", "person": "invented-person", "role": "member", "within": "bodies/invented-body"}
    return {"persons": [PERSON | person], "bodies": [BODY], "roles": [role | cells]}


def some_figures(*cells: dict[str, str], **more: list[dict[str, str]]) -> Planted:
    """Plant figures of the invented operation."""
    rows = [{"measure": "executed", "operation": "invented-operation", "unit": "persons"} | row for row in cells]
    return {"operations": [OPERATION], "figures": rows} | more


def a_share(text: str, **cells: str) -> Planted:
    """Plant a share beside the two counts that give 55.2 percent."""
    base = {"id": "invented-base", "text": "681,692", "operation": "", "group": "invented group"}
    part = {"id": "invented-part", "text": "376,202"}
    share = {"id": "invented-share", "text": text, "unit": "percent", "of_record": "figures/invented-base"}
    return some_figures(base, part, share | cells)


def a_rate(text: str, unit: str) -> Planted:
    """Plant a rate beside a count of two years, which is 933.8 a day."""
    period = {"period": "1937–1938"}
    return some_figures(
        {"id": "invented-count", "text": "681,692"} | period,
        {"id": "invented-rate", "text": text, "unit": unit} | period,
    )


def quotas(first: str, second: str) -> Planted:
    """Plant a total of 120,000 with its two categories."""
    common = {"order": "invented-order", "stage": "initial"}
    parts = [("total", "", "120000"), ("1", "1", first), ("2", "2", second)]
    rows = [common | {"id": f"invented-quota-{n}", "category": c, "amount": a} for n, c, a in parts]
    return {"orders": [ORDER], "quotas": rows}


def a_campaign(whole: str, *parts: str) -> Planted:
    """Plant a campaign with its number, and the numbers of the operations within it."""
    operations = [OPERATION | {"id": f"invented-{n}", "parent": "invented-campaign"} for n, _ in enumerate(parts)]
    common = {"measure": "executed", "unit": "persons"}
    figures = [common | {"id": "invented-whole", "text": whole, "operation": "invented-campaign"}]
    figures += [common | {"id": f"part-{n}", "text": t, "operation": f"invented-{n}"} for n, t in enumerate(parts)]
    return {"operations": [CAMPAIGN, *operations], "figures": figures}


def an_operation(issued: str, begun: str) -> Planted:
    """Plant an operation and the order that began it."""
    operation = OPERATION | {"order": "invented-order", "begun": begun}
    return {"orders": [ORDER | {"date": issued}], "operations": [operation]}


def a_trial(stated: str, executed: str, outcome: str) -> Planted:
    """Plant a trial with two persons: one by a role, one by a case."""
    other = PERSON | {"id": "invented-other", "name": "Invented Other"}
    role = {"id": "r", "person": "invented-other", "role": "defendant", "within": "trials/invented-trial"}
    case = {"id": "c", "person": "invented-person", "trial": "invented-trial", "outcome": outcome}
    trial = TRIAL | {"defendants": stated, "executed": executed}
    return {"persons": [PERSON, other], "trials": [trial], "roles": [role], "cases": [case]}


def a_claim(field: str, value: str, status: str = "stated", **person: str) -> Planted:
    """Plant a claim of another value of a field of the invented person."""
    claim = {"id": "invented-claim", "record": "persons/invented-person", "field": field, "value": value}
    return {"persons": [PERSON | person], "claims": [claim | {"status": status}]}


def an_answer(stance: str) -> Planted:
    """Plant a statement that answers another."""
    said = {"id": "invented-statement", "kind": "remark", "content": "invented words", "stance": "", "responds_to": ""}
    answer = {"id": "invented-answer", "responds_to": "statements/invented-statement", "stance": stance}
    return {"statements": [said, said | answer]}


def two_figures(one: str, other: str, **cells: str) -> Planted:
    """Plant two figures of one thing."""
    return some_figures({"id": "invented-one", "text": one}, {"id": "invented-other", "text": other} | cells)


# check, what is planted, the records that are found
FAULTS: list[tuple[str, Planted, list[str]]] = [
    ("died-before-born", {"persons": [PERSON | {"born": "1900", "died": "1899"}]}, ["persons/invented-person"]),
    ("sentenced-before-arrested", a_case(arrested="May 1937", sentenced="April 1937"), ["cases/invented-case"]),
    ("executed-before-sentenced", a_case(sentenced="1938", executed="December 1937"), ["cases/invented-case"]),
    ("arrested-after-executed", a_case(arrested="June 20, 1937", executed="June 19, 1937"), ["cases/invented-case"]),
    ("interval-reversed", {"operations": [OPERATION | {"begun": "1938", "ended": "1937"}]},
     ["operations/invented-operation"]),
    ("interval-reversed", {"trials": [TRIAL | {"opened": "March 2, 1938", "closed": "March 1, 1938"}]},
     ["trials/invented-trial"]),
    ("interval-reversed", {"sources": [{"id": "invented-book", "title": "Invented Book", "kind": "book",
                                        "first_issued": "1990", "issued": "1968"}]}, ["sources/invented-book"]),
    ("order-after-operation", an_operation("August 6, 1937", "August 5, 1937"), ["operations/invented-operation"]),
    ("office-after-death", an_office({"died": "1937"}, begun="1938"), ["roles/invented-role"]),
    ("office-after-death", an_office({"died": "1937"}, begun="1936", ended="January 1938"), ["roles/invented-role"]),
    ("office-after-death", an_office({}, begun="1938") | {"cases": a_case(executed="1937")["cases"]},
     ["roles/invented-role"]),
    ("part-above-whole", quotas("63000", "57001"), ["quotas/invented-quota-total"]),
    ("part-above-whole", some_figures({"id": "invented-whole", "text": "100", "measure": "arrested"},
        {"id": "invented-part", "text": "at least 101", "of_record": "figures/invented-whole"}),
     ["figures/invented-part"]),
    ("part-above-whole", a_campaign("about 100", "60", "51"), ["operations/invented-campaign"]),
    ("share-does-not-follow", a_share("more than 60%"), ["figures/invented-share"]),
    ("share-does-not-follow", a_share("54%"), ["figures/invented-share"]),
    ("share-does-not-follow", a_share("0.7 times", unit="times"), ["figures/invented-share"]),
    ("share-does-not-follow", a_rate("an average of 1,200", "persons_per_day"), ["figures/invented-rate"]),
    ("claim-of-unknown-field", a_claim("", ""), ["claims/invented-claim"]),
    ("perpetrator-uncited", {"persons": [PERSON, PERSON | {"id": "invented-other"}], "relations": [
        {"id": "invented-relation", "person": "invented-person", "relation": "killer", "other": "invented-other"}]},
     ["relations/invented-relation"]),
    ("figure-without-scope", some_figures({"id": "invented-figure", "text": "7", "operation": ""}),
     ["figures/invented-figure"]),
    ("more-named-than-stated", a_trial("1", "", "executed"), ["trials/invented-trial"]),
    ("more-named-than-stated", a_trial("2", "0", "executed"), ["trials/invented-trial"]),
    ("statement-without-stance", an_answer(""), ["statements/invented-answer"]),
    ("quota-without-amount", {"orders": [ORDER], "quotas": [{"id": "invented-quota", "order": "invented-order",
        "stage": "initial", "amount": ""}]}, ["quotas/invented-quota"]),
    ("contested", {"persons": [PERSON | {"status": "contested", "note": "invented"}]}, ["persons/invented-person"]),
    ("rival-value", a_claim("died", "1937", died="1938"), ["claims/invented-claim"]),
    ("rival-value", a_claim("died", "August 1938", "contested", died="1938"), ["claims/invented-claim"]),
    ("rival-value", a_claim("sex", "female", sex="male"), ["claims/invented-claim"]),
    ("dubious", {"persons": [PERSON | {"status": "dubious", "note": "invented"}]}, ["persons/invented-person"]),
    ("figures-disagree", two_figures("100", "at least 101"), ["figures/invented-one"]),
    ("multiple-above-whole", some_figures({"id": "invented-whole", "text": "100", "measure": "arrested"},
        {"id": "invented-part", "text": "50", "of_record": "figures/invented-whole"},
        {"id": "invented-times", "text": "about 2.5 times", "unit": "times", "of_record": "figures/invented-part",
         "group": "another"}), ["figures/invented-times"]),
]  # fmt: skip

# What looks like a fault and is none: it may be true, or it is marked and tied.
NO_FAULTS: list[tuple[str, Planted]] = [
    ("died-before-born", {"persons": [PERSON | {"born": "1900", "died": "1900"}]}),
    ("arrested-after-executed", a_case(arrested="1937", executed="June 19, 1937")),
    ("executed-before-sentenced", a_case(sentenced="1938", executed="December 1937", status="withdrawn")),
    ("interval-reversed", {"operations": [OPERATION | {"begun": "late 1930s", "ended": "1938"}]}),
    ("order-after-operation", an_operation("1937", "August 5, 1937")),
    ("office-after-death", an_office({"died": "1937"}, begun="1937")),
    ("office-after-death", an_office({"died": "1937", "status": "contested"}, begun="1938")),
    ("part-above-whole", quotas("63000", "57000")),
    ("part-above-whole", quotas("63000", "")),
    ("part-above-whole", a_campaign("about 100", "60", "50")),
    ("part-above-whole", some_figures({"id": "invented-whole", "text": "100", "measure": "arrested"},
        {"id": "invented-part", "text": "about 101", "of_record": "figures/invented-whole"})),
    ("share-does-not-follow", a_share("more than half")),
    ("share-does-not-follow", a_share("55%")),
    ("share-does-not-follow", a_share("0.6 times", unit="times")),
    ("share-does-not-follow", a_share("54%", period="1938")),
    ("share-does-not-follow", a_rate("an average of 1,000", "persons_per_day")),
    ("share-does-not-follow", a_rate("less than 7,000", "persons_per_week")),
    ("more-named-than-stated", a_trial("2", "1", "executed")),
    ("more-named-than-stated", a_trial("", "", "executed")),
    ("figure-without-scope", some_figures({"id": "invented-figure", "text": "7", "operation": "", "period": "1937"})),
    ("statement-without-stance", an_answer("rejects")),
    ("rival-value", a_claim("died", "August 1938", died="1938")),
    ("rival-value", a_claim("occupation", "a tailor", occupation="a cobbler")),
    ("figures-disagree", two_figures("100", "at least 101", responds_to="invented-one", stance="rejects")),
    ("figures-disagree", two_figures("100", "at least 101", group="another")),
    ("figures-disagree", two_figures("about 100", "at least 101")),
]  # fmt: skip


@pytest.fixture
def copy(seeded_url: URL) -> Iterator[Engine]:
    """Give a copy of the seed, to plant in."""
    engine = database.writer(seeded_url)
    yield engine
    engine.dispose()


def plant(engine: Engine, folder: Path, planted: Planted) -> None:
    """Load invented rows, as a user's own CSVs."""
    sheets = []
    for kind, rows in (planted | {"sources": [SOURCE, *planted.get("sources", [])]}).items():
        header = list(dict.fromkeys(cell for row in rows for cell in (*CITED, *row)))
        path = folder / f"{kind}.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, header, restval="")
            writer.writeheader()
            writer.writerows(CITED | row for row in rows)
        sheets.append(open_sheet(path, kind=None, encoding=None))
    load(engine, sheets, label="planted", by="the tests")


def spoil(connection: Connection, kind: str, named: str, **columns: Any) -> None:
    """Change a row behind the loader's back."""
    table = models.kind(kind).__table__
    connection.execute(table.update().where(table.c.id == named).values(columns))


def found(connection: Connection, name: str) -> dict[str, str]:
    """Give what one check finds, by record."""
    ((_, findings),) = checks.run(connection, [name])
    return dict(findings)


SPOILS: dict[str, tuple[str, str, dict[str, Any]]] = {  # what a load would refuse
    "claim-of-unknown-field": ("claims", "invented-claim", {"field": "shoe_size"}),
    "perpetrator-uncited": ("relations", "invented-relation", {"locator": None}),
}


@pytest.mark.parametrize(("name", "planted", "records"), FAULTS)
def test_a_planted_fault_is_found(
    copy: Engine, tmp_path: Path, name: str, planted: Planted, records: list[str]
) -> None:
    """What is planted in a copy of the seed is found by its check, is told, and is no other error."""
    with copy.connect() as connection:
        before = found(connection, name)
    plant(copy, tmp_path, planted)
    with copy.begin() as connection:
        if name in SPOILS:
            kind, named, columns = SPOILS[name]
            spoil(connection, kind, named, **columns)
        new = {record: said for record, said in found(connection, name).items() if record not in before}
        assert list(new) == records
        assert all(new.values())
        every = checks.run(connection)
    errors = {one.check.name for one in every if one.found and one.check.severity == "error"}
    assert errors == {name} & {check.name for check in checks.CHECKS if check.severity == "error"}


@pytest.mark.parametrize(("name", "planted"), NO_FAULTS)
def test_what_may_be_true_is_not_found(copy: Engine, tmp_path: Path, name: str, planted: Planted) -> None:
    """What is only possibly wrong, or is marked as it should be, is no finding."""
    with copy.connect() as connection:
        before = found(connection, name)
    plant(copy, tmp_path, planted)
    with copy.connect() as connection:
        assert found(connection, name) == before


def test_every_check_is_planted() -> None:
    """No check stands without a fault that it is shown to find."""
    assert {name for name, _, _ in FAULTS} == set(NAMES)
    assert len(set(NAMES)) == len(NAMES)
    assert all(check.severity in checks.SEVERITY and check.explanation for check in checks.CHECKS)


def test_the_schema_refuses_an_uncited_perpetrator(copy: Engine) -> None:
    """A perpetrator's role cannot lose its passage: the check of roles is always empty."""
    with copy.connect() as connection, pytest.raises(IntegrityError, match="perpetrator_cited"):
        spoil(connection, "roles", "stalin-great-purge-organiser", locator=None)


# -- the seed --

SEED: dict[str, list[str]] = {
    # Years of the purge (¶4, 81, 88), end of Yezhov's office (¶10, 93), share of the army (¶53), totals of the dead
    # (¶18, 100, 107-109), national operations to 1940 (¶76, 88, 93), a troika in 1940 (¶60); and, besides, who arranged
    # Kirov's murder (¶18), how Egorov (¶95) and Mandelstam (¶57) died.
    "contested": [
        "cases/egorov-a-i-case",
        "cases/mandelstam-case-1938",
        "claims/egorov-a-i-case-executed-95",
        "claims/egorov-a-i-case-outcome-95",
        "claims/great-purge-ended-1938",
        "claims/great-purge-ended-parrish",
        "claims/mandelstam-case-1938-outcome-57",
        "events/yezhov-removed",
        "figures/conquest-two-and-a-half-times",
        "figures/ellman-950000-1200000",
        "figures/executed-1937-1938-archives",
        "figures/executed-per-day-1937-1938",
        "figures/fitzpatrick-low-hundreds-of-thousands",
        "figures/great-purge-perished-about-a-million",
        "figures/hough-low-hundreds-of-thousands",
        "figures/hough-tens-of-thousands",
        "figures/officers-purged-formerly-thought",
        "figures/officers-purged-now-known",
        "figures/thurston-681692",
        "operations/great-purge",
        "operations/national-operations",
        "roles/stalin-kirov-organiser",
        "roles/yezhov-nkvd-head",
        "statements/ellman-best-estimate",
        "statements/fitzpatrick-number-executed",
        "statements/hough-lower-figure-even-probable",
        "statements/hough-number-executed",
        "statements/thurston-allows-archives-total",
    ],
    "rival-value": [
        "claims/egorov-a-i-fate-killed-95",
        "claims/great-purge-begun-1936",
        "claims/great-purge-begun-october-1936",
        "claims/great-purge-ended-1939",
        "claims/great-purge-ended-decree",
        "claims/mandelstam-fate-killed-57",
        "claims/national-operations-ended-decree",
        "claims/national-operations-ended-period-4",
        "claims/yezhov-nkvd-head-ended-93",
        "claims/yezhov-removed-date-august-1938",
    ],
    # A sentence that looks like vandalism (¶117), and a flight that a commission found not to have taken place (¶33).
    "dubious": [
        "claims/babel-case-sentencing-body-60",
        "claims/babel-trial-court",
        "events/one-night-deaths",
        "events/piatakov-oslo-flight",
        "figures/one-night-260000",
    ],
    # 2.5 times 681,692 is more than the 1,548,366 detained (¶107, 108).
    "multiple-above-whole": ["figures/conquest-two-and-a-half-times"],
}


def test_the_seed_holds_its_own_contradictions_and_nothing_else(seeded: Database) -> None:
    """Asked of the seed, the checks find no error and no warning, and these contradictions of the text."""
    with seeded.connect() as connection:
        every = checks.run(connection)
    assert {c.check.name: [f.record for f in c.found] for c in every if c.found} == SEED
    assert not checks.failed(every)


def test_rivals_are_told_beside_each_other(seeded: Database) -> None:
    """A contested row is told with the rows that stand beside it, a rival value with the record's own."""
    with seeded.connect() as connection:
        told = {f.record: f.finding for c in checks.run(connection, ["contested", "rival-value"]) for f in c.found}
    assert "beside figures/officers-purged-now-known" in told["figures/officers-purged-formerly-thought"]
    assert "figures/thurston-681692" in told["figures/executed-1937-1938-archives"]
    assert told["claims/great-purge-begun-1936"] == "operations/great-purge: begun 1937, by this claim 1936"


# -- the command --


@pytest.fixture
def ask(seeded: Database) -> Callable[..., Any]:
    """Run the command on the seed."""
    app = typer.Typer()
    app.command("check")(command)
    address = seeded.engine.url.render_as_string(hide_password=False)
    return lambda *words: CliRunner().invoke(app, [*words, "--db", address])


def test_contradictions_are_no_failure(ask: Callable[..., Any]) -> None:
    """The command exits with 0 where it finds no error, and counts what it found on the error stream."""
    said = ask("rival-value", "died-before-born", "--format", "csv")
    assert said.exit_code == 0
    rows = list(csv.reader(said.stdout.splitlines()))
    assert rows[0] == ["check", "severity", "record", "finding"]
    assert [row[2] for row in rows[1 : 1 + len(SEED["rival-value"])]] == SEED["rival-value"]
    assert said.stderr == f"2 checks: 0 errors, 0 warnings, {len(SEED['rival-value'])} contradictions\n"


def test_json_gives_each_check_with_its_rows(ask: Callable[..., Any]) -> None:
    """As JSON each check is an object with severity, explanation and rows, those that found nothing too."""
    printed = json.loads(ask("dubious", "died-before-born", "--format", "json").stdout)
    assert [(one["check"], one["severity"], len(one["rows"])) for one in printed] == [
        ("died-before-born", "error", 0),
        ("dubious", "contradiction", 5),
    ]
    assert printed[1]["rows"][0].keys() == {"record", "finding"}
    assert all(one["explanation"] for one in printed)


def test_list_needs_no_database() -> None:
    """--list names every check, its severity and what it means, without opening a database."""
    app = typer.Typer()
    app.command("check")(command)
    said = CliRunner().invoke(app, ["--list", "--format", "csv", "--db", "/nowhere/at/all.db"])
    assert said.exit_code == 0
    assert [row[0] for row in csv.reader(said.stdout.splitlines())][1:] == NAMES


def test_an_error_fails(seeded_url: URL, tmp_path: Path) -> None:
    """The command exits with 1 where an error was found."""
    engine = database.writer(seeded_url)
    plant(engine, tmp_path, {"persons": [PERSON | {"born": "1900", "died": "1899"}]})
    engine.dispose()
    app = typer.Typer()
    app.command("check")(command)
    address = seeded_url.render_as_string(hide_password=False)
    said = CliRunner().invoke(app, ["died-before-born", "--db", address])
    assert said.exit_code == 1
    assert "persons/invented-person" in said.stdout
    assert CliRunner().invoke(app, ["dubious", "--db", address]).exit_code == 0


def test_an_unknown_check_is_refused() -> None:
    """A check that is not there is refused, with the nearest."""
    with pytest.raises(BadQuestion, match="there is no check 'dead-before-born'") as refused:
        checks.asked(["dead-before-born"])
    assert "died-before-born" in refused.value.remedy


def test_rows_are_read_in_batches(seeded: Database) -> None:
    """Asking all checks of the seed takes a number of statements that does not grow with its rows."""
    asked: list[str] = []

    def listen(*words: Any) -> None:
        asked.append(words[2])

    with seeded.connect() as connection:
        event.listen(connection, "before_cursor_execute", listen)
        checks.run(connection)
    assert 0 < len(asked) < 300
