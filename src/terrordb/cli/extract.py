"""terrordb text extract: candidate rows from a text, as CSVs to review."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Optional

import typer

from terrordb.cli.options import Quiet


def extract(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A text in English: plain or Markdown.")],
    *,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the CSVs go; made, if it is not there.")],
    source: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="ID", help="The source that the text is; else an id made of the file's name."),
    ] = None,
    encoding: Annotated[
        Optional[str],  # noqa: UP045
        typer.Option(metavar="NAME", help="The encoding, where it is not UTF-8."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Write into a folder that is not empty.")] = False,
    quiet: Quiet = False,
) -> None:
    """Read a text for candidate rows, to review.

    They are sources, notes, figures, persons and dated events, written as CSVs.

    Each row names in its note the rule that made it. One line of the text is taken for one paragraph. Nothing goes into
    a database but by terrordb load, once you have thrown out what is wrong and mended what is left.
    """
    from terrordb.cli.showing import counted, tell
    from terrordb.errors import BadData
    from terrordb.loading import candidates, texts
    from terrordb.loading.sheets import slug

    named = source or slug(file.stem)
    if not candidates.ID.fullmatch(named):
        raise BadData(f"'{named}' cannot be the id of a source", "name one with --source: small letters and hyphens")
    candidates.check_folder(out, force=force)
    found = candidates.candidates(texts.words_of(file, encoding)[0], named)
    if source is None:  # no database is asked: the rows cite the text, so it must be described beside them
        own = {"id": named, "title": file.stem, "kind": "text", "note": "candidate: the file itself; describe the work"}
        found["sources"] = [own, *found["sources"]]
    candidates.write(found, out, force=force)
    for kind, rows in found.items():
        typer.echo(f"{kind}: {counted(len(rows), 'candidate')}")
    tell(f"written to {out}; review them, then: terrordb load {out}", quiet=quiet)
