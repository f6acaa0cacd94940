"""Which encoding a file is in: by its mark, as UTF-8 where all of it is, else by the letters it would be made of."""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import IO

from terrordb.errors import BadData

BLOCK = 2**20
WORDS = 20_000  # different words that a guess rests on at most
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CYRILLIC = ("cp1251", "koi8-r", "cp866")
LATIN = ("latin-1", "cp1252")

# Of a thousand letters of Russian text; the letters of its neighbours are rare, and never impossible.
RUSSIAN = dict(
    zip("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", (
        110, 85, 80, 74, 67, 63, 55, 47, 45, 44, 35, 32, 30, 28, 26, 20, 19, 17, 17, 16, 16, 14, 12, 10, 9, 7, 6, 5, 4,
        3, 3, 0.4, 0.4,
    ), strict=True),
)  # fmt: skip
NEIGHBOURS = dict.fromkeys("іїєґўјљњћђџѓќѕ", 0.4)
SIGNS = dict.fromkeys("№«»–—…“”„’‘§°\xa0•", 1.0)
# Accented letters of the Western languages, of a thousand letters: what Latin-1 was made for.
ACCENTED = dict.fromkeys("áéíóúñüàèìòùâêîôûäëïöåæøçãõß", 6.0) | dict.fromkeys("ýÿðþžšœ", 0.4)
MARKED = dict.fromkeys("ºª·¿¡´¨", 1.0)
UNLIKELY = 0.002


def find(opened: Callable[[], IO[bytes]], named: str | None, label: str) -> tuple[str, list[str]]:
    """Give the encoding of a file, and what is to be said of it; BadData where what is named does not fit."""
    if named:
        return _named(opened, named, label), []
    with opened() as file:
        head = file.read(2**16)
    for mark, encoding in MARKS:
        if head.startswith(mark):
            _check(opened, encoding, label, "by the mark at its beginning it is")
            return encoding, [] if encoding == "utf-8" else [f"{encoding.upper()}, by the mark at its beginning"]
    if wide := _wide(head):
        _check(opened, wide, label, "by its zero bytes it is")
        return wide, [f"{wide.upper()} without a mark, by its zero bytes"]
    if head.count(0) > 0.2 * len(head):
        raise BadData("it is no text", "a table is read as CSV, XLSX, ODS, JSON lines or SQL", label)
    if (bad := _undecodable(opened, "utf-8")) is None:
        return "utf-8", []
    return _guessed(opened, bad, label)


def _named(opened: Callable[[], IO[bytes]], named: str, label: str) -> str:
    try:
        encoding = codecs.lookup(named).name
        codecs.getincrementaldecoder(encoding)()
        "".encode(encoding)
    except LookupError as error:
        raise BadData(f"there is no encoding '{named}'", "such as utf-8, cp1251, koi8-r, cp866", label) from error
    _check(opened, encoding, label, "it was said to be", named)
    return encoding


def _check(opened: Callable[[], IO[bytes]], encoding: str, label: str, why: str, named: str = "") -> None:
    if (line := _undecodable(opened, encoding)) is not None:
        remedy = (
            "leave --encoding out to have it guessed" if named else "mend the line, or name another with --encoding"
        )
        raise BadData(f"{why} {named or encoding.upper()}, and this line is not", remedy, f"{label}:{line}")


def _undecodable(opened: Callable[[], IO[bytes]], encoding: str) -> int | None:
    """Find the first line that an encoding cannot read."""
    if _reads(opened, encoding):
        return None
    lines: list[int] = []  # they are counted only where that is told
    _reads(opened, encoding, lambda text: lines.append(text.count("\n")))
    return 1 + sum(lines)


def _reads(opened: Callable[[], IO[bytes]], encoding: str, each: Callable[[str], None] = lambda _text: None) -> bool:
    """Say whether an encoding reads all of a file; `each` takes what it reads."""
    decoder = codecs.getincrementaldecoder("utf-8" if encoding == "utf-8-sig" else encoding)()
    block = b"-"
    with opened() as file:
        while block:
            block = file.read(BLOCK)
            try:
                each(decoder.decode(block, final=not block))
            except UnicodeDecodeError as error:
                each(error.object[: error.start].decode(encoding, "replace"))
                return False
    return True


def _wide(head: bytes) -> str | None:
    """Tell UTF-16 without a mark: of its pairs of bytes one half is nearly always 0 or, in Cyrillic, 4."""
    pairs = len(head) // 2
    if pairs < 2 or b"\0" not in head:
        return None
    low, high = head[0 : 2 * pairs : 2], head[1 : 2 * pairs : 2]
    for encoding, upper, lower in (("utf-16-le", high, low), ("utf-16-be", low, high)):
        if upper.count(0) and upper.count(0) + upper.count(4) > 0.9 * pairs and lower.count(0) < 0.1 * pairs:
            return encoding
    return None


def _guessed(opened: Callable[[], IO[bytes]], bad: int, label: str) -> tuple[str, list[str]]:
    words = high_words(opened)
    refuse_damaged(words, f"{label}:{bad}")
    ranked = sorted(((score(words, encoding), encoding) for encoding in (*CYRILLIC, *LATIN)), reverse=True)
    best, encoding = ranked[0]
    rival = next((s for s, e in ranked[1:] if not {encoding, e} <= set(LATIN)), -math.inf)
    # Letters of one word, and words of one list, are no independent witnesses: the odds count for a third.
    sure = (1 - _strange(words, encoding)) / (1 + math.exp(-min(best - rival, 60) / 3))
    return encoding, [f"the encoding is not stated: read as {encoding} ({min(99, round(100 * sure))} % sure)"]


def refuse_damaged(words: Counter[bytes], place: str) -> None:
    """Raise BadData where a file with these words is UTF-8 but for some: read otherwise, all others would be lost."""
    if _share_of_utf8(words) > 0.7:
        remedy = "mend the line: the file was cut off, or put together of two; --encoding NAME reads all of it as NAME"
        raise BadData("the file is UTF-8, and this line is not", remedy, place)


def high_words(opened: Callable[[], IO[bytes]]) -> Counter[bytes]:
    """Gather words with letters that are not ASCII, from the whole of a file, as many as a guess needs."""
    words: Counter[bytes] = Counter()
    with opened() as file:
        rest = b""
        while len(words) < WORDS and (block := file.read(BLOCK)):
            whole, cut, rest_ = (rest + block).rpartition(b"\n")
            rest = rest_ if cut else b""
            words.update(re.findall(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*", whole if cut else rest_))
        words.update(re.findall(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*", rest))
    return words


def _share_of_utf8(words: Counter[bytes]) -> float:
    """Say how much of what is not ASCII can be read as UTF-8; in another encoding hardly anything can."""
    high = re.compile(rb"[\x80-\xff]+")
    parts = Counter[bytes]()
    for word, count in words.items():
        for part in high.findall(word):
            parts[part] += count
    read = sum(count * len(part.decode("utf-8", "ignore").encode()) for part, count in parts.items())
    return read / max(1, sum(count * len(part) for part, count in parts.items()))


def score(words: Counter[bytes], encoding: str) -> float:
    """Weigh how likely words are in an encoding: by its letters, and by how small and great ones follow each other."""
    total = 0.0
    weigh = _russian if encoding in CYRILLIC else _western
    for word, count in words.items():
        try:
            text = word.decode(encoding)
        except UnicodeDecodeError:
            return -math.inf
        total += min(count, 5) * sum(weigh(text))
    return total


def _strange(words: Counter[bytes], encoding: str) -> float:
    """Say what share of words no encoding that is known reads well: even the best one may not be theirs."""
    strange = 0
    for word, count in words.items():
        high = [letter for letter in word.decode(encoding).lower() if letter > "\x7f"]
        if encoding in CYRILLIC:
            strange += count * (len(word) > 2 * len(high))  # more letters are Latin than are not
        else:
            strange += count * any(not (ACCENTED.get(c) or SIGNS.get(c) or MARKED.get(c)) for c in high)
    return strange / max(1, words.total())


def _russian(text: str) -> Iterator[float]:
    for letter in text:
        if letter > "\x7f":
            small = letter.lower()
            yield math.log((RUSSIAN.get(small) or NEIGHBOURS.get(small) or SIGNS.get(letter) or UNLIKELY) / 1000)
    yield from _joints(text)
    # A word half Latin is seldom, one look-alike letter in a Russian word is not.
    ascii_letters = sum(letter < "\x80" for letter in text)
    yield -3.0 * min(ascii_letters, len(text) - ascii_letters)


def _western(text: str) -> Iterator[float]:
    for letter in text:
        if letter > "\x7f":
            small = letter.lower()
            yield math.log((ACCENTED.get(small) or SIGNS.get(letter) or MARKED.get(letter) or UNLIKELY) / 1000)
    yield from _joints(text)
    for one, other in pairwise(text):
        if one > "\x7f" and other > "\x7f":
            yield -4.0  # accents seldom stand side by side; letters of another script do


def _joints(text: str) -> Iterable[float]:
    for one, other in pairwise(text):
        if one.islower() and other.isupper():
            yield -4.0
    if len(text) > 2 and text[:2].isupper() and not text.isupper() and text.isalpha():
        yield -2.0
