"""terrordb loads, terrordb undo: the journal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL
    from tests.cli.conftest import Say

KEYS = ["id", "file", "hash", "loaded", "by", "rows", "added", "changed", "removed", "undone"]


@pytest.fixture
def db(url: URL) -> str:
    """Give the address of an empty database."""
    return url.render_as_string(hide_password=False)


def content(said: Say, db: str) -> str:
    """Read the content hash."""
    return next(line for line in said("db", "status", "--db", db).out.splitlines() if line.startswith("content hash"))


def test_an_empty_journal(said: Say, db: str) -> None:
    """A database without a load has an empty journal; an undo says that nothing was loaded."""
    assert said("loads", "--format", "json", "--db", db) == (0, "[]\n", "")
    answer = said("undo", "load-1", "--db", db)
    assert (answer.code, answer.out) == (2, "")
    assert "nothing was loaded yet" in answer.err


def test_a_load_and_its_undo(said: Say, db: str, tmp_path: Path) -> None:
    """A load is told, journalled, found, and taken back without a trace but the journal's."""
    before = content(said, db)
    (tmp_path / "ours.csv").write_text("name\nInvented Ivan Ivanovich\n", encoding="utf-8")
    loaded = said("load", str(tmp_path / "ours.csv"), "--db", db)
    assert loaded.code == 0
    assert "terrordb undo load-1" in loaded.out
    assert "Ivan Ivanovich" in said("query", "Ivanovich", "--db", db).out
    (entry,) = json.loads(said("loads", "--format", "json", "--db", db).out)
    assert list(entry) == KEYS
    assert (entry["id"], entry["file"], entry["added"], entry["undone"]) == ("load-1", "ours.csv", 1, None)
    assert content(said, db) != before
    undone = said("undo", "load-1", "--db", db)
    assert undone == (0, "", "undone: load-1 (ours.csv, 1 row)\n")
    assert content(said, db) == before
    assert json.loads(said("loads", "--format", "json", "--db", db).out)[0]["undone"] is not None
    again = said("undo", "load-1", "--db", db)
    assert (again.code, again.out) == (2, "")
    assert "was undone already" in again.err


def test_an_undo_that_others_stand_on(said: Say, db: str, tmp_path: Path) -> None:
    """Undo refuses, with the list, where later loads stand on its rows; --cascade shows them and takes them too."""
    (tmp_path / "sources.csv").write_text("id,title,kind\nmade-up,An invented text,book\n", encoding="utf-8")
    (tmp_path / "persons.csv").write_text(
        "id,name,source_id,locator\nfirst,Invented First,made-up,p. 1\n", encoding="utf-8"
    )
    empty = content(said, db)
    for name in ("sources.csv", "persons.csv"):
        assert said("load", str(tmp_path / name), "--db", db).code == 0
    both = content(said, db)
    refused = said("undo", "load-1", "--db", db)
    assert (refused.code, refused.out) == (2, "")
    assert "persons/first of load-2 points to sources/made-up" in refused.err
    assert "--cascade" in refused.err
    assert content(said, db) == both
    taken = said("undo", "load-1", "--cascade", "--db", db)
    assert taken.code == 0
    assert taken.err.startswith("undoing, newest first: load-2, load-1")
    assert content(said, db) == empty


@pytest.mark.parametrize("named", ["load-9", "", "loads/", "persons/x", "1"])
def test_no_such_load(said: Say, db: str, tmp_path: Path, named: str) -> None:
    """A load that is none is an error, and nothing changes."""
    (tmp_path / "ours.csv").write_text("name\nInvented Person\n", encoding="utf-8")
    assert said("load", str(tmp_path / "ours.csv"), "--db", db).code == 0
    before = content(said, db)
    answer = said("undo", named, "--db", db)
    assert (answer.code, answer.out) == (2, "")
    assert "there is no load" in answer.err
    assert content(said, db) == before
