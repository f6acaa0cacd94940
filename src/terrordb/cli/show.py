"""terrordb show: one record and everything that points to it."""

from __future__ import annotations

from typing import Annotated

import typer

from terrordb.cli.options import Db, Force, Format, FormatOption, Output, Quiet, Raw, chosen, completed


def show(
    named: Annotated[
        str,
        typer.Argument(metavar="ID", help="An id, or kind/id where kinds share it.", autocompletion=completed("ids")),
    ],
    *,
    format_: FormatOption = None,
    output: Output = None,
    force: Force = False,
    raw: Raw = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Show a record and all that points to it, with the passages.

    The passages stand beneath as numbered notes. With --format json it is one object: the record and, under the name
    of each kind, the records that point to it.
    """
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import into, show_all, write_jsonl
    from terrordb.reports.dossier import as_object, found, tables

    printed = chosen(format_, output) or Format.table
    with into(output, force=force, quiet=quiet), opened(db, quiet=quiet) as base, base.connect() as connection:
        kind, key = found(connection, named)
        if printed in (Format.json, Format.jsonl):
            write_jsonl([as_object(connection, kind, key)])
        else:
            show_all(tables(connection, kind, key), printed, raw=raw, quiet=quiet)
