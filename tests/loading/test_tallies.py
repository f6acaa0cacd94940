"""Kept counts are those that counting anew gives, whatever a load, a prune or an undo did; all rows are invented."""

from __future__ import annotations

import random
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import delete, select

from terrordb import models
from terrordb.loading import tallies as keeping_counts
from terrordb.models import labels
from terrordb.models.engine import tallies
from terrordb.reports.database import check

if TYPE_CHECKING:
    from sqlalchemy import Connection
    from tests.loading.conftest import Desk

SOURCES = "id,title,kind\nmade-up,A Made-up Book (invented),book\n"
PLACES = "id,name,kind,source_id\nnowhere,Nowhere,city,made-up\nelsewhere,Elsewhere,prison,made-up\n"
PERSONS = (
    "id,name,sex,born,place_of_death,status,source_id\n"
    "a,Invented A,female,1890,nowhere,,made-up\nb,Invented B,,c. 1895,,,made-up\nc,Invented C,male,,,dubious,made-up\n"
)
CASES = (
    "id,person,arrested,outcome,place,status,source_id\n"
    "a-1,a,May 1937,executed,nowhere,,made-up\na-2,a,1938,unknown,elsewhere,,made-up\n"
    "b-1,b,1937,released,nowhere,dubious,made-up\nc-1,c,,,,withdrawn,made-up\n"
)
CURATED = {"sources.csv": SOURCES, "places.csv": PLACES, "persons.csv": PERSONS, "cases.csv": CASES}
LIST = "name,sex,born,record_no\n" + "".join(
    f"Invented {n},{'fe' * (n % 3 == 0)}male,18{90 + n % 5},{n}\n" for n in range(20)
)


def counted(connection: Connection) -> Counter[tuple[Any, ...]]:
    """Count every row by every path of which counts are kept, one label at a time, as a question would."""
    found: Counter[tuple[Any, ...]] = Counter()
    for kind in models.KINDS:
        table = models.kind(kind).__table__
        for path in labels.kept_paths(kind):
            columns = (labels.list_of(table), labels.standing(table), labels.label(kind, path))
            rows = connection.execute(select(*columns).select_from(table)).all()
            said = labels.say(connection, kind, path, (raw for *_, raw in rows))
            found.update((kind, ".".join(path), of, stood, said.get(raw, "")) for of, stood, raw in rows)
    return found


def kept(connection: Connection) -> Counter[tuple[Any, ...]]:
    """Read every count that is kept."""
    found: Counter[tuple[Any, ...]] = Counter()
    for row in connection.execute(select(tallies)).all():
        said = labels.say(connection, row.kind, tuple(row.field.split(".")), [row.label or None])
        found[row.kind, row.field, row.list, row.standing, said.get(row.label, "")] += row.rows
        # Persons are kept as they differ from what hangs on them.
        if (row.kind, *row.field.split(".")) in labels.kept_paths("persons"):
            found["persons", f"{row.kind}.{row.field}", row.list, row.standing, said.get(row.label, "")] += row.rows
    return Counter({place: count for place, count in found.items() if count})


def agree(desk: Desk) -> bool:
    """Say whether the counts are what counting gives; `db check` must find so too."""
    with desk.engine.connect() as connection:
        assert kept(connection) == counted(connection)
        return not list(keeping_counts.differing(connection))


def by(desk: Desk, kind: str, *path: str) -> dict[str | None, int]:
    """Read the kept counts of a path, of rows that stand."""
    with desk.engine.connect() as connection:
        rows = labels.kept(connection, kind, path)
    assert rows is not None
    return {of: count for of, stood, count in rows if stood == "stands"}


def test_what_is_kept_after_a_load(desk: Desk) -> None:
    """Cases are counted as cases, persons as persons, once each; what does not stand is told apart."""
    desk.load(CURATED)
    assert by(desk, "cases", "arrested", "year") == {"1937": 1, "1938": 1}
    assert by(desk, "cases", "place") == {"nowhere": 1, "elsewhere": 1}
    assert by(desk, "cases", "outcome") == {"executed": 1, None: 1}
    assert by(desk, "persons", "cases", "arrested", "year") == {"1937 | 1938": 1, "1937": 1}
    assert by(desk, "persons", "cases", "place") == {"elsewhere | nowhere": 1, "nowhere": 1}
    assert by(desk, "persons", "cases", "outcome") == {"executed": 1, "released": 1}
    assert by(desk, "persons", "born", "year") == {"1890": 1, "1895~": 1}
    assert by(desk, "persons", "sex") == {"female": 1, None: 1}
    with desk.engine.connect() as connection:
        every = labels.kept(connection, "cases", ("arrested", "year"))
        assert every is not None
        assert sorted(every, key=str) == [
            ("1937", "dubious", 1),
            ("1937", "stands", 1),
            ("1938", "stands", 1),
            (None, "withdrawn", 1),
        ]
        assert labels.total(connection, "cases") == {"dubious": 1, "stands": 2, "withdrawn": 1}
        assert labels.total(connection, "persons") == {"dubious": 1, "stands": 2}
        assert labels.kept(connection, "cases", ("charge",)) is None
        assert labels.kept(connection, "cases", ("arrested", "month")) is None
    assert agree(desk)


CHANGES = {
    "a case moves to another person": ("cases.csv", CASES.replace("a-2,a,", "a-2,b,")),
    "a case is dated otherwise": ("cases.csv", CASES.replace("May 1937", "about 1939")),
    "a case stands again": ("cases.csv", CASES.replace("nowhere,dubious", "nowhere,stated")),
    "a person is withdrawn": ("persons.csv", PERSONS.replace("c. 1895,,", "c. 1895,elsewhere,withdrawn")),
    "cases are gone": ("cases.csv", "\n".join(CASES.splitlines()[:2]) + "\n"),
    "a case more": ("cases.csv", CASES + "b-2,b,1937,executed,elsewhere,,made-up\n"),
    "a fate changes": ("cases.csv", CASES.replace("released", "executed")),
    "a place is called otherwise": ("places.csv", PLACES.replace("Elsewhere,prison", "Otherwhere,camp")),
}


@pytest.mark.parametrize(("file", "text"), CHANGES.values(), ids=CHANGES)
def test_a_changed_file_and_its_undo(desk: Desk, file: str, text: str) -> None:
    """After a load that changes, adds or removes rows, and after its undo, the counts are those of the rows."""
    desk.load(CURATED)
    before = desk.everything()["tallies"]
    outcome = desk.load({file: text}, prune=True)
    assert outcome.load
    assert agree(desk)
    desk.undo(outcome.load)
    assert agree(desk)
    assert desk.everything()["tallies"] == before


def test_the_first_load_undone_leaves_nothing(desk: Desk) -> None:
    """What no row tells is not kept."""
    desk.load(CURATED)
    desk.undo("load-1")
    assert desk.everything()["tallies"] == []


def test_lists_and_what_hangs_on_them(desk: Desk) -> None:
    """A list is counted apart; a curated case about one of its persons counts that person anew."""
    desk.load(CURATED)
    desk.load({"list.csv": LIST}, kind="persons")
    assert by(desk, "persons", "sex") == {"female": 8, "male": 13, None: 1}
    assert by(desk, "persons", "source") == {"made-up": 2, "list": 20}
    lists = {of for _, _, of, *_ in desk.everything()["tallies"]}
    assert lists == {0, 1}
    cases = "id,person,arrested,source_id\n" + "".join(f"of-{n},list:{n},19{30 + n},made-up\n" for n in (1, 2, 2 + 7))
    more = desk.load({"more_cases.csv": cases}, kind="cases")
    assert by(desk, "persons", "cases", "arrested", "year") == {"1937 | 1938": 1, "1937": 1} | {
        "1931": 1,
        "1932": 1,
        "1939": 1,
        None: 17,
    }
    assert agree(desk)
    desk.load({"list.csv": LIST.replace("Invented 2,male,1892", "Invented 2,female,1902")}, kind="persons")
    assert agree(desk)
    desk.undo(str(more.load), cascade=True)
    assert agree(desk)


def test_references_forward_are_counted(desk: Desk) -> None:
    """A reference to a row that comes later in the load is counted as it is in the end; fates by roles are too."""
    places = "id,name,kind,parent,source_id\nnowhere,Nowhere,city,outer,made-up\nouter,Outer,region,,made-up\n"
    desk.load({"sources.csv": SOURCES, "places.csv": places})
    assert by(desk, "places", "parent") == {"outer": 1, None: 1}
    desk.load({"persons.csv": PERSONS, "events.csv": "id,name,kind,source_id\nm,A made-up murder,murder,made-up\n"})
    desk.load({"roles.csv": "id,person,role,within,source_id\nr,a,killed,events/m,made-up\n"})
    assert by(desk, "persons", "fate") == {"killed": 1, None: 1}
    claims = "id,record,field,value,source_id\nx,persons/b,fate,survived,made-up\n"
    desk.load({"claims.csv": claims})
    assert by(desk, "persons", "fate") == {"killed": 1, "survived": 1}
    assert agree(desk)


@pytest.mark.parametrize("seed", range(4))
def test_any_loads_and_undos(desk: Desk, seed: int) -> None:
    """A random row of loads, prunings and undos leaves the counts of what then stands."""
    draw = random.Random(seed)
    desk.load({"sources.csv": SOURCES, "places.csv": PLACES})
    loads: list[str] = []
    for _ in range(8):
        if loads and draw.random() < 0.25:
            gone = desk.undo(draw.choice(loads), cascade=True)
            loads = [named for named in loads if named not in gone]
        else:
            statuses, places = ("", "dubious", "withdrawn"), ("", "nowhere", "elsewhere")
            persons = [f"p{n},Invented {n},{draw.choice(statuses)},{draw.choice(places)},made-up" for n in range(8)]
            years, outcomes = ("", "1937", "1938", "c. 1937", "1937-1938"), ("", "unknown", "executed", "released")
            cases = [
                f"c{n},p{draw.randrange(8)},{draw.choice(years)},{draw.choice(outcomes)},{draw.choice(places)},"
                f"{draw.choice(statuses)},made-up"
                for n in draw.sample(range(14), 9)
            ]
            text = {
                "persons.csv": "\n".join(["id,name,status,place_of_death,source_id", *persons, ""]),
                "cases.csv": "\n".join(["id,person,arrested,outcome,place,status,source_id", *cases, ""]),
            }
            outcome = desk.load(text, prune=draw.random() < 0.6)
            loads += [outcome.load] if outcome.load else []
        assert agree(desk)


def test_check_finds_a_planted_fault(desk: Desk) -> None:
    """A count that is wrong, one too many and one that is lacking are found by `db check`."""
    desk.load(CURATED)
    assert desk.sound()
    of = (tallies.c.kind == "cases", tallies.c.field == "arrested.year", tallies.c.standing == "stands")
    with desk.engine.begin() as connection:
        connection.execute(tallies.update().where(*of, tallies.c.label == "1937").values(rows=5))
        connection.execute(delete(tallies).where(tallies.c.field == "cases.outcome"))
    with desk.engine.connect() as connection:
        found = list(check(connection).rows)
    assert [(what, record) for what, record, _ in found] == [
        ("count", "cases by arrested.year"),
        ("count", "persons by cases.outcome"),
    ]
    assert found[0][2] == "curated rows: 1937 (stands): kept 5, counted 1"


def test_too_many_labels_are_not_kept(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where a field of a list has more labels than are kept, it says so, until the list is empty."""
    monkeypatch.setattr(keeping_counts, "MANY", 3)
    desk.load(CURATED)
    desk.load({"list.csv": LIST}, kind="persons")
    with desk.engine.connect() as connection:
        assert labels.kept(connection, "persons", ("born", "year")) is None  # 1890 to 1894: five
        assert labels.total(connection, "persons") == {"dubious": 1, "stands": 22}
    assert by(desk, "persons", "sex") == {"female": 8, "male": 13, None: 1}
    with desk.engine.connect() as connection:
        assert not list(keeping_counts.differing(connection))
    grown = PERSONS + "".join(f"x{n},Invented X{n},,{1800 + n},,,made-up\n" for n in range(3))
    desk.load({"persons.csv": grown})
    with desk.engine.connect() as connection:
        assert not list(keeping_counts.differing(connection))
        marks = connection.execute(select(tallies.c.list).where(tallies.c.standing == labels.TOO_MANY)).scalars()
        assert set(marks) == {0, 1}
    desk.undo("load-1", cascade=True)
    assert {row[2] for row in desk.everything()["tallies"] if row[0] == "persons"} == {1}


def test_a_migrated_database_is_counted(desk: Desk) -> None:
    """Where nothing is counted yet, as a migration leaves it, `fill` counts everything, and so does the next load."""
    desk.load(CURATED)
    desk.load({"list.csv": LIST}, kind="persons")
    whole = desk.everything()["tallies"]
    with desk.engine.begin() as connection:
        connection.execute(delete(tallies))
        assert labels.kept(connection, "cases", ("arrested", "year")) is None
        assert keeping_counts.fill(connection)
        assert not keeping_counts.fill(connection)
    assert desk.everything()["tallies"] == whole
    with desk.engine.begin() as connection:
        connection.execute(delete(tallies))
    desk.load({"cases.csv": CASES.replace("May 1937", "1941")})
    assert agree(desk)
    assert by(desk, "cases", "arrested", "year") == {"1941": 1, "1938": 1}
