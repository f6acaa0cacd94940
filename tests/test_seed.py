"""The seed says what the text says: hard statements, each as the rows it becomes, and anchors held to the text."""

from __future__ import annotations

import csv
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.conftest import GIVEN

from terrordb import database, models
from terrordb.loading.prose import find_anchor, paragraph, passages
from terrordb.models import fields as f
from terrordb.values.figures import Figure, amounts

if TYPE_CHECKING:
    from terrordb.library import Database

ARTICLE = "great-purge-article"
ROWS: dict[str, list[dict[str, str]]] = {}
for file in sorted(database.shipped("data/seed").glob("*.csv")):
    with file.open(newline="", encoding="utf-8") as lines:
        ROWS[file.stem] = list(csv.DictReader(lines))
RECORDS = {f"{kind}/{row['id']}": row for kind, rows in ROWS.items() for row in rows}


def one(seeded: Database, question: str) -> dict[str, Any]:
    """Ask for a single record."""
    (row,) = seeded.query(question).dicts()
    return row


def found(seeded: Database, question: str) -> set[str]:
    """Ask for the ids a question finds."""
    return {row.id for row in seeded.query(question)}


# -- anchors --


@pytest.mark.given
@pytest.mark.parametrize("kind", ROWS)
def test_every_anchor_stands_in_its_paragraph(kind: str) -> None:
    """Each row's anchor is found in the paragraph its locator names, whole words in order, in one shortest place."""
    text = passages(GIVEN.read_text(encoding="utf-8"))
    for row in ROWS[kind]:
        if row.get("source_id"):
            number = paragraph(row["locator"])
            assert number, row["id"]
            find_anchor(text[number - 1], row["anchor"])


def test_anchors_have_one_to_six_short_parts() -> None:
    """An anchor is a handful of words, never a sentence of the text."""
    for rows in ROWS.values():
        for row in rows:
            parts = row["anchor"].split(" … ") if row.get("anchor") else []
            assert len(parts) <= 6, row["id"]
            assert all(len(part.split()) <= 8 for part in parts), row["id"]


COUNTED = (f.WholeField, f.NumberField, f.DateField, f.FigureField)
TITLES = {("sources", "title"), ("sources", "aliases"), ("footnotes", "text")}  # of works, which are names
MONTHS = [f"{date(1937, n, 1):%B}" for n in range(1, 13)]


def numbers(text: str) -> set[str]:
    """Give the numbers that words state, in digits or in words, and the months they name."""
    said = {str(n) for n in amounts(text)} | {m for m in MONTHS if m in text}
    return said | {n.replace(",", "") for n in re.findall(r"\d[\d,]*", text)}


def test_every_number_of_a_row_stands_in_an_anchor() -> None:
    """A row's numbers and dates stand in its own anchor, or in that of a claim that cites them."""
    cited: dict[str, str] = {}
    for claim in ROWS["claims"]:
        cited[claim["record"]] = f"{cited.get(claim['record'], '')} {claim['anchor']}"
    for kind, rows in ROWS.items():
        fields = {x.header: x for x in models.kind(kind).fields.values() if not x.computed}
        for row in rows:
            if not row.get("source_id"):
                continue
            there = numbers(f"{row['anchor']} {cited.get(kind + '/' + row['id'], '')}")
            for header, cell in row.items():
                if not cell or not isinstance(fields[header], COUNTED):
                    continue
                if (kind, header) in {("quotas", "category"), ("footnotes", "number")}:
                    continue
                assert numbers(cell) <= there, (kind, row["id"], header, cell)


def stated(kind: str, row: dict[str, str]) -> str:
    """Join what a row states, and what the records it names state."""
    fields = {x.header: x for x in models.kind(kind).fields.values()}
    said = []
    for header, cell in row.items():
        if cell and header not in ("id", "anchor", "locator", "source_id"):
            said.append(cell)
            named = [cell if "/" in cell else f"{of}/{cell}" for of in fields[header].kinds]
            said += [value for of in named for value in RECORDS.get(of, {}).values() if value]
    return " ".join(said)


def test_every_number_of_an_anchor_is_a_value_of_its_row() -> None:
    """An anchor holds no number that its row, or a record the row names, does not state."""
    for kind, rows in ROWS.items():
        for row in rows:
            spoken_of = RECORDS.get(row.get("record", ""), {})
            there = numbers(stated(kind, row))
            if spoken_of:
                there |= numbers(stated(row["record"].partition("/")[0], spoken_of))
            found = re.findall(r"\d[\d,]*", row.get("anchor") or "")
            assert {n.rstrip(",").replace(",", "") for n in found} <= there, (kind, row["id"])


@pytest.mark.given
def test_no_sentence_of_the_text_is_repeated() -> None:
    """No cell repeats nine words of the running text in a row: facts carry over, sentences do not."""
    words = [re.findall(r"[^\W_]+", p.casefold()) for p in passages(GIVEN.read_text(encoding="utf-8"))[:117]]
    nine = {tuple(w[i : i + 9]) for w in words for i in range(len(w) - 8)}
    for kind, rows in ROWS.items():
        for row in rows:
            for header, cell in row.items():
                if (kind, header) in TITLES:
                    continue
                own = re.findall(r"[^\W_]+", (cell or "").casefold())
                assert not nine & {tuple(own[i : i + 9]) for i in range(len(own) - 8)}, row["id"]


# -- what the seed must hold, at the least --


@pytest.mark.parametrize(
    ("kind", "least"),
    [
        ("persons", 100), ("cases", 40), ("roles", 110), ("trials", 10), ("orders", 20), ("quotas", 6),
        ("operations", 15), ("sources", 79), ("footnotes", 50), ("figures", 60), ("statements", 50),
        ("rehabilitations", 20), ("claims", 150), ("bodies", 40), ("places", 30), ("events", 30), ("relations", 20),
    ],
)  # fmt: skip
def test_the_seed_states_its_own_floor(kind: str, least: int) -> None:
    """A halved CSV would be noticed."""
    assert len(ROWS[kind]) >= least


# -- hard statements --


def test_egorov_was_shot_or_died_from_torture(seeded: Database) -> None:
    """Both stand, contested: the execution on the case, the death by torture as a rival fate."""
    case = one(seeded, "cases person:egorov-a-i")
    assert (case["outcome"], case["status"], case["executed"], case["arrested"]) == (
        "executed", "contested", "1939-02", "1938-04",
    )  # fmt: skip
    person = one(seeded, "persons id:egorov-a-i")
    assert (person["fate"], person["fates"]) == ("executed", ["executed", "killed"])
    assert found(seeded, "persons fate:killed") >= {"egorov-a-i"}
    assert found(seeded, "persons fate:executed") >= {"egorov-a-i"}


def test_rakovsky_and_two_others_were_killed_in_1941(seeded: Database) -> None:
    """Three defendants of the third trial were not executed then; two of them the text does not name."""
    three = {"rakovsky-christian", "rakovsky-companion-1", "rakovsky-companion-2"}
    killed = {row["person"] for row in seeded.query("roles role:killed within.date:1941").dicts()}
    assert killed == three
    for named in three:
        assert one(seeded, f"persons id:{named}")["fate"] == "killed"
        assert one(seeded, f"cases person:{named} trial:moscow-trial-3")["outcome"] is None
    assert not one(seeded, "persons id:rakovsky-companion-1")["named"]


def test_thirteen_of_seventeen_were_executed_unnamed(seeded: Database) -> None:
    """The second trial has its numbers as stated; no named defendant of it is said to have been executed."""
    trial = one(seeded, "trials id:moscow-trial-2")
    assert (trial["defendants"], trial["executed"]) == (17, 13)
    cases = list(seeded.query("cases trial:moscow-trial-2").dicts())
    assert {c["person"] for c in cases} >= {"radek-karl", "piatakov-yuri", "sokolnikov-grigory"}
    assert {c["outcome"] for c in cases} == {None}
    assert one(seeded, "persons id:radek-karl")["fate"] is None


def test_all_of_sixteen_were_executed(seeded: Database) -> None:
    """All of sixteen is sixteen."""
    trial = one(seeded, "trials id:moscow-trial-1")
    assert (trial["defendants"], trial["executed"], trial["opened"]) == (16, 16, "1936-08")


def test_krestinsky_pleaded_twice(seeded: Database) -> None:
    """Not guilty on the first day, and changed the next: two roles and two statements, the second under torture."""
    roles = seeded.query("roles person:krestinsky-nikolai within:trials/moscow-trial-3")
    pleas = {row["plea"] for row in roles.dicts()}
    assert pleas == {"not_guilty", "guilty"}
    said = list(seeded.query("statements speaker:krestinsky-nikolai kind:plea").dicts())
    assert len(said) == 2
    assert {s["obtained"] for s in said} >= {"torture"}


def test_quotas_of_october_1937_and_january_1938(seeded: Database) -> None:
    """120,000 is 63,000 and 57,000; of 57,200 only 48,000 is stated, and the rest is no row."""

    def amounts_of(order: str) -> dict[int | None, int]:
        return {q["category"]: q["amount"] for q in seeded.query(f"quotas order:{order}").dicts()}

    assert amounts_of("politburo-resolution-1937-10-15") == {None: 120_000, 1: 63_000, 2: 57_000}
    assert amounts_of("stalin-increase-1938-01-31") == {None: 57_200, 1: 48_000}
    assert amounts_of("order-00447") == {1: 10_000}


def test_ten_years_without_the_right_of_correspondence(seeded: Database) -> None:
    """It is a false notice, held untrue, and never a sentence of ten years."""
    notices = list(seeded.query("statements kind:official_notice").dicts())
    assert any("ten years" in n["content"] or "correspondence" in n["content"] for n in notices)
    assert {n["held_true"] for n in notices if "correspondence" in n["content"]} == {"no"}
    assert not [c for c in seeded.query("cases").dicts() if c["sentence"] and "correspondence" in c["sentence"]]
    assert seeded.query("cases sentence_years:10").count == 0


@pytest.mark.parametrize(
    ("named", "claimant", "values"),
    [
        ("executed-1937-1938-archives", None, (681692, 681692, 681692, None, "exact")),
        ("detained-1937-1938-archives", None, (1548366, 1548366, 1548366, None, "exact")),
        ("hough-low-hundreds-of-thousands", "hough-jerry", (None, None, None, 100000, "vague")),
        ("hough-tens-of-thousands", "hough-jerry", (None, None, None, 10000, "vague")),
        ("fitzpatrick-low-hundreds-of-thousands", "fitzpatrick-sheila", (None, None, None, 100000, "vague")),
        ("thurston-681692", "thurston-robert", (681692, 681692, 681692, None, "exact")),
        ("conquest-two-and-a-half-times", "conquest-robert", (None, 2.5, None, None, "about")),
        ("ellman-950000-1200000", "ellman-michael", (950000, None, 1200000, None, "range")),
        ("officers-purged-formerly-thought", None, (25, None, 50, None, "range")),
        ("officers-purged-now-known", None, (3.7, None, 7.7, None, "range")),
        ("one-night-260000", None, (260000, 260000, 260000, None, "exact")),
        ("kulak-operation-executed", None, (376202, 376202, 376202, None, "exact")),
        ("kulak-operation-arrested", None, (669929, 669929, 669929, None, "exact")),
        ("polish-operation-executed", None, (111091, 111091, 111091, None, "exact")),
        ("polish-operation-arrested", None, (143810, 143810, 143810, None, "exact")),
    ],
)
def test_disputed_numbers_stand_side_by_side(
    seeded: Database, named: str, claimant: str | None, values: tuple[Any, ...]
) -> None:
    """Each claimant's number stands with what its words allow, and with who claims it; ranges have no midpoint."""
    row = one(seeded, f"figures id:{named}")
    assert tuple(row[key] for key in ("low", "best", "high", "magnitude", "qualifier")) == values
    assert row["claimed_by"] == claimant


def test_claims_about_the_executed_are_tied_to_each_other(seeded: Database) -> None:
    """Conquest multiplies the archives' number, Thurston accepts it, Hough thinks his own more probable."""
    conquest = one(seeded, "figures id:conquest-two-and-a-half-times")
    assert (conquest["of_record"], conquest["of"], conquest["unit"]) == (
        "figures/executed-1937-1938-archives", 681692, "times",
    )  # fmt: skip
    thurston = one(seeded, "figures id:thurston-681692")
    assert (thurston["stance"], thurston["responds_to"]) == ("accepts", "executed-1937-1938-archives")
    assert one(seeded, "figures id:hough-low-hundreds-of-thousands")["stance"] == "thinks_probable"
    assert one(seeded, "figures id:officers-purged-formerly-thought")["stance"] == "held_formerly"
    ellman = one(seeded, "figures id:ellman-950000-1200000")
    assert ellman["measure"] == "died"
    assert ellman["scope"]["includes"]


def test_the_sentence_on_one_night_is_dubious(seeded: Database) -> None:
    """The sentence that contradicts the totals is kept, marked, with the reason."""
    row = one(seeded, "figures id:one-night-260000")
    assert row["status"] == "dubious"
    assert row["note"]
    assert row["citations"][0]["paragraph"] == 117


def test_order_00447_has_no_signer(seeded: Database) -> None:
    """The text does not say who signed it, and no role says so either."""
    order = one(seeded, "orders id:order-00447")
    assert (order["number"], order["date"], order["signed_by"]) == ("00447", "1937-07-30", None)
    assert seeded.query("roles role:signatory within:orders/order-00447").count == 0


def test_figures_read_as_their_words_say() -> None:
    """Every figure's words are read again to the same bounds, and a percentage is never above its whole."""
    for row in ROWS["figures"]:
        figure = Figure.parse(row["text"])
        if figure.unit:
            assert row["unit"] == figure.unit, row["id"]
        if row["unit"] == "percent":
            assert all(n is None or n <= 100 for n in (figure.low, figure.best, figure.high)), row["id"]


def test_claims_name_fields_that_are_there() -> None:
    """Each claim speaks of a field of its record, and a rival value is of that field's type."""
    for row in ROWS["claims"]:
        kind = row["record"].partition("/")[0]
        if row["field"]:
            fields = models.kind(kind).fields
            assert row["field"] in fields, row["id"]
            field = fields[row["field"]]
            if row["value"] and not field.kinds and not field.computed:
                field.read(row["value"])
