"""terrordb load, terrordb template: rows from files of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from terrordb.cli.options import Db, Quiet


def load(
    files: Annotated[list[Path], typer.Argument(metavar="FILE|FOLDER...", help="CSV files, or folders of them.")],
    *,
    kind: Annotated[
        str | None, typer.Option("--as", metavar="KIND", help="What the rows are; else the file's name says it.")
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar='ID|"TITLE"', help="The source of files that name none.")
    ] = None,
    encoding: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="The encoding, where it is not UTF-8."),
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the rows that are no longer in the file.")] = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Load CSV files: all of them, or nothing.

    A file with a column source_id cites the sources it names; one without is its own source. A file named for a kind
    holds rows of it; one with a column name is taken for persons. terrordb template KIND prints the columns. terrordb
    undo takes a load back.
    """
    from terrordb import database
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import done, progress, tell
    from terrordb.loading.keeping import as_list
    from terrordb.loading.keeping import load as keep
    from terrordb.loading.seed import user
    from terrordb.loading.sheets import gather, open_sheet

    found = gather(files)
    with opened(db, quiet=quiet):
        engine = database.writer(database.locate(db)[0])
    sheets = [open_sheet(path, kind=kind, encoding=encoding) for path in found]
    for sheet in sheets:
        as_list(sheet, source, engine)
        tell(*sheet.said, quiet=quiet)
    label = "; ".join(path.name for path in files)
    try:
        outcome = keep(engine, sheets, label=label, by=user(), prune=prune, progress=progress(quiet=quiet))
    finally:
        done(quiet=quiet)
    _report(outcome, quiet=quiet, prune=prune)


def _report(outcome: Any, *, quiet: bool, prune: bool) -> None:
    from terrordb.cli.showing import counted

    if quiet:
        return
    counts = (
        ("new", outcome.added),
        ("changed", outcome.changed),
        ("unchanged", outcome.unchanged),
        ("removed", outcome.removed),
    )
    said = ", ".join(f"{count:,} {word}" for word, count in counts if count) or "none kept"
    head = f"{outcome.load}: " if outcome.load else "nothing changed: "
    typer.echo(f"{head}{counted(outcome.rows, 'row')} read; {said}")
    if outcome.changed_ids:
        typer.echo(f"changed: {_some(outcome.changed_ids, outcome.changed)}")
    if outcome.vanished and prune:
        typer.echo(f"removed: {_some(outcome.vanished_ids, outcome.vanished)}")
    elif outcome.vanished:
        typer.echo(f"no longer in the file: {_some(outcome.vanished_ids, outcome.vanished)} (--prune removes them)")
    for line in outcome.said:
        typer.echo(line)
    if outcome.load:
        typer.echo(f"terrordb undo {outcome.load} takes it back")


def _some(ids: list[str], count: int) -> str:
    more = f" and {count - len(ids):,} more" if count > len(ids) else ""
    return ", ".join(ids) + more


def template(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="A kind that can be loaded.")],
    *,
    quiet: Quiet = False,
) -> None:
    """Print an empty CSV of a kind, and what its columns mean.

    The CSV goes to the output, the meaning to the error stream: terrordb template cases > cases.csv keeps only the CSV.
    """
    import csv
    import sys

    from terrordb import models
    from terrordb.cli.showing import tell
    from terrordb.errors import BadQuestion, nearest
    from terrordb.querying.records import headers

    if kind not in models.KINDS:
        raise BadQuestion(f"there is no kind '{kind}' to load", nearest(kind, models.KINDS))
    columns = headers(kind)
    csv.writer(sys.stdout, lineterminator="\n").writerow([column["name"] for column in columns])
    sys.stdout.flush()
    width = max(len(column["name"]) for column in columns)
    tell(*(f"  {column['name'].ljust(width)}  {_explained(column)}" for column in columns), quiet=quiet)


def _explained(column: dict[str, Any]) -> str:
    """Explain a column in one line: what it means, how it is written, and whether it may be empty."""
    how = [column["type"]]
    if column["vocabulary"]:
        how.append(" | ".join(column["vocabulary"]) + (" | another word" if column["open"] else ""))
    elif column["kinds"]:
        how.append("of " + ", ".join(column["kinds"]))
    if column["required"]:
        how.append(f"if empty: {column['default']}" if column["default"] else "required")
    return f"{column['meaning']} ({'; '.join(how)})"
