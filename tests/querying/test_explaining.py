"""What a question means in English, by which statement it is answered, and why it finds nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from terrordb import database, models
from terrordb.querying import explaining
from terrordb.querying.deciding import count, decide
from terrordb.querying.explaining import Asking, emptied, explain, scans, sql
from terrordb.querying.grammar import parse
from terrordb.querying.grouping import grouped
from terrordb.querying.ranking import select_keys
from terrordb.querying.records import records
from terrordb.querying.wording import sentence

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb import library

OPEN = "; certain or possible."
SILENT = "; certain or possible; what no source tells counts neither way."
EXECUTED = "executed (put to death after a sentence or by order)"
KILLED = "killed (killed without a sentence: murder, massacre, torture)"
VMN = "vmn (death, высшая мера наказания)"

# By hand, from the rules of docs/questions.md and the cells of conftest.py.
SENTENCES = {
    # names, words and ids
    "Ежов": "Persons who have a name like “Ежов”.",
    '"alpha testov"': "Persons who have a name like “alpha testov”.",
    "ежо*": "Persons who have a name with a word that begins with “ежо”.",
    "*хач*": "Persons who have a name with a word that holds “хач”.",
    "first-a": "Persons who have the id first-a or a name like it.",
    "not testov": "Persons who have no name like “testov”.",
    "names:nobody": "Persons who have a name like “nobody”.",
    "name:=nobody": f"Persons who have just “nobody” as their name{OPEN}",  # a claim may have another
    "list:7": "Persons who have the id list:7.",
    "sources made-up": "Sources that have the id made-up or a title like it.",
    "figures people": "Figures that speak of “people”.",
    # dates
    "born:1890": f"Persons who were born in 1890{OPEN}",
    "not born:1890": f"Persons who were not born in 1890{SILENT}",
    "not (not born:1890)": f"Persons who were born in 1890{OPEN}",
    "born:1890-05": f"Persons who were born in May 1890{OPEN}",
    "born:1890-05-03": f"Persons who were born on 3 May 1890{OPEN}",
    "born:1890..1900": f"Persons who were born in the time from 1890 to 1900{OPEN}",
    "born:..1900": f"Persons who were born in 1900 or earlier{OPEN}",
    "born:1890-05..": f"Persons who were born in May 1890 or later{OPEN}",
    "born:1890,1895": f"Persons who were born in 1890 or in 1895{OPEN}",
    "born:=1890": f"Persons who were born in just 1890{OPEN}",
    'died:"summer of 1938"': f"Persons who died within “summer of 1938”{OPEN}",
    "not died:1938": f"Persons who did not die in 1938{SILENT}",
    "born:any": "Persons who have a date of birth.",
    "born:none": "Persons who have no date of birth.",
    "not born:any": "Persons who have no date of birth.",
    "born.month:3..5": f"Persons who were born from March to May of any year{OPEN}",
    "born.day:22": f"Persons who were born on the 22nd day of any month{OPEN}",
    "trials opened:1938": f"Trials that were opened in 1938{OPEN}",
    "events date:1937": f"Events that have a date in 1937{OPEN}",
    "bodies not begun:1937": f"Bodies that did not begin in 1937{SILENT}",
    # texts, codes, numbers, flags
    "nationality:поляк": f"Persons who have “поляк” in their nationality{OPEN}",
    "nationality:=поляк": f"Persons who have just “поляк” as their nationality{OPEN}",
    "occupation:~^eng": f"Persons who have a match of the regular expression “^eng” in their occupation{OPEN}",
    "fate:executed,killed": f"Persons who have the fate {EXECUTED} or {KILLED}{OPEN}",
    "судьба:расстрелян": f"Persons who have the fate {EXECUTED}{OPEN}",
    "fate:none": "Persons who have no fate, or an unknown one.",
    "fate:any": "Persons who have a known fate.",
    "places kind:prison": "Places that are of the kind prison.",
    "named:false": "Persons who are not named by the source.",
    "not named:false": "Persons who are named by the source.",
    "quotas amount:200..57000": f"Quotas that have 200 to 57,000 as their amount{OPEN}",
    "quotas amount:..200": f"Quotas that have at most 200 as their amount{OPEN}",
    "places aliases:utopia": f"Places that have “utopia” among their aliases{OPEN}",
    "footnote:3": f"Persons who have 3 among their footnotes{OPEN}",
    "paragraph:75..80": "Persons who stand in ¶75 to ¶80.",
    # states
    "contested": "Persons who are marked contested.",
    "not citation_needed": "Persons who are not marked citation needed.",
    "uncited": "Persons who have no citation.",
    "not uncited": "Persons who have a citation.",
    # records that are named, with their parts or without
    "cases place:nowhere": f"Cases that have Nowhere or a place in it as their place{OPEN}",
    "cases place:=nowhere": f"Cases that have Nowhere as their place{OPEN}",
    "cases place:neverland": f"Cases that have a place named like “neverland” or a place in one as their place{OPEN}",
    "places parent:nowhere": f"Places that lie in Nowhere or a place in it{OPEN}",
    "cases trial:made-up-trial": f"Cases that have “The made-up trial” (made-up-trial) as their trial{OPEN}",
    "statements about:made-up-trial": f"Statements that are about “The made-up trial” (made-up-trial){OPEN}",
    "figures places:nowhere": f"Figures that have Nowhere among their places{OPEN}",
    # forward and backward
    "cases trial.opened:1938": f"Cases that have a trial opened in 1938{OPEN}",
    "cases person.born:..1900": f"Cases that have a person born in 1900 or earlier{OPEN}",
    "cases person.died:1938": f"Cases that have a person who died in 1938{OPEN}",
    "roles within.opened:1938": f"Roles that are in a trial opened in 1938{OPEN}",
    "arrested:1937": f"Persons who were arrested in 1937{OPEN}",
    "арест:1937": f"Persons who were arrested in 1937{OPEN}",
    "cases.arrested:1937": f"Persons who were arrested in 1937{OPEN}",
    "charge:spying": f"Persons who have a case with “spying” in its charge{OPEN}",
    "charge:none": "Persons who have no case with a charge.",
    "outcome:released": f"Persons who have a case with the outcome released (set free){OPEN}",
    "sentence:vmn": f"Persons who were sentenced to {VMN}{OPEN}",
    "приговор:вмн": f"Persons who were sentenced to “вмн” or {VMN}{OPEN}",
    "sentence:десять": f"Persons who were sentenced to “десять”{OPEN}",
    "rehabilitated:any": "Persons who were rehabilitated.",
    "not rehabilitated:any": "Persons who were not rehabilitated.",
    "rehabilitated:1957": f"Persons who were rehabilitated in 1957{OPEN}",
    "roles.plea:guilty": f"Persons who have a role with the plea guilty (pleaded guilty){OPEN}",
    "roles.role:head": "Persons who have the role head (headed it).",
    "judge:made-up-trial": "Persons who have the role judge (judged) in “The made-up trial” (made-up-trial).",
    "trials judge:sixth-f": "Trials that have “Nobody, Zeta (invented)” (sixth-f) as their judge.",
    "trials not roles.role:judge": "Trials that have nobody in the role judge (judged).",
    "trial:made-up-trial": "Persons who have “The made-up trial” (made-up-trial) as their trial "
    f"(trial of a case or a role){OPEN}",
    "trial.opened:1938": "Persons who either have a case with a trial opened in 1938 or have a role in a trial "
    f"opened in 1938{OPEN}",
    "cases date:1938": f"Cases that have a date in 1938 (arrest, sentencing, or execution){OPEN}",
    "spouse:first-a": "Persons who have “Testov, Alpha (invented)” (first-a) as their spouse.",
    # what binds what
    "born:1890 died:1938 named:true": "Persons who were born in 1890, died in 1938, and are named by the source" + OPEN,
    "born:1890 or died:1938": f"Persons who either were born in 1890 or died in 1938{OPEN}",
    "born:1890 (died:1938 or died:1939)": f"Persons who were born in 1890, and died in 1938 or in 1939{OPEN}",
    "born:1890 (died:1938 or contested)": "Persons who were born in 1890, and either died in 1938 or are marked "
    f"contested{OPEN}",
    "born:1890 or died:1938 named:true": "Persons who either were born in 1890, or both died in 1938 and are named by "
    f"the source{OPEN}",
    "not (born:1890 or died:1938)": f"Persons who neither were born in 1890 nor died in 1938{SILENT}",
    "not (born:1890 died:1938)": f"Persons who either were not born in 1890 or did not die in 1938{SILENT}",
    "born:1890 or (died:1938 and (contested or named:true))": "Persons who either were born in 1890, or both died in "
    f"1938 and (either are marked contested or are named by the source){OPEN}",
    "sentence:vmn (nationality:поляк or nationality:немец) not rehabilitated:any": "Persons who were sentenced to "
    f"{VMN}, have “поляк” or “немец” in their nationality, and were not rehabilitated{OPEN}",
}
LEFT_OUT = "dubious and withdrawn records left out."
BESIDE: list[tuple[str, dict[str, Any], str]] = [
    ("", {"sort": "born:desc"}, "All persons; sorted by date of birth (descending)."),
    ("", {"limit": 5}, "All persons; the first 5 of them."),
    ("", {"fields": ["id", "born"], "named": True}, "All persons; of each the fields id and born."),
    ("born:1890", {"certain": True}, "Persons who were born in 1890; certain only."),
    ("", {"by": ["arrested.year"]}, f"All persons; counted by year of arrest, {LEFT_OUT}"),
    ("cases", {"by": ["trial.kind"]}, f"All cases; counted by kind of the trial, {LEFT_OUT}"),
    (
        "born:1890",
        {"by": ["sex", "born.month"], "dubious": True},
        f"Persons who were born in 1890{OPEN[:-1]}; counted by sex and month of birth, {LEFT_OUT[:-9]}included.",
    ),
    ("", {"by": ["sex"], "top": 3}, f"All persons; counted by sex, the 3 greatest groups alone, {LEFT_OUT}"),
    ("", {"by": ["sex"], "distinct": True}, f"All persons; each sex once, {LEFT_OUT}"),
    ("born:any", {"count": True}, f"Persons who have a date of birth; counted, {LEFT_OUT}"),
    (
        "born:1890",
        {"count": True},
        f"Persons who were born in 1890; counted by how certain they are, {LEFT_OUT}",
    ),
    ("loads", {"count": True}, "All loads; counted."),
]


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give all the time it takes: what is said must not depend on how fast a machine is."""
    monkeypatch.setattr(explaining, "SECONDS", 600.0)


def asking(connection: Connection, question: str, fields: tuple[str, ...] = ("name",), **beside: Any) -> Asking:
    """Ask a question with what stands beside it."""
    asked = parse(question)
    rows = select_keys(connection, asked, beside.get("sort"), certain=beside.get("certain", False))
    return Asking(asked, decide(connection, asked), rows, **{"fields": fields} | beside)


def answered(connection: Connection, wanted: Asking) -> list[tuple[Any, ...]]:
    """Run the statement as it is written, and nothing else."""
    unread = connection.execution_options(no_parameters=True)
    return [tuple(row) for row in unread.exec_driver_sql(sql(connection, wanted))]


# -- sentences --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("question", SENTENCES)
def test_a_question_is_said_in_english(connection: Connection, question: str) -> None:
    """Each type of field, each form of a term, and what `and`, `or` and `not` bind have their words."""
    assert sentence(connection, asking(connection, question)) == SENTENCES[question]


@pytest.mark.parametrize(("question", "beside", "said"), BESIDE)
def test_what_stands_beside_a_question_is_said_too(
    connection: Connection, question: str, beside: dict[str, Any], said: str
) -> None:
    """Order, number, fields, groups and counts are told after the terms, and what counts leave out."""
    assert sentence(connection, asking(connection, question, **beside)) == said


@pytest.mark.parametrize("kind", models.MODULES)
def test_every_field_of_every_kind_has_words(connection: Connection, kind: str) -> None:
    """A field without a phrase of its own is said by its name; a new kind needs no word here."""
    for name in models.kind(kind).fields:
        if name != "id":
            said = sentence(connection, asking(connection, f"{kind} {name}:any not {name}:none"))
            assert re.fullmatch(r"[A-Z][a-z ]+ (who|that) (have|are|stand) [^_]+ and (have|are|stand) [^_]+\.", said), (
                said
            )


# -- statements -------------------------------------------------------------------------------------------------------


def test_the_statement_gives_the_rows(connection: Connection) -> None:
    """Text ids, the fields that are asked for and the answer, in the order of the answer; never a key."""
    born = answered(connection, asking(connection, "born:1890"))
    assert born == [("first-a", "Testov, Alpha (invented)", "yes"), ("second-b", "Выдуманный Щербов", "maybe")]
    assert answered(connection, asking(connection, "born:1890", certain=True)) == born[:1]
    assert answered(connection, asking(connection, "born:1999")) == []


def test_the_statement_shows_fields_as_they_are_read(connection: Connection) -> None:
    """References are ids, with their kind where a cell has it; what hangs on a list's row is named and cited so."""
    cases = asking(connection, "cases", ("person", "trial", "source", "executed"), limit=7)
    rows = answered(connection, cases)
    assert rows[0] == ("case-a", "first-a", "made-up-trial", "made-up", 19380315, 19380315, "yes")
    assert rows[-1] == ("list:7/case-1", "list:7", None, "made-up-list", None, None, "yes")
    roles = answered(connection, asking(connection, "roles role:head", ("within", "person")))
    assert roles == [("role-a2", "bodies/made-up-council", "first-a", "yes")]
    derived = answered(connection, asking(connection, "first-a", ("names", "named")))
    assert derived == [("first-a", "Testov, Alpha (invented); Пробников, Альфа", "true", "yes")]


@pytest.mark.parametrize(
    ("question", "by"),
    [
        ("persons", "born.year"),
        ("persons", "born.month"),
        ("persons", "born"),
        ("persons", "cases.outcome"),
        ("persons", "roles.within"),
        ("persons", "named,fate"),
        ("persons born:1890", "born.year"),
        ("figures", "claimed_by"),
        ("figures", "best"),
        ("cases", "source"),
        ("cases", "sentence_years"),
        ("quotas", "amount"),
        ("places", "parent.kind"),
        ("claims", "record"),
    ],
)
@pytest.mark.parametrize("top", [None, 2])
def test_the_statement_gives_the_groups(connection: Connection, question: str, by: str, top: int | None) -> None:
    """Labels are as they are read - ids, signs of doubt, several rows of one record - in the same order."""
    wanted = asking(connection, question, by=by.split(","), top=top)
    groups = grouped(connection, wanted.kind, wanted.verdict, wanted.by)
    groups = groups if top is None else sorted(groups, key=lambda group: -group.rows)[:top]
    assert answered(connection, wanted) == [(*group.labels, group.rows) for group in groups]


def test_years_keep_their_signs(connection: Connection) -> None:
    """By hand, from the cells: first-a, second-b, third-c and fifth-e have a date; fourth-d is dubious."""
    years = answered(connection, asking(connection, "persons", by=["born.year"]))
    assert sorted(years, key=str) == sorted(
        [("1890", 1), ("1895", 1), ("../1899", 1), ("1905~", 1), (None, 4)], key=str
    )


@pytest.mark.parametrize("dubious", [False, True])
def test_the_statement_gives_the_counts(connection: Connection, dubious: bool) -> None:
    """The five numbers of a count, in one row."""
    wanted = asking(connection, "born:1890 or dubious", count=True, dubious=dubious)
    (row,) = answered(connection, wanted)
    assert tuple(map(int, row)) == ((2, 3, 4, 9, 0) if dubious else (1, 2, 4, 8, 1))
    assert tuple(map(int, row)) == tuple(count(connection, "persons", wanted.verdict, dubious=dubious))


@pytest.mark.parametrize(
    "question", ["testov", "fate:killed born:any", "arrested:1937 or parts:judge", "cases place:nowhere"]
)
def test_the_statement_gives_the_order_of_the_answer(connection: Connection, question: str) -> None:
    """Whatever the order is, by id, by nearness or by a field, it is the statement's."""
    question = question.replace("parts:judge", "parts:perpetrator")
    for beside in ({}, {"sort": "id:desc"}, {"limit": 1}):
        wanted = asking(connection, question, **beside)
        assert wanted.rows is not None
        keys = wanted.rows if wanted.limit is None else wanted.rows.limit(wanted.limit)
        rows = records(connection, wanted.kind, keys, ["id"])
        assert [row[0] for row in answered(connection, wanted)] == [row.id for row in rows]


SIGNS = 'it\'s 100% \\ "so" :param_1 ? ; -- /* %s'


def test_signs_of_sql_are_signs(connection: Connection) -> None:
    """A quote, a backslash, a percent sign or a colon in a value is itself, and a null is one."""
    table = models.kind("persons").__table__
    connection.execute(table.update().where(table.c.id == "sixth-f").values(occupation=SIGNS))
    wanted = asking(connection, 'persons occupation:"100% \\\\ \\"so"', ("occupation", "party", "named"))
    assert answered(connection, wanted) == [("sixth-f", SIGNS, None, "true", "yes")]
    assert answered(connection, asking(connection, """persons id:"o'brien%:x\\\\" """)) == []
    assert explain(connection, wanted).parameters["occupation_1"] == [SIGNS]


def test_an_explanation_has_parameters_by_name(connection: Connection) -> None:
    """What a column is compared with is a parameter, a list being one; constants stand in the statement."""
    told = explain(connection, asking(connection, "quotas stage:initial amount:100..200"))
    assert (
        told.sentence
        == "Quotas that have the stage initial (set by the order itself) and have 100 to 200 as their amount" + OPEN
    )
    assert {name: told.parameters[name] for name in ("amount_1", "amount_2", "stage_1")} == {
        "amount_1": 100,
        "amount_2": 200,
        "stage_1": "initial",
    }
    assert set(re.findall(r":(\w+)", told.sql)) == set(told.parameters)
    lines = str(told).splitlines()
    assert lines[:2] == [told.sentence, ""]
    assert ":amount_1 = 100" in lines
    assert ":stage_1 = 'initial'" in lines


def test_a_long_list_is_shortened_where_it_is_printed(connection: Connection) -> None:
    """The parameter has all of a list, what is printed its first values and how many there are."""
    table = models.kind("persons").__table__
    row = dict(connection.execute(table.select().where(table.c.id == "sixth-f")).mappings().one())
    made = [row | {"key": 100 + n, "id": f"invented-{n:02}", "occupation": f"invented work {n:02}"} for n in range(12)]
    connection.execute(table.insert(), made)
    told = explain(connection, asking(connection, 'persons occupation:"invented work"'))
    assert sorted(told.parameters["occupation_1"]) == [f"invented work {n:02}" for n in range(12)]
    assert "… 12 values)" in str(told)
    assert len(answered(connection, asking(connection, 'persons occupation:"invented work"'))) == 12


@pytest.mark.parametrize("question", ["fate:killed born:1890", "cases place:nowhere arrested:1937", "testov"])
def test_a_statement_is_broken_into_lines(connection: Connection, question: str) -> None:
    """Keywords of the statement begin lines, and lines are of a width that can be read."""
    lines = explain(connection, asking(connection, question)).sql.splitlines()
    assert max(map(len, lines)) <= 100
    assert {"SELECT", "FROM", "WHERE", "ORDER"} <= {line.split()[0] for line in lines if not line.startswith(" ")}


# -- why nothing is found ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "lines"),
    [
        ("occupation:cosmonaut", ["no person has occupation:cosmonaut"]),
        ("born:1890 occupation:cosmonaut", ["no person has occupation:cosmonaut"]),
        (
            "occupation:cosmonaut died:1999",
            ["no person has occupation:cosmonaut", "no person has died:1999"],
        ),
        # first-a, and second-b perhaps; third-c; nobody else has both
        ("born:1890 died:1938", ["born:1890 and died:1938 find nothing together; without died:1938 there would be 2"]),
        (
            "born:1890 named:true died:1938",
            ["born:1890 and died:1938 find nothing together; without died:1938 there would be 2"],
        ),
        (
            "(named:true and (born:1890 and died:1938))",
            ["born:1890 and died:1938 find nothing together; without died:1938 there would be 2"],
        ),
        (
            "born:1890 not born:any",
            ["born:1890 and not born:any find nothing together; without not born:any there would be 2"],
        ),
        (
            "(born:1901 or died:1938) born:1890",
            ["(born:1901 or died:1938) and born:1890 find nothing together; without born:1890 there would be 1"],
        ),
        ("testov zeta", ["testov and zeta find nothing together; without zeta there would be 2"]),
        ("nobodyatall", ["no person is named nobodyatall"]),
        ("contested", ["no person is contested"]),
        ("figures xyzzy", ["no figure speaks of xyzzy"]),
        ("not (named:true or named:false)", ["no person answers not (named:true or named:false)"]),
        ("rehabilitations stage:granted", ["there are no rehabilitations at all"]),
        ("rehabilitations", []),
    ],
)
def test_an_empty_answer_names_the_terms(connection: Connection, question: str, lines: list[str]) -> None:
    """Terms that alone find nothing are named, else the fewest that do so together and what one of them costs."""
    assert emptied(connection, parse(question)) == lines


def test_the_nearest_names_are_told(connection: Connection) -> None:
    """Of a word that no name has, those are named that differ by a slip."""
    told = emptied(connection, parse('"tesdov zeta"'))
    assert told[0] == 'no person is named "tesdov zeta"'
    assert told[1].startswith("the nearest names to tesdov: Testov")
    assert len(told) == 2


def test_what_is_only_possible_is_told(connection: Connection) -> None:
    """Where only certain rows are asked for and none is, the possible ones are counted (fifth-e, about 1905)."""
    told = ["nothing is certain; without --certain there would be 1"]
    assert emptied(connection, parse("born:1904..1906"), certain=True) == told


def test_a_long_question_is_left_alone(connection: Connection) -> None:
    """No more than some twenty statements are asked to find out why."""
    terms = " ".join(["named:true"] * 15 + ["born:any"] * 15)
    assert emptied(connection, parse(f"{terms} born:none")) == []


# -- what is read whole -----------------------------------------------------------------------------------------------


def read(db: library.Database, question: str, most: int) -> list[str]:
    """Say what a question reads whole, where no table is too small for its index."""
    with db.connect() as connection:
        if not database.is_file(db.engine.url):
            connection.exec_driver_sql("SET enable_seqscan = off")
        return [str(scan) for scan in scans(connection, select_keys(connection, parse(question)), most)]


def test_what_is_read_whole_is_named_by_the_plan(seeded: library.Database) -> None:
    """A text has no index, an id has one; the number is that of the kept counts."""
    with seeded.connect() as connection:
        persons = len(connection.execute(models.kind("persons").__table__.select()).all())
    assert read(seeded, "persons occupation:poet", 50) == [f"reads all {persons:,} persons: no index answers it"]
    assert read(seeded, "persons id:lenin", 50) == []
    assert read(seeded, "persons occupation:poet", 100_000) == []
