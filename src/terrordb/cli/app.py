"""The program: its commands, each from a file of its own."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from terrordb.cli import (
    check,
    db,
    extract,
    init,
    journal,
    loading,
    naming,
    profile,
    query,
    report,
    saved,
    search,
    show,
    sql,
    text,
)
from terrordb.cli.options import COMPLETES, draws

if os.environ.get(COMPLETES) == "complete_bash":
    from terrordb.cli.completing import mend_bash

    mend_bash()

app = typer.Typer(
    name="terrordb",
    help="Ask a historical database of the Great Purge (USSR, 1936-1938); every answer leads back to its source.\n\n"
    "Begin with: terrordb query persons fate:executed",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown" if draws(sys.stdout) else None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


@app.callback()
def options(
    *,
    version: Annotated[bool, typer.Option("--version", "-V", help="Print the version and stop.")] = False,
) -> None:
    """Say which options stand before a command."""
    if version:
        from terrordb import __version__

        typer.echo(f"terrordb {__version__}")
        raise typer.Exit


for command, called in (
    (query.query, "query"),
    (search.search, "search"),
    (show.show, "show"),
    (sql.sql, "sql"),
    (naming.kinds, "kinds"),
    (naming.fields, "fields"),
    (init.init, "init"),
    (loading.load, "load"),
    (loading.reload, "reload"),
    (loading.template, "template"),
    (journal.loads, "loads"),
    (journal.undo, "undo"),
    (check.check, "check"),
):
    app.command(called)(command)
text.app.command("extract")(extract.extract)
app.add_typer(text.app, name="text")
app.add_typer(profile.app, name="profile")
app.add_typer(report.app, name="report")
app.add_typer(saved.app, name="saved")
app.add_typer(db.app, name="db")
