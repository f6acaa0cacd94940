"""Read historical dates: the words of a source, their EDTF, and the days they may mean.

One convention: both ends are included. A bound is a day as the integer yyyymmdd; None is an open end.

What is not known is refused, and no reading is more exact than its words. Where words have several readings the
bounds hold them all: "winter 1937" may begin or end that year, "1900s" may be a decade or a century, "до 1937" and
"until 1937" may include 1937. Early, mid and late are thirds (first and second half: halves): of a month the days 1-10,
11-20, 21-end, of a year its months, of a decade or century every year the third touches, so that neighbours overlap.
"before" and "after" leave out the day, month, season, year, decade or century named, but not a vague one (mid-1937,
c. 1937). "1905-07" with a hyphen is refused, being a month in ISO 8601 and a range in prose; with a dash it is a
range. "1917-21" is a range, never EDTF's spring. Days are Gregorian; of an Old Style date the New Style day is kept.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import NamedTuple

from terrordb.errors import BadValue

FIRST_YEAR, LAST_YEAR = 1000, 2100
LONGEST = 120  # characters; longer texts are prose, not dates


@dataclass(frozen=True, slots=True)
class HistoricalDate:
    """Hold a date as written, as EDTF, and as its first and last possible day (yyyymmdd, inclusive, None = open)."""

    text: str
    edtf: str
    first: int | None
    last: int | None

    @classmethod
    def parse(cls, text: str) -> "HistoricalDate":
        """Read a date in English, Russian or EDTF; raise BadValue for whatever is not certainly understood."""
        return _parse(text)

    @classmethod
    def stored(cls, text: str | None, edtf: str | None, first: int | None, last: int | None) -> "HistoricalDate":
        """Build a date from database columns; a missing EDTF is that of the bounds, a missing text is the EDTF."""
        if edtf is None:
            edtf = short(first, last) or f"{_iso(first)}/{_iso(last)}"
        return cls(edtf if text is None else text, edtf, first, last)

    @property
    def earliest(self) -> date | None:
        """Give the first possible day."""
        return None if self.first is None else _as_date(self.first)

    @property
    def latest(self) -> date | None:
        """Give the last possible day."""
        return None if self.last is None else _as_date(self.last)

    @property
    def certain(self) -> bool:
        """Say whether the source gives the date without "about" or a question mark (an interval may be certain)."""
        return not any(mark in self.edtf for mark in "?~%")

    def __str__(self) -> str:
        """Give the words as written."""
        return self.text


def short(first: int | None, last: int | None) -> str | None:
    """Give the plain EDTF (one year, month or day) that these bounds stand for, else None."""
    if first is None or last is None:
        return None
    if first == last:
        return _iso(first)
    year, month = first // 10000, first // 100 % 100
    if (first, last) == (year * 10000 + 101, year * 10000 + 1231):
        return f"{year:04}"
    if first % 100 == 1 and last == first - 1 + _month_length(year, month):
        return f"{year:04}-{month:02}"
    return None


# Spans: what the rules below return. A rule that must refuse raises BadValue; `parse` puts the words before its reason.


class _Span(NamedTuple):
    edtf: str
    first: int | None
    last: int | None
    unit: bool = False  # one day, month, season, year, decade or century: what "before" and "after" leave out


_OPEN = _Span("..", None, None)
_MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def _iso(day: int | None) -> str:
    return ".." if day is None else f"{day // 10000:04}-{day // 100 % 100:02}-{day % 100:02}"


def _as_date(day: int) -> date:
    return date(day // 10000, day // 100 % 100, day % 100)


def _month_length(year: int, month: int) -> int:
    return (date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)).day


def _years(first: int, last: int, edtf: str = "", unit: bool = False) -> _Span:
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        raise BadValue(f"is outside the years {FIRST_YEAR} to {LAST_YEAR}")
    return _Span(edtf or f"{first}/{last}", first * 10000 + 101, last * 10000 + 1231, unit)


def _year(year: int) -> _Span:
    return _years(year, year, str(year), unit=True)


def _months(year: int, month: int, last_year: int, last_month: int, *, edtf: str = "", unit: bool = False) -> _Span:
    _years(year, last_year)
    last = last_year * 10000 + last_month * 100 + _month_length(last_year, last_month)
    edtf = edtf or f"{year}-{month:02}/{last_year}-{last_month:02}"
    return _Span(edtf, year * 10000 + month * 100 + 1, last, unit)


def _doubtful(year: int, code: int) -> bool:
    return code > year % 100  # year-code may be a range of years; what we write must never be such a string


def _month(year: int, month: int) -> _Span:
    if not 1 <= month <= 12:
        raise BadValue(f"has a month {month}", "write the day before the month: 25.3.1937")
    return _months(year, month, year, month, edtf="" if _doubtful(year, month) else f"{year}-{month:02}", unit=True)


def _day(year: int, month: int, day: int) -> _Span:
    _month(year, month)  # refuses what is no month, or outside our years
    length = _month_length(year, month)
    if not 1 <= day <= length:
        raise BadValue(
            f"is not a day of the calendar: {_MONTH_NAMES[month - 1]} {year} has {length} days",
            f"write the day as the source has it, or only {month}.{year}",
        )
    number = year * 10000 + month * 100 + day
    return _Span(_iso(number), number, number, unit=True)


def _season(year: int, code: int) -> _Span:
    if code == 24:  # may be the winter that ends in this year or the one that begins in it
        return _months(year - 1, 12, year + 1, 2)
    month = code * 3 - 60
    return _months(year, month, year, month + 2, edtf="" if _doubtful(year, code) else f"{year}-{code}", unit=True)


def _winter(year: int, next_year: str) -> _Span | None:
    if int(next_year) != (year + 1) % 10 ** len(next_year):
        return None
    return _months(year, 12, year + 1, 2, unit=True)


def _decade(year: int) -> _Span | None:
    return _years(year, year + 9, f"{year // 10}X", unit=True) if year % 10 == 0 else None


def _century(number: int) -> _Span:
    return _years(number * 100 - 99, number * 100, unit=True)


def _join(first: _Span, last: _Span) -> _Span:
    if first.first is None and last.last is None:
        raise BadValue("is open at both ends", "leave the cell empty where the date is missing")
    if first.first is not None and last.last is not None and first.first > last.last:
        raise BadValue("runs backwards", "write the earlier date first")
    return _Span(first.edtf.split("/")[0] + "/" + last.edtf.split("/")[-1], first.first, last.last)


def _part(of: _Span | None, number: int, parts: int) -> _Span | None:
    """Give one third or half of a unit: in days of a month, months of a year, years of a decade or century."""
    if of is None or of.first is None or of.last is None or of.first == of.last:
        return None
    if not of.unit:  # early 1900s is early in the decade or the century; of late 1900s no part is safe
        return (of if number else _years(of.first // 10000, of.first // 10000 + 33)) if of.edtf[-2:] == "XX" else None
    year, month = of.first // 10000, of.first // 100 % 100
    count = of.last // 10000 - year + 1
    whole = 30 if of.first // 100 == of.last // 100 else 12 if count == 1 else count
    start, stop = number * whole // parts, -(-(number + 1) * whole // parts)
    if whole == 30:
        return _join(_day(year, month, start + 1), _day(year, month, of.last % 100 if stop == 30 else stop))
    if of.last - of.first == 1130:
        return _months(year, start + 1, year, stop)
    if whole in (10, 100):
        return _years(year + start, year + stop - 1)
    return of._replace(unit=False)  # of a season: its months are vague enough already


def _read_part(number: int, parts: int, match: re.Match[str]) -> _Span | None:
    return _part(_unit(match[1]), number, parts)


def _flag(span: _Span | None, mark: str) -> _Span | None:
    """Mark both ends as uncertain (?), approximate (~) or both (%)."""
    if span is None:
        return None

    def flagged(end: str) -> str:
        bare = end.rstrip("?~%")
        marks = set(end[len(bare) :] + mark)
        return end if end == ".." else bare + (marks.pop() if len(marks) == 1 else "%")

    return span._replace(edtf="/".join(map(flagged, span.edtf.split("/"))), unit=False)


def _until(span: _Span | None) -> _Span | None:
    return span and _join(_OPEN, span)


def _since(span: _Span | None) -> _Span | None:
    return span and _join(span, _OPEN)


def _beside(span: _Span | None, days: int) -> _Span | None:
    """Give what lies before (days = -1) or after (1) a unit; beside anything vaguer, the thing itself is kept."""
    if span is None or not span.unit:
        return _until(span) if days < 0 else _since(span)
    edge = span.first if days < 0 else span.last
    if edge is None:
        return None
    beyond = _as_date(edge) + timedelta(days=days)
    day = _day(beyond.year, beyond.month, beyond.day)
    return _until(day) if days < 0 else _since(day)


# The words


def _words(*lines: str) -> dict[str, int]:
    return {word: number for number, line in enumerate(lines, 1) for word in line.split()}


def _declined(stem: str, endings: str) -> str:
    return " ".join(stem + ending for ending in endings.split(","))


_SOFT, _HARD = "ь,я,ю,е,ем", ",а,у,е,ом"
_MONTHS = _words(
    "january jan янв " + _declined("январ", _SOFT),
    "february feb фев февр " + _declined("феврал", _SOFT),
    "march mar мар " + _declined("март", _HARD),
    "april apr апр " + _declined("апрел", _SOFT),
    "may " + _declined("ма", "й,я,ю,е,ем"),
    "june jun июн " + _declined("июн", _SOFT),
    "july jul июл " + _declined("июл", _SOFT),
    "august aug авг " + _declined("август", _HARD),
    "september sept sep сен сент " + _declined("сентябр", _SOFT),
    "october oct окт " + _declined("октябр", _SOFT),
    "november nov ноя нояб " + _declined("ноябр", _SOFT),
    "december dec дек " + _declined("декабр", _SOFT),
)
_SEASONS = {
    word: number + 20
    for word, number in _words(
        "spring весна весны весне весну весной",
        "summer лето лета лету лете летом",
        "autumn fall осень осени осенью",
        "winter зима зимы зиме зиму зимой",
    ).items()
}
_ROMAN = {
    numeral: number
    for number, numeral in enumerate(
        (
            "i",
            "ii",
            "iii",
            "iv",
            "v",
            "vi",
            "vii",
            "viii",
            "ix",
            "x",
            "xi",
            "xii",
            "xiii",
            "xiv",
            "xv",
            "xvi",
            "xvii",
            "xviii",
            "xix",
            "xx",
            "xxi",
        ),
        1,
    )
}
_PARTS = (
    ("early|beginning|start|начал[аоеу]", 0, 3),
    ("mid|middle|середин[аыеу]", 1, 3),
    ("late|end|кон(?:ец|ца|це|цу)", 2, 3),
    ("first half|перв(?:ая|ой|ую) половин[аыеу]", 0, 2),
    ("second half|втор(?:ая|ой|ую) половин[аыеу]", 1, 2),
)
_CIRCA = (
    r"(?:circa|about|around|approximately|roughly|около|примерно|приблизительно) |"
    r"(?:approx|ca|c|ок|прибл)\.? ?|~ ?"
)
_PERHAPS = r"(?:probably|possibly|perhaps|maybe|presumably|вероятно|возможно|предположительно),? "
_TO = "to|through|thru|until|till|up to|no later than|not later than|not after|по|до|не позднее|не позже"
_SINCE = "since|from|starting from|no earlier than|not earlier than|not before|с|со|начиная с|не ранее|не раньше"
_BETWEEN = "between|между"
_UNTIL = _TO + "|by|к|ко"
_BEFORE, _AFTER = "before|prior to|earlier than|ранее|раньше", "after|later than|после|позднее|позже"
_NOW = r"(?:the )?present(?: day)?|now|today|настоящее время|н\. ?в"
_OLD_STYLE = r"(?:o\. ?s|old style|ст\. ?ст|с\. ?с|по старому стилю|старого стиля)\.?"
_NEW_STYLE = r"(?:n\. ?s|new style|н\. ?ст|н\. ?с|по новому стилю|нового стиля)\.?"
_SEPARATOR = re.compile(rf"(?: ?- ?|,? (?:(?:and|и) )?)(?:{_TO}) | ?[-/] ?|( (?:and|и) )")
_SHARED = "$", r"[ .][a-zа-я]+\.?,? [0-9]{4}$", r"\.[0-9]+\.[0-9]{4}$", r"[ .][0-9]{4}\S*$"
_MISSING = re.compile(
    r"|unknown|not known|undated|no date|n\.? ?d|n/a|[?-]|"
    "неизвестн[оаы]|неизв|нет данных|без даты|[нб]/д"
)

# The rules: the first pattern that matches the whole text and gives a span is its reading. A rule whose words look
# like a date and cannot be one raises BadValue. <Y> a year, <N> one or two digits, <W> a word that may name a month.

_Rule = tuple[str, Callable[[re.Match[str]], _Span | None]]


def _regex(pattern: str) -> str:
    for token, regex in (("<Y>", "([0-9]{4})"), ("<N>", "([0-9]{1,2})"), ("<W>", r"([a-zа-я]{3,10})\.?")):
        pattern = pattern.replace(token, regex)
    return pattern


def _rule(pattern: str, read: Callable[[re.Match[str]], _Span | None]) -> _Rule:
    return _regex(pattern), read


def _apply(rules: tuple[_Rule, ...], text: str) -> _Span | None:
    # re compiles each pattern when it is first needed and keeps it: importing this module compiles almost nothing
    for pattern, read in rules:
        if (match := re.fullmatch(pattern, text)) and (span := read(match)):
            return span
    return None


_LEADING = re.compile(r"^(?:(?:in|on|at|during|the|в течение|во?) )+")


def _unit(text: str) -> _Span | None:
    """Read one day, month, season, year, decade, century or part of one, perhaps marked as doubtful."""
    return _apply(_UNITS, _LEADING.sub("", text))


def _roman(numeral: str) -> int | None:
    return _ROMAN.get(numeral.replace("х", "x").replace("і", "i"))  # Cyrillic letters are often typed for Latin ones


def _ymd(text: str) -> tuple[int, int, int] | None:
    """Read the numbers of one day, not yet held against a calendar: an Old Style day may have none of ours."""
    for pattern, order in _DAYS:
        if match := re.fullmatch(pattern, text):
            year, month, day = (match[group] for group in order)
            number = int(month) if month.isdigit() else _MONTHS.get(month) or _roman(month)
            return (int(year), number, int(day)) if number else None
    return None


def _read_day(match: re.Match[str]) -> _Span | None:
    found = _ymd(match[0])
    return found and _day(*found)


def _read_code(match: re.Match[str]) -> _Span | None:
    """Read a month or EDTF's season; "1905-07" is refused, and "1937-38" and "1917-21" are ranges, read elsewhere."""
    year, code = int(match[1]), int(match[3])
    if _doubtful(year, code):
        if match[2] != "-" or not 1 <= code <= 12:
            return None
        later = year - year % 100 + code
        raise BadValue(
            f"may be {_MONTH_NAMES[code - 1]} {year} or the years {year} to {later}",
            f"write {code}.{year} for the month or {year}-{later} for the years",
        )
    return _coded(year, code)


def _coded(year: int, code: int) -> _Span:
    if 21 <= code <= 24:
        return _season(year, code)
    if not 1 <= code <= 12:
        raise BadValue("is neither a month nor a range of years that runs forwards", "write 10.1937 or 1937-1940")
    return _month(year, code)


def _read_named(year: str, word: str) -> _Span | None:
    if word in _SEASONS:
        return _season(int(year), _SEASONS[word])
    return _month(int(year), _MONTHS[word]) if word in _MONTHS else None


def _read_decade(match: re.Match[str]) -> _Span | None:
    if match[1].endswith("00") and "s" in match[0]:
        return _years(int(match[1]), int(match[1]) + 99, match[1][:2] + "XX")  # no unit: it may be the decade
    return _decade(int(match[1]))


def _read_century(match: re.Match[str]) -> _Span | None:
    number = int(match[1]) if match[1].isdigit() else _roman(match[1])
    return _century(number) if number else None


_DAYS = tuple(
    (_regex(pattern), order)
    for pattern, order in (
        (r"<N> ?([./-]) ?<N> ?\2 ?<Y>", (4, 3, 1)),
        (r"<N> ?[ ./-] ?([ivxхі]+)[ ./-] ?<Y>", (3, 2, 1)),
        (r"<N>[ -]?(?:of )?<W>,?[ -]?<Y>", (3, 2, 1)),
        (r"<Y> ?([./-]) ?<N> ?\2 ?<N>", (1, 3, 4)),
        (r"<W>,? <N>,? <Y>", (3, 1, 2)),
    )
)

_UNITS: tuple[_Rule, ...] = (
    *((pattern, _read_day) for pattern, _ in _DAYS),
    _rule("<Y>", lambda m: _year(int(m[1]))),
    _rule("<Y>( ?- ?)([0-9]{2})", _read_code),
    _rule("<N> ?[./] ?<Y>", lambda m: _month(int(m[2]), int(m[1]))),
    _rule("<W>(?: of|,)?[ -]?<Y>", lambda m: _read_named(m[2], m[1])),
    _rule("<Y>,? <W>", lambda m: _read_named(m[1], m[2])),
    _rule(
        "<W>(?: of)? <Y> ?[-/] ?([0-9]{4}|[0-9]{1,2})",
        lambda m: _winter(int(m[2]), m[3]) if _SEASONS.get(m[1]) == 24 else None,
    ),
    _rule("([0-9]{3})x", lambda m: _decade(int(m[1] + "0"))),
    _rule("([0-9]{2})xx", lambda m: _years(int(m[1] + "00"), int(m[1] + "99"), m[1] + "XX", unit=True)),
    _rule("([0-9]{3}0) ?(?:'?s| ?- ?(?:е|х|ые|ых|м))", _read_decade),
    _rule("([0-9]{2}|[ivxхі]+)(?: ?-?(?:th|st|й|го|м))? ?(?:century|в|век[ае]?|столети[еяи])", _read_century),
    _rule(f"(?:{_CIRCA})(.+)", lambda m: _flag(_unit(m[1]), "~")),
    _rule(f"(?:{_PERHAPS})(.+)", lambda m: _flag(_unit(m[1]), "?")),
    _rule("(.*[^?~% ]) ?([?~%]{1,2})", lambda m: _flag(_unit(m[1]), m[2])),
    *(
        _rule(
            f"(?:{words})(?:[ -]+(?:part )?(?:of |in )?(?:the )?)(.+)",
            partial(_read_part, number, parts),
        )
        for words, number, parts in _PARTS
    ),
)


def _read_short_range(match: re.Match[str]) -> _Span | None:
    year, digits = int(match[1]), match[2]
    last = year - year % 10 ** len(digits) + int(digits)
    if digits == "00" and year % 100 == 99:
        last = year + 1  # 1899/00
    return _years(year, last) if last > year else None


def _read_decades(match: re.Match[str]) -> _Span | None:
    first, last = _decade(int(match[1] + match[2])), _decade(int(match[1] + match[3]))
    return _join(first, last) if first and last else None


def _read_range(match: re.Match[str]) -> _Span | None:
    """Read two ends at any separator; the first end may leave its month and year to the last ("5-10 May 1938")."""
    lead, text = match[1] or "", match[2]
    for split in _SEPARATOR.finditer(text):
        left, right = text[: split.start()], text[split.end() :]
        if split[1] and lead not in _BETWEEN.split("|"):
            continue
        if re.fullmatch(_NOW, right) or (not right and split[0].strip() == "-"):
            if first := _unit(left):
                return _since(first)
        elif last := _unit(right):
            for shared in _SHARED:  # the longest first: in "5-10.05.1937" the 5 is no month
                if (rest := re.search(shared, right)) and (first := _unit(left + rest[0])):
                    return _join(first, last)
    return None


def _read_days_of_month(match: re.Match[str]) -> _Span | None:
    first, last = (_ymd(f"{day} {match[1]} {match[4]}") for day in (match[2], match[3]))
    return _join(_day(*first), _day(*last)) if first and last else None


def _read_night(match: re.Match[str]) -> _Span | None:
    """Read one night as the two days it belongs to; "ночь на 22 июня" ends on the day named."""
    span = _whole(match[2].replace(" на ", " - "))
    if not span or span.first is None or span.last is None:
        return None
    first, last = _as_date(span.first), _as_date(span.last)
    if first == last:
        first, last = (first - timedelta(days=1), last) if match[1] == "на" else (first, last + timedelta(days=1))
    elif match[1] == "на" or last - first != timedelta(days=1):
        return None
    return _join(_day(first.year, first.month, first.day), _day(last.year, last.month, last.day))


def _gregorian(year: int, month: int, day: int) -> date:
    """Turn a day of the Julian calendar into ours; raise ValueError where the Julian calendar has no such day."""
    in_year = date(2000 if year % 4 == 0 else 2001, month, day).timetuple().tm_yday
    return date.fromordinal((year - 1) * 365 + (year - 1) // 4 + in_year - 2)


def _read_old_style(match: re.Match[str]) -> _Span | None:
    found = _ymd(match[1].strip(" ,"))
    if not found:
        return None
    try:
        day = _gregorian(*found)
    except ValueError:
        raise BadValue("is not a day of the Old Style calendar") from None
    return _day(day.year, day.month, day.day)


def _read_both_styles(match: re.Match[str]) -> _Span | None:
    """Read "1 (13) March 1881": the day is the New Style one, and the Old Style one must be the same day."""
    outer, inner = f"{match[1]} {match[3]}", match[2]
    swapped = re.search(_OLD_STYLE, inner)
    outer, inner = (
        re.sub(rf" ?(?:{_OLD_STYLE}|{_NEW_STYLE})|(?:{_OLD_STYLE}|{_NEW_STYLE}) ?", "", side).strip(" ,")
        for side in (outer, inner)
    )
    if not (base := _ymd(outer)):
        return None
    year, month, _ = base
    other = _ymd(inner) or _ymd(f"{inner} {year}") or _ymd(f"{inner}.{year}") or _ymd(f"{inner}.{month}.{year}")
    if not other:
        return None
    old, new = (other, base) if swapped else (base, other)
    wrong = BadValue(
        "gives an Old Style and a New Style day that are not the same day",
        "write the Old Style day first and the New Style day in brackets, or only one of them",
    )
    try:
        day = _gregorian(*old)
    except ValueError:
        raise wrong from None
    if (day.year, day.month, day.day) != new:
        raise wrong
    return _day(*new)


_EDTF_END = r"((?:[0-9]{4}|[0-9]{3}x|[0-9]{2}xx)(?:-[0-9]{2}){0,2}[?~%]?|\.\.)?"


def _read_edtf_interval(match: re.Match[str]) -> _Span | None:
    """Read the intervals this module writes; an end left empty (EDTF's "unknown") is open, never guessed."""
    first, last = (_read_edtf_end(end) if end and end != ".." else _OPEN for end in (match[1], match[2]))
    return _join(first, last) if first and last else None


def _read_edtf_end(end: str) -> _Span | None:
    if match := re.fullmatch("([0-9]{4})-([0-9]{2})([?~%]?)", end):  # beside a slash it can be no range
        span = _coded(int(match[1]), int(match[2]))
        return _flag(span, match[3]) if match[3] else span
    return _unit(end)


_WHOLE: tuple[_Rule, ...] = (
    _rule("(.+)", lambda m: _unit(m[1])),  # before the next: it refuses 1905-07
    _rule("<Y> ?[-/] ?<N>", _read_short_range),
    _rule(f"{_EDTF_END}/{_EDTF_END}", _read_edtf_interval),
    _rule("([0-9]{2})([0-9]0)(?:'?s| ?- ?(?:е|х|ые|ых))? ?- ?([0-9]0)(?:'?s| ?- ?(?:е|х|ые|ых|м))", _read_decades),
    _rule("(?:night|ночь|ночью) (of|from|с|на) (.+)", _read_night),
    _rule(r"(.*?) ?[(\[]([^()\[\]]+)[)\]],? ?(.*)", _read_both_styles),
    _rule(rf"(.+?),? ?\(?{_OLD_STYLE}\)?", _read_old_style),
    _rule(rf"(.+?),? ?\(?{_NEW_STYLE}\)?", lambda m: _unit(m[1])),
    _rule("<W> <N> ?[-/] ?<N>,? <Y>", _read_days_of_month),
    _rule(rf"(?:{_CIRCA})(.+)", lambda m: _flag(_whole(m[1]), "~")),
    _rule(rf"(?:{_PERHAPS})(.+)", lambda m: _flag(_whole(m[1]), "?")),
    _rule("(.*[^?~% ]) ?([?~%]{1,2})", lambda m: _flag(_whole(m[1]), m[2])),
    _rule(rf"(?:({_SINCE}|{_BETWEEN}) )?(.+)", _read_range),
    _rule(rf"(?:{_SINCE}) (.+)", lambda m: _since(_whole(m[1]))),
    _rule(rf"(?:{_UNTIL}) (.+)", lambda m: _until(_whole(m[1]))),
    _rule(rf"(?:{_BEFORE}) (.+)", lambda m: _beside(_whole(m[1]), -1)),
    _rule(rf"(?:{_AFTER}) (.+)", lambda m: _beside(_whole(m[1]), 1)),
)


def _whole(text: str) -> _Span | None:
    return _apply(_WHOLE, _LEADING.sub("", text))


# Writing that carries no meaning, in the order it is taken away
_TIDY = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        (r"\s+", " "),
        (r"[\u2010\u2011]", "-"),
        (r" ?[\u2012-\u2015\u2212] ?", " - "),  # a dash is never the hyphen of ISO 8601
        (r"\(\?\)", "?"),
        (r"[\u2019\u02bc]", "'"),
        ("ё", "е"),
        (r"(?<=[0-9])( ?- ?(?:е|х|ые|ых|м))? ?(?:г\. ?г|гг?|год[а-я]*)\b\.?", r"\1"),  # 1937 г., 1930-е годы
        (r"(?<=[0-9]{3}[1-9])-(?:й|м|го)\b", ""),  # в 1937-м
        (r"\b([0-9]{1,2})(?:st|nd|rd|th|-?го|-?ое)\b(?! ?(?:cent|век|в\b|ст))", r"\1"),  # 3rd June, 5-го мая
    )
)


def _tidy(text: str) -> str:
    text = text.lower()
    if re.search("[а-я]", text):
        text = re.sub(r"\bc(?=\s)", "с", text)  # a Latin c among Cyrillic words is the preposition, not circa
    for pattern, replacement in _TIDY:
        text = pattern.sub(replacement, text)
    text = text.strip()
    return text if text.endswith("..") else text.rstrip(" .,;")


_COMPONENT = "[?~%]?[0-9]{2}[0-9X]{2}[?~%]?(?:-[?~%]?[0-9X]{2}[?~%]?){0,2}"


def _library(text: str) -> _Span | None:
    """Read the rest of EDTF (sets, doubt about one part) by the edtf library, which is slow, in strict bounds."""
    text = text.replace(" ", "").upper()
    if not re.fullmatch(
        rf"{_COMPONENT}(?:/{_COMPONENT})?|"
        rf"[\[{{](?:\.\.)?{_COMPONENT}(?:(?:,|\.\.){_COMPONENT})*(?:\.\.)?[\]}}]",
        text,
    ):
        return None
    if re.search("[0-9X]{4}[?~%]?-[?~%]?(?:2[4-9]|[3-9][0-9])|-[0-9]X|-X[0-9]", text):
        # its winter is December alone, its quadrimesters are our ranges of years; on 1937-1X it prints and fails
        raise BadValue("uses a part of EDTF that is not read here", "write an interval, such as 1937-12/1938-02")
    import edtf  # 90 ms: only for those who need it

    try:
        parsed = edtf.parse_edtf(text)
        ends = parsed.lower_strict(), parsed.upper_strict()
        first, last = (None if isinstance(end, float) else _day(*end[:3]).first for end in ends)
    except BadValue:
        raise
    except Exception:  # noqa: BLE001 - besides its own error it raises whatever its parts do
        return None
    return _join(_Span("", first, None), _Span("", None, last))._replace(edtf=text)


_WRITTEN = re.compile(r"([0-9]{2})\.([0-9]{2})\.([0-9]{4})")  # as lists write days: read without looking for more


@lru_cache(maxsize=16384)
def _parse(text: str) -> HistoricalDate:
    words = text.strip()
    shown = f"'{words}'" if len(words) <= LONGEST else f"'{words[:LONGEST]}...'"
    tidied = words if _WRITTEN.fullmatch(words) or len(words) > LONGEST else _tidy(words)
    if _MISSING.fullmatch(tidied):
        raise BadValue(f"{shown} says that the date is missing", "leave the cell empty")
    try:
        if written := _WRITTEN.fullmatch(words):
            day, month, year = map(int, written.groups())
            span: _Span | None = _day(year, month, day)
        else:
            span = (_whole(tidied) or _library(words)) if len(words) <= LONGEST else None
    except BadValue as refused:
        raise BadValue(f"{shown} {refused.reason}", refused.remedy) from None
    if span:
        return HistoricalDate(words, span.edtf, span.first, span.last)
    if not re.search("[0-9]{4}", words):
        raise BadValue(f"{shown} has no year of four digits", "write the year in full: 15.10.1937")
    if re.search(r" (?:or|или) ", words):
        raise BadValue(f"{shown} gives two dates", "write one of them, or EDTF for either: [1937,1938]")
    raise BadValue(
        f"{shown} is not a date this program can read",
        "write it as 15 October 1937, October 1937, 1937-1938, c. 1937 or in EDTF",
    )
