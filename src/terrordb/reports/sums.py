"""Checks that reckon: parts against their whole, shares and rates against their counts.

What is dubious or withdrawn is left out, as everywhere where numbers are worked out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, func, select

from terrordb.reports.finding import Finding, reckoned, stands, stored, tell
from terrordb.values.dates import HistoricalDate

SCOPE = ("operation_key", "trial_key", "order_key", "places", "by_key", "group")
CLAIMANT = ("claimed_by_persons_key", "claimed_by_bodies_key", "claimed_by_sources_key")
COUNTED = ("what", "includes", "excludes")
DAYS = {"persons_per_day": 1, "persons_per_week": 7}
SCALES = {"percent": 100, "times": 1}
APPROXIMATE = ("about", "average")
SLACK = 0.1  # how far from a number 'about' may lie, as a part of it
NO_END = float("inf")
Bound = float | None
Bounds = tuple[Bound, Bound]
OPEN: Bounds = (None, None)
Record = tuple[str, int]  # kind and key


# ---------------------------------------------------------------- figures as reckoned with


class Figure(NamedTuple):
    """What one figure says, as far as it can be reckoned with."""

    key: int
    record: str
    words: str
    measure: str
    unit: str
    qualifier: str
    best: Bound
    bounds: Bounds
    period: tuple[int | None, int | None]
    scope: tuple[Any, ...]
    claimant: tuple[Any, ...]
    counted: tuple[Any, ...]
    of: Record | None
    base: Bound
    contested: bool
    responds_to: int | None

    @property
    def scale(self) -> int | None:
        """Give the number that stands for the whole base; None where it is no share and no multiple."""
        return 100 if self.qualifier == "majority" else SCALES.get(self.unit)

    @property
    def least(self) -> Bound:
        """Give the number that it certainly reaches."""
        return None if self.qualifier in APPROXIMATE else self.bounds[0]


def figures(connection: Connection) -> list[Figure]:
    """Read the figures that count, in the order of their ids."""
    table = stored("figures")
    chosen = select(table).where(reckoned(table)).order_by(table.c.id)
    return [_figure(row) for row in connection.execute(chosen).mappings()]


def _figure(row: Any) -> Figure:
    return Figure(
        key=row["key"],
        record=f"figures/{row['id']}",
        words=row["text"],
        measure=row["measure"],
        unit=row["unit"],
        qualifier=row["qualifier"],
        best=row["best"],
        bounds=_bounds(row),
        period=(row["period_earliest"], row["period_latest"]),
        scope=tuple(row[column] for column in SCOPE),
        claimant=tuple(row[column] for column in CLAIMANT),
        counted=tuple(row[column] for column in COUNTED),
        of=None if row["of_record_key"] is None else (row["of_record_kind"], row["of_record_key"]),
        base=row["base"],
        contested=row["status"] == "contested",
        responds_to=row["responds_to_key"],
    )


def _bounds(row: Any) -> Bounds:
    """Give the least and the most that the words of a figure allow; what is about a number lies near it."""
    if row["qualifier"] == "majority":
        return 50, None
    if row["qualifier"] in APPROXIMATE and row["best"] is not None:
        return row["best"] * (1 - SLACK), row["best"] * (1 + SLACK)
    return row["low"], row["high"]


def apart(one: Bounds, other: Bounds) -> bool:
    """Say whether two intervals have nothing in common; None is an open end."""
    return _below(one, other) or _below(other, one)


def _below(one: Bounds, other: Bounds) -> bool:
    return one[1] is not None and other[0] is not None and one[1] < other[0]


# ---------------------------------------------------------------- parts


def part_above_whole(connection: Connection) -> Iterator[Finding]:
    """Find wholes that their parts exceed: totals of quotas, bases of figures, campaigns of operations."""
    counted = figures(connection)
    yield from _quotas_above_total(connection)
    yield from _counts_above_base(counted)
    yield from _operations_above_campaign(connection, counted)


def _quotas_above_total(connection: Connection) -> Iterator[Finding]:
    """Find totals of an order that the categories stated for the same region, body and stage exceed together."""
    total = stored("quotas")
    part = total.alias("part")
    same = [part.c[c].is_not_distinct_from(total.c[c]) for c in ("order_key", "region_key", "body_key", "stage")]
    parts = func.sum(part.c.amount)
    above = (
        select(total.c.key, parts)
        .join(part, and_(*same))
        .where(total.c.category.is_(None), part.c.category.is_not(None), reckoned(total), reckoned(part))
        .group_by(total.c.key, total.c.amount)
        .having(parts > total.c.amount)
    )
    sums = {row[0]: row[1] for row in connection.execute(above)}
    for key, said in tell(connection, "quotas", sorted(sums), ("order", "amount")).items():
        yield Finding(said.record, f"{said.finding}; its categories come to {sums[key]}")


def _counts_above_base(counted: Sequence[Figure]) -> Iterator[Finding]:
    """Find counts certainly above the number they are counted out of."""
    by_record = {("figures", figure.key): figure for figure in counted}
    for part in counted:
        whole = by_record.get(part.of) if part.of else None
        most = part.base if whole is None or whole.unit != part.unit else whole.bounds[1]
        if part.scale is None and part.least is not None and most is not None and part.least > most:
            of = f" of {whole.record}" if whole else ""
            yield Finding(part.record, f"{part.words}: more than the {most:,.0f}{of}")


def _operations_above_campaign(connection: Connection, counted: Sequence[Figure]) -> Iterator[Finding]:
    """Find campaigns for which fewer are stated than for the operations within them together."""
    table = stored("operations")
    operations = connection.execute(select(table.c.key, table.c.id, table.c.parent_key).where(stands(table))).all()
    within: dict[int, list[int]] = defaultdict(list)
    for key, _, parent in operations:
        within[parent].append(key)
    stated: dict[str, dict[int, list[Figure]]] = defaultdict(lambda: defaultdict(list))
    for figure in counted:
        if figure.unit == "persons" and figure.scope[0] and not any(figure.scope[1:]) and not figure.counted[2]:
            stated[figure.measure][figure.scope[0]].append(figure)
    for measure, by_operation in sorted(stated.items()):
        for key, named, _ in sorted(operations, key=lambda row: row[1]):
            most = max((NO_END if g.bounds[1] is None else g.bounds[1] for g in by_operation[key]), default=NO_END)
            parts = sum(_least(child, within, by_operation) for child in within[key])
            if parts > most:
                finding = f"{measure}: at most {most:,.0f}; the operations within it come to {parts:,.0f}"
                yield Finding(f"operations/{named}", finding)


def _least(key: int, within: dict[int, list[int]], stated: dict[int, list[Figure]]) -> float:
    """Give the least that any claim allows for an operation, or for those within it together."""
    own = min((figure.least or 0 for figure in stated[key]), default=0.0)
    return max(own, sum(_least(child, within, stated) for child in within[key]))


# ---------------------------------------------------------------- shares


def share_does_not_follow(connection: Connection) -> Iterator[Finding]:
    """Find shares, multiples and rates that the counts they are drawn from do not give."""
    counted = figures(connection)
    bases = _bases(connection, counted)
    counts: dict[tuple[Any, ...], list[Figure]] = defaultdict(list)
    for figure in counted:
        if figure.unit == "persons" and figure.scale is None:
            counts[_question(figure)].append(figure)
    for share in counted:
        for count in counts[_question(share)]:
            given = _drawn(share, count, bases)
            if apart(given, _rounded(share)):
                finding = f"{share.words}; from {count.record} ({count.words}) it would be {_say(given)}"
                yield Finding(share.record, finding)


def _question(figure: Figure) -> tuple[Any, ...]:
    """Give what a share and its count must have in common."""
    return figure.measure, figure.scope, figure.period, figure.claimant


def _bases(connection: Connection, counted: Iterable[Figure]) -> dict[Record, Bounds]:
    """Give the bounds of whatever a figure may be a share of."""
    table = stored("quotas")
    amounts = connection.execute(select(table.c.key, table.c.amount).where(reckoned(table)))
    bases: dict[Record, Bounds] = {("quotas", key): (amount, amount) for key, amount in amounts}
    return bases | {("figures", figure.key): figure.bounds for figure in counted if figure.scale is None}


def _drawn(share: Figure, count: Figure, bases: dict[Record, Bounds]) -> Bounds:
    """Work a share, a multiple or a rate out anew; open where there is nothing to work it out from."""
    if share.unit in DAYS:
        days = _length(share.period)
        return _divided(count.bounds, (days, days), DAYS[share.unit])
    if share.scale is None:
        return OPEN
    own = (share.base, share.base)
    return _divided(count.bounds, bases.get(share.of, OPEN) if share.of else own, share.scale)


def _divided(part: Bounds, whole: Bounds, scale: int) -> Bounds:
    low = None if part[0] is None or not whole[1] else scale * part[0] / whole[1]
    return low, None if part[1] is None or not whole[0] else scale * part[1] / whole[0]


def _length(period: tuple[int | None, int | None]) -> int | None:
    """Count the days of a period, both ends included."""
    ends = HistoricalDate.stored(None, None, *period)
    return (ends.latest - ends.earliest).days + 1 if ends.earliest and ends.latest else None


def _rounded(figure: Figure) -> Bounds:
    """Widen an exact share by half of its last digit: 55 may be 54.6."""
    low, high = figure.bounds
    if figure.qualifier not in ("exact", "range"):
        return low, high
    digits = max(len(f"{end:g}".partition(".")[2]) for end in (low or 0, high or 0))
    half = 0.5 / 10**digits
    return None if low is None else low - half, None if high is None else high + half


def _say(bounds: Bounds) -> str:
    return " to ".join(dict.fromkeys("?" if end is None else f"{end:,.1f}" for end in bounds))


# ---------------------------------------------------------------- contradictions


def multiple_above_whole(connection: Connection) -> Iterator[Finding]:
    """List multiples of a part that, by the number they name, come to more than the whole it is a part of."""
    counted = figures(connection)
    by_record = {("figures", figure.key): figure for figure in counted}
    for figure in counted:
        part = by_record.get(figure.of) if figure.of and figure.unit == "times" else None
        whole = by_record.get(part.of) if part and part.of else None
        times = figure.least if figure.best is None else figure.best
        if part is None or whole is None or times is None or part.least is None or whole.bounds[1] is None:
            continue
        if times * part.least > whole.bounds[1]:
            comes = f"{figure.words} {part.record} ({part.words}) is {times * part.least:,.0f}"
            yield Finding(figure.record, f"{comes}, more than {whole.record} ({whole.words})")


def figures_disagree(connection: Connection) -> Iterator[Finding]:
    """List pairs of figures of one thing that exclude each other where neither is marked and they are not tied."""
    alike: dict[tuple[Any, ...], list[Figure]] = defaultdict(list)
    for figure in figures(connection):
        alike[figure.measure, figure.unit, figure.scope, figure.period, figure.counted, figure.of].append(figure)
    for same in alike.values():
        for n, one in enumerate(same):
            for other in same[n + 1 :]:
                tied = one.key == other.responds_to or other.key == one.responds_to
                if not tied and not (one.contested and other.contested) and apart(one.bounds, other.bounds):
                    yield Finding(one.record, f"{one.words}; {other.record}: {other.words}")
