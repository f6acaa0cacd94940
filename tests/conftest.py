"""Databases for tests: on each engine in turn, on tables that the migrations made."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from terrordb import database, library
from terrordb.loading.seed import load_seed

ROOT = Path(__file__).parents[1]
GIVEN = ROOT.parent / "shared" / "seed" / "great-purge.txt"
ENGINES = ("sqlite", "postgresql")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, not skip, what needs the given text where that is not beside the project."""
    if not GIVEN.exists():
        left = [item for item in items if item.get_closest_marker("given")]
        config.hook.pytest_deselected(items=left)
        items[:] = [item for item in items if item not in left]


def server() -> URL:
    """Find the PostgreSQL server tests may use; skip, or fail where it is required, if none answers."""
    address = os.environ.get("TERRORDB_TEST_POSTGRESQL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres")
    url = make_url(address).set(drivername="postgresql+psycopg")
    try:
        socket.create_connection((url.host or "127.0.0.1", url.port or 5432), 2).close()
    except OSError as error:
        if os.environ.get("TERRORDB_REQUIRE_POSTGRESQL"):
            pytest.fail(f"PostgreSQL is required and does not answer at {url}: {error}")
        pytest.skip(f"no PostgreSQL answers at {url}")
    return url


class Maker:
    """Make databases of one engine: each a copy of one that the migrations made."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.templates: dict[bool, URL] = {}

    def make(self, *, seed: bool) -> URL:
        """Make a new database, empty or with the shipped seed."""
        if seed not in self.templates:
            url = self.create(None)
            engine = database.writer(url, new=True)
            database.migrate(engine)
            if seed:
                load_seed(engine, lambda _kind, _rows, _total=0: None)
            engine.dispose()
            self.templates[seed] = url
        return self.create(self.templates[seed])

    def create(self, template: URL | None) -> URL:
        """Make a file, a copy where a template is given."""
        path = self.folder / f"{uuid.uuid4().hex}.db"
        if template is not None:
            shutil.copyfile(str(template.database), path)
        return database.locate(path)[0]

    def close(self) -> None:
        """Remove what was made."""


class ServerMaker(Maker):
    """Make databases on a server, on names of this run alone, and drop them in the end."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.server = server()
        self.made: list[str] = []

    def create(self, template: URL | None) -> URL:
        """Make a database, a copy where a template is given."""
        name = f"terrordb_test_{uuid.uuid4().hex[:16]}"
        like = f'TEMPLATE "{template.database}"' if template is not None else ""
        self.run(f'CREATE DATABASE "{name}" {like}')
        self.made.append(name)
        return self.server.set(database=name)

    def run(self, statement: str) -> None:
        """Run a statement on the server, outside a transaction."""
        engine = create_engine(self.server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def close(self) -> None:
        """Drop what was made."""
        for name in self.made:
            self.run(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(scope="session", params=ENGINES)
def maker(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Maker]:
    """Give each engine in turn."""
    made = (Maker if request.param == "sqlite" else ServerMaker)(tmp_path_factory.mktemp(request.param))
    yield made
    made.close()


@pytest.fixture
def url(maker: Maker) -> URL:
    """Give a new database with the newest schema and no record."""
    return maker.make(seed=False)


@pytest.fixture
def seeded_url(maker: Maker) -> URL:
    """Give a new database with the shipped seed, to change."""
    return maker.make(seed=True)


@pytest.fixture
def engine(url: URL) -> Iterator[Engine]:
    """Give an engine that writes to an empty database."""
    made = database.writer(url)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def seeded(maker: Maker) -> Iterator[library.Database]:
    """Give the seed, open for questions."""
    with library.open(maker.make(seed=True).render_as_string(hide_password=False)) as base:
        yield base


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Give the program, as a user runs it: a process of its own, with an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("TERRORDB_", "XDG_", "COLUMNS"))}

    def go(*words: str, cwd: Path = tmp_path, **more: Any) -> subprocess.CompletedProcess[str]:
        env = clean | {"HOME": str(home), "PYTHONPATH": str(ROOT / "src")} | more.pop("env", {})
        command = [sys.executable, "-c", "from terrordb.cli import main; main()", *words]
        return subprocess.run(
            command, cwd=cwd, env=env, capture_output=True, text=True, check=False, timeout=120, **more
        )

    return go
