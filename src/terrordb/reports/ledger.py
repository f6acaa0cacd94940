"""The ledger of disputed numbers: claims of one measure and scope on one chart, those of others in their own panels.

Two claims are rivals only where they count the same: the same measure and unit of the same operation, trial, order,
places and group, with the same inclusions.  A scope that one states and the other does not is another one, for the
whole is not its part; a period or a regime that one leaves unsaid contradicts nobody's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import or_, select

from terrordb import models
from terrordb.errors import BadQuestion
from terrordb.models.labels import APART
from terrordb.querying.deciding import decide
from terrordb.querying.finding import Heard
from terrordb.querying.grammar import parse
from terrordb.querying.records import records
from terrordb.reports.attested import doubt, own
from terrordb.reports.laying import NOT_STATED
from terrordb.reports.notes import Notes
from terrordb.reports.report import Chart, Cited, Mark, Prose, Report, Section
from terrordb.reports.table import Table, words

if TYPE_CHECKING:
    from sqlalchemy import Connection, Select

    from terrordb.querying.records import Row
    from terrordb.reports.report import Block

__all__ = ["figures"]

WHOLE = ("operation", "trial", "order", "places", "group", "includes", "excludes")  # unsaid: the whole
LOOSE = ("period", "by")  # unsaid: not told
UNSAID = {"period": "period", "by": "body or regime"}
SHARES = {"percent": 100, "times": 1}
RATES = {"persons_per_day": (1, "day"), "persons_per_week": (7, "week")}
ORDER = ("archive_report", "count_of_names", "derived", "estimate", None)
BASES = {"archive_report": "archive report", "count_of_names": "count of names", None: "basis not stated"}
WORDS = {
    "accepts": "accepts",
    "rejects": "rejects",
    "thinks_probable": "thinks probable",
    "held_formerly": "held formerly",
}
WHOLE_FROM = 100  # so many a day are told without a fraction
CHARTED = 60  # claims of a panel that are drawn; a table holds all


class Number(NamedTuple):
    """What a claim comes to in its panel: bounds of a count, and the arithmetic where it was worked out."""

    low: float | None
    best: float | None
    high: float | None
    shown: str = ""


class Claim(NamedTuple):
    """One figure, the panel it belongs to, and what it comes to there."""

    row: Row
    unit: str
    number: Number
    by: str  # the claimant, and the year of the work where that is known


class Panel(NamedTuple):
    """Claims that count the same thing."""

    measure: str
    unit: str
    scope: tuple[Any, ...]  # of WHOLE
    loose: dict[str, Any]  # what is stated of LOOSE
    claims: list[Claim]


def figures(connection: Connection, terms: str | None = None, *, dubious: bool = False) -> Report:
    """Lay claims of one measure and scope side by side, with who makes them, what ties them, and their arithmetic.

    `terms` is a question for figures (`measure:executed,died`); without one it is all of them.
    """
    asked = parse(f"figures {terms or ''}")
    if asked.kind != "figures":
        raise BadQuestion(f"'{terms}' asks for {asked.kind}", "the ledger is of figures: leave the kind away")
    verdict = decide(connection, asked, Heard("figures"))
    table = models.kind("figures").__table__
    keys = select(table.c.key).where(verdict.maybe).order_by(table.c.id, table.c.key)
    rows = list(records(connection, "figures", keys))
    notes = Notes(connection)
    every = {row.id: row for row in rows}
    others = [each for row in rows for each in (row.responds_to, _figure_of(row)) if each and each not in every]
    if others:
        tied = select(table.c.key).where(table.c.id.in_(others))
        every |= {row.id: row for row in records(connection, "figures", tied)}
    spoken = _statements(connection, keys)
    called = _Called(connection, every.values(), (one for each in spoken.values() for one in each))
    claims = [_claim(row, every, called) for row in rows]
    said = {"terms": terms, "dubious": dubious}
    sections = _sections(claims, every, called, spoken, notes, dubious=dubious)
    return Report("figures", f"Figures: {terms}" if terms else "Figures", sections, notes, said)


# ---------------------------------------------------------------- claims


def _figure_of(row: Row) -> str | None:
    """Give the id of the figure that a share or a multiple is of."""
    kind, _, named = (row.of_record or "").partition("/")
    return named if kind == "figures" else None


class _Called:
    """What the things figures point to are called, and when the works behind them appeared; read once."""

    def __init__(self, connection: Connection, rows: Iterable[Row], statements: Iterable[Row]) -> None:
        wanted: dict[str, set[str]] = defaultdict(set)
        for row in statements:
            _want(wanted, "claimed_by", row.speaker)
        noted: set[tuple[str, int]] = set()
        for row in rows:
            for name in ("operation", "trial", "order", "by", "claimed_by"):
                _want(wanted, name, row[name])
            wanted["places"].update(row.places or ())
            for citation in row.citations:
                noted.update((citation["source"], number) for number in citation["footnotes"] or ())
        self.names: dict[tuple[str, str], str] = {}
        for kind, ids in wanted.items():
            table = models.kind(kind).__table__
            called = next(name for name in ("name", "title", "summary") if name in table.c)
            found = select(table.c.id, table.c[called]).where(table.c.id.in_(sorted(ids)))
            self.names |= {(kind, named): said or named for named, said in connection.execute(found)}
        self.years = _years(connection, noted)

    def name(self, field: str, value: str) -> str:
        """Say what a field of a figure points to."""
        kinds = models.kind("figures").fields[field].kinds
        return next((self.names[kind, value] for kind in kinds if (kind, value) in self.names), value)

    def years_of(self, row: Row) -> str:
        """Give the years of the works that the notes behind a claim name."""
        cited = [(c["source"], n) for c in own(row) for n in c["footnotes"] or ()]
        return ", ".join(sorted({year for one in cited for year in self.years.get(one, ())}))


def _want(wanted: dict[str, set[str]], field: str, value: str | None) -> None:
    """Note an id whose name is wanted: a field that may point to several kinds does not say to which."""
    for kind in models.kind("figures").fields[field].kinds if value else ():
        wanted[kind].add(str(value))


def _years(connection: Connection, noted: set[tuple[str, int]]) -> dict[tuple[str, int], list[str]]:
    """Give the years of the works that footnotes cite."""
    found: dict[tuple[str, int], list[str]] = defaultdict(list)
    if not noted:
        return found
    notes, sources = models.kind("footnotes").__table__, models.kind("sources").__table__
    text, work = sources.alias("text"), sources.alias("work")
    rows = (
        select(text.c.id, notes.c.number, work.c.issued_earliest, work.c.issued_latest)
        .join(text, notes.c.source_key == text.c.key)
        .join(work, notes.c.cites_key == work.c.key)
        .where(notes.c.number.in_(sorted({number for _, number in noted})), work.c.issued_earliest.is_not(None))
        .order_by(notes.c.id)
    )
    for named, number, first, last in connection.execute(rows):
        if (named, number) in noted and last is not None and first // 10000 == last // 10000:
            found[named, number].append(str(first // 10000))
    return found


def _statements(connection: Connection, keys: Select[Any]) -> dict[str, list[Row]]:
    """Give what was said of figures, by the figure it answers or is about."""
    table = models.kind("statements").__table__
    among = keys.order_by(None).subquery()
    rules = (
        (table.c[f"{name}_kind"] == "figures") & table.c[f"{name}_key"].in_(select(among.c.key))
        for name in ("about", "responds_to")
    )
    asked = select(table.c.key).where(or_(*rules), table.c.status != "withdrawn").order_by(table.c.id)
    found: dict[str, list[Row]] = defaultdict(list)
    for row in records(connection, "statements", asked):
        for answered in dict.fromkeys((row.responds_to, row.about)):
            kind, _, named = (answered or "").partition("/")
            if kind == "figures":
                found[named].append(row)
    return found


def _claim(row: Row, every: dict[str, Row], called: _Called) -> Claim:
    who = called.name("claimed_by", row.claimed_by) if row.claimed_by else _source(row)
    years = called.years_of(row) if row.claimed_by else ""  # of a text's own claim they are those of its notes' works
    number, unit = _worked_out(row, every)
    return Claim(row, unit, number, f"{who} (work of {years})" if years else who)


def _source(row: Row) -> str:
    return next((c["source"] for c in own(row) if c["source"]), "nobody named")


def _worked_out(row: Row, every: dict[str, Row]) -> tuple[Number, str]:
    """Give what a claim comes to, and its unit; a share or multiple of a count becomes a count, with its arithmetic."""
    stated = Number(_float(row.low), _float(row.best), _float(row.high))
    base = row.of
    scale = 100 if row.qualifier == "majority" and row.unit in ("persons", "percent") else SHARES.get(row.unit)
    if row.qualifier == "vague" and row.magnitude is not None:
        # The words name a power of ten: at least one of it, and fewer than ten.
        power = float(row.magnitude)
        return Number(power, None, power * 10, f"no number: a power of ten, {power:,.15g}"), row.unit
    if row.qualifier == "majority" and base is not None:
        half = float(base) / 2
        return Number(half, None, float(base), f"more than half of {base:,.15g} is more than {half:,.15g}"), "persons"
    if scale is None or base is None or row.unit not in SHARES:
        return stated, row.unit
    of = every.get(_figure_of(row) or "")
    ends = [None if end is None else round(end * float(base) / scale, 2) for end in stated[:3]]
    number = next((end for end in (stated.best, stated.low, stated.high) if end is not None), None)
    product = next((end for end in (ends[1], ends[0], ends[2]) if end is not None), None)
    if number is None or product is None:
        return stated, row.unit
    sign = f"{number:,.15g} % of" if row.unit == "percent" else f"{number:,.15g} ×"
    return Number(ends[0], ends[1], ends[2], f"{sign} {base:,.15g} = {product:,.15g}"), of.unit if of else "persons"


def _float(number: Any) -> float | None:
    return None if number is None else float(number)


# ---------------------------------------------------------------- panels


def _panels(claims: Sequence[Claim]) -> list[Panel]:
    """Sort claims into panels; one that leaves something of LOOSE unsaid goes where it fits, if it fits one alone."""
    made: dict[tuple[Any, ...], list[Panel]] = defaultdict(list)
    for claim in sorted(claims, key=lambda c: -sum(bool(_loose(c.row)[name]) for name in LOOSE)):
        row, loose = claim.row, _loose(claim.row)
        scope = tuple(tuple(value) if isinstance(value := row[name], list) else value for name in WHOLE)
        same = made[row.measure, claim.unit, scope]
        fits = [panel for panel in same if _agree(panel.loose, loose)]
        if len(fits) == 1:
            fits[0].claims.append(claim)
            fits[0].loose.update({name: value for name, value in loose.items() if value})
        else:
            same.append(Panel(row.measure, claim.unit, scope, dict(loose), [claim]))
    panels = [panel for same in made.values() for panel in same]
    for panel in panels:
        panel.claims.sort(key=_place)

    def place(panel: Panel) -> tuple[Any, ...]:
        numbered = any(end is not None for claim in panel.claims for end in claim.number[:3])
        return -len(panel.claims), not numbered, panel.measure, panel.claims[0].row.id

    return sorted(panels, key=place)


def _loose(row: Row) -> dict[str, Any]:
    period = row.period
    return {"period": None if period is None else (period.earliest, period.latest), "by": row.by}


def _agree(one: dict[str, Any], other: dict[str, Any], *names: str) -> bool:
    return all(not one[name] or not other[name] or one[name] == other[name] for name in names or LOOSE)


def _place(claim: Claim) -> tuple[Any, ...]:
    """Order the claims of a panel: archives first, then by the number, then by id."""
    number = next((end for end in (claim.number.best, claim.number.low, claim.number.high) if end is not None), 0.0)
    return ORDER.index(claim.row.basis) if claim.row.basis in ORDER else len(ORDER), -number, claim.row.id


# ---------------------------------------------------------------- the report


def _sections(
    claims: list[Claim],
    every: dict[str, Row],
    called: _Called,
    spoken: dict[str, list[Row]],
    notes: Notes,
    *,
    dubious: bool,
) -> Iterator[Section]:
    if not claims:
        yield Section("", [Prose("No figure answers to this.")])
        return
    panels = _panels(claims)
    apart = [claim for claim in claims if claim.row.status in APART]
    lead = f"{_many(len(claims), 'claim')} in {_many(len(panels), 'panel')}: what is counted differently is no rival."
    if apart and not dubious:
        lead += f" {len(apart):,} dubious or withdrawn, shown and marked, left out of the charts and the arithmetic."
    yield Section("", [Prose(lead)])
    tie = partial(_tie, every=every, notes=notes)
    for panel in panels:
        told = [claim for claim in panel.claims if dubious or claim.row.status not in APART]
        said = _said_of(panel, spoken, called, notes)
        yield Section(_title(panel, called), chain(_blocks(panel, told, called, notes, tie), said))
    if apart_from := list(_scope_check(panels, called)):
        yield Section("Scope check", [Prose("Not laid side by side as rivals, and why."), *apart_from])
    reckoned = [claim for claim in claims if dubious or claim.row.status not in APART]
    if derived := list(_arithmetic(reckoned, every, notes)):
        columns = ("claim", "in the source's words", "arithmetic", "comes to", "does it agree?")
        yield Section("Arithmetic", [Table("", columns, derived)])


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _title(panel: Panel, called: _Called) -> str:
    unit = "" if panel.unit in ("persons", panel.measure) else f", {words(panel.unit)}"
    return f"{words(panel.measure).capitalize()}{unit}: {_scope(panel, called)}"


def _scope(panel: Panel, called: _Called) -> str:
    """Say what a panel counts, and when and by whom where any of its claims says so."""
    parts = []
    for name, value in zip(WHOLE, panel.scope, strict=True):
        if value:
            many = value if isinstance(value, tuple) else (value,)
            said = " and ".join(
                called.name(name, one) if models.kind("figures").fields[name].kinds else one for one in many
            )
            parts.append(f"{name} {said}" if name in ("includes", "excludes") else said)
    loose = [f"by {called.name('by', panel.loose['by'])}"] if panel.loose["by"] else []
    loose += [claim.row.said("period") for claim in panel.claims if claim.row.period is not None][:1]
    if loose and any(not _loose(claim.row)[name] for claim in panel.claims for name in LOOSE if panel.loose[name]):
        loose[0] = f"where stated, {loose[0]}"
    return "; ".join([*parts, *loose]) or "scope not stated"


def _blocks(panel: Panel, told: Sequence[Claim], called: _Called, notes: Notes, tie: Any) -> Iterator[Block]:
    drawn = [claim for claim in told if any(end is not None for end in claim.number[:3])]
    if len(drawn) > 1 or (drawn and drawn[0].row.qualifier != "exact"):  # one dot alone shows nothing
        marks = [_mark(claim, notes) for claim in drawn[:CHARTED]]
        more = f" The first {CHARTED} of {len(drawn):,} are drawn." if len(drawn) > CHARTED else ""
        described = f"{len(marks)} of {_many(len(panel.claims), 'claim')} drawn.{more}"
        yield Chart(_title(panel, called), words(panel.unit), marks, described)
    stated = {name for claim in panel.claims for name in LOOSE if _loose(claim.row)[name]}
    rows = []
    for claim in panel.claims:
        row = claim.row
        unsaid = [f"no {UNSAID[name]} stated" for name in LOOSE if name in stated and not _loose(row)[name]]
        remarks = [part.removesuffix(".") for part in (row.what, row.note, *unsaid) if part]
        rows.append(
            (
                claim.by,
                Cited(row.text, notes.cite(own(row))),
                *_ends(claim),
                claim.number.shown,
                _basis(row.basis) if row.basis else NOT_STATED,
                tie(row),
                doubt(row),
                "; ".join(remarks),
            )
        )
    columns = ("claimant", "number", "low", "best", "high", "worked out", "basis", "tie", "status", "remarks")
    yield Table("", columns, rows)
    if said := _repeated(told):
        yield Prose(said)


def _said_of(panel: Panel, spoken: dict[str, list[Row]], called: _Called, notes: Notes) -> Iterator[Block]:
    """Tell what was said of the numbers of a panel, and how whoever said it stands to them."""
    rows = []
    for claim in panel.claims:
        for row in spoken.get(claim.row.id, ()):
            if row.stance and (row.responds_to or "").endswith(claim.row.id):
                who = called.name("claimed_by", row.speaker) if row.speaker else "nobody named"
                content = Cited(row.content, notes.cite(row.citations))
                remarks = "; ".join(part for part in (f"“{row.hedge}”" if row.hedge else "", row.note) if part)
                number = f"{claim.row.text} ({claim.row.id})"
                rows.append((who, words(row.stance), number, content, words(row.status), remarks))
    if rows:
        yield Table("Said of these numbers", ("who", "stance", "number", "what", "status", "hedge and note"), rows)


def _ends(claim: Claim) -> Iterator[int | float | None]:
    """Give low, best and high, as far as they are stated and differ; a vague count has none."""
    low, best, high = claim.number[:3]
    if claim.row.qualifier == "vague":
        low = best = high = None
    elif low == best == high:
        low = high = None
    yield from map(_whole, (low, best, high))


def _whole(number: float | None) -> int | float | None:
    return int(number) if number is not None and number == int(number) else number


def _basis(basis: str | None) -> str:
    return BASES.get(basis, words(basis))


def _mark(claim: Claim, notes: Notes) -> Mark:
    row, number = claim.row, claim.number
    said = f"{row.text} = {_product(claim)}" if number.shown and row.qualifier != "vague" else row.text
    vague = row.qualifier == "vague"
    low, best, high = number[:3]
    if row.qualifier == "exact" or low == best == high:
        low = high = None  # a dot
    return Mark(claim.by, low, best, high, said, "", _basis(row.basis), doubt(row), vague, notes.cite(own(row)))


def _product(claim: Claim) -> str:
    end = next((e for e in (claim.number.best, claim.number.low, claim.number.high) if e is not None), None)
    return "" if end is None else f"{end:,.15g}"


def _tie(row: Row, *, every: dict[str, Row], notes: Notes) -> Any:
    """Say which number a claim answers, and how it stands to it."""
    parts, marks = [], []
    stance = WORDS.get(row.stance, "")
    answered = every.get(row.responds_to or "")
    if answered is not None:
        parts.append(f"{stance or 'answers'} {answered.text} ({answered.id})")
        marks += own(answered)
    elif stance:
        parts.append(stance)
    of = every.get(_figure_of(row) or "")
    if of is not None and of is not answered:
        parts.append(f"of {of.text} ({of.id})")
        marks += own(of)
    return Cited("; ".join(parts), notes.cite(marks)) if parts else ""


def _repeated(claims: Sequence[Claim]) -> str:
    """Say how many numbers of their own the claims of a panel make: who repeats another's number makes none."""
    ids = {claim.row.id: claim for claim in claims}
    repeats = []
    for claim in claims:
        other = ids.get(claim.row.responds_to or "")
        if other is not None and claim.number[:3] == other.number[:3] and claim.row.text == other.row.text:
            repeats.append(f"{claim.by} repeats the number of {other.row.id}")
    if not repeats:
        return ""
    numbers = len(claims) - len(repeats)
    return f"{len(claims)} claims, {numbers} numbers of their own: {'; '.join(repeats)}."


# ---------------------------------------------------------------- scope check


def _scope_check(panels: Sequence[Panel], called: _Called) -> Iterator[Prose]:
    """Say in what panels of one operation differ, which one might take for rivals."""
    alike: dict[Any, list[Panel]] = defaultdict(list)
    for panel in panels:
        if panel.scope[0]:
            alike[panel.scope[0]].append(panel)
    for same in alike.values():
        first = max(same, key=lambda panel: len(panel.claims))
        for other in same:
            if other is not first and (why := _differences(first, other, called)):
                who = ", ".join(dict.fromkeys(claim.by for claim in other.claims))
                yield Prose(f"{_title(other, called)} ({who}) is not laid beside {_title(first, called)}: {why}.")


def _differences(one: Panel, other: Panel, called: _Called) -> str:
    parts = []
    if one.measure != other.measure:
        parts.append(f"it counts {words(other.measure)}, not {words(one.measure)}")
    if one.unit != other.unit:
        parts.append(f"its unit is {words(other.unit)}, not {words(one.unit)}")
    for name, mine, theirs in zip(WHOLE, one.scope, other.scope, strict=True):
        if mine != theirs:
            parts.append(f"{name}: {_named(name, theirs, called)}, not {_named(name, mine, called)}")
    apart = (name for name in LOOSE if not _agree(one.loose, other.loose, name))
    return "; ".join([*parts, *(f"another {'period' if name == 'period' else 'regime or body'}" for name in apart)])


def _named(name: str, value: Any, called: _Called) -> str:
    if not value:
        return "the whole" if name not in ("includes", "excludes") else "nothing said"
    many = value if isinstance(value, tuple) else (value,)
    return " and ".join(called.name(name, one) if models.kind("figures").fields[name].kinds else one for one in many)


# ---------------------------------------------------------------- arithmetic


def _arithmetic(claims: Sequence[Claim], every: dict[str, Row], notes: Notes) -> Iterator[tuple[Any, ...]]:
    """Work shares, multiples and rates out, and lay what they come to beside the counts of the same scope."""
    counts = [claim for claim in claims if claim.row.unit == "persons" and claim.row.qualifier == "exact"]
    for claim in claims:
        row = claim.row
        said = f"{row.what or row.measure}: {row.text}"
        if claim.number.shown and row.qualifier != "vague":
            yield Cited(row.id, notes.cite(row.citations)), said, claim.number.shown, _whole(_first(claim)), ""
        if row.unit in RATES or row.qualifier == "majority" or row.unit == "percent":
            for count in counts:
                if _same_count(row, count.row):
                    yield from _drawn(row, count.row, every, notes)


def _first(claim: Claim) -> float | None:
    return next((e for e in (claim.number.best, claim.number.low, claim.number.high) if e is not None), None)


def _same_count(share: Row, count: Row) -> bool:
    """Say whether a share, or a rate, and a count are of the same thing and by the same claimant."""
    same = ("measure", "operation", "trial", "order", "places", "group", "claimed_by", *LOOSE)
    return share.id != count.id and all(
        (_loose(share)[name] == _loose(count)[name]) if name in LOOSE else share[name] == count[name] for name in same
    )


def _drawn(share: Row, count: Row, every: dict[str, Row], notes: Notes) -> Iterator[tuple[Any, ...]]:
    """Draw a share or a rate from a count, and say whether the source's words agree."""
    marks = notes.cite([*own(share), *own(count)])
    said = f"{share.what or share.measure}: {share.text}"
    if share.unit in RATES:
        days, unit = RATES[share.unit]
        length = _days(share)
        if length:
            number = float(count.best) * days / length
            each = f"{count.best:,.15g} in {length:,} days"
            yield (
                Cited(share.id, marks),
                said,
                f"{each} is {number:,.{0 if number >= WHOLE_FROM else 1}f} a {unit}",
                round(number, 1),
                _agrees(share, number),
            )
        return
    whole = every.get(_figure_of(share) or "")
    base = whole.best if whole is not None else share.of
    if base:
        number = 100 * float(count.best) / float(base)
        sum_ = f"{count.best:,.15g} of {base:,.15g} is {number:.1f} %"
        yield Cited(share.id, marks), said, sum_, round(number, 1), _agrees(share, number)


def _days(row: Row) -> int | None:
    period = row.period
    if period is None or period.earliest is None or period.latest is None:
        return None
    days: int = (period.latest - period.earliest).days + 1
    return days


def _agrees(row: Row, number: float) -> str:
    """Say whether the words of a source allow a number; 'about' and averages allow what is near, and that is said."""
    if row.qualifier == "majority":
        return "yes" if number > 50 else "no"
    if row.qualifier in ("about", "average") and row.best is not None:
        return f"about: {100 * number / float(row.best) - 100:+.1f} % from {row.best:,.15g}"
    low, high = _float(row.low), _float(row.high)
    digits = 0.5 / 10 ** max(len(f"{end:g}".partition(".")[2]) for end in (low or 0, high or 0))
    near = (low is None or number >= low - digits) and (high is None or number <= high + digits)
    return "yes" if near else "no"
