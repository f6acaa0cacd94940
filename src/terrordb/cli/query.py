"""terrordb query: ask for records."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import chain, islice
from typing import Annotated, Any, Optional

import typer

from terrordb.cli.options import Db, Format, FormatOption, Output, Quiet, Raw, chosen, completed


def query(
    words: Annotated[
        Optional[list[str]],  # noqa: UP045
        typer.Argument(
            metavar="[KIND] [TERMS]...",
            help="A kind (persons where none is named), then words, field:value or field:a..b.",
            autocompletion=completed("terms"),
        ),
    ] = None,
    *,
    sort: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(
            metavar="FIELD",
            help="A field to sort by; FIELD:desc turns it round.",
            autocompletion=completed("fields"),
        ),
    ] = None,
    limit: Annotated[Optional[int], typer.Option(metavar="N", help="At most so many rows.")] = None,  # noqa: UP045
    fields: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="A,B", help="Only these fields.", autocompletion=completed("fields")),
    ] = None,
    count: Annotated[bool, typer.Option("--count", help="Only how many, and of how many.")] = False,
    cite: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="FORM", help="A reference for the answer in place of its rows: text, csl or bibtex."),
    ] = None,
    save: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="Keep the question under a name; @NAME asks it again."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the saved query of that name, or the file of --output.")
    ] = False,
    format_: FormatOption = None,
    output: Output = None,
    raw: Raw = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Ask for records: terrordb query persons fate:executed.

    A question is a kind and terms, all of which must hold. Words are looked for in names and titles, in either script;
    field:value asks one field, field:a..b a range with both ends, as in query cases arrested:1937..1938. Several words
    of one value stand in quotes: query trials "outcome:all sentenced".

    terrordb kinds and terrordb fields say what can be asked. On a terminal an answer stops at 50 rows; in a pipe it is
    whole.
    """
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import into

    printed = chosen(format_, output if cite is None else None)
    with into(output, force=force, quiet=quiet), opened(db, quiet=quiet) as base:
        named = [name.strip() for name in fields.split(",")] if fields is not None else None
        answer = _ask(base, words or [], (save,) if save else (), sort=sort, limit=limit, fields=named)
        if save is not None:
            _save(save, words or [], replace=force, quiet=quiet)
        if cite is not None:
            typer.echo(answer.cite(cite))
        elif count:
            _count(answer, printed, raw=raw, quiet=quiet)
        else:
            _rows(answer, printed, raw=raw, quiet=quiet)


def _ask(base: Any, words: list[str], seen: tuple[str, ...], **more: Any) -> Any:
    """Ask a question; one that is a saved query's name alone is read from the file of saved queries."""
    name = words[0].removeprefix("@") if len(words) == 1 and words[0].startswith("@") else None
    if name is None:
        return base.query(words, **more)
    from terrordb.querying import saved
    from terrordb.querying.terms import split

    found, seen = saved.expand(name, seen)
    with saved.within(found):
        return _ask(base, split(found.question), seen, **more)


def _save(name: str, words: list[str], *, replace: bool, quiet: bool) -> None:
    from terrordb.cli.showing import tell
    from terrordb.querying import saved

    question = words[0] if len(words) == 1 else " ".join(f'"{word}"' if " " in word else word for word in words)
    kept = saved.save(name, question, replace)
    tell(f"saved as @{kept.name}: {kept.place}", quiet=quiet)


def _count(answer: Any, printed: Format | None, **shown: bool) -> None:
    from terrordb.cli.showing import on_terminal, show, write_jsonl
    from terrordb.reports.table import Table

    if printed in (Format.json, Format.jsonl):
        write_jsonl([{"count": answer.count, "of": answer.of}])
    elif printed is None and not on_terminal():
        typer.echo(answer.count)
    else:
        show(Table("", ("count", "of"), [(answer.count, answer.of)]), printed, **shown)


def _rows(answer: Any, printed: Format | None, *, raw: bool, quiet: bool) -> None:
    from terrordb.cli.showing import on_terminal, show, write_json, write_jsonl
    from terrordb.querying.records import headers
    from terrordb.reports.table import Table

    if printed in (Format.json, Format.jsonl):
        (write_json if printed is Format.json else write_jsonl)(answer.dicts())
        return
    columns = answer.columns
    if printed is Format.table or (printed is None and on_terminal()):
        _draw(answer, columns, quiet=quiet)
    elif printed is Format.csv and answer.fields is None:
        loaded = [column["name"] for column in headers(answer.kind)]
        rows = _begun(list(row.cells().values()) for row in answer)
        show(Table("", loaded, rows), printed, raw=raw, quiet=quiet)
    else:
        rows = _begun([row.said(c) for c in columns] for row in answer.reading(columns))
        show(Table("", columns, rows), printed, raw=raw, quiet=quiet, page=str(answer.question))


def _begun(rows: Iterator[list[str]]) -> Iterator[list[str]]:
    """Ask for the first row before anything is printed: what is wrong with a question shows by then."""
    return chain(list(islice(rows, 1)), rows)


def _draw(answer: Any, columns: list[str], *, quiet: bool) -> None:
    from terrordb.cli.showing import TERMINAL, on_terminal, show, tell
    from terrordb.reports.table import Table

    cut = TERMINAL if on_terminal() and answer.limit is None else None
    rows = [[row.said(c) for c in columns] for row in islice(answer.reading(columns), cut)]
    told = [f"{answer.found:,} of {answer.of:,} {answer.kind}"]
    if more := answer.found - len(rows):
        told.append(f"{more:,} more: --limit N shows more, and in a pipe the answer is whole")
    if rows:
        show(Table("", columns, rows), Format.table)
    tell(*told, quiet=quiet, to=None if on_terminal() else sys.stdout)
