"""The content hash: of what the database holds and nothing else; equal however it came there; with invented rows."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select

from terrordb import models
from terrordb.loading import hashing
from terrordb.loading.reading import digest
from terrordb.querying.records import headers, records

if TYPE_CHECKING:
    from tests.loading.conftest import Desk

SOURCE = {"id": "made-up", "title": "A Made-up Book (invented)", "kind": "book", "status": "stated"}
PERSON = {
    "id": "fictive-anna",
    "name": "Fictive Anna",
    "born": "1890",
    "source_id": "made-up",
    "named": "true",
    "status": "stated",
}
FILES = {
    "sources.csv": "id,title,kind\nmade-up,A Made-up Book (invented),book\n",
    "persons.csv": "id,name,born,source_id\n"
    "fictive-anna,Fictive Anna,1890,made-up\nfictive-boris,Fictive Boris,,made-up\n",
    "cases.csv": "id,person,arrested,source_id\n"
    "c-1,fictive-anna,summer of 1937,made-up\nc-2,fictive-boris,about 1938,made-up\n",
    "ours.csv": "name,born\nInvented One,1880\nInvented Two,1881\nInvented One,1880\n",
}


def by_hand(**kinds: list[dict[str, str]]) -> str:
    """Work the hash out from its description alone: sorted JSON, blake2b, sums modulo 2^256, sha256."""
    entries = []
    for kind, rows in sorted(kinds.items()):
        written = (json.dumps(row, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() for row in rows)
        summed = sum(int.from_bytes(hashlib.blake2b(w, digest_size=32).digest()) for w in written) % 2**256
        entries.append([kind, len(rows), f"{summed:064x}"])
    return "1:" + hashlib.sha256(json.dumps(entries, separators=(",", ":")).encode()).hexdigest()


def turned(text: str) -> str:
    """Write a CSV with its columns and rows the other way round."""
    rows = [row[::-1] for row in csv.reader(text.splitlines())]
    return "\n".join(map(",".join, [rows[0], *rows[:0:-1]])) + "\n"


def test_the_hash_is_the_one_worked_out_by_hand(desk: Desk) -> None:
    """The hash of an empty database, and of one with two records, is what its description says."""
    assert desk.hash() == by_hand() == "1:4f53cda18c2baa0c0354bb5f9a3ecbe5ed12ab4d8e11ba873c2f11161202b945"
    person = "id,name,born,source_id\nfictive-anna,Fictive Anna,1890,made-up\n"
    desk.load({"sources.csv": FILES["sources.csv"], "persons.csv": person})
    assert desk.hash() == by_hand(sources=[SOURCE], persons=[PERSON]) == desk.hash_of_cells()


def test_the_hash_does_not_depend_on_how_the_rows_came(new_desk: Callable[[], Desk]) -> None:
    """Order of columns, rows and files, number of loads, and loads undone between: the hash is the same."""
    at_once, one_by_one, backward, astray = (new_desk() for _ in range(4))
    at_once.load(FILES)
    for name, text in FILES.items():
        one_by_one.load({name: text})
    backward.load({name: turned(text) for name, text in reversed(FILES.items())})
    astray.load({"theirs.csv": "name\nInvented Three\n"})
    astray.load({name: text.replace("Fictive", "Unreal") for name, text in FILES.items()})
    astray.load(FILES)
    astray.undo("load-1")
    assert at_once.hash() == one_by_one.hash() == backward.hash() == astray.hash() == at_once.hash_of_cells()
    assert all(desk.sound() for desk in (at_once, one_by_one, backward, astray))


def test_both_engines_give_the_same_hash(desk: Desk) -> None:
    """The hash of these files is this one, on SQLite and on PostgreSQL."""
    desk.load(FILES)
    assert desk.hash() == "1:a28cbc2eebcfe84e62b38e6a8419fdd368f9aacc7c62de8ce25c6b0e4d68ed99"


def test_the_hash_depends_on_every_cell(cited: Desk) -> None:
    """Another name, source, status or reference, or a row more, makes another hash; each is undone."""
    first = "id,name,place_of_death,status,source_id\np-1,Invented One,nowhere,stated,made-up\n"
    places = "id,name,kind,source_id\nnowhere,Nowhere,city,made-up\nelsewhere,Elsewhere,city,made-up\n"
    cited.load({"places.csv": places})
    hashes = [cited.hash()]
    for old, new in (("", ""), ("One", "Two"), ("nowhere", "elsewhere"), ("stated", "dubious"), ("made-up", "other")):
        load = cited.load({"persons.csv": first.replace(old, new) if old else first}).load
        hashes.append(cited.hash())
        cited.undo(str(load))
        assert cited.hash() == hashes[0]
    assert len(set(hashes)) == len(hashes)


def test_what_is_exported_loads_to_the_same_hash(new_desk: Callable[[], Desk], tmp_path: Path) -> None:
    """The cells of every record, written as CSVs with all columns, make a database of the same hash."""
    first, second = new_desk(), new_desk()
    first.load(FILES)
    folder = tmp_path / "exported"
    folder.mkdir()
    with first.engine.connect() as connection:
        for kind in models.KINDS:
            rows = list(records(connection, kind, select(models.kind(kind).__table__.c.key)))
            if rows:
                with (folder / f"{kind}.csv").open("w", newline="", encoding="utf-8") as file:
                    writer = csv.DictWriter(file, [column["name"] for column in headers(kind)])
                    writer.writeheader()
                    writer.writerows(row.cells() for row in rows)
    second.load_paths(*sorted(folder.glob("*.csv")))
    assert second.hash() == first.hash() == second.hash_of_cells()


def test_sums_are_modular() -> None:
    """Sums wrap around at 2^256, kinds without a record do not count, and what is added is taken away again."""
    assert hashing.total([b"\xff" * 32, (2).to_bytes(32)]) == (2, 1)
    assert hashing.content_hash({"persons": (0, 0)}) == hashing.content_hash({})
    assert hashing.content_hash({"a": (1, 5), "b": (1, 6)}) == hashing.content_hash({"b": (1, 6), "a": (1, 5)})


def test_sums_are_kept_and_taken_away(desk: Desk) -> None:
    """A sum that falls below nothing wraps, and comes back when it is added again."""
    with desk.engine.begin() as connection:
        hashing.keep(connection, {"persons": (0, -1)})
        assert hashing.kept(connection) == {"persons": (0, 2**256 - 1)}
        hashing.keep(connection, {"persons": (1, 3)})
        assert hashing.kept(connection) == {"persons": (1, 2)}
    assert digest("a", {"name": "b"}) != digest("b", {"name": "a"})
