"""Opening a database for a question, with what must be said about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from terrordb.library import Database


@contextmanager
def opened(db: str | None, *, quiet: bool) -> Iterator[Database]:
    """Open the database that is meant; the user's own is made first where it is not there, and its age is told."""
    from terrordb import database, library
    from terrordb.cli.showing import done, progress, tell

    url, default = database.locate(db)
    making = default and not database.default_file().exists()
    if making:
        tell(f"making your database of the shipped seed: {database.say(url)}", quiet=quiet)
    try:
        base = library.open(db, progress=progress(quiet=quiet))
    finally:
        done(quiet=quiet or not making)
    try:
        yield base
        if default and not quiet and not _newest(base):
            tell("the shipped seed is newer than your database's: terrordb db update brings it up to date")
    finally:
        base.close()


def _newest(base: Database) -> bool:
    from terrordb.loading.seed import newest

    with base.connect() as connection:
        return newest(connection)
