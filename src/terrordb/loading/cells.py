"""Cells of a list: which cell of ours each stands for, and whether its words are understood."""

from __future__ import annotations

import hashlib
import re
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from itertools import chain
from typing import TYPE_CHECKING

from sqlalchemy import select

from terrordb import models
from terrordb.errors import BadValue
from terrordb.loading.profiles import Profile, canonical, meanings
from terrordb.models import fields as f
from terrordb.models.codes import code_named, code_words

if TYPE_CHECKING:
    from sqlalchemy import Connection

__all__ = [
    "UNKNOWN",
    "Cell",
    "Words",
    "codes_known",
    "digest_of",
    "is_in",
    "known_in",
    "known_words",
    "nearest_id",
    "nearest_known",
    "persons_of",
    "usual_word",
]

INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")  # what no reader of the list saw
MEMO = 5_000  # cells of a field that are remembered; `plain` remembers more
NAMED = 20_000  # terms, and records of a kind, whose words are compared with others
NEAR = 20  # words with the most pairs of letters in common, which are compared letter by letter
UNKNOWN = "the source does not say"  # no flag: the list was understood


@dataclass
class Words:
    """What is known of the words of lists: `refers` and `means` for field and word, as terms that were reviewed say.

    Both have a word as `canonical` writes it too, where all reviewed words that are so written say the same.
    """

    refers: dict[tuple[str, str], str] = field(default_factory=dict)
    means: dict[tuple[str, str], str] = field(default_factory=dict)
    known: set[tuple[str, str]] = field(default_factory=set)
    there: array[int] = field(default_factory=lambda: array("Q"))  # the list's persons, where its rows are told of

    def meaning(self, path: str, text: str) -> str | None:
        """Give the code that reviewed terms say a word stands for; None where none does."""
        return self.means.get((path, text), self.means.get((path, canonical(text))))


class Cell:
    """Reads the cells of one field: understood, or not and why; each word once."""

    def __init__(self, path: str, of: f.Field, profile: Profile, words: Words) -> None:
        self.path, self.field, self.words, self.unknown = path, of, words, profile.unknown
        self.values = profile.values.get(path, {})
        self.memo: dict[str, tuple[str, str, bool]] = {}
        self.dated: dict[str, tuple[int | None, int | None]] = {}
        self.points = isinstance(of, f.ReferenceField)
        is_date = isinstance(of, f.DateField)
        self.rewritten, self.packed = profile.dates if is_date else (), is_date and profile.packed

    def read(self, text: str) -> tuple[str, str, bool]:
        """Give our cell for one of the list, why it is not understood where it is not, and whether it is reworded."""
        if (found := self.memo.get(text)) is None:
            if len(self.memo) >= MEMO:
                self.memo.clear()
            found = self.memo[text] = self._read(text)
        return found

    def _read(self, text: str) -> tuple[str, str, bool]:
        word, given = canonical(text), text
        if word in self.unknown:
            code = isinstance(self.field, f.CodeField) and "unknown" in self.field.vocabulary
            return "unknown" if code else "", UNKNOWN, True
        told = self.values.get(word, self.words.meaning(self.path, text))
        if told is not None:
            text = told
        elif isinstance(self.field, f.CodeField) and text.casefold() not in self.field.vocabulary:
            text = usual_word(self.path, word, whole=True) or text
            if text not in self.field.vocabulary:
                text = self._code_named(text) or text
        if self.packed:
            text = _unpacked(text)
        for pattern, means in self.rewritten:
            text = pattern.sub(means, text).strip()
        if self.points and told is None:
            refers = self.words.refers.get((self.path, text)) or self.words.refers.get((self.path, word), "")
            return refers, "" if refers else "no reviewed term says which record it is", bool(refers)
        if not text:
            return "", "", True
        return self._checked(text, text != given)

    def _code_named(self, text: str) -> str | None:
        """Find the code that a question with this word would find."""
        kind, _, name = self.path.partition(".")
        return code_named(name, text, kind)

    def _checked(self, text: str, reworded: bool) -> tuple[str, str, bool]:
        """Try whether the field takes a text, and if it does not, what can be seen of it."""
        for tried in (text, INVISIBLE.sub("", text)):
            try:
                values = self.field.read(tried)
            except BadValue as error:
                why = error.reason
            else:
                if isinstance(self.field, f.CodeField):  # it differs in the size of its letters alone
                    return self.field.cell(values), "", reworded or tried != text
                # "yes" comes back as "true", and "10.0" as "10".
                return tried, "", reworded or tried != text or self.field.cell(values) != tried
        return "", why, False

    def days(self, text: str) -> tuple[int | None, int | None]:
        """Give the first and the last day of a date that can be read."""
        if (found := self.dated.get(text)) is None:
            if len(self.dated) >= MEMO:
                self.dated.clear()
            found = self.dated[text] = self.field.read(text)[2:]
        return found


def _unpacked(text: str) -> str:
    """Write a date packed into a number: five bits of day, four of month, the years since 1800; 0 is not known."""
    if not re.fullmatch(r"\d{1,7}", text):
        return text
    number = int(text)
    day, month, years = number & 31, number >> 5 & 15, number >> 9
    if not years:  # a day of no year is no date, and is flagged
        return text if number else ""
    parts = (day, month) if day and month else (month,) if month else ()
    return ".".join(map(str, (*parts, 1800 + years)))


def usual_word(path: str, word: str, *, whole: bool = False) -> str:
    """Give what a word usually stands for in a field, or a part of it where the rule takes one; or nothing."""
    for pattern, means in meanings().get(path, ()):
        partly = "\\" in means and not whole
        if found := pattern.fullmatch(word) or (pattern.search(word) if partly else None):
            return found.expand(means) if "\\" in means else means
    return ""


# ---------------------------------------------------------------- what the database knows


def known_words(connection: Connection) -> Words:
    """Read what terms say of the words of lists: all are known, and those that somebody reviewed are understood."""
    found = Words()
    c = models.kind("terms").__table__.c
    asked = select(c.field, c.text, c.means, c.refers_to_kind, c.refers_to_key).where(c.status != "withdrawn")
    for path, word, means, kind, key in connection.execute(asked.where(c.reviewed_by.is_not(None))):
        if means:
            found.means[path, word] = means
        if kind:
            of = models.kind(kind).__table__
            named = connection.scalar(select(of.c.id).where(of.c.key == key))
            one = models.kind(path.partition(".")[0]).fields.get(path.partition(".")[2])
            found.refers[path, word] = str(named) if one is not None and len(one.kinds) == 1 else f"{kind}/{named}"
    for told in (found.refers, found.means):
        _respell(told)
    found.known.update((path, word) for path, word in connection.execute(select(c.field, c.text)))
    return found


def _respell(told: dict[tuple[str, str], str]) -> None:
    """Add reviewed words as `canonical` writes them, where all that are so written say the same."""
    alike: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (path, word), says in told.items():
        alike[path, canonical(word)].add(says)
    for spelt, said in alike.items():
        if len(said) == 1:
            told.setdefault(spelt, *said)


def persons_of(connection: Connection, list_id: str) -> array[int]:
    """Give the persons of a list, eight bytes each, in order."""
    c = models.kind("persons").__table__.c
    low = select(models.kind("sources").__table__.c.key).where(models.kind("sources").__table__.c.id == list_id)
    found = array("Q", map(digest_of, connection.scalars(select(c.id).where(c.source_key == low.scalar_subquery()))))
    return array("Q", sorted(found))


def nearest_id(connection: Connection, kind: str, named: str) -> str:
    """Offer the ids nearest to one that no record of a kind has, as a remedy."""
    c = models.kind(kind).__table__.c
    begins = c.id.startswith(named[:2].casefold(), autoescape=True)
    near = get_close_matches(named, list(connection.scalars(select(c.id).where(begins).limit(2000))))
    return f"did you mean {' or '.join(near)}?" if near else f"load {kind} with that id first"


def known_in(connection: Connection, path: str, words: Words) -> dict[str, str]:
    """Give the words of a field of references that terms know, and the names of what it may point to: word → record."""
    kind, _, name = path.partition(".")
    terms = sorted((not words.refers.get((path, word)), word) for of, word in words.known if of == path)
    known = {word: words.refers.get((path, word), "") for _, word in terms[:NAMED]}  # those that were reviewed first
    kinds = models.kind(kind).fields[name].kinds
    for of in kinds:
        model = models.kind(of)
        named = [one.columns[0] for one in model.fields.values() if isinstance(one, f.NameField | f.NamesField)]
        c = model.__table__.c
        rows = select(c.id, *(c[column] for column in named)).order_by(c.key).limit(NAMED if named else 0)
        for record, *texts in connection.execute(rows):
            for text in filter(None, texts):
                for word in text.split("; "):
                    known[word] = known.get(word) or (record if len(kinds) == 1 else f"{of}/{record}")
    return known


def codes_known(path: str) -> dict[str, str]:
    """Give the codes of a field, and the words for them: word → code."""
    kind, _, name = path.partition(".")
    words = {
        word.replace("_", " "): code
        for (of, word), every in code_words().items()
        for field, _, code in (meaning.partition("=") for meaning in every)
        if field == name and of in ("", kind)
    }
    return words | dict.fromkeys(models.kind(kind).fields[name].vocabulary, "")


def nearest_known(asked: Iterable[str], known: Mapping[str, str]) -> dict[str, str]:
    """Give for words the known one that is nearest, and what it stands for; nothing for those that none is near."""
    having: dict[str, list[str]] = defaultdict(list)
    for word in known:
        for pair in _pairs(word):
            having[pair].append(word)
    found: dict[str, str] = {}
    for word in asked:
        alike = Counter(chain.from_iterable(having[pair] for pair in _pairs(word) if pair in having))
        if not known.get(word):  # that the word itself is known says nothing
            alike.pop(word, None)
        near = {canonical(one): one for one, _ in reversed(alike.most_common(NEAR))}
        for close in get_close_matches(canonical(word), near, n=1, cutoff=0.8):
            one = near[close]
            found[word] = f"{one} ({known[one]})" if known[one] else one
    return found


def _pairs(word: str) -> set[str]:
    """List the pairs of letters of a word, its ends with a blank: words that share none are not alike."""
    whole = f" {canonical(word)} "
    return {whole[at : at + 2] for at in range(len(whole) - 1)}


def digest_of(text: str) -> int:
    """Give eight bytes that stand for an id."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def is_in(ordered: array[int], text: str) -> bool:
    """Say whether an id is among those of which these are the digests, in order."""
    digest = digest_of(text)
    at = bisect_left(ordered, digest)
    return at < len(ordered) and ordered[at] == digest
