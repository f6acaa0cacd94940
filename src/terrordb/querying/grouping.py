"""Counting by fields: how many of the records a question finds stand under which label, each record once.

What a label is, `models.labels` says; where a question asks for all records, the kept counts are read in place of rows.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import func, select

from terrordb import models
from terrordb.errors import BadQuestion, nearest
from terrordb.models import labels
from terrordb.querying import vocabulary
from terrordb.querying.deciding import counted, paths_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from terrordb.querying.deciding import Verdict
    from terrordb.querying.vocabulary import Step

__all__ = ["Group", "grouped", "labelled", "path_of"]

MOST = 8  # fields that records are counted by


class Group(NamedTuple):
    """One label a field (None: missing), and how many records stand under them."""

    labels: tuple[str | None, ...]
    rows: int


def grouped(
    connection: Connection,
    kind: str,
    verdict: Verdict,
    fields: Sequence[str],
    *,
    certain: bool = False,
    dubious: bool = False,
) -> list[Group]:
    """Count the records of a verdict by fields, the maybes too unless `certain`; in the order of labels, missing last.

    Dubious and withdrawn records are left out unless `dubious`.  Raises BadQuestion for a field that has no label.
    """
    if len(fields) > MOST:
        raise BadQuestion(f"records are counted by at most {MOST} fields", "count by fewer, or sort rows by them")
    paths = [path_of(kind, name) for name in fields]
    if verdict.everything and len(paths) == 1 and (kept := labels.kept(connection, kind, paths[0])) is not None:
        sums: Counter[tuple[str | None, ...]] = Counter()
        for text, standing, rows in kept:
            if dubious or standing not in labels.APART:
                sums[(text,)] += rows
        return _ordered(sums)
    found = connection.execute(tallied(kind, verdict, paths, certain=certain, dubious=dubious)).all()
    said = [labels.say(connection, kind, path, {row[n] for row in found}) for n, path in enumerate(paths)]
    sums = Counter()
    for row in found:
        sums[tuple(None if raw is None else said[n][raw] for n, raw in enumerate(row[:-1]))] += row[-1]
    return _ordered(sums)


def tallied(
    kind: str, verdict: Verdict, paths: Sequence[labels.Path], *, certain: bool = False, dubious: bool = False
) -> Select[Any]:
    """Select raw labels, which `labels.say` reads, and how many records of a verdict stand under them."""
    inner = labelled(kind, verdict, paths, certain=certain, dubious=dubious).subquery("labelled")
    return select(*inner.c, func.count().label("count")).group_by(*inner.c)


def labelled(
    kind: str,
    verdict: Verdict,
    paths: Sequence[labels.Path],
    *,
    certain: bool = False,
    dubious: bool = False,
    label: Callable[[str, labels.Path], ColumnElement[Any]] = labels.label,
) -> Select[Any]:
    """Select the labels of the records of a verdict, one row a record; `label` makes each of its kind and path."""
    table = models.kind(kind).__table__
    columns = [label(kind, path).label(f"label_{n}") for n, path in enumerate(paths)]
    rule = verdict.yes if certain else verdict.maybe
    return select(*columns).select_from(table).where(rule, counted(table, dubious=dubious))


def _ordered(counted: Counter[tuple[str | None, ...]]) -> list[Group]:
    order = sorted(counted, key=lambda one: tuple((text is None, _natural(text or "")) for text in one))
    return [Group(one, counted[one]) for one in order if counted[one]]


def _natural(text: str) -> tuple[int, float, str]:
    """Sort numbers by their value, before words."""
    return (0, float(text), "") if text.replace(".", "", 1).isdecimal() and text.isascii() else (1, 0, text)


def path_of(kind: str, name: str) -> labels.Path:
    """Turn a name as people type it into the path of a label; of several things it stands for the first counts."""
    before, dot, last = name.rpartition(".")
    part = vocabulary.part_named(last) if dot else None
    found = paths_of(models.kind(kind), before if part else name)
    if not found:
        raise BadQuestion(
            f"{kind} have no field '{name}' to count by",
            nearest(name, vocabulary.all_words(kind)) or f"terrordb fields {kind} lists the fields",
        )
    return (*map(_written, found[0]), *([part] if part else []))


def _written(step: Step) -> str:
    """Write a step of a path as `labels` reads it."""
    return "".join(
        [
            step.name,
            *(f"/{k}" for k in step.kinds),
            *(f"<{t}" for t in step.through),
            *(f"[{a}={b}]" for a, b in step.where),
        ]
    )
