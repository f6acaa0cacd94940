"""terrordb kinds, terrordb fields: what can be asked."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from terrordb.cli.options import Format, FormatOption, chosen


def kinds(*, format_: FormatOption = None) -> None:
    """List the kinds of record."""
    from terrordb.cli.showing import show
    from terrordb.reports.naming import kinds as table

    show(table(), chosen(format_))


def fields(
    kind: Annotated[Optional[str], typer.Argument(metavar="[KIND]", help="A kind; all where none is named.")] = None,  # noqa: UP045
    *,
    format_: FormatOption = None,
) -> None:
    """List the fields of a kind: name, type, vocabulary, meaning.

    They are named as questions and JSON name them.
    """
    from terrordb.cli.showing import show, write_json, write_jsonl
    from terrordb.reports.naming import fields as table
    from terrordb.reports.naming import fields_of

    printed = chosen(format_)
    if printed in (Format.json, Format.jsonl):
        (write_json if printed is Format.json else write_jsonl)(fields_of(kind))
    else:
        show(table(kind), printed)
