"""The options that several commands share."""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Annotated, Optional, TextIO

import typer


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    tsv = "tsv"
    csv = "csv"
    json = "json"
    jsonl = "jsonl"
    md = "md"


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
        "--format", "-f", metavar="FORMAT", help="table, tsv, csv, json, jsonl or md; a table on a terminal, else TSV."
    ),
]


def draws(stream: TextIO) -> bool:
    """Say whether what is written goes to a terminal that can draw."""
    return stream.isatty() and os.environ.get("TERM", "") not in ("dumb", "unknown")


def chosen(format_: str | None) -> Format | None:
    """Read the name of a format; the nearest is offered where there is none."""
    if format_ is None:
        return None
    if format_ not in Format.__members__:
        from terrordb.errors import BadQuestion, nearest

        raise BadQuestion(f"there is no format '{format_}'", nearest(format_, list(Format.__members__)))
    return Format(format_)
