"""Bad input gets a clear error on the error stream and exit code 2, prints nothing and changes nothing."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import PROGRAM, clean, powerless

from terrordb import database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cli.conftest import Say

ASKING = [("query",), ("show", "bukharin-nikolai"), ("loads",), ("db", "status"), ("db", "check")]
WRITING = [("undo", "load-1"), ("db", "update"), ("db", "upgrade"), ("load", "ours.csv")]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a CSV of an invented person."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "ours.csv").write_text("name\nInvented Person\n", encoding="utf-8")
    return tmp_path


def state(folder: Path) -> dict[str, str]:
    """Hash every file beneath a folder."""
    files = (f for f in folder.rglob("*") if f.is_file())
    return {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in files}


def refused(said: Say, told: str, *words: str) -> None:
    """Hold an error to the rules."""
    answer = said(*words)
    assert answer.code == 2, answer
    assert answer.out == ""
    assert told in answer.err
    assert answer.err.startswith(("terrordb: ", "Usage: terrordb"))
    assert "Traceback" not in answer.err


# -- questions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["persns"], "there is no kind 'persns'\n  did you mean persons"),
        (
            ["trials", "outcom:shot"],
            "trials have no field 'outcom'\n  trials outcom:shot\n         ^\n  did you mean outcome",
        ),
        (["persons", "fate:exeucted"], "did you mean executed?"),
        (["persons", "fate:"], "no value stands after 'fate:'"),
        (["persons", ":shot"], "no field stands before the colon"),
        (["persons", ""], "a term of the question is empty"),
        (["persons", "  "], "a term of the question is empty"),
        (["persons", "?!"], "holds no word"),
        (["persons", "born:1905..1890"], "runs backwards"),
        (["persons", "born:31.11.1937"], "no"),
        (["persons", "born:37"], "37"),
        (["trials", "defendants:many"], "'many' is no number"),
        (["trials", "paragraph:x"], "a paragraph is a whole number"),
        (["persons", "named:perhaps"], "neither true nor false"),
        (["cases", "person:bukharin-niolai"], "did you mean bukharin-nikolai"),
        (["trials", "--sort", "nme"], "no field 'nme' to sort by\n  did you mean name"),
        (["trials", "--sort", "opened:down"], "write opened or opened:desc"),
        (["trials", "--fields", "id,nme"], "no field 'nme'\n  did you mean name"),
        (["trials", "--fields", ""], "no field ''"),
        (["trials", "--fields", "id,,name"], "no field ''"),
        (["trials", "--format", "jsn"], "there is no format 'jsn'\n  did you mean json"),
        (["trials", "--format", "JSON"], "there is no format 'JSON'\n  did you mean json"),
        (["trials", "--limit", "-1"], "the limit -1 is below zero"),
        (["trials", "--limit", "x"], "'x' is not a valid int"),
        (["trials", "--nosuch"], "No such option: --nosuch"),
        (["trials", "--form", "json"], "--format"),
        (["id:\udcff"], "holds bytes that are no text"),
    ],
)
def test_a_question_that_is_wrong(said: Say, address: str, words: list[str], told: str) -> None:
    """What is wrong with a question is said, with the nearest right name where there is one."""
    refused(said, told, "query", *words, "--db", address)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["show"], "Missing argument 'ID'"),
        (["show", ""], "there is no '' of any kind"),
        (["show", "\udcff"], "holds bytes that are no text"),
        (["show", "bukharin-nikolay"], "did you mean bukharin-nikolai"),
        (["loads", "--format", "yaml"], "there is no format 'yaml'"),
        (["fields", "trial"], "there is no kind 'trial'\n  did you mean trials"),
        (["fields", "trials", "--format", "xml"], "there is no format 'xml'"),
        (["template"], "Missing argument 'KIND'"),
        (["template", "loads"], "there is no kind 'loads' to load"),
        (["quer"], "No such command 'quer'"),
        (["db", "stats"], "No such command 'stats'"),
        (["undo"], "Missing argument 'LOAD'"),
        (["load"], "Missing argument"),
        (["load", "ours.csv", "--as", "person"], "there is no kind 'person' to load"),
        (["load", "none.csv"], "there is no such file"),
    ],
)
def test_a_command_that_is_wrong(said: Say, address: str, words: list[str], told: str) -> None:
    """What is wrong with another command is said likewise."""
    database_too = [] if words[0] in ("fields", "template", "quer", "db") else ["--db", address]
    refused(said, told, *words, *database_too)


def test_a_command_alone_says_what_there_is(said: Say) -> None:
    """Without a command the program says its commands, as an error."""
    for words in ((), ("db",)):
        answer = said(*words)
        assert (answer.code, answer.out) == (2, "")
        assert "Commands:" in answer.err


# -- databases -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give files that are no terrordb database, and one that is, to be copied."""
    folder = tmp_path_factory.mktemp("made")
    engine = database.writer(database.locate(folder / "whole.db")[0], new=True)
    database.migrate(engine)
    engine.dispose()
    whole = (folder / "whole.db").read_bytes()
    (folder / "text.db").write_text("not a database", encoding="utf-8")
    (folder / "empty.db").touch()
    (folder / "torn.db").write_bytes(whole[:5000])
    (folder / "spoilt.db").write_bytes(whole[:4096] + bytes(b ^ 0x5A for b in whole[4096:]))
    (folder / "folder.db").mkdir()
    with closing(sqlite3.connect(folder / "other.db")) as other:
        other.execute("CREATE TABLE anything (x)")
        other.commit()
    return folder


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("none.db", "there is no file none.db\n  make it with: terrordb init --db none.db"),
        ("no/folder/ours.db", "there is no folder no/folder"),
        ("a file with spaces.db", "terrordb init --db 'a file with spaces.db'"),
        ("text.db", "text.db is not a database"),
        ("empty.db", "empty.db is empty"),
        ("torn.db", "torn.db cannot be used"),
        ("spoilt.db", "spoilt.db cannot be used"),
        ("folder.db", "folder.db cannot be read"),
        ("other.db", "other.db holds no terrordb database"),
        ("ours.csv", "ours.csv is not a database"),
        ("ours.csv/ours.db", "ours.csv"),
        ("", "'' names no database"),
        (":memory:", "':memory:' names no database"),
        ("sqlite://", "a database in memory is gone with the command"),
        ("sqlite:///none.db", "there is no file none.db"),
        ("/dev/null", "/dev/null is empty"),
        ("mysql://a/b", "terrordb does not run on mysql"),
        ("http://example.org", "terrordb does not run on http"),
        ("://", "'://' is no address of a database"),
        ("postgresql://host:port/name", "is no address of a database"),
        ("postgresql://nobody@127.0.0.1:1/none", "cannot be used"),
    ],
)
def test_a_database_that_is_none(said: Say, made: Path, folder: Path, name: str, told: str) -> None:
    """Whatever --db names that is no database is said by every command, never made, and not touched."""
    shutil.copytree(made, folder, dirs_exist_ok=True)
    before = state(folder)
    for words in [*ASKING, *WRITING]:
        refused(said, told, *words, "--db", name)
    assert state(folder) == before


def test_the_variable_is_held_to_the_same(said: Say, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A TERRORDB_URL that does not exist is an error, never created by a question; nor is one's own made instead."""
    before = state(folder)
    for name in ("none.db", "mysql://a/b", "postgresql://host:port/name"):
        monkeypatch.setenv("TERRORDB_URL", name)
        for words in [*ASKING, *WRITING]:
            refused(said, "terrordb: ", *words)
    assert state(folder) == before


def test_a_wrong_variable_is_no_matter_where_a_database_is_named(
    said: Say, made: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--db comes before TERRORDB_URL, whatever that holds."""
    monkeypatch.setenv("TERRORDB_URL", "mysql://a/b")
    assert said("query", "--count", "--db", str(made / "whole.db")).out == "0\n"
    refused(said, "other.db holds no terrordb database", "query", "--db", str(made / "other.db"))


def test_servers_without_such_a_database(said: Say, maker: Any) -> None:
    """An empty database, one that is not there, and a user who is none, are each said in a sentence."""
    url = maker.create(None)
    if not database.is_file(url):
        address = url.render_as_string(hide_password=False)
        refused(said, f"make one with: terrordb init --db {address}", "query", "--db", address)
        refused(said, "does not exist", "query", "--db", f"{address}_none")
        nobody = url.set(username="terrordb_nobody").render_as_string(hide_password=False)
        refused(said, "cannot be used", "query", "--db", nobody)


# -- permissions -----------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(made: Path, folder: Path) -> Iterator[Path]:
    """Give a folder one may not write, with a database in WAL mode one may not write, and one that is shut."""
    shut = folder / "shut"
    shut.mkdir()
    for name in ("whole.db", "secret.db"):
        shutil.copyfile(made / "whole.db", shut / name)
    assert (shut / "whole.db").read_bytes()[18:20] == b"\2\2"
    (shut / "whole.db").chmod(0o444)
    (shut / "secret.db").chmod(0)
    shut.chmod(0o555)
    yield shut
    shut.chmod(0o755)


def powerlessly(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the program as one who must obey permissions."""
    return subprocess.run(
        [*PROGRAM, *words], env=clean(home), preexec_fn=powerless, capture_output=True, text=True, check=False
    )


def test_a_wal_database_one_may_not_write_answers(closed: Path, home: Path) -> None:
    """In a folder one may not write, a database with a write-ahead log answers, and nothing is left beside it."""
    ran = powerlessly(home, "query", "--count", "--db", str(closed / "whole.db"))
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "0\n", "")
    assert sorted(f.name for f in closed.iterdir()) == ["secret.db", "whole.db"]


def test_an_empty_log_beside_it_is_no_matter(closed: Path, home: Path) -> None:
    """So does one beside which an earlier reader has left its empty log."""
    closed.chmod(0o755)
    for name in ("whole.db-wal", "whole.db-shm"):
        (closed / name).touch()
        (closed / name).chmod(0o444)
    closed.chmod(0o555)
    assert powerlessly(home, "query", "--count", "--db", str(closed / "whole.db")).stdout == "0\n"


@pytest.mark.parametrize(
    "words", [("load", "ours.csv"), ("undo", "load-1"), ("db", "update"), ("init", "--empty", "--db", "new.db")]
)
def test_what_may_not_be_written_is_said(closed: Path, home: Path, words: tuple[str, ...]) -> None:
    """A command that writes says in a sentence that it may not."""
    named = ["--db", str(closed / "whole.db")] if "--db" not in words else []
    own = [str(closed / word) if word == "new.db" else word for word in words]
    ran = powerlessly(home, *own, *named)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("terrordb: ")
    assert "cannot be" in ran.stderr
    assert "Traceback" not in ran.stderr


def test_what_may_not_be_read_is_said(closed: Path, home: Path) -> None:
    """A file one may not read is said in a sentence."""
    ran = powerlessly(home, "query", "--db", str(closed / "secret.db"))
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "secret.db cannot be read: Permission denied" in ran.stderr


# -- the program itself ----------------------------------------------------------------------------------------------


def test_a_fault_of_the_program_is_a_sentence_too(said: Say, made: Path) -> None:
    """Even what nobody foresaw shows no traceback: here a table that is gone."""
    shutil.copyfile(made / "whole.db", "ours.db")
    with closing(sqlite3.connect("ours.db")) as connection:
        connection.execute("DROP TABLE trials")
    refused(said, "no such table: trials", "query", "trials", "--db", "ours.db")


@pytest.mark.parametrize(("closed", "words", "code"), [(1, ["query"], 0), (2, ["query", "nosuch:field"], 2)])
def test_closed_streams_are_no_matter(made: Path, home: Path, closed: int, words: list[str], code: int) -> None:
    """With its output or error stream closed the program ends as it would."""
    command = [*PROGRAM, *words, "--db", str(made / "whole.db")]
    close = partial(os.close, closed)
    ran = subprocess.run(command, env=clean(home), preexec_fn=close, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout + ran.stderr) == (code, b"")
