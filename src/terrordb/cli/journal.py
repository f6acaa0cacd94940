"""terrordb loads, terrordb undo: what was loaded, and how it is taken back."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from terrordb.cli.options import Db, FormatOption, Quiet, chosen, completed


def loads(*, format_: FormatOption = None, db: Db = None, quiet: Quiet = False) -> None:
    """List the loads, the oldest first; undo takes their ids."""
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import show
    from terrordb.reports.database import loads as table

    with opened(db, quiet=quiet) as base, base.connect() as connection:
        show(table(connection), chosen(format_), quiet=quiet, page="Loads")


def undo(
    named: Annotated[str, typer.Argument(metavar="LOAD", help="The id of a load.", autocompletion=completed("loads"))],
    *,
    cascade: Annotated[
        bool, typer.Option("--cascade", help="Undo the later loads that stand on it too, newest first.")
    ] = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Take a load back: what it added goes, what it replaced returns.

    Where later loads stand on its rows it is refused, with the list; --cascade undoes those too.
    """
    from terrordb import database
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import counted, tell, waiting
    from terrordb.loading.journal import undo as take_back
    from terrordb.loading.seed import LABEL

    def shown(plan: Any) -> None:
        if len(plan.loads) > 1:
            tell("undoing, newest first: " + ", ".join(row.id for row in plan.loads), *plan.reasons, quiet=quiet)

    with opened(db, quiet=quiet):
        engine = database.writer(database.locate(db)[0], waits=waiting(quiet=quiet))
    plan = take_back(engine, named, cascade=cascade, shown=shown)
    tell(
        "undone: " + ", ".join(f"{row.id} ({row.file}, {counted(row.rows, 'row')})" for row in plan.loads), quiet=quiet
    )
    if any(row.file == LABEL for row in plan.loads):
        tell("the shipped seed was among them: terrordb db update loads it again", quiet=quiet)
