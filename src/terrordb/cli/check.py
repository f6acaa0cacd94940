"""terrordb check: questions whose answer should be empty."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from terrordb.cli.options import Db, Format, FormatOption, Quiet, chosen


def check(
    names: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(metavar="[CHECK]...", help="The checks to ask; all where none is named."),
    ] = None,
    *,
    listed: Annotated[bool, typer.Option("--list", help="Only list the checks there are.")] = False,
    format_: FormatOption = None,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """List rows that cannot be true, or contradict.

    It exits with 1 where it finds an error; warnings, and contradictions of the sources, are no errors. With --format
    json each check is an object, with its severity, its explanation and the rows found.
    """
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import show, tell, write_json, write_jsonl
    from terrordb.reports import checks

    printed = chosen(format_)
    if listed:
        show(checks.listing(), printed)
        return
    checks.asked(names or [])  # before a database is made for it
    with opened(db, quiet=quiet) as base, base.connect() as connection:
        checked = checks.run(connection, names or [])
    if printed in (Format.json, Format.jsonl):
        (write_json if printed is Format.json else write_jsonl)(one.as_dict() for one in checked)
    elif any(one.found for one in checked) or printed:
        show(checks.findings(checked), printed)
    tell(checks.summary(checked), quiet=quiet)
    if checks.failed(checked):
        raise typer.Exit(1)
