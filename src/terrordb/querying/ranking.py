"""Records in the order of how near their names are to the words that were asked: exact, variant, fuzzy.

Within one of these stand the curated records by id, then the rows of lists.  Where a question is words alone the rows
are walked from the rarest word on and handed out as they are met: of three million none is sorted.
"""

from __future__ import annotations

from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Select, and_, bindparam, case, exists, func, literal, or_, select, union_all

from terrordb import models
from terrordb.models import fields as f
from terrordb.models.base import LIST
from terrordb.models.engine import name_words, word_uses
from terrordb.querying.asking import LONGEST, ask
from terrordb.querying.deciding import decide, is_words
from terrordb.querying.finding import (
    EXACT,
    FURTHER_NAMES,
    FUZZY,
    MATCHES,
    VARIANT,
    Heard,
    Name,
    Wanted,
    Word,
    answers,
    in_order,
    names_of,
    weigh,
)
from terrordb.querying.grammar import All, Question, Term
from terrordb.querying.names import WHOLE
from terrordb.querying.records import ANSWERS, BATCH, Found
from terrordb.querying.selecting import has_id, has_names, is_id, order, places_of_words

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence

    from terrordb.querying.deciding import Verdict
    from terrordb.querying.finding import Answers

__all__ = ["asked", "chosen", "found", "reasons", "select_keys", "words_alone"]

RANKED = 16  # terms of words by which rows are ordered: each is asked three times for it
FEW = 8  # words that are walked one after the other, the nearest first

Weighed = tuple[int, str]  # how near, and why
_Terms = list[list[tuple[Word, "Answers"]]]


# ---------------------------------------------------------------- in one statement


def chosen(
    connection: Connection,
    question: Question,
    verdict: Verdict,
    heard: Heard,
    sort: str | None = None,
    *,
    certain: bool = False,
) -> Select[Any]:
    """Select the records of which a verdict is yes or, unless only `certain` ones are wanted, maybe.

    Gives key, 1 or 0 for yes or maybe, and how near the words match; without `sort` the nearest come first.
    """
    model = models.kind(question.kind)
    rule = verdict.yes if certain else verdict.maybe
    mark = literal(1) if certain or verdict.sure else case((verdict.yes, 1), else_=0)
    columns = [model.__table__.c.key, mark.label("yes")]
    if not 0 < len(heard.own()) <= RANKED:
        return select(*columns).where(rule).order_by(*order(model, sort or ""))
    nearer = [decide(connection, question, heard.at(nearest)).maybe for nearest in (EXACT, VARIANT)]
    rank = case(*((one, n) for n, one in enumerate(nearer)), else_=FUZZY).label("nearness")
    ordered = order(model, sort) if sort else [rank, *_by_id(model)]
    return select(*columns, rank).where(rule).order_by(*ordered)


def select_keys(
    connection: Connection, question: Question, sort: str | None = None, *, certain: bool = False
) -> Select[Any]:
    """Build the Select of the records a question asks for, as `chosen` does.

    `sort` names fields, separated by commas, each perhaps followed by `:desc`; every order ends in the id.
    """
    heard = Heard(question.kind)
    return chosen(connection, question, decide(connection, question, heard), heard, sort, certain=certain)


def _by_id(model: Any) -> list[Any]:
    """Order the curated records by id, and then those of lists as they were read."""
    columns = model.__table__.c
    curated = columns.key < LIST
    return [case((curated, 0), else_=1), case((curated, columns.id)), columns.key]


def asked(connection: Connection, every: Select[Any], heard: Heard, *, why: bool) -> Generator[Found]:
    """Give what a Select of `chosen` finds; `why` tells whether reasons are wanted."""
    with connection.execute(every.execution_options(yield_per=BATCH)) as rows:
        for part in rows.partitions():
            batch = [Found(key, ANSWERS[yes], *(MATCHES[one] for one in near)) for key, yes, *near in part]
            yield from reasons(connection, heard, batch) if why else batch


# ---------------------------------------------------------------- words alone


def words_alone(question: Question) -> list[str] | None:
    """Give the terms of a question that is words of names and nothing else; None where it is another."""
    model, tree = models.kind(question.kind), question.tree
    parts = tree.of if isinstance(tree, All) else [tree]
    if not has_names(model) or not all(is_words(part, model) for part in parts):
        return None
    texts = [part.items[0].text for part in parts if isinstance(part, Term)]
    few = len(texts) <= RANKED and all(len(text.split()) <= RANKED for text in texts)
    return texts if few and all(map(Wanted.read, texts)) else None


class _Walk(NamedTuple):
    """What a walk through the rows of a word is told; `batch` is how many rows are read at once.

    In `given` stand the records that were given and that a farther step would find again: those named by their id,
    those of a further name, and, where `few` are wanted, all.
    """

    connection: Connection
    kind: str
    terms: list[list[Word]]
    batch: int
    few: bool
    given: set[int]

    @property
    def words(self) -> list[Word]:
        return [word for term in self.terms for word in term]

    def keys(self, nearest: int) -> list[int]:
        return [key for word in self.words for key in word.keys(self.connection, nearest)]

    def weighing(self, nearest: int) -> _Terms:
        return [[(word, answers(self.connection, word, nearest)) for word in term] for term in self.terms]


def found(
    connection: Connection, kind: str, texts: Sequence[str], heard: Heard, most: int | None = None
) -> Generator[Found] | None:
    """Walk through the records that all these words name, the nearest first; `most` tells how many are wanted.

    None where an id stands beside other words: one statement can answer that, and a walk cannot.
    """
    ids = [text for text in texts if is_id(connection, models.kind(kind), text)]
    if ids and len(texts) > 1:
        return None
    heard.ids.update(ids)
    within = heard.within(texts) if len(texts) > 1 else heard
    terms = [within.term(kind, text) for text in texts]
    few = most is not None and most <= BATCH
    return _walked(_Walk(connection, kind, terms, max(1, min(most or BATCH, BATCH)), few, set()), *ids)


def _walked(walk: _Walk, named: str | None = None) -> Generator[Found]:
    given = [] if named is None else _with_id(walk.connection, walk.kind, named)
    yield from (Found(key, "yes", "exact", f"id {named}") for key in given)
    walk.given.update(given)
    for nearest in range(len(MATCHES)):
        if all(word.hits(walk.connection, nearest) or (word.omits and nearest) for word in walk.words):
            terms = walk.weighing(nearest)
            yield from (one for one in _curated(walk, nearest, terms) if one.key not in walk.given)
            yield from _listed(walk, nearest, terms)
            for one in _further(walk, nearest, terms):
                if one.key not in walk.given:
                    walk.given.add(one.key)
                    yield one


def _with_id(connection: Connection, kind: str, text: str) -> list[int]:
    model = models.kind(kind)
    return sorted(connection.scalars(select(model.__table__.c.key).where(has_id(model, text))))


def _found(key: int, weighed: Weighed) -> Found:
    return Found(key, "yes", MATCHES[weighed[0]], weighed[1])


def _weigh(terms: _Terms, names: Iterable[Name]) -> Weighed | None:
    """Say how near the names of a record are to all terms, and why."""
    every = list(names)
    far, whys = EXACT, []
    for term in terms:
        if (one := weigh(term, every)) is None:
            return None
        far = max(far, one[0])
        whys.append(one[1])
    return far, "; ".join(whys)


def _driver(walk: _Walk, nearest: int) -> tuple[Word, list[int]]:
    """Choose the word from which the rows are walked: the rarest of those that must be there."""
    must = [word for word in walk.words if not word.omits] or walk.words
    keys = [word.keys(walk.connection, nearest) for word in must]
    most = 1000
    while len(must) > 1:
        asked = [{"kind": walk.kind, "keys": each, "most": most} for each in keys]
        counts = [_rows(walk.connection, _bounded, (), one)[0][0] for one in asked]
        if (fewest := min(counts)) < most:
            return must[counts.index(fewest)], keys[counts.index(fewest)]
        most *= 32
    return must[0], keys[0]


def _rows(
    connection: Connection, made: Callable[..., Select[Any]], of: tuple[Any, ...], given: Mapping[str, Any]
) -> Any:
    """Ask a statement with lists of keys; where these are long they are written into it, for it takes so many alone."""
    many = any(len(value) > LONGEST for value in given.values() if isinstance(value, list))
    if many:
        return connection.execute(made(*of, many=True), given).all()
    return ask(connection, made(*of), given)


def _among(column: Any, named: str, *, many: bool) -> Any:
    return column.in_(bindparam(named, expanding=True, literal_execute=many))


@cache
def _bounded(*, many: bool = False) -> Select[Any]:
    among = (word_uses.c.kind == bindparam("kind"), _among(word_uses.c.word_key, "keys", many=many))
    return select(func.count()).select_from(select(word_uses.c.key).where(*among).limit(bindparam("most")).subquery())


# -- curated ----------------------------------------------------------------------------------------------------------


def _curated(walk: _Walk, nearest: int, terms: _Terms) -> Iterator[Found]:
    """Weigh the curated records that have one of the words, in the order of their ids."""
    keys = walk.keys(nearest)
    rows = _rows(walk.connection, _curated_ones, (walk.kind,), {"keys": keys})
    for n in range(0, len(rows), BATCH):
        part = [key for (key,) in rows[n : n + BATCH]]
        named = _names(walk.connection, walk.kind, part)
        for key in part:
            if (weighed := _weigh(terms, named.get(key, ()))) is not None and weighed[0] == nearest:
                yield _found(key, weighed)


@cache
def _curated_ones(kind: str, *, many: bool = False) -> Select[Any]:
    table = models.kind(kind).__table__
    among = _among(word_uses.c.word_key, "keys", many=many)
    own = select(word_uses.c.key).where(word_uses.c.kind == kind, among, word_uses.c.key < LIST)
    further = [
        select(word_uses.c.owner_key).where(word_uses.c.kind == of, among, word_uses.c.owner_key < LIST)
        for of in names_of(kind)[1:]
    ]
    having = table.c.key.in_(union_all(own, *further) if further else own)
    return select(table.c.key).where(having).order_by(table.c.id)


# -- lists ------------------------------------------------------------------------------------------------------------


def _listed(walk: _Walk, nearest: int, terms: _Terms) -> Iterator[Found]:
    """Walk through the rows of lists whose own name has the words; one that has two of them comes once."""
    driver, hits = _driver(walk, nearest)
    known = next(known for term in terms for word, known in term if word is driver)
    alone = len(walk.words) == 1
    if alone:  # what matches nearer was walked before
        hits = [key for key in hits if known[key][0] == nearest]
    others = [word for word in walk.words if word is not driver and not (word.omits and nearest > EXACT)]
    asked = {f"word_{n}": word.keys(walk.connection, nearest) or [-1] for n, word in enumerate(others)}
    few = len(hits) <= FEW
    place = {key: n if few else key for n, key in enumerate(hits)}
    for group in [[key] for key in hits] if few else [sorted(hits)]:
        for page in _pages(walk, group, asked):
            rows = [row for row in page if row[1] not in walk.given]
            if alone and walk.few:  # what was given before is known, and no name need be read
                for word, key in rows:
                    if key not in walk.given:
                        walk.given.add(key)
                        yield _found(key, known[word])
                continue
            if alone and nearest == EXACT and len(hits) == 1:
                yield from (_found(key, known[word]) for word, key in rows)
                continue
            if not rows:
                continue
            named = _names(walk.connection, walk.kind, [key for _, key in rows], own=True)
            for word, key in rows:
                # A name that has two of the words comes with the first of them.
                if min(place[one] for one in named[key][0].words if one in place) == place[word]:
                    weighed = _weigh(terms, named[key])
                    if weighed is not None and weighed[0] == nearest:
                        yield _found(key, known[word] if alone else weighed)


def _pages(walk: _Walk, words: list[int], others: Mapping[str, list[int]]) -> Iterator[Any]:
    """Read word and key of the rows that have one of these words, and all the others, a page at a time."""
    word, key, most = -1, LIST - 1, walk.batch
    while True:
        given = {"drive": words, "word": word, "after": key, "most": most, **others}
        rows = _rows(walk.connection, _rows_of, (walk.kind, len(others), len(words) == 1), given)
        if rows:
            yield rows
        if len(rows) < most:
            return
        (word, key), most = rows[-1], BATCH
        words = [one for one in words if one >= word]


@cache
def _rows_of(kind: str, others: int, one: bool, *, many: bool = False) -> Select[Any]:
    """Select word and key of the rows of lists behind one whose name has one of `drive` and of every `word_n`."""
    uses = word_uses.alias()
    drive = _among(uses.c.word_key, "drive", many=many)
    behind = uses.c.key > bindparam("after")
    if not one:
        behind = and_(uses.c.key >= LIST, or_(uses.c.word_key > bindparam("word"), behind))
    rules: list[Any] = [uses.c.kind == kind, drive, behind]
    for n in range(others):
        other = word_uses.alias()
        among = _among(other.c.word_key, f"word_{n}", many=many)
        rules.append(exists().where(other.c.kind == kind, other.c.key == uses.c.key, among))
    found = select(uses.c.word_key, uses.c.key).where(*rules)
    return found.order_by(uses.c.word_key, uses.c.key).limit(bindparam("most"))


def _further(walk: _Walk, nearest: int, terms: _Terms) -> Iterator[Found]:
    """Walk through the rows of lists that only their further names make an answer."""
    if walk.kind not in FURTHER_NAMES:
        return
    keys = walk.keys(nearest)
    owners = [key for (key,) in _rows(walk.connection, _owners, (walk.kind,), {"keys": keys})]
    for n in range(0, len(owners), BATCH):
        part = owners[n : n + BATCH]
        own, every = (_names(walk.connection, walk.kind, part, own=alone) for alone in (True, False))
        for key in part:
            if _weigh(terms, own.get(key, ())) is None:
                weighed = _weigh(terms, every.get(key, ()))
                if weighed is not None and weighed[0] == nearest:
                    yield _found(key, weighed)


@cache
def _owners(kind: str, *, many: bool = False) -> Select[Any]:
    among = _among(word_uses.c.word_key, "keys", many=many)
    of = word_uses.c.kind.in_(FURTHER_NAMES[kind])
    owner = word_uses.c.owner_key
    return select(owner).distinct().where(of, among, owner >= LIST).order_by(owner)


# ---------------------------------------------------------------- names, and why they match


def _names(connection: Connection, kind: str, keys: Sequence[int], *, own: bool = False) -> dict[int, list[Name]]:
    """Read the words of the names of records: of each record its own name first, then its further ones."""
    found: dict[int, list[Name]] = {}
    for of in (kind,) if own else names_of(kind):
        rows = ask(connection, _words_of(kind, of), {"keys": list(keys)})
        for owner, name in groupby(rows, lambda row: row[:2]):
            words = {word: (patronymic, length) for *_, word, patronymic, length in name}
            is_one = any(patronymic for patronymic, _ in words.values())
            short = len(words) >= WHOLE and min(length for _, length in words.values()) == 1
            made = Name(frozenset(words), bool(is_one or short), of == kind)
            found.setdefault(owner[0], []).append(made)
    return found


@cache
def _words_of(kind: str, of: str) -> Select[Any]:
    """Select owner, name, word, whether that is a patronymic, and its length, of the names records have in one kind."""
    uses = word_uses
    among: Any = bindparam("keys", expanding=True)
    rules = [uses.c.kind == of, name_words.c.key == uses.c.word_key]
    if of == kind:
        owner, rule = uses.c.key, uses.c.key.in_(among)
    else:
        table = models.kind(of).__table__
        (pointer,) = f.pointers(models.kind(of).fields, table, kind)
        owner, rule = uses.c.owner_key, uses.c.key.in_(select(table.c.key).where(pointer.key.in_(among)))
    return (
        select(owner, uses.c.key, uses.c.word_key, name_words.c.patronymic, func.length(name_words.c.word))
        .where(*rules, rule)
        .order_by(owner, uses.c.key)
    )


def reasons(connection: Connection, heard: Heard, batch: Sequence[Found]) -> list[Found]:
    """Say of what was found by words by which rule it was, and with which spellings.

    What only another condition found is said to match nothing.
    """
    keys = [one.key for one in batch if one.match and not one.why]
    whys: dict[int, dict[str, None]] = {key: {} for key in keys}
    model = models.kind(heard.kind)
    table, terms = model.__table__, heard.own()
    if not keys or not terms:
        return list(batch)
    for text in sorted(heard.ids):
        for key in whys.keys() & set(_with_id(connection, heard.kind, text)):
            whys[key][f"id {text}"] = None
    if has_names(model):
        _explain(connection, heard.kind, terms, {key: [key] for key in keys}, whys)
    else:
        columns, pointers = places_of_words(model)
        for pointer in pointers:
            pointing: dict[int, list[int]] = {}
            to = select(table.c.key, pointer.key).where(table.c.key.in_(keys), pointer.key.is_not(None), *pointer.rules)
            for key, target in connection.execute(to):
                pointing.setdefault(target, []).append(key)
            there = [term for (kind, *_), term in heard.terms.items() if kind == pointer.kind]
            _explain(connection, pointer.kind, there, pointing, whys)
        said = select(table.c.key, *(table.c[column] for column in columns)).where(table.c.key.in_(keys))
        for key, *texts in connection.execute(said) if columns else ():
            for column, text in zip(columns, texts, strict=True):
                if text and any(in_order(text, [word.wanted for word in term]) for term in terms):
                    whys[key][f"in its {column}"] = None
    told = {key: "; ".join(each) for key, each in whys.items()}
    return [
        one if one.key not in told else one._replace(why=told[one.key]) if told[one.key] else one._replace(match=None)
        for one in batch
    ]


def _explain(
    connection: Connection,
    kind: str,
    terms: Sequence[list[Word]],
    pointing: Mapping[int, Sequence[int]],
    whys: dict[int, dict[str, None]],
) -> None:
    """Say of the records that point to what has names by which rule these are found."""
    known = [[(word, answers(connection, word)) for word in term] for term in terms]
    for target, names in _names(connection, kind, list(pointing)).items() if pointing else ():
        for term in known:
            if (weighed := weigh(term, names)) is not None:
                for key in pointing[target]:
                    whys[key][weighed[1]] = None
