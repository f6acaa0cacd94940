"""Candidates: rows that an English text may hold, found by word tables and patterns, for a human being to review.

Nothing here is learnt or guessed: a rule that does not know its words finds nothing.  Every row names the rule that
made it in `note`, cites its paragraph, and has an anchor that `prose.find_anchor` finds there and nowhere else.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from terrordb import models
from terrordb.errors import BadData, BadValue
from terrordb.loading.notes import read_notes
from terrordb.loading.prose import SEPARATOR, Span, find_anchor, passages
from terrordb.values.dates import HistoricalDate
from terrordb.values.figures import Figure
from terrordb.values.names import fold, latin, script

__all__ = ["ID", "KINDS", "candidates", "check_folder", "write"]

KINDS = ("sources", "footnotes", "claims", "persons", "person_names", "figures", "events")
ID = re.compile(r"[^\s,;\"'A-Z/]+")  # of a source, and so the beginning of every candidate's
Row = dict[str, str]
LONGEST = 2000  # characters of a sentence; what is longer is cut, so that no rule looks through a whole book
NEAR = 100  # characters before a place that a rule looks at
MOST_WORDS = 8  # of the text in a row's `what` or `name`: a pointer, never a sentence


def candidates(text: str, source: str) -> dict[str, list[Row]]:
    """Find the candidates of a text: the rows of each kind, as the cells of its CSV that are not empty."""
    lines = passages(text)
    notes = read_notes(lines)
    paragraphs = [_paragraph(number, lines[number - 1]) for number in notes.running]
    rows = _Rows(source)
    persons, names = _persons(paragraphs, rows)
    own = {
        "persons": persons,
        "person_names": names,
        "figures": [row for each in paragraphs for row in rows.given("f", _figures(each))],
        "events": [row for each in paragraphs for row in rows.given("e", _events(each))],
    }
    return {kind: _marked(rows_) for kind, rows_ in notes.rows(source, f"{source}:note-").items()} | own


def write(found: Mapping[str, Sequence[Row]], folder: Path, *, force: bool = False) -> list[Path]:
    """Write a CSV a kind; BadData where the folder holds something and `force` does not say to write over it."""
    check_folder(folder, force=force)
    folder.mkdir(parents=True, exist_ok=True)
    return [_write(folder / f"{kind}.csv", kind, rows) for kind, rows in found.items()]


def check_folder(folder: Path, *, force: bool) -> None:
    """Refuse a place that is no folder, and a folder that holds something unless `force` allows to write there."""
    if folder.exists() and not folder.is_dir():
        raise BadData("is no folder", "name another with --out", str(folder))
    if folder.is_dir() and any(folder.iterdir()) and not force:
        raise BadData("the folder is not empty", "name another with --out, or write into it with --force", str(folder))


def _write(path: Path, kind: str, rows: Sequence[Row]) -> Path:
    """Write the rows of one kind under all columns that its CSV may have."""
    columns = [each.header for each in models.kind(kind).fields.values() if not each.computed]
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return path


def _marked(rows: Iterable[Row]) -> list[Row]:
    """Mark what the reader of notes and bibliographies made as candidates."""
    return [row | {"note": f"candidate: notes and bibliography. {row.get('note', '')}".strip(" .")} for row in rows]


# ---------------------------------------------------------------- passages, sentences, anchors


class _Paragraph(NamedTuple):
    """A passage without note markers and with single spaces, its sentences, and where its notes stood."""

    number: int
    written: str
    text: str
    notes: list[tuple[int, str]]
    sentences: list[Span]


class _Finding(NamedTuple):
    """One row to be: its own cells, the rule that found it, and the stretches of the paragraph it stands on."""

    paragraph: _Paragraph
    cells: Row
    rule: str
    stretches: list[Span]
    notes_from: int | None = None


_MARKER = re.compile(r"\[(?:(\d{1,3})|citation needed)\]")
_ENDS = re.compile(r"""[.!?…][)”’"'\]]*\s+(?=[-–"“‘'(\[]?[A-ZÀ-ÞА-Я0-9])""")
_ABBREVIATED = re.compile(
    r"(?:\b[A-Z]|\b(?:no|nos|nr|mr|mrs|ms|dr|st|prof|gen|col|lt|capt|sgt|jr|sr|vs|etc|e\.g|i\.e|cf|pp?|pg|vol|ed|eds"
    r"|al|approx|ca?|art|fig|rev|hon|gov|sen|rep|dept|inc|ltd|co|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec))\.$",
    re.IGNORECASE,
)


def _paragraph(number: int, written: str) -> _Paragraph:
    """Read a passage as `find_anchor` does: without note markers, each run of white space one space."""
    text, notes, at = "", [], 0
    for marker in _MARKER.finditer(written):
        text += written[at : marker.start()]
        notes += [(len(" ".join(f"{text}|".split())) - 1, marker[1])] if marker[1] else []
        at = marker.end()
        if text[-1:].isalnum() and written[at : at + 1].isalnum():
            text += " "
    plain = re.sub(r"\s+", " ", text + written[at:])
    return _Paragraph(number, written, plain, notes, _sentences(plain))


def _sentences(text: str) -> list[Span]:
    """List where each sentence begins and ends, past the full stops of abbreviations; none is longer than LONGEST."""
    spans, start = [], 0
    for end in [*(match.span() for match in _ENDS.finditer(text)), (len(text), len(text))]:
        while end[1] - start > LONGEST:
            cut = text.rfind(" ", start, start + LONGEST) + 1 or start + LONGEST
            spans.append((start, cut))
            start = cut
        if end[0] == len(text) or not _ABBREVIATED.search(text[max(start, end[0] - NEAR) : end[0] + 1]):
            spans.append((start, end[1]))
            start = end[1]
    return [span for span in spans if span[0] < span[1]]


def _anchor(paragraph: _Paragraph, stretches: Iterable[Span]) -> str | None:
    """Make an anchor of stretches of a paragraph, wider until it stands there once; None where that fails."""
    spans = _joined(stretches)
    for wider in range(10):
        anchor = SEPARATOR.join(paragraph.text[a:b] for a, b in spans)
        try:
            there = find_anchor(paragraph.text, anchor)
            find_anchor(paragraph.written, anchor)
        except BadValue:
            there = (-1, -1)
        if there == (spans[0][0], spans[-1][1]):
            return anchor
        grown = _grown(paragraph.text, spans, left=wider % 2 == 1)
        spans = grown if grown != spans else _grown(paragraph.text, spans, left=wider % 2 == 0)
    return None


def _joined(stretches: Iterable[Span]) -> list[Span]:
    """Order stretches, and make one of those that overlap or have nothing but a space between them."""
    spans: list[Span] = []
    for a, b in sorted(stretches):
        if spans and a <= spans[-1][1] + 1:
            spans[-1] = (spans[-1][0], max(b, spans[-1][1]))
        else:
            spans.append((a, b))
    return spans


def _grown(text: str, spans: list[Span], *, left: bool) -> list[Span]:
    """Take one more word into the first stretch or the last, unless it is a number: those belong to other rows."""
    a, b = spans[0 if left else -1]
    start = max(0, a - NEAR) if left else b
    pattern, rest = (_WORD_BEFORE, text[start:a]) if left else (_WORD_BEHIND, text[start : start + NEAR])
    word = pattern.search(rest)
    if word is None or _A_NUMBER.search(word[1]):
        return spans
    return [(start + word.start(1), b), *spans[1:]] if left else [*spans[:-1], (a, start + word.end(1))]


_WORD_BEFORE = re.compile(r"([\w’'-]+),? $")
_WORD_BEHIND = re.compile(r"^(?:['’]s|\))?,? ?([\w’'-]+)")


class _Rows:
    """Turn findings into rows, with ids of their own and what all candidates have."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.count: Counter[tuple[int, str]] = Counter()

    def given(self, letter: str, findings: Iterable[_Finding]) -> Iterator[Row]:
        """Give the rows of those findings that have an anchor of their own."""
        for finding in findings:
            if (anchor := _anchor(finding.paragraph, finding.stretches)) is not None:
                yield self._row(letter, finding, anchor)

    def _row(self, letter: str, finding: _Finding, anchor: str) -> Row:
        number = finding.paragraph.number
        self.count[number, letter] += 1
        common = {
            "id": f"{self.source}:c-{number}-{letter}{self.count[number, letter]}",
            "status": "stated",
            "note": f"candidate: {finding.rule}",
            "source_id": self.source,
            "locator": f"¶{number}",
            "anchor": anchor,
            "footnotes": _notes(finding),
        }
        return {name: cell for name, cell in (common | finding.cells).items() if cell}


def _notes(finding: _Finding) -> str:
    """Name the text's own notes behind a finding: the first group after its words, in the same sentence."""
    if finding.notes_from is None:
        return ""
    paragraph, start = finding.paragraph, finding.notes_from
    end = next((b for a, b in paragraph.sentences if a <= start < b), start)
    places = [(at, n) for at, n in paragraph.notes if start <= at <= end]
    return "; ".join(n for at, n in places if not re.search(r"\w", paragraph.text[places[0][0] : at]))


_DOUBT = re.compile(
    r"\b(?:(?:is|are|was|were) (?:said|alleged|thought|believed|reported|rumou?red|supposed|claimed) to|reportedly"
    r"|allegedly|supposedly|purportedly|apparently|presumably|probably|possibly|perhaps|(?:may|might|could) have"
    r"|(?:are|is|was|were) believed|believed|claims(?: that)?|claimed (?:that|to)|alleged|estimated?|uncertain"
    r"|disputed|rumou?red"
    r"|it is possible|seems?(?: much)? (?:more )?probable|even probable)\b",
    re.IGNORECASE,
)


def _hedge(text: str, near: int) -> str:
    """Name the words of doubt of a stretch of text that stand nearest to a place."""
    found = min(_DOUBT.finditer(text), key=lambda each: abs(each.start() - near), default=None)
    return found[0] if found else ""


_AROUND = " ,;:.–—-()[]\"“”‘’'"


def _words_of(text: str) -> str:
    """Cut a stretch of text to a few words, up to its first number, without what stands around them."""
    words = re.split(r"\d", re.sub(r"\s+", " ", text))[0].strip(_AROUND).split()[:MOST_WORDS]
    return re.sub(
        r"(?:(?:^| )(?:and|or|of|the|a|an|to|in|by|which|who|that|was|were|on|at))+$", "", " ".join(words)
    ).strip(_AROUND)


# ---------------------------------------------------------------- dates

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\.)"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
_FULL = rf"(?:{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? {_YEAR}|\d{{1,2}}(?:st|nd|rd|th)?(?: of)? {_MONTH},? {_YEAR})"
_SOMEWHEN = (
    rf"(?:{_FULL}|(?:(?:early|mid|late|the (?:beginning|end|middle) of)[ -])?"
    rf"(?:{_MONTH}(?: ?[-–] ?{_MONTH})?(?: of)?,? {_YEAR}|(?:the )?(?:spring|summer|autumn|fall|winter)(?: of)? {_YEAR}"
    rf"|{_YEAR}s|{_YEAR}(?: ?[-–] ?\d{{1,4}}(?!\d))?))"
)
_DATE = re.compile(
    rf"(?<![\w,.-])(?:(?P<lead>between|from|by|since|until|before|after|starting from) )?"
    rf"(?P<first>{_SOMEWHEN}|{_MONTH}(?= (?:and|to|through) {_MONTH} {_YEAR}))"
    rf"(?:(?P<join> ?[-–—] ?| to | through | until | and )(?P<last>{_SOMEWHEN}))?(?!\w|,\d)"
)
# "(Werth, 2003; Junge and Binner, 2003)": the date of a book, never of what it tells.
_AUTHOR_DATE = re.compile(
    rf"\((?:(?:[A-ZÀ-Þ][\w’'-]+)(?:(?:,| and| &) (?:[A-ZÀ-Þ][\w’'-]+))*(?: et al\.)?,? {_YEAR}[a-z]?(?:; |(?=\))))+\)"
)
# The date of another thing: "Lenin's death in 1924", "the 1917 Revolution", "his 1968 book".
_OF_ANOTHER = re.compile(
    r"\b(?:death|murder|assassination|birth|revolution|coup|war|book|law|treaty|speech)(?: of \w+)? (?:in|of) $"
    r"|\b(?:published|released|declassified|opened|founded|born|announced|issued|documents?|reports?)"
    r"(?: (?:in|from|on|of))? $",
    re.IGNORECASE,
)
_AS_ADJECTIVE = re.compile(r"^[ -](?!and\b|to\b|were\b|was\b)(?:[a-z]+ )?[A-Za-z]*[a-z]+\b")
_OPENS = re.compile(r"(?:^|[.!?][)”\"]? )\W*(?:In|During|At|Before|After|By) the $")


class _Date(NamedTuple):
    """A date that stands in a text: where, and as it goes into a cell."""

    start: int
    end: int
    text: str
    value: HistoricalDate


def _dates(text: str) -> list[_Date]:
    """List the dates of a text that `HistoricalDate` reads, in their order."""
    cited = [match.span() for match in _AUTHOR_DATE.finditer(text)]
    found = []
    for match in _DATE.finditer(text):
        if any(a <= match.start() < b for a, b in cited):
            continue
        for start, written in _readings(match):
            try:
                found.append(_Date(start, match.end(), written, HistoricalDate.parse(written)))
                break
            except BadValue:
                continue
    return found


def _readings(match: re.Match[str]) -> Iterator[tuple[int, str]]:
    """Offer a date with the word before it, which may open an end, and without; 'and' between two years is a range."""
    first, last, join = match["first"], match["last"], match["join"] or ""
    bare = f"{first}–{last}" if join.strip() == "and" else f"{first}{join}{last or ''}"
    if match["lead"]:
        yield match.start(), match[0]
    yield match.start("first"), bare


def _is_adjective(text: str, date: _Date) -> bool:
    """Say whether a year stands before its noun ('the 1934 congress'), and so may date that noun alone."""
    bare = re.fullmatch(_YEAR, date.text) is not None
    before, after = text[max(0, date.start - NEAR) : date.start], text[date.end : date.end + NEAR]
    led = re.search(r"\b(?:the|his|her|its|their|this|an?|[A-Z]\w+['’]s) $", before) is not None
    return bare and led and _AS_ADJECTIVE.match(after) is not None and not _OPENS.match(before)


# ---------------------------------------------------------------- numbers

_ONES = "one|two|three|four|five|six|seven|eight|nine"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_SCALE = "hundred|thousand|million|billion"
_SPELT = rf"(?:(?:{_TENS})(?:[- ](?:{_ONES}))?|{_TEENS}|{_ONES})"
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+|\d+)"
_HUNDRED_AND = rf"(?:(?<=hundred) and {_SPELT}\b(?: thousand\b)?)?"
_AMOUNT = (
    rf"(?:(?:{_DIGITS}|{_SPELT}\b)(?: and a half)?(?:[ -](?:{_SCALE})\b)*{_HUNDRED_AND}"
    rf"|an? (?:{_SCALE}|dozen)\b|half an? (?:million|billion|thousand)\b)"
)
_MAGNITUDE = (
    r"(?:(?:(?:low|high|many|several|a few) )?(?:tens|dozens|scores|hundreds|thousands|millions)\b"
    r"(?: of (?:hundreds|thousands|millions)\b)*|(?:several|a few|many) (?:dozen|hundred|thousand|million)s?\b)"
)
_SHARE = (
    rf"(?:(?:half|(?:a|one|three)[- ]quarters?|(?:a|(?:{_ONES}))[- ](?:fifths?|tenths?)|an eighth)"
    r"(?= (?:of|the|those|all|their|its)\b)|(?:the (?:vast |overwhelming |great )?majority|most)(?= of\b))"
)
_QUALIFIER = (
    r"(?:only|just|exactly|precisely|another|a further|a total of|an additional|some|about|approximately|around|roughly"
    r"|nearly|almost|close to|circa|an estimated|estimated|an average of|at least|no fewer than|no less than"
    r"|not fewer than|not less than|a minimum of|upwards of|more than|over|well over|just over|slightly more than"
    r"|in excess of|up to|no more than|not more than|at most|as many as|a maximum of|less than|fewer than|under)"
)
_UNIT = r"(?: ?%| per ?cent\b| times\b(?: more\b)?)"
_NUMBER = re.compile(
    rf"(?<![\w.,$£€/§-])(?P<text>(?:{_QUALIFIER} )*(?:{_MAGNITUDE}|{_SHARE}"
    rf"|between {_AMOUNT} and {_AMOUNT}{_UNIT}?|{_AMOUNT}{_UNIT}?(?:(?: ?[-–—] ?| to | or ){_AMOUNT}{_UNIT}?)?)"
    rf"(?: (?:out )?of {_AMOUNT})?(?: or more\b| or so\b)?)(?![\w]|[.,]\d)",
    re.IGNORECASE,
)
_A_NUMBER = re.compile(
    rf"\d|^(?:{_SPELT}|{_SCALE}|{_SCALE.replace('|', 's|')}s|dozens?|tens|half|most)$", re.IGNORECASE
)
_MEASURED_IN = (
    r"(?:years?|months?|weeks?|days?|nights?|hours?|minutes?|seconds?|decades?|centur(?:y|ies)|miles?|kilomet(?:er|re)s?"
    r"|km|met(?:er|re)s?|feet|inches|acres?|hectares?|tons?|tonnes?|kilograms?|kg|grams?|pounds?|poods?|rou?bles?"
    r"|dollars?|kopecks?|degrees?)"
)
# What looks like a count and is none: why, and the words; they are blotted out before numbers are looked for.
_NUMBERED = (
    r"nos?|nr|number|articles?|sections?|chapters?|clauses?|orders?|decrees?|directives?|protocols?|vol(?:ume)?s?|pages?"
    r"|pp?|pg|fond|opis|delo|cell|room|block|category"
)
_PAIRED = rf"(?:{_ONES}|{_SCALE}|fold|page|strong|member)"
# What looks like a count and is none; it is blotted out, in this order, before numbers are looked for.
_NO_COUNTS = {
    "denied": rf"\b(?:not|nor|neither) {_AMOUNT}(?!\w|[.,]\d)|\bthan one in the {_MAGNITUDE}",
    "list marker": r"^\s*[-–*•]?\s*\(?(?:\d{1,3}|[a-z])[.)]\s",
    "number of a document": rf"(?:\b(?:{_NUMBERED})\.? ?|[№°#] ?)(?:no\.? ?|n° ?)?\d{{1,5}}(?![\d,])(?:[-–/.]\d+)*",
    "leading zero": r"(?<![\d.,])0\d+\b",
    "age": rf"\b(?:aged|ages?|age of) {_AMOUNT}|\b{_AMOUNT}[- ]years?[- ]olds?\b",
    "other measure": rf"\b{_AMOUNT}(?: (?:or|to) {_AMOUNT})?[- ](?:[a-z]+[- ])?{_MEASURED_IN}\b",
    "vague length of time": rf"\b{_MAGNITUDE} of {_MEASURED_IN}\b",
    "money": r"[$£€] ?\d[\d.,]*(?: (?:million|billion))?",
    "time of day": r"\b\d{1,2}(?::\d\d|[ ]?[ap]\.?m\b| o['’]clock)",
    "ordinal": r"\b\d+(?:st|nd|rd|th)\b|\b\d+s\b",
    "part of a name": r"(?<=[a-z,] )(?-i:[A-Z][a-z]+) \d{1,4}(?![\d,%])",
    "in a row": rf"\b(?:first|last|next|previous|top) {_AMOUNT}\b",
    "compound": rf"(?<!\w)(?:\w{{1,20}}-){{0,3}}(?:{_DIGITS}|{_SPELT}|half)-(?!{_PAIRED}\b)[a-z][\w-]*"
    rf"|\b{_SPELT}- and [\w-]+",
    "pronoun": rf"(?<![-\w])(?<!only )one\b(?! (?:{_SCALE}|per ?cent)\b| \([A-Z]|-(?:half|quarter|fifth|tenth))",
    "apposition": rf"\b{_AMOUNT} of the most\b",
}
_BLOTS = [re.compile(pattern, re.IGNORECASE) for pattern in _NO_COUNTS.values()]


def _blotted(text: str, dates: Sequence[_Date]) -> str:
    """Blot out dates and what is no count, keeping every other character in its place."""
    spans = [(date.start, date.end) for date in dates]
    spans += [match.span() for match in _AUTHOR_DATE.finditer(text)]
    for start, end in spans:
        text = text[:start] + "§" * (end - start) + text[end:]
    for pattern in _BLOTS:
        text = pattern.sub(lambda match: "§" * len(match[0]), text)
    return text


class _Number(NamedTuple):
    """A number of a sentence: where it stands, and what `Figure` reads."""

    start: int
    end: int
    figure: Figure
    base: bool  # it is the whole that another number is a part of


_BASE_BEFORE = re.compile(
    r"\b(?:of|from|among|out of) (?:the|these|those|all|their)(?: other| remaining)? $", re.IGNORECASE
)


def _numbers(text: str) -> list[_Number]:
    """List the counts that stand in a blotted text and that `Figure` reads."""
    found = []
    for match in _NUMBER.finditer(text):
        try:
            figure = Figure.parse(match["text"])
        except BadValue:
            continue
        alone = re.fullmatch("tens|dozens|scores|hundreds|thousands|millions", match["text"].casefold())
        if not (alone and not text.startswith(" of", match.end())):
            found.append(
                _Number(
                    *match.span(),
                    figure,
                    _BASE_BEFORE.search(text[max(0, match.start() - NEAR) : match.start()]) is not None,
                )
            )
    return found


# ---------------------------------------------------------------- measures


class _Measure(NamedTuple):
    """What is counted, in a unit, and the words that say so: done to somebody, by somebody, or as a noun."""

    measure: str
    suffered: str = ""
    done: str = ""
    noun: str = ""
    unit: str = "persons"


_CAMP = r"to (?:the |a |an )?(?:[\w-]+ ){0,3}(?:camps?|prisons?|gulag)"
# In the order in which they are tried where two begin at one place.
_MEASURES = (
    _Measure(
        "condemned",
        r"(?:sentenced|condemned) to (?:death|be shot|execution|the (?:supreme|highest) (?:penalty|measure))",
        r"(?:sentenced|condemned) to (?:death|execution)",
        "death sentences?",
    ),
    _Measure(
        "imprisoned",
        rf"imprisoned|jailed|interned|incarcerated|(?:sent|confined|sentenced|consigned) {_CAMP}",
        "imprisoned|jailed|interned|incarcerated",
        "imprisonments?|internments?|prisoners|inmates|internees",
    ),
    _Measure(
        "convicted", "convicted|found guilty|sentenced|condemned", "convicted|sentenced|condemned", "convictions?"
    ),
    _Measure(
        "arrested",
        "arrested|detained|seized|rounded up|taken into custody|apprehended",
        "arrest(?:ed|ing)?|detain(?:ed|ing)?|rounded up|seized",
        "arrests?|detentions?|detainees",
    ),
    _Measure(
        "executed",
        "executed|shot(?: dead)?|put to death|hanged|guillotined|beheaded",
        "execut(?:ed?|ing)|shot|shoot(?:ing)?|hanged|put to death",
        "executions?|shootings?|hangings?",
    ),
    _Measure(
        "died",
        "died|perished|killed|murdered|assassinated|massacred|slain|slaughtered|starved to death|lost their lives"
        "|committed suicide|succumbed|were dead",
        "kill(?:ed|ing)?|murdered|massacred|slaughtered|claimed the lives of|cost the lives of",
        "deaths?|fatalities|killings?|murders?|suicides?|dead",
    ),
    _Measure(
        "deported", "deported|exiled|banished|forcibly resettled", "deported|exiled|banished", "deport(?:ations?|ees)"
    ),
    _Measure("expelled", "expelled", "expel(?:led|ling)?", "expulsions?"),
    _Measure(
        "removed",
        "removed|purged|dismissed|discharged|ousted|sacked|demoted",
        "removed|purged|dismissed|discharged|ousted|sacked",
        "dismissals?|removals?",
    ),
    _Measure(
        "accused",
        "accused|charged|indicted|put on trial|tried|prosecuted",
        "accused|charged|indicted|tried|prosecuted",
        "defendants|accused|indictments?|alleged [a-z]+s",
    ),
    _Measure("disappeared", "disappeared|vanished|went missing", "disappeared", "disappearances?"),
    _Measure("reinstated", "reinstated|allowed back|readmitted", "reinstated|readmitted", "reinstatements?"),
    _Measure("rehabilitated", "rehabilitated|exonerated|declared innocent", "rehabilitated", "rehabilitations?"),
    _Measure("released", "released|freed|amnestied|set free", "released|freed|amnestied"),
    _Measure("buried", "buried|interred|exhumed|unearthed", "", "corpses|bodies|remains|skeletons|skulls"),
    _Measure("repressed", "repressed|persecuted|victimi[sz]ed", "repressed|persecuted", "victims?"),
    _Measure("alive", "survived|lived|outlived|remained[^.;]{0,40} alive", "", "survivors"),
    _Measure("votes", noun="votes?|ballots", unit="votes"),
    _Measure("pages", noun="pages?", unit="pages"),
    _Measure("lists", noun="lists", unit="lists"),
    _Measure("trials", noun="trials", unit="trials"),
    _Measure("commissions", noun="commissions", unit="commissions"),
    _Measure("reports", noun="reports", unit="reports"),
    _Measure("judged", noun="cases", unit="cases"),
    _Measure("categories", noun="categories", unit="categories"),
    _Measure("periods", noun="periods|phases", unit="periods"),
    _Measure("members", noun="members|delegates|deputies"),
    _Measure("staff", noun="officers|personnel|staff|employees|guards"),
)
_BY_NAME = {each.measure: each for each in _MEASURES}
_INTENDED = _Measure("targeted")
_MANY_FATES = _Measure("repressed")
# Nouns that say who they are, not what befell them: what the sentence tells of them comes first.
_ROLES = re.compile(
    "members|delegates|deputies|officers|personnel|staff|employees|guards|victims?|survivors|prisoners|inmates|internees"
    "|detainees|deportees|defendants|accused|alleged .*|dead|bodies|remains",
    re.IGNORECASE,
)
_DIES = (
    "died|perished|disappeared|vanished|survived|lived|outlived|remained[^.;]{0,40} alive|lost their lives"
    "|committed suicide|went missing|succumbed|starved to death"
)
_BE = r"(?:was|were|are|is|be|been|being)"
_ADVERBS = r"(?:(?:\w+ly|also|then|later|all|either|thus|soon|already|subsequently|eventually) ){0,2}"
_LINKS = r"(?:was|were|are|is|be|of|in|to|by|and|or|who|which|with|for|from|at|on|died|perished|lived|survived)"
# Things of which "were removed" or "were burned" says nothing about people.
_THINGS = re.compile(
    rf"^(?:[ -](?!{_LINKS}\b)[\w’'-]+){{0,3}}?[ -](?:categor|cit|countr|famil|factor|librar|centur|polic|facilit)ies\b"
    rf"|^(?:[ -](?!{_LINKS}\b)[\w’'-]+){{0,3}}?[ -](?:towns|villages|districts|regions|republics|churches|monasteries"
    r"|mosques|schools|houses|buildings|farms|camps|prisons|documents|files|letters|books|articles|copies|newspapers"
    r"|telegrams|orders|decrees|resolutions|laws|operations|campaigns|waves|phases|periods|stages|kinds|types|ways|parts"
    r"|reasons|sites|points|sections|departments|units|divisions|ships|aircraft|planes|tanks|trains|wagons|graves|horses|cattle"
    r"|cases|instances|occasions|meetings|sessions|hearings|charges|counts|questions|votes|pages|lists|reports|trials"
    r"|commissions|words|names|photographs|bullets|shots|figures on)\b",
    re.IGNORECASE,
)
_BREAKS = re.compile(
    r";|: |[.!?] |—|, (?:he|she|they|it|we) "
    r"|,? (?:but|while|whereas|although|though|because|when|after|before|as well as|until) "
)
_INTENT_BEFORE = re.compile(
    r"\b(?:(?:quota|limit|target|increase|allowance)s? of|decreed|ordered|authori[sz]ed|planned|approved|demanded"
    r"|requested) $",
    re.IGNORECASE,
)
_ALL_SUFFERED = "|".join(each.suffered for each in _MEASURES if each.suffered)
_ALL_NOUNS = "|".join(each.noun for each in _MEASURES if each.noun)
_INTENT_AFTER = re.compile(
    rf"^[^.;:]{{0,60}}?\b(?:(?:was|were|are|is) to|to|should|must|had to|would) be (?P<said>{_ALL_SUFFERED})\b"
)
_INTENT_AROUND = re.compile(r"\b(to be (?:repressed|executed|shot|arrested|deported|purged))\b.* by $", re.DOTALL)
_TOTALLED = re.compile(r"\b(?:figures?|numbers?|estimates?|total|toll|range)\b", re.IGNORECASE)
_KNOWN = re.compile(r"\b(?:known|thought|estimated|believed|found) to be $")
_OF_THESE = re.compile(r"^ of (?:these|them|whom)\b")
_NEXT_ITEM = re.compile(r"(?:,|,? and|[–—-]|\() $|\($")
_NEW_CLAUSE = re.compile(rf"\b(?:{_BE}|{_DIES}|who|which|that)\b")
_SAME_FATE = re.compile(rf"^(?:(?!\b{_BE}\b)[^,;:.()—])* and $|, including (?:all )?$")
_LISTING = ("verb before", "meant, before", "meant, in the sentence", "item of a list")
_RATES = {
    "day": "persons_per_day",
    "week": "persons_per_week",
    "month": "persons_per_month",
    "year": "persons_per_year",
}
_RATE = re.compile(rf"^[^.;,]{{0,40}}?\b(?:a|per|each|every) ({'|'.join(_RATES)})\b")


def _any_of(part: str) -> re.Pattern[str]:
    """Compile the words of one part of all measures, each under its measure's name."""
    words = ((each.measure, getattr(each, part)) for each in _MEASURES)
    return re.compile(
        r"\b(?:" + "|".join(f"(?P<{name}>{said})" for name, said in words if said) + r")\b", re.IGNORECASE
    )


_SUFFERED, _DONE, _NOUN = _any_of("suffered"), _any_of("done"), _any_of("noun")


class _Said(NamedTuple):
    """A measure that was settled on: by which rule, and the words that carry it."""

    measure: _Measure
    rule: str
    carrying: Span


@dataclass
class _Sentence:
    """A sentence of a paragraph, blotted, with its numbers; places are those of the paragraph."""

    paragraph: _Paragraph
    span: Span
    text: str
    numbers: list[_Number]
    said: dict[int, _Said] = field(default_factory=dict)

    def before(self, number: _Number) -> str:
        """Give what stands before a number."""
        return self.text[self.span[0] : number.start]

    def after(self, number: _Number) -> str:
        """Give what stands behind a number, as far as the next number of its own or the end of its clause."""
        rest = self.text[number.end : min(self.span[1], number.end + 3 * NEAR)]
        for following in (n.start - number.end for n in self.numbers if n.start > number.start and not n.base):
            if not _SAME_FATE.search(rest[:following]):
                rest = rest[:following]
                break
        stop = _BREAKS.search(rest)
        return rest[: stop.start()] if stop else rest

    def previous(self, number: _Number) -> _Number | None:
        """Give the number before this one, if its measure is known."""
        earlier = [n for n in self.numbers if n.start < number.start]
        return earlier[-1] if earlier and earlier[-1].start in self.said else None


def _match(pattern: re.Pattern[str], text: str) -> _Measure | None:
    """Find the first measure of which words stand in a text."""
    match = pattern.search(text)
    return _BY_NAME[str(match.lastgroup)] if match else None


def _shifted(span: Span, by: int) -> Span:
    """Move a span."""
    return span[0] + by, span[1] + by


# The rules, in the order in which they are tried; each gives the measure and where its words stand in the paragraph.


def _intended(of: _Sentence, number: _Number) -> _Said | None:
    """Read what was meant, not done: 'a quota of 500', '48,000 of whom were to be executed'."""
    if before := _INTENT_BEFORE.search(of.before(number)):
        return _Said(_INTENDED, "meant, before", _shifted(before.span(), of.span[0]))
    if after := _INTENT_AFTER.search(of.after(number)):
        return _Said(_INTENDED, "meant, after", _shifted(after.span("said"), number.end))
    if around := _INTENT_AROUND.search(of.before(number)):
        return _Said(_INTENDED, "meant, in the sentence", _shifted(around.span(1), of.span[0]))
    return None


_COUNTED = re.compile(
    r"^(?: \(\w+\))?(?:[ -](?:of |the |these |those |total |number |known |other |all )*"
    rf"(?:(?!{_LINKS}\b)[\w’'-]+ ){{0,3}}?)(?P<noun>{_ALL_NOUNS})\b(?P<also>,? (?:and|or) (?:{_ALL_NOUNS})\b)?",
    re.IGNORECASE,
)


def _counted_noun(of: _Sentence, number: _Number) -> _Said | None:
    """Read '143,810 arrests', 'three negative votes', 'more than half the total of known executions'."""
    words = _COUNTED.match(of.after(number))
    if words is None or number.figure.unit == "times" or (_ROLES.fullmatch(words["noun"]) and _done_to(of, number)):
        return None
    found, also = _match(_NOUN, words["noun"]), _match(_NOUN, words["also"] or "")
    if found is None or (found.measure in _THINGS_COUNTED and of.before(number).endswith("the ")):
        return None
    measure = found if also in (None, found) else _MANY_FATES
    return _Said(measure, "noun counted", _shifted(words.span("noun"), number.end))


def _done_by(of: _Sentence, number: _Number) -> _Said | None:
    """Read the verb directly before: 'executed 3,932 persons', 'condemned to execution some 40,000'."""
    before, after = of.before(number), of.after(number)
    verb = next((m for m in _DONE.finditer(before) if re.fullmatch(r"[ \"“(]*(?:the )?", before[m.end() :])), None)
    if verb is None or _THINGS.match(after) or re.match(rf"^ {_BE} ", after):
        return None
    if re.search(rf"\b(?:{_BE}|those|of) {_ADVERBS}$", before[: verb.start()]):
        return None
    return _Said(_BY_NAME[str(verb.lastgroup)], "verb before", _shifted(verb.span(), of.span[0]))


def _done_to(of: _Sentence, number: _Number) -> _Said | None:
    """Read what befell them, in the same clause: '400,000 people were expelled', '1,500 died in prisons'."""
    after = of.after(number)
    passive = (_SUFFERED.match(after, match.end()) for match in _WITH_BE.finditer(after))
    said = min([*filter(None, passive), *_DIED.finditer(after)], key=lambda each: each.start(), default=None)
    if said is None or (number.base and not re.match(r"^[^,;.]*\bwho\b", after)) or _THINGS.match(after):
        return None
    between, measure = after[: said.start()], _match(_SUFFERED, said[0])
    if measure is None or len(between.split()) > FARTHEST_VERB or re.search(r", (?:and|or) [A-Z]", between):
        return None
    return _Said(measure, "verb behind", _shifted(said.span(), number.end))


def _participle(of: _Sentence, number: _Number) -> _Said | None:
    """Read '669,929 people arrested', '376,202 executed'."""
    after = of.after(number)
    match = _BEFORE_PARTICIPLE.match(after)
    said = _SUFFERED.match(after, match.end()) if match else None
    if said is None or _THINGS.match(after):
        return None
    return _Said(_BY_NAME[str(said.lastgroup)], "participle behind", _shifted(said.span(), number.end))


def _at_trial(of: _Sentence, number: _Number) -> _Said | None:
    """Read 'the first trial was of 16 members', 'the trial involved 17 figures'."""
    match = re.search(r"\b(trials?)\b[^.;:]*\b(?:was of|were of|of|involved|included) $", of.before(number))
    return _Said(_BY_NAME["accused"], "at a trial", _shifted(match.span(1), of.span[0])) if match else None


def _death_of(of: _Sentence, number: _Number) -> _Said | None:
    """Read 'the death of many thousands', 'the arrest of 200 engineers'."""
    match = _NOUN_OF.search(of.before(number))
    measure = match and (_match(_NOUN, f"{match['noun'].rstrip('s')}s") or _match(_NOUN, match["noun"]))
    if not match or not measure or _ROLES.fullmatch(match["noun"]) or _THINGS.match(of.after(number)):
        return None
    return _Said(measure, "noun before", _shifted(match.span("noun"), of.span[0]))


def _who_they_are(of: _Sentence, number: _Number) -> _Said | None:
    """Read 'the eight in the Tukhachevsky group'."""
    match = re.match(r"^ in the (?:[\w’'-]+ ){0,3}(group)\b", of.after(number))
    return _Said(_BY_NAME["members"], "in a group", _shifted(match.span(1), number.end)) if match else None


def _listed(of: _Sentence, number: _Number) -> _Said | None:
    """Read an item of a list as the items before it: 'removed three of five marshals, 13 of 15 army commanders'."""
    previous = of.previous(number)
    if previous is None or _THINGS.match(of.after(number)):
        return None
    said, between = of.said[previous.start], of.text[previous.end : number.start]
    if _KNOWN.search(between) or _OF_THESE.match(of.after(number)):
        return said._replace(rule="as the number before")
    outside = re.sub(r"\([^()]*\)", "", between)
    if said.rule in _LISTING and _NEXT_ITEM.search(outside) and not _NEW_CLAUSE.search(outside):
        return said._replace(rule="item of a list")
    return None


def _estimated(of: _Sentence, number: _Number) -> _Said | None:
    """Read 'the best estimate of deaths is 5,000 to 6,000'."""
    before = of.before(number)
    small = re.fullmatch(_SPELT, number.figure.text, re.IGNORECASE)
    if small or not _TOTALLED.search(before) or _THINGS.match(of.after(number)):
        return None
    words = [
        word
        for pattern in (_NOUN, _FATED)
        for word in pattern.finditer(before)
        if not _ROLES.fullmatch(word[0]) and before[word.start() - 1 : word.start()] != "-"
    ]
    word = max(words, key=lambda each: each.start(), default=None)
    measure = word and (_match(_NOUN, word[0]) or _match(_SUFFERED, word[0]))
    return _Said(measure, "estimated", _shifted(word.span(), of.span[0])) if word and measure else None


FARTHEST_VERB = 14  # words between a number and its verb
_THINGS_COUNTED = ("trials", "commissions", "reports")  # 'the three trials' were counted before
_WITH_BE = re.compile(rf"\b{_BE} {_ADVERBS}")
_DIED = re.compile(rf"\b(?:{_DIES})\b")
_FATED = re.compile(r"\b(?:executed|arrested|killed|deported|expelled|shot)\b")
_BEFORE_PARTICIPLE = re.compile(
    rf"^(?: (?!(?:{_BE}|and|or|but|who|to)\b)[\w’'-]+){{0,4}}? (?=(?:{_ALL_SUFFERED})\b)", re.IGNORECASE
)
_NOUN_OF = re.compile(rf"\b(?P<noun>{_ALL_NOUNS}|death|arrest|execution|murder|deportation|expulsion|killing) of $")
_RULES: tuple[Callable[[_Sentence, _Number], _Said | None], ...] = (
    _intended,
    _done_by,
    _at_trial,
    _counted_noun,
    _done_to,
    _participle,
    _death_of,
    _who_they_are,
    _listed,
    _estimated,
)


# ---------------------------------------------------------------- figures


def _figures(paragraph: _Paragraph) -> Iterator[_Finding]:
    """Find the counts of a paragraph that have a measure."""
    dates = _dates(paragraph.text)
    blotted = _blotted(paragraph.text, dates)
    numbers = _numbers(blotted)
    for span in paragraph.sentences:
        of = _Sentence(paragraph, span, blotted, [n for n in numbers if span[0] <= n.start < span[1]])
        for number in of.numbers:
            if said := next((found for rule in _RULES if (found := rule(of, number))), None):
                of.said[number.start] = said
                yield _figure(of, number, said, dates)
    yield from _durations(paragraph)


_DURATION = re.compile(
    rf"\b(?:for|after|lasted|took) (?P<text>(?:{_QUALIFIER} )*{_AMOUNT}(?: to {_AMOUNT})?)"
    r" (?P<unit>minutes|hours|days|weeks|months)\b",
    re.IGNORECASE,
)
_TERM = re.compile(r"\b(?:sentenced|condemned|exiled|imprisoned|jailed|aged)\b[^.;]*$")  # a sentence, told by its case


def _durations(paragraph: _Paragraph) -> Iterator[_Finding]:
    """Find how long things lasted: 'held out for three months', 'after 18 hours of interrogation'."""
    for match in _DURATION.finditer(paragraph.text):
        if _TERM.search(paragraph.text[max(0, match.start() - NEAR) : match.start()]):
            continue
        try:
            Figure.parse(match["text"])
        except BadValue:
            continue
        before = re.split(r"[.;(] |, ", paragraph.text[max(0, match.start() - NEAR) : match.start()])[-1]
        cells = {
            "measure": "duration",
            "text": match["text"],
            "unit": match["unit"].casefold(),
            "what": _words_of(before),
        }
        yield _Finding(paragraph, cells, "figure, how long", [match.span("text"), match.span("unit")], match.end())


def _figure(of: _Sentence, number: _Number, said: _Said, dates: Sequence[_Date]) -> _Finding:
    """Make the finding of one figure."""
    paragraph, figure = of.paragraph, number.figure
    when = _period(of, number, dates)
    cells = {
        "measure": said.measure.measure,
        "text": paragraph.text[number.start : number.end],
        "unit": figure.unit or _rate(of, number, said),
        "what": _what(of, number, said),
        "period": when.text if when else "",
        "hedge": _doubt(of, number, said),
    }
    stretches = [(number.start, number.end), said.carrying, *([(when.start, when.end)] if when else [])]
    return _Finding(paragraph, cells, f"figure, {said.rule}", stretches, number.end)


def _rate(of: _Sentence, number: _Number, said: _Said) -> str:
    """Give the unit, which is of persons a day where a rate is told."""
    rate = _RATE.match(of.after(number)) if said.measure.unit == "persons" else None
    return _RATES[rate[1]] if rate else said.measure.unit


def _what(of: _Sentence, number: _Number, said: _Said) -> str:
    """Say in a few words of the text what is counted."""
    text = of.paragraph.text
    end = said.carrying[1] if said.carrying[0] >= number.end else number.end + len(of.after(number))
    words = re.split(r"[;(]|, | – ", text[number.end : max(end, number.end)])[0]
    return (
        _words_of(words) or _words_of(re.sub(r"^[^\d]*\d[\d,.]*", "", words)) or _words_of(text[slice(*said.carrying)])
    )


def _doubt(of: _Sentence, number: _Number, said: _Said) -> str:
    """Name the words of doubt that concern a number: its own 'about', else the nearest around it."""
    start, end = _clause(of, number, said)
    own = re.match("about|around|approximately|perhaps", number.figure.text, re.IGNORECASE)
    return own[0] if own else _hedge(of.paragraph.text[start:end], number.start - start)


def _clause(of: _Sentence, number: _Number, said: _Said) -> Span:
    """Give the stretch around a number in which words of doubt concern it."""
    before = re.split(r"[;(]|, | and that ", of.before(number))[-1]
    behind = max(number.end, said.carrying[1])
    rest = re.split(r"[;.:()]|, | – ", of.text[behind : of.span[1]])[0]
    return min(number.start - len(before), said.carrying[0]), behind + len(rest)


_TURNS = re.compile(
    r"[;()]|, (?:but|while|whereas|although|the majority|most)\b|\b(?:discovered|found|published|said|reported|revealed"
    r"|uncovered|announced|opened|founded|issued|released in|wrote)\b"
)


def _period(of: _Sentence, number: _Number, dates: Sequence[_Date]) -> _Date | None:
    """Find the date of the sentence that governs a number: one in its own clause behind it, else the nearest."""
    text = of.paragraph.text
    there = [
        date
        for date in dates
        if of.span[0] <= date.start < of.span[1]
        and not _OF_ANOTHER.search(text[max(0, date.start - NEAR) : date.start])
        and not _is_adjective(text, date)
    ]
    before = [date for date in there if date.end <= number.start and _governs(of.text[date.end : number.start])][-1:]
    behind = [date for date in there if date.start >= number.end and _follows(of, number, date)][:1]
    if behind and not re.search(r"[,()]", of.text[number.end : behind[0].start]):
        return behind[0]
    return min(before + behind, key=lambda date: max(number.start - date.end, date.start - number.end), default=None)


def _governs(between: str) -> bool:
    """Say whether a date governs what follows: it is not shut up in brackets, and dates no report."""
    open_ = re.sub(r"\([^()]*\)", "", between)
    return ")" not in open_ and not re.search(r"\b(?:issued|published|reported|released|revealed|announced)\b", open_)


def _follows(of: _Sentence, number: _Number, date: _Date) -> bool:
    """Say whether a date behind a number belongs to it: no other number and no turn of the sentence comes between."""
    between = re.sub(r"\([^()]*\)", "", of.text[number.end : date.start])
    others = any(number.end <= n.start < date.start for n in of.numbers)
    opened = re.match(r"^ \((?:who|which|they) [^()]*$", between)
    return not others and (opened is not None or not _TURNS.search(between))


# ---------------------------------------------------------------- persons


def _table(*lines: str) -> frozenset[str]:
    """Read lines of words into a set of folded words."""
    return frozenset(fold(word) for line in lines for word in line.split())


# Given names, in the spellings of English texts; their Latin keys are compared, so that Sergey is Sergei too.
_GIVEN = frozenset(
    latin(name)
    for name in _table(
        "Abram Ada Adam Adolf Agnes Aino Akmal Alan Alastair Albert Alberto Alec Aleksandr Aleksandra Aleksei",
        "Alexander Alexandra Alexei Alfred Alice Allen Amy Anastas Anastasia Anatoly Andrei Andrej Andrew André",
        "Angela Anita Ann Anna Anne Annie Anthony Anton Antonina Antonio Arch Arkady Aron Arthur Artur Astrid",
        "August Avel Barbara Barry Beatrice Ben Benjamin Bernard Bertram Betty Bill Bob Boris Brenda Brian Bruno",
        "Béla Carl Carlos Caroline Catherine Cecil Celia Charles Chris Christian Christopher Clara Claude Clement",
        "Colin Corey Craig Cyril Daniel Daria David Deborah Denis Dennis Derek Diana Diego Dieter Dmitri Dmitry",
        "Dominique Donald Dora Douglas Duncan Dylan Edgar Edith Edmund Eduardo Edward Edwin Ekaterina Eleanor Elena",
        "Elizabeth Ella Emil Emilio Emily Emma Emmanuel Eric Erich Erika Ernest Ernst Erwin Ethel Eugene Eugenia",
        "Eva Evgeny Fadei Faina Fedor Feliks Felix Fernando Fitzroy Florence Francis Francisco Frank Franz François",
        "Fred Friedrich Fritz Fyodor Gabriel Galina Gareth Gary Gavril Gennady Genrikh Genrykh Geoffrey Georg",
        "George Georges Georgi Georgy Gerald Gerhard Gertrude Gilbert Giovanni Giuseppe Gleb Gordon Grace Graham",
        "Greta Grigori Grigory Gustav Guy Günter Hannah Hans Harold Harriet Harry Heinrich Heinz Helen Henri Henry",
        "Herbert Herman Hermann Hilda Hiroaki Horst Howard Hugh Hugo Ian Ida Ignat Igor Ilia Ilya Inga Ingrid Ion",
        "Iona Ira Irene Irina Isaac Isaak Isaiah Israel Ivan Ivor Jack Jacob Jakob James Jan Jane Janet Janina",
        "Janis Jaroslav Jay Jean Jeffrey Jennifer Jeremy Jerry Jerzy Jessica Jill Jim Joan Joe Joel Johann John",
        "Jonas Jonathan Jorge Josef Joseph José Jozef Juan Judith Julia Julius Jörg Jürgen Karen Karl Kate",
        "Katherine Kazimir Keith Kenneth Kevin Kirill Klas Klaus Klim Kliment Konrad Konstantin Kurt Kārlis Larissa",
        "Larry Laura Lavrentiy Lavrenty Lawrence Lazar Lena Leo Leon Leonard Leonid Leopold Leslie Lev Lewis Lidia",
        "Lily Linda Lion Lisa Lothar Louis Luca Lucia Lucy Ludwig Luis Lydia Lyudmila Magda Maksim Malcolm Manuel",
        "Marc Marcel Marek Margaret Margarita Maria Marian Marie Marina Mario Marion Mark Marlene Martemyan Martha",
        "Martin Mary Matthew Mattias Matvei Maurice Max Maxim Melanie Michael Michel Miguel Mike Mikhail Milan Mira",
        "Miron Monica Mstislav Myra Nadezhda Nadia Nancy Natalia Natalya Natasha Neil Nestor Nicholas Nicolae",
        "Nicolas Nigel Nikita Nikolai Nikolay Nina Norman Oleg Olga Oliver Olivier Orlando Oscar Osip Oskar Otto",
        "Pablo Pamela Panteleimon Paolo Patricia Patrick Paul Paula Pauline Pavel Pedro Percy Peter Petr Philip",
        "Philipp Philippe Pierre Piotr Polina Pyotr Rachel Rafael Raisa Ralph Ramón Raymond Raúl Rebecca Reinhard",
        "René Richard Rita Robert Roberta Robin Rodney Roger Roland Rolf Romain Roman Ronald Ronnie Rosa Rose Roy",
        "Rudolf Rupert Russell Ruth Sally Sam Samuel Sandra Sara Sarah Scott Sean Semen Semyon Sergei Sergey Sergo",
        "Sheila Sidney Sigmund Simon Simone Sofia Solomon Sonia Sophia Stanislav Stanley Stefan Stella Stepan",
        "Stephen Steven Stuart Stéphane Susan Suzanne Svetlana Sylvia Tamara Taras Tatiana Ted Terence Teresa",
        "Theodor Theodore Thomas Tim Timothy Timur Titsian Tobias Tom Tony Ulrich Ursula Vaclav Vadim Valentin",
        "Valentina Valerian Valery Varlam Varvara Vasili Vasilii Vasily Vera Veronica Victor Viktor Viktoria",
        "Vincent Vissarion Vitaly Vivian Vlad Vladimir Vladislav Vlas Vsevolod Vyacheslav Walter Wanda Wendy Werner",
        "Wilhelm Willi William Wolfgang Xavier Yagub Yakov Yan Yegor Yelena Yevgenia Yevgeny Yevhen Yona Yulia Yuri",
        "Yury Zbigniew Zinaida Zinovy Zoya",
    )
)
# Words before a name that belong to an office; they show that a person is named, and are no part of the name.
_TITLES = _table(
    "Marshal General Colonel Major Captain Lieutenant Sergeant Admiral Komkor Komdiv Kombrig Komandarm Flagman",
    "Commissar Ambassador Consul President Premier Senator Judge Justice Professor Dr Doctor Mr Mrs Miss Ms Sir Lord",
    "Lady Viscount Count Baron Prince Princess King Queen Tsar Emperor Comrade Father Bishop Archbishop Metropolitan",
    "Patriarch Rabbi Agent Inspector Officer Academician Chancellor Commander Chairman Minister Secretary Director",
    "Prosecutor Historian Writer Poet Novelist Philosopher Journalist Composer Actor Actress Army Special Deputy",
    "Chief",
)
_TITLE_ONLY_WITH = _table("Army Special Deputy Chief")  # titles only where another title follows
_OCCUPATION = (
    "poet|writer|novelist|playwright|journalist|author|historian|scholar|philosopher|economist|engineer|scientist|physicist"
    "|biologist|geneticist|astronomer|actor|actress|director|composer|singer|painter|artist|architect|lawyer|prosecutor"
    "|judge|investigator|interrogator|agent|commander|leader|chief|head|secretary|diplomat|ambassador|consul|politician"
    "|revolutionary|premier|president|chairman|minister|commissar|dictator|critic|translator|teacher|educator|priest"
    "|bishop|linguist|statesman|general|marshal|admiral"
)
_KIN = "wife|husband|son|daughter|brother|sister|widow|father|mother|friend"
_BEFORE_PERSON = re.compile(
    rf"\b(?:(?P<is>(?:ex-)?(?:{_OCCUPATION}))|{_KIN}),? (?:named |called )?(?:(?-i:[A-Z])[a-z]+ )?$", re.IGNORECASE
)
_OWNED = (
    "wife|husband|sons?|daughters?|family|mother|father|brothers?|sisters?|widow|relatives|friends?|death|murder"
    "|assassination|arrest|execution|suicide|confessions?|testimony|letters?|speech|orders?|regime|associates|paranoia|name"
    "|career|rule|reign|memoirs|birth|children|followers|supporters|successor|predecessor|time|interrogators?|admonition"
    "|remarks?|words|interpretation|lists?|closest|apartment|novel|poems?|appointment|dismissal|removal|trial"
)
_AFTER_PERSON = re.compile(
    rf"^\)?(?:['’]s? (?:[a-z]+ ){{0,2}}(?:{_OWNED})\b"
    r"|,? (?:was|were) (?:\w+ly |also |then |later |again )?(?:arrested|shot|executed|born|tried"
    r"|expelled from the party|sentenced|murdered|assassinated|exiled|rehabilitated|imprisoned|tortured|acquitted)\b"
    r"|,? (?:himself|herself)\b|,? (?:testified|confessed|pleaded|pled|wrote to|recalled|committed suicide|shot himself"
    r"|argues|argued that|claims that)\b)"
)
_BODIES = _table(
    "Academy Act Administration Affair Affairs Age Agency Alliance Amendment Archive Archives Army Article Assembly",
    "Association Authority Bank Bill Bloc Board Brigade Bureau Cabinet Camp Camps Canal Cathedral Cemetery Center",
    "Centre Chairmanship Chancellery Church City Civilization Club Code College Collegium Comintern Command",
    "Commissariat Commission Committee Communism Company Conference Congress Constitution Corps Council County Court",
    "Crimes Cross Day Decree Department Depression Directorate District Division Eastern Embassy Empire Epigram Era",
    "Factory Famine Federation Field First Foundation Front Fund Government Great Group Guard Guardian Gulag",
    "Historical Home Hospital Hotel House Institute International Island Islands Kolkhoz Kremlin Law League Legion",
    "Library Line Main Ministry Monastery Monument Mountains Movement Museum Navy New News Night Northern Oblast",
    "Office Old Operation Operations Opposition Order Orders Organisation Organization Pact Palace Parliament Parties",
    "Party Peace Penal People Plan Plant Plenum Poets Police Politburo Port Post Powers Pravda Presidium Press Prison",
    "Process Program Province Purge Purges Railway Red Regiment Region Report Republic Republics Resolution",
    "Revolution River Rouge School Sea Second Secretariat Section Security Senate Service Society Southern Soviet",
    "Soviets Speech Square Staff Star State States Station Street Studies Supreme Terror Thaw Theater Theatre Theory",
    "Third Times Tower Treaty Trial Trials Tribunal Troika Union Unions University Uprising Volume War Wars Western",
    "White Worker Works World Young",
)
_DEMONYM = re.compile(
    r"^(?:[A-Z]\w+(?:ian|ians|ese|ish|ists?|ites?|isms?)|Soviets?|Bolsheviks?|Mensheviks?|Germans?|Poles?|Greeks?|French"
    r"|Dutch|Turks?|Turkish|Czechs?|Finns?|Latvians?|Jews?|Jewish|Tsarists?|Nazis?|Koreans?|Americans?|Mexicans?|Kulaks?"
    r"|Africans?|Europeans?|Christians?|Muslims?|Catholics?|Orthodox|Communists?|Marx-Engels|Stalin-era|anti-.*|pro-.*)$"
)
_PLACES = _table(
    "Afghanistan Alaska Albania Algeria America Amsterdam Ankara Arkhangelsk Armenia Asia Athens Austria Azerbaijan",
    "Baku Bator Belarus Belgium Belgrade Belgravia Berlin Bessarabia Britain Brussels Bucharest Budapest Bulgaria",
    "Butovo Butyrka Bykivnia California Cambridge Canada Caucasus Chechnya Cherdyn Chicago China Copenhagen Crimea",
    "Cuba Czechoslovakia Denmark Donbass Donetsk Egypt England Estonia Europe Finland France Galicia Geneva Georgia",
    "Germany Gorky Greece Havana Helsinki Hungary India Iran Iraq Ireland Irkutsk Israel Istanbul Italy Japan",
    "Jerusalem Karelia Katyn Kazakhstan Kazan Kharkiv Kharkov Kiev Kirghizia Kolyma Komi Korea Kronstadt Kuban",
    "Kurapaty Kyiv Kyrgyzstan Latvia Lefortovo Leningrad Lisbon Lithuania London Lubyanka Lviv Madrid Magadan",
    "Manchuria Mexico Minsk Moldavia Moldova Mongolia Moscow Munich Murmansk Norway Novosibirsk Odessa Omsk Oslo",
    "Ottawa Oxford Palestine Paris Perm Persia Petersburg Petrograd Poland Portugal Prague Riga Romania Rome Rostov",
    "Russia Samara Sandarmokh Saratov Scherbinka Scotland Serbia Siberia Sinkiang Smolensk Solovki Spain Stalingrad",
    "Stalino Stockholm Sverdlovsk Sweden Switzerland Tajikistan Tallinn Tambov Tashkent Tbilisi Tiflis Tokyo Tomsk",
    "Turkestan Turkey Turkmenistan Ufa Ukraine Ulan Urals Uzbekistan Vienna Vilnius Vinnytsia Vladivostok Volga",
    "Vorkuta Voronezh Vyborg Warsaw Washington Xinjiang Yakutia Yugoslavia Zurich",
)
_COMMON = _table(
    "The A An In On At By To Of For From With After Before During Since Until When While Where As If But And Or Nor",
    "Yet So This That These Those It Its He She They His Her Their We I You My Our Your Some Many Most Few Several",
    "All Both Each Every No Not None One Two Three Four Five Six Seven Eight Nine Ten Another Other Others Such Same",
    "Only Also Even Although Though However Nevertheless Moreover Thus Hence Therefore Because Whether Despite",
    "Following According Among Between Under Over Once Here There Then Now Later Soon Eventually Finally Initially",
    "January February March April May June July August September October November December Monday Tuesday Wednesday",
    "Thursday Friday Saturday Sunday Who What Which Why How Isn Don Article Chapter Page Section Historians Scholars",
    "Communist Fascist",
)
_SURNAME_END = re.compile(
    r"(?:ov|ev|yov|in|yn|sky|ski|skii|skaya|ova|eva|ina|enko|chuk|yuk|vich|ich|ian|yan|shvili|dze|adze|uk|ak|ert|er|mann?|son"
    r"|stein|berg)$"
)
# A word that ends so names a thing, whatever its capitals.
_THING_END = re.compile(r"(?:sion|tion|ment|ance|ence|ism|ship|hood|ness|ings)$")
_INITIALS = r"(?:[A-ZÀ-Þ]\. ?){1,3}"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][^\W\d_]*(?:['’ʹ][^\W\d_]{2,})?(?:-[^\W\d_]+(?:['’][^\W\d_]{2,})?)*"
_NAME_WORD = rf"(?:{_INITIALS}|{_CAPITAL})"
_RUN = re.compile(
    rf"(?<![\w'’-]){_NAME_WORD}(?:(?<=[. ]){_NAME_WORD}| (?:{_NAME_WORD}|(?:de|von|van|der|du|the)(?= [A-Z])))*"
)
_CITED = re.compile(rf"\(([^()]*\b{_YEAR}[a-z]?(?:;[^()]*)?)\)")
_CITED_NAME = re.compile(rf"([A-ZÀ-Þ][\w’'-]+)(?: (?:and|&) ([A-ZÀ-Þ][\w’'-]+))?(?: et al\.)?,? {_YEAR}")


@dataclass
class _Mention:
    """A name as it stands in a text, and what shows that a person bears it."""

    paragraph: _Paragraph
    start: int
    end: int
    words: tuple[str, ...]
    shown_by: str = ""
    occupation: str = ""
    shared: Span | None = None  # where the surname stands that it has in common with the next ('Ada and Ben Smith')

    @property
    def stretches(self) -> list[Span]:
        """Give the places of its words."""
        return [(self.start, self.end), *([self.shared] if self.shared else [])]

    @property
    def text(self) -> str:
        """Give the name as written."""
        return " ".join(self.paragraph.text[a:b] for a, b in self.stretches)

    @property
    def surname(self) -> str:
        """Give the key of the last word."""
        return latin(self.words[-1])


@dataclass
class _Bearer:
    """A person with all mentions that may be theirs, the fullest name first found."""

    mentions: list[_Mention]

    @property
    def fullest(self) -> _Mention:
        """Choose the mention with the most words, the earliest of them."""
        return max(self.mentions, key=lambda each: len(each.words))


def _persons(paragraphs: Sequence[_Paragraph], rows: _Rows) -> tuple[list[Row], list[Row]]:
    """Find the persons a text names, and their further spellings."""
    small = {word for each in paragraphs for word in re.findall(r"(?<![\w'’-])[a-zà-ÿ]+", each.text)}
    mentions = [mention for each in paragraphs for mention in _mentions(each, small)]
    _show_by_list(mentions)
    bearers = _gathered(mentions)
    _join_surnames(bearers, mentions)
    persons: list[Row] = []
    names: list[Row] = []
    for bearer in sorted(bearers, key=lambda each: (each.fullest.paragraph.number, each.fullest.start)):
        fullest = bearer.fullest
        finding = _Finding(
            fullest.paragraph,
            {"name": fullest.text, "named": "true", "occupation": fullest.occupation},
            f"person, {fullest.shown_by}",
            fullest.stretches,
        )
        for row in rows.given("p", [finding]):
            persons.append(row)
            names += rows.given("n", _spellings(bearer, row["id"]))
    return persons, names


def _spellings(bearer: _Bearer, person: str) -> Iterator[_Finding]:
    """List the spellings that hold a word the person's own name has not, each where it first stands."""
    known = set(bearer.fullest.words)
    for mention in bearer.mentions:
        if not set(mention.words) <= known and mention.text != bearer.fullest.text:
            known |= set(mention.words)
            cells = {"person": person, "text": mention.text, "kind": "as_written", "script": script(mention.text) or ""}
            yield _Finding(mention.paragraph, cells, "further spelling", mention.stretches)


def _mentions(paragraph: _Paragraph, small: set[str]) -> Iterator[_Mention]:
    """List the names of a paragraph that may be persons'; those that are shown to be say by what."""
    found = [mention for match in _RUN.finditer(paragraph.text) if (mention := _trimmed(paragraph, match, small))]
    for mention, following in zip_longest(found, found[1:]):
        if following and _shares_surname(mention, following):
            mention.shared = (following.end - len(following.text.split()[-1]), following.end)
            mention.words = (*mention.words, following.words[-1])
        yield _shown(mention)
    for brackets in _CITED.finditer(paragraph.text):
        for name in _CITED_NAME.finditer(brackets[1]):
            yield from _cited(paragraph, brackets.start(1), name)


def _shares_surname(mention: _Mention, following: _Mention) -> bool:
    """Say whether a given name stands before another person of the same surname: 'Ada and Ben Smith'."""
    between = mention.paragraph.text[mention.end : following.start]
    given = len(mention.words) == 1 and latin(mention.words[0]) in _GIVEN
    return given and between == " and " and len(following.words) > 1 and latin(following.words[0]) in _GIVEN


def _cited(paragraph: _Paragraph, by: int, name: re.Match[str]) -> Iterator[_Mention]:
    """Give the authors of a citation by author and date."""
    for group in (1, 2):
        if name[group] and (word := fold(name[group])) not in _COMMON | _BODIES | _PLACES:
            yield _Mention(paragraph, *_shifted(name.span(group), by), (word,), "author and date")


def _trimmed(paragraph: _Paragraph, match: re.Match[str], small: set[str]) -> _Mention | None:
    """Take titles, nationalities and sentences' first words off a run of capitals; None where no name is left."""
    words = [(m.start() + match.start(), m[0].rstrip()) for m in re.finditer(r"(?:[A-ZÀ-Þ]\. ?)+|\S+", match[0])]
    titles = []
    while words and (why := _no_name(words, paragraph.text, small)):
        titles += [words[0][1].casefold()] if why == "title" else []
        words.pop(0)
    if not words or not _may_name([word for _, word in words], small):
        return None
    folded = tuple(part for _, word in words for part in fold(word).split())
    start, end = words[0][0], words[-1][0] + len(words[-1][1])
    return _Mention(paragraph, start, end, folded, "title" if titles else "", " ".join(titles))


def _may_name(words: list[str], small: set[str]) -> bool:
    """Say whether words may be a person's name: no body, place, people or ordinary word."""
    folded, given = [fold(word) for word in words], _is_given(words[0])
    if len(words) > 4 or len(words[-1]) < 2 or "." in words[-1] or any(re.fullmatch(r"[A-Z]{2,}s?", w) for w in words):
        return False
    if "the" in words:
        return given and len(words) == 3
    if any(word in _BODIES | _COMMON for word in folded) or all(word in _PLACES for word in folded):
        return False
    if len(words) == 1 and (words[0].casefold() in small or folded[0] in _TITLES or _THING_END.search(folded[0])):
        return False
    return given or not _DEMONYM.match(words[-1])


def _is_given(word: str) -> bool:
    """Say whether a word is a given name of the table."""
    return latin(word.partition("-")[0]) in _GIVEN


def _no_name(words: list[tuple[int, str]], text: str, small: set[str]) -> str:
    """Say why the first word of a run is no part of a name: a title, a nationality, an ordinary word; else nothing."""
    start, word = words[0]
    folded, following = fold(word), words[1][1] if len(words) > 1 else ""
    if folded in _TITLES and following and (folded not in _TITLE_ONLY_WITH or fold(following) in _TITLES):
        return "title"
    if following and folded in _BODIES | _PLACES and (_is_given(following) or "." in following):
        return "body or place before"
    begins = re.search(r"(?:^|[.!?:…][)”’\"']?\s|[\"“‘(\[]|[-–•*] )$", text[max(0, start - 4) : start]) is not None
    if folded in _COMMON or (begins and word.casefold() in small) or re.fullmatch(r"[A-Z]{2,}s?", word):
        return "ordinary word"
    return "nationality" if following and _DEMONYM.match(word) and not _is_given(word) else ""


def _shown(mention: _Mention) -> _Mention:
    """Look for what shows that a mention is a person's."""
    text = mention.paragraph.text
    before, after = text[max(0, mention.start - 60) : mention.start], text[mention.end : mention.end + 60]
    if len(mention.words) > 1 and _is_given(mention.words[0]):
        mention.shown_by = mention.shown_by or "given name"
    elif re.match(r"(?:[A-ZÀ-Þ]\. ?)+\S{2}", mention.text):
        mention.shown_by = mention.shown_by or "initials"
    if occupied := _BEFORE_PERSON.search(before):
        mention.occupation = mention.occupation or (occupied["is"] or "").casefold()
        mention.shown_by = mention.shown_by or "occupation or kin before"
    if not mention.shown_by and _AFTER_PERSON.match(after):
        mention.shown_by = "what is told of them"
    return mention


def _show_by_list(mentions: list[_Mention]) -> None:
    """Show the names of a list to be persons' where one of them is: 'Suslov, Furtseva, and Rudenko'."""
    known = {key for each in mentions if each.shown_by for key in (each.surname,)}
    for chain in _chains(mentions):
        shown = [each for each in chain if each.shown_by or each.surname in known]
        for mention in chain if shown else []:
            known.add(mention.surname)
            if not mention.shown_by and (
                len(chain) > 2 or len(mention.words) > 1 or _SURNAME_END.search(mention.words[-1])
            ):
                mention.shown_by = "in a list of persons"


def _chains(mentions: Sequence[_Mention]) -> Iterator[list[_Mention]]:
    """List the runs of two or more mentions that have nothing but commas and 'and' between them."""
    chain: list[_Mention] = []
    for mention in sorted(mentions, key=lambda each: (each.paragraph.number, each.start)):
        last = chain[-1] if chain else None
        joined = last is not None and last.paragraph is mention.paragraph
        if (
            joined
            and last
            and re.fullmatch(r"(?:, |,? and )(?:[A-Z][a-z]+ )?", mention.paragraph.text[last.end : mention.start])
        ):
            chain.append(mention)
            continue
        if len(chain) > 1:
            yield chain
        chain = [mention]
    if len(chain) > 1:
        yield chain


def _gathered(mentions: Sequence[_Mention]) -> list[_Bearer]:
    """Make persons of the mentions of several words, those of one surname and agreeing given names being one."""
    bearers: list[_Bearer] = []
    for mention in mentions:
        if not mention.shown_by or len(mention.words) < 2:
            continue
        for bearer in bearers:
            if any(_agree(mention.words, other.words) for other in bearer.mentions):
                bearer.mentions.append(mention)
                break
        else:
            bearers.append(_Bearer([mention]))
    return bearers


def _agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether two full names may be one person's: equal surnames, and given names or initials that agree."""
    if latin(one[-1]) != latin(other[-1]):
        return False
    firsts = [latin(one[0]), latin(other[0])]
    return bool(set(map(latin, one[:-1])) & set(map(latin, other[:-1]))) or (
        min(map(len, firsts)) == 1 and firsts[0][:1] == firsts[1][:1]
    )


def _join_surnames(bearers: list[_Bearer], mentions: Sequence[_Mention]) -> None:
    """Give the other mentions to the one person who bears them; where nobody does, make a person of those shown."""
    by_word: dict[str, list[_Bearer]] = defaultdict(list)
    for bearer in bearers:
        first = latin(bearer.fullest.words[0])
        for key in {bearer.fullest.surname} | ({first} - _GIVEN):
            by_word[key].append(bearer)
    for mention in mentions:
        if len(mention.words) > 1:
            fits = [each for each in bearers if not mention.shown_by and _agree(mention.words, each.fullest.words)]
            if len(fits) == 1:
                fits[0].mentions.append(mention)
            continue
        owners = by_word.get(mention.surname, [])
        if len(owners) == 1:
            owners[0].mentions.append(mention)
        elif not owners and mention.shown_by:
            by_word[mention.surname].append(_Bearer([mention]))
            bearers.append(by_word[mention.surname][0])


# ---------------------------------------------------------------- events


class _Deed(NamedTuple):
    """A kind of event, and the verbs that tell of it."""

    kind: str
    verbs: str


_DEEDS = (
    _Deed("arrest", "arrested|detained"),
    _Deed("execution", "shot|executed|hanged|put to death"),
    _Deed("murder", "murdered|killed"),
    _Deed("assassination", "assassinated"),
    _Deed("suicide", "shot himself|shot herself|committed suicide|killed himself|killed herself"),
    _Deed("death", "died|perished|passed away"),
    _Deed("discovery", "discovered|unearthed|uncovered|found"),
    _Deed("opening", "opened|unveiled|inaugurated|turned into"),
    _Deed("publication", "published|issued|printed|made public|announced"),
    _Deed("appointment", "appointed|dismissed|relieved|replaced|succeeded|named"),
    _Deed("election", "elected|voted"),
    _Deed("speech", "spoke|delivered|declared|addressed"),
    _Deed("meeting", "met|convened"),
    _Deed("congress", "sat|congress (?:opened|began|met)"),
    _Deed("war", "broke out|invaded|attacked"),
    _Deed(
        "other",
        "signed|founded|established|set up|created|sentenced|condemned|tried|launched|began|started|ended|sent|passed"
        "|ordered|approved|adopted|decreed|cancelled|abolished|expelled|exiled|deported|rehabilitated|released|stopped|wrote"
        "|born|convicted|transferred|moved|fled|left|arrived|seized|occupied",
    ),
)
_DEED = re.compile(r"(?<![\w-])(?:" + "|".join(f"(?P<{each.kind}>{each.verbs})" for each in _DEEDS) + r")\b")
_FULL_DATE = re.compile(_FULL)


def _events(paragraph: _Paragraph) -> Iterator[_Finding]:
    """Find the dated deeds of a paragraph: a full date, and the nearest verb of the table in its clause."""
    for span in paragraph.sentences:
        taken: set[int] = set()
        for date in filter(_is_day, _FULL_DATE.finditer(paragraph.text, *span)):
            deeds = [m for m in _DEED.finditer(paragraph.text, *span) if m.start() not in taken]
            deed = min(deeds, key=lambda each: _apart(paragraph.text, date, each), default=None)
            if deed is not None and _apart(paragraph.text, date, deed) <= FARTHEST:
                taken.add(deed.start())
                yield _event(paragraph, span, date, deed)


def _is_day(date: re.Match[str]) -> bool:
    """Say whether a date is a day of the calendar, and no end of a span of time."""
    before, after = date.string[max(0, date.start() - NEAR) : date.start()], date.string[date.end() : date.end() + NEAR]
    if re.search(r"(?:\b(?:from|between|until|since|to)|[–-]) ?$", before) or re.match(r" ?[–-]| to ", after):
        return False
    try:
        return HistoricalDate.parse(date[0]).first is not None
    except BadValue:
        return False


FARTHEST = 120  # characters between a date and its verb


def _apart(text: str, date: re.Match[str], deed: re.Match[str]) -> int:
    """Measure how far a verb is from a date; one beyond a turn of the sentence is farther than any."""
    first, last = sorted((date.span(), deed.span()))
    between = text[first[1] : last[0]]
    return len(between) + (FARTHEST if re.search(r";|\. |, (?:but|while)\b|\band (?:was|were|had)\b", between) else 0)


def _event(paragraph: _Paragraph, span: Span, date: re.Match[str], deed: re.Match[str]) -> _Finding:
    """Make the finding of one event; its name is the words of the text before the verb, and the verb."""
    subject = _subject(paragraph.text, span[0], date, deed)
    name = _told(paragraph.text, span, date, deed, subject)
    cells = {
        "name": name,
        "kind": str(deed.lastgroup),
        "date": date[0],
        "hedge": _hedge(paragraph.text[span[0] : max(date.end(), deed.end())], deed.start() - span[0]),
    }
    stretches = [date.span(), deed.span(), *([subject] if subject else [])]
    return _Finding(paragraph, cells, "event, full date and verb", stretches, max(date.end(), deed.end()))


def _subject(text: str, start: int, date: re.Match[str], deed: re.Match[str]) -> Span | None:
    """Find the last name before a verb."""
    for match in reversed([*_RUN.finditer(text, start, deed.start())]):
        if fold(match[0]) not in _COMMON and not date.start() <= match.start() < date.end():
            return match.span()
    return None


def _told(text: str, span: Span, date: re.Match[str], deed: re.Match[str], subject: Span | None) -> str:
    """Name an event in a few words of the text: the clause around its verb, without the date."""
    before = text[span[0] : deed.start()].replace(date[0], ";")
    clause = re.sub(r"^\W*(?:for example|however|for instance), ", "", re.split(r"[;()]|: |[-–—] ", before)[-1])
    if re.search(r"\band $", clause):
        clause = text[slice(*subject)] if subject else ""
    behind = re.split(r"[;:()\"“]|[,.](?: |$)", text[deed.start() : span[1]].replace(date[0], ";"))[0]
    words = clause.split()[-(MOST_WORDS - 3) :]
    return _words_of(" ".join([*words, behind])) or deed[0]
