"""A text's notes and bibliography: which note stands behind which passage, and which work each of them cites.

Nothing is guessed. A field that a note does not print is empty, a note whose line is lost is no note, and a short form
that fits no entry, or two, cites nothing; `Notes.problems` says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from terrordb.errors import BadData, BadValue
from terrordb.loading.prose import find_anchor
from terrordb.values.names import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

__all__ = [
    "Citation",
    "Marker",
    "Note",
    "Notes",
    "Reference",
    "Rows",
    "Work",
    "correct",
    "isbn_right",
    "read_notes",
    "read_reference",
]

Rows = dict[str, list[dict[str, str]]]

_LONGEST = 2000  # characters of a reference that are read; what is longer is prose
GAP = "\n"  # what stands where something was taken out of a reference: a border, and no character of a line

# ---------------------------------------------------------------- tables

# Agencies and broadcasters: nobody ends a title with these, so they are known even where only a space precedes them.
_AGENCIES = (
    r"(?:BBC(?: News)?|CNN|NPR|Reuters|Associated Press|AFP|ITAR-TASS|TASS|Interfax|RIA Novosti|UPI|RTÉ News|RFE/RL|"
    r"Radio Free Europe|Al Jazeera|Deutsche Welle|Novaya Gazeta|Time magazine|Newsweek|Der Spiegel|Le Monde)"
)
_PAPERS = (
    r"(?:(?:Daily )?Telegraph|Economist|Guardian|Independent|Observer|Atlantic|(?:Baltic |Moscow |St\.? Petersburg |"
    r"New York |Sunday |Los Angeles |Irish )?Times|Washington Post|Wall Street Journal|Christian Science Monitor|"
    r"Boston Globe|Chicago Tribune)"
)
_OUTLETS = rf"(?:{_AGENCIES}|(?:The )?{_PAPERS}|Pravda|Izvesti[yj]?a|Kommersant|Time|AP)"
# "The … Times" is a newspaper whatever its town.
_NEWSPAPER = (
    r"The (?:[A-Z][\w.'’-]* ){0,3}(?:Times|Post|Herald|Tribune|Chronicle|Gazette|Mail|News|Monitor|Globe|Star|Standard)"
)
# Journals of the field, found even where nothing but a space parts them from a title.
_JOURNALS = (
    r"(?:Europe-Asia Studies|Soviet Studies|Slavic Review|(?:The )?Russian Review|Russian History|Kritika|"
    r"Cahiers du [Mm]onde [Rr]usse|Journal of (?:Contemporary|Modern|Cold War) (?:History|Studies)|"
    r"(?:The )?Slavonic and East European Review|Communist and Post-Communist Studies|"
    r"(?:The )?American Historical Review|Past (?:and|&) Present|National Review|London Review of Books|"
    r"(?:The )?New York Review of Books)"
)
_JOURNAL_WORD = r"\b(?:Studies|Reviews?|Journal|Quarterly|Annals|Bulletin|Magazine|Cahiers|Kritika|Zeitschrift)\b"
# Societies that publish; only these are taken from the end of a title.
_SOCIETIES = r"(?:Memorial|Amnesty International|Human Rights Watch)"
_PUBLISHER_WORD = (
    r"\b(?:Press|[Bb]ooks|Publish(?:ers?|ing)|Publications?|University|Verlag|House|Company|Co\.|Inc\.|Ltd|"
    r"Editions?|Éditions|Archive|Academy|Institute|Institut|Izdatel\w*)(?!\w)"
)
_PUBLISHERS = (
    r"(?:Knopf|Routledge|Penguin|Macmillan|Palgrave(?: Macmillan)?|Praeger|Brill|Springer|Wiley|Norton|Vintage|"
    r"Doubleday|Heinemann|Hutchinson|Faber(?: and Faber)?|Viking|Allen Lane|Harper(?:Collins| and Row| & Row)?|"
    r"Simon (?:and|&) Schuster|Random House|Berghahn|Longman|Blackwell|Sage|ROSSPEN|Nauka|Memorial|Pimlico|Secker)"
)
# Publishers nobody would take for the end of a title.
_PRESSES = (
    r"(?:(?:Yale|Harvard|Oxford|Cambridge|Princeton|Stanford|Cornell|Columbia|Indiana|Michigan State|Duke|Rutgers|"
    r"Manchester|Edinburgh|Northwestern|Johns Hopkins|Central European) University Press|"
    r"University of [A-Z]\w+(?: [A-Z]\w+)? Press|Hoover Institution Press|Basic Books|Allen Lane|Random House|"
    r"Palgrave Macmillan|Alfred A\. Knopf|Simon (?:and|&) Schuster|Routledge|HarperCollins|Doubleday|Knopf|ROSSPEN)"
)
_CITIES = (
    r"(?:Moscow|Leningrad|St\.? Petersburg|Saint Petersburg|Petrograd|Kiev|Kyiv|Kharkiv|Minsk|Riga|Vilnius|Tallinn|"
    r"Tbilisi|Almaty|Warsaw|Prague|Budapest|Berlin|Munich|Frankfurt|Hamburg|Leipzig|Vienna|Zurich|Paris|Rome|Milan|"
    r"Amsterdam|Leiden|Stockholm|Oslo|Helsinki|Copenhagen|London|Oxford|Cambridge|Edinburgh|Manchester|Basingstoke|"
    r"Dublin|New York|Boston|Chicago|Stanford|Princeton|New Haven|Ithaca|Berkeley|Los Angeles|Washington|"
    r"Philadelphia|Toronto|Montreal|Sydney|Tokyo|Beijing|Jerusalem|Tel Aviv|USA|UK|USSR|Russia)"
)
_LANGUAGES = {
    "Russian": "ru", "Ukrainian": "uk", "Belarusian": "be", "Polish": "pl", "German": "de", "French": "fr",
    "English": "en", "Georgian": "ka", "Finnish": "fi", "Latvian": "lv", "Lithuanian": "lt", "Estonian": "et",
    "Chinese": "zh", "Mongolian": "mn", "Italian": "it", "Spanish": "es", "Czech": "cs", "Hungarian": "hu",
}  # fmt: skip
# Letters only one of the languages in Cyrillic has, the surer ones first; without any, the language is not said.
_CYRILLIC = (("uk", "іїєґ"), ("be", "ў"), ("ru", "ыэъё"))

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December|"
    r"Jan\.?|Feb\.?|Mar\.?|Apr\.?|Jun\.?|Jul\.?|Aug\.?|Sept?\.?|Oct\.?|Nov\.?|Dec\.?)"
)
_YEAR = r"(?:1[5-9]|20)\d\d"
_DAY = rf"(?:{_MONTH} \d\d?, {_YEAR}|\d\d? {_MONTH} {_YEAR}|{_MONTH} {_YEAR}|{_YEAR}-\d\d-\d\d)"
_WHEN = rf"(?:{_DAY}|{_YEAR}\s?[–-]\s?{_YEAR}|{_YEAR})"
_WEEKDAY = r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?"
_PAGE = r"(?:\d+|[ivxlc]+)\b"
# A year behind a page ("pp 321-333, 1997") is no page.
_PAGES = rf"{_PAGE}(?:\s?[-–]\s?{_PAGE})?(?:, (?!{_YEAR}\b)\d+(?:\s?[-–]\s?\d+)?\b(?! \w))*"
_AT = r"\b(?i:pages?|pgs?|pp?)\b\.?\s*"

# Whether a note names a work's own pages (of its container) too; else they are only those the note cites.
_RANGE = re.compile(r"\d+\s?[-–]\s?\d+")

# The span that a volume of documents covers.
_COVERED = rf", [^.,\n]*{_YEAR}s?\s?[–-][^.,\n]*{_YEAR}s?"
# "(New York, 1991)", "(London: Example Press, 1991)"; "(August 1937 – November 1938)" is a title's.
_IN_BRACKETS = (
    rf"\((?P<place>(?!{_MONTH})[A-Z][^():,\d]*(?:, [A-Z][\w.]*(?=:))?)"
    rf"(?:: ?(?P<publisher>[^():]+?))?,? (?P<issued>{_YEAR})\)"
)
# What is taken out of a reference first, in this order, wherever it stands: what a pattern calls `v` is the field's
# cell, and other names are fields of their own. A pattern whose field is "" is dropped.
_TAKEN: tuple[tuple[str, str], ...] = (
    ("accessed", rf"\(?\b(?i:retrieved|url last accessed|last accessed|accessed)(?: on)?:? (?P<v>{_DAY})\)?"),
    ("url", r"<?(?P<v>(?:https?|ftp)://[^\s<>]*[^\s<>.,;:)])>?"),
    ("url", r"(?P<v>\b(?:doi|DOI):\s?10\.\d{4,}/\S*[^\s.,;)])"),
    ("", r"\b(?:OCLC|JSTOR|LCCN|ISSN|PMID)\s?[\dXx-]+"),
    ("isbn", r"\bISBN(?:-1[03])?:?\s*(?P<v>[\dXx](?:[- ]?[\dXx]){7,16})(?!\w)"),
    ("language_name", rf"\((?:in )?(?P<v>{'|'.join(_LANGUAGES)})\)"),
    ("", r"\(?\bPDF(?: file)?\b\)?"),
    ("", r"\b[Nn]arrated by [^.\n]+"),
    # "(Revised ed.)", and ": 2nd edition" behind a title; "(ed.)" alone is an editor's mark.
    ("edition", r"\((?P<v>[\w ]+ (?:edn?\.?|edition))\)"),
    ("edition", r"(?<=[:,.])\s+(?P<v>(?i:\d+(?:st|nd|rd|th)|revised|second|third|new) (?:edn?\.|edition))"),
    ("volume", rf"\b(?P<v>[Vv]ol(?:\.|ume) ?(?:\d+|[IVXLC]+)\b(?:, (?:[Nn]o\.? ?|[Ii]ssue )\d+|{_COVERED})?)"),
    ("volume", r"\b(?P<v>\d{1,3} ?\(\d{1,3}(?:[–-]\d+)?\)|\d{1,3}, [Nn]o\. ?\d+(?:[–-]\d+)?)(?=[\s.,:(]|$)"),
    ("volume", rf"(?<= )(?P<v>\d{{1,3}}:\d{{1,2}})(?= \({_YEAR}\))"),
    ("volume", r"(?<![\w])(?P<v>[Nn]o\. ?\d+)"),
    ("extent", r"(?P<v>\b\d+ (?:pages|pp\.?)(?!\w))"),
    ("pages", rf"{_AT}(?P<v>{_PAGES})"),
    ("part_of", r"\((?:an? )?(?:appendix|annex|preface|foreword|introduction|afterword) to (?P<v>[^()]+)\)"),
    ("", _IN_BRACKETS),
    ("", rf"\b(?P<place>{_CITIES}),? (?P<issued>{_YEAR})(?=\s*[.,;\n]|\s*$)"),
)
_TAKEN_RULES = tuple((name, re.compile(pattern)) for name, pattern in _TAKEN)

# When the work appeared, where that does not follow the authors. The last such date counts; an end of a span
# ("August 1937 – November 1938", "1934-1941") is none, nor a year inside a title.
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![–-] )(?<![–-])[(]?{_WEEKDAY}\b(?P<v>{_DAY})\b[)]?(?!\s?[–-])",
        rf"\((?P<v>{_YEAR})\)",
        rf"(?<=[,.\n])\s*(?P<v>{_YEAR})(?=\s*[.,;:)\n]|\s*$)",
        rf"(?:(?<=Press)|(?<=Books)|(?<=House)) (?P<v>{_YEAR})(?=\s*[.,;\n]|\s*$)",
    )
)
# "Vol. 59, No. 4, June 2007, 663–693"; at the end of a note a single page too: "(London, 1991), 23."
_BARE_PAGES = re.compile(r"(?<=\n)[\s,:;.]*(?P<v>\d+[-–]\d+|\d+(?=\.?\s*$))\b")

_LEAD = re.compile(
    r"^(?:\[\d{1,3}\]\s*|(?:[Qq]uoted|[Cc]ited) (?:in|by|from)\s+|(?:[Ss]ee(?: also)?|[Cc]f\.)[:\s]\s*)+"
)
# Markdown: *a title*, [a title](address).
_STRESSED = re.compile(r"(?<![\w/])(\*{1,3}|_{1,2})(?=\S)([^*_\n]+)(?<=\S)\1(?![\w/])")
_LINK = re.compile(r"\[([^\[\]]+)\]\((https?://[^()\s]+)\)")
_ANONYMOUS = re.compile(r"^(?:N\. ?N\.|Anon(?:ymous|\.)?|\[Anon\.?\])[:.,]\s*")
# "Nicolas WerthCase Study": a small letter meets a capital where the name ends; McLoughlin and DeLuca are one word.
_GLUED = re.compile(
    r"^((?:[^\W\d_a-z][\w.'’-]*\s+){1,3}(?!Mc|Mac|De|Di|Du|La|Le|Fitz|Van|O['’])[^\W\d_a-z][^\W\d_A-Z]{2,})(?=[A-Z][a-z])"
)
_SHORT = re.compile(
    r"^(?P<names>(?:(?:v[ao]n|de[rn]?|du) )*[^\W\d_a-z][\w'’ʹ-]+"
    r"(?:(?:, | & | and |, (?:and|&) )(?:(?:v[ao]n|de[rn]?|du) )*[^\W\d_a-z][\w'’ʹ-]+)*)"
    rf"(?: et al\.?)?(?:,? (?:\((?P<in>{_YEAR})[a-z]?\)|(?P<year>{_YEAR})[a-z]?))?"
    rf"(?:[,:] (?P<at>{_AT})?(?P<pages>{_PAGES}))?\.?$"
)
_IBID = re.compile(rf"^(?:[Ii]bid(?:em|\.)?|[Ss]ame source)[.,]*(?:\s+(?:{_AT})?(?P<pages>{_PAGES}))?\.?$")
_STYLE_A = re.compile(
    rf"^(?P<names>[^()\[\]\"“”\n]{{3,160}}?)\s*\((?P<issued>{_WHEN})[a-z]?\)(?: ?\[(?P<first>{_YEAR})\])?"
)
_EDITED = re.compile(
    r"[,.]?\s*\b(?:(?:under (?:the )?(?:general )?editorship of|[Ee]dited by|[Ee]ds?\. by|[Dd]irected by) )"
)
_EDITOR_MARK = re.compile(r",?\s*\(?\b[Ee]d(?:s|itors?)?\b\.?\)?\s*$")
_EDITORS = re.compile(r"^,?\s*\(?[Ee]ds?\b\.?\)?")
# Not "a documentary history"; the line feed is where "directed by …" stood.
_FILM = re.compile(r"[^.\n]*\b(?:(?:feature|documentary|short) film\b|(?:film|documentary)(?=\n))[^.\n]*")
_DISPATCH = re.compile(
    r"^(?:[A-Z][\w'’]+ )*(?P<what>Report|Letter|Memorandum|Telegram|Cable|Dispatch|Despatch)(?::| by| from| of) "
    r"(?P<names>[^,:()\n]+?)(?: \([^()]*\))? to (?:(?:Mrs?|Dr|Sir|Messrs)\.? )?[^,.\n]+"
)
# 'Title, in: Book' and '"Title". In Book'; "In Denial" behind a full stop is a title.
_IN = re.compile(r"(?:[,.]\s+[Ii]n:\s+|[\"”][.,]?\s+In\s+)(?=[A-Z\"“])")
_DOMAIN = re.compile(r"(?:www\.)?[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|info|ru|ua|by|kz|de|fr|uk)")
_TOWN = r"(?:М\.|Л\.|СПб\.|(?:St\. )?[^\W\d_a-z][\w'’-]*(?: [^\W\d_a-z][\w'’-]*){0,2})"
_PLACE = rf"{_TOWN}(?:, (?:[A-Z]{{2}}|[A-Z]\.[A-Z]\.|[A-Z][a-z]+))?"
# No more than one sentence, of a few words.
_IMPRINT = re.compile(
    rf"(?P<place>{_PLACE}): ?(?P<publisher>[^\W\d_a-z]\S*(?: (?!\S*: )(?:\S+(?<!\.)|\S\.|Co\.|Inc\.)){{0,6}})"
)
_HOLDER_FIRST = re.compile(
    rf"(?P<v>{_OUTLETS}(?=:)|(?:The )?[^\W\d_a-z][\w-]*(?: [^\W\d_a-z][\w-]*){{0,3}}(?!:))[,:]\s[\s,]*(?=[\"“A-Z])"
)
_VOLUMES = re.compile(r"\b[Ii]n ((?:[Tt]wo|[Tt]hree|[Ff]our|[Ff]ive|[Ss]ix|[Ss]even|\d+) [Vv]olumes)\b")
_TRANSLATION = re.compile(r"\s*\[(?P<v>[^\[\]\d]*[^\[\]]{8,})\]")
_SERIES = re.compile(r"\s*\((?P<v>[A-Z][^():\d]*)\)\s*[.,]?\s*$")

# What sort of work it is: the first kind whose question to the finished reference is answered yes, else a web page.
_KINDS: tuple[tuple[str, Callable[[Reference], object]], ...] = (
    ("film", lambda r: r.film),
    ("report", lambda r: r.dispatch == "Report"),
    ("letter", lambda r: r.dispatch),
    ("proceedings", lambda r: re.search(r"\b(?:Court Proceedings|Verbatim Report|Transcript of)\b", r.title)),
    ("review", lambda r: re.search(r"\bbook reviews?\b|^Review of\b", r.title, re.IGNORECASE)),
    ("news", lambda r: _is_outlet(r.cells.get("container", ""))),
    ("web", lambda r: _DOMAIN.fullmatch(r.cells.get("container", ""))),
    ("chapter", lambda r: r.part or ({"container", "publisher"} <= r.cells.keys() and "volume" not in r.cells)),
    ("article", lambda r: "container" in r.cells),
    ("book", lambda r: r.listed or r.cells.keys() & {"isbn", "publisher", "place", "edition", "pages"}),
    ("web", lambda r: r.cells.keys() & {"accessed", "url"}),
    ("book", lambda r: r.pages and "issued" not in r.cells),
    ("article", lambda r: r.cells.keys() & {"authors", "issued"}),
)

# ---------------------------------------------------------------- names

_RANKS = re.compile(
    r"^(?:General|Marshal|Colonel|Major|Captain|Lieutenant|Admiral|Ambassador|Professor|Prof\.|Dr\.?|Sir|Dame|Mrs?\.|Ms\.|"
    r"[Aa]cad(?:emician|\.)|Rev\.|Fr\.)\s+"
)
_NOBLE = re.compile(r"^(Viscount|Lord|Lady|Baron|Count|Earl|Prince|Duke) ([^\W\d_a-z][\w'’-]+)$")
_PARTICLES = frozenset(("van", "von", "der", "den", "de", "du", "del", "di", "da", "la", "le", "el", "al", "ibn", "zu"))
_SIGN = "'’ʹʺʼ-"
# Russian names are also shortened to the two Latin letters of one Cyrillic letter.
_INITIAL = re.compile(r"(?:(?:[^\W\d_a-z]|Yu|Ya|Ye|Yo|Zh|Kh|Ch|Sh|Ts|Wm|Jr|Sr)\.-?)+|[^\W\d_a-z]")
# Words that begin or end titles and bodies, and no names of people.
_NOT_NAMES = re.compile(
    r"The|An?|In|On|Of|And|For|From|To|Under|Between|Great|Terror|History|War|Revolution|Soviet|Russian|Stalinis[mt]|"
    r"Communis[mt]|Report|Case|Study|Union|Party|Politics|Mass|Graves?|Purges?|Empire|Essays|Documents|"
    r"Encyclopa?edia|Dictionary|Introduction|National|International|Century|Memorial"
)
# A Russian entry: surname, then initials.
_RUSSIAN = re.compile(r"([А-ЯЁ][а-яё-]+),? ((?:[А-ЯЁ]\.? ?){1,2})")


def _name_word(token: str) -> bool:
    """Say whether a word may be part of a person's name: a capital, then letters; no possessive, no abbreviation."""
    letters = [sign for sign in token if sign not in _SIGN]
    return (
        len(letters) > 1
        and letters[0].isupper()
        and all(sign.isalpha() for sign in letters)
        and not (len(letters) > 2 and token.isupper())
        and not re.search(r"['’]s$", token)
        and not _NOT_NAMES.fullmatch(token)
    )


def _surname_at(tokens: list[str]) -> int:
    """Say at which word the surname begins: the last one, with the particles before it."""
    at = len(tokens) - 1
    while at > 1 and tokens[at - 1] in _PARTICLES:
        at -= 1
    return at


def _direct(text: str) -> str | None:
    """Read 'Given Surname' as 'Surname, Given'; None where it is no person's name."""
    if noble := _NOBLE.match(text):
        return f"{noble[2]}, {noble[1]}"
    if russian := _RUSSIAN.match(text):
        return f"{russian[1]}, {russian[2].strip()}" if russian[0] == text else None
    while rank := _RANKS.match(text):
        text = text[rank.end() :]
    text = re.sub(r"(?<=\.)(?=[^\W\d_a-z][^\W\d_A-Z]{2})", " ", text)
    tokens = text.split()
    named = all(_name_word(t) or _INITIAL.fullmatch(t) or t in _PARTICLES for t in tokens)
    if not named or not 2 <= len(tokens) <= 5 or tokens[0] in _PARTICLES or not _name_word(tokens[-1]):
        return None
    if _is_outlet(text) or re.search(_JOURNAL_WORD, text) or _is_publisher(text):
        return None
    at = _surname_at(tokens)
    return f"{' '.join(tokens[at:])}, {' '.join(tokens[:at])}"


def _is_surname(text: str) -> bool:
    """Say whether words may stand before the comma of 'Surname, Given'."""
    tokens = [token for token in text.split() if token not in _PARTICLES]
    return 1 <= len(tokens) <= 2 and all(map(_name_word, tokens))


def _inverted(surname: str, given: str) -> str | None:
    """Read 'Surname, Given', and mend 'Oleg V., Naumov': an initial before the comma and none behind it is swapped."""
    if _INITIAL.fullmatch(surname.rsplit(maxsplit=1)[-1]) and _is_surname(given) and _direct(f"{surname} {given}"):
        surname, given = given, surname
    tokens = given.split()
    fits = all(_name_word(t) or _INITIAL.fullmatch(t) or t in _PARTICLES for t in tokens)
    return f"{surname}, {given}" if fits and 1 <= len(tokens) <= 4 and _is_surname(surname) else None


def _one(text: str) -> str | None:
    """Read one name, with or without a comma."""
    surname, comma, given = (part.strip() for part in re.sub(r"^(?:and|&) ", "", text.strip()).partition(","))
    if not surname:
        return None
    return _inverted(surname, given) if comma and given else _direct(surname)


def _all(found: Iterable[str | None]) -> list[str] | None:
    """Give the names if each was read."""
    names = list(found)
    return [name for name in names if name] if names and all(names) else None


def _names(text: str) -> list[str] | None:
    """Read a list of persons, surname first; None where any of it is no person's name."""
    text = re.sub(r",? et al\.?$", "", text.strip().rstrip(",;").strip())
    if not text or re.search(r"[\d\"“”:()\[\]?!]", text):
        return None
    if ";" in text:
        return _all(_one(part) for part in text.split(";") if part.strip())
    parts = [part.strip() for part in re.split(r",\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+", text)]
    if all(parts) and (direct := _all(map(_direct, parts))):
        return direct
    # Before "and" stands no surname alone: "Getty & Naumov".
    if len(parts) < 2 or not all(parts) or not re.match(r"[^,&]+,", text) or " and " in text.partition(",")[0]:
        return None
    first = _inverted(parts[0], parts[1])
    rest = _all(map(_direct, parts[2:])) if parts[2:] else []
    if rest is not None:
        return [first, *rest] if first else None
    pairs = [*zip(parts[::2], parts[1::2], strict=False)]
    return _all(_inverted(*pair) for pair in pairs) if len(parts) % 2 == 0 else None


def _surnames(cell: str) -> list[str]:
    """List the folded surnames of a cell of names."""
    return [fold(name.partition(",")[0]) for name in cell.split(";")] if cell else []


# ---------------------------------------------------------------- bodies


def _is_outlet(text: str) -> bool:
    """Say whether words name a newspaper, an agency or a broadcaster."""
    return re.fullmatch(f"{_OUTLETS}|{_NEWSPAPER}", text) is not None


def _is_journal(text: str) -> bool:
    """Say whether words name a journal."""
    return len(text.split()) <= 9 and bool(re.fullmatch(_JOURNALS, text) or re.search(_JOURNAL_WORD, text))


def _is_publisher(text: str) -> bool:
    """Say whether words name a publisher."""
    if len(text.split()) > 7 or re.search(r"\d", text):
        return False
    return re.fullmatch(_PUBLISHERS, text) is not None or re.search(_PUBLISHER_WORD, text) is not None


def _may_publish(text: str) -> bool:
    """Say whether words at the end of a bibliography entry may be an unknown publisher: a few, all capitalised."""
    words = [word for word in text.split() if word not in {"for", "of", "and", "the", "de", "&"}]
    return 1 <= len(words) <= 4 and all(word[0].isupper() for word in words) and words[0] not in {"The", "A", "An"}


def isbn_right(text: str) -> bool:
    """Say whether an ISBN of ten or thirteen digits fits its check digit."""
    digits = re.sub(r"[\s-]", "", text).upper()
    if re.fullmatch(r"\d{9}[\dX]", digits):
        return sum((10 - at) * (10 if d == "X" else int(d)) for at, d in enumerate(digits)) % 11 == 0
    if re.fullmatch(r"97[89]\d{10}", digits):
        return sum((3 if at % 2 else 1) * int(d) for at, d in enumerate(digits)) % 10 == 0
    return False


# ---------------------------------------------------------------- one reference


@dataclass
class Reference:
    """One work as one line describes it: `cells` are fields of `sources`, `printed` the words they were read from."""

    text: str  # as it stands in the passage
    rest: str = ""  # what is not read yet
    listed: bool = False  # in a bibliography
    cells: dict[str, str] = field(default_factory=dict)
    printed: list[tuple[str, str]] = field(default_factory=list)
    pages: str = ""  # the pages the note cites
    short: tuple[tuple[str, ...], str] | None = None  # a short form: surnames and year
    ibid: bool = False
    part_of: str = ""  # the title of the work it is an appendix to
    part: bool = False
    film: bool = False
    dispatch: str = ""
    remarks: list[str] = field(default_factory=list)

    @property
    def title(self) -> str:
        """Give the title, empty where there is none."""
        return self.cells.get("title", "")

    def put(self, name: str, cell: str, printed: str | None = None) -> None:
        """Keep a field that is not known yet, and the words it stands on."""
        cell = " ".join(cell.split()).strip(" ,;")
        if cell and name not in self.cells:
            self.cells[name] = cell
            self.printed.append((name, cell if printed is None else printed))

    def cut(self, start: int, end: int) -> None:
        """Take a stretch out of what is unread."""
        self.rest = f"{self.rest[:start]}{GAP}{self.rest[end:]}"


def read_reference(text: str, *, listed: bool = False) -> Reference:
    """Read one reference; `listed` where it is an entry of a bibliography."""
    lead = _LEAD.match(text)
    read = _LINK.sub(r"\1 \2", _STRESSED.sub(r"\2", text[lead.end() if lead else 0 : _LONGEST]))
    reference = Reference(text, read.strip(), listed=listed)
    if not listed and _read_short(reference):
        return reference
    reference.rest = _GLUED.sub(r"\1. ", reference.rest)
    for step in _STEPS:
        step(reference)
    reference.cells["kind"] = next((kind for kind, fits in _KINDS if fits(reference)), "web")
    return reference


def _read_short(reference: Reference) -> bool:
    """Read a short form, with a year or pages, or the mark for the work cited before."""
    if found := _IBID.match(reference.rest):
        reference.ibid = True
    elif (found := _SHORT.match(reference.rest)) and (found["in"] or found["year"] or found["at"]):
        names = re.split(r",? (?:&|and) |, ", found["names"])
        reference.short = tuple(map(fold, names)), found["in"] or found["year"] or ""
        end = max(found.end("names"), found.end("year"), found.end("in") + bool(found["in"]))
        reference.printed.append(("authors", reference.rest[:end]))
    else:
        return False
    reference.pages = found["pages"] or ""
    reference.printed.append(("cited", reference.pages))
    return True


def _take_authors_and_date(reference: Reference) -> None:
    """Read 'Surname, Given; Surname, Given (2000) [1999]' from the beginning."""
    found = _STYLE_A.match(reference.rest)
    if not found:
        return
    bare = _EDITOR_MARK.sub("", found["names"])
    names = _names(bare)
    body = bare.strip(" ,")
    # In a bibliography a body may be an author ("Example Society (1999). Title"), as printed.
    entry = reference.listed and re.match(r"\.\s+\S+ \S+", reference.rest[found.end() :])
    if not names and (not entry or ":" in body or len(body.split()) > 8):
        return
    whole = "; ".join(names) if names else body
    reference.put("editors" if bare != found["names"] else "authors", whole, found["names"])
    reference.put("issued", found["issued"])
    reference.put("first_issued", found["first"] or "")
    reference.cut(0, found.end())


def _take_known(reference: Reference) -> None:
    """Take out what its own words or form betray: pages, ISBN, addresses, volumes."""
    for name, pattern in _TAKEN_RULES:
        found = pattern.search(reference.rest)
        if not found:
            continue
        parts = found.groupdict()
        if not parts.get("publisher") and _is_publisher(parts.get("place") or ""):
            parts["publisher"], parts["place"] = parts["place"], None  # "(Example Press, 1991)"
        _keep(reference, name, parts.pop("v", None) or "")
        for part, cell in parts.items():
            reference.put(part, cell or "")
        reference.cut(*found.span())


def _keep(reference: Reference, name: str, cell: str) -> None:
    """Keep what was taken out under its field, or as something that a reference has and a source has not."""
    if name == "pages":
        reference.pages = cell
        reference.printed.append(("cited", cell))
    elif name == "part_of":
        reference.part_of, reference.part = cell, True
        reference.put("container", cell)
    elif name == "extent":
        reference.put("pages", cell)
    elif name == "language_name":
        reference.put("language", _LANGUAGES[cell], cell)
    elif name:
        reference.put(name, cell)
    if name == "isbn" and not isbn_right(cell):
        reference.remarks.append("The check digit of the ISBN is wrong; kept as printed.")


def _take_editors(reference: Reference) -> None:
    """Read 'edited by …' and 'directed by …'."""
    found = _EDITED.search(reference.rest)
    if not found:
        return
    for end in reversed(_borders(reference.rest, found.end())):
        if names := _names(reference.rest[found.end() : end]):
            reference.put("editors", "; ".join(names), reference.rest[found.end() : end])
            reference.cut(found.start(), end)
            return


def _take_film(reference: Reference) -> None:
    """Know a film by what its line says of it."""
    if found := _FILM.search(reference.rest, 1):
        reference.film = True
        reference.cut(*found.span())


def _take_date(reference: Reference) -> None:
    """Read when the work appeared, where that has not been read with its authors or its place."""
    if "issued" in reference.cells:
        return
    for pattern in _DATES:
        if found := list(pattern.finditer(reference.rest)):
            reference.put("issued", found[-1]["v"])
            reference.cut(*found[-1].span())
            return


def _take_bare_pages(reference: Reference) -> None:
    """Read pages that stand without a word behind a volume, or behind place and year."""
    found = None if reference.pages else _BARE_PAGES.search(reference.rest)
    if found and reference.cells.keys() & {"volume", "issued"}:
        _keep(reference, "pages", found["v"])
        reference.cut(*found.span())


def _take_dispatch(reference: Reference) -> None:
    """Read 'Report by … to …': who wrote it is said in its title."""
    found = _DISPATCH.match(reference.rest)
    if found and "authors" not in reference.cells and (names := _names(found["names"])):
        reference.dispatch = found["what"]
        reference.put("authors", "; ".join(names), "")
        reference.put("title", found[0])
        _read_behind(reference, reference.rest[found.end() :])


def _borders(text: str, start: int) -> list[int]:
    """List where a list of names that begins at `start` may end, no further than a line's beginning."""
    found = (match.start() for match in re.finditer(r"[.,;\n]|\s(?=[\"“])|\s\(|$", text[: start + 200]))
    return [at for at in found if at > start]


def _take_first_authors(reference: Reference) -> None:
    """Read the authors before the title: 'Surname, Given. Title', 'Given Surname and Given Surname, Title'."""
    text = reference.rest
    if reference.cells.keys() & {"authors", "title"} or reference.film:
        return
    if anonymous := _ANONYMOUS.match(text):
        reference.rest = text[anonymous.end() :]
        return
    best = 0
    for end in _borders(text, 0):
        names = _names(text[:end])
        inverted = names and "," in text[:end] and _direct(text[:end].partition(",")[0]) is None
        # 'Lenin, Stalin, and Hitler' is no 'Surname, Given': behind such a name stands a full stop.
        if names and _titled(_EDITORS.sub("", text[end:])) and not (inverted and text[end : end + 1] == ","):
            best = end
    # The full stop of "Oleg V." is the initial's as well as the end of the names.
    best += best > 1 and re.match(r"\W[^\W\d_]\.", text[best - 2 : best + 1]) is not None
    if best and (names := _names(text[:best])):
        edited = _EDITORS.match(text[best:])
        reference.put("editors" if edited else "authors", "; ".join(names), text[:best])
        reference.cut(0, best + (edited.end() if edited else 0))


def _titled(rest: str) -> bool:
    """Say whether a title may stand behind the authors: not nothing, not a lower-case word, not a publisher alone."""
    words = rest.strip(" .,;\n")
    first = re.split(r"[.,\n]", words)[0].strip()
    lone = len(first.split()) <= 5 and _is_publisher(first)
    return re.search(r"\w", first) is not None and not words[:1].islower() and not lone


def _take_by(reference: Reference) -> None:
    """Read 'Title by Given Surname, …'; what follows names the journal or the publisher."""
    if reference.cells.keys() & {"authors", "title"} or reference.film:
        return
    text = reference.rest
    for found in reversed([*re.finditer(r"[,.]?\s+[Bb]y\s+(?=[^\W\d_a-z])", text)]):
        if text[:1] not in '"“' and not _in_capitals(text[: found.start()]):
            continue  # a sentence: "the order was signed by …"
        for end in reversed(_borders(text, found.end())):
            if names := _names(text[found.end() : end]):
                reference.put("authors", "; ".join(names), text[found.end() : end])
                _read_behind(reference, text[end:])
                reference.rest = text[: found.start()]
                return


def _in_capitals(title: str) -> bool:
    """Say whether a title's words are capitalised, as those of a sentence are not."""
    words = [word for word in re.findall(r"[^\W\d_][\w'’-]*", title) if len(word) > 3]
    return len([word for word in words if word[0].isupper()]) * 2 > len(words)


def _read_behind(reference: Reference, text: str) -> None:
    """Read what stands behind a title that has already ended."""
    for segment in re.split(r"\n|[.,;]\s", text):
        name = segment.strip(" .,;()")
        if not name or not re.search(r"\w{2}", name):
            continue
        if imprint := _IMPRINT.fullmatch(name):
            reference.put("place", imprint["place"])
            reference.put("publisher", imprint["publisher"])
        elif re.fullmatch(_CITIES, name):
            reference.put("place", name)
        elif not _is_outlet(name) and not _is_journal(name) and ("isbn" in reference.cells or _is_publisher(name)):
            reference.put("publisher", name)
        else:
            reference.put("container", name)


def _take_container_first(reference: Reference) -> None:
    """Read 'The Independent, "Title", January 8, 1995': a dated title behind what is no person."""
    if (
        reference.cells.keys() & {"authors", "title", "container"}
        or "issued" not in reference.cells
        or reference.listed
    ):
        return
    found = _HOLDER_FIRST.match(reference.rest)
    if found and not _tail_known(reference.rest[found.end() :].split(GAP)[0].strip(" .,")):
        reference.put("container", found["v"])
        reference.rest = reference.rest[found.end() :]


def _tail_known(text: str) -> bool:
    """Say whether words are a body, and so no title."""
    return _is_outlet(text) or _is_publisher(text) or re.fullmatch(_CITIES, text) is not None


def _take_part(reference: Reference) -> None:
    """Read 'Title, in: Book': what the work is a part of."""
    found = _IN.search(reference.rest)
    if not found or "title" in reference.cells:
        return
    container, _, behind = reference.rest[found.end() :].partition(GAP)
    if edited := re.match(r"(?P<names>[^()]+?),?\s+\([Ee]ds?\.?\)[.,]?\s+", container):
        reference.put("editors", "; ".join(_names(edited["names"]) or []), edited["names"])
        container = container[edited.end() :]
    container, _, more = container.partition(". ")
    behind = f"{more}{GAP}{behind}"
    reference.part = True
    reference.put("container", container.strip(' ."“”'))
    reference.rest = reference.rest[: found.start()] + reference.rest[found.start() : found.end()].rstrip(", .inI:")
    _read_behind(reference, behind)
    if reference.pages and _RANGE.fullmatch(reference.pages):
        reference.put("pages", reference.pages)


def _take_quoted(reference: Reference) -> None:
    """Read a title in quotation marks from the beginning, and what stands behind it."""
    text = reference.rest.lstrip(" .,;\n")
    if "title" in reference.cells or text[:1] not in ('"', "“"):
        return
    end = _closing(text)
    # In '"Great Terror": Brief Chronology' the quotation is but the beginning of the title.
    if not end or text[end : end + 1] == ":":
        return
    title = text[1 : end - 1]
    if title.count('"') % 2:
        title += '"'
    reference.put("title", title.strip(" ,"), _head(text[1:end]))
    reference.rest = ""
    _read_behind(reference, text[end:])


def _closing(text: str) -> int:
    """Find the end of the quotation that begins a text; where inner marks lack their partner, the last mark."""
    depth, last = 0, 0
    for mark in re.finditer(r"[\"“”]", text):
        before, after = text[: mark.start()][-1:], text[mark.end() :][:1]
        if mark[0] != "”" and (before in {"", " ", "("}) and (after.strip() or not before):
            depth += 1
            continue
        depth, last = depth - 1, mark.end()
        if not depth:
            break
    return last


def _take_tail(reference: Reference) -> None:
    """Read from the end of an unquoted title what published or holds the work, one stretch after another."""
    if "title" in reference.cells:
        return
    while True:
        text = reference.rest.strip(" .,;:\n")
        cuts = [m for m in re.finditer(r"[.,;?!]\s+|\s*\n\s*", text) if not _abbreviated(text, m.start())]
        # A place may have a comma of its own ("New York, NY: …"); every other stretch is the last one.
        cut = next((m for m in cuts[-3:] if _read_imprint(reference, text[m.end() :])), None)
        cut = cut or next((m for m in cuts[-1:] if _read_tail(reference, text[m.end() :].strip(" .,;:"))), None)
        if cut is None:
            break
        reference.rest = text[: cut.start() + (text[cut.start()] in "?!")]
    reference.rest = text
    _take_glued(reference)


def _abbreviated(text: str, at: int) -> bool:
    """Say whether a full stop ends an initial or an abbreviation, and no sentence."""
    return text[at] == "." and re.search(r"(?:\b[^\W\d_a-z]|\b(?:St|Dr|Mrs?|Yu|vs))$", text[:at]) is not None


def _read_imprint(reference: Reference, text: str) -> bool:
    """Read 'Place: Publisher', if nothing else stands there."""
    found = None if reference.cells.keys() & {"place", "publisher"} else _IMPRINT.fullmatch(text.strip(" .,;"))
    if found:
        reference.put("place", found["place"])
        reference.put("publisher", found["publisher"])
    return found is not None


def _read_tail(reference: Reference, text: str) -> bool:
    """Read the last stretch behind a title as body, journal or place, if it is any."""
    cells = reference.cells
    if not re.search(r"\w{2}", text):
        return True
    if "container" not in cells and (_is_outlet(text) or _DOMAIN.fullmatch(text)):
        reference.put("container", text)
    elif "place" not in cells and re.fullmatch(_CITIES, text):
        reference.put("place", text)
    elif "container" not in cells and _is_journal(text) and ("volume" in cells or "publisher" not in cells):
        reference.put("container", text)
    elif "publisher" not in cells and "container" not in cells and _published(reference, text):
        reference.put("publisher", text)
    else:
        return False
    return True


def _published(reference: Reference, text: str) -> bool:
    """Say whether the last words of an entry name its publisher; an unknown one only before an ISBN."""
    return _is_publisher(text) or ("isbn" in reference.cells and "place" not in reference.cells and _may_publish(text))


_GLUED_BODIES = (
    ("container", rf"(?:{_AGENCIES}|The {_PAPERS})"),
    ("container", _JOURNALS),
    ("publisher", _SOCIETIES),
    ("publisher", _PRESSES),
)


def _take_glued(reference: Reference) -> None:
    """Take a known body or journal from the end of a title that nothing but a space parts from it."""
    for name, known in _GLUED_BODIES:
        found = re.match(rf"(?P<title>\S+ .*\S)\s(?P<v>{known})$", reference.rest, re.DOTALL)
        said = found and re.search(r"\b(?:the|of|by|on|in|at|and|for|from|with|The)$", found["title"])
        if found and not said and name not in reference.cells:
            reference.put(name, found["v"])
            reference.rest = found["title"]


def _take_title(reference: Reference) -> None:
    """Keep what is left as the title, without the translation and the series in brackets behind it."""
    text = reference.rest.strip(" .,;:\n")
    if found := _TRANSLATION.search(text):
        reference.put("aliases", found["v"])
        text = text[: found.start()] + GAP + text[found.end() :]
    text = text.strip(" .,;:\n").split(GAP)[0] if "title" not in reference.cells else ""
    if series := _SERIES.search(text):
        reference.remarks.append(f"Series in brackets: {series['v']}.")
        text = text[: series.start()]
    text = text.strip(" ,;:").rstrip(".")
    # A space after the colon: 'Case Study:The'.
    reference.put("title", re.sub(r"(?<=\w):(?=[^\W\d_a-z])", ": ", text), _head(text))
    _untitled(reference)


def _untitled(reference: Reference) -> None:
    """Describe in square brackets a page of which only the day of reading is left."""
    if not reference.title:
        codes = {code: name for name, code in _LANGUAGES.items()}
        language = codes.get(reference.cells.get("language", ""))
        reference.cells["title"] = f"[untitled page in {language}]" if language else "[untitled]"


def _head(title: str) -> str:
    """Give the first words of a title, as far as an anchor needs them."""
    words = title.replace(GAP, " ").strip(' "“”.,;:()').split(" ")
    return " ".join(words[:5]).strip(' "“”.,;:(')


def _take_language(reference: Reference) -> None:
    """Tell the language of a title in Cyrillic by the letters that only one language has."""
    letters = set(reference.title.casefold())
    language = next((code for code, own in _CYRILLIC if letters & set(own)), "")
    if language and "language" not in reference.cells:
        reference.cells["language"] = language


def _take_extent(reference: Reference) -> None:
    """Read what the title says of its volumes; the pages cited of a paper in a journal are also its own."""
    if found := _VOLUMES.search(reference.title):
        reference.put("volume", found[1])
    if "container" in reference.cells and "volume" in reference.cells and _RANGE.fullmatch(reference.pages):
        reference.put("pages", reference.pages, "")


_STEPS: tuple[Callable[[Reference], None], ...] = (
    _take_authors_and_date,
    _take_known,
    _take_editors,
    _take_film,
    _take_date,
    _take_bare_pages,
    _take_dispatch,
    _take_first_authors,
    _take_by,
    _take_container_first,
    _take_part,
    _take_quoted,
    _take_tail,
    _take_title,
    _take_language,
    _take_extent,
)

# ---------------------------------------------------------------- the text


class Marker(NamedTuple):
    """One note marker in the running text: its number, its paragraph, and where it stands in it."""

    number: int
    paragraph: int
    start: int
    end: int


@dataclass
class Citation:
    """One work cited by one note, in the note's own words; `work` is its place in `Notes.works`, if it is known."""

    text: str
    reference: Reference
    work: int | None = None

    @property
    def pages(self) -> str:
        """Give the pages it cites."""
        return self.reference.pages


@dataclass
class Note:
    """One line of notes: its number (None where no marker can be tied to it) and what it cites."""

    paragraph: int
    number: int | None
    text: str
    citations: list[Citation]
    uses: int = 1  # how often its letters (a b c) say it is used


@dataclass
class Work:
    """One work, from its fullest description; `added` is what only other lines say, by field, with their paragraph."""

    paragraph: int
    reference: Reference
    id: str = ""
    added: dict[str, tuple[int, Reference]] = field(default_factory=dict)

    @property
    def cells(self) -> dict[str, str]:
        """Give the fields of `sources` it fills."""
        return {name: other.cells[name] for name, (_, other) in self.added.items()} | self.reference.cells


@dataclass
class Notes:
    """What a text says of its sources; paragraphs are counted from 1, as locators are."""

    passages: Sequence[str]
    running: list[int]
    markers: list[Marker]
    notes: list[Note]
    bibliography: list[int]
    works: list[Work]
    problems: list[str]

    @property
    def numbers(self) -> list[int]:
        """List the numbers used, in the order of their first use."""
        return list(dict.fromkeys(marker.number for marker in self.markers))

    def rows(self, source_id: str, prefix: str = "note-") -> Rows:
        """Give the rows of `sources` and `footnotes`, and of `claims` for what a further paragraph adds to a source."""
        rows: Rows = {"sources": [], "footnotes": [], "claims": []}
        for work in self.works:
            rows["sources"].append(self._source(work, source_id))
            rows["claims"] += [self._claim(work, name, source_id) for name in work.added]
        for note in self.notes:
            for at, citation in enumerate(note.citations):
                if note.number is not None:
                    rows["footnotes"].append(self._footnote(note, at, citation, source_id, prefix))
        return rows

    def _cited(self, paragraph: int, reference: Reference, source_id: str) -> dict[str, str]:
        """Give the columns of a citation."""
        anchor = _anchor(self.passages[paragraph - 1], reference)
        return {"source_id": source_id, "locator": f"¶{paragraph}", "anchor": anchor}

    def _source(self, work: Work, source_id: str) -> dict[str, str]:
        """Give a source's row."""
        cells = {"id": work.id, **work.cells, "status": "stated", "note": " ".join(work.reference.remarks)}
        return cells | self._cited(work.paragraph, work.reference, source_id)

    def _claim(self, work: Work, name: str, source_id: str) -> dict[str, str]:
        """Give the row of a field that stands in another paragraph than the source's own; it holds no value anew."""
        paragraph, reference = work.added[name]
        head = {"id": f"{work.id}-{name.replace('_', '-')}", "record": f"sources/{work.id}", "field": name}
        return head | {"status": "stated"} | self._cited(paragraph, reference, source_id)

    def _footnote(self, note: Note, at: int, citation: Citation, source_id: str, prefix: str) -> dict[str, str]:
        """Give the row of one work that a note cites: the first has the note's own id, the next ones -b, -c."""
        cells = {
            "id": f"{prefix}{note.number}" + (f"-{_LETTERS[at]}" if at else ""),
            "number": str(note.number),
            "text": citation.text,
            "cites": "" if citation.work is None else self.works[citation.work].id,
            "pages": citation.pages,
            "status": "stated",
        }
        return cells | self._cited(note.paragraph, citation.reference, source_id)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MARKER = re.compile(r"\[\^?(\d{1,3})\](?!:)")  # [1968], [and] and [citation needed] are no notes
_HEADING = re.compile(r"^\s*(?:#+\s*|=+\s*)?(?P<words>[A-Z][A-Za-z ,]{2,40}?)\s*[:=#]*\s*$")
_NOTES_HEADING = re.compile(r"(?i:(?:foot|end)?notes|references|citations|notes and references)")
_WORKS_HEADING = re.compile(
    r"(?i:(?:select )?bibliography|works cited|further reading|sources|literature|references and further reading)"
)
_BULLET = r"(?:[-*•–]\s+)?"
_CARET = re.compile(
    rf"^\s*{_BULLET}(?:(?P<number>\d{{1,3}})[.)]\s*|\[(?P<bracket>\d{{1,3}})\]\s*)?[\^↑]\s*(?P<text>\S.*)$"
)
_BRACKET = re.compile(rf"^\s*{_BULLET}\[\^?(?P<bracket>\d{{1,3}})\](?P<number>)[:.]?\s+(?P<text>\S.*)$")
_NUMBERED = re.compile(r"^\s*(?P<number>\d{1,3})(?P<bracket>)[.)]\s+(?P<text>\S.*)$")
_ITEM = re.compile(r"^\s*[-*•–]\s+(?P<text>\S.*)$")
# What makes a line of a list an entry: a year, a century of publishing, or an ISBN.
_ENTRY = re.compile(rf"\b{_YEAR}\b|\bISBN\b")
_PLAIN_ENTRY = re.compile(rf"^[^\W\d_a-z][\w'’ -]+, [^()]{{2,80}}\(\s?{_WHEN}[a-z]?\)")
# One note, several works: 'See also: …', and a semicolon behind pages, years or a digit that is a work's last.
_FURTHER = re.compile(
    r"(?<=[.;,)])\s+(?=(?:[Ss]ee(?: also)?|[Cc]f\.)[: ])|(?:(?<=\d)|(?<=\d\)));\s+(?=[A-Z\"“])|"
    rf"(?<=\d)\s+and\s+(?=[A-Z][\w'’-]+ \(?{_YEAR}\b)"
)


_LEFTOVER = re.compile(r"^\[\d{1,3}\]\s*")  # the number of a link that is lost, before the words of a note


class _Line(NamedTuple):
    """A line of notes: its paragraph, the number printed before it, and its text."""

    paragraph: int
    number: int | None
    text: str


def read_notes(passages: Sequence[str]) -> Notes:
    """Read the notes, the bibliography and the note markers of a text given as its paragraphs."""
    lines = _note_lines(passages)
    listed = _listed(passages, lines)
    taken = {line.paragraph for line in lines} | set(listed)
    running = [n for n, passage in enumerate(passages, 1) if n not in taken and passage.strip()]
    markers = [Marker(int(found[1]), n, *found.span()) for n in running for found in _MARKER.finditer(passages[n - 1])]
    problems: list[str] = []
    numbers = _tie(lines, list(dict.fromkeys(marker.number for marker in markers)), problems)
    notes = [_read_note(line, number) for line, number in zip(lines, numbers, strict=True)]
    _check_uses(notes, markers, problems)
    works = _read_works(passages, notes, listed, problems)
    return Notes(passages, running, markers, notes, listed, works, problems)


def _found(passages: Sequence[str], pattern: re.Pattern[str], among: Iterable[int] | None = None) -> list[_Line]:
    """List the lines that one way of writing notes fits."""
    lines = []
    for n in among if among is not None else range(1, len(passages) + 1):
        if found := pattern.match(passages[n - 1]):
            number = found["number"] or found["bracket"]
            lines.append(_Line(n, int(number) if number else None, found["text"].strip()))
    return lines


def _note_lines(passages: Sequence[str]) -> list[_Line]:
    """Find the lines of notes: those with a caret; else those with a number, beneath a heading or at the end."""
    if carets := _found(passages, _CARET):
        return carets
    if numbered := _found(passages, _NUMBERED, _under(passages, _NOTES_HEADING)):
        return numbered
    # A line of the running text may begin with a marker: notes stand together, their numbers rising.
    run: list[_Line] = []
    for line in reversed(_found(passages, _BRACKET)):
        between = passages[line.paragraph : run[0].paragraph - 1] if run else []
        if any(passage.strip() for passage in between) or (run and (line.number or 0) >= (run[0].number or 0)):
            break
        run.insert(0, line)
    used = {int(n) for passage in passages[: run[0].paragraph - 1] for n in _MARKER.findall(passage)} if run else set()
    return run if len(run) > 1 or {line.number for line in run} <= used else []


def _under(passages: Sequence[str], wanted: re.Pattern[str]) -> list[int]:
    """List the paragraphs beneath the headings of one sort, up to the next heading."""
    inside, found = False, []
    for n, passage in enumerate(passages, 1):
        if heading := _HEADING.match(passage):
            inside = wanted.fullmatch(heading["words"].strip()) is not None
        elif inside and passage.strip():
            found.append(n)
    return found


def _listed(passages: Sequence[str], notes: list[_Line]) -> list[int]:
    """Find the entries of the bibliography: under its heading, behind the notes, or a list at the end of the text."""
    taken = {line.paragraph for line in notes}
    after = max(taken, default=0)
    places = _under(passages, _WORKS_HEADING) + [*range(after + 1, len(passages) + 1)] * bool(notes)
    if not places:
        places = _last_list(passages)
    return sorted({n for n in places if n not in taken and _is_entry(passages[n - 1])})


def _is_entry(passage: str) -> bool:
    """Say whether a line is an entry of a bibliography."""
    item = _ITEM.match(passage)
    return bool(_ENTRY.search(item["text"]) if item else _PLAIN_ENTRY.match(passage))


def _last_list(passages: Sequence[str]) -> list[int]:
    """List the items of a list that ends the text, if every one of them has a year or an ISBN."""
    places: list[int] = []
    for n in range(len(passages), 0, -1):
        if _ITEM.match(passages[n - 1]):
            places.append(n)
        elif passages[n - 1].strip():
            break
    return places if all(_is_entry(passages[n - 1]) for n in places) else []


def _tie(lines: list[_Line], used: list[int], problems: list[str]) -> list[int | None]:
    """Give each line of notes its number: the one printed, else the k-th number used is the k-th line's."""
    printed = [line.number for line in lines]
    if lines and None not in printed and {n for n in printed if n is not None} & set(used):
        if len(set(printed)) < len(printed):
            problems.append("a number of a note is printed before several notes")
        return printed
    if len(lines) == len(used):
        if any(later < earlier for earlier, later in pairwise(used)):
            problems.append("the numbers of the notes are not in the order of their first use")
        return [*used]
    problems.append(f"{len(used)} numbers of notes are used and there are {len(lines)} notes: none is tied to another")
    return [None] * len(lines)


def _read_note(line: _Line, number: int | None) -> Note:
    """Read one line: the letters of its uses, then the works it cites."""
    text, uses = _without_letters(line.text)
    text = _LEFTOVER.sub("", text)
    ends = [0, *(found.end() for found in _FURTHER.finditer(text)), len(text)]
    parts = [text[start:end].rstrip(" ;") for start, end in pairwise(ends)]
    citations = [Citation(part, read_reference(part)) for part in parts if re.search(r"\w", part)]
    return Note(line.paragraph, number, text, citations, uses)


def _without_letters(text: str) -> tuple[str, int]:
    """Take off 'a b c', the letters by which a note points back to its uses; a single one is a word."""
    letters = re.match(r"(?:[a-z]\s+)+", text)
    held = 0
    for at, letter in enumerate(letters[0].split() if letters else []):
        if letter != _LETTERS[at : at + 1]:
            break
        held += 1
    return (text.split(None, held)[held], held) if held > 1 else (text, 1)


def _check_uses(notes: list[Note], markers: list[Marker], problems: list[str]) -> None:
    """Compare the letters of a note with the uses of its number: a difference shows a lost or shifted note."""
    for note in notes:
        used = sum(marker.number == note.number for marker in markers)
        if note.number is not None and used != note.uses and note.uses > 1:
            problems.append(
                f"¶{note.paragraph}: note {note.number} has letters for {note.uses} uses and {used} are there"
            )


# ---------------------------------------------------------------- works


def _read_works(passages: Sequence[str], notes: list[Note], listed: list[int], problems: list[str]) -> list[Work]:
    """Gather the works: those only notes describe, in their order, then the bibliography; tie each citation to one."""
    entries = [Work(n, read_reference(_bare(passages[n - 1]), listed=True)) for n in listed]
    described: list[Work] = []
    tied: list[tuple[Citation, Work]] = []
    before: Work | None = None
    for note in notes:
        for citation in note.citations:
            work = _known(citation.reference, entries, described, before)
            if work is None and _is_work(citation.reference):
                work = Work(note.paragraph, citation.reference)
                described.append(work)
            if work is None:
                problems.append(f"¶{note.paragraph}: '{citation.text}' cites no work that can be told")
            else:
                tied.append((citation, work))
                _add(work, note.paragraph, citation.reference)
            before = work
    works = described + entries
    places = {id(work): at for at, work in enumerate(works)}
    for citation, work in tied:
        citation.work = places[id(work)]
    _name_works(described, entries)
    return works


def _is_work(reference: Reference) -> bool:
    """Say whether a note describes a work, rather than being a short form or a remark of the text's author."""
    if reference.short or reference.ibid:
        return False
    known = reference.cells.keys() & {"authors", "editors", "isbn", "url", "accessed", "container", "publisher"}
    return bool(known) or _in_capitals(reference.title)


def _bare(passage: str) -> str:
    """Take a list's mark off a line."""
    item = _ITEM.match(passage)
    return item["text"].strip() if item else passage.strip()


def _known(reference: Reference, entries: list[Work], described: list[Work], before: Work | None) -> Work | None:
    """Find the work a reference cites among those already known; None where none fits, or several do."""
    if reference.ibid:
        return before
    if reference.short:
        names, year = reference.short
        fitting = [work for work in [*entries, *described] if _fits_short(work.cells, names, year)]
        return fitting[0] if len(fitting) == 1 else None
    for same in (_same, _same_main, _same_named):
        fitting = [work for work in [*entries, *described] if same(reference, work.reference)]
        if fitting:
            return fitting[0] if len(fitting) == 1 else None
    return None


def _fits_short(cells: Mapping[str, str], names: tuple[str, ...], year: str) -> bool:
    """Say whether a work is what 'Surname & Surname 2000' means."""
    own = _surnames(cells.get("authors", "")) or _surnames(cells.get("editors", ""))
    return tuple(own[: len(names)]) == names and cells.get("issued", "").endswith(year)


def _same(one: Reference, other: Reference) -> bool:
    """Say whether two references describe one work: by its ISBN, its title, or the title one is an appendix to."""
    isbns = [re.sub(r"\W", "", reference.cells.get("isbn", "")) for reference in (one, other)]
    if isbns[0] and isbns[0] == isbns[1]:
        return True
    if one.title.startswith("["):  # our own words for what has no title
        return "url" in one.cells and one.cells["url"] == other.cells.get("url")
    if one.part_of and fold(one.part_of) == fold(other.title):
        return _people_agree(one, other)
    return bool(one.title) and fold(one.title) == fold(other.title) and _agree(one, other)


def _same_main(one: Reference, other: Reference) -> bool:
    """Say whether one gives the title of the other without what stands behind the colon, by the same authors."""
    short, whole = fold(one.title), fold(other.title.partition(":")[0])
    return ":" not in one.title and short == whole and "authors" in one.cells and _agree(one, other)


def _same_named(one: Reference, other: Reference) -> bool:
    """Say whether one is 'Surname & Surname, Short Title' of the other."""
    cells = other.cells
    people = _surnames(cells.get("authors", "")) or _surnames(cells.get("editors", ""))
    named = _bare_words(f"{' '.join(people)} {other.title.partition(':')[0]}")
    return bool(people) and "authors" not in one.cells and _bare_words(one.title) == named


def _bare_words(text: str) -> list[str]:
    """List folded words without articles and 'and'."""
    return [word for word in fold(text).split() if word not in {"the", "a", "an", "and"}]


def _people_agree(one: Reference, other: Reference) -> bool:
    """Say whether the first author or editor is the same, or missing from one of two references."""
    first, second = (_surnames(r.cells.get("authors", "") or r.cells.get("editors", ""))[:1] for r in (one, other))
    return not first or not second or first == second


def _agree(one: Reference, other: Reference) -> bool:
    """Say whether neither authors, nor containers, nor years of two references speak against one work."""
    holders = [fold(r.cells.get("container", "")) for r in (one, other)]
    years = [set(re.findall(_YEAR, r.cells.get("issued", ""))) for r in (one, other)]
    return (
        _people_agree(one, other)
        and (not all(holders) or holders[0] == holders[1])
        and (not all(years) or bool(years[0] & years[1]))
    )


# What may differ between two lines on one work without being news of it.
_OWN = frozenset({"title", "kind", "authors", "editors", "language", "accessed", "container"})


def _add(work: Work, paragraph: int, other: Reference) -> None:
    """Keep what a further line says of a work and its own does not; a part's fields are no fields of the whole."""
    if work.reference is other or other.part_of:
        return
    for name in other.cells.keys() - work.cells.keys() - _OWN:
        work.added[name] = paragraph, other


# ---------------------------------------------------------------- ids


def _name_works(described: list[Work], entries: list[Work]) -> None:
    """Give each work its id; entries choose first, and of two alike the later one takes its container's word, or b."""
    taken: set[str] = set()
    for work in [*entries, *described]:
        work.id = next(name for name in _ids(work.reference) if name not in taken)
        taken.add(work.id)


def _ids(reference: Reference) -> Iterator[str]:
    """Yield the ids a work may have: author-year, container-year, or the first words of its title."""
    cells = reference.cells
    people = _people(cells)
    years = re.findall(
        _YEAR, cells.get("issued", "") or (cells.get("accessed", "") if reference.title[:1] == "[" else "")
    )
    holder = _slug(re.sub(r"\b(?:The|News)\b", "", cells.get("container", "")))
    title = re.split(r"[:.,(\d\[\]]|\s[-–]\s", reference.title.strip("[")) or [""]
    words = [word for word in _slug(title[0]).split("-") if word not in {"the", "a", "an", "of", "and"}]
    if people:
        parts = people + (years[:1] or words[:3])
    elif years:
        named = cells.get("kind") == "news" or "-" not in holder
        parts = ([holder] if holder and named else words[:2]) + years[:1]
    else:
        parts = words[:3] or ["untitled"]
    plain = "-".join(filter(None, parts))
    yield plain
    if people and years and holder:
        yield "-".join([*people, holder.split("-")[0], years[0]])
    for letter in _LETTERS[1:]:
        yield f"{plain}-{letter}"


def _people(cells: Mapping[str, str]) -> list[str]:
    """Give the surnames of an id: of one or two authors, of the first of more, else of the editors of a book."""
    names = cells.get("authors", "") or ("" if cells.get("kind") == "film" else cells.get("editors", ""))
    surnames = [_slug(name.partition(",")[0]) for name in names.split(";") if name.strip()]
    return surnames if len(surnames) < 3 else surnames[:1]


def _slug(text: str) -> str:
    """Write words as an id: small Latin letters, digits and hyphens."""
    from anyascii import anyascii

    return re.sub(r"[^a-z0-9]+", "-", anyascii(fold(text)).lower()).strip("-")


# ---------------------------------------------------------------- anchors

_MOST_PARTS, _MOST_WORDS = 6, 8
# Which words an anchor gives up first where it has too many.
_DEAR = ("issued", "first_issued", "accessed", "title", "authors", "cited", "isbn", "pages", "volume", "url", "edition")


def _anchor(passage: str, reference: Reference) -> str:
    """Name the words of a passage on which a reference stands: as many as fit, and stand in one place only."""
    pieces = _joined(passage, sorted(_spans(passage, reference) or _first_words(passage, reference.text)))
    while pieces:
        anchor = " … ".join(passage[start:end] for start, end, _ in pieces)
        if len(pieces) <= _MOST_PARTS and _stands(passage, anchor, (pieces[0][0], pieces[-1][1])):
            return anchor
        pieces.remove(max(pieces, key=lambda piece: piece[2]))
    return ""


def _first_words(passage: str, text: str) -> list[tuple[int, int, int]]:
    """Find the first words of a reference of which nothing else is printed."""
    place = _shown(passage, " ".join(text.split()[:5]), 0)
    return [(*place, 0)] if place else []


def _stands(passage: str, anchor: str, place: tuple[int, int]) -> bool:
    """Say whether an anchor is found where it was taken from."""
    try:
        return find_anchor(passage, anchor) == place
    except BadValue:
        return False


def _spans(passage: str, reference: Reference) -> list[tuple[int, int, int]]:
    """Find where each of the words printed stands: start, end, and how easily it is given up; none overlaps another."""
    spans: list[tuple[int, int, int]] = []
    begin = max(passage.find(reference.text), 0)
    for name, words in sorted(reference.printed, key=lambda printed: _rank(printed[0])):
        place = _shown(passage, words.strip(" .,;:"), begin)
        if place and not any(place[0] < end and start < place[1] for start, end, _ in spans):
            spans.append((*place, _rank(name)))
    return spans


def _rank(name: str) -> int:
    """Say how easily an anchor gives up the words of a field."""
    return _DEAR.index(name) if name in _DEAR else len(_DEAR)


def _shown(passage: str, words: str, begin: int) -> tuple[int, int] | None:
    """Find the first place of some words, of no more of them than a part of an anchor may have, as whole words.

    Where a name is glued to what follows, the word is taken as it is printed.
    """
    few = re.escape(" ".join(words.split(" ")[:_MOST_WORDS]).rstrip(" .,;:("))
    if not few:
        return None
    whole = re.compile(rf"(?<!\w){few}(?!\w)").search(passage, begin)
    found = whole or re.compile(rf"\w*{few}\w*").search(passage, begin)
    return found.span() if found else None


def _joined(passage: str, spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Join neighbours that nothing but signs parts, as far as a part of an anchor may be long."""
    joined: list[tuple[int, int, int]] = []
    for start, end, rank in spans:
        last = joined[-1] if joined else None
        if last and not re.search(r"[^\W_]", passage[last[1] : start]) and _short(passage[last[0] : end]):
            joined[-1] = last[0], end, min(last[2], rank)
        else:
            joined.append((start, end, rank))
    return joined


def _short(words: str) -> bool:
    """Say whether words are few enough for one part of an anchor."""
    return len(words.split()) <= _MOST_WORDS and not re.search(_MARKER, words)


# ---------------------------------------------------------------- corrections


def correct(rows: Rows, corrections: Iterable[Mapping[str, str]]) -> None:
    """Set right single cells: each correction names paragraph, `kind.field`, what the reader gave and what is meant.

    Raises BadData where a correction fits no cell, or several: the text or the reader has changed beneath it.
    """
    for correction in corrections:
        kind, _, name = correction["field"].partition(".")
        locator, was = f"¶{correction['paragraph']}", correction["was"]
        fitting = [row for row in rows[kind] if row["locator"] == locator and row.get(name, "") == was]
        if len(fitting) != 1:
            place = f"{locator} {correction['field']}"
            raise BadData(f"{len(fitting)} cells are '{was}', not one", "compare the correction with the text", place)
        fitting[0][name] = correction["is"]
        if (kind, name) == ("sources", "id"):
            _rename(rows, was, correction["is"])


def _rename(rows: Rows, was: str, now: str) -> None:
    """Follow a source's new id wherever it is pointed to."""
    for row in rows["footnotes"]:
        row["cites"] = now if row["cites"] == was else row["cites"]
    for row in rows["claims"]:
        if row["record"] == f"sources/{was}":
            row["record"], row["id"] = f"sources/{now}", now + row["id"].removeprefix(was)
