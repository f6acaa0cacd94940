"""The words of names that answer to a word that is asked: other spellings, beginnings, parts, initials, slips.

What is looked through is the distinct words, never the rows that have them; every question is a few ranges of an index.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from itertools import combinations
from typing import Any, Literal, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    func,
    literal,
    not_,
    or_,
    select,
)

from terrordb.models.engine import TAIL, name_words, word_deletes, word_keys, word_tails, word_uses
from terrordb.querying.asking import ask
from terrordb.values.names import latin
from terrordb.values.spelling import compare, nearest, sought, stem

__all__ = ["WHOLE", "Hit", "exact", "find", "has_patronymic", "is_initial"]

Fuzzy = Literal["fallback", "always", "never"]
Kinds = tuple[str, ...]
_Word = tuple[int, str]  # key and word

_ALL = 1 << 31  # words: no limit
_END = "\U0010ffff"  # behind every letter
_SHORTEST = 3  # letters of a Latin key in which a slip is looked for; of two, one is half the word
_SLIPS = 2  # letters that may be left out on either side
WHOLE = 3  # words of a whole name: surname, given name, patronymic
_CHUNK = 32  # words whose uses are looked up at once
# Of more candidates than this only those are compared whose Latin keys are alike by half, and of them the nearest:
# that loses 15 of 4,943 spellings in the vocabulary of tests/values/pairs.csv, of 1,501 in an invented list none.
_MANY, _MOST_COMPARED, _UNLIKE = 24, 64, 0.5


class Hit(NamedTuple):
    """A word that answers: `match` is exact, variant or fuzzy."""

    key: int
    word: str
    match: str
    why: str


def find(
    connection: Connection,
    word: str,
    kinds: Kinds,
    *,
    begins: bool = False,
    holds: bool = False,
    initial: bool = False,
    fuzzy: Fuzzy = "fallback",
    most: int = 10,
    limit: int | None = None,
) -> list[Hit]:
    """Find the words of names of these kinds that answer to a folded word, best first.

    `initial` lets initials stand for words: the asked one, or stored ones for a full word.  `most` bounds the fuzzy
    ones, `limit` all; with one, what begins so or holds it is read no further.
    """
    limit = _ALL if limit is None else limit
    if begins:
        return _beginning(connection, word, kinds, limit)
    if holds:
        return _holding(connection, word, kinds, limit)
    if initial and is_initial(word):
        return _beginning_with_initial(connection, word, kinds, limit)
    found = _spelled(connection, word, kinds)
    near = fuzzy == "always" or (fuzzy == "fallback" and not found)
    if initial:
        found += _initials(connection, word, kinds)
    if near and len(found) < limit:
        found += _slips(connection, word, kinds, most, {hit.word for hit in found})
    return found[:limit]


def exact(connection: Connection, word: str, kinds: Kinds) -> list[Hit]:
    """Find the word itself, which takes less time than its other spellings do."""
    rows = ask(connection, _with_words(kinds), {"these": [word]})
    return [Hit(key, stored, "exact", f"{_said(word)} = {_said(stored)}") for key, stored in rows]


def has_patronymic(kind: str, key: ColumnElement[Any]) -> ColumnElement[bool]:
    """Ask for names of a kind that have a patronymic, or its initial; `key` is their column of keys.

    Of three words one of which is an initial one is the patronymic.  It is a scalar subquery, for in a join an engine
    may begin with all patronymics there are.
    """
    uses, named = word_uses.alias(), name_words.alias()  # or they would be those of a question that has them too
    is_one = func.max(case((named.c.patronymic, 1), else_=0)) == 1
    short = and_(func.count() >= WHOLE, func.min(func.length(named.c.word)) == 1)
    of_name = (uses.c.kind == kind, uses.c.key == key, named.c.key == uses.c.word_key)
    return select(case((or_(is_one, short), 1), else_=0)).where(*of_name).scalar_subquery() == 1


# ---------------------------------------------------------------- the statements

# Each is built once: to build one takes longer than to run it.


def _used(kinds: Kinds, word_key: ColumnElement[Any]) -> ColumnElement[bool]:
    """Ask for words that a record of these kinds has.

    A scalar subquery is looked up a word at a time; EXISTS is a join to PostgreSQL, which may read all uses for it.
    """
    rules = ((word_uses.c.kind == kind, word_uses.c.word_key == word_key) for kind in kinds)
    return or_(*(select(literal(1)).where(*of_kind).limit(1).scalar_subquery().is_not(None) for of_kind in rules))


def _among(column: ColumnElement[Any], named: str = "these") -> ColumnElement[bool]:
    return column.in_(bindparam(named, expanding=True))


def _begin(column: ColumnElement[Any], start: str = "start") -> ColumnElement[bool]:
    """Ask for values that begin so, as a range that an index answers (bytes are compared on both engines)."""
    return (column >= bindparam(start)) & (column < bindparam(f"{start}_end"))


def _start(of: str, start: str = "start") -> dict[str, str]:
    return {start: of, f"{start}_end": of + _END}


_KEY_AND_WORD = (name_words.c.key, name_words.c.word)


@cache
def _with_keys() -> Select[Any]:
    has_key = (word_keys.c.word_key == name_words.c.key) & _among(word_keys.c.key_text)
    return select(*_KEY_AND_WORD, name_words.c.latin).where(has_key)


@cache
def _with_words(kinds: Kinds) -> Select[Any]:
    return select(*_KEY_AND_WORD).where(_among(name_words.c.word), _used(kinds, name_words.c.key))


@cache
def _with_start(kinds: Kinds) -> Select[Any]:
    rules = _begin(name_words.c.word), _used(kinds, name_words.c.key)
    return select(*_KEY_AND_WORD).where(*rules).order_by(name_words.c.word).limit(bindparam("limit"))


@cache
def _with_latin_start(kinds: Kinds) -> Select[Any]:
    rules = _begin(name_words.c.latin), not_(_begin(name_words.c.word, "own")), _used(kinds, name_words.c.key)
    found = select(*_KEY_AND_WORD).where(*rules)
    return found.order_by(name_words.c.latin, name_words.c.word).limit(bindparam("limit"))


@cache
def _with_tail(kinds: Kinds) -> Select[Any]:
    tail, key = word_tails.c.tail, word_tails.c.word_key
    found = select(*_KEY_AND_WORD).where(name_words.c.key == key, _begin(tail), _used(kinds, key))
    return found.order_by(tail, key).limit(bindparam("limit"))


@cache
def _with_letter(kinds: Kinds) -> Select[Any]:
    rules = name_words.c.word.like(bindparam("pattern")), _used(kinds, name_words.c.key)
    return select(*_KEY_AND_WORD).where(*rules).order_by(name_words.c.word).limit(bindparam("limit"))


@cache
def _with_slips() -> Select[Any]:
    near = select(word_deletes.c.stem_key).where(_among(word_deletes.c.form))
    alike = func.length(name_words.c.latin).between(bindparam("shortest"), bindparam("longest"))
    return select(*_KEY_AND_WORD, name_words.c.latin).where(name_words.c.stem_key.in_(near), alike)


@cache
def _which_used(kinds: Kinds) -> Select[Any]:
    return select(name_words.c.key).where(_among(name_words.c.key), _used(kinds, name_words.c.key))


# ---------------------------------------------------------------- spellings and slips


def _spelled(connection: Connection, word: str, kinds: Kinds) -> list[Hit]:
    """Find the word and its other spellings, the nearest first."""
    asked = sought(word)
    # Tuples all along: to look columns up by name takes longer than the rest.
    rows = list({row[0]: row for row in ask(connection, _with_keys(), {"these": list(asked)})}.values())
    key = latin(word)
    if len(rows) > _MANY:
        # 10 ms to import; most questions need it not.
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        latins = [row[2] for row in rows]
        score: Any = OSA.normalized_distance
        near = process.extract(key, latins, scorer=score, score_cutoff=_UNLIKE, limit=_MOST_COMPARED)
        rows = [rows[at] for *_, at in near]
    found = [(row, match) for row in rows if (match := compare(word, row[1]))]
    if not found:
        return []
    used = _which_are_used(connection, [row[0] for row, _ in found], kinds)
    matches = [(row, match) for row, match in found if row[0] in used]
    if len(matches) > 1:
        from rapidfuzz.distance import OSA

        matches.sort(key=lambda one: (one[1].match != "exact", OSA.distance(key, one[0][2]), one[0][1]))
    return [Hit(row[0], row[1], *match) for row, match in matches]


def _which_are_used(connection: Connection, asked: Sequence[int], kinds: Kinds) -> set[int]:
    """Say which of these words a record of these kinds has."""
    used: set[int] = set()
    for n in range(0, len(asked), _CHUNK):
        part = asked[n : n + _CHUNK]
        used.update(key for (key,) in ask(connection, _which_used(kinds), {"these": list(part)}))
    return used


def _slips(connection: Connection, word: str, kinds: Kinds, most: int, known: set[str]) -> list[Hit]:
    """Find words that differ from the asked one as by a slip of the pen, the nearest first."""
    key, head = latin(word), stem(word)
    if len(key) < _SHORTEST:
        return []
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    forms = sorted(
        {
            "".join(head[n] for n in range(len(head)) if n not in left_out)
            for slips in range(_SLIPS + 1)
            for left_out in combinations(range(len(head)), slips)
        }
    )
    lengths = {"shortest": len(key) - _SLIPS, "longest": len(key) + _SLIPS}
    there = ask(connection, _with_slips(), {"these": forms} | lengths)
    rows = [row for row in there if row[1] not in known] if known else there
    near = process.extract(key, [row[2] for row in rows], scorer=OSA.distance, score_cutoff=_SLIPS, limit=None)
    candidates = sorted((far, rows[at][1], rows[at][0]) for _, far, at in near)
    used: dict[str, int] = {}
    for n in range(0, len(candidates), _CHUNK):
        part = {of: stored for _, stored, of in candidates[n : n + _CHUNK]}
        used |= {part[of]: of for of in _which_are_used(connection, list(part), kinds)}
        if len(used) >= most:
            break
    return [
        Hit(used[stored], stored, "fuzzy", f"{_said(word)} ~ {_said(stored)}, {far} letter{'s' * (far != 1)}")
        for far, stored in nearest(word, used, most)
    ]


def _said(word: str) -> str:
    return word.capitalize()


# ---------------------------------------------------------------- beginnings and parts


def _beginning(connection: Connection, start: str, kinds: Kinds, limit: int) -> list[Hit]:
    """Find the words that begin so, then those of another script or scheme that do by their Latin key."""
    found = begun(connection, start, kinds, limit)
    if len(found) >= limit:
        return found
    others: dict[_Word, None] = {}
    for key_start in _latin_starts(start):
        asked = {**_start(key_start), **_start(start, "own"), "limit": limit - len(found)}
        others |= dict.fromkeys((key, word) for key, word in ask(connection, _with_latin_start(kinds), asked))
    return (found + [Hit(key, word, "variant", _begins(start)) for key, word in others])[:limit]


def begun(connection: Connection, start: str, kinds: Kinds, limit: int) -> list[Hit]:
    """Find the words that begin so in their own script, which takes half the time that those of others take too."""
    own = ask(connection, _with_start(kinds), {**_start(start), "limit": limit})
    return [Hit(key, word, "exact", _begins(start)) for key, word in own]


def _begins(start: str) -> str:
    return f"begins with {start}"


def _latin_starts(start: str) -> list[str]:
    """Give the Latin keys that words with this start may begin with: at its end a key can depend on what follows."""
    whole = latin(start)
    found = {whole: None} if whole else {}
    for after in "ae":
        key = latin(start + after)
        if key.endswith(after) and len(key) > max(1, min(len(start), len(whole))):
            found[key[:-1]] = None
    # Of two starts one of which begins with the other, the longer finds nothing more.
    return [one for one in found if not any(one != other and one.startswith(other) for other in found)]


def _holding(connection: Connection, part: str, kinds: Kinds, limit: int) -> list[Hit]:
    """Find the words that begin with a part, then those that hold it further on, by what follows it."""
    if len(part) == 1:  # endings of one letter are in no index
        having = ask(connection, _with_letter(kinds), {"pattern": f"%{part}%", "limit": limit})
        return [Hit(key, word, "exact", f"holds {part}") for key, word in having]
    own = ask(connection, _with_start(kinds), {**_start(part), "limit": limit})
    found: dict[_Word, None] = dict.fromkeys((key, word) for key, word in own)
    # A word may hold the part twice, and of a long part the index has no more than the beginning.
    read = limit + _CHUNK if limit < _ALL and len(part) <= TAIL else _ALL
    while len(found) < limit:
        rows: Sequence[Any] = ask(connection, _with_tail(kinds), {**_start(part[:TAIL]), "limit": read})
        found |= dict.fromkeys((key, word) for key, word in rows if part in word)
        if len(rows) < read:
            break
        read *= 4
    return [Hit(key, word, "exact", f"holds {part}") for key, word in found][:limit]


# ---------------------------------------------------------------- initials

# What a letter's initial may be in Latin letters; of a word in Latin letters the longest that it begins with counts.
# S is not taken for ш, nor Z for ж, as ISO 9 without its marks would have it.
_INITIALS = {
    letter: tuple(ways.split())
    for letter, _, ways in (
        row.partition(" ")
        for row in """
а a;б b;в v w;г g h;д d;е e ye ie je y j;ж zh j;з z s;и i y;й i y j;к k c q;л l;м m;н n;о o;п p;р r;с s;т t;у u ou
ф f ph;х kh h ch x;ц ts tz c;ч ch tch tsch cz;ш sh sch sz;щ shch sch szcz;ы y;э e;ю yu iu ju y j
я ya ia ja y j;і i y;ї yi ji i;є ye ie je y;ґ g;ў u w
""".strip()
        .replace("\n", ";")
        .split(";")
    )
}
_LATIN_INITIALS = frozenset(way for ways in _INITIALS.values() for way in ways)
_LONGEST_INITIAL = max(map(len, _LATIN_INITIALS))


def is_initial(word: str) -> bool:
    """Say whether a word may stand for one that begins with it."""
    return len(word) == 1 or word in _LATIN_INITIALS


def _letters_of(word: str) -> frozenset[str]:
    """Give the Cyrillic letters that a word in Latin letters may begin with."""
    for size in range(_LONGEST_INITIAL, 0, -1):
        if found := frozenset(letter for letter, ways in _INITIALS.items() if word[:size] in ways):
            return found
    return frozenset()


def _beginning_with_initial(connection: Connection, initial: str, kinds: Kinds, limit: int) -> list[Hit]:
    """Find the words that an initial may stand for, its own script first."""
    starts: list[tuple[str, Callable[[str], bool]]] = [(initial, lambda _: True)]
    starts += [(way, lambda word: initial in _letters_of(word)) for way in _INITIALS.get(initial, ())]
    starts += [(letter, lambda _: True) for letter, ways in _INITIALS.items() if initial in ways]
    found: dict[_Word, None] = {}
    for start, answers in starts:
        if len(found) < limit:
            found |= dict.fromkeys(_paged(connection, start, kinds, limit, answers))
    hits = [_initial_hit(initial, key, word) for key, word in found]
    return sorted(hits, key=lambda hit: hit.match)[:limit]


def _paged(
    connection: Connection, start: str, kinds: Kinds, limit: int, answers: Callable[[str], bool]
) -> Iterable[_Word]:
    """Read words that begin so and pass a test, until there are enough."""
    found: list[_Word] = []
    asked: dict[str, Any] = {**_start(start), "limit": limit}
    while True:
        rows: Sequence[Any] = ask(connection, _with_start(kinds), asked)
        found += [(key, word) for key, word in rows if answers(word)]
        if len(found) >= limit or len(rows) < limit:
            break
        asked["start"] = rows[-1][1] + "\x01"  # what stands behind it first: no word has this sign
    return found[:limit]


def _initials(connection: Connection, word: str, kinds: Kinds) -> list[Hit]:
    """Find the stored initials that may stand for a word."""
    asked = {word[0], *_INITIALS.get(word[0], ()), *_letters_of(word)}
    asked |= {word[:size] for size in range(2, _LONGEST_INITIAL + 1)} & _LATIN_INITIALS
    found = ask(connection, _with_words(kinds), {"these": sorted(asked - {word})}) if asked - {word} else []
    return sorted((_initial_hit(word, key, stored) for key, stored in found), key=lambda hit: hit.word)


def _initial_hit(asked: str, key: int, stored: str) -> Hit:
    if asked == stored:
        return Hit(key, stored, "exact", f"{_said(asked)} = {_said(stored)}")
    return Hit(key, stored, "variant", f"{_said(asked)} = {_said(stored)}, initial")
