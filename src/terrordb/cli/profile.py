"""terrordb profile: which column of a list is which field."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from terrordb.cli.options import Force, Output, Quiet, completed

app = typer.Typer(help="Profiles: which column of a list is which field.", no_args_is_help=True)


@app.callback()
def profiles() -> None:
    """Read lists of any shape."""


@app.command()
def draft(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A list: CSV, TSV, XLSX, ODS, JSON lines, SQL; - reads one.")
    ],
    *,
    kind: Annotated[
        str, typer.Option("--as", metavar="KIND", help="What a row is.", autocompletion=completed("kinds"))
    ] = "cases",
    encoding: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="The encoding, where it is not UTF-8."),
    ] = None,
    sheet: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME|N", help="Which sheet of a workbook or table of SQL, by name or number."),
    ] = None,
    output: Output = None,
    force: Force = False,
    quiet: Quiet = False,
) -> None:
    """Write a first profile for a list, to be completed by hand.

    Columns that no field takes stand at its end as remarks: they are kept with each row as they are.
    """
    from terrordb import models
    from terrordb.cli.showing import into, tell, write
    from terrordb.errors import BadQuestion, nearest
    from terrordb.loading.profiles import draft as draw_up
    from terrordb.loading.profiles import written
    from terrordb.loading.tables import open_tables
    from terrordb.querying.saved import folder

    if kind not in models.KINDS:
        raise BadQuestion(f"there is no kind '{kind}' to load", nearest(kind, models.KINDS))
    table, *further = open_tables(file, encoding=encoding, sheet=sheet)
    made = draw_up(kind, table.header, folder() / "headers.csv")
    with into(output, force=force, quiet=quiet):
        write([written(made, table.header).rstrip("\n")])
    said = list(table.said)
    if further:
        said.append(f"it is of {table.label}; not of {', '.join(one.label for one in further)}")
    said.append(f"{len(made.used)} of {len(table.header)} columns are known; load it with --profile")
    if left := [name for name in table.header if name not in made.used]:
        said.append(f"no field takes: {', '.join(left)}")
    own = made.fields.get((made.main, 0), {})
    said += [
        f"no column is the {name}, without which nothing loads: name one"
        for name, one in models.kind(made.main).fields.items()
        if one.required and not one.default and name not in own
    ]
    tell(*said, quiet=quiet)
