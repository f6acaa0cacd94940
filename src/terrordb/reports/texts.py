"""Texts: which are in the database, and what their passages say."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import Connection, func, select

from terrordb import models
from terrordb.errors import BadQuestion, nearest
from terrordb.models.engine import passages as paragraphs
from terrordb.models.engine import spans, texts
from terrordb.reports.table import Table

RANGE = re.compile(r"¶?([1-9]\d{0,8})(?:\.\.¶?([1-9]\d{0,8}))?")


def kept(connection: Connection) -> Table:
    """List the texts, each with its source, how many passages it has, and how many rows stand in it."""
    sources = models.kind("sources").__table__
    columns = (sources.c.id, texts.c.file, texts.c.sha256, texts.c.encoding, texts.c.added)
    found = connection.execute(
        select(texts.c.source_key, *columns).join(sources, sources.c.key == texts.c.source_key).order_by(sources.c.id)
    )
    rows: list[tuple[Any, ...]] = []
    for key, source, file, sha256, encoding, added in found:
        long = connection.scalar(select(func.count()).where(paragraphs.c.source_key == key))
        each = select(spans.c.kind, spans.c.key).distinct().where(spans.c.source_key == key).subquery()
        standing = connection.scalar(select(func.count()).select_from(each))
        rows.append((source, file, long, standing, encoding.removesuffix("-sig"), added, sha256))
    return Table("", ("source", "file", "passages", "rows", "encoding", "added", "sha256"), rows)


def passages(connection: Connection, source: str, wanted: str | None = None) -> Table:
    """List the passages of a text with number and kind: all, or those of a paragraph ¶n or a range n..m."""
    first, last = _range(wanted)
    key = _text(connection, source)
    own = paragraphs.c.source_key == key
    longest = connection.scalar(select(func.max(paragraphs.c.number)).where(own)) or 0
    if first > longest:
        raise BadQuestion(f"{source} has no ¶{first}: its last paragraph is ¶{longest}")
    chosen = select(paragraphs.c.number, paragraphs.c.kind, paragraphs.c.text).where(
        own, paragraphs.c.number.between(first, last or longest)
    )
    rows = [
        (f"¶{number}", kind, text) for number, kind, text in connection.execute(chosen.order_by(paragraphs.c.number))
    ]
    return Table("", ("paragraph", "kind", "text"), rows)


def running(connection: Connection, source: str) -> dict[int, str]:
    """Give the running text of a source, by the numbers of its paragraphs: without its notes and its bibliography."""
    own = (paragraphs.c.source_key == _text(connection, source), paragraphs.c.kind.not_in(("note", "bibliography")))
    rows = connection.execute(select(paragraphs.c.number, paragraphs.c.text).where(*own).order_by(paragraphs.c.number))
    return {row.number: row.text for row in rows}


def _range(wanted: str | None) -> tuple[int, int | None]:
    """Read ¶n, n or n..m; without any, the whole text."""
    if wanted is None:
        return 1, None
    if (match := RANGE.fullmatch(wanted.strip())) is None:
        raise BadQuestion(f"'{wanted}' names no paragraph", "write ¶75, 75 or 75..80")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise BadQuestion(f"'{wanted}' ends before it begins", f"write {last}..{first}")
    return first, last


def _text(connection: Connection, source: str) -> int:
    """Find the text of a source."""
    sources = models.kind("sources").__table__
    wanted = source.removeprefix("sources/")
    with_text = select(sources.c.id, sources.c.key).join(texts, texts.c.source_key == sources.c.key)
    there = {row.id: int(row.key) for row in connection.execute(with_text)}
    if wanted not in there:
        known = connection.scalar(select(sources.c.id).where(sources.c.id == wanted)) is not None
        reason = f"the text of {wanted} is not in the database" if known else f"there is no text '{wanted}'"
        add = f"terrordb text add FILE --source {wanted if known else 'ID'} puts one there"
        raise BadQuestion(reason, add if known or not there else nearest(wanted, there))
    return there[wanted]
