"""The map report: places on an outline of today's borders, and beside it each place with its passages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import case, select

from terrordb import models
from terrordb.errors import BadQuestion
from terrordb.models import labels
from terrordb.querying.deciding import decide
from terrordb.querying.finding import Heard
from terrordb.querying.grammar import parse
from terrordb.querying.grouping import tallied
from terrordb.querying.reaching import reached
from terrordb.querying.records import records
from terrordb.querying.selecting import order
from terrordb.reports.attested import doubt, own
from terrordb.reports.counting import counted
from terrordb.reports.drawn_map import BORDERS, outlines, text_map
from terrordb.reports.laying import NOT_KNOWN, trimmed
from terrordb.reports.notes import Notes
from terrordb.reports.report import Cited, Map, Point, Prose, Report, Section
from terrordb.reports.table import Table, words

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from terrordb.querying.deciding import Verdict
    from terrordb.querying.grammar import Question
    from terrordb.querying.reaching import Way
    from terrordb.querying.records import Row
    from terrordb.reports.report import Block

__all__ = ["map_of", "outlines", "text_map"]

PLACES = "places"
LEADING = ("place", "region")  # names that lead from records to places
READ = ("id", "name", "kind", "latitude", "longitude", "precision", "status", "hedge", "citations")
AT_ONCE = 500  # ids of one statement
OURS = "Coordinates without a note of their own are the editors' addition."


class Placed(NamedTuple):
    """A place, and how many records point to it: possibly, and certainly; None where no records are counted."""

    row: Row
    number: int | None = None
    certain: int | None = None


def map_of(connection: Connection, terms: str | Sequence[str] | None = None, *, dubious: bool = False) -> Report:
    """Show places on a map of today's borders, or how many records point to each."""
    text = terms if isinstance(terms, str) else " ".join(terms or ())
    question = parse(text or PLACES)
    if not question.named:
        question = parse(f"{PLACES} {text}")
    notes = Notes(connection)
    ways = {} if question.kind == PLACES else _ways(question.kind)
    verdict = decide(connection, question, Heard(question.kind))
    asked = {"terms": str(question), "dubious": dubious}
    sections = _sections(connection, question, verdict, ways, notes, dubious=dubious)
    return Report("map", f"Map: {question}", sections, notes, asked)


# ---------------------------------------------------------------- from a question to places


def _ways(kind: str) -> dict[str, labels.Path]:
    """List how records of a kind lead to places, as paths of labels; BadQuestion where they do not."""
    own = [name for name, field in models.kind(kind).fields.items() if PLACES in field.kinds]
    every = [way for name in (*LEADING, *own) for way in reached(kind, name)]
    found = {_said(way): _path(way) for way in every if PLACES in _kinds(kind, way)}
    if not found:
        leading = ", ".join(of for of in models.KINDS if any(PLACES in _kinds(of, w) for w in reached(of, "region")))
        raise BadQuestion(f"{kind} do not point to places", f"ask for places, or for one of {leading}")
    return found


def _kinds(kind: str, way: Way) -> tuple[str, ...]:
    """List the kinds that the end of a way may point to."""
    (end, *_) = way.ends
    field = models.kind(way.legs[-1].kind if way.legs else kind).fields.get(end.field)
    return end.kinds or (() if field is None else field.kinds)


def _path(way: Way) -> labels.Path:
    steps = []
    for leg in way.legs:
        codes = "".join(f"[{field}={code}]" for field, code in leg.where)
        through = "".join(f"<{field}" for field in leg.through)
        steps.append(f"{leg.field}/{leg.kind}" if leg.field else f"{leg.kind}{through}{codes}")
    return (*steps, way.ends[0].field)


def _said(way: Way) -> str:
    return ".".join([*(leg.field or leg.kind for leg in way.legs), way.ends[0].field])


def _tally(
    connection: Connection, kind: str, verdict: Verdict, paths: Sequence[labels.Path], **options: bool
) -> Counter[str | None]:
    """Count records by the ids of places they lead to: each once at each place, under None where it leads to none."""
    found = connection.execute(tallied(kind, verdict, paths, **options)).all()
    said = [labels.say(connection, kind, path, {row[n] for row in found}) for n, path in enumerate(paths)]
    sums: Counter[str | None] = Counter()
    for *raws, rows in found:
        there = (raw and _named(said[n][raw]) for n, raw in enumerate(raws))
        places: set[str | None] = {place for named in there for place in named or ()}
        for place in places or {None}:
            sums[place] += rows
    return sums


def _named(label: str) -> Iterator[str]:
    """Give the ids of places in a label, which has those of several rows, and where its field is a list several ids."""
    for one in (part for row in label.split(labels.BETWEEN) for part in row.split(";")):
        kind, slash, named = one.strip().partition("/")
        if kind == PLACES or not slash:
            yield named if slash else kind


def _rows(connection: Connection, keys: Any) -> Iterator[Row]:
    return records(connection, PLACES, keys, READ)


def _asked(connection: Connection, verdict: Verdict) -> list[Placed]:
    """List the places of a question about places."""
    model = models.kind(PLACES)
    sure = case((verdict.yes, 1), else_=0)
    keys = select(model.__table__.c.key, sure).where(verdict.maybe).order_by(*order(model, ""))
    return [Placed(row) for row in _rows(connection, keys)]


def _counted(connection: Connection, possible: Counter[str | None], certain: Counter[str | None]) -> list[Placed]:
    """List the places that records lead to, those with the most first."""
    table = models.kind(PLACES).__table__
    ids = sorted((named for named in possible if named is not None), key=lambda named: (-possible[named], named))
    found = []
    for start in range(0, len(ids), AT_ONCE):
        keys = select(table.c.key).where(table.c.id.in_(ids[start : start + AT_ONCE]))
        found += [Placed(row, possible[row.id], certain[row.id]) for row in _rows(connection, keys)]
    return sorted(found, key=lambda one: (-(one.number or 0), one.row.id))


# ---------------------------------------------------------------- the report


def _sections(
    connection: Connection,
    question: Question,
    verdict: Verdict,
    ways: dict[str, labels.Path],
    notes: Notes,
    *,
    dubious: bool,
) -> Iterator[Section]:
    told = [counted(connection, str(question), dubious=dubious).said]
    if question.kind == PLACES:
        placed = _asked(connection, verdict)
    else:
        paths = list(ways.values())
        possible = _tally(connection, question.kind, verdict, paths, dubious=dubious)
        certain = possible
        if not verdict.sure:
            certain = _tally(connection, question.kind, verdict, paths, dubious=dubious, certain=True)
        placed = _counted(connection, possible, certain)
        told.append(f"counted by {', '.join(ways)}: each once at every place it names")
        if nowhere := possible[None]:
            told.append(f"for {nowhere:,} no place is known")
    there = [one for one in placed if _is_placed(one.row)]
    elsewhere = [one for one in placed if not _is_placed(one.row)]
    drawn = [one for one in there if dubious or one.row.status not in labels.APART]
    if elsewhere:
        told.append(f"places without coordinates, which are listed apart: {len(elsewhere):,} of {len(placed):,}")
    if len(drawn) < len(there):
        told.append(f"dubious or withdrawn places, which are listed and not drawn: {len(there) - len(drawn):,}")
    yield Section("", [Prose(f"{'. '.join(map(_sentence, told))}."), *_map(question, drawn, notes)])
    if there:
        yield Section("Places on the map", [_table("", there, question.kind, notes)])
    if elsewhere:
        yield Section("Places without coordinates", [_table("", elsewhere, question.kind, notes)])


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _is_placed(row: Row) -> bool:
    return row.latitude is not None and row.longitude is not None


def _map(question: Question, drawn: Sequence[Placed], notes: Notes) -> Iterator[Block]:
    if not drawn:
        yield Prose("There is no place to draw.")
        return
    kinds = Counter(words(one.row.kind) for one in drawn)
    what = f"how many {question.kind} point to each of " if question.kind != PLACES else ""
    listed = ", ".join(f"{kind} {number:,}" for kind, number in sorted(kinds.items()))
    described = f"A map of {what}{len(drawn):,} places, by kind: {listed}. {BORDERS}"
    points = [
        Point(one.row.name, one.row.latitude, one.row.longitude, words(one.row.kind), one.number, _own(one.row, notes))
        for one in drawn
    ]
    yield Map(str(question), points, described)


def _own(row: Row, notes: Notes) -> tuple[int, ...]:
    return notes.cite(own(row, "name", "aliases", "kind"))


def _table(title: str, placed: Sequence[Placed], kind: str, notes: Notes) -> Table:
    """List places; columns in which nothing would stand are left out."""
    columns: dict[str, Callable[[Placed], Any]] = {
        "place": lambda one: Cited(one.row.name, _own(one.row, notes)),
        "kind": lambda one: words(one.row.kind),
        "coordinates": lambda one: _coordinates(one.row, notes),
        "how exact": lambda one: _exactness(one.row),
        kind if kind != PLACES else "number": lambda one: one.number,
        "certainly": lambda one: one.certain if one.certain != one.number else None,
        "answer": lambda one: "maybe" if one.row.answer == "maybe" else "",
        "status": lambda one: doubt(one.row),
    }
    rows = [[cell(one) for cell in columns.values()] for one in placed]
    return trimmed(title, list(columns), rows, remarks=[OURS] if any(_is_placed(one.row) for one in placed) else [])


def _coordinates(row: Row, notes: Notes) -> Cited:
    """Write where a place lies, and beside it what else sources give for it."""
    own = f"{_degrees(row.latitude, 'N', 'S')}, {_degrees(row.longitude, 'E', 'W')}" if _is_placed(row) else ""
    cited = [c for c in row.citations if c["field"] in ("latitude", "longitude")]
    others = [f"{c['field']} {c['value']} by another claim" for c in cited if c["value"]]
    return Cited("; ".join(filter(None, [own, *others])), notes.cite(cited))


def _degrees(number: float, plus: str, minus: str) -> str:
    return f"{abs(number):.4f}".rstrip("0").rstrip(".") + f"° {plus if number >= 0 else minus}"


def _exactness(row: Row) -> str:
    if not _is_placed(row):
        return ""
    return models.kind(PLACES).fields["precision"].vocabulary.get(row.precision or "", NOT_KNOWN)
