"""terrordb sql: one question in SQL, which can change nothing, reads nothing else, and is stopped in time."""

from __future__ import annotations

import json
import signal
import time
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import create_engine, make_url, text
from sqlalchemy.pool import NullPool
from tests.cli.conftest import address_of, reading_role

from terrordb import database
from terrordb.errors import BadQuestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from subprocess import Popen

    from sqlalchemy import URL
    from tests.cli.conftest import Said, Say
    from tests.conftest import Maker

RUNAWAY = "with recursive c(x) as (select 1 union all select x + 1 from c) select {} from c"

# What would do more than read the tables, on either engine; `{folder}` is one of the test's own.
WRITES = [
    "insert into loads (key) values (7)",
    "update persons set name = 'another'",
    "delete from persons",
    "drop table claims",
    "create table another (x integer)",
    "create temporary table another (x integer)",
    "with gone as (delete from persons returning id) select * from gone",
    "with new as (insert into loads (key) values (7) returning key) select * from new",
    "select 1; delete from persons",
    "select 1; commit; begin read write; delete from persons",
    "select 1; vacuum",
    "begin",
    "commit",
    "rollback",
    "savepoint another",
    "explain delete from persons",
    "/* select */ delete from persons",
    "-- select\ndelete from persons",
    "(delete from persons)",
    "selectx",
    "vacuum",
    "analyze",
    "reindex",
]
SQLITE_WRITES = [
    "attach database '{folder}/another.db' as another",
    "select 1; attach database '{folder}/another.db' as another",
    "vacuum into '{folder}/another.db'",
    "pragma query_only = off",
    "pragma journal_mode = delete",
    "pragma wal_checkpoint",
    "select * from pragma_journal_mode",
    "select * from pragma_query_only",
    "select load_extension('{folder}/another')",
    "select writefile('{folder}/another', 'x')",
    "select readfile('/etc/hostname')",
    "select edit('x', 'touch {folder}/another')",
    "select * from fsdir('{folder}')",
    "select fts3_tokenizer('simple', x'0011223344556677')",
    "replace into loads (key) values (7)",
    "with x as (select 1) update persons set name = 'another'",
    "with x as (select 1) delete from persons",
    "select * from another.persons",
]
SERVER_WRITES = [
    "set transaction read write",
    "set role postgres",
    "reset role",
    "select set_config('transaction_read_only', 'off', true)",
    "select set_config('role', 'postgres', false)",
    "select set_config('session_authorization', 'postgres', false)",
    "copy persons to '{folder}/another'",
    "copy (select 1) to program 'touch {folder}/another'",
    "do $$ begin delete from persons; end $$",
    "select nextval('another')",
    "select setval('another', 7)",
    "select pg_read_file('/etc/hostname')",
    "select pg_read_binary_file('/etc/hostname')",
    "select pg_ls_dir('.')",
    "select pg_stat_file('/etc/hostname')",
    "select lo_import('/etc/hostname')",
    "select lo_export(1, '{folder}/another')",
    "select pg_reload_conf()",
    "select pg_switch_wal()",
    "select id into another from persons",
    "select id from persons for update",
    "select query_to_xml('delete from persons', true, true, '')",
    "select query_to_xml('copy persons to program ''touch {folder}/another''', true, true, '')",
    "select query_to_xml('set transaction read write', true, true, '')",
    "call another()",
    "lock table persons",
    "listen another",
    "notify another",
    "prepare another as delete from persons",
    "declare another cursor with hold for select 1",
    "security label on table persons is 'x'",
]
# What a server lets pass, and a transaction that ends without a commit takes back.
SERVER_LEAVES = ["select lo_create(4711)", "select lo_from_bytea(4711, 'x')"]


class Reading:
    """A database, and its address under a role that may only read it."""

    def __init__(self, url: URL, role: str) -> None:
        self.url, self.role = url, role
        self.reader = url.set(username=role) if role else url
        self.address = address_of(self.reader)

    @property
    def file(self) -> bool:
        """Say whether it is a file."""
        return database.is_file(self.url)


@pytest.fixture(scope="module")
def reading(maker: Maker) -> Iterator[Reading]:
    """Give the seed with a role made as the remedy says."""
    made = maker.make(seed=True)
    with reading_role(made) as role:
        yield Reading(made, role)


@pytest.fixture
def asked(said: Say, reading: Reading) -> Callable[..., Said]:
    """Ask the seed in SQL."""
    return lambda statement, *words: said("sql", "--db", reading.address, *words, "--", statement)


def answered(reading: Reading, statement: str, seconds: float = 30) -> list[tuple[Any, ...]]:
    """Ask through the engine room itself."""
    with database.foreign(database.reader(reading.reader), statement, seconds) as (_, rows):
        return list(rows)


def content(reading: Reading) -> list[Any]:
    """Give the kept sums that the content hash is made of, and how many rows, tables and large objects there are."""
    engine = database.reader(reading.url)
    counted = [
        "select * from sums order by kind",
        "select count(*) from persons",
        "select name from persons order by id",
    ]
    counted += (
        ["select count(*), max(sql) from sqlite_master"]
        if reading.file
        else ["select count(*) from pg_class", "select count(*) from pg_largeobject_metadata"]
    )
    with engine.connect() as connection:
        return [connection.execute(text(each)).all() for each in counted]


# -- answers ----------------------------------------------------------------------------------------------------------


def test_an_answer_is_the_same_in_every_format(asked: Callable[..., Said]) -> None:
    """Each format has the columns by name and the rows in their order; numbers are numbers in JSON."""
    statement = "select id, 1 + 1 as two, null as empty from trials where id like 'moscow-trial-_' order by id"
    rows = [{"id": f"moscow-trial-{n}", "two": 2, "empty": None} for n in (1, 2, 3)]
    assert json.loads(asked(statement, "-f", "json").out) == rows
    assert [json.loads(line) for line in asked(statement, "-f", "jsonl").out.splitlines()] == rows
    lines = [f"moscow-trial-{n}\t2\t" for n in (1, 2, 3)]
    assert asked(statement).out.splitlines() == ["id\ttwo\tempty", *lines]
    assert asked(statement, "-f", "csv").out.splitlines()[1:] == [line.replace("\t", ",") for line in lines]
    assert asked(statement, "-f", "md").out.splitlines()[2] == "| moscow-trial-1 | 2 |  |"
    drawn = asked(statement, "-f", "table").out.splitlines()
    assert (drawn[0].split(), drawn[-1]) == (["id", "two", "empty"], "3 rows")
    cells = (' data-label="id">moscow-trial-1', ' class="number" data-label="two">2', ' data-label="empty">')
    assert "".join(f"<td{cell}</td>" for cell in cells) in asked(statement, "-f", "html").out


def test_values_and_a_with_are_questions(asked: Callable[..., Said]) -> None:
    """VALUES and WITH are run as SELECT is, in any case, with comments and a semicolon around."""
    for statement in ("values (1), (2)", "WITH x(n) AS (VALUES (1), (2)) SELECT n FROM x", "/* a */ -- b\n select 1 ;"):
        answer = asked(statement)
        assert (answer.code, answer.err) == (0, "")
        assert answer.out.splitlines()[1] == "1"


def test_signs_of_a_driver_are_signs(asked: Callable[..., Said]) -> None:
    """A per cent sign, a colon and a question mark are text."""
    assert asked("select '100% :a %s ? %(x)s' as x where 'ab' like 'a%'").out == "x\n100% :a %s ? %(x)s\n"


def test_columns_of_one_name_are_told_apart(asked: Callable[..., Said]) -> None:
    """Where several columns have one name, JSON keeps them all."""
    assert json.loads(asked("select 1 as a, 2 as a, 3 as a_2, 4 as a", "-f", "json").out) == [
        {"a": 1, "a_2": 2, "a_2_2": 3, "a_3": 4}
    ]


def test_sums_are_numbers_on_both_engines(asked: Callable[..., Said]) -> None:
    """What PostgreSQL calls numeric is a number, whole where it is."""
    added = asked("select sum(x) as s from (select 1 as x union all select 2) as t", "-f", "json")
    assert json.loads(added.out) == [{"s": 3}]
    assert json.loads(asked("select 0.5 * 3 as x", "-f", "json").out) == [{"x": 1.5}]


def test_bytes_are_hexadecimal(asked: Callable[..., Said], reading: Reading) -> None:
    """Bytes are written in hexadecimal digits, and what is no number as a word."""
    value, odd = ("x'00ff'", "9e999") if reading.file else (r"'\x00ff'::bytea", "'inf'::float8")
    assert json.loads(asked(f"select {value} as b, {odd} as i", "-f", "json").out) == [{"b": "00ff", "i": "inf"}]


def test_a_statement_comes_through_a_pipe(run: Any, reading: Reading) -> None:
    """Without a statement, and with -, it is read from standard input, in UTF-8."""
    for words in ((), ("-",)):
        answer = run("sql", *words, "--db", reading.address, input="select 'Ёж' as x\n")
        assert (answer.returncode, answer.stdout, answer.stderr) == (0, "x\nЁж\n", "")
    assert "there is no statement" in run("sql", "--db", reading.address, input="").stderr


def test_tables_and_their_columns_are_listed(said: Say, reading: Reading) -> None:
    """--tables lists what there is to ask, and what it lists can be asked."""
    rows = [line.split("\t") for line in said("sql", "--tables").out.splitlines()]
    assert rows[0] == ["table", "column", "type", "points to"]
    assert ["cases", "person_key", "bigint", "persons.key"] in rows
    tables: dict[str, list[str]] = {}
    for table, column, *_ in rows[1:]:
        tables.setdefault(table, []).append(column)
    for table, columns in tables.items():
        listed = ", ".join(f'"{column}"' for column in columns)
        assert answered(reading, f'select {listed} from "{table}" limit 0') == []


def test_a_terminal_shows_fifty_rows(at_terminal: Say, reading: Reading) -> None:
    """On a terminal 50 rows stand, and a note that there are more; a question that does not end is not waited for."""
    words = ("--db", reading.address)
    seen = at_terminal("sql", RUNAWAY.format("'row ' || x as n"), *words)
    assert seen.code == 0
    assert seen.out.count("row ") == 50
    assert "the first 50 rows: in a pipe, or with --output FILE, the answer is whole" in seen.out
    assert at_terminal("sql", "select id from trials where id = 'moscow-trial-1'", *words).out.endswith("1 row\n")
    assert "0 rows" in at_terminal("sql", "select id from trials where id = 'nothing'", *words).out


def test_rows_are_not_held(reading: Reading) -> None:
    """An answer of 400,000 rows needs no more memory than one of 4,000."""
    peaks = []
    for last in (4_000, 400_000):
        statement = f"with recursive c(x) as (select 1 union all select x + 1 from c where x < {last}) select x from c"
        tracemalloc.start()
        with database.foreign(database.reader(reading.reader), statement, 60) as (_, rows):
            assert sum(1 for _ in rows) == last
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 2 * peaks[0]


# -- refusals ---------------------------------------------------------------------------------------------------------


def test_nothing_is_ever_written(asked: Callable[..., Said], reading: Reading, tmp_path: Path) -> None:
    """However a statement tries, it is refused in a sentence; no record, table or file has changed or come to be."""
    folder = tmp_path / "aims"
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    before = content(reading)
    for statement in (*WRITES, *(SQLITE_WRITES if reading.file else SERVER_WRITES)):
        answer = asked(statement.format(folder=folder))
        assert (answer.code, answer.out) == (2, ""), statement
        assert answer.err.startswith("terrordb: "), statement
        assert "fault of the program" not in answer.err
    for statement in () if reading.file else SERVER_LEAVES:
        assert asked(statement).code == 0
    assert content(reading) == before
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("statement", [*WRITES, *SQLITE_WRITES, *SERVER_WRITES])
def test_the_engine_itself_refuses(reading: Reading, statement: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """No statement owes its refusal to how its first word is read."""
    monkeypatch.setattr(database, "_question_alone", lambda *_: None)
    before = content(reading)
    with pytest.raises(BadQuestion):
        answered(reading, statement.format(folder="/nosuch"), 5)
    assert content(reading) == before


def test_a_role_with_powers_is_refused(said: Say, reading: Reading) -> None:
    """On a server a role that may run programs there is refused, with the role to make in its place."""
    answer = said("sql", "select 1", "--db", address_of(reading.url))
    if reading.file:
        assert answer.code == 0
        return
    assert (answer.code, answer.out) == (2, "")
    assert "may run programs and files on the server" in answer.err
    assert "CREATE ROLE terrordb_reader LOGIN" in answer.err
    assert "GRANT SELECT ON ALL TABLES IN SCHEMA public TO terrordb_reader" in answer.err
    assert "//terrordb_reader@" in answer.err


@pytest.mark.parametrize(
    ("gift", "back", "told"),
    [
        (
            "GRANT pg_execute_server_program TO {}",
            "REVOKE pg_execute_server_program FROM {}",
            "has the rights of pg_ex",
        ),
        ("GRANT pg_read_server_files TO {}", "REVOKE pg_read_server_files FROM {}", "has the rights of pg_read_server"),
        ("ALTER ROLE {} REPLICATION", "ALTER ROLE {} NOREPLICATION", "may run programs and files"),
        (
            "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO {}",
            "REVOKE EXECUTE ON FUNCTION pg_read_file(text) FROM {}",
            "may call pg_read_file(text)",
        ),
        (
            "CREATE FUNCTION invented() RETURNS integer LANGUAGE sql SECURITY DEFINER AS 'select 1'",
            "DROP FUNCTION invented()",
            "may call invented()",
        ),
    ],
)
def test_a_power_that_was_given_is_seen(reading: Reading, gift: str, back: str, told: str) -> None:
    """A role that is given a power, or a function with more rights than its own, is refused while it has it."""
    if reading.file:
        return
    engine = create_engine(reading.url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(gift.format(reading.role))
        try:
            with pytest.raises(BadQuestion, match=r"not run with it") as raised:
                answered(reading, "select 1")
        finally:
            connection.exec_driver_sql(back.format(reading.role))
    assert told in raised.value.reason
    assert answered(reading, "select 1") == [(1,)]


@pytest.mark.parametrize(
    ("statement", "place", "reason", "remedy"),
    [
        ("select * from\n  persns", "line 2, character 3: ", "persns", "did you mean persons"),
        ("select nmae from persons", "line 1, character 8: ", "nmae", "did you mean name"),
        ("select p.nmae\nfrom persons p", "line 1, character 8: ", "p.nmae", "did you mean name"),
        ("select id frm persons where x", "line 1, character 15: ", "syntax error", ""),
        ("select id from persons where", "line 1, character 29: ", "", ""),
        ("select 1; select 2", "", "there is more than one statement", "ask one at a time"),
        ("", "", "there is no statement", "such as: select"),
        (" ; ", "", "there is no statement", "such as: select"),
        ("delete from persons", "", "begins with delete", "terrordb load"),
        ("select 'ж' as ж, nmae from persons", "line 1, character 18: ", "nmae", "did you mean name"),
    ],
)
def test_what_is_wrong_is_said(
    asked: Callable[..., Said], statement: str, place: str, reason: str, remedy: str
) -> None:
    """An error has its place in the statement, a reason, and the nearest name."""
    answer = asked(statement)
    assert (answer.code, answer.out) == (2, "")
    assert answer.err.startswith(f"terrordb: {place}")
    assert reason in answer.err
    assert remedy in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "statement",
    [
        "select '\udcff'",
        "select \x01",
        "select " + "(" * 20_000,
        "select 1" + " + 1" * 30_000,
        "select '\u202e' from x",
    ],
)
def test_odd_statements_are_errors(asked: Callable[..., Said], statement: str) -> None:
    """Bytes that are no text, control signs and endless nesting are told as errors."""
    answer = asked(statement)
    assert answer.code == 2 or "+ 1" in statement
    assert "fault of the program" not in answer.err


def test_a_null_byte_is_an_error(reading: Reading) -> None:
    """A null byte does not end a statement early."""
    with pytest.raises(BadQuestion, match="null byte"):
        answered(reading, "select 1\0; delete from persons")


# -- time -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["count(*)", "x", "max(x)"])
def test_a_runaway_is_stopped(asked: Callable[..., Said], what: str) -> None:
    """A question without an end is stopped by the engine, whether it gives rows meanwhile or not."""
    answer = asked(RUNAWAY.format(what), "--timeout", "0.2", "-q")
    assert answer.code == 2
    assert "it was stopped after 0.2 seconds\n  ask for less, or give more with --timeout" in answer.err


def test_a_statement_cannot_lift_its_limit(reading: Reading) -> None:
    """Neither sleeping nor setting another limit helps a statement on a server."""
    if reading.file:
        return
    for statement in (
        "select pg_sleep(100)",
        "select set_config('statement_timeout', '0', false), pg_sleep(100)",
        "select set_config('statement_timeout', '0', false), pg_sleep(0.001) from generate_series(1, 10000000)",
    ):
        with pytest.raises(BadQuestion, match="stopped after"):
            answered(reading, statement, 0.3)


def test_no_value_is_so_long_that_it_outlasts_the_limit(reading: Reading) -> None:
    """SQLite does not look at the clock within a function: what would keep one busy for long is refused."""
    if reading.file:
        with pytest.raises(BadQuestion, match="too big") as raised:
            answered(reading, "select instr(hex(zeroblob(50000000)), hex(zeroblob(20000000)) || '1')")
        assert raised.value.remedy == "a value may have up to 262,144 bytes"


def test_the_time_in_which_rows_are_read_does_not_count(reading: Reading) -> None:
    """A reader may take its time: only the engine's work is limited."""
    statement = "with recursive c(x) as (select 1 union all select x + 1 from c where x < 1200) select x from c"
    with database.foreign(database.reader(reading.reader), statement, 0.5) as (_, rows):
        first = next(rows)
        time.sleep(0.6)
        assert [first, *rows] == [(n,) for n in range(1, 1201)]


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "inf", "1e9"])
def test_a_limit_is_a_number_of_seconds(asked: Callable[..., Said], seconds: str) -> None:
    """What is no limit is an error."""
    answer = asked("select 1", "--timeout", seconds)
    assert (answer.code, answer.out) == (2, "")
    assert "no time limit" in answer.err


@pytest.mark.parametrize("what", ["count(*)", "x"])
def test_an_interrupt_ends_it(start: Callable[..., Popen[str]], reading: Reading, what: str) -> None:
    """Ctrl-C ends a question at once, with no traceback."""
    process = start("sql", RUNAWAY.format(what), "--db", reading.address, "--timeout", "60", "-f", "tsv")
    if what == "x":
        assert process.stdout is not None
        process.stdout.read(10_000)
    else:
        time.sleep(2)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert err == ""


def test_a_reader_that_leaves_ends_it(start: Callable[..., Popen[str]], reading: Reading) -> None:
    """Where the reader of a pipe has enough, the question ends without a word."""
    process = start("sql", RUNAWAY.format("x"), "--db", reading.address, "--timeout", "60")
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1000)
    process.stdout.close()
    assert (process.wait(20), process.stderr.read()) == (0, "")


def test_a_load_goes_on_beside_it(reading: Reading) -> None:
    """A question that is under way keeps no load out."""
    with database.foreign(database.reader(reading.reader), RUNAWAY.format("x"), 30) as (_, rows):
        next(rows)
        engine = database.writer(make_url(address_of(reading.url)))
        with engine.begin() as writing:
            writing.exec_driver_sql("UPDATE persons SET note = note")
        next(rows)
