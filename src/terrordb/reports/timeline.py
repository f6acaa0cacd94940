"""What happened when: events, orders, trials, operations, arrests and executions on one axis."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from terrordb.errors import BadQuestion, BadValue
from terrordb.models.labels import APART
from terrordb.querying import deciding
from terrordb.querying.records import records
from terrordb.reports.attested import doubt_said, own
from terrordb.reports.counting import Counted, counted
from terrordb.reports.finding import stored
from terrordb.reports.notes import Notes
from terrordb.reports.report import Chart, Cited, Mark, Prose, Report, Section
from terrordb.reports.table import Table
from terrordb.reports.telling import as_date, certain
from terrordb.values.dates import HistoricalDate

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from terrordb.querying.records import Citation, Row

__all__ = ["timeline"]

MANY = 200  # cases, above which arrests and executions are summed by month
BEFORE, AFTER = 0, 99_999_999  # where an open end is sorted
ANOTHER, MORE, LESS = "(another reading)", "(more exactly)", "(less exactly)"
EXAMPLES = "write 1936..1938, 1937-08.., ..1938 or 1937"


class Line(NamedTuple):
    """One sort of entry: a kind, the date by which it stands on the axis, and the one by which it ends."""

    word: str
    kind: str
    begun: str
    ended: str = ""
    name: str = "name"

    @property
    def fields(self) -> tuple[str, ...]:
        """Name its dates."""
        return (self.begun, self.ended) if self.ended else (self.begun,)


LINES = (
    Line("event", "events", "date"),
    Line("order", "orders", "date"),
    Line("trial", "trials", "opened", "closed"),
    Line("operation", "operations", "begun", "ended"),
)
ACTS = (
    Line("arrest", "cases", "arrested", name="person.name"),
    Line("execution", "cases", "executed", name="person.name"),
)


class Window(NamedTuple):
    """The time that is asked for, both ends included; None is an open end."""

    first: int | None = None
    last: int | None = None

    def touched(self, begun: HistoricalDate, ended: HistoricalDate) -> bool:
        """Say whether what lasts from one date to another may fall into it."""
        return (begun.first or BEFORE) <= (self.last or AFTER) and (ended.last or AFTER) >= (self.first or BEFORE)

    def holds(self, begun: HistoricalDate, ended: HistoricalDate) -> bool:
        """Say whether it surely does, whatever days the dates mean."""
        if self == ANY:
            return True
        late = AFTER if begun.last is None else begun.last
        sure = late <= (self.last or AFTER) and (ended.first or BEFORE) >= (self.first or BEFORE)
        return sure and begun.certain and ended.certain

    def overlaps(self, early: ColumnElement[int], late: ColumnElement[int]) -> ColumnElement[bool]:
        """Ask for dates that may lie in it."""
        rules = [or_(early.is_not(None), late.is_not(None))]
        rules += [] if self.last is None else [or_(early.is_(None), early <= self.last)]
        rules += [] if self.first is None else [or_(late.is_(None), late >= self.first)]
        return and_(*rules)

    def inside(self, early: ColumnElement[int], late: ColumnElement[int]) -> ColumnElement[bool]:
        """Ask for dates all of whose days lie in it."""
        rules: list[ColumnElement[bool]] = [early.is_not(None), late.is_not(None)]
        rules += [] if self.last is None else [late <= self.last]
        rules += [] if self.first is None else [early >= self.first]
        return and_(*rules)

    @property
    def ends(self) -> tuple[float | None, float | None]:
        """Give its ends as those of an axis."""
        days = (HistoricalDate.stored(None, None, day, day).earliest for day in self)
        first, last = (None if day is None else day.toordinal() for day in days)
        return first, last

    @property
    def asked(self) -> str:
        """Write it as a question has it."""
        return "any" if self == ANY else "..".join("" if day is None else _iso(day) for day in self)


ANY = Window()


class Entry(NamedTuple):
    """What stands on the axis: a record by a date of its own, or by another that somebody claims for it."""

    line: Line
    id: str
    name: str
    said: str
    dates: dict[str, HistoricalDate]  # by field: one, or the two between which it lasted
    status: str
    hedge: str
    citations: list[Citation]

    @property
    def begun(self) -> HistoricalDate:
        """Give the date by which it begins."""
        return next(iter(self.dates.values()))

    @property
    def ended(self) -> HistoricalDate:
        """Give the date by which it ends."""
        return next(reversed(self.dates.values()))

    @property
    def order(self) -> tuple[Any, ...]:
        """Sort by the first day, then the last, then the kind."""
        last = AFTER if self.ended.last is None else self.ended.last
        return self.begun.first or BEFORE, last, self.line.word, self.id, self.said


def timeline(connection: Connection, within: str | None = None, *, dubious: bool = False) -> Report:
    """Set events, orders, trials, operations, arrests and executions on one axis, an uncertain date as its interval."""
    window = _window(within)
    notes = Notes(connection)
    title = f"Timeline, {within.strip()}" if within and within.strip() else "Timeline"
    sections = _sections(connection, window, notes, dubious=dubious)
    return Report("timeline", title, sections, notes, {"within": within, "dubious": dubious})


def _window(within: str | None) -> Window:
    """Read FROM..TO, either of which may be missing, or one date; BadQuestion for what is none."""
    text = (within or "").strip()
    if not text:
        return ANY
    ends = [end.strip() for end in text.split("..")] if ".." in text and "/" not in text else [text, text]
    if len(ends) != 2 or not any(ends):
        raise BadQuestion(f"'{text}' is no time from one date to another", EXAMPLES)
    try:
        first, last = (HistoricalDate.parse(end) if end else None for end in ends)
    except BadValue as error:
        raise BadQuestion(error.reason, error.remedy or EXAMPLES) from error
    window = Window(first.first if first else None, last.last if last else None)
    if window.first is not None and window.last is not None and window.first > window.last:
        raise BadQuestion(f"'{text}' runs backwards", f"write {ends[1]}..{ends[0]}")
    return window


def _sections(connection: Connection, window: Window, notes: Notes, *, dubious: bool) -> Iterator[Section]:
    every = {line: list(_entries(connection, line)) for line in LINES}
    acts = {line: counted(connection, f"cases {line.begun}:{window.asked}", dubious=dubious) for line in ACTS}
    many = sum(one.counts.possible for one in acts.values()) > MANY
    if not many:
        every |= {line: list(_entries(connection, line, window)) for line in ACTS}
    shown = [e for found in every.values() for e in found if window.touched(e.begun, e.ended)]
    shown = sorted((e for e in shown if dubious or e.status not in APART), key=lambda entry: entry.order)
    counts = [_tally(connection, line, every[line], window, dubious=dubious) for line in LINES]
    yield Section("", _summary(counts, acts, window))
    cited = [(entry, notes.cite(entry.citations)) for entry in shown]
    if cited:
        yield Section("On one axis", [_chart(cited, window), _table(cited, window)])
    if many:
        yield Section("Arrests and executions by month", _months(connection, window, dubious=dubious))


# ---------------------------------------------------------------- what is read


def _entries(connection: Connection, line: Line, window: Window = ANY) -> Iterator[Entry]:
    """Read what has a date of a line, and the other dates that are claimed for it; dubious rows are there too."""
    table = stored(line.kind)
    dated = or_(*(window.overlaps(table.c[f"{f}_earliest"], table.c[f"{f}_latest"]) for f in line.fields))
    keys = select(table.c.key).where(dated)
    for row in records(connection, line.kind, keys, ["id", line.name, *line.fields, "status", "hedge", "citations"]):
        dates = {field: row[field] for field in line.fields if row[field] is not None}
        yield _entry(line, row, row.id, row.said(line.name), dates)
    for row, of in _claimed(connection, line):
        date = as_date(row.value)
        if date is None:
            continue  # a claim in words that name no day stays with its record
        name = f"{of.said(line.name)} {_beside(of[row.field], date, row.status)}".rstrip()
        entry = _entry(line, row, of.id, name, {row.field: date})
        yield entry if of.status not in APART else entry._replace(status=of.status)


def _beside(own: HistoricalDate | None, date: HistoricalDate, status: str) -> str:
    """Say how a claimed date stands beside the record's own: one within the other agrees, unless it is contested."""
    if own is None:
        return ""
    if status == "contested":
        return ANOTHER
    return MORE if _within(date, own) else LESS if _within(own, date) else ANOTHER


def _within(one: HistoricalDate, other: HistoricalDate) -> bool:
    early, late = (one.first or BEFORE) >= (other.first or BEFORE), (one.last or AFTER) <= (other.last or AFTER)
    return early and late


def _entry(line: Line, row: Row, named: str, name: str, dates: dict[str, HistoricalDate]) -> Entry:
    words = list(dict.fromkeys(map(str, dates.values())))
    said = " – ".join(words)
    if line.ended and len(dates) == 1:
        said = f"{next(iter(dates))}: {said}"
    citations = own(row, *dates)
    return Entry(line, named, name, said, dates, row.status, row.hedge or "", citations)


def _claimed(connection: Connection, line: Line) -> Iterator[tuple[Row, Row]]:
    """Read the claims of other dates, each with its record."""
    claims = stored("claims")
    of = (claims.c.record_kind == line.kind, claims.c.field.in_(line.fields), claims.c.value.is_not(None))
    rivals = connection.execute(select(claims.c.key, claims.c.record_key).where(*of)).all()
    about = records(
        connection, line.kind, [row.record_key for row in rivals], ["id", line.name, *line.fields, "status"]
    )
    fields = ["id", "field", "value", "status", "hedge", "citations"]
    return zip(records(connection, "claims", [row.key for row in rivals], fields), about, strict=True)


# ---------------------------------------------------------------- what it comes to


class Tally(NamedTuple):
    """How many records of a line stand on the axis: `possible` includes `certain`."""

    word: str
    certain: int
    possible: int
    undated: int
    of: int
    left_out: int


def _tally(connection: Connection, line: Line, entries: Iterable[Entry], window: Window, *, dubious: bool) -> Tally:
    """Count records, not dates; certain is what all its dates put into the time that is asked for."""
    by_record: dict[str, list[Entry]] = defaultdict(list)
    apart: set[str] = set()
    for entry in entries:
        if dubious or entry.status not in APART:
            by_record[entry.id].append(entry)
        elif window.touched(entry.begun, entry.ended):
            apart.add(entry.id)
    spans = [_spans(line, every) for every in by_record.values()]
    possible = sum(any(window.touched(*span) for span in every) for every in spans)
    certain = sum(all(window.holds(*span) for span in every) for every in spans)
    table = stored(line.kind)
    of = connection.scalar(select(func.count()).select_from(table).where(deciding.counted(table, dubious=dubious))) or 0
    return Tally(line.word, certain, possible, of - len(by_record), of, len(apart - by_record.keys()))


def _spans(line: Line, entries: Collection[Entry]) -> list[tuple[HistoricalDate, HistoricalDate]]:
    """List the times in which one record may have been: from each beginning that is told of it to each end."""
    begun, ended = ([e.dates[f] for e in entries if f in e.dates] for f in (line.begun, line.ended))
    return list(product(begun, ended)) if begun and ended else [(one, one) for one in begun or ended]


def _summary(counts: Sequence[Tally], acts: dict[Line, Counted], window: Window) -> Iterator[Prose | Table]:
    for line, one in acts.items():
        c = one.counts
        undated = c.missing if window != ANY else c.of - c.possible
        counts = [*counts, Tally(line.word, c.certain, c.possible, undated, c.of, c.left_out)]
    if not any(one.possible for one in counts):
        yield Prose("Nothing that this database holds is dated in the time that was asked for.")
    columns = ("kind", "certain", "possible", "no date", "of", "left out")
    remarks = ["Possible includes certain. What has no date at all stands on no axis."]
    if any(one.left_out for one in counts):
        remarks.append("Left out are the dubious and the withdrawn.")
    remarks += [
        f"{line.word}s: the {one.judged.records:,} cases are, as judged, {one.judged.people:,} acts."
        for line, one in acts.items()
        if one.judged is not None and one.judged.people != one.judged.records
    ]
    yield Table("Records on the axis", columns, list(counts), remarks)


def _chart(cited: Sequence[tuple[Entry, tuple[int, ...]]], window: Window) -> Chart:
    marks = [_mark(entry, notes) for entry, notes in cited]
    days = sum(mark.best is not None for mark in marks)
    number = f"{len(marks):,} {'mark' if len(marks) == 1 else 'marks'}, {days:,} of them of one day"
    described = (
        f"{number}; the others are drawn from the first day they may mean to the last, and what lasted from its "
        "beginning to its end, thick where it surely lasted."
    )
    title = "Events, orders, trials, operations, arrests and executions"
    return Chart(title, "", marks, described, scale="day", ends=window.ends)


def _mark(entry: Entry, notes: tuple[int, ...]) -> Mark:
    low, high = entry.begun.earliest, entry.ended.latest
    ends = (low.toordinal() if low else None, high.toordinal() if high else None)
    best = ends[0] if ends[0] == ends[1] and entry.begun.certain else None
    doubted = doubt_said(entry.status, entry.hedge)
    drawn = Mark(_what(entry), ends[0], best, ends[1], entry.said, group=entry.line.word, status=doubted, notes=notes)
    return drawn._replace(sure=_sure(entry))


def _sure(entry: Entry) -> tuple[float, float] | None:
    """Give the days through which something lasted whatever its two dates mean; None where there may be none."""
    begun, ended = entry.begun.latest, entry.ended.earliest
    if len(entry.dates) == 1 or begun is None or ended is None or begun > ended:
        return None
    return (begun.toordinal(), ended.toordinal()) if entry.begun.certain and entry.ended.certain else None


def _what(entry: Entry) -> str:
    return f"{entry.line.word} of {entry.name}" if entry.line in ACTS else entry.name


def _table(cited: Sequence[tuple[Entry, tuple[int, ...]]], window: Window) -> Table:
    rows = [
        (Cited(entry.said, notes), entry.line.word, _what(entry), "; ".join(filter(None, _doubts(entry, window))))
        for entry, notes in cited
    ]
    return Table("The same as a table", ("date", "kind", "what", "status"), rows)


def _doubts(entry: Entry, window: Window) -> tuple[str, str]:
    sure = window.holds(entry.begun, entry.ended)
    return doubt_said(entry.status, entry.hedge), "" if sure else "perhaps not in this time"


# ---------------------------------------------------------------- many cases, by month


def _months(connection: Connection, window: Window, *, dubious: bool) -> Iterator[Chart | Table]:
    """Sum arrests and executions by month: surely in it, and possibly, by cases whose date may lie in it."""
    sums = {line: list(connection.execute(_monthly(line, window, dubious=dubious))) for line in ACTS}
    ends = [int(end) for rows in sums.values() for row in rows for end in row[:2] if end is not None]
    first = max(min(ends, default=0), (window.first or BEFORE) // 100)
    last = min(max(ends, default=0), (window.last or AFTER) // 100)
    months = {line: _by_month(rows, first, last) for line, rows in sums.items()}
    for line, by_month in months.items():
        marks = [_of_month(month, *by_month[month]) for month in sorted(by_month)]
        described = "A dot is what surely falls into the month; a line goes from there to what possibly does."
        yield Chart(f"{line.word.capitalize()}s by month", "cases", marks, described)
    columns = ("month", *(f"{line.word}s, {sure}" for line in ACTS for sure in ("certain", "possible")))
    every_month = sorted({month for by_month in months.values() for month in by_month})
    rows = [(_named(month), *(n for line in ACTS for n in months[line].get(month, (0, 0)))) for month in every_month]
    remarks = [
        "Possible includes certain. A case stands in each month its date may lie in, so possible ones do not add up.",
        *_rivals(connection, dubious=dubious),
    ]
    yield Table("Arrests and executions by month, in cases", columns, rows, remarks)


def _by_month(rows: Iterable[Any], first: int, last: int) -> dict[int, tuple[int, int]]:
    """Give for each month how many cases are certain and how many possible, of rows that `_monthly` selects."""
    certain: Counter[int] = Counter()
    possible: Counter[int] = Counter()
    for early, late, sure, number in rows:
        certain[early] += number if sure else 0
        for month in _each_month(max(early or first, first), min(late or last, last)):
            possible[month] += number
    return {month: (certain[month], number) for month, number in possible.items()}


def _of_month(month: int, certain: int, possible: int) -> Mark:
    said = f"{certain:,}" if certain == possible else f"{certain:,}, possibly {possible:,}"
    return Mark(_named(month), certain, certain, possible, said)


def _monthly(line: Line, window: Window, *, dubious: bool) -> Select[Any]:
    """Select first month, last month, whether the case surely lies in it, and how many cases are dated so."""
    table = stored(line.kind)
    early, late = table.c[f"{line.begun}_earliest"], table.c[f"{line.begun}_latest"]
    within = and_(window.inside(early, late), early // 100 == late // 100, certain(table, line.begun))
    sure = case((within, 1), else_=0)
    columns = ((early // 100).label("first"), (late // 100).label("last"), sure.label("sure"))
    chosen = select(*columns, func.count()).where(
        window.overlaps(early, late), deciding.counted(table, dubious=dubious)
    )
    return chosen.group_by("first", "last", "sure")


def _named(month: int) -> str:
    return f"{month // 100}-{month % 100:02}"


def _each_month(first: int, last: int) -> Iterator[int]:
    month = first
    while month <= last:
        yield month
        month += 1 if month % 100 < 12 else 89


def _rivals(connection: Connection, *, dubious: bool) -> list[str]:
    """Say how many dates that claims give beside those of the cases are not among the sums."""
    claims = stored("claims")
    of = (claims.c.record_kind == "cases", claims.c.field.in_([line.begun for line in ACTS]))
    told = deciding.counted(claims, dubious=dubious)
    number = connection.scalar(select(func.count()).select_from(claims).where(*of, claims.c.value.is_not(None), told))
    return [f"{number:,} other dates that claims give are not among the sums."] if number else []


def _iso(day: int) -> str:
    return f"{day // 10000:04}-{day // 100 % 100:02}-{day % 100:02}"
