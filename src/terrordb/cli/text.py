"""terrordb text: the texts that sources are, kept in one's own database, and the rows that stand in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Optional

import typer

from terrordb.cli.options import Db, FormatOption, Quiet, chosen

app = typer.Typer(help="The texts of sources, kept in your own database.", no_args_is_help=True)
Source = Annotated[str, typer.Argument(metavar="SOURCE", help="The id of a source that has a text.")]


@app.command()
def add(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A plain text or Markdown file.")],
    *,
    source: Annotated[
        str, typer.Option(metavar="ID", help="The source that the text is; terrordb query sources lists them.")
    ],
    encoding: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="The encoding, where it is not UTF-8."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in the place of another text of that source.")
    ] = False,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Keep a text, and find in it every row that cites it.

    Paragraph n is line n of the file. Each row with a paragraph and an anchor is looked for there, and those that are
    not found are listed with what is nearest. Added again, a text stays as it is and its rows are looked for again.

    With --replace a later edition takes the place of a text: rows follow their words, and none is tied to a look-alike.
    """
    from terrordb import database
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import tell, waiting
    from terrordb.loading import texts

    text = texts.read(file, encoding)
    with opened(db, quiet=quiet):
        engine = database.writer(database.locate(db)[0], waits=waiting(quiet=quiet))
    added = texts.add(engine, text, source, replace=replace)
    tell(*_described(text, added), quiet=quiet)
    for line in _found(added.rows):
        typer.echo(line)


def _described(text: Any, added: Any) -> Iterator[str]:
    """Say what was read, and what became of it."""
    if added.same:
        yield f"{added.source} has this text already: it stays as it is"
    elif added.replaced is not None:
        yield f"{text.path.name} is the text of {added.source} now, in place of {added.replaced}"
    else:
        yield f"{text.path.name} is the text of {added.source} now"
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in text.kinds.items())
    yield f"{text.lines:,} lines: {kinds}; {text.markers:,} note marks, {text.uncited:,} of [citation needed]"


def _found(rows: Any) -> Iterator[str]:
    """List what moved and what is missing, and how many were found."""
    for (cited, number), named in rows.moved.items():
        yield f"¶{cited} moved to ¶{number}: {', '.join(named)}"
    for missing in rows.missing:
        yield f"missing: {missing}"
    if rows.loose:
        yield f"without a paragraph or an anchor: {rows.loose}"
    yield f"anchored: {rows.anchored}, missing: {len(rows.missing)}"


@app.command("list")
def list_(*, format_: FormatOption = None, db: Db = None, quiet: Quiet = False) -> None:
    """List the texts, and how many rows stand in each."""
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import show
    from terrordb.reports.texts import kept

    with opened(db, quiet=quiet) as base, base.connect() as connection:
        show(kept(connection), chosen(format_))


@app.command("show")
def show_(
    source: Source,
    paragraphs: Annotated[
        Optional[str],  # noqa: UP045
        typer.Argument(metavar="[¶N|N..M]", help="A paragraph, or the first and last of several; else all."),
    ] = None,
    *,
    format_: FormatOption = None,
    db: Db = None,
    quiet: Quiet = False,
) -> None:
    """Print the passages of a text, each with its number and kind."""
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import show
    from terrordb.reports.texts import passages

    with opened(db, quiet=quiet) as base, base.connect() as connection:
        show(passages(connection, source, paragraphs), chosen(format_))


@app.command()
def remove(source: Source, *, db: Db = None, quiet: Quiet = False) -> None:
    """Take a text out again; the rows that cite it stay as they are."""
    from terrordb import database
    from terrordb.cli.opening import opened
    from terrordb.cli.showing import tell, waiting
    from terrordb.loading import texts

    with opened(db, quiet=quiet):
        engine = database.writer(database.locate(db)[0], waits=waiting(quiet=quiet))
    stood = texts.remove(engine, source)
    tell(f"the text of {source} is no longer in the database; {stood:,} rows stood in it", quiet=quiet)
