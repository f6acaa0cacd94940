"""A page of HTML: complete, small, with no script and nothing from elsewhere, for a screen, a phone and paper."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from html import escape
from importlib.util import find_spec
from itertools import count
from typing import TYPE_CHECKING, Any

from terrordb.querying.passages import MARKS
from terrordb.reports.report import Chart, Map, Prose, Verbatim, filled, heading, plain, printed
from terrordb.reports.table import Table, safe, say

if TYPE_CHECKING:
    from terrordb.reports.notes import Note
    from terrordb.reports.report import Block, Report

    Draw = Callable[[Chart | Map], str | None]  # a picture as SVG; None where there can be none

__all__ = ["lines", "pictures_installed", "report_lines"]

HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --line: #bbb; --band: #f3f3f0; --link: #1a4f8a; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e6e6e6; --paper: #161616; --line: #555; --band: #222; --link: #9cc4f0; }}
}}
body {{ margin: 1rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.45 Georgia, "Times New Roman", serif; overflow-wrap: break-word; }}
h1 {{ font-size: 1.3rem; }}
h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
h3 {{ font-size: 1rem; margin: 1.2rem 0 .3rem; }}
a {{ color: var(--link); }}
p, blockquote, .notes li {{ max-width: 45rem; }}
blockquote {{ margin: .6rem 0 .6rem 1rem; padding-left: .8rem; border-left: 3px solid var(--line); }}
.wide {{ overflow-x: auto; }}
.wide:focus-visible {{ outline: 2px solid var(--link); }}
table {{ border-collapse: collapse; font-size: .95rem; }}
caption {{ text-align: left; font-weight: bold; padding: .3rem 0; }}
th, td {{ padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }}
thead th {{ border-bottom-width: 2px; }}
tbody tr:nth-child(even) {{ background: var(--band); }}
td {{ white-space: pre-line; }}
td.long {{ overflow-wrap: anywhere; min-width: 12em; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
.note {{ margin: .4rem 0; max-width: 45rem; }}
sup {{ line-height: 0; font-size: .75em; white-space: nowrap; }}
figure {{ margin: .8rem 0; }}
figure svg {{ width: 45rem; min-width: 34rem; max-width: 100%; height: auto; }}
pre {{ font: .8rem/1.25 "DejaVu Sans Mono", Menlo, Consolas, monospace; margin: .3rem 0; }}
figcaption {{ max-width: 45rem; }}
.notes q {{ quotes: none; }}
@media screen and (max-width: 45rem) {{
  .rows, .rows tbody, .rows tr, .rows td {{ display: block; }}
  .rows thead {{ position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }}
  .rows tr {{ padding: .5rem .2rem; border-bottom: 1px solid var(--line); }}
  .rows td, .rows td.number {{ min-width: 0; padding: .05rem 0; border: 0; text-align: left; }}
  .rows td:empty {{ display: none; }}
  .rows td:not(:first-child)::before {{ content: attr(data-label) ": "; font-style: italic; }}
  .rows td:first-child {{ font-weight: bold; }}
}}
@media print {{
  :root {{ --ink: #000; --paper: #fff; --line: #999; --band: #fff; --link: #000; }}
  body {{ margin: 0; padding: 0; font-size: 9pt; }}
  .wide {{ overflow: visible; }}
  thead {{ display: table-header-group; }}
  tr, figure, .notes li {{ break-inside: avoid; }}
  h2, h3 {{ break-after: avoid; }}
}}
</style>
</head>
<body>
<main>
<h1>{title}</h1>"""
FOOT = "</main>\n</body>\n</html>"
CHART = 88  # characters of a chart that is drawn as text
FEW = 2  # columns that a phone shows side by side; of more, each row is a block there
LONG = 30  # letters of a word that may be broken anywhere


def lines(tables: Iterable[Table], title: str) -> Iterator[str]:
    """Write a page line by line, as the rows of its tables are read; without a title it takes the first table's."""
    entitled = title
    for n, table in enumerate(tables):
        if not n:
            entitled = title or table.title or "terrordb"
            yield HEAD.format(title=_text(entitled))
        if table.title and table.title != entitled:
            yield f"<h2>{_text(table.title)}</h2>"
        yield from _table(Table("", table.columns, table.rows, table.notes), table.title or entitled, say)
    yield FOOT


def pictures_installed() -> bool:
    """Say whether charts can be pictures; else a page holds them drawn as text."""
    return find_spec("altair") is not None and find_spec("vl_convert") is not None


def report_lines(report: Report) -> Iterator[str]:
    """Write a report as a page, line by line, as its sections are read."""
    draw = _picture if pictures_installed() else _no_picture
    yield HEAD.format(title=_text(report.title))
    tables = count(1)
    for n, section in enumerate(report.sections, 1):
        yield f'<section id="part-{n}">'
        if section.title:
            yield f"<h2>{_text(section.title)}</h2>"
        for block in section.blocks:
            yield from _block(block, draw, section.title or report.title, next(tables))
        yield "</section>"
    yield from _notes(report.notes.entries())
    yield FOOT


def _picture(block: Chart | Map) -> str | None:
    from terrordb.reports.pictures import svg

    return svg(replace(block, title=""))  # the caption has it


def _no_picture(_block: Chart | Map) -> str | None:
    return None


def _block(block: Block, draw: Draw, within: str, number: int) -> Iterator[str]:
    if isinstance(block, Prose):
        tag = "blockquote" if block.quoted else "p"
        yield f"<{tag}>{_text(block.text)}{_marks(block.notes)}</{tag}>"
    elif isinstance(block, Verbatim):
        called = f"{escape(safe(within))} ({number})"
        yield f'<div class="wide" role="region" tabindex="0" aria-label="{called}"><pre>{_text(block.text)}</pre></div>'
    elif isinstance(block, Table):
        yield from _table(filled(block), f"{block.title or within} ({number})", printed)
    else:
        yield from _figure(block, draw, within, number)


def _table(table: Table, called: str, said: Callable[[Any], str]) -> Iterator[str]:
    # Whoever has no mouse must reach what is beyond the edge: a region that can be scrolled takes the keyboard.
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{escape(safe(called))}">'
    yield '<table class="rows">' if len(table.columns) > FEW else "<table>"
    if table.title:
        yield f"<caption>{_text(table.title)}</caption>"
    yield "<thead><tr>" + "".join(f'<th scope="col">{_text(name)}</th>' for name in table.columns) + "</tr></thead>"
    yield "<tbody>"
    labels = [f' data-label="{_text(name)}"' if len(table.columns) > FEW else "" for name in table.columns]
    for row in table.rows:
        cells = (_cell(cell, label, said) for cell, label in zip(row, labels, strict=True))
        yield f"<tr>{''.join(cells)}</tr>"
    yield "</tbody>\n</table>\n</div>"
    for note in table.notes:
        yield f'<p class="note">{_marked(note)}</p>'


def _figure(block: Chart | Map, draw: Draw, within: str, number: int) -> Iterator[str]:
    from terrordb.reports.charts import text_of

    yield f'<figure aria-labelledby="figure-{number}">'
    title = heading(block, within)
    caption = f"<strong>{_text(title)}.</strong> {_text(block.described)}" if title else _text(block.described)
    yield f'<figcaption id="figure-{number}">{caption}</figcaption>'
    picture = draw(block)
    if picture is None:
        drawn = "\n".join(_text(line) for line in text_of(block, CHART))
        picture = f'<pre role="img" aria-label="{escape(safe(block.described))}">{drawn}</pre>'
    called = f"{escape(safe(block.title))}, drawn ({number})"
    yield f'<div class="wide" role="region" tabindex="0" aria-label="{called}">{picture}</div>\n</figure>'


def _notes(notes: Sequence[Note]) -> Iterator[str]:
    if not notes:
        return
    yield '<section class="notes">\n<h2>Notes</h2>\n<ol>'
    for note in notes:
        passages = "".join(f"<br><q>{_marked(text)}</q>" for text in note.passages)
        yield f'<li id="note-{note.number}" value="{note.number}">{_text(note.said)}{passages}</li>'
    yield "</ol>\n</section>"


def _cell(cell: Any, label: str, said: Callable[[Any], str]) -> str:
    value = plain(cell)
    text = said(value)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    kind = ' class="number"' if number else ' class="long"' if _long(text) else ""
    return f"<td{kind}{label}>{_text(text)}{_marks(getattr(cell, 'notes', ()))}</td>"


def _long(text: str) -> bool:
    return len(text) > LONG and max(map(len, text.split()), default=0) > LONG


def _marks(notes: Iterable[int]) -> str:
    return "".join(f'<sup><a href="#note-{n}" aria-label="note {n}">[{n}]</a></sup>' for n in notes)


def _text(said: str) -> str:
    return escape(safe(said))


def _marked(note: str) -> str:
    """Set in bold what stands between the marks of a passage."""
    parts = re.split("|".join(MARKS), note)
    return "".join(f"<b>{_text(part)}</b>" if n % 2 else _text(part) for n, part in enumerate(parts))
