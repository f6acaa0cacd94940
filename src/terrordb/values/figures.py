"""Numbers as a source words them: the words, and the plain columns that the words allow and no more.

Decisions where the words leave a choice:

* 'nearly' and 'almost' are read as 'about': the source gives one number and no bound that it vouches for.
* A bound outweighs 'about' and 'an average of': 'an average of less than 1' is less_than, with a high end only.
* 'As many as' is up_to; a plus sign and 'or more' are at_least; 'or so' is about; 'two or three' is a range.
* A share that is a finite decimal is a percentage (half, a quarter, two fifths); thirds are refused.
* A dozen is 12, but dozens are a vague count of the magnitude 10; so are tens and scores.
* A bound before a vague count ('at least several hundred') adds no number: it stays in the words alone.
* 'Three times more' is 3 times, as the words say, not 4.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, TypeVar, get_args

from terrordb.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

__all__ = ["QUALIFIERS", "Bounds", "Figure", "amounts", "approximate", "per_day", "share", "times", "total"]

Qualifier = Literal[
    "exact", "about", "average", "at_least", "more_than", "up_to", "less_than", "range", "vague", "majority"
]
Unit = Literal["percent", "times"]
Bounds = tuple[Decimal | None, Decimal | None]
Said = TypeVar("Said")

QUALIFIERS: Final[tuple[str, ...]] = get_args(Qualifier)
UNITS: Final[tuple[str, ...]] = get_args(Unit)
REMEDY = "write one number as the source has it: '681,692', 'about 90%', '950,000 to 1.2 million', '13 of 15'"
MOST_DIGITS = 15  # more than any count of people, and exact in every engine's decimals

_LOWS = frozenset({"at_least", "more_than"})
_HIGHS = frozenset({"up_to", "less_than"})
_BESTS = frozenset({"about", "average"})


# ---------------------------------------------------------------- the words


def _table(*lines: str) -> dict[str, str]:
    """Read 'value: word word' lines into word -> value."""
    pairs = (line.split(":") for line in lines)
    return {word: value.strip() for value, words in pairs for word in words.split()}


def _words(*lines: str) -> frozenset[str]:
    """Read lines of words into a set."""
    return frozenset(" ".join(lines).split())


def _phrases(*lines: str) -> dict[tuple[str, ...], str]:
    """Read 'value: phrase, phrase' lines into words of the phrase -> value."""
    pairs = (line.split(":") for line in lines)
    return {tuple(phrase.split()): value.strip() for value, said in pairs for phrase in said.split(",")}


# Russian numerals stand in the nominative and in the genitive, which 'около', 'до' and 'из' ask for; ё is written е.
_SMALL = {
    word: Decimal(value)
    for word, value in _table(
        "0: zero ноль нуль ноля нуля",
        "1: one один одна одно одного одной",
        "1.5: полтора полторы полутора",
        "2: two два две двух",
        "3: three три трех",
        "4: four четыре четырех",
        "5: five пять пяти",
        "6: six шесть шести",
        "7: seven семь семи",
        "8: eight восемь восьми",
        "9: nine девять девяти",
        "10: ten десять десяти",
        "11: eleven одиннадцать одиннадцати",
        "12: twelve двенадцать двенадцати",
        "13: thirteen тринадцать тринадцати",
        "14: fourteen четырнадцать четырнадцати",
        "15: fifteen пятнадцать пятнадцати",
        "16: sixteen шестнадцать шестнадцати",
        "17: seventeen семнадцать семнадцати",
        "18: eighteen восемнадцать восемнадцати",
        "19: nineteen девятнадцать девятнадцати",
        "20: twenty двадцать двадцати",
        "30: thirty тридцать тридцати",
        "40: forty сорок сорока",
        "50: fifty пятьдесят пятидесяти",
        "60: sixty шестьдесят шестидесяти",
        "70: seventy семьдесят семидесяти",
        "80: eighty восемьдесят восьмидесяти",
        "90: ninety девяносто девяноста",
        "100: сто ста",
        "200: двести двухсот",
        "300: триста трехсот",
        "400: четыреста четырехсот",
        "500: пятьсот пятисот",
        "600: шестьсот шестисот",
        "700: семьсот семисот",
        "800: восемьсот восьмисот",
        "900: девятьсот девятисот",
    ).items()
}
_SCALES = {
    word: Decimal(value)
    for word, value in _table(
        "12: dozen",
        "100: hundred hundreds",
        "1000: thousand thousands тысяча тысячи тысяч тысячу тыс",
        "1000000: million millions миллион миллиона миллионов млн",
        "1000000000: billion billions миллиард миллиарда миллиардов млрд",
    ).items()
}
# Words that are one of their kind without a number before them.
_ALONE = {
    word: Decimal(value)
    for word, value in _table(
        "10: десяток десятка",
        "100: сотня сотню",
        "1000: тысяча тысячу",
        "1000000: миллион миллиона",
        "1000000000: миллиард миллиарда",
    ).items()
}
# One thousand in the genitive, thousands in the nominative: the word before it decides ('около тысячи').
_ONE_IN_GENITIVE = {"сотни": Decimal(100), "тысячи": Decimal(1000)}
_VAGUE = {
    word: int(value)
    for word, value in _table(
        "10: tens dozens scores десятки десятков",
        "100: hundreds сотни сотен",
        "1000: thousands тысячи",
        "1000000: millions миллионы",
        "1000000000: billions миллиарды",
    ).items()
}
# What may follow 'several' or stand after the first word of a vague count ('several hundred', 'десятки тысяч').
_VAGUE_NEXT = _VAGUE | {
    word: int(value)
    for word, value in _table(
        "10: dozen", "100: hundred сот", "1000: thousand тысяч тыс", "1000000: million миллионов млн"
    ).items()
}
_SOME = (("several",), ("a", "few"), ("few",), ("many",), ("несколько",), ("нескольких",), ("многие",), ("много",))
_PLACED = frozenset({"low", "mid", "high", "the", "in"})

_PERCENT = (("%",), ("percent",), ("per", "cent"), ("процент",), ("процента",), ("процентов",))
_TIMES = (("times",), ("x",), ("×",), ("х",), ("fold",), ("-", "fold"), ("раза",), ("раз",))
_UNITS: dict[tuple[str, ...], Unit] = {
    phrase: unit for unit, phrases in zip(get_args(Unit), (_PERCENT, _TIMES), strict=True) for phrase in phrases
}
_MULTIPLES = {"twice": Decimal(2), "thrice": Decimal(3), "вдвое": Decimal(2), "втрое": Decimal(3)} | {
    f"{word}fold": value for word, value in _SMALL.items() if word.isascii()
}
_PARTS = {
    word: Decimal(value)
    for word, value in _table(
        "50: half halves половина половины половину",
        "25: quarter quarters четверть четверти",
        "20: fifth fifths",
        "12.5: eighth eighths",
        "10: tenth tenths",
    ).items()
}
_THIRDS = frozenset({"third", "thirds", "треть", "трети", "sixth", "sixths", "seventh", "sevenths", "ninth", "ninths"})
# After a share 'of' or a determiner follows, or nothing; else the word was an ordinal ('a fifth man') or an amount.
_AFTER_PART = frozenset(
    {"of", "out", "the", "those", "these", "them", "all", "their", "its", "his", "из", "всех", "от"}
)

_BEFORE = _phrases(
    ":the, these, those, only, just, exactly, precisely, another, a further, further, an additional, additional",
    ":a total of, total of, a figure of, the figure of, the range, a range of, the range of",
    ":только, лишь, всего, ровно, еще",
    "about: some, about, approximately, approx, around, roughly, nearly, almost, close to, circa, ca, c, ~, ≈",
    "about: an estimated, estimated, perhaps about, ок, около, примерно, приблизительно, почти, порядка",
    "average: an average of, average of, on average, an average, average, в среднем",
    "at_least: at least, no fewer than, no less than, not fewer than, not less than, a minimum of, upwards of, ≥",
    "at_least: не менее, не менее чем, не меньше, не меньше чем, как минимум, по меньшей мере, по крайней мере",
    "more_than: more than, over, well over, just over, slightly more than, slightly over, above, exceeding, >",
    "more_than: in excess of, свыше, более, более чем, больше, больше чем",
    "up_to: up to, no more than, not more than, at most, as many as, a maximum of, ≤",
    "up_to: до, не более, не более чем, не больше, не больше чем, максимум, не свыше",
    "less_than: less than, fewer than, under, well under, just under, below, <, менее, менее чем, меньше, меньше чем",
    "from: from, от",
    "by: в",
)
_GENITIVE = _words("ок около порядка менее меньше более больше свыше до чем")
_AFTER = _phrases(
    "at_least:+, or more, and more, at least, и более, или более, и больше",
    "up_to:or fewer, or less, at most, и менее, или менее",
    "about:or so, odd, - odd, или около того",
    "average:on average, в среднем",
)
_MAJORITY = _phrases(
    "majority:majority, most, a majority, the majority, the vast majority, vast majority, a vast majority",
    "majority:the overwhelming majority, an overwhelming majority, overwhelming majority, the great majority",
    "majority:большинство, большая часть, подавляющее большинство",
)
_ALL = _phrases(
    "all:all, all of, all the, all of the, все, всех",
    "none:none of, none of the, ни один из, ни одного из",
)
_BASE = _phrases("of:of, of the, of all, of all the, out of, out of the, из, из всех, of a total of, out of a total of")
_TO = frozenset({"-", "to", "or", "до", "или"})
# What may not stand behind a number: it would change what the number says, or state another.
_ALTERS = _words(
    "more less fewer over under above below than or but not no minus plus least most about around",
    "approximately roughly nearly almost percentage points percent times average",
    "и или не более менее больше меньше свыше около примерно почти процентов раз раза",
)
_ALLOWED_AFTER_TIMES = frozenset({"more", "than"})
_ABBREVIATED = frozenset({"тыс", "млн", "млрд", "ок", "ca", "c", "approx", "чел"})

# ---------------------------------------------------------------- tokens

_TOKEN = re.compile(
    r"""(?P<number>
          [0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?(?!,?[0-9])      # 1,548,366
        | [0-9]{1,3}(?:\ [0-9]{3})+(?:[.,][0-9]{1,2})?(?![0-9]) # 681 692
        | [0-9]+\.[0-9]+(?!\.?[0-9])                            # 3.7
        | [0-9]+,[0-9]{1,2}(?![0-9]|,[0-9])                     # 3,7
        | [0-9]+ )
      | (?P<word>[^\W\d_]+(?:'[^\W\d_]+)*)
      | (?P<sign>\S)""",
    re.VERBOSE,
)
_SPACES = re.compile(r"[\s\u2007\u202f\u00a0]+")
_SIGNS = str.maketrans(dict.fromkeys("‐‑‒–—−", "-") | {"’": "'", "ё": "е"})
_QUOTES = "\"“”„«»'‘’ "


class _Token(NamedTuple):
    """One word, number or sign; `glued` where no space stands before it."""

    text: str
    is_number: bool
    is_word: bool
    glued: bool


def _tokens(text: str) -> list[_Token]:
    """Split words, numbers and signs, in lower case and with one sort of dash; full stops of abbreviations go."""
    plain = _SPACES.sub(" ", text).casefold().translate(_SIGNS).lstrip(_QUOTES).rstrip(_QUOTES + ".")
    tokens: list[_Token] = []
    end = -1
    for match in _TOKEN.finditer(plain):
        glued = match.start() == end
        end = match.end()
        if match[0] == "." and glued and tokens and tokens[-1].text in _ABBREVIATED:
            continue
        tokens.append(_Token(match[0], match["number"] is not None, match["word"] is not None, glued))
    return tokens


def _word(tokens: Sequence[_Token], at: int) -> str:
    """Give the token's text, or nothing past the end."""
    return tokens[at].text if at < len(tokens) else ""


def _phrase(tokens: Sequence[_Token], at: int, table: Mapping[tuple[str, ...], Said]) -> tuple[Said, int] | None:
    """Find the longest phrase of a table that stands here, and where it ends."""
    for length in (4, 3, 2, 1):
        words = tuple(token.text for token in tokens[at : at + length])
        if len(words) == length and words in table:
            return table[words], at + length
    return None


# ---------------------------------------------------------------- numbers


class _Number(NamedTuple):
    """A number, where it ends, and - for 'sixty to seventy thousand' - its last scale, 1 where it has none."""

    value: Decimal
    end: int
    scale: Decimal


class _Quantity(NamedTuple):
    """A number with the unit its words imply."""

    value: Decimal
    end: int
    scale: Decimal
    unit: Unit | None


def _plain(number: Decimal) -> Decimal:
    """Write a number without exponent and without idle zeros behind the point."""
    text = f"{number:f}"
    return Decimal(text.rstrip("0").rstrip(".") if "." in text else text)


def _digits(text: str) -> Decimal:
    """Read digits: a comma before one or two last digits is a decimal comma, before three it parts thousands."""
    if " " in text or re.fullmatch("[0-9]+,[0-9]{1,2}", text):
        return Decimal(text.replace(" ", "").replace(",", "."))
    return Decimal(text.replace(",", ""))


def _group(tokens: Sequence[_Token], at: int, joins: bool) -> tuple[Decimal, int] | None:
    """Read numerals below a scale: 'three hundred and five', 'двести сорок'."""
    total, end, limit = Decimal(0), at, Decimal(10_000)
    while limit > 1:
        start = end
        joined_by = {10: "-", 100: "and" if joins else None}.get(int(limit))
        start += _word(tokens, start) == joined_by
        word, value = _word(tokens, start), _SMALL.get(_word(tokens, start))
        if value is None and word in ("a", "an") and _word(tokens, start + 1) == "hundred":
            value = Decimal(1)
        if value is None or (value == 0 and end > at):
            break
        start += 1
        if value < 100 and _word(tokens, start) == "hundred":
            value, start = value * 100, start + 1
        if value >= limit:
            break
        total, end = total + value, start
        limit = Decimal(100 if value >= 100 else 10 if value >= 20 else 1)
    return (total, end) if end > at else None


def _piece(tokens: Sequence[_Token], at: int, joins: bool) -> _Number | None:
    """Read one coefficient with its scale: '1.2 million', 'two and a half', 'half a million', 'пять тысяч'."""
    word, scale = _word(tokens, at), Decimal(1)
    before = tokens[at - 1].text if at else ""
    if at < len(tokens) and tokens[at].is_number:
        value, end = _digits(word), at + 1
    elif group := _group(tokens, at, joins):
        value, end = group
    elif word in ("a", "an") and _word(tokens, at + 1) in _SCALES:
        value, end = Decimal(1), at + 1
    elif word == "half" and (scaled := _half_scale(tokens, at + 1)):
        value, end = Decimal("0.5"), scaled
    elif word in _ALONE or (word in _ONE_IN_GENITIVE and before in _GENITIVE):
        value, end, scale = Decimal(1), at + 1, _ALONE.get(word) or _ONE_IN_GENITIVE[word]
    else:
        return None
    if joins and (half := _phrase(tokens, end, {("and", "a", "half"): 1, ("с", "половиной"): 1})):
        value, end = value + Decimal("0.5"), half[1]
    while (larger := _SCALES.get(_word(tokens, end))) and (larger > scale):
        scale, end = scale * larger, end + 1
    return _Number(value * scale, end, scale)


def _half_scale(tokens: Sequence[_Token], at: int) -> int | None:
    """Find the scale that 'half' is a half of: 'half a million', 'half-million', 'half dozen'."""
    at += _word(tokens, at) in ("a", "-")
    return at if _word(tokens, at) in _SCALES else None


def _number(tokens: Sequence[_Token], at: int, joins: bool = True) -> _Number | None:
    """Read the longest number that stands here, in digits, in words or in both: '1 млн 548 тыс. 366'.

    Without `joins` an 'and' ends the number, as the first 'and' of 'between three hundred and five hundred' does.
    """
    found = last = _piece(tokens, at, joins)
    # A smaller piece adds itself to a whole number of thousands or millions, and to nothing else.
    while found and last and last.scale >= 1000 and last.value % last.scale == 0:
        joined = joins and _word(tokens, found.end) == "and"
        following = _piece(tokens, found.end + joined, joins)
        if following is None or following.value >= (100 if joined else last.scale) or following.value == 0:
            break
        found = _Number(found.value + following.value, following.end, following.scale)
        last = following
    return found


def _part(tokens: Sequence[_Token], at: int) -> tuple[Decimal, int] | None:
    """Read a share in words as a percentage: 'half', 'a quarter', 'two-fifths'."""
    word, count, end = _word(tokens, at), Decimal(1), at
    if word in ("a", "an") or _SMALL.get(word, 10) < 10:
        count, end = _SMALL.get(word, count), at + 1
        end += _word(tokens, end) == "-"
    part = _PARTS.get(_word(tokens, end))
    if part is None or not 0 < count * part <= 100:
        return None
    named, following = tokens[end].text, tokens[end + 1] if end + 1 < len(tokens) else None
    if named.isascii() and end == at and named != "half":
        return None
    # An amount ('half a million'), a compound ('half-day') or an ordinal ('a fifth man') is no share.
    goes_on = following and (following.is_word or following.is_number or following.text == "-")
    if named.isascii() and goes_on and following and following.text not in _AFTER_PART:
        return None
    return count * part, end + 1


def _vague(tokens: Sequence[_Token], at: int) -> tuple[int, int] | None:
    """Read the magnitude of a vague count: 'low hundreds of thousands', 'several hundred', 'десятки тысяч'."""
    genitive = at > 0 and tokens[at - 1].text in _GENITIVE
    while _word(tokens, at) in _PLACED:
        at += 1
    some = _phrase(tokens, at, dict.fromkeys(_SOME, True))
    end = some[1] if some else at
    magnitude = (_VAGUE_NEXT if some else _VAGUE).get(_word(tokens, end))
    if magnitude is None:
        return None
    last, end = magnitude, end + 1
    while True:
        step = _word(tokens, end) == "of"
        larger = (_VAGUE if step else _VAGUE_NEXT).get(_word(tokens, end + step), 0)
        if larger <= last:
            break
        magnitude, last, end = magnitude * larger, larger, end + step + 1
    if genitive and end == at + 1 and tokens[at].text in _ONE_IN_GENITIVE:
        return None
    return magnitude, end


def _quantity(tokens: Sequence[_Token], at: int, joins: bool = True) -> _Quantity | None:
    """Read a number and its unit."""
    if part := _part(tokens, at):
        return _Quantity(part[0], part[1], Decimal(1), "percent")
    if multiple := _MULTIPLES.get(_word(tokens, at)):
        return _Quantity(multiple, at + 1, Decimal(1), "times")
    if number := _number(tokens, at, joins):
        unit = _phrase(tokens, number.end, _UNITS)
        return _Quantity(number.value, unit[1] if unit else number.end, number.scale, unit[0] if unit else None)
    return None


# ---------------------------------------------------------------- reading


class _Columns(NamedTuple):
    """The columns of a figure, in its own order."""

    low: Decimal | None = None
    best: Decimal | None = None
    high: Decimal | None = None
    magnitude: int | None = None
    of: Decimal | None = None
    qualifier: Qualifier = "exact"
    unit: Unit | None = None


def _check(tokens: Sequence[_Token]) -> None:
    """Refuse digits that could be read in two ways, and digits that are a name rather than a number."""
    for at, token in enumerate(tokens):
        after = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.text in _THIRDS:
            raise BadValue(f"'{token.text}' is no finite decimal", "give the numbers the source gives: '10 of 30'")
        if not token.is_number:
            continue
        if sum(map(str.isdigit, token.text)) > MOST_DIGITS:
            raise BadValue(f"it has more than {MOST_DIGITS} digits", REMEDY)
        if re.match("0[0-9]", token.text) or re.match("0,[0-9]{3}", token.text):
            raise BadValue(f"'{token.text}' is written as the number of an order, not as an amount", REMEDY)
        scaled = after is not None and (after.text in _SCALES or (after.text,) in _UNITS or after.text == "per")
        if re.fullmatch(r"[1-9][0-9]{0,2}\.[0-9]{3}", token.text) and not scaled:
            raise BadValue(f"'{token.text}' may be thousands or a fraction", "write 1,000 or 1.0")
        if after and after.text in _SCALES and re.fullmatch("[0-9]{1,3},[0-9]{3}", token.text):
            raise BadValue(f"'{token.text} {after.text}' may have a decimal comma or thousands", "write 1.548 million")
        joined = after and after.is_word and after.glued and after.text not in _SCALES and (after.text,) not in _UNITS
        if joined or (at and tokens[at - 1].is_word and token.glued):
            raise BadValue(f"'{token.text}' is written in one with a word", REMEDY)


def _before(tokens: Sequence[_Token]) -> tuple[set[str], int]:
    """Read the qualifying words before the number."""
    codes: set[str] = set()
    at = 0
    while found := _phrase(tokens, at, _BEFORE):
        codes.add(found[0])
        at = found[1]
    return codes - {""}, at


def _read_majority(tokens: Sequence[_Token], at: int, codes: set[str]) -> _Columns | None:
    """Read 'most', 'the majority of the 35,000': no number but the base, where the words have one."""
    # 'the' may have been read as a word before a number.
    found = _phrase(tokens, at, _MAJORITY)
    if found is None:
        return None
    if codes:
        raise BadValue("a majority takes no further qualifier", REMEDY)
    of, _ = _behind(tokens, found[1], None)
    return _Columns(of=of, qualifier="majority")


def _read_all(tokens: Sequence[_Token], at: int, codes: set[str]) -> _Columns | None:
    """Read 'all of sixteen' as 16 of 16 and 'none of 16' as 0 of 16."""
    said = _phrase(tokens, at, _ALL)
    if said is None and _word(tokens, at) not in ("none", "все", "всех"):
        return None
    number = _number(tokens, said[1]) if said else None
    if said is None or number is None or codes:
        raise BadValue("it names no number", "write of how many: 'all of 16', 'none of 16'")
    _tail(tokens[number.end :], None)
    best = number.value if said[0] == "all" else Decimal(0)
    return _Columns(best, best, best, of=number.value)


def _read_vague(tokens: Sequence[_Token], at: int, codes: set[str]) -> _Columns | None:
    """Read a vague count: its magnitude, and no number."""
    found = _vague(tokens, at)
    if found is None:
        return None
    if "from" in codes:
        raise BadValue("a range needs two numbers", REMEDY)
    _tail(tokens[found[1] :], None)
    return _Columns(magnitude=found[0], qualifier="vague")


def _read_range(tokens: Sequence[_Token], at: int, codes: set[str]) -> _Columns | None:
    """Read the two ends of a range; nothing between them is ever computed."""
    pairs = [pair for pair in _pairs(tokens, at) if _reads(tokens, pair)]
    if len({(left.value, right.value) for left, right in pairs}) > 1:
        raise BadValue("its 'and' can be read in two ways", "write the range in digits")
    if not pairs:
        return None
    left, right = pairs[0]
    if left.unit not in (None, right.unit):
        raise BadValue("its two ends have different units", REMEDY)
    _by_times(codes, right.unit)
    low, high = _shared(left, right), right.value
    if low > high:
        raise BadValue("the range is reversed", "write the smaller number first")
    of, more = _behind(tokens, right.end, right.unit)
    if (codes | more) & (_LOWS | _HIGHS):
        raise BadValue("a range takes no 'at least' or 'up to'", REMEDY)
    _within(of, high, right.unit)
    return _Columns(low=low, high=high, of=of, qualifier="range", unit=right.unit)


def _read_amount(tokens: Sequence[_Token], at: int, codes: set[str]) -> _Columns | None:
    """Read one number, exact or qualified."""
    amount = _quantity(tokens, at)
    if amount is None:
        return None
    _by_times(codes, amount.unit)
    of, more = _behind(tokens, amount.end, amount.unit)
    qualifier, value = _one(codes | more), amount.value
    _within(of, value, amount.unit)
    return _Columns(
        low=value if qualifier == "exact" or qualifier in _LOWS else None,
        best=value if qualifier == "exact" or qualifier in _BESTS else None,
        high=value if qualifier == "exact" or qualifier in _HIGHS else None,
        of=of,
        qualifier=qualifier,
        unit=amount.unit,
    )


_READERS = (_read_majority, _read_all, _read_vague, _read_range, _read_amount)


def _pairs(tokens: Sequence[_Token], at: int) -> list[tuple[_Quantity, _Quantity]]:
    """List the ways in which a range can be read from here: two for words with several 'and', else one or none."""
    between = _word(tokens, at) in ("between", "между")
    found = []
    for joins in (True, False) if between else (True,):
        left = _quantity(tokens, at + between, joins)
        if left and _word(tokens, left.end) in (("and", "и") if between else _TO):
            right = _quantity(tokens, left.end + 1)
            if right:
                found.append((left, right))
    return found


def _reads(tokens: Sequence[_Token], pair: tuple[_Quantity, _Quantity]) -> bool:
    """Say whether a reading of 'between' leaves nothing that cannot be read behind it."""
    if _word(tokens, 0) not in ("between", "между"):
        return True
    try:
        _behind(tokens, pair[1].end, pair[1].unit)
    except BadValue:
        return False
    return True


def _shared(left: _Number | _Quantity, right: _Number | _Quantity) -> Decimal:
    """Give a range's low end: '60 to 70 thousand' shares its scale, '950,000 to 1.2 million' does not.

    Raises BadValue where either may be meant ('500 to 1 million').
    """
    coefficient = right.value / right.scale
    if right.scale == 1 or left.scale != 1:
        return left.value
    if left.value < coefficient:
        return left.value * right.scale
    if left.value < 1000:
        raise BadValue("the scale may belong to both ends or to one", "write both numbers in full")
    return left.value


def _behind(tokens: Sequence[_Token], at: int, unit: Unit | None) -> tuple[Decimal | None, set[str]]:
    """Read what stands behind a number: qualifying words, its base, and a noun or two that change nothing."""
    codes: set[str] = set()
    of = None
    if after := _phrase(tokens, at, _AFTER):
        codes.add(after[0])
        at = after[1]
    if (base := _phrase(tokens, at, _BASE)) and (number := _number(tokens, base[1])):
        of, at = number.value, number.end
        if of == 0:
            raise BadValue("its base is zero", REMEDY)
    for length in (3, 2, 1):
        last = tuple(token.text for token in tokens[len(tokens) - length :])
        if len(tokens) - length >= at and last in _AFTER:
            codes.add(_AFTER[last])
            tokens = tokens[: len(tokens) - length]
            break
    _tail(tokens[at:], unit)
    return of, codes


def _tail(tokens: Sequence[_Token], unit: Unit | None) -> None:
    """Refuse words behind the number that state another number or change this one."""
    allowed = _ALLOWED_AFTER_TIMES if unit == "times" else frozenset()
    for at, token in enumerate(tokens):
        sign_in_place = token.text in "()" or (token.text == "-" and at > 0)
        if not (token.is_word or sign_in_place):
            raise BadValue(f"'{token.text}' stands behind the number", REMEDY)
        if token.text in _ALTERS and token.text not in allowed:
            raise BadValue(f"'{token.text}' behind the number would change it", REMEDY)
        if _quantity(tokens, at) or _vague(tokens, at) or token.text in _SCALES:
            raise BadValue(f"'{token.text}' states another number", "one figure holds one number: write two figures")


def _one(codes: set[str]) -> Qualifier:
    """Settle on one qualifier: a bound outweighs 'average', which outweighs 'about'."""
    bounds = codes & (_LOWS | _HIGHS)
    if "from" in codes or len(bounds) > 1:
        raise BadValue("its qualifying words do not go together", REMEDY)
    order: tuple[Qualifier, ...] = ("at_least", "more_than", "up_to", "less_than", "average", "about")
    return next((code for code in order if code in codes), "exact")


def _by_times(codes: set[str], unit: Unit | None) -> None:
    """Refuse 'в' before anything but a multiple ('в два раза'): 'в 1937' is a date."""
    if "by" in codes and unit != "times":
        raise BadValue("'в' stands before a multiple only", REMEDY)


def _within(of: Decimal | None, value: Decimal, unit: Unit | None) -> None:
    """Refuse a count greater than its base."""
    if of is not None and unit is None and value > of:
        raise BadValue(f"{value} of {of} is more than all", REMEDY)


# ---------------------------------------------------------------- the value


@dataclass(frozen=True, slots=True)
class Figure:
    """Hold the words of one claimed number and the columns they imply.

    `low` and `high` are ends of what the words allow, None where the words leave them open ('more than' excludes its
    low end, 'less than' its high end, all others include them); `best` is the number the source itself gives. A vague
    count has `magnitude` only, a majority nothing. With `unit` percent or times the numbers are that share or multiple
    and `of`, where stated, is its base; without a unit `of` is the whole of which the count is a part.
    """

    text: str
    low: Decimal | None
    best: Decimal | None
    high: Decimal | None
    magnitude: int | None
    of: Decimal | None
    qualifier: Qualifier
    unit: Unit | None

    @classmethod
    def parse(cls, text: str) -> Figure:
        """Read a number as worded in English or Russian; raises BadValue for words it does not know."""
        tokens = _tokens(text)
        try:
            columns = _read(tokens)
        except BadValue as error:
            raise BadValue(f"'{text}' cannot be read as a figure: {error.reason}", error.remedy) from None
        return cls.stored(text, *columns)

    @classmethod
    def stored(  # noqa: PLR0917  # the columns, in their order
        cls,
        text: str,
        low: Decimal | None,
        best: Decimal | None,
        high: Decimal | None,
        magnitude: int | None,
        of: Decimal | None,
        qualifier: str,
        unit: str | None,
    ) -> Figure:
        """Build a figure from its columns, without reading the words again; raises BadValue for an unknown code."""
        if qualifier not in QUALIFIERS:
            raise BadValue(f"'{qualifier}' is no qualifier", f"there are: {', '.join(QUALIFIERS)}")
        if unit is not None and unit not in UNITS:
            raise BadValue(f"'{unit}' is no unit of a figure", f"there are: {', '.join(UNITS)}")
        low, best, high, of = (None if number is None else _plain(number) for number in (low, best, high, of))
        return cls(text, low, best, high, magnitude, of, _QUALIFIER[qualifier], _UNIT[unit])

    def __str__(self) -> str:
        """Give the words as written."""
        return self.text


_QUALIFIER: dict[str, Qualifier] = {code: code for code in get_args(Qualifier)}
_UNIT: dict[str | None, Unit | None] = {None: None} | {code: code for code in get_args(Unit)}


def _read(tokens: Sequence[_Token]) -> _Columns:
    """Try the readers in turn on what the qualifying words leave."""
    if not tokens:
        raise BadValue("it is empty", REMEDY)
    _check(tokens)
    codes, at = _before(tokens)
    for read in _READERS:
        if columns := read(tokens, at, codes):
            if max((number for number in (*columns[:3], columns.of) if number), default=0) >= 10**MOST_DIGITS:
                raise BadValue(f"it has more than {MOST_DIGITS} digits", REMEDY)
            return columns
    unread = _word(tokens, at)
    raise BadValue(f"'{unread}' is not known" if unread else "it names no number", REMEDY)


def amounts(text: str) -> list[Decimal]:
    """List every number that words state, in their order: digits, numerals, shares as percentages, magnitudes.

    'Thirteen' gives 13, 'half' 50, 'tens of thousands' 10000, 'none of 16' 0 and 16; ordinals in words, thirds and
    counts without a magnitude ('several') give nothing. Never raises: what is no number is passed over.
    """
    tokens = _tokens(text)
    found: list[Decimal] = []
    at = 0
    while at < len(tokens):
        numbers, at = _next_amounts(tokens, at)
        found.extend(map(_plain, numbers))
    return found


def _next_amounts(tokens: Sequence[_Token], at: int) -> tuple[list[Decimal], int]:
    """Give the numbers that stand at one place, none or two perhaps, and where to read on."""
    if pair := next(iter(_pairs(tokens, at)), None):
        left, right = pair
        try:
            return [_shared(left, right), right.value], right.end
        except BadValue:
            return [left.value, right.value], right.end
    if vague := _vague(tokens, at):
        return [Decimal(vague[0])], vague[1]
    if amount := _quantity(tokens, at):
        return [amount.value], amount.end
    if tokens[at].text == "none" or _phrase(tokens, at, {("ни", "один", "из"): 1, ("ни", "одного", "из"): 1}):
        return [Decimal(0)], at + (1 if tokens[at].text == "none" else 3)
    return [], at + 1


# ---------------------------------------------------------------- arithmetic


def approximate(*figures: Figure) -> bool:
    """Say whether any figure is about or average, so that a result computed from it must be printed as 'about'."""
    return any(figure.qualifier in _BESTS for figure in figures)


def _bounds(figure: Figure) -> Bounds:
    """Give both ends; an approximate figure stands at its best for both, for the words give no other number."""
    if figure.qualifier in ("vague", "majority"):
        raise BadValue(f"'{figure.text}' states no number to reckon with", "leave vague figures out and say how many")
    return (figure.best, figure.best) if figure.qualifier in _BESTS else (figure.low, figure.high)


def _counted(figure: Figure) -> Bounds:
    """Give both ends of a count; raises BadValue for a share or a multiple."""
    if figure.unit is not None:
        raise BadValue(f"'{figure.text}' is a share or a multiple, no count", "multiply it by its base first")
    return _bounds(figure)


def total(figures: Iterable[Figure]) -> Bounds:
    """Add counts; an end is None where any figure leaves it open.

    Raises BadValue for vague figures, majorities, shares and multiples, and for nothing at all.
    """
    ends = [_counted(figure) for figure in figures]
    if not ends:
        raise BadValue("there are no figures to add")
    lows, highs = zip(*ends, strict=True)
    return _sum(lows), _sum(highs)


def _sum(numbers: Iterable[Decimal | None]) -> Decimal | None:
    """Add numbers; None where one of them is open."""
    known = list(numbers)
    return None if None in known else _plain(sum((number for number in known if number is not None), Decimal(0)))


def share(part: Figure, whole: Figure) -> Bounds:
    """Give what percentage one count is of another, unrounded: the lowest from part.low and whole.high.

    Raises BadValue as `total` does, and where the whole is zero.
    """
    (part_low, part_high), (low, high) = _counted(part), _counted(whole)
    if high == 0:
        raise BadValue(f"'{whole.text}' is zero: nothing is a share of it")
    return _percent(part_low, high), _percent(part_high, low)


def _percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Divide, where both are known and the whole is not zero."""
    return None if part is None or not whole else _plain(part * 100 / whole)


def per_day(figure: Figure, days: int) -> Bounds:
    """Spread a count over a number of days, both ends of the period included in `days`; unrounded."""
    if days < 1:
        raise BadValue(f"{days} is no number of days", "count the days with both ends included")
    low, high = _counted(figure)
    return (None if low is None else _plain(low / days)), (None if high is None else _plain(high / days))


def times(figure: Figure, factor: Figure | Decimal | int) -> Bounds:
    """Multiply a count by a number, or by a share or multiple in words ('85%', 'some two and a half times')."""
    low, high = _counted(figure)
    if isinstance(factor, Figure):
        if factor.unit is None:
            raise BadValue(f"'{factor.text}' is a count, no share or multiple", "a count is multiplied by a share")
        unit = Decimal(100 if factor.unit == "percent" else 1)
        factor_low, factor_high = (None if end is None else end / unit for end in _bounds(factor))
    else:
        factor_low = factor_high = Decimal(factor)
    if factor_low is not None and factor_low < 0:
        raise BadValue(f"{factor} is negative", "a count is multiplied by a number not below zero")
    return _product(low, factor_low), _product(high, factor_high)


def _product(number: Decimal | None, factor: Decimal | None) -> Decimal | None:
    """Multiply, where both are known."""
    return None if number is None or factor is None else _plain(number * factor)
