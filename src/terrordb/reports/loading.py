"""The report of a load: what became of every row of a list, what is not understood, and what the mapping left."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from terrordb import models
from terrordb.loading.cells import nearest_known
from terrordb.reports.notes import Notes
from terrordb.reports.report import Prose, Report, Section
from terrordb.reports.table import Table

if TYPE_CHECKING:
    from terrordb.loading.keeping import Outcome
    from terrordb.loading.mapped import Mapped

__all__ = ["load_report", "summary"]

TOLD = 50  # words, and rows set aside, that are told one by one


def summary(mapped: Mapped, outcome: Outcome) -> str:
    """Say in one line what became of the rows: those read are those stored, unchanged and set aside."""
    main = outcome.of_tables[id(mapped), mapped.profile.main]
    stored = main["added"] + main["changed"]
    parts = [f"{stored:,} stored", f"{main['unchanged']:,} unchanged", f"{sum(mapped.set_aside.values()):,} set aside"]
    return f"{mapped.table.label}: {_rows(mapped.read)} read = {' + '.join(parts)}"


def load_report(lists: Sequence[Mapped], outcome: Outcome, *, dry: bool, rejected: Mapping[str, str]) -> Report:
    """Tell what became of lists: every row accounted for, flags with examples, new words, duplicates, what is left.

    `rejected` says of a list where its rows that are set aside were written.
    """
    labels = [mapped.table.label for mapped in lists]
    title = f"{'What loading would do' if dry else 'What was loaded'}: {'; '.join(labels)}"
    asked = {"files": {m.table.label: m.table.sha256 for m in lists}, "load": outcome.load, "dry": dry}
    return Report("load", title, _sections(lists, outcome, rejected), Notes(None), asked)


def _sections(lists: Sequence[Mapped], outcome: Outcome, rejected: Mapping[str, str]) -> Iterator[Section]:
    for mapped in lists:
        of = mapped.table.label
        for section in _of_list(mapped, outcome, rejected.get(of)):
            title = section.title if len(lists) == 1 else ": ".join(filter(None, (of, section.title)))
            yield Section(title, section.blocks)


def _of_list(mapped: Mapped, outcome: Outcome, rejected: str | None) -> Iterator[Section]:
    kinds = [
        (kind, *(n[what] for what in ("added", "changed", "unchanged")))
        for (of, kind), n in outcome.of_tables.items()
        if of == id(mapped) and any(n.values())
    ]
    records = Table("Records", ("kind", "new", "changed", "unchanged"), kinds)
    yield Section("", [Prose(f"{summary(mapped, outcome)}."), *map(Prose, _lead(mapped)), records])
    yield Section("Columns", [_columns(mapped), *_left(mapped)])
    if mapped.flags:
        yield Section("Not understood, and kept as written", [_flags(mapped)])
    if mapped.derived:
        rows = sorted(mapped.derived.items())
        yield Section("Read from other fields by rule", [Table("", ("field", "rows"), rows)])
    if mapped.words:
        yield Section("Words that no reviewed term explains", [_words(mapped)])
    if mapped.set_aside:
        yield Section("Set aside", list(_aside(mapped, rejected)))


def _lead(mapped: Mapped) -> Iterator[str]:
    yield from mapped.table.said
    if mapped.since is not None and mapped.stood:
        yield (
            f"Not read again, as {mapped.since.load} left them so: {_rows(mapped.stood)}. What follows is told of the"
            " others; with --report it is told of all."
        )
    if mapped.duplicates:
        yield f"{mapped.duplicates:,} rows have the number, or the very cells, of an earlier one: each is kept."
    for line, stated, rows in mapped.totals:
        yield f"Line {line}: {stated} is stated; {rows:,} rows stand above."


def _rows(count: int) -> str:
    return f"{count:,} row" + "s" * (count != 1)


def _columns(mapped: Mapped) -> Table:
    heads = ("column", "field", "rows without", "the source does not say")[: 4 if mapped.unknown else 3]
    rows = [
        (column, path, mapped.missing[path] or None, mapped.unknown[path]) for column, path in mapped.profile.chosen()
    ]
    return Table("", heads, [row[: len(heads)] for row in rows])


def _left(mapped: Mapped) -> Iterator[Prose]:
    if mapped.unused:
        columns = ", ".join(mapped.unused)
        yield Prose(f"Kept with each row, as no field takes them: {columns}.")


def _flags(mapped: Mapped) -> Table:
    rows = []
    for flag, count in mapped.flags.most_common():
        examples = [f"line {line}: {text}" for line, text in mapped.examples[flag]]
        rows.append((flag.field, flag.reason, count, examples))
    return Table(f"Rows: {mapped.flagged:,}", ("field", "why", "rows", "examples"), rows)


def _words(mapped: Mapped) -> Table:
    rows: list[tuple[str, str, int | None, str]] = []
    for path, counts in sorted(mapped.words.items()):
        kind, _, name = path.partition(".")
        known = sorted(models.kind(kind).fields[name].vocabulary)
        rows += [(path, word, count, nearest_known(word, known)) for word, count in counts.most_common(TOLD)]
        if len(counts) > TOLD:
            rows.append((path, f"and {len(counts) - TOLD:,} further words", None, ""))
    return Table("", ("field", "word", "rows", "nearest known"), rows)


def _aside(mapped: Mapped, rejected: str | None) -> Iterator[Prose | Table]:
    yield Table("", ("reason", "rows"), mapped.set_aside.most_common())
    if rejected:
        yield Prose(f"They stand whole, with line and reason, in {rejected}, which loads again once mended.")
    told = [(one.line, one.reason, " | ".join(one.cells)) for one in mapped.aside[:TOLD]]
    yield Table("", ("line", "reason", "cells"), told)
