"""terrordb report: what the records come to."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from terrordb.cli.options import Db, Force, Format, FormatOption, Output, Quiet, Raw, chosen, completed
from terrordb.reports.every import REPORTS

app = typer.Typer(help="Reports on the records, with their passages as notes.")

PRINTED = "table, html, md, json, pdf, svg, png, tsv or csv; else drawn on a terminal, plain text elsewhere."
Chosen = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--format", "-f", metavar="FORMAT", help=PRINTED, autocompletion=completed("report formats")),
]
Chart = Annotated[
    Optional[int],  # noqa: UP045
    typer.Option(metavar="N", help="Which chart --format svg or png draws, counted from 1."),
]
Opened = Annotated[bool, typer.Option("--open", help="Open it, as HTML unless another format is named.")]
With = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--with", metavar="dubious", help="Take dubious and withdrawn rows into counts, sums and charts."),
]
Full = Annotated[bool, typer.Option("--full", help="Print residences whole, not to the district.")]
Style = Annotated[str, typer.Option(metavar="STYLE", help="chicago, mla, gost, csl or bibtex.")]
Place = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(metavar="ID", help="Only there, and in what lies in it.", autocompletion=completed("places")),
]
On = Annotated[str, typer.Option("--on", metavar="MM-DD", help="The day of any year, or with its year YYYY-MM-DD.")]
SHARED: dict[str, tuple[Any, Any]] = {
    "format_": (Chosen, None),
    "output": (Output, None),
    "force": (Force, False),
    "open_": (Opened, False),
    "chart": (Chart, None),
    "raw": (Raw, False),
    "db": (Db, None),
    "quiet": (Quiet, False),
}
NEEDED = inspect.Parameter.empty


def _id(kind: str, metavar: str = "ID") -> tuple[Any, Any]:
    return Annotated[str, typer.Argument(metavar=metavar, autocompletion=completed(kind))], NEEDED


def _words(metavar: str, told: str) -> tuple[Any, Any]:
    return Annotated[Optional[list[str]], typer.Argument(metavar=metavar, help=told)], None  # noqa: UP045


# What each report is asked for, beside what all take: name → annotation and default, as its function has them.
ASKED: dict[str, dict[str, tuple[Any, Any]]] = {
    "person": {"named": _id("persons"), "full": (Full, False)},
    "evidence": {"named": _id("ids"), "field": _words("[FIELD]", "Only this field.")},
    "trial": {"named": _id("trials")},
    "operation": {"named": _id("operations"), "dubious": (With, None)},
    "quotas": {"named": _id("orders", "ORDER"), "dubious": (With, None)},
    "figures": {
        "terms": _words("[TERMS]...", "A question for figures: measure:executed,died"),
        "dubious": (With, None),
    },
    "timeline": {"within": _words("[FROM..TO]", "Dates: 1936..1938, 1937-08.., 1937"), "dubious": (With, None)},
    "map": {
        "terms": _words("[TERMS]...", "A question: kind:burial_ground; cases executed:1937"),
        "dubious": (With, None),
    },
    "sources": {"style": (Style, "chicago")},
    "together": {"named": _id("persons"), "dubious": (With, None)},
    "names": {"on": (On, NEEDED), "place": (Place, None), "dubious": (With, None)},
    "today": {"place": (Place, None), "dubious": (With, None)},
    "database": {},
}


@app.callback(invoke_without_command=True)
def reports(ctx: typer.Context) -> None:
    """Report on the records, with their passages as notes.

    Without a name the reports are listed.
    """
    if ctx.invoked_subcommand is None:
        from terrordb.cli.showing import show
        from terrordb.reports.table import Table

        rows = [*((name, line) for name, (_, line) in REPORTS.items()), ("coverage", "What of a text no row stands on")]
        show(Table("", ("report", "what it tells"), rows), None)


def _command(name: str) -> Callable[..., None]:
    """Make the command of a report: what it is asked for, then the options that all take."""

    def go(**given: Any) -> None:
        shared = {option: given.pop(option) for option in SHARED}
        _give(name, given, **shared)

    every = {**ASKED[name], **SHARED}
    go.__name__, go.__doc__ = name, f"{REPORTS[name][1]}."
    go.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(option, inspect.Parameter.KEYWORD_ONLY, annotation=annotation, default=default)
            for option, (annotation, default) in every.items()
        ]
    )
    return go


for _name in REPORTS:
    app.command(_name)(_command(_name))


def _give(
    name: str,
    asked: dict[str, Any],
    *,
    format_: str | None,
    output: str | None,
    force: bool,
    open_: bool,
    chart: int | None,
    raw: bool,
    db: str | None,
    quiet: bool,
) -> None:
    """Make a report and show it."""
    from terrordb.cli.opening import opened
    from terrordb.cli.reporting import opens, show_report
    from terrordb.cli.showing import into, tell
    from terrordb.reports.every import made

    printed = chosen(format_, output, report=True) or (Format.html if open_ else Format.table)
    target = output if output not in (None, "-") or not open_ else _aside(name, printed)
    asked = {option: _read(option, value) for option, value in asked.items()}
    with into(target, force=force, quiet=quiet), opened(db, quiet=quiet) as base, base.connect() as connection:
        show_report(made(connection, name, **asked), printed, raw=raw, quiet=quiet, chart=chart)
    if open_ and target and not opens(Path(target).resolve()):
        tell(f"nothing here opens it by itself: open {Path(target).resolve()} with a program of yours", quiet=quiet)


def _read(option: str, value: Any) -> Any:
    """Read what was typed as the report's function takes it: words as one text, `--with dubious` as yes."""
    if option == "dubious":
        if value not in (None, "dubious"):
            from terrordb.errors import BadQuestion, nearest

            raise BadQuestion(f"--with takes no '{value}'", nearest(value, ["dubious"]))
        return value is not None
    return " ".join(value) or None if isinstance(value, list) else value


def _aside(name: str, format_: Format) -> str:
    """Name a file that may be opened, where none was named."""
    from tempfile import mkdtemp

    ending = "txt" if format_ is Format.table else str(format_)
    return str(Path(mkdtemp(prefix="terrordb-")) / f"{name}.{ending}")


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
