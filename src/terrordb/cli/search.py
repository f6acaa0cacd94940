"""terrordb search: look for words over every kind of record at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Annotated, Any, Optional

import typer

from terrordb.cli.options import Db, Force, Format, FormatOption, Output, Quiet, Raw, chosen

if TYPE_CHECKING:
    from terrordb.library import Answer
    from terrordb.querying.records import Row

COLUMNS = ("kind", "id", "says", "match", "why", "status", "source", "locator")
FIRST = 5  # rows of a kind on a terminal
SAID = 3  # fields that tell what a record without a name is


def search(
    words: Annotated[list[str], typer.Argument(metavar="WORDS...", help='Words; "several words" of one name.')],
    *,
    limit: Annotated[Optional[int], typer.Option(metavar="N", help="At most so many rows of a kind.")] = None,  # noqa: UP045
    format_: FormatOption = None,
    output: Output = None,
    force: Force = False,
    raw: Raw = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Look for words over every kind of record.

    Any spelling and either script will do: terrordb search yezhov.

    What is found is grouped by kind, the nearest first: exact, another spelling (variant), and, where no kind has
    either, what differs by a slip of the pen (fuzzy). On a terminal a kind stops at 5 rows; in a pipe all are printed.
    """
    from terrordb.cli.opening import opened
    from terrordb.cli.query import forgiven
    from terrordb.cli.showing import into, on_terminal, show, show_all, tell
    from terrordb.reports.table import Table

    printed = chosen(format_, output)
    with into(output, force=force, quiet=quiet), opened(db, quiet=quiet) as base:
        found, unread = base.search(words, limit=limit)
        for kind in unread:
            tell(f"not looked through are the {kind}: terrordb query {kind} {' '.join(words)}", quiet=quiet)
        tell(*dict.fromkeys(line for answer in found for line in forgiven(answer)), quiet=quiet)
        if printed is Format.table or (printed is None and on_terminal()):
            cut = FIRST if on_terminal() and limit is None else None
            show_all((_table(answer, cut) for answer in found), Format.table)
        else:
            show(Table("", COLUMNS, (row for answer in found for row in _rows(answer))), printed, raw=raw, quiet=quiet)
        if not found:
            tell(f"no record of any kind has '{' '.join(words)}'", quiet=quiet)


def _table(answer: Answer, cut: int | None) -> Any:
    from terrordb.reports.table import Table

    rows = [row[1:] for row in islice(_rows(answer), cut)]
    more = answer.found - len(rows)
    notes = [f"{more:,} more: terrordb query {answer.question}"] if more > 0 else []
    return Table(f"{answer.kind} ({answer.found:,})", COLUMNS[1:], rows, notes)


def _rows(answer: Answer) -> Iterator[tuple[str, ...]]:
    says = _says(answer)
    named = [*says, *(name for name in ("id", "status", "source", "locator") if name in answer.columns)]
    for row in answer.reading(named):
        yield (answer.kind, row.id, _label(row, says), row.match or "", row.why or "", *_cited(row, named))


def _says(answer: Answer) -> list[str]:
    """Name the fields that tell what a record is: its name, or what a table shows of it."""
    from terrordb import models
    from terrordb.models.fields import NameField

    fields = models.kind(answer.kind).fields
    names = [name for name, field in fields.items() if isinstance(field, NameField)]
    return names[:1] or [name for name in answer.columns if name not in ("id", "status", "source", "locator")]


def _label(row: Row, says: list[str]) -> str:
    return ", ".join(list(filter(None, map(row.said, says)))[:SAID])


def _cited(row: Row, named: list[str]) -> list[str]:
    return [row.said(name) if name in named else "" for name in ("status", "source", "locator")]
