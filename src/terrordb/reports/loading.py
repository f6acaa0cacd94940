"""The report of a load: what became of every row of a list, what is not understood, and what the mapping left."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from terrordb import models
from terrordb.loading.cells import nearest_known
from terrordb.reports.notes import Notes
from terrordb.reports.report import Prose, Report, Section
from terrordb.reports.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from terrordb.loading.keeping import Outcome
    from terrordb.loading.mapped import Mapped

__all__ = ["load_report", "summary"]

TOLD = 50  # words, and rows set aside, that are told one by one


def summary(mapped: Mapped, outcome: Outcome) -> str:
    """Say in one line what became of the rows: those read are those stored, unchanged and set aside."""
    main = outcome.kinds[mapped.profile.main]
    stored = main["added"] + main["changed"]
    parts = [f"{stored:,} stored", f"{main['unchanged']:,} unchanged", f"{sum(mapped.set_aside.values()):,} set aside"]
    return f"{mapped.table.label}: {mapped.read:,} rows read = {' + '.join(parts)}"


def load_report(mapped: Mapped, outcome: Outcome, *, dry: bool, rejected: str | None, said: Sequence[str]) -> Report:
    """Tell what became of a list: every row accounted for, flags with examples, new words, duplicates, what is left."""
    title = f"{'What loading would do' if dry else 'What was loaded'}: {mapped.table.label}"
    asked = {"file": mapped.table.label, "sha256": mapped.table.sha256, "load": outcome.load, "dry": dry}
    return Report("load", title, _sections(mapped, outcome, rejected, said), Notes(None), asked)


def _sections(mapped: Mapped, outcome: Outcome, rejected: str | None, said: Sequence[str]) -> Iterator[Section]:
    lead = [Prose(f"{summary(mapped, outcome)}."), *map(Prose, said)]
    if mapped.since is not None and mapped.stood:
        lead.append(
            Prose(
                f"{mapped.stood:,} rows are as {mapped.since.load} left them, and were not read again: what follows is"
                " told of the others. With --report it is told of all."
            )
        )
    if mapped.duplicates:
        lead.append(
            Prose(f"{mapped.duplicates:,} rows have the number, or the very cells, of an earlier one: each is kept.")
        )
    lead += [
        Prose(f"Line {line}: {stated} is stated; {rows:,} rows stand above.") for line, stated, rows in mapped.totals
    ]
    kinds = [
        (kind, *(n[what] for what in ("added", "changed", "unchanged")))
        for kind, n in outcome.kinds.items()
        if any(n.values())
    ]
    yield Section("", [*lead, Table("Records", ("kind", "new", "changed", "unchanged"), kinds)])
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
