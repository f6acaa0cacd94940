"""The journal: an undo restores what was there, exactly, or refuses and says on what it stands; with invented rows."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pytest

from terrordb import models
from terrordb.errors import TerrorDBError

if TYPE_CHECKING:
    from tests.loading.conftest import Desk

PERSONS = "id,name,place_of_death,source_id\nfictive-anna,Fictive Anna,,made-up\nfictive-boris,Fictive Boris,,made-up\n"
PLACES = "id,name,kind,source_id\nnowhere,Nowhere,city,made-up\nelsewhere,Elsewhere,city,made-up\n"
ONLY_ANNA = PERSONS.replace("fictive-boris,Fictive Boris,,made-up\n", "")
LIST = "name\nInvented One\nInvented Two\n"


def content(desk: Desk) -> dict[str, list[tuple[Any, ...]]]:
    """Read every record, with its key and its load: what an undo must restore to the letter."""
    every = desk.everything()
    return {table: every[table] for table in (*models.KINDS, "changes", "word_uses")}


def test_the_first_load_is_undone(desk: Desk) -> None:
    """After the undo of the only load no record is left, the hash is as before, and the journal keeps the entry."""
    before, empty = desk.hash(), content(desk)
    desk.load({"ours.csv": LIST})
    assert desk.hash() != before
    assert desk.undo("load-1") == ["load-1"]
    assert (desk.hash(), content(desk)) == (before, empty)
    assert desk.column("loads", "rows", "undone")["load-1"][1] is not None
    assert desk.load({"ours.csv": LIST}).load == "load-2"


@pytest.mark.parametrize(
    ("first", "second", "prune"),
    [
        ({"persons.csv": PERSONS}, {"persons.csv": PERSONS.replace("Fictive A", "Unreal A")}, False),
        ({"persons.csv": PERSONS}, {"persons.csv": ONLY_ANNA}, True),
        (
            {"persons.csv": PERSONS},
            {"persons.csv": ONLY_ANNA.replace("Anna", "Olga") + "new,Invented New,,made-up\n"},
            True,
        ),
        ({"persons.csv": PERSONS}, {"ours.csv": LIST}, False),
        ({"ours.csv": LIST}, {"ours.csv": LIST + "Invented Three\n"}, False),
        ({"ours.csv": LIST}, {"ours.csv": "name\nInvented Two\nInvented Two\n"}, True),
        (
            {"ours.csv": LIST},
            {"ours.csv": LIST.replace("name", "name,born").replace("One", "One,1890").replace("Two", "Two,")},
            True,
        ),
    ],
    ids=["update", "prune", "both", "list", "list with one more", "list pruned", "list with a column more"],
)
def test_a_load_is_undone_to_the_letter(
    cited: Desk, first: dict[str, str], second: dict[str, str], prune: bool
) -> None:
    """Every table of records is as it was, keys, loads, words and all; and the load may come again, and go again."""
    cited.load(first)
    before, hashed = content(cited), cited.hash()
    cited.load(second, prune=prune)
    after = cited.hash()
    assert after != hashed
    assert cited.undo("load-3") == ["load-3"]
    assert (content(cited), cited.hash()) == (before, hashed)
    assert cited.hash_of_cells() == hashed
    assert cited.sound()
    cited.load(second, prune=prune)
    assert cited.hash() == after
    assert cited.undo("load-4") == ["load-4"]
    assert (content(cited), cited.hash()) == (before, hashed)


def test_an_unknown_and_an_undone_load_are_refused(desk: Desk) -> None:
    """There is no undo of what is not there, or of what is undone already; each says so."""
    assert "there is no load 'load-1'\n  nothing was loaded yet" in desk.not_undone("load-1")
    desk.load({"ours.csv": LIST})
    assert "there is no load 'lod-1'\n  did you mean load-1?" in desk.not_undone("lod-1")
    assert desk.undo("loads/load-1") == ["load-1"]
    assert desk.not_undone("load-1").startswith("load-1 was undone already, ")


def test_an_undo_is_refused_where_rows_were_replaced(cited: Desk) -> None:
    """A load whose row a later one replaced is not undone alone; both go with cascade, the newest first."""
    empty = content(cited), cited.hash()
    cited.load({"persons.csv": PERSONS})
    cited.load({"persons.csv": PERSONS.replace("Fictive Anna", "Unreal Anna")})
    said = cited.not_undone("load-2").splitlines()
    assert said == [
        "load-2 cannot be undone alone:",
        "  load-3 replaced or removed persons/fictive-anna",
        "  --cascade undoes load-3, load-2, in this order",
    ]
    assert cited.undo("load-2", cascade=True) == ["load-3", "load-2"]
    assert (content(cited), cited.hash()) == empty


@pytest.mark.parametrize(
    ("later", "reason"),
    [
        (
            {"cases.csv": "id,person,source_id\nc-1,fictive-anna,made-up\n"},
            "cases/c-1 of load-3 points to persons/fictive-anna",
        ),
        (
            {
                "judgements.csv": "id,record,other,verdict,by\n"
                "j-1,persons/fictive-anna,persons/fictive-boris,same,Nemo\n"
            },
            "judgements/j-1 of load-3 points to persons/fictive-anna",
        ),
        (
            {"claims.csv": "id,record,field,value,source_id\nc-1,persons/fictive-boris,name,Unreal,made-up\n"},
            "claims/c-1 of load-3 points to persons/fictive-boris",
        ),
        (
            {"figures.csv": "id,measure,text,places,source_id\nf-1,executed,5,nowhere; elsewhere,made-up\n"},
            "figures/f-1 of load-3 points to places/elsewhere",
        ),
    ],
    ids=["reference", "judgement", "claim", "list of references"],
)
def test_an_undo_is_refused_where_others_point(cited: Desk, later: dict[str, str], reason: str) -> None:
    """References, judgements, claims and lists of references of later loads are named, and go with cascade."""
    empty = content(cited), cited.hash()
    cited.load({"persons.csv": PERSONS, "places.csv": PLACES})
    cited.load(later)
    assert f"  {reason}\n" in cited.not_undone("load-2")
    assert cited.undo("load-2", cascade=True) == ["load-3", "load-2"]
    assert (content(cited), cited.hash()) == empty


def test_a_source_that_others_cite_stands(desk: Desk) -> None:
    """The load that made a list's source is not undone under a later load that cites it."""
    desk.load({"ours.csv": LIST})
    desk.load(
        {"cases.csv": "id,person,source_id\nc-1,p-1,ours\n", "persons.csv": "id,name,source_id\np-1,Invented,ours\n"}
    )
    assert "persons/p-1 of load-2 points to sources/ours" in desk.not_undone("load-1")
    assert desk.undo("load-1", cascade=True) == ["load-2", "load-1"]
    assert desk.sound()


def test_what_was_replaced_since_still_holds_what_points_to_it(cited: Desk) -> None:
    """A place that was renamed after it was added is still the place that a later person points to."""
    cited.load({"places.csv": PLACES})
    cited.load({"persons.csv": PERSONS.replace("Anna,", "Anna,nowhere")})
    cited.load({"places.csv": PLACES.replace("Nowhere", "Nowhere Else")})
    said = cited.not_undone("load-2")
    assert "load-4 replaced or removed places/nowhere" in said
    assert "persons/fictive-anna of load-3 points to places/nowhere" in said
    assert cited.undo("load-2", cascade=True) == ["load-4", "load-3", "load-2"]
    assert cited.sound()


def test_what_a_former_row_points_to_is_not_taken_from_it(cited: Desk) -> None:
    """A place that a person pointed to before an update stays as long as that update can be undone."""
    cited.load({"places.csv": PLACES})
    cited.load({"persons.csv": PERSONS.replace("Anna,", "Anna,nowhere")})
    cited.load({"persons.csv": PERSONS})
    said = cited.not_undone("load-2")
    assert "persons/fictive-anna, as load-3 had it, points to a record of load-2" in said
    assert cited.undo("load-2", cascade=True) == ["load-4", "load-3", "load-2"]
    assert cited.sound()


def test_what_is_put_back_points_to_what_is_there(cited: Desk) -> None:
    """An update is not undone alone where its former row points to what a later load removed."""
    cited.load({"places.csv": PLACES, "persons.csv": PERSONS.replace("Anna,", "Anna,nowhere")})
    before = content(cited), cited.hash()
    cited.load({"persons.csv": PERSONS})
    cited.load({"places.csv": PLACES.replace("nowhere,Nowhere,city,made-up\n", "")}, prune=True)
    said = cited.not_undone("load-3")
    assert "load-4 removed one of the places that persons to be put back point to" in said
    assert cited.undo("load-3", cascade=True) == ["load-4", "load-3"]
    assert (content(cited), cited.hash()) == before


def test_a_row_that_was_removed_and_added_again(cited: Desk) -> None:
    """A pruned row that came again, with a key of its own, keeps the pruning from being undone alone."""
    cited.load({"persons.csv": PERSONS})
    before = content(cited), cited.hash()
    cited.load({"persons.csv": ONLY_ANNA}, prune=True)
    cited.load({"more.csv": PERSONS.replace("fictive-anna", "new")})
    keys = cited.column("persons", "key")
    assert keys["fictive-boris"] > keys["fictive-anna"] + 1  # the key of a removed row is not given away
    assert "load-4 added persons/fictive-boris again" in cited.not_undone("load-3")
    assert cited.undo("load-3", cascade=True) == ["load-4", "load-3"]
    assert (content(cited), cited.hash()) == before


def test_rows_that_point_to_each_other_are_undone(cited: Desk) -> None:
    """Operations and orders that point to each other go, and come back, whichever is written first."""
    orders = (
        "id,name,kind,operation,amends,source_id\no-1,Made-up,order,op-1,o-2,made-up\no-2,Made-up,order,,,made-up\n"
    )
    operations = "id,name,kind,order,source_id\nop-1,Made-up,operation,o-1,made-up\nop-2,Made-up,operation,,made-up\n"
    empty = content(cited), cited.hash()
    cited.load({"orders.csv": orders, "operations.csv": operations})
    before = content(cited), cited.hash()
    cited.load(
        {"orders.csv": orders.replace("op-1,o-2", "op-2,o-1"), "operations.csv": operations.replace("o-1,", "o-2,")}
    )
    assert cited.sound()
    cited.undo("load-3")
    assert (content(cited), cited.hash()) == before
    cited.undo("load-2")
    assert (content(cited), cited.hash()) == empty


def test_a_load_between_others_is_undone_alone(cited: Desk) -> None:
    """Loads that do not touch each other are undone in any order."""
    files = [
        {"ours.csv": LIST},
        {"persons.csv": PERSONS},
        {"theirs.csv": LIST.replace("Invented", "Fictive")},
        {"places.csv": PLACES},
    ]
    hashes = {frozenset[int](): cited.hash()}
    for n, file in enumerate(files):
        cited.load(file)
        hashes[frozenset(range(n + 1))] = cited.hash()
    cited.undo("load-3")
    cited.undo("load-4")
    cited.undo("load-5")
    assert cited.hash() == hashes[frozenset({0})]
    cited.undo("load-2")
    assert cited.hash() == hashes[frozenset()]
    assert cited.sound()


def test_a_list_number_outlives_an_undo(cited: Desk) -> None:
    """A source that was updated before a list came to cite it keeps the list's range when the update is undone."""
    cited.load(
        {"sources.csv": "id,title,kind\nmade-up,A Made-up Book (invented),book\nother,Retitled (invented),book\n"}
    )
    cited.load({"ours.csv": LIST}, source="other")
    assert cited.undo("load-2") == ["load-2"]
    assert cited.column("sources", "title", "list_number")["other"] == ("Another Made-up Book (invented)", 1)
    assert cited.sound()


def test_many_rows_are_undone(cited: Desk) -> None:
    """An update and a pruning of 2500 rows, more than a batch, are undone to the letter."""
    rows = "".join(f"p-{n},Invented a{n},,made-up\n" for n in range(2500))
    header = PERSONS.splitlines()[0] + "\n"
    cited.load({"persons.csv": header + rows})
    before = content(cited), cited.hash()
    assert cited.load({"persons.csv": header + rows.replace(" a", " b")}).changed == 2500
    cited.load({"persons.csv": header + "p-0,Invented b0,,made-up\n"}, prune=True)
    assert cited.column("loads", "removed")["load-4"] == 2499
    assert cited.undo("load-3", cascade=True) == ["load-4", "load-3"]
    assert (content(cited), cited.hash()) == before


# ---------------------------------------------------------------- any sequence of loads and undos

HEADERS = {
    "places": "name kind parent",
    "persons": "name place_of_death",
    "orders": "name kind operation amends issued_by",
    "operations": "name kind parent order",
    "cases": "person place outcome",
    "figures": "measure text responds_to of_record",
    "statements": "kind content about responds_to speaker",
    "claims": "record field",
}
REFERS = {
    "parent": "",
    "place_of_death": "places",
    "operation": "operations",
    "amends": "orders",
    "issued_by": "persons/",
    "order": "orders",
    "person": "persons",
    "place": "places",
    "responds_to": "figures",
    "of_record": "figures/",
    "about": "cases/",
    "speaker": "persons/",
    "record": "persons/",
}
CODES = {"places": "city", "orders": "order", "operations": "operation", "statements": "remark"}
WORDS = ("Fictive", "Invented", "Unreal", "Nobody", "Nemo")


class Chance:
    """Write files of rows by chance, few ids being used again and again."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def cell(self, kind: str, header: str, there: list[str]) -> str:
        """Write a cell; a reference is to what is there, most of the time, or empty."""
        if header in REFERS:
            of, slash, _ = (REFERS[header] or kind).partition("/")
            if header not in ("person", "record") and self.random.random() < 0.6:
                return ""
            known = [named.split("/")[1] for named in there if named.startswith(f"{of}/{of[:2]}")]
            named = self.random.choice(known) if known and self.random.random() < 0.9 else self.id(of)
            full = f"figures/{named}" if (kind, header) == ("statements", "responds_to") else f"{of}/{named}"
            return full if slash or kind == "statements" else named
        if header == "name":
            return " ".join(self.random.sample(WORDS, 2))
        written = {"measure": "executed", "text": "5", "field": "name", "kind": CODES.get(kind, "")}
        return written.get(header) or self.random.choice(["executed", "released"] if header == "outcome" else WORDS)

    def id(self, kind: str) -> str:
        """Choose one of a kind's four ids."""
        return f"{kind[:2]}-{self.random.randrange(4)}"

    def files(self, there: list[str], kinds: int) -> dict[str, str]:
        """Write files of some kinds, perhaps a list too."""
        files: dict[str, str] = {}
        for kind in self.random.sample(sorted(HEADERS), kinds):
            headers = HEADERS[kind].split()
            ids = sorted({self.id(kind) for _ in range(4)})
            rows = [",".join([i, *(self.cell(kind, h, there) for h in headers), "made-up"]) for i in ids]
            files[f"{kind}.csv"] = "\n".join([",".join(["id", *headers, "source_id"]), *rows, ""])
        if self.random.random() < 0.4:
            names = [f"Invented {self.random.choice(WORDS)}" for _ in range(3)]
            files["ours.csv"] = "\n".join(["name", *names, ""])
        return files


@pytest.mark.parametrize("seed", range(6))
def test_any_sequence_of_loads_and_undos(cited: Desk, seed: int) -> None:
    """Whatever loads stand after loads, refusals and undos, each record is as the last of them to touch it left it."""

    def records() -> dict[str, str]:
        kinds = ("sources", *HEADERS)
        return {f"{k}/{named}": json.dumps(row) for k in kinds for named, row in cited.cells(k).items()}

    chance = Chance(seed)
    versions: dict[str, list[tuple[str, str | None]]] = defaultdict(list, {r: [("", c)] for r, c in records().items()})
    now, standing, first = records(), list[str](), (content(cited), cited.hash())
    for _ in range(14):
        if standing and chance.random.random() < 0.3:
            undone = cited.undo(chance.random.choice(standing[1:] or standing), cascade=True)
            assert undone == sorted(undone, key=standing.index, reverse=True)
            standing = [load for load in standing if load not in undone]
            for record, kept in versions.items():
                versions[record] = [(load, cells) for load, cells in kept if load not in undone]
                assert versions[record] == kept[: len(versions[record])], "only the newest states of a row are taken"
        else:
            try:
                outcome = cited.load(chance.files(sorted(now), kinds=2), prune=chance.random.random() < 0.4)
            except TerrorDBError:
                assert records() == now
                continue
            new = records()
            if outcome.load:
                standing.append(outcome.load)
                for record in now.keys() | new.keys():
                    if now.get(record) != new.get(record):
                        versions[record].append((outcome.load, new.get(record)))
        now = records()
        assert now == {record: kept[-1][1] for record, kept in versions.items() if kept and kept[-1][1] is not None}
        assert cited.hash() == cited.hash_of_cells()
        assert cited.sound()
    while standing:
        undone = cited.undo(standing[0], cascade=True)
        standing = [load for load in standing if load not in undone]
    assert (content(cited), cited.hash()) == first
