"""The command line for tests: in this process, at a terminal of its own, and without root's powers."""

from __future__ import annotations

import ctypes
import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

from terrordb import database, library
from terrordb.cli import main

if TYPE_CHECKING:
    from sqlalchemy import URL

ROOT = Path(__file__).parents[2]
PROGRAM = [sys.executable, "-c", "from terrordb.cli import main; main()"]
# Nobody here has ever lived; one cell holds every sign that a format must take care of.
SIGNS = 'a\ttab, a "quote" and a comma | a pipe\nand a =SUM(1) of \\ and <b>*bold*</b>'
GOLDEN = [
    {"id": "invented-golden", "name": "Выдуманный, Иван", "occupation": SIGNS, "party": "=1+1"},
    {"id": "invented-plain", "name": "Invented, Plain", "occupation": "@a", "party": ""},
]


class Said(NamedTuple):
    """What the program said."""

    code: int
    out: str
    err: str


Say = Callable[..., Said]


def clean(home: Path) -> dict[str, str]:
    """Give the environment of a user with an empty home, who has set nothing."""
    mine = ("TERRORDB_", "XDG_", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    kept = {k: v for k, v in os.environ.items() if not k.startswith(mine)}
    return kept | {"HOME": str(home), "PYTHONPATH": str(ROOT / "src")}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give an empty home."""
    made = tmp_path / "home"
    made.mkdir(exist_ok=True)
    return made


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], home: Path) -> Say:
    """Run the program in this process, through its one door."""
    for name in (name for name in os.environ if name.startswith(("TERRORDB_", "XDG_"))):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))

    def go(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["terrordb", *words])
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main()
        code = stopped.value.code
        return Said(code if isinstance(code, int) else 0, *capsys.readouterr())

    return go


@pytest.fixture
def at_terminal(home: Path) -> Say:
    """Run the program at a terminal of its own, so and so wide; errors and output come as they are seen."""

    def go(*words: str, width: int = 120, **env: str) -> Said:
        ours, its = pty.openpty()
        fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
        process = subprocess.Popen(
            [*PROGRAM, *words],
            stdin=its,
            stdout=its,
            stderr=its,
            cwd=home,
            env=clean(home) | {"TERM": "xterm-256color"} | env,
        )
        os.close(its)
        seen = b"".join(iter(lambda: _read(ours), b""))
        os.close(ours)
        return Said(process.wait(), seen.decode().replace("\r\n", "\n"), "")

    return go


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:  # the program has left the terminal
        return b""


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start the program as a process that goes on beside the test."""
    started: list[subprocess.Popen[str]] = []

    def go(*words: str) -> subprocess.Popen[str]:
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        started.append(subprocess.Popen([*PROGRAM, *words], cwd=home, env=clean(home), **pipes))  # type: ignore[call-overload]
        return started[-1]

    yield go
    for process in started:
        process.kill()
        process.communicate()


def powerless() -> None:
    """Give up, in a new process, root's power over the permissions of files."""
    if os.geteuid() == 0:
        libc = ctypes.CDLL(None)
        for power in range(64):
            libc.prctl(24, power, 0, 0, 0)  # PR_CAPBSET_DROP


def address_of(url: URL) -> str:
    """Write a database's address as a user does."""
    return url.render_as_string(hide_password=False)


@pytest.fixture
def address(seeded: library.Database) -> str:
    """Give the address of the seed, not to be changed."""
    return address_of(seeded.engine.url)


@pytest.fixture
def golden(said: Say, url: URL, tmp_path: Path) -> str:
    """Give the address of a database with the two golden rows."""
    import csv

    with (tmp_path / "persons.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(GOLDEN[0]))
        writer.writeheader()
        writer.writerows(GOLDEN)
    loaded = said("load", str(tmp_path / "persons.csv"), "--source", "An invented list", "--db", address_of(url))
    assert loaded.code == 0, loaded.err
    return address_of(url)


@contextmanager
def reading_role(url: URL) -> Iterator[str]:
    """Make a role on a server that may only read a database, as the remedy says; a file needs none: an empty name."""
    if database.is_file(url):
        yield ""
        return
    role = f"terrordb_test_{uuid.uuid4().hex[:16]}"
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE ROLE {role} LOGIN")
        connection.exec_driver_sql(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
        yield role
        connection.exec_driver_sql(f"DROP OWNED BY {role}")
        connection.exec_driver_sql(f"DROP ROLE {role}")
