"""terrordb init, and the first question: how a database comes to be, whole or not at all."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import time
from typing import TYPE_CHECKING, Any

import pytest
from tests.cli.conftest import PROGRAM, clean, powerless

from terrordb import database

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Say

OWN = ".local/share/terrordb"


def test_init_makes_a_file_of_the_seed(said: Say, tmp_path: Path) -> None:
    """`init --db FILE` makes the file, with the seed, says so on the error stream, and leaves nothing beside it."""
    (tmp_path / "made").mkdir()
    answer = said("init", "--db", str(tmp_path / "made" / "ours.db"))
    assert (answer.code, answer.out) == (0, "")
    assert "records of the shipped seed" in answer.err
    assert [f.name for f in (tmp_path / "made").iterdir()] == ["ours.db"]
    assert int(said("query", "trials", "--count", "--db", str(tmp_path / "made" / "ours.db")).out) > 0


def test_init_empty_makes_the_schema_alone(said: Say, tmp_path: Path) -> None:
    """`init --empty --quiet` makes a database without a record, and says nothing."""
    answer = said("init", "--empty", "--quiet", "--db", str(tmp_path / "ours.db"))
    assert answer == (0, "", "")
    assert said("query", "sources", "--count", "--db", str(tmp_path / "ours.db")).out == "0\n"
    assert "not loaded" in said("db", "status", "--db", str(tmp_path / "ours.db")).out


def test_init_takes_the_name_from_the_variable(said: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """TERRORDB_URL names the database where --db does not; --db comes first."""
    monkeypatch.setenv("TERRORDB_URL", str(tmp_path / "variable.db"))
    assert said("init", "--empty").code == 0
    assert said("init", "--empty", "--db", str(tmp_path / "option.db")).code == 0
    assert sorted(f.name for f in tmp_path.glob("*.db")) == ["option.db", "variable.db"]
    assert said("db", "where").out == f"{tmp_path / 'variable.db'}\n"


def test_init_writes_over_nothing(said: Say, tmp_path: Path) -> None:
    """A file that is there is refused and left as it is, whatever it holds."""
    (tmp_path / "ours.db").write_text("mine", encoding="utf-8")
    answer = said("init", "--db", str(tmp_path / "ours.db"))
    assert (answer.code, answer.out) == (2, "")
    assert "is there already" in answer.err
    assert (tmp_path / "ours.db").read_text(encoding="utf-8") == "mine"


def test_init_fills_an_empty_database_of_a_server(said: Say, maker: Any) -> None:
    """An empty PostgreSQL database gets the schema; one that holds tables is refused."""
    address = maker.create(None).render_as_string(hide_password=False)
    assert said("init", "--empty", "--db", address).code == 0
    again = said("init", "--db", address)
    assert (again.code, again.out) == (2, "")
    assert "already" in again.err


def test_a_question_first_makes_ones_own(run: Any, tmp_path: Path) -> None:
    """With no database named, a question makes the user's own of the seed, says where, and the next finds it there."""
    first = run("query", "trials", "--count")
    assert first.returncode == 0
    own = tmp_path / "home" / OWN / "terrordb.db"
    assert first.stderr == f"making your database of the shipped seed: {own}\n"
    assert own.is_file()
    second = run("query", "trials", "--count")
    assert (second.stdout, second.stderr) == (first.stdout, "")


def test_progress_goes_to_a_terminal(at_terminal: Say) -> None:
    """On a terminal the first question shows what it is doing on a line that goes again; --quiet does not."""
    assert "rows so far" in at_terminal("query", "--count").out
    assert "\r" not in at_terminal("query", "--count").out
    assert "rows so far" not in at_terminal("query", "--count", TERM="dumb").out


def test_first_questions_at_once_make_one_database(start: Any, home: Path) -> None:
    """Four first questions at the same time each answer, from one database that one of them made."""
    asked = [start("query", "trials", "--count") for _ in range(4)]
    answers = [process.communicate() for process in asked]
    assert [process.returncode for process in asked] == [0] * 4, answers
    assert len({out for out, _ in answers}) == 1
    left = {f.name for f in (home / OWN).iterdir()}
    assert "terrordb.db" in left
    assert not [name for name in left if ".new" in name]
    with sqlite3.connect(home / OWN / "terrordb.db") as connection:
        assert connection.execute("SELECT count(*) FROM loads").fetchone() == (1,)
    connection.close()


@pytest.mark.parametrize("delay", [0.0, 0.1, 0.2])
def test_a_killed_first_question_leaves_nothing_half_made(start: Any, said: Say, home: Path, delay: float) -> None:
    """Whenever a first question is killed, the database is not there or whole, and the next question answers."""
    killed = start("query", "trials", "--count")
    ends = time.monotonic() + 30
    while not (home / OWN / "terrordb.db.new").exists() and killed.poll() is None and time.monotonic() < ends:
        time.sleep(0.005)
    time.sleep(delay)
    killed.kill()
    killed.communicate()
    if (home / OWN / "terrordb.db").exists():
        assert said("db", "check").code == 0
    assert said("query", "trials", "--count").code == 0
    assert not list((home / OWN).glob("*.new*"))
    assert said("db", "check").code == 0


def test_a_folder_that_cannot_be_written_is_said(home: Path, said: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where one's own folder cannot be made, the error says so and names --db, for a question and for init."""
    (home / "file").touch()
    monkeypatch.setenv("HOME", str(home / "file"))
    for words in (("query",), ("init",), ("db", "status"), ("loads",), ("db", "update")):
        answer = said(*words, "--quiet")
        assert (answer.code, answer.out) == (2, "")
        assert "cannot be written: Not a directory" in answer.err
        assert "--db FILE" in answer.err


def test_a_folder_without_permission_is_said(home: Path) -> None:
    """Where the permissions forbid it, the error says so and names --db."""
    home.chmod(0o555)
    ran = subprocess.run(
        [*PROGRAM, "query"], env=clean(home), preexec_fn=powerless, capture_output=True, text=True, check=False
    )
    home.chmod(0o755)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "cannot be written: Permission denied" in ran.stderr
    assert "--db FILE" in ran.stderr


def test_the_database_is_where_it_says(said: Say, home: Path) -> None:
    """`db where` prints the path, also of a database that is not there, and makes none."""
    assert said("db", "where").out == f"{home / OWN / 'terrordb.db'}\n"
    assert not (home / ".local").exists()
    assert database.default_file() == home / OWN / "terrordb.db"
    assert os.environ["HOME"] == str(home)
