"""Who shared with a person what was done to both: the protocol, the page, the trial, the file, the day, the grave."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, and_, case, func, literal, or_, select

from terrordb.querying import deciding
from terrordb.querying.deciding import Counts
from terrordb.querying.judging import heads, judged
from terrordb.querying.records import Row, records
from terrordb.reports.attested import doubt, own, places
from terrordb.reports.counting import Counted, counted
from terrordb.reports.finding import stored
from terrordb.reports.laying import find_one, read
from terrordb.reports.notes import Notes
from terrordb.reports.report import Cited, Prose, Report, Section
from terrordb.reports.table import Table, words
from terrordb.reports.telling import BATCH, Telling, Told, day_of, every, exact, known, remarks, told
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from sqlalchemy import CTE, Connection

__all__ = ["together"]

# How surely two share something; of what is told so widely that it would be possible of thousands no names are given.
WIDE, POSSIBLE, CERTAIN = 0, 1, 2
NOTED = 20_000  # others in one section, above which passages stand in a column: notes of each would fill the memory
HOW = {POSSIBLE: "possible", CERTAIN: "certain"}
CASE = ("sentenced", "sentencing_body.name", "order.name", "trial.name", "case_file", "executed", "place.name")
OWN = ("id", *CASE, "burial_place.name", "status", "hedge", "citations")
Rule = ColumnElement[bool]


class Person(NamedTuple):
    """The records of one person, as judged, and the rows of its cases."""

    connection: Connection
    keys: list[int]
    cases: Sequence[Any]
    dubious: bool

    def counts(self, *tables: FromClause) -> list[Rule]:
        """Ask for rows that count."""
        return [deciding.counted(table, dubious=self.dubious) for table in tables]


class Bond(NamedTuple):
    """One thing that persons may share: what tells of it, none where it is not told of this person."""

    title: str
    lacking: str
    tellings: list[Telling]


def together(connection: Connection, named: str, *, dubious: bool = False) -> Report:
    """Find who shared with a person the protocol, list page, trial, case file, day and place of execution, or grave."""
    _, key = find_one(connection, "persons", named)
    tied = heads(connection, "persons")
    keys = [key, *sorted(k for k, head in tied.items() if head == tied.get(key) and k != key)]
    rows = read(connection, "persons", keys, "name")
    notes = Notes(connection)
    asked = {"named": named, "dubious": dubious}
    sections = _sections(connection, keys, rows, notes, dubious=dubious)
    return Report("together", f"Together with {rows[0].name}", sections, notes, asked)


def _sections(
    connection: Connection, keys: list[int], rows: Sequence[Row], notes: Notes, *, dubious: bool
) -> Iterator[Section]:
    person = _person(connection, keys, dubious=dubious)
    yield Section("", _about(person, rows, notes))
    bonds = _bonds(person)
    everything = _bonds(_person(connection, keys, dubious=True))
    for bond, whole in zip(bonds, everything, strict=True):
        if bond.tellings:
            yield Section(bond.title, _blocks(person, bond, whole, notes))
    if lacking := [Prose(bond.lacking) for bond in bonds if not bond.tellings]:
        yield Section("What is not told of this person", lacking)


def _person(connection: Connection, keys: list[int], *, dubious: bool) -> Person:
    cases = stored("cases")
    chosen = select(cases).where(cases.c.person_key.in_(keys), deciding.counted(cases, dubious=dubious))
    return Person(connection, keys, connection.execute(chosen.order_by(cases.c.key)).mappings().all(), dubious)


def _about(person: Person, rows: Sequence[Row], notes: Notes) -> Iterator[Prose | Table]:
    """Tell what is known of the person's cases: on it the bonds rest."""
    first, *others = rows
    doubted = doubt(first)
    said = f"{first.name} (persons/{first.id}){f'; {doubted}' if doubted else ''}"
    if others:
        said += f"; one person, as judged, with {', '.join(f'persons/{row.id}' for row in others)}"
    yield Prose(f"{said}.", notes.cite(own(first, "name")))
    if not person.cases:
        yield Prose(
            "No case is told of this person, or only one that is dubious; what follows may rest on roles and lists."
        )
        return
    lines = []
    for row in records(person.connection, "cases", [one["key"] for one in person.cases], OWN):
        marked = doubt(row)
        fields = [(field, said) for field in OWN[1:-3] if (said := row.said(field))]
        for field, said in fields or [("", "neither day, place, trial nor file is told")]:
            cited = Cited(said, notes.cite(own(row, field)))
            lines.append((row.id, words(field.removesuffix(".name")), cited, marked))
    yield Table("What is told of the case", ("case", "field", "value", "remarks"), lines)


# ---------------------------------------------------------------- the bonds


def _bonds(person: Person) -> list[Bond]:
    return [_protocol(person), _page(person), _trial(person), _file(person), _execution(person), _burial(person)]


def _protocol(person: Person) -> Bond:
    """Find who was sentenced by the same body, or under the same order, on the same day; or stands on the same list."""
    cases, roles, orders = map(stored, ("cases", "roles", "orders"))
    tellings = []
    for one in person.cases:
        pairs = [(cases.c[column], one[column]) for column in ("sentencing_body_key", "order_key")]
        same = [and_(column.is_not(None), column == key) for column, key in pairs if key is not None]
        if same and (day := _same_day(cases, "sentenced", one)) is not None:
            rules = (*person.counts(cases), or_(*same), day[0])
            fields = ("sentenced", "sentencing_body.name", "order.name")
            tellings.append(Telling("cases", cases, cases.c.person_key, day[1], rules, fields))
    mine = and_(roles.c.person_key.in_(person.keys), roles.c.role == "listed", *person.counts(roles))
    of_roles = person.connection.scalars(select(roles.c.within_orders_key).where(mine))
    named = {*of_roles, *(one["order_key"] for one in person.cases)} - {None}
    lists = select(orders.c.key).where(orders.c.key.in_(named), orders.c.kind == "list")
    if named and (keys := list(person.connection.scalars(lists))):
        listed = (*person.counts(roles), roles.c.role == "listed", roles.c.within_orders_key.in_(keys))
        under = (*person.counts(cases), cases.c.order_key.in_(keys))
        tellings += [
            Telling("roles", roles, roles.c.person_key, literal(CERTAIN), listed, ("within.name",)),
            Telling("cases", cases, cases.c.person_key, literal(CERTAIN), under, ("order.name",)),
        ]
    return Bond(
        "The protocol", "The protocol: no day of a sentence by a body or under an order, and no list.", tellings
    )


def _page(person: Person) -> Bond:
    """Find who stands at the same place of the same list."""
    persons, cases, sources = map(stored, ("persons", "cases", "sources"))
    lists = select(sources.c.key).where(sources.c.kind == "list")
    pages = set()
    for table, key in ((persons, persons.c.key), (cases, cases.c.person_key)):
        on_list = (
            key.in_(person.keys),
            table.c.locator.is_not(None),
            table.c.source_key.in_(lists),
            *person.counts(table),
        )
        pages |= set(map(tuple, person.connection.execute(select(table.c.source_key, table.c.locator).where(*on_list))))
    tellings = [
        Telling(
            table.name,
            table,
            key,
            literal(CERTAIN),
            (*person.counts(table), table.c.source_key == source, table.c.locator == locator),
            ("source", "locator"),
        )
        for source, locator in sorted(pages)
        for table, key in ((persons, persons.c.key), (cases, cases.c.person_key))
    ]
    return Bond("The page of a list", "The page of a list: none.", tellings)


def _trial(person: Person) -> Bond:
    cases, roles = stored("cases"), stored("roles")
    accused = (roles.c.role == "defendant", roles.c.within_trials_key.is_not(None), *person.counts(roles))
    mine = person.connection.scalars(
        select(roles.c.within_trials_key).where(roles.c.person_key.in_(person.keys), *accused)
    )
    trials = sorted({*mine, *(one["trial_key"] for one in person.cases if one["trial_key"] is not None)})
    tellings = [
        Telling(
            "cases",
            cases,
            cases.c.person_key,
            literal(CERTAIN),
            (*person.counts(cases), cases.c.trial_key.in_(trials)),
            ("trial.name",),
        ),
        Telling(
            "roles",
            roles,
            roles.c.person_key,
            literal(CERTAIN),
            (*accused, roles.c.within_trials_key.in_(trials)),
            ("within.name",),
        ),
    ]
    return Bond("The trial", "The trial: none.", tellings if trials else [])


def _file(person: Person) -> Bond:
    """Find whose file has the same number; in another source the number alone may be another archive's."""
    cases, persons = stored("cases"), stored("persons")
    tables = cases.join(persons, persons.c.key == cases.c.person_key)
    source = func.coalesce(cases.c.source_key, persons.c.source_key)
    lent = dict(
        map(
            tuple,
            person.connection.execute(
                select(persons.c.key, persons.c.source_key).where(persons.c.key.in_(person.keys))
            ),
        )
    )
    tellings = []
    for one in person.cases:
        if one["case_file"] is not None:
            own_source = one["source_key"] if one["source_key"] is not None else lent[one["person_key"]]
            sure = case((source == own_source, CERTAIN), else_=POSSIBLE)
            rules = (*person.counts(cases), cases.c.case_file == one["case_file"])
            tellings.append(Telling("cases", tables, cases.c.person_key, sure, rules, ("case_file",)))
    return Bond("The case file", "The case file: no number.", tellings)


def _execution(person: Person) -> Bond:
    """Find who was executed on the same day at the same place; a place that is not told, or wider, may be the same."""
    cases = stored("cases")
    tellings = []
    for one in person.cases:
        if (day := _same_day(cases, "executed", one)) is None:
            continue
        place, rules = one["place_key"], [*person.counts(cases), day[0]]
        least = case((day[1] == WIDE, WIDE), else_=POSSIBLE)
        value: ColumnElement[Any] = least
        if place is not None:
            rules.append(or_(cases.c.place_key.is_(None), cases.c.place_key.in_(_around(person.connection, place))))
            value = case((func.coalesce(cases.c.place_key == place, False), day[1]), else_=least)
        tellings.append(Telling("cases", cases, cases.c.person_key, value, tuple(rules), ("executed", "place.name")))
    return Bond("The day and place of execution", "The day of execution: no date.", tellings)


def _burial(person: Person) -> Bond:
    cases = stored("cases")
    grounds = sorted({one["burial_place_key"] for one in person.cases} - {None})
    rules = (*person.counts(cases), cases.c.burial_place_key.in_(grounds))
    telling = Telling("cases", cases, cases.c.person_key, literal(CERTAIN), rules, ("burial_place.name",))
    return Bond("The burial ground", "The burial ground: none.", [telling] if grounds else [])


def _same_day(table: FromClause, field: str, one: Any) -> tuple[Rule, ColumnElement[Any]] | None:
    """Ask for dates that may be the same day as one, and weigh them: within a month of each other they are told."""
    edtf, first, last = (one[f"{field}_{part}"] for part in ("edtf", "earliest", "latest"))
    if first is None and last is None:
        return None
    early, late = table.c[f"{field}_earliest"], table.c[f"{field}_latest"]
    rules = [known(table, field)]
    rules += [] if last is None else [or_(early.is_(None), early <= last)]
    rules += [] if first is None else [or_(late.is_(None), late >= first)]
    if first is None or last is None or first // 100 != last // 100:
        return and_(*rules), literal(WIDE)
    near = early // 100 == late // 100
    weighed: list[tuple[Rule, int]] = [(near, POSSIBLE)]
    if (day := exact(HistoricalDate.stored(None, edtf, first, last))) is not None:
        weighed.insert(0, (day_of(table, field) == day, CERTAIN))
    return and_(*rules), case(*weighed, else_=WIDE)


def _around(connection: Connection, place: int) -> list[int]:
    """List a place, the places it lies in, and those that lie in it."""
    places = stored("places")
    found = {place}
    for here, there in ((places.c.key, places.c.parent_key), (places.c.parent_key, places.c.key)):
        further = [place]
        while further:
            led = set(connection.scalars(select(there).where(here.in_(further), there.is_not(None))))
            further = sorted(led - found)
            found |= led
    return sorted(found)


# ---------------------------------------------------------------- who shares them


def _blocks(person: Person, bond: Bond, whole: Bond, notes: Notes) -> Iterator[Prose | Table]:
    others = _others(person, bond.tellings)
    by_value = _numbers(person, others)
    certain, possible = by_value[CERTAIN], by_value[CERTAIN] + by_value[POSSIBLE]
    left_out = sum(
        _numbers(person._replace(dubious=True), _others(person._replace(dubious=True), whole.tellings)).values()
    )
    of = counted(person.connection, "persons", dubious=person.dubious).counts.of
    counts = Counts(certain, possible, 0, of, left_out - sum(by_value.values()))
    rule = stored("persons").c.key.in_(select(others.c.person).where(others.c.value >= POSSIBLE))
    people = judged(person.connection, "persons", rule, dubious=person.dubious)
    yield Prose(f"Shared with {Counted('persons', counts, people).said}.")
    if by_value[WIDE]:
        yield Prose(
            f"For {by_value[WIDE]:,} more it is possible, since a day is told only as more than a month; "
            "they are not named here."
        )
    if possible:
        noted = possible <= NOTED
        columns = ("name", "id", "shared", "how sure", "remarks", *(() if noted else ("source",)))
        yield Table("", columns, _lines(person, bond.tellings, others, notes if noted else None))


def _others(person: Person, tellings: Iterable[Telling]) -> CTE:
    """Select the other persons of whom the same is told, each once, and how surely."""
    one = every(tellings).subquery("told")
    chosen = select(one.c.person, func.max(one.c.value).label("value")).where(one.c.person.not_in(person.keys))
    return chosen.group_by(one.c.person).cte()


def _numbers(person: Person, others: CTE) -> dict[int, int]:
    persons = stored("persons")
    chosen = select(others.c.value, func.count()).join(persons, persons.c.key == others.c.person)
    chosen = chosen.where(*person.counts(persons)).group_by(others.c.value)
    return {WIDE: 0, POSSIBLE: 0, CERTAIN: 0} | {int(row[0]): int(row[1]) for row in person.connection.execute(chosen)}


def _lines(person: Person, tellings: Sequence[Telling], others: CTE, notes: Notes | None) -> Iterator[tuple[Any, ...]]:
    """Name the others, the certain first, a batch at a time."""
    persons = stored("persons")
    chosen = select(persons.c.key, others.c.value).join(others, others.c.person == persons.c.key)
    chosen = chosen.where(others.c.value >= POSSIBLE, *person.counts(persons))
    chosen = chosen.order_by(others.c.value.desc(), persons.c.name_folded, persons.c.id)
    with person.connection.execute(chosen.execution_options(yield_per=BATCH)) as result:
        for part in result.partitions():
            keys = [row[0] for row in part]
            rows = read(person.connection, "persons", keys, "name")
            by_person = told(person.connection, tellings, keys)
            for (key, sure), row in zip(part, rows, strict=True):
                yield _line(row, by_person[key], HOW[int(sure)], notes)


def _line(row: Row, tellings: Sequence[Told], sure: str, notes: Notes | None) -> tuple[Any, ...]:
    """Name one other person, and what is told of both; without notes the passages stand in the last cell."""
    named = own(row, "name")
    cited = [passage for one in tellings for passage in own(one.row, *one.fields)]
    shared = dict.fromkeys(said for one in tellings for field in one.fields if (said := one.row.said(field)))
    marked = "; ".join(filter(None, (doubt(row), *remarks(tellings))))
    if notes is None:
        return row.name, row.id, "; ".join(shared), sure, marked, "; ".join(places([*named, *cited]))
    return Cited(row.name, notes.cite(named)), row.id, Cited("; ".join(shared), notes.cite(cited)), sure, marked
