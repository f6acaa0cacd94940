"""A text cited by its paragraphs: where in a passage the words of an anchor stand."""

from __future__ import annotations

import re
from bisect import bisect_left
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from terrordb.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MARKER", "find_anchor", "neighbours", "paragraph", "passages", "spans", "words"]

SEPARATOR = " … "
MOST_TOKENS = 6
RULE = f"an anchor is one to {MOST_TOKENS} tokens or short phrases separated by '{SEPARATOR}', in the order they stand"

Span = tuple[int, int]

# Up to three digits: a bracketed year is an editor's word, not a note.
MARKER = re.compile(r"(?:\[(?:\d{1,3}|citation needed)\])+")
_SPACE = re.compile(r"\s+")
# Combining marks (U+0300-036F) belong to the letter before them.
_LETTER = re.compile(r"[^\W_]|[\u0300-\u036f]")
_WORD = re.compile(r"(?:[^\W_]|[\u0300-\u036f])+")
# The comma of 63,000 and the point of 3.7 hold a number together; those of 30.07.1937 and of "1936, 1937" do not.
_NUMBER = re.compile(r"(?<![\d.,])(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!,?\d)|\d+\.\d+(?!\.?\d))")
_PARAGRAPH = re.compile(r"¶([1-9][0-9]*)")


class _Plain(NamedTuple):
    """A passage without note markers and with single spaces; `back` gives each character's place in the original."""

    text: str
    back: tuple[int, ...]

    def original(self, start: int, end: int) -> Span:
        """Give the span in the passage as written, its end excluded."""
        return self.back[start], self.back[end - 1] + 1


def passages(text: str) -> list[str]:
    """List the paragraphs of a text: paragraph n is line n, so ¶1 is the first item.

    Only line feeds (with or without a carriage return) end a line, as they do in every editor and in `sed -n`.
    """
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def paragraph(locator: str | None) -> int | None:
    """Read the paragraph's number from a locator: '¶75' is 75; anything else is None."""
    match = _PARAGRAPH.fullmatch(locator.strip()) if locator else None
    return int(match[1]) if match else None


def find_anchor(passage: str, anchor: str) -> Span:
    """Find the shortest stretch of a passage that holds an anchor's tokens in order; the end is excluded.

    Raises BadValue where the anchor is ill formed, where a token is missing or out of order, and where two different
    stretches are equally short.
    """
    found = spans(passage, anchor)
    return found[0][0], found[-1][1]


def spans(passage: str, anchor: str) -> list[Span]:
    """List where each token of an anchor stands, in the passage as written; ends are excluded.

    Raises BadValue as `find_anchor` does.
    """
    tokens, plain = _tokens(anchor), _plain(passage)
    places = [list(_occurrences(plain.text, token)) for token in tokens]
    chains = [chain for start in range(len(places[0])) if (chain := _chain(places, start))]
    if not chains:
        raise _not_found(plain.text, tokens, places)
    least = min(chain[-1][1] - chain[0][0] for chain in chains)
    shortest = [chain for chain in chains if chain[-1][1] - chain[0][0] == least]
    if len(shortest) > 1:
        raise _ambiguous(plain.text, anchor, shortest)
    return [plain.original(*span) for span in shortest[0]]


def words(passage: str) -> list[str]:
    """List the words of a passage, note markers left out."""
    return _WORD.findall(MARKER.sub(" ", passage))


def neighbours(passage: str, span: Span, many: int) -> tuple[list[str], list[str]]:
    """Give the words before and after a stretch of a passage: `many` of each, or as many as there are."""
    start, end = span
    return words(passage[:start])[-many:], words(passage[end:])[:many]


def _tokens(anchor: str) -> list[str]:
    """Split an anchor into its tokens, or say what is wrong with it."""
    text = _SPACE.sub(" ", MARKER.sub("", anchor))
    tokens = [token.strip() for token in f" {text} ".split(SEPARATOR)]
    # "a … … b" splits once only, for the two separators share a space.
    if any(token.startswith("… ") or token.endswith(" …") or not _LETTER.search(token) for token in tokens):
        raise BadValue(f"the anchor '{anchor}' has an empty token", RULE)
    if len(tokens) > MOST_TOKENS:
        raise BadValue(f"the anchor '{anchor}' has {len(tokens)} tokens, which is more than {MOST_TOKENS}", RULE)
    return tokens


@lru_cache(maxsize=512)
def _plain(passage: str) -> _Plain:
    """Take out note markers and make each run of white space one space, remembering where every character stood."""
    letters: list[str] = []
    back: list[int] = []
    place = 0
    while place < len(passage):
        if marker := MARKER.match(passage, place):
            place = marker.end()
            # A marker between two letters ("purged[32]They") still parts two words.
            if letters and _LETTER.match(letters[-1]) and _LETTER.match(passage, place):
                letters.append(" ")
                back.append(marker.start())
            continue
        letter = " " if passage[place].isspace() else passage[place]
        if letter != " " or not letters or letters[-1] != " ":
            letters.append(letter)
            back.append(place)
        place += 1
    return _Plain("".join(letters), tuple(back))


def _occurrences(text: str, token: str) -> Iterator[Span]:
    """Yield where a token stands as whole words: neither end lies inside a word or inside a number."""
    inside = {
        match.start() + at for match in _NUMBER.finditer(text) for at, sign in enumerate(match[0]) if sign in ",."
    }
    lettered_start, lettered_end = _LETTER.match(token[0]), _LETTER.match(token[-1])
    start = text.find(token)
    while start >= 0:
        end = start + len(token)
        begun_before = start and lettered_start and _LETTER.match(text[start - 1])
        goes_on = end < len(text) and _LETTER.match(text[end]) and (lettered_end or "\u0300" <= text[end] <= "\u036f")
        if not (begun_before or goes_on or inside & {start - 1, start, end - 1, end}):
            yield start, end
        start = text.find(token, start + 1)


def _chain(places: list[list[Span]], start: int) -> list[Span]:
    """Follow the tokens from one place of the first, each as early as it can; empty where they do not all follow.

    The earliest next place is always the best one: no later choice can end the stretch sooner.
    """
    chain = [places[0][start]]
    for spots in places[1:]:
        following = bisect_left(spots, (chain[-1][1], 0))
        if following == len(spots):
            return []
        chain.append(spots[following])
    return chain


def _not_found(text: str, tokens: list[str], places: list[list[Span]]) -> BadValue:
    """Say which token is missing, and what stands nearest to it, or which one stands out of order."""
    for token, spots in zip(tokens, places, strict=True):
        if not spots:
            return BadValue(f"'{token}' does not stand in the passage", _nearest(text, token))
    for held in range(1, len(tokens)):
        if not any(_chain(places[: held + 1], start) for start in range(len(places[0]))):
            earlier = SEPARATOR.join(tokens[:held])
            return BadValue(f"'{tokens[held]}' stands in the passage, but not after '{earlier}'", RULE)
    raise AssertionError(tokens)


def _nearest(text: str, token: str) -> str:
    """Offer the stretch of as many words as the token has that looks most like it, whatever its capitals."""
    length = len(_WORD.findall(token))
    words = list(_WORD.finditer(text))
    stretches = [text[a.start() : b.end()] for a, b in zip(words, words[length - 1 :], strict=False)]
    known = {stretch.casefold(): stretch for stretch in reversed(stretches)}
    close = get_close_matches(token.casefold(), known, n=1, cutoff=0.6)
    return f"nearest in the passage: '{known[close[0]]}'" if close else "nothing in the passage resembles it"


def _ambiguous(text: str, anchor: str, chains: list[list[Span]]) -> BadValue:
    """Print the first two of several equally short stretches, each with the words around it."""
    shown = [_around(text, chain[0][0], chain[-1][1]) for chain in chains[:2]]
    return BadValue(
        f"the anchor '{anchor}' stands in {len(chains)} equally short places: {shown[0]} and {shown[1]}",
        "add a token that stands near the place you mean",
    )


def _around(text: str, start: int, end: int, margin: int = 30) -> str:
    """Quote a stretch in brackets with some words before and after it."""
    before, after = text[max(0, start - margin) : start], text[end : end + margin]
    if start > margin:
        before = before.partition(" ")[2]
    if end + margin < len(text):
        after = after.rpartition(" ")[0]
    return f"'{before}[{text[start:end]}]{after}'"
