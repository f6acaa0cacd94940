"""The report of a load: what became of every row of a list, what is not understood, and what the mapping left."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from terrordb import models
from terrordb.loading.cells import codes_known, nearest_known
from terrordb.loading.mapped import LISTED
from terrordb.loading.profiles import header_like
from terrordb.models.fields import CodeField
from terrordb.reports.notes import Notes
from terrordb.reports.report import Prose, Report, Section
from terrordb.reports.table import Table

if TYPE_CHECKING:
    from terrordb.loading.keeping import Outcome
    from terrordb.loading.mapped import Mapped, Total

__all__ = ["load_report", "summary"]


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
    if mapped.twice:
        yield Section("Rows that stand several times", [_twice(mapped)])
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
        yield f"With the number, or the very cells, of an earlier row: {_rows(mapped.duplicates)}. Each is kept."
    yield from map(_total, mapped.totals)


def _total(total: Total) -> str:
    """Compare a total that is stated with the rows above it, those that were set aside too."""
    above, stated = total.taken + total.aside, re.sub(r"\D", "", total.stated)
    aside = f", {total.aside:,} of them set aside" if total.aside else ""
    short = int(stated) - above if stated else 0
    said = f" That is {abs(short):,} {'fewer' if short > 0 else 'more'} than stated." if short else ""
    return f"Line {total.line:,}: {total.stated} is stated; {_rows(above)} above it{aside}.{said}"


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
        like = {column: header_like(mapped.profile, column) for column in mapped.unused}
        columns = ", ".join(f"{column} (like {near})" if near else column for column, near in like.items())
        yield Prose(f"Kept with each row, as no field takes them: {columns}.")


def _flags(mapped: Mapped) -> Table:
    rows = []
    for flag, count in mapped.flags.most_common():
        near = _nearest_codes(flag.field, [text for _, text in mapped.examples[flag]])
        examples = [
            f"line {line:,}: {text}" + (f" (like {near[text]})" if text in near else "")
            for line, text in mapped.examples[flag]
        ]
        rows.append((flag.field, flag.reason, count, examples))
    return Table(f"Rows: {mapped.flagged:,}", ("field", "why", "rows", "examples"), rows)


def _nearest_codes(path: str, words: Sequence[str]) -> dict[str, str]:
    """Give for words that are no code the nearest that are one, or stand for it."""
    kind, _, name = path.partition(".")
    if not isinstance(models.kind(kind).fields.get(name), CodeField):
        return {}
    return nearest_known(words, codes_known(path))


def _twice(mapped: Mapped) -> Table:
    numbered = mapped.profile.record_no is not None
    rows: list[tuple[str, int | None, list[str], str]] = []
    for number, one in mapped.twice.items():
        lines = [f"{line:,}" for line in one.lines] + ["…"] * (one.rows > len(one.lines))
        rows.append((number if numbered else "", one.rows, lines, "differ" if one.different > 1 else "are the same"))
    left = mapped.duplicates - sum(one.rows - 1 for one in mapped.twice.values())
    if left:
        rows.append((f"and {_rows(left)} more like an earlier one", None, [], ""))
    return Table("", ("number", "rows", "lines", "their cells"), rows)


def _words(mapped: Mapped) -> Table:
    rows: list[tuple[str, str, int | None, str]] = []
    for path, counts in sorted(mapped.words.items()):
        near = mapped.nearest.get(path, {})
        rows += [(path, word, count, near.get(word, "")) for word, count in counts.most_common(LISTED)]
        if len(counts) > LISTED:
            rows.append((path, f"and {len(counts) - LISTED:,} further words", None, ""))
    return Table("", ("field", "word", "rows", "nearest known"), rows)


def _aside(mapped: Mapped, rejected: str | None) -> Iterator[Prose | Table]:
    yield Table("", ("reason", "rows"), mapped.set_aside.most_common())
    if rejected:
        yield Prose(f"They stand with line and reason in {rejected}, which loads again once mended.")
    told = [(one.line, one.reason, " | ".join(one.cells)) for one in mapped.aside[:LISTED]]
    yield Table("", ("line", "reason", "cells"), told)
    if (left := sum(mapped.set_aside.values()) - len(told)) > 0:
        yield Prose(f"And {_rows(left)} more.")
