"""terrordb sql: one question in SQL, on a connection that can only read."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Sequence
from itertools import chain, islice
from typing import Annotated, Any, Optional

import typer

from terrordb.cli.options import Db, Force, Format, FormatOption, Output, Quiet, Raw, chosen

SECONDS = 30.0


def sql(
    statement: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="[STATEMENT]", help="One SELECT, WITH or VALUES; - or none reads standard input."),
    ] = None,
    *,
    tables: Annotated[bool, typer.Option("--tables", help="List the tables and their columns.")] = False,
    timeout: Annotated[
        float, typer.Option("--timeout", metavar="SECONDS", help="Stop the engine after so many seconds of work.")
    ] = SECONDS,
    format_: FormatOption = None,
    output: Output = None,
    force: Force = False,
    raw: Raw = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Ask in SQL: terrordb sql "select name from persons".

    One SELECT, WITH or VALUES is run; it can change nothing, and reads nothing but this database. terrordb sql --tables
    lists the tables and their columns. On a terminal an answer stops at 50 rows; in a pipe or a file it is whole.
    """
    from terrordb.cli.showing import into, show

    printed = chosen(format_, output)
    if tables:
        with into(output, force=force, quiet=quiet):
            show(_tables(), printed, raw=raw, quiet=quiet)
    else:
        asked = _asked(statement)
        with into(output, force=force, quiet=quiet):
            _answer(asked, timeout, printed, raw=raw, db=db, quiet=quiet)


def _asked(statement: str | None) -> str:
    """Give the statement; one that is not on the command line is read from a pipe."""
    from terrordb.errors import BadQuestion

    if statement not in (None, "-"):
        return str(statement)
    if statement is None and sys.stdin.isatty():
        raise BadQuestion("there is no statement", 'such as: terrordb sql "select id, name from persons"')
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadQuestion("the statement holds bytes that are no text", "write it in UTF-8") from error


def _answer(statement: str, seconds: float, printed: Format | None, *, raw: bool, db: str | None, quiet: bool) -> None:
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import on_terminal, show
    from terrordb.database import foreign
    from terrordb.reports.table import Table

    with opened(db, quiet=quiet) as base, foreign(base.engine, statement, seconds, _known) as (columns, found):
        names, rows = _told_apart(columns), (tuple(map(_plain, row)) for row in found)
        if printed is Format.table or (printed is None and on_terminal()):
            _draw(names, rows, quiet=quiet)
        else:
            first = list(islice(rows, 1))  # what goes wrong at once, goes wrong before anything is printed
            show(Table("", names, chain(first, rows)), printed, raw=raw, quiet=quiet, page=" ".join(statement.split()))


def _draw(columns: list[str], rows: Iterator[tuple[Any, ...]], *, quiet: bool) -> None:
    from terrordb.cli.showing import TERMINAL, counted, on_terminal, show, tell
    from terrordb.reports.table import Table

    shown = list(islice(rows, TERMINAL) if on_terminal() else rows)
    more = next(rows, None) is not None
    if shown:
        show(Table("", columns, shown), Format.table)
    told = [f"the first {counted(len(shown), 'row')}: in a pipe, or with --output FILE, the answer is whole"]
    tell(*(told if more else [counted(len(shown), "row")]), quiet=quiet, to=None if on_terminal() else sys.stdout)


def _told_apart(columns: Sequence[str]) -> list[str]:
    """Give columns of one name each its own: JSON would keep the last of them alone."""
    names: list[str] = []
    for column in columns:
        name, n = column, 1
        while name in names:
            n += 1
            name = f"{column}_{n}"
        names.append(name)
    return names


def _plain(value: Any) -> Any:
    """Give a value as every format can hold it, the same from both engines: numbers are numbers, bytes hexadecimal."""
    from decimal import Decimal

    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, (Decimal, float)) and not math.isfinite(value):
        return str(value)
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _known() -> Iterator[str]:
    from terrordb import models

    for table in models.tables().tables.values():
        yield table.name
        yield from table.columns.keys()


def _tables() -> Any:
    from terrordb import models
    from terrordb.reports.table import Table

    columns = [c for _, table in sorted(models.tables().tables.items()) for c in table.columns]
    rows = [
        (c.table.name, c.name, str(c.type).lower(), "; ".join(sorted(k.target_fullname for k in c.foreign_keys)))
        for c in columns
    ]
    return Table("", ("table", "column", "type", "points to"), rows)
