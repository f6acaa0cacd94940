"""terrordb saved: the questions kept under a name."""

from __future__ import annotations

from typing import Annotated

import typer

from terrordb.cli.options import FormatOption, Quiet, chosen, completed

app = typer.Typer(help="Saved queries: questions kept under a name.")
Name = Annotated[
    str,
    typer.Argument(
        metavar="NAME", help="The name of a saved query, with or without @.", autocompletion=completed("saved")
    ),
]


@app.callback(invoke_without_command=True)
def list_(context: typer.Context, *, format_: FormatOption = None, quiet: Quiet = False) -> None:
    """List the saved queries: name, question, and the day it was saved.

    terrordb query … --save NAME saves one; @NAME or saved:NAME in a question stands for it. They lie in a file of your
    own, not in the database: terrordb saved show NAME says where.
    """
    from terrordb.cli.showing import show, tell
    from terrordb.querying import saved
    from terrordb.reports.table import Table

    if context.invoked_subcommand is not None:
        return
    rows = [(each.name, each.question, each.saved) for each in saved.every()]
    show(Table("", ("name", "question", "saved"), rows), chosen(format_), quiet=quiet, page="Saved queries")
    if not rows:
        tell("no query is saved yet: terrordb query persons fate:executed --save NAME", quiet=quiet)


@app.command("show")
def show_(name: Name, *, format_: FormatOption = None) -> None:
    """Print a saved query, and where it stands."""
    from terrordb.cli.showing import show
    from terrordb.querying import saved
    from terrordb.reports.table import Table

    found = saved.get(name.removeprefix("@"))
    rows = [("name", found.name), ("question", found.question), *found.options.items()]
    rows += [("note", found.note)] if found.note else []
    rows += [("saved", str(found.saved or "")), ("place", found.place)]
    show(Table("", ("what", "value"), rows), chosen(format_))


@app.command()
def remove(name: Name, *, quiet: Quiet = False) -> None:
    """Remove a saved query."""
    from terrordb.cli.showing import tell
    from terrordb.querying import saved
    from terrordb.reports.table import one_line

    gone = saved.remove(name.removeprefix("@"))
    tell(f"removed: {gone.name}: {one_line(gone.question)}", quiet=quiet)
