"""The engine room: which database is meant, what a connection may do, and how a file comes to be."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from terrordb import database
from terrordb.errors import NoDatabase, TerrorDBError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import URL, Engine

WRITES = [
    "INSERT INTO loads (key) VALUES (7)",
    "UPDATE loads SET file = 'another'",
    "DELETE FROM loads",
    "CREATE TABLE another (x INTEGER)",
    "CREATE TEMPORARY TABLE another (x INTEGER)",
    "DROP TABLE claims",
]
SQLITE_TRICKS = [
    "ATTACH DATABASE '{folder}/another.db' AS another",
    "ATTACH DATABASE ':memory:' AS another",
    "VACUUM INTO '{folder}/another.db'",
    "VACUUM",
    "REINDEX",
    "ANALYZE",
    "PRAGMA query_only = OFF",
    "PRAGMA query_only(0)",
    "PRAGMA journal_mode = DELETE",
    "PRAGMA user_version = 7",
    "PRAGMA writable_schema = ON",
    "SELECT load_extension('nothing')",
    "CREATE TEMP TRIGGER another AFTER INSERT ON loads BEGIN SELECT 1; END",
    "CREATE VIRTUAL TABLE temp.another USING fts5(x)",
]


@pytest.fixture
def shown(url: URL) -> Engine:
    """Give an engine that answers questions."""
    return database.reader(url)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set nothing, in an empty home."""
    for name in ("TERRORDB_URL", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


# -- which database is meant -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("plain")
def test_an_argument_comes_before_the_variable_before_ones_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What is named comes first, then TERRORDB_URL, then the user's own file; only that is the default."""
    own = tmp_path / ".local/share/terrordb/terrordb.db"
    assert [(str(url.database), default) for url, default in [database.locate(None)]] == [(str(own), True)]
    monkeypatch.setenv("TERRORDB_URL", "variable.db")
    assert (database.locate(None)[0].database, database.locate(None)[1]) == ("variable.db", False)
    assert (database.locate("named.db")[0].database, database.locate("named.db")[1]) == ("named.db", False)
    assert database.locate(tmp_path / "named.db")[0].database == str(tmp_path / "named.db")
    monkeypatch.setenv("TERRORDB_URL", "")
    assert database.locate(None)[1]


@pytest.mark.parametrize(
    "named", ["postgres://a@b/c", "postgresql://a@b/c", "postgresql+psycopg2://a@b/c", "postgresql+asyncpg://a@b/c"]
)
def test_every_postgresql_goes_through_one_driver(named: str) -> None:
    """An address of PostgreSQL is read with whatever driver it names."""
    assert database.locate(named)[0] == make_url("postgresql+psycopg://a@b/c")


@pytest.mark.parametrize(
    "named", ["", ":memory:", "sqlite://", "sqlite:///:memory:", "oracle://a/b", "://", "a://b:c/d"]
)
def test_what_names_no_database(named: str) -> None:
    """What names none is an error with a remedy."""
    with pytest.raises(NoDatabase) as raised:
        database.locate(named)
    assert raised.value.remedy


@pytest.mark.usefixtures("plain")
def test_a_remedy_names_the_database_where_need_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """An option is written where another database would be meant without it, quoted for a shell, without a password."""
    assert database.option(database.locate(None)[0]) == ""
    assert database.option(database.locate("a b.db")[0]) == " --db 'a b.db'"
    monkeypatch.setenv("TERRORDB_URL", "a b.db")
    assert database.option(database.locate(None)[0]) == ""
    monkeypatch.setenv("TERRORDB_URL", "nonsense://x")
    assert database.option(database.locate("ours.db")[0]) == " --db ours.db"
    assert "secret" not in database.option(database.locate("postgresql://a:secret@b/c")[0])


# -- reading ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("statement", WRITES)
def test_a_reader_cannot_write(shown: Engine, statement: str) -> None:
    """Whatever would change a record or a table is refused by the engine itself."""
    with shown.connect() as connection, pytest.raises(DBAPIError):
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("statement", SQLITE_TRICKS)
def test_no_trick_writes_a_file(tmp_path: Path, statement: str) -> None:
    """On SQLite no statement writes another file, keeps a table of its own or lifts the ban."""
    url, _ = database.locate(tmp_path / "ours.db")
    engine = database.writer(url, new=True)
    database.migrate(engine)
    before = (tmp_path / "ours.db").read_bytes()
    with database.reader(url).connect() as connection:
        with pytest.raises(DBAPIError):
            connection.exec_driver_sql(statement.format(folder=tmp_path))
        with pytest.raises(DBAPIError):
            connection.exec_driver_sql("DELETE FROM loads")
    assert [f.name for f in tmp_path.iterdir()] == ["ours.db"]
    assert (tmp_path / "ours.db").read_bytes() == before


def test_a_reader_leaves_nothing_beside_a_file(tmp_path: Path) -> None:
    """While it reads SQLite keeps a log beside the file; afterwards the file lies alone, as it was."""
    url, _ = database.locate(tmp_path / "ours.db")
    database.migrate(database.writer(url, new=True))
    before = (tmp_path / "ours.db").read_bytes()
    with database.reader(url).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM loads").scalar() == 0
    assert [f.name for f in tmp_path.iterdir()] == ["ours.db"]
    assert (tmp_path / "ours.db").read_bytes() == before


def test_readers_see_what_was_there_while_another_writes(url: URL) -> None:
    """A reader answers while a load is under way, from what stood before it."""
    writer, reader = database.writer(url), database.reader(url)
    load = (
        "INSERT INTO loads (key, id, file, hash, loaded, by, files, rows, added, changed, removed)"
        " VALUES (1, 'load-1', 'invented', '0', '2020-01-01T00:00:00Z', 'a test', '[]', 0, 0, 0, 0)"
    )
    with writer.begin() as writing:
        writing.exec_driver_sql(load)
        with reader.connect() as reading:
            assert reading.exec_driver_sql("SELECT count(*) FROM loads").scalar() == 0
    with reader.connect() as reading:
        assert reading.exec_driver_sql("SELECT count(*) FROM loads").scalar() == 1


@pytest.mark.parametrize("name", ["with space.db", "with#hash?and%20.db", "Вымысел.db", "a'b\"c.db"])
def test_any_name_of_a_file_will_do(tmp_path: Path, name: str) -> None:
    """Signs that mean something in an address mean nothing in the name of a file."""
    url, _ = database.locate(tmp_path / name)
    database.migrate(database.writer(url, new=True))
    with database.reader(url).connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM loads").scalar() == 0
    assert [f.name for f in tmp_path.iterdir()] == [name]
    assert database.schema(url) == database.REVISION


def test_a_link_leads_to_its_file(tmp_path: Path) -> None:
    """A symbolic link to a database is that database."""
    url, _ = database.locate(tmp_path / "ours.db")
    database.migrate(database.writer(url, new=True))
    (tmp_path / "link.db").symlink_to("ours.db")
    assert database.schema(database.locate(tmp_path / "link.db")[0]) == database.REVISION


@pytest.mark.parametrize(
    ("found", "told"),
    [("0000", "older schema"), ("9999", "newer terrordb"), ("ae1027a6acf0", "holds no terrordb database")],
)
def test_a_schema_is_compared(url: URL, found: str, told: str) -> None:
    """A database of another schema is opened neither for questions nor for loads."""
    with database.writer(url).begin() as connection:
        connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{found}'")
    assert database.schema(url) == found
    for opening in (database.reader, database.writer):
        with pytest.raises(NoDatabase, match=told):
            opening(url)


def test_a_database_without_tables_is_none_of_ours(maker: Any) -> None:
    """A database without tables has no schema; on a server the remedy is init."""
    url = maker.create(None)
    if not database.is_file(url):
        assert database.schema(url) is None
        with pytest.raises(NoDatabase, match="holds no terrordb database") as raised:
            database.reader(url)
        assert raised.value.remedy.startswith("make one with: terrordb init")


# -- making and copying ----------------------------------------------------------------------------------------------


def test_a_file_is_built_aside_and_renamed_when_whole(tmp_path: Path) -> None:
    """The file appears when it is whole; while it is built only its other name is there."""
    path = tmp_path / "new" / "ours.db"
    with database.built_aside(path) as aside:
        assert aside is not None
        aside.write_text("half", encoding="utf-8")
        assert not path.exists()
        aside.write_text("whole", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "whole"
    with database.built_aside(path) as aside:
        assert aside is None


def fail(path: Path) -> None:
    """Begin to build a file, and fail."""
    with database.built_aside(path) as aside:
        assert aside is not None
        aside.write_text("half", encoding="utf-8")
        raise ValueError("invented")


def test_what_fails_leaves_nothing(tmp_path: Path) -> None:
    """Where the building fails there is no file, and the next may build; what a killed one left is cleared away."""
    path = tmp_path / "ours.db"
    with pytest.raises(ValueError, match="invented"):
        fail(path)
    assert not [f for f in tmp_path.iterdir() if f.suffix != ".lock"]
    for left in ("ours.db.new", "ours.db.new-wal"):
        (tmp_path / left).write_text("killed", encoding="utf-8")
    with database.built_aside(path) as aside:
        assert aside is not None
        assert not aside.exists()
        aside.write_text("whole", encoding="utf-8")
    assert not list(tmp_path.glob("*.new*"))


def test_builders_take_turns(tmp_path: Path) -> None:
    """Of several builders at once one builds; the others wait and find the file made."""
    path, built = tmp_path / "ours.db", []

    def build() -> None:
        with database.built_aside(path) as aside:
            if aside is not None:
                built.append(threading.get_ident())
                aside.write_text("whole", encoding="utf-8")

    threads = [threading.Thread(target=build) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1


def test_a_writer_says_that_it_waits(url: URL) -> None:
    """A program that has to wait for another says so, and goes on when the other is done."""
    waiting, after = threading.Event(), []

    def wait() -> None:
        after.append("waits")
        waiting.set()

    def second() -> None:
        with database.writer(url, waits=wait).begin() as connection:
            database.take_turns(connection)
            after.append("writes")

    thread = threading.Thread(target=second)
    engine = database.writer(url)
    with engine.begin() as connection:
        database.take_turns(connection)
        thread.start()
        assert waiting.wait(30)
        assert after == ["waits"]
    thread.join(30)
    assert after[0] == "waits"
    assert after[-1] == "writes"


def test_a_copy_is_whole_and_never_over_another(tmp_path: Path) -> None:
    """A copy holds what was committed, also where that still lies in the log; an older copy stays."""
    url, _ = database.locate(tmp_path / "ours.db")
    database.migrate(database.writer(url, new=True))
    with closing(sqlite3.connect(tmp_path / "ours.db")) as connection:
        connection.execute("CREATE TABLE invented (x)")
        connection.execute("INSERT INTO invented VALUES (7)")
        connection.commit()
        copies = [database.copy_of(url, "copy") for _ in range(3)]
    assert [copy.name for copy in copies if copy] == ["ours.db.copy", "ours.db.copy-2", "ours.db.copy-3"]
    for copy in copies:
        with closing(sqlite3.connect(str(copy))) as connection:
            assert connection.execute("SELECT x FROM invented").fetchone() == (7,)


def test_a_server_is_not_copied() -> None:
    """A database on a server is copied by its owner."""
    assert database.copy_of(make_url("postgresql+psycopg://a@b/c"), "copy") is None


def test_a_schema_can_be_taken_out_again(url: URL) -> None:
    """What `init` has made and could not fill is taken out, to the last table."""
    engine = database.writer(url)
    database.unmake(engine)
    assert database.empty(engine)


def test_keys_that_point_nowhere_are_found(tmp_path: Path) -> None:
    """With keys off for a load, SQLite is asked at the end whether all point to a row."""
    url, _ = database.locate(tmp_path / "ours.db")
    engine = database.writer(url, new=True)
    database.migrate(engine)
    with engine.begin() as connection:
        database.check_keys(connection)
        connection.exec_driver_sql("CREATE TABLE invented (x INTEGER REFERENCES loads (key))")
        connection.exec_driver_sql("INSERT INTO invented VALUES (7)")
        with pytest.raises(TerrorDBError, match="invented: row 1 points to a record of loads that is not there"):
            database.check_keys(connection)


@pytest.mark.parametrize(("rows", "left_out"), [(0, False), (1, False), (2, True)])
def test_an_index_is_made_after_many_rows(url: URL, rows: int, *, left_out: bool) -> None:
    """Of an embedded table with fewer than three times as many rows it is left out meanwhile; never on a server."""
    from sqlalchemy import inspect

    from terrordb.models.engine import name_words, word_uses

    def there(connection: Any) -> bool:
        return "ix_word_uses_kind_key" in {one["name"] for one in inspect(connection).get_indexes("word_uses")}

    (index,) = word_uses.indexes
    with database.writer(url).begin() as connection:
        connection.execute(name_words.insert().values(key=1, word="придумка", latin="pridumka"))
        for key in range(3):
            connection.execute(word_uses.insert().values(kind="persons", word_key=1, key=key, owner_key=key))
        with database.indexed_after(connection, index, rows):
            assert there(connection) is not (left_out and connection.dialect.name == "sqlite")
            connection.execute(word_uses.insert().values(kind="persons", word_key=1, key=9, owner_key=9))
        assert there(connection)
        found = connection.scalars(word_uses.select().with_only_columns(word_uses.c.key).order_by(word_uses.c.key))
        assert list(found) == [0, 1, 2, 9]


def test_what_is_shipped_is_found() -> None:
    """The migrations and the seed are found beside the package, or in it."""
    assert (database.shipped("alembic") / "env.py").is_file()
    assert list(database.shipped("data/seed").glob("*.csv"))
