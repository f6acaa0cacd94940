"""terrordb db: where, status, check, upgrade, update."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import make_url

from terrordb import database
from terrordb.loading.keeping import load
from terrordb.loading.seed import LABEL, files, seed_hash
from terrordb.loading.sheets import open_sheet

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL
    from tests.cli.conftest import Say


def do(address: str, statement: str) -> None:
    """Run a statement on a database."""
    engine = database.writer(make_url(address), new=True)
    with engine.begin() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()


@pytest.fixture
def changing(seeded_url: URL) -> str:
    """Give the address of the seed, to change."""
    return seeded_url.render_as_string(hide_password=False)


@pytest.fixture
def older(url: URL, tmp_path: Path) -> str:
    """Give the address of a database with an older seed: it lacks a footnote, and has an invented one."""
    sheets = []
    for file in files():
        lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
        if file.stem == "footnotes":
            lines[-1] = lines[-1].replace(lines[-1].partition(",")[0], "invented-note", 1)
        (tmp_path / file.name).write_text("".join(lines), encoding="utf-8")
        sheets.append(open_sheet(tmp_path / file.name, kind=None, encoding="utf-8", label=f"seed/{file.name}"))
    engine = database.writer(url)
    load(engine, sheets, label=LABEL, by="a test", prune=True, progress=lambda _kind, _rows, _total=0: None)
    engine.dispose()
    return url.render_as_string(hide_password=False)


def status(said: Say, *words: str) -> dict[str, str]:
    """Read what `db status` prints."""
    answer = said("db", "status", *words)
    assert answer.code == 0, answer.err
    return dict(line.split("\t") for line in answer.out.splitlines())


def test_status_says_what_there_is(said: Say, address: str) -> None:
    """`db status` says where, which schema, how many of each kind, the seed and the content hash."""
    found = status(said, "--db", address)
    assert found["schema"] == database.REVISION
    assert found["seed"] == "the shipped one"
    assert found["content hash"].startswith("1:")
    assert len(found["content hash"]) == 66
    assert found["persons"] == said("query", "persons", "--count", "--db", address).out.strip()
    assert json.loads(said("db", "status", "--format", "json", "--db", address).out)[0]["what"] == "database"


def test_no_password_is_printed(said: Say) -> None:
    """The address of a server is printed without its password, in answers and in errors."""
    address = "postgresql://somebody:secret@127.0.0.1:1/nowhere"
    assert said("db", "where", "--db", address).out == "postgresql+psycopg://somebody:***@127.0.0.1:1/nowhere\n"
    answer = said("query", "--db", address)
    assert (answer.code, answer.out) == (2, "")
    assert "secret" not in answer.err


def test_check_of_a_whole_database(said: Say, address: str) -> None:
    """`db check` of a whole database says so, and prints nothing."""
    answer = said("db", "check", "--db", address)
    assert (answer.code, answer.out) == (0, "")
    assert "nothing differs" in answer.err
    assert said("db", "check", "--format", "json", "--quiet", "--db", address) == (0, "[]\n", "")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE trials SET outcome = 'changed by a test' WHERE id = 'moscow-trial-1'", "trials/moscow-trial-1"),
        ("UPDATE persons SET fate = NULL WHERE id = 'bukharin-nikolai'", "persons/bukharin-nikolai"),
        ("DELETE FROM footnotes WHERE id = (SELECT min(id) FROM footnotes)", "footnotes"),
    ],
)
def test_check_finds_what_was_changed(said: Say, changing: str, change: str, told: str) -> None:
    """What was changed behind the program's back is found, named, and ends with 1."""
    do(changing, change)
    answer = said("db", "check", "--db", changing)
    assert answer.code == 1
    assert told in answer.out


def test_an_older_schema_is_answered_with_the_remedy(said: Say, changing: str) -> None:
    """A database of an older schema answers no question; every command names the upgrade."""
    do(changing, "UPDATE alembic_version SET version_num = '0000'")
    for words in (("query",), ("show", "moscow-trial-1"), ("loads",), ("db", "status"), ("undo", "load-1")):
        answer = said(*words, "--db", changing)
        assert (answer.code, answer.out) == (2, "")
        assert "has an older schema (0000; this program needs" in answer.err
        assert f"terrordb db upgrade --db {database.say(make_url(changing))}" in answer.err


def test_a_newer_schema_is_refused(said: Say, changing: str) -> None:
    """A database of a newer program is refused by every command, upgrade included, and not changed."""
    do(changing, "UPDATE alembic_version SET version_num = '9999'")
    for words in (("query",), ("db", "check"), ("db", "update"), ("db", "upgrade"), ("undo", "load-1")):
        answer = said(*words, "--db", changing)
        assert (answer.code, answer.out) == (2, "")
        assert "was made by a newer terrordb (schema 9999" in answer.err
    assert database.schema(make_url(changing)) == "9999"


def test_an_upgrade_of_the_newest_does_nothing(said: Say, changing: str) -> None:
    """`db upgrade` of a database that has the newest schema says so, and makes no copy."""
    answer = said("db", "upgrade", "--db", changing)
    assert answer.code == 0
    assert "has the newest schema" in answer.err
    assert "copied" not in answer.err


def test_an_upgrade_copies_a_file_first_and_over_nothing(said: Say, tmp_path: Path) -> None:
    """Before a file is upgraded it is copied, whole, beside itself; an older copy stays as it is."""
    ours = tmp_path / "ours.db"
    assert said("init", "--db", str(ours)).code == 0
    do(str(database.locate(ours)[0]), "UPDATE alembic_version SET version_num = '0000'")
    first = said("db", "upgrade", "--db", str(ours))  # no migration begins at 0000: it fails, after the copy
    assert first.code == 2
    copy = tmp_path / f"ours.db.before-{database.REVISION}"
    assert f"copied to {copy}" in first.err
    was = copy.read_bytes()
    assert database.schema(database.locate(copy)[0]) == "0000"
    second = said("db", "upgrade", "--db", str(ours))
    assert f"copied to {copy}-2" in second.err
    assert copy.read_bytes() == was


def test_another_programs_file_is_left_as_it_is(said: Say, tmp_path: Path) -> None:
    """An SQLite file of another program is refused by every command, and not a byte of it changes."""
    import sqlite3
    from contextlib import closing

    with closing(sqlite3.connect(tmp_path / "other.db")) as connection:
        connection.executescript(
            "CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('ae1027a6acf')"
        )
    was = (tmp_path / "other.db").read_bytes()
    for words in (("query",), ("db", "upgrade"), ("db", "update"), ("undo", "load-1"), ("init",), ("db", "check")):
        answer = said(*words, "--db", str(tmp_path / "other.db"))
        assert (answer.code, answer.out) == (2, "")
        assert "holds no terrordb database" in answer.err or "is there already" in answer.err
    assert (tmp_path / "other.db").read_bytes() == was
    assert [f.name for f in tmp_path.glob("other*")] == ["other.db"]


def test_the_footer_tells_of_a_newer_seed(said: Say) -> None:
    """Where the shipped seed is newer than that of one's own database, a question says how to update it."""
    assert said("query", "--count").code == 0
    assert said("query", "--count").err == ""
    do(str(database.locate(None)[0]), "UPDATE loads SET hash = 'older'")
    answer = said("query", "--count")
    assert answer.code == 0
    assert "terrordb db update" in answer.err
    assert said("query", "--count", "--quiet").err == ""
    assert status(said)["seed"] == "older than the shipped one: terrordb db update"


def test_a_database_that_is_named_gets_no_footer(said: Say, changing: str) -> None:
    """Of a database that is not one's own, only `db status` tells the age of the seed."""
    do(changing, "UPDATE loads SET hash = 'older'")
    assert said("query", "--count", "--db", changing).err == ""


def test_update_brings_the_seed_up_to_date(said: Say, older: str, address: str) -> None:
    """`db update` brings an older seed to the shipped one, as a load that undo takes back."""
    before = status(said, "--db", older)
    assert before["seed"] == "older than the shipped one: terrordb db update"
    answer = said("db", "update", "--db", older)
    assert answer == (0, "", "load-2: 1 new, 0 changed, 1 removed\n")
    assert status(said, "--db", older)["content hash"] == status(said, "--db", address)["content hash"]
    assert said("db", "update", "--db", older) == (0, "", "the seed is up to date\n")
    assert said("undo", "load-2", "--db", older).code == 0
    assert status(said, "--db", older) == before


def test_update_fills_an_empty_database(said: Say, url: Any, address: str) -> None:
    """`db update` of an empty database loads the seed."""
    empty = url.render_as_string(hide_password=False)
    assert said("db", "update", "--db", empty).code == 0
    assert status(said, "--db", empty)["content hash"] == status(said, "--db", address)["content hash"]


def test_the_seed_has_a_hash_of_its_own() -> None:
    """The shipped seed's hash is what the journal keeps of it."""
    assert len(seed_hash()) == 64
