"""The shipped seed: making a database of it, and telling whether a database has the newest one."""

from __future__ import annotations

import getpass
import hashlib
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, func, select

from terrordb import database, models
from terrordb.errors import NoDatabase
from terrordb.loading import tallies, words
from terrordb.loading.keeping import Outcome, Progress, load
from terrordb.loading.sheets import open_sheet

LABEL = "terrordb's seed"


def user() -> str:
    """Name who loads."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody"


def files() -> list[Path]:
    """Find the CSVs of the shipped seed."""
    return sorted(database.shipped("data/seed").glob("*.csv"))


def seed_hash() -> str:
    """Hash the shipped seed as the journal does: the names and hashes of its files."""
    listed = "\n".join(sorted(f"{hashlib.sha256(f.read_bytes()).hexdigest()}  seed/{f.name}" for f in files()))
    return hashlib.sha256(listed.encode()).hexdigest()


def load_seed(engine: Engine, progress: Progress) -> Outcome:
    """Load the shipped seed, or bring it up to date: rows that are no longer in it are removed."""
    sheets = [open_sheet(f, kind=None, encoding="utf-8", label=f"seed/{f.name}") for f in files()]
    outcome = load(engine, sheets, label=LABEL, by=user(), prune=True, progress=progress)
    if outcome.load is None:  # other files, the same records: the last load stands for these files too
        with engine.begin() as connection:
            loads = models.kind("loads").__table__
            last = (
                select(func.max(loads.c.key)).where(loads.c.undone.is_(None), loads.c.file == LABEL).scalar_subquery()
            )
            connection.execute(loads.update().where(loads.c.key == last).values(hash=seed_hash()))
    return outcome


def make(url: URL, *, seed: bool, progress: Progress) -> Outcome | None:
    """Make a new database: a file that is not there yet, or the schema in an empty PostgreSQL database."""
    if database.is_file(url):
        path = Path(str(url.database))
        if path.exists():
            raise NoDatabase(f"{path} is there already", "name another file; terrordb db status says what it holds")
        if not path.resolve().parent.is_dir():
            raise NoDatabase(f"there is no folder {path.parent}", "make the folder first, or name another file")
        try:
            with database.built_aside(path) as aside:
                if aside is None:
                    raise NoDatabase(f"{path} is there already", "another program has just made it")
                return _fill(database.writer(url.set(database=str(aside)), new=True), seed=seed, progress=progress)
        finally:
            path.with_name(path.name + ".lock").unlink(missing_ok=True)
    engine = database.writer(url, new=True)
    with database.reached(url):
        if not database.empty(engine):
            raise NoDatabase(f"{database.say(url)} holds tables already", "make an empty database, or ask it with --db")
    try:
        return _fill(engine, seed=seed, progress=progress)
    except BaseException:
        database.unmake(engine)
        raise


def make_default(url: URL, progress: Progress) -> None:
    """Make the user's own database of the shipped seed, whole or not at all; somebody quicker is waited for."""
    with database.built_aside(Path(str(url.database))) as aside:
        if aside is not None:
            _fill(database.writer(url.set(database=str(aside)), new=True), seed=True, progress=progress)


def _fill(engine: Engine, *, seed: bool, progress: Progress) -> Outcome | None:
    progress("the schema", 0)
    database.migrate(engine)
    outcome = load_seed(engine, progress) if seed else None
    engine.dispose()
    return outcome


def fill(connection: Connection) -> None:
    """Make what migrations leave to be made: the index of names, and counts."""
    words.fill(connection)
    tallies.fill(connection)


def newest(connection: Any) -> bool:
    """Say whether a database that has the seed has the shipped one."""
    last = connection.exec_driver_sql(
        "SELECT hash FROM loads WHERE undone IS NULL AND file = 'terrordb''s seed' ORDER BY key DESC LIMIT 1"
    ).scalar()
    return last is None or last == seed_hash()
