"""From a question to its answer: of every record whether the question holds of it - yes, maybe, missing or no.

The rules are those of the design: a term is *yes* where its whole interval lies inside and every source agrees, *maybe*
where it overlaps or some source agrees, *missing* where there is no value, else *no*; `and` takes the lesser, `or` the
greater, `not` swaps yes and no.  No record is read for it: a verdict is three conditions, which an engine decides.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Any, NamedTuple, TypeGuard

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    Select,
    and_,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    not_,
    or_,
    select,
    true,
    values,
)
from sqlalchemy.sql.visitors import replacement_traverse

from terrordb import models
from terrordb.errors import BadQuestion, BadValue, TooMuch, nearest
from terrordb.models import fields as f
from terrordb.models import labels
from terrordb.models.base import LIST
from terrordb.models.derived import DERIVED
from terrordb.models.engine import tallies
from terrordb.querying import vocabulary
from terrordb.querying.finding import Heard, joined
from terrordb.querying.grammar import All, Either, Item, Not, Question, Term, Tree, fault
from terrordb.querying.selecting import (
    Asked,
    Matches,
    Model,
    One,
    code_of,
    find_id,
    free_words,
    has_id,
    in_paragraph,
    matching,
    own_field,
    paragraph,
    said_so,
    sorting,
    surely,
)
from terrordb.querying.vocabulary import PARAGRAPH, Path, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["Counts", "Verdict", "count", "counting", "decide", "is_words", "large", "presence_of", "taken"]

SURE = ("id", PARAGRAPH)  # asked for as they stand; nobody gives a rival id
CITED = ("source", "footnotes", PARAGRAPH)  # of a citation: claims give a record further ones
OF_ROW = ("locator", "record_no", "rest")  # what a list's row says for all that hang on it
AT_ONCE = 500  # values of claims that one statement weighs
EVERYTHING = true()
STATUS = Step("status")
FREE_WORDS = 60  # in no field: each is looked for in many places
SECONDS = 2.0  # that it may take to decide how a question is asked
FARTHEST = 6  # dots of a field: engines nest what is asked only so deep
MANY = 100_000  # records of a kind, which are not read whole without a word


class Verdict(NamedTuple):
    """Three conditions, none of them ever NULL: that it is yes, at least maybe, at least missing."""

    yes: Matches
    maybe: Matches
    missing: Matches

    @property
    def sure(self) -> bool:
        """Say whether the question can only be yes or no."""
        return self.yes is self.maybe is self.missing

    @property
    def everything(self) -> bool:
        """Say whether it is yes of every record, since nothing was asked."""
        return self.sure and self.yes is EVERYTHING

    @classmethod
    def only(cls, rule: Matches) -> Verdict:
        """Make a verdict that is yes or no."""
        return cls(rule, rule, rule)

    def denied(self) -> Verdict:
        """Swap yes and no; what is not known is no better known so."""
        if self.sure:
            return Verdict.only(not_(self.yes))
        no = not_(self.missing)
        return Verdict(no, or_(no, and_(self.maybe, not_(self.yes))), not_(self.yes))


def _every(verdicts: list[Verdict]) -> Verdict:
    if all(one.sure for one in verdicts):
        return Verdict.only(joined(and_, [true(), *(one.yes for one in verdicts)]))
    return Verdict(*(joined(and_, rules) for rules in zip(*verdicts, strict=True)))


def _any(verdicts: list[Verdict]) -> Verdict:
    if all(one.sure for one in verdicts):
        return Verdict.only(joined(or_, [false(), *(one.yes for one in verdicts)]))
    return Verdict(*(joined(or_, rules) for rules in zip(*verdicts, strict=True)))


def decide(connection: Connection, question: Question, heard: Heard | None = None) -> Verdict:
    """Decide a question; BadQuestion, with its place, for a field that is not there or a value that cannot be its.

    The words by which records are found are left in `heard`, which says how near they must match.
    """
    if question.tree is None:
        return Verdict.only(EVERYTHING)
    if words_in(question.tree) > FREE_WORDS:
        reason = f"more than {FREE_WORDS} words that are looked for in names and texts"
        raise fault(question.text, 0, reason, "ask for fewer, or ask fields: id:a,b,c")
    model, heard = models.kind(question.kind), heard or Heard(question.kind)
    asked = Asked(connection, model, One("", ""), question.text, until=monotonic() + SECONDS, heard=heard)
    return _decide(asked, question.tree)


def _decide(asked: Asked, tree: Tree) -> Verdict:
    """Decide a tree; of what `asked` holds the term is not yet known."""
    if monotonic() > asked.until:
        raise asked._replace(term=One("", "the question")).refuse(
            f"it was given up after {SECONDS:g} seconds", "ask for fewer words and values"
        )
    if isinstance(tree, Not):
        return _decide(asked._replace(heard=None), tree.of).denied()
    if isinstance(tree, All | Either):
        if asked.heard is not None and isinstance(tree, All):
            texts = [part.items[0].text for part in tree.of if is_words(part, asked.model)]
            asked = asked._replace(heard=asked.heard.within(texts))
        parts = [_decide(asked, part) for part in tree.of]
        return _every(parts) if isinstance(tree, All) else _any(parts)
    if tree.field is None:
        return _word(asked._replace(term=One("", tree.items[0].text), at=tree.at), tree.items[0])
    return _any([_item(asked, tree, item) for item in tree.items])


# ---------------------------------------------------------------- words


def is_words(tree: Tree | None, model: Model) -> TypeGuard[Term]:
    """Say whether a tree is one term of words, and no state."""
    if not isinstance(tree, Term) or tree.field is not None:
        return False
    return _state(tree.items[0], model) is None


def words_in(tree: Tree) -> int:
    """Count the words of a tree that stand in no field."""
    if isinstance(tree, Term):
        return 0 if tree.field is not None else len(tree.items[0].text.split())
    return words_in(tree.of) if isinstance(tree, Not) else sum(map(words_in, tree.of))


def _state(item: Item, model: Model) -> str | None:
    return None if item.quoted or "status" not in model.__table__.c else vocabulary.state_named(item.text)


def _word(asked: Asked, item: Item) -> Verdict:
    """Ask for a state, else for an id or the words of a name or of what a record says."""
    state = _state(item, asked.model)
    columns = asked.model.__table__.c
    if state is None:
        return Verdict.only(free_words(asked))
    if state == "uncited":
        place = or_(columns.source_key.is_(None), columns.locator.is_(None) & columns.row_no.is_(None))
        return Verdict.only(and_(place, not_(_lent(asked.model))))
    return Verdict.only(columns.status == state)


def _lent(model: Model) -> Matches:
    """Ask for rows that hang on a list's row, and are cited as that is."""
    columns = model.__table__.c
    return and_(columns.id.is_(None), columns.person_key.is_not(None)) if model.hangs else false()


# ---------------------------------------------------------------- from a term to paths


def _item(asked: Asked, term: Term, item: Item) -> Verdict:
    """Ask one value of whatever the name of a field stands for: own fields, and paths through relations."""
    named = term.field or ""
    asked = asked._replace(term=One(named, item.text, item.last, term.way), at=term.at)
    model = asked.model
    if named.count(".") > FARTHEST:
        raise asked.refuse(f"a field is at most {FARTHEST} dots away", "ask what lies nearer: cases.trial.opened")
    paths = paths_of(model, named)
    if not paths:
        whole = f"{named}:{item.text}"
        if term.way == ":" and asked.connection.scalar(select(exists().where(has_id(model, whole)))):
            return Verdict.only(has_id(model, whole))
        raise _unknown(asked, model, named)
    presence = presence_of(item)
    found = _any(list(taken(asked, paths, item if presence is None else Item("any")).values()))
    return found.denied() if presence == "none" else found  # none is a value along none of the paths


def taken(asked: Asked, paths: Iterable[Path], item: Item) -> dict[Path, Verdict]:
    """Ask a value along the paths that a name stands for; of several things, not all need take it."""
    verdicts: dict[Path, Verdict] = {}
    errors: list[BadQuestion] = []
    for path in paths:
        try:
            verdicts[path] = _walk(asked, path, item)
        except TooMuch:
            raise
        except BadQuestion as error:
            errors.append(error)
    if not verdicts:
        raise errors[0]
    return verdicts


def _unknown(asked: Asked, model: Model, named: str) -> BadQuestion:
    kind, begins = model.__tablename__, named.partition(".")[0]
    near = nearest(vocabulary.canonical(named), [*vocabulary.all_words(kind), *models.MODULES])
    if own_field(model, begins) is not None and "." in named:
        near = f"{begins} has no such part; terrordb fields {kind} lists the fields"
    remedy = f"{near}\n  of a record's id ask id:{asked.term}".strip()
    return fault(asked.text, asked.at, f"{kind} have no field '{named}'", remedy)


def paths_of(model: Model, named: str) -> tuple[Path, ...]:
    """List what a dotted name may stand for, as paths of steps; none where it stands for nothing."""
    kind = model.__tablename__
    if vocabulary.canonical(named) in SURE and (named != PARAGRAPH or "locator" in model.fields):
        return ((Step(vocabulary.canonical(named)),),)
    head, _, rest = named.partition(".")
    begins = vocabulary.reach(kind, head)
    if rest and head in models.MODULES and head not in model.fields:
        begins = ((Step(head),),)  # its own name, before what else it may be short for
    if not begins:
        field = own_field(model, head)
        if field is not None:
            begins = ((Step(field.name),),)
        elif head == "scope" and rest:
            return paths_of(model, rest)
        elif (back := vocabulary.kind_named(head)) is not None:
            begins = ((Step(back),),)
    if not rest:
        return begins
    part = vocabulary.part_named(rest)
    found: list[Path] = []
    for path in begins:
        further: list[Path] = []
        for kind in _reached(model, path):
            further += [(*path[:-1], _narrowed(path[-1], kind), *more) for more in paths_of(models.kind(kind), rest)]
        if part is not None and not further and _is_dated(model, path):
            further = [(*path[:-1], path[-1]._replace(part=part))]
        found += further
    return tuple(dict.fromkeys(found))


def _is_dated(model: Model, path: Path) -> bool:
    """Say whether a date stands at the end of a path: a field, or that of the rows a backward step leads to."""
    kinds, last = _reached(model, path[:-1]), path[-1]
    fields = [None if last.through else own_field(models.kind(kind), last.name) for kind in kinds]
    return any(isinstance(field, f.DateField) or (field is None and last.name in models.MODULES) for field in fields)


def _narrowed(step: Step, kind: str) -> Step:
    return step._replace(kinds=(kind,)) if step.name not in models.MODULES else step


def _reached(model: Model, path: Path) -> list[str]:
    """List the kinds at the end of a path."""
    kinds = [model.__tablename__]
    for step in path:
        after: list[str] = []
        for kind in kinds:
            here = models.kind(kind)
            field = None if step.through else own_field(here, step.name)
            if field is not None:
                after += [p.kind for p in field.pointers(here.__table__) if not step.kinds or p.kind in step.kinds]
            elif step.name in models.MODULES:
                after.append(step.name)
        kinds = list(dict.fromkeys(after))
    return kinds


# ---------------------------------------------------------------- along a path


def _walk(asked: Asked, path: Path, item: Item) -> Verdict:
    step, rest = path[0], path[1:]
    name = step.name
    field = None if step.through else own_field(asked.model, name)
    if field is None and name not in SURE:
        return _backward(asked, step, rest, item)
    if not rest or (field is not None and not field.kinds):
        return _leaf(asked._replace(term=asked.term._replace(field=name, part=step.part)), field, step, item)
    return _forward(asked, field, step, rest, item)


def _forward(asked: Asked, field: Any, step: Step, rest: Path, item: Item) -> Verdict:
    """Ask what a field points to: the verdict is that of the record there, missing where it points to none."""
    pointers = [p for p in field.pointers(asked.model.__table__) if not step.kinds or p.kind in step.kinds]
    if not pointers:
        raise asked.refuse(f"{field.name} points to no record", "only a field that names a record can be asked through")
    verdicts: list[Verdict] = []
    errors: list[BadQuestion] = []
    for pointer in pointers:
        there = models.kind(pointer.kind)
        try:
            inner = _walk(asked._replace(model=there), rest, item)
        except TooMuch:
            raise
        except BadQuestion as error:
            errors.append(error)
            continue
        key = there.__table__.c.key
        rules = [
            and_(pointer.key.is_not(None), *pointer.rules, pointer.key.in_(select(key).where(rule))) for rule in inner
        ]
        verdicts.append(Verdict(*rules))
    if not verdicts:
        raise errors[0]
    found = _any(verdicts)
    if presence_of(item) is not None:
        return Verdict.only(found.yes)
    none = and_(*(p.key.is_(None) for p in pointers))
    return found._replace(missing=or_(found.missing, none))


def _backward(asked: Asked, step: Step, rest: Path, item: Item) -> Verdict:
    """Ask the rows of a kind that point here.

    Of the cases and rehabilitations of a person every source must agree for a yes, since two sources about one act are
    two rows; of other kinds one row is enough.  Withdrawn rows tell nothing, but to one who asks for their status.
    """
    this, there = asked.model, models.kind(step.name)
    table = there.__table__
    is_present = presence_of(item) is not None
    if not rest:
        if is_present:
            inner = Verdict.only(true())
        else:
            date = next((name for name, field in there.fields.items() if isinstance(field, f.DateField)), None)
            if date is None:
                raise asked.refuse("it is no field", f"ask {asked.term.field}.FIELD, or {asked.term.field}:any")
            inner = _walk(asked._replace(model=there), (Step(date, part=step.part),), item)
    else:
        inner = _walk(asked._replace(model=there), rest, item)
    pointers = f.pointers(there.fields, table, this.__tablename__, step.through)
    if not pointers:
        raise asked.refuse(f"{step.name} do not point to {this.__tablename__}", "ask a field that does")
    key = this.__table__.c.key

    def telling(of: FromClause) -> list[Matches]:
        rules: list[Matches] = [of.c[own] == code for own, code in step.where]
        return rules if rest[-1:] == (STATUS,) or "status" not in of.c else [*rules, of.c.status != "withdrawn"]

    where = telling(table)

    def some(rule: Matches) -> Matches:
        keys = (select(p.key).where(p.key.is_not(None), *p.rules, *where, rule).correlate(None) for p in pointers)
        return or_(*(key.in_(each) for each in keys))

    if is_present:
        return Verdict.only(some(inner.yes))
    if not there.hangs:
        yes, maybe = some(inner.yes), some(inner.maybe)
        return Verdict.only(yes) if inner.sure else Verdict(yes, maybe, maybe)
    other = table.alias()
    tells = or_(inner.maybe, not_(inner.missing))  # a source that gives no value contradicts none
    row = select(literal(1)).select_from(table).where(table.c.key == other.c.key, tells).correlate(other)
    agree = []
    for pointer in pointers:
        their = other.c[pointer.key.name]
        same = and_(table.c.source_key.is_not_distinct_from(other.c.source_key), pointer.key == their)
        says = select(literal(1)).select_from(table).where(same, *where, inner.yes).correlate(other)
        agree.append(
            key.not_in(select(their).where(their.is_not(None), *telling(other), not_(says.exists()), row.exists()))
        )
    maybe = some(inner.maybe)
    return Verdict(and_(some(inner.yes), *agree), maybe, or_(maybe, not_(some(not_(inner.missing)))))


# ---------------------------------------------------------------- at the end of a path


def presence_of(item: Item) -> str | None:
    """Say whether an item asks for any value or for none; None where it asks for one."""
    return None if item.quoted or item.last is not None else vocabulary.presence_named(item.text)


def _leaf(asked: Asked, field: f.Field | None, step: Step, item: Item) -> Verdict:
    name, presence = step.name, presence_of(item)
    if name == "id":
        return Verdict.only(has_id(asked.model, asked.value) if presence is None else true())
    if field is None:
        return Verdict.only(_with_claims(asked, paragraph if presence is None else in_paragraph))
    known = _with_claims(asked, lambda one: _with_row(field, one, _known))
    if presence is not None:
        return Verdict.only(or_(known, _told(field, asked)))
    if step.kinds and isinstance(field, f.OneOfField) and "/" not in asked.value:
        asked = _of_kind(asked, step.kinds)
    if field.computed and not field.columns:
        return _derived(field, asked)
    maybe = _with_claims(asked, lambda one: _with_row(field, one, _never_null))
    yes = maybe
    if isinstance(field, f.DateField):
        yes = and_(known, surely(field, asked))
    if field.name == "fate":
        return _fate(asked, maybe, known)
    missing = maybe if field.required and "unknown" not in field.vocabulary else or_(maybe, not_(known))
    return _rivals(field, asked, Verdict(yes, maybe, missing))


def _with_claims(asked: Asked, rule: Callable[[Asked], Matches]) -> Matches:
    """Ask it of the record or, where it is of the citation, of any claim that cites a passage for the record."""
    claims, kind = models.kind("claims"), asked.model.__tablename__
    if asked.term.field not in CITED or kind not in claims.fields["record"].kinds:
        return rule(asked)
    c = claims.__table__.c
    cites = (c.record_kind == kind, c.status != "withdrawn", rule(asked._replace(model=claims)))
    return or_(rule(asked), asked.column("key").in_(select(c.record_key).where(*cites).correlate(None)))


def _with_row(field: f.Field, asked: Asked, rule: Callable[[f.Field, Asked], Matches]) -> Matches:
    """Ask it of the record or, where that hangs on a list's row and does not say itself, of that row."""
    own, persons = rule(field, asked), models.kind("persons")
    if not asked.model.hangs or field.name not in OF_ROW:
        return own
    one, there = asked.model.__table__.alias(), persons.__table__
    told = [there.c.key >= LIST, rule(field, asked._replace(model=persons)), one.c[field.name].is_(None)]
    if field.name == "locator":
        told.append(labels.lends(one.c, there.c))
    # One set for all rows: what is looked up for each of them takes minutes on PostgreSQL.
    theirs = select(one.c.key).join(there, there.c.key == one.c.person_key).where(*told).correlate(None)
    return or_(own, asked.column("key").in_(theirs))


def _never_null(field: f.Field, asked: Asked) -> Matches:
    """Ask what a field matches; a row without a value does not.

    A column that may be NULL is asked for its value first: COALESCE around the rule would hide it from every index.
    """
    rule = matching(field, asked)
    if field.computed:
        return func.coalesce(rule, false())
    if field.pointers(asked.model.__table__) or isinstance(field, f.DateField):
        return rule
    return and_(asked.model.__table__.c[field.columns[0]].is_not(None), rule)


def _of_kind(asked: Asked, kinds: tuple[str, ...]) -> Asked:
    """Say of which kind the record is, where the path does and an id of that kind is meant."""
    for kind in kinds:
        try:
            find_id(asked.connection, f"{kind}/{asked.value}")
        except BadQuestion:
            continue
        return asked._replace(term=asked.term._replace(value=f"{kind}/{asked.value}"))
    return asked


def _known(field: f.Field, asked: Asked) -> Matches:
    """Ask for records that have a value; that a source says it does not know is none."""
    table = asked.model.__table__
    if field.computed and not field.columns:
        return table.c.key.in_(_values(asked, field.name))
    if isinstance(field, f.ListField):
        there: Matches = table.c[field.name].is_not(None)
    elif pointers := field.pointers(table):
        there = or_(*(p.key.is_not(None) for p in pointers))
        if field.name == "source" and asked.model.hangs:
            there = or_(there, _lent(asked.model))
    else:
        there = not_(sorting(field, asked.model)[0])
    if "unknown" in field.vocabulary and field.columns:
        return and_(there, table.c[field.columns[0]] != "unknown")
    return there


def _values(asked: Asked, name: str, *rules: Any) -> Select[Any]:
    every = DERIVED[asked.model.__tablename__, name]().subquery("every")
    return select(every.c.key).where(every.c.key.is_not(None), *(rule(every.c.value) for rule in rules))


def _derived(field: f.Field, asked: Asked) -> Verdict:
    """Ask what is worked out; that a person has one of several parts or names is in no doubt."""
    found = func.coalesce(matching(field, asked), false())
    if field.name == "fates":
        return _fate(asked, found, _known(field, asked))
    return Verdict.only(found)


def _fate(asked: Asked, maybe: Matches, known: Matches) -> Verdict:
    """Say of a fate yes where every source has it, maybe where one has."""
    fate = asked.model.fields["fate"]
    code = code_of(asked, fate, fate.vocabulary)
    others = asked.model.__table__.c.key.in_(_values(asked, "fates", lambda value: value != code))
    return Verdict(and_(maybe, not_(others)), maybe, or_(maybe, not_(known)))


# ---------------------------------------------------------------- rival claims


def _rivals(field: f.Field, asked: Asked, own: Verdict) -> Verdict:
    """Weigh the rival values that claims give of a field: yes where all agree, maybe where one does."""
    claims, kind = models.kind("claims"), asked.model.__tablename__
    if field.name in CITED or kind not in claims.fields["record"].kinds or not (given := _claimed(asked, field.name)):
        return own
    said = _weighed(field, asked, own, given)
    c = claims.__table__.c
    about = (c.record_kind == kind, c.field == field.name, c.value.is_not(None), c.status != "withdrawn")

    def among(*degrees: tuple[bool, bool]) -> Matches:
        chosen = [value for value in given if said.get(value) in degrees]
        others = [value for value in given if said.get(value) not in degrees]
        told = c.value.in_(chosen) if len(chosen) <= len(others) else c.value.not_in(others)
        return asked.column("key").in_(select(c.record_key).where(*about, told).correlate(None)) if chosen else false()

    agree, perhaps, differ = (True, True), (False, True), (False, False)
    empty = not_(_known(field, asked))
    yes = and_(or_(own.yes, and_(empty, among(agree))), not_(among(perhaps, differ)))
    maybe = or_(own.maybe, among(agree, perhaps))
    return Verdict(yes, maybe, or_(maybe, and_(own.missing, not_(among(agree, perhaps, differ)))))


def _told(field: f.Field, asked: Asked) -> Matches:
    """Ask for records of whose field claims give a value that can be read."""
    claims, kind = models.kind("claims"), asked.model.__tablename__
    if field.name in CITED or kind not in claims.fields["record"].kinds:
        return false()
    given = [value for value in _claimed(asked, field.name) if value != "unknown" and _read(asked, field, value)]
    c = claims.__table__.c
    rules = (c.record_kind == kind, c.field == field.name, c.value.in_(given), c.status != "withdrawn")
    return asked.column("key").in_(select(c.record_key).where(*rules).correlate(None)) if given else false()


def _claimed(asked: Asked, named: str) -> list[str]:
    """List the different values that claims give of a field; they are read once for a question and kind."""
    kind, memo = asked.model.__tablename__, {} if asked.claimed is None else asked.claimed
    if kind not in memo:
        c = models.kind("claims").__table__.c
        rules = (c.record_kind == kind, c.field.is_not(None), c.value.is_not(None), c.status != "withdrawn")
        told = select(c.field, c.value).where(*rules)
        memo[kind] = {}
        for field, value in asked.connection.execute(told.distinct().order_by(c.field, c.value)):
            memo[kind].setdefault(field, []).append(value)
    return memo[kind].get(named, [])


def _read(asked: Asked, field: f.Field, value: str) -> dict[str, Any] | None:
    """Read a claim's value as its field's cell would be; None where it cannot be read so."""
    try:
        if isinstance(field, f.ReferenceField):
            kind, named = field.target(value)
            values = field.place(kind, dict(find_id(asked.connection, f"{kind}/{named}"))[kind])
        else:
            values = field.read(value)
    except (BadQuestion, BadValue):
        return None
    return dict(zip(field.columns, values, strict=True))


def _weighed(field: f.Field, asked: Asked, own: Verdict, given: list[str]) -> dict[str, tuple[bool, bool]]:
    """Say of values that stand in no row whether each is yes, and at least maybe; one that cannot be read is left out.

    The conditions are asked with them in place of the columns.
    """
    read = {value: found for value in given if (found := _read(asked, field, value)) is not None}
    if isinstance(field, f.NameField | f.TextField | f.ListField) and not isinstance(field, f.FigureField):
        holds, weighed = said_so(asked), {}
        for value, found in read.items():
            parts = field.plain((found[field.columns[0]],))
            held = any(map(holds, parts if isinstance(parts, list) else [parts]))
            weighed[value] = (held, held)
        return weighed
    table, names = asked.model.__table__, list(field.columns)

    def put(element: Any, **_: Any) -> Any:
        own_column = isinstance(element, Column) and element.table is table and element.name in names
        return cast(rows.c[element.name], element.type) if own_column else None  # a column of NULLs has no type

    weighed, every = {}, list(read)
    for start in range(0, len(every), AT_ONCE):
        part = every[start : start + AT_ONCE]
        columns = (column("n", Integer), *(column(name, table.c[name].type) for name in names))
        data = [(n, *(read[value][name] for name in names)) for n, value in enumerate(part)]
        rows = values(*columns, name="given").data(data).cte("given")
        yes, maybe = (case((replacement_traverse(rule, {}, put), 1), else_=0) for rule in own[:2])
        for n, surely_so, perhaps_so in asked.connection.execute(select(rows.c.n, yes, maybe)):
            weighed[part[n]] = (bool(surely_so), bool(perhaps_so))
    return weighed


# ---------------------------------------------------------------- the answer


class Counts(NamedTuple):
    """How many records a question is true of: `possible` includes `certain`; `of` is how many there are.

    Dubious and withdrawn records are not among them; `left_out` tells how many of those would be possible.
    """

    certain: int
    possible: int
    missing: int
    of: int
    left_out: int


def counted(table: FromClause, *, dubious: bool = False) -> Matches:
    """Ask for the rows of a table that counts have: not the dubious and the withdrawn, unless `dubious`."""
    return true() if dubious or "status" not in table.c else table.c.status.not_in(labels.APART)


def count(connection: Connection, kind: str, verdict: Verdict, *, dubious: bool = False) -> Counts:
    """Count the records of a kind by a verdict; `dubious` takes in the dubious and the withdrawn."""
    if verdict.everything and (kept := labels.total(connection, kind)):
        every, stand = sum(kept.values()), kept.get(labels.STANDS, 0)
        of = every if dubious else stand
        return Counts(of, of, 0, of, every - of)
    return Counts(*map(int, connection.execute(counting(kind, verdict, dubious=dubious)).one()))


def counting(kind: str, verdict: Verdict, *, dubious: bool = False) -> Select[Any]:
    """Select the numbers of `Counts`, in one row."""
    table = models.kind(kind).__table__
    stands = counted(table, dubious=dubious)

    def many(*rules: Matches) -> ColumnElement[Any]:
        return func.coalesce(func.sum(case((and_(*rules), 1), else_=0)), 0)

    numbers = (
        many(stands, verdict.yes),
        many(stands, verdict.maybe),
        many(stands, verdict.missing, not_(verdict.maybe)),
        many(stands),
        many(not_(stands), verdict.maybe),
    )
    return select(*(number.label(name) for number, name in zip(numbers, Counts._fields, strict=True)))


def large(connection: Connection, most: int = MANY) -> dict[str, int]:
    """Read from the kept counts which kinds have more than so many records, and how many."""
    kind, rows = tallies.c.kind, func.sum(tallies.c.rows)
    every = select(kind, rows).where(tallies.c.field == "status").group_by(kind).having(rows > most)
    return {of: int(number) for of, number in connection.execute(every)}
