"""Readings of names: who died on a day, and who shared with a person what was done to both."""

from __future__ import annotations

import re
from calendar import month_name
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, exists, false, func, null, or_, select, true

from terrordb.errors import BadQuestion, BadValue
from terrordb.models.derived import DERIVED
from terrordb.models.labels import APART
from terrordb.querying import deciding
from terrordb.querying.grammar import Item, Question, Term
from terrordb.querying.judging import heads, judged
from terrordb.querying.records import records
from terrordb.querying.selecting import MOST_VALUES
from terrordb.reports.attested import doubt, own, places
from terrordb.reports.finding import stored
from terrordb.reports.laying import NOT_KNOWN
from terrordb.reports.notes import Notes
from terrordb.reports.report import Cited, Prose, Report, Section
from terrordb.reports.table import Table
from terrordb.reports.telling import BATCH, Telling, Told, as_date, day_of, every, exact, fates, known, remarks, told
from terrordb.reports.together import together
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from sqlalchemy import CTE, Connection, FromClause

    from terrordb.querying.records import Citation, Row

__all__ = ["names", "today", "together"]

DEAD = ("executed", "killed", "assassinated", "suicide", "died_in_custody")  # fates, and outcomes of cases
OUTLIVED = ("survived", "released", "acquitted", "terminated")
DAYS = "write the month and the day, --on 10-29, or one day with its year, --on 1937-10-29"
LEAP = 2000  # a year that has every day
PERSON = ("id", "name", "born", "occupation", "fates", "status", "hedge", "citations")
Rule = ColumnElement[bool]


class Day(NamedTuple):
    """A day of the year, or one day of history."""

    month: int
    day: int
    year: int | None = None

    @classmethod
    def read(cls, text: str) -> Day:
        """Read MM-DD, M-D, or one day with its year; BadQuestion for what is no day."""
        text = text.strip()
        if (found := re.fullmatch(r"([0-9]{1,2})-([0-9]{1,2})", text)) is not None:
            try:
                day = date(LEAP, int(found[1]), int(found[2]))
            except ValueError as error:
                raise BadQuestion(f"'{text}' is no day of the calendar", DAYS) from error
            return cls(day.month, day.day)
        try:
            number = exact(HistoricalDate.parse(text))
        except BadValue as error:
            raise BadQuestion(error.reason, DAYS) from error
        if number is None:
            raise BadQuestion(f"'{text}' is not surely one day", DAYS)
        return cls(number // 100 % 100, number % 100, number // 10000)

    def among(self, value: ColumnElement[Any]) -> Rule:
        """Ask for days, as yyyymmdd, that are it."""
        number = self.month * 100 + self.day
        return value % 10000 == number if self.year is None else value == self.year * 10000 + number

    def holds(self, one: HistoricalDate) -> bool:
        """Say whether a date is surely it."""
        number = exact(one)
        there = (self.month, self.day) if number is None else (number // 100 % 100, number % 100)
        return number is not None and there == (self.month, self.day) and self.year in (None, number // 10000)

    @property
    def said(self) -> str:
        """Write it."""
        return f"{self.day} {month_name[self.month]}" + ("" if self.year is None else f" {self.year}")


def today(connection: Connection, *, place: str | None = None, dubious: bool = False) -> Report:
    """Read the names of those who died on today's day of any year."""
    on = datetime.now().astimezone().date()
    made = names(connection, on=f"{on.month}-{on.day}", place=place, dubious=dubious)
    return replace(made, name="today")


def names(connection: Connection, *, on: str, place: str | None = None, dubious: bool = False) -> Report:
    """Read the names of the victims who died on a day, aloud if need be: name, age, occupation, date.

    Each person is read once, as judged.  Whoever is not named, is dubious, or is no victim, is not read.
    """
    day = Day.read(on)
    deaths = _deaths(connection, place, dubious=dubious)
    reading = Reading(connection, day, deaths, place, dubious, Notes(connection), heads(connection, "persons"))
    title = f"The names of {day.said}" + (f", {place}" if place else "")
    asked = {"on": on, "place": place, "dubious": dubious}
    return Report("names", title, _sections(reading), reading.notes, asked)


class Reading(NamedTuple):
    """One reading of names: what was asked, what tells of deaths, and who is one person, as judged."""

    connection: Connection
    day: Day
    deaths: list[Telling]
    place: str | None
    dubious: bool
    notes: Notes
    ties: dict[int, int]


def _dated(deaths: Iterable[Telling], rule: Any) -> CTE:
    """Select persons and days, of the deaths whose exact day is told and passes a rule."""
    one = every(deaths).subquery("told")
    return select(one.c.person, one.c.value).where(one.c.value.is_not(None), rule(one.c.value)).cte()


def _readable(among: Select[Any] | None, *, dubious: bool, named: bool = True) -> list[Rule]:
    """Ask for persons whose name may be read: who have one, and are victims; `among` narrows who is looked at."""
    persons = stored("persons")
    parts = DERIVED["persons", "parts"](among).subquery("parts")
    victims = select(parts.c.key).where(parts.c.value == "victim")
    return [
        persons.c.named.is_(true() if named else false()),
        deciding.counted(persons, dubious=dubious),
        persons.c.key.in_(victims),
    ]


# ---------------------------------------------------------------- what tells of a death


def _deaths(connection: Connection, place: str | None, *, dubious: bool) -> list[Telling]:
    """List what tells of a death, at a place or anywhere: cases, killings, persons' own rows, and claims of a day."""

    def counts(*tables: FromClause) -> list[Rule]:
        return [deciding.counted(table, dubious=dubious) for table in tables]

    cases, persons, roles, events = map(stored, ("cases", "persons", "roles", "events"))
    of_case = [
        *counts(cases),
        or_(known(cases, "executed"), cases.c.outcome.in_(DEAD)),
        *_at(connection, "cases", place),
    ]
    dead_here = select(cases.c.person_key).where(*of_case)
    of_person = [*counts(persons), _died(persons, cases)]
    if place is not None:
        (there,) = _at(connection, "persons", place)
        of_person.append(or_(there, and_(persons.c.place_of_death_key.is_(None), persons.c.key.in_(dead_here))))
    of_role = [*counts(roles, events), roles.c.role == "killed", *_at(connection, "events", place)]
    killed = roles.join(events, events.c.key == roles.c.within_events_key)
    killed_on = case((known(roles, "begun"), day_of(roles, "begun")), else_=day_of(events, "date"))
    return [
        Telling("cases", cases, cases.c.person_key, day_of(cases, "executed"), tuple(of_case), ("executed",)),
        Telling("persons", persons, persons.c.key, day_of(persons, "died"), tuple(of_person), ("died",)),
        Telling("roles", killed, roles.c.person_key, killed_on, tuple(of_role), ("begun", "within.date")),
        *_claimed(connection, ("cases", "executed"), cases.c.person_key, of_case, dubious=dubious),
        *_claimed(connection, ("persons", "died"), persons.c.key, of_person, dubious=dubious),
    ]


def _died(persons: FromClause, cases: FromClause) -> Rule:
    """Ask for persons whose own row tells a death that was no end of a life long after: a fate, or a date."""
    outlived = exists().where(cases.c.person_key == persons.c.key, cases.c.outcome.in_(OUTLIVED))
    late = or_(func.coalesce(persons.c.fate, "") == "survived", outlived)
    return or_(func.coalesce(persons.c.fate, "").in_(DEAD), and_(known(persons, "died"), ~late))


PLACED = {"cases": ("place", "burial_place"), "persons": ("place_of_death",), "events": ("place",)}


def _at(connection: Connection, kind: str, place: str | None) -> list[Rule]:
    """Ask for records of a kind that are, or may be, at a place or in a part of it, as a question does."""
    if place is None:
        return []
    asked = (Question(kind, Term(field, (Item(place, quoted=True),))) for field in PLACED[kind])
    return [or_(*(deciding.decide(connection, one).maybe for one in asked))]


def _claimed(
    connection: Connection, of: tuple[str, str], person: ColumnElement[Any], rules: list[Rule], *, dubious: bool
) -> list[Telling]:
    """List the claims of another day for a field, if there are any: their words are read here."""
    claims, (kind, field) = stored("claims"), of
    table = stored(kind)
    about = (claims.c.record_kind == kind, claims.c.field == field, claims.c.value.is_not(None))
    days: dict[str, int] = {}
    for value in connection.scalars(select(claims.c.value).where(*about).distinct()):
        one = as_date(value)
        if one is not None and (number := exact(one)) is not None:
            days[value] = number
    day = cast(case(days, value=claims.c.value, else_=null()) if days else null(), Integer)
    tables = claims.join(table, table.c.key == claims.c.record_key)
    counts = deciding.counted(claims, dubious=dubious)
    return [Telling("claims", tables, person, day, (*about, counts, *rules), ("value",))]


# ---------------------------------------------------------------- the report


def _sections(reading: Reading) -> Iterator[Section]:
    found = _dated(reading.deaths, reading.day.among)
    readable = _readable(select(found.c.person), dubious=reading.dubious)
    here = stored("persons").c.key.in_(select(found.c.person))
    number = _number(reading, here, *readable)
    people = judged(reading.connection, "persons", and_(here, *readable), dubious=reading.dubious)
    dead, dated = _of_all(reading)
    read_out = number if people is None else people.people
    yield Section("", [Prose(_summary(reading, read_out, number, dead))])
    if number:
        columns = ("date", "name", "age", "occupation", "fate", "remarks")
        yield Section("Names", [Table("", columns, _names(reading, found, readable))])
    if not_read := [Prose(text) for text in _not_read(reading, number, dead, dated)]:
        yield Section("Not read", not_read)


def _number(reading: Reading, *rules: Rule) -> int:
    return reading.connection.scalar(select(func.count()).select_from(stored("persons")).where(*rules)) or 0


def _summary(reading: Reading, people: int, records: int, dead: int) -> str:
    there = " there" if reading.place else ""
    if not dead:
        return f"Of no named victim in this database is a death told{there}."
    of = f"{dead:,} named {'victim' if dead == 1 else 'victims'} whose death is told{there}"
    if not people:
        return f"Of {of}, none is told to have died on {reading.day.said}."
    rows = f" ({records:,} records)" if records != people else ""
    return f"{people:,}{rows} of {of} died on {reading.day.said}."


def _not_read(reading: Reading, number: int, dead: int, dated: int) -> Iterator[str]:
    """Say of how many no day is known, and how many more died on the day who are not read."""
    if dead:
        lacking = f"for {dead - dated:,} it is not, and their names are read on no day"
        yield f"The day is known for {dated:,} of these {dead:,}{f'; {lacking}' if dead > dated else ''}."
    found = select(_dated(reading.deaths, reading.day.among).c.person)
    here = stored("persons").c.key.in_(found)
    if unnamed := _number(reading, here, *_readable(found, dubious=reading.dubious, named=False)):
        yield f"{unnamed:,} without a name died on this day."
    whole = select(_dated(_deaths(reading.connection, reading.place, dubious=True), reading.day.among).c.person)
    if left := _number(reading, stored("persons").c.key.in_(whole), *_readable(whole, dubious=True)) - number:
        yield f"{left:,} dubious left out."


def _of_all(reading: Reading) -> tuple[int, int]:
    """Count the people, as judged, whose death is told, and those of them for whom the day is."""
    persons = stored("persons")
    deaths, dated = every(reading.deaths).cte(), _dated(reading.deaths, lambda _: true())
    readable = _readable(None, dubious=reading.dubious)
    flag = case((persons.c.key.in_(select(dated.c.person)), 1), else_=0).label("dated")
    dead = select(persons.c.key, flag).where(persons.c.key.in_(select(deaths.c.person)), *readable)
    whole = dead.subquery()
    row = reading.connection.execute(select(func.count(), func.sum(whole.c.dated)).select_from(whole)).one()
    number, with_day = int(row[0]), int(row[1] or 0)
    if not reading.ties:
        return number, with_day
    among = persons.c.key.in_(reading.ties) if len(reading.ties) <= MOST_VALUES else true()
    with_a_day: dict[int, int] = {}
    for key, is_dated in reading.connection.execute(dead.where(among)):
        if key in reading.ties:
            head = reading.ties[key]
            number, with_day = (
                number - (head in with_a_day),
                with_day - is_dated + max(0, is_dated - with_a_day.get(head, 0)),
            )
            with_a_day[head] = max(with_a_day.get(head, 0), is_dated)
    return number, with_day


# ---------------------------------------------------------------- the names


def _names(reading: Reading, found: CTE, readable: list[Rule]) -> Iterator[tuple[Any, ...]]:
    """Read the names by date and then name, a batch at a time."""
    persons, day = stored("persons"), func.min(found.c.value)
    order = (persons.c.name_folded, persons.c.id)
    chosen = select(persons.c.key).join(found, found.c.person == persons.c.key).where(*readable)
    chosen = chosen.group_by(persons.c.key, *order).order_by(day, *order)
    elsewhere = reading.deaths if reading.place is None else _deaths(reading.connection, None, dubious=reading.dubious)
    done: set[int] = set()
    with reading.connection.execute(chosen.execution_options(yield_per=BATCH)) as result:
        for part in result.scalars().partitions():
            first = [key for key in part if not _again(reading.ties.get(key), done)]
            yield from _batch(reading, first, elsewhere)


def _again(head: int | None, done: set[int]) -> bool:
    """Say whether somebody judged to be the same person was read before."""
    if head is None:
        return False
    again = head in done
    done.add(head)
    return again


class Person(NamedTuple):
    """One person to be read: the records that are judged to be of one, and what tells of the death."""

    rows: list[Row]
    deaths: list[Told]
    born: list[str]  # what claims say
    fates: list[str]  # each with how far it is to be doubted


def _batch(reading: Reading, keys: Sequence[int], deaths: Sequence[Telling]) -> Iterator[tuple[Any, ...]]:
    """Read persons, each with the records that are judged to be of the same one."""
    among = {reading.ties[key] for key in keys if key in reading.ties}
    same: dict[int, list[int]] = defaultdict(list)
    for key, head in reading.ties.items() if among else ():
        if head in among:
            same[head].append(key)
    groups = [[key, *(k for k in same[reading.ties.get(key, -1)] if k != key)] for key in keys]
    every_key = [key for group in groups for key in group]
    rows = dict(zip(every_key, records(reading.connection, "persons", every_key, PERSON), strict=True))
    ends = fates(reading.connection, list(rows.values()))
    by_person, born = told(reading.connection, deaths, every_key), _born(reading, every_key)
    for group in groups:
        counts = [key for key in group if reading.dubious or rows[key].status not in APART]
        yield _line(
            reading,
            Person(
                [rows[key] for key in counts],
                [one for key in counts for one in by_person[key]],
                [said for key in counts for said in born[key]],
                [fate for key in counts for fate in ends[rows[key].id]],
            ),
        )


def _born(reading: Reading, keys: Sequence[int]) -> dict[int, list[str]]:
    """Read what claims say of births."""
    claims = stored("claims")
    of = (claims.c.record_kind == "persons", claims.c.field == "born", claims.c.value.is_not(None))
    chosen = select(claims.c.record_key, claims.c.value).where(*of, claims.c.record_key.in_(keys))
    found: dict[int, list[str]] = defaultdict(list)
    for key, value in reading.connection.execute(chosen.where(deciding.counted(claims, dubious=reading.dubious))):
        found[key].append(value)
    return found


def _line(reading: Reading, person: Person) -> tuple[Any, ...]:
    """Write the line of one person: what sources say otherwise stands beside it."""
    cite, first = reading.notes.cite, person.rows[0]
    dated = [(one, when) for one in person.deaths if (when := _when(one)) is not None]
    on_day = sorted((pair for pair in dated if reading.day.holds(pair[1])), key=lambda pair: pair[1].first or 0)
    days = {when.first or 0: str(when) for _, when in reversed(on_day)}
    ages = dict.fromkeys(_age(born, day) for day in sorted(days) for born in _births(person))
    occupations = dict.fromkeys(row.occupation for row in person.rows if row.occupation)
    remarked = [*(doubt(row) for row in person.rows), *remarks(person.deaths)]
    remarked += [
        f"another date: {when} ({'; '.join(places(one.row.citations[:1]))})"
        for one, when in dated
        if not _may_be(when, days)
    ]
    remarked += [f"one person, as judged, with persons/{row.id}" for row in person.rows[1:]]
    return (
        Cited("; ".join(days[day] for day in sorted(days)), cite(_passages(one for one, _ in on_day))),
        Cited(first.name, cite(own(first, "name"))),
        Cited(
            next(iter(ages)) if len(ages) == 1 else "; ".join(map(str, ages)) or NOT_KNOWN,
            cite(_for_field(person, "born")),
        ),
        Cited("; ".join(occupations), cite(_for_field(person, "occupation"))),
        Cited("; or ".join(dict.fromkeys(person.fates)) or NOT_KNOWN, cite(_for_field(person, "fate"))),
        "; ".join(dict.fromkeys(filter(None, remarked))),
    )


def _births(person: Person) -> list[HistoricalDate]:
    """List what the records and claims say of the birth."""
    return [one for one in (*(row.born for row in person.rows), *map(as_date, person.born)) if one is not None]


def _passages(deaths: Iterable[Told]) -> list[Citation]:
    return [one for death in deaths for one in own(death.row, *death.fields)]


def _for_field(person: Person, field: str) -> list[Citation]:
    """List the passages for one field alone: those of the whole row stand behind the name."""
    return [one for row in person.rows for one in row.citations if one["field"] == field]


def _when(one: Told) -> HistoricalDate | None:
    """Give the date that a row tells."""
    said = next((value for field in one.fields if (value := one.row[field]) is not None), None)
    return as_date(said) if isinstance(said, str) else said


def _may_be(when: HistoricalDate, days: Iterable[int]) -> bool:
    """Say whether a date may mean one of the days that are read: then it is no other one."""
    last = 99_999_999 if when.last is None else when.last
    return any((when.first or 0) <= day <= last for day in days)


def _age(born: HistoricalDate, day: int) -> int | str:
    """Reckon the age on a day: a number where the dates allow one alone, else from the least to the most."""
    most = None if born.first is None else _years(born.first, day)
    least = None if born.last is None else max(0, _years(born.last, day))
    about = "" if born.certain else "about "
    if (most is not None and most < 0) or (least is None and most is None):
        return NOT_KNOWN
    if most is None:
        return f"{about}at least {least}"
    if least is None:
        return f"{about}at most {most}"
    if least == most:
        return f"{about}{least}" if about else least
    return f"{about}{least} {'or' if most - least == 1 else 'to'} {most}"


def _years(born: int, day: int) -> int:
    """Count the years from one day to another that are full."""
    return day // 10000 - born // 10000 - (day % 10000 < born % 10000)
