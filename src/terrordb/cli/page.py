"""A page of HTML: complete, small, with no script and nothing from elsewhere, for a screen, a phone and paper."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any

from terrordb.cli.showing import CONTROL
from terrordb.querying.passages import MARKS
from terrordb.reports.table import Table, say

HEAD = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; --ink: #1a1a1a; --paper: #fff; --line: #bbb; --band: #f3f3f0; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ink: #e6e6e6; --paper: #161616; --line: #555; --band: #222; }} }}
body {{ margin: 1rem auto; padding: 0 1rem; color: var(--ink); background: var(--paper);
  font: 1rem/1.45 Georgia, "Times New Roman", serif; }}
h1 {{ font-size: 1.3rem; }}
h2 {{ font-size: 1.1rem; margin-top: 2rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; font-size: .95rem; }}
th, td {{ padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }}
thead th {{ border-bottom-width: 2px; }}
tbody tr:nth-child(even) {{ background: var(--band); }}
td {{ white-space: pre-line; overflow-wrap: anywhere; min-width: 4em; }}
td.number {{ text-align: right; font-variant-numeric: tabular-nums; }}
.note {{ margin: .4rem 0; max-width: 45rem; }}
@media print {{
  :root {{ --ink: #000; --paper: #fff; --line: #999; --band: #fff; }}
  body {{ margin: 0; padding: 0; font-size: 9pt; }}
  .wide {{ overflow: visible; }}
  thead {{ display: table-header-group; }}
  tr {{ break-inside: avoid; }}
}}
</style>
</head>
<body>
<h1>{title}</h1>"""
NUMBER = ' class="number"'
FOOT = "</body>\n</html>"


def lines(tables: Iterable[Table], title: str) -> Iterator[str]:
    """Write a page line by line, as the rows of its tables are read; without a title it takes the first table's."""
    entitled = title
    for n, table in enumerate(tables):
        if not n:
            entitled = title or table.title or "terrordb"
            yield HEAD.format(title=_text(entitled))
        yield from _section(table, entitled)
    yield FOOT


def _section(table: Table, above: str) -> Iterator[str]:
    if table.title and table.title != above:
        yield f"<h2>{_text(table.title)}</h2>"
    yield '<div class="wide">\n<table>'
    yield "<thead><tr>" + "".join(f'<th scope="col">{_text(name)}</th>' for name in table.columns) + "</tr></thead>"
    yield "<tbody>"
    for row in table.rows:
        yield "<tr>" + "".join(map(_cell, row)) + "</tr>"
    yield "</tbody>\n</table>\n</div>"
    for note in table.notes:
        yield f'<p class="note">{_marked(note)}</p>'


def _cell(value: Any) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return f"<td{NUMBER if number else ''}>{_text(say(value))}</td>"


def _text(said: str) -> str:
    return escape(CONTROL.sub("\N{REPLACEMENT CHARACTER}", said))


def _marked(note: str) -> str:
    """Set in bold what stands between the marks of a passage."""
    parts = re.split("|".join(MARKS), note)
    return "".join(f"<b>{_text(part)}</b>" if n % 2 else _text(part) for n, part in enumerate(parts))
