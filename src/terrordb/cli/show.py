"""terrordb show: one record and everything that points to it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from terrordb.cli.options import Db, Format, FormatOption, Quiet, chosen


def show(
    named: Annotated[str, typer.Argument(metavar="ID", help="An id, or kind/id where kinds share it.")],
    *,
    format_: FormatOption = None,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Show a record and all that points to it, with the passages.

    The passages stand beneath as numbered notes. With --format json it is one object: the record and, under the name
    of each kind, the records that point to it.
    """
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import show as print_table
    from terrordb.cli.showing import write_jsonl
    from terrordb.reports.dossier import as_object, found, tables

    printed = chosen(format_)
    with opened(db, quiet=quiet) as base, base.connect() as connection:
        kind, key = found(connection, named)
        if printed in (Format.json, Format.jsonl):
            write_jsonl([as_object(connection, kind, key)])
            return
        for n, table in enumerate(tables(connection, kind, key)):
            if n:
                sys.stdout.write("\n")
            print_table(table, printed or Format.table)
