"""The language of questions: a text becomes a kind and a tree of terms; every error has its place in the text.

`lark` reads the tokens and their order; what a token means is read here.  No field is looked up: whoever resolves a
term makes an error of its own with `fault`, at the term's place.  `@name` is replaced by the tree of the saved query.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from terrordb.errors import BadQuestion
from terrordb.querying import saved
from terrordb.querying.vocabulary import kind_named

if TYPE_CHECKING:
    from collections.abc import Sequence

    import lark

__all__ = ["All", "Either", "Item", "Not", "Question", "Term", "Tree", "fault", "parse"]

LONGEST = 1_000_000  # characters
DEEPEST = 60  # parentheses and nots within each other
LAYERS = 20  # saved queries within each other
MOST = 1_000  # words and values
COLUMNS = 76  # of the line that shows where a fault is


# -- the tree ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Item:
    """One value, or one word; of a range `text` is the first end and `last` the last, an open one empty.

    `quoted` tells what stood in quotes and is plain text: it means neither `any`, a state nor a star.
    """

    text: str
    last: str | None = None
    quoted: bool = False


class _Node:
    def __str__(self) -> str:
        """Write the question, with no more parentheses than it needs, so that it reads as an equal tree."""
        text = _written(self)  # type: ignore[arg-type]
        return f"({text})" if _kind(text) else text


@dataclass(frozen=True)
class Term(_Node):
    """One condition: any of the items holds of the field, or the one word or phrase is found where there is no field.

    `at` is the place in the text that was parsed; of a term that comes from a saved query, the place of its `@name`.
    """

    field: str | None
    items: tuple[Item, ...]
    way: str = ":"  # or := or :~
    at: int = dataclasses.field(default=0, compare=False)


@dataclass(frozen=True)
class Not(_Node):
    """What must not hold."""

    of: Tree


@dataclass(frozen=True)
class All(_Node):
    """What must all hold; at least two."""

    of: tuple[Tree, ...]


@dataclass(frozen=True)
class Either(_Node):
    """Of which one must hold; at least two."""

    of: tuple[Tree, ...]


Tree = Term | Not | All | Either


@dataclass(frozen=True)
class Question:
    """What is asked: records of a kind for which a tree holds, or all of them where there is none.

    `text` is what was parsed.  `reading` shows the parentheses that were implied where words side by side met an `or`.
    `named` tells whether the kind was named, in the text or by a saved query in it.
    """

    kind: str
    tree: Tree | None
    text: str = dataclasses.field(default="", compare=False)
    reading: str | None = dataclasses.field(default=None, compare=False)
    named: bool = dataclasses.field(default=False, compare=False)

    def __str__(self) -> str:
        """Write the question with its kind, so that it reads as an equal one."""
        return self.kind if self.tree is None else f"{self.kind} {_written(self.tree)}"


# -- tokens -----------------------------------------------------------------------------------------------------------

_OPENING = '"“”„«'
_QUOTES = _OPENING + "»"
_FREE = r"(?<![^\s()])"  # a term begins after a space or a parenthesis
_JOINED = r"(?<=[^\s()])"  # what belongs to a value has no space before it
_ENDS = r"(?![^\s()])"
_PLAIN = rf"[^\s(){_QUOTES}]"
_KEYWORD = r"(?i:and|or|not|или|не)"
_WORD = rf"(?!{_KEYWORD}{_ENDS}){_PLAIN}++"
_QUOTED = r'(?:"(?:[^"\\]|\\[\s\S])*+"|[“”„][^“”„]*+[“”]|«[^«»]*+»)'
# Two dots part the ends of a range, but beside a slash they are an open end of EDTF: 1937/.. and ../1938.
_VALUE = rf"(?:[^\s(){_QUOTES},.]|\.(?!\.)|(?<=/)\.\.|\.\.(?=/))++"
_NAME = r"[^\W\d_][\w\u0300-\u036f]*(?:\.\w[\w\u0300-\u036f]*)*"


def _regular() -> str:
    """Give the pattern of a regular expression without spaces: its parentheses are balanced, to a depth of eight."""
    inner = sign = r"[^\s()\\]|\\\S"
    for _ in range(8):
        inner = rf"{sign}|\((?:{inner})*+\)"
    return rf"(?![{_OPENING}])(?:{inner})++"


_REGULAR = _regular()
_TOKENS = {
    "LPAR": r"\(",
    "RPAR": r"\)",
    "OR.2": rf"{_FREE}(?i:or|или){_ENDS}",
    "AND.2": rf"{_FREE}(?i:and){_ENDS}",
    "NOT.2": rf"{_FREE}(?i:not|не){_ENDS}",
    "FIELD.2": rf"{_FREE}{_NAME}:(?=[^\s)])",
    "PHRASE.2": rf"{_FREE}{_QUOTED}{_ENDS}",
    "WORD": rf"{_FREE}{_WORD}",
    "EQUALS.2": r"(?<=:)=",
    "TILDE.2": r"(?<=:)~",
    "COMMA.2": rf"{_JOINED},",
    "TO.2": rf"{_JOINED}(?<!/)\.\.(?!/)",
    "QUOTED.2": rf"{_JOINED}{_QUOTED}(?![^\s),.])",
    "VALUE": rf"{_JOINED}{_VALUE}(?![({_OPENING}])",
    "REGEX.2": rf"(?<=~){_REGULAR}(?![^\s)])",
}
_RULES = r"""
    start: either?
    ?either: all (OR all)*
    ?all: denied (AND? denied)*
    ?denied: NOT denied -> denied
        | LPAR either RPAR -> group
        | WORD -> word
        | PHRASE -> word
        | FIELD EQUALS? item (COMMA item)* -> field
        | FIELD TILDE (REGEX | QUOTED) -> regular
    item: _end | _end TO | TO _end | _end TO _end
    _end: VALUE | QUOTED
    %ignore /\s+/
"""
_COUNTED = {"WORD", "PHRASE", "VALUE", "QUOTED", "REGEX"}
_JOINS = {"OR", "AND", "NOT"}
_VALUE_FOLLOWS = {"FIELD", "EQUALS", "TILDE", "COMMA", "TO"}


@cache
def _grammar() -> lark.Lark:
    from lark import Lark

    tokens = "".join(f"{name}: /{pattern.replace('/', chr(92) + '/')}/\n" for name, pattern in _TOKENS.items())
    return Lark(tokens + _RULES, parser="lalr", lexer="contextual", maybe_placeholders=False)


# -- reading ----------------------------------------------------------------------------------------------------------

_UNSEEN = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")  # signs that at most turn what is shown
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_FIRST = re.compile(rf"\s*({_WORD}){_ENDS}")
_KIND = re.compile(r"\w[\w-]*")
_UNFINISHED = re.compile(rf"{_NAME}:")
_NOTHING = re.compile(r"\s*(?:\)|\Z)")
# Words alone, as most questions are, are read without the grammar, whose tables take twenty milliseconds to make.
_SIMPLE = re.compile(rf"\s*(?:(?!{_KEYWORD}{_ENDS})[\w*][\w*.'’-]*+(?:\s++|\Z))+")

# Words that mean something elsewhere: the sign that tells them, what is said of it, and what to write.
_NO_WORDS = (
    (r"^--\w", "an option stands among the terms", "options stand outside the quotes that hold the question: {word}"),
    (r"^-(?=.)", "a word does not begin with a minus sign", 'write not {rest}, or "{word}" for the word itself'),
    (r"^!", "'!' is no word of this language", "write not before a term: not fate:executed"),
    (r"&&", "'&&' is no word of this language", "write and, or only a space: fate:executed and born:1890"),
    (r"\|\|", "'||' is no word of this language", "write or: fate:executed or fate:killed"),
    (r"^:(?=.)", "no field stands before the colon", 'write fate:executed, or "{word}" for the word itself'),
)
_TOO_DEEP = (f"more than {DEEPEST} parentheses and nots within each other", "take away what is not needed")
_TOO_MANY = (f"more than {MOST:,} words and values", "ask in parts, or with a range: born:1890..1900")
_BY_NAME = ("a saved query is asked for by its name alone", "write saved:name, or @name")
_ALL_ASKED = ("this saved query names a kind alone: it asks for all records", "give it a term: fate:executed")


class _Wrong(Exception):
    """What is wrong at a place of the text, and where else to look; it never leaves this module."""

    def __init__(self, at: int, reason: str, remedy: str = "", place: str = "") -> None:
        self.at, self.reason, self.remedy, self.place = at, reason, remedy, place
        super().__init__(reason)


def parse(question: str | Sequence[str], *, seen: tuple[str, ...] = ()) -> Question:
    """Read a question; the words of a command line are joined by spaces.

    `seen` names the saved queries the question stands within, the outermost first.  Raises BadQuestion, with a caret
    under the place, for what is not well formed.
    """
    return _parse(question if isinstance(question, str) else " ".join(question), seen, len(seen), {})


def _parse(text: str, seen: tuple[str, ...], depth: int, known: dict[str, Question]) -> Question:
    """Read a question that stands at a depth; `known` are the saved queries that were read already."""
    if len(text) > LONGEST:
        raise fault(text, LONGEST, f"the question is longer than {LONGEST:,} characters", "ask it in parts")
    if bad := _NO_TEXT.search(text):
        raise fault(text, bad.start(), "the question holds bytes that are no text", "write it in UTF-8")
    places: Sequence[int] = range(len(text) + 1)
    clean = text
    if _UNSEEN.search(text):
        places = [*(at for at in range(len(text)) if not _UNSEEN.match(text, at)), len(text)]
        clean = "".join(text[at] for at in places[:-1])
    try:
        reader = _Reader(clean, places, seen, known)
        tree = reader.tree(depth)
    except _Wrong as wrong:
        error = fault(text, places[wrong.at], wrong.reason, wrong.remedy)
        error.place = wrong.place
        raise error from None
    reading = _written(tree, shown=True) if tree is not None and reader.implied else None
    return Question(reader.kind or "persons", tree, text, reading, reader.kind is not None)


class _Reader:
    """Makes the tree of one text; each method reads one rule.

    Nothing stands in the text that is not seen: `places` tells where each sign stood before that was taken out.
    """

    def __init__(self, text: str, places: Sequence[int], seen: tuple[str, ...], known: dict[str, Question]) -> None:
        self.text, self.places, self.seen, self.known = text, places, seen, known
        self.kind: str | None = None
        self.count = 0  # words and values, with those of saved queries
        self.implied = False  # words side by side have met an `or`

    def tree(self, depth: int) -> Tree | None:
        text = self.text
        if first := _kind(text):
            self.kind, end = first
            text = " " * end + text[end:]
        if _SIMPLE.fullmatch(text) and (words := list(re.finditer(r"\S+", text)))[MOST:] == []:
            self.count = len(words)
            terms = tuple(Term(None, (Item(word[0]),), at=self.places[word.start()]) for word in words)
            return All(terms) if len(terms) > 1 else terms[0]
        root, self.count = _parsed(text, depth)
        return self._read(root.children[0], depth) if root.children else None

    def _read(self, node: Any, depth: int) -> Tree | None:
        tree: Tree | None = getattr(self, f"_{node.data}")(node.children, depth)
        return tree

    def _either(self, parts: list[Any], depth: int) -> Tree:
        for side in parts[::2]:
            self.implied |= side.data == "all" and 2 * sum(map(_is_token, side.children)) + 1 < len(side.children)
        return Either(tuple(self._asked(side, parts[1], depth) for side in parts[::2]))

    def _all(self, parts: list[Any], depth: int) -> Tree | None:
        trees = [self._read(each, depth) for each in parts if not _is_token(each)]
        asked = tuple(each for each in trees if each is not None)
        return All(asked) if len(asked) > 1 else next(iter(asked), None)

    def _denied(self, parts: list[Any], depth: int) -> Tree:
        return Not(self._asked(parts[1], parts[0], depth + 1))

    def _group(self, parts: list[Any], depth: int) -> Tree | None:
        return self._read(parts[1], depth + 1)

    def _asked(self, node: Any, beside: lark.Token, depth: int) -> Tree:
        if (tree := self._read(node, depth)) is None:
            raise _Wrong(_start(beside), *_ALL_ASKED)
        return tree

    def _word(self, parts: list[Any], depth: int) -> Tree | None:
        (token,) = parts
        at, end = _start(token), _start(token) + len(token)
        if token.type == "PHRASE":
            return Term(None, (Item(_text(token), quoted=True),), at=self.places[at])
        if token[0] == "@" and len(token) > 1:
            return self._saved(token[1:], at, depth)
        for sign, reason, remedy in _NO_WORDS:
            if found := re.search(sign, token):
                short = _short(token)
                raise _Wrong(at + found.start(), reason, remedy.format(word=short, rest=short[1:]))
        if _UNFINISHED.fullmatch(token) and _NOTHING.match(self.text, end):
            raise _nothing_after(token, end - 1)
        return Term(None, (Item(str(token)),), at=self.places[at])

    def _field(self, parts: list[Any], depth: int) -> Tree | None:
        field, at = str(parts[0][:-1]), _start(parts[0])
        way = ":=" if parts[1] == "=" else ":"
        items = tuple(_item(each.children) for each in parts if not _is_token(each))
        if field.casefold() != "saved":
            return Term(field, items, way, self.places[at])
        if way != ":" or len(items) > 1 or items[0].last is not None:
            raise _Wrong(at, *_BY_NAME)
        return self._saved(items[0].text, at, depth)

    def _regular(self, parts: list[Any], depth: int) -> Tree:  # noqa: ARG002
        field, at, value = str(parts[0][:-1]), _start(parts[0]), parts[2]
        if field.casefold() == "saved":
            raise _Wrong(at, *_BY_NAME)
        item = Item(_text(value, _PATTERN_ESCAPE), quoted=True) if value.type == "QUOTED" else Item(str(value))
        return Term(field, (item,), ":~", self.places[at])

    def _saved(self, name: str, at: int, depth: int) -> Tree | None:
        question = self._expanded(name, at, depth + 1)
        if question.named and question.kind != (self.kind or question.kind):
            reason = f"'{_short(name)}' asks for {question.kind}, but {self.kind} are asked for here"
            raise _Wrong(at, reason, "ask for one kind; other kinds are reached by fields: trial.opened:1938")
        if question.named:
            self.kind = question.kind
        if question.tree is None:
            return None
        height, count = _size(question.tree)
        self.count += count - 1  # the name was counted
        if depth + 1 + height > DEEPEST:
            raise _Wrong(at, *_TOO_DEEP)
        if self.count > MOST:
            raise _Wrong(at, *_TOO_MANY)
        return _moved(question.tree, self.places[at])

    def _expanded(self, name: str, at: int, depth: int) -> Question:
        """Read a saved query, once in a question: each of its names may stand in it twice, and so on."""
        if depth > DEEPEST:
            raise _Wrong(at, *_TOO_DEEP)
        if len(self.seen) >= LAYERS:
            raise _Wrong(at, f"more than {LAYERS} saved queries within each other", "write out what the inner ones ask")
        if (key := name.casefold()) not in self.known:
            try:
                found, seen = saved.expand(name, self.seen)
            except BadQuestion as error:
                raise _Wrong(at, error.reason, error.remedy, error.place) from None
            with saved.within(found):
                self.known[key] = _parse(found.question, seen, depth, self.known)
        return self.known[key]


def _kind(text: str) -> tuple[str, int] | None:
    """Give the kind that the first word of a text names, and where the word ends."""
    first = _FIRST.match(text)
    kind = kind_named(first[1]) if first and _KIND.fullmatch(first[1]) else None
    return (kind, first.end()) if first and kind else None


def _item(parts: list[lark.Token]) -> Item:
    ends = [_text(each) for each in parts if each.type != "TO"]
    quoted = any(each.type == "QUOTED" for each in parts)
    if len(parts) == 1:
        return Item(ends[0], quoted=quoted)
    return Item("" if parts[0].type == "TO" else ends[0], "" if parts[-1].type == "TO" else ends[-1], quoted)


_ESCAPE = re.compile(r'\\(["\\])')
_PATTERN_ESCAPE = re.compile(r'\\(")|\\\\')  # in a regular expression a backslash stays


def _text(token: lark.Token, escape: re.Pattern[str] = _ESCAPE) -> str:
    """Give what stands in quotes, or a token without them as it is."""
    if token.type not in ("PHRASE", "QUOTED"):
        return str(token)
    text = str(token[1:-1])
    if not text.strip():
        raise _Wrong(_start(token), "there is nothing between the quotes", 'write fate:any, fate:none or "two words"')
    return escape.sub(lambda found: found[1] or found[0], text) if token[0] == '"' else text


def _size(tree: Tree) -> tuple[int, int]:
    """Give the parentheses and nots of a tree within each other, and its words and values."""
    if isinstance(tree, Term):
        return 0, sum(len(f"{item.text} {item.last or ''}".split()) for item in tree.items)
    parts = [tree.of] if isinstance(tree, Not) else tree.of
    sizes = [_size(part) for part in parts]
    heights = [height + (not isinstance(part, (Term, Not))) for (height, _), part in zip(sizes, parts, strict=True)]
    return max(heights) + isinstance(tree, Not), sum(count for _, count in sizes)


def _moved(tree: Tree, at: int) -> Tree:
    if isinstance(tree, Term):
        return dataclasses.replace(tree, at=at)
    if isinstance(tree, Not):
        return Not(_moved(tree.of, at))
    return type(tree)(tuple(_moved(part, at) for part in tree.of))


# -- what is wrong ----------------------------------------------------------------------------------------------------


def _parsed(text: str, depth: int) -> tuple[lark.Tree[lark.Token], int]:
    """Parse a text, and count its words and values; too many, and too deep a one, are told before they are read."""
    from lark.exceptions import UnexpectedInput, UnexpectedToken

    going = _grammar().parse_interactive(text)
    around: list[lark.Token] = []  # the parentheses and nots that a token stands within
    before = last = None
    count = 0
    try:
        for token in going.iter_parse():
            before, last = last, token
            _surround(around, token)
            count += len(token.split()) if token.type in _COUNTED else 0
            if depth + len(around) > DEEPEST:
                raise _Wrong(_start(token), *_TOO_DEEP)
            if count > MOST:
                raise _Wrong(_start(token), *_TOO_MANY)
        return going.feed_eof(), count  # type: ignore[no-untyped-call]
    except UnexpectedToken as error:
        token = error.token
        at = len(text) if token.type == "$END" else _start(token)
        raise _explained(text, before if token is last else last, token.type, at, around) from None
    except UnexpectedInput as error:
        raise _explained(text, last, "", error.pos_in_stream or 0, around) from None


def _surround(around: list[lark.Token], token: lark.Token) -> None:
    """Keep what the next token stands within: a `not` ends with the term or the parenthesis that follows it."""
    if token.type in ("LPAR", "NOT"):
        around.append(token)
        return
    if token.type == "RPAR":
        while around and around.pop().type != "LPAR":
            pass
    while around and around[-1].type == "NOT":
        around.pop()


# What cannot stand where it does: the tokens before it and its own (empty: any), where the caret stands, what is said.
_NO_PLACE: tuple[tuple[set[str], set[str], str, str, str], ...] = (
    (
        {"OR", "AND"},
        {"OR", "AND"},
        "found",
        "two words that join stand side by side: '{last} {found}'",
        "leave one away: a or b, a and b",
    ),
    (
        _JOINS,
        {"OR", "AND", "RPAR", "$END"},
        "last",
        "nothing stands after '{last}'",
        'write a term there, or "{last}" for the word',
    ),
    (
        set(),
        {"OR", "AND"},
        "found",
        "nothing stands before '{found}'",
        'write a term there, or "{found}" for the word',
    ),
    ({"LPAR"}, {"RPAR"}, "last", "the parentheses are empty", "write in them: (fate:executed or fate:killed)"),
    (
        set(),
        {"RPAR"},
        "found",
        "this parenthesis closes nothing",
        'take it away; in a value it stands in quotes: name:"a (b)"',
    ),
    (set(), {"$END"}, "opened", "this parenthesis is not closed", "close it: (fate:executed or fate:killed)"),
    (set(), {"COMMA"}, "found", "a comma joins only the values of a field", "write born:1890,1891, or a or b"),
    (set(), {"TO"}, "found", "'..' stands only between two ends", "write born:1890..1900, born:..1900 or born:1890.."),
    (set(), set(), "found", "this cannot stand here", 'put what is one word or value in quotes: name:"a (b)"'),
)
_COMMAS = "leave the comma away; several values are written born:1890,1891"
_PATTERNS = r'put it in quotes, name:~"^(a|b) c", or write \( for the sign itself'
_RANGES = "write born:1890..1900, born:..1900 or born:1890.."
_NO_VALUE = {
    ",": ("no value stands before the comma", _COMMAS),
    "(": ("a parenthesis stands in a value", 'write fate:executed,killed, or put it in quotes: name:"a (b)"'),
    **dict.fromkeys(_QUOTES, ("a quote stands within a value", r'put all of it in quotes: name:"a \"b\" c"')),
}


def _explained(text: str, last: lark.Token | None, found: str, at: int, around: list[lark.Token]) -> _Wrong:
    """Say why what was found cannot stand after the last token."""
    before = last.type if last is not None else ""
    if last is not None and before in _VALUE_FOLLOWS:
        return _bad_value(text, last, at)
    if text[at : at + 1] in _NO_VALUE and found not in ("LPAR", "COMMA"):
        return _bad_quote(text, at)
    rows = (row for row in _NO_PLACE if (not row[0] or before in row[0]) and (not row[1] or found in row[1]))
    _, _, place, reason, remedy = next(rows)
    opened = next((each for each in reversed(around) if each.type == "LPAR"), None)
    marked = {"last": last, "opened": opened}.get(place)
    words = {"last": str(last), "found": _short(_word_at(text, at))}
    return _Wrong(at if marked is None else _start(marked), reason.format(**words), remedy.format(**words))


def _word_at(text: str, at: int) -> str:
    found = re.compile(r"\w+").match(text, at)
    return found[0] if found else ""


def _bad_quote(text: str, at: int) -> _Wrong:
    if whole := re.compile(_QUOTED).match(text, at):
        joined = re.compile(_JOINED).match(text, at) and text[at - 1] not in ":=~,."
        place = at if joined else whole.end()
        return _Wrong(
            place, "a space is missing beside the quotes", 'write "two words" other, or all of it in the quotes'
        )
    if text[at] == "»":
        return _Wrong(at, "this quote ends nothing", 'write "two words"')
    return _Wrong(at, "the quote is not closed", 'close it: "two words"; within quotes write \\" for a quote')


def _bad_value(text: str, last: lark.Token, at: int) -> _Wrong:
    """Say why no value stands after a colon, a comma or the dots of a range."""
    end = _start(last) + len(last)
    if at > end or text[at : at + 1] in ("", ")"):
        return _nothing_after(last, end - 1)
    if text[at] in _QUOTES:
        return _bad_quote(text, at)
    if last.type == "TILDE":
        opened = _unbalanced(text, at)
        what = "a parenthesis of the regular expression is not closed"
        unreadable = "the regular expression ends with a backslash, or nests more than eight parentheses"
        return _Wrong(at, unreadable, _PATTERNS) if opened is None else _Wrong(opened, what, _PATTERNS)
    value = re.compile(_VALUE).match(text, at)
    stop = value.end() if value else at
    return _Wrong(stop, *_NO_VALUE.get(text[stop : stop + 1], ("a range has two ends", _RANGES)))


def _nothing_after(sign: str, at: int) -> _Wrong:
    if sign == "..":
        return _Wrong(at - 1, "a range has no end", _RANGES)
    if sign == ",":
        return _Wrong(at, "no value stands after the comma", _COMMAS)
    sign = f":{sign}" if sign in ("=", "~") else _short(sign)
    return _Wrong(at, f"no value stands after '{sign}'", "write it without a space: fate:executed, fate:any, fate:none")


def _unbalanced(text: str, at: int) -> int | None:
    """Find the last parenthesis in a regular expression without spaces that is not closed."""
    opened: list[int] = []
    for found in re.compile(r"\\\S?|\S").finditer(text, at, at + len(text[at:].split(maxsplit=1)[0])):
        if found[0] == "(":
            opened.append(found.start())
        elif found[0] == ")" and not opened:
            break
        elif found[0] == ")":
            opened.pop()
    return opened[-1] if opened else None


def fault(text: str, at: int, reason: str, remedy: str = "", error: type[BadQuestion] = BadQuestion) -> BadQuestion:
    """Make the error for what is wrong at a place of a text: the reason, the line, and a caret under the place.

    A long line is shortened with … at the sides that are far from the place.
    """
    start = max(text.rfind(sign, 0, at) for sign in "\n\r") + 1
    end = ended.start() if (ended := re.compile(r"[\n\r]").search(text, at)) else len(text)
    while at > start and at < end and _cells(text[at]) == 0:
        at -= 1  # the caret stands under the letter that a mark belongs to
    room = COLUMNS - 4  # for the indent, and … at both sides
    after = _fitting(text[at : min(end, at + room * 4)], room)
    before = _fitting(text[max(start, at - room * 4) : at][::-1], max(room // 2, room - _cells(after)))[::-1]
    after = _fitting(after, room - _cells(before))
    left = "…" if at - start > len(before) else ""
    right = "…" if end - at > len(after) else ""
    line = f"{left}{_shown(before)}{_shown(after)}{right}"
    caret = " " * (len(left) + _cells(before)) + "^"
    return error(f"{reason}\n  {line}\n  {caret}", remedy)


def _fitting(text: str, room: int) -> str:
    """Give as much of the beginning of a text as fits."""
    for place, sign in enumerate(text):
        room -= _cells(sign)
        if room < 0:
            return text[:place]
    return text


def _cells(text: str) -> int:
    """Count the columns of a terminal that a text takes."""
    return sum(
        0 if unicodedata.category(sign) in ("Mn", "Me", "Cf") else 1 + (unicodedata.east_asian_width(sign) in "WF")
        for sign in text
    )


def _shown(text: str) -> str:
    """Give a text so that each sign takes the columns that are counted."""
    return "".join(_SHOWN.get(unicodedata.category(sign), sign) if sign != "\t" else " " for sign in text)


_SHOWN = {"Cc": "\ufffd", "Cs": "\ufffd", "Zl": "\ufffd", "Zp": "\ufffd", "Cf": ""}


def _start(token: lark.Token) -> int:
    return token.start_pos or 0


def _is_token(node: Any) -> bool:
    return isinstance(node, str)


def _short(word: str) -> str:
    return word if len(word) <= 40 else f"{word[:39]}…"


# -- writing ----------------------------------------------------------------------------------------------------------


def _written(tree: Tree, shown: bool = False) -> str:
    """Write a tree; with `shown`, terms side by side that stand beside an `or` have parentheses they do not need."""
    if isinstance(tree, Term):
        return _term(tree)
    if isinstance(tree, Not):
        return f"not {_part(tree.of, (All, Either), shown)}"
    if isinstance(tree, All):
        return " ".join(_part(each, (All, Either), shown) for each in tree.of)
    return " or ".join(_part(each, (All, Either) if shown else (Either,), shown) for each in tree.of)


def _part(tree: Tree, looser: tuple[type, ...], shown: bool) -> str:
    text = _written(tree, shown)
    return f"({text})" if isinstance(tree, looser) else text


def _term(term: Term) -> str:
    write = _bare if term.field is None else _pattern if term.way == ":~" else _value
    items = ",".join(map(write, term.items))
    return items if term.field is None else f"{term.field}{term.way}{items}"


def _bare(item: Item) -> str:
    return _quote(item.text) if item.quoted else item.text


def _value(item: Item) -> str:
    write = _quote if item.quoted else str
    if item.last is None:
        return write(item.text)
    return "..".join(write(end) if end else "" for end in (item.text, item.last))


def _pattern(item: Item) -> str:
    if not item.quoted:
        return item.text
    return '"' + re.sub(r'\\[\s\S]|"', lambda found: '\\"' if found[0] == '"' else found[0], item.text) + '"'


def _quote(text: str) -> str:
    return '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
