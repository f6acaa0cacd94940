"""terrordb report: what the records come to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from terrordb.cli.options import Db, Force, Format, FormatOption, Output, Quiet, Raw, chosen, completed

app = typer.Typer(help="Reports on the records.", no_args_is_help=True)


@app.callback()
def reports() -> None:
    """Report on the records."""


@app.command()
def coverage(
    text: Annotated[
        str,
        typer.Argument(
            metavar="TEXT",
            help="The id of a source whose text was added, or the file of a text.",
            autocompletion=completed("sources"),
        ),
    ],
    *,
    source: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="ID",
            help="Of a file: the source it is; else the one whose rows cite paragraphs.",
            autocompletion=completed("sources"),
        ),
    ] = None,
    left_out: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE", help="A CSV of paragraph, words, reason: reviewed, and left out."),
    ] = None,
    format_: FormatOption = None,
    output: Output = None,
    force: Force = False,
    raw: Raw = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """List what of a text no row stands on.

    These are the numbers, dates and names that no row's anchor covers, by paragraph.

    What was reviewed and left out is counted by its reason. With --format json it is one object: uncovered, left_out.
    """
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import into, show, tell, write_jsonl
    from terrordb.reports import coverage as report
    from terrordb.reports.texts import running

    printed = chosen(format_, output)
    with opened(db, quiet=quiet) as base, base.connect() as connection:
        if Path(text).is_file():
            passages, named = report.read_text(Path(text)), source or report.only_source(connection)
        else:
            passages, named = running(connection, text), text
        rows = list(report.cited(connection, named))
    file = left_out or report.left_out_file(named)
    found = report.coverage(passages, rows, report.read_left_out(file) if file else report.LeftOut())
    with into(output, force=force, quiet=quiet):
        if printed in (Format.json, Format.jsonl):
            write_jsonl([found.as_dict()])
        else:
            show(found.as_table(), printed, raw=raw, quiet=quiet, page=f"What of {named} no row stands on")
    tell(f"{named}: {len(found.uncovered):,} mentions are not covered", quiet=quiet)
