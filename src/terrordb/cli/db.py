"""terrordb db: where the database is, what it holds, whether it is whole, and its schema."""

from __future__ import annotations

import typer

from terrordb.cli.options import Db, FormatOption, Quiet, chosen

app = typer.Typer(help="The database itself: where it is, what it holds, its schema.", no_args_is_help=True)


@app.command()
def where(*, db: Db = None) -> None:
    """Print where the database is, whether it is there or not."""
    from terrordb import database

    typer.echo(database.say(database.locate(db)[0]))


@app.command()
def status(*, format_: FormatOption = None, db: Db = None, quiet: Quiet = False) -> None:
    """Print what the database holds, its schema and its content hash."""
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import show
    from terrordb.reports.database import status as table

    with opened(db, quiet=quiet) as base, base.connect() as connection:
        show(table(connection, _url(db)), chosen(format_))


@app.command()
def check(*, format_: FormatOption = None, db: Db = None, quiet: Quiet = False) -> None:
    """Work out anew what is kept, and list what differs.

    That is the content hash, fates and references. It exits with 1 where anything differs.
    """
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import show, tell
    from terrordb.reports.database import check as table

    with opened(db, quiet=quiet) as base, base.connect() as connection:
        found = table(connection)
        if found.rows or format_:
            show(found, chosen(format_))
        if found.rows:
            raise typer.Exit(1)
        tell("whole: nothing differs from what is kept", quiet=quiet)


@app.command()
def upgrade(*, db: Db = None, quiet: Quiet = False) -> None:
    """Bring an older schema up to this program's, after a copy.

    A database that is a file is copied beside itself first; copy a PostgreSQL database yourself.
    """
    from terrordb import database
    from terrordb.cli.showing import tell
    from terrordb.loading.seed import fill

    url = _url(db)
    found = database.schema(url)
    if found == database.REVISION:
        tell(f"{database.say(url)} has the newest schema, {found}", quiet=quiet)
        return
    if not (found and found.isdigit() and found < database.REVISION):
        database.reader(url)  # which says why not
    if copy := database.copy_of(url, f"before-{database.REVISION}"):
        tell(f"copied to {copy}", quiet=quiet)
    engine = database.writer(url, new=True)
    database.migrate(engine, then=fill)
    database.tidy(engine)
    tell(f"{database.say(url)}: schema {found} became {database.REVISION}", quiet=quiet)


@app.command()
def update(*, db: Db = None, quiet: Quiet = False) -> None:
    """Bring the shipped seed's records up to date.

    It is a load like any other: terrordb undo takes it back.
    """
    from terrordb import database
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import done, progress, tell, waiting
    from terrordb.loading.seed import load_seed

    with opened(db, quiet=True):
        engine = database.writer(_url(db), waits=waiting(quiet=quiet))
    try:
        outcome = load_seed(engine, progress(quiet=quiet))
    finally:
        done(quiet=quiet)
    said = f"{outcome.added:,} new, {outcome.changed:,} changed, {outcome.removed:,} removed"
    tell(f"{outcome.load}: {said}" if outcome.load else "the seed is up to date", quiet=quiet)


def _url(db: str | None):  # type: ignore[no-untyped-def]
    from terrordb import database

    return database.locate(db)[0]
