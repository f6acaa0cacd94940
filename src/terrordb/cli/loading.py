"""terrordb load, terrordb template: rows from files of one's own."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from terrordb.cli.options import Db, Force, Quiet, completed


def load(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE|FOLDER...", help="Tables, or folders of them; - reads one.")
    ],
    *,
    kind: Annotated[
        str | None, typer.Option("--as", metavar="KIND", help="What the rows are; else the file's name says it.")
    ] = None,
    profile: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE.toml", help="Which column is which field: a list of any shape."),
    ] = None,
    source: Annotated[
        str | None, typer.Option(metavar='ID|"TITLE"', help="The source of files that name none.")
    ] = None,
    encoding: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="The encoding, where it is not UTF-8."),
    ] = None,
    sheet: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME|N", help="Which sheet of a workbook or table of SQL, by name or number."),
    ] = None,
    prune: Annotated[bool, typer.Option("--prune", help="Remove the rows that are no longer in the file.")] = False,
    dry: Annotated[bool, typer.Option("--dry-run", help="Say what would be loaded, and write nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a list of which anything is not understood.")
    ] = False,
    report: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--report", metavar="FILE", help="Write the report of the load: .html, .md, .json, .txt."),
    ] = None,
    rejected: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option("--rejected", metavar="FILE", help="Where rows that are set aside go; else beside the list."),
    ] = None,
    force: Force = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Load tables: all of them, or nothing.

    A file with a column source_id cites the sources it names; one without is its own source. A file named for a kind
    holds rows of it; one with a column name is taken for persons. terrordb template KIND prints the columns. terrordb
    undo takes a load back.

    With --as or --profile a list of any shape is mapped: headers in English or Russian are recognised, what is not
    understood is kept as written and flagged, and rows that can be no record are set aside in a file of their own.
    """
    from terrordb import database
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import progress, tell, waiting
    from terrordb.errors import BadQuestion
    from terrordb.loading import lists

    _can_be_written(report, force=force)
    with opened(db, quiet=quiet):
        engine = database.writer(database.locate(db)[0], waits=waiting(quiet=quiet))
    asked = lists.Asked(
        kind, profile, source, encoding, sheet, rejected, _own_headers(), strict or prune or report is not None
    )
    step = progress(quiet=quiet)
    label = "; ".join("standard input" if str(path) == "-" else path.name for path in files)
    with _ended(label, quiet=quiet):
        ready = lists.prepare(engine, files, asked, step)
        tell(*ready.said, quiet=quiet)
        if report is not None and ready.sheets and not ready.mapped:
            raise BadQuestion("what is read strictly is loaded whole, and has no report", "leave --report away")
        if strict:
            ready.refuse_flags()
        outcome = lists.keep(engine, ready, label=label, prune=prune, dry=dry, progress=step)
    if not quiet:
        for line in ready.standing:
            typer.echo(line)
    if ready.standing and not ready.sheets:
        return
    _mapped(outcome, ready, dry=dry, report=report, force=force, quiet=quiet)
    _report(outcome, quiet=quiet, prune=prune, dry=dry, mapped=bool(ready.mapped))


def reload(
    named: Annotated[str, typer.Argument(metavar="LOAD", help="The id of a load.", autocompletion=completed("loads"))],
    *,
    profile: Annotated[
        Optional[Path],  # noqa: UP045
        typer.Option(metavar="FILE.toml", help="The profile to read by; else that of the load, as it is now."),
    ] = None,
    dry: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Refuse a list of which anything is not understood.")
    ] = False,
    report: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option("--report", metavar="FILE", help="Write the report: .html, .md, .json, .txt."),
    ] = None,
    force: Force = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Read a loaded list anew, by a better profile.

    No file is needed: its rows are read from what was kept of them, also with terms that were reviewed since. The list
    is taken as it stands: rows that other loads of the same columns wrote are read too; those that were corrected since
    stay as they are. It is a load like any other, and terrordb undo takes it back.
    """
    from terrordb import database
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import progress, tell, waiting
    from terrordb.loading import lists

    _can_be_written(report, force=force)
    with opened(db, quiet=quiet):
        url = database.locate(db)[0]
        engine = database.writer(url, waits=waiting(quiet=quiet))
        reading = database.reader(url)  # others may write while it is read
    step = progress(quiet=quiet)
    with _ended(named, quiet=quiet):
        ready = lists.prepare_anew(reading, named, profile, _own_headers(), step)
        tell(*ready.said, quiet=quiet)
        if strict:
            ready.refuse_flags()
        outcome = lists.keep(engine, ready, label=f"{named} anew", dry=dry, progress=step)
    _mapped(outcome, ready, dry=dry, report=report, force=force, quiet=quiet)
    _report(outcome, quiet=quiet, prune=True, dry=dry, mapped=True)


@contextmanager
def _ended(label: str, *, quiet: bool) -> Iterator[None]:
    """Clear the line of progress at the end, and say of an interrupt what it left."""
    import logging

    from terrordb.cli.showing import done

    # An interrupt while a connection is closed would else be logged with its traceback, besides being told below.
    logging.getLogger("sqlalchemy.pool").addHandler(logging.NullHandler())
    try:
        yield
    except KeyboardInterrupt as error:
        done(quiet=quiet)
        print(
            f"terrordb: {label}: interrupted; {error.args[0] if error.args else 'nothing was changed'}", file=sys.stderr
        )
        raise
    finally:
        done(quiet=quiet)


def _own_headers() -> Path:
    from terrordb.querying.saved import folder

    return folder() / "headers.csv"


def _can_be_written(report: str | None, *, force: bool) -> None:
    """Refuse a file for the report that cannot be, before anything is loaded."""
    from terrordb.cli.options import chosen
    from terrordb.cli.showing import check_place

    if report is not None:
        chosen(None, report, report=True)
        check_place(report, force=force)


def _mapped(outcome: Any, ready: Any, *, dry: bool, report: str | None, force: bool, quiet: bool) -> None:
    """Print what became of lists, or write it into a file."""
    from terrordb.cli.options import Format, chosen
    from terrordb.cli.reporting import show_report
    from terrordb.cli.showing import into, tell
    from terrordb.reports.loading import load_report, summary

    if not ready.mapped:
        return
    made = load_report(ready.mapped, outcome, dry=dry, rejected=ready.rejected)
    if report is not None:
        with into(report, force=force, quiet=quiet):
            show_report(made, chosen(None, report, report=True) or Format.table, raw=True, quiet=quiet, chart=None)
        tell(*(summary(mapped, outcome) for mapped in ready.mapped), quiet=quiet, to=sys.stdout)
    elif not quiet:
        show_report(made, Format.table, raw=True, quiet=quiet, chart=None)


def _report(outcome: Any, *, quiet: bool, prune: bool, dry: bool, mapped: bool) -> None:
    """Say what a load did; of mapped lists a row may have made several records, or none."""
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
    typer.echo(f"{head}{counted(outcome.rows, 'record') if mapped else counted(outcome.rows, 'row') + ' read'}; {said}")
    if outcome.changed_ids:
        typer.echo(f"changed: {_some(outcome.changed_ids, outcome.changed)}")
    if outcome.vanished and prune:
        typer.echo(f"removed: {_some(outcome.vanished_ids, outcome.vanished)}")
    elif outcome.vanished:
        typer.echo(f"no longer in the file: {_some(outcome.vanished_ids, outcome.vanished)} (--prune removes them)")
    for line in outcome.said:
        typer.echo(line)
    if dry:
        typer.echo("nothing was written: leave --dry-run away to load it")
    elif outcome.load:
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
