"""terrordb init: make a database."""

from __future__ import annotations

from typing import Annotated

import typer

from terrordb.cli.options import Db, Quiet


def init(
    *,
    empty: Annotated[bool, typer.Option("--empty", help="Without the shipped seed.")] = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Make a database, of the shipped seed unless it shall be empty.

    --db or TERRORDB_URL names it: a file that is not there yet, or a PostgreSQL database without tables. Where neither
    does, it is your own, which the first question makes too.
    """
    from terrordb import database
    from terrordb.cli.showing import done, progress, tell
    from terrordb.loading.seed import make

    url, default = database.locate(db)
    if default:
        database.make_folder(database.default_file())
    try:
        outcome = make(url, seed=not empty, progress=progress(quiet=quiet))
    finally:
        done(quiet=quiet)
    rows = f"{outcome.added:,} records of the shipped seed" if outcome else "no record yet"
    tell(f"made {database.say(url)}, with {rows}", quiet=quiet)
