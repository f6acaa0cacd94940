"""What stands behind an answer: the statement that gives it, why it finds nothing, and what is read for it."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any, NamedTuple

from sqlalchemy import (
    Cast,
    ColumnElement,
    Connection,
    Float,
    Select,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
)
from sqlalchemy.sql.elements import BinaryExpression, ExpressionClauseList
from sqlalchemy.sql.operators import concat_op
from sqlalchemy.sql.visitors import replacement_traverse

from terrordb import database, models
from terrordb.database import Words
from terrordb.errors import BadQuestion
from terrordb.models import fields as f
from terrordb.models import labels
from terrordb.models.derived import DERIVED
from terrordb.querying.deciding import MANY, Verdict, counting, decide, is_words, large
from terrordb.querying.finding import Wanted, names_of
from terrordb.querying.grammar import All, Either, Question, Term, Tree
from terrordb.querying.grouping import labelled, path_of, tallied
from terrordb.querying.names import find
from terrordb.querying.selecting import SAID, has_names, id_of, own_field
from terrordb.querying.wording import listed, sentence, singular

__all__ = ["Asking", "Explained", "Scan", "emptied", "explain", "run", "scans", "sql", "statement"]

FEW = 10  # values of a list that are printed
SHORT = 24  # columns of a value that stands in a line with others
WIDTH = 100  # columns of a statement that is printed
STATEMENTS, SECONDS = 20, 1.0  # that finding out why nothing was found may take


@dataclass(frozen=True)
class Asking:
    """A question with what was asked beside it.

    `rows` selects the records it finds, in their order; they are not needed where they are counted.
    """

    question: Question
    verdict: Verdict
    rows: Select[Any] | None
    fields: Sequence[str]  # that are shown of each record
    named: bool = False  # these fields were asked for
    sort: str | None = None
    limit: int | None = None
    certain: bool = False
    dubious: bool = False
    count: bool = False
    by: Sequence[str] = ()
    top: int | None = None
    distinct: bool = False

    @property
    def kind(self) -> str:
        """Name the kind that is asked for."""
        return self.question.kind


class Explained(NamedTuple):
    """What is asked, in English, and the statement that answers it, with its parameters."""

    sentence: str
    sql: str
    parameters: dict[str, Any]

    def __str__(self) -> str:
        """Write all three, long lists of values shortened."""
        given = [f":{name} = {_shortened(value)}" for name, value in self.parameters.items()]
        return "\n".join([self.sentence, "", self.sql, *(["", *given] if given else [])])


def _shortened(value: Any) -> str:
    if not isinstance(value, list | tuple):
        return _literal(value)
    more = f", … {len(value):,} values" if len(value) > FEW else ""
    return f"({', '.join(map(_literal, value[:FEW]))}{more})"


def explain(connection: Connection, asking: Asking) -> Explained:
    """Say what is asked, and by which statement it is answered; labels of groups are read afterwards, and not in it."""
    asked = statement(asking)
    if asking.by:
        paths = [path_of(asking.kind, name) for name in asking.by]
        asked = tallied(asking.kind, asking.verdict, paths, certain=asking.certain, dubious=asking.dubious)
    return Explained(sentence(connection, asking), *_named_statement(connection, asked))


def sql(connection: Connection, asking: Asking) -> str:
    """Write the statement with its parameters in it, as `terrordb sql` takes it."""
    return _laid_out(str(statement(asking).compile(dialect=_plain(connection), compile_kwargs={"literal_binds": True})))


# ---------------------------------------------------------------- the statement


def statement(asking: Asking) -> Select[Any]:
    """Select what answers a question: rows, groups or counts, with text ids and never a key."""
    if asking.by:
        return _groups(asking)
    if asking.count or asking.rows is None:
        return counting(asking.kind, asking.verdict, dubious=asking.dubious)
    columns = [column for name in dict.fromkeys(["id", *asking.fields]) for column in _shown(asking.kind, name)]
    sure = asking.certain or asking.verdict.sure
    answer = literal("yes", Words) if sure else case((asking.verdict.yes, "yes"), else_="maybe")
    of = models.kind(asking.kind).__table__
    rows = asking.rows.with_only_columns(*columns, answer.label("answer")).select_from(of)
    return rows if asking.limit is None else rows.limit(min(asking.limit, sys.maxsize))


def _shown(kind: str, name: str) -> list[ColumnElement[Any]]:
    """Give a field as it is read: a date by its first and last day, a reference as an id, what is derived as a text."""
    model = models.kind(kind)
    table, field = model.__table__, model.fields.get(name)
    if isinstance(field, f.DateField):
        return [table.c[column] for column in field.columns[2:]]
    if name == "id":
        column: Any = id_of(model)
    elif field is None:
        try:
            column = _read(kind, path_of(kind, name))
        except BadQuestion:  # citations, and what is worked out when it is shown
            return []
    elif (kind, name) in DERIVED:
        column = _derived(kind, field)
    elif isinstance(field, f.ReferenceField | f.FlagField) or (model.hangs and name in labels.LENT):
        column = _read(kind, (name,), shown=True)
    else:
        column = table.c[field.columns[0]]
    return [column.label(name)]


def _derived(kind: str, field: f.Field) -> ColumnElement[Any]:
    table, every = models.kind(kind).__table__, DERIVED[kind, field.name]().subquery()
    own = select(every.c.value).where(every.c.key == table.c.key).correlate(table)
    if field.type != "list":
        return own.scalar_subquery()
    values = own.order_by(every.c.rank, every.c.value).subquery()
    return select(func.aggregate_strings(cast(values.c.value, Words), "; ")).scalar_subquery()


def _groups(asking: Asking) -> Select[Any]:
    """Select the labels as they are read, and how many records stand under them."""
    paths = [path_of(asking.kind, name) for name in asking.by]
    inner = labelled(
        asking.kind, asking.verdict, paths, certain=asking.certain, dubious=asking.dubious, label=_read
    ).subquery("labelled")
    said = [column.label(name) for column, name in zip(inner.c, asking.by, strict=True)]
    found = select(*said, *([] if asking.distinct else [func.count().label("count")])).group_by(*inner.c)
    natural = [key for column in inner.c for key in _natural(column)]
    if asking.top is None:
        return found.order_by(*natural)
    return found.order_by(func.count().desc(), *natural).limit(asking.top)


def _natural(text: ColumnElement[Any]) -> list[ColumnElement[Any]]:
    """Order labels: numbers by their value, then words, then what is missing."""
    digits = "0123456789"
    rest = func.ltrim(func.ltrim(func.ltrim(text, digits), "."), digits)
    number = and_(rest == "", func.ltrim(text, digits) != text, text.not_like("%.%.%"))
    return [
        case((text.is_(None), 2), (number, 0), else_=1),
        case((number, cast(text, Float))),
        text,
    ]


def _read(kind: str, path: labels.Path, *, shown: bool = False) -> ColumnElement[Any]:
    """Give a label as `labels.say` writes it, by the engine alone: ids for keys, signs in their place.

    `shown` writes a reference as a record shows it, where that is without its kind.
    """
    last = _last(kind, path)
    several = isinstance(last, f.OneOfField) and not (shown and last.bare)

    def put(element: Any, **_: Any) -> Any:
        if isinstance(element, Cast) and isinstance(element.clause.type, Float):
            return _digits(element.clause)
        if isinstance(element, BinaryExpression) and element.operator is concat_op:
            kind, key = str(getattr(element.left, "value", ""))[:-1], element.right
            if kind in models.MODULES and isinstance(key, Cast):
                return _id(kind, key.clause, with_kind=several)
        if isinstance(element, ExpressionClauseList) and len(element.clauses) == 3:
            plain, between, edtf = element.clauses
            if getattr(between, "value", None) == labels.SIGNED:
                return _signed(plain, edtf)
        return None

    return replacement_traverse(labels.label(kind, path), {}, put)


def _last(kind: str, path: labels.Path) -> f.Field | None:
    """Find the field at the end of a path of labels."""
    name, kinds, *_ = re.split(r"[/<\[]", path[0])[0], re.findall(r"/(\w+)", path[0])
    field = models.kind(kind).fields.get(name)
    if field is None:
        return _last(name, path[1:]) if len(path) > 1 else None
    if len(path) == 1 or not isinstance(field, f.ReferenceField):
        return field
    found = (_last(of, path[1:]) for of in kinds or field.kinds)
    return next((one for one in found if one is not None), None)


def _id(kind: str, key: ColumnElement[Any], *, with_kind: bool) -> ColumnElement[Any]:
    model = models.kind(kind)
    there = model.__table__.alias()
    named = id_of(model, there)
    said = literal(f"{kind}/", Words) + named if with_kind else named
    return select(said).where(there.c.key == key).correlate_except(there).scalar_subquery()


def _digits(number: ColumnElement[Any]) -> ColumnElement[Any]:
    whole = cast(number, database.Key)
    return case((number == whole, cast(whole, Words)), else_=cast(number, Words))


def _signed(plain: ColumnElement[Any], edtf: ColumnElement[Any]) -> ColumnElement[Any]:
    """Put the signs of an EDTF to the ends of the interval that a label is."""

    def sign(*places: tuple[str, ...]) -> ColumnElement[Any]:
        has = {
            one: or_(*(edtf.like(before + f"!{one}" + after, escape="!") for before, after in places)) for one in "~?%"
        }
        pairs = [and_(has[a], has[b]) for a, b in ("~?", "~%", "?%")]
        return case((or_(*pairs), "~"), (has["~"], "~"), (has["?"], "?"), (has["%"], "%"), else_="")

    others = func.replace(plain, "/", "")
    first, last = func.rtrim(plain, others), func.ltrim(plain, others)  # each with the stroke between them
    one = edtf.not_like("%/%")
    signs = [case((one, sign(("%", "%"))), else_=sign(places)) for places in (("%", "%/%"), ("%/%", "%"))]
    ends = [case((end.in_(("../", "/..")), ""), else_=own) for end, own in zip((first, last), signs, strict=True)]
    begin = func.substr(first, 1, func.length(first) - 1)
    both = begin + ends[0] + literal("/", Words) + func.substr(last, 2) + ends[1]
    return case((plain.like("%/%"), both), else_=plain + sign(("%", "%")))


# ---------------------------------------------------------------- the statement, written


def _plain(connection: Connection) -> Any:
    """Give the engine's dialect as it is typed by hand: `:name` for a parameter, % for itself."""
    from sqlalchemy.engine.interfaces import BindTyping

    own = connection.dialect
    typed = type(own)(paramstyle="named", dbapi=own.loaded_dbapi)  # type: ignore[call-arg]
    typed.initialize(connection)
    typed.bind_typing = BindTyping.NONE
    return typed


_STRING = re.compile("'(?:[^']|'')*'")
_PARAMETER = re.compile(r"([/%] )?(?<![:\w]):([A-Za-z_]\w*)")


def _named_statement(connection: Connection, asked: Select[Any]) -> tuple[str, dict[str, Any]]:
    """Write a statement with names for its parameters, a list being one of them, and give them in their order.

    What is compared with a column is a parameter, named for the column; other constants are written where they stand.
    """
    compiled = asked.compile(dialect=_plain(connection))
    columns = {column for table in models.tables().tables.values() for column in table.columns.keys()}  # noqa: SIM118
    given: dict[str, Any] = {}

    def write(found: re.Match[str]) -> str:
        sign, name = found[1] or "", found[2]
        if name not in compiled.params:
            return found[0]
        value = compiled.params[name]
        if sign or re.sub(r"_\d+$", "", name) not in columns:
            return sign + ", ".join(map(_literal, value if isinstance(value, list | tuple) else [value]))
        given[name] = value
        return found[0]

    text = re.sub(r"__\[POSTCOMPILE_(\w+?)(?:~~.*?~~)?\]", r":\1", str(compiled))
    parts = _STRING.split(text), [*_STRING.findall(text), ""]
    written = "".join(_PARAMETER.sub(write, plain) + string for plain, string in zip(*parts, strict=True))
    return _laid_out(written), given


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


class _Inside(NamedTuple):
    """What stands in parentheses, or between CASE and END."""

    begin: str
    parts: list[Any]
    end: str


_Part = str | _Inside
_PAIRS = {"(": ")", "CASE": "END"}
_TOKEN = re.compile(r"""'(?:[^']|'')*'|[()]|,|(?:[^\s'"(),]|"(?:[^"]|"")*")+""")
_BREAKS = ("SELECT", "FROM", "WHERE", "AND", "OR", "GROUP", "ORDER", "LIMIT", "UNION", "LEFT", "JOIN", "WHEN", "ELSE")
_HELD = {("AND", "BETWEEN"), ("JOIN", "OUTER")}  # no new line for the one, where the other has stood before
_HEADS = ("SELECT", "DISTINCT", "GROUP", "ORDER", "BY")


def _laid_out(text: str) -> str:
    """Break a statement into lines before its keywords, and indent what stands inside others; no sign is changed."""
    stack = [_Inside("", [], "")]
    for token in _TOKEN.findall(text):
        if token in _PAIRS:
            stack.append(_Inside(token, [], _PAIRS[token]))
        elif token == stack[-1].end:
            inside = stack.pop()
            stack[-1].parts.append(inside)
        else:
            stack[-1].parts.append(token)
    return "\n".join(line for part in _segments(stack[0].parts) for line in _lines(part, 0))


def _flat(parts: Sequence[_Part]) -> str:
    said = ""
    for part in parts:
        said += _glue(said, part) + _whole(part)
    return said


def _whole(part: _Part) -> str:
    if isinstance(part, str):
        return part
    return f"({_flat(part.parts)})" if part.begin == "(" else f"{part.begin} {_flat(part.parts)} {part.end}"


def _glue(before: str, part: _Part) -> str:
    """Put a space between two parts, but before a comma and between a function and what it is called with."""
    called = not isinstance(part, str) and part.begin == "(" and re.search(r'[a-z0-9_"]$', before)
    return "" if before.strip() == "" or part == "," or called else " "


def _lines(parts: Sequence[_Part], indent: int) -> list[str]:
    """Write parts in one line, or where they do not fit in several."""
    space = "  " * indent
    if len(space) + len(_flat(parts)) < WIDTH:
        return [space + _flat(parts)]
    segments = list(_segments(parts))
    if len(segments) > 1:
        return [line for segment in segments for line in _lines(segment, indent)]
    if "," in parts:
        return _columns(parts, indent)
    lines, line = [], space
    for part in parts:
        if len(line) + len(_glue(line, part)) + len(_whole(part)) < WIDTH:
            line += _glue(line, part) + _whole(part)
        elif isinstance(part, str):
            lines.append(line)
            line = f"{space}  {part}"
        else:
            lines += [line + _glue(line, part) + part.begin, *_lines(part.parts, indent + 1)]
            line = space + part.end
    return [*lines, line]


def _segments(parts: Sequence[_Part]) -> Iterator[list[_Part]]:
    segment: list[_Part] = []
    word = ""
    for part in parts:
        if part in _BREAKS and segment and (part, word) not in _HELD:
            yield segment
            segment = []
        segment.append(part)
        word = part if isinstance(part, str) and part.isupper() else word
    yield segment


def _columns(parts: Sequence[_Part], indent: int) -> list[str]:
    """Write what commas part: short values in as few lines as hold them, others in a line each."""
    items: list[list[_Part]] = [[]]
    for part in parts:
        if part == ",":
            items.append([])
        else:
            items[-1].append(part)
    head = [part for part in items[0] if part in _HEADS]
    items[0] = items[0][len(head) :]
    lines: list[str] = []
    below = indent + bool(head)
    for n, item in enumerate(items):
        comma = "," if n < len(items) - 1 else ""
        short = _flat(item) + comma
        if n and len(short) < SHORT and len(lines[-1]) + len(short) < WIDTH:
            lines[-1] += f" {short}"
        else:
            lines += _lines(item, below)
            lines[-1] += comma
    return ["  " * indent + _flat(head), *lines] if head else lines


# ---------------------------------------------------------------- why nothing was found


class _Budget:
    """How many statements may still be asked, and how long."""

    def __init__(self) -> None:
        self.left, self.end = STATEMENTS, monotonic() + SECONDS

    def spent(self) -> bool:
        """Take one statement; say whether there was none left."""
        self.left -= 1
        return self.left < 0 or monotonic() > self.end


class _OutOfTime(Exception):
    pass


def emptied(connection: Connection, question: Question, *, certain: bool = False) -> list[str]:
    """Say why a question finds nothing: the terms that alone find nothing, or the fewest that do so together.

    Where that takes long, what is known by then is all that is said.
    """
    lines: list[str] = []
    with suppress(_OutOfTime):
        lines.extend(_emptied(connection, question, _Budget(), certain=certain))
    return lines


def _emptied(connection: Connection, question: Question, budget: _Budget, *, certain: bool) -> Iterator[str]:
    key = models.kind(question.kind).__table__.c.key
    parts = list(_conditions(question.tree))
    verdicts: dict[Tree, Verdict] = {}

    def finding(asked: Iterable[Tree], sure: bool) -> Select[Any]:
        if budget.spent():
            raise _OutOfTime
        for part in asked:
            verdicts[part] = verdicts.get(part) or decide(connection, Question(question.kind, part, question.text))
        return select(key).where(*(verdicts[part].yes if sure else verdicts[part].maybe for part in asked))

    def finds(asked: Iterable[Tree], sure: bool = certain) -> bool:
        return connection.scalar(finding(asked, sure).limit(1)) is not None

    def many(asked: Iterable[Tree], sure: bool = certain) -> str:
        capped = finding(asked, sure).limit(MANY + 1).subquery()
        rows = connection.scalar(select(func.count()).select_from(capped)) or 0
        return f"{rows:,}" if rows <= MANY else f"more than {MANY:,}"

    if not parts:
        return
    if not finds([]):
        yield f"there are no {question.kind.replace('_', ' ')} at all"
        return
    if certain and finds(parts, sure=False):
        yield f"nothing is certain; without --certain there would be {many(parts, sure=False)}"
        return
    alone = False
    for part in parts:
        if finds([part]):
            continue
        alone = True
        yield f"no {singular(question.kind)} {_finding(question, part)}"
        yield from _near(connection, question, part)
    if alone or finds(parts):
        return
    fewest = parts
    for part in parts:
        rest = [other for other in fewest if other is not part]
        if len(rest) > 1 and not finds(rest):
            fewest = rest
    together = f"{listed([_written(part) for part in fewest])} find nothing together"
    for part in reversed(fewest):
        rest = [other for other in parts if other is not part]
        if finds(rest):
            yield f"{together}; without {_written(part)} there would be {many(rest)}"
            return
    yield together


def _conditions(tree: Tree | None) -> Iterator[Tree]:
    """Give what must all hold."""
    if isinstance(tree, All):
        for part in tree.of:
            yield from _conditions(part)
    elif tree is not None:
        yield tree


def _written(part: Tree) -> str:
    text = f"({part})" if isinstance(part, Either) and not str(part).startswith("(") else str(part)
    return text if len(text) <= SAID else f"{text[:SAID]}…"


def _finding(question: Question, part: Tree) -> str:
    """Say what nothing does that a condition asks for."""
    model, written = models.kind(question.kind), _written(part)
    if not isinstance(part, Term):
        return f"answers {written}"
    if part.field is not None:
        return f"has {written}"
    if not is_words(part, model):
        return f"is {written}"
    return f"{'is named' if has_names(model) else 'speaks of'} {written}"


def _near(connection: Connection, question: Question, part: Tree) -> Iterator[str]:
    """Name the nearest words of names that there are, for those that no name has."""
    model = models.kind(question.kind)
    if not isinstance(part, Term) or not _is_of_names(model, part):
        return
    kinds = names_of(question.kind)
    for item in part.items:
        for wanted in Wanted.read(item.text):
            if wanted.begins or wanted.holds or find(connection, wanted.word, kinds, fuzzy="never"):
                continue
            if near := find(connection, wanted.word, kinds, fuzzy="always", most=3):
                yield f"the nearest names to {wanted.word}: {', '.join(hit.word.capitalize() for hit in near[:3])}"


def _is_of_names(model: Any, term: Term) -> bool:
    if term.field is None:
        return is_words(term, model) and has_names(model)
    field = own_field(model, term.field)
    return term.way == ":" and field is not None and (isinstance(field, f.NameField) or field.name == "names")


# ---------------------------------------------------------------- what is read whole


class Scan(NamedTuple):
    """A kind all of whose records a statement reads."""

    kind: str
    rows: int

    def __str__(self) -> str:
        """Say so."""
        return f"reads all {self.rows:,} {self.kind.replace('_', ' ')}: no index answers it"


def run(connection: Connection, asking: Asking) -> Select[Any] | None:
    """Give the statement that is run for an answer, without what only makes it readable; None where counts are kept."""
    everything = asking.verdict.everything
    if asking.by:
        paths = [path_of(asking.kind, name) for name in asking.by]
        if everything and len(paths) == 1 and labels.kept(connection, asking.kind, paths[0]) is not None:
            return None
        return labelled(asking.kind, asking.verdict, paths, certain=asking.certain, dubious=asking.dubious)
    if asking.count:
        return None if everything else counting(asking.kind, asking.verdict, dubious=asking.dubious)
    return None if everything and asking.limit is not None else asking.rows


def scans(connection: Connection, asked: Select[Any], most: int = MANY) -> list[Scan]:
    """List the kinds of more than `most` records that a statement reads whole, as the engine plans it.

    Where no kind has so many, the engine is not asked.
    """
    sizes = large(connection, most)
    read = database.plan(connection, asked) if sizes else []
    return [Scan(kind, sizes[kind]) for kind in dict.fromkeys(read) if kind in sizes]
