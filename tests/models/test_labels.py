"""Under which label a record is counted: dates, codes, references, through relations; all rows here are invented."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import func, select

from terrordb import database, models
from terrordb.errors import BadQuestion
from terrordb.loading import keeping
from terrordb.loading.sheets import open_sheet
from terrordb.models import labels
from terrordb.models.base import LIST

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection
    from tests.conftest import Maker

# A date as written; its label by year, by month, by day, and as it is.
DATES = [
    ("12 August 1937", "1937", "1937-08", "1937-08-12", "1937-08-12"),
    ("August 1937", "1937", "1937-08", "1937-08", "1937-08"),
    ("February 1936", "1936", "1936-02", "1936-02", "1936-02"),
    ("1937", "1937", "1937", "1937", "1937"),
    ("1937-1938", "1937/1938", "1937/1938", "1937/1938", "1937/1938"),
    ("August 1937 to September 1937", "1937", "1937-08/1937-09", "1937-08/1937-09", "1937-08/1937-09"),
    ("3 August 1937 to 9 August 1937", "1937", "1937-08", "1937-08-03/1937-08-09", "1937-08-03/1937-08-09"),
    ("5 December 1937 to 10 January 1938", "1937/1938", "1937-12/1938-01") + ("1937-12-05/1938-01-10",) * 2,
    ("June 1937 to 1938", "1937/1938", "1937-06/1938-12", "1937-06/1938-12", "1937-06/1938"),
    ("spring 1937", "1937", "1937-03/1937-05", "1937-03/1937-05", "1937-21"),
    ("winter 1937", "1936/1938", "1936-12/1938-02", "1936-12/1938-02", "1936-12/1938-02"),
    ("1930s", "1930/1939", "1930/1939", "1930/1939", "193X"),
    ("1937/..", "1937/..", "1937/..", "1937/..", "1937/.."),
    ("../1938", "../1938", "../1938", "../1938", "../1938"),
    ("after 1 May 1937", "1937/..", "1937-05/..", "1937-05-02/..", "1937-05-02/.."),
    ("by the summer of 1938", "../1938", "../1938-08", "../1938-08", "../1938-22"),
    ("before 15 March 1938", "../1938", "../1938-03", "../1938-03-14", "../1938-03-14"),
    ("c. 1890", "1890~", "1890~", "1890~", "1890~"),
    ("1890?", "1890?", "1890?", "1890?", "1890?"),
    ("1890%", "1890%", "1890%", "1890%", "1890%"),
    ("about May 1937", "1937~", "1937-05~", "1937-05~", "1937-05~"),
    ("?1937-06", "1937?", "1937-06?", "1937-06?", "?1937-06"),
    ("circa 1930s", "1930~/1939~", "1930~/1939~", "1930~/1939~", "193X~"),
    ("1937~/1938", "1937~/1938", "1937~/1938", "1937~/1938", "1937~/1938"),
    ("1937?/1938~", "1937?/1938~", "1937?/1938~", "1937?/1938~", "1937?/1938~"),
    ("perhaps 1937-1938", "1937?/1938?", "1937?/1938?", "1937?/1938?", "1937?/1938?"),
    ("c. early 1937", "1937~", "1937-01~/1937-04~", "1937-01~/1937-04~", "1937-01~/1937-04~"),
    ("1937~/..", "1937~/..", "1937~/..", "1937~/..", "1937~/.."),
    ("1937-05?/1937-06~", "1937~", "1937-05?/1937-06~", "1937-05?/1937-06~", "1937-05?/1937-06~"),
    ("", None, None, None, None),
]

FILES = {
    "sources.csv": "id,title,kind\nmade-up,A Made-up Book (invented),book\n",
    "places.csv": "id,name,kind,latitude,source_id\nnowhere,Nowhere,city,10.50,made-up\n"
    "anywhere,Anywhere,prison,12,made-up\nelsewhere,Elsewhere,prison,,made-up\n",
    "trials.csv": "id,name,kind,place,defendants,source_id\n"
    "made-up-trial,The Made-up Trial,show_trial,nowhere,17,made-up\n"
    "other-trial,Another Made-up Trial,closed_tribunal,,,made-up\n",
    "persons.csv": "id,name,sex,place_of_death,source_id\na,Invented A,female,nowhere,made-up\nb,Invented B,,,made-up\n"
    "c,Invented C,male,,made-up\nd,Invented D,,,made-up\ne,Invented E,,,made-up\n",
    "cases.csv": "id,person,arrested,trial,outcome,place,sentence_years,status,source_id\n"
    "a-1,a,1 May 1937,made-up-trial,executed,nowhere,10,,made-up\n"
    "b-1,b,1937,made-up-trial,unknown,elsewhere,,,made-up\n"
    "b-2,b,7 May 1937,,,elsewhere,2.5,,made-up\n"
    "b-3,b,,,,,,,made-up\n"
    "c-1,c,1938,other-trial,released,nowhere,10,,made-up\n"
    "c-2,c,1937,,unknown,anywhere,5,,made-up\n"
    "c-3,c,1939,,executed,elsewhere,,withdrawn,made-up\n"
    "d-1,d,1937,,,,,withdrawn,made-up\n"
    "d-2,d,c. 1937,,,,,dubious,made-up\n",
    "roles.csv": "id,person,role,within,source_id\nrole-a,a,defendant,trials/made-up-trial,made-up\n"
    "role-a2,a,witness,trials/other-trial,made-up\n",
    "rehabilitations.csv": "id,person,stage,date,source_id\nr-1,a,refused,1956,made-up\nr-2,a,granted,1957,made-up\n"
    "r-3,b,granted,1989,made-up\n",
    "dated.csv": "id,name,born,source_id\n"
    + "".join(f'date-{n},Dated {n} (invented),"{row[0]}",made-up\n' for n, row in enumerate(DATES)),
    "list.csv": "name,record_no\nInvented Listed,7\n",
}
KINDS = {"dated.csv": "persons", "list.csv": "persons"}


@pytest.fixture(scope="module")
def connection(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """Give a connection to a database of the invented rows."""
    models.everything()
    engine = database.writer(maker.make(seed=False))
    folder: Path = tmp_path_factory.mktemp("labels")
    sheets = []
    for name, text in FILES.items():
        (folder / name).write_text(text)
        sheets.append(open_sheet(folder / name, kind=KINDS.get(name), encoding="utf-8"))
        keeping.as_list(sheets[-1], None, engine)
    keeping.load(engine, sheets, label="invented", by="a test")
    # What hangs on a list's row: it has no id and no source of its own.
    hanging = {"key": LIST + 1, "person_key": LIST + 1, "status": "stated", "load_key": 1, "digest": b"invented"}
    with engine.connect() as lent:
        lent.execute(models.kind("cases").__table__.insert().values(hanging))
        yield lent
        lent.rollback()
    engine.dispose()


def labelled(connection: Connection, kind: str, *path: str) -> dict[str, str | None]:
    """Label every record of a kind, by id."""
    table = models.kind(kind).__table__
    raws = connection.execute(select(table.c.id, labels.label(kind, path))).all()
    said = labels.say(connection, kind, path, (raw for _, raw in raws))
    return {named: None if raw is None else said[raw] for named, raw in raws}


def test_dates(connection: Connection) -> None:
    """A date is written in the unit asked for, or in a greater one that it fills; ends keep their signs."""
    for n, parts in enumerate((("year",), ("month",), ("day",), ()), 1):
        found = labelled(connection, "persons", "born", *parts)
        read = [(row[0], parts, found[f"date-{at}"]) for at, row in enumerate(DATES)]
        assert read == [(row[0], parts, row[n]) for row in DATES]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("cases outcome", {"a-1": "executed", "b-1": None, "b-2": None, "c-2": None, "c-1": "released"}),
        ("cases place", {"a-1": "nowhere", "b-1": "elsewhere", "b-3": None}),
        ("cases sentence_years", {"a-1": "10", "b-2": "2.5", "b-1": None}),
        ("cases status", {"a-1": "stated", "c-3": "withdrawn"}),
        ("cases source", {"a-1": "made-up", None: "list"}),
        ("cases trial kind", {"a-1": "show_trial", "c-1": "closed_tribunal", "b-2": None}),
        ("cases trial place", {"a-1": "nowhere", "c-1": None}),
        ("cases trial place kind", {"b-1": "city", "c-1": None}),
        ("cases trial defendants", {"b-1": "17", "c-1": None}),
        ("cases person sex", {"a-1": "female", "b-1": None, "c-2": "male"}),
        ("persons named", {"a": "true"}),
        ("persons name", {"a": "Invented A"}),
        ("persons fate", {"a": "executed", "e": None}),
        ("places latitude", {"nowhere": "10.5", "anywhere": "12", "elsewhere": None}),
        ("roles within", {"role-a": "trials/made-up-trial"}),
        ("roles within kind", {"role-a": "show_trial"}),
        ("roles within/trials place", {"role-a": "nowhere", "role-a2": None}),
        # One label of several rows that agree; all of those that differ, in order; withdrawn rows say nothing.
        (
            "persons cases arrested year",
            {"a": "1937", "b": "1937", "c": "1937 | 1938", "d": "1937~", "e": None},
        ),
        ("persons cases arrested month", {"a": "1937-05", "b": "1937 | 1937-05", "c": "1937 | 1938"}),
        ("persons cases arrested", {"a": "1937-05-01", "b": "1937 | 1937-05-07"}),
        ("persons cases outcome", {"a": "executed", "b": None, "c": "released"}),
        # In order of the ids, whatever the order of keys.
        ("persons cases place", {"a": "nowhere", "b": "elsewhere", "c": "anywhere | nowhere"}),
        ("persons cases sentence_years", {"a": "10", "b": "2.5", "c": "10 | 5"}),
        ("persons cases trial kind", {"a": "show_trial", "c": "closed_tribunal", "d": None}),
        ("persons rehabilitations date year", {"a": "1956 | 1957", "b": "1989", "c": None}),
        ("persons rehabilitations[stage=granted] date year", {"a": "1957", "b": "1989"}),
        ("persons rehabilitations[stage=granted]", {"a": "1957", "b": "1989"}),
        ("persons roles role", {"a": "defendant | witness", "b": None}),
        ("persons roles[role=witness] within", {"a": "trials/other-trial"}),
        ("trials cases person sex", {"made-up-trial": "female", "other-trial": "male"}),
        ("places cases<burial_place outcome", {"nowhere": None}),
        ("places cases<place outcome", {"nowhere": "executed | released", "elsewhere": None}),
    ],
)
def test_labels(connection: Connection, path: str, expected: dict[str, str | None]) -> None:
    """Codes, numbers, references; forward through dots; backward once for each record."""
    kind, *names = path.split()
    found = labelled(connection, kind, *names)
    assert {named: found[named] for named in expected} == expected


def test_a_count_adds_up(connection: Connection) -> None:
    """Grouped in SQL, every person stands under one label or under none."""
    persons = models.kind("persons").__table__
    of_year = labels.label("persons", ("cases", "arrested", "year"))
    counts = select(of_year, func.count()).select_from(persons).group_by(of_year)
    found: dict[Any, int] = dict(map(tuple, connection.execute(counts)))
    assert found.pop(None) == len(DATES) + 2  # those with a date of birth alone, e, and the listed one
    assert sum(found.values()) == 4
    assert connection.scalar(select(func.count()).select_from(persons)) == len(DATES) + 6


def test_an_alias_is_labelled_too(connection: Connection) -> None:
    """The label of an alias's rows is by that alias, through relations too."""
    other = models.kind("persons").__table__.alias("other")
    for path, expected in ((("sex",), "male"), (("cases", "arrested", "year"), "1937 | 1938")):
        assert connection.scalar(select(labels.label("persons", path, other)).where(other.c.id == "c")) == expected


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("cases arested", "cases have no field 'arested'"),
        ("cases arrested decade", "arrested has no part 'decade'"),
        ("cases outcome year", "outcome has no part 'year'"),
        ("cases trial sex", "trials have no field 'sex'"),
        ("persons names", "names is worked out"),
        ("persons quotas date", "no field of quotas points to persons"),
    ],
)
def test_what_has_no_label(path: str, said: str) -> None:
    """A path that leads nowhere, or to what no column holds, is refused."""
    kind, *names = path.split()
    with pytest.raises(BadQuestion, match=said):
        labels.label(kind, tuple(names))


def test_what_counts_are_kept_of() -> None:
    """Dates by year, codes, references but those to persons; of persons, what hangs on them too."""
    cases = labels.kept_paths("cases")
    assert {("arrested", "year"), ("sentence_kind",), ("place",), ("trial",), ("status",)} <= set(cases)
    assert {("person",), ("charge",), ("arrested",), ("sentence_years",)}.isdisjoint(cases)
    persons = labels.kept_paths("persons")
    assert {("born", "year"), ("sex",), ("fate",), ("cases", "arrested", "year"), ("cases", "place")} <= set(persons)
    assert {("cases", "status"), ("cases", "person"), ("rehabilitations", "case")}.isdisjoint(persons)
