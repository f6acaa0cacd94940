"""What a text mentions: its numbers, its dates, and its names as far as capitals show them.

* Numbers are digits, numerals and words of number (half, twice, hundreds, majority); ordinals in words are none.
* Dates are years, decades, centuries, months and days, with the words that make one date of them ("summer of 1938").
* Names are runs of words with capitals, and all Cyrillic words of a Latin text. A word that begins a sentence or a
  quotation counts only if the text does not also write it small, or has it with a capital inside a sentence. Words
  such as "The" never count, nor does the 's of a possessive.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from terrordb.values.figures import amounts

Kind = Literal["number", "date", "name"]
Span = tuple[int, int]


class Mention(NamedTuple):
    """One number, date or name of a passage: where it stands, and where the words in it that must be covered do."""

    kind: Kind
    start: int
    end: int
    pieces: tuple[Span, ...]


# ---------------------------------------------------------------- the words


def _words(*lines: str) -> frozenset[str]:
    """Read lines of words into a set."""
    return frozenset(" ".join(lines).split())


# Words that name nothing wherever they stand.
_FUNCTION = _words(
    "a about above according accordingly after again against all also although among an and another any anybody",
    "anyone anything are around as asked at be because been before being below beside besides between both but by",
    "can could couldn despite did didn do does doesn don during each either even eventually every everybody",
    "everyone everything except few finally first following for former formerly from further furthermore had has",
    "have having he hence her here him his how however i if in indeed initially instead into is isn it its itself",
    "just later let like many may me meanwhile might more moreover most much must my nearly neither never",
    "nevertheless next no nobody none nor not nothing now of often on once only or other others otherwise our out",
    "over own perhaps rather said same second several shall she should shouldn since so some somebody someone",
    "something sometimes soon still such than that the their them then there therefore these they third this",
    "those though through throughout thus to together too under unlike until upon us very was wasn we were weren",
    "what when where whether which while who whom whose why will with within without won would wouldn yet you",
    "your",
)
_NUMBER_WORDS = _words(
    "hundred thousand million billion trillion dozen score quarter quarters eighth eighths double triple",
    "majority minority",
)
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_SURE_MONTH = _MONTH.replace("March|", "").replace("May|", "")
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_YEAR = r"(?:1[0-9]{3}|20[0-9]{2})"
_ORDINAL = r"(?:[0-9]{1,2}(?:st|nd|rd|th)|[a-z]*(?:first|second|third|th)|mid)"
_DATE = re.compile(
    rf"""(?<![\w,.]) (?:
      {_MONTH}(?:\s?[-–]\s?{_MONTH})?\ {_DAY}(?:\s?[-–]\s?{_DAY})?(?:,?\ {_YEAR})?(?![\d,]*\d)
    | {_DAY}(?:\s?[-–]\s?{_DAY})?\ (?:of\ )?{_MONTH}(?:,?\ {_YEAR})?
    | {_MONTH}(?:\s?[-–]\s?{_MONTH})?,?\ (?:of\ )?{_YEAR}(?![\d,]*\d)
    | (?:(?:spring|summer|autumn|fall|winter)(?:\ of)?\ )?
      {_YEAR}s?(?:\s?[-–/]\s?(?:[0-9]{{4}}|[0-9]{{1,2}})s?)?(?![\w]|[,.][0-9])
    | {_ORDINAL}[-\ ]century
    | [0-9]{{2,4}}(?:[-–][0-9]{{2,4}})?-(?:х|е|го|й|м)(?![\w])
    | {_SURE_MONTH}(?!\w|\ [A-Z])
    | (?<=\bin\ ){_MONTH}(?!\w)
    )""",
    re.VERBOSE,
)
_NUMERAL = re.compile(r"(?<![\w.,])[0-9]+(?:,[0-9]{3})*(?:\.[0-9]+)?(?:st|nd|rd|th)?%?|[^\W\d_]+")
_NUMERALS_JOIN = re.compile(r"\s?[-–]\s?|\s|\s(?:of|out of|to|or|and a)\s(?:the\s)?")
_MARKER = re.compile(r"\[(?:[0-9]{1,3}|citation needed)\]")
_WORD = re.compile(r"(?:[A-ZÀ-ÞĀ-ŽА-ЯЁ]\.)+(?:[A-Z](?!\w))?|(?:[^\W\d_]|[\u0300-\u036f])+(?:['’ʹ-][^\W\d_]+)*")
_PART = re.compile(r"(?:[^\W\d_]|[\u0300-\u036f])+")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_START = "\x02"  # put before a passage, so that a few characters show whether it begins here
_ENDS_SENTENCE = re.compile(rf"""(?:{_START}|{_START}[-–—*•]\s|[.!?…][)"”’]?\s|["“‘„«(\[:;]\s?)$""")
_INITIAL = re.compile(r"\W[A-ZÀ-ÞĀ-ŽА-ЯЁ]\.\s$")


# ---------------------------------------------------------------- reading


def parts(text: str) -> list[str]:
    """List the words of a text as names are compared by: letters alone, so that hyphens and apostrophes part them."""
    return _PART.findall(text)


class Reader:
    """Read mentions; which words of a text begin sentences only because they are there is learnt from the whole."""

    def __init__(self, passages: Iterable[str]) -> None:
        """Learn the ordinary words of a text."""
        small: set[str] = set()
        named: set[str] = set()
        for passage in map(_unmarked, passages):
            for word in _WORD.finditer(passage):
                if word[0].islower():
                    small.add(word[0])
                elif not _begins(passage, word.start()):
                    named.add(word[0].casefold())
        self.ordinary = small - named

    def mentions(self, passage: str) -> list[Mention]:
        """List the mentions of a passage: its dates, its numbers, its names, each in the order they stand."""
        rest = _unmarked(passage)
        found: list[Mention] = []
        for read in (_dates, _numbers, self._names):
            here = list(read(rest))
            found += here
            for mention in here:
                rest = _blank(rest, mention.start, mention.end)
        return sorted(found, key=lambda mention: mention.start)

    def _names(self, passage: str) -> Iterator[Mention]:
        run: list[Span] = []
        end = -1
        for word in _WORD.finditer(passage):
            pieces = self._pieces(passage, word)
            if run and (not pieces or passage[end : word.start()] not in ("", " ") or pieces[0][0] != word.start()):
                yield _mention("name", run)
                run = []
            run += pieces
            end = word.end()
        if run:
            yield _mention("name", run)

    def _pieces(self, passage: str, word: re.Match[str]) -> list[Span]:
        """Give the places of the parts of a word that may be a name, from its first capital on."""
        parts = [(word.start() + part.start(), word.start() + part.end()) for part in _PART.finditer(word[0])]
        if len(parts) > 1 and re.search(r"['’]s$", word[0]):
            parts.pop()
        if _CYRILLIC.match(word[0]):
            return parts
        plain = passage[parts[0][0] : parts[-1][1]].casefold()
        if _names_nothing(word[0]) or (plain in self.ordinary and _begins(passage, word.start())):
            return []
        first = next((n for n, part in enumerate(parts) if passage[part[0]].isupper()), len(parts))
        return parts[first:]


def _mention(kind: Kind, pieces: list[Span]) -> Mention:
    return Mention(kind, pieces[0][0], pieces[-1][1], tuple(pieces))


def _names_nothing(word: str) -> bool:
    """Say whether a word is one that names nothing, or is shortened from it (Don't); initials are none."""
    return "." not in word and re.split("['’]", word)[0].casefold() in _FUNCTION


def _dates(passage: str) -> Iterator[Mention]:
    for date in _DATE.finditer(passage):
        pieces = [(date.start() + p.start(), date.start() + p.end()) for p in re.finditer(r"\w+", date[0])]
        carry = [piece for piece in pieces if passage[slice(*piece)] not in ("of", "century")]
        yield Mention("date", date.start(), date.end(), tuple(carry))


def _numbers(passage: str) -> Iterator[Mention]:
    run: list[Span] = []
    for word in _NUMERAL.finditer(passage):
        if not _numeric(word[0]) and not (word[0].casefold() == "most" and passage[word.end() :].startswith(" of ")):
            continue
        if run and not _NUMERALS_JOIN.fullmatch(passage[run[-1][1] : word.start()]):
            yield _mention("number", run)
            run = []
        run.append((word.start(), word.end()))
    if run:
        yield _mention("number", run)


@lru_cache(maxsize=1 << 12)
def _numeric(word: str) -> bool:
    return word[0].isdigit() or word.casefold() in _NUMBER_WORDS or bool(amounts(word))


def _begins(passage: str, start: int) -> bool:
    """Say whether a word stands where any word is written with a capital: at the start of a sentence or a quotation."""
    before = f"{_START}{passage}"[max(0, start - 7) : start + 1]
    return bool(_ENDS_SENTENCE.search(before)) and not _INITIAL.search(before)


def _unmarked(passage: str) -> str:
    """Blank the note markers, so that every other character keeps its place."""
    return _MARKER.sub(lambda marker: " " * len(marker[0]), passage)


def _blank(passage: str, start: int, end: int) -> str:
    return f"{passage[:start]}{'_' * (end - start)}{passage[end:]}"
