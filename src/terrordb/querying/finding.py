"""Words of names that are asked for: what answers to each, and which records have all of them.

A match is as near as its farthest word: exact, then variant, then fuzzy.  Slips of the pen, initials and patronymics
that are left out are forgiven where a record is asked for, not where one is excluded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    false,
    not_,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.sql.elements import Grouping

from terrordb.errors import BadQuestion
from terrordb.models.engine import word_uses
from terrordb.querying.names import WHOLE, Hit, begun, exact, find, has_patronymic, is_initial
from terrordb.values.names import LONGEST, latin, words
from terrordb.values.spelling import patronymic

if TYPE_CHECKING:
    from terrordb.models.base import Base

__all__ = [
    "EXACT",
    "FURTHER_NAMES",
    "FUZZY",
    "MANY",
    "MATCHES",
    "MOST_WORDS",
    "VARIANT",
    "Heard",
    "Name",
    "Wanted",
    "Word",
    "answers",
    "in_order",
    "joined",
    "named",
    "names_of",
    "weigh",
]

MATCHES = ("exact", "variant", "fuzzy")
EXACT, VARIANT, FUZZY = range(3)
MANY = 500  # keys that are parameters of a statement; more are written into it
WIDE = 100  # conditions that are joined side by side
MOST_WORDS = 30_000  # words that may answer to one
FURTHER_NAMES = {"persons": ("person_names",)}  # kinds whose names are another kind's (`names_of`); a test compares
# How surnames end, by their Latin key, and the given names that end so too: a surname is not shortened to its initial.
_SURNAME = re.compile(r"..(ova?|eva?|ina?|yna?|sk(ij|ii|yi|y|i|aya|aia|aja)|enko|uk|chik)$")
_GIVEN = frozenset(
    [
        "konstantin",
        "valentin",
        "veniamin",
        "martin",
        "avgustin",
        "ekaterina",
        "marina",
        "irina",
        "nina",
        "polina",
        "valentina",
        "kristina",
        "antonina",
        "galina",
        "arina",
        "alina",
        "regina",
        "angelina",
        "karina",
        "zina",
        "faina",
        "pavlina",
        "akulina",
        "dina",
        "inna",
    ]
)
OMITTED = "patronymic left out"


def names_of(kind: str) -> tuple[str, ...]:
    """List the kinds whose names count as those of a kind, its own first."""
    return (kind, *FURTHER_NAMES.get(kind, ()))


class Wanted(NamedTuple):
    """One word of a question: folded, with its Latin key; `begins` where it ended in a star, `holds` where it began."""

    word: str
    latin: str
    begins: bool
    holds: bool = False

    @classmethod
    def read(cls, text: str, *, stars: bool = True) -> list[Wanted]:
        """Read the words of a term; there may be none."""
        found: list[Wanted] = []
        for part in text.split():
            own = words(part)
            begins, holds = stars and part.endswith("*"), stars and part.startswith("*")
            found += [cls(w, latin(w), begins and w is own[-1], holds and w is own[0]) for w in own]
        return found

    def is_in(self, text: str, nearest: int = FUZZY) -> bool:
        """Say whether a text has the word, in its own script or, unless the match is to be exact, by the Latin key."""

        def same(own: str, asked: str) -> bool:
            if self.holds:
                return bool(asked) and asked in own
            return bool(asked) and (own.startswith(asked) if self.begins else own == asked)

        return any(same(own, self.word) or (nearest and same(latin(own), self.latin)) for own in words(text))


def in_order(text: str, wanted: Sequence[Wanted], nearest: int = FUZZY) -> bool:
    """Say whether the words of a term stand in a text, one after the other."""
    if len(wanted) == 1:
        return wanted[0].is_in(text, nearest)
    own = words(text)
    return any(
        all(one.is_in(word, nearest) for one, word in zip(wanted, own[at:], strict=False))
        for at in range(len(own) - len(wanted) + 1)
    )


class Word:
    """One word asked of the names of a kind; what answers to it is looked up when it is needed, and kept.

    `forgiven` tells whether what was left out is forgiven, `slips` whether slips of the pen are, `beside` whether a
    whole word stands beside it: an initial or a patronymic alone names nobody; `last` that it is one for a patronymic.
    """

    def __init__(
        self, wanted: Wanted, kind: str, *, beside: bool, last: bool = False, forgiven: bool, slips: bool
    ) -> None:
        self.wanted, self.kind, self.forgiven, self.slips = wanted, kind, forgiven, slips
        surname = wanted.latin not in _GIVEN and _SURNAME.search(wanted.latin) is not None
        named = forgiven and beside and kind in FURTHER_NAMES
        self.initial = named and not surname
        self.omits = named and not (wanted.begins or wanted.holds) and (last or patronymic(wanted.word))
        self._exact: list[Hit] | None = None
        self._hits: list[Hit] | None = None

    def hits(self, connection: Connection, nearest: int = FUZZY) -> list[Hit]:
        """List the words that answer at least so nearly, the nearest first."""
        if nearest == EXACT and self._hits is None and (self._begins() or not self._is_pattern()):
            if self._exact is None:
                self._exact = self._find_exact(connection)
            return self._exact
        if self._hits is None:
            self._hits = self._find(connection)
        return self._hits if nearest == FUZZY else [hit for hit in self._hits if MATCHES.index(hit.match) <= nearest]

    def keys(self, connection: Connection, nearest: int = FUZZY) -> list[int]:
        """List the keys of these words."""
        return [hit.key for hit in self.hits(connection, nearest)]

    def _is_pattern(self) -> bool:
        wanted = self.wanted
        return wanted.begins or wanted.holds or (self.initial and is_initial(wanted.word))

    def _begins(self) -> bool:
        wanted = self.wanted
        return wanted.begins and not wanted.holds and len(wanted.word) <= LONGEST

    def _find_exact(self, connection: Connection) -> list[Hit]:
        wanted, kinds = self.wanted, names_of(self.kind)
        if not self._begins():
            return exact(connection, wanted.word, kinds)
        return self._few(begun(connection, wanted.word, kinds, MOST_WORDS + 1))

    def _find(self, connection: Connection) -> list[Hit]:
        wanted, kinds = self.wanted, names_of(self.kind)
        if len(wanted.word) > LONGEST:
            return []
        ways: Any = {"begins": wanted.begins and not wanted.holds, "holds": wanted.holds}
        forgiving: Any = {"fuzzy": "fallback" if self.slips else "never", "initial": self.initial}
        found = find(connection, wanted.word, kinds, **ways, **forgiving, limit=MOST_WORDS + 1)
        if wanted.holds:  # in Latin letters too, as they are usually written
            from anyascii import anyascii

            for part in sorted({wanted.latin, anyascii(wanted.word).casefold()} - {wanted.word, ""}):
                found += find(connection, part, kinds, holds=True, fuzzy="never", limit=MOST_WORDS + 1)
            found = list({hit.key: hit for hit in reversed(found)}.values())[::-1]
        return self._few(found)

    def _few(self, found: list[Hit]) -> list[Hit]:
        if len(found) > MOST_WORDS:
            reason = f"more than {MOST_WORDS:,} different words of names answer to '{self.wanted.word}'"
            raise BadQuestion(reason, "write more letters of it")
        return found


class Heard:
    """The words by which a question's records are found, each term a list; words that exclude are not among them.

    `nearest` is how near a match must be at least, `beside` the words that must be found as well, `slips` whether slips
    of the pen are forgiven.  In `ids` stand the terms that are the id of a record, and are no words first of all.
    """

    def __init__(self, kind: str, *, slips: bool = True, nearest: int = FUZZY, beside: tuple[Wanted, ...] = ()) -> None:
        self.kind, self.slips, self.nearest, self.beside = kind, slips, nearest, beside
        self.terms: dict[Any, list[Word]] = {}
        self.ids: set[str] = set()

    def within(self, texts: Iterable[str]) -> Heard:
        """Hear words beside which those of these terms must be found too."""
        return self._with(self.nearest, (*self.beside, *(wanted for text in texts for wanted in Wanted.read(text))))

    def at(self, nearest: int) -> Heard:
        """Hear the same words, and take only what matches so nearly."""
        return self._with(nearest, self.beside)

    def _with(self, nearest: int, beside: tuple[Wanted, ...]) -> Heard:
        other = Heard(self.kind, slips=self.slips, nearest=nearest, beside=beside)
        other.terms, other.ids = self.terms, self.ids
        return other

    def term(self, kind: str, text: str, *, stars: bool = True) -> list[Word]:
        """Give the words of one term, the same ones each time it is asked for."""
        forgiven = text not in self.ids
        place = (kind, text, stars, self.beside, forgiven)
        if place not in self.terms:
            wanted = Wanted.read(text, stars=stars)
            every = self.beside or tuple(wanted)
            full = {one.word for one in every if _is_full(one)}
            # Of surname, initial and initial the second is that of a patronymic.
            last = every[-1] if len(every) >= WHOLE and is_initial(every[-1].word) else None
            self.terms[place] = [
                Word(
                    w,
                    kind,
                    beside=bool(full - {w.word}),
                    last=w == last,
                    forgiven=forgiven,
                    slips=forgiven and self.slips,
                )
                for w in wanted
            ]
        return self.terms[place]

    def own(self) -> list[list[Word]]:
        """List the terms that are asked of the question's own kind."""
        return [term for (kind, *_), term in self.terms.items() if kind == self.kind]

    def forgiven(self, connection: Connection) -> dict[str, list[str]]:
        """Give the words that no name has, each with those that were taken in its place."""
        every = {word.wanted.word: word for term in self.terms.values() for word in term if word.slips}
        return {
            asked: [hit.word for hit in hits]
            for asked, word in every.items()
            if not word.hits(connection, EXACT)
            and (hits := [hit for hit in word.hits(connection) if hit.match == MATCHES[FUZZY]])
        }


def _is_full(wanted: Wanted) -> bool:
    """Say whether a word can name somebody alone: it is no initial and no patronymic."""
    return not (is_initial(wanted.word) or patronymic(wanted.word))


# ---------------------------------------------------------------- a condition


def named(connection: Connection, model: type[Base], term: Sequence[Word], nearest: int = FUZZY) -> ColumnElement[bool]:
    """Ask for records one of whose names has all these words, at least so near.

    A patronymic may be left out of a record; that the other words of the question find it is for other conditions.
    """
    kind, key = model.__tablename__, model.__table__.c.key
    sure = [word for word in term if not (word.omits and nearest > EXACT)]
    finds = []
    for of in names_of(kind):
        uses = word_uses.alias()
        rules: list[ColumnElement[bool]] = [uses.c.kind == of]
        for n, word in enumerate([*sure, *(w for w in term if w not in sure)]):
            keys = word.keys(connection, nearest)
            if n == 0:
                rules.append(among(uses.c.word_key, keys) if keys else false())
            else:
                rules.append(_beside(uses, keys, kind if word not in sure else None))
        finds.append(select(uses.c.key if of == kind else uses.c.owner_key).where(joined(and_, rules)))
    found = key.in_(finds[0] if len(finds) == 1 else union_all(*finds))
    return found if sure else or_(found, not_(has_patronymic(kind, key)))


def among(column: ColumnElement[Any], keys: Sequence[int]) -> ColumnElement[bool]:
    """Ask for one of these keys; many are written into the statement, since engines take only so many parameters."""
    return column.in_(bindparam(None, keys, expanding=True, literal_execute=len(keys) > MANY))


def joined(join: Callable[..., ColumnElement[bool]], rules: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Join conditions in groups: SQLite reads a row of them as a tree so deep, and takes a depth of a thousand."""
    every = list(rules)
    while len(every) > WIDE:
        parts = [every[n : n + WIDE] for n in range(0, len(every), WIDE)]
        every = [type_coerce(Grouping(join(*part)), Boolean()) for part in parts]  # only joined, they were flattened
    return join(*every)


def _beside(uses: Any, keys: list[int], omitting: str | None) -> ColumnElement[bool]:
    """Ask for one of these words in the same name; with a kind a patronymic may be left out."""
    other = word_uses.alias()
    same = and_(other.c.kind == uses.c.kind, other.c.key == uses.c.key)
    has = exists().where(same, among(other.c.word_key, keys)) if keys else false()
    if omitting is None:
        return has
    known = [has_patronymic(omitting, uses.c.owner_key)]
    known += [has_patronymic(of, uses.c.key) for of in names_of(omitting)[1:]]
    return or_(has, not_(or_(*known)))


# ---------------------------------------------------------------- a record's names, weighed


class Name(NamedTuple):
    """One name of a record: the keys of its words, and whether a patronymic is among them."""

    words: frozenset[int]
    patronymic: bool
    own: bool = True  # and no further name


Answers = Mapping[int, tuple[int, str]]  # word of a name → how near it is, and why


def answers(connection: Connection, word: Word, nearest: int = FUZZY) -> Answers:
    """Say of each word that answers to one how near it is, and by which rule."""
    found = word.hits(connection, nearest)
    return {hit.key: (MATCHES.index(hit.match), hit.why) for hit in found}


def weigh(term: Sequence[tuple[Word, Answers]], names: Iterable[Name]) -> tuple[int, str] | None:
    """Say how near the best of some names is to the words of one term, and why; None where none has them all."""
    every = list(names)
    known = any(name.own and name.patronymic for name in every)
    best: tuple[int, str] | None = None
    for name in every:
        if (found := _of_name(term, name, omitting=not (known or name.patronymic))) is not None and (
            best is None or found[0] < best[0]
        ):
            best = found
    return best


def _of_name(term: Sequence[tuple[Word, Answers]], name: Name, *, omitting: bool) -> tuple[int, str] | None:
    far, whys = EXACT, []
    for word, known in term:
        found = min((known[key] for key in name.words if key in known), default=None)
        if found is None and word.omits and omitting:
            found = (VARIANT, OMITTED)
        if found is None:
            return None
        far = max(far, found[0])
        whys.append(found[1])
    return far, "; ".join(whys)
