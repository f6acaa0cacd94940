"""A trial: who stood accused and of what, how they pleaded, what became of them, and who judged it, then and later."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, false, func, not_, or_, select

from terrordb.models.base import LIST
from terrordb.models.role import ROLE
from terrordb.querying.selecting import pointing_to
from terrordb.reports.attested import doubt, in_order, left_out, own, vouched
from terrordb.reports.counting import counted
from terrordb.reports.finding import stored
from terrordb.reports.laying import (
    NOT_KNOWN,
    NOT_STATED,
    cited,
    facts,
    figure_table,
    find_one,
    named,
    or_else,
    read,
    role_table,
)
from terrordb.reports.notes import Notes
from terrordb.reports.report import Cited, Prose, Report, Section
from terrordb.reports.table import Table, say, words
from terrordb.reports.telling import fates
from terrordb.values.names import words as words_of

if TYPE_CHECKING:
    from terrordb.querying.records import Row
    from terrordb.reports.report import Block

__all__ = ["trial"]

TOLD = "name aliases kind opened closed court court.name place place.name alleged_organisation defendants executed"
ROLES = "person person.name person.named person.same_as role begun ended office plea verdict note"
CASES = (
    "person person.name person.named person.same_as arrested charge article sentenced sentence outcome executed "
    "operation note"
)
STATEMENTS = "kind speaker speaker.name date about content obtained stance responds_to held_true note"
FIGURES = "measure text what best unit of_record period group claimed_by claimed_by.name stance basis note"
REHABILITATIONS = "person person.name case.person.name trial trial.name stage date body body.name scope basis"
WATCHED = ("attended", "present")
COURT = ("defendant", "judge", "chair", "prosecutor", "witness", "attended")  # roles that only a trial has
BENCH = ("judge", "prosecutor", "chair", "commissioner", "witness")
EXPECTED = {"commission_of_inquiry": ("chair", "commissioner")}  # whom to miss where none is named; else the first two
TRYING = ("trials", "cases", "roles", "operations")  # what is said of these is said of trials
SAID_IN_IT = ("plea", "confession", "retraction", "testimony", "denial", "promise")
INQUIRY = "commission_of_inquiry"


class _Asked(NamedTuple):
    """A trial and whatever its sections share: roles and cases as their source orders them, and what was said."""

    connection: Connection
    notes: Notes
    key: int
    row: Row
    roles: list[Row]
    cases: list[Row]
    statements: list[Row]
    elsewhere: list[Row]  # what its accused said of other things than trials
    campaigns: list[tuple[Row, list[Row]]]  # the operations it was a part of, and what was said of those as a whole


def trial(connection: Connection, named: str) -> Report:
    """Tell of a trial: charges as charges, pleas in order, verdicts and fates, who judged it, and later findings."""
    plain, key = find_one(connection, "trials", named)
    notes = Notes(connection)
    (row,) = read(connection, "trials", [key], f"{TOLD} outcome note")
    return Report(
        "trial",
        f"{words(row.kind).capitalize()}: {row.name}",
        _sections(connection, notes, key, row),
        notes,
        {"trial": plain},
    )


def _sections(connection: Connection, notes: Notes, key: int, row: Row) -> Iterator[Section]:
    yield Section("", _facts(connection, notes, row))
    asked = _asked(connection, notes, key, row)
    if row.kind != INQUIRY:
        yield Section("What they were charged with", _charges(asked))
        yield Section("Defendants", _defendants(asked))
        yield Section("Stated and named", _numbers(asked))
        yield Section("Pleas, confessions and answers", _said(asked))
    yield Section("Commission" if row.kind == INQUIRY else "The court", _court(asked))
    yield Section("Who attended", _attended(asked))
    yield Section("How it was judged", _judged(asked))
    yield Section("What was found later", _found(asked))
    yield Section("Figures", _figures(asked))


def _asked(connection: Connection, notes: Notes, key: int, row: Row) -> _Asked:
    pointing = pointing_to(connection, "trials", key)
    roles = in_order(connection, read(connection, "roles", pointing["roles"], ROLES))
    cases = in_order(connection, read(connection, "cases", pointing["cases"], CASES), "trial", "person")
    of_parts = {kind: connection.scalars(pointing[kind]).all() for kind in ("roles", "cases")}
    statements = _statements(connection, {"trials": [key], **of_parts}, row.court if row.kind == INQUIRY else None)
    elsewhere = _statements(connection, {}, spoken=_spoken_by(connection, [key], []))
    campaigns = [(one, _of_all(connection, at, one)) for at, one in _campaigns(connection, row, cases)]
    return _Asked(connection, notes, key, row, roles, cases, statements, elsewhere, campaigns)


def _statements(
    connection: Connection, about: dict[str, Sequence[int]], court: str | None = None, spoken: Sequence[int] = ()
) -> list[Row]:
    """Read what was said about some records, what was answered to that, and what a commission of inquiry said.

    `spoken` are the keys of statements that count as well.
    """
    said, bodies = stored("statements"), stored("bodies")
    rules: list[ColumnElement[bool]] = [
        and_(said.c.about_kind == kind, said.c.about_key.in_(keys)) for kind, keys in about.items()
    ]
    if court is not None:
        rules.append(said.c.speaker_bodies_key.in_(select(bodies.c.key).where(bodies.c.id == court)))
    first = [*spoken, *(connection.scalars(select(said.c.key).where(or_(*rules))) if rules else ())]
    answers = select(said.c.key).where(said.c.responds_to_kind == "statements", said.c.responds_to_key.in_(first))
    return in_order(
        connection, read(connection, "statements", sorted({*first, *connection.scalars(answers)}), STATEMENTS)
    )


def _spoken_by(connection: Connection, trials: Sequence[int], operations: Sequence[int]) -> list[int]:
    """Find what the accused of trials, or of operations that are trials, said as such of other things than trials.

    Who stood accused elsewhere too may have said it there.
    """
    roles, said = stored("roles"), stored("statements")
    accused = and_(roles.c.role == "defendant", roles.c.status != "withdrawn")
    here = or_(roles.c.within_trials_key.in_(trials), roles.c.within_operations_key.in_(operations))
    elsewhere = not_(func.coalesce(here, false()))
    rules = (
        said.c.speaker_persons_key.in_(select(roles.c.person_key).where(accused, here)),
        said.c.speaker_persons_key.not_in(select(roles.c.person_key).where(accused, elsewhere)),
        said.c.kind.in_(SAID_IN_IT),
        func.coalesce(said.c.about_kind, "").not_in(TRYING),
    )
    return list(connection.scalars(select(said.c.key).where(*rules).order_by(said.c.key)))


def _of_all(connection: Connection, key: int, campaign: Row) -> list[Row]:
    """Read what was said of trials taken together, and what their accused said of other things than one of them."""
    trials, cases = stored("trials"), stored("cases")
    by_case = select(cases.c.trial_key).where(cases.c.operation_key == key, cases.c.trial_key.is_not(None))
    keys = set(connection.scalars(by_case))
    every = list(connection.scalars(select(trials.c.key).where(trials.c.key < LIST).order_by(trials.c.key)))
    for at, row in zip(every, read(connection, "trials", every, "name aliases opened"), strict=True):
        if _by_name(row, campaign):
            keys.add(at)
    return _statements(connection, {"operations": [key]}, spoken=_spoken_by(connection, sorted(keys), [key]))


def _campaigns(connection: Connection, row: Row, cases: Iterable[Row]) -> list[tuple[int, Row]]:
    """Find the operations that are trials taken together, of which this one was a part.

    These are operations in which somebody is said to have stood accused, judged or watched.  A case of the trial may
    name one; else one is tied by its name alone: `Moscow Trials` stands in `first Moscow trial`.
    """
    roles = stored("roles")
    of_trials = select(roles.c.within_operations_key).where(roles.c.within_operations_key.is_not(None))
    keys = sorted(set(connection.scalars(of_trials.where(roles.c.role.in_(COURT)))))
    operations = read(connection, "operations", keys, "name aliases begun ended")
    by_case = {case.operation for case in cases if not left_out(case)}
    return [
        (key, each) for key, each in zip(keys, operations, strict=True) if each.id in by_case or _by_name(row, each)
    ]


def _by_name(row: Row, operation: Row) -> bool:
    """Say that a trial bears the name of an operation, and may have opened while that went on."""
    called = (_stems(name) for name in (row.name, *(row.aliases or ())))
    return _within(row, operation) and any(_stems(operation.name) <= name for name in called)


def _stems(name: str) -> set[str]:
    return {word.removesuffix("s") for word in words_of(name)}


def _within(row: Row, operation: Row) -> bool:
    """Say that a trial may have opened while an operation went on."""
    if row.opened is None:
        return True
    begun, ended = operation.begun, operation.ended
    late = ended is not None and ended.last is not None and row.opened.first and row.opened.first > ended.last
    early = begun is not None and begun.first is not None and row.opened.last and row.opened.last < begun.first
    return not (late or early)


# ---------------------------------------------------------------- what it was


def _facts(connection: Connection, notes: Notes, row: Row) -> Iterator[Block]:
    shown = {name: row.said(name) for name in TOLD.split() if "." not in name} | {"kind": words(row.kind)}
    shown |= {name: named(row, name) for name in ("court", "place")}
    shown["alleged_organisation"] = f"{row.alleged_organisation}, as alleged" if row.alleged_organisation else ""
    shown |= {name: row[name] for name in ("defendants", "executed")} | {"outcome": row.outcome}
    unsaid = ("aliases", *(("alleged_organisation", "defendants", "executed") if row.kind == INQUIRY else ()))
    yield facts(connection, notes, row, {name: value for name, value in shown.items() if value or name not in unsaid})


def _charges(asked: _Asked) -> Iterator[Block]:
    """Tell each charge once, as a charge, with those it was brought against; then who else accused them, of what."""
    by_charge: dict[str, list[Row]] = defaultdict(list)
    for case in asked.cases:
        if case.charge:
            by_charge[case.charge].append(case)
    for charge, cases in by_charge.items():
        notes = [n for case in cases for n in cited(asked.notes, case, "charge").notes]
        yield Prose(f"Accused of: {charge}", tuple(dict.fromkeys(notes)), quoted=True)
        people = dict.fromkeys(_marked(case["person.name"], case, "charge", "person") for case in cases)
        yield Prose(f"So charged: {', '.join(people)}.", tuple(dict.fromkeys(notes)))
    said = [row for row in asked.statements if row.kind == "denunciation"]
    if said:
        shown = [row for row in said if any(c["source"] and c["locator"] for c in own(row))]
        table = _spoken(asked, "Accusations", shown)
        if silent := len(said) - len(shown):
            table.notes.append(f"{silent:,} left out: whoever denounced is named with source and place only.")
        yield table
    if not by_charge and not said:
        yield Prose("No charge is quoted in this database.")
    for campaign, of_all in asked.campaigns:
        if whole := [row for row in of_all if row.kind == "denunciation" and vouched(row)]:
            yield _spoken(asked, f"Against the accused of {campaign.name} as a whole", whole)


def _marked(text: str, row: Row, *names: str) -> str:
    return f"{text} ({said})" if (said := doubt(row, *names)) else text


# ---------------------------------------------------------------- the accused


def _defendants(asked: _Asked) -> Iterator[Block]:
    """List the accused, each once, with their pleas in order; then the cases that this trial judged."""
    roles = [row for row in asked.roles if row.role == "defendant"]
    by_person: dict[str, list[Row]] = {}
    for row in in_order(asked.connection, [*roles, *asked.cases], "within", "trial", "person"):
        by_person.setdefault(row.person, [])
    for row in asked.roles:
        if row.role == "defendant":
            by_person[row.person].append(row)
    persons = _persons(asked.connection, by_person)
    ends = fates(asked.connection, list(persons.values()))
    rows = [_defendant(asked, by_person[person], persons[person], ends[person]) for person in by_person]
    remarks = [f"{row['person.name']}: {row.note}" for row in roles if row.note]
    table = Table("", ("defendant", "pleas in order", "verdict", "fate", "doubt"), rows, remarks)
    yield or_else(table, "Nobody is named as accused in it.")
    if asked.cases:
        yield Table(
            "Cases it judged",
            ("person", "arrested", "sentenced", "sentence", "outcome", "executed", "doubt"),
            [_case(asked.notes, case) for case in asked.cases],
            [f"{case['person.name']}: {case.note}" for case in asked.cases if case.note],
        )


def _persons(connection: Connection, ids: Iterable[str]) -> dict[str, Row]:
    persons = stored("persons")
    keys = select(persons.c.key).where(persons.c.id.in_(list(ids)))
    return {row.id: row for row in read(connection, "persons", keys, "name fate fates")}


def _defendant(asked: _Asked, roles: Sequence[Row], person: Row, ends: Iterable[str]) -> tuple[Any, ...]:
    name = Cited(person.name, asked.notes.cite(c for row in roles for c in _placing(row)))
    doubts = dict.fromkeys(doubt(row) for row in roles if doubt(row))
    return (
        name if roles else Cited(person.name, asked.notes.cite(c for c in person.citations if c["field"] is None)),
        _in_turn(asked, roles, "plea"),
        _in_turn(asked, roles, "verdict"),
        _fate(asked.notes, person, ends),
        "; ".join(doubts),
    )


def _placing(row: Row) -> list[Any]:
    """List the passages that say that a person was in it."""
    return [c for c in row.citations if c["value"] is None and c["field"] in (None, "within", "person", "role")]


def _in_turn(asked: _Asked, roles: Sequence[Row], name: str) -> Cited:
    """Give what several rows say of a person, one after the other as their source does."""
    cells = [cited(asked.notes, row, name, words(row[name])) for row in roles]
    said = [cell for cell in cells if cell.value]
    if not said:
        return Cited(NOT_STATED)
    return Cited(", then ".join(c.value for c in said), tuple(dict.fromkeys(n for c in said for n in c.notes)))


def _fate(notes: Notes, person: Row, ends: Iterable[str]) -> Cited:
    """Give every fate that a source gives of a person, the favoured one first; a sentence alone is none."""
    shows = [c for c in person.citations if c["field"] == "fate"]
    return Cited("; or ".join(ends) or NOT_KNOWN, notes.cite(shows))


def _case(notes: Notes, case: Row) -> tuple[Any, ...]:
    fields = ("arrested", "sentenced", "sentence", "outcome", "executed")
    shown = (cited(notes, case, name, words(case.said(name)) if name == "outcome" else None) for name in fields)
    return (cited(notes, case, "person.name"), *shown, doubt(case))


# ---------------------------------------------------------------- stated against named


def _numbers(asked: _Asked) -> Iterator[Block]:
    """Set the numbers that are stated against the people whom this database knows."""
    standing = [row for row in (*asked.roles, *asked.cases) if not left_out(row)]
    accused = [row for row in standing if row.kind_of_record == "cases" or row.role == "defendant"]
    executed = [row for row in standing if row.kind_of_record == "cases" and row.outcome == "executed"]
    rows: list[tuple[Any, ...]] = []
    figures = read(asked.connection, "figures", pointing_to(asked.connection, "trials", asked.key)["figures"], FIGURES)
    said: list[Prose] = []
    for what, field, here in (("accused", "defendants", accused), ("executed", "executed", executed)):
        people, with_name = _people(here), _people([row for row in here if row["person.named"]])
        for number in _stated(asked, field, [row for row in figures if row.measure == what]):
            lacking = number.value - people if isinstance(number.value, int) else None
            rows.append((what, number, people, with_name, lacking))
            said.append(Prose(f"{what.capitalize()}: {_difference(number.value, people)}.", number.notes))
    left = [row for row in (*asked.roles, *asked.cases) if left_out(row)]
    remarks = [f"{len(left):,} dubious or withdrawn rows are left out of these counts."] if left else []
    yield Table("", ("what", "stated", "in this database", "by name", "lacking"), rows, remarks)
    yield from said
    of = f'"{asked.row.id}"'
    for counts, question in (
        ("Roles as a defendant", f'roles within:"trials/{asked.row.id}" role:defendant'),
        ("Cases", f"cases trial:{of}"),
        ("Cases that ended in execution", f"cases trial:{of} outcome:executed"),
    ):
        yield Prose(f"{counts}: {counted(asked.connection, question).said}.")


def _people(rows: Iterable[Row]) -> int:
    """Count people: rows of persons who are judged to be one human being count once."""
    return len({frozenset((row.person, *(row["person.same_as"] or ()))) for row in rows})


def _stated(asked: _Asked, field: str, figures: Iterable[Row]) -> list[Cited]:
    """Give every number that is stated, each once with all its passages; parts of a stated number are none."""
    found: dict[int, list[int]] = defaultdict(list)
    if (own := asked.row[field]) is not None:
        found[own] += cited(asked.notes, asked.row, field).notes
    for row in figures:
        part = field == "defendants" and row.of_record
        if row.unit == "persons" and row.best is not None and not part and not left_out(row):
            found[int(row.best)] += cited(asked.notes, row, "text").notes
    return [Cited(number, tuple(dict.fromkeys(notes))) for number, notes in found.items()] or [Cited(NOT_STATED)]


def _difference(stated: Any, here: int) -> str:
    if not isinstance(stated, int):
        return f"no number is stated to set beside the {here:,} in this database"
    if stated > here:
        return f"{stated:,} stated − {here:,} in this database = {stated - here:,} whom it does not know"
    return f"{here:,}, as many as stated" if stated == here else f"{here - stated:,} more than the {stated:,} stated"


# ---------------------------------------------------------------- what was said


def _said(asked: _Asked) -> Iterator[Block]:
    said = [row for row in asked.statements if _in_it(asked, row)]
    yield or_else(_spoken(asked, "", said), "No plea and no other word spoken in it is recorded.")
    if others := [row for row in asked.elsewhere if row.kind in SAID_IN_IT]:
        yield _spoken(asked, "By its accused, of other things", others)
    theirs = {row.id for row in (*said, *asked.elsewhere)}
    for campaign, of_all in asked.campaigns:
        if whole := [row for row in of_all if _in_them(row) and row.id not in theirs]:
            yield _spoken(asked, f"In {campaign.name}; at which of them is not always said", whole)


def _in_it(asked: _Asked, row: Row) -> bool:
    """Say that a statement was made within the trial: by the accused, or of a kind that only those in it make."""
    accused = {f"persons/{r.person}" for r in asked.roles if r.role == "defendant"} | {r.person for r in asked.roles}
    accused -= {r.person for r in asked.roles if r.role in WATCHED}
    return row.kind in SAID_IN_IT or (row.speaker in accused and row.kind != "denunciation")


def _in_them(row: Row) -> bool:
    """Say that a statement was made within trials that are told of together."""
    return row.kind in SAID_IN_IT and not _on_them(row)


def _on_them(row: Row) -> bool:
    """Say that a statement is evidence on trials as such, which is given after them."""
    return row.kind == "testimony" and (row.about or "").startswith("operations/")


def _spoken(asked: _Asked, title: str, rows: Iterable[Row]) -> Table:
    """List statements: who said what, how it was obtained, and whether the source holds it true."""
    lines = [
        (
            _speaker(asked, row),
            cited(asked.notes, row, "date"),
            cited(asked.notes, row, "content", f"{words(row.kind)}: {row.content}{_answers(row)}"),
            cited(asked.notes, row, "obtained"),
            _held(row),
            doubt(row),
        )
        for row in rows
    ]
    remarks = [f"{row['speaker.name'] or 'nobody named'}, {words(row.kind)}: {row.note}" for row in rows if row.note]
    return Table(title, ("who", "when", "what", "obtained by", "held true", "doubt"), lines, remarks)


def _speaker(asked: _Asked, row: Row) -> str:
    watched = {r.person for r in asked.roles if r.role in WATCHED}
    there = (row.speaker or "").removeprefix("persons/") in watched
    return f"{row['speaker.name']} (attended)" if there else row["speaker.name"] or "nobody named"


def _answers(row: Row) -> str:
    if not row.responds_to:
        return ""
    verb = {"alleged": "alleged answer to", None: "answers"}.get(row.stance, words(row.stance))
    return f" ({verb} {row.responds_to.partition('/')[2]})"


def _held(row: Row) -> str:
    return {"yes": "by the source", "no": "not by the source", "open": "left open"}.get(row.held_true, "")


# ---------------------------------------------------------------- court and watchers


def _court(asked: _Asked) -> Iterator[Block]:
    ranked = sorted(asked.roles, key=lambda row: list(ROLE).index(row.role))
    rows = [row for row in ranked if row.role in BENCH]
    if rows:
        yield role_table(asked.notes, "", rows)
    lacking = [role for role in EXPECTED.get(asked.row.kind, BENCH[:2]) if not any(row.role == role for row in rows)]
    if lacking:
        yield Prose(f"No {' and no '.join(lacking)} is named in this database.")
    found = [row for row in asked.statements if _own_finding(asked, row)]
    if found:
        yield _spoken(asked, "Its findings, as it gave them", found)
    if asked.row.kind == INQUIRY and (steps := _steps(asked)):
        yield _rehabilitations(asked, "Steps it took towards rehabilitations", steps)
    others = [row for row in ranked if row.role not in (*BENCH, *WATCHED, "defendant")]
    if others:
        yield role_table(asked.notes, "Others who had a part in it", others)


def _own_finding(asked: _Asked, row: Row) -> bool:
    """Say that a statement is the court's own: its verdict, or whatever a commission of inquiry said."""
    own = asked.row.court is not None and (row.speaker or "").removeprefix("bodies/") == asked.row.court
    return own and (row.kind == "finding" or asked.row.kind == INQUIRY)


def _attended(asked: _Asked) -> Iterator[Block]:
    rows = [row for row in asked.roles if row.role in WATCHED]
    yield or_else(role_table(asked.notes, "", rows), "Nobody is named as having attended this trial.")
    for campaign, _ in asked.campaigns:
        roles = _attending(asked.connection, campaign)
        if roles:
            title = f"Of {campaign.name} as a whole; at which of them is not said"
            yield role_table(asked.notes, title, roles)


def _attending(connection: Connection, operation: Row) -> list[Row]:
    roles, operations = stored("roles"), stored("operations")
    within = select(operations.c.key).where(operations.c.id == operation.id)
    keys = select(roles.c.key).where(roles.c.within_operations_key.in_(within), roles.c.role.in_(WATCHED))
    return read(connection, "roles", keys, ROLES)


def _judged(asked: _Asked) -> Iterator[Block]:
    """List what observers and scholars said: of this trial, then of the trials that it was one of."""
    far = "Who is not marked as attending judged it from afar, or the source does not say."
    rows = [row for row in asked.statements if _judges(row) and not (_in_it(asked, row) or _own_finding(asked, row))]
    table = _spoken(asked, "Of this trial", rows)
    table.notes.append(far)
    yield or_else(table, "Nobody's judgement of this trial alone is recorded.")
    for campaign, said in asked.campaigns:
        whole = [row for row in said if _judges(row) or _on_them(row)]
        yield Prose(_why(campaign, asked), asked.notes.cite(own(campaign)))
        watching = _attending(asked.connection, campaign)
        yield _spoken(asked._replace(roles=watching), f"Of {campaign.name} as a whole", whole)


def _why(campaign: Row, asked: _Asked) -> str:
    if campaign.id in {case.operation for case in asked.cases}:
        return f"Its cases belong to {campaign.name} (operations/{campaign.id})."
    return f"By its name and time it is one of {campaign.name} (operations/{campaign.id})."


def _judges(row: Row) -> bool:
    return row.kind not in (*SAID_IN_IT, "denunciation", "finding")


# ---------------------------------------------------------------- later


def _found(asked: _Asked) -> Iterator[Block]:
    """List later findings of courts, commissions and historians, then the steps towards a rehabilitation."""
    here = (*asked.statements, *asked.elsewhere)
    findings = [row for row in here if row.kind == "finding" and not _own_finding(asked, row)]
    yield or_else(_spoken(asked, "Findings on this trial", findings), "No finding on this trial alone is recorded.")
    for campaign, said in asked.campaigns:
        whole = [row for row in said if row.kind == "finding" and row.id not in {one.id for one in findings}]
        if whole:
            yield _spoken(asked, f"Findings on {campaign.name} as a whole", whole)
    if asked.row.kind != INQUIRY:
        steps = _rehabilitations(asked, "Rehabilitation", _steps(asked))
        yield or_else(steps, "No step towards a rehabilitation is recorded.")


def _steps(asked: _Asked) -> list[Row]:
    """Read the steps towards a rehabilitation, by their dates: of the trial, its cases, and the accused themselves.

    Of a commission of inquiry they are those that it took.
    """
    steps, cases, persons, bodies = map(stored, ("rehabilitations", "cases", "persons", "bodies"))
    if asked.row.kind == INQUIRY:
        rule: ColumnElement[bool] = steps.c.body_key.in_(select(bodies.c.key).where(bodies.c.id == asked.row.court))
    else:
        accused = [row.person for row in asked.roles if row.role == "defendant"]
        of_nothing_else = and_(steps.c.case_key.is_(None), steps.c.trial_key.is_(None))
        of_accused = steps.c.person_key.in_(select(persons.c.key).where(persons.c.id.in_(accused)))
        of_cases = steps.c.case_key.in_(select(cases.c.key).where(cases.c.trial_key == asked.key))
        rule = or_(steps.c.trial_key == asked.key, of_cases, and_(of_nothing_else, of_accused))
    rows = read(asked.connection, "rehabilitations", select(steps.c.key).where(rule), REHABILITATIONS)
    return sorted(rows, key=lambda row: (row.date is None, (row.date and row.date.first) or 0))


def _rehabilitations(asked: _Asked, title: str, rows: Iterable[Row]) -> Table:
    lines = [
        (
            Cited(_of_whom(asked, row), cited(asked.notes, row, "stage").notes),
            words(row.stage),
            cited(asked.notes, row, "date"),
            cited(asked.notes, row, "body.name"),
            cited(asked.notes, row, "basis"),
            doubt(row),
        )
        for row in rows
    ]
    return Table(title, ("who", "step", "when", "by", "basis", "doubt"), lines)


def _of_whom(asked: _Asked, row: Row) -> str:
    if name := say(row["person.name"] or row["case.person.name"]):
        return name
    return (
        "those convicted, as a group" if row.trial == asked.row.id else f"those convicted in {say(row['trial.name'])}"
    )


def _figures(asked: _Asked) -> Iterator[Block]:
    keys = pointing_to(asked.connection, "trials", asked.key)["figures"]
    rows = in_order(asked.connection, read(asked.connection, "figures", keys, FIGURES))
    yield or_else(figure_table(asked.notes, "", rows), "No figure about it is recorded.")
