"""Fields of other records: the ways a name leads, and the values at their ends, worked out by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import Connection, insert, select
from tests.querying.conftest import counted

from terrordb import models
from terrordb.errors import BadQuestion
from terrordb.querying import reaching, vocabulary
from terrordb.querying import records as module
from terrordb.querying.records import Row, named_fields, records
from terrordb.querying.selecting import find_id

if TYPE_CHECKING:
    from terrordb.library import Database


def read(connection: Connection, named: str, *names: str) -> Row:
    """Read some fields of one record."""
    ((kind, key),) = find_id(connection, named)
    (row,) = records(connection, kind, [key], named_fields(kind, names))
    return row


MANDELSTAM = ["mandelstam-case-1934", "mandelstam-case-1938"]
# What the files of data/seed say: record, name of a field, the words a table shows, what JSON has.
SEED: list[tuple[str, str, str, Any]] = [
    # backward: both cases of one person, in the order of their ids
    ("persons/mandelstam-osip", "cases.arrested", "1934; May 1938", ["1934", "1938-05"]),
    ("persons/mandelstam-osip", "arrested", "1934; May 1938", ["1934", "1938-05"]),
    ("persons/mandelstam-osip", "арест", "1934; May 1938", ["1934", "1938-05"]),
    ("persons/mandelstam-osip", "cases.sentenced", "August 2, 1938", ["1938-08-02"]),  # the other case has no date
    ("persons/mandelstam-osip", "cases.executed", "", []),
    # parts of dates
    ("persons/mandelstam-osip", "arrested.year", "1934; 1938", ["1934", "1938"]),
    ("persons/mandelstam-osip", "cases.arrested.month", "1934; 1938-05", ["1934", "1938-05"]),
    ("persons/mandelstam-osip", "дела.арест.год", "1934; 1938", ["1934", "1938"]),
    ("trials/moscow-trial-1", "opened.year", "1936", "1936"),
    ("trials/moscow-trial-1", "year", "1936", "1936"),
    ("operations/kulak-operation", "order.date.month", "1937-07", "1937-07"),
    # forward: one value
    ("cases/bukharin-case", "person.name", "Nikolai Bukharin", "Nikolai Bukharin"),
    ("cases/bukharin-case", "имя", "Nikolai Bukharin", "Nikolai Bukharin"),
    ("cases/bukharin-case", "trial.opened", "March 1938", "1938-03"),
    ("cases/yezhov-case", "trial.opened", "", None),
    ("operations/kulak-operation", "order.date", "July 30, 1937", "1937-07-30"),
    ("orders/politburo-resolution-1937-10-15", "amends.date", "July 30, 1937", "1937-07-30"),
    ("roles/bukharin-comintern-head", "within.name", "Communist International", "Communist International"),
    ("roles/bukharin-comintern-head", "body", "comintern", "comintern"),
    ("roles/bukharin-comintern-head", "trial", "", None),  # it is within a body
    ("roles/bukharin-comintern-head", "source.title", "Great Purge", "Great Purge"),
    # backward, then forward; forward, then backward
    ("persons/bukharin-nikolai", "cases.trial.opened", "March 1938", ["1938-03"]),
    (
        "trials/moscow-trial-1",
        "roles.person.name",
        "Lev Kamenev; Grigory Zinoviev",
        ["Lev Kamenev", "Grigory Zinoviev"],
    ),
    ("cases/mandelstam-case-1934", "person.cases.arrested.year", "1934; 1938", ["1934", "1938"]),
    ("operations/kulak-operation", "order.quotas.amount", "10000", [10000]),
    # a name that stands for several ways: the trial of the case, and that of the role
    ("persons/bukharin-nikolai", "trial.opened", "March 1938; March 1938", ["1938-03", "1938-03"]),
    ("persons/bukharin-nikolai", "trial", "moscow-trial-3; moscow-trial-3", ["moscow-trial-3", "moscow-trial-3"]),
    ("orders/politburo-resolution-1937-10-15", "quotas.amount", "63000; 57000; 120000", [63000, 57000, 120000]),
    # only rows with a code, only through one field
    ("persons/bukharin-nikolai", "rehabilitated", "1988", ["1988"]),
    ("persons/bukharin-nikolai", "rehabilitations.date", "1956–1957; 1988", ["1956/1957", "1988"]),
    ("persons/bukharin-nikolai", "spouse", "larina-anna", ["larina-anna"]),
    ("persons/yagoda-genrikh", "successor", "yezhov-nikolai", ["yezhov-nikolai"]),
    # whole records are their ids
    ("persons/mandelstam-osip", "cases", "; ".join(MANDELSTAM), MANDELSTAM),
    ("persons/mandelstam-osip", "дела", "; ".join(MANDELSTAM), MANDELSTAM),
    ("orders/order-00447", "quotas", "order-00447-gulag-category-1", ["order-00447-gulag-category-1"]),
    # citations
    ("persons/bukharin-nikolai", "cases.source", "great-purge-article", ["great-purge-article"]),
    ("persons/bukharin-nikolai", "roles.locator", "¶48; ¶43; ¶49; ¶40", ["¶48", "¶43", "¶49", "¶40"]),
    ("persons/bukharin-nikolai", "cases.paragraph", "43", [43]),
    ("persons/bukharin-nikolai", "paragraph", "43", 43),
]


@pytest.mark.parametrize(("record", "name", "said", "printed"), SEED)
def test_values_of_the_seed(seeded: Database, record: str, name: str, said: str, printed: Any) -> None:
    """What a name leads to is what the files of the seed say."""
    kind, _, named = record.partition("/")
    (row,) = seeded.query(f"{kind} id:{named}", fields=["id", name])
    assert row.said(name) == said
    assert row.as_dict() == {"id": named, name: printed}


def test_dates_are_dates(seeded: Database) -> None:
    """A row gives what a name leads to as values: dates as dates, lists as lists, and a part as words."""
    (row,) = seeded.query("persons id:mandelstam-osip", fields=["cases.arrested", "arrested", "born.year"])
    dates = row["cases.arrested"]
    assert [date.text for date in dates] == ["1934", "May 1938"]
    assert row.arrested == dates
    assert (str(dates[1].earliest), str(dates[1].latest)) == ("1938-05-01", "1938-05-31")
    assert row["born.year"] is None
    assert row.fields == ["cases.arrested", "arrested", "born.year"]
    assert {"arrested"} <= set(dir(row))
    with pytest.raises(KeyError):
        _ = row["cases.executed"]


def test_rows_of_a_list_cite_what_their_person_cites(connection: Connection) -> None:
    """What hangs on a list's row gives that row's source and line, from the person and from the case itself."""
    person = read(connection, "persons/list:7", "cases", "cases.source", "cases.locator", "cases.source.title")
    assert person.as_dict() == {
        "cases": ["list:7/case-1"],
        "cases.source": ["made-up-list"],
        "cases.locator": ["row 9"],
        "cases.source.title": ["A made-up list"],
    }
    case = read(connection, "list:7/case-1", "source", "locator", "source.title", "person.locator", "person.cases")
    assert case.as_dict() == {
        "source": "made-up-list",
        "locator": "row 9",
        "source.title": "A made-up list",
        "person.locator": "row 9",
        "person.cases": ["list:7/case-1"],
    }
    assert case.cells() == {"source_id": "", "locator": ""}  # its own cells are empty


def test_ways_with_several_rows_at_each_step(connection: Connection) -> None:
    """A way with two steps backward gives the rows of the first in their order, and of each the rows of the second."""
    person = read(connection, "second-b", "cases.outcome", "cases.person.cases.outcome", "cases.person.names")
    assert person["cases.outcome"] == ["imprisoned", "died_in_custody"]
    assert person["cases.person.cases.outcome"] == ["imprisoned", "died_in_custody"] * 2
    assert person["cases.person.names"] == ["Выдуманный Щербов", "Выдуманный Щербов"]
    trial = read(connection, "made-up-trial", "roles", "roles.person.cases", "roles.person.roles.within")
    assert trial["roles"] == ["role-a", "role-d", "role-e", "role-e3", "role-f2"]
    assert trial["roles.person.cases"] == ["case-a"]
    first = ["trials/made-up-trial", "bodies/made-up-council"]
    fourth = ["trials/made-up-trial", "bodies/made-up-press"]
    fifth = ["trials/made-up-trial", "trials/made-up-inquiry", "trials/made-up-trial"]
    sixth = ["events/made-up-speech", "trials/made-up-trial"]
    assert trial["roles.person.roles.within"] == [*first, *fourth, *fifth, *fifth, *sixth]


def test_the_first_of_what_says_the_same(connection: Connection) -> None:
    """Where a name stands for several fields of the same rows, each row gives the first that has a value."""
    cases = models.kind("cases").__table__
    connection.execute(cases.update().where(cases.c.id == "case-b").values(sentence="made-up words"))
    connection.execute(cases.update().where(cases.c.id.in_(("case-b", "case-b2"))).values(sentence_kind="itl"))
    person = read(connection, "second-b", "sentence", "cases.sentence", "cases.sentence_kind")
    assert person["sentence"] == ["made-up words", "itl"]
    assert person["cases.sentence"] == ["made-up words"]  # asked of cases, it is their field
    assert person["cases.sentence_kind"] == ["itl", "itl"]


def test_names_of_own_fields(connection: Connection) -> None:
    """Another word for a field of the kind's own is that field, with all it has in JSON."""
    assert named_fields("persons", ["имя", "source_id", "name"]) == ["name", "source"]
    assert named_fields("cases", ["trial", "суд", "арест"]) == ["trial", "arrested"]
    assert named_fields("figures", ["scope.trial", "scope.trial.opened"]) == ["trial", "scope.trial.opened"]
    assert read(connection, "figure-1", "scope.trial.opened").as_dict() == {"scope.trial.opened": "1938-03-02"}
    printed = read(connection, "first-a", "рождение", "born.year").as_dict()
    assert printed == {"born": "1890", "born_earliest": "1890-01-01", "born_latest": "1890-12-31", "born.year": "1890"}


@pytest.mark.parametrize(
    ("kind", "name", "near"),
    [
        ("persons", "nmae", "did you mean name"),
        ("persons", "cases.arested", "did you mean cases.arrested"),
        ("persons", "cases.person.nmae", "did you mean cases.person.name"),
        ("persons", "trial.opend", "did you mean trial.opened"),
        ("persons", "born.yaer", "did you mean born.year"),
        ("persons", "name.year", "name leads no further"),
        ("persons", "csaes.arrested", "did you mean arrested"),
        ("persons", "quotas.amount", ""),
        ("persons", "", ""),
        ("persons", ".", ""),
        ("persons", "cases.", ""),
    ],
)
def test_a_name_that_leads_nowhere(kind: str, name: str, near: str) -> None:
    """A name that stands for nothing is an error with the names nearest to it, in the words of its way."""
    with pytest.raises(BadQuestion, match="have no field") as error:
        named_fields(kind, [name])
    assert near in error.value.remedy


@pytest.mark.parametrize("kind", list(models.KINDS))
def test_every_name_can_be_read(connection: Connection, kind: str) -> None:
    """Every name that reaches something in a question reaches something as a field, and the engines can say it."""
    table = models.kind(kind).__table__
    names = [name for name in vocabulary.all_words(kind) if vocabulary.reach(kind, name)]
    for name in names:
        (field,) = named_fields(kind, [name])
        for row in records(connection, kind, select(table.c.key), [field]):
            assert field in row.fields
            row.said(field)


def test_a_statement_joins_no_more_than_it_may(connection: Connection) -> None:
    """However much is asked for at once, no statement has more tables than an engine takes."""
    names = ["record.source", "record.name", "record.person.name", "record.operation.name", "record.place.name"]
    names += ["record.trial.name", "record.order.name", "record.body.name", "record.person.source"]
    row = read(connection, "claim-1", *names, "record.id", "record.status")
    assert (row["record.name"], row["record.source"], row["record.status"]) == (
        "Testov, Alpha (invented)",
        "made-up",
        "stated",
    )


def test_the_number_of_queries_does_not_grow_with_what_is_reached(connection: Connection) -> None:
    """Fields of cases and of their trials take no query beside that for the rows; those of roles one more."""
    table = models.kind("persons").__table__
    keys = list(connection.scalars(select(table.c.key).order_by(table.c.id)))
    with counted(connection) as sent:
        list(records(connection, "persons", keys, ["name", "cases.arrested", "cases.trial.opened", "source"]))
        assert len(sent) == 1
        list(records(connection, "persons", keys, ["name", "cases.arrested", "roles.role"]))
        assert len(sent) == 3


def test_batches_of_rows_and_of_what_they_reach(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer read in small batches, with more rows behind than one statement asks for, is the same."""
    table, roles = models.kind("trials").__table__, models.kind("roles").__table__
    role = dict(connection.execute(select(roles).where(roles.c.id == "role-d")).mappings().one())
    more = [role | {"key": 1000 + n, "id": f"role-{n:04}"} for n in range(1100)]
    connection.execute(insert(roles), more)
    fields = ["id", "roles.person.name", "roles"]
    every = select(table.c.key).order_by(table.c.id)
    whole = [row.as_dict() for row in records(connection, "trials", every, fields)]
    (trial,) = (row for row in whole if row["id"] == "made-up-trial")
    assert len(trial["roles"]) == len(trial["roles.person.name"]) == 1105
    assert trial["roles"] == sorted(trial["roles"])
    monkeypatch.setattr(module, "BATCH", 1)
    assert [row.as_dict() for row in records(connection, "trials", every, fields)] == whole
    monkeypatch.setattr(reaching, "LONGEST", 2)
    assert [row.as_dict() for row in records(connection, "trials", every, fields)] == whole
