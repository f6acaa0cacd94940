"""The bibliography: the sources as a style of citing prints them, as CSL-JSON or as BibTeX.

Styles are written in CSL and printed by citeproc-py, an extra.  What it does not know of CSL is mended here, in the
style and in what it is given, so that the style's files stay as they were published.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, select

from terrordb import database, models
from terrordb.errors import BadQuestion, nearest
from terrordb.querying.records import records
from terrordb.reports import citing

if TYPE_CHECKING:
    from terrordb.querying.records import Row

__all__ = ["EXTRA", "FORMS", "STYLES", "Entry", "bibliography", "can_style", "check_style", "entries"]

STYLES = {  # of data/styles, and what each is
    "chicago": ("chicago-notes-bibliography-16th-edition", "the Chicago Manual of Style, 16th edition"),
    "mla": ("modern-language-association", "the MLA Handbook, 9th edition"),
    "gost": ("gost-r-7-0-5-2008-numeric", "GOST R 7.0.5-2008"),
}
FORMS = {"csl": "CSL-JSON", "bibtex": "BibTeX"}  # which programs read
EXTRA = 'pip install "terrordb[cite]"'
READ = (*citing.READ, "citations")

UNKNOWN = (
    "und"  # no language: a style changes the capitals of English titles, and they stay as the citing work has them
)
RANKS = ("Baron", "Count", "General", "Lord", "Sir", "Viscount")  # no given names: they have no initials
KEPT_BACK = ("annote", "note", "volume-title", "director")  # what is no part of a printed entry, or unknown to citeproc
FAILURES = (AttributeError, LookupError, TypeError, ValueError)  # with which citeproc-py answers what it does not know

_CSL = "{http://purl.org/net/xbiblio/csl}"
_STOPS = re.compile(r"([?!]”?)\.(?=\s|$)")  # a title that asks ends its sentence
_QUOTED = re.compile(r"”([.,])")
_OPENING = "“\"«[('"
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")


class Entry(NamedTuple):
    """A source as it is printed; `styled` is False where the style was not to be had, and the form is our own."""

    source: Row
    text: str
    styled: bool


def bibliography(connection: Connection, style: str = "chicago") -> list[tuple[str, str]]:
    """List the sources, id and entry, as a style prints them: chicago, mla, gost, csl (CSL-JSON) or bibtex.

    Without citeproc-py the entries of the first three are in our own plain form.
    """
    table = models.kind("sources").__table__
    keys = select(table.c.key).order_by(table.c.id)
    return [(entry.source.id, entry.text) for entry in entries(records(connection, "sources", keys, READ), style)]


def entries(sources: Iterable[Row], style: str) -> list[Entry]:
    """Print sources, in the order of the style; they must have been read with the fields of `READ`."""
    check_style(style)
    if style in FORMS:
        made = _as_bibtex(sources) if style == "bibtex" else _as_csl(sources)
        return sorted(made, key=lambda entry: entry.source.id)
    styled = can_style()
    made = [_styled(source, style) if styled else _plain(source) for source in sources]
    return sorted(made, key=lambda entry: _place(entry, style))


def check_style(style: str) -> None:
    """Refuse a style there is none of, naming the nearest."""
    if style not in (known := (*STYLES, *FORMS)):
        raise BadQuestion(f"there is no style '{style}'", nearest(style, known))


@cache
def can_style() -> bool:
    """Say whether citeproc-py is there, which prints what styles ask for."""
    try:
        import citeproc  # noqa: F401
    except ImportError:
        return False
    return True


def _place(entry: Entry, style: str) -> tuple[bool, str, str]:
    """Order by what is printed; works in Russian stand first in a Russian bibliography."""
    words = entry.text.lstrip(_OPENING)
    return style == "gost" and not _CYRILLIC.match(words), words.casefold(), entry.source.id


# ---------------------------------------------------------------- the forms of `citing`


def _plain(source: Row) -> Entry:
    return Entry(source, citing.described(source), styled=False)


def _as_csl(sources: Iterable[Row]) -> list[Entry]:
    return [Entry(source, json.dumps(citing.csl_of(source), ensure_ascii=False), styled=True) for source in sources]


def _as_bibtex(sources: Iterable[Row]) -> list[Entry]:
    keys: dict[str, None] = {}
    made = []
    for source in sources:
        of_type, fields = citing.bibtex_of(source)
        made.append(
            Entry(source, citing.bibtex_entry(of_type, citing.bibtex_key(source.id, keys), fields), styled=True)
        )
    return made


# ---------------------------------------------------------------- styles


def _styled(source: Row, style: str) -> Entry:
    """Print a source by a style; what citeproc-py cannot print has our own form rather than none."""
    item = _item(source)
    form = _style(style, next((role for role in ("author", "editor") if role in item), ""))
    try:
        text = _printed(item, form)
    except FAILURES:
        return _plain(source)
    if source.title not in text:
        return _plain(source)
    text = _STOPS.sub(r"\1", text)
    if style != "gost":
        text = _QUOTED.sub(r"\1”", text)  # in American English commas and stops stand inside quotation marks
    return Entry(source, citing.on_one_line(text + citing.told_state(source)), styled=True)


def _item(source: Row) -> dict[str, Any]:
    """Give a source as CSL-JSON that citeproc-py prints as it is meant."""
    made = citing.csl_of(source)
    item = {key: value for key, value in made.items() if key not in KEPT_BACK}
    item["language"] = UNKNOWN
    for name, field in (("issued", "issued"), ("original-date", "first_issued"), ("accessed", "accessed")):
        if item.get(name, {}).get("circa"):
            item[name] = {"literal": source.said(field)}  # else the doubt is not printed
    if directors := made.get("director"):
        item["author"] = [*item.get("author", []), *({**name, "suffix": "dir."} for name in directors)]
    for role in {"author", "editor"} & item.keys():
        item[role] = [_name(name) for name in item[role]]
    if not item.get("edition", "0").isdecimal():
        item["edition"] = source.edition  # the style says "ed." of numbers alone
    if not item.get("number-of-volumes", "0").isdecimal():
        del item["number-of-volumes"]  # "Three" is printed without the word volumes
    return item


def _name(name: dict[str, str]) -> dict[str, str]:
    if "literal" in name:
        return {"literal": name["literal"]}
    return {"literal": f"{name['family']}, {name['given']}"} if name["given"] in RANKS else name


def _printed(item: dict[str, Any], style: Any) -> str:
    """Let citeproc-py print one work."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source import VariableError
    from citeproc.source.json import CiteProcJSON

    verbatim = type("Verbatim", (CiteProcJSON,), {"start_tag": "\0"})  # else markup in a title is taken as such
    works = CitationStylesBibliography(style, verbatim([item]), formatter.plain)
    works.register(Citation([CitationItem(item["id"])]))
    try:
        (text,) = works.bibliography()
    except VariableError as error:
        raise LookupError(str(error)) from error
    return str(text)


@cache
def _style(style: str, first: str) -> Any:
    """Read a style as it is for works that begin with their authors, with their editors, or (empty) with their title.

    citeproc-py prints what stands in for authors a second time in its own place, and does not know `initialize`.
    """
    from citeproc import CitationStylesStyle

    made = CitationStylesStyle(str(_folder() / f"{STYLES[style][0]}.csl"), validate=False)
    root = made.root
    if any(name.get("initialize") == "false" for name in root.iter(f"{_CSL}name")):
        root.attrib.pop("initialize-with", None)  # given names stay whole
    remove = [text for text in root.bibliography.iter(f"{_CSL}text") if text.get("variable") == "citation-number"]
    # A later edition is called a reprint by the style alone: no source says that it is one.
    remove += [text for text in root.iter(f"{_CSL}text") if text.get("macro") == "reprint"]
    stand_ins = list(root.iter(f"{_CSL}substitute"))
    if not first:
        remove += stand_ins
    elif first == "editor":
        called = {text.get("macro") for one in stand_ins for text in one.iter(f"{_CSL}text")}
        macros = (macro for macro in root.iter(f"{_CSL}macro") if macro.get("name") in called)
        begin = [names for one in (*stand_ins, *macros) for names in one.iter(f"{_CSL}names") if _of_editors(names)]
        if begin:  # else the style prints editors in their own place alone
            remove += [names for names in root.iter(f"{_CSL}names") if _of_editors(names) and names not in begin]
    for element in remove:
        element.getparent().remove(element)
    return made


def _of_editors(names: Any) -> bool:
    return "editor" in names.get("variable", "").split()


def _folder() -> Path:
    """Find the shipped styles, which lie beside the shipped seed."""
    return database.shipped("data/seed").with_name("styles")
