"""Checks: named questions whose answer should be empty, each with its severity and what it means.

Dates are compared as what they may be: only what is certainly wrong is found, and a missing date proves nothing. Rows
that were withdrawn count for nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Any, Literal, NamedTuple

from sqlalchemy import Connection, and_, func, or_, select, union

from terrordb import models
from terrordb.errors import BadQuestion, nearest
from terrordb.models.base import LIST
from terrordb.models.role import PERPETRATORS
from terrordb.reports import contradictions, sums
from terrordb.reports.finding import Finding, certainly_before, pairs, rows, stands, stored, tell
from terrordb.reports.table import Table

Severity = Literal["error", "warning", "contradiction"]
SEVERITY: dict[Severity, str] = {
    "error": "cannot be true as it stands: a row, or its source, is wrong",
    "warning": "something is missing, or does not look right: a person should look at it",
    "contradiction": "claims that stand against each other: kept side by side, never resolved",
}
INTERVALS = (("begun", "ended"), ("opened", "closed"), ("first_issued", "issued"))
DEATHS = (("persons", "key", "died"), ("cases", "person_key", "executed"))  # kind, column of the person, date
DEEDS = (("roles", "role", "within"), ("relations", "relation", "other"))  # kind, what was done, to what or whom
SCOPE = (*sums.SCOPE, "period_earliest", "period_latest")


# ---------------------------------------------------------------- dates


def _out_of_order(connection: Connection, kind: str, first: str, second: str) -> Iterator[Finding]:
    """Find rows whose second date lies certainly before their first."""
    table = stored(kind)
    return rows(connection, (kind, (first, second)), certainly_before((table, second), (table, first)))


def _reversed(connection: Connection) -> Iterator[Finding]:
    for kind in models.KINDS:
        for first, second in INTERVALS:
            if {first, second} <= models.kind(kind).fields.keys():
                yield from _out_of_order(connection, kind, first, second)


def _order_after_operation(connection: Connection) -> Iterator[Finding]:
    operations, orders = stored("operations"), stored("orders")
    late = certainly_before((operations, "begun"), (orders, "date"))
    rules = (operations.c.order_key == orders.c.key, late, stands(operations), stands(orders))
    keys = select(operations.c.key, orders.c.key).where(*rules)
    return pairs(connection, keys, ("operations", ("begun",)), ("orders", ("date",)))


def _office_after_death(connection: Connection) -> Iterator[Finding]:
    """Find offices taken or left after the death of who held them; a contested or dubious death proves nothing."""
    roles = stored("roles")
    office = or_(roles.c.within_bodies_key.is_not(None), roles.c.office.is_not(None))
    for kind, person, date in DEATHS:
        dead = stored(kind)
        late = or_(*(certainly_before((dead, date), (roles, end)) for end in ("begun", "ended")))
        sure = dead.c.status.not_in(("withdrawn", "dubious", "contested"))
        rules = (roles.c.person_key == dead.c[person], office, late, sure, stands(roles))
        told = ("person", "within", "office", "begun", "ended")
        yield from pairs(connection, select(roles.c.key, dead.c.key).where(*rules), ("roles", told), (kind, (date,)))


# ---------------------------------------------------------------- what is missing


def _figure_without_scope(connection: Connection) -> Iterator[Finding]:
    """Find figures that say of nothing what they count; a dubious one is told by another check."""
    table = stored("figures")
    empty = (table.c[column].is_(None) for column in SCOPE)
    return rows(connection, ("figures", ("measure", "text", "what")), table.c.status != "dubious", *empty)


def _statement_without_stance(connection: Connection) -> Iterator[Finding]:
    table = stored("statements")
    rules = (table.c.responds_to_key.is_not(None), table.c.stance.is_(None))
    return rows(connection, ("statements", ("responds_to", "content")), *rules)


def _quota_without_amount(connection: Connection) -> Iterator[Finding]:
    return rows(connection, ("quotas", ("order", "region", "category")), stored("quotas").c.amount.is_(None))


def _claim_of_unknown_field(connection: Connection) -> Iterator[Finding]:
    table = stored("claims")
    asked = select(table.c.record_kind, table.c.field).where(table.c.field.is_not(None)).distinct()
    for kind, name in sorted((row[0], row[1]) for row in connection.execute(asked)):
        fields = models.kind(kind).fields
        if name not in fields and name not in {field.header for field in fields.values()}:
            of_field = (table.c.record_kind == kind, table.c.field == name)
            yield from rows(connection, ("claims", ("record", "field")), *of_field)


def _perpetrator_uncited(connection: Connection) -> Iterator[Finding]:
    """Find deeds without a source or a place in it; of roles the schema refuses them."""
    for kind, deed, whom in DEEDS:
        table = stored(kind)
        uncited = or_(table.c.source_key.is_(None), and_(table.c.locator.is_(None), table.c.key < LIST))
        yield from rows(connection, (kind, ("person", deed, whom)), table.c[deed].in_(PERPETRATORS), uncited)


def _more_named_than_stated(connection: Connection) -> Iterator[Finding]:
    """Find trials with more defendants, or more executed, among the persons than the trial's row states."""
    trials, roles, cases = (stored(kind) for kind in ("trials", "roles", "cases"))
    accused = select(roles.c.within_trials_key.label("trial"), roles.c.person_key.label("person"))
    accused = accused.where(roles.c.role == "defendant", stands(roles))
    tried = select(cases.c.trial_key.label("trial"), cases.c.person_key.label("person")).where(stands(cases))
    executed = tried.where(cases.c.outcome == "executed")
    for field, named in (("defendants", union(accused, tried)), ("executed", union(executed))):
        every = named.subquery("named")
        number = func.count(every.c.person.distinct())
        more = (
            select(trials.c.key, number)
            .join(every, every.c.trial == trials.c.key)
            .where(stands(trials))
            .group_by(trials.c.key, trials.c[field])
            .having(number > trials.c[field])
        )
        found = {row[0]: row[1] for row in connection.execute(more)}
        for key, said in tell(connection, "trials", sorted(found), (field,)).items():
            yield Finding(said.record, f"{said.finding} as stated; {found[key]} persons")


# ---------------------------------------------------------------- the checks


class Check(NamedTuple):
    """A question whose answer should be empty."""

    name: str
    severity: Severity
    explanation: str
    find: Callable[[Connection], Iterable[Finding]]


def _dates(kind: str, first: str, second: str) -> Callable[[Connection], Iterator[Finding]]:
    return partial(_out_of_order, kind=kind, first=first, second=second)


CHECKS: tuple[Check, ...] = (
    Check("died-before-born", "error", "a person died before being born", _dates("persons", "born", "died")),
    Check(
        "sentenced-before-arrested",
        "error",
        "a case came to its sentence before the arrest",
        _dates("cases", "arrested", "sentenced"),
    ),
    Check(
        "executed-before-sentenced",
        "error",
        "a case came to the execution before the sentence",
        _dates("cases", "sentenced", "executed"),
    ),
    Check(
        "arrested-after-executed",
        "error",
        "a case came to the arrest after the execution",
        _dates("cases", "arrested", "executed"),
    ),
    Check("interval-reversed", "error", "something ended before it began", _reversed),
    Check(
        "order-after-operation",
        "error",
        "an operation began before the order was issued that began it",
        _order_after_operation,
    ),
    Check("office-after-death", "error", "an office was taken or left after the holder's death", _office_after_death),
    Check("part-above-whole", "error", "parts come to more than the whole stated", sums.part_above_whole),
    Check(
        "share-does-not-follow",
        "error",
        "a share, multiple or rate does not follow from its counts",
        sums.share_does_not_follow,
    ),
    Check(
        "claim-of-unknown-field",
        "error",
        "a claim speaks of a field that its record does not have",
        _claim_of_unknown_field,
    ),
    Check(
        "perpetrator-uncited",
        "error",
        "a perpetrator's deed stands without a source and a place in it",
        _perpetrator_uncited,
    ),
    Check(
        "figure-without-scope",
        "warning",
        "a figure names no operation, trial, order, place, body, group or period",
        _figure_without_scope,
    ),
    Check(
        "more-named-than-stated",
        "warning",
        "more persons stand in a trial than it is stated to have had",
        _more_named_than_stated,
    ),
    Check(
        "statement-without-stance",
        "warning",
        "a statement answers another, and does not say how it stands to it",
        _statement_without_stance,
    ),
    Check(
        "quota-without-amount",
        "warning",
        "a quota has no amount: what is not stated is no row",
        _quota_without_amount,
    ),
    Check("contested", "contradiction", "a rival claim stands beside it", contradictions.contested),
    Check("rival-value", "contradiction", "a claim gives another value than its record", contradictions.rival_value),
    Check("dubious", "contradiction", "not to be repeated without a warning", contradictions.dubious),
    Check(
        "figures-disagree",
        "contradiction",
        "figures of one thing exclude each other, and are neither marked nor tied",
        sums.figures_disagree,
    ),
    Check(
        "multiple-above-whole",
        "contradiction",
        "a multiple of a part comes to more than the whole it is a part of",
        sums.multiple_above_whole,
    ),
)


def asked(names: Sequence[str]) -> list[Check]:
    """Choose checks by name, all where none is named; BadQuestion, with the nearest, for one that is not there."""
    known = {check.name: check for check in CHECKS}
    for name in names:
        if name not in known:
            raise BadQuestion(f"there is no check '{name}'", nearest(name, known))
    return [check for check in CHECKS if not names or check.name in names]


def listing() -> Table:
    """List the checks there are."""
    return Table("", ("check", "severity", "explanation"), [check[:3] for check in CHECKS])


class Checked(NamedTuple):
    """A check, and what it found."""

    check: Check
    found: list[Finding]

    def as_dict(self) -> dict[str, Any]:
        """Give the check and its findings as JSON has them."""
        name, severity, explanation, _ = self.check
        found = [finding._asdict() for finding in self.found]
        return {"check": name, "severity": severity, "explanation": explanation, "rows": found}


def run(connection: Connection, names: Sequence[str] = ()) -> list[Checked]:
    """Ask the checks that are named, or all."""
    return [Checked(check, list(check.find(connection))) for check in asked(names)]


def failed(checked: Iterable[Checked]) -> bool:
    """Say whether any error was found; warnings and contradictions are none."""
    return any(one.found for one in checked if one.check.severity == "error")


def summary(checked: Sequence[Checked]) -> str:
    """Say how many checks were asked, and what they found."""
    numbers = {s: sum(len(one.found) for one in checked if one.check.severity == s) for s in SEVERITY}
    counts = ", ".join(f"{n:,} {severity}{'' if n == 1 else 's'}" for severity, n in numbers.items())
    return f"{len(checked)} check{'' if len(checked) == 1 else 's'}: {counts}"


def findings(checked: Iterable[Checked]) -> Table:
    """List what checks found, one row a finding; the notes explain the checks that found something."""
    having = [(check, found) for check, found in checked if found]
    listed = [(check.name, check.severity, *finding) for check, found in having for finding in found]
    notes = [f"{check.name} ({len(found):,}): {check.explanation}" for check, found in having]
    return Table("", ("check", "severity", "record", "finding"), listed, notes)
