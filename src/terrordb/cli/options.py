"""The options that several commands share."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import PurePath
from typing import Annotated, Any, Optional, TextIO

import typer

COMPLETES = "_TERRORDB_COMPLETE"  # is set where a shell asks how a word may go on


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    tsv = "tsv"
    csv = "csv"
    json = "json"
    jsonl = "jsonl"
    md = "md"
    html = "html"
    pdf = "pdf"
    svg = "svg"
    png = "png"


PAGED = (Format.pdf, Format.svg, Format.png)  # formats of reports alone


def completed(by: str) -> Callable[..., Any] | None:
    """Complete words in one of the ways of `completing`; where no shell asks there is no cost."""
    if COMPLETES not in os.environ:
        return None

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        from terrordb.cli.completing import safely

        return safely(by, ctx, incomplete)

    return complete


Db = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--db", metavar="FILE|URL", help="The database; else TERRORDB_URL, else your own, made of the shipped seed."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but the answer and errors.")]
FormatOption = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option(
        "--format",
        "-f",
        metavar="FORMAT",
        help="table, tsv, csv, json, jsonl, md or html; else a table on a terminal, TSV elsewhere.",
        autocompletion=completed("formats"),
    ),
]
Output = Annotated[
    Optional[str],  # noqa: UP045
    typer.Option("--output", "-o", metavar="FILE", help="Write to a file, whose ending chooses the format."),
]
Force = Annotated[bool, typer.Option("--force", help="Replace the file of --output.")]
Raw = Annotated[
    bool, typer.Option("--raw", help="CSV without the ' before cells that a spreadsheet would take for formulas.")
]


def draws(stream: TextIO) -> bool:
    """Say whether what is written goes to a terminal that can draw."""
    return stream.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown")


def formats(*, report: bool = False) -> list[Format]:
    """List the formats that answers have, or reports."""
    return [one for one in Format if report or one not in PAGED]


def chosen(format_: str | None, output: str | None = None, *, report: bool = False) -> Format | None:
    """Read the name of a format, or choose it by the ending of the file that is written; BadQuestion for neither."""
    among = formats(report=report)
    if format_ is None:
        return None if output in (None, "-") else _by_ending(str(output), among)
    if format_ not in among:
        from terrordb.errors import BadQuestion, nearest

        raise BadQuestion(f"there is no format '{format_}'", nearest(format_, among))
    return Format(format_)


def _by_ending(output: str, among: Sequence[Format]) -> Format:
    ending = PurePath(output).suffix.lower()
    endings = {".txt": Format.table} | {f".{format_}": format_ for format_ in among if format_ is not Format.table}
    if ending not in endings:
        from terrordb.errors import BadQuestion

        raise BadQuestion(
            f"the ending of '{output}' names no format",
            f"end it in {', '.join(endings)}, or name the format with --format",
        )
    return endings[ending]
