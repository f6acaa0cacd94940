"""The dossier of a person: what each source tells of one human being, side by side, and what none of them tells."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, or_, select

from terrordb import models
from terrordb.errors import BadValue
from terrordb.models import fields as f
from terrordb.querying.records import SHOWING
from terrordb.reports.attested import (
    bearing,
    carrying,
    concerned,
    doubt,
    further,
    in_order,
    marked_as,
    own,
    places,
    repeats,
    standing,
    vouched,
)
from terrordb.reports.contradictions import exclude, rivals
from terrordb.reports.evidence import STATEMENT
from terrordb.reports.finding import stored
from terrordb.reports.laying import (
    NOT_KNOWN,
    beside,
    by_record,
    claimed,
    claims_on,
    find_one,
    headings,
    listed,
    read,
    record,
    stands_apart,
    told,
    trimmed,
    value,
)
from terrordb.reports.notes import Notes
from terrordb.reports.report import Chart, Cited, Mark, Prose, Report, Section, printed
from terrordb.reports.residence import rest
from terrordb.reports.table import Table, words
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection

    from terrordb.querying.records import Citation, Row
    from terrordb.reports.report import Block

__all__ = ["person"]

Told = dict[str, dict[int, "Row"]]  # by kind and key
MOST_BESIDE = 4  # cases, or persons, that stand beside each other; more stand one beneath another
FATAL = SHOWING["fate"]  # fields of a case that tell it
LIFE = ("sex", "born", "died", "place_of_death", "nationality", "occupation", "party")
CASE = (
    *("arrested", "arresting_body", "charge", "article", "trial", "operation", "order", "sentencing_body", "sentenced"),
    *("sentence", "outcome", "executed", "place", "burial_place", "case_file"),
)
HANGING = ("person_names", "cases", "roles")  # what points to its person by `person` alone
MARKS = "status hedge concerns note"
NAME = headings(f"name=text kind script language {MARKS}")
OFFICE = headings(f"body=within role office from=begun to=ended {MARKS}")
TRIAL = headings(f"trial=within role office from=begun to=ended plea verdict {MARKS}")
ROLE = headings(f"in=within role office from=begun to=ended {MARKS}")
RELATION = headings(f"who=person is_the=relation of=other from=begun to=ended {MARKS}")
STEP = headings(f"stage date by=body scope basis case trial {MARKS}")
ORDER = headings(f"order=name date issued_by signed_by summary {MARKS}")
FIGURE = headings(f"measure number=text of_what=what period stance {MARKS}")
JUDGEMENT = headings(f"one=record other verdict by date why taken_back {MARKS}")
NOWHERE = float("inf")
SEMICOLON = "; "


class _Life(NamedTuple):
    """All that was read of a person: the row, what points to it, and the claims on any of these."""

    connection: Connection
    key: int
    row: Row
    told: Told
    claims: dict[str, list[Row]]  # by the record they speak of
    full: bool

    def rows(self, kind: str) -> list[Row]:
        """List the rows of a kind, in time, then by id."""
        return sorted(self.told[kind].values(), key=lambda row: (_when(row), row.id))

    def within(self, *kinds: str) -> list[Row]:
        """List the roles in records of some kinds."""
        return [role for role in self.rows("roles") if role.within.partition("/")[0] in kinds]

    def every(self) -> Iterator[Row]:
        """Give the person's row and all that points to it."""
        yield self.row
        for kind in self.told:
            if kind != "claims":
                yield from self.rows(kind)


def person(connection: Connection, named: str, *, full: bool = False) -> Report:
    """Tell the life, the cases and the fate of a person, with what is contested and what is not known.

    Residences are printed to the district unless `full`.
    """
    _, key = find_one(connection, "persons", named)
    (row,) = read(connection, "persons", [key])
    notes = Notes(connection)
    return Report(
        "person", row.name, _sections(connection, key, row, notes, full), notes, {"person": row.id, "full": full}
    )


# ---------------------------------------------------------------- reading


def _read(connection: Connection, key: int, row: Row, full: bool) -> _Life:
    """Read all that points to a person: one reading a kind."""
    found: Told = {}
    for kind in HANGING:
        found[kind] = _rows(connection, kind, stored(kind).c.person_key == key)
    for kind, rule in _pointing(key, found).items():
        found[kind] = _rows(connection, kind, rule)
    found["claims"] = claims_on(connection, "persons", [key])
    for kind in [kind for kind in found if kind != "claims"]:
        if found[kind]:
            found["claims"] |= claims_on(connection, kind, list(found[kind]))
    return _Life(connection, key, row, found, by_record(found["claims"].values()), full)


def _rows(connection: Connection, kind: str, rule: ColumnElement[bool]) -> dict[int, Row]:
    table = stored(kind)
    keys = list(connection.scalars(select(table.c.key).where(rule).order_by(table.c.key)))
    return dict(zip(keys, read(connection, kind, keys), strict=True))


def _pointing(key: int, found: Told) -> dict[str, ColumnElement[bool]]:
    """Say which rows of other kinds tell of a person, or of what hangs on one."""
    relations, steps, orders, figures = (stored(k) for k in ("relations", "rehabilitations", "orders", "figures"))
    statements, judgements = stored("statements"), stored("judgements")
    cases, roles = list(found["cases"]), list(found["roles"])
    own_case, own_role = stored("cases"), stored("roles")
    tried = or_(
        steps.c.trial_key.in_(select(own_case.c.trial_key).where(own_case.c.person_key == key)),
        steps.c.trial_key.in_(
            select(own_role.c.within_trials_key).where(own_role.c.person_key == key, own_role.c.role == "defendant")
        ),
    )
    group = and_(steps.c.person_key.is_(None), steps.c.case_key.is_(None), tried)
    about = [
        and_(statements.c.about_kind == kind, statements.c.about_key.in_(keys))
        for kind, keys in (("persons", [key]), ("cases", cases), ("roles", roles))
    ]
    spoken = (statements.c.speaker_persons_key == key, statements.c.addressee_persons_key == key)
    judged = [
        and_(judgements.c[f"{end}_kind"] == kind, judgements.c[f"{end}_key"].in_(keys))
        for end in ("record", "other")
        for kind, keys in (("persons", [key]), ("cases", cases))
    ]
    return {
        "relations": or_(relations.c.person_key == key, relations.c.other_key == key),
        "rehabilitations": or_(steps.c.person_key == key, steps.c.case_key.in_(cases), group),
        "orders": or_(orders.c.issued_by_persons_key == key, orders.c.signed_by_key == key),
        "figures": figures.c.claimed_by_persons_key == key,
        "statements": or_(*spoken, *about),
        "judgements": or_(*judged),
    }


def _dates(row: Row) -> Iterator[tuple[str, HistoricalDate]]:
    """Give the dates of a record that are not missing."""
    for name, field in models.kind(row.kind_of_record).fields.items():
        if isinstance(field, f.DateField) and row[name] is not None:
            yield name, row[name]


def _when(row: Row) -> float:
    """Give the first day of the first date of a record; what has none comes last."""
    days = (day.earliest or day.latest for _, day in _dates(row))
    return min((day.toordinal() for day in days if day is not None), default=NOWHERE)


# ---------------------------------------------------------------- the sections


def _sections(connection: Connection, key: int, row: Row, notes: Notes, full: bool) -> Iterator[Section]:
    life = _read(connection, key, row, full)
    for title, tell in SECTIONS.items():
        if blocks := [block for block in tell(life, notes) if not isinstance(block, Table) or block.rows]:
            yield Section(title, blocks)


def _lead(life: _Life, notes: Notes) -> Iterator[Block]:
    """Say in a few sentences who this is, when he or she lived, and what became of him or her."""
    row = life.row
    text = f"{row.name}{f': {row.occupation}' if row.occupation else ''}."
    if not row.named:
        text += " The source does not name this person; what stands in brackets is our description."
    cited = own(row, "occupation")
    for name in ("born", "died", "place_of_death"):
        said, passages = _said(life, name)
        if said or name != "place_of_death":
            text += f" {words(name).capitalize()}: {said or NOT_KNOWN}."
        cited += passages
    if row.parts:
        text += f" Part in what is told here: {', '.join(value(row, 'parts'))}."
    if why := doubt(row):
        text += f" This record is marked: {why}{f'. {row.note}' if row.note else ''}."
    yield Prose(text, notes.cite(cited))
    yield from (Prose(said, notes.cite(cited)) for said, cited in _fate(life))


def _said(life: _Life, name: str) -> tuple[str, list[Citation]]:
    """Say a value of the life with what claims give beside it; of a death, also the day a case gives an execution."""
    row = life.row
    found = [] if (ours := value(row, name)) is None else [str(ours)]
    cited = further(row, name)
    for claim in life.claims.get(record(row), ()):
        if claim.field == name and claim.value and claim.status != "withdrawn":
            found.append(f"{claim.value} by a claim{f' ({why})' if (why := doubt(claim)) else ''}")
            cited += claim.citations
    if name == "died" and not found:
        for case in life.rows("cases"):
            if case.executed is not None and case.status != "withdrawn":
                found.append(
                    f"executed {case.executed} by {case.id}{f' ({why})' if (why := doubt(case, 'executed')) else ''}"
                )
                cited += carrying(case, "executed")
    return "; ".join(found), cited


def _fate(life: _Life) -> Iterator[tuple[str, list[Citation]]]:
    """Say each fate that a row gives, who says so, and how surely; the favoured one first."""
    shown = _fates(life)
    if not shown:
        yield _no_fate(life)
    for n, fate in enumerate(life.row.fates):
        rows = [(shows, passages) for value_, shows, passages in shown if value_ == fate]
        cited = [c for _, passages in rows for c in passages]
        why = dict.fromkeys(said for shows, _ in rows if (said := doubt(shows, *FATAL)))
        told_as = "Fate" if not n else "Another reading of the fate"
        means = models.kind("persons").fields["fate"].vocabulary[fate]
        said = f"{told_as}: {words(fate)} ({means}), worked out from {', '.join(places(cited))}."
        yield f"{said}{f' Marked: {SEMICOLON.join(why)}.' if why else ''}", cited


def _no_fate(life: _Life) -> tuple[str, list[Citation]]:
    """Say that no fate is known, and what is told of cases whose end is not."""
    cases = [case for case in life.rows("cases") if case.status != "withdrawn"]
    text = "Fate: not known. No row here tells what became of this person."
    if cases:
        text = "Fate: not known. Of what came of the case nothing is told"
        if len(cases) > 1:
            text = f"Fate: not known. Of what came of the {len(cases):,} cases nothing is told"
        notes = "; ".join(f"{case.id}: {case.note.rstrip('.')}" for case in cases if case.note)
        text += f" ({notes})." if notes else "."
    return text, [c for case in cases for c in own(case)]


def _fates(life: _Life) -> list[tuple[str, Row, list[Citation]]]:
    """List the fates that rows give, each with the row that does and the passages that carry it."""
    found: dict[tuple[str, str, int], list[Citation]] = {}
    for citation in life.row.citations:
        if citation["field"] == "fate" and (by := citation.shown or citation.by) is not None:
            found.setdefault((citation["value"] or life.row.fate, *by), []).append(citation)
    rows = [(fate, life.told.get(kind, {}).get(key), c) for (fate, kind, key), c in found.items()]
    return sorted(
        ((fate, shows, c) for fate, shows, c in rows if shows is not None),
        key=lambda one: life.row.fates.index(one[0]),
    )


def _standing(row: Row, name: str) -> tuple[str, str | None]:
    """Give status and hedge of one field, for reading; what concerns the whole record is told in the lead."""
    status, hedge = standing(row, name)
    return words(status), hedge


def _names(life: _Life, notes: Notes) -> Iterator[Block]:
    """List the spellings: that of the person's row first, then the further ones."""
    row = life.row
    lines = [[Cited(row.name, notes.cite(own(row, "name"))), "on this record", *[None] * 2]]
    lines[0] += [*_standing(row, "name"), None, None]
    for claim in life.claims.get(record(row), ()):
        if claim.field == "name" and stands_apart(row, claim):
            cell = Cited(claim.value or row.name, notes.cite(claim.citations))
            lines.append([cell, "as written", None, None, words(claim.status), claim.hedge, None, claim.note])
    further_names = listed("", life.rows("person_names"), NAME, life.claims, notes)
    for line in further_names.rows:
        by_heading = dict(zip(further_names.columns, line, strict=True))
        lines.append([by_heading.get(heading) for heading in NAME])
    yield trimmed("", list(NAME), lines, ("name", "kind", "status"))


def _life_told(life: _Life, notes: Notes) -> Iterator[Block]:
    """List what is recorded of the life, each value with the claims on it."""
    row, claims = life.row, life.claims.get(record(life.row), ())
    lines: list[list[Any]] = []
    for name in LIFE:
        if (said := value(row, name)) is not None:
            cited = notes.cite(carrying(row, name))
            lines.append([words(name), Cited(said, cited), *_standing(row, name), None])
        for claim in claims:
            if claim.field == name and stands_apart(row, claim):
                other = claimed("persons", claim)
                cell = Cited(said if other is None else other, notes.cite(claim.citations))
                lines.append([words(name), cell, words(claim.status), claim.hedge, claim.note])
    for fate, shows, passages in _fates(life):
        cell = Cited(words(fate), notes.cite(passages))
        status, hedge = bearing(shows, *FATAL)
        lines.append(["fate", cell, words(status), hedge, record(shows)])
    yield trimmed("", ("field", "value", "status", "hedge", "note"), lines, ("field", "value", "status"))


def _cases(life: _Life, notes: Notes) -> Iterator[Block]:
    """Lay the cases side by side; where they are many, one beneath another.  Charges are quoted as charges."""
    yield from _laid(life.rows("cases"), life, notes, ("person",))


def _laid(rows: Sequence[Row], life: _Life, notes: Notes, without: Iterable[str] = ()) -> Iterator[Block]:
    if 0 < len(rows) <= MOST_BESIDE:
        yield beside("", rows, life.claims, notes, without)
    elif rows:
        yield from (beside(row.id, [row], life.claims, notes, without) for row in rows)


def _offices(life: _Life, notes: Notes) -> Iterator[Block]:
    yield listed("", life.within("bodies"), OFFICE, life.claims, notes)


def _trials(life: _Life, notes: Notes) -> Iterator[Block]:
    yield listed("", life.within("trials"), TRIAL, life.claims, notes)


def _other_roles(life: _Life, notes: Notes) -> Iterator[Block]:
    yield listed("", life.within("orders", "events", "operations"), ROLE, life.claims, notes)
    yield listed("Orders issued or signed", life.rows("orders"), ORDER, life.claims, notes)
    yield listed("Numbers claimed", life.rows("figures"), FIGURE, life.claims, notes)


def _relations(life: _Life, notes: Notes) -> Iterator[Block]:
    yield listed("", life.rows("relations"), RELATION, life.claims, notes)


def _rehabilitations(life: _Life, notes: Notes) -> Iterator[Block]:
    """List the steps towards a rehabilitation: of the person, and of the group tried in one trial."""
    steps = life.rows("rehabilitations")
    if not steps:
        yield Prose("No row here tells of a rehabilitation, granted or refused: not known.")
    own_steps = [step for step in steps if step.person or step.case]
    yield listed("", own_steps, STEP, life.claims, notes)
    group = [step for step in steps if not (step.person or step.case)]
    if group:
        yield Prose("Of those convicted in the same trial as a group; that this person was among them is not said.")
        yield listed("", group, STEP, life.claims, notes)


def _statements(life: _Life, notes: Notes) -> Iterator[Block]:
    """List what the person said, then what was said to and about him or her, with how it was obtained."""
    table, own_words = stored("statements"), life.told["statements"]
    said = set(life.connection.scalars(select(table.c.key).where(table.c.speaker_persons_key == life.key)))
    by = [own_words[key] for key in said & own_words.keys()]
    every = in_order(life.connection, list(own_words.values()))
    own_columns = {heading: name for heading, name in STATEMENT.items() if name != "speaker"}
    yield listed("By this person", [row for row in every if row in by], own_columns, life.claims, notes)
    yield listed("About or to this person", [row for row in every if row not in by], STATEMENT, life.claims, notes)


# ---------------------------------------------------------------- in time


def _timeline(life: _Life, notes: Notes) -> Iterator[Block]:
    """Draw each dated fact as one mark: an uncertain date as its interval, an end that is open as open."""
    found = sorted(_marks(life, notes), key=lambda mark: (_first(mark), mark.label))
    if found:
        number = f"{len(found):,} dated fact{'' if len(found) == 1 else 's'}"
        first, last = found[0], max(found, key=_last)
        described = f"{number}: {first.label} ({first.said})"
        described += f" to {last.label} ({last.said})." if last is not first else "."
        yield Chart("Dated facts", "date", found, described, scale="day")


def _first(mark: Mark) -> float:
    return next((end for end in (mark.low, mark.best, mark.high) if end is not None), NOWHERE)


def _last(mark: Mark) -> float:
    return next((end for end in (mark.high, mark.best, mark.low) if end is not None), -NOWHERE)


def _marks(life: _Life, notes: Notes) -> Iterator[Mark]:
    """Mark the dates of all rows that may be shown, those that claims give, and those of what roles were in."""
    for row in (row for row in life.every() if row.kind_of_record != "judgements" and vouched(row)):
        for name, day in _dates(row):
            yield _mark(_label(row, name), day, row, name, notes.cite(own(row, name)))
        for claim in life.claims.get(record(row), ()):
            field = models.kind(row.kind_of_record).fields.get(claim.field or "")
            if claim.value and isinstance(field, f.DateField):
                try:
                    day = HistoricalDate.parse(claim.value)
                except BadValue:
                    continue  # told in words where it stands
                called = f"{_label(row, field.name)}, another reading"
                yield _mark(called, day, claim, "value", notes.cite(claim.citations))
    yield from _happenings(life, notes)


def _happenings(life: _Life, notes: Notes) -> Iterator[Mark]:
    """Mark the dates of the trials, orders and events in which the person had a role."""
    ids: dict[str, set[str]] = {}
    for kind, named in (
        role.within.split("/", 1) for role in life.within("trials", "orders", "events") if vouched(role)
    ):
        ids.setdefault(kind, set()).add(named)
    for kind, some in ids.items():
        for row in _rows(life.connection, kind, stored(kind).c.id.in_(some)).values():
            for name, day in _dates(row):
                label = row.name if name == "date" else f"{row.name}: {name}"
                yield _mark(label, day, row, name, notes.cite(own(row, name)))


def _label(row: Row, name: str) -> str:
    """Say what happened on a date: its field, and the words by which its row is known."""
    kind = row.kind_of_record
    if kind in ("persons", "cases"):
        return words(name)
    known = {
        "roles": ("role", "within"),
        "relations": ("person", "relation", "other"),
        "statements": ("kind", "speaker"),
    }
    if kind == "rehabilitations":
        of = "" if row.person or row.case else f", of those tried in {value(row, 'trial')}"
        return f"rehabilitation {row.stage}{of}"
    said = ", ".join(str(one) for part in known.get(kind, ()) if (one := value(row, part)) is not None) or told(row)
    return said if name in ("date", "period") else f"{said}: {words(name)}"


def _mark(label: str, day: HistoricalDate, row: Row, name: str, cited: tuple[int, ...]) -> Mark:
    low, high = (None if end is None else end.toordinal() for end in (day.earliest, day.latest))
    by = "; ".join(dict.fromkeys(c["source"] for c in own(row)))
    best = low if low == high else None
    low, high = (None, None) if best is not None else (low, high)
    return Mark(label, low, best, high, str(day), by, row.kind_of_record, doubt(row, name), notes=cited)


# ---------------------------------------------------------------- what is in doubt


def _contested(life: _Life, notes: Notes) -> Iterator[Block]:
    """List the claims that stand against what is told, and the rows that are marked."""
    ties = rivals(life.connection)
    lines: list[list[Any]] = []
    for row in life.every():
        if not vouched(row):
            continue
        if marked_as(row):
            near = sorted(ties[record(row)] - {record(claim) for claim in life.claims.get(record(row), ())})
            of = concerned(row, "status")
            says = "; ".join(printed(value(row, name)) for name in of) if of else told(row)
            said = Cited(says, notes.cite(own(row, *of)))
            named = ", ".join(map(words, of)) or None
            lines.append([record(row), named, said, near or None, words(row.status), row.hedge, row.note])
        for claim in life.claims.get(record(row), ()):
            if repeats(row, claim):
                continue
            field = models.kind(row.kind_of_record).fields.get(claim.field or "")
            ours = None if field is None else value(row, field.name)
            against = field is not None and claim.value and exclude(field, row.said(field.name), claim.value)
            if against or marked_as(claim):
                other = claimed(row.kind_of_record, claim)
                cell = Cited(ours if other is None else other, notes.cite(claim.citations))
                field_of = words(claim.field) or None
                beside_it = ours if other is not None else None
                lines.append([record(row), field_of, cell, beside_it, words(claim.status), claim.hedge, claim.note])
    if not lines:
        yield Prose("Nothing that is told here is marked as contested, dubious, or in need of a citation.")
    columns = ("record", "field", "says", "stands beside", "status", "hedge", "note")
    yield trimmed("", columns, lines, ("record", "says", "status"))


def _not_known(life: _Life, notes: Notes) -> Iterator[Block]:
    """Name the fields that nothing tells, then what a source says that it does not know."""
    lines = [
        ["the person", _missing(life, life.row, (*LIFE, "fate"))],
        *([case.id, _missing(life, case, CASE)] for case in life.rows("cases")),
    ]
    yield Table("", ("record", "no value"), [line for line in lines if line[1]])
    if not life.told["cases"]:
        yield Prose("No case is recorded: no arrest, charge or sentence is told here.")
    for case in life.rows("cases"):
        if case.sentence_kind == "vmn" and case.outcome is None:
            text = f"{case.id}: a sentence to death is told; whether it was carried out is not known."
            yield Prose(text, notes.cite(own(case, "sentence")))
    said = [
        [record(row), words(name), Cited(value(row, name), notes.cite(own(row, name)))]
        for row in life.every()
        if vouched(row)
        for name, field in models.kind(row.kind_of_record).fields.items()
        if "unknown" in field.vocabulary and not field.computed and row[name] == "unknown"
    ]
    said += [
        [claim.record, claim.field, Cited("unknown", notes.cite(claim.citations))]
        for claims in life.claims.values()
        for claim in claims
        if claim.value == "unknown" and claim.status != "withdrawn"
    ]
    yield Table("What the source says it does not know", ("record", "field", "said"), said)


def _missing(life: _Life, row: Row, names: Iterable[str]) -> list[str]:
    """Name the fields of a record that neither it nor a claim on it fills."""
    claims = (claim for claim in life.claims.get(record(row), ()) if claim.value and claim.status != "withdrawn")
    claimed_of = {claim.field for claim in claims}
    return [words(name) for name in names if row[name] in (None, "") and name not in claimed_of]


# ---------------------------------------------------------------- beyond the record


def _judged(life: _Life, notes: Notes) -> Iterator[Block]:
    """Say with whom the person, or a case, was judged one or not one, and lay the records side by side."""
    judgements = life.rows("judgements")
    if not judgements:
        yield Prose("Nobody has judged this record to be of one person with another, or not to be.")
        return
    yield listed("", judgements, JUDGEMENT, life.claims, notes)
    if not life.row.same_as:
        return
    persons = _rows(life.connection, "persons", stored("persons").c.id.in_(life.row.same_as))
    others = sorted(persons.values(), key=lambda row: row.id)
    yield Prose("Judged to be the same person. The records stay apart, and are only laid side by side.")
    yield from _laid([life.row, *others], life, notes)
    cases = _rows(life.connection, "cases", stored("cases").c.person_key.in_(list(persons)))
    if cases:
        yield Prose("The cases of all of them:")
        every = sorted([*life.rows("cases"), *cases.values()], key=lambda row: (_when(row), row.id))
        yield from _laid(every, life, notes)


def _rest(life: _Life, notes: Notes) -> Iterator[Block]:
    """Give the cells of a list's rows that no field took, as the list has them."""
    lines: list[list[Any]] = []
    for kind, rows in (("persons", {life.key: life.row}), ("cases", life.told["cases"])):
        for key, heading, cell in rest(life.connection, kind, list(rows), full=life.full):
            lines.append([rows[key].id, heading, Cited(cell, notes.cite(own(rows[key])))])
    yield Table("", ("record", "heading", "cell"), lines)


SECTIONS: Mapping[str, Callable[[_Life, Notes], Iterator[Block]]] = {
    "": _lead,
    "Names": _names,
    "Life": _life_told,
    "Cases": _cases,
    "Offices": _offices,
    "In trials": _trials,
    "In orders, events and operations": _other_roles,
    "Relations": _relations,
    "Rehabilitation": _rehabilitations,
    "Statements": _statements,
    "Dates": _timeline,
    "What is contested": _contested,
    "What is not known": _not_known,
    "Judged the same": _judged,
    "As the list has it": _rest,
}
