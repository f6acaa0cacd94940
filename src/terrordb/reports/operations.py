"""An operation and its quotas: what was ordered, what is claimed to have been done, and how the numbers stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, or_, select

from terrordb.querying.selecting import pointing_to
from terrordb.reports import quotas as reckoning
from terrordb.reports.attested import doubt, in_order, left_out, own
from terrordb.reports.counting import counted
from terrordb.reports.finding import stored
from terrordb.reports.laying import (
    NOT_KNOWN,
    NOT_STATED,
    cited,
    facts,
    figure_table,
    find_one,
    lasting,
    or_else,
    read,
    role_table,
)
from terrordb.reports.laying import named as named_in
from terrordb.reports.notes import Notes
from terrordb.reports.report import Chart, Cited, Mark, Prose, Remark, Report, Section
from terrordb.reports.sums import APPROXIMATE, SLACK, apart
from terrordb.reports.table import Table, words

if TYPE_CHECKING:
    from terrordb.querying.records import Row
    from terrordb.reports.report import Block

__all__ = ["operation", "quotas"]

OPERATION = "name aliases kind parent parent.name order order.name begun ended target_groups place place.name note"
FIGURE = (
    "measure text what low best high magnitude of qualifier unit of_record period trial order places by by.name group "
    "includes excludes claimed_by claimed_by.name stance responds_to basis note"
)
PERSON_ROLES = "person person.name role begun ended office note"
PARTIAL = ("trial", "order", "places", "group", "excludes")  # a figure with one of these counts a part only
CLAIMED = ("arrested", "executed")
COUNTS = ("persons", "times")  # units of what a count is, or comes to


# ---------------------------------------------------------------- an operation


def operation(connection: Connection, named: str, *, dubious: bool = False) -> Report:
    """Tell of an operation: orders, quotas, arrested and executed as claimed, phases, its share, and named victims."""
    plain, key = find_one(connection, "operations", named)
    (row,) = read(connection, "operations", [key], OPERATION)
    notes = Notes(connection)
    asked = {"operation": plain, "dubious": dubious}
    return Report("operation", f"Operation: {row.name}", _sections(connection, notes, key, row, dubious), notes, asked)


def _sections(connection: Connection, notes: Notes, key: int, row: Row, dubious: bool) -> Iterator[Section]:
    parts = _parts(connection, key)
    claims = _figures(connection, [key, *(part for part, _, _ in parts)])
    mine = claims.get(key, [])
    yield Section("", _facts(connection, notes, row))
    yield Section("Orders", _orders(connection, notes, key, row, parts))
    yield Section("Quotas", _quotas(connection, notes, key, parts, dubious=dubious))
    yield Section("Arrested and executed, as claimed", _claims(notes, mine, dubious=dubious))
    yield Section("Phases and parts", _phases(notes, row, parts, claims, dubious=dubious))
    yield Section("Its share of all executions", _share(connection, notes, key, row, mine, dubious=dubious))
    yield Section("Victims in this database", _victims(connection, notes, row, mine, dubious=dubious))
    yield Section("Who had a part in it", _people(connection, notes, key))


def _parts(connection: Connection, key: int) -> list[tuple[int, int, Row]]:
    """Read the operations within one, and those within them: key, depth and record, each after what it is part of."""
    table = stored("operations")
    found: list[tuple[int, int, Row]] = []
    seen, level, depth = {key}, [key], 1
    under: dict[str | None, list[tuple[int, int, Row]]] = {}
    while level:
        children = select(table.c.key).where(table.c.parent_key.in_(level))
        level = sorted(set(connection.scalars(children)) - seen)
        seen |= set(level)
        for at, row in zip(level, read(connection, "operations", level, OPERATION), strict=True):
            under.setdefault(row.parent, []).append((at, depth, row))
            found.append((at, depth, row))
        depth += 1
    return list(_nested([part for part in found if part[1] == 1], under))


def _nested(
    parts: Iterable[tuple[int, int, Row]], under: dict[str | None, list[tuple[int, int, Row]]]
) -> Iterator[tuple[int, int, Row]]:
    for part in sorted(parts, key=lambda part: ((part[2].begun and part[2].begun.first) or 99999999, part[0])):
        yield part
        yield from _nested(under.get(part[2].id, ()), under)


def _facts(connection: Connection, notes: Notes, row: Row) -> Iterator[Block]:
    shown: dict[str, Any] = {name: row.said(name) for name in OPERATION.split() if "." not in name and name != "note"}
    shown |= {name: named_in(row, name) for name in ("parent", "order", "place")} | {"kind": words(row.kind)}
    yield facts(connection, notes, row, {name: value for name, value in shown.items() if value or name != "aliases"})


# ---------------------------------------------------------------- orders and quotas


def _order_keys(connection: Connection, keys: Sequence[int]) -> list[int]:
    """Find the orders that operations began with or run under."""
    orders, table = stored("orders"), stored("operations")
    begun = select(table.c.order_key).where(table.c.key.in_(keys), table.c.order_key.is_not(None))
    return list(
        connection.scalars(select(orders.c.key).where(or_(orders.c.operation_key.in_(keys), orders.c.key.in_(begun))))
    )


def _orders(
    connection: Connection, notes: Notes, key: int, row: Row, parts: Sequence[tuple[int, int, Row]]
) -> Iterator[Block]:
    found = reckoning.amending(connection, _order_keys(connection, [key, *(part for part, _, _ in parts)]))
    table, ids = stored("orders"), [order.id for order in found]
    of = table.alias()
    cancelled = select(of.c.key).where(of.c.id.in_(ids))
    cancelling = read(
        connection, "orders", select(table.c.key).where(table.c.cancels_key.in_(cancelled)), reckoning.ORDER
    )
    begins = {each.order: each.id for _, _, each in reversed(parts)} | {row.order: row.id}
    lines = [
        (
            Cited(order.name, notes.cite(own(order))),
            cited(notes, order, "date", lacking=NOT_KNOWN),
            _tie(order, row, begins),
            cited(notes, order, "issued_by.name", lacking=NOT_STATED),
            cited(notes, order, "signed_by.name", lacking=NOT_STATED),
            cited(notes, order, "summary"),
            doubt(order),
        )
        for order in [*found, *(order for order in cancelling if order.id not in ids)]
    ]
    remarks = [f"{order.name}: {order.note}" for order in found if order.note]
    columns = ("order", "date", "how it belongs", "issued by", "signed by", "what it orders", "doubt")
    yield or_else(Table("", columns, lines, remarks), "No order is recorded for it.")


def _tie(order: Row, row: Row, begins: dict[str | None, str]) -> str:
    """Say how an order belongs to an operation or to a part of it."""
    ties = []
    if order.id in begins:
        ties.append("began it" if begins[order.id] == row.id else f"began {begins[order.id]}")
    elif order.operation:
        ties.append("governs it" if order.operation == row.id else f"governs {order.operation}")
    ties += [f"{verb} {to}" for verb, to in (("amends", order.amends), ("cancels", order.cancels)) if to]
    return "; ".join(ties)


def _quotas(
    connection: Connection, notes: Notes, key: int, parts: Sequence[tuple[int, int, Row]], *, dubious: bool
) -> Iterator[Block]:
    orders = reckoning.amending(connection, _order_keys(connection, [key, *(part for part, _, _ in parts)]))
    found = reckoning.quotas_of(connection, orders, dubious=dubious)
    yield from reckoning.blocks(found, notes, dubious=dubious)
    if found.lines:
        yield from reckoning.totals(found)


# ---------------------------------------------------------------- what is claimed


def _figures(connection: Connection, keys: Sequence[int]) -> dict[int, list[Row]]:
    """Read the figures that count operations, by the key of these."""
    table = stored("figures")
    counting = select(table.c.key, table.c.operation_key).where(table.c.operation_key.in_(keys)).order_by(table.c.key)
    of = {row.key: row.operation_key for row in connection.execute(counting)}
    found: dict[int, list[Row]] = {}
    for key, row in zip(sorted(of), read(connection, "figures", sorted(of), FIGURE), strict=True):
        found.setdefault(of[key], []).append(row)
    return {key: in_order(connection, rows) for key, rows in found.items()}


def _partial(row: Row) -> bool:
    """Say that a figure counts a part of an operation only: a group, a place, a trial."""
    return any(row[name] for name in PARTIAL)


def _claims(notes: Notes, figures: Sequence[Row], *, dubious: bool) -> Iterator[Block]:
    """List the figures of the operation; those of people, and of the whole of it, are drawn."""
    measures = list(dict.fromkeys([*CLAIMED, *(row.measure for row in figures)]))
    ranked = sorted(figures, key=lambda row: measures.index(row.measure))
    whole = [row for row in ranked if not _partial(row)]
    yield or_else(figure_table(notes, "Of the whole operation", whole), "No figure of the whole operation is recorded.")
    if partial := [row for row in ranked if _partial(row)]:
        table = figure_table(notes, "Of a part of it", partial)
        table.columns = (*table.columns, "scope")
        table.rows = [(*line, _scope(row)) for line, row in zip(table.rows, partial, strict=True)]
        yield table
    counts = [row for row in whole if row.unit == "persons" and row.qualifier != "majority"]
    drawn = [_mark(notes, row) for row in counts if not left_out(row, dubious=dubious)]
    if drawn:
        yield _chart(drawn, len(counts) - len(drawn))


def _scope(row: Row) -> str:
    return "; ".join(f"{words(name)}: {row.said(name)}" for name in PARTIAL if row[name])


def _mark(notes: Notes, row: Row) -> Mark:
    low, best, high = row.low, row.best, row.high
    if row.qualifier == "vague":
        low, best, high = row.magnitude, None, row.magnitude * 10  # at least one of its power of ten, fewer than ten
    elif low == best == high:
        low = high = None
    by = row["claimed_by.name"] or (row.citations[0]["source"] if row.citations else "")
    low, best, high = (None if end is None else float(end) for end in (low, best, high))
    return Mark(
        words(row.measure),
        low,
        best,
        high,
        said=row.said("text"),
        by=by,
        group=words(row.basis) or "basis not stated",
        status=doubt(row),
        vague=row.qualifier == "vague",
        notes=notes.cite(own(row)),
    )


def _chart(marks: list[Mark], left_out: int) -> Chart:
    said = "; ".join(f"{mark.label} {mark.said} ({mark.by})" for mark in marks)
    left = f" {left_out:,} dubious or withdrawn left out." if left_out else ""
    bars = all(mark.best is not None and mark.low is None and mark.high is None for mark in marks)
    return Chart("Claimed numbers of people", "persons", marks, f"As claimed: {said}.{left}", bars=bars)


def _phases(
    notes: Notes, row: Row, parts: Sequence[tuple[int, int, Row]], claims: dict[int, list[Row]], *, dubious: bool
) -> Iterator[Block]:
    """List the operations within it, each after what it is part of, with what is claimed of each."""
    lines = [
        (
            Cited(f"{'· ' * (depth - 1)}{part.name}", notes.cite(own(part))),
            part.id,
            part.parent,
            lasting(notes, part, lacking=NOT_KNOWN),
            *(_claimed(notes, claims.get(key, ()), measure, dubious=dubious) for measure in CLAIMED),
            doubt(part),
        )
        for key, depth, part in parts
    ]
    columns = ("operation", "id", "part of", "when", *CLAIMED, "doubt")
    yield or_else(Table("", columns, lines), f"No phase or part of {row.name} is recorded.")


def _claimed(notes: Notes, figures: Iterable[Row], measure: str, *, dubious: bool) -> Cited:
    """Give what is claimed of a whole operation, or else of a part of it; a single exact number as a number."""
    rows = [r for r in figures if r.measure == measure and r.unit in COUNTS and not left_out(r, dubious=dubious)]
    rows = [row for row in rows if row.qualifier != "majority"]
    rows = [row for row in rows if not _partial(row)] or rows
    behind = notes.cite(c for row in rows for c in own(row))
    if len(rows) == 1 and _exact(rows[0]):
        return Cited(int(rows[0].best), behind)
    said = (row.said("text") + (f" ({_scope(row)})" if _partial(row) else "") for row in rows)
    return Cited(Remark("; or ".join(said)) or NOT_STATED, behind)


# ---------------------------------------------------------------- its share


def _share(
    connection: Connection, notes: Notes, key: int, row: Row, figures: Sequence[Row], *, dubious: bool
) -> Iterator[Block]:
    """Divide the executed of the operation by all executions that are known, and set the source's words beside it."""
    standing = [f for f in figures if f.measure == "executed" and not left_out(f, dubious=dubious)]
    parts = [f for f in standing if _exact(f)]
    shares = [
        f for f in standing if f.of_record and (f.unit == "percent" or f.qualifier == "majority") and not _partial(f)
    ]
    wholes = _wholes(connection, key, shares, dubious=dubious)
    lines = [_divided(notes, part, whole, shares) for part in parts for whole in wholes]
    if lines:
        for line in lines:
            part, whole, quotient = (cell.value for cell in line[:3])
            yield Prose(
                f"{part:,} of {whole:,} is {quotient} %.", tuple(dict.fromkeys((*line[0].notes, *line[1].notes)))
            )
        columns = ("executed", "of all", "percent", "as the source has it", "agrees", "periods", "doubt")
        yield Table("", columns, lines)
    elif not parts:
        yield Prose(f"No exact number of executed is claimed for the whole of {row.name}: no share is worked out.")
    else:
        yield Prose("No figure of all executions that it could be a part of is recorded: no share is worked out.")
    if multiples := [f for f in standing if f.unit == "times"]:
        yield Table(
            "Multiples, worked out",
            ("as stated", "of", "times", "comes to", "doubt"),
            [_multiple(notes, f) for f in multiples],
        )


def _exact(row: Row) -> bool:
    return bool(row.qualifier == "exact" and row.unit == "persons" and not _partial(row))


def _wholes(connection: Connection, key: int, shares: Iterable[Row], *, dubious: bool) -> list[Row]:
    """Find the figures of all executions: those that shares are said to be of, else an ancestor's, of an archive."""
    table, operations = stored("figures"), stored("operations")
    ids = [share.of_record.removeprefix("figures/") for share in shares if share.of_record.startswith("figures/")]
    found = read(connection, "figures", select(table.c.key).where(table.c.id.in_(ids)), FIGURE) if ids else []
    seen = {key}
    while not any(map(_exact, found)):
        parent = connection.scalar(select(operations.c.parent_key).where(operations.c.key == key))
        if parent is None or parent in seen:
            break
        seen.add(parent)
        key = parent
        rule = (table.c.operation_key == key, table.c.measure == "executed", table.c.basis == "archive_report")
        found = read(connection, "figures", select(table.c.key).where(*rule), FIGURE)
    return [row for row in found if _exact(row) and row.best and not left_out(row, dubious=dubious)]


def _divided(notes: Notes, part: Row, whole: Row, shares: Iterable[Row]) -> tuple[Any, ...]:
    quotient = 100 * part.best / whole.best
    said = [share for share in shares if share.of_record == f"figures/{whole.id}"]
    behind = notes.cite(c for share in said for c in own(share))
    agrees = ["yes" if _agrees(quotient, share) else "no" for share in said]
    return (
        Cited(int(part.best), notes.cite(own(part))),
        Cited(int(whole.best), notes.cite(own(whole))),
        Cited(round(quotient, 1)),
        Cited("; ".join(f"“{share.said('text')}”" for share in said) or NOT_STATED, behind),
        "; ".join(agrees) or "nothing to compare with",
        _periods(part, whole),
        "; ".join(f"{row.said('text')}: {doubt(row)}" for row in (part, whole, *said) if doubt(row)),
    )


def _agrees(quotient: float, share: Row) -> bool:
    """Say whether a quotient lies within what the words of a share allow; an exact one may have been rounded."""
    if share.qualifier == "majority":
        return quotient > 50
    if share.qualifier == "more_than":
        return bool(quotient > share.low)
    if share.qualifier == "less_than":
        return bool(quotient < share.high)
    if share.qualifier in APPROXIMATE:
        return not apart((quotient, quotient), (share.best * (1 - SLACK), share.best * (1 + SLACK)))
    digits = max(len(f"{end:g}".partition(".")[2]) for end in (share.low or 0, share.high or 0))
    rounded = round(quotient, digits)
    return not apart((rounded, rounded), (share.low, share.high))


def _periods(part: Row, whole: Row) -> str:
    """Say whether both numbers count the same time."""
    if part.period is None or whole.period is None:
        lacking = " and ".join(row.said("text") for row in (part, whole) if row.period is None)
        return f"no period is stated of {lacking}"
    same = (part.period.first, part.period.last) == (whole.period.first, whole.period.last)
    return "the same" if same else f"not the same: {part.said('period')}, and {whole.said('period')}"


def _multiple(notes: Notes, row: Row) -> tuple[Any, ...]:
    """Multiply what a multiple is of; open where its words leave it open."""
    times = next((end for end in (row.best, row.low, row.high) if end is not None), None)
    bound = {
        "at_least": "at least ",
        "more_than": "more than ",
        "up_to": "up to ",
        "less_than": "less than ",
        "about": "about ",
    }
    comes = "not to be worked out"
    if times is not None and row.of is not None:
        comes = f"{bound.get(row.qualifier, '')}{times:,.15g} × {row.of:,.15g} = {times * row.of:,.15g}"
    return cited(notes, row, "text"), row.of_record, times, comes, doubt(row)


# ---------------------------------------------------------------- people


def _victims(
    connection: Connection, notes: Notes, row: Row, figures: Iterable[Row], *, dubious: bool
) -> Iterator[Block]:
    """Count the cases and people of the operation and its parts, and set them against what is claimed."""
    of = f'operation:"{row.id}"'
    claimed = [f for f in figures if _exact(f) and f.measure in CLAIMED and not left_out(f, dubious=dubious)]
    rows: list[tuple[Any, ...]] = []
    for what, question, measure in (
        ("cases", f"cases {of}", "arrested"),
        ("cases that ended in execution", f"cases {of} outcome:executed", "executed"),
        ("cases with a date of execution", f"cases {of} executed:any", "executed"),
        ("people", f'persons cases.operation:"{row.id}"', "arrested"),
        ("people, by name", f'persons cases.operation:"{row.id}" named:true', "arrested"),
    ):
        count = counted(connection, question, dubious=dubious)
        beside = [f for f in claimed if f.measure == measure]
        here = count.counts.certain
        rows += [(what, here, count.said, *_against(notes, here, figure)) for figure in beside]
        if not beside:
            rows.append((what, here, count.said, NOT_STATED, None, None))
    columns = ("what", "in this database", "in full", "claimed", "percent of it", "claimed by")
    yield Table(
        "", columns, rows, ["Of the operation and all its parts; a sentence to death is not counted as an execution."]
    )


def _against(notes: Notes, here: int, figure: Row) -> tuple[Any, ...]:
    said = Cited(int(figure.best), notes.cite(own(figure)))
    by = f"{words(figure.measure)}, by {figure['claimed_by.name'] or 'the source itself'}"
    share = round(100 * here / figure.best, 3) if figure.best else None
    return said, share, "; ".join(filter(None, (by, doubt(figure))))


def _people(connection: Connection, notes: Notes, key: int) -> Iterator[Block]:
    rows = in_order(
        connection, read(connection, "roles", pointing_to(connection, "operations", key)["roles"], PERSON_ROLES)
    )
    yield or_else(role_table(notes, "", rows), "Nobody is named.")


# ---------------------------------------------------------------- the quotas of an order


def quotas(connection: Connection, named: str, *, dubious: bool = False) -> Report:
    """Tell the quotas of an order and its amendments: by region and stage, in time, totals against their parts."""
    plain, key = find_one(connection, "orders", named)
    orders = reckoning.amending(connection, [key])
    notes = Notes(connection)
    order = next(row for row in orders if row.id == plain)
    sections = _quota_sections(connection, notes, order, orders, dubious=dubious)
    return Report("quotas", f"Quotas: {order.name}", sections, notes, {"order": plain, "dubious": dubious})


def _quota_sections(
    connection: Connection, notes: Notes, order: Row, orders: Sequence[Row], *, dubious: bool
) -> Iterator[Section]:
    found = reckoning.quotas_of(connection, orders, dubious=dubious)
    yield Section("", _order(connection, notes, order, orders, found))
    if found.lines:
        yield Section("Quotas", reckoning.blocks(found, notes, dubious=dubious))
        yield Section("In the order of time", reckoning.in_time(found, notes))
        yield Section("Sums", reckoning.totals(found))
        said = or_else(reckoning.disagreements(found, notes), "No two stated numbers contradict each other.")
        yield Section("Stated disagreements", [said])
        yield Section("Numbers set against these quotas", _set_against(connection, notes, found))


def _order(
    connection: Connection, notes: Notes, order: Row, orders: Sequence[Row], found: reckoning.Quotas
) -> Iterator[Block]:
    if not found.lines:
        yield Prose(f"No quota is recorded for {order.name}, nor for an order that amends it.")
    shown = {"name": order.name, "date": order.said("date"), "kind": words(order.kind), "summary": order.summary}
    shown |= {"issued_by": order["issued_by.name"], "operation": named_in(order, "operation")}
    yield facts(connection, notes, order, shown)
    if order.amends:
        yield Prose(
            f"It amends orders/{order.amends}, whose report has the quotas of both.", notes.cite(own(order, "amends"))
        )
    lines = [
        (
            Cited(row.name, notes.cite(own(row))),
            row.id,
            cited(notes, row, "date", lacking=NOT_KNOWN),
            row.amends,
            doubt(row),
        )
        for row in orders
        if row.id != order.id
    ]
    remarks = [f"{row.name}: {row.note}" for row in orders if row.note and row.id != order.id]
    if lines:
        yield Table("Amendments", ("order", "id", "date", "amends", "doubt"), lines, remarks)


def _set_against(connection: Connection, notes: Notes, found: reckoning.Quotas) -> Iterator[Block]:
    """List the figures that are shares or multiples of one of the quotas: what was done against what was set."""
    table, of = stored("figures"), stored("quotas")
    ids = [row.id for line in found.lines for row in line.rows]
    keys = select(of.c.key).where(of.c.id.in_(ids))
    rule = (table.c.of_record_kind == "quotas", table.c.of_record_key.in_(keys))
    rows = read(connection, "figures", select(table.c.key).where(*rule), FIGURE) if ids else []
    lines = [(words(row.measure), *_multiple(notes, row)) for row in rows if row.unit == "times"]
    lines += [
        (words(row.measure), cited(notes, row, "text"), row.of_record, None, "", doubt(row))
        for row in rows
        if row.unit != "times"
    ]
    columns = ("measure", "as stated", "of", "times", "comes to", "doubt")
    yield or_else(Table("", columns, lines), "No figure is set against one of these quotas.")
