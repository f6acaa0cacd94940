"""The engine room: the only file that says "sqlite" or "postgresql".

It finds the database that is meant, opens it for reading or for writing, compares its schema with the program's, moves
the schema, and writes many rows at once.  Everything above it is the same on both engines.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from itertools import chain
from pathlib import Path
from shlex import quote
from time import monotonic
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Integer, Text, create_engine, event, func, literal, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.pool import NullPool

from terrordb.errors import BadQuestion, NoDatabase, TerrorDBError, nearest

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, Index, Select, Table

REVISION = "0008"  # of the schema this program needs; a test holds it to the newest migration
AT_ONCE = 64  # rows of one statement of SQLite: an eighth quicker than one by one
MOST_MARKS = 30_000  # values of one statement, of which SQLite takes 32,766
WAIT = 60  # seconds that a writer waits for another to finish
NO_TABLE = "42P01"  # what PostgreSQL calls a table that is not there
LOCKED = "55P03"  # and a lock that another holds

Key = BigInteger().with_variant(Integer(), "sqlite")  # INTEGER, or SQLite would keep a second index for the key
Words = Text().with_variant(Text(collation="C"), "postgresql")  # one collation on both engines: bytes
BY_KEY: dict[str, Any] = {"sqlite_with_rowid": False}  # a table lies in the order of its key, with no index beside

NAME_IT = "name one with --db FILE or TERRORDB_URL"


def shipped(folder: str) -> Path:
    """Find a folder that comes with the program: inside the package, or beside it in a checkout."""
    here = Path(__file__).parent
    inside = here / {"alembic": "_alembic", "data/seed": "_data/seed"}[folder]
    return inside if inside.is_dir() else here.parents[1] / folder


def default_file() -> Path:
    """Say where the user's own database lies."""
    from platformdirs import user_data_dir

    return Path(user_data_dir("terrordb", appauthor=False)) / "terrordb.db"


def locate(named: str | os.PathLike[str] | None) -> tuple[URL, bool]:
    """Find the database that is meant (an argument, TERRORDB_URL, the user's own), and say whether it is the last."""
    given = os.fspath(named) if named is not None else os.environ.get("TERRORDB_URL", "")
    if not given and named is None:
        return URL.create("sqlite", database=str(default_file())), True
    if not given or given == ":memory:":
        raise NoDatabase(f"'{given}' names no database", "name a file, or leave --db away for your own")
    if "://" not in given:
        return URL.create("sqlite", database=given), False
    try:
        url = make_url(given)
    except (ArgumentError, ValueError) as error:  # a port that is no number is a ValueError
        raise NoDatabase(
            f"'{given}' is no address of a database", "write a file, or postgresql+psycopg://user@host/name"
        ) from error
    if url.get_backend_name() in ("postgres", "postgresql"):
        return url.set(drivername="postgresql+psycopg"), False
    if url.get_backend_name() != "sqlite":
        raise NoDatabase(f"terrordb does not run on {url.get_backend_name()}", "it runs on SQLite and PostgreSQL")
    if not url.database or url.database == ":memory:":
        raise NoDatabase("a database in memory is gone with the command", "name a file")
    return url, False


def say(url: URL) -> str:
    """Name a database to a user: its file, or its address without the password."""
    return str(url.database) if is_file(url) else url.render_as_string(hide_password=True)


def option(url: URL) -> str:
    """Write the option that names a database; nothing where it is the one that is meant without."""
    try:
        meant = locate(None)[0]
    except NoDatabase:
        meant = None
    return "" if url == meant else f" --db {quote(say(url))}"


def is_file(url: URL) -> bool:
    """Say whether a database is a file."""
    return url.get_backend_name() == "sqlite"


# -- opening ----------------------------------------------------------------------------------------------------------


def reader(url: URL) -> Engine:
    """Open a database that answers questions and cannot be written; NoDatabase where it is not one of this schema."""
    engine = _reading(url)
    compare(engine, url)
    return engine


def schema(url: URL) -> str | None:
    """Read which schema a database has, whatever it is; NoDatabase where there is none."""
    with reached(url):
        return revision(_reading(url))


def _reading(url: URL) -> Engine:
    return _readable_file(url) if is_file(url) else _server(url, write=False)


def writer(url: URL, *, new: bool = False, waits: Callable[[], None] = lambda: None) -> Engine:
    """Open a database for writing; with `new` it may be empty, and a file may be missing.

    `waits` is called where another program writes, before its end is waited for.
    """
    if is_file(url):
        if not new:
            _look_at(url)
        elif not Path(str(url.database)).resolve().parent.is_dir():
            raise NoDatabase(f"there is no folder for {url.database}", "make the folder first, or name another file")
        engine = create_engine(url, poolclass=NullPool, connect_args={"timeout": WAIT, "isolation_level": None})
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "begin", _begin)
    else:
        engine = _server(url, write=True)
    engine.update_execution_options(waits=waits)
    if not new:
        compare(engine, url)
    return engine


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Set up a connection that writes: one writer and any number of readers at a time, the journal gone at rest."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = OFF")  # a load checks them itself, before it commits


def _begin(connection: Connection) -> None:
    """Begin as the one who writes, as soon as no other does: tried anew each second, so that Ctrl-C is heard."""
    raw: Any = connection.connection.dbapi_connection
    raw.execute("PRAGMA busy_timeout = 1000")
    told = False
    while not raw.in_transaction:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            if not told:
                connection.get_execution_options()["waits"]()
            told = True
    raw.execute(f"PRAGMA busy_timeout = {1000 * WAIT}")


def _look_at(url: URL) -> bytes:
    """Read a file's first bytes; NoDatabase where there is none, or where they are not a database's."""
    path = Path(str(url.database))
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except FileNotFoundError as error:
        lacking = "file" if path.parent.is_dir() else "folder"
        raise NoDatabase(
            f"there is no {lacking} {path if lacking == 'file' else path.parent}",
            f"make {'it' if lacking == 'file' else 'the folder, then the database'} with: terrordb init{option(url)}",
        ) from error
    except OSError as error:
        raise NoDatabase(f"{path} cannot be read: {error.strerror}", NAME_IT) from error
    if not head.startswith(b"SQLite format 3\0"):
        raise NoDatabase(f"{path} is not a database" if head else f"{path} is empty", NAME_IT)
    return head


def _readable_file(url: URL) -> Engine:
    head = _look_at(url)
    path = Path(str(url.database)).resolve()

    # Opened as one that may write, so that the last reader clears the log and its index away, which SQLite makes beside
    # a database for every reader; what follows sees to it that nothing is written.
    def connect(query: str = "mode=rw") -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{path.as_uri()}?{query}", uri=True, timeout=WAIT, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("SELECT 1 FROM sqlite_master").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        connection.execute("PRAGMA query_only = ON")
        connection.set_authorizer(_reading_only)
        return connection

    def open_file() -> sqlite3.Connection:
        try:
            return connect()
        except sqlite3.OperationalError:
            # A database with a write-ahead log wants to make two files beside it, and may not in this folder; where
            # no log is left its own file is complete, and nobody can write it here.
            log = path.with_name(path.name + "-wal")
            if head[18:20] != b"\2\2" or (log.exists() and log.stat().st_size):
                raise
            return connect("mode=ro&immutable=1")

    return create_engine(url, creator=open_file, poolclass=NullPool)


READING = (
    sqlite3.SQLITE_SELECT,
    sqlite3.SQLITE_READ,
    sqlite3.SQLITE_FUNCTION,
    sqlite3.SQLITE_RECURSIVE,
    sqlite3.SQLITE_TRANSACTION,
)
LOOKING = ("table_info", "table_xinfo", "table_list", "index_list", "index_info", "index_xinfo", "foreign_key_list")
# Functions with effects beyond their value, where a build of SQLite has them at all.
EFFECTS = ("load_extension", "fts3_tokenizer", "readfile", "writefile", "edit", "eval")


def _reading_only(action: int, first: str | None, second: str | None, _base: str | None, _trigger: str | None) -> int:
    """Let a statement read this file, and nothing else: `mode=ro` alone would let ATTACH write another one."""
    looks = action == sqlite3.SQLITE_PRAGMA and (second is None or first in LOOKING)
    return sqlite3.SQLITE_OK if looks or action in READING else sqlite3.SQLITE_DENY


def _asking_only(action: int, first: str | None, second: str | None, base: str | None, trigger: str | None) -> int:
    """Let a statement of the user's do less: it holds no transaction open, and calls nothing that has effects."""
    effects = action == sqlite3.SQLITE_FUNCTION and second in EFFECTS
    if effects or action == sqlite3.SQLITE_TRANSACTION or (action == sqlite3.SQLITE_PRAGMA and first not in LOOKING):
        return sqlite3.SQLITE_DENY
    return _reading_only(action, first, second, base, trigger)


def _server(url: URL, *, write: bool) -> Engine:
    arguments = {} if write else {"options": "-c default_transaction_read_only=on"}
    try:
        return create_engine(url, poolclass=NullPool, connect_args=arguments)
    except (ImportError, NoSuchModuleError) as error:
        raise NoDatabase(
            "PostgreSQL needs a driver that is not installed", "pip install 'terrordb[postgres]'"
        ) from error


@contextmanager
def reached(url: URL) -> Iterator[None]:
    """Turn what an engine says of a database it cannot use into a sentence."""
    try:
        yield
    except DBAPIError as error:
        said = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
        raise NoDatabase(f"{say(url)} cannot be used: {said}", NAME_IT) from error


def revision(engine: Engine) -> str | None:
    """Read which schema a database has; None where it has none of ours."""
    try:
        with engine.connect() as connection:
            return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
    except DBAPIError as error:
        if "no such table" in str(error.orig) or getattr(error.orig, "sqlstate", None) == NO_TABLE:
            return None
        raise


def compare(engine: Engine, url: URL) -> None:
    """Refuse a database whose schema is not the program's."""
    with reached(url):
        found = revision(engine)
    if found is None or not found.isdigit():  # another program's migrations are named otherwise
        make = NAME_IT if is_file(url) else f"make one with: terrordb init{option(url)}"
        raise NoDatabase(f"{say(url)} holds no terrordb database", make)
    if found < REVISION:
        raise NoDatabase(
            f"{say(url)} has an older schema ({found}; this program needs {REVISION})",
            f"bring it up with: terrordb db upgrade{option(url)} (a copy is made first)",
        )
    if found > REVISION:
        raise NoDatabase(
            f"{say(url)} was made by a newer terrordb (schema {found}; this program knows {REVISION})",
            "update the program: pip install --upgrade terrordb",
        )


# -- schema -----------------------------------------------------------------------------------------------------------


def migrate(
    engine: Engine, to: str = "head", *, then: Callable[[Connection], object] = lambda _connection: None
) -> None:
    """Move the schema to a revision, up or down, in one transaction; keys are off meanwhile and checked at the end.

    `then` ends the same transaction: it fills what a migration, which knows nothing of names, leaves empty.
    With keys on, SQLite would delete the rows that point to a table while it is rebuilt.
    """
    import logging

    from alembic import command
    from alembic.config import Config

    logging.getLogger("alembic").setLevel(logging.WARNING)
    config = Config()
    config.set_main_option("script_location", str(shipped("alembic")))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        now = (
            connection.dialect.has_table(connection, "alembic_version")
            and connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
        )
        go = command.downgrade if to == "base" or (to != "head" and now and to < now) else command.upgrade
        go(config, to)
        then(connection)
        check_keys(connection)


def unmake(engine: Engine) -> None:
    """Take a schema out again that was just made, with all it holds."""
    migrate(engine, "base")
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS alembic_version")


def check_keys(connection: Connection, apart: Iterable[str] = ()) -> None:
    """Refuse to go on where a foreign key points nowhere (PostgreSQL has seen to that at once).

    Tables `apart` are those of which the load made every key itself, and nothing was removed.
    """
    if connection.dialect.name != "sqlite":
        return
    named = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
    looked_at = [f"({name})" for name in sorted(set(named) - set(apart))] if apart else [""]
    for table in looked_at:
        if found := connection.exec_driver_sql(f"PRAGMA foreign_key_check{table}").first():
            raise TerrorDBError(f"{found[0]}: row {found[1]} points to a record of {found[2]} that is not there")


def empty(engine: Engine) -> bool:
    """Say whether a database has no tables at all."""
    from sqlalchemy import inspect

    return not inspect(engine).get_table_names()


def copy_of(url: URL, mark: str) -> Path | None:
    """Copy a database that is a file, whole, beside itself; never over an older copy."""
    if not is_file(url):
        return None
    path = Path(str(url.database))
    copies = (path.with_name(f"{path.name}.{mark}{n}") for n in ("", *(f"-{n}" for n in range(2, 1000))))
    target = next(c for c in copies if not c.exists())
    with _writing(path.parent), closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(target)) as copied:
        source.backup(copied)
    return target


@contextmanager
def _writing(folder: Path) -> Iterator[None]:
    """Say that a folder cannot be written, and what to do."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        said = getattr(error, "strerror", None) or error
        raise NoDatabase(
            f"{folder} cannot be written: {said}", f"{NAME_IT} in a folder of yours: terrordb init --db FILE"
        ) from error


def make_folder(path: Path) -> None:
    """Make the folder of a database."""
    with _writing(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def built_aside(path: Path) -> Iterator[Path | None]:
    """Give the name of a file to build in, renamed to `path` when whole; None where another process was quicker.

    Two processes take turns: the lock is an SQLite transaction, which ends with its process.
    """
    make_folder(path)
    with _writing(path.parent):
        lock = sqlite3.connect(path.with_name(path.name + ".lock"), timeout=10 * WAIT, isolation_level=None)
        lock.execute("BEGIN EXCLUSIVE")
    aside = path.with_name(f"{path.name}.new")

    def clear() -> None:
        for left in path.parent.glob(f"{aside.name}*"):
            left.unlink()

    try:
        if path.exists():
            yield None
            return
        clear()
        yield aside
        for left in ("-wal", "-shm"):
            aside.with_name(aside.name + left).unlink(missing_ok=True)
        aside.replace(path)
    finally:
        clear()
        lock.close()


# -- writing ----------------------------------------------------------------------------------------------------------


def take_turns(connection: Connection) -> None:
    """Wait until no other load is writing (SQLite's BEGIN IMMEDIATE has done so)."""
    if connection.dialect.name != "postgresql":
        return
    lock = "LOCK TABLE loads IN EXCLUSIVE MODE"
    try:
        with connection.begin_nested():
            connection.exec_driver_sql(f"{lock} NOWAIT")
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != LOCKED:
            raise
        connection.get_execution_options().get("waits", lambda: None)()
        connection.exec_driver_sql(lock)


def insert(
    connection: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[tuple[Any, ...]],
    same: Mapping[str, Any] | None = None,
) -> None:
    """Write many rows of tuples, in the order of `columns`; `same` are columns of which every row has one value."""
    same = same or {}
    quoted = ", ".join(f'"{c}"' for c in (*columns, *same))
    if connection.dialect.name == "postgresql":
        raw, more = connection.connection.dbapi_connection, tuple(same.values())
        with raw.cursor() as cursor, cursor.copy(f'COPY "{table.name}" ({quoted}) FROM STDIN') as copy:  # type: ignore[union-attr]
            for row in rows:
                copy.write_row((*row, *more))
        return
    batch = list(rows)
    marks = ", ".join([*"?" * len(columns), *map(_literal, same.values())])
    at_once = max(1, min(AT_ONCE, MOST_MARKS // max(1, len(columns))))
    whole = len(batch) - len(batch) % at_once
    begins = f'INSERT INTO "{table.name}" ({quoted}) VALUES '  # noqa: S608
    if whole:
        several = begins + ", ".join([f"({marks})"] * at_once)
        parts = [tuple(chain.from_iterable(batch[n : n + at_once])) for n in range(0, whole, at_once)]
        connection.exec_driver_sql(several, parts)
    if whole < len(batch):
        connection.exec_driver_sql(f"{begins}({marks})", batch[whole:])


@contextmanager
def indexed_after(connection: Connection, index: Index, rows: int) -> Iterator[None]:
    """Leave an index out while so many rows are written, where its table has less than three times as many.

    To sort all entries once takes a third of the time that it takes to put them in one by one.  On a server an index is
    never dropped: others read by it.
    """
    table = index.table
    assert table is not None
    few = select(literal(1)).select_from(table).limit(3 * rows).subquery()
    whole = connection.dialect.name == "postgresql" or not rows
    if whole or (connection.scalar(select(func.count()).select_from(few)) or 0) >= 3 * rows:
        yield
        return
    index.drop(connection)
    yield
    index.create(connection)


def _literal(value: str | int | None) -> str:
    """Write a value into SQL."""
    if value is None:
        return "NULL"
    return str(value) if isinstance(value, int) else "'{}'".format(value.replace("'", "''"))


def tidy(engine: Engine) -> None:
    """Let the engine look at what was loaded, so that it plans its questions well."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("PRAGMA optimize" if connection.dialect.name == "sqlite" else "ANALYZE")


# -- a statement of the user's ----------------------------------------------------------------------------------------

FETCHED = 500  # rows at a time
LONGEST_TIME = 10**6  # seconds, which PostgreSQL counts in milliseconds in 32 bits
LONGEST_VALUE = 2**18  # bytes: SQLite does not look at the clock within one call of a function
STEPS = 300  # of SQLite's machine between two looks at the clock
QUESTIONS = ("select", "with", "values")
DECLARE = "DECLARE terrordb_asked NO SCROLL CURSOR FOR "
_OPENING = re.compile(r"(?:\s|\(|--[^\n]*|/\*.*?\*/)*", re.DOTALL)  # what may stand before a statement's first word

# What reads may be asked of a server by a role that cannot become one with powers: SET ROLE to a lesser one would prove
# nothing, the statement can set it back.  Nor by one that may call what works outside of its rights or the transaction.
POWERS = """
SELECT r.rolname FROM pg_catalog.pg_roles r
WHERE pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER') AND (r.rolsuper OR r.rolreplication OR r.rolname IN (
  'pg_execute_server_program', 'pg_write_server_files', 'pg_read_server_files', 'pg_signal_backend'))
ORDER BY r.rolname <> session_user, r.rolname LIMIT 1
"""
CALLS = """
SELECT p.oid::regprocedure::text FROM pg_catalog.pg_proc p
JOIN pg_catalog.pg_language l ON l.oid = p.prolang JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
WHERE p.prokind <> 'p' AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
AND (p.prosecdef OR NOT (l.lanpltrusted OR l.lanname IN ('internal', 'c'))
  OR p.proname ~ '^(dblink|pg_file_)' OR n.nspname = 'pg_catalog' AND p.proname IN (
  'pg_read_file', 'pg_read_binary_file', 'pg_ls_dir', 'pg_stat_file', 'lo_import', 'lo_export', 'pg_promote',
  'pg_switch_wal', 'pg_reload_conf', 'pg_rotate_logfile', 'pg_create_restore_point', 'pg_backup_start'))
AND EXISTS (SELECT FROM pg_catalog.pg_roles r WHERE pg_catalog.pg_has_role(session_user, r.oid, 'MEMBER')
  AND pg_catalog.has_function_privilege(r.oid, p.oid, 'EXECUTE'))
ORDER BY 1 LIMIT 1
"""

Rows = Iterator[tuple[Any, ...]]
Fetch = Callable[[], Sequence[tuple[Any, ...]]]


class _Clock:
    """The seconds an engine has left: it runs while the engine works, and not while rows are read."""

    def __init__(self, seconds: float) -> None:
        self.left, self.end = seconds, 0.0

    @contextmanager
    def running(self) -> Iterator[None]:
        begun = monotonic()
        self.end = begun + self.left
        try:
            yield
        finally:
            self.left -= monotonic() - begun

    def out(self) -> bool:
        """Say whether the time is over."""
        return monotonic() > self.end


@contextmanager
def foreign(
    engine: Engine, statement: str, seconds: float, known: Callable[[], Iterable[str]] = tuple
) -> Iterator[tuple[list[str], Rows]]:
    """Run one SELECT, WITH or VALUES of the user's on a reader's engine; lend the names of its columns and its rows.

    The engine is stopped when it has worked for `seconds`.  Raises BadQuestion for what would do more than read, and
    for what the engine refuses, with the place it names; `known` names tables and columns, to offer the nearest.
    """
    _question_alone(statement, seconds)
    clock = _Clock(seconds)
    with reached(engine.url), engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        ask = _ask_file if is_file(engine.url) else _ask_server
        # Several statements are a warning to some versions of Python's sqlite3.
        errors = (connection.dialect.loaded_dbapi.Error, sqlite3.Warning)
        try:
            columns, fetch = ask(raw, statement, clock, engine.url)
            yield columns, _fetched(fetch, clock)
        except KeyboardInterrupt:
            connection.invalidate()  # the engine may be in the middle of an answer, and take no rollback
            raise
        except errors as error:
            if str(error) == "interrupted" and not clock.out():  # SQLite was, by the user, and has swallowed the signal
                raise KeyboardInterrupt from None
            raise _refused(error, statement, seconds, known) from error


def _question_alone(statement: str, seconds: float) -> None:
    """Refuse what is no question in plain words; the engines hold to that whatever passes here."""
    if not 0 < seconds <= LONGEST_TIME:
        raise BadQuestion(f"{seconds:g} seconds are no time limit", f"write more than 0 and up to {LONGEST_TIME:,}")
    if "\0" in statement:
        raise BadQuestion("the statement holds a null byte", "leave it away")
    opening = _OPENING.match(statement)
    rest = statement[opening.end() if opening else 0 :]
    word = re.split("[^A-Za-z]", rest, maxsplit=1)[0] or rest[:1]
    if word in ("", ";"):
        raise BadQuestion("there is no statement", "such as: select id, name from persons")
    if word.lower() not in QUESTIONS:
        raise BadQuestion(
            f"a statement that begins with {word} is not run",
            "SELECT, WITH and VALUES are; records are changed by terrordb load and terrordb undo",
        )


def _fetched(fetch: Fetch, clock: _Clock) -> Rows:
    """Give rows as they come."""
    while True:
        with clock.running():
            rows = fetch()
        if not rows:
            return
        yield from rows


def _ask_file(raw: Any, statement: str, clock: _Clock, _url: URL) -> tuple[list[str], Fetch]:
    """Ask SQLite: no other file is in reach, and the clock is looked at as it works."""
    raw.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, LONGEST_VALUE)
    raw.setlimit(sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1000)
    raw.text_factory = lambda stored: stored.decode(errors="replace")
    raw.set_authorizer(_asking_only)
    raw.set_progress_handler(clock.out, STEPS)
    with clock.running():
        cursor = raw.execute(statement)
    return [column[0] for column in cursor.description or ()], lambda: cursor.fetchmany(FETCHED)


def _ask_server(raw: Any, statement: str, clock: _Clock, url: URL) -> tuple[list[str], Fetch]:
    """Ask PostgreSQL through a cursor, whose grammar takes one question that changes nothing."""
    raw.execute("SET TRANSACTION READ ONLY")  # no later statement can switch it
    _without_powers(raw, url)

    def run(work: str) -> Any:  # the limit each time anew: the statement itself may have set another
        raw.execute(f"SET LOCAL statement_timeout = {max(1, round(clock.left * 1000))}")
        return raw.execute(work, binary=work.startswith("DECLARE"))  # with which the protocol takes one statement alone

    with clock.running():
        run(DECLARE + statement)
        columns = [column.name for column in run("FETCH 0 FROM terrordb_asked").description]
    return columns, lambda: run(f"FETCH {FETCHED} FROM terrordb_asked").fetchall()


def _without_powers(raw: Any, url: URL) -> None:
    """Refuse a role that may do more on a server than read records, and say how to make one that may not."""
    role = raw.execute("SELECT session_user").fetchone()[0]
    reason = ""
    if found := raw.execute(POWERS).fetchone():
        reason = "may run programs and files on the server" if found[0] == role else f"has the rights of {found[0]}"
    elif found := raw.execute(CALLS).fetchone():
        reason = f"may call {found[0]}, which does more than read"
    if reason:
        raise BadQuestion(
            f"the role {role} {reason}: a statement of yours is not run with it",
            "make a role that only reads, and name it with --db:\n"
            "    CREATE ROLE terrordb_reader LOGIN PASSWORD '…';\n"
            "    GRANT SELECT ON ALL TABLES IN SCHEMA public TO terrordb_reader;\n"
            f"   {option(url.set(username='terrordb_reader', password=None))}",
        )


def _refused(error: Exception, statement: str, seconds: float, known: Callable[[], Iterable[str]]) -> BadQuestion:
    """Say in a sentence what an engine has against a statement, where, and what may be done."""
    told = getattr(error, "diag", None)
    said = str(getattr(told, "message_primary", None) or error).partition("\n")[0]
    state = getattr(error, "sqlstate", None)
    if said == "interrupted" or state == "57014":
        return BadQuestion(f"it was stopped after {seconds:g} seconds", "ask for less, or give more with --timeout")
    if "one statement at a time" in said or "multiple commands" in said:
        return BadQuestion("there is more than one statement", "ask one at a time")
    missing = re.match(r'(?:no such (?:table|column): |relation "?|column "?)([^\s"]+)', said)
    remedy = getattr(told, "message_hint", None) or ""
    if missing:
        near = nearest(missing[1].rpartition(".")[2], list(dict.fromkeys(known())))
        remedy = near or remedy or "terrordb sql --tables lists tables and columns"
    elif "not authorized" in said or "prohibited" in said or state in ("0A000", "25006", "42501"):
        remedy = remedy or "only what reads the tables of this database is answered"
    elif "too big" in said:
        remedy = f"a value may have up to {LONGEST_VALUE:,} bytes"
    return BadQuestion(
        f"the database says: {said}", remedy, _where(said, getattr(told, "statement_position", None), statement)
    )


def _where(said: str, position: str | None, statement: str) -> str:
    """Find the line and character of a fault: PostgreSQL counts them, SQLite names what it is near."""
    at = int(position) - 1 - len(DECLARE) if position else -1
    if said == "incomplete input":
        at = len(statement)
    elif near := re.match(r'(?:near|unrecognized token:) "(.+?)"(?::|$)|no such \w+: (\S+)', said, re.DOTALL):
        word = near[1] or near[2]
        at = statement.find(word) if statement.count(word) == 1 else -1
    if not 0 <= at <= len(statement):
        return ""
    before = statement[:at]
    return f"line {before.count(chr(10)) + 1}, character {at - before.rfind(chr(10))}"


# -- what an engine says ----------------------------------------------------------------------------------------------

READING_ALL = ("Seq Scan", "Index Scan", "Index Only Scan")  # where no condition narrows them


def plan(connection: Connection, statement: Select[Any]) -> list[str]:
    """List the tables that a statement reads whole, as the engine plans it, be it through an index."""
    written = statement.compile(connection, compile_kwargs={"literal_binds": True})
    if connection.dialect.name == "sqlite":
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {written}").all()
        named = (re.match(r"SCAN (?:TABLE )?(\w+)", step[3]) for step in steps)
        return [re.sub(r"_\d+$", "", found[1]) for found in named if found]  # an alias has a number
    told = connection.exec_driver_sql(f"EXPLAIN (FORMAT JSON) {written}").scalar_one()
    return list(_read_whole(told[0]["Plan"]))


def _read_whole(node: dict[str, Any]) -> Iterator[str]:
    if node["Node Type"] in READING_ALL and "Index Cond" not in node:
        yield node["Relation Name"]
    for below in node.get("Plans", ()):
        yield from _read_whole(below)


def broken(error: Exception) -> bool:
    """Say whether a row broke a rule of the database; what COPY raises is the driver's own."""
    names = {of.__name__ for of in type(error).__mro__}
    return not names.isdisjoint(("IntegrityError", "DataError", "OverflowError"))


def complaint(error: Exception) -> str | None:
    """Give what an engine, its driver or the migrations say; None where the error is none of theirs."""
    if type(error).__module__.partition(".")[0] not in ("sqlalchemy", "sqlite3", "psycopg", "alembic"):
        return None
    said = str(getattr(error, "orig", None) or error).strip()
    return said.splitlines()[0] if said else type(error).__name__
