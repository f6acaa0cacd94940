"""Citing an answer: what was asked, of which content, on which day, with which program, and the sources it rests on.

The same content hash, question and version give the same answer.  Bibliographic data stand as the citing work gives
them; what CSL-JSON and BibTeX want in parts is taken apart only where its form leaves no doubt, else given as written.
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Connection, Select, func, select

from terrordb import models
from terrordb.errors import BadQuestion, nearest
from terrordb.loading import hashing
from terrordb.querying.records import records
from terrordb.reports.attested import marked_as

if TYPE_CHECKING:
    from terrordb.querying.records import Row
    from terrordb.values.dates import HistoricalDate

WORK = "terrordb: a relational historical database of the Great Purge"
READ = (
    *("id", "title", "kind", "authors", "editors", "issued", "first_issued", "container", "volume", "edition"),
    *("publisher", "place", "pages", "isbn", "url", "accessed", "language", "status", "note", "sha256"),
)
FORMS = ("text", "csl", "bibtex")

# Kinds of source as CSL and BibTeX call them; a kind of the user's own is a document.
CSL = {
    "book": "book",
    "chapter": "chapter",
    "article": "article-journal",
    "news": "article-newspaper",
    "review": "review-book",
    "report": "report",
    "proceedings": "book",  # published records of a trial; CSL's hearing and legal_case are cited without an author
    "letter": "personal_communication",
    "web": "webpage",
    "film": "motion_picture",
    "encyclopaedia": "entry-encyclopedia",
    "archive": "document",
    "list": "dataset",
}
BIBTEX = {  # with the field the entry must have; where it is missing, the entry is @misc
    "book": ("book", "title"),
    "chapter": ("incollection", "booktitle"),
    "article": ("article", "journal"),
    "news": ("article", "journal"),
    "review": ("article", "journal"),
    "report": ("techreport", "institution"),
    "proceedings": ("book", "title"),
    "encyclopaedia": ("incollection", "booktitle"),
}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?([?~%]?)")
_VOLUME = (  # "Vol. 30, No. 3"; "32 (21)"; "No.141"; "Vol. 2, its own title"; "Three Volumes"
    re.compile(r"Vol(?:ume|\.)? ?(?P<volume>\d+)(?:, No\.? ?(?P<issue>\d+))?"),
    re.compile(r"(?P<volume>\d+)(?: ?\((?P<issue>\d+)\))?"),
    re.compile(r"No\.? ?(?P<issue>\d+)"),
    re.compile(r"Vol(?:ume|\.)? ?(?P<volume>\d+), (?!No\b)(?P<title>.+)"),
    re.compile(r"(?P<volumes>\w+) volumes", re.IGNORECASE),
)
_EDITION = re.compile(r"(?:(\d+)(?:st|nd|rd|th)|(.+?)) (?:edition|ed\.?)", re.IGNORECASE)
_LONG = re.compile(r"(\d+) ?(?:pages|pp?\.)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_ESCAPES = {"\\": "textbackslash", "{": "textbraceleft", "}": "textbraceright"}  # BibTeX counts braces, escaped or not
_ESCAPES |= {"~": "textasciitilde", "^": "textasciicircum"}


@dataclass(frozen=True)
class Used:
    """A source, as a record, and how many rows of the answer it is the source of."""

    source: Row
    rows: int


@dataclass(frozen=True)
class Citing:
    """All that identifies an answer; `sources` come with those of most rows first."""

    question: str
    kind: str
    found: int
    of: int
    when: date
    version: str
    content_hash: str
    sources: tuple[Used, ...]

    @property
    def id(self) -> str:
        """Name the answer: the same question to the same content has the same name on every day."""
        what = json.dumps([self.question, self.content_hash, self.found, self.of], ensure_ascii=False)
        return f"terrordb-{hashlib.sha256(what.encode(errors='surrogatepass')).hexdigest()[:12]}"


def used(connection: Connection, kind: str, keys: Select[Any]) -> dict[int, int]:
    """Count the rows of an answer by the key of their source; `keys` selects the rows' keys as its first column.

    A row that hangs on a list's row has that row's source, and a work described from itself is its own.
    """
    model = models.kind(kind)
    if "source" not in model.fields:
        return {}
    table, asked = model.__table__, keys.subquery()
    source: Any = table.c.source_key
    rows: Any = asked.join(table, table.c.key == next(iter(asked.c)))
    if model.hangs:
        persons = models.kind("persons").__table__.alias("hung_on")
        rows = rows.outerjoin(persons, persons.c.key == table.c.person_key)
        source = func.coalesce(source, persons.c.source_key)
    elif kind == "sources":
        source = func.coalesce(source, table.c.key)
    counted = select(source, func.count()).select_from(rows).where(source.is_not(None)).group_by(source)
    return dict(iter(connection.execute(counted)))  # a result has keys(): dict() alone would take it for a mapping


def cite(
    connection: Connection,
    *,
    question: str,
    found: int,
    of: int,
    sources: Mapping[int, int] | Sequence[str],
    when: date,
    kind: str = "records",
) -> Citing:
    """Make the reference of an answer; `sources` is what `used` gives, or the id of each row's source, row by row."""
    counts = sources if isinstance(sources, Mapping) else _keys(connection, Counter(sources))
    read = records(connection, "sources", sorted(counts), READ)
    works = [Used(row, counts[key]) for key, row in zip(sorted(counts), read, strict=True)]
    works.sort(key=lambda work: (-work.rows, work.source.id))
    content = hashing.content_hash(hashing.kept(connection))
    version = sys.modules["terrordb"].__version__  # the package imports this layer, which may not import it
    return Citing(question, kind, found, of, when, version, content, tuple(works))


def _keys(connection: Connection, counts: Mapping[str, int]) -> dict[int, int]:
    table = models.kind("sources").__table__
    known = {named: key for key, named in connection.execute(select(table.c.key, table.c.id))}
    if lost := [named for named in counts if named not in known]:
        raise BadQuestion(f"there is no source '{lost[0]}'", nearest(lost[0], known))
    return {known[named]: count for named, count in counts.items()}


def written(citing: Citing, form: str) -> str:
    """Write a reference as `text`, `csl` or `bibtex`; BadQuestion where there is no such form."""
    if form not in FORMS:
        raise BadQuestion(f"there is no form of reference '{form}'", nearest(form, FORMS))
    if form == "csl":
        return json.dumps(as_csl(citing), ensure_ascii=False, indent=2)
    return as_text(citing) if form == "text" else as_bibtex(citing)


# -- text -------------------------------------------------------------------------------------------------------------


def as_text(citing: Citing) -> str:
    """Write a reference as lines of text: the answer, then each source with its id and how many rows it has."""
    lines = [
        f"{WORK}. Version {citing.version}. Query: {on_one_line(citing.question)}",
        f"{_counted(citing)}, {citing.when.isoformat()}. Content {citing.content_hash}",
    ]
    if citing.sources:
        lines += [
            "Sources:",
            *(f"  {described(each.source)} [{each.source.id}: {_rows(each)}]" for each in citing.sources),
        ]
    return "\n".join(lines)


def _counted(citing: Citing) -> str:
    return f"{citing.found:,} of {citing.of:,} {citing.kind}"


def _rows(each: Used) -> str:
    return f"{each.rows:,} row{'' if each.rows == 1 else 's'}"


def described(source: Row) -> str:
    """Describe a source in a line, with what is known of it in a fixed order."""
    editors = f"{'dir.' if source.kind == 'film' else 'ed.'} {'; '.join(source.editors)}" if source.editors else ""
    city = ": ".join(filter(None, (source.place, source.publisher)))
    first = f" (first {source.first_issued})" if source.first_issued else ""
    issued = f"{source.issued}{first}" if source.issued else ""
    long = _pages(source).get("number-of-pages")
    pages = f"{long} pages" if long else source.pages
    published = (editors, source.container, source.volume, source.edition, city, issued, pages)
    read = " ".join(filter(None, (source.url, source.accessed and f"(read {source.accessed})")))
    parts = ("; ".join(source.authors), source.title, ", ".join(filter(None, published)), read)
    said = " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)
    return on_one_line(said + told_state(source))


def told_state(source: Row) -> str:
    """Say in brackets, behind a work, how it is marked, where that must be told."""
    return f" ({state})" if (state := marked_as(source)) else ""


def on_one_line(text: str) -> str:
    """Put a text on one line, without the signs a terminal would obey."""
    return _CONTROL.sub(" ", text).strip()


# -- CSL-JSON ---------------------------------------------------------------------------------------------------------


def as_csl(citing: Citing) -> list[dict[str, Any]]:
    """Give a reference as CSL-JSON: the answer as a dataset, what identifies it as `custom`; then each source."""
    answer = {
        "id": citing.id,
        "type": "dataset",
        "title": f"{citing.question} ({_counted(citing)})".lstrip(),
        "container-title": WORK,
        "issued": {"date-parts": [[citing.when.year, citing.when.month, citing.when.day]]},
        "version": citing.version,
        "number": citing.content_hash,
        "custom": {
            "question": citing.question,
            "content_hash": citing.content_hash,
            "found": citing.found,
            "of": citing.of,
            "sources": {each.source.id: each.rows for each in citing.sources},
        },
    }
    return [answer, *(csl_of(each.source) for each in citing.sources)]


def csl_of(source: Row) -> dict[str, Any]:
    """Give a source as CSL-JSON has it."""
    film = source.kind == "film"
    item: dict[str, Any] = {
        "id": source.id,
        "type": CSL.get(source.kind, "document"),
        "title": source.title,
        "author": [_csl_name(name) for name in source.authors],
        "director" if film else "editor": [_csl_name(name) for name in source.editors],
        "issued": _csl_date(source.issued),
        "original-date": _csl_date(source.first_issued),
        "container-title": source.container,
        "publisher": source.publisher,
        "publisher-place": source.place,
        "edition": _edition(source.edition),
        "ISBN": source.isbn,
        "URL": source.url,
        "accessed": _csl_date(source.accessed),
        "language": source.language,
        "annote": source.note,
        "note": _remarks(source),
        **_volume(source),
        **_pages(source),
    }
    return {key: value for key, value in item.items() if value}


def _name(name: str) -> tuple[str, str, str] | None:
    """Take "Surname, Given" apart, with what may follow it ("Jr."); None for a name of one piece."""
    family, comma, rest = (part.strip() for part in name.partition(","))
    given, _, suffix = (part.strip() for part in rest.partition(","))
    return (family, given, suffix) if comma and family and given else None


def _csl_name(name: str) -> dict[str, str]:
    if (parts := _name(name)) is None:
        return {"literal": name}
    return {key: part for key, part in zip(("family", "given", "suffix"), parts, strict=True) if part}


def _days(when: HistoricalDate) -> list[re.Match[str]] | None:
    """Take a date apart into its one or two ends; None where they are no plain years, months or days."""
    ends = [_DAY.fullmatch(end) for end in dict.fromkeys(when.edtf.split("/"))]  # 2006-11 may be 2006-11/2006-11
    return None if None in ends or len(ends) > 2 else [end for end in ends if end]


def _csl_date(when: HistoricalDate | None) -> dict[str, Any] | None:
    if when is None:
        return None
    if (ends := _days(when)) is None:
        return {"literal": when.text}
    parts = {"date-parts": [[int(part) for part in end.groups()[:3] if part] for end in ends]}
    return parts if all(not end[4] for end in ends) else parts | {"circa": True}


def _volume(source: Row) -> dict[str, str]:
    """Take the volume apart; what has another form stays as written."""
    if not source.volume:
        return {}
    if not (match := next(filter(None, (form.fullmatch(source.volume) for form in _VOLUME)), None)):
        return {"volume": source.volume}
    # the number of a report, or of what stands in no container, is its own
    number = "issue" if source.container and source.kind != "report" else "number"
    called = {"volume": "volume", "issue": number, "title": "volume-title", "volumes": "number-of-volumes"}
    return {called[key]: part for key, part in match.groupdict().items() if part}


def _pages(source: Row) -> dict[str, str]:
    """Tell the pages of a container from how many pages a work has."""
    pages = source.pages or ""
    if long := _LONG.fullmatch(pages):
        return {"number-of-pages": long[1]}
    return {"page" if source.container or not pages.isdecimal() else "number-of-pages": pages} if pages else {}


def _edition(written: str | None) -> str | None:
    """Leave the word edition to the style: "2" of "2nd edition", "Revised" of "Revised ed."."""
    match = _EDITION.fullmatch(written or "")
    return (match[1] or match[2]) if match else written


def _remarks(source: Row) -> str:
    """Say how far a source may be trusted where that must be said, and which file a list is."""
    return "; ".join(filter(None, (marked_as(source), f"sha256 {source.sha256}" if source.sha256 else "")))


# -- BibTeX -----------------------------------------------------------------------------------------------------------


def as_bibtex(citing: Citing) -> str:
    """Write a reference as BibTeX in UTF-8: the answer as @misc, then each source; keys are the ids of sources."""
    counted = f"{_counted(citing)}; content {citing.content_hash}"
    answer = {
        "title": _text(citing.question, title=True),
        "howpublished": _text(WORK),
        "version": _text(citing.version),
        "note": _text(counted),
        **_bibtex_date({"date-parts": [[citing.when.year, citing.when.month, citing.when.day]]}),
    }
    keys: dict[str, None] = {}
    entries = [bibtex_entry("misc", bibtex_key(citing.id, keys), answer)]
    for each in citing.sources:
        of_type, fields = bibtex_of(each.source)
        entries.append(bibtex_entry(of_type, bibtex_key(each.source.id, keys), fields))
    return "\n\n".join(entries)


def bibtex_of(source: Row) -> tuple[str, dict[str, str]]:
    """Give a source as BibTeX has it: the type of its entry, and the fields."""
    item = csl_of(source)
    of_type, needed = BIBTEX.get(source.kind, ("misc", "title"))
    container = {"article": "journal", "incollection": "booktitle"}.get(of_type, "howpublished")
    fields = {
        "author": _people(source.authors),
        "editor": _people(source.editors),
        "title": _text(source.title, title=True),
        container: _text(source.container),
        "volume": _text(item.get("volume")),
        "volumes": _text(item.get("number-of-volumes")),
        "number": _text(item.get("issue") or item.get("number")),
        "pages": _text(re.sub(r"(?<=\d)[-–](?=\d)", "--", item.get("page", ""))),
        "pagetotal": _text(item.get("number-of-pages")),
        "edition": _text(_edition_word(item.get("edition"))),
        "institution" if of_type == "techreport" else "publisher": _text(source.publisher),
        "address": _text(source.place),
        **_bibtex_date(item.get("issued")),
        "origdate": _text(source.first_issued.edtf) if source.first_issued else "",
        "isbn": _text(source.isbn),
        "url": "{" + quote(source.url, safe="!#$%&'()*+,/:;=?@[]~") + "}" if source.url else "",
        "urldate": _text(source.accessed.edtf) if source.accessed else "",
        "language": _text(source.language),
        "note": _text("; ".join(filter(None, (item.get("volume-title"), item.get("note"))))),
        "annote": _text(source.note),
    }
    if source.kind == "film" and source.editors:
        fields["editortype"] = "{director}"
    fields = {key: value for key, value in fields.items() if value}
    if needed not in fields:
        of_type = "misc"
        fields = {("howpublished" if key == container else key): value for key, value in fields.items()}
    return of_type, fields


def _bibtex_date(when: Mapping[str, Any] | None) -> dict[str, str]:
    """Give year, month and day, as far as they are known; a range of years as such, and other dates as written."""
    if not when:
        return {}
    if "literal" in when:
        return {"year": _text(when["literal"])}
    first, last = when["date-parts"][0], when["date-parts"][-1]
    about = "c. " if when.get("circa") else ""
    if first is not last:
        years = f"{first[0]}--{last[0]}" if first[0] != last[0] else str(first[0])
        return {"year": _text(about + years)}
    made = {"year": _text(f"{about}{first[0]}")}
    made |= {"month": MONTHS[first[1] - 1]} if len(first) > 1 else {}
    return made | ({"day": f"{{{first[2]}}}"} if len(first) > 2 else {})


def _edition_word(edition: str | None) -> str | None:
    """Write the number of an edition as an ordinal, which BibTeX's styles print as it is."""
    if not edition or not edition.isdecimal():
        return edition
    teen = edition[-2:] in ("11", "12", "13")
    return edition + ("th" if teen else {"1": "st", "2": "nd", "3": "rd"}.get(edition[-1], "th"))


def _people(names: Iterable[str]) -> str:
    people = []
    for name in names:
        if (parts := _name(name)) is None:
            people.append(_text(name))  # in braces of its own: it is not taken apart
        else:
            family, given, suffix = (_escaped(part) for part in parts)
            family = f"{{{family}}}" if re.search(r"\band\b", family) else family
            people.append(", ".join(filter(None, (family, suffix, given))))
    return f"{{{' and '.join(people)}}}" if people else ""


def _text(text: str | None, *, title: bool = False) -> str:
    """Write a value; a title in two pairs of braces, so that no style changes its capitals."""
    if not text:
        return ""
    return f"{{{{{_escaped(text)}}}}}" if title else f"{{{_escaped(text)}}}"


def _escaped(text: str) -> str:
    def escape(sign: re.Match[str]) -> str:
        return f"{{\\{_ESCAPES[sign[0]]}}}" if sign[0] in _ESCAPES else f"\\{sign[0]}"

    return re.sub(r"[\\{}~^&%$#_]", escape, on_one_line(text))


def bibtex_key(named: str, taken: dict[str, None]) -> str:
    """Make a key of an id: the signs BibTeX takes, and unlike all others whatever their case."""
    from anyascii import anyascii

    key = re.sub(r"[^A-Za-z0-9:._/-]", "-", anyascii(named))
    unlike, number = key, 2
    while unlike.casefold() in taken:
        unlike, number = f"{key}-{number}", number + 1
    taken[unlike.casefold()] = None
    return unlike


def bibtex_entry(of_type: str, key: str, fields: Mapping[str, str]) -> str:
    """Write an entry; fields that hold nothing are left away."""
    lines = "".join(f"  {name} = {value},\n" for name, value in fields.items() if value)
    return f"@{of_type}{{{key},\n{lines}}}"
