"""Quotas as an order and its amendments set them: lines, sums, and stated totals against their parts.

A line is what one order sets at one stage and time for one region, body or group: the first category (to be shot), the
second (camp), and a total where the source states one.  What is not stated is never taken for nought; what follows from
two stated numbers is shown as worked out, and stands in no sum.  Several numbers of one line are claims that contradict
each other: they stand side by side and are not summed either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, select

from terrordb.models.quota import STAGE
from terrordb.reports.attested import doubt, left_out, marked_as, own, rival_values
from terrordb.reports.finding import stored
from terrordb.reports.laying import NOT_KNOWN, NOT_STATED, cited, read
from terrordb.reports.report import Chart, Cited, Mark, Prose, Remark, printed
from terrordb.reports.table import Table, words

if TYPE_CHECKING:
    from terrordb.querying.records import Row
    from terrordb.reports.notes import Notes
    from terrordb.reports.report import Block

__all__ = ["Line", "Quotas", "amending", "blocks", "quotas_of"]

ORDER = "name date kind issued_by issued_by.name signed_by.name summary operation operation.name amends cancels note"
QUOTA = "order region region.name body body.name category amount stage date scope note"
CATEGORIES = {1: "first category", 2: "second category", None: "total"}
REQUESTED = "request"  # what was asked for from below is no allotment
NAMED = 5  # lines that are named where a sum has more
Span = tuple[int, int]


class Line(NamedTuple):
    """Numbers of one order, stage, time and whom they are for: by category the rows that state one, and that count."""

    order: Row
    stage: str
    span: Span
    whom: str
    whole: bool  # of the whole order: for no region or body of their own
    stated: dict[int | None, list[Row]]
    dubious: bool  # whether dubious rows count

    def number(self, category: int | None) -> int | None:
        """Give the one amount that is stated; None where none is, or where several contradict each other."""
        rows = (row for row in self.stated.get(category, ()) if not left_out(row, dubious=self.dubious))
        amounts = {row.amount for row in rows if row.amount is not None}
        return amounts.pop() if len(amounts) == 1 else None

    @property
    def rows(self) -> list[Row]:
        """List all rows of the line."""
        return [row for same in self.stated.values() for row in same]


class Quotas(NamedTuple):
    """The lines of some orders by time, and how many rows are left out of what is reckoned."""

    lines: list[Line]
    left_out: int


# ---------------------------------------------------------------- reading


def amending(connection: Connection, keys: Iterable[int]) -> list[Row]:
    """Read orders and those that amend them, and so on, in the order of their dates."""
    orders = stored("orders")
    found: set[int] = set()
    new = set(keys)
    while new:
        found |= new
        new = set(connection.scalars(select(orders.c.key).where(orders.c.amends_key.in_(sorted(new))))) - found
    return sorted(read(connection, "orders", sorted(found), ORDER), key=lambda row: (*_span(row), row.id))


def _span(row: Row) -> Span:
    """Give the first and last day that a date may mean; what has none comes last."""
    return (row.date.first or 0, row.date.last or 99999999) if row.date else (99999999, 99999999)


def quotas_of(connection: Connection, orders: Sequence[Row], *, dubious: bool) -> Quotas:
    """Read the quotas of orders as lines; what has no date of its own is set on the day of its order."""
    quotas, of = stored("quotas"), stored("orders")
    ids = select(of.c.key).where(of.c.id.in_([order.id for order in orders]))
    rows = read(connection, "quotas", select(quotas.c.key).where(quotas.c.order_key.in_(ids)), QUOTA)
    by_id = {order.id: order for order in orders}
    alike: dict[tuple[Any, ...], list[Row]] = defaultdict(list)
    for row in rows:
        span = _span(row if row.date else by_id[row.order])
        alike[row.order, row.stage, span, row.region or "", row.body or ""].append(row)
    lines = [
        _line(by_id[order], stage, span, part, dubious=dubious)
        for (order, stage, span, *_), same in alike.items()
        for part in _by_scope(same)
    ]
    ranks = {order.id: n for n, order in enumerate(orders)}
    stages = list(STAGE)
    lines.sort(key=lambda line: (line.span, ranks[line.order.id], stages.index(line.stage), not line.whole, line.whom))
    return Quotas(lines, sum(left_out(row, dubious=dubious) for row in rows))


def _by_scope(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Part rows by whom they are for, where that alone tells numbers of one category from each other."""
    scopes: dict[int | None, set[str]] = defaultdict(set)
    for row in rows:
        scopes[row.category].add(row.scope or "")
    if all(len(of_category) == 1 for of_category in scopes.values()):
        yield list(rows)
        return
    parts: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        parts[row.scope or ""].append(row)
    yield from parts.values()


def _line(order: Row, stage: str, span: Span, rows: Sequence[Row], *, dubious: bool) -> Line:
    stated: dict[int | None, list[Row]] = defaultdict(list)
    for row in rows:
        stated[row.category].append(row)
    first = next((row for row in rows if row.category is None), rows[0])
    where = "; ".join(filter(None, (first["region.name"] or first.region, first["body.name"] or first.body)))
    return Line(order, stage, span, where or first.scope or "", not (first.region or first.body), dict(stated), dubious)


# ---------------------------------------------------------------- sums


def at_one_time(lines: Iterable[Line]) -> list[list[Line]]:
    """Put the lines together that one order sets at one stage and time."""
    together: dict[tuple[Any, ...], list[Line]] = defaultdict(list)
    for line in lines:
        together[line.order.id, line.stage, line.span].append(line)
    return list(together.values())


def reckoned(lines: Iterable[Line], category: int | None) -> list[tuple[Line, int | None]]:
    """Give the lines that a sum of a category is of, each with its number: None where it states none, or several.

    Where an order states a number for the whole at one time and stage, those of its regions and bodies are its parts.
    """
    found: list[tuple[Line, int | None]] = []
    for same in at_one_time(lines):
        whole = [(line, line.number(category)) for line in same if line.whole]
        parts = [(line, line.number(category)) for line in same if not line.whole]
        found += parts if parts and not any(number is not None for _, number in whole) else whole
    return found


def summed(lines: Iterable[Line], category: int | None) -> list[int]:
    """Give the numbers of a category that a sum is made of."""
    return [number for _, number in reckoned(lines, category) if number is not None]


def sum_said(numbers: Sequence[int]) -> str:
    """Write a sum with its arithmetic."""
    if len(numbers) < 2:
        return "".join(f"{number:,}" for number in numbers) or NOT_STATED
    return f"{' + '.join(f'{number:,}' for number in numbers)} = {sum(numbers):,}"


def checked(line: Line) -> tuple[str, str]:
    """Hold a stated total against its categories: the arithmetic, and what comes of it."""
    first, second, total = line.number(1), line.number(2), line.number(None)
    if first is not None and second is not None:
        comes = f"{first:,} + {second:,} = {first + second:,}"
        if total is None:
            return comes, "computed: the total is not stated"
        if first + second == total:
            return comes, f"holds: {total:,} is stated"
        return comes, f"does not hold: {total:,} is stated, {abs(total - first - second):,} apart"
    if total is None or (first is None and second is None):
        return "", ""
    part, other = (first or 0, "second") if first is not None else (second or 0, "first")
    if part > total:
        return f"{part:,} > {total:,}", "does not hold: a part above its total"
    return f"{total:,} − {part:,} = {total - part:,}", f"computed: the {other} category is not stated"


def whole_and_parts(lines: Sequence[Line]) -> Iterator[tuple[str, str, str]]:
    """Hold what an order states for the whole against the sum of what it states for regions and bodies."""
    for same in at_one_time(lines):
        for category, called in CATEGORIES.items():
            wholes = [number for line in same if line.whole and (number := line.number(category)) is not None]
            parts = [number for line in same if not line.whole and (number := line.number(category)) is not None]
            if len(wholes) == 1 and parts:
                said = f"{len(parts):,} parts come to {sum(parts):,}"
                apart = wholes[0] - sum(parts)
                so = "holds" if not apart else f"{apart:,} of {wholes[0]:,} in no part that is stated"
                if apart < 0:
                    so = f"does not hold: {-apart:,} more than the {wholes[0]:,} stated"
                yield f"{same[0].order.name}, {called}", said, so


# ---------------------------------------------------------------- blocks


def blocks(quotas: Quotas, notes: Notes, *, dubious: bool) -> Iterator[Block]:
    """Give the lines, then how each total stands to its parts."""
    if not quotas.lines:
        yield Prose("No quota is recorded for it.")
        return
    yield Table(
        "",
        ("order", "when", "stage", "for", *CATEGORIES.values(), "doubt"),
        [_cells(line, notes) for line in quotas.lines],
        [*_remarks(quotas.lines), *_left_out(quotas, dubious=dubious)],
    )
    checks = [(f"{line.order.name}{_whom(line)}", *said) for line in quotas.lines if any(said := checked(line))] + list(
        whole_and_parts(quotas.lines)
    )
    if checks:
        yield Table("Totals against their parts", ("of", "arithmetic", "so"), checks)


def _whom(line: Line) -> str:
    return "" if line.whole or not line.whom else f", {line.whom}"


def _cells(line: Line, notes: Notes) -> tuple[Any, ...]:
    rows = line.rows
    dates = dict.fromkeys(row.said("date") for row in rows if row.date)
    behind = notes.cite(c for row in rows for c in own(row, "date"))
    doubts = dict.fromkeys(f"{CATEGORIES[row.category]}: {doubt(row)}" for row in rows if doubt(row))
    return (
        Cited(line.order.name, notes.cite(own(line.order))),
        Cited("; ".join(dates) or NOT_KNOWN, behind if dates else ()),
        words(line.stage),
        line.whom or "not said for whom",
        *(_amount(line.stated.get(category, []), notes) for category in CATEGORIES),
        "; ".join(doubts),
    )


def _amount(rows: Sequence[Row], notes: Notes) -> Cited:
    """Give what is stated: one number as a number, several that contradict each other side by side."""
    cells = [(row, cell) for row in rows if (cell := cited(notes, row, "amount")).value is not None]
    behind = tuple(dict.fromkeys(n for _, cell in cells for n in cell.notes))
    values = {cell.value for _, cell in cells}
    if len(values) == 1:
        return Cited(values.pop(), behind)
    said = (f"{printed(cell.value)}{f' ({marked_as(row)})' if left_out(row) else ''}" for row, cell in cells)
    return Cited(Remark(" or ".join(dict.fromkeys(said))) or NOT_STATED, behind)


def _remarks(lines: Iterable[Line]) -> Iterator[str]:
    for line in lines:
        yield from (f"{line.order.name}, {CATEGORIES[row.category]}: {row.note}" for row in line.rows if row.note)


def _left_out(quotas: Quotas, *, dubious: bool) -> Iterator[str]:
    """Say how many rows are shown but stand in no sum."""
    if quotas.left_out:
        yield f"{quotas.left_out:,} {'withdrawn' if dubious else 'dubious or withdrawn'} left out of all sums."


def totals(quotas: Quotas) -> Iterator[Block]:
    """Sum what is stated, by stage and category; requests stay apart from what was allotted.

    Beneath stands which lines each sum is of, since not every line states every number.
    """
    rows: list[tuple[Any, ...]] = []
    stages = [(words(stage), [line for line in quotas.lines if line.stage == stage]) for stage in STAGE]
    allotted = [line for line in quotas.lines if line.stage != REQUESTED]
    for said, lines in (*stages, ("initial and approved increases", allotted)):
        for category, called in CATEGORIES.items() if lines else ():
            of = reckoned(lines, category)
            numbers = [number for _, number in of if number is not None]
            within = [_called(line) for line, number in of if number is not None]
            without = [_called(line) for line, number in of if number is None]
            total = sum(numbers) if numbers else NOT_STATED
            rows.append((said, called, total, sum_said(numbers), _some(within), _some(without)))
    remarks = [
        "Sums of what is stated in this database: an order may have set more. What is not stated is not taken for 0.",
        *_parts_alone(allotted),
    ]
    yield Table("", ("stage", "category", "sum", "arithmetic", "sum of", "no number of"), rows, remarks)
    yield from _covered(allotted)


def _some(names: Sequence[str]) -> str:
    """Name lines, the first of many."""
    more = f"; and {len(names) - NAMED:,} more" if len(names) > NAMED else ""
    return "; ".join(names[:NAMED]) + more


def _called(line: Line) -> str:
    return f"{line.order.name}{_whom(line)}"


def _parts_alone(lines: Iterable[Line]) -> Iterator[str]:
    """Say of which orders only what they set for a region or a body is stated."""
    for same in at_one_time(lines):
        if not any(line.whole for line in same):
            whom = ", ".join(dict.fromkeys(line.whom for line in same))
            yield f"Of {same[0].order.name} only what it set for {whom} is stated here, and no more stands in the sums."


def _covered(lines: Sequence[Line]) -> Iterator[Block]:
    """Lay out of which lines the sums are made, and why the categories and the totals need not come to the same."""
    numbers: dict[int, dict[int | None, int]] = defaultdict(dict)
    places = {id(line): n for n, line in enumerate(lines)}
    for category in CATEGORIES:
        for line, number in reckoned(lines, category):
            if number is not None:
                numbers[places[id(line)]][category] = number
    sums = {category: sum(of.get(category, 0) for of in numbers.values()) for category in CATEGORIES}
    if len(numbers) < 2 or not sums[None]:
        return
    rows: list[tuple[Any, ...]] = []
    apart: list[str] = []
    for n, of in sorted(numbers.items()):
        here = [of.get(category) for category in CATEGORIES]
        in_categories, total = sum(of.get(category, 0) for category in (1, 2)), of.get(None)
        rows.append((_called(lines[n]), *(NOT_STATED if number is None else number for number in here)))
        if total is None:
            apart.append(f"− {in_categories:,} ({_called(lines[n])}: no total is stated)")
        elif total != in_categories:
            sign = "+" if total > in_categories else "−"
            why = "do not add up" if len(of) == len(CATEGORIES) else "are not all stated"
            apart.append(f"{sign} {abs(total - in_categories):,} ({_called(lines[n])}: its categories {why})")
    rows.append(("all of them", *sums.values()))
    yield Table("What was allotted, line by line", ("of", *CATEGORIES.values()), rows)
    both = sums[1] + sums[2]
    said = f"{sums[1]:,} + {sums[2]:,} = {both:,} in the categories"
    if len(apart) > NAMED:
        yield Prose(f"{said}, {sums[None]:,} in the totals: {len(apart):,} lines state not all of the three.")
    else:
        yield Prose(f"{said}; {' '.join([f'{both:,}', *apart])} = {sums[None]:,} in the totals.")


def in_time(quotas: Quotas, notes: Notes) -> Iterator[Block]:
    """Show the numbers of each category as they were set one after the other, and what they had come to by then."""
    allotted = [line for line in quotas.lines if line.stage != REQUESTED]
    marks: list[Mark] = []
    rows: list[tuple[Any, ...]] = []
    so_far: dict[int | None, int] = defaultdict(int)
    for lines in at_one_time(allotted):
        when = next((row.said("date") for line in lines for row in line.rows if row.date), "")
        when = when or lines[0].order.said("date") or "not known when"
        name = _called(lines[0]) if len(lines) == 1 else lines[0].order.name
        for category, called in CATEGORIES.items():
            numbers = summed(lines, category)
            if not numbers:
                continue
            so_far[category] += sum(numbers)
            behind = notes.cite(c for line in lines for row in line.stated.get(category, ()) for c in own(row))
            added = Cited(sum(numbers), behind)
            rows.append((when, name, words(lines[0].stage), called, added, so_far[category]))
            said = f"{sum(numbers):,} {'in all' if category is None else f'in the {called}'}"
            marks.append(Mark(when, best=float(sum(numbers)), said=said, by=name, group=called, notes=behind))
    if rows:
        yield Table("", ("when", "order", "stage", "category", "set", "stated so far"), rows)
        spoken = "; ".join(f"{mark.label} {mark.said}" for mark in marks)
        yield Chart(
            "Quotas in the order of time", "persons", marks, f"Numbers set, one after the other: {spoken}.", bars=True
        )
    else:
        yield Prose("No number is stated.")


def disagreements(quotas: Quotas, notes: Notes) -> Table:
    """List the numbers that contradict each other: rows of one line and category, and claims of another amount."""
    rows: list[tuple[Any, ...]] = []
    for line in quotas.lines:
        for category, same in line.stated.items():
            others = [c for row in same for c in rival_values(row, "amount")]
            contested = any(row.status == "contested" for row in same)
            if len({row.amount for row in same}) < 2 and not others and not contested:
                continue
            of = f"{line.order.name}{_whom(line)}, {CATEGORIES[category]}"
            rows += [(of, Cited(_or_not(row.amount), notes.cite(own(row, "amount"))), doubt(row)) for row in same]
            rows += [(of, Cited(c["value"], notes.cite([c])), "claimed beside it") for c in others]
    return Table("", ("of", "stated", "doubt"), rows)


def _or_not(amount: int | None) -> Any:
    return NOT_STATED if amount is None else amount
