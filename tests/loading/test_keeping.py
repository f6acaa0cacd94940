"""Loads: what is added, replaced, left alone, listed as vanished, and refused; on both engines, with invented rows."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import URL, select

from terrordb import database, models
from terrordb.loading import keeping, seed
from terrordb.loading.sheets import open_sheet
from terrordb.models.base import LIST
from terrordb.models.engine import changes, name_words, word_uses

if TYPE_CHECKING:
    from tests.conftest import Maker
    from tests.loading.conftest import Desk

PERSONS = "id,name,born,source_id\nfictive-anna,Fictive Anna,1890,made-up\nfictive-boris,Fictive Boris,1891,made-up\n"
MANY = range(2500)  # batches are of 1000 rows


def many(header: str, row: str, *further: str) -> str:
    """Write a CSV of 2500 rows, `%` being the row's number, and further rows at its end."""
    return "\n".join([header, *(row.replace("%", str(n)) for n in MANY), *further, ""])


def counts(outcome: keeping.Outcome) -> tuple[int, int, int, int, int]:
    """Give rows read, added, unchanged, changed, removed."""
    return outcome.rows, outcome.added, outcome.unchanged, outcome.changed, outcome.removed


# ---------------------------------------------------------------- added, unchanged, changed


def test_rows_are_added_and_counted(cited: Desk) -> None:
    """A first load adds every row, is named in the journal with its file's hash, and cites as it says."""
    outcome = cited.load({"persons.csv": PERSONS})
    assert (outcome.load, counts(outcome)) == ("load-2", (2, 2, 0, 0, 0))
    assert cited.cells("persons")["fictive-anna"] == {
        "name": "Fictive Anna",
        "born": "1890",
        "named": "true",
        "source_id": "made-up",
    }
    entry = cited.column("loads", "file", "hash", "rows", "added", "changed", "removed", "undone")["load-2"]
    assert entry == ("a test", hashlib.sha256(PERSONS.encode()).hexdigest(), 2, 2, 0, 0, None)
    assert cited.column("persons", "row_no") == {"fictive-anna": 2, "fictive-boris": 3}
    assert cited.sound()


def test_the_same_again_is_no_load(cited: Desk) -> None:
    """What is there already changes no table at all, in whatever order its rows and columns stand."""
    cited.load({"persons.csv": PERSONS})
    before = cited.everything()
    outcome = cited.load({"persons.csv": PERSONS})
    assert (outcome.load, counts(outcome), outcome.vanished) == (None, (2, 0, 2, 0, 0), 0)
    turned = (
        "source_id,born,id,name\nmade-up,1891,fictive-boris,Fictive Boris\nmade-up,1890,fictive-anna,Fictive Anna\n"
    )
    assert cited.load({"persons.csv": turned}).load is None
    assert cited.everything() == before


def test_a_changed_row_replaces_the_former(cited: Desk) -> None:
    """A row whose cells changed is updated and reported; `changes` keeps the former; its words are found anew."""
    cited.load({"persons.csv": PERSONS})
    outcome = cited.load({"persons.csv": PERSONS.replace("Fictive Anna,1890", "Unreal Anna,1892")})
    assert (outcome.load, counts(outcome), outcome.changed_ids) == ("load-3", (2, 0, 1, 1, 0), ["fictive-anna"])
    assert cited.cells("persons")["fictive-anna"]["born"] == "1892"
    assert cited.column("persons", "load_key") == {"fictive-anna": 3, "fictive-boris": 2}
    key = cited.column("persons", "key")["fictive-anna"]
    with cited.engine.connect() as connection:
        (row,) = connection.execute(select(changes)).all()
        assert (row.load_key, row.kind, row.key) == (3, "persons", key)
        assert '"Fictive Anna"' in row.former
        found = select(name_words.c.word).join(word_uses, word_uses.c.word_key == name_words.c.key)
        words = set(connection.scalars(found.where(word_uses.c.kind == "persons", word_uses.c.key == key)))
    assert words == {"unreal", "anna"}
    assert cited.sound()


def test_a_column_that_is_gone_is_emptied(cited: Desk) -> None:
    """A row replaces the whole former one: a column that the new file lacks is empty, one with a default has that."""
    cited.load({"persons.csv": "id,name,born,status,source_id\nfictive-anna,Fictive Anna,1890,dubious,made-up\n"})
    outcome = cited.load({"persons.csv": "id,name,source_id\nfictive-anna,Fictive Anna,made-up\n"})
    assert counts(outcome) == (1, 0, 0, 1, 0)
    assert cited.column("persons", "born_earliest", "status") == {"fictive-anna": (None, "stated")}
    assert cited.sound()


def test_a_reference_is_changed(cited: Desk) -> None:
    """An update points a row to another record, or to none."""
    places = "id,name,kind,source_id\nnowhere,Nowhere,city,made-up\nelsewhere,Elsewhere,city,made-up\n"
    cases = "id,person,place,source_id\ncase-1,fictive-anna,nowhere,made-up\ncase-2,fictive-anna,nowhere,made-up\n"
    cited.load({"places.csv": places, "persons.csv": PERSONS, "cases.csv": cases})
    changed = cases.replace("case-1,fictive-anna,nowhere", "case-1,fictive-boris,elsewhere").replace("nowhere", "")
    assert counts(cited.load({"cases.csv": changed})) == (2, 0, 0, 2, 0)
    assert cited.cells("cases") == {
        "case-1": {"person": "fictive-boris", "place": "elsewhere", "source_id": "made-up"},
        "case-2": {"person": "fictive-anna", "source_id": "made-up"},
    }
    assert cited.sound()


def test_many_changed_rows_are_counted_and_some_are_told(cited: Desk) -> None:
    """Of 2500 changed rows all are counted and the first twenty named."""
    cited.load({"persons.csv": many("id,name,source_id", "p-%,Invented %a,made-up")})
    outcome = cited.load({"persons.csv": many("id,name,source_id", "p-%,Invented %b,made-up")})
    assert counts(outcome) == (2500, 0, 0, 2500, 0)
    assert outcome.changed_ids == [f"p-{n}" for n in range(20)]
    assert cited.sound()


def test_values_survive_both_engines(cited: Desk) -> None:
    """Flags, fractions, whole numbers, quotes, tabs, backslashes and line breaks come back as they were written."""
    places = "id,name,kind,latitude,longitude,note,source_id\n"
    places += 'nowhere,"No ""where"" \\N",city,-1.5,0,"a\tb\\n\r\nc",made-up\n'
    persons = "id,name,named,source_id\nsomebody,[a person not named],no,made-up\n"
    figures = "id,measure,text,source_id\nf-1,executed,2.5 times,made-up\nf-2,executed,tens of thousands,made-up\n"
    cited.load({"places.csv": places, "persons.csv": persons, "figures.csv": figures})
    place = cited.cells("places")["nowhere"]
    assert (place["name"], place["latitude"], place["longitude"]) == ('No "where" \\N', "-1.5", "0")
    assert place["note"] == "a\tb\\n\r\nc"
    assert cited.column("persons", "named") == {"somebody": False}
    assert cited.column("figures", "best", "magnitude") == {"f-1": (2.5, None), "f-2": (None, 10_000)}
    assert cited.load({"places.csv": places, "persons.csv": persons, "figures.csv": figures}).load is None
    assert cited.sound()


# ---------------------------------------------------------------- references


def test_references_point_forward_backward_and_to_themselves(cited: Desk) -> None:
    """Rows may name rows of the same load, before or after them, of any kind, or themselves; a reload finds them."""
    files = {
        "orders.csv": "id,name,kind,operation,amends,source_id\n"
        "order-1,Made-up Order 1,order,made-up-operation,order-2,made-up\n"
        "order-2,Made-up Order 2,order,,order-2,made-up\n",
        "operations.csv": "id,name,kind,order,parent,source_id\n"
        "made-up-operation,Made-up Operation,operation,order-1,whole,made-up\nwhole,Made-up Whole,campaign,,,made-up\n",
        "figures.csv": "id,measure,text,of_record,responds_to,source_id\n"
        "f-1,executed,5,figures/f-2,f-2,made-up\nf-2,executed,6,,,made-up\n",
        "statements.csv": "id,kind,content,about,responds_to,source_id\n"
        "s-1,remark,invented,statements/s-2,figures/f-1,made-up\n"
        "s-2,remark,invented,orders/order-2,statements/s-1,made-up\n",
    }
    cited.load(files)
    assert cited.cells("orders")["order-1"]["operation"] == "made-up-operation"
    assert cited.cells("orders")["order-2"]["amends"] == "order-2"
    assert cited.cells("operations")["made-up-operation"]["order"] == "order-1"
    assert cited.cells("figures")["f-1"]["of_record"] == "figures/f-2"
    assert cited.cells("statements")["s-2"]["responds_to"] == "statements/s-1"
    assert cited.load(files).load is None
    changed = {name: text.replace("Made-up Order", "Other Order") for name, text in files.items()}
    assert counts(cited.load(changed)) == (8, 0, 6, 2, 0)
    assert cited.sound()


def test_a_reference_over_batches_is_filled_in(cited: Desk) -> None:
    """A row of the first batch may point to one of the last, and one of the last to the first."""
    rows = many("id,name,kind,parent,source_id", "b-%,Invented %,police,b-2499,made-up").replace(
        "b-2499,made-up\nb-1,", ",made-up\nb-1,"
    )
    cited.load({"bodies.csv": rows})
    parents = {row["parent"] for named, row in cited.cells("bodies").items() if named != "b-0"}
    assert parents == {"b-2499"}
    assert "parent" not in cited.cells("bodies")["b-0"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "cases.csv",
            "id,person,source_id\nc-1,fictive-ana,made-up\n",
            "cases.csv:2: person: 'fictive-ana' is none of the persons\n  did you mean fictive-anna",
        ),
        (
            "cases.csv",
            "id,person,source_id\nc-1,nobody,made-up\n",
            "cases.csv:2: person: 'nobody' is none of the persons\n  load persons with that id first",
        ),
        (
            "cases.csv",
            "id,person,place,source_id\nc-1,fictive-anna,nowhere,made-up\n",
            "cases.csv:2: place: 'nowhere' is none of the places\n",
        ),
        (
            "persons.csv",
            "id,name,source_id\np-1,Invented,made-upp\n",
            "persons.csv:2: source_id: 'made-upp' is none of the sources\n  did you mean made-up?",
        ),
        (
            "bodies.csv",
            "id,name,kind,parent,source_id\nb-1,Made-up,police,b-2,made-up\nb-3,Made-up,police,b-1,made-up\n",
            "bodies.csv:2: parent: 'b-2' is none of the bodies\n",
        ),
        (
            "figures.csv",
            "id,measure,text,of_record,source_id\nf-1,executed,5,quotas/f-1,made-up\n",
            "figures.csv:2: of_record: 'f-1' is none of the quotas\n",
        ),
        (
            "figures.csv",
            "id,measure,text,places,source_id\nf-1,executed,5,nowhere; elsewhere,made-up\n",
            (
                "figures.csv:2: places: 'nowhere' is none of the places\n"
                "figures.csv:2: places: 'elsewhere' is none of the places\n"
            ),
        ),
        (
            "claims.csv",
            "id,record,field,source_id\nc-1,persons/nobody,name,made-up\n",
            "claims.csv:2: record: 'nobody' is none of the persons\n",
        ),
        (
            "roles.csv",
            "id,person,role,within,source_id\nr-1,fictive-anna,witness,trials/none,made-up\n",
            "roles.csv:2: within: 'none' is none of the trials\n",
        ),
    ],
)
def test_a_dangling_reference_is_refused(cited: Desk, name: str, content: str, said: str) -> None:
    """A reference to nothing is named with its line and column, and with the nearest id where one is near."""
    cited.load({"persons.csv": PERSONS})
    assert cited.refused({name: content}).startswith(said)


def test_what_points_to_a_refused_row_is_not_at_fault(cited: Desk) -> None:
    """A row that was refused is not missing: only its own fault is told, with the dangling ones beside it."""
    said = cited.refused(
        {
            "persons.csv": "id,name,born,source_id\np-1,Invented One,never,made-up\np-2,Invented Two,1890,made-up\n",
            "cases.csv": "id,person,source_id\nc-1,p-1,made-up\nc-2,p-2,made-up\nc-3,p-3,made-up\n",
            "roles.csv": "id,person,role,within,source_id\nr-1,p-1,witness,bodies/b-1,made-up\n",
        }
    ).splitlines()
    assert [line for line in said if not line.startswith("  ")] == [
        "persons.csv:2: born: 'never' has no year of four digits",
        "cases.csv:4: person: 'p-3' is none of the persons",
        "roles.csv:2: within: 'b-1' is none of the bodies",
        "3 complaints: nothing was loaded",
    ]


def test_what_points_into_a_torn_file_is_not_at_fault(cited: Desk) -> None:
    """Of a file that is torn, what was not read may be what others point to."""
    said = cited.refused(
        {
            "persons.csv": 'id,name,source_id\np-1,"Invented One,made-up\np-2,Invented Two,made-up\n',
            "cases.csv": "id,person,source_id\nc-1,p-2,made-up\n",
        }
    )
    assert said.splitlines()[-2] == "1 complaint: nothing was loaded"


# ---------------------------------------------------------------- refused


def test_a_column_that_must_be_there_is_asked_for(cited: Desk) -> None:
    """A file without a required column is refused before a row is read, all such files at once."""
    said = cited.refused(
        {"bodies.csv": "id,kind,source_id\nb-1,nothing,made-up\n", "cases.csv": "id,source_id\nc-1,made-up\n"}
    )
    assert said.splitlines() == [
        "bodies.csv:1: the column 'name' is missing",
        "  add it; terrordb template bodies prints all columns",
        "cases.csv:1: the column 'person' is missing",
        "  add it; terrordb template cases prints all columns",
        "2 complaints: nothing was loaded",
        "  mend the file and load it again",
    ]


def test_an_id_stands_twice_in_a_batch_and_across_batches(cited: Desk) -> None:
    """A duplicate id is refused with the line of the first, within a batch of 1000 rows and across batches."""
    near, far = "p-2499,Another,made-up", "p-1,Another,made-up"
    said = cited.refused({"persons.csv": many("id,name,source_id", "p-%,Invented %a,made-up", near, far)})
    assert said.splitlines()[:3] == [
        "persons.csv:2502: id: the id 'p-2499' stands twice, first on line 2501",
        "persons.csv:2503: id: the id 'p-1' stands twice, first on line 3",
        "  an id is one record's alone",
    ]


def test_an_unchanged_id_stands_twice(cited: Desk) -> None:
    """A row that is there already may stand in a file only once too, the same batch or not."""
    rows = many("id,name,source_id", "p-%,Invented %a,made-up")
    cited.load({"persons.csv": rows})
    said = cited.refused({"persons.csv": f"{rows}p-2499,Invented 2499a,made-up\np-1,Invented 1a,made-up\n"})
    assert said.splitlines()[:4] == [
        "persons.csv:2502: id: the id 'p-2499' stands twice, first on line 2501",
        "  an id is one record's alone",
        "persons.csv:2503: id: the id 'p-1' stands twice",
        "  an id is one record's alone",
    ]


def test_an_id_stands_twice_in_two_files_of_one_kind(cited: Desk) -> None:
    """Two files of one kind in one load share their ids."""
    said = cited.refused({"persons.csv": PERSONS, "more.csv": PERSONS.replace("fictive-anna", "p-1")})
    assert said.splitlines()[0] == "more.csv:3: id: the id 'fictive-boris' stands twice"


def test_a_row_of_another_source_is_refused(cited: Desk) -> None:
    """The same id from another source is an error that offers `claims` or an id of its own."""
    cited.load({"persons.csv": PERSONS})
    said = cited.refused({"persons.csv": "id,name,source_id\nfictive-anna,Fictive Anna,other\n"})
    assert said.splitlines()[:2] == [
        "persons.csv:2: id: 'fictive-anna' is a record of another source",
        "  say it as a row of claims, or give the row an id of its own",
    ]
    assert "another source" in cited.refused({"ours.csv": "id,name\nfictive-anna,Fictive Anna\n"})


def test_a_perpetrators_role_needs_a_citation(cited: Desk) -> None:
    """A killer's role without a locator is refused with the line, the row of a witness is not."""
    events = "id,name,kind,source_id\ne-1,Made-up Event,murder,made-up\n"
    roles = "id,person,role,within,locator,source_id\nr-1,fictive-anna,witness,events/e-1,,made-up\n"
    cited.load({"persons.csv": PERSONS, "events.csv": events, "roles.csv": roles})
    said = cited.refused({"roles.csv": f"{roles}r-2,fictive-boris,killer,events/e-1,,made-up\n"})
    assert said.splitlines()[0] == "roles.csv:3: a perpetrator's role needs a citation: source_id and locator"
    cited.load({"roles.csv": f"{roles}r-2,fictive-boris,killer,events/e-1,p. 5,made-up\n"})
    said = cited.refused({"roles.csv": f"{roles}r-2,fictive-boris,killer,events/e-1,,made-up\n"})
    assert said.splitlines()[0] == "roles.csv:3: a perpetrator's role needs a citation: source_id and locator"


def test_a_broken_rule_names_the_right_lines(cited: Desk) -> None:
    """Rows that break a CHECK within their batches are told with their lines, beside what else is wrong."""
    rows = [f"p-{n},Invented {n}a,{'' if n in (7, 1500) else 'made-up'},{'x' if n == 9 else 'male'}" for n in MANY]
    said = cited.refused({"persons.csv": "\n".join(["id,name,source_id,sex", *rows, ""])})
    assert [line for line in said.splitlines() if line.startswith("persons")] == [
        "persons.csv:11: sex: 'x' is no sex that is known",
        "persons.csv:9: the row has no source",
        "persons.csv:1502: the row has no source",
    ]


def test_a_date_that_ends_before_it_begins_is_refused(cited: Desk) -> None:
    """A range the wrong way round is refused, by the date's reader or by the table's rule."""
    said = cited.refused({"persons.csv": "id,name,born,source_id\np-1,Invented,1938-1937,made-up\n"})
    assert said.startswith("persons.csv:2: born: ")


def test_all_complaints_of_all_files_come_at_once(cited: Desk) -> None:
    """A load says everything that is wrong with its files, each with its place, and changes nothing."""
    said = cited.refused(
        {
            "persons.csv": "id,name,born,source_id\n"
            "p-1,Invented,32.1.1937,made-up\np-1,Invented,1890,made-up\np-1,Again,1890,made-up\n",
            "places.csv": "id,name,kind,latitude,source_id\n"
            "nowhere,Nowhere,city,91,made-up\nelsewhere,Elsewhere,town,,none\n",
            "cases.csv": "id,person,source_id\nc-1,nobody,made-up\nc-2,p-1,made-up,\n",
        }
    )
    lines = [line.split(": ")[0] for line in said.splitlines() if ".csv:" in line]
    assert lines == [
        "places.csv:2",
        "places.csv:3",
        "persons.csv:2",
        "persons.csv:4",
        "cases.csv:3",
        "cases.csv:2",
    ]
    assert said.splitlines()[-2:] == ["6 complaints: nothing was loaded", "  mend the file and load it again"]


def test_many_dangling_references_are_grouped(cited: Desk) -> None:
    """Of 2500 dangling references three are told and the others counted, in bounded time and memory."""
    said = cited.refused({"cases.csv": many("id,person,source_id", "c-%,nobody-%,made-up")}).splitlines()
    assert said[3:6] == [
        "  and 2,497 more like it, on lines 5, 6, 7, 8, 9, 10, 11, 12, 13, 14 …",
        "  load persons with that id first",
        "2,500 complaints: nothing was loaded",
    ]


# ---------------------------------------------------------------- vanished


def test_a_vanished_row_is_listed_and_pruned_when_asked(cited: Desk) -> None:
    """A row that is no longer in its file is listed; only pruning removes it, and `changes` keeps it."""
    cited.load({"persons.csv": PERSONS})
    less = PERSONS.replace("fictive-boris,Fictive Boris,1891,made-up\n", "")
    outcome = cited.load({"persons.csv": less})
    assert (outcome.load, outcome.vanished, outcome.vanished_ids) == (None, 1, ["fictive-boris"])
    assert "fictive-boris" in cited.cells("persons")
    outcome = cited.load({"persons.csv": less}, prune=True)
    assert (outcome.load, counts(outcome)) == ("load-3", (1, 0, 1, 0, 1))
    assert list(cited.cells("persons")) == ["fictive-anna"]
    assert [key[1] for key in cited.everything()["changes"]] == ["persons"]
    assert cited.load({"persons.csv": less}).vanished == 0
    assert cited.sound()


def test_pruning_is_refused_where_a_file_is_another_list_of_the_same_name(desk: Desk) -> None:
    """None of whose rows is the list's: its name alone may not cost the list its rows, unless the user names it."""
    desk.load({"people.csv": "name\nFictive Anna\n"})
    said = desk.refused({"people.csv": "name\nFictive Boris\n"}, prune=True)
    assert "none of its rows is one of the list people" in said
    assert "name it with --source" in said
    outcome = desk.load({"people.csv": "name\nFictive Boris\n"}, prune=True, source="people")
    assert (outcome.added, outcome.removed) == (1, 1)
    assert desk.sound()


def test_pruning_is_refused_where_others_point_to_the_row(cited: Desk) -> None:
    """A vanished row that a case, a claim or a list of references points to stays, and all of these are named."""
    places = "id,name,kind,source_id\nnowhere,Nowhere,city,made-up\n"
    cited.load({"persons.csv": PERSONS})
    cited.load({"places.csv": f"{places}elsewhere,Elsewhere,city,made-up\n"})
    cited.load(
        {
            "cases.csv": "id,person,source_id\nc-1,fictive-boris,made-up\n",
            "claims.csv": "id,record,field,value,source_id\nc-2,persons/fictive-boris,name,Unreal Boris,made-up\n",
            "figures.csv": "id,measure,text,places,source_id\nf-1,executed,5,nowhere; elsewhere,made-up\n",
        }
    )
    less = PERSONS.replace("fictive-boris,Fictive Boris,1891,made-up\n", "")
    said = cited.refused({"persons.csv": less, "places.csv": places}, prune=True)
    assert said.splitlines() == [
        "a test: 'persons/fictive-boris' cannot be removed: 'cases/c-1' points to it",
        "a test: 'persons/fictive-boris' cannot be removed: 'claims/c-2' points to it",
        "a test: 'places/elsewhere' cannot be removed: 'figures/f-1' points to it",
        "  change that row first",
        "3 complaints: nothing was loaded",
        "  mend the file and load it again",
    ]
    files = {"persons.csv": less, "cases.csv": "id,person,source_id\nc-1,fictive-anna,made-up\n"}
    assert cited.refused(files, prune=True).splitlines()[-2] == "1 complaint: nothing was loaded"


def test_rows_that_point_to_each_other_are_pruned_together(cited: Desk) -> None:
    """An operation and its order, which point to each other, vanish and are removed in one load."""
    orders = (
        "id,name,kind,operation,source_id\no-0,Made-up Order,order,,made-up\no-1,Made-up Order,order,op-1,made-up\n"
    )
    operations = (
        "id,name,kind,order,parent,source_id\nop-0,Made-up,operation,,,made-up\n"
        "op-1,Made-up,operation,o-1,,made-up\nop-2,Made-up,phase,,op-1,made-up\n"
    )
    cited.load({"orders.csv": orders, "operations.csv": operations})
    before = cited.everything(), cited.hash()
    less = {
        name: "\n".join(text.splitlines()[:2]) + "\n"
        for name, text in {"orders.csv": orders, "operations.csv": operations}.items()
    }
    outcome = cited.load(less, prune=True)
    assert (outcome.removed, sorted(outcome.vanished_ids)) == (3, ["o-1", "op-1", "op-2"])
    assert cited.sound()
    cited.undo("load-3")
    after = cited.everything()
    assert (after["orders"], after["operations"], cited.hash()) == (
        before[0]["orders"],
        before[0]["operations"],
        before[1],
    )


def test_files_of_one_kind_and_name_are_one(cited: Desk) -> None:
    """Two files named alike in two folders, loaded together, do not make each other's rows vanish."""
    other = PERSONS.replace("fictive-", "unreal-")
    for folder in ("a", "b"):
        (cited.folder / folder).mkdir()
    files = {"a/persons.csv": PERSONS, "b/persons.csv": other}
    cited.load(files)
    assert cited.load(files).vanished == 0
    two = {"a/persons.csv": PERSONS, "b/further.csv": other}
    cited.load(two, prune=True)
    assert len(cited.cells("persons")) == 4
    less = {"a/persons.csv": PERSONS, "b/persons.csv": "\n".join(other.splitlines()[:2]) + "\n"}
    assert cited.load(less).vanished_ids == ["unreal-boris"]


def test_one_of_several_files_does_not_tell_what_vanished(cited: Desk) -> None:
    """Of two files of one kind that came in one load, loading one again does not list the other's rows."""
    cited.load({"persons.csv": PERSONS, "further.csv": PERSONS.replace("fictive-", "unreal-")})
    outcome = cited.load({"persons.csv": PERSONS}, prune=True)
    assert (outcome.load, outcome.vanished) == (None, 0)


def test_rows_without_a_source_vanish_too(cited: Desk) -> None:
    """A judgement without a citation, and a source described from itself, are listed when they are gone."""
    cited.load({"persons.csv": PERSONS})
    one = "id,record,other,verdict,by,source_id\nj-1,persons/fictive-anna,persons/fictive-boris,different,Nemo,\n"
    cited.load({"judgements.csv": one + one.splitlines()[1].replace("j-1", "j-2") + "\n"})
    assert cited.load({"judgements.csv": one}).vanished_ids == ["j-2"]
    assert cited.load(
        {"sources.csv": "id,title,kind,source_id\nmade-up,A Made-up Book (invented),book,\n"}
    ).vanished_ids == ["other"]


# ---------------------------------------------------------------- lists


def test_a_file_of_one_column_is_its_own_source(desk: Desk) -> None:
    """A list of names alone loads: its source is the file, with its hash, and its rows lie in the list's own range."""
    content = "name\nInvented Ivan Ivanovich\nFictive Pyotr\n"
    outcome = desk.load({"ours.csv": content})
    assert (outcome.load, counts(outcome)) == ("load-1", (2, 2, 0, 0, 0))
    assert desk.cells("sources") == {
        "ours": {"title": "ours.csv", "kind": "list", "sha256": hashlib.sha256(content.encode()).hexdigest()}
    }
    assert desk.column("sources", "list_number") == {"ours": 1}
    assert sorted(desk.column("persons", "key").values()) == [LIST + 1, LIST + 2]
    assert all(named.startswith("ours:") for named in desk.cells("persons"))
    assert {row["source_id"] for row in desk.cells("persons").values()} == {"ours"}
    assert desk.sound()


def test_lists_have_ranges_of_their_own(desk: Desk) -> None:
    """Each list has its own number; keys of its rows of every kind lie between it and the next."""
    desk.load({"ours.csv": "name\nInvented One\n"})
    desk.load({"theirs.csv": "name\nInvented Two\n"})
    desk.load({"ours.csv": "name\nInvented One\nInvented Three\n"})
    people = {row["name"]: desk.column("persons", "key")[named] for named, row in desk.cells("persons").items()}
    assert people == {"Invented One": LIST + 1, "Invented Two": 2 * LIST + 1, "Invented Three": LIST + 2}


def test_ids_are_made_of_the_lists_numbers(desk: Desk) -> None:
    """A row with a `record_no` is named for it; a number that stands twice is refused."""
    rows = "record_no,name\n12,Invented One\n12a,Invented Two\n,Invented Three\n"
    desk.load({"ours.csv": rows})
    assert {"ours:12", "ours:12a"} < desk.cells("persons").keys()
    outcome = desk.load({"ours.csv": rows.replace("Invented Two", "Invented Other")})
    assert (counts(outcome), outcome.changed_ids) == ((3, 0, 2, 1, 0), ["ours:12a"])
    said = desk.refused({"ours.csv": rows + "12,Invented Four\n"})
    assert said.splitlines()[0] == "ours.csv:5: id: the id 'ours:12' stands twice, first on line 2"


def test_equal_rows_are_numbered_in_any_order(desk: Desk) -> None:
    """Equal rows of a list are numbered -2 and -3; the list in another order is the same; one less of them vanishes."""
    rows = ["Invented One"] * 3 + ["Invented Two"]
    desk.load({"ours.csv": "\n".join(["name", *rows, ""])})
    one = desk.cells("persons").keys()
    base = min(named for named in one if named + "-2" in one)
    assert {base, f"{base}-2", f"{base}-3"} < one
    assert len(one) == 4
    before = desk.everything(), desk.hash()
    outcome = desk.load({"ours.csv": "\n".join(["name", *rows[::-1], ""])})
    assert (outcome.load, counts(outcome), outcome.vanished) == (None, (4, 0, 4, 0, 0), 0)
    assert (desk.everything(), desk.hash()) == before
    outcome = desk.load({"ours.csv": "\n".join(["name", *rows[1:], ""])})
    assert (outcome.load, outcome.vanished_ids) == (None, [f"{base}-3"])


def test_equal_rows_are_numbered_across_batches(desk: Desk) -> None:
    """Equal rows far apart in a list, and thousands of them, each get an id, the same at every load."""
    rows = many("name", "Invented %x", "Invented 1x", *["Invented Nemo"] * 1500, "Invented 1x")
    outcome = desk.load({"ours.csv": rows})
    assert counts(outcome) == (4002, 4002, 0, 0, 0)
    named = [n for n, row in desk.cells("persons").items() if row["name"] == "Invented Nemo"]
    base = min(named, key=len)
    assert set(named) == {base, *(f"{base}-{n}" for n in range(2, 1501))}
    assert counts(desk.load({"ours.csv": rows})) == (4002, 0, 4002, 0, 0)


def test_a_list_with_one_row_more_adds_that_row(desk: Desk) -> None:
    """Loading a list again with one row more adds it, leaves the others alone, and lets the source's hash follow."""
    desk.load({"ours.csv": "name\nInvented One\n"})
    content = "name\nInvented Zero\nInvented One\n"
    outcome = desk.load({"ours.csv": content})
    assert (outcome.load, counts(outcome), outcome.changed_ids) == ("load-2", (2, 1, 1, 0, 0), [])
    assert desk.cells("sources")["ours"]["sha256"] == hashlib.sha256(content.encode()).hexdigest()
    assert desk.load({"ours.csv": content}).load is None
    assert desk.sound()


def test_two_files_may_be_one_list(desk: Desk) -> None:
    """Persons and their cases in two files, with one --source, make one source and one load; a reload is none."""
    files = {"persons.csv": "id,name\np-1,Invented One\n", "cases.csv": "id,person\nc-1,p-1\n"}
    outcome = desk.load(files, source="A Made-up List")
    assert (outcome.load, counts(outcome)) == ("load-1", (2, 2, 0, 0, 0))
    assert desk.column("sources", "title") == {"a-made-up-list": "A Made-up List"}
    assert min(desk.column("cases", "key")["c-1"], desk.column("persons", "key")["p-1"]) > LIST
    assert desk.load(files, source="A Made-up List").load is None
    assert desk.sound()


def test_a_list_may_cite_a_source_that_is_there(cited: Desk) -> None:
    """--source takes an id or a title of a source that is there, which stays as it is; its rows are not mixed up."""
    cited.load({"ours.csv": "name\nInvented One\n"}, source="made-up")
    cited.load({"theirs.csv": "name\nInvented Two\n"}, source="Another Made-up Book (invented)")
    assert {row["name"]: row["source_id"] for row in cited.cells("persons").values()} == {
        "Invented One": "made-up",
        "Invented Two": "other",
    }
    assert len(cited.cells("sources")) == 2
    assert all("sha256" not in row for row in cited.cells("sources").values())
    assert cited.sound()


def test_a_list_may_be_described_in_the_same_load(desk: Desk) -> None:
    """A sources.csv beside a list may describe the source that the list is; loading both again is no load."""
    files = {
        "sources.csv": "id,title,kind,publisher,source_id\nours,Our Made-up List,list,Nobody,\n",
        "ours.csv": "name\nInvented One\n",
    }
    outcome = desk.load(files)
    assert counts(outcome) == (2, 2, 0, 0, 0)
    assert desk.cells("sources")["ours"]["publisher"] == "Nobody"
    again = desk.load(files, prune=True)
    assert (again.load, again.vanished) == (None, 0)
    assert desk.load({"sources.csv": files["sources.csv"]}, prune=True).vanished == 0
    assert desk.sound()


def test_a_source_of_a_list_is_not_the_files_that_describe_others(desk: Desk) -> None:
    """The source that a list made of itself is no row of the sources.csv loaded with it, and never vanishes from it."""
    desk.load({"sources.csv": SELF, "ours.csv": "name\nInvented One\n"})
    outcome = desk.load({"sources.csv": SELF}, prune=True)
    assert (outcome.load, outcome.vanished) == (None, 0)


SELF = "id,title,kind,source_id\nmade-up,A Made-up Book (invented),book,\n"


def test_a_list_that_names_its_sources_refuses_another(cited: Desk) -> None:
    """--source beside a column source_id is refused, as is a list named like a source that is no list."""
    assert "leave --source away" in cited.refused({"persons.csv": PERSONS}, source="other")
    said = cited.refused({"made-up.csv": "name\nInvented One\n"})
    assert said.startswith(
        "made-up.csv: there is a source 'made-up' already, and it is no list\n  name another with --source"
    )


def test_works_and_judgements_need_no_source(cited: Desk) -> None:
    """A file of works or judgements without a column source_id is no list, unless --source says so."""
    assert cited.column("sources", "kind", "source_key") == {"made-up": ("book", None), "other": ("book", None)}
    cited.load({"persons.csv": PERSONS})
    judged = "record,other,verdict,by\npersons/fictive-anna,persons/fictive-boris,different,Nemo\n"
    cited.load({"judgements.csv": judged})
    (named,) = cited.cells("judgements")
    assert named.startswith("judgements:")
    assert cited.load({"judgements.csv": judged}).load is None
    assert len(cited.cells("sources")) == 2
    assert cited.sound()


def test_an_empty_list_is_no_load(desk: Desk) -> None:
    """A header without rows loads nothing, and makes no source."""
    before = desk.everything()
    assert desk.load({"ours.csv": "name\n"}).load is None
    assert desk.everything() == before


def test_a_seed_of_the_same_records_is_the_newest(seeded_url: URL) -> None:
    """A seed whose files changed and whose records did not is no load, and is not called old ever after."""
    engine = database.writer(seeded_url)
    with engine.begin() as connection:
        connection.execute(models.kind("loads").__table__.update().values(hash="of other files"))
        assert not seed.newest(connection)
    assert seed.load_seed(engine, lambda _kind, _rows, _total=0: None).load is None
    with engine.connect() as connection:
        assert seed.newest(connection)


# ---------------------------------------------------------------- turns and memory


def test_loads_take_turns(maker: Maker, tmp_path: Path) -> None:
    """Six loads at once each get a load of their own, with keys and words that do not collide."""
    url: URL = maker.make(seed=False)
    failed: list[BaseException] = []

    def go(n: int) -> None:
        path = tmp_path / f"list-{n}.csv"
        path.write_text("name\n" + "".join(f"Invented {'abcdef'[n]}{m}\n" for m in range(300)), encoding="utf-8")
        engine = database.writer(url)
        try:
            sheet = open_sheet(path, kind=None, encoding=None)
            keeping.as_list(sheet, None, engine)
            keeping.load(engine, [sheet], label=path.name, by="the tests")
        except BaseException as error:  # noqa: BLE001  (told by the test itself)
            failed.append(error)

    threads = [threading.Thread(target=go, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    loads, persons = (models.kind(kind).__table__ for kind in ("loads", "persons"))
    with database.writer(url).connect() as connection:
        assert sorted(connection.scalars(select(loads.c.key))) == [1, 2, 3, 4, 5, 6]
        assert {key // LIST for key in connection.scalars(select(persons.c.key))} == {1, 2, 3, 4, 5, 6}
        assert len(connection.execute(select(persons.c.id)).all()) == 1800


MEASURE = """
import resource, sys
from pathlib import Path
from terrordb import database
from terrordb.loading.keeping import as_list, load
from terrordb.loading.sheets import open_sheet
engine = database.writer(database.locate(sys.argv[1])[0])
sheet = open_sheet(Path(sys.argv[2]), kind=None, encoding=None)
as_list(sheet, None, engine)
outcome = load(engine, [sheet], label="a test", by="the tests")
print(outcome.added, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_list(maker: Maker, tmp_path: Path) -> None:
    """A list of 60,000 rows takes at most 40 MiB more than one of 6,000."""
    peaks = []
    for size in (6_000, 60_000):
        path = tmp_path / f"list-{size}.csv"
        with path.open("w", encoding="utf-8") as file:
            file.write("name,born,sex\n")
            file.writelines(f"Invented{n % 5000} Fictive{n},{1880 + n % 40},male\n" for n in range(size))
        url = maker.make(seed=False).render_as_string(hide_password=False)
        command = [sys.executable, "-c", MEASURE, url.removeprefix("sqlite:///"), str(path)]
        env = os.environ | {"PYTHONPATH": str(Path(keeping.__file__).parents[2])}
        done = subprocess.run(command, env=env, capture_output=True, text=True, check=True, timeout=120)
        added, peak = map(int, done.stdout.split())
        assert added == size
        peaks.append(peak // 1024)
    assert peaks[1] - peaks[0] <= 40, peaks
